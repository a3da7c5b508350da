//! The front-matter keys that every kind of page has.

use super::{
    query,
    types::{Field, Type},
};

/// The keys that every kind of page has; each taxonomy's name comes on top.
pub const COMMON_KEYS: &[&str] = &[
    "title",
    "summary",
    "short",
    "tab_title",
    "kind",
    "weight",
    "slug",
    "template",
    "extra",
    "date",
    "updated",
    "reviewed",
    "review_by",
    "reviewed_by",
    "authors",
    "publish_from",
    "publish_until",
    "status",
    "replaced_by",
    "aliases",
    "also_known_as",
    "inflections",
    "searches",
    "image",
    "list",
    "map",
    "toc",
    "glossary",
    "noindex",
    "search",
    "feed",
    "sitemap",
    "a_z",
    "urgent_help",
    "sources",
    "lang",
    "source_digest",
];

/// Those of them that refer to something, and are checked like all references.
pub const REFERRING: [&str; 3] = ["sources", "image", "replaced_by"];

/// How a page shows urgent help: all lines to ring, or one line that leads to them.
pub const FULL: &str = "full";

/// The ways to show urgent help.
pub fn urgent_help() -> Type {
    Type::Choice(vec!["compact".into(), FULL.into()])
}

/// The fields behind [`COMMON_KEYS`].
pub fn common_fields() -> Vec<Field> {
    let choice = |options: &[&str]| Type::Choice(options.iter().map(|o| o.to_string()).collect());
    vec![
        Field::new("title", Type::Text, "What the page is called, as a reader would say it."),
        Field::new("summary", Type::Text, "One or two sentences: lists, search results and link previews show them."),
        Field::new("short", Type::Text, "A shorter title for menus."),
        Field::new(
            "tab_title",
            Type::Text,
            "What the browser's tab and history say, where the title would tell too much.",
        ),
        Field::new("kind", Type::Text, "The kind of page, where the folder does not say it."),
        Field::new("weight", Type::Number, "Its place among its neighbours, lightest first."),
        Field::new("slug", Type::Text, "The last part of its URL."),
        Field::new("template", Type::Text, "Another template of the theme."),
        Field::new("extra", Type::Any.map(), "Free values for the template."),
        Field::new("date", Type::Date, "When it was first published."),
        Field::new("updated", Type::Date, "When it was last changed in substance."),
        Field::new("reviewed", Type::Date, "When somebody qualified last reviewed it."),
        Field::new("review_by", Type::Date, "When the next review is due."),
        Field::new("reviewed_by", Type::Text.list(), "Who reviewed it, with their role."),
        Field::new("authors", Type::Text.list(), "Who wrote it."),
        Field::new("publish_from", Type::Date, "The first day on which it is published."),
        Field::new("publish_until", Type::Date, "The last day on which it is published."),
        Field::new("status", choice(&["draft", "live", "retired"]), "A draft is built only with --drafts."),
        Field::new("replaced_by", Type::Page(None), "The page that readers of this retired page are led to."),
        Field::new("aliases", Type::Text.list(), "Old addresses that lead here, like /old/place/."),
        Field::new("also_known_as", Type::Text.list(), "Other names: for search, wiki links and the A–Z."),
        Field::new("inflections", Type::Text.list(), "Other forms of the name that a glossary links."),
        Field::new("searches", Type::Text.list(), "What a reader may type who needs this page."),
        Field::new("image", Type::Image, "The picture that link previews show, as ![what it shows](file)."),
        Field::new("list", Type::Record(query::shape()).list(), "Lists of pages that this page shows."),
        Field::new("map", Type::Record(query::map_shape()).list(), "Maps of relations that this page shows."),
        Field::new("toc", Type::Boolean, "Whether it shows a table of contents; else long pages do."),
        Field::new("glossary", Type::Boolean, "No: words of the glossary are not linked here."),
        Field::new("noindex", Type::Boolean, "Yes: ask search engines to leave it out."),
        Field::new("search", Type::Boolean, "No: leave it out of the site's own search."),
        Field::new("feed", Type::Boolean, "No: leave it out of feeds."),
        Field::new("sitemap", Type::Boolean, "No: leave it out of the sitemap."),
        Field::new("a_z", Type::Boolean, "No: leave it out of the A–Z."),
        Field::new("urgent_help", urgent_help(), "Whether it shows urgent help in full, or as one line."),
        Field::new("sources", Type::Source.list(), "The sources that the page as a whole rests on."),
        Field::new("lang", Type::Text, "Its language, where it is not the site's."),
        Field::new("source_digest", Type::Text, "Written by `guidewright translated`: what was translated."),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_keys_and_their_fields_are_the_same() {
        let names: Vec<String> = common_fields().into_iter().map(|field| field.name).collect();
        assert_eq!(names, COMMON_KEYS);
    }
}

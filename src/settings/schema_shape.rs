//! The shape of schema.yaml, for reading it and for `guidewright schema schema`.

use super::{
    common::urgent_help,
    limits, query,
    types::{Field, Type},
};

/// The shape of schema.yaml, for reading it and for `guidewright schema schema`.
pub fn shape() -> Vec<Field> {
    let ends = "The kind or kinds, or `any`.";
    let side = |name: &str, help: &str| {
        Field::new(
            name,
            Type::Record(vec![
                Field::new("name", Type::Text, "The key under which the far end writes it.").required(),
                Field::new("heading", Type::Text, "The heading at the far end."),
                Field::new("min", Type::Number, "The least number a page at the far end must have."),
                Field::new("max", Type::Number, "The greatest."),
            ]),
            help,
        )
    };
    vec![
        Field::new(
            "kinds",
            Type::Record(vec![
                Field::new("folder", Type::Text, "Pages under this folder of content/ are of this kind."),
                Field::new("title", Type::Text, "What many of it are called."),
                Field::new("singular", Type::Text, "What one of it is called."),
                Field::new("template", Type::Text, "The template of its pages."),
                Field::new("data", Type::Text, "For entries and not pages: their file in content/_data/."),
                Field::new("page", Type::Text, "The page that shows the entries."),
                Field::new("label", Type::Text, "The field that names an entry; else `title`."),
                Field::new("citable", Type::Boolean, "Whether text may cite an entry as [code]."),
                Field::new(
                    "verify",
                    Type::Record(vec![
                        Field::new("checked", Type::Text, "The field with the day of the last check.").required(),
                        Field::new("by", Type::Text, "The field with the name of who checked."),
                        Field {
                            min: Some(1.0),
                            ..Field::new("within", Type::Number, "After how many days a check is stale.")
                        },
                        Field::new("year", Type::Text, "The field with the year that an entry is of."),
                        Field {
                            min: Some(1.0),
                            ..Field::new("max_age", Type::Number, "After how many years an entry is old.")
                        },
                    ]),
                    "How the entries are kept true.",
                ),
                Field::new("group_by", Type::Text, "The field that the entries are grouped by where they are shown."),
                Field::new("glossary", Type::Boolean, "Whether its names are linked where a text first uses them."),
                Field::new("json_ld", Type::Text, "Its type in JSON-LD, like MedicalWebPage or Article."),
                Field::new("list", Type::Record(query::shape()).list(), "Lists that each of its pages shows."),
                Field::new("fields", Type::Any.map(), "Its own fields: a type, or a type with limits."),
                Field::new("required", Type::Text.list(), "The fields that must be filled."),
                Field::new("search", Type::Boolean, "No: the search leaves its pages or entries out."),
                Field::new("urgent_help", urgent_help(), "How its pages show urgent help, where they do not say it."),
                Field::new(
                    "reading",
                    Type::Record(limits::reading_shape()),
                    "How hard to read and how long its pages may be.",
                ),
                Field::new("sections", Type::Any, "What must stand in its texts: names, or { name: …, on: [pages] }."),
            ])
            .map(),
            "The kinds of page and of data.",
        ),
        Field::new(
            "relations",
            Type::Record(vec![
                Field::new("from", Type::Text.list(), ends).required(),
                Field::new("to", Type::Text.list(), ends).required(),
                Field::new("min", Type::Number, "The least number a page must have."),
                Field::new("max", Type::Number, "The greatest."),
                Field::new("data", Type::Any.map(), "What may stand on the relation itself."),
                Field::new("heading", Type::Text, "The heading on the page that writes it."),
                side("inverse", "How the far end calls and shows it."),
                Field::new("symmetric", Type::Boolean, "Whether it has no direction."),
            ])
            .map(),
            "The relations among kinds.",
        ),
        Field::new("wording", Type::Text, "The file in content/_data/ with the words to watch."),
        Field::new(
            "synonyms",
            Type::Text,
            "The file in content/_data/ with words that readers type and pages do not use.",
        ),
        Field {
            min: Some(1.0),
            ..Field::new(
                "lapses_after",
                Type::Number,
                "How many days after its review was due a page may not be published.",
            )
        },
    ]
}

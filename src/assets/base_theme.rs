//! The files of the theme `base`, part of the program so that a folder of Markdown needs nothing else.

/// Path in the theme, and bytes.
pub const FILES: &[(&str, &[u8])] = &[
    ("css/highlight.css", include_bytes!("../../themes/base/css/highlight.css")),
    ("css/media.css", include_bytes!("../../themes/base/css/media.css")),
    ("css/page.css", include_bytes!("../../themes/base/css/page.css")),
    ("css/parts.css", include_bytes!("../../themes/base/css/parts.css")),
    ("css/search.css", include_bytes!("../../themes/base/css/search.css")),
    ("css/text.css", include_bytes!("../../themes/base/css/text.css")),
    ("css/tokens.css", include_bytes!("../../themes/base/css/tokens.css")),
    ("favicon.svg", include_bytes!("../../themes/base/favicon.svg")),
    ("js/exit.js", include_bytes!("../../themes/base/js/exit.js")),
    ("js/page.js", include_bytes!("../../themes/base/js/page.js")),
    ("js/search.js", include_bytes!("../../themes/base/js/search.js")),
    ("js/statements.js", include_bytes!("../../themes/base/js/statements.js")),
    ("js/tables.js", include_bytes!("../../themes/base/js/tables.js")),
    ("strings/ar.ftl", include_bytes!("../../themes/base/strings/ar.ftl")),
    ("strings/de.ftl", include_bytes!("../../themes/base/strings/de.ftl")),
    ("strings/en.ftl", include_bytes!("../../themes/base/strings/en.ftl")),
    ("strings/es.ftl", include_bytes!("../../themes/base/strings/es.ftl")),
    ("templates/404.html", include_bytes!("../../themes/base/templates/404.html")),
    ("templates/a-z.html", include_bytes!("../../themes/base/templates/a-z.html")),
    ("templates/components.html", include_bytes!("../../themes/base/templates/components.html")),
    ("templates/components/write.html", include_bytes!("../../themes/base/templates/components/write.html")),
    ("templates/entries.html", include_bytes!("../../themes/base/templates/entries.html")),
    ("templates/gone.html", include_bytes!("../../themes/base/templates/gone.html")),
    ("templates/home.html", include_bytes!("../../themes/base/templates/home.html")),
    ("templates/layout.html", include_bytes!("../../themes/base/templates/layout.html")),
    ("templates/page.html", include_bytes!("../../themes/base/templates/page.html")),
    ("templates/parts/alternates.html", include_bytes!("../../themes/base/templates/parts/alternates.html")),
    ("templates/parts/breadcrumbs.html", include_bytes!("../../themes/base/templates/parts/breadcrumbs.html")),
    ("templates/parts/foot.html", include_bytes!("../../themes/base/templates/parts/foot.html")),
    ("templates/parts/heading.html", include_bytes!("../../themes/base/templates/parts/heading.html")),
    ("templates/parts/languages.html", include_bytes!("../../themes/base/templates/parts/languages.html")),
    ("templates/parts/lists.html", include_bytes!("../../themes/base/templates/parts/lists.html")),
    ("templates/parts/maps.html", include_bytes!("../../themes/base/templates/parts/maps.html")),
    ("templates/parts/mark.html", include_bytes!("../../themes/base/templates/parts/mark.html")),
    ("templates/parts/mentions.html", include_bytes!("../../themes/base/templates/parts/mentions.html")),
    ("templates/parts/neighbours.html", include_bytes!("../../themes/base/templates/parts/neighbours.html")),
    ("templates/parts/notices.html", include_bytes!("../../themes/base/templates/parts/notices.html")),
    ("templates/parts/open-graph.html", include_bytes!("../../themes/base/templates/parts/open-graph.html")),
    ("templates/parts/paging.html", include_bytes!("../../themes/base/templates/parts/paging.html")),
    ("templates/parts/pieces.html", include_bytes!("../../themes/base/templates/parts/pieces.html")),
    ("templates/parts/review.html", include_bytes!("../../themes/base/templates/parts/review.html")),
    ("templates/parts/sources.html", include_bytes!("../../themes/base/templates/parts/sources.html")),
    ("templates/parts/terms.html", include_bytes!("../../themes/base/templates/parts/terms.html")),
    ("templates/parts/text.html", include_bytes!("../../themes/base/templates/parts/text.html")),
    ("templates/parts/toc.html", include_bytes!("../../themes/base/templates/parts/toc.html")),
    ("templates/parts/tree.html", include_bytes!("../../themes/base/templates/parts/tree.html")),
    ("templates/parts/urgent.html", include_bytes!("../../themes/base/templates/parts/urgent.html")),
    ("templates/redirect.html", include_bytes!("../../themes/base/templates/redirect.html")),
    ("templates/review.html", include_bytes!("../../themes/base/templates/review.html")),
    ("templates/search.html", include_bytes!("../../themes/base/templates/search.html")),
    ("templates/section.html", include_bytes!("../../themes/base/templates/section.html")),
    ("templates/shared/footer.html", include_bytes!("../../themes/base/templates/shared/footer.html")),
    ("templates/shared/menu.html", include_bytes!("../../themes/base/templates/shared/menu.html")),
    ("templates/sheet.html", include_bytes!("../../themes/base/templates/sheet.html")),
    ("templates/taxonomy.html", include_bytes!("../../themes/base/templates/taxonomy.html")),
    ("templates/term.html", include_bytes!("../../themes/base/templates/term.html")),
    ("theme.yaml", include_bytes!("../../themes/base/theme.yaml")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_theme_is_embedded() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/themes/base");
        let mut found: Vec<String> = walkdir::WalkDir::new(root)
            .into_iter()
            .filter_map(Result::ok)
            .filter(|entry| entry.file_type().is_file())
            .filter_map(|entry| Some(entry.path().strip_prefix(root).ok()?.to_str()?.to_string()))
            .collect();
        found.sort();
        assert_eq!(FILES.iter().map(|(path, _)| *path).collect::<Vec<_>>(), found);
    }
}

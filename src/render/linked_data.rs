//! JSON-LD (<https://www.w3.org/TR/json-ld11/>) with the words of <https://schema.org>: what a page
//! is, for search engines. Only what is recorded is said: nobody reviewed a page who is not named.

use super::{viewer::Viewer, views::PageView};
use crate::{
    load::page::Page,
    resolve::guide::{Node, Origin},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// The type of a page whose kind declares none.
const USUAL: &str = "MedicalWebPage";

/// A page in the words of schema.org. What is empty is left out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WebPage<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@type")]
    kind: &'a str,
    #[serde(rename = "@id")]
    id: &'a str,
    url: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    in_language: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    image: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    date_published: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    date_modified: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    last_reviewed: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reviewed_by: Vec<Named<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    author: Vec<Named<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    citation: Vec<Thing<'a>>,
    is_part_of: Thing<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    publisher: Option<Thing<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    breadcrumb: Option<Trail<'a>>,
}

/// Somebody: whether a name is that of a person or of an organisation nobody has said.
#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct Thing<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    url: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Trail<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    item_list_element: Vec<Step<'a>>,
}

#[derive(Serialize)]
struct Step<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    position: usize,
    name: &'a str,
    item: String,
}

/// What a Content-Security-Policy calls an element with exactly these bytes (CSP 3, hash-source); nothing of
/// nothing. Data never runs, but a policy that names it leaves nobody in doubt.
pub fn policy_source(text: &str) -> String {
    match text {
        "" => String::new(),
        text => format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text))),
    }
}

impl Viewer<'_> {
    /// The JSON-LD of a page, ready to stand in a script element; empty where there is none.
    pub fn json_ld(&self, node: &Node, page: Option<&Page>, view: &PageView) -> String {
        let authored = matches!(node.origin, Origin::Authored(_));
        if !self.site.json_ld || !authored || view.noindex {
            return String::new();
        }
        let kind = self.schema.kind(&node.kind);
        // A plain page is a plain page; only what the schema gives a folder is about health.
        let usual = if kind.folder.is_some() { USUAL } else { "WebPage" };
        let (reviewers, authors) = page.map_or((&[][..], &[][..]), |page| (&page.reviewed_by[..], &page.authors[..]));
        let [published, changed, reviewed] = &view.review.dates;
        let is_changed = page.is_some_and(|page| page.updated.is_some());
        let citation = view.sources.iter();
        let citation = citation.map(|own| Thing { kind: "CreativeWork", name: &own.title, url: &own.external });
        let name = self.site.languages.get(self.lang.tag()).unwrap_or(&self.site.title);
        let publisher = self.site.publisher.get("name").filter(|name| !name.starts_with('<'));
        let data = WebPage {
            context: "https://schema.org",
            kind: kind.json_ld.as_deref().unwrap_or(usual),
            id: &view.canonical,
            url: &view.canonical,
            name: view.title,
            description: view.summary,
            in_language: view.lang,
            image: &view.image,
            date_published: published,
            date_modified: if is_changed { changed } else { "" },
            last_reviewed: if reviewers.is_empty() { "" } else { reviewed },
            reviewed_by: reviewers.iter().map(|name| Named { name }).collect(),
            author: authors.iter().map(|name| Named { name }).collect(),
            citation: citation.collect(),
            is_part_of: Thing { kind: "WebSite", name, url: &self.site.base_url },
            publisher: publisher.map(|name| Thing { kind: "Organization", name, url: "" }),
            breadcrumb: self.breadcrumb(view),
        };
        // Of plain texts and lists JSON can always be written. Inside a script element `</` would end
        // it, and `<!--` begin a comment (HTML, 13.2.5.4).
        let json = serde_json::to_string(&data).unwrap_or_default();
        if json.contains('<') { json.replace('<', "\\u003c") } else { json }
    }

    fn breadcrumb<'v>(&self, view: &'v PageView) -> Option<Trail<'v>> {
        if view.breadcrumbs.is_empty() {
            return None;
        }
        let above = view.breadcrumbs.iter().map(|link| {
            let inner = link.url.strip_prefix(self.site.base_path()).unwrap_or(&link.url);
            (link.title.as_str(), self.site.absolute(inner))
        });
        let all = above.chain([(view.title, view.canonical.clone())]);
        let step =
            |(i, (name, item)): (usize, (&'v str, String))| Step { kind: "ListItem", position: i + 1, name, item };
        Some(Trail { kind: "BreadcrumbList", item_list_element: all.enumerate().map(step).collect() })
    }
}

//! The files that a static host reads itself: redirects, headers, error pages, each host in its own
//! language and all from one table. Only those of the host that the site is built for are written; a
//! host that does not know such a file would show it to everybody.
//!
//! What stands here of nginx, Apache and Caddy was seen by running them, of Netlify and Cloudflare by their
//! own parsers (`tests/publish/`). Of the other hosts it follows their documentation, read in November 2026.

mod apache;
mod azure;
mod caddy;
mod cloudfront;
mod firebase;
pub mod limits;
mod nginx;
mod rules;
mod vercel;

use super::{
    headers,
    output::{Entry, Output},
};
use crate::{
    base::path::SitePath,
    resolve::{guide::Redirect, urls},
    settings::{
        host::Host,
        publish::{Remote, Target},
        site::Site,
    },
};

use serde_json::{Value, json};

/// Where the files of a host lie that an administrator includes elsewhere; no host shows it.
pub const FOLDER: &str = ".host";

/// What every host is told, in no host's language.
#[derive(Debug)]
pub struct Table {
    /// The path that the site lives under: `/` or `/guide/`.
    base: String,
    /// The name of the host in the site's address.
    domain: String,
    /// Old and new addresses, encoded, from the root of the host; or with a scheme.
    redirects: Vec<(String, String)>,
    /// The headers of every file.
    common: Vec<(String, String)>,
    /// Headers of some addresses: a path, or the beginning of one with a star at its end, from the root of
    /// the host.
    special: Vec<(String, Vec<(String, String)>)>,
    /// The folders with a page for addresses that lead nowhere, from the root of the host; the longest first.
    not_found: Vec<String>,
    /// Whether every file in assets/ has the digest of its bytes in its name: a site may put others there.
    assets_are_hashed: bool,
    /// Whether files have compressed siblings: gzip, brotli.
    siblings: (bool, bool),
    /// Whether the publisher itself comes by these addresses, and has to see its manifest.
    is_dav: bool,
}

impl Table {
    /// The table of a site for a target.
    pub fn new(site: &Site, target: &Target, redirects: &[Redirect], output: &Output) -> Table {
        let common = site.headers.iter().filter(|(pattern, _)| pattern == "/*").flat_map(|(_, own)| own.clone());
        let special = site.headers.iter().filter(|(pattern, _)| pattern != "/*");
        let mut not_found: Vec<String> =
            output.files.keys().filter_map(|path| path.strip_suffix("404.html")).map(|path| site.href(path)).collect();
        not_found.sort_by_key(|folder| std::cmp::Reverse(folder.len()));
        Table {
            base: site.base_path().into(),
            domain: site.base_url.split('/').nth(2).unwrap_or_default().into(),
            redirects: redirects.iter().map(|own| (site.href(&encode(&own.from)), address(site, &own.to))).collect(),
            common: headers::over(headers::standard(), common),
            special: special.map(|(pattern, own)| (site.href(pattern), own.clone())).collect(),
            not_found,
            assets_are_hashed: output
                .files
                .keys()
                .filter(|path| path.starts_with("assets/"))
                .all(|path| headers::is_hashed(path)),
            siblings: target.siblings(),
            is_dav: matches!(target.remote, Some(Remote::WebDav { .. })),
        }
    }

    /// Where a piece of configuration belongs, in words: in a block of the server's own.
    fn place(&self, block: &str) -> String {
        match self.base.trim_matches('/') {
            "" => format!("{block} whose root is the published folder"),
            inner => format!("{block} in whose root \"{inner}\" is a link to the published folder"),
        }
    }

    /// The headers of every file, among them how long it may be kept, unless guide.yaml says that.
    fn common_and_cache(&self) -> Vec<(String, String)> {
        headers::over(vec![("Cache-Control".into(), headers::cache::PAGES.into())], self.common.clone())
    }

    /// The addresses of the files whose names change with their bytes, as a regular expression that every host reads.
    fn hashed(&self) -> String {
        let base = escaped(&self.base);
        format!("^{base}(assets/.+[.][0-9a-f]{{10}}[.][a-z0-9]+|search/.*-[0-9a-f]{{6}}[.]bin)([.](gz|br))?$")
    }

    /// All headers of an address with those that its pattern adds, for hosts where one block of headers
    /// takes the place of another.
    fn with(&self, pattern: &str) -> Vec<(String, String)> {
        let start = |pattern: &str| pattern.trim_end_matches('*').to_string();
        let fitting = self
            .special
            .iter()
            .filter(|(other, _)| other == pattern || other.ends_with('*') && pattern.starts_with(&start(other)));
        headers::over(self.common.clone(), fitting.flat_map(|(_, own)| own.clone()))
    }

    /// For how many patterns of addresses headers are said: all files, those of `headers`, the hashed ones.
    fn patterns(&self) -> usize {
        1 + self.special.len() + usize::from(self.assets_are_hashed)
    }

    /// The old addresses as a reader may type them: one of a folder with its slash and without.
    fn redirects_both_ways(&self) -> impl Iterator<Item = (&str, &str)> {
        self.redirects.iter().flat_map(|(from, to)| {
            let bare = from.strip_suffix('/').filter(|bare| !bare.is_empty() && **bare != self.base);
            std::iter::once((from.as_str(), to.as_str())).chain(bare.map(|bare| (bare, to.as_str())))
        })
    }
}

/// Whether a file of the site is read by its host, and by no reader.
pub fn is_own(path: &str) -> bool {
    const NAMES: [&str; 9] = [
        ".htaccess",
        ".nojekyll",
        "CNAME",
        "_headers",
        "_redirects",
        "firebase.json",
        "staticwebapp.config.json",
        "vercel.json",
        ".guidewright.json",
    ];
    NAMES.contains(&path) || path.strip_prefix(FOLDER).is_some_and(|rest| rest.starts_with('/'))
}

/// The files of a host.
pub fn files(host: Host, table: &Table) -> Vec<(SitePath, String)> {
    let own = |name: &str, text: String| vec![(SitePath::from(name), text)];
    let hidden = |name: &str, text: String| (SitePath::from(format!("{FOLDER}/{name}")), text);
    match host {
        Host::Plain => Vec::new(),
        Host::GithubPages => {
            let mut files = own(".nojekyll", String::new());
            if !table.domain.ends_with(".github.io") {
                files.extend(own("CNAME", format!("{}\n", table.domain)));
            }
            files
        }
        Host::GitlabPages => own("_redirects", rules::redirects(table, "301")),
        Host::Netlify => {
            // Without the mark a page that is still there would win.
            let mut files = own("_redirects", rules::redirects(table, "301!"));
            files.extend(own("_headers", rules::headers(table, false)));
            files
        }
        Host::CloudflarePages => {
            let mut files = own("_redirects", rules::redirects(table, "301"));
            files.extend(own("_headers", rules::headers(table, true)));
            files
        }
        Host::Vercel => own("vercel.json", vercel::settings(table)),
        Host::Firebase => own("firebase.json", firebase::settings(table)),
        Host::AzureStaticWebApps => own("staticwebapp.config.json", azure::settings(table)),
        Host::S3 => vec![
            hidden("cloudfront-function.js", cloudfront::function(table)),
            hidden("cloudfront-headers.json", cloudfront::headers(table)),
        ],
        Host::Apache => own(".htaccess", apache::htaccess(table)),
        Host::Nginx => vec![hidden("nginx.conf", nginx::snippet(table))],
        Host::Caddy => vec![hidden("Caddyfile", caddy::snippet(table))],
    }
}

/// Puts the host's files into the output. Redirect pages go where they would win over its redirects. A site
/// that brings its own in static/ has the last word.
pub fn add(output: &mut Output, site: &Site, redirects: &[Redirect]) {
    let target = &site.target;
    if target.host == Host::GitlabPages {
        for redirect in redirects {
            output.files.remove(&urls::output(&redirect.from));
        }
    }
    let table = Table::new(site, target, redirects, output);
    for (path, text) in files(target.host, &table) {
        output.files.entry(path).or_insert_with(|| Entry::of_bytes(text.into_bytes()));
    }
}

/// A path as browsers send it, and so as hosts compare it: what a path may hold stays as it is (RFC 3986, section
/// 3.3), and all other bytes are written `%XX`.
fn encode(path: &str) -> String {
    let stays = |c: char| "!$&'()*+,;=:@".contains(c);
    path.split_inclusive(stays)
        .map(|part| match part.strip_suffix(stays) {
            Some(rest) => format!("{}{}", urls::encode(rest), &part[rest.len()..]),
            None => urls::encode(part),
        })
        .collect()
}

/// Where a redirect leads, as a host sends it: encoded, from the root of the host, or with a scheme.
pub fn address(site: &Site, to: &str) -> String {
    match to.split_once('#') {
        _ if !to.starts_with('/') => to.into(),
        Some((path, anchor)) => format!("{}#{}", site.href(&encode(path)), encode(anchor)),
        None => site.href(&encode(to)),
    }
}

/// Headers as a list of keys and values, which two hosts have.
fn pairs(own: &[(String, String)]) -> Vec<Value> {
    own.iter().map(|(name, value)| json!({ "key": name, "value": value })).collect()
}

/// A regular expression that fits the addresses of a pattern.
fn regex(pattern: &str) -> String {
    let (start, end) = pattern.strip_suffix('*').map_or((pattern, "$"), |start| (start, ""));
    format!("^{}{end}", escaped(start))
}

/// A text as it stands in a regular expression.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if !c.is_alphanumeric() && !matches!(c, '/' | '-' | '_' | '%') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

//! The headers that a host should send with the site: one neutral table, which `serve` sends and each
//! host's own files are written from.

use crate::{base::path::SitePath, settings::site::Site};

/// What a page may load, run and send: nothing but what lies on its own host. `frame-ancestors` counts
/// as a header only; the rest stands in each page as well, for hosts that send no headers
/// (CSP level 3, <https://www.w3.org/TR/CSP3/>).
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; \
     media-src 'self'; script-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

/// The headers of every file.
const STANDARD: [(&str, &str); 4] = [
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
];

/// How long browsers may keep a file before they ask again (RFC 9111).
pub mod cache {
    /// A file whose name changes with its bytes: a year, never asked for again (RFC 8246).
    pub const HASHED: &str = "public, max-age=31536000, immutable";
    /// Everything else: kept, but asked for each time whether it is still so.
    pub const PAGES: &str = "public, max-age=0, must-revalidate";
}

/// The headers of every file, whatever guide.yaml says.
pub fn standard() -> Vec<(String, String)> {
    STANDARD.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

/// Headers, and others over them: one of the same name takes the place.
pub fn over(
    mut headers: Vec<(String, String)>,
    others: impl IntoIterator<Item = (String, String)>,
) -> Vec<(String, String)> {
    for (name, value) in others {
        headers.retain(|(known, _)| !known.eq_ignore_ascii_case(&name));
        headers.push((name, value));
    }
    headers
}

/// The headers of one output file: the standard ones, and over them what guide.yaml says for its
/// address.
pub fn of(site: &Site, path: &SitePath) -> Vec<(String, String)> {
    let url = format!("/{}", path.strip_suffix("index.html").unwrap_or(path));
    let fitting = site.headers.iter().filter(|(pattern, _)| fits(pattern, &url));
    over(standard(), fitting.flat_map(|(_, own)| own.clone()))
}

/// Whether the name of an output file changes with its bytes: assets of themes, pictures, blocks of a search
/// index.
pub fn is_hashed(path: &str) -> bool {
    let Some((stem, _)) = path.rsplit_once('.') else { return false };
    let (separator, least) = match path.split('/').next() {
        Some("assets") => ('.', 10),
        Some("search") => ('-', 6),
        _ => return false,
    };
    let digest = stem.rsplit_once(separator).map_or("", |(_, digest)| digest);
    digest.len() == least && digest.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// The Cache-Control of an output file.
pub fn cache_control(path: &str) -> &'static str {
    if is_hashed(path) { cache::HASHED } else { cache::PAGES }
}

/// Whether an address is that of a pattern, or lies below one that ends in `*`.
fn fits(pattern: &str, url: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => url.starts_with(start),
        None => pattern == url,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_guide_yaml_says_stands_over_the_standard() {
        let header = |name: &str, value: &str| vec![(name.to_string(), value.to_string())];
        let site = Site {
            headers: vec![
                ("/*".into(), header("X-Frame-Options", "DENY")),
                ("/open/*".into(), header("referrer-policy", "same-origin")),
            ],
            ..Site::default()
        };
        let value = |path: &str, name: &str| {
            let found = of(&site, &path.into()).into_iter().find(|(own, _)| own.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value)
        };
        assert_eq!(value("index.html", "X-Frame-Options").unwrap(), "DENY");
        assert_eq!(value("index.html", "Referrer-Policy").unwrap(), "no-referrer");
        assert_eq!(value("open/day/index.html", "Referrer-Policy").unwrap(), "same-origin");
        assert!(value("index.html", "Content-Security-Policy").unwrap().contains("frame-ancestors 'none'"));
    }

    #[test]
    fn only_files_whose_name_tells_their_bytes_are_kept_for_a_year() {
        for path in ["assets/style.6388b4c7f7.css", "assets/a.b.0123456789.webp", "search/es/v0-0a1b2c.bin"] {
            assert_eq!(cache_control(path), cache::HASHED, "{path}");
        }
        for path in ["index.html", "assets/logo.svg", "search/index.bin", "search/search.js", "a/style.6388b4c7f7.css"]
        {
            assert_eq!(cache_control(path), cache::PAGES, "{path}");
        }
    }

    #[test]
    fn pages_carry_the_same_policy_for_hosts_that_send_no_headers() {
        // Beside that a page names its own data by its hash.
        let layout = include_str!("../../themes/base/templates/layout.html")
            .replace("{% if linked_data_hash %} {{ linked_data_hash | safe }}{% endif %}", "");
        let in_page = CONTENT_SECURITY_POLICY.strip_suffix("; frame-ancestors 'none'").unwrap();
        assert!(layout.contains(&format!("content=\"{in_page}\"")));
    }
}

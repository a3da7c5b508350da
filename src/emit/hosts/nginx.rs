//! A piece of configuration for nginx, to be included in a `server` block.
//!
//! nginx takes the headers of a block only where the block inside it sets none, so all headers are set once,
//! for the whole server, and what differs by address is a variable.
//! <https://nginx.org/en/docs/http/ngx_http_headers_module.html>

use super::{FOLDER, Table, headers::cache, regex};
use crate::resolve::urls::decode;
use std::fmt::Write;

/// Names that the tables of nginx 1.22 lack.
const TYPES: [(&str, &str); 3] =
    [("avif", "image/avif"), ("md", "text/markdown"), ("webmanifest", "application/manifest+json")];

pub fn snippet(table: &Table) -> String {
    let base = &table.base;
    let place = table.place("a server block");
    let mut out = format!(
        "# Written by guidewright for nginx. Include it in {place}:\n\
         #   root /srv/guide/current;\n\
         #   include /srv/guide/current/{FOLDER}/nginx.conf;\n\
         index index.html;\n\
         absolute_redirect off;\n\
         charset utf-8;\n\
         charset_types text/css text/plain text/xml text/markdown application/javascript \
         text/javascript application/json application/xml application/atom+xml application/manifest+json image/svg+xml;\n"
    );
    if table.siblings.0 {
        out += "gzip_static on;\ngzip_vary on;\n";
    }
    if table.siblings.1 {
        out += "brotli_static on;\n";
    }
    let common = table.common_and_cache();
    let hashed = (table.hashed(), vec![("Cache-Control".to_string(), cache::HASHED.to_string())]);
    let special: Vec<(String, Vec<(String, String)>)> = std::iter::once(hashed)
        .chain(table.special.iter().map(|(pattern, own)| (regex(pattern), own.clone())))
        .collect();
    let mut names: Vec<&str> =
        common.iter().chain(special.iter().flat_map(|(_, own)| own)).map(|(name, _)| name.as_str()).collect();
    names.sort_by_key(|name| name.to_lowercase());
    names.dedup_by_key(|name| name.to_lowercase());
    let value = |own: &[(String, String)], name: &str| {
        own.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| quoted(value))
    };
    for (number, name) in names.iter().enumerate() {
        let usual = value(&common, name).unwrap_or_else(|| "\"\"".into());
        let special: Vec<_> = special.iter().filter_map(|(regex, own)| Some((regex, value(own, name)?))).collect();
        if special.is_empty() {
            let _ = writeln!(out, "add_header {name} {usual} always;");
            continue;
        }
        let _ = writeln!(out, "set $guidewright_{number} {usual};");
        for (regex, value) in special {
            let _ = writeln!(out, "if ($uri ~ {}) {{ set $guidewright_{number} {value}; }}", quoted(regex));
        }
        let _ = writeln!(out, "add_header {name} $guidewright_{number} always;");
    }

    let seen = if table.is_dav { "well-known/|guidewright" } else { "well-known/" };
    let _ = writeln!(out, "location ~ \"/\\.(?!{seen})\" {{ return 404; }}");
    for (extension, kind) in TYPES {
        let _ = writeln!(out, "location ~ \"\\.{extension}$\" {{ types {{ {kind} {extension}; }} }}");
    }
    for folder in &table.not_found {
        match folder == base {
            true => drop(writeln!(out, "error_page 403 404 =404 {};", quoted(&format!("{base}404.html")))),
            false => drop(writeln!(
                out,
                "location {} {{ error_page 403 404 =404 {}; }}",
                quoted(folder),
                quoted(&format!("{folder}404.html"))
            )),
        }
    }
    for (from, to) in table.redirects_both_ways() {
        let _ =
            writeln!(out, "location = {} {{ return 301 {}; }}", quoted(&decode(from)), quoted(&to.replace('$', "%24")));
    }
    out
}

/// A text between quotes. nginx has no way to write a dollar sign, so headers with one are told of as a limit of
/// this host.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace("\\\\.", "\\."))
}

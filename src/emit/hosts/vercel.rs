//! `vercel.json`. <https://vercel.com/docs/project-configuration>

use super::{Table, headers::cache, pairs};
use serde_json::{Value, json};

pub fn settings(table: &Table) -> String {
    let base = &table.base;
    let mut headers =
        vec![json!({ "source": format!("{}(.*)", source(base)), "headers": pairs(&table.common_and_cache()) })];
    headers.extend(table.special.iter().map(|(pattern, own)| {
        let source = pattern.strip_suffix('*').map_or(source(pattern), |start| format!("{}(.*)", source(start)));
        json!({ "source": source, "headers": pairs(own) })
    }));
    let hashed = pairs(&[("Cache-Control".into(), cache::HASHED.into())]);
    headers.push(
        json!({ "source": format!("{}assets/(.*)\\.([0-9a-f]{{10}})\\.([a-z0-9]+)", source(base)), "headers": hashed }),
    );
    let redirects: Vec<Value> = table
        .redirects
        .iter()
        .map(|(from, to)| json!({ "source": source(from), "destination": to, "statusCode": 301 }))
        .collect();
    let settings = json!({ "trailingSlash": true, "redirects": redirects, "headers": headers });
    format!("{settings:#}\n")
}

/// A path in the language of path-to-regexp, in which some characters stand for others.
fn source(path: &str) -> String {
    let mut out = String::new();
    for c in path.chars() {
        if matches!(c, '(' | ')' | ':' | '*' | '+' | '?' | '{' | '}' | '.') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

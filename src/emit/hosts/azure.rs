//! `staticwebapp.config.json`. The first route that fits counts, and its headers stand over the global ones.
//! <https://learn.microsoft.com/azure/static-web-apps/configuration>

use super::{Table, headers::cache};
use crate::base::mime;
use serde_json::{Map, Value, json};

pub fn settings(table: &Table) -> String {
    let record = |own: &[(String, String)]| -> Map<String, Value> {
        own.iter().map(|(name, value)| (name.clone(), json!(value))).collect()
    };
    let mut routes: Vec<Value> = table
        .redirects_both_ways()
        .map(|(from, to)| json!({ "route": from.replace('*', "%2A"), "redirect": to, "statusCode": 301 }))
        .collect();
    routes.extend(
        [".host/*", ".guidewright.json"]
            .map(|own| json!({ "route": format!("{}{own}", table.base), "statusCode": 404 })),
    );
    if table.assets_are_hashed {
        let hashed = json!({ "Cache-Control": cache::HASHED });
        routes.push(json!({ "route": format!("{}assets/*", table.base), "headers": hashed }));
    }
    // Of two patterns that fit the longer says more.
    let mut special: Vec<_> = table.special.iter().collect();
    special.sort_by_key(|(pattern, _)| std::cmp::Reverse(pattern.len()));
    routes.extend(
        special.iter().map(|(pattern, _)| json!({ "route": pattern, "headers": record(&table.with(pattern)) })),
    );
    let types: Map<String, Value> = mime::TEXTS
        .iter()
        .map(|(extension, kind)| (format!(".{extension}"), json!(format!("{kind}; charset=utf-8"))))
        .collect();
    let settings = json!({
        "trailingSlash": "always",
        "routes": routes,
        "globalHeaders": record(&table.common_and_cache()),
        "mimeTypes": types,
        "responseOverrides": { "404": { "rewrite": format!("{}404.html", table.base), "statusCode": 404 } },
    });
    format!("{settings:#}\n")
}

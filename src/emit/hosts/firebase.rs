//! `firebase.json`: the published folder is the project. <https://firebase.google.com/docs/hosting/full-config>

use super::{FOLDER, Table, headers::cache, pairs};
use crate::resolve::urls::decode;
use serde_json::{Value, json};

pub fn settings(table: &Table) -> String {
    let all = |start: &str| format!("{start}**");
    let mut headers = vec![json!({ "source": all(&table.base), "headers": pairs(&table.common_and_cache()) })];
    headers.extend(table.special.iter().map(|(pattern, own)| {
        json!({ "source": pattern.strip_suffix('*').map_or(pattern.clone(), all), "headers": pairs(own) })
    }));
    if table.assets_are_hashed {
        let hashed = pairs(&[("Cache-Control".into(), cache::HASHED.into())]);
        headers.push(json!({ "source": format!("{}assets/**", table.base), "headers": hashed }));
    }
    let redirects: Vec<Value> = table
        .redirects_both_ways()
        .map(|(from, to)| json!({ "source": decode(from), "destination": to, "type": 301 }))
        .collect();
    let settings = json!({ "hosting": {
        "public": ".",
        "ignore": ["firebase.json", ".firebaserc", ".firebase/**", ".guidewright*", format!("{FOLDER}/**")],
        "cleanUrls": false,
        "trailingSlash": true,
        "redirects": redirects,
        "headers": headers,
    }});
    format!("{settings:#}\n")
}

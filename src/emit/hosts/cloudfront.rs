//! What CloudFront needs in front of a bucket: a function for folders and old addresses, and a policy of headers.
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/writing-function-code.html>

use super::Table;
use serde_json::{Map, Value, json};

/// A function of the runtime cloudfront-js-2.0, for viewer requests.
pub fn function(table: &Table) -> String {
    let redirects: Map<String, Value> =
        table.redirects_both_ways().map(|(from, to)| (from.to_string(), json!(to))).collect();
    format!(
        "// Written by guidewright for CloudFront: a function of the runtime cloudfront-js-2.0, for viewer requests.\n\
         const redirects = {};\n\
         const hidden = /\\/\\.(?!well-known\\/)/;\n\
         const moved = (to) => ({{ statusCode: 301, statusDescription: 'Moved Permanently', headers: {{ location: {{ value: to }} }} }});\n\
         function handler(event) {{\n\
         \x20 const request = event.request;\n\
         \x20 const to = redirects[request.uri];\n\
         \x20 if (to) return moved(to);\n\
         \x20 if (hidden.test(request.uri)) return {{ statusCode: 404, statusDescription: 'Not Found' }};\n\
         \x20 const name = request.uri.split('/').pop();\n\
         \x20 if (name === '') request.uri += 'index.html';\n\
         \x20 else if (!name.includes('.')) return moved('/' + request.uri.replace(/^\\/+/, '') + '/');\n\
         \x20 return request;\n\
         }}\n",
        Value::Object(redirects)
    )
}

/// A header that has a place of its own in a policy, and is refused as a custom one: that place, and what stands there.
fn security(name: &str, value: &str) -> Option<(&'static str, Value)> {
    Some(match name.to_lowercase().as_str() {
        "content-security-policy" => {
            ("ContentSecurityPolicy", json!({ "Override": true, "ContentSecurityPolicy": value }))
        }
        "x-content-type-options" => ("ContentTypeOptions", json!({ "Override": true })),
        "referrer-policy" => ("ReferrerPolicy", json!({ "Override": true, "ReferrerPolicy": value })),
        "x-frame-options" => ("FrameOptions", json!({ "Override": true, "FrameOption": value })),
        "strict-transport-security" => {
            let seconds = value.split(';').find_map(|part| part.trim().strip_prefix("max-age=")?.parse::<u64>().ok());
            let has = |word: &str| value.to_lowercase().contains(word);
            let settings = json!({
                "Override": true,
                "AccessControlMaxAgeSec": seconds.unwrap_or(0),
                "IncludeSubdomains": has("includesubdomains"),
                "Preload": has("preload"),
            });
            ("StrictTransportSecurity", settings)
        }
        _ => return None,
    })
}

/// The headers of all files that have no place of their own in a policy.
pub fn custom(table: &Table) -> impl Iterator<Item = &(String, String)> {
    table.common.iter().filter(|(name, value)| security(name, value).is_none())
}

/// The settings for `aws cloudfront create-response-headers-policy --response-headers-policy-config file://…`.
pub fn headers(table: &Table) -> String {
    let placed = table.common.iter().filter_map(|(name, value)| security(name, value));
    let security: Map<String, Value> = placed.map(|(place, value)| (place.to_string(), value)).collect();
    let custom: Vec<Value> =
        custom(table).map(|(name, value)| json!({ "Header": name, "Value": value, "Override": true })).collect();
    let policy = json!({
        "Name": "guidewright",
        "SecurityHeadersConfig": security,
        "CustomHeadersConfig": { "Quantity": custom.len(), "Items": custom },
    });
    format!("{policy:#}\n")
}

//! `_redirects` and `_headers`: the files of Netlify, which Cloudflare Pages and GitLab Pages read too.
//!
//! <https://docs.netlify.com/manage/routing/redirects/overview/>,
//! <https://developers.cloudflare.com/pages/configuration/headers/>,
//! <https://docs.gitlab.com/user/project/pages/redirects/>

use super::{Table, headers::cache};
use std::fmt::Write;

/// One line a redirect: from, to, status.
pub fn redirects(table: &Table, status: &str) -> String {
    let mut out = String::new();
    // A star and a colon stand for other things there.
    let literal = |path: &str| path.replace('*', "%2A").replace(':', "%3A");
    for (from, to) in table.redirects_both_ways() {
        let from = literal(from);
        let _ = writeln!(out, "{from} {to} {status}");
    }
    out
}

/// The headers of each pattern. Where patterns overlap, both hosts join the values of a header with a comma;
/// Cloudflare (`detaches`) lets a pattern take a header away first, and Netlify does not, so there each header
/// stands under one pattern as far as that is possible.
pub fn headers(table: &Table, detaches: bool) -> String {
    let mut out = String::new();
    let mut block = |pattern: &str, own: &[(String, String)], again: bool| {
        let _ = writeln!(out, "{pattern}");
        for (name, value) in own {
            if again && detaches {
                let _ = writeln!(out, "  ! {name}");
            }
            let _ = writeln!(out, "  {name}: {value}");
        }
    };
    let common = if detaches { table.common_and_cache() } else { table.common.clone() };
    block(&format!("{}*", table.base), &common, false);
    for (pattern, own) in &table.special {
        block(pattern, own, true);
    }
    // Netlify has pages looked at again each time unless it is told otherwise.
    if table.assets_are_hashed {
        block(&format!("{}assets/*", table.base), &[("Cache-Control".into(), cache::HASHED.into())], true);
    }
    out
}

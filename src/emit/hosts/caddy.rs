//! A piece of a Caddyfile, to be imported in a site's block. `route` keeps what stands in it in this order.
//! <https://caddyserver.com/docs/caddyfile/directives/route>

use super::{FOLDER, Table, headers::cache};
use crate::resolve::urls::decode;
use std::fmt::Write;

pub fn snippet(table: &Table) -> String {
    let base = &table.base;
    let place = table.place("a site's block");
    let mut out = format!(
        "# Written by guidewright for Caddy. Import it in {place}:\n\
         #\troot * /srv/guide/current\n\
         #\timport /srv/guide/current/{FOLDER}/Caddyfile\n\
         @guidewright_hidden {{\n\tpath */.*\n\tnot path {base}.well-known/*\n}}\n\
         @guidewright_hashed path_regexp {}\n\
         @guidewright_text path_regexp \\.(html|css|js|mjs|json|xml|svg|txt|md|webmanifest|ics)$|/$\n",
        table.hashed()
    );
    out += "route {\n";
    for (name, value) in table.common_and_cache() {
        let _ = writeln!(out, "\theader {name} {}", quoted(&value));
    }
    let _ = writeln!(out, "\theader @guidewright_hashed Cache-Control {}", quoted(cache::HASHED));
    for (pattern, own) in &table.special {
        for (name, value) in own {
            let _ = writeln!(out, "\theader {} {name} {}", quoted(pattern), quoted(value));
        }
    }
    out += "\theader @guidewright_text Vary Accept-Encoding\n";
    out += "\terror @guidewright_hidden 404\n";
    for (from, to) in table.redirects_both_ways() {
        let _ = writeln!(out, "\tredir {} {} 301", quoted(&decode(from)), quoted(to));
    }
    out += "\tfile_server {\n\t\tprecompressed br gzip\n\t}\n}\n";
    out += "handle_errors {\n\troute {\n";
    // What is not there now may be there in a moment.
    let _ = writeln!(out, "\t\theader Cache-Control {}", quoted(cache::PAGES));
    let mut otherwise = None;
    for (number, folder) in table.not_found.iter().enumerate() {
        if folder == base {
            otherwise = Some(folder);
            continue;
        }
        let _ = writeln!(out, "\t\t@guidewright_{number} path {}", quoted(&format!("{folder}*")));
        let _ = writeln!(
            out,
            "\t\thandle @guidewright_{number} {{\n\t\t\trewrite * {}\n\t\t\tfile_server\n\t\t}}",
            quoted(&format!("{folder}404.html"))
        );
    }
    if let Some(folder) = otherwise {
        let _ = writeln!(
            out,
            "\t\thandle {{\n\t\t\trewrite * {}\n\t\t\tfile_server\n\t\t}}",
            quoted(&format!("{folder}404.html"))
        );
    }
    out += "\t}\n}\n";
    out
}

/// A text between quotes, in which braces are no placeholders.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('{', "\\{"))
}

//! `.htaccess` for Apache httpd 2.4, for hosts where one has a folder and not the server. What needs a module
//! stands in a block that is passed over without it; then redirect pages and the policy in each page remain.
//! <https://httpd.apache.org/docs/2.4/howto/htaccess.html>

use super::{Table, escaped, headers::cache, regex};
use crate::{base::mime, resolve::urls::decode};
use std::fmt::Write;

pub fn htaccess(table: &Table) -> String {
    let base = &table.base;
    let mut out = String::from(
        "# Written by guidewright for Apache. The host must allow it: AllowOverride FileInfo Indexes Options=Indexes,MultiViews\n\
         DirectoryIndex index.html\nOptions -Indexes -MultiViews\nAddDefaultCharset utf-8\n",
    );
    for (extension, kind) in mime::TEXTS {
        let _ = writeln!(out, "AddType \"{kind}; charset=utf-8\" .{extension}");
    }
    for folder in table.not_found.iter().rev() {
        let page = format!("{folder}404.html");
        match folder == base {
            true => drop(writeln!(out, "ErrorDocument 404 {page}")),
            false => drop(writeln!(
                out,
                "<If {}>\nErrorDocument 404 {page}\n</If>",
                expression(&format!("^{}", escaped(folder)))
            )),
        }
    }

    let seen = if table.is_dav { "well-known(/|$)|guidewright" } else { "well-known(/|$)" };
    out += "<IfModule mod_rewrite.c>\nRewriteEngine On\n";
    let _ = writeln!(out, "RewriteRule \"(^|/)\\.(?!{seen})\" - [R=404,L]");
    // A folder that a page has left is no secret: there is nothing.
    out += "RewriteCond %{REQUEST_METHOD} ^(GET|HEAD)$\nRewriteCond %{REQUEST_FILENAME} -d\n\
            RewriteCond %{REQUEST_FILENAME}/index.html !-f\nRewriteRule ^ - [R=404,L]\n";
    for (from, to) in &table.redirects {
        let inner = decode(from.strip_prefix(base.as_str()).unwrap_or(from));
        let inner = escaped(inner.trim_end_matches('/'));
        let _ = writeln!(
            out,
            "RewriteRule \"^{inner}/?$\" \"{}\" [R=301,NE,L]",
            to.replace('%', "\\%").replace('$', "\\$")
        );
    }
    for (token, extension) in [("br", "br"), ("gzip", "gz")] {
        let _ = write!(
            out,
            "RewriteCond %{{HTTP:Accept-Encoding}} \\b{token}\\b\n\
             RewriteCond %{{REQUEST_FILENAME}}index.html.{extension} -f\n\
             RewriteRule \"^(|.*/)$\" \"$1index.html.{extension}\" [L]\n\
             RewriteCond %{{HTTP:Accept-Encoding}} \\b{token}\\b\n\
             RewriteCond %{{REQUEST_FILENAME}}.{extension} -f\n\
             RewriteRule \"^(.+)$\" \"$1.{extension}\" [L]\n",
        );
    }
    out += "</IfModule>\n";

    out += "<IfModule mod_headers.c>\n";
    for (name, value) in table.common_and_cache() {
        let _ = writeln!(out, "Header always set {name} {}", quoted(&value));
    }
    let _ = writeln!(
        out,
        "<If {}>\nHeader always set Cache-Control {}\n</If>",
        expression(&table.hashed()),
        quoted(cache::HASHED)
    );
    for (pattern, own) in &table.special {
        let _ = writeln!(out, "<If {}>", expression(&regex(pattern)));
        for (name, value) in own {
            let _ = writeln!(out, "Header always set {name} {}", quoted(value));
        }
        out += "</If>\n";
    }
    let texts: Vec<&str> = mime::TEXTS.iter().map(|(extension, _)| *extension).collect();
    let _ = writeln!(
        out,
        "<FilesMatch \"[.]({})([.](gz|br))?$\">\nHeader merge Vary Accept-Encoding\n</FilesMatch>",
        texts.join("|")
    );
    for (extension, kind) in mime::TEXTS {
        for (name, encoding) in [("gz", "gzip"), ("br", "br")] {
            let _ = writeln!(
                out,
                "<FilesMatch \"[.]{extension}[.]{name}$\">\nForceType \"{kind}; charset=utf-8\"\n\
                 Header set Content-Encoding {encoding}\nSetEnv no-gzip 1\n</FilesMatch>"
            );
        }
    }
    out += "</IfModule>\n";
    out
}

/// The condition that an address fits a regular expression.
fn expression(regex: &str) -> String {
    format!("\"%{{REQUEST_URI}} =~ m#{}#\"", regex.replace('#', "\\#").replace('"', "\\\""))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%"))
}

//! What a host does not take, said when the site is built and not when it is published.
//!
//! The numbers are those of the hosts' documentation as of November 2026; those of Cloudflare, GitLab and Azure
//! are checked by nobody but the hosts.

use super::{Table, files};
use crate::{
    base::{
        finding::{Finding, Place},
        path::SitePath,
        rules::Rule,
    },
    emit::output::Output,
    resolve::guide::Redirect,
    settings::{
        host::Host,
        site::{self, Site},
    },
};

/// The limits of a host; none means that none is known.
#[derive(Default)]
struct Limits {
    /// Lines or entries of redirects.
    redirects: Option<usize>,
    /// Bytes of each file that the host reads itself.
    own_file: Option<usize>,
    /// Files of the site.
    files: Option<usize>,
    /// Bytes of one file.
    bytes: Option<u64>,
}

fn limits(host: Host) -> Limits {
    const MIB: u64 = 1024 * 1024;
    let none = Limits::default();
    match host {
        Host::GithubPages => Limits { bytes: Some(100 * MIB), ..none },
        Host::GitlabPages => Limits { redirects: Some(1000), own_file: Some(64 * 1024), ..none },
        Host::CloudflarePages => Limits { redirects: Some(2000), files: Some(20_000), bytes: Some(25 * MIB), ..none },
        Host::Vercel => Limits { redirects: Some(2048), ..none },
        Host::AzureStaticWebApps => Limits { own_file: Some(20 * 1024), ..none },
        Host::S3 => Limits { own_file: Some(10 * 1024), ..none },
        _ => none,
    }
}

/// Looks at the site with the eyes of the host of each target.
pub fn check(site: &Site, redirects: &[Redirect], output: &Output) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, target) in &site.targets {
        let (host, brand) = (target.host, target.host.brand());
        let mut say = |message: String, help: &str| {
            let place = Place::span(&SitePath::from(site::FILE), target.span);
            findings.push(Finding::new(Rule::PUBLISH_HOST, place, message, help));
        };
        let table = Table::new(site, target, redirects, output);
        let limits = limits(host);
        if !host.sends_headers() && !site.headers.is_empty() {
            let message =
                format!("{brand} sends no headers of yours, so those of `headers:` do not reach readers of \"{name}\"");
            say(message, "Choose another host, or switch this rule off if you can do without them there.");
        }
        let count = table.redirects_both_ways().count();
        if limits.redirects.is_some_and(|most| count > most) {
            let most = limits.redirects.unwrap_or_default();
            let message = format!("{brand} takes {most} lines of redirects, and \"{name}\" has {count}");
            say(message, "Let the oldest addresses go: remove aliases and redirects, or choose another host.");
        }
        // To write the files of a host is only worth it where their size counts.
        for (most, (path, text)) in
            limits.own_file.iter().flat_map(|most| files(host, &table).into_iter().map(move |own| (most, own)))
        {
            if text.len() > *most {
                let message =
                    format!("{brand} takes {most} bytes of {path}, and that of \"{name}\" has {}", text.len());
                say(message, "Let the oldest addresses go: remove aliases and redirects, or choose another host.");
            }
        }
        if let Some(most) = limits.files.filter(|most| output.files.len() > *most) {
            let message = format!("{brand} takes {most} files, and \"{name}\" has {}", output.files.len());
            say(message, "Split the site, or choose another host.");
        }
        let large = output.files.iter().find(|(_, entry)| limits.bytes.is_some_and(|most| entry.len > most));
        if let Some((path, entry)) = large {
            let most = limits.bytes.unwrap_or_default();
            let message = format!("{brand} takes files of {most} bytes, and {path} of \"{name}\" has {}", entry.len);
            say(message, "Make the file smaller, or put it elsewhere and link to it.");
        }
        let dollar = site.headers.iter().flat_map(|(_, own)| own).find(|(_, value)| value.contains('$'));
        if let Some((header, _)) = dollar.filter(|_| host == Host::Nginx) {
            let message = format!("nginx cannot send the dollar sign in the header {header} of \"{name}\"");
            say(message, "Write it without, or set this header in the configuration of the server yourself.");
        }
    }
    findings
}

//! What a host does not take, said when the site is built and not when it is published.
//!
//! The numbers are those of the hosts' documentation in November 2026:
//! <https://docs.github.com/pages/getting-started-with-github-pages/github-pages-limits>,
//! <https://docs.gitlab.com/user/gitlab_com/#gitlab-pages>, <https://docs.gitlab.com/user/project/pages/redirects/>,
//! <https://docs.netlify.com/site-deploys/overview/>, <https://developers.cloudflare.com/pages/platform/limits/>,
//! <https://vercel.com/docs/project-configuration>, <https://firebase.google.com/docs/hosting/reference/rest>,
//! <https://learn.microsoft.com/azure/static-web-apps/quotas>,
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>. That of Azure's files is
//! what its own refusals say, and Cloudflare's lines are those of its published reader. No host was asked.

use super::{Table, cloudfront, files};
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
use indicatif::HumanCount;
use std::collections::BTreeMap;

/// The limits of a host; none means that none is known.
#[derive(Default)]
struct Limits {
    /// Redirects.
    redirects: Option<u64>,
    /// Patterns of addresses that headers are said for.
    patterns: Option<u64>,
    /// Characters of a line in the files that the host reads itself.
    line: Option<u64>,
    /// Bytes of each file that the host reads itself.
    own_file: Option<u64>,
    /// Files of the site, not counting their compressed siblings.
    files: Option<u64>,
    /// Files of one folder.
    in_folder: Option<u64>,
    /// Bytes of one file.
    bytes: Option<u64>,
    /// Bytes of all files together.
    whole: Option<u64>,
}

fn limits(host: Host) -> Limits {
    const MIB: u64 = 1024 * 1024;
    const GB: u64 = 1_000_000_000;
    let none = Limits::default();
    match host {
        Host::GithubPages => Limits { bytes: Some(100 * MIB), whole: Some(GB), ..none },
        Host::GitlabPages => {
            Limits { redirects: Some(1000), own_file: Some(64 * 1024), files: Some(200_000), whole: Some(GB), ..none }
        }
        Host::Netlify => Limits { in_folder: Some(54_000), ..none },
        Host::CloudflarePages => Limits {
            redirects: Some(2000),
            patterns: Some(100),
            line: Some(2000),
            files: Some(20_000),
            bytes: Some(25 * MIB),
            ..none
        },
        Host::Vercel => Limits { redirects: Some(2048), patterns: Some(2048), ..none },
        Host::Firebase => Limits { bytes: Some(2 * GB), ..none },
        // The size is that of the free plan; the standard plan takes twice as much.
        Host::AzureStaticWebApps => {
            Limits { own_file: Some(20 * 1024), files: Some(15_000), whole: Some(250 * MIB), ..none }
        }
        Host::S3 => Limits { own_file: Some(10 * 1024), ..none },
        Host::Plain | Host::Apache | Host::Nginx | Host::Caddy => none,
    }
}

/// So many headers beside those that it knows by name does CloudFront's policy take.
const CLOUDFRONT_CUSTOM: usize = 10;

/// Looks at the site with the eyes of the host of each target.
pub fn check(site: &Site, redirects: &[Redirect], output: &Output) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, target) in &site.targets {
        let table = Table::new(site, target, redirects, output);
        let mut say = |message: String, help: &str| {
            let place = Place::span(&SitePath::from(site::FILE), target.span);
            findings.push(Finding::new(Rule::PUBLISH_HOST, place, message, help));
        };
        let readers = format!("readers of \"{name}\"");
        check_headers(site, target.host, &table, &readers, &mut say);
        check_sizes(target.host, &table, output, name, &mut say);
    }
    findings
}

/// Whether the host sends the headers that the site asks for; `readers` says whose.
fn check_headers(site: &Site, host: Host, table: &Table, readers: &str, say: &mut impl FnMut(String, &str)) {
    let brand = host.brand();
    if !host.sends_headers() && !site.headers.is_empty() {
        let message = format!("{brand} sends no headers of yours, so those of `headers:` do not reach {readers}");
        say(message, "Choose another host, or switch this rule off if you can do without them there.");
    }
    if host == Host::S3 {
        if let Some((pattern, _)) = table.special.first() {
            let message =
                format!("{brand} gets headers for all pages only, so those of {pattern} do not reach {readers}");
            say(
                message,
                "Make a behaviour for these addresses there, with a policy of its own, or say them for \"/*\".",
            );
        }
        let own = cloudfront::custom(table).count();
        if own > CLOUDFRONT_CUSTOM {
            let message =
                format!("{brand} adds {CLOUDFRONT_CUSTOM} headers of your own, and {readers} are to get {own}");
            say(message, "Say fewer headers, or choose another host.");
        }
    }
    let dollar = site.headers.iter().flat_map(|(_, own)| own).find(|(_, value)| value.contains('$'));
    if let Some((header, _)) = dollar.filter(|_| host == Host::Nginx) {
        let message = format!("nginx cannot send {readers} the dollar sign in the header {header}");
        say(message, "Write it without, or set this header in the configuration of the server yourself.");
    }
}

/// Whether the site is too much for the host of a target.
fn check_sizes(host: Host, table: &Table, output: &Output, target: &str, say: &mut impl FnMut(String, &str)) {
    const OLD: &str = "Let the oldest addresses go: remove aliases and redirects, or choose another host.";
    const SPLIT: &str = "Split the site, or choose another host.";
    let (brand, limits) = (host.brand(), limits(host));
    let mut over = |most: Option<u64>, has: u64, what: &str, of: &str, help: &str| {
        if let Some(most) = most.filter(|most| has > *most) {
            let (most, has) = (HumanCount(most), HumanCount(has));
            say(format!("{brand} takes {most} {what}, and {of} of \"{target}\" has {has}"), help);
        }
    };
    // With Vercel an address with its slash and without is one.
    let count = if host == Host::Vercel { table.redirects.len() } else { table.redirects_both_ways().count() };
    over(limits.redirects, count as u64, "redirects", "the site", OLD);
    let help = "Say headers for more addresses at once, with a star at the end, or choose another host.";
    over(limits.patterns, table.patterns() as u64, "patterns of addresses with headers", "the site", help);
    // To write the files of a host is only worth it where their size counts.
    let own = if limits.line.or(limits.own_file).is_some() { files(host, table) } else { Vec::new() };
    for (path, text) in &own {
        // Of CloudFront's two files it is the function that has this limit.
        let most = limits.own_file.filter(|_| host != Host::S3 || path.extension() == "js");
        over(most, text.len() as u64, &format!("bytes of {path}"), "that", OLD);
        let longest = text.lines().map(|line| line.chars().count()).enumerate().max_by_key(|(_, len)| *len);
        if let Some((line, len)) = longest {
            let of = format!("line {} of {path}", line + 1);
            over(limits.line, len as u64, "characters in a line", &of, "Make that header or address shorter.");
        }
    }
    over(limits.files, output.files.len() as u64, "files", "the site", SPLIT);
    if limits.in_folder.is_some() {
        let mut folders = BTreeMap::<&str, u64>::new();
        for path in output.files.keys() {
            *folders.entry(path.rsplit_once('/').map_or("", |(folder, _)| folder)).or_default() += 1;
        }
        if let Some((folder, has)) = folders.into_iter().max_by_key(|(_, has)| *has) {
            over(limits.in_folder, has, "files in a folder", &format!("/{folder}"), SPLIT);
        }
    }
    let largest = limits.bytes.and_then(|_| output.files.iter().max_by_key(|(_, entry)| entry.len));
    if let Some((path, entry)) = largest {
        let help = "Make the file smaller, or put it elsewhere and link to it.";
        over(limits.bytes, entry.len, "bytes in a file", &path.to_string(), help);
    }
    let whole = limits.whole.map_or(0, |_| output.files.values().map(|entry| entry.len).sum());
    let what = if host == Host::AzureStaticWebApps { "bytes on its free plan" } else { "bytes in all" };
    over(limits.whole, whole, what, "the site", "Make pictures and documents smaller, or choose another plan or host.");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::digest::Digest,
        emit::output::{Content, Entry},
        settings::yaml,
    };

    /// A site that is published to one host, with some more settings.
    fn site(host: &str, more: &str) -> Site {
        let file = SitePath::from(site::FILE);
        let text =
            format!("title: Guide\nbase_url: https://guide.example/\n{more}publish:\n  live: {{ host: {host} }}\n");
        let mut findings = Vec::new();
        let node = yaml::read(&file, text.as_bytes(), "settings", &mut findings).expect("YAML");
        let (site, found) = site::read(&file, &node);
        findings.extend(found);
        assert!(findings.is_empty(), "{findings:?}");
        site
    }

    /// So many files of so many bytes, in folders of at most a thousand, or in one.
    fn files(count: usize, len: u64, spread: bool) -> Output {
        let path = |i: usize| if spread { format!("{}/{i}.html", i / 1000) } else { format!("all/{i}.html") };
        let entry = Entry { digest: Digest::of(b""), len, content: Content::Kept };
        Output { files: (0..count).map(|i| (SitePath::from(path(i)), entry.clone())).collect() }
    }

    fn old(count: usize) -> Vec<Redirect> {
        (0..count).map(|i| Redirect { from: format!("/{i}"), to: "/a/".into(), title: "A".into() }).collect()
    }

    fn headers(count: usize) -> String {
        (0..count).fold(String::from("headers:\n"), |all, i| all + &format!("  /{i}: {{ X-Own: a }}\n"))
    }

    fn said(site: &Site, redirects: &[Redirect], output: &Output) -> Vec<String> {
        check(site, redirects, output).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn what_fits_is_passed_over_and_one_more_is_said() {
        const MIB: u64 = 1024 * 1024;
        let fits = |host: &str, more: &str, redirects: usize, output: &Output| {
            assert_eq!(said(&site(host, more), &old(redirects), output), [""; 0], "{host}");
        };
        let over = |host: &str, more: &str, redirects: usize, output: &Output, message: &str| {
            assert_eq!(said(&site(host, more), &old(redirects), output), [message], "{host}");
        };
        let none = files(0, 0, true);
        for (host, most) in [("gitlab-pages", 1000), ("cloudflare-pages", 2000), ("vercel", 2048)] {
            fits(host, "", most, &none);
            let brand = Host::by_name(host).expect("a host").brand();
            let (most, has) = (HumanCount(most as u64), HumanCount(most as u64 + 1));
            let message = format!("{brand} takes {most} redirects, and the site of \"live\" has {has}");
            over(host, "", most.0 as usize + 1, &none, &message);
        }
        fits("cloudflare-pages", &headers(98), 0, &none);
        let message = "Cloudflare Pages takes 100 patterns of addresses with headers, and the site of \"live\" has 101";
        over("cloudflare-pages", &headers(99), 0, &none, message);
        let long = |len: usize| format!("headers: {{ /a: {{ X-Own: {} }} }}\n", "x".repeat(len - "  X-Own: ".len()));
        fits("cloudflare-pages", &long(2000), 0, &none);
        let message = "Cloudflare Pages takes 2,000 characters in a line, and line 9 of _headers of \"live\" has 2,001";
        over("cloudflare-pages", &long(2001), 0, &none, message);
        for (host, brand, most) in [
            ("gitlab-pages", "GitLab Pages", 200_000),
            ("cloudflare-pages", "Cloudflare Pages", 20_000),
            ("azure-static-web-apps", "Azure Static Web Apps", 15_000),
        ] {
            fits(host, "", 0, &files(most, 10, true));
            let (count, has) = (HumanCount(most as u64), HumanCount(most as u64 + 1));
            let message = format!("{brand} takes {count} files, and the site of \"live\" has {has}");
            over(host, "", 0, &files(most + 1, 10, true), &message);
        }
        fits("netlify", "", 0, &files(54_001, 10, true));
        let message = "Netlify takes 54,000 files in a folder, and /all of \"live\" has 54,001";
        over("netlify", "", 0, &files(54_001, 10, false), message);
        for (host, brand, most) in [
            ("github-pages", "GitHub Pages", 100 * MIB),
            ("cloudflare-pages", "Cloudflare Pages", 25 * MIB),
            ("firebase", "Firebase Hosting", 2_000_000_000),
        ] {
            fits(host, "", 0, &files(1, most, true));
            let (count, has) = (HumanCount(most), HumanCount(most + 1));
            let message = format!("{brand} takes {count} bytes in a file, and 0/0.html of \"live\" has {has}");
            over(host, "", 0, &files(1, most + 1, true), &message);
        }
        for (host, brand, most, what) in [
            ("github-pages", "GitHub Pages", 1_000_000_000, "in all"),
            ("gitlab-pages", "GitLab Pages", 1_000_000_000, "in all"),
            ("azure-static-web-apps", "Azure Static Web Apps", 250 * MIB, "on its free plan"),
        ] {
            fits(host, "", 0, &files(100, most / 100, true));
            let (count, has) = (HumanCount(most), HumanCount((most / 100 + 1) * 100));
            let message = format!("{brand} takes {count} bytes {what}, and the site of \"live\" has {has}");
            over(host, "", 0, &files(100, most / 100 + 1, true), &message);
        }
    }

    #[test]
    fn the_size_of_the_files_that_a_host_reads_counts() {
        for (host, path, most) in [
            ("azure-static-web-apps", "staticwebapp.config.json", "20,480"),
            ("s3", ".host/cloudfront-function.js", "10,240"),
            ("gitlab-pages", "_redirects", "65,536"),
        ] {
            let far = |i| Redirect { from: format!("/{i}"), to: format!("/{}/", "a".repeat(300)), title: "A".into() };
            let few: Vec<Redirect> = (0..10).map(far).collect();
            let many: Vec<Redirect> = (0..300).map(far).collect();
            let site = site(host, "");
            assert_eq!(said(&site, &few, &files(0, 0, true)), [""; 0]);
            let found = said(&site, &many, &files(0, 0, true));
            assert!(
                found[0].contains(&format!("takes {most} bytes of {path}, and that of \"live\" has ")),
                "{found:?}"
            );
        }
    }

    #[test]
    fn what_a_host_does_not_send_is_said() {
        let none = files(0, 0, true);
        let all = |count: usize| {
            (0..count).fold(String::from("headers:\n  /*:\n"), |all, i| all + &format!("    X-{i}: a\n"))
        };
        for (host, more, message) in [
            (
                "gitlab-pages",
                headers(1),
                "GitLab Pages sends no headers of yours, so those of `headers:` do not reach readers of \"live\"",
            ),
            (
                "s3",
                headers(1),
                "CloudFront gets headers for all pages only, so those of /0 do not reach readers of \"live\"",
            ),
            ("s3", all(10), "CloudFront adds 10 headers of your own, and readers of \"live\" are to get 11"),
            (
                "nginx",
                "headers: { /*: { X-Cost: $5 } }\n".into(),
                "nginx cannot send readers of \"live\" the dollar sign in the header X-Cost",
            ),
        ] {
            assert_eq!(said(&site(host, &more), &[], &none), [message]);
            assert_eq!(said(&site("caddy", &more), &[], &none), [""; 0]);
        }
        assert_eq!(said(&site("s3", &all(9)), &[], &none), [""; 0]);
    }
}

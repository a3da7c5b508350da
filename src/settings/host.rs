//! The kinds of static host, and what they do with a request: what a preview must do too.
//!
//! Seen by running them: the slashes and 404 pages of nginx, Apache and Caddy, and that GitHub Pages takes
//! neither redirects nor headers (its documentation). What stands here of the other hosts is believed and
//! was not verified; whoever writes their files (publishing) verifies it first.

use serde::{Deserialize, Serialize};

/// A kind of static host, by the name that it has under `publish:` in guide.yaml.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Host {
    /// One that only hands out files.
    #[default]
    Plain,
    /// GitHub Pages.
    GithubPages,
    /// GitLab Pages.
    GitlabPages,
    /// Netlify.
    Netlify,
    /// Cloudflare Pages.
    CloudflarePages,
    /// Vercel.
    Vercel,
    /// Firebase Hosting.
    Firebase,
    /// Azure Static Web Apps.
    AzureStaticWebApps,
    /// Amazon S3, alone or behind CloudFront.
    S3,
    /// Apache httpd.
    Apache,
    /// nginx.
    Nginx,
    /// Caddy.
    Caddy,
}

impl Host {
    /// Every host.
    pub const ALL: [Host; 12] = [
        Host::Plain,
        Host::GithubPages,
        Host::GitlabPages,
        Host::Netlify,
        Host::CloudflarePages,
        Host::Vercel,
        Host::Firebase,
        Host::AzureStaticWebApps,
        Host::S3,
        Host::Apache,
        Host::Nginx,
        Host::Caddy,
    ];

    /// Its name in guide.yaml.
    pub fn name(self) -> &'static str {
        match self {
            Host::Plain => "plain",
            Host::GithubPages => "github-pages",
            Host::GitlabPages => "gitlab-pages",
            Host::Netlify => "netlify",
            Host::CloudflarePages => "cloudflare-pages",
            Host::Vercel => "vercel",
            Host::Firebase => "firebase",
            Host::AzureStaticWebApps => "azure-static-web-apps",
            Host::S3 => "s3",
            Host::Apache => "apache",
            Host::Nginx => "nginx",
            Host::Caddy => "caddy",
        }
    }

    /// Its own name, as people write it.
    pub fn brand(self) -> &'static str {
        match self {
            Host::Plain => "a plain host",
            Host::GithubPages => "GitHub Pages",
            Host::GitlabPages => "GitLab Pages",
            Host::Netlify => "Netlify",
            Host::CloudflarePages => "Cloudflare Pages",
            Host::Vercel => "Vercel",
            Host::Firebase => "Firebase Hosting",
            Host::AzureStaticWebApps => "Azure Static Web Apps",
            Host::S3 => "CloudFront",
            Host::Apache => "Apache",
            Host::Nginx => "nginx",
            Host::Caddy => "Caddy",
        }
    }

    /// The host of that name.
    pub fn by_name(name: &str) -> Option<Host> {
        Host::ALL.into_iter().find(|host| host.name() == name)
    }

    /// Whether it answers an old address by sending the reader on; else a page there does so.
    pub fn redirects(self) -> bool {
        !matches!(self, Host::Plain | Host::GithubPages)
    }

    /// Whether it sends the site's own headers.
    pub fn sends_headers(self) -> bool {
        !matches!(self, Host::GithubPages | Host::GitlabPages)
    }

    /// Whether it hands out a compressed file that lies beside the file: gzip, brotli. nginx reads those
    /// of brotli with a module that few have; its target says so.
    pub fn siblings(self) -> (bool, bool) {
        match self {
            Host::Apache | Host::Caddy | Host::GitlabPages => (true, true),
            Host::Nginx => (true, false),
            _ => (false, false),
        }
    }

    /// The status with which it adds the slash to the address of a folder.
    pub fn slash_status(self) -> u16 {
        match self {
            Host::Caddy | Host::CloudflarePages | Host::Vercel => 308,
            Host::S3 => 302,
            _ => 301,
        }
    }

    /// Whether for an address that leads nowhere it takes the 404.html nearest to it, and not only that
    /// of the site.
    pub fn finds_nearest_404(self) -> bool {
        matches!(self, Host::CloudflarePages | Host::Apache | Host::Nginx | Host::Caddy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_host_is_found_by_its_name() {
        for host in Host::ALL {
            assert_eq!(Host::by_name(host.name()), Some(host));
        }
        assert_eq!(Host::by_name("geocities"), None);
    }
}

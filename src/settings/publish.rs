//! `publish:` of guide.yaml: the places that a site is published to, by name.

use super::{
    host::Host,
    read::Reader,
    types::{Field, Type},
    value::Value,
    yaml::{Data, Key, Node},
};
use crate::base::{finding::Mark, rules::Rule, span::Span};
use serde::{Deserialize, Serialize};

/// A place that the site is published to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// Another base URL.
    pub base_url: Option<String>,
    /// Where to look whether it arrived, if that is not the base URL.
    pub verify_url: Option<String>,
    /// Whether search engines are to leave out all of it: a preview.
    pub noindex: bool,
    /// What kind of host it is.
    pub host: Host,
    /// How it gets there; nothing where something else takes the output there.
    pub remote: Option<Remote>,
    /// So many releases stay: their folders, and the hashed files that open tabs and caches ask for.
    pub keep: u32,
    /// Whether an object store gets files compressed, with a Content-Encoding.
    pub encode: bool,
    /// Whether nginx has its brotli module.
    pub brotli: bool,
    /// How many files are sent at a time.
    pub at_once: usize,
    /// What stops a publish beside errors.
    pub gates: Gates,
    /// Where its name is written.
    pub span: Span,
}

/// What stops a publish beside errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gates {
    /// Pages whose review is overdue.
    pub overdue: bool,
    /// Entries, like helplines, that were checked too long ago.
    pub helplines: bool,
    /// Addresses that are there now and would lead nowhere.
    pub vanished: bool,
}

/// How a site gets to its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Remote {
    /// A folder of this machine, in which releases stand side by side.
    Folder {
        /// The folder, relative to the site.
        path: String,
    },
    /// A branch of a git repository.
    Git {
        /// Its address, as git takes it.
        url: String,
        /// The branch.
        branch: String,
    },
    /// A bucket of Amazon S3, or of what speaks its protocol.
    S3 {
        /// The bucket.
        bucket: String,
        /// The folder in it.
        prefix: String,
        /// Its region.
        region: Option<String>,
        /// The address of the service, if it is not Amazon's.
        endpoint: Option<String>,
    },
    /// A bucket of Google Cloud Storage.
    Gcs {
        /// The bucket.
        bucket: String,
        /// The folder in it.
        prefix: String,
        /// The address of the service, if it is not Google's.
        endpoint: Option<String>,
    },
    /// A container of Azure Blob Storage.
    Azure {
        /// The storage account.
        account: String,
        /// The container, like `$web`.
        container: String,
        /// The folder in it.
        prefix: String,
        /// The address of the service, if it is not Azure's.
        endpoint: Option<String>,
    },
    /// A folder of a WebDAV server.
    WebDav {
        /// Its address.
        url: String,
        /// Who publishes.
        user: Option<String>,
    },
    /// A folder of a machine that one logs in to.
    Sftp {
        /// `sftp://user@host:port/path`, the path from the root of the machine; or `user@host:path`, from home.
        url: String,
        /// A configuration of ssh, relative to the site.
        config: Option<String>,
    },
    /// A folder that rsync writes to, by ssh or by its daemon.
    Rsync {
        /// `user@host:path` or `rsync://host/module/path`.
        url: String,
        /// A configuration of ssh, relative to the site.
        config: Option<String>,
    },
}

impl Default for Target {
    fn default() -> Self {
        Target {
            base_url: None,
            verify_url: None,
            noindex: false,
            host: Host::Plain,
            remote: None,
            keep: 3,
            encode: false,
            brotli: false,
            at_once: 8,
            gates: Gates { overdue: false, helplines: true, vanished: true },
            span: Span::default(),
        }
    }
}

impl Target {
    /// Whether its host hands out a compressed file that lies beside the file: gzip, brotli.
    pub fn siblings(&self) -> (bool, bool) {
        let (gzip, brotli) = self.host.siblings();
        (gzip, brotli || self.brotli && self.host == Host::Nginx)
    }
}

/// The remotes: name, the keys that each cannot do without, and those that it may have.
const REMOTES: [(&str, &[&str], &[&str]); 8] = [
    ("folder", &["path"], &[]),
    ("git", &["url", "branch"], &[]),
    ("s3", &["bucket"], &["prefix", "region", "endpoint", "encode"]),
    ("gcs", &["bucket"], &["prefix", "endpoint", "encode"]),
    ("azure", &["account", "container"], &["prefix", "endpoint", "encode"]),
    ("webdav", &["url"], &["user"]),
    ("sftp", &["url"], &["config"]),
    ("rsync", &["url"], &["config"]),
];

/// The keys that some remotes have and others not.
fn of_remotes() -> impl Iterator<Item = &'static str> {
    REMOTES.iter().flat_map(|(_, needed, more)| needed.iter().chain(*more)).copied()
}

/// The shape of one target.
pub fn shape() -> Vec<Field> {
    let choice = |names: Vec<&str>| Type::Choice(names.into_iter().map(String::from).collect());
    let gate = |name: &str, says: &str| Field::new(name, choice(vec!["stop", "pass"]), says);
    let at_least_one = |field: Field| Field { min: Some(1.0), ..field };
    vec![
        Field::new("host", choice(Host::ALL.iter().map(|host| host.name()).collect()), "What kind of host it is."),
        Field::new(
            "remote",
            choice(REMOTES.iter().map(|(name, ..)| *name).collect()),
            "How the site gets there; without it the target is for `build --target`.",
        ),
        Field::new("base_url", Type::Url, "Where the site is read, if that differs from base_url above."),
        Field::new("verify_url", Type::Url, "Where to look, after publishing, whether it arrived."),
        Field::new("noindex", Type::Boolean, "Yes: a preview; search engines are asked to leave it out."),
        Field::new("path", Type::Text, "folder: the folder, relative to the site."),
        Field::new("url", Type::Text, "git, webdav, sftp, rsync: the address to write to. Never a password in it."),
        Field::new("branch", Type::Text, "git: the branch that the host shows."),
        Field::new("bucket", Type::Text, "s3, gcs: the bucket."),
        Field::new("account", Type::Text, "azure: the storage account."),
        Field::new("container", Type::Text, "azure: the container, like $web."),
        Field::new("prefix", Type::Text, "s3, gcs, azure: a folder in the bucket."),
        Field::new("region", Type::Text, "s3: the region, like eu-west-1."),
        Field::new("endpoint", Type::Url, "s3, gcs, azure: the address of the service, if it is another's."),
        Field::new("user", Type::Text, "webdav: who publishes. The password is GUIDEWRIGHT_WEBDAV_PASSWORD."),
        Field::new("config", Type::Text, "sftp, rsync: a configuration file of ssh, relative to the site."),
        Field::new("encode", choice(vec!["gzip", "none"]), "s3, gcs, azure: whether files are stored compressed."),
        Field::new("brotli", Type::Boolean, "Yes: this nginx has the brotli module."),
        at_least_one(Field::new("keep", Type::Number, "How many releases stay on the host; 3.")),
        at_least_one(Field::new("at_once", Type::Number, "How many files are sent at a time; 8.")),
        Field::new(
            "gates",
            Type::Record(vec![
                gate("overdue", "Pages whose review is overdue; pass."),
                gate("helplines", "Entries, like helplines, that were checked too long ago; stop."),
                gate("vanished", "Addresses that would lead nowhere any more; stop."),
            ]),
            "What stops a publish beside errors.",
        ),
    ]
}

/// Reads one target, whose values were read by [`shape`] already.
pub fn read(reader: &mut Reader, name: &Key, node: &Node, values: &Value) -> Target {
    secrets(reader, node);
    plain(reader, node);
    let usual = Target::default();
    let text = |key: &str| values.get(key).and_then(Value::as_str).map(String::from);
    let number = |key: &str, usual: f64| values.get(key).and_then(Value::as_number).unwrap_or(usual);
    let stops = |key: &str, usual: bool| {
        let gate = values.get("gates").and_then(|gates| gates.get(key)).and_then(Value::as_str);
        gate.map_or(usual, |gate| gate == "stop")
    };
    // What cannot be understood must not make a preview public.
    let noindex = node.get("noindex").is_some() && values.get("noindex").and_then(Value::as_bool).unwrap_or(true);
    Target {
        base_url: text("base_url"),
        verify_url: text("verify_url").map(|url| if url.ends_with('/') { url } else { format!("{url}/") }),
        noindex,
        host: text("host").and_then(|name| Host::by_name(&name)).unwrap_or_default(),
        remote: remote(reader, name, node, values),
        keep: number("keep", f64::from(usual.keep)).clamp(1.0, 1000.0) as u32,
        encode: text("encode").as_deref() == Some("gzip"),
        brotli: values.get("brotli").and_then(Value::as_bool).unwrap_or(usual.brotli),
        at_once: number("at_once", usual.at_once as f64).clamp(1.0, 64.0) as usize,
        gates: Gates {
            overdue: stops("overdue", usual.gates.overdue),
            helplines: stops("helplines", usual.gates.helplines),
            vanished: stops("vanished", usual.gates.vanished),
        },
        span: name.span,
    }
}

fn remote(reader: &mut Reader, name: &Key, node: &Node, values: &Value) -> Option<Remote> {
    let text = |key: &str| values.get(key).and_then(Value::as_str).map(String::from);
    let chosen = text("remote");
    let (needed, more) = match &chosen {
        Some(chosen) => REMOTES.iter().find(|(name, ..)| name == chosen).map(|(_, needed, more)| (*needed, *more))?,
        None => (&[][..], &[][..]),
    };
    let way = chosen.as_deref().map_or("a target without `remote:`".into(), |name| format!("the remote \"{name}\""));
    for (key, _) in node.entries() {
        let own = needed.iter().chain(more).any(|own| *own == key.name);
        if of_remotes().any(|other| other == key.name) && !own {
            let users: Vec<&str> = REMOTES
                .iter()
                .filter(|(_, needed, more)| needed.iter().chain(*more).any(|own| *own == key.name))
                .map(|(name, ..)| *name)
                .collect();
            let message = format!("{way} does not read the key \"{}\"", key.name);
            let help = format!("Remove it, or write `remote:` with one of {}.", users.join(", "));
            reader.say(Rule::SETTINGS_INVALID, key.span, message, help);
        }
    }
    let mut whole = true;
    for key in needed.iter().filter(|key| node.get(key).is_none()) {
        let says = shape().into_iter().find(|field| field.name == **key).map_or(String::new(), |field| field.help);
        let message = format!("the target \"{}\" has no \"{key}\"", name.name);
        reader.say(Rule::SETTINGS_INVALID, name.span, message, format!("Write it. {says}"));
        whole = false;
    }
    if !whole {
        return None;
    }
    let prefix = || text("prefix").unwrap_or_default().trim_matches('/').to_string();
    // The names of buckets are put behind it, and two slashes lead elsewhere.
    let endpoint = || text("endpoint").map(|url| url.trim_end_matches('/').to_string());
    Some(match chosen?.as_str() {
        "folder" => Remote::Folder { path: text("path")? },
        "git" => Remote::Git { url: text("url")?, branch: text("branch")? },
        "s3" => Remote::S3 { bucket: text("bucket")?, prefix: prefix(), region: text("region"), endpoint: endpoint() },
        "gcs" => Remote::Gcs { bucket: text("bucket")?, prefix: prefix(), endpoint: endpoint() },
        "azure" => Remote::Azure {
            account: text("account")?,
            container: text("container")?,
            prefix: prefix(),
            endpoint: endpoint(),
        },
        "webdav" => Remote::WebDav { url: text("url")?, user: text("user") },
        "sftp" => Remote::Sftp { url: text("url")?, config: text("config") },
        _ => Remote::Rsync { url: text("url")?, config: text("config") },
    })
}

/// Finds what must not stand in a file that is copied, committed and sent around.
fn secrets(reader: &mut Reader, node: &Node) {
    const HELP: &str = "Remove it, and change it where it is used: whoever could read this file may have it. \
                        Keys and passwords come from the environment or from ssh's agent; the manual's page on publishing says how.";
    if let Data::Map(entries) = &node.data {
        for (key, value) in entries {
            if is_secret_key(&key.name) {
                reader.findings.retain(|finding| finding.place.mark != Mark::Span(key.span));
                let message = format!("\"{}\" is a secret, and guide.yaml is no place for one", key.name);
                reader.say(Rule::SETTINGS_SECRET, key.span, message, HELP);
            } else {
                secrets(reader, value);
            }
        }
    } else if node.text().is_some_and(has_password) {
        reader.say(Rule::SETTINGS_SECRET, node.span, "this address has a password in it", HELP);
    }
}

fn is_secret_key(name: &str) -> bool {
    let name = name.to_lowercase().replace('-', "_");
    let parts = [
        "password",
        "pasw",
        "pwd",
        "passwd",
        "passphrase",
        "secret",
        "token",
        "access_key",
        "api_key",
        "private_key",
        "credential",
    ];
    parts.iter().any(|part| name.contains(part)) || name == "key" || name == "sas"
}

/// Finds addresses to publish to that are reached without encryption. This machine's own are for trying.
fn plain(reader: &mut Reader, node: &Node) {
    for address in ["url", "endpoint"].into_iter().filter_map(|key| node.get(key)) {
        let rest = address.text().and_then(|url| url.strip_prefix("http://"));
        let Some(name) = rest.and_then(|rest| rest.split('/').next()) else { continue };
        let is_own =
            name.split(':').next() == Some("localhost") || name.starts_with("127.") || name.starts_with("[::1]");
        if !is_own {
            let message = format!("what is sent to {name} is not encrypted: others on the way can read and change it");
            let help =
                "Write https:// if the server knows it. If not, choose another remote: a password must not travel so.";
            reader.say(Rule::PUBLISH_PLAIN, address.span, message, help);
        }
    }
}

/// Whether an address carries a password; with a web address a name alone is a token already.
fn has_password(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let Some((who, _)) = rest.split('/').next().and_then(|authority| authority.rsplit_once('@')) else { return false };
    who.contains(':') || scheme.starts_with("http")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_in_addresses_are_seen() {
        for url in ["https://anna:x@example.org/", "https://ghp_123@github.com/us/guide.git", "sftp://anna:x@host/"] {
            assert!(has_password(url), "{url}");
        }
        for url in ["https://example.org/@anna/", "sftp://anna@host:22/", "git@example.org:us/guide.git"] {
            assert!(!has_password(url), "{url}");
        }
    }
}

//! What a place holds: the file that every publish leaves there, and that the next one plans by.

use crate::base::path::SitePath;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The name of the manifest, at the root of what is published.
pub const NAME: &str = ".guidewright.json";

/// The manifest of a published site.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of this file: 2.
    pub version: u32,
    /// The number of the release; each publish that changes something has the next one.
    pub release: u64,
    /// Whether the last publish came to its end. While one runs, `files` names all that may be there, with
    /// an empty digest where it is not known which version.
    pub whole: bool,
    /// The files of the site with their digests.
    pub files: BTreeMap<SitePath, String>,
    /// Hashed files of earlier releases that stay for a while: open tabs and caches ask for them.
    #[serde(default)]
    pub old: BTreeMap<SitePath, Old>,
}

/// A file of an earlier release.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Old {
    /// Its digest.
    pub digest: String,
    /// The last release that it belonged to.
    pub release: u64,
}

impl Manifest {
    /// Reads one. Paths that lead out of the place, or that a tool could take for two lines, are not believed:
    /// whoever can write there must not steer what happens elsewhere.
    pub fn read(bytes: &[u8]) -> Option<Manifest> {
        let mut manifest: Manifest = serde_json::from_slice(bytes).ok().filter(|own: &Manifest| own.version == 2)?;
        let inside = |path: &SitePath| is_plain(path) && path.split('/').all(|part| !matches!(part, "" | "." | ".."));
        manifest.files.retain(|path, _| inside(path));
        manifest.old.retain(|path, _| inside(path));
        Some(manifest)
    }

    /// Whether these bytes are a manifest of a later guidewright than this.
    pub fn is_newer(bytes: &[u8]) -> bool {
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        serde_json::from_slice::<Version>(bytes).is_ok_and(|own| own.version > 2)
    }

    /// Its bytes.
    pub fn bytes(&self) -> Vec<u8> {
        // A map of texts and numbers can always be written.
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}

/// Whether a path has nothing in it that ends a line, or is otherwise no letter.
pub fn is_plain(path: &str) -> bool {
    !path.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_cannot_name_what_lies_elsewhere() {
        let manifest = |path: &str| Manifest {
            version: 2,
            files: BTreeMap::from([(SitePath::from(path), "x".into())]),
            ..Manifest::default()
        };
        for path in ["../etc/passwd", "/etc/passwd", "a//b", "a/../../b", "a\n!touch x", "a\0"] {
            assert!(Manifest::read(&manifest(path).bytes()).unwrap().files.is_empty(), "{path}");
        }
        assert_eq!(Manifest::read(&manifest("a/b").bytes()).unwrap().files.len(), 1);
        assert!(Manifest::read(b"<html>").is_none());
    }
}

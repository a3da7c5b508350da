//! Where a file stands in the site.

use serde::{Deserialize, Serialize};
use std::{
    borrow::{Borrow, Cow},
    fmt,
    ops::Deref,
    sync::Arc,
};
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// A path inside the site or inside the output: relative, parts joined by `/`, no `.` or `..`.
///
/// Cheap to clone. The same on every machine, so it may stand in any output.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SitePath(Arc<str>);

/// A name in the form that keyboards write (NFC), however a disk stores its accents: macOS takes them
/// apart.
pub fn nfc(name: &str) -> Cow<'_, str> {
    if name.is_ascii() || is_nfc(name) { Cow::Borrowed(name) } else { Cow::Owned(name.nfc().collect()) }
}

impl SitePath {
    /// Joins `relative` to the folder of this file and works out `.` and `..`.
    /// `None` when the path would leave the site.
    pub fn beside(&self, relative: &str) -> Option<SitePath> {
        let mut parts: Vec<&str> = self.folder().split('/').filter(|p| !p.is_empty()).collect();
        for part in relative.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop()?;
                }
                other => parts.push(other),
            }
        }
        Some(SitePath::from(parts.join("/")))
    }

    /// The folder that holds it, without a slash at the end; empty at the top.
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The last part of the path.
    pub fn name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, name)| name)
    }

    /// What follows the last dot of the name; empty when there is none.
    pub fn extension(&self) -> &str {
        self.name().rsplit_once('.').map_or("", |(_, ext)| ext)
    }
}

impl Deref for SitePath {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for SitePath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<&str> for SitePath {
    fn from(text: &str) -> Self {
        SitePath(text.into())
    }
}

impl From<String> for SitePath {
    fn from(text: String) -> Self {
        SitePath(text.into())
    }
}

impl fmt::Display for SitePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SitePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_beside_another_stays_inside_the_site() {
        let page = SitePath::from("content/barriers/cost.md");
        assert_eq!(&*page.beside("../concepts/fit.md").unwrap(), "content/concepts/fit.md");
        assert_eq!(&*page.beside("./picture.png").unwrap(), "content/barriers/picture.png");
        assert_eq!(page.beside("../../../secret"), None);
    }
}

//! Languages by their BCP 47 tag (RFC 5646).

use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};

/// A language tag as the site writes it: `en-GB`, `es`, `ar`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Lang(Arc<str>);

impl Lang {
    /// Takes a well-formed tag; `None` for anything else.
    pub fn parse(tag: &str) -> Option<Lang> {
        tag.parse::<unic_langid::LanguageIdentifier>().ok()?;
        Some(Lang(tag.into()))
    }

    /// The tag as written.
    pub fn tag(&self) -> &str {
        &self.0
    }

    /// The tag as BCP 47 writes it: `pt-BR` for `pt_br`.
    pub fn canonical(&self) -> String {
        self.0.parse::<unic_langid::LanguageIdentifier>().map_or_else(|_| self.0.to_string(), |id| id.to_string())
    }

    /// The language without region or script: `en` of `en-GB`.
    pub fn base(&self) -> &str {
        self.0.split(['-', '_']).next().unwrap_or(&self.0)
    }

    /// `rtl` for languages written from right to left, else `ltr`.
    pub fn direction(&self) -> &'static str {
        match self.0.parse::<unic_langid::LanguageIdentifier>() {
            Ok(id) if id.character_direction() == unic_langid::CharacterDirection::RTL => "rtl",
            _ => "ltr",
        }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arabic_runs_from_right_to_left() {
        assert_eq!(Lang::parse("ar-EG").unwrap().direction(), "rtl");
        assert_eq!(Lang::parse("en-GB").unwrap().direction(), "ltr");
        assert_eq!(Lang::parse("not a tag"), None);
    }
}

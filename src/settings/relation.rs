//! Typed relations: what schema.yaml says of how pages belong together.

use super::types::Field;
use serde::{Deserialize, Serialize};

/// The kinds that may stand at one end of a relation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Ends {
    /// Every kind.
    Any,
    /// These kinds.
    Of(Vec<String>),
}

impl Ends {
    /// Whether a page or entry of that kind may stand here.
    pub fn allow(&self, kind: &str) -> bool {
        match self {
            Ends::Any => true,
            Ends::Of(kinds) => kinds.iter().any(|k| k == kind),
        }
    }

    /// The kinds, for a sentence.
    pub fn describe(&self) -> String {
        match self {
            Ends::Any => "any page".into(),
            Ends::Of(kinds) => kinds.join(" or "),
        }
    }
}

/// How a relation is called and shown from one of its ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// The key in front matter.
    pub name: String,
    /// The heading on the page.
    pub heading: String,
    /// The least number a page of this end must have.
    pub min: Option<u32>,
    /// The greatest.
    pub max: Option<u32>,
}

/// A typed relation. It is written once, from either end, and shown on both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Relation {
    /// The kinds that it starts from.
    pub from: Ends,
    /// The kinds that it leads to.
    pub to: Ends,
    /// As the pages it starts from call it.
    pub forward: Side,
    /// As the pages it leads to call it; `None` when only one end shows it. For a symmetric
    /// relation both ends are `forward`.
    pub inverse: Option<Side>,
    /// Whether it has no direction.
    pub symmetric: bool,
    /// What may stand on the edge itself: a reason, a source, a strength.
    pub data: Vec<Field>,
}

impl Relation {
    /// The side that a page of `kind` writes under `key`, and whether that is the far end.
    pub fn side(&self, key: &str, kind: &str) -> Option<(&Side, bool)> {
        if self.forward.name == key && (self.from.allow(kind) || self.symmetric && self.to.allow(kind)) {
            return Some((&self.forward, false));
        }
        let inverse = self.inverse.as_ref()?;
        (inverse.name == key && self.to.allow(kind)).then_some((inverse, true))
    }

    /// How it is called and shown at its far end, or where it starts.
    pub fn seen(&self, inverse: bool) -> &Side {
        self.inverse.as_ref().filter(|_| inverse).unwrap_or(&self.forward)
    }

    /// The kinds that may stand at the other end, seen from a page that writes it.
    pub fn far_end(&self, inverse: bool) -> &Ends {
        if inverse { &self.from } else { &self.to }
    }
}

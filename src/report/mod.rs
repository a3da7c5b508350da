//! Findings as a person, a program or a code host reads them.

pub mod findings;
pub mod json;
pub mod located;
pub mod sarif;
pub mod terminal;
pub mod ticker;

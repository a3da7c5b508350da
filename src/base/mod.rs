//! The words that every stage speaks: paths, spans, digests, dates, languages, findings, rules,
//! and the memo. Nothing here knows what a page is.

pub mod date;
pub mod digest;
pub mod finding;
pub mod guard;
pub mod lang;
pub mod memo;
pub mod mime;
pub mod near;
pub mod path;
pub mod phone;
pub mod rules;
pub mod slug;
pub mod span;

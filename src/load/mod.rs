//! From the bytes of files to pages that have been read: typed fields, outline, links, anchors.
//!
//! Markdown events are not kept: the body is parsed again when its HTML is made.

pub mod blocks;
pub mod containers;
pub mod content;
pub mod data;
pub mod expand;
pub mod facts;
pub mod fence;
pub mod front;
pub mod glossary;
pub mod markdown;
pub mod outline;
pub mod page;
pub mod passages;
pub mod places;
pub mod raw_html;
pub mod sources;
pub mod synonyms;
pub mod typography;
pub mod uses;
pub mod wording;

//! guidewright turns a folder of Markdown pages with YAML front matter, a schema and a theme into
//! an accessible static site whose pages are cross-linked by typed relations.
//!
//! ```text
//! disk ──► Tree ──► Sources ──► Guide ──► Pages ──► Output ──► Findings ─┬─► disk     build
//!     source    load       resolve   render    emit      check         └─► browser  serve
//!                 ▲  assets ─────────────►▲
//!                 └ settings: guide.yaml, schema.yaml, theme.yaml
//! ```
//!
//! Every stage takes values and gives a value and findings; [`build`] alone knows their order. The
//! folders below are the rooms of the house, from the ground floor up: `base`, `report`,
//! `settings`, `source`, `search`, `load`, `assets`, `resolve`, `render`, `emit`, `check`, then `build.rs`,
//! `deliver` and `cli`. A file imports only floors below its own (`tests/house.rs` sees to it).

#![deny(missing_docs)]

pub mod assets;
pub mod base;
pub mod build;
pub mod check;
pub mod cli;
pub mod deliver;
pub mod emit;
pub mod load;
pub mod render;
pub mod report;
pub mod resolve;
pub mod search;
pub mod settings;
pub mod source;

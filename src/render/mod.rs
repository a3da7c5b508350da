//! From the guide to finished HTML.
//!
//! Bodies are written by our own writer from Markdown events ([`html`], [`fields`]); pages are
//! laid out by Tera ([`templates`]) from views ([`views`]), and a template sees nothing else: no
//! template function reads the guide, the disk or the clock. So the view is the input, and its
//! digest decides whether a page is laid out again.

pub mod body;
pub mod callouts;
pub mod cards;
pub mod escape;
pub mod fields;
pub mod highlight;
pub mod html;
pub mod linked_data;
mod links;
pub mod list_views;
pub mod listings;
pub mod map;
pub mod markdown_copy;
pub mod notes;
pub mod pages;
pub mod pictures;
pub mod reads;
pub mod references;
pub mod rendered;
pub mod sanitise;
pub mod searchable;
mod shared;
pub mod strings;
pub mod tables;
pub mod templates;
pub mod tree;
pub mod untranslated;
pub mod urgent;
pub mod viewer;
pub mod views;

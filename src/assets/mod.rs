//! The theme: its chain, its files, and the hashed names of what pages load; and the pictures of the
//! site, made ready for pages. Decided before anything is rendered, so that templates only look names
//! up.

pub mod base_theme;
pub mod colours;
pub mod gallery;
mod hindrances;
pub mod pictures;
mod pixels;
mod strip;
pub mod svg;
mod svg_fault;
mod svg_rules;
pub mod theme;

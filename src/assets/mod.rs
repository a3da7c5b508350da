//! The theme: its chain, its files, and the hashed names of what pages load. Decided before
//! anything is rendered, so that templates only look names up.

pub mod base_theme;
pub mod theme;

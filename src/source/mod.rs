//! The one door through which a site comes in: from a folder into a [`Tree`](tree::Tree).

pub mod cache;
pub mod listing;
pub mod pack;
pub mod settings;
pub mod store;
pub mod tree;
pub mod walk;
pub mod watch;

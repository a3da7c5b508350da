//! From sources to the [`Guide`](guide::Guide): ids, links, relations in both directions,
//! sections, menus, taxonomies. No HTML here, and no text of any page is read again.

pub mod guide;
pub mod ids;
pub mod links;
pub mod order;
pub mod problems;
pub mod redirects;
pub mod relations;
pub mod resolver;
pub mod sections;
pub mod taxonomy;
pub mod urls;

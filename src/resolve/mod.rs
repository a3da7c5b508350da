//! From sources to the [`Guide`](guide::Guide): ids, links, relations in both directions,
//! sections, menus, taxonomies. No HTML here, and no text of any page is read again.

pub mod a_z;
pub mod feeds;
pub mod guide;
pub mod ids;
pub mod links;
pub mod maps;
pub mod nodes;
pub mod order;
pub mod problems;
pub mod queries;
pub mod redirects;
pub mod relations;
pub mod renamed;
pub mod resolver;
pub mod sections;
pub mod taxonomy;
pub mod tie;
pub mod urls;

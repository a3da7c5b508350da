//! From finished pages to [`Output`](output::Output): every output path with its bytes, just as it
//! goes on the wire. Nothing has touched the disk yet.

pub mod feed;
pub mod files;
pub mod headers;
pub mod hosts;
pub mod llms;
pub mod output;
pub mod search;
pub mod site;
pub mod sitemap;

//! What a site says of itself: guide.yaml, schema.yaml, theme.yaml, and the one language of
//! types that these files and every page's front matter are read with.

pub mod common;
pub mod fields;
pub mod host;
pub mod json_schema;
pub mod limits;
pub mod publish;
pub mod query;
pub mod read;
pub mod relation;
pub mod schema;
pub mod schema_shape;
pub mod site;
pub mod theme;
pub mod types;
pub mod value;
pub mod yaml;

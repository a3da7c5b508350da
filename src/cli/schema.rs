//! `guidewright schema`: what files may say, for programs that complete and check YAML.

use super::{args::Common, session::exit};
use crate::settings::{
    json_schema,
    schema::{self, Schema},
    schema_shape,
    site::{self, Site},
    theme, yaml,
};
use anyhow::{Result, bail};
use std::{
    fs,
    io::{self, Write},
};

/// Prints the JSON Schema of guide.yaml, schema.yaml, theme.yaml, or of a kind.
///
/// # Errors
/// When there is no such kind.
pub fn run(common: &Common, of: &str) -> Result<u8> {
    let read = |name: &str| {
        let text = fs::read_to_string(common.site.join(name)).ok()?;
        yaml::parse(text.trim_start_matches('\u{feff}'), 0).ok()
    };
    let json = match of {
        "guide" => json_schema::of_file("guide.yaml", &site::shape()),
        "schema" => json_schema::of_file("schema.yaml", &schema_shape::shape()),
        "theme" => json_schema::of_file("theme.yaml", &theme::shape()),
        kind => {
            let site = read(site::FILE).map_or_else(Site::default, |node| site::read(&site::FILE.into(), &node).0);
            let schema =
                read("schema.yaml").map_or_else(Schema::default, |node| schema::read(&"schema.yaml".into(), &node).0);
            match json_schema::of_kind(&schema, kind, &site) {
                Some(json) => json,
                None => {
                    let kinds: Vec<&str> = schema.kinds.keys().map(String::as_str).collect();
                    bail!("there is no kind \"{kind}\"\nhelp: guide, schema, theme, or one of {}", kinds.join(", "));
                }
            }
        }
    };
    writeln!(io::stdout(), "{json:#}")?;
    Ok(exit::GOOD)
}

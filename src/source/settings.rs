//! guide.yaml and schema.yaml of a tree.

use super::tree::Tree;
use crate::{
    base::{
        finding::{Finding, Place, Severity},
        near::did_you_mean,
        path::SitePath,
        rules::Rule,
    },
    settings::{
        schema::{self, Schema},
        site::{self, Site},
        yaml,
    },
};

/// Reads them, for a target and with another base URL where one is named. `None` when guide.yaml cannot
/// be read at all.
pub fn read(
    tree: &Tree,
    target: Option<&str>,
    base_url: Option<&str>,
    findings: &mut Vec<Finding>,
) -> Option<(Site, Schema)> {
    let path = SitePath::from(site::FILE);
    let Some(file) = tree.files.get(&path) else {
        // A guide.yaml that is there and cannot be read has its finding already.
        if !findings.iter().any(|finding| finding.place.file == path) {
            let help =
                "Write one with at least \"title:\" and \"base_url:\", or name the folder of the site with --site.";
            findings.push(Finding::new(Rule::READ_FILE, Place::file(&path), "there is no guide.yaml here", help));
        }
        return None;
    };
    let bytes = match file.bytes() {
        Ok(bytes) => bytes,
        Err(error) => {
            findings.push(Finding::unreadable(&path, &error));
            return None;
        }
    };
    let node = yaml::read(&path, &bytes, "this file", findings)?;
    let (mut site, found) = site::read(&path, &node);
    findings.extend(found);
    if let Some(name) = target {
        match site.targets.get(name).cloned() {
            Some(target) => {
                site.noindex = target.noindex;
                site.base_url = target.base_url.clone().unwrap_or(site.base_url);
                site.target = target;
            }
            None => {
                let names = site.targets.keys().map(String::as_str);
                let help = did_you_mean(name, names, || "Declare it under publish: in guide.yaml.".into());
                let message = format!("there is no target \"{name}\"");
                findings.push(Finding::new(Rule::SETTINGS_INVALID, Place::file(&path), message, help));
            }
        }
    }
    if let Some(url) = base_url {
        site.base_url = if url.ends_with('/') { url.into() } else { format!("{url}/") };
    }
    let path = SitePath::from("schema.yaml");
    let mut schema = Schema::default();
    if let Some(file) = tree.files.get(&path) {
        // An unreadable schema still means that there is one: pages without front matter stay
        // suspicious.
        schema.declared = true;
        schema.uncertain = true;
        match file.bytes() {
            Err(error) => findings.push(Finding::unreadable(&path, &error)),
            Ok(bytes) => {
                if let Some(node) = yaml::read(&path, &bytes, "this file", findings) {
                    let (read, found) = schema::read(&path, &node);
                    schema = read;
                    // A site that lowers these rules is taken at its word: then nothing else is spared.
                    schema.uncertain =
                        found.iter().any(|finding| site.levels.of(finding.rule) == Some(Severity::Error));
                    findings.extend(found);
                }
            }
        }
    }
    findings.extend(taken_names(&node, &site, &schema));
    Some((site, schema))
}

/// Finds taxonomies whose name a field or a relation has already: pages could not say which they
/// mean.
fn taken_names(settings: &yaml::Node, site: &Site, schema: &Schema) -> Vec<Finding> {
    let is_taken = |name: &str| {
        let mut kinds = schema.kinds.values().filter(|kind| kind.data.is_none());
        kinds.any(|kind| {
            kind.fields.iter().any(|field| field.name == name) || schema.relation(name, &kind.name).is_some()
        })
    };
    let keys = settings.get("taxonomies").map_or(&[][..], yaml::Node::entries).iter().map(|(key, _)| key);
    let taken = keys.filter(|key| site.taxonomies.contains_key(&key.name) && is_taken(&key.name));
    let finding = |key: &yaml::Key| {
        let message = format!("\"{}\" is a taxonomy here and a field or relation in schema.yaml", key.name);
        let place = Place::span(&site::FILE.into(), key.span);
        Finding::new(Rule::SETTINGS_INVALID, place, message, "Give one of them another name.")
    };
    taken.map(finding).collect()
}

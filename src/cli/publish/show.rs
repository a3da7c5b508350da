//! A plan for a person, or for a program.

use super::Publisher;
use crate::{
    base::path::SitePath,
    cli::{args::Format, session::Session},
    deliver::publish::{dress::Wardrobe, plan::Plan, progress::size, remote::Remote},
};
use anyhow::Result;
use serde_json::json;
use std::{
    collections::BTreeMap,
    io::{self, Write},
};

/// So many paths of each kind a plan shows to a person.
const SHOWN: usize = 40;

impl Publisher<'_> {
    /// Prints a plan.
    pub fn show(&self, session: &Session, plan: &Plan, wardrobe: &Wardrobe, remote: &dyn Remote) -> Result<()> {
        let uploads = wardrobe.make(plan.sends())?;
        let mut out = io::stdout().lock();
        let lengths: BTreeMap<&SitePath, u64> = uploads.iter().map(|file| (&file.path, file.len)).collect();
        let len = |path: &SitePath| lengths.get(path).copied().unwrap_or_default();
        let bytes: u64 = uploads.iter().map(|file| file.len).sum();
        if session.common.format != Format::Human {
            let list =
                |paths: &[_]| paths.iter().map(|path| json!({ "path": path, "bytes": len(path) })).collect::<Vec<_>>();
            let plan = json!({
                "target": self.work.name,
                "release": plan.release,
                "add": list(&plan.add),
                "change": list(&plan.change),
                "keep": plan.keep.len(),
                "delete": plan.delete,
                "retain": plan.retain,
                "bytes": bytes,
            });
            writeln!(out, "{plan}")?;
            return Ok(());
        }
        writeln!(out, "Plan for {} ({}), release {}:", self.work.name, remote.name(), plan.release)?;
        writeln!(
            out,
            "  {} to add, {} to change, {} as they are, {} to delete, {} old assets that stay; {} to send",
            plan.add.len(),
            plan.change.len(),
            plan.keep.len(),
            plan.delete.len(),
            plan.retain.len(),
            size(bytes),
        )?;
        for (sign, paths) in [('+', &plan.add), ('~', &plan.change), ('-', &plan.delete)] {
            for path in paths.iter().take(SHOWN) {
                writeln!(out, "  {sign} {path}")?;
            }
            if paths.len() > SHOWN {
                writeln!(out, "  {sign} and {} more; --format json lists all", paths.len() - SHOWN)?;
            }
        }
        Ok(())
    }
}

//! A step that panics is a finding about its file; the rest of the site still builds.

use super::{
    finding::{Finding, Place},
    path::SitePath,
    rules::Rule,
};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs a step on a file.
///
/// # Errors
/// The finding, when the step panics.
pub fn guarded<T>(path: &SitePath, run: impl FnOnce() -> T) -> Result<T, Box<Finding>> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|_| {
        let message = "guidewright itself failed on this file";
        let help = "This is a fault of the program and not of the page. Please report it with the file.";
        Box::new(Finding::new(Rule::READ_CRASH, Place::file(path), message, help))
    })
}

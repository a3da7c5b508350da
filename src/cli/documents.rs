//! `explain`, `completions` and `man`: what the program says of itself.

use super::{args::Cli, session::exit};
use crate::base::{near::did_you_mean, rules::Rule};
use anyhow::{Result, bail};
use clap::CommandFactory;
use clap_complete::Shell;
use std::io::{self, Write};

/// Prints the page of a rule, or the list of rules.
///
/// # Errors
/// When there is no such rule.
pub fn explain(code: Option<&str>) -> Result<u8> {
    let mut out = io::stdout().lock();
    let Some(code) = code else {
        for rule in Rule::ALL {
            let first = rule.document().lines().nth(2).unwrap_or_default();
            writeln!(out, "{:<8} {:<22} {first}", rule.usual_severity().name(), rule.code())?;
        }
        return Ok(exit::GOOD);
    };
    match Rule::by_code(code) {
        Some(rule) => writeln!(out, "{}", rule.document().trim_end())?,
        None => {
            let codes = Rule::ALL.iter().map(|rule| rule.code());
            let help = did_you_mean(code, codes, || "`guidewright explain` lists them.".into());
            bail!("there is no rule \"{code}\"\nhelp: {help}");
        }
    }
    Ok(exit::GOOD)
}

/// Prints completions.
pub fn completions(shell: Shell) -> u8 {
    clap_complete::generate(shell, &mut Cli::command(), "guidewright", &mut io::stdout());
    exit::GOOD
}

/// Prints the manual page.
///
/// # Errors
/// When standard output cannot be written.
pub fn man() -> Result<u8> {
    clap_mangen::Man::new(Cli::command()).render(&mut io::stdout())?;
    Ok(exit::GOOD)
}

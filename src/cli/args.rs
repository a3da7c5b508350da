//! The command line as it is written, and the checked form of what needs checking.

use crate::base::date::Date;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::path::PathBuf;

/// Makes an accessible static site of Markdown pages that belong together: cross-linked both
/// ways, checked word by word, ready for any static host.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// What every command understands.
    #[command(flatten)]
    pub common: Common,
}

/// Flags that every command understands.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// The folder of the site
    #[arg(long, global = true, default_value = ".", value_name = "DIR")]
    pub site: PathBuf,
    /// Where the built site goes [default: output in the site]
    #[arg(long, global = true, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Where the site will be published, in place of what guide.yaml says
    #[arg(long, global = true, value_name = "URL", value_parser = base_url)]
    pub base_url: Option<String>,
    /// The target of guide.yaml to build for: its base URL, and whether it is a preview
    #[arg(long, global = true, value_name = "NAME")]
    pub target: Option<String>,
    /// The day that counts as today [default: SOURCE_DATE_EPOCH, else the machine's date]
    #[arg(long, global = true, value_name = "DATE")]
    pub today: Option<Date>,
    /// Build drafts too, and pages whose day has not come
    #[arg(long, global = true)]
    pub drafts: bool,
    /// How findings are printed
    #[arg(long, global = true, value_enum, default_value = "human")]
    pub format: Format,
    /// Neither read nor write the cache
    #[arg(long, global = true)]
    pub no_cache: bool,
    /// How many threads to use [default: one for each core]
    #[arg(long, global = true, value_name = "N", value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=256))]
    pub jobs: Option<usize>,
    /// Print findings only
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print what was made anew
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Build the site into a folder
    Build {
        /// Build again whenever the site changes; a build with errors writes nothing
        #[arg(long)]
        watch: bool,
        /// With --watch: look at the files twice a second, for disks that do not tell of changes
        #[arg(long, requires = "watch")]
        poll: bool,
    },
    /// Check the site without writing anything
    Check {
        /// Let warnings fail the check as errors do
        #[arg(long, value_name = "LEVEL")]
        deny: Option<Deny>,
        /// List what only a person can do as well
        #[arg(long)]
        todo: bool,
    },
    /// Build the site, show it on this machine, and keep it up to date while it is written
    Serve(Serve),
    /// Explain a rule, or list them all
    Explain {
        /// The rule, like links/dead
        rule: Option<String>,
    },
    /// Print a JSON Schema: of guide.yaml, of schema.yaml, or of a kind's front matter
    Schema {
        /// `guide`, `schema`, `theme`, or a kind of the site
        #[arg(default_value = "guide")]
        of: String,
    },
    /// Build the site for a target of guide.yaml and bring it there
    Publish(Publish),
    /// Search the built site, as its readers do
    Search {
        /// What to search for
        #[arg(required = true, value_name = "QUERY")]
        query: Vec<String>,
        /// The language; without it that of the site
        #[arg(long)]
        lang: Option<String>,
        /// How many results
        #[arg(long, default_value_t = 10)]
        limit: usize,
    },
    /// Record that a translation is up to date with the page that it translates
    Translated {
        /// The files of the translations, like content/about.es.md
        #[arg(required = true, value_name = "PAGE")]
        pages: Vec<String>,
    },
    /// Remove the built site and the cache
    Clean,
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page
    Man,
}

impl Common {
    /// The output folder.
    pub fn output(&self) -> PathBuf {
        self.output.clone().unwrap_or_else(|| self.site.join("output"))
    }
}

/// How the site is shown.
#[derive(Debug, Clone, Args)]
pub struct Serve {
    /// The port, or the next free one
    #[arg(long, default_value_t = 8000)]
    pub port: u16,
    /// The address to listen at; 0.0.0.0 opens the site to everybody in the network
    #[arg(long, default_value = "127.0.0.1", value_name = "ADDRESS")]
    pub host: String,
    /// Open it in a browser
    #[arg(long)]
    pub open: bool,
    /// Look at the files twice a second, for disks that do not tell of changes
    #[arg(long)]
    pub poll: bool,
    /// The editor that links in the list of problems open: its command, or an address with {file},
    /// {line} and {column} [default: $VISUAL, else $EDITOR, else VS Code]
    #[arg(long, value_name = "EDITOR")]
    pub editor: Option<String>,
}

/// How the site is published.
#[derive(Debug, Clone, Args)]
pub struct Publish {
    /// The target of guide.yaml; may be left out where there is only one
    #[arg(value_name = "TARGET")]
    pub name: Option<String>,
    /// Print what would be done, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Delete more than a quarter of what is there, or publish over a site that is not guidewright's
    #[arg(long)]
    pub yes: bool,
    /// Let this not stop it, for once
    #[arg(long, value_enum, value_name = "WHAT")]
    pub allow: Vec<Allow>,
    /// Where to look, afterwards, whether it arrived
    #[arg(long, value_name = "URL", value_parser = base_url)]
    pub verify_url: Option<String>,
    /// Do not look whether it arrived
    #[arg(long, conflicts_with = "verify_url")]
    pub no_verify: bool,
    /// Go back to the release before
    #[arg(long)]
    pub rollback: bool,
}

/// What stops a publish beside errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Allow {
    /// Pages whose review is overdue.
    Overdue,
    /// Entries, like helplines, that were checked too long ago.
    Helplines,
    /// Addresses that would lead nowhere any more.
    Vanished,
}

impl Allow {
    /// Its name, here and under `gates:` in guide.yaml.
    pub fn name(self) -> &'static str {
        match self {
            Allow::Overdue => "overdue",
            Allow::Helplines => "helplines",
            Allow::Vanished => "vanished",
        }
    }
}

/// What fails a check beside errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Deny {
    /// Warnings.
    Warnings,
}

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a person.
    Human,
    /// One JSON object a line.
    Json,
    /// SARIF 2.1.0.
    Sarif,
}

fn base_url(text: &str) -> Result<String, String> {
    let fine = (text.starts_with("https://") || text.starts_with("http://")) && !text.contains(['?', '#', ' ']);
    fine.then(|| text.to_string()).ok_or_else(|| "write it like https://example.org/guide/".into())
}

//! `guidewright serve`: the site on this machine, from memory.

use super::{
    args::Common,
    session::{Session, exit},
};
use crate::{
    deliver::serve::{self, Site},
    report::{located::Counts, terminal},
};
use anyhow::{Context, Result};

/// Builds and serves until interrupted. Pages with errors are left out; all others are shown.
///
/// # Errors
/// When no port is free.
pub fn run(common: &Common, port: u16) -> Result<u8> {
    let mut session = Session::open(common)?;
    let built = session.build_clean();
    session.print(&built.findings, false)?;
    if built.fatal {
        return Ok(exit::FAILED);
    }
    session.say(&format!("{} pages: {}", built.stats.pages, terminal::summary(Counts::of(&built.findings))));
    let mut output = built.output;
    output.files.retain(|_, entry| entry.len > 0);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let (listener, address) = serve::listen("127.0.0.1", port).await.context("no port is free on this machine")?;
        if address.port() != port {
            session.say(&format!("port {port} is in use; taking {}", address.port()));
        }
        println!("http://localhost:{}{}", address.port(), built.base_path);
        let stop = async {
            // Without a way to hear of Ctrl-C the program ends as any other would.
            let _ = tokio::signal::ctrl_c().await;
        };
        serve::serve(listener, Site { output, base_path: built.base_path.clone() }, stop).await?;
        Ok(exit::GOOD)
    })
}

//! The one web client: to object stores, and to look at what was published.

use super::remote::Trouble;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Makes ready what every encrypted connection needs.
pub fn prepare() {
    // The second call finds it done.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// What waits for answers, several at a time.
///
/// # Errors
/// When this machine starts no threads.
pub fn runtime() -> Result<Runtime, Trouble> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| Trouble::new(format!("no threads can be started: {error}"), "Try again."))
}

/// How long an answer may take.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A client that follows no redirect and unpacks nothing: it is there to see what a host sends.
///
/// # Errors
/// When this machine has no roots of trust.
pub fn client() -> Result<reqwest::Client, Trouble> {
    prepare();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE)
        // Servers close a kept connection after some seconds; a request that meets that moment fails.
        .pool_idle_timeout(Duration::from_secs(2))
        .connect_timeout(Duration::from_secs(10))
        .user_agent(concat!("guidewright/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| {
            Trouble::new(
                format!("the web cannot be asked: {error}"),
                "Install this machine's certificates (ca-certificates).",
            )
        })
}

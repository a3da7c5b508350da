//! Whether what was published arrived.

use super::Publisher;
use crate::{
    base::path::SitePath,
    build::Build,
    cli::session::{Session, exit},
};
use anyhow::Result;

impl Publisher<'_> {
    /// Looks whether it arrived, where there is an address to look at.
    #[cfg(feature = "cloud")]
    pub fn verify(&self, session: &Session, built: &Build, sent: Vec<SitePath>) -> Result<u8> {
        use crate::{
            deliver::publish::{scrubbed, verify},
            emit::headers,
            settings::host::Host,
        };
        let written =
            self.how.verify_url.as_ref().or(self.target.verify_url.as_ref()).or(self.target.base_url.as_ref());
        let Some(url) = written.filter(|_| !self.how.no_verify) else {
            if !sent.is_empty() && !self.how.no_verify {
                session.say("note: nobody looked whether it arrived. Write `verify_url:` for this target in guide.yaml to have that done.");
            }
            return Ok(exit::GOOD);
        };
        let host = self.target.host;
        let redirects = built.redirects.iter().filter(|_| host.redirects());
        let expected = verify::Expected {
            url: if url.ends_with('/') { url.clone() } else { format!("{url}/") },
            folder: &self.work.site(),
            // Where nothing was sent, all is asked only by who says where.
            is_full: !sent.is_empty() || self.how.verify_url.is_some(),
            sent: if sent.is_empty() { built.output.files.keys().cloned().collect() } else { sent },
            all: built.output.files.keys().cloned().collect(),
            redirects: redirects.cloned().collect(),
            headers: if host.sends_headers() && host != Host::Plain {
                headers::of(self.site, &"index.html".into())
            } else {
                Vec::new()
            },
            is_compressed: host.siblings().0 || self.target.encode,
        };
        let seen = verify::verify(&expected)?;
        if seen.wrong.is_empty() {
            session.say(&format!(
                "verified at {}: {} addresses are as they were published",
                scrubbed(&expected.url),
                seen.good
            ));
            return Ok(exit::GOOD);
        }
        let list: Vec<&str> = seen.wrong.iter().take(10).map(String::as_str).collect();
        anyhow::bail!(
            "it was published, but {} of {} addresses are not as they should be:\n  {}\nhelp: If the host keeps old pages for a while, look again later with `guidewright publish --verify-url` and this address. Else see that the web server shows the place that was published to, and reads its configuration; to go back, use --rollback.",
            seen.wrong.len(),
            seen.wrong.len() + seen.good,
            list.join("\n  "),
        )
    }

    #[cfg(not(feature = "cloud"))]
    pub fn verify(&self, session: &Session, _: &Build, _: Vec<SitePath>) -> Result<u8> {
        if self.how.verify_url.is_some() {
            session.say("note: this guidewright was built without a web client, so nobody looked whether it arrived");
        }
        Ok(exit::GOOD)
    }
}

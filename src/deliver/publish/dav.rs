//! The folders of a WebDAV server (RFC 4918), which files do not make and do not take away.

use super::{fence::Fence, remote::Trouble, system::scrubbed, web};
use crate::resolve::urls::encode;
use axum::http::{HeaderValue, header::AUTHORIZATION};
use quick_xml::{Reader, events::Event};
use reqwest::{Client, Method};

/// A folder of a WebDAV server.
#[derive(Debug)]
pub struct Dav {
    client: Client,
    /// Without a slash at its end.
    url: String,
    authorization: Option<HeaderValue>,
}

impl Dav {
    /// The folder at `url`, for a user whose password stands in the environment.
    ///
    /// # Errors
    /// When this machine has no roots of trust.
    pub fn new(url: &str, user: Option<&str>) -> Result<Dav, Trouble> {
        Ok(Dav { client: web::client()?, url: url.trim_end_matches('/').into(), authorization: basic(user) })
    }

    /// The Authorization header, for other clients of the same server.
    pub fn authorization(&self) -> Option<HeaderValue> {
        self.authorization.clone()
    }

    async fn ask(&self, method: &str, folder: &str, fence: &Fence) -> Result<(u16, String), Trouble> {
        if method != "PROPFIND" {
            fence.may_go().map_err(|_| Trouble::busy(&self.url))?;
        }
        // A folder is looked at with what lies in it, and goes as a whole or not at all.
        let depth = if method == "PROPFIND" { "1" } else { "infinity" };
        let method = Method::from_bytes(method.as_bytes()).unwrap_or_default();
        let mut request = self.client.request(method, self.address(folder)).header("depth", depth);
        if let Some(value) = &self.authorization {
            request = request.header(AUTHORIZATION, value.clone());
        }
        let failed = |error: reqwest::Error| {
            Trouble::new(
                scrubbed(&format!("{} cannot be reached: {error}", self.url)),
                "Mend the connection, then publish again: it goes on where it stopped.",
            )
        };
        let answer = request.send().await.map_err(failed)?;
        let status = answer.status().as_u16();
        Ok((status, answer.text().await.map_err(failed)?))
    }

    fn address(&self, folder: &str) -> String {
        format!("{}/{}/", self.url, encode(folder))
    }

    /// Makes folders, parents first, one after the other: where several uploads make the same one at once, servers
    /// refuse all but one (section 9.3).
    ///
    /// # Errors
    /// When the server says no.
    pub async fn make(&self, folders: &[String], keys: &str, fence: &Fence) -> Result<(), Trouble> {
        for folder in folders {
            let (status, _) = self.ask("MKCOL", folder, fence).await?;
            let help = match status {
                // 405 says that it is there.
                200..300 | 405 => continue,
                401 | 403 => keys,
                _ => "Check `url:` in guide.yaml: that folder must be there.",
            };
            let message = format!("{} cannot be made: the server answers with {status}", self.address(folder));
            return Err(Trouble::new(message, help));
        }
        Ok(())
    }

    /// Removes folders that are empty, the deepest first. To delete a folder is to delete all that is in it (section
    /// 9.6.1), so one that cannot be looked into, or holds something, stays.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub async fn remove_empty(&self, folders: &[String], fence: &Fence) -> Result<(), Trouble> {
        for folder in folders {
            let (status, listed) = self.ask("PROPFIND", folder, fence).await?;
            if status == 207 && is_empty(&listed) {
                self.ask("DELETE", folder, fence).await?;
            }
        }
        Ok(())
    }
}

/// Whether the answer to PROPFIND at depth 1 speaks of the folder itself and of nothing else.
fn is_empty(listed: &str) -> bool {
    let mut reader = Reader::from_str(listed);
    let mut responses = 0;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) if tag.local_name().as_ref() == "response" => responses += 1,
            Ok(Event::Eof) => return responses == 1,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

/// The Authorization header of a user whose password stands in the environment (RFC 7617).
fn basic(user: Option<&str>) -> Option<HeaderValue> {
    use base64::Engine;
    let password = std::env::var("GUIDEWRIGHT_WEBDAV_PASSWORD").unwrap_or_default();
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("{}:{password}", user?));
    let mut value = HeaderValue::try_from(format!("Basic {pair}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_folder_that_says_it_is_empty_is_empty() {
        let one = "<D:response><D:href>/a/</D:href></D:response>";
        let all =
            |inner: &str| format!("<?xml version=\"1.0\"?><D:multistatus xmlns:D=\"DAV:\">{inner}</D:multistatus>");
        assert!(is_empty(&all(one)));
        assert!(!is_empty(&all(&one.repeat(2))));
        assert!(!is_empty(&all("")));
        assert!(!is_empty("<html><p>What is this?"));
    }
}

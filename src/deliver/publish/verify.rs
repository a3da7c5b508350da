//! Looking at what was published, as a reader's browser would.

use super::{remote::Trouble, system::scrubbed, web};
use crate::{
    base::{digest::Digest, mime::of_sibling, path::SitePath},
    emit::{headers::is_hashed, hosts},
    resolve::urls::{self, encode},
};
use flate2::read::MultiGzDecoder;
use futures_util::{StreamExt, stream};
use std::{
    collections::BTreeSet,
    fs,
    io::Read,
    path::Path,
    time::{Duration, Instant},
};

/// What should be there.
#[derive(Debug)]
pub struct Expected<'a> {
    /// Where to look; ends in a slash.
    pub url: String,
    /// The files of the site on this machine.
    pub folder: &'a Path,
    /// Whether all of this is asked; else only whether the site is there, and says 404 where there is nothing.
    pub is_full: bool,
    /// Files that were sent.
    pub sent: Vec<SitePath>,
    /// Every file of the site.
    pub all: Vec<SitePath>,
    /// Old paths from the site's root, and where each leads: from the root of the host, or with a scheme.
    pub redirects: Vec<(String, String)>,
    /// Headers that come with the home page.
    pub headers: Vec<(String, String)>,
    /// Whether texts come compressed to who takes gzip: the host was given what it needs for that.
    pub is_compressed: bool,
}

/// What was seen.
#[derive(Debug, Default)]
pub struct Seen {
    /// How many addresses were as they should be.
    pub good: usize,
    /// What was not, in plain words.
    pub wrong: Vec<String>,
}

/// So many files are looked at.
const SAMPLE: usize = 40;
/// So long a host may take until it shows the new site: many keep the old one for a while.
const PATIENCE: Duration = Duration::from_secs(30);

/// Between two looks.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// One thing to ask for.
#[derive(Debug, Clone)]
enum Question {
    /// A file of the site, byte for byte.
    File(SitePath),
    /// The headers of the home page.
    Headers,
    /// The home page for who takes gzip.
    Compressed,
    /// An old address.
    Redirect(String, String),
    /// An address that leads nowhere.
    Nowhere,
}

/// Looks; what is not as it should be is asked for again for a while.
///
/// # Errors
/// When the web cannot be asked at all.
pub fn verify(expected: &Expected) -> Result<Seen, Trouble> {
    let client = web::client()?;
    let runtime = web::runtime()?;
    let mut open = questions(expected);
    let (total, started) = (open.len(), Instant::now());
    let mut wait = Duration::from_millis(500);
    loop {
        let answers: Vec<(Question, Option<String>)> = runtime.block_on(async {
            let ask = |question: Question| async {
                let wrong = ask(&client, expected, &question).await.err();
                (question, wrong)
            };
            stream::iter(open).map(ask).buffered(8).collect().await
        });
        let wrong: Vec<(Question, String)> =
            answers.into_iter().filter_map(|(question, wrong)| Some((question, wrong?))).collect();
        if wrong.is_empty() || started.elapsed() + wait > PATIENCE {
            let wrong: Vec<String> = wrong.into_iter().map(|(_, wrong)| wrong).collect();
            return Ok(Seen { good: total - wrong.len(), wrong });
        }
        open = wrong.into_iter().map(|(question, _)| question).collect();
        std::thread::sleep(wait);
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

/// The home page, what was sent, a hashed asset, one of each kind of thing.
fn questions(expected: &Expected) -> Vec<Question> {
    // Where the host leads on, nobody sees the page that would.
    let moved: BTreeSet<SitePath> = expected.redirects.iter().map(|(from, _)| urls::output(from)).collect();
    // Siblings, and files that the host reads itself, have no address of their own.
    let has_address = |path: &&SitePath| !hosts::is_own(path) && of_sibling(path).is_none() && !moved.contains(*path);
    let home = expected.all.iter().filter(|path| &***path == "index.html");
    let pages = expected.sent.iter().filter(|path| path.ends_with("/index.html"));
    let hashed = expected.all.iter().filter(|path| is_hashed(path)).take(1);
    let mut files: Vec<SitePath> = Vec::new();
    for file in home.chain(hashed).chain(pages).chain(&expected.sent).filter(has_address) {
        if files.len() < SAMPLE && !files.contains(file) {
            files.push(file.clone());
        }
    }
    if !expected.is_full {
        return files.into_iter().take(1).map(Question::File).chain([Question::Nowhere]).collect();
    }
    let mut questions: Vec<Question> = files.into_iter().map(Question::File).collect();
    questions.push(Question::Nowhere);
    questions.extend(expected.redirects.first().map(|(from, to)| Question::Redirect(from.clone(), to.clone())));
    if !expected.headers.is_empty() {
        questions.push(Question::Headers);
    }
    if expected.is_compressed {
        questions.push(Question::Compressed);
    }
    questions
}

fn unpacked(bytes: &[u8], url: &str) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let read = MultiGzDecoder::new(bytes).read_to_end(&mut out);
    read.map(|_| out).map_err(|error| format!("{url} says that it is compressed, and is not: {error}"))
}

async fn ask(client: &reqwest::Client, expected: &Expected<'_>, question: &Question) -> Result<(), String> {
    let get = |path: &str, encoding: &'static str| {
        let url = format!("{}{}", expected.url, path.trim_start_matches('/'));
        let request = client.get(&url).header("accept-encoding", encoding);
        // A preview may be behind a password, which no message shows.
        let url = scrubbed(&url);
        async move {
            let answer =
                request.send().await.map_err(|error| scrubbed(&format!("{url} cannot be reached: {error}")))?;
            Ok::<_, String>((url, answer))
        }
    };
    match question {
        Question::File(path) => {
            let (url, answer) = get(&encode(path.strip_suffix("index.html").unwrap_or(path)), "identity").await?;
            if answer.status() != 200 {
                return Err(format!("{url} is answered with {}", answer.status()));
            }
            let is_packed = answer.headers().get("content-encoding").is_some_and(|own| own == "gzip");
            let bytes = answer.bytes().await.map_err(|error| format!("{url} breaks off: {error}"))?;
            // A bucket sends what it stores, whatever one takes.
            let bytes = if is_packed { unpacked(&bytes, &url)? } else { bytes.into() };
            let file = expected.folder.join(&**path);
            let own = fs::read(&file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
            match Digest::of(&bytes) == Digest::of(&own) {
                true => Ok(()),
                false => Err(format!("{url} shows something else than was published")),
            }
        }
        Question::Headers => {
            let (url, answer) = get("", "identity").await?;
            let missing = expected.headers.iter().find(|(name, value)| {
                !answer.headers().get_all(name.as_str()).iter().any(|own| own.as_bytes() == value.as_bytes())
            });
            missing.map_or(Ok(()), |(name, _)| {
                Err(format!("{url} comes without the header {name} that guide.yaml and guidewright set"))
            })
        }
        Question::Compressed => {
            let (url, answer) = get("", "gzip, br").await?;
            match answer.headers().contains_key("content-encoding") {
                true => Ok(()),
                false => Err(format!("{url} does not come compressed")),
            }
        }
        Question::Redirect(from, to) => {
            let (url, answer) = get(&encode(from), "identity").await?;
            let status = answer.status().as_u16();
            let location = answer.headers().get("location").and_then(|value| value.to_str().ok()).unwrap_or_default();
            match matches!(status, 301 | 308) && (location == to || location.ends_with(to.as_str())) {
                true => Ok(()),
                false => Err(format!("{url} does not lead to {to}: it is answered with {status} {location}")
                    .trim_end()
                    .into()),
            }
        }
        Question::Nowhere => {
            let (url, answer) = get("no-such-page-here/", "identity").await?;
            match answer.status().as_u16() {
                404 => Ok(()),
                status => Err(format!("{url} leads nowhere, and is answered with {status} instead of 404")),
            }
        }
    }
}

//! `guidewright translated`: records what a translation was made from.

use super::{
    args::Common,
    session::{Session, exit},
};
use crate::load::fence::{self, Fence};
use anyhow::{Context, Result, bail};
use std::{fs, io::Write, path::Path};

/// The key that it writes.
const KEY: &str = "source_digest";

/// Writes into the front matter of each translation the digest of the page that it translates.
///
/// # Errors
/// When a page is no translation, or cannot be written.
pub fn run(common: &Common, pages: &[String]) -> Result<u8> {
    let mut session = Session::open(common)?;
    for page in pages {
        let path = relative(common, page);
        let digest = session.source_of(&path)?;
        let file = common.site.join(&path);
        let text = fs::read_to_string(&file).with_context(|| format!("{path} cannot be read"))?;
        let Some(new) = recorded(&text, &digest) else {
            bail!("the front matter of {path} cannot be read\nhelp: run guidewright check");
        };
        if new == text {
            session.say(&format!("{path} was up to date"));
            continue;
        }
        write(&file, &new).with_context(|| format!("{path} cannot be written"))?;
        session.say(&format!("{path} is recorded as a translation of the page as it is now"));
    }
    Ok(exit::GOOD)
}

/// The path of a page in its site: as given, below the site's folder, or below content/.
fn relative(common: &Common, page: &str) -> String {
    let page = page.replace('\\', "/");
    let site = common.site.to_string_lossy();
    let inner = page.strip_prefix(&*site).map_or(page.as_str(), |rest| rest.trim_start_matches('/'));
    let inner = inner.trim_start_matches("./");
    let inner = if inner.ends_with(".md") { inner.to_string() } else { format!("{inner}.md") };
    match inner.starts_with("content/") {
        true => inner,
        false => format!("content/{inner}"),
    }
}

/// The text with the digest in its front matter, every other byte as it was.
fn recorded(text: &str, digest: &str) -> Option<String> {
    let yaml = match fence::split(text) {
        Fence::Front(yaml, _) => yaml,
        Fence::None(start) => return Some(format!("{}---\n{KEY}: {digest}\n---\n{}", &text[..start], &text[start..])),
        Fence::Wrong(_) => return None,
    };
    let line_end = if text[yaml.clone()].contains("\r\n") { "\r\n" } else { "\n" };
    let line = format!("{KEY}: {digest}{line_end}");
    let mut at = yaml.start;
    for old in text[yaml.clone()].split_inclusive('\n') {
        if old.strip_prefix(KEY).is_some_and(|rest| rest.trim_start().starts_with(':')) {
            return Some(format!("{}{line}{}", &text[..at], &text[at + old.len()..]));
        }
        at += old.len();
    }
    Some(format!("{}{line}{}", &text[..yaml.end], &text[yaml.end..]))
}

/// Writes beside the file and renames over it: the page is at every instant whole.
fn write(file: &Path, text: &str) -> Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
    temporary.write_all(text.as_bytes())?;
    temporary.as_file().set_permissions(fs::metadata(file)?.permissions())?;
    temporary.persist(file)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_put_in_or_replaced_and_nothing_else_is_touched() {
        let text = "---\r\ntitle: A  # words\r\n---\r\nText\r\n";
        let once = recorded(text, "abc").unwrap();
        assert_eq!(once, "---\r\ntitle: A  # words\r\nsource_digest: abc\r\n---\r\nText\r\n");
        assert_eq!(recorded(&once, "def").unwrap(), once.replace("abc", "def"));
        assert_eq!(recorded("Text", "abc").unwrap(), "---\nsource_digest: abc\n---\nText");
        assert_eq!(recorded("+++\n+++\n", "abc"), None);
    }
}

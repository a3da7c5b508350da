//! A branch of a git repository: one commit a release, its history kept, by the system's git.
//!
//! The server takes a push only when the branch is still where it was fetched: two publishers at once cannot
//! both succeed. Files of the branch that guidewright did not put there stay.

use super::{
    manifest::{self, Manifest},
    plan::Plan,
    remote::{Remote, Told, Trouble, Upload},
    system::{Said, again_and_again, run, scrubbed, tool},
};
use crate::base::path::SitePath;
use std::{fs, io::Write, path::PathBuf, process::Command};

/// The branch.
#[derive(Debug)]
pub struct Git {
    url: String,
    branch: String,
    /// A bare repository in the cache.
    folder: PathBuf,
    /// The site, from which a relative address counts.
    site: PathBuf,
    /// The commit that was fetched.
    tip: Option<String>,
    /// The stream that makes the commit: its head, what goes, what comes. A file may come where a folder goes.
    head: Vec<u8>,
    goes: Vec<u8>,
    comes: Vec<u8>,
}

/// Where the fetched branch is kept.
const FETCHED: &str = "refs/guidewright/fetched";

/// Where the new commit is made: by this process alone, for git may outlive one that was killed.
fn new() -> String {
    format!("refs/guidewright/new-{}", std::process::id())
}

impl Git {
    /// The branch of the repository at `url`, relative to `site` where it is a path; `folder` is for what git needs on
    /// this machine.
    pub fn new(url: String, branch: String, folder: PathBuf, site: PathBuf) -> Git {
        Git { url, branch, folder, site, tip: None, head: Vec::new(), goes: Vec::new(), comes: Vec::new() }
    }

    fn git(&self) -> Command {
        let mut command = tool("git");
        command.current_dir(&self.site).args(["-c", "gc.autoDetach=false"]).arg("--git-dir").arg(&self.folder);
        command
    }

    fn call(&self, arguments: &[&str], input: &[u8]) -> Result<Said, Trouble> {
        run(self.git().args(arguments), input, |_| true)
    }

    fn good(&self, arguments: &[&str], input: &[u8]) -> Result<String, Trouble> {
        let said = self.call(arguments, input)?;
        match said.is_good() {
            true => Ok(String::from_utf8_lossy(&said.out).trim().to_string()),
            false => Err(self.refused(&said)),
        }
    }

    fn refused(&self, said: &Said) -> Trouble {
        let complaint = said.complaint();
        let says = |words: &[&str]| words.iter().any(|word| said.errors.contains(word));
        let (help, is_final) = match () {
            () if says(&["fetch first", "non-fast-forward", "stale info"]) => {
                ("Somebody else published at the same time. Publish again: it begins with what they left.", true)
            }
            () if says(&["remote rejected", "hook declined", "protected"]) => {
                ("The server does not take this push. Ask whoever runs it for the right to push to this branch.", true)
            }
            () if says(&[
                "Host key verification failed",
                "Permission denied (",
                "Authentication",
                "could not read Username",
                " 403",
                " 401",
            ]) =>
            {
                (
                    "git has no key for it. Try `git ls-remote` with the same address, and set up ssh's agent or git's credential helper.",
                    true,
                )
            }
            () if says(&["not found", "does not exist", "does not appear to be a git repository"]) => {
                ("Check `url:` of the target in guide.yaml: try `git ls-remote` with the same address.", true)
            }
            () => (
                "Try `git ls-remote` with the same address to see what git needs. What was published before is still there.",
                false,
            ),
        };
        // What the server itself says tells more than what git makes of it.
        let remote: Vec<&str> =
            said.errors.lines().filter_map(|line| Some(line.strip_prefix("remote:")?.trim())).collect();
        let remote = scrubbed(&remote.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; "));
        let told = [remote, complaint].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ");
        let trouble = Trouble::new(format!("git does not reach {}: {told}", self.name()), help);
        if is_final { trouble.for_good() } else { trouble }
    }

    /// Fetches the tip of the branch with so many commits.
    fn fetch(&mut self, depth: u32) -> Result<(), Trouble> {
        if !self.folder.join("HEAD").exists() {
            fs::create_dir_all(&self.folder).map_err(|error| Trouble::disk(&self.folder, &error))?;
            self.good(&["init", "--bare", "--quiet"], b"")?;
        }
        let from = format!("+refs/heads/{}:{FETCHED}", self.branch);
        let depth = format!("--depth={depth}");
        let said = again_and_again(|| {
            let said = self.call(&["fetch", "--quiet", "--no-tags", &depth, "--", &self.url, &from], b"")?;
            match said.is_good() || said.errors.contains("couldn't find remote ref") {
                true => Ok(said),
                false => Err(self.refused(&said)),
            }
        })?;
        self.tip = match said.is_good() {
            true => Some(self.good(&["rev-parse", FETCHED], b"")?),
            // The first publish makes the branch.
            false => None,
        };
        Ok(())
    }

    /// Makes the commit that a stream describes, and pushes it.
    fn push(&self, stream: &[u8]) -> Result<(), Trouble> {
        self.good(&["fast-import", "--quiet", "--force", "--done"], &[stream, b"done\n"].concat())?;
        let to = format!("{}:refs/heads/{}", new(), self.branch);
        // The branch must be where it was: git itself compares and sets.
        let lease =
            format!("--force-with-lease=refs/heads/{}:{}", self.branch, self.tip.as_deref().unwrap_or_default());
        let said = self.call(&["push", "--quiet", &lease, "--", &self.url, &to], b"")?;
        self.good(&["update-ref", "-d", &new()], b"")?;
        if said.is_good() { Ok(()) } else { Err(self.refused(&said)) }
    }

    fn begin_commit(&self, message: &str) -> Vec<u8> {
        let who = |key: &str, usual: &str| {
            self.good(&["config", key], b"").ok().filter(|own| !own.is_empty()).unwrap_or_else(|| usual.into())
        };
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |now| now.as_secs());
        let mut stream = format!(
            "commit {}\ncommitter {} <{}> {now} +0000\ndata {}\n{message}\n",
            new(),
            who("user.name", "guidewright"),
            who("user.email", "guidewright@localhost"),
            message.len(),
        );
        if let Some(tip) = &self.tip {
            stream += &format!("from {tip}\n");
        }
        stream.into_bytes()
    }
}

/// A path as fast-import reads it (git-fast-import(1)): between quotes where it could be taken for something else.
fn quoted(path: &str) -> String {
    match path.starts_with('"') || path.contains(['\n', '\\']) {
        true => format!("\"{}\"", path.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")),
        false => path.into(),
    }
}

fn add(stream: &mut Vec<u8>, path: &str, bytes: &[u8]) {
    // Writing into memory does not fail.
    let _ = write!(stream, "M 100644 inline {}\ndata {}\n", quoted(path), bytes.len());
    stream.extend_from_slice(bytes);
    stream.push(b'\n');
}

impl Remote for Git {
    fn name(&self) -> String {
        format!("{} ({})", scrubbed(&self.url), self.branch)
    }

    fn manifest(&mut self) -> Result<Option<Vec<u8>>, Trouble> {
        self.fetch(1)?;
        let Some(tip) = &self.tip else { return Ok(None) };
        let said = self.call(&["cat-file", "blob", &format!("{tip}:{}", manifest::NAME)], b"")?;
        Ok(said.is_good().then_some(said.out))
    }

    fn is_foreign(&mut self) -> Result<bool, Trouble> {
        let Some(tip) = &self.tip else { return Ok(false) };
        Ok(self.call(&["cat-file", "-e", &format!("{tip}:index.html")], b"")?.is_good())
    }

    fn open(&mut self) -> Result<(), Trouble> {
        Ok(())
    }

    fn begin(&mut self, plan: &Plan) -> Result<(), Trouble> {
        self.head = self.begin_commit(&format!("Release {}", plan.release));
        Ok(())
    }

    fn put(&mut self, files: &[Upload], told: Told) -> Result<(), Trouble> {
        for file in files {
            let bytes = fs::read(&file.file).map_err(|error| Trouble::disk(&file.file, &error))?;
            add(&mut self.comes, &file.path, &bytes);
            told(file.len);
        }
        Ok(())
    }

    /// Nothing is anywhere before the push.
    fn note(&mut self, _: &Manifest) -> Result<(), Trouble> {
        Ok(())
    }

    /// git knows no empty folders.
    fn remove(&mut self, paths: &[SitePath], _: &[String]) -> Result<(), Trouble> {
        for path in paths {
            self.goes.extend(format!("D {}\n", quoted(path)).into_bytes());
        }
        Ok(())
    }

    fn commit(&mut self, manifest: &Manifest) -> Result<(), Trouble> {
        add(&mut self.comes, manifest::NAME, &manifest.bytes());
        self.push(&[&self.head[..], &self.goes, &self.comes].concat())
    }

    fn roll_back(&mut self, is_trial: bool) -> Result<Option<u64>, Trouble> {
        self.fetch(2)?;
        let parent = self
            .tip
            .as_ref()
            .and_then(|tip| self.good(&["rev-parse", "--verify", "--quiet", &format!("{tip}~1")], b"").ok());
        let Some(parent) = parent else {
            return Err(Trouble::new(
                format!("there is no release before this one in {}", self.name()),
                "Publish an earlier version of the site instead.",
            ));
        };
        let said = self.call(&["cat-file", "blob", &format!("{parent}:{}", manifest::NAME)], b"")?;
        let Some(before) = Manifest::read(&said.out) else {
            return Err(Trouble::new(
                format!("the commit before the last in {} is none of guidewright's", self.name()),
                "Go back with git itself.",
            ));
        };
        if is_trial {
            return Ok(Some(before.release));
        }
        let mut stream = self.begin_commit(&format!("Back to release {}", before.release));
        // The tree of the commit before, file by file: what is not ours is there as well.
        let listed = self.good(&["ls-tree", "-r", "-z", "--full-tree", &parent], b"")?;
        stream.extend(b"deleteall\n");
        for line in listed.split('\0').filter(|line| !line.is_empty()) {
            let Some((how, path)) = line.split_once('\t') else { continue };
            let mut parts = how.split(' ');
            let (mode, digest) = (parts.next().unwrap_or("100644"), parts.nth(1).unwrap_or_default());
            let _ = writeln!(stream, "M {mode} {digest} {}", quoted(path));
        }
        self.push(&stream)?;
        Ok(Some(before.release))
    }
}

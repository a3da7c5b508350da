//! `guidewright serve` as a process of its own, as an editor starts it.

use super::http::Reader;
use std::{
    io::{BufRead, BufReader, Read},
    ops::{Deref, DerefMut},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

/// A running server; it ends with the value.
pub struct Served {
    watching: Watching,
    pub port: u16,
    pub url: String,
}

/// A program that watches a site; it ends with the value.
pub struct Watching {
    child: Child,
    errors: Arc<Mutex<String>>,
    output: Arc<Mutex<String>>,
}

impl Served {
    /// Serves the site in a folder.
    pub fn start(site: &Path, more: &[&str]) -> Served {
        let port: &[&str] = if more.contains(&"--port") { &[] } else { &["--port", "0"] };
        let watching = Watching::run(site, &[&["serve"], port, more].concat());
        let is_url = |line: &&str| line.starts_with("http://");
        watching.wait("an address", || watching.printed().lines().any(|line| is_url(&line)));
        let url = watching.printed().lines().find(is_url).unwrap_or_default().to_string();
        let port = url.rsplit(':').next().and_then(|rest| rest.split('/').next()).and_then(|port| port.parse().ok());
        Served { port: port.expect("a port"), url, watching }
    }

    /// As [`Served::start`], but does not wait for more than the home page.
    pub fn opening(site: &Path, more: &[&str]) -> Served {
        let watching = Watching::run(site, &[&["serve", "--port", "0"], more].concat());
        watching.wait("the opening", || watching.said().contains(" opens; "));
        let said = watching.said();
        let url = said.lines().find_map(|line| line.split_once(" opens; ")).map(|(url, _)| url.to_string());
        let url = url.expect("an address");
        let port = url.rsplit(':').next().and_then(|rest| rest.split('/').next()).and_then(|port| port.parse().ok());
        Served { port: port.expect("a port"), url, watching }
    }

    pub fn reader(&self) -> Reader {
        Reader::new(self.port)
    }
}

impl Deref for Served {
    type Target = Watching;
    fn deref(&self) -> &Watching {
        &self.watching
    }
}

impl DerefMut for Served {
    fn deref_mut(&mut self) -> &mut Watching {
        &mut self.watching
    }
}

impl Watching {
    /// Builds the site in a folder whenever it changes.
    pub fn start(site: &Path) -> Watching {
        Watching::run(site, &["build", "--watch"])
    }

    /// On the day that all tests take for today.
    fn run(site: &Path, arguments: &[&str]) -> Watching {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guidewright"));
        command.args(arguments).args(["--today", "2026-11-23", "--site"]).arg(site);
        command.env_remove("EDITOR").env_remove("VISUAL").env("RUST_BACKTRACE", "0");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program");
        let (output, errors) = (keep(child.stdout.take()), keep(child.stderr.take()));
        Watching { child, errors, output }
    }

    /// What it wrote to standard error so far.
    pub fn said(&self) -> String {
        self.errors.lock().expect("text").clone()
    }

    /// What it wrote to standard output so far.
    pub fn printed(&self) -> String {
        self.output.lock().expect("text").clone()
    }

    /// Waits until something is so; fails with `what` and all that was said when it never is.
    pub fn wait(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        let started = Instant::now();
        while !is_so() {
            assert!(started.elapsed() < Duration::from_secs(20), "{what} never came\n{}", self.said());
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Sends it a signal by name.
    #[cfg(unix)]
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(sent.expect("kill").success());
    }

    /// Waits for its end; gives the exit code.
    pub fn end(&mut self) -> Option<i32> {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status.code();
            }
            assert!(started.elapsed() < Duration::from_secs(20), "it does not end\n{}", self.said());
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Collects what a process writes.
fn keep(pipe: Option<impl Read + Send + 'static>) -> Arc<Mutex<String>> {
    let kept: Arc<Mutex<String>> = Arc::default();
    let (text, pipe) = (kept.clone(), pipe.expect("a pipe"));
    thread::spawn(move || {
        let mut lines = BufReader::new(pipe);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            text.lock().expect("text").push_str(&String::from_utf8_lossy(&line));
            line.clear();
        }
    });
    kept
}

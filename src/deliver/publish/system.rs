//! Running the system's own tools, which bring agents, known hosts and credential helpers along.

use super::remote::{GOES_ON, Trouble};
use std::{
    io::{self, Read, Write},
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
};

/// What a tool said.
#[derive(Debug)]
pub struct Said {
    /// Its exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub out: Vec<u8>,
    /// Its standard error.
    pub errors: String,
}

impl Said {
    /// Whether it did what it was to do.
    pub fn is_good(&self) -> bool {
        self.code == Some(0)
    }

    /// The last lines of what it complained of, for a message; without secrets.
    pub fn complaint(&self) -> String {
        // What git says after every failure says nothing of this one.
        let usual = [
            "Could not read from remote repository.",
            "Please make sure you have the correct access rights",
            "and the repository exists.",
        ];
        let tells = |line: &&str| !line.is_empty() && !usual.iter().any(|usual| line.contains(usual));
        let lines: Vec<&str> = self.errors.lines().map(str::trim).filter(tells).collect();
        let from = lines.len().saturating_sub(3);
        scrubbed(&lines[from..].join("; "))
    }
}

impl Said {
    /// What went wrong: `what` did not succeed. The remedy is that of ssh's complaint, else that beside the first of
    /// these words that stands in it.
    pub fn trouble(&self, what: &str, remedies: &[(&str, &'static str)]) -> Trouble {
        let complaint = self.complaint();
        let message = format!("{what} failed: {complaint}");
        if let Some(help) = locked_out(&self.errors) {
            return Trouble::new(message, help).for_good();
        }
        let help = remedies.iter().find(|(word, _)| complaint.contains(word)).map_or(GOES_ON, |(_, help)| help);
        Trouble::new(message, help)
    }
}

/// A command of the system, which asks nobody for anything: there may be no one there.
pub fn tool(name: &str) -> Command {
    let mut command = Command::new(name);
    command.env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C").env("SSH_ASKPASS_REQUIRE", "never");
    command
}

/// Runs a command, with these bytes on its standard input. `line` is told of each line of its output as it comes,
/// and says whether to go on: if not, the command is ended.
///
/// # Errors
/// When it cannot be started.
pub fn run(command: &mut Command, input: &[u8], mut line: impl FnMut(&str) -> bool) -> Result<Said, Trouble> {
    let name = command.get_program().to_string_lossy().into_owned();
    let failed = |error: io::Error| {
        let message = format!("{name} cannot be run: {}", crate::source::walk::plain(&error));
        Trouble::new(message, format!("Install {name} on this machine, then publish again."))
    };
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(failed)?;
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    // Three pipes are emptied and filled at once, or one that is full would hold up the others.
    let (out, errors) = std::thread::scope(|scope| {
        scope.spawn(move || {
            // A tool that gives up early closes its input; it says why itself.
            stdin.map(|mut stdin| stdin.write_all(input))
        });
        let errors = scope.spawn(move || {
            let mut text = Vec::new();
            let _ = stderr.map(|mut stderr| stderr.read_to_end(&mut text));
            String::from_utf8_lossy(&text).into_owned()
        });
        let (mut out, mut told) = (Vec::new(), 0);
        let mut buffer = [0; 16 * 1024];
        let mut stdout = stdout;
        while let Some(count) = stdout.as_mut().and_then(|out| out.read(&mut buffer).ok()).filter(|count| *count > 0) {
            out.extend_from_slice(&buffer[..count]);
            while let Some(end) = out[told..].iter().position(|byte| *byte == b'\n') {
                if !line(&String::from_utf8_lossy(&out[told..told + end])) {
                    // Its pipes end with it.
                    let _ = child.kill();
                }
                told += end + 1;
            }
        }
        (out, errors.join().unwrap_or_default())
    });
    let status = child.wait().map_err(failed)?;
    Ok(Said { code: status.code(), out, errors })
}

/// Secrets that did not come from the environment.
static CONCEALED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Has a secret left out of all messages from now on.
pub fn conceal(secret: &str) {
    CONCEALED.lock().unwrap_or_else(PoisonError::into_inner).push(secret.into());
}

/// A text without the secrets of the environment and those of [`conceal`], and without passwords and queries in addresses: a signature may
/// stand in one.
pub fn scrubbed(text: &str) -> String {
    let mut out = text.to_string();
    for (name, value) in std::env::vars_os() {
        let name = name.to_string_lossy().to_uppercase();
        let is_secret =
            ["SECRET", "PASSWORD", "TOKEN", "_KEY", "CREDENTIAL", "SAS"].iter().any(|part| name.contains(part));
        if let Some(value) = value.to_str().filter(|value| is_secret && value.len() > 5) {
            out = out.replace(value, "…");
        }
    }
    for secret in CONCEALED.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        out = out.replace(secret, "…");
    }
    let clean = |word: &str| {
        let Some(at) = word.find("://") else { return word.to_string() };
        let (scheme, rest) = word.split_at(at + 3);
        let rest = rest.split_once('?').map_or(rest.to_string(), |(path, _)| format!("{path}?…"));
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        match host.rsplit_once('@') {
            Some((who, host)) if who.contains(':') || scheme.contains("http") => format!("{scheme}…@{host}{path}"),
            _ => format!("{scheme}{host}{path}"),
        }
    };
    out.split(' ').map(clean).collect::<Vec<_>>().join(" ")
}

/// How ssh says that it will not let us in, and what to do about that.
fn locked_out(complaint: &str) -> Option<&'static str> {
    match () {
        () if complaint.contains("ost key verification failed")
            || complaint.contains("HOST IDENTIFICATION HAS CHANGED") =>
        {
            Some(
                "This machine does not know that server, or knows it with another key. Ask whoever runs the server for its key, and put it into known_hosts.",
            )
        }
        () if complaint.contains("Permission denied (") => Some(
            "ssh has no key that the server takes. Load one into ssh's agent, or name it in the `config:` of the target.",
        ),
        () => None,
    }
}

/// Tries something that depends on a network a few times, waiting longer each time.
///
/// # Errors
/// The last trouble.
pub fn again_and_again<T>(mut run: impl FnMut() -> Result<T, Trouble>) -> Result<T, Trouble> {
    for seconds in [1, 3] {
        match run() {
            Ok(done) => return Ok(done),
            Err(trouble) if trouble.is_final() => return Err(trouble),
            Err(_) => std::thread::sleep(std::time::Duration::from_secs(seconds)),
        }
    }
    run()
}

/// How to run ssh for one place: its configuration, and one connection for all that is sent over it.
#[derive(Debug)]
pub struct Ssh {
    config: Option<String>,
    /// Where the first ssh leaves the door open for the next ones.
    door: Option<tempfile::TempDir>,
}

impl Ssh {
    /// With a configuration of ssh, or the usual one.
    pub fn new(config: Option<String>) -> Ssh {
        // Without it each has a connection of its own, which only takes longer.
        Ssh { config, door: tempfile::Builder::new().prefix("gw").tempdir().ok() }
    }

    /// Its options: it fails instead of asking, also for a host that nobody knows.
    pub fn options(&self) -> Vec<String> {
        let config = self.config.iter().flat_map(|config| ["-F".to_string(), config.clone()]);
        let mut options: Vec<String> = config.collect();
        let mut set = |option: String| options.extend(["-o".to_string(), option]);
        set("BatchMode=yes".into());
        set("StrictHostKeyChecking=yes".into());
        if let Some(door) = &self.door {
            set("ControlMaster=auto".into());
            set("ControlPersist=10".into());
            set(format!("ControlPath={}/%C", door.path().display()));
        }
        options
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lose_their_secrets() {
        let text = "cannot reach https://anna:garden@example.org/a?sig=abc nor sftp://anna@host/x";
        assert_eq!(scrubbed(text), "cannot reach https://…@example.org/a?… nor sftp://anna@host/x");
    }

    #[test]
    fn a_tool_that_is_not_there_is_said_with_a_remedy() {
        let trouble = run(&mut tool("no-such-tool-here"), b"", |_| true).unwrap_err().to_string();
        assert!(trouble.contains("help: Install no-such-tool-here"), "{trouble}");
    }
}

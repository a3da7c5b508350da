//! A folder of a machine that one logs in to, by the system's sftp: ssh's agent, known hosts and jump hosts count.
//!
//! Each file goes to a folder of parts and is then renamed over the old one, so that it is at every instant whole. That
//! wants a server with OpenSSH's `posix-rename`; the usual ones have it.

use super::{
    place::{GoesOn, Store},
    remote::{Trouble, Upload},
    system::{Said, Ssh, again_and_again, run, scrubbed, tool},
};
use crate::base::path::SitePath;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The folder.
#[derive(Debug)]
pub struct Sftp {
    /// `user@host`.
    who: String,
    port: Option<String>,
    /// The folder there; empty for where one arrives.
    folder: String,
    ssh: Ssh,
    /// The site, from which paths in the configuration count.
    site: PathBuf,
}

/// Where files lie while they arrive. What a broken connection leaves there goes with the next publish.
const PARTS: &str = ".guidewright-part";

impl Sftp {
    /// The folder of `sftp://user@host:port/path` or `user@host:path`.
    ///
    /// # Errors
    /// When the address is neither.
    pub fn new(url: &str, config: Option<String>, site: PathBuf) -> Result<Sftp, Trouble> {
        let wrong = || {
            Trouble::new(
                format!("\"{}\" is no address for sftp", scrubbed(url)),
                "Write it like sftp://anna@web.example:22/srv/guide, or anna@web.example:public_html.",
            )
        };
        let (who, port, folder) = match url.strip_prefix("sftp://") {
            Some(rest) => {
                let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
                let (who, port) = match host.rsplit_once(':') {
                    Some((who, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
                        (who, Some(port.to_string()))
                    }
                    _ => (host, None),
                };
                (who, port, format!("/{path}"))
            }
            None => {
                let (who, path) = url.split_once(':').ok_or_else(wrong)?;
                (who, None, path.to_string())
            }
        };
        // A name that begins with a dash would be taken for an option.
        if who.is_empty() || who.starts_with('-') || who.contains(char::is_whitespace) {
            return Err(wrong());
        }
        let folder = folder.trim_end_matches('/');
        Ok(Sftp {
            who: who.into(),
            port,
            folder: if url.contains("://") && folder.is_empty() { "/".into() } else { folder.into() },
            ssh: Ssh::new(config),
            site,
        })
    }

    /// The name of a file there, as a batch has it.
    fn there(&self, name: &str) -> String {
        let slash = if self.folder.is_empty() || self.folder.ends_with('/') { "" } else { "/" };
        quoted(&format!("{}{slash}{name}", self.folder))
    }

    fn batch(&self, commands: &str, line: impl FnMut(&str) -> bool) -> Result<Said, Trouble> {
        let mut command = tool("sftp");
        command.current_dir(&self.site).args(self.ssh.options());
        if let Some(port) = &self.port {
            command.args(["-P", port]);
        }
        run(command.args(["-b", "-", "--"]).arg(&self.who), commands.as_bytes(), line)
    }

    fn good(&self, commands: &str, line: impl FnMut(&str) -> bool) -> Result<(), Trouble> {
        let said = self.batch(commands, line)?;
        if said.is_good() { Ok(()) } else { Err(self.refused(&said)) }
    }

    fn refused(&self, said: &Said) -> Trouble {
        said.trouble(
            &format!("sftp to {}", self.who),
            &[(
                "ermission denied",
                "The account may not write there. Check `url:` in guide.yaml and the rights of the folder.",
            )],
        )
    }

    /// The part of that number.
    fn part(&self, number: usize) -> String {
        self.there(&format!("{PARTS}/{number}"))
    }

    /// The commands that leave no part behind, and no folder for them.
    fn without_parts(&self) -> String {
        format!("-rm {}*\n-rmdir {}\n", self.there(&format!("{PARTS}/")), self.there(PARTS))
    }
}

/// A name between quotes, in which nothing stands for other names.
fn quoted(name: &str) -> String {
    let mut out = String::from("\"");
    for c in name.chars() {
        if matches!(c, '"' | '\\' | '*' | '?' | '[') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

impl Store for Sftp {
    fn name(&self) -> String {
        format!("{}:{}", self.who, self.folder)
    }

    fn get(&self, name: &str) -> Result<Option<Vec<u8>>, Trouble> {
        let folder =
            tempfile::tempdir().map_err(|error| Trouble::disk(Path::new("the folder for temporary files"), &error))?;
        let file = folder.path().join("file");
        let command = format!("get {} {}\n", self.there(name), quoted(&file.to_string_lossy()));
        again_and_again(|| {
            let said = self.batch(&command, |_| true)?;
            if said.is_good() {
                return fs::read(&file).map(Some).map_err(|error| Trouble::disk(&file, &error));
            }
            match said.errors.contains("not found") || said.errors.contains("No such file") {
                true => Ok(None),
                false => Err(self.refused(&said)),
            }
        })
    }

    /// A folder can be made only once: it stands guard over the file of its name.
    fn create(&self, name: &str, bytes: &[u8]) -> Result<bool, Trouble> {
        let root = match self.folder.as_str() {
            "" | "/" => String::new(),
            folder => format!("-mkdir {}\n", quoted(folder)),
        };
        let guard = format!("{root}mkdir {}\n", self.there(&format!("{name}.d")));
        let said = self.batch(&guard, |_| true)?;
        if said.is_good() {
            self.write(name, bytes)?;
            return Ok(true);
        }
        if self.get(name)?.is_some() {
            return Ok(false);
        }
        // A guard whose file never came, or a folder that does not let anybody in.
        let without = format!("rmdir {0}\nmkdir {0}\n", self.there(&format!("{name}.d")));
        if !self.batch(&without, |_| true)?.is_good() {
            return Err(self.refused(&said));
        }
        self.write(name, bytes)?;
        Ok(true)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Trouble> {
        let file = tempfile::NamedTempFile::new()
            .and_then(|file| fs::write(file.path(), bytes).map(|()| file))
            .map_err(|error| Trouble::disk(Path::new("the folder for temporary files"), &error))?;
        // Its own part: the lock beats while other files arrive.
        let part = self.there(&format!("{name}.part"));
        let commands = format!(
            "put {} {part}\nchmod 644 {part}\nrename {part} {}\n",
            quoted(&file.path().to_string_lossy()),
            self.there(name)
        );
        again_and_again(|| self.good(&commands, |_| true))
    }

    fn put(&self, files: &[Upload], told: GoesOn) -> Result<(), Trouble> {
        let mut commands = format!("{}mkdir {}\n", self.without_parts(), self.there(PARTS));
        for (number, file) in files.iter().enumerate() {
            let part = self.part(number);
            commands += &format!(
                "put {} {part}\n-chmod 644 {part}\nrename {part} {}\n",
                quoted(&file.file.to_string_lossy()),
                self.there(&file.path)
            );
        }
        commands += &self.without_parts();
        let mut sent = files.iter();
        again_and_again(|| {
            let mut going = Ok(());
            // sftp repeats each command before it carries it out.
            let done = self.good(&commands, |line| {
                if line.starts_with("sftp> rename ")
                    && let Some(file) = sent.next()
                {
                    going = told(file.len).map_err(Trouble::for_good);
                }
                going.is_ok()
            });
            going.and(done)
        })
    }

    fn make_folders(&self, folders: &[String]) -> Result<(), Trouble> {
        // A dash before a command: that the folder is there already is no failure.
        let commands: String = folders.iter().map(|folder| format!("-mkdir {}\n", self.there(folder))).collect();
        if commands.is_empty() { Ok(()) } else { again_and_again(|| self.good(&commands, |_| true)) }
    }

    fn remove(&self, paths: &[SitePath]) -> Result<(), Trouble> {
        let mut commands = String::new();
        for path in paths {
            commands += &format!("-rm {}\n", self.there(path));
            if &**path == super::lock::NAME {
                commands += &format!("-rmdir {}\n", self.there(&format!("{path}.d")));
            }
        }
        again_and_again(|| self.good(&commands, |_| true))
    }

    fn remove_folders(&self, folders: &[String]) -> Result<(), Trouble> {
        // sftp removes only what is empty.
        let commands: String = folders.iter().map(|folder| format!("-rmdir {}\n", self.there(folder))).collect();
        if commands.is_empty() { Ok(()) } else { again_and_again(|| self.good(&commands, |_| true)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_both_ways() {
        let sftp = Sftp::new("sftp://anna@web.example:2222/srv/guide/", None, PathBuf::new()).unwrap();
        assert_eq!(
            (sftp.who.as_str(), sftp.port.as_deref(), sftp.folder.as_str()),
            ("anna@web.example", Some("2222"), "/srv/guide")
        );
        let home = Sftp::new("anna@web.example:public_html", None, PathBuf::new()).unwrap();
        assert_eq!(home.there("a b/index.html"), "\"public_html/a b/index.html\"");
        assert!(Sftp::new("-oProxyCommand=x:y", None, PathBuf::new()).is_err());
    }

    #[test]
    fn names_are_no_patterns() {
        assert_eq!(quoted("a*[b]\"\\"), "\"a\\*\\[b]\\\"\\\\\"");
    }
}

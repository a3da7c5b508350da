//! A folder that rsync writes to, by ssh or by its daemon; by the system's rsync.

use super::{
    place::{GoesOn, Store},
    remote::{Trouble, Upload},
    system::{Said, Ssh, again_and_again, run, scrubbed, tool},
};
use crate::base::path::SitePath;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The folder.
#[derive(Debug)]
pub struct Rsync {
    url: String,
    ssh: Ssh,
    /// The site, from which paths in the configuration count.
    site: PathBuf,
}

/// rsync's own number for "some files could not be transferred": also for one that is not there.
const PARTIAL: i32 = 23;

impl Rsync {
    /// The folder of `user@host:path` or `rsync://host/module/path`.
    ///
    /// # Errors
    /// When the address is neither.
    pub fn new(url: &str, config: Option<String>, site: PathBuf) -> Result<Rsync, Trouble> {
        if url.starts_with('-') || !url.contains(':') {
            return Err(Trouble::new(
                format!("\"{}\" is no address for rsync", scrubbed(url)),
                "Write it like anna@web.example:/srv/guide, or rsync://web.example/guide.",
            ));
        }
        Ok(Rsync { url: url.trim_end_matches('/').into(), ssh: Ssh::new(config), site })
    }

    fn rsync(&self) -> Command {
        let mut command = tool("rsync");
        // Names go as they are, and not through a shell on the other side.
        command.current_dir(&self.site).arg("--protect-args").arg("--timeout=60");
        if !self.url.starts_with("rsync://") {
            let options = self.ssh.options();
            let options: Vec<String> =
                options.iter().map(|part| format!("'{}'", part.replace('\'', "'\\''"))).collect();
            command.arg("-e").arg(format!("ssh {}", options.join(" ")));
        }
        command
    }

    fn there(&self, name: &str) -> String {
        format!("{}/{name}", self.url)
    }

    fn refused(&self, said: &Said) -> Trouble {
        said.trouble(
            &format!("rsync to {}", scrubbed(&self.url)),
            &[
                ("auth failed", "Set RSYNC_PASSWORD to what the daemon wants."),
                ("ermission denied", "Check `url:` in guide.yaml and the rights of the folder."),
            ],
        )
    }

    /// Sends the files of a folder that are named, with these options.
    fn send(
        &self,
        from: &Path,
        names: &[String],
        options: &[&str],
        line: &mut dyn FnMut(&str) -> bool,
    ) -> Result<Said, Trouble> {
        // A name that begins with # or ; would be taken for a remark.
        let list: Vec<String> = names.iter().map(|name| format!("./{name}")).collect();
        let list = list.join("\0");
        let mut command = self.rsync();
        command.args(options).args(["--from0", "--files-from=-", "--out-format=%l %n"]);
        command.arg(format!("{}/", from.display())).arg(format!("{}/", self.url));
        run(&mut command, list.as_bytes(), line)
    }

    /// Removes what these names are: names that are missing here are removed there.
    fn without(&self, names: Vec<String>) -> Result<(), Trouble> {
        let folder = Rsync::temporary()?;
        for name in &names {
            // The folders above must be here, or rsync gives them up as gone in between.
            let above = folder.path().join(name.rsplit_once('/').map_or("", |(above, _)| above));
            fs::create_dir_all(&above).map_err(|error| Trouble::disk(&above, &error))?;
        }
        again_and_again(|| {
            let said = self.send(folder.path(), &names, &["--delete-missing-args"], &mut |_| true)?;
            if said.is_good() { Ok(()) } else { Err(self.refused(&said)) }
        })
    }

    fn temporary() -> Result<tempfile::TempDir, Trouble> {
        tempfile::tempdir().map_err(|error| Trouble::disk(Path::new("the folder for temporary files"), &error))
    }

    fn one(&self, name: &str, bytes: &[u8], options: &[&str]) -> Result<(), Trouble> {
        let folder = Rsync::temporary()?;
        let file = folder.path().join(name);
        fs::write(&file, bytes).map_err(|error| Trouble::disk(&file, &error))?;
        again_and_again(|| {
            let said = self.send(folder.path(), &[name.into()], &[SEND, options].concat(), &mut |_| true)?;
            if said.is_good() { Ok(()) } else { Err(self.refused(&said)) }
        })
    }
}

/// Everything that is named is sent, whatever lies there: the plan knows better than times and sizes.
const SEND: &[&str] = &["--ignore-times", "--chmod=D755,F644", "--copy-links"];

impl Store for Rsync {
    fn name(&self) -> String {
        scrubbed(&self.url)
    }

    fn get(&self, name: &str) -> Result<Option<Vec<u8>>, Trouble> {
        let folder = Rsync::temporary()?;
        again_and_again(|| {
            let mut command = self.rsync();
            let said = run(command.arg(self.there(name)).arg(folder.path()), b"", |_| true)?;
            let file = folder.path().join(name);
            if said.is_good() {
                return fs::read(&file).map(Some).map_err(|error| Trouble::disk(&file, &error));
            }
            let is_absent = said.errors.contains("No such file") || said.errors.contains("change_dir");
            match said.code == Some(PARTIAL) && is_absent {
                true => Ok(None),
                false => Err(self.refused(&said)),
            }
        })
    }

    /// rsync cannot say whether it made the file, so the caller reads it back.
    fn create(&self, name: &str, bytes: &[u8]) -> Result<bool, Trouble> {
        self.one(name, bytes, &["--ignore-existing"])?;
        Ok(self.get(name)?.as_deref() == Some(bytes))
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Trouble> {
        self.one(name, bytes, &[])
    }

    fn put(&self, files: &[Upload], told: GoesOn) -> Result<(), Trouble> {
        let folder = Rsync::temporary()?;
        for file in files {
            let place = folder.path().join(&*file.path);
            let run = || {
                fs::create_dir_all(place.parent().unwrap_or(folder.path()))?;
                std::os::unix::fs::symlink(std::path::absolute(&file.file)?, &place)
            };
            run().map_err(|error| Trouble::disk(&place, &error))?;
        }
        let names: Vec<String> = files.iter().map(|file| file.path.to_string()).collect();
        let mut sent = files.iter();
        again_and_again(|| {
            // All are renamed over at the end, when all are there.
            let options = [SEND, &["--delay-updates"]].concat();
            let mut going = Ok(());
            let said = self.send(folder.path(), &names, &options, &mut |_| {
                if let Some(file) = sent.next() {
                    going = told(file.len).map_err(Trouble::for_good);
                }
                going.is_ok()
            })?;
            going?;
            if said.is_good() { Ok(()) } else { Err(self.refused(&said)) }
        })
    }

    fn remove(&self, paths: &[SitePath]) -> Result<(), Trouble> {
        self.without(paths.iter().map(|path| path.to_string()).collect())
    }

    fn remove_folders(&self, folders: &[String]) -> Result<(), Trouble> {
        // rsync removes a folder only when it is empty, and in one run removes none that another of them holds.
        let depth = |folder: &String| folder.matches('/').count();
        let deepest = folders.iter().map(depth).max().unwrap_or_default();
        (0..=deepest).rev().try_for_each(|level| {
            let own: Vec<String> = folders.iter().filter(|folder| depth(folder) == level).cloned().collect();
            if own.is_empty() { Ok(()) } else { self.without(own) }
        })
    }
}

//! `guidewright publish`: build, gates, plan, upload, verify.

mod gates;
mod look;
mod show;

use super::{
    args::{Common, Format, Publish},
    build::deliver,
    session::{Session, exit},
};
use crate::{
    base::{digest::Digest, path::SitePath},
    deliver::publish::{
        self, Survey,
        archive::Archive,
        dress::Wardrobe,
        progress::Progress,
        remote::{Remote, Trouble},
    },
    report::terminal,
    resolve::urls,
    settings::{publish::Target, site::Site},
    source::{cache::FOLDER, settings},
};
use anyhow::{Result, bail};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::Instant,
};

/// Publishes a site, or goes back to the release before.
///
/// # Errors
/// When the machine or the place does not allow it; what stops it of the site is an exit code.
pub fn run(common: &Common, how: &Publish) -> Result<u8> {
    if how.name.is_some() && common.target.is_some() {
        bail!("the target is named twice\nhelp: write `guidewright publish NAME`, without --target");
    }
    let mut session = Session::open(common)?;
    let read = |session: &Session, target: Option<&str>| {
        Some(settings::read(&session.walk.tree, target, common.base_url.as_deref(), &mut Vec::new())?.0)
    };
    let named = how.name.as_deref().or(common.target.as_deref());
    let name = read(&session, None).map(|site| chosen(&site, named).map(String::from));
    let Some(Ok(name)) = name else {
        // Where guide.yaml has faults, those are what to mend first.
        let built = session.build();
        let code = Session::code(&built);
        if let (exit::GOOD, Some(Err(error))) = (code, name) {
            return Err(error);
        }
        session.print(&built.findings, false)?;
        return Ok(code);
    };
    // As it is for that target.
    let site = read(&session, Some(&name)).unwrap_or_default();
    let target = &site.target;
    if common.format == Format::Sarif {
        bail!(
            "a plan has no form in SARIF\nhelp: use --format json, and `guidewright check --format sarif` for the findings"
        );
    }
    if common.drafts && !target.noindex {
        bail!(
            "drafts are for previews, and \"{name}\" is none\nhelp: publish without --drafts, or write `noindex: yes` for this target in guide.yaml"
        );
    }
    // Without the cache nothing stays on this machine.
    let passing = common.no_cache.then(tempfile::tempdir).transpose()?;
    let cache = passing.as_ref().map_or_else(|| common.site.join(FOLDER), |folder| folder.path().to_path_buf());
    let work = Work { folder: cache.join("publish").join(&name), name };
    std::fs::create_dir_all(&work.folder)?;
    // What is sent is read from this folder: nobody may build there meanwhile, be it only to try.
    let lock = std::fs::File::create(work.folder.join("lock"))?;
    if let Err(std::fs::TryLockError::WouldBlock) = lock.try_lock() {
        bail!(
            "another guidewright on this machine works for \"{}\"\nhelp: wait for it to end, then try again",
            work.name
        );
    }
    session.options.target = Some(work.name.clone());
    session.common.output = Some(work.site());
    let publisher = Publisher { how, site: &site, target, work };
    match how.rollback {
        true => publisher.roll_back(&session, &mut *publisher.remote(&session)?),
        false => publisher.publish(session),
    }
}

/// What somebody has to do about a file that its host does not read by itself.
fn to_reload(path: &str) -> Option<&'static str> {
    match path {
        ".host/nginx.conf" => Some("Reload nginx, which reads them once: nginx -s reload"),
        ".host/Caddyfile" => Some("Reload Caddy, which reads them once: caddy reload"),
        ".host/cloudfront-function.js" => Some("Publish the function in .host/ to CloudFront anew."),
        ".host/cloudfront-headers.json" => Some("Update CloudFront's policy of response headers from .host/."),
        _ => None,
    }
}

/// The target that is meant.
fn chosen<'a>(site: &'a Site, name: Option<&str>) -> Result<&'a str> {
    let with_remote: Vec<_> = site.targets.iter().filter(|(_, target)| target.remote.is_some()).collect();
    let names = with_remote.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
    match (name, &with_remote[..]) {
        (Some(name), _) => match site.targets.get_key_value(name) {
            Some((name, _)) => Ok(name),
            None if names.is_empty() => {
                bail!("there is no target \"{name}\"\nhelp: declare it under publish: in guide.yaml")
            }
            None => bail!("there is no target \"{name}\"\nhelp: guide.yaml has {names}"),
        },
        (None, [(name, _)]) => Ok(name),
        (None, []) => bail!(
            "guide.yaml names no place to publish to\nhelp: write one under publish:, like\n  publish:\n    live: {{ host: nginx, remote: folder, path: /srv/guide }}"
        ),
        (None, _) => bail!(
            "guide.yaml has several targets\nhelp: name one of them: guidewright publish {}",
            names.replace(", ", " | ")
        ),
    }
}

/// Where a publish keeps what it needs on this machine.
struct Work {
    name: String,
    folder: PathBuf,
}

impl Work {
    /// The site as it is built for the target.
    fn site(&self) -> PathBuf {
        self.folder.join("site")
    }

    fn archive(&self) -> Archive {
        Archive::at(&self.folder.join("releases"))
    }

    fn wardrobe(&self, site: &Path, files: impl Iterator<Item = (SitePath, Digest, u64)>, target: &Target) -> Wardrobe {
        Wardrobe::new(site, files, target, &self.folder.join("compressed"))
    }
}

struct Publisher<'a> {
    how: &'a Publish,
    site: &'a Site,
    target: &'a Target,
    work: Work,
}

impl Publisher<'_> {
    fn remote(&self, session: &Session) -> Result<Box<dyn Remote>, Trouble> {
        publish::open(self.target, &session.site, &self.work.folder)
    }

    fn publish(&self, mut session: Session) -> Result<u8> {
        let started = Instant::now();
        let built = session.build();
        let code = Session::code(&built);
        // With --format json the plan alone is what comes out.
        if session.common.format == Format::Human || code != exit::GOOD {
            session.print(&built.findings, false)?;
        }
        if code != exit::GOOD {
            session.say(&format!("{}; nothing was published", terminal::summary(built.findings.counts())));
            return Ok(code);
        }
        if let Some(why) = self.closed(&built) {
            terminal::say(&format!("{why}\nNothing was published."));
            return Ok(exit::ERRORS);
        }
        let remote = &mut *self.remote(&session)?;
        let (built, _) = deliver(&mut session, built)?;
        let files = built.output.files.iter().map(|(path, entry)| (path.clone(), entry.digest, entry.len));
        let wardrobe = self.work.wardrobe(&self.work.site(), files, self.target);
        let moved: BTreeSet<_> = built.redirects.iter().map(|(from, _)| urls::output(from)).collect();
        let digests = wardrobe.digests(remote.keeps_metadata());
        let survey = publish::survey(remote, &digests, self.target.keep, |path| moved.contains(path))?;
        if let Some(why) = self.refused(&survey, &*remote) {
            if self.how.dry_run {
                self.show(&session, &survey.plan, &wardrobe, &*remote)?;
            }
            terminal::say(&format!("{why}\nNothing was published."));
            return Ok(exit::ERRORS);
        }
        if self.how.dry_run {
            self.show(&session, &survey.plan, &wardrobe, &*remote)?;
            return Ok(exit::GOOD);
        }
        if survey.plan.is_empty() {
            session.say(&format!("{} is as it should be: {} files, nothing to send", remote.name(), digests.len()));
        } else {
            self.send(&session, remote, &survey, &wardrobe)?;
            let kept = self.work.archive().keep(survey.plan.release, &self.work.site());
            if let Err(error) = kept {
                session.say(&format!("note: this release is not kept for --rollback: {error}"));
            }
            wardrobe.sweep();
            if session.common.format != Format::Human {
                self.show(&session, &survey.plan, &wardrobe, &*remote)?;
            }
            session.say(&format!(
                "published release {} to {}: {} files sent, {} as they were, {} removed; {:.1} s",
                survey.plan.release,
                remote.name(),
                survey.plan.sends().count(),
                survey.plan.keep.len(),
                survey.plan.delete.len(),
                started.elapsed().as_secs_f64(),
            ));
        }
        for path in survey.plan.sends() {
            if let Some(what) = to_reload(path) {
                session.say(&format!("note: the redirects or headers changed. {what}"));
            }
        }
        let sent = survey.plan.sends().cloned().collect();
        self.verify(&session, &built, sent)
    }

    /// Makes the files and sends them.
    fn send(
        &self,
        session: &Session,
        remote: &mut dyn Remote,
        survey: &Survey,
        wardrobe: &Wardrobe,
    ) -> Result<(), Trouble> {
        let uploads = wardrobe.make(survey.plan.sends())?;
        let progress = Progress::new(uploads.iter().map(|file| file.len).sum(), session.common.quiet);
        publish::carry_out(remote, survey, &uploads, &|bytes| progress.add(bytes))
    }

    fn roll_back(&self, session: &Session, remote: &mut dyn Remote) -> Result<u8> {
        if let Some(release) = remote.roll_back(self.how.dry_run)? {
            let verb = if self.how.dry_run { "would show" } else { "shows" };
            session.say(&format!("{} {verb} release {release} again", remote.name()));
            return Ok(exit::GOOD);
        }
        // Whatever it says of the release, the place is then asked again in earnest.
        let now = publish::survey(remote, &Default::default(), self.target.keep, |_| true)?.plan.release - 1;
        let Some((number, folder, files)) = self.work.archive().before(now)? else {
            bail!(
                "this machine did not publish the release before release {now}, so it cannot go back to it\nhelp: Take the version of the site that was published then, for example with `git checkout`, and publish that."
            );
        };
        let wardrobe = self.work.wardrobe(&folder, files.into_iter(), self.target);
        let digests = wardrobe.digests(remote.keeps_metadata());
        let survey = publish::survey(remote, &digests, self.target.keep, |_| true)?;
        if self.how.dry_run {
            self.show(session, &survey.plan, &wardrobe, &*remote)?;
            return Ok(exit::GOOD);
        }
        self.send(session, remote, &survey, &wardrobe)?;
        let release = survey.plan.release;
        let _ = self.work.archive().keep(release, &folder);
        session.say(&format!("{} shows what release {number} was, as release {release}", remote.name()));
        Ok(exit::GOOD)
    }
}

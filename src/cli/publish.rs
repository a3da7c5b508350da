//! `guidewright publish`: build, gates, plan, upload, verify.

use super::{
    args::{Allow, Common, Format, Publish},
    build::deliver,
    session::{Session, exit},
};
use crate::{
    base::{digest::Digest, path::SitePath},
    build::Build,
    deliver::publish::{
        self, Survey,
        archive::Archive,
        dress::Wardrobe,
        plan::Plan,
        progress::{Progress, size},
        remote::{Remote, Trouble},
    },
    report::{located::Counts, terminal},
    resolve::urls,
    settings::{publish::Target, site::Site},
    source::{cache::FOLDER, settings},
};
use anyhow::{Result, bail};
use serde_json::json;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::Instant,
};

/// More than this share of what is there is not deleted without being told to.
const MUCH: f64 = 0.25;
/// So many paths of each kind a plan shows to a person.
const SHOWN: usize = 40;

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
    let Some(site) = read(&session, None) else {
        let built = session.build();
        session.print(&built.findings, false)?;
        return Ok(Session::code(&built));
    };
    let name = chosen(&site, how.name.as_deref().or(common.target.as_deref()))?.to_string();
    // As it is for that target.
    let site = read(&session, Some(&name)).unwrap_or(site);
    let target = &site.target;
    // Without the cache nothing stays on this machine.
    let passing = common.no_cache.then(tempfile::tempdir).transpose()?;
    let cache = passing.as_ref().map_or_else(|| common.site.join(FOLDER), |folder| folder.path().into());
    let work = Work { folder: cache.join("publish").join(&name), cache, name };
    std::fs::create_dir_all(&work.folder)?;
    session.options.target = Some(work.name.clone());
    session.common.output = Some(work.site());
    let mut remote = publish::open(target, &common.site, &work.folder)?;
    let publisher = Publisher { how, site: &site, target, work };
    match how.rollback {
        true => publisher.roll_back(&session, &mut *remote),
        false => publisher.publish(session, &mut *remote),
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
    cache: PathBuf,
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
        Wardrobe::new(site, files, target, &self.cache.join("compressed"))
    }
}

struct Publisher<'a> {
    how: &'a Publish,
    site: &'a Site,
    target: &'a Target,
    work: Work,
}

impl Publisher<'_> {
    fn publish(&self, mut session: Session, remote: &mut dyn Remote) -> Result<u8> {
        let started = Instant::now();
        let built = session.build();
        let code = Session::code(&built);
        // With --format json the plan alone is what comes out.
        if session.common.format == Format::Human || code != exit::GOOD {
            session.print(&built.findings, false)?;
        }
        if code != exit::GOOD {
            session.say(&format!("{}; nothing was published", terminal::summary(Counts::of(&built.findings))));
            return Ok(code);
        }
        if let Some(why) = self.closed(&built) {
            session.say(&format!("{why}\nNothing was published."));
            return Ok(exit::ERRORS);
        }
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
            session.say(&format!("{why}\nNothing was published."));
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

    /// What in the build stops it, by the target's policy.
    fn closed(&self, built: &Build) -> Option<String> {
        let gates = &self.target.gates;
        let policies = [
            (gates.overdue, Allow::Overdue, "review/overdue", "overdue for review", "Have them reviewed"),
            (gates.helplines, Allow::Helplines, "review/stale", "to be checked again", "Check them, and write the day"),
        ];
        policies.into_iter().filter(|(stops, allow, ..)| *stops && !self.how.allow.contains(allow)).find_map(
            |(_, allow, rule, what, remedy)| {
                let found: Vec<_> = built.findings.iter().filter(|finding| finding.rule == rule).collect();
                let (first, name) = (found.first()?, allow.name());
                let (verb, noun) = if found.len() == 1 { ("is", "place") } else { ("are", "places") };
                Some(format!(
                    "error: {} {noun} {verb} {what}, and this target is not published with such: {}:{}: {}\nhelp: {remedy}; or publish once all the same with --allow {name}, or write `gates: {{ {name}: pass }}` for this target in guide.yaml.",
                    found.len(),
                    first.file,
                    first.start.line,
                    first.message,
                ))
            },
        )
    }

    /// What speaks against a plan.
    fn refused(&self, survey: &Survey, remote: &dyn Remote) -> Option<String> {
        if let Some(first) = survey.vanished.first()
            && self.target.gates.vanished
            && !self.how.allow.contains(&Allow::Vanished)
        {
            let list: Vec<String> = survey
                .vanished
                .iter()
                .take(10)
                .map(|path| self.site.href(path.trim_end_matches("index.html")))
                .collect();
            let more = survey.vanished.len().saturating_sub(list.len());
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let address = format!("/{}", first.trim_end_matches("index.html"));
            return Some(format!(
                "error: addresses that readers have would lead nowhere: {}{more}\nhelp: Write `aliases: [{address}]` in the page that takes its place, or keep the page with `status: retired`; or publish once all the same with --allow vanished.",
                list.join(", "),
            ));
        }
        if survey.is_foreign && !self.how.yes {
            return Some(format!(
                "error: {} holds a site that guidewright did not put there\nhelp: Look whether this is the right place. To publish over it, add --yes: files of the same name are then replaced, and all others stay.",
                remote.name(),
            ));
        }
        if survey.plan.share_deleted() > MUCH && !self.how.yes {
            return Some(format!(
                "error: {} of {} files there would be deleted\nhelp: Look at the plan with --dry-run. If that is what you want, add --yes.",
                survey.plan.delete.len(),
                survey.plan.keep.len() + survey.plan.change.len() + survey.plan.delete.len(),
            ));
        }
        None
    }

    /// Prints a plan.
    fn show(&self, session: &Session, plan: &Plan, wardrobe: &Wardrobe, remote: &dyn Remote) -> Result<()> {
        let uploads = wardrobe.make(plan.sends())?;
        let len = |path: &SitePath| uploads.iter().find(|file| file.path == *path).map_or(0, |file| file.len);
        let bytes: u64 = uploads.iter().map(|file| file.len).sum();
        if session.common.format != Format::Human {
            let list =
                |paths: &[_]| paths.iter().map(|path| json!({ "path": path, "bytes": len(path) })).collect::<Vec<_>>();
            let plan = json!({
                "target": self.work.name,
                "release": plan.release,
                "add": list(&plan.add),
                "change": list(&plan.change),
                "keep": plan.keep.len(),
                "delete": plan.delete,
                "retain": plan.retain,
                "bytes": bytes,
            });
            println!("{plan}");
            return Ok(());
        }
        println!("Plan for {} ({}), release {}:", self.work.name, remote.name(), plan.release);
        println!(
            "  {} to add, {} to change, {} as they are, {} to delete, {} old assets that stay; {} to send",
            plan.add.len(),
            plan.change.len(),
            plan.keep.len(),
            plan.delete.len(),
            plan.retain.len(),
            size(bytes),
        );
        for (sign, paths) in [('+', &plan.add), ('~', &plan.change), ('-', &plan.delete)] {
            paths.iter().take(SHOWN).for_each(|path| println!("  {sign} {path}"));
            if paths.len() > SHOWN {
                println!("  {sign} and {} more; --format json lists all", paths.len() - SHOWN);
            }
        }
        Ok(())
    }

    fn roll_back(&self, session: &Session, remote: &mut dyn Remote) -> Result<u8> {
        if let Some(release) = remote.roll_back()? {
            session.say(&format!("{} shows release {release} again", remote.name()));
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

    /// Looks whether it arrived, where there is an address to look at.
    #[cfg(feature = "cloud")]
    fn verify(&self, session: &Session, built: &Build, sent: Vec<SitePath>) -> Result<u8> {
        use crate::{deliver::publish::verify, emit::headers, settings::publish::Remote as To};
        let written =
            self.how.verify_url.as_ref().or(self.target.verify_url.as_ref()).or(self.target.base_url.as_ref());
        let Some(url) = written.filter(|_| !self.how.no_verify) else { return Ok(exit::GOOD) };
        let host = self.target.host;
        let is_encoded = self.target.encode && !matches!(self.target.remote, Some(To::WebDav { .. }));
        let redirects = built.redirects.iter().filter(|_| host.redirects());
        let expected = verify::Expected {
            url: if url.ends_with('/') { url.clone() } else { format!("{url}/") },
            folder: &self.work.site(),
            sent,
            all: built.output.files.keys().cloned().collect(),
            redirects: redirects.cloned().collect(),
            headers: if host.sends_headers() && host != crate::settings::host::Host::Plain {
                headers::of(self.site, &"index.html".into())
            } else {
                Vec::new()
            },
            is_compressed: host.siblings().0 || is_encoded,
        };
        let seen = verify::verify(&expected)?;
        if seen.wrong.is_empty() {
            session.say(&format!("verified at {}: {} addresses are as they were published", expected.url, seen.good));
            return Ok(exit::GOOD);
        }
        let list: Vec<&str> = seen.wrong.iter().take(10).map(String::as_str).collect();
        bail!(
            "it was published, but {} of {} addresses are not as they should be:\n  {}\nhelp: If the host keeps old pages for a while, look again later with `guidewright publish`. Else see that the web server shows the place that was published to, and reads its configuration; to go back, use --rollback.",
            seen.wrong.len(),
            seen.wrong.len() + seen.good,
            list.join("\n  "),
        )
    }

    #[cfg(not(feature = "cloud"))]
    fn verify(&self, session: &Session, _: &Build, _: Vec<SitePath>) -> Result<u8> {
        if self.how.verify_url.is_some() {
            session.say("note: this guidewright was built without a web client, so nobody looked whether it arrived");
        }
        Ok(exit::GOOD)
    }
}

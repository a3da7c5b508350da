//! What stops a publish before anything is sent, in the words of who has to mend it.

use super::Publisher;
use crate::{
    build::Build,
    cli::args::Allow,
    deliver::publish::{Survey, remote::Remote},
};

/// More than this share of what is there is not deleted without being told to.
const MUCH: f64 = 0.25;

impl Publisher<'_> {
    /// What in the build stops it, by the target's policy.
    pub fn closed(&self, built: &Build) -> Option<String> {
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
    pub fn refused(&self, survey: &Survey, remote: &dyn Remote) -> Option<String> {
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
}

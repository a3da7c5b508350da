//! Rules over languages: pages that a language does not have, and translations that are behind.

use crate::{
    base::{
        finding::{Finding, Mark, Place},
        lang::Lang,
        rules::Rule,
    },
    load::{page::Parsed, sources::Sources},
    resolve::guide::{Guide, Origin},
    settings::site::Site,
};

/// Checks every page of the site's own language against its translations.
pub fn check(guide: &Guide, site: &Site, sources: &Sources) -> Vec<Finding> {
    let mut findings = Vec::new();
    if guide.languages.len() < 2 {
        return findings;
    }
    let source = |page: u32| guide.page(page).source(sources);
    for node in guide.pages.iter().filter(|node| !node.hidden && !node.broken) {
        let Origin::Authored(_) = node.origin else { continue };
        let Some(of) = node.translations.first().filter(|of| guide.page(**of).lang == site.language) else { continue };
        let (Some(own), Some(of)) = (node.source(sources), source(*of)) else { continue };
        if node.fallback {
            let stem = of.page.path.strip_suffix(".md").unwrap_or(&of.page.path);
            let message = format!("this page is not translated into \"{}\"", node.lang);
            let file = format!("{stem}.{}.md", node.lang);
            let is_draft = sources.pages.iter().any(|parsed| *parsed.page.path == *file);
            let verb = if is_draft { "Publish" } else { "Write" };
            let help = format!("{verb} {file}. Until then readers of that language see this page.");
            findings.push(Finding::new(Rule::TRANSLATIONS_MISSING, Place::file(&of.page.path), message, help));
        } else if node.lang != site.language && !of.page.broken && !own.page.broken {
            findings.extend(behind(own, of));
        }
    }
    findings
}

/// Finds files that are named like translations into a language that the site does not have.
pub fn unknown(guide: &Guide, site: &Site, sources: &Sources) -> Vec<Finding> {
    let mut findings = Vec::new();
    for node in guide.pages.iter().filter(|node| !node.fallback) {
        let (Some(page), Some((id, tag))) = (node.page(sources), node.id.rsplit_once('.')) else { continue };
        let beside = guide.pages.iter().any(|other| other.id == id && other.lang == site.language);
        if beside && Lang::parse(tag).is_some() {
            let message = format!("this looks like a translation, but the site has no language \"{tag}\"");
            let help = format!("Add \"{tag}\" under languages: in guide.yaml, or give the file another name.");
            findings.push(Finding::new(Rule::TRANSLATIONS_ORPHAN, Place::file(&page.path), message, help));
        }
    }
    findings
}

fn behind(own: &Parsed, source: &Parsed) -> Option<Finding> {
    let path = &own.page.path;
    let place = Place::mark(path, Mark::Field("source_digest".into()));
    let command = format!("guidewright translated {path}");
    match &own.page.source_digest {
        None => {
            let message = "it is not recorded what this page translates";
            let help = format!("When it says what {} says, run: {command}", source.page.path);
            Some(Finding::new(Rule::TRANSLATIONS_RECORD, place, message, help))
        }
        Some(digest) if *digest != source.words.short() => {
            let message = format!("{} has changed since this page was translated", source.page.path);
            let help = format!("Bring this page up to it, then run: {command}");
            Some(Finding::new(Rule::TRANSLATIONS_STALE, place, message, help))
        }
        Some(_) => None,
    }
}

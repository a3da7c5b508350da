//! Rules over languages: pages that a language does not have, and translations that are behind.

use crate::{
    base::{
        finding::{Finding, Mark, Place},
        lang::Lang,
        phone,
        rules::Rule,
    },
    load::{page::Parsed, sources::Sources},
    resolve::guide::{Guide, Origin},
    settings::{schema::Schema, site::Site, types::Type},
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

/// Finds translated entries that give another number to ring, another day or another figure than the
/// entry: these are no words, and one that is corrected in one language only misleads in the other.
pub fn differing(schema: &Schema, sources: &Sources) -> Vec<Finding> {
    let mut findings = Vec::new();
    for kind in schema.kinds.values() {
        let Some((_, main)) = sources.data_of(&kind.name).find(|(_, file)| file.lang.is_none()) else { continue };
        for (_, file) in sources.data_of(&kind.name).filter(|(_, file)| file.lang.is_some()) {
            for own in &file.entries {
                let Some(entry) = main.entries.iter().find(|entry| entry.id == own.id) else { continue };
                for field in &kind.fields {
                    let (Some(said), Some(meant)) = (own.content.field(&field.name), entry.content.field(&field.name))
                    else {
                        continue;
                    };
                    let differs = match field.kind {
                        Type::Line(_) => said.as_str().map(phone::all_digits) != meant.as_str().map(phone::all_digits),
                        Type::Number | Type::Date | Type::Boolean | Type::Registered(_) => said != meant,
                        _ => false,
                    };
                    if differs {
                        let span = own.places.span(&Mark::Field(field.name.clone())).unwrap_or(own.places.front);
                        let message = format!("\"{}\" of \"{}\" is not what {} says", field.name, own.id, main.path);
                        let help = "Take the line out, and the entry's own value counts. Keep it only where its words differ, with the same numbers.";
                        let place = Place::span(&file.path, span);
                        findings.push(Finding::new(Rule::TRANSLATIONS_DIFFERS, place, message, help));
                    }
                }
            }
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

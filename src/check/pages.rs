//! Rules over the guide as a whole: summaries, orphans, reviews, and what the publisher owes.

use crate::{
    base::{
        date::Date,
        finding::{Finding, Mark, Place},
        near::did_you_mean,
        path::SitePath,
        rules::Rule,
        span::Span,
    },
    load::{page::Page, sources::Sources},
    resolve::{
        guide::{Guide, Node, PageNo, Thing},
        ids::is_tail,
        urls::{HOME, NOT_FOUND},
    },
    settings::{
        limits::Section,
        schema::Schema,
        site::{self, Site},
    },
};
use rayon::prelude::*;
use std::{collections::HashSet, sync::Arc};

/// Checks every published page.
pub fn check(guide: &Guide, schema: &Schema, today: Date, sources: &Sources) -> Vec<Finding> {
    let led_to = led_to(guide);
    let mut findings = Vec::new();
    for node in guide.pages.iter().filter(|node| node.hidden && !node.fallback) {
        let Some(page) = node.page(sources).filter(|page| !page.broken) else { continue };
        // A page that is withheld for ever is told of too.
        let never = contradictions(page, today).into_iter().filter(|(key, ..)| *key == "publish_until");
        findings.extend(never.map(|(key, message, help)| {
            Finding::new(Rule::PAGES_DATES, Place::mark(&page.path, Mark::Field(key.into())), message, help)
        }));
    }
    let of_page = |(i, node): (usize, &Arc<Node>)| {
        let mut findings = Vec::new();
        let page = node.page(sources).filter(|page| !page.broken && !node.hidden && !node.fallback);
        let Some(page) = page else { return findings };
        let mut say = |rule, mark, message: String, help: &str| {
            findings.push(Finding::new(rule, Place::mark(&page.path, mark), message, help));
        };
        let asks_for_summary = schema.kind(&page.kind).fields.iter().any(|field| field.name == "summary");
        if page.summary.is_none() && page.has_front && !asks_for_summary && page.id != NOT_FOUND {
            let help = "Add \"summary:\" with one or two sentences. Lists, search results and link previews show it.";
            say(Rule::PAGES_SUMMARY, Mark::Field("summary".into()), "this page has no summary".into(), help);
        }
        let below_home = node.section.is_none() || node.section == guide.home;
        let special =
            [HOME, NOT_FOUND].contains(&page.id.as_str()) || !node.entries.is_empty() || node.listing.is_some();
        // What leads to a page leads to its translations.
        let is_source = node.translations.first().is_none_or(|first| *first == i as PageNo);
        if is_source && below_home && !node.is_section && !special && !led_to.contains(&(i as PageNo)) {
            let help = "Link to it from another page, put it into a menu, or move it into a section.";
            say(Rule::PAGES_ORPHAN, Mark::File, "no page leads to this one".into(), help);
        }
        for (key, message, help) in contradictions(page, today) {
            say(Rule::PAGES_DATES, Mark::Field(key.into()), message, help);
        }
        if page.reviewable && page.reviewed.is_none() {
            let help = "Ask somebody qualified to review it, then fill \"reviewed\" and \"reviewed_by\".";
            say(
                Rule::REVIEW_NEVER,
                Mark::Field("reviewed_by".into()),
                "nobody has reviewed this page yet".into(),
                help,
            );
        }
        for name in missing(page, &schema.kind(&page.kind).sections) {
            let help = format!(
                "Write the part that has this id, like \"## A heading {{#{name}}}\", or place it with a block :::{name}."
            );
            let message = format!("this page has no part \"{name}\", and its kind asks for one");
            say(Rule::PAGES_SECTION, Mark::Field("title".into()), message, &help);
        }
        if let Some(due) = page.review_by.filter(|due| *due < today) {
            let days = today.days_since(due);
            if let Some(most) = schema.lapses_after.filter(|most| days > *most as i32) {
                let message = format!("the review of this page was due {days} days ago, and it may be {most}");
                let help = "Have it reviewed and write the new dates, or set \"status: retired\" until it is.";
                say(Rule::REVIEW_LAPSED, Mark::Field("review_by".into()), message, help);
                return findings;
            }
            let days = if days == 1 { "yesterday".into() } else { format!("{days} days ago") };
            let message = format!("the review of this page was due {days}");
            let help = "Have it reviewed, then write the new dates into \"reviewed\" and \"review_by\".";
            say(Rule::REVIEW_OVERDUE, Mark::Field("review_by".into()), message, help);
        }
        findings
    };
    findings.par_extend(guide.pages.par_iter().enumerate().flat_map_iter(of_page));
    findings.extend(nowhere(guide, schema));
    findings
}

/// Finds the pages that a part is asked of and that there are not: a misspelt name would ask it of nobody.
fn nowhere(guide: &Guide, schema: &Schema) -> Vec<Finding> {
    let mut findings = Vec::new();
    for kind in schema.kinds.values() {
        for section in &kind.sections {
            let own = || guide.pages.iter().filter(|node| node.kind == kind.name).map(|node| node.id.as_str());
            for name in section.on.iter().filter(|name| !own().any(|id| is_tail(id, name))) {
                let help = did_you_mean(name, own(), || "Write the path of a page of this kind.".into());
                let message = format!("there is no {} \"{name}\" to ask for the part \"{}\"", kind.name, section.name);
                let place = Place::span(&"schema.yaml".into(), section.span);
                findings.push(Finding::new(Rule::SCHEMA_INVALID, place, message, help));
            }
        }
    }
    findings
}

/// The parts that a page lacks.
fn missing<'a>(page: &'a Page, sections: &'a [Section]) -> impl Iterator<Item = &'a str> {
    let is_asked = |section: &&Section| section.on.is_empty() || section.on.iter().any(|name| is_tail(&page.id, name));
    let has = |name: &str| {
        page.placed.iter().chain(&page.anchors).any(|own| own == name) || page.outline.iter().any(|own| own.id == name)
    };
    sections.iter().filter(is_asked).map(|section| section.name.as_str()).filter(move |name| !has(name))
}

/// What the days of a page say that cannot be: the key, what is wrong, and how to mend it.
fn contradictions(page: &Page, today: Date) -> Vec<(&'static str, String, &'static str)> {
    let mut found = Vec::new();
    let mut say = |wrong: bool, key, message: &str, help| {
        if wrong {
            found.push((key, message.to_string(), help));
        }
    };
    let after = |one: Option<Date>, other: Option<Date>| one.zip(other).is_some_and(|(one, other)| one > other);
    let (from, until) = page.published;
    let future = Some(today);
    say(
        after(page.reviewed, future),
        "reviewed",
        "this page is reviewed on a day that has not come",
        "Write the day of the review.",
    );
    say(
        after(page.updated, future),
        "updated",
        "this page is changed on a day that has not come",
        "Write the day of the change.",
    );
    let help = "Write the later day into \"updated\", or take it out.";
    say(after(page.date, page.updated), "updated", "this page is changed before it was published", help);
    let help = "Write the day of the next review into \"review_by\".";
    say(after(page.reviewed, page.review_by), "review_by", "the next review of this page is before the last one", help);
    let help = "The first day must come before the last: it is published on no day at all.";
    say(after(from, until), "publish_until", "the last day of this page is before its first", help);
    found
}

/// Every page that a menu, a text, a list, a relation or the glossary leads to.
fn led_to(guide: &Guide) -> HashSet<PageNo> {
    let page = |thing: &Thing| match thing {
        Thing::Page(page) => Some(*page),
        Thing::Entry(_) => None,
    };
    let menus = guide.menus.values().flatten().copied();
    let links = guide.pages.iter().enumerate().flat_map(|(i, node)| {
        let others = move |target: &PageNo| *target as usize != i;
        node.targets.iter().filter_map(move |target| page(&target.thing?)).filter(others)
    });
    let shown = guide.pages.iter().flat_map(|node| {
        let words = node.words.iter().filter_map(|word| page(&word.thing?));
        words.chain(node.lists.iter().flat_map(|list| &list.groups).flat_map(|(_, pages)| pages.iter().copied()))
    });
    let edges = guide.edges.iter().flat_map(|edge| [&edge.from.thing, &edge.to.thing]).filter_map(page);
    menus.chain(links).chain(shown).chain(edges).chain(guide.urgent_help).collect()
}

/// Finds the placeholders that the publisher has still to fill: values in angle brackets.
pub fn placeholders(site: &Site, settings: &str) -> Vec<Finding> {
    let file = SitePath::from(site::FILE);
    let empty = site.publisher.iter().filter(|(_, text)| site::is_placeholder(text));
    let finding = |(key, text): (&String, &String)| {
        let place = match settings.find(text.as_str()) {
            Some(at) => Place::span(&file, Span::new(at..at + text.len())),
            None => Place::file(&file),
        };
        let message = format!("\"{key}\" of the publisher is still a placeholder");
        Finding::new(Rule::PUBLISHER_PLACEHOLDER, place, message, "Write your own words in its place.")
    };
    empty.map(finding).collect()
}

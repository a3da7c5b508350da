//! The words of the interface, by language (Project Fluent, <https://projectfluent.org>).

use crate::{
    assets::theme::Theme,
    base::{
        date::Date,
        finding::{Finding, Place},
        lang::Lang,
        path::SitePath,
        rules::Rule,
        span::Span,
    },
};
use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use icu_list::{ListFormatter, options::ListFormatterOptions};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// The language that every string exists in.
const LAST_RESORT: &str = "en";

/// The interface in one language.
pub struct Strings {
    /// The messages that take no arguments.
    pub labels: BTreeMap<String, String>,
    /// The messages that the language itself lacks: they come in another one.
    pub missing: Vec<String>,
    locale: icu_locale::Locale,
    bundles: Vec<FluentBundle<FluentResource>>,
}

impl fmt::Debug for Strings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Strings").field("labels", &self.labels).finish_non_exhaustive()
    }
}

impl Strings {
    /// The strings of a theme in a language: those of the very tag, then of its language, then
    /// English. A theme nearer to the site overrides single messages.
    pub fn new(theme: &Theme, lang: &Lang) -> (Strings, Vec<Finding>) {
        let mut findings = Vec::new();
        let mut bundles = Vec::new();
        let mut own = BTreeSet::new();
        let mut tags = vec![lang.tag(), lang.base(), LAST_RESORT];
        tags.dedup();
        for tag in tags {
            let Ok(locale) = lang.tag().parse() else { continue };
            let mut bundle = FluentBundle::new_concurrent(vec![locale]);
            // Invisible isolation marks around arguments would end up in search and titles.
            bundle.set_use_isolating(false);
            for (_, path, text) in theme.strings.iter().filter(|(own, ..)| own == tag) {
                if tag == lang.tag() || tag == lang.base() {
                    own.extend(message_ids(text));
                }
                bundle.add_resource_overriding(parse(path, text, &mut findings));
            }
            bundles.push(bundle);
        }
        let ids = theme.strings.iter().flat_map(|(_, _, text)| message_ids(text));
        let whole = theme.strings.iter().filter(|(own, ..)| own == LAST_RESORT);
        let all: BTreeSet<&str> = whole.flat_map(|(_, _, text)| message_ids(text)).collect();
        let missing = all.difference(&own).map(|id| id.to_string()).collect();
        let locale = lang.tag().parse::<icu_locale::Locale>().unwrap_or(icu_locale::Locale::UNKNOWN);
        let mut strings = Strings { labels: BTreeMap::new(), missing, locale, bundles };
        let labels = ids.filter_map(|id| Some((id.to_string(), strings.message(id, None)?))).collect();
        strings.labels = labels;
        (strings, findings)
    }

    /// The tag of the language.
    pub fn tag(&self) -> String {
        self.locale.to_string()
    }

    /// A message without arguments; empty if there is none of that name.
    pub fn get(&self, id: &str) -> &str {
        self.labels.get(id).map_or("", String::as_str)
    }

    /// A message with arguments.
    pub fn format(&self, id: &str, args: &[(&str, FluentValue)]) -> String {
        let mut fluent = FluentArgs::new();
        for (name, value) in args {
            fluent.set(*name, value.clone());
        }
        self.message(id, Some(&fluent)).unwrap_or_default()
    }

    /// A list as the language writes it: "a, b and c".
    pub fn list(&self, items: &[String]) -> String {
        // Made anew each time: it is cheap, rarely asked for, and cannot be shared among threads.
        match ListFormatter::try_new_and((&self.locale).into(), ListFormatterOptions::default()).ok() {
            Some(formatter) => formatter.format(items.iter()).to_string(),
            None => items.join(", "),
        }
    }

    /// A length in bytes: "340 kB", "1.2 MB".
    pub fn size(&self, bytes: u64) -> String {
        let (number, unit) = match bytes {
            0..1_000_000 => (bytes.div_ceil(1000) as f64, "size-kb"),
            _ => ((bytes as f64 / 100_000.0).round() / 10.0, "size-mb"),
        };
        let number = number.to_string().replace('.', self.get("decimal-mark"));
        self.format(unit, &[("number", number.into())])
    }

    /// A day as the language writes it.
    pub fn date(&self, date: Date) -> String {
        let (year, month, day) = date.parts();
        let month = self.get(&format!("month-{month}")).to_string();
        self.format(
            "date",
            &[("day", i64::from(day).into()), ("month", month.into()), ("year", year.to_string().into())],
        )
    }

    fn message(&self, id: &str, args: Option<&FluentArgs>) -> Option<String> {
        for bundle in &self.bundles {
            if let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) {
                let mut errors = Vec::new();
                let text = bundle.format_pattern(pattern, args, &mut errors).into_owned();
                return errors.is_empty().then_some(text);
            }
        }
        None
    }
}

fn parse(path: &SitePath, text: &str, findings: &mut Vec<Finding>) -> FluentResource {
    FluentResource::try_new(text.to_string()).unwrap_or_else(|(resource, errors)| {
        for error in errors {
            let place = Place::span(path, Span::new(error.pos.clone()));
            let help = "Write one \"name = words\" a line; further lines of one message are indented.";
            findings.push(Finding::new(
                Rule::READ_THEME,
                place,
                format!("these strings cannot be read: {error}"),
                help,
            ));
        }
        resource
    })
}

/// The names at the beginning of lines: `name = …`.
fn message_ids(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let (id, _) = line.split_once('=')?;
        let id = id.trim_end();
        let is_name = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        (!id.is_empty() && id.bytes().all(is_name)).then_some(id)
    })
}

//! Rules over data: entries that nobody has checked, or not for too long.

use crate::{
    base::{
        date::Date,
        finding::{Finding, Mark, Place},
        rules::Rule,
    },
    load::{data::Entry, sources::Sources},
    settings::{
        schema::{Schema, Verify},
        value::Value,
    },
};

/// Checks every entry of the kinds whose schema says how they are kept true.
pub fn check(schema: &Schema, today: Date, sources: &Sources) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (kind, data) in schema.data_kinds() {
        let Some(verify) = &data.verify else { continue };
        for (_, file) in sources.data_of(&kind.name).filter(|(_, file)| file.lang.is_none()) {
            let fault = |entry: &Entry| {
                // A day that cannot be read, or is missing and must not be, is told already.
                let day = entry.places.span(&Mark::Field(verify.checked.clone()));
                let told =
                    file.findings.iter().any(|finding| Some(&finding.place.mark) == day.map(Mark::Span).as_ref());
                if told {
                    return None;
                }
                let (rule, field, message, help) = fault(entry, verify, today)?;
                let place =
                    Place::span(&file.path, entry.places.span(&Mark::Field(field)).unwrap_or(entry.places.front));
                Some(Finding::new(rule, place, message, help))
            };
            findings.extend(file.entries.iter().filter_map(fault));
            findings.extend(file.entries.iter().filter_map(|entry| {
                let field = verify.year.clone()?;
                let age = verify.age(entry.content.field(&field)?.as_number()?, today)?;
                let place =
                    Place::span(&file.path, entry.places.span(&Mark::Field(field)).unwrap_or(entry.places.front));
                let message = format!("\"{}\" is {age} years old", entry.title);
                let help = "Look whether there is newer work. If not, leave it as it is.";
                Some(Finding::new(Rule::REVIEW_OLD, place, message, help))
            }));
        }
    }
    findings
}

fn fault(entry: &Entry, verify: &Verify, today: Date) -> Option<(Rule, String, String, String)> {
    let Verify { checked, by, within, .. } = verify;
    let title = &entry.title;
    let named = by.as_ref().and_then(|by| entry.content.field(by)).and_then(Value::as_str);
    let Some(day) = entry.content.field(checked).and_then(Value::as_date) else {
        let message = format!("nobody has checked \"{title}\" yet");
        let and_by = by.as_ref().map(|by| format!(" and your name into \"{by}\"")).unwrap_or_default();
        let help = format!(
            "Check it against the source or the service itself, then write the day into \"{checked}\"{and_by}."
        );
        return Some((Rule::REVIEW_UNCHECKED, checked.clone(), message, help));
    };
    if let Some(by) = by.as_ref().filter(|_| named.is_none_or(|name| name.trim().is_empty())) {
        let message = format!("nobody says to have checked \"{title}\"");
        let help = format!("Write the name of who checked it into \"{by}\".");
        return Some((Rule::REVIEW_UNCHECKED, by.clone(), message, help));
    }
    let age = today.days_since(day);
    let within = within.filter(|within| age > *within as i32)?;
    let message = format!("\"{title}\" was checked {age} days ago, and is to be checked every {within} days");
    let help = format!("Check it again, then write the day into \"{checked}\".");
    Some((Rule::REVIEW_STALE, checked.clone(), message, help))
}

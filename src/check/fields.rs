//! What the values of fields say, as passages: for the rules about texts.

use crate::{
    load::passages::{self, Passage},
    settings::{
        types::{Field, Type},
        yaml::{Data, Node},
    },
};

/// Collects the texts of a value, each with whether a reader reads it as sentences. `how` gives the text of
/// the file, whether the value is shown, and whether it stands beside a source.
pub fn collect(out: &mut Vec<(Passage, bool)>, node: &Node, kind: &Type, how: (&str, bool, bool)) {
    let (text, shown, cites) = how;
    match (kind, &node.data) {
        (Type::List(item), _) => node.items().into_iter().for_each(|node| collect(out, node, item, how)),
        (Type::Record(fields), Data::Map(entries)) => {
            let written = |field: &Field| entries.iter().find(|(key, _)| key.name == field.name).map(|(_, node)| node);
            let has_source = fields
                .iter()
                .any(|field| field.kind == Type::Source && written(field).is_some_and(|node| node.data != Data::Null));
            for field in fields {
                let node = written(field);
                node.into_iter().for_each(|node| collect(out, node, &field.kind, (text, shown, cites || has_source)));
            }
        }
        (Type::Text | Type::Prose | Type::Line(_), _) => {
            let Some(value) = node.text() else { return };
            let range = node.span.within(text);
            // Where the words stand in the file just as they read, each has its own place.
            let start = text[range.clone()].find(value).map(|at| range.start + at);
            let passages = match kind {
                Type::Prose => passages::read(value),
                _ => vec![Passage::plain(value, 0)],
            };
            let passages = passages.into_iter().map(|passage| match start {
                Some(start) => passage.moved(start),
                None => passage.written(node.span),
            });
            out.extend(passages.map(|mut passage| {
                passage.cites |= cites;
                (passage, shown)
            }));
        }
        _ => {}
    }
}

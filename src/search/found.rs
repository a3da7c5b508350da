//! What can be found: pages and entries with their words, packed tightly, for a large site has millions.

use serde::{Deserialize, Serialize};
use std::{borrow::Cow, sync::Arc};

/// Where a word stands: the fields of BM25F.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// In the title.
    Title,
    /// In another name, or in what a reader might say who needs the page.
    Also,
    /// In a heading.
    Heading,
    /// In the summary.
    Summary,
    /// In the text.
    Body,
}

/// How many fields there are.
pub const FIELD_COUNT: usize = 5;

/// A page as a search sees it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Searchable<'a> {
    /// What one of its kind is called; may be empty.
    pub kind: String,
    /// By what a search may be narrowed: the name of a taxonomy, its title, and the title of a term.
    pub terms: Vec<(String, String, String)>,
    /// What can be found: the page itself, then its entries.
    #[serde(borrow)]
    pub found: Vec<Found<'a>>,
}

impl<'a> Searchable<'a> {
    /// As bytes, which are kept until an index is made.
    pub fn pack(&self) -> Arc<[u8]> {
        postcard::to_stdvec(self).unwrap_or_default().into()
    }

    /// From these bytes, whose words it borrows: there are millions of them.
    pub fn unpack(bytes: &'a [u8]) -> Option<Searchable<'a>> {
        postcard::from_bytes(bytes).ok()
    }
}

/// Something that can be found: a page, or an entry on it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Found<'a> {
    /// The `id` of an entry; empty for the page itself.
    pub anchor: String,
    /// What an entry of its kind is called; empty for the page itself.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// Its summary, or else its first words.
    pub excerpt: String,
    /// Its sections: the `id` and the words of each heading. Sections are counted from 1; 0 is what stands
    /// before the first.
    pub sections: Vec<(String, String)>,
    /// How many words each field has.
    pub lengths: [u32; FIELD_COUNT],
    /// Its words, as [`Found::words`] reads them: there are millions in a large site.
    pub(super) words: Cow<'a, [u8]>,
}

/// A word of something that can be found.
#[derive(Debug, Clone, PartialEq)]
pub struct Word<'a> {
    /// As it is looked up.
    pub text: &'a str,
    /// As it is written, where that differs.
    pub written: Option<&'a str>,
    /// How often it stands in each field.
    pub counts: [u16; FIELD_COUNT],
    /// The section that says it most; a heading counts as three times.
    pub section: u16,
}

/// Of the byte before the counts: whether the word is written otherwise, and whether counts take two bytes. The bits
/// below say which fields have the word.
const WRITTEN: u8 = 1 << 5;
const WIDE: u8 = 1 << 6;

impl Found<'_> {
    /// Its words, in the order in which they come.
    pub fn words(&self) -> impl Iterator<Item = Word<'_>> {
        let mut rest = &*self.words;
        std::iter::from_fn(move || {
            let mut take = |len: usize| {
                let (part, after) = rest.split_at_checked(len)?;
                rest = after;
                Some(part)
            };
            let len = take(1)?[0];
            let text = std::str::from_utf8(take(len.into())?).ok()?;
            let flags = take(1)?[0];
            let written = match flags & WRITTEN {
                0 => None,
                _ => {
                    let len = take(1)?[0];
                    Some(std::str::from_utf8(take(len.into())?).ok()?)
                }
            };
            let section = u16::from_le_bytes(take(2)?.try_into().ok()?);
            let mut counts = [0; FIELD_COUNT];
            for (_, count) in counts.iter_mut().enumerate().filter(|(field, _)| flags >> field & 1 == 1) {
                *count = match flags & WIDE {
                    0 => take(1)?[0].into(),
                    _ => u16::from_le_bytes(take(2)?.try_into().ok()?),
                };
            }
            Some(Word { text, written, counts, section })
        })
    }
}

impl Word<'_> {
    /// Adds it to packed words.
    pub fn pack(&self, out: &mut Vec<u8>) {
        let text = |out: &mut Vec<u8>, text: &str| {
            out.push(text.len() as u8);
            out.extend_from_slice(text.as_bytes());
        };
        let is_wide = self.counts.iter().any(|count| *count > u8::MAX.into());
        let fields =
            (0..FIELD_COUNT).filter(|field| self.counts[*field] > 0).fold(0, |bits, field| bits | 1u8 << field);
        let flags = fields | if self.written.is_some() { WRITTEN } else { 0 } | if is_wide { WIDE } else { 0 };
        text(out, self.text);
        out.push(flags);
        self.written.iter().for_each(|written| text(out, written));
        out.extend_from_slice(&self.section.to_le_bytes());
        for count in self.counts.iter().filter(|count| **count > 0) {
            match u8::try_from(*count) {
                Ok(count) if !is_wide => out.push(count),
                _ => out.extend_from_slice(&count.to_le_bytes()),
            }
        }
    }
}

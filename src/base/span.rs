//! A stretch of bytes in a file, and the line and column that a person calls it by.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Byte offsets in one file, from the file's first byte (a BOM and the front matter included).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// A span from a range of byte offsets. Files above 4 GB do not reach here (`read/size`).
    pub fn new(range: Range<usize>) -> Span {
        Span { start: range.start as u32, end: range.end.max(range.start) as u32 }
    }

    /// The same span, `by` bytes further on: from a part of a file to the whole file.
    pub fn moved(self, by: usize) -> Span {
        Span { start: self.start + by as u32, end: self.end + by as u32 }
    }

    /// The span as a range, cut to what `text` has and to whole characters.
    pub fn within(self, text: &str) -> Range<usize> {
        let start = text.floor_char_boundary((self.start as usize).min(text.len()));
        let end = text.ceil_char_boundary((self.end as usize).clamp(start, text.len()));
        start..end
    }
}

/// Line and column as editors count them: both from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
}

impl Position {
    /// The position of byte `offset` in `text`.
    pub fn of(text: &str, offset: usize) -> Position {
        let offset = text.floor_char_boundary(offset.min(text.len()));
        let before = &text[..offset];
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        Position {
            line: memchr::memchr_iter(b'\n', before.as_bytes()).count() as u32 + 1,
            column: before[line_start..].trim_start_matches('\u{feff}').chars().count() as u32 + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_not_bytes() {
        assert_eq!(Position::of("é\nzoë: 1", 8), Position { line: 2, column: 5 });
    }

    #[test]
    fn a_span_past_the_end_is_cut_to_the_text() {
        assert_eq!(Span { start: 1, end: 90 }.within("é!"), 0..3);
    }
}

//! What a word is: one rule for pages and for what readers type. `search.js` has it in JavaScript.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The longest word, in characters; what is longer is cut.
pub const LONGEST: usize = 32;

/// Calls `found` with each word of a text: first as it is looked up, in small letters without accents and
/// apostrophes, then as it is written, in small letters, for a stemmer. What is written without spaces between
/// words (Chinese, Japanese, Korean, Thai, …) comes in pairs of characters.
pub fn each(text: &str, mut found: impl FnMut(&str, &str)) {
    let mut word = String::new();
    for part in text.split_ascii_whitespace() {
        match part.is_ascii() {
            true => plain_words(part, &mut word, &mut found),
            false => any_words(part, &mut found),
        }
    }
}

/// The words of what has no letters but those of ASCII: nearly all of an English text, so without any detour.
fn plain_words(text: &str, word: &mut String, found: &mut impl FnMut(&str, &str)) {
    let is_silent = |c: char| c == '\'' || c == '`';
    for run in text.split(|c: char| !c.is_ascii_alphanumeric() && !is_silent(c)) {
        word.clear();
        run.split(is_silent).for_each(|part| word.push_str(part));
        word.truncate(LONGEST);
        if !word.is_empty() {
            word.make_ascii_lowercase();
            found(word, word);
        }
    }
}

fn any_words(text: &str, found: &mut impl FnMut(&str, &str)) {
    let lower: String = text.nfkc().flat_map(char::to_lowercase).nfc().filter(|c| !is_apostrophe(*c)).collect();
    let is_part = |c: char| c.is_alphanumeric() || is_combining_mark(c);
    for run in lower.split(|c| !is_part(c)).filter(|run| !run.is_empty()) {
        let mut rest = run;
        while let Some(first) = rest.chars().next() {
            let paired = is_paired(first);
            let end = rest.find(|c| is_paired(c) != paired).unwrap_or(rest.len());
            let (part, after) = rest.split_at(end);
            rest = after;
            if paired {
                pairs(part, found);
            } else {
                let word = plain(part);
                if !word.is_empty() {
                    found(&word, part);
                }
            }
        }
    }
}

/// The words of a text.
pub fn list(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    each(text, |word, _| words.push(word.into()));
    words
}

/// Apostrophes, and what is not seen.
fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '`' | '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
    )
}

/// Accents and other marks that do not make another letter.
fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}'
        | '\u{670}' | '\u{6d6}'..='\u{6ed}')
}

/// Scripts that put no space between words, and Korean, which glues particles to them.
fn is_paired(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{2fa1f}')
}

fn pairs(run: &str, found: &mut impl FnMut(&str, &str)) {
    let starts: Vec<usize> = run.char_indices().map(|(at, _)| at).chain([run.len()]).collect();
    if starts.len() == 2 {
        return found(run, run);
    }
    for ends in starts.windows(3) {
        let pair = &run[ends[0]..ends[2]];
        found(pair, pair);
    }
}

/// A word without its accents, and with letters that people type as others.
fn plain(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.nfd().filter(|c| !is_accent(*c)).nfc().take(LONGEST) {
        match c {
            'ß' => out.push_str("ss"),
            'ø' => out.push('o'),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'ł' => out.push('l'),
            'đ' | 'ð' => out.push('d'),
            'þ' => out.push_str("th"),
            'ı' => out.push('i'),
            'ς' => out.push('σ'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::list;

    #[test]
    fn words_are_as_people_type_them() {
        assert_eq!(list("My therapist doesn’t “get” me!"), ["my", "therapist", "doesnt", "get", "me"]);
        assert_eq!(list("can't COVID-19 5mg"), ["cant", "covid", "19", "5mg"]);
        assert_eq!(list("¿Qué ansiedad? Straße Œuvre"), ["que", "ansiedad", "strasse", "oeuvre"]);
        assert_eq!(list("سُكَّر"), ["سكر"]);
    }

    #[test]
    fn what_has_no_spaces_comes_in_pairs() {
        assert_eq!(list("心理療法と薬 CBT"), ["心理", "理療", "療法", "法と", "と薬", "cbt"]);
        assert_eq!(list("薬"), ["薬"]);
        assert_eq!(list("상담사"), ["상담", "담사"]);
        assert_eq!(list("CBT療法"), ["cbt", "療法"]);
    }

    #[test]
    fn nothing_is_no_word() {
        assert_eq!(list("'’ … \u{ad}\u{0}"), Vec::<String>::new());
        assert_eq!(list(&"a".repeat(99)), ["a".repeat(32)]);
    }
}

//! Names that can stand in a URL or an `id` attribute.

/// Lower-case letters, digits and single hyphens made of `text`.
///
/// Letters of other scripts are written in Latin ones (`deunicode`), so that a URL survives being
/// read aloud, printed or typed. Empty when nothing is left.
pub fn slug(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut push = |c: char| {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if c != '\'' && !out.ends_with('-') && !out.is_empty() {
            out.push('-');
        }
    };
    for c in text.chars() {
        match c {
            // An apostrophe joins: "don't" is "dont".
            '\'' | '’' => {}
            c if c.is_ascii() => push(c),
            c => deunicode::deunicode_char(c).unwrap_or("-").chars().for_each(&mut push),
        }
    }
    out.truncate(out.trim_end_matches('-').len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_what_a_person_would_type() {
        assert_eq!(slug("When therapy isn’t helping!"), "when-therapy-isnt-helping");
        assert_eq!(slug("Für Ängste – und Übelkeit"), "fur-angste-und-ubelkeit");
        assert_eq!(slug("— ?"), "");
    }
}

//! The colours of a theme: every pair that it lays on each other can be told apart, in every scheme, and
//! no colour stands in a style sheet but as a token.
//!
//! A theme says in theme.yaml which token lies on which. The ratio is that of WCAG 2.2
//! (<https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>).

use crate::{
    base::{
        finding::{Finding, Place},
        path::SitePath,
        rules::Rule,
        span::Span,
    },
    settings::theme::Contrast,
};
use cssparser::{ParseError, Parser, Token, color::parse_named_color};
use std::collections::BTreeMap;

/// A colour as red, green, blue.
pub type Rgb = [u8; 3];

/// The schemes in which every pair is computed.
const SCHEMES: [&str; 2] = ["light", "dark"];

/// The functions of CSS that make a colour.
const FUNCTIONS: [&str; 11] =
    ["rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch", "color", "device-cmyk"];

/// A colour that a style sheet gives a token.
#[derive(Debug, Clone, PartialEq)]
struct Definition {
    name: String,
    colour: Rgb,
    file: SitePath,
    span: Span,
    /// Whether it holds in the dark scheme only.
    dark: bool,
}

/// The colours of style sheets, read in the order in which a browser has them.
#[derive(Debug, Default)]
pub struct Colours {
    definitions: Vec<Definition>,
    /// Colours that are no tokens: where.
    literals: Vec<(SitePath, Span)>,
}

/// What a stretch of a style sheet is in.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Media {
    Any,
    Dark,
    /// Paper, forced colours, or whatever else has colours of its own.
    Other,
}

impl Colours {
    /// Reads a style sheet.
    pub fn read(&mut self, file: &SitePath, css: &str) {
        let mut parser = Parser::new(css);
        // What is no CSS is the browser's to pass over.
        let _ = self.walk(&mut parser, file, Media::Any, false);
    }

    /// Walks rules, or with `declares` the declarations of one.
    fn walk(
        &mut self,
        parser: &mut Parser,
        file: &SitePath,
        media: Media,
        declares: bool,
    ) -> Result<(), ParseError<()>> {
        let (mut inner, mut holds_rules) = (media, false);
        let mut property: Option<String> = None;
        let mut last = String::new();
        loop {
            let start = parser.position().byte_index();
            let Ok(token) = parser.next().cloned() else { return Ok(()) };
            // White space and comments stand before the token.
            let end = parser.position().byte_index();
            let span = |len: usize| Span::new(end.saturating_sub(len).max(start)..end);
            match token {
                Token::AtKeyword(name) if name.eq_ignore_ascii_case("media") => {
                    (inner, holds_rules) = (Media::Other, true)
                }
                Token::AtKeyword(name) => holds_rules = !["page", "font-face", "property"].contains(&&*name),
                Token::Ident(name) => {
                    let is_own = media != Media::Other;
                    if is_own
                        && property.as_ref().is_some_and(|own| !own.starts_with("--"))
                        && parse_named_color(&name).is_ok()
                    {
                        self.literals.push((file.clone(), span(name.len())));
                    }
                    last = name.to_string();
                }
                Token::Colon if declares => property = Some(std::mem::take(&mut last)),
                Token::Semicolon => property = None,
                Token::Hash(digits) | Token::IDHash(digits) => {
                    let Some(own) = &property else { continue };
                    let Some(colour) = hex(&digits) else { continue };
                    let span = span(digits.len() + 1);
                    match own.strip_prefix("--") {
                        Some(_) if media == Media::Other => {}
                        Some(name) => self.definitions.push(Definition {
                            name: name.into(),
                            colour,
                            file: file.clone(),
                            span,
                            dark: media == Media::Dark,
                        }),
                        None if media == Media::Other => {}
                        None => self.literals.push((file.clone(), span)),
                    }
                }
                Token::Function(name) => {
                    let is_token = property.as_ref().is_some_and(|own| own.starts_with("--"));
                    if property.is_some() && !is_token && FUNCTIONS.iter().any(|own| name.eq_ignore_ascii_case(own)) {
                        self.literals.push((file.clone(), span(name.len() + 1)));
                    }
                    parser.parse_nested_block(|parser| self.pass(parser))?;
                }
                Token::ParenthesisBlock => {
                    let dark = parser.parse_nested_block(|parser| Ok(is_dark(parser)))?;
                    if dark && inner == Media::Other {
                        inner = Media::Dark;
                    }
                }
                Token::SquareBracketBlock => parser.parse_nested_block(|parser| self.pass(parser))?,
                Token::CurlyBracketBlock => {
                    let within = if inner == Media::Other && media == Media::Any { Media::Other } else { inner };
                    parser.parse_nested_block(|parser| self.walk(parser, file, within, !holds_rules))?;
                    (inner, property, holds_rules) = (media, None, false);
                }
                _ => {}
            }
        }
    }

    fn pass(&mut self, parser: &mut Parser) -> Result<(), ParseError<()>> {
        while parser.next().is_ok() {}
        Ok(())
    }

    /// The colour of each token in a scheme: of several, what comes last.
    fn scheme(&self, dark: bool) -> BTreeMap<&str, &Definition> {
        let own = self.definitions.iter().filter(|definition| dark || !definition.dark);
        own.map(|definition| (definition.name.as_str(), definition)).collect()
    }

    /// What is wrong with the colours of a theme: pairs that are too close, tokens that there are not, and
    /// colours that are no tokens.
    pub fn check(&self, pairs: &[(SitePath, Contrast)]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (file, span) in &self.literals {
            let message = "a colour stands in a style sheet and is no token";
            let help = "Give it a name, like --accent, beside the other tokens, and write var(--accent) here: so every pair of colours can be checked, in light and in dark.";
            findings.push(Finding::new(Rule::THEME_COLOUR, Place::span(file, *span), message, help));
        }
        for (number, scheme) in SCHEMES.iter().enumerate() {
            let tokens = self.scheme(number == 1);
            for (theme, pair) in pairs {
                for name in pair.text.iter().chain(&pair.on).filter(|name| !tokens.contains_key(name.as_str())) {
                    if number == 0 {
                        let message = format!("no style sheet gives \"--{name}\" a colour like #0b4f54");
                        let help = "Write it among the tokens, or take it out of \"contrast\" in theme.yaml.";
                        findings.push(Finding::new(Rule::THEME_CONTRAST, Place::file(theme), message, help));
                    }
                }
                for text in pair.text.iter().filter_map(|name| tokens.get(name.as_str())) {
                    for on in pair.on.iter().filter_map(|name| tokens.get(name.as_str())) {
                        let ratio = contrast(text.colour, on.colour);
                        if ratio < pair.at_least {
                            findings.push(too_close(text, on, ratio, pair.at_least, scheme));
                        }
                    }
                }
            }
        }
        findings
    }
}

fn too_close(text: &Definition, on: &Definition, ratio: f64, least: f64, scheme: &str) -> Finding {
    // Rounded down, so that 6.996 is not told as 7.
    let ratio = (ratio * 100.0).floor() / 100.0;
    let message = format!(
        "in the {scheme} scheme --{} has a contrast of {ratio}:1 on --{}, and {least}:1 is asked for",
        text.name, on.name
    );
    let near = nearest(text.colour, on.colour, least).map(|[r, g, b]| format!("#{r:02x}{g:02x}{b:02x}"));
    let help = match near {
        Some(near) => format!("The nearest colour of its kind that passes is {near}."),
        None => format!("No colour passes on --{}: make that one lighter or darker.", on.name),
    };
    Finding::new(Rule::THEME_CONTRAST, Place::span(&text.file, text.span), message, help)
}

/// The least change of a colour towards black or white that gives the contrast.
fn nearest(colour: Rgb, on: Rgb, least: f64) -> Option<Rgb> {
    let mixed = |part: u8, end: u8, step: u16| {
        let (part, end, step) = (u32::from(part), u32::from(end), u32::from(step));
        ((part * (255 - step) + end * step) / 255) as u8
    };
    (1..=255u16).find_map(|step| {
        [0u8, 255]
            .into_iter()
            .map(|end| colour.map(|part| mixed(part, end, step)))
            .find(|new| contrast(*new, on) >= least)
    })
}

/// <https://www.w3.org/TR/WCAG22/#dfn-relative-luminance>
fn luminance(colour: Rgb) -> f64 {
    let [r, g, b] = colour.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// <https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>
pub fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// `0b4f54` or `abc`.
fn hex(digits: &str) -> Option<Rgb> {
    let part = |at: usize, len: usize| u8::from_str_radix(digits.get(at..at + len)?, 16).ok();
    match digits.len() {
        6 | 8 => Some([part(0, 2)?, part(2, 2)?, part(4, 2)?]),
        3 | 4 => Some([part(0, 1)? * 17, part(1, 1)? * 17, part(2, 1)? * 17]),
        _ => None,
    }
}

/// Whether a condition is `prefers-color-scheme: dark`.
fn is_dark(parser: &mut Parser) -> bool {
    let mut words = Vec::new();
    while let Ok(token) = parser.next() {
        if let Token::Ident(name) = token {
            words.push(name.to_string());
        }
    }
    words == ["prefers-color-scheme", "dark"]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(css: &str, text: &str, on: &str, at_least: f64) -> Vec<String> {
        let mut colours = Colours::default();
        colours.read(&"own.css".into(), css);
        let pair = Contrast { text: vec![text.into()], on: vec![on.into()], at_least };
        colours
            .check(&[("theme.yaml".into(), pair)])
            .into_iter()
            .map(|own| format!("{} {}", own.message, own.help))
            .collect()
    }

    #[test]
    fn the_ratio_is_that_of_the_standard() {
        assert_eq!(contrast([0; 3], [255; 3]), 21.0);
        assert_eq!(contrast([1, 2, 3], [1, 2, 3]), 1.0);
        // Known from the tools: the lightest grey that has 4.5:1 on white.
        assert!((contrast([0x76; 3], [255; 3]) - 4.54).abs() < 0.01);
    }

    #[test]
    fn each_scheme_has_its_own_pairs() {
        let css =
            ":root { --ink: #000; --paper: #fff } @media (prefers-color-scheme: dark) { :root { --paper: #111111 } }";
        let found = check(css, "ink", "paper", 7.0);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("in the dark scheme --ink has a contrast of 1.11:1 on --paper"), "{found:?}");
    }

    #[test]
    fn the_nearest_colour_passes_and_is_near() {
        let found = check(":root { --ink: #808080; --paper: #ffffff }", "ink", "paper", 4.5);
        assert!(found[0].ends_with("passes is #767676."), "{found:?}");
    }

    #[test]
    fn what_comes_last_counts_in_both_schemes() {
        let css = "@media (prefers-color-scheme: dark) { :root { --ink: #fff } } :root { --ink: #000; --paper: #fff }";
        assert!(check(css, "ink", "paper", 7.0).is_empty());
    }

    #[test]
    fn a_colour_that_is_no_token_is_found_and_a_selector_is_none() {
        let css = ":root { --ink: #000000; --paper: #ffffff } #abc:hover, .red { color: #fff; border: 1px solid red; background: rgb(1 2 3); outline: 1px solid CanvasText; margin: 0 }";
        assert_eq!(check(css, "ink", "paper", 7.0).len(), 3);
    }

    #[test]
    fn paper_has_colours_of_its_own() {
        let css = ":root { --ink: #000; --paper: #fff } @media print { :root { --ink: #ffffff } }";
        assert!(check(css, "ink", "paper", 7.0).is_empty());
    }

    #[test]
    fn a_token_that_there_is_not_is_told() {
        assert_eq!(check(":root { --ink: #000 }", "ink", "papr", 7.0).len(), 1);
    }
}

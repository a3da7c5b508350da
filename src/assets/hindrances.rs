//! What a theme of a site's own may do that gets in a reader's way, as far as its files alone can tell: a focus that
//! nobody sees, parts that cover others, motion that nobody asked for, a page that cannot be enlarged. The theme base
//! is looked at in a browser instead.

use crate::base::{
    finding::{Finding, Place},
    path::SitePath,
    rules::Rule,
    span::Span,
};
use cssparser::{ParseError, Parser, Token};

/// Something in the way: its message, and what to do instead.
type Hindrance = (&'static str, &'static str);

/// WCAG 2.2, 2.4.7 and 2.4.13.
const NO_FOCUS: Hindrance = (
    "who uses a keyboard does not see where they are",
    "Leave the outline out of this rule. Where another mark stands in its place, write \"outline: 3px solid transparent\": it is seen in forced colours.",
);

/// WCAG 2.2, 2.4.11 and 2.4.12.
const COVERS: Hindrance = (
    "a part that stays in place can cover what has the focus",
    "Let it scroll with the page. If it must stay, look at every page with the keyboard, at 320 px and with large text, and set theme/hindrance to off in guide.yaml.",
);

/// WCAG 2.2, 2.2.2 and 2.3.3.
const MOVES: Hindrance = (
    "this moves for readers too who have asked for less motion",
    "Put the rule into @media (prefers-reduced-motion: no-preference) { … }.",
);

/// WCAG 2.2, 1.4.4.
const NO_ZOOM: Hindrance = (
    "this keeps readers from enlarging the page",
    "Write <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"> and no more.",
);

/// What an upright viewport never says.
const ZOOM_WORDS: [&str; 3] = ["user-scalable=no", "user-scalable=0", "maximum-scale"];

/// Looks through a style sheet.
pub fn of_style(file: &SitePath, css: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut parser = Parser::new(css);
    // What is no CSS is the browser's to pass over.
    let _ = walk(&mut parser, &Block::default(), &mut |span, hindrance| findings.push(finding(file, span, hindrance)));
    findings
}

/// Looks through a template.
pub fn of_template(file: &SitePath, text: &str) -> Vec<Finding> {
    let found = |word: &&str| Some((text.find(*word)?, word.len()));
    let spans = ZOOM_WORDS.iter().filter_map(found).map(|(at, len)| Span::new(at..at + len));
    spans.map(|span| finding(file, span, NO_ZOOM)).collect()
}

fn finding(file: &SitePath, span: Span, (message, help): Hindrance) -> Finding {
    Finding::new(Rule::THEME_HINDRANCE, Place::span(file, span), message, help)
}

/// What the declarations of a block stand in.
#[derive(Debug, Default, Clone)]
struct Block {
    selector: String,
    /// Whether it holds only for readers who have not asked for less motion.
    asks_for_motion: bool,
    /// Whether it is for paper, on which nothing moves and nothing has the focus.
    is_paper: bool,
}

fn walk(parser: &mut Parser, block: &Block, tell: &mut dyn FnMut(Span, Hindrance)) -> Result<(), ParseError<()>> {
    // A stretch up to a semicolon is a declaration, one up to a block is its selector or condition.
    let mut begins = None;
    loop {
        let before = parser.position();
        let token = parser.next().cloned();
        let begin = *begins.get_or_insert(before);
        match token {
            Ok(Token::CurlyBracketBlock) => {
                let head = parser.slice(begin..before).trim().to_ascii_lowercase();
                let inner = match head.strip_prefix("@media") {
                    Some(media) => Block {
                        asks_for_motion: block.asks_for_motion
                            || media.contains("prefers-reduced-motion") && media.contains("no-preference"),
                        is_paper: block.is_paper || media.trim() == "print",
                        ..block.clone()
                    },
                    None => Block { selector: head, ..block.clone() },
                };
                parser.parse_nested_block(|parser| walk(parser, &inner, tell))?;
                begins = None;
            }
            Ok(Token::Semicolon) | Err(_) => {
                let text = parser.slice(begin..before);
                if let Some(hindrance) = judge(text, block) {
                    let from = begin.byte_index() + text.len() - text.trim_start().len();
                    tell(Span::new(from..from + text.trim().len()), hindrance);
                }
                if token.is_err() {
                    return Ok(());
                }
                begins = None;
            }
            // Passed now, for the parser would pass it only when asked for what follows, and its end would be missing.
            Ok(Token::Function(_) | Token::ParenthesisBlock | Token::SquareBracketBlock) => {
                parser.parse_nested_block(|parser| {
                    while parser.next().is_ok() {}
                    Ok::<(), ParseError<()>>(())
                })?;
            }
            Ok(_) => {}
        }
    }
}

/// What is wrong with a declaration.
fn judge(text: &str, block: &Block) -> Option<Hindrance> {
    let (property, value) = text.split_once(':').filter(|_| !block.is_paper)?;
    // A comment before a declaration is no part of its name.
    let property = property.rsplit("*/").next().unwrap_or_default().trim().to_ascii_lowercase();
    let value = value.replace("!important", "").trim().to_ascii_lowercase();
    let is_none = matches!(value.as_str(), "none" | "0" | "0px");
    match property.as_str() {
        // A click gives the focus too, and needs no mark.
        "outline" | "outline-style" | "outline-width"
            if is_none && !block.selector.contains(":not(:focus-visible)") =>
        {
            Some(NO_FOCUS)
        }
        "position" if matches!(value.as_str(), "fixed" | "sticky") => Some(COVERS),
        "scroll-behavior" if value == "smooth" && !block.asks_for_motion => Some(MOVES),
        "animation" | "animation-name" | "transition" | "transition-property" if !is_none && !block.asks_for_motion => {
            Some(MOVES)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::finding::Mark;

    fn found(css: &str) -> Vec<&str> {
        let text = |finding: Finding| match finding.place.mark {
            Mark::Span(span) => &css[span.within(css)],
            _ => "",
        };
        of_style(&"own.css".into(), css).into_iter().map(text).collect()
    }

    #[test]
    fn a_focus_that_is_taken_away_is_found() {
        assert_eq!(found("a { color: var(--ink); outline: none }"), ["outline: none"]);
        assert_eq!(found("/* x */ a:focus{/* why */outline:0 !important;}"), ["/* why */outline:0 !important"]);
        assert!(found("a:focus:not(:focus-visible) { outline: none }").is_empty());
        assert!(found("a:focus { outline: 3px solid transparent }").is_empty());
    }

    #[test]
    fn motion_is_for_those_who_did_not_ask_for_less() {
        assert_eq!(found("a { transition: color 1s; animation: none }"), ["transition: color 1s"]);
        let css = "@media screen and (prefers-reduced-motion: no-preference) { a { transition: color 1s } }";
        assert!(found(css).is_empty());
        assert_eq!(
            found("@media (min-width: 40em) { html { scroll-behavior: smooth; } }"),
            ["scroll-behavior: smooth"]
        );
    }

    #[test]
    fn what_stays_in_place_is_found_but_on_paper() {
        assert_eq!(found("@supports (a: b) { header { position: sticky; top: 0 } }"), ["position: sticky"]);
        assert!(found("@media print { header { position: fixed } } a { position: absolute }").is_empty());
    }

    #[test]
    fn a_viewport_may_not_hold_the_page_small() {
        let template = "<meta name=\"viewport\" content=\"width=device-width, maximum-scale=1, user-scalable=no\">";
        assert_eq!(of_template(&"layout.html".into(), template).len(), 2);
        assert!(
            of_template(&"layout.html".into(), "<meta name=\"viewport\" content=\"width=device-width\">").is_empty()
        );
    }
}

//! Code with its words marked by what they are: a comment, a string, a keyword.
//!
//! The `syntect` crate and the grammars that come with it say what each piece of the code is, in
//! names by the hundred; here these become the few classes that the style sheet
//! (`css/highlight.css`) knows. Nothing is said by colour alone: the text stays as it was.

use pulldown_cmark_escape::escape_html;
use std::{borrow::Cow, sync::LazyLock};
use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};

/// The most code that is highlighted, in bytes.
pub const LONGEST_CODE: usize = 200_000;

/// The longest line that is highlighted, in bytes. A grammar looks at a line again and again.
pub const LONGEST_LINE: usize = 5_000;

/// The most work that is done on one piece of code. Its measure is the number of its words, each
/// weighed with the longest line until then: at each, a grammar may look for the end of a string
/// that began with as long a mark. Long code as people write it needs a third of this.
const MOST_WORK: usize = 50_000_000;

const COMMENT: &str = "hl-comment";
const KEYWORD: &str = "hl-keyword";
const STRING: &str = "hl-string";
const NUMBER: &str = "hl-number";
const CONSTANT: &str = "hl-constant";
const TYPE: &str = "hl-type";
const FUNCTION: &str = "hl-function";
const NAME: &str = "hl-name";
const INSERTED: &str = "hl-inserted";
const DELETED: &str = "hl-deleted";
const PLAIN: &str = "";

/// What the names of the grammars mean to us; the most special that fits counts. `None` leaves it
/// to the name around it, `PLAIN` does not: it is for code within a string.
const MEANINGS: &[(Option<&str>, &str)] = &[
    (Some(COMMENT), "comment"),
    (Some(STRING), "string storage.type.string markup.raw markup.underline.link"),
    (Some(PLAIN), "source meta.interpolation meta.group.expansion"),
    (Some(NUMBER), "constant.numeric keyword.other.unit storage.type.numeric"),
    (Some(CONSTANT), "constant support.constant entity.name.constant variable.language"),
    (Some(KEYWORD), "keyword storage markup.heading entity.name.section"),
    // Operators are plain, but for those that are words.
    (Some(KEYWORD), "keyword.operator.word keyword.operator.js keyword.operator.logical.python"),
    (None, "keyword.operator storage.type.function.arrow support.function.test"),
    (Some(FUNCTION), "entity.name.function entity.name.macro support.function support.macro variable.function"),
    (Some(NAME), "entity.name.tag entity.name.label entity.name.other entity.other.attribute-name"),
    (Some(NAME), "entity.other.pseudo-class entity.other.pseudo-element keyword.other.java-props"),
    (Some(NAME), "support.type.property-name support.type.custom-property variable.annotation"),
    (Some(NAME), "variable.parameter.option meta.diff"),
    (Some(TYPE), "entity.name entity.other.inherited-class support.class support.type"),
    (Some(TYPE), "storage.type.primitive storage.type.sql"),
    (Some(INSERTED), "markup.inserted"),
    (Some(DELETED), "markup.deleted"),
];

/// The keys of JSON, which its grammar calls strings.
const KEY: &str = "meta.structure.dictionary.key";

struct Grammars {
    set: SyntaxSet,
    meanings: Vec<(Scope, Option<&'static str>)>,
    key: Option<Scope>,
}

/// Read when first asked for: most builds render nothing anew that has code in it.
static GRAMMARS: LazyLock<Grammars> = LazyLock::new(|| {
    let names = MEANINGS.iter().flat_map(|(class, names)| names.split(' ').map(|name| (name, *class)));
    let mut meanings: Vec<_> = names.filter_map(|(name, class)| Some((Scope::new(name).ok()?, class))).collect();
    meanings.sort_by_key(|(scope, _)| std::cmp::Reverse(scope.len()));
    Grammars { set: SyntaxSet::load_defaults_newlines(), meanings, key: Scope::new(KEY).ok() }
});

impl Grammars {
    /// The grammar for what people write after the fence.
    fn find(&self, language: &str) -> Option<&SyntaxReference> {
        let name = language.to_ascii_lowercase();
        self.set.find_syntax_by_token(match &*name {
            // To the set this is another language of the same name.
            "sass" => return None,
            // Its grammar runs in circles for ever on `:r@!`, as syntect's pull request 706 tells.
            // Of the others in syntect 5.3.0 it was shown that none does.
            "sbt" | "scala" => return None,
            "cjs" | "cts" | "jsx" | "mjs" | "mts" | "ts" | "tsx" | "typescript" => "js",
            "dotenv" | "env" | "ksh" | "shell" => "sh",
            "geojson" | "json5" | "jsonc" | "jsonl" | "jsonld" => "json",
            // No grammar of their own: the keys and the comments are found.
            "cfg" | "conf" | "ini" | "toml" => "properties",
            "html5" | "jinja" | "jinja2" | "svelte" | "tera" | "vue" => "html",
            "atom" | "plist" | "wsdl" | "xsl" => "xml",
            "mysql" | "plpgsql" | "postgres" | "postgresql" | "sqlite" => "sql",
            "elisp" | "racket" | "scheme" => "lisp",
            "csharp" => "cs",
            "golang" => "go",
            "graphviz" => "dot",
            "h" => "c",
            "mdx" => "md",
            "objc" => "m",
            "plain" | "plaintext" | "text" => "txt",
            "python3" => "py",
            "regex" => "re",
            name => name,
        })
    }

    /// The class of what stands at the top of the stack.
    fn class(&self, stack: &ScopeStack) -> &'static str {
        let meaning = |scope: &Scope| self.meanings.iter().find(|(prefix, _)| prefix.is_prefix_of(*scope))?.1;
        match stack.scopes.iter().rev().find_map(meaning) {
            Some(STRING) if self.key.is_some_and(|key| stack.scopes.iter().any(|s| key.is_prefix_of(*s))) => NAME,
            class => class.unwrap_or(PLAIN),
        }
    }
}

/// Writes code as HTML with classes, or nothing: for a language that is not known and for code
/// that is too long. What was highlighted has the very text of the code.
pub fn highlight(language: &str, code: &str) -> Option<String> {
    if code.len() > LONGEST_CODE || code.split('\n').any(|line| line.len() > LONGEST_LINE) {
        return None;
    }
    let grammars = &*GRAMMARS;
    let mut state = ParseState::new(grammars.find(language)?);
    let mut stack = ScopeStack::new();
    let mut out = Spans { html: String::with_capacity(code.len() * 2), class: PLAIN };
    let (mut work, mut longest) = (0, 0);
    for line in code.split_inclusive('\n') {
        // The grammars count on the end of the line, also of the last.
        let ended = if line.ends_with('\n') { Cow::from(line) } else { Cow::from(format!("{line}\n")) };
        let changes = state.parse_line(&ended, &grammars.set).ok()?;
        longest = longest.max(line.len());
        work += (changes.len() + 1) * (longest + 100);
        if work > MOST_WORK {
            return None;
        }
        let mut at = 0;
        for (next, change) in changes {
            let next = next.min(line.len());
            if next > at {
                out.push(grammars.class(&stack), line.get(at..next)?);
                at = next;
            }
            stack.apply(&change).ok()?;
        }
        out.push(grammars.class(&stack), line.get(at..)?);
    }
    out.end();
    Some(out.html)
}

/// Writes pieces of one class one after the other as one span.
struct Spans {
    html: String,
    class: &'static str,
}

impl Spans {
    fn push(&mut self, class: &'static str, text: &str) {
        if text.is_empty() {
            return;
        }
        if class != self.class {
            self.end();
            if class != PLAIN {
                self.html.push_str("<span class=\"");
                self.html.push_str(class);
                self.html.push_str("\">");
            }
            self.class = class;
        }
        // Writing to a string does not fail.
        let _ = escape_html(&mut self.html, text);
    }

    fn end(&mut self) {
        if self.class != PLAIN {
            self.html.push_str("</span>");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(html: &str) -> String {
        let tags = html.split_inclusive('>').map(|piece| piece.split_once('<').map_or(piece, |(text, _)| text));
        tags.collect::<String>()
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&amp;", "&")
    }

    #[test]
    fn the_usual_languages_are_marked() {
        let cases = [
            ("json", "{ \"a\": [\"b\", 1] }", "{ <name>\"a\"</>: [<string>\"b\"</>, <number>1</>] }"),
            ("YAML", "# c\na: true", "<comment># c\n</><name>a</>: <constant>true</>"),
            ("toml", "# c\na = 1", "<comment># c\n</><name>a </>= 1"),
            ("html", "<b id=\"x\">&amp;", "&lt;<name>b</> <name>id</>=<string>\"x\"</>&gt;<constant>&amp;amp;</>"),
            ("rs", "fn a() {}", "<keyword>fn</> <function>a</>() {}"),
            ("py", "not x", "<keyword>not</> x"),
            ("ts", "`a${b}`", "<string>`a</>${b}<string>`</>"),
            ("shell", "X=\"$Y\"", "X=<string>\"</>$Y<string>\"</>"),
            ("diff", "-a\n+b\n", "<deleted>-a\n</><inserted>+b\n</>"),
            ("text", "1 < 2", "1 &lt; 2"),
        ];
        for (language, code, wanted) in cases {
            let html = highlight(language, code).unwrap();
            let html_shown = html.replace("&quot;", "\"");
            assert_eq!(
                html_shown.replace("<span class=\"hl-", "<").replace("\">", ">").replace("</span>", "</>"),
                wanted
            );
            assert_eq!(text(&html), code);
        }
    }

    #[test]
    fn what_is_not_known_or_too_long_is_left_to_the_caller() {
        for language in ["", "console", "no such", "sass", "scala"] {
            assert_eq!(highlight(language, "x"), None, "{language}");
        }
        assert_eq!(highlight("rs", &"x\n".repeat(LONGEST_CODE / 2 + 1)), None);
        assert_eq!(highlight("rs", &"x".repeat(LONGEST_LINE + 1)), None);
        assert!(highlight("rs", &"x".repeat(LONGEST_LINE)).is_some());
    }

    #[test]
    fn the_style_sheet_has_every_class() {
        let css = include_str!("../../themes/base/css/highlight.css");
        for class in MEANINGS.iter().filter_map(|(class, _)| *class).filter(|class| *class != PLAIN) {
            assert!(css.contains(&format!(".{class} {{ color: var(--{class});")), "{class}");
        }
        let names = MEANINGS.iter().flat_map(|(_, names)| names.split(' '));
        assert_eq!(GRAMMARS.meanings.len(), names.count(), "a name is not one");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn the_text_is_that_of_the_code(
            language in prop::sample::select(&["c", "css", "html", "js", "json", "md", "py", "rs", "sh", "yaml"][..]),
            code in "([a-z<>&\"'`#/*(){}$:=\\\\\r\n -]|é|日|\\PC){0,80}",
        ) {
            prop_assert_eq!(text(&highlight(language, &code).unwrap()), code);
        }
    }
}

//! Code with its words marked by what they are: a comment, a string, a keyword.
//!
//! The `syntect` crate and the grammars that come with it say what each piece of the code is, in
//! names by the hundred; here these become the few classes that the style sheet
//! (`css/highlight.css`) knows. Nothing is said by colour alone: the text stays as it was.

use pulldown_cmark_escape::escape_html;
use std::sync::LazyLock;
use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};

/// The most code that is highlighted, in bytes.
pub const LONGEST_CODE: usize = 200_000;

/// The longest line that is highlighted, in bytes. A grammar looks at a line again and again.
pub const LONGEST_LINE: usize = 5_000;

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

/// What the names of the grammars mean to us. The first that fits counts, so the special stand
/// before the general. `None` leaves it to the name around it; `PLAIN` does not.
const MEANINGS: &[(&str, Option<&str>)] = &[
    ("comment", Some(COMMENT)),
    ("string", Some(STRING)),
    ("storage.type.string", Some(STRING)),
    ("markup.raw", Some(STRING)),
    ("markup.underline.link", Some(STRING)),
    // Code within a string.
    ("source", Some(PLAIN)),
    ("meta.interpolation", Some(PLAIN)),
    ("meta.group.expansion", Some(PLAIN)),
    ("constant.numeric", Some(NUMBER)),
    ("keyword.other.unit", Some(NUMBER)),
    ("storage.type.numeric", Some(NUMBER)),
    ("constant", Some(CONSTANT)),
    ("support.constant", Some(CONSTANT)),
    ("entity.name.constant", Some(CONSTANT)),
    ("variable.language", Some(CONSTANT)),
    // Operators that are words.
    ("keyword.operator.word", Some(KEYWORD)),
    ("keyword.operator.js", Some(KEYWORD)),
    ("keyword.operator.logical.python", Some(KEYWORD)),
    ("keyword.operator", None),
    ("keyword.other.java-props", Some(NAME)),
    ("keyword", Some(KEYWORD)),
    ("markup.heading", Some(KEYWORD)),
    ("entity.name.section", Some(KEYWORD)),
    ("storage.type.function.arrow", None),
    ("storage.type.primitive", Some(TYPE)),
    ("storage.type.sql", Some(TYPE)),
    ("storage", Some(KEYWORD)),
    ("entity.name.function", Some(FUNCTION)),
    ("entity.name.macro", Some(FUNCTION)),
    ("support.function.test", None),
    ("support.function", Some(FUNCTION)),
    ("support.macro", Some(FUNCTION)),
    ("variable.function", Some(FUNCTION)),
    ("entity.name.tag", Some(NAME)),
    ("entity.name.label", Some(NAME)),
    ("entity.name.other", Some(NAME)),
    ("entity.other.attribute-name", Some(NAME)),
    ("entity.other.pseudo-class", Some(NAME)),
    ("entity.other.pseudo-element", Some(NAME)),
    ("support.type.property-name", Some(NAME)),
    ("support.type.custom-property", Some(NAME)),
    ("variable.annotation", Some(NAME)),
    ("variable.parameter.option", Some(NAME)),
    ("meta.diff", Some(NAME)),
    ("entity.name", Some(TYPE)),
    ("entity.other.inherited-class", Some(TYPE)),
    ("support.class", Some(TYPE)),
    ("support.type", Some(TYPE)),
    ("markup.inserted", Some(INSERTED)),
    ("markup.deleted", Some(DELETED)),
];

/// The keys of JSON, which its grammar calls strings.
const KEY: &str = "meta.structure.dictionary.key";

struct Grammars {
    set: SyntaxSet,
    meanings: Vec<(Scope, Option<&'static str>)>,
    key: Option<Scope>,
}

/// Read when first asked for: most builds render nothing anew that has code in it.
static GRAMMARS: LazyLock<Grammars> = LazyLock::new(|| Grammars {
    set: SyntaxSet::load_defaults_newlines(),
    meanings: MEANINGS.iter().filter_map(|(name, class)| Some((Scope::new(name).ok()?, *class))).collect(),
    key: Scope::new(KEY).ok(),
});

impl Grammars {
    /// The grammar for what people write after the fence.
    fn find(&self, language: &str) -> Option<&SyntaxReference> {
        let name = language.to_ascii_lowercase();
        self.set.find_syntax_by_token(match &*name {
            // To the set this is another language of the same name.
            "sass" => return None,
            // Its grammar runs in circles for ever on `:r@!` (syntect issue 706). Of the others in
            // syntect 5.3.0 it is known that none does.
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
    for line in code.split_inclusive('\n') {
        // The grammars count on the end of the line, also of the last.
        let ended = if line.ends_with('\n') { line.into() } else { format!("{line}\n") };
        let mut at = 0;
        for (next, change) in state.parse_line(&ended, &grammars.set).ok()? {
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

//! Every rule, declared once: its code, its usual weight, and the page that documents it.
//!
//! That page, `tests/rules/<code>.md`, is the documentation, the text of `guidewright explain`
//! and the test of the rule, so none of the three can drift from the others.

use super::finding::Severity;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{collections::BTreeMap, fmt};

/// A rule of the house. Compare and copy it freely: there is one of each.
#[derive(Clone, Copy)]
pub struct Rule(&'static Declaration);

struct Declaration {
    code: &'static str,
    severity: Severity,
    fixed: bool,
    document: &'static str,
}

macro_rules! rules {
    ($( $(#[doc = $doc:literal])* $name:ident = $code:literal, $severity:ident $($fixed:ident)?; )*) => {
        impl Rule {
            $( $(#[doc = $doc])* pub const $name: Rule = Rule(&Declaration {
                code: $code,
                severity: Severity::$severity,
                fixed: rules!(@fixed $($fixed)?),
                document: include_str!(concat!("../../tests/rules/", $code, ".md")),
            }); )*

            /// Every rule, in the order in which they are declared.
            pub const ALL: &[Rule] = &[$(Rule::$name),*];
        }
    };
    (@fixed fixed) => { true };
    (@fixed) => { false };
}

rules! {
    /// A file cannot be read, or changed while it was.
    READ_FILE = "read/file", Error fixed;
    /// A symbolic link leads out of the site and guide.yaml does not name it.
    READ_SYMLINK = "read/symlink", Error fixed;
    /// A text file is too large to be one.
    READ_SIZE = "read/size", Error fixed;
    /// A text file is not UTF-8.
    READ_UTF8 = "read/utf8", Error fixed;
    /// YAML that cannot be understood.
    READ_YAML = "read/yaml", Error fixed;
    /// A page whose front matter is missing, or whose fence is misspelt or never closed.
    READ_FRONT_MATTER = "read/front-matter", Error fixed;
    /// A template that cannot be read or filled.
    READ_TEMPLATE = "read/template", Error fixed;
    /// A theme, or a file that a theme names, that is not there.
    READ_THEME = "read/theme", Error fixed;
    /// guidewright itself failed on a page.
    READ_CRASH = "read/crash", Error fixed;

    /// A key that nobody reads.
    FIELDS_UNKNOWN = "fields/unknown", Error;
    /// A value of the wrong type.
    FIELDS_TYPE = "fields/type", Error;
    /// A required field that is missing or empty.
    FIELDS_MISSING = "fields/missing", Error;
    /// A value of the right type that is not allowed.
    FIELDS_VALUE = "fields/value", Error;
    /// A day that is not in the calendar, or not written as one.
    FIELDS_DATE = "fields/date", Error;
    /// One key written twice.
    FIELDS_TWICE = "fields/twice", Error;

    /// A schema.yaml that contradicts itself.
    SCHEMA_INVALID = "schema/invalid", Error;
    /// A setting of guide.yaml that cannot be followed.
    SETTINGS_INVALID = "settings/invalid", Error;
    /// A password or key in guide.yaml.
    SETTINGS_SECRET = "settings/secret", Error fixed;
    /// Something that the host of the target does not take.
    PUBLISH_HOST = "publish/host", Warning;
    /// A way to a target on which everybody can listen.
    PUBLISH_PLAIN = "publish/plain", Warning;

    /// Two outputs with one URL.
    NAMES_URL = "names/url", Error;
    /// Names that differ only by case or by Unicode form.
    NAMES_CLASH = "names/clash", Error;
    /// A name that leaves nothing for a URL.
    NAMES_EMPTY = "names/empty", Error;
    /// A kind that the schema does not have.
    NAMES_KIND = "names/kind", Error;

    /// A link to nothing.
    LINKS_DEAD = "links/dead", Error;
    /// A reference that fits several pages.
    LINKS_AMBIGUOUS = "links/ambiguous", Error;
    /// A link to a heading that the page does not have.
    LINKS_ANCHOR = "links/anchor", Error;
    /// A picture or file that is not there.
    LINKS_ASSET = "links/asset", Error;
    /// A footnote without its text, or a text without its footnote.
    LINKS_FOOTNOTE = "links/footnote", Error;
    /// A citation of a source that the site does not have.
    LINKS_CITATION = "links/citation", Error;
    /// A link or relation to a page that is not published.
    LINKS_UNPUBLISHED = "links/unpublished", Error;
    /// A link that a browser would run instead of opening.
    LINKS_UNSAFE = "links/unsafe", Error fixed;
    /// A finished page with a link that leads nowhere: a fault of the template.
    LINKS_TEMPLATE = "links/template", Error;

    /// A relation between kinds that the schema does not allow.
    RELATIONS_KIND = "relations/kind", Error;
    /// Too few or too many of a relation.
    RELATIONS_COUNT = "relations/count", Error;
    /// A relation written on both ends that does not agree.
    RELATIONS_AGREE = "relations/agree", Error;
    /// A relation written twice on one page.
    RELATIONS_TWICE = "relations/twice", Error;

    /// A second top heading.
    HEADINGS_H1 = "headings/h1", Error;
    /// A heading level left out.
    HEADINGS_SKIPPED = "headings/skipped", Error;
    /// A heading without words.
    HEADINGS_EMPTY = "headings/empty", Error;
    /// One heading id given twice.
    HEADINGS_ID = "headings/id", Error;
    /// A picture without a description.
    IMAGES_ALT = "images/alt", Error;
    /// A table whose columns have no names.
    TABLES_HEADERS = "tables/headers", Error;
    /// Raw HTML that the allow list dropped.
    HTML_DROPPED = "html/dropped", Error;
    /// A block of a name that is neither built in nor a field or relation of the page.
    BLOCKS_UNKNOWN = "blocks/unknown", Error;
    /// A block that is not closed, or a closing line with nothing to close.
    BLOCKS_OPEN = "blocks/open", Error;
    /// A block that asks for what it cannot have, or lacks what it needs.
    BLOCKS_ARGUMENTS = "blocks/arguments", Error;
    /// A part or table that cannot be put into a text.
    BLOCKS_INCLUDE = "blocks/include", Error;
    /// A term that a taxonomy does not have.
    TAXONOMIES_TERM = "taxonomies/term", Error;
    /// A term that is probably another one misspelt.
    TAXONOMIES_ALIKE = "taxonomies/alike", Warning;
    /// A list that asks for what there is not.
    LISTS_QUERY = "lists/query", Error;
    /// A picture that cannot be read.
    IMAGES_BROKEN = "images/broken", Error;
    /// A picture with more pixels than a page can use.
    IMAGES_HUGE = "images/huge", Error;
    /// A picture whose name says another format than its bytes.
    IMAGES_MISLABELLED = "images/mislabelled", Error;
    /// Something in a drawing that would run or load.
    IMAGES_SVG = "images/svg", Error;
    /// A colour of the theme that is too close to what it lies on.
    THEME_CONTRAST = "theme/contrast", Error;
    /// Words that may not stand in a text.
    WORDING_BLOCKED = "wording/blocked", Error;
    /// A page that speaks of danger and does not show urgent help first.
    SAFETY_URGENT_HELP = "safety/urgent-help", Error;
    /// A number to ring that is typed into a text.
    SAFETY_PHONE = "safety/phone", Error;
    /// A part that every page of a kind must have.
    PAGES_SECTION = "pages/section", Error;
    /// A page whose review was due so long ago that it may not be published any more.
    REVIEW_LAPSED = "review/lapsed", Error;
    /// Something a reader's browser would fetch from another host.
    PRIVACY_HOST = "privacy/host", Error;
    /// An old URL that cannot lead anywhere.
    REDIRECTS_CLASH = "redirects/clash", Error;

    /// A colour in a style sheet that is no token.
    THEME_COLOUR = "theme/colour", Warning;
    /// Something in a theme that gets in the way of a reader.
    THEME_HINDRANCE = "theme/hindrance", Warning;
    /// Words that should be others.
    WORDING_RECONSIDER = "wording/reconsider", Warning;
    /// An exception that nothing needs, or that has no reason.
    WORDING_EXCEPTION = "wording/exception", Warning;
    /// A claim without a source beside it.
    SAFETY_CLAIM = "safety/claim", Warning;
    /// A text that is too hard to read.
    READING_GRADE = "reading/grade", Warning;
    /// A sentence that is too long, or sentences that are on average.
    READING_SENTENCE = "reading/sentence", Warning;
    /// A page that is too long or too short.
    READING_LENGTH = "reading/length", Warning;
    /// A table with too many columns.
    TABLES_COLUMNS = "tables/columns", Warning;
    /// A page without a summary.
    PAGES_SUMMARY = "pages/summary", Warning;
    /// A page that no other page leads to.
    PAGES_ORPHAN = "pages/orphan", Warning;
    /// Days of a page that contradict each other, or today.
    PAGES_DATES = "pages/dates", Warning;
    /// A page whose next review is due.
    REVIEW_OVERDUE = "review/overdue", Warning;

    /// An entry that was checked too long ago.
    REVIEW_STALE = "review/stale", Warning;

    /// A translation whose source has changed since.
    TRANSLATIONS_STALE = "translations/stale", Warning;
    /// A translated entry that the source does not have.
    TRANSLATIONS_ORPHAN = "translations/orphan", Error;
    /// A translated entry with another number, or day, than the entry that it translates.
    TRANSLATIONS_DIFFERS = "translations/differs", Error;
    /// Words of the interface that a language lacks.
    TRANSLATIONS_STRINGS = "translations/strings", Warning;

    /// A page that a language of the site does not have.
    TRANSLATIONS_MISSING = "translations/missing", Note;
    /// A translation of which nobody recorded what was translated.
    TRANSLATIONS_RECORD = "translations/record", Note;
    /// An entry that is older than the site wants.
    REVIEW_OLD = "review/old", Note;
    /// An entry that nobody has checked yet.
    REVIEW_UNCHECKED = "review/unchecked", Note;
    /// A page that nobody has reviewed yet.
    REVIEW_NEVER = "review/never", Note;
    /// A placeholder where the publisher's own words belong.
    PUBLISHER_PLACEHOLDER = "publisher/placeholder", Note;

    /// A phrase that does not find the page that it must find.
    SEARCH_PHRASE = "search/phrase", Warning;
}

impl Rule {
    /// `family/name`.
    pub fn code(self) -> &'static str {
        self.0.code
    }

    /// The weight it has unless guide.yaml says otherwise.
    pub fn usual_severity(self) -> Severity {
        self.0.severity
    }

    /// Whether its level is fixed: what cannot be read cannot be published.
    pub fn is_fixed(self) -> bool {
        self.0.fixed
    }

    /// Its page: what it means and how to mend it, with a wrong and a right example.
    pub fn document(self) -> &'static str {
        self.0.document
    }

    /// The rule of that code.
    pub fn by_code(code: &str) -> Option<Rule> {
        Rule::ALL.iter().copied().find(|rule| rule.code() == code)
    }
}

impl PartialEq for Rule {
    fn eq(&self, other: &Rule) -> bool {
        self.code() == other.code()
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Rule::by_code(&code).ok_or_else(|| de::Error::custom("unknown rule"))
    }
}

/// What a site says of the rules: a level for a rule (`links/anchor`), a family (`links/*`) or
/// all (`*`). The most exact entry wins.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Levels(BTreeMap<String, Option<Severity>>);

impl Levels {
    /// Sets the level of a rule, a family or all; `None` switches off.
    pub fn set(&mut self, pattern: &str, level: Option<Severity>) {
        self.0.insert(pattern.into(), level);
    }

    /// The rules that a pattern names.
    pub fn named(pattern: &str) -> impl Iterator<Item = Rule> {
        Rule::ALL.iter().copied().filter(move |rule| match pattern.strip_suffix('*') {
            Some("") => true,
            Some(family) => family.ends_with('/') && rule.code().starts_with(family),
            None => rule.code() == pattern,
        })
    }

    /// The level at which `rule` speaks; `None` when it is off.
    ///
    /// `"*"` lowers and never raises: a note stays a note when everything is a warning.
    pub fn of(&self, rule: Rule) -> Option<Severity> {
        let usual = rule.usual_severity();
        if rule.is_fixed() {
            return Some(usual);
        }
        let family = rule.code().split('/').next().unwrap_or_default();
        if let Some(level) = self.0.get(rule.code()).or_else(|| self.0.get(&format!("{family}/*"))) {
            return *level;
        }
        match self.0.get("*") {
            Some(all) => all.map(|level| level.min(usual)),
            None => Some(usual),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_exact_level_wins_and_fixed_rules_keep_theirs() {
        let mut levels = Levels::default();
        levels.set("*", Some(Severity::Warning));
        levels.set("links/*", None);
        levels.set("links/anchor", Some(Severity::Note));
        assert_eq!(levels.of(Rule::LINKS_ANCHOR), Some(Severity::Note));
        assert_eq!(levels.of(Rule::LINKS_DEAD), None);
        assert_eq!(levels.of(Rule::IMAGES_ALT), Some(Severity::Warning));
        assert_eq!(levels.of(Rule::REVIEW_NEVER), Some(Severity::Note));
        assert_eq!(levels.of(Rule::READ_YAML), Some(Severity::Error));
    }

    #[test]
    fn codes_are_unique_and_each_has_a_document_that_names_it() {
        for (i, rule) in Rule::ALL.iter().enumerate() {
            assert!(Rule::ALL[i + 1..].iter().all(|other| other != rule), "{rule:?} twice");
            assert!(rule.document().starts_with(&format!("# {}\n", rule.code())), "{rule:?}");
        }
    }
}

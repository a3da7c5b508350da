//! The types that a field can have: the language of schema.yaml's `fields`, which guide.yaml and
//! schema.yaml are themselves described in.

use serde::{Deserialize, Serialize};

/// What a field's value must be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Type {
    /// One line or more of plain text.
    Text,
    /// Markdown.
    Prose,
    /// A number.
    Number,
    /// `true` or `false`, `yes` or `no`.
    Boolean,
    /// A day, `2026-11-20`.
    Date,
    /// One of these words.
    Choice(Vec<String>),
    /// An address beginning with `https:`, `http:`, `mailto:` or `tel:`.
    Url,
    /// Words with a number to ring, or to text.
    Line(Line),
    /// A reference to a page, or to an entry of a data kind; of this kind, if one is named.
    Page(Option<String>),
    /// A reference to an entry of a data kind that is `citable`.
    Source,
    /// The path of a picture beside the page.
    Image,
    /// The number of a publication in a public register.
    Registered(Register),
    /// Any number of these. One value without the dash counts as a list of one.
    List(Box<Type>),
    /// Named values.
    Record(Vec<Field>),
    /// Any name, and a value of this type for each.
    Map(Box<Type>),
    /// Whatever YAML can say.
    Any,
}

/// What a number is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Line {
    /// To ring.
    Phone,
    /// To send a text to.
    Sms,
}

impl Line {
    /// The scheme of an address that uses such a number (RFC 3966, RFC 5724).
    pub fn scheme(self) -> &'static str {
        match self {
            Line::Phone => "tel",
            Line::Sms => "sms",
        }
    }
}

/// A public register of publications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Register {
    /// Digital object identifiers, ISO 26324: `10.1037/pst0000172`.
    Doi,
    /// PubMed: one to eight digits.
    Pmid,
    /// PubMed Central: `PMC` and digits.
    Pmcid,
}

impl Register {
    /// Whether a text has the form of a number of this register. Whether there is such a
    /// publication, only the register can say.
    ///
    /// A DOI is a prefix of `10.` and four to nine digits (which may have further parts), a slash, and
    /// a suffix without blanks (<https://www.crossref.org/blog/dois-and-matching-regular-expressions/>).
    pub fn has_form_of(self, text: &str) -> bool {
        let digits = |text: &str, most: usize| {
            (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        match self {
            Register::Doi => {
                text.strip_prefix("10.").and_then(|rest| rest.split_once('/')).is_some_and(|(owner, name)| {
                    let mut parts = owner.split('.');
                    parts.next().is_some_and(|first| first.len() >= 4 && digits(first, 9))
                        && parts.all(|part| digits(part, 9))
                        && !name.is_empty()
                        && !name.contains(|c: char| c.is_whitespace() || c.is_control())
                })
            }
            Register::Pmid => digits(text, 8) && !text.starts_with('0'),
            Register::Pmcid => text.strip_prefix("PMC").is_some_and(|rest| digits(rest, 9)),
        }
    }

    /// Where the publication of that number can be read about.
    pub fn url(self, number: &str) -> String {
        match self {
            Register::Doi => format!("https://doi.org/{number}"),
            Register::Pmid => format!("https://pubmed.ncbi.nlm.nih.gov/{number}/"),
            Register::Pmcid => format!("https://pmc.ncbi.nlm.nih.gov/articles/{number}/"),
        }
    }

    /// What a number of it is, for a sentence that begins "It must be".
    fn describe(self) -> &'static str {
        match self {
            Register::Doi => "a DOI like 10.1037/pst0000172, without https://doi.org/",
            Register::Pmid => "a PubMed number: up to eight digits",
            Register::Pmcid => "a PubMed Central number like PMC9840508",
        }
    }
}

/// A named field: its type and what is asked of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Its key.
    pub name: String,
    /// What its value must be.
    pub kind: Type,
    /// Whether it must be there and not be empty.
    pub required: bool,
    /// The least value of a number, count of a list, or number of characters of a text.
    pub min: Option<f64>,
    /// The greatest, likewise.
    pub max: Option<f64>,
    /// The heading under which a page shows it. Without one a page does not show it.
    pub heading: Option<String>,
    /// Where a page shows it when the writer has not placed it: `top`, `end`, or `lists`, which is not on its
    /// page at all.
    pub place: Option<String>,
    /// How it looks, a word for the theme: `steps`, `speech`, `warning`.
    pub style: Option<String>,
    /// What it is for, one sentence for the editor.
    pub help: String,
}

impl Field {
    /// Whether it is a list of records that have fields of these names, like statements and the questions of
    /// a worksheet.
    pub fn lists_records_with(&self, names: &[&str]) -> bool {
        let Type::List(item) = &self.kind else { return false };
        let Type::Record(fields) = &**item else { return false };
        names.iter().all(|name| fields.iter().any(|own| own.name == *name))
    }

    /// Whether its page shows it without being asked: it has a heading, and is not for lists alone.
    pub fn is_shown(&self) -> bool {
        self.heading.is_some() && self.place.as_deref() != Some("lists")
    }

    /// An optional field without limits.
    pub fn new(name: &str, kind: Type, help: &str) -> Field {
        Field {
            name: name.into(),
            kind,
            required: false,
            min: None,
            max: None,
            heading: None,
            place: None,
            style: None,
            help: help.into(),
        }
    }

    /// The same field, required.
    pub fn required(mut self) -> Field {
        self.required = true;
        self
    }
}

impl Type {
    /// A list of this type.
    pub fn list(self) -> Type {
        Type::List(Box::new(self))
    }

    /// A map with values of this type.
    pub fn map(self) -> Type {
        Type::Map(Box::new(self))
    }

    /// What it must be, for a sentence that begins "It must be".
    pub fn describe(&self) -> String {
        match self {
            Type::Text => "text".into(),
            Type::Prose => "text, in Markdown".into(),
            Type::Number => "a number".into(),
            Type::Boolean => "yes or no".into(),
            Type::Date => "a date like 2026-11-20".into(),
            Type::Choice(options) => format!("one of {}", options.join(", ")),
            Type::Url => "an address that begins with https://, http://, mailto: or tel:".into(),
            Type::Line(Line::Phone) => "text with a number to ring, like \"116 123\"".into(),
            Type::Line(Line::Sms) => "text with a number to text, like \"HELLO to 85258\"".into(),
            Type::Page(None) => "the name of a page".into(),
            Type::Page(Some(kind)) => format!("the name of a {kind}"),
            Type::Source => "the code of a source".into(),
            Type::Image => "the file name of a picture".into(),
            Type::Registered(register) => register.describe().into(),
            Type::List(item) => match &**item {
                Type::Text | Type::Prose => "a list of texts, one after each dash".into(),
                Type::Record(_) => "a list of groups of keys".into(),
                other => format!("a list, each item {}", other.describe()),
            },
            Type::Record(fields) => {
                let names: Vec<&str> = fields.iter().map(|f| f.name.as_str()).collect();
                format!("a group of keys ({})", names.join(", "))
            }
            Type::Map(_) => "a group of names with a value each".into(),
            Type::Any => "any value".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_a_register_is_told_by_its_form() {
        for good in [
            "10.1037/pst0000172",
            "10.1000.10/123456",
            "10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID>3.0.CO;2-2",
        ] {
            assert!(Register::Doi.has_form_of(good), "{good}");
        }
        for bad in ["https://doi.org/10.1037/x", "10.1037", "10.12/x", "doi:10.1037/x", "10.1037/a b", "10.1037/"] {
            assert!(!Register::Doi.has_form_of(bad), "{bad}");
        }
        assert!(Register::Pmid.has_form_of("36640398") && !Register::Pmid.has_form_of("PMC1"));
        assert!(Register::Pmcid.has_form_of("PMC9840508") && !Register::Pmcid.has_form_of("9840508"));
    }
}

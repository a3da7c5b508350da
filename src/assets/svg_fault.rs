//! What is said of a drawing that cannot be read.

use quick_xml::{Error, errors::IllFormedError, events::attributes::AttrError};

/// Of something else than a drawing.
pub const NO_ROOT: &str = "the first element of a drawing has to be <svg>";
/// Of what no XML may have.
pub const CONTROL: &str = "a control character may not stand in XML";
/// Of `&name;`.
pub const UNKNOWN_ENTITY: &str = "an entity is not known: save the drawing as plain SVG";

/// Why a drawing cannot be read.
#[derive(Debug, PartialEq)]
pub struct Fault {
    /// Where: a byte of the input.
    pub at: usize,
    /// Why, as a sentence without a full stop.
    pub message: String,
}

/// A fault at a byte of the input.
pub fn fault(at: usize, message: impl Into<String>) -> Fault {
    Fault { at, message: message.into() }
}

/// An error of the parser in plain words.
pub fn said(at: usize, error: &Error) -> Fault {
    let message = match error {
        Error::Syntax(_) => "something is opened here and never closed".into(),
        Error::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) => {
            format!("<{expected}> is closed by </{found}>")
        }
        Error::IllFormed(IllFormedError::UnmatchedEndTag(name)) => format!("</{name}> closes nothing"),
        Error::IllFormed(IllFormedError::UnclosedReference) => "an & has to be written as &amp;".into(),
        Error::InvalidAttr(AttrError::Duplicated(..)) => "an attribute stands here twice".into(),
        Error::InvalidAttr(_) => "an attribute is not written as name=\"value\"".into(),
        Error::Escape(_) => UNKNOWN_ENTITY.into(),
        Error::Namespace(_) => "a namespace is not declared as it should be".into(),
        _ => "this is not well-formed XML".into(),
    };
    fault(at, message)
}

#[cfg(test)]
mod tests {
    use super::{super::svg::clean, *};

    fn message(text: &str) -> String {
        clean(text.as_bytes()).unwrap_err().message
    }

    #[test]
    fn what_is_not_xml_is_a_fault() {
        assert_eq!(message("<svg><g></svg>"), "<g> is closed by </svg>");
        assert_eq!(message("<svg><g>"), "the drawing breaks off");
        assert_eq!(message("<svg>&x;</svg>"), UNKNOWN_ENTITY);
        assert_eq!(message("<svg id='&x;'/>"), UNKNOWN_ENTITY);
        assert_eq!(message("<svg id='&#1;'/>"), CONTROL);
        assert_eq!(message("<svg a='1' a='2'/>"), "an attribute stands here twice");
        assert_eq!(message("<svg/><svg/>"), "something stands after the end of the drawing");
        assert_eq!(message("<svg/>x"), "text stands outside of the drawing");
        assert_eq!([message("<g/>"), message(""), message("<svg xmlns='urn:x'/>")], [NO_ROOT; 3]);
        assert_eq!(clean(b"<svg>\xff").unwrap_err().at, 5);
        let laughs = "<!DOCTYPE svg [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><svg>&b;</svg>";
        assert!(message(laughs).contains("entities of its own"));
        assert!(message(&format!("<svg>{}", "<g>".repeat(300))).contains("nested"));
    }
}

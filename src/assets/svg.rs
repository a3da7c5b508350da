//! Drawings in SVG: what a reader sees is kept, whatever runs, loads or tells of its maker is not.
//!
//! A drawing is read as XML and written anew from the allow lists of `svg_rules`, so nothing is let
//! through that was not understood. Names are resolved by their namespaces and written without
//! prefixes.

pub use super::svg_fault::Fault;
use super::{
    svg_fault::{CONTROL, NO_ROOT, UNKNOWN_ENTITY, fault, said},
    svg_rules::{ATTRIBUTES, ELEMENTS, QUIET, SHOWN, SVG, address, is_aria, is_own, size, style_trouble},
};
use quick_xml::{
    NsReader, XmlVersion,
    escape::{escape, partial_escape, resolve_predefined_entity},
    events::{BytesStart, Event},
    name::{Namespace, NamespaceResolver, QName, ResolveResult},
};

/// How deep elements may be nested: no drawing program comes near, and readers recurse.
const MAX_DEPTH: usize = 200;
const XLINK: &str = "http://www.w3.org/1999/xlink";

/// A drawing fit to be published.
#[derive(Debug, PartialEq)]
pub struct Svg {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its width and height in pixels, where it has any.
    pub size: Option<(f64, f64)>,
    /// What was taken out of it that its writer may miss.
    pub dropped: Vec<Dropped>,
}

/// Something that was taken out.
#[derive(Debug, PartialEq)]
pub struct Dropped {
    /// Where it stands: a byte of the input.
    pub at: usize,
    /// What it is, in an editor's words.
    pub what: String,
}

/// Reads a drawing and writes it anew with nothing in it but what is on the lists.
pub fn clean(bytes: &[u8]) -> Result<Svg, Fault> {
    let start = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let moved = |fault: Fault| Fault { at: fault.at + start, ..fault };
    let text = std::str::from_utf8(&bytes[start..])
        .map_err(|error| moved(fault(error.valid_up_to(), "this is not UTF-8: save the drawing as UTF-8")))?;
    if let Some((at, _)) = text.char_indices().find(|(_, c)| !is_xml(*c)) {
        return Err(moved(fault(at, CONTROL)));
    }
    let mut writer =
        Writer { text, out: String::new(), size: None, dropped: Vec::new(), open: Vec::new(), has_root: false };
    writer.run().map_err(moved)?;
    let dropped = writer.dropped.into_iter().map(|dropped| Dropped { at: dropped.at + start, ..dropped }).collect();
    Ok(Svg { bytes: writer.out.into_bytes(), size: writer.size, dropped })
}

/// Whether XML 1.0 allows this character (section 2.2).
fn is_xml(c: char) -> bool {
    !matches!(c, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}')
}

/// An element that is being read.
enum Open {
    /// It is written: its name, and where its start tag ends in the output.
    Kept(&'static str, usize),
    /// It is dropped with all that is in it.
    Dropped,
    /// A style sheet, which is judged when it has been read: where it stands, its start tag, its
    /// text.
    Sheet(usize, String, String),
}

/// An attribute: where it stands, its name and its value without entities.
type Attribute<'t> = (usize, QName<'t>, String);

struct Writer<'t> {
    text: &'t str,
    out: String,
    size: Option<(f64, f64)>,
    dropped: Vec<Dropped>,
    open: Vec<Open>,
    has_root: bool,
}

impl<'t> Writer<'t> {
    fn run(&mut self) -> Result<(), Fault> {
        let mut reader = NsReader::from_str(self.text);
        reader.config_mut().expand_empty_elements = true;
        loop {
            let at = reader.buffer_position() as usize;
            match reader.read_event().map_err(|error| said(reader.error_position() as usize, &error))? {
                Event::Start(tag) => self.start(reader.resolver(), &tag, at)?,
                Event::End(_) => self.end(),
                Event::Text(text) => self.characters(at, &text.xml10_content())?,
                Event::CData(text) => self.characters(at, &text.xml10_content())?,
                Event::GeneralRef(name) => {
                    let c = name.resolve_char_ref().map_err(|error| said(at, &error))?.filter(|c| is_xml(*c));
                    match (c, resolve_predefined_entity(&name)) {
                        (Some(c), _) => self.characters(at, c.encode_utf8(&mut [0; 4]))?,
                        (None, Some(text)) => self.characters(at, text)?,
                        (None, None) => return Err(fault(at, UNKNOWN_ENTITY)),
                    }
                }
                Event::DocType(text) if text.to_ascii_uppercase().contains("<!ENTITY") => {
                    return Err(fault(at, "the drawing defines entities of its own: save it as plain SVG"));
                }
                Event::Decl(declaration) => match declaration.encoding() {
                    Some(Ok(name)) if !name.eq_ignore_ascii_case("utf-8") && !self.text.is_ascii() => {
                        return Err(fault(at, format!("the drawing says that it is {name}: save it as UTF-8")));
                    }
                    _ => {}
                },
                Event::Eof if !self.open.is_empty() => return Err(fault(at, "the drawing breaks off")),
                Event::Eof if !self.has_root => return Err(fault(at, NO_ROOT)),
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    fn start(&mut self, resolver: &NamespaceResolver, tag: &BytesStart, at: usize) -> Result<(), Fault> {
        let attributes = self.attributes(tag, at)?;
        let is_root = self.open.is_empty();
        if is_root && self.has_root {
            return Err(fault(at, "something stands after the end of the drawing"));
        }
        if self.open.len() == MAX_DEPTH {
            return Err(fault(at, format!("elements are nested more than {MAX_DEPTH} deep")));
        }
        let (namespace, local) = resolver.resolve_element(tag.name());
        let local = local.into_inner();
        let (is_svg, is_shown) = match namespace {
            ResolveResult::Unbound => (true, true),
            ResolveResult::Bound(Namespace(name)) => (name == SVG, SHOWN.contains(&name)),
            ResolveResult::Unknown(_) => (false, false),
        };
        let name = ELEMENTS.get(local).copied().filter(|_| is_svg);
        if is_root && name != Some("svg") {
            return Err(fault(at, NO_ROOT));
        }
        let opened = match (self.open.last(), name) {
            (Some(Open::Dropped), _) => Open::Dropped,
            (None | Some(Open::Kept(..)), Some(name)) => {
                let mut written = format!("<{name}");
                if is_root {
                    self.has_root = true;
                    self.size =
                        size(|name| attributes.iter().find(|(_, key, _)| key.0 == name).map(|(_, _, value)| &**value));
                    written.push_str(&format!(" xmlns=\"{SVG}\""));
                }
                self.keep(resolver, name, &attributes, &mut written);
                written.push('>');
                if name == "style" {
                    Open::Sheet(at, written, String::new())
                } else {
                    self.out.push_str(&written);
                    Open::Kept(name, self.out.len())
                }
            }
            _ => {
                if is_shown && local != "metadata" {
                    self.tell(at, format!("the element <{}>", tag.name().into_inner()));
                }
                Open::Dropped
            }
        };
        self.open.push(opened);
        Ok(())
    }

    fn end(&mut self) {
        match self.open.pop() {
            Some(Open::Kept(name, start)) if start < self.out.len() => self.out.push_str(&format!("</{name}>")),
            Some(Open::Kept(..)) => self.out.insert(self.out.len() - 1, '/'),
            Some(Open::Sheet(at, tag, css)) => match style_trouble(&css) {
                Some(trouble) => self.tell(at, format!("the element <style> with {trouble}")),
                None => self.out.push_str(&format!("{tag}{}</style>", partial_escape(&*css))),
            },
            Some(Open::Dropped) | None => {}
        }
    }

    fn characters(&mut self, at: usize, text: &str) -> Result<(), Fault> {
        match self.open.last_mut() {
            Some(Open::Kept(..)) => self.out.push_str(&partial_escape(text)),
            Some(Open::Sheet(_, _, css)) => css.push_str(text),
            Some(Open::Dropped) => {}
            None if text.trim().is_empty() => {}
            None => return Err(fault(at, "text stands outside of the drawing")),
        }
        Ok(())
    }

    fn tell(&mut self, at: usize, what: String) {
        self.dropped.push(Dropped { at, what });
    }

    fn attributes<'a>(&self, tag: &'a BytesStart, at: usize) -> Result<Vec<Attribute<'a>>, Fault> {
        let mut found = Vec::new();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| said(at, &error.into()))?;
            // A tag is a part of the text, so that this is where the name stands in it.
            let at = attribute.key.0.as_ptr().addr().checked_sub(self.text.as_ptr().addr()).unwrap_or(at);
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| said(at, &error))?;
            if !value.chars().all(is_xml) {
                return Err(fault(at, CONTROL));
            }
            // What is left of these was written as `&#10;` and the like, which nothing here needs.
            found.push((at, attribute.key, value.replace(['\t', '\n', '\r'], " ")));
        }
        Ok(found)
    }

    /// Writes the attributes of an element that are on the list.
    fn keep(&mut self, resolver: &NamespaceResolver, element: &str, attributes: &[Attribute], written: &mut String) {
        // The one of these that a browser looks at.
        let mut has_href = attributes.iter().any(|(_, key, _)| key.0 == "href");
        for (at, key, value) in attributes {
            let (namespace, local) = resolver.resolve_attribute(*key);
            let local = local.into_inner();
            let is_link = match namespace {
                ResolveResult::Unbound => key.0 == "href",
                ResolveResult::Bound(Namespace(name)) => name == XLINK && local == "href",
                ResolveResult::Unknown(_) => key.0 == "xlink:href",
            };
            let name = if is_link { "href" } else { key.0 };
            if is_link && key.0 != "href" && std::mem::replace(&mut has_href, true) {
                continue;
            }
            let is_quiet = key.as_namespace_binding().is_some()
                || name.contains(':') && !name.starts_with("xml:")
                || name.starts_with("data-")
                || QUIET.contains(&name);
            if is_quiet {
                continue;
            }
            let is_plain = name == "xml:lang" || name == "xml:space" || is_aria(name);
            let value = value.trim_matches(' ');
            let trouble = if is_link {
                (!is_own(element, value)).then(|| address(value))
            } else if !is_plain && !ATTRIBUTES.contains(name) {
                Some(format!("the attribute \"{name}\""))
            } else {
                style_trouble(value)
                    .filter(|_| !is_plain)
                    .map(|trouble| format!("the attribute \"{name}\" with {trouble}"))
            };
            match trouble {
                Some(what) => self.tell(*at, what),
                None => written.push_str(&format!(" {name}=\"{}\"", escape(value))),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(inner: &str) -> (String, Vec<String>) {
        let svg = clean(format!("<svg xmlns=\"{SVG}\" xmlns:xlink=\"{XLINK}\">{inner}</svg>").as_bytes()).unwrap();
        let out = String::from_utf8(svg.bytes).unwrap();
        let inner = out.strip_prefix(&format!("<svg xmlns=\"{SVG}\"")).unwrap();
        let inner = inner.strip_prefix('>').and_then(|inner| inner.strip_suffix("</svg>")).unwrap_or("");
        (inner.into(), svg.dropped.into_iter().map(|dropped| dropped.what).collect())
    }

    #[track_caller]
    fn gone(inner: &str, left: &str, told: &[&str]) {
        assert_eq!(of(inner), (left.into(), told.iter().map(|what| what.to_string()).collect()), "{inner}");
    }

    #[test]
    fn what_is_seen_and_read_aloud_stays() {
        let kept = "<title>A &lt;b&gt; &amp; ü</title><defs><linearGradient id=\"a\" x1=\"0\"><stop offset=\"1\"/>\
                    </linearGradient></defs><g style=\"fill:url(#a)\" aria-label=\"x\"><use href=\"#a\"/></g>\
                    <style>.a > b { fill: url('#a') }</style><text xml:lang=\"de\">a <tspan>b</tspan></text>";
        gone(kept, &kept.replace(" > ", " &gt; "), &[]);
    }

    #[test]
    fn whatever_runs_is_gone_and_told() {
        gone("<script>x</script><ScRiPt/>", "", &["the element <script>", "the element <ScRiPt>"]);
        gone("<foreignObject><b onclick=\"x\"/></foreignObject>", "", &["the element <foreignObject>"]);
        gone("<h:iframe xmlns:h=\"http://www.w3.org/1999/xhtml\"/>", "", &["the element <h:iframe>"]);
        gone("<g><set attributeName=\"href\" to=\"javascript:x\"/></g>", "<g/>", &["the element <set>"]);
        gone("<g onLoad=\"x\" ONCLICK=\"x\"/>", "<g/>", &["the attribute \"onLoad\"", "the attribute \"ONCLICK\""]);
        gone("<style><script>x</script></style>", "<style></style>", &["the element <script>"]);
    }

    #[test]
    fn no_address_leads_out_of_the_drawing() {
        gone("<use href=\"https://b.org/x\"/>", "<use/>", &["the address \"https://b.org/x\""]);
        gone("<a href=\"&#106;avascript:x\">b</a>", "<a>b</a>", &["the address \"javascript:x\""]);
        gone("<a xlink:href=\" java\n\tscript&#x3A;x\"/>", "<a/>", &["the address \"java  script:x\""]);
        gone("<image href=\"data:text/html,x\"/>", "<image/>", &["the address \"data:text/html,x\""]);
        gone("<g src=\"//b.org\" xml:base=\"x\"/>", "<g/>", &["the attribute \"src\"", "the attribute \"xml:base\""]);
        gone("<x:use xmlns:x=\"http://www.w3.org/2000/svg\" xlink:href=\"#a\"/>", "<use href=\"#a\"/>", &[]);
        gone(
            "<use xmlns:y=\"http://www.w3.org/1999/xlink\" y:href=\"#a\" xlink:href=\"#b\"/>",
            "<use href=\"#a\"/>",
            &[],
        );
    }

    #[test]
    fn a_style_that_loads_is_gone_and_told() {
        let address = "the element <style> with the address \"//b.org\"";
        gone("<style><![CDATA[a{fill:url(//b.org)}]]></style>", "", &[address]);
        gone("<style>a{fill:u&#114;l(//b.org)}</style>", "", &[address]);
        gone("<style>@im<!-- -->port 'x'</style>", "", &["the element <style> with the style \"@import\""]);
        gone("<g style=\"a:\\75rl(x)\"/>", "<g/>", &["the attribute \"style\" with the style \"\\\""]);
        gone("<g fill=\"url(x.svg#a)\"/>", "<g/>", &["the attribute \"fill\" with the address \"x.svg#a\""]);
    }

    #[test]
    fn the_notes_of_programs_go_without_a_word() {
        let notes = "<!-- x --><?x y?><metadata><a/></metadata><i:g xmlns:i=\"urn:i\"><script/></i:g>\
                     <g data-x=\"1\" version=\"1\" i:x=\"y\" xmlns:i=\"urn:i\" xlink:type=\"simple\"/>";
        gone(notes, "<g/>", &[]);
        let whole = format!("\u{feff}<?xml version=\"1.0\"?><!DOCTYPE svg PUBLIC \"a\" \"b\"><svg xmlns=\"{SVG}\"/> ");
        assert_eq!(clean(whole.as_bytes()).unwrap().bytes, format!("<svg xmlns=\"{SVG}\"/>").into_bytes());
    }

    #[test]
    fn what_is_dropped_is_found_where_it_stands() {
        let text = "\u{feff}<svg>\n<g fill='red'\n onclick=''/><script/></svg>";
        let at: Vec<usize> = clean(text.as_bytes()).unwrap().dropped.iter().map(|dropped| dropped.at).collect();
        assert_eq!(at, [text.find("onclick").unwrap(), text.find("<script").unwrap()]);
    }

    #[test]
    fn a_clean_drawing_is_clean() {
        let first =
            clean(format!("<svg><g id='&quot;&#10;&lt;'>\r\n&gt;<a href='x'> </a>{}</g></svg>", "<g> </g>").as_bytes())
                .unwrap();
        let again = clean(&first.bytes).unwrap();
        assert_eq!((again.bytes, again.dropped), (first.bytes, vec![]));
    }
}

//! Pictures as HTML: with their size, so that nothing jumps; in several widths, so that a phone
//! fetches no more than it shows; and late, where a reader may never come to them.

use super::escape::attribute;
use crate::assets::gallery::{Gallery, Picture};

/// Writes a picture. `lazy` says that it need not be there at once; `inline`, that drawings in the colours of
/// the theme are written into the page.
pub fn img(out: &mut String, gallery: &Gallery, href: &str, alt: &str, lazy: bool, inline: bool) {
    let picture = gallery.pictures.get(href);
    if let Some((drawing, picture)) = picture.and_then(|own| Some((own.inline.as_deref()?, own))).filter(|_| inline) {
        return draw(out, drawing, picture, alt);
    }
    out.push_str("<img src=\"");
    attribute(out, href);
    out.push('"');
    if let Some(picture) = picture {
        sizes(out, gallery, href, picture);
    }
    out.push_str(" alt=\"");
    attribute(out, alt);
    out.push_str(if lazy { "\" loading=\"lazy\" decoding=\"async\">" } else { "\" decoding=\"async\">" });
}

/// Puts the drawings of a site into HTML in which they stand as ordinary pictures.
pub fn draw_all(html: &str, gallery: &Gallery) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find("<img ") {
        let (before, tag) = rest.split_at(at);
        out.push_str(before);
        let end = end_of_tag(tag);
        let value = |name: &str| {
            let inner = tag[..end].split_once(&format!(" {name}=\""))?.1;
            inner.split('"').next()
        };
        let picture = value("src").and_then(|href| gallery.pictures.get(href));
        match picture.and_then(|own| Some((own.inline.as_deref()?, own))) {
            // What stands in the attribute is escaped already.
            Some((drawing, picture)) => write(&mut out, drawing, picture, value("alt").unwrap_or_default()),
            None => out.push_str(&tag[..end]),
        }
        rest = &tag[end..];
    }
    out + rest
}

/// Where a tag ends: at the first `>` outside quotation marks.
fn end_of_tag(tag: &str) -> usize {
    let mut quoted = false;
    let end = tag.bytes().position(|byte| {
        quoted ^= byte == b'"';
        byte == b'>' && !quoted
    });
    end.map_or(tag.len(), |end| end + 1)
}

/// Writes a drawing into the page: with its description, or hidden from those who could only hear that it
/// is there.
fn draw(out: &mut String, drawing: &str, picture: &Picture, alt: &str) {
    let mut escaped = String::new();
    attribute(&mut escaped, alt);
    write(out, drawing, picture, &escaped);
}

fn write(out: &mut String, drawing: &str, picture: &Picture, alt: &str) {
    out.push_str("<svg class=\"drawing\"");
    match alt {
        "" => out.push_str(" aria-hidden=\"true\""),
        alt => out.push_str(&format!(" role=\"img\" aria-label=\"{alt}\"")),
    }
    let root = drawing.strip_prefix("<svg").unwrap_or(drawing);
    let own = root.split('>').next().unwrap_or_default();
    if picture.width > 0 && picture.height > 0 && !own.contains(" width=") && !own.contains(" height=") {
        out.push_str(&format!(" width=\"{}\" height=\"{}\"", picture.width, picture.height));
    }
    out.push_str(root);
}

fn sizes(out: &mut String, gallery: &Gallery, href: &str, picture: &Picture) {
    if picture.variants.iter().any(|variant| variant.href != href) {
        let set: Vec<String> = picture.variants.iter().map(|own| format!("{} {}w", own.href, own.width)).collect();
        out.push_str(" srcset=\"");
        attribute(out, &set.join(", "));
        out.push_str("\" sizes=\"");
        attribute(out, &gallery.sizes);
        out.push('"');
    }
    if picture.width > 0 && picture.height > 0 {
        out.push_str(&format!(" width=\"{}\" height=\"{}\"", picture.width, picture.height));
    }
}

//! Pictures as HTML: with their size, so that nothing jumps; in several widths, so that a phone
//! fetches no more than it shows; and late, where a reader may never come to them.

use super::escape::attribute;
use crate::assets::gallery::{Gallery, Picture};

/// Writes a picture. `lazy` says that it need not be there at once.
pub fn img(out: &mut String, gallery: &Gallery, href: &str, alt: &str, lazy: bool) {
    let picture = gallery.pictures.get(href);
    if let Some((drawing, picture)) = picture.and_then(|own| Some((own.inline.as_deref()?, own))) {
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

/// Writes a drawing into the page: with its description, or hidden from those who could only hear that it
/// is there.
fn draw(out: &mut String, drawing: &str, picture: &Picture, alt: &str) {
    out.push_str("<svg class=\"drawing\"");
    if alt.is_empty() {
        out.push_str(" aria-hidden=\"true\"");
    } else {
        out.push_str(" role=\"img\" aria-label=\"");
        attribute(out, alt);
        out.push('"');
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

//! The pictures of a site, ready for its pages: in the widths of the theme, upright, without what a
//! camera wrote into them; drawings without anything that runs or loads.

use super::{
    pictures::{self, Plan, Trouble},
    svg,
};
use crate::{
    base::{
        digest::Digest,
        finding::{Finding, Place},
        guard::guarded,
        memo::Table,
        path::SitePath,
        rules::Rule,
        slug::slug,
        span::Span,
    },
    load::sources::Sources,
    settings::{site::Site, theme::Pictures},
    source::{
        store::Store,
        tree::{File, Tree},
    },
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// All pictures.
#[derive(Debug, Default)]
pub struct Gallery {
    /// The pictures by the address at which pages find them.
    pub pictures: BTreeMap<String, Picture>,
    /// How wide pictures are shown: for `sizes`.
    pub sizes: String,
    /// The addresses of pictures that could not be made ready, which is told: that they are not there
    /// is no further fault.
    pub missing: Vec<String>,
}

/// A picture as pages show it.
#[derive(Debug, Clone)]
pub struct Picture {
    /// Its width in pixels; 0 where a drawing has none.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// Its own output, and the bytes there.
    pub whole: (SitePath, File),
    /// It in several widths, ascending.
    pub variants: Vec<Variant>,
    /// A drawing in the colours of the theme: it is written into the page, for as a file of its own it
    /// would know nothing of them.
    pub inline: Option<Arc<str>>,
}

impl Gallery {
    /// The digest of all that pages are made of.
    pub fn digest(&self) -> Digest {
        let pictures: Vec<_> = self.pictures.iter().map(|(href, picture)| (href, picture.key())).collect();
        Digest::of_value(&(pictures, &self.sizes, &self.missing))
    }
}

impl Picture {
    /// What a page's HTML of it is made of.
    pub fn key(&self) -> (u32, u32, Vec<(u32, &str)>, Option<&str>) {
        let variants = self.variants.iter().map(|variant| (variant.width, variant.href.as_str()));
        (self.width, self.height, variants.collect(), self.inline.as_deref())
    }
}

/// A picture in one width.
#[derive(Debug, Clone)]
pub struct Variant {
    /// The width in pixels.
    pub width: u32,
    /// Its address.
    pub href: String,
    /// Its output, and the bytes there.
    pub file: (SitePath, File),
}

/// What came of one picture file: what the memo keeps.
#[derive(Debug, Clone, Default)]
pub struct Made {
    /// Width and height in pixels.
    pub size: (u32, u32),
    /// The whole; `None` when it could not be read.
    pub whole: Option<File>,
    /// Width, extension and bytes of each variant.
    pub variants: Vec<(u32, String, File)>,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// [`Made`] as the cache keeps it: its bytes are in the store.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Kept {
    size: (u32, u32),
    whole: Option<(Digest, u64)>,
    variants: Vec<(u32, String, (Digest, u64))>,
    findings: Vec<Finding>,
}

impl Kept {
    /// What is to be kept of a picture.
    pub fn of(made: &Made) -> Kept {
        let key = |file: &File| (file.digest, file.len);
        let variant = |(width, extension, file): &(u32, String, File)| (*width, extension.clone(), key(file));
        Kept {
            size: made.size,
            whole: made.whole.as_ref().map(key),
            variants: made.variants.iter().map(variant).collect(),
            findings: made.findings.clone(),
        }
    }

    /// The picture, if the store still has all of its bytes.
    pub fn found(self, store: &Store) -> Option<Made> {
        let find = |(digest, len): (Digest, u64)| store.find(digest, len);
        let whole = match self.whole {
            Some(key) => Some(find(key)?),
            None => None,
        };
        let variants = self.variants.into_iter().map(|(width, extension, key)| Some((width, extension, find(key)?)));
        Some(Made { size: self.size, whole, variants: variants.collect::<Option<_>>()?, findings: self.findings })
    }
}

impl Made {
    /// The digests of its bytes.
    pub fn digests(&self) -> impl Iterator<Item = Digest> {
        self.whole.iter().chain(self.variants.iter().map(|(.., file)| file)).map(|file| file.digest)
    }
}

/// Whether a file is a picture that is made ready: one beside pages, in a format that is read here.
pub fn is_picture(path: &SitePath) -> bool {
    let extension = path.extension();
    path.starts_with("content/") && (is_drawing(path) || pictures::is_picture(extension) || is_closed(extension))
}

/// Formats of pictures that are not read here. They are not copied either: a camera may have written
/// into them where it was.
fn is_closed(extension: &str) -> bool {
    ["heic", "heif", "avif", "bmp", "tif", "tiff", "jxl", "dng", "raw", "psd", "jfif", "svgz"]
        .iter()
        .any(|own| extension.eq_ignore_ascii_case(own))
}

fn is_drawing(path: &SitePath) -> bool {
    path.extension().eq_ignore_ascii_case("svg")
}

/// Makes every picture beside pages ready. `place` gives the output path of a file and its address.
pub fn hang(
    tree: &Tree,
    sources: &Sources,
    site: &Site,
    settings: &Pictures,
    (memo, store): (&Table<SitePath, Arc<Made>>, &Store),
    place: impl Fn(&SitePath) -> (SitePath, String),
) -> (Gallery, Vec<Finding>) {
    let plan = Plan { widths: settings.widths.clone() };
    let files: Vec<&SitePath> = sources.files.iter().map(|(path, _)| path).filter(|path| is_picture(path)).collect();
    let make = |path: &&SitePath| -> Option<(SitePath, Arc<Made>)> {
        let file = tree.files.get(*path)?;
        let input = || Digest::of_value(&(file.digest, &plan));
        let run =
            || Arc::new(guarded(path, || made(path, file, &plan, store)).unwrap_or_else(|finding| failed(*finding)));
        Some(((*path).clone(), memo.get(path, input, run)))
    };
    let made: Vec<(SitePath, Arc<Made>)> = files.par_iter().filter_map(make).collect();
    let mut gallery = Gallery { sizes: settings.sizes.clone(), ..Gallery::default() };
    let mut findings = Vec::new();
    for (path, made) in made {
        findings.extend(made.findings.iter().cloned());
        let (output, href) = place(&path);
        let Some(whole) = made.whole.clone() else {
            gallery.missing.push(href);
            continue;
        };
        let stem = slug(path.name().rsplit_once('.').map_or(path.name(), |(stem, _)| stem));
        let variants = made.variants.iter().map(|(width, extension, file)| -> Variant {
            // In its own width the picture may be best as it is.
            if file.digest == whole.digest {
                return Variant { width: *width, href: href.clone(), file: (output.clone(), file.clone()) };
            }
            let name = format!("assets/{stem}.{}.{extension}", file.digest.short());
            Variant { width: *width, href: site.href(&name), file: (name.into(), file.clone()) }
        });
        let (width, height) = made.size;
        let variants = variants.collect();
        let inline = is_drawing(&path).then(|| in_theme_colours(&whole)).flatten();
        let picture = Picture { width, height, variants, whole: (output, whole), inline };
        gallery.pictures.insert(href, picture);
    }
    (gallery, findings)
}

/// The text of a drawing that names colours of the theme, `var(--accent)`. One with an `id` stays a file:
/// two such on a page could have the same.
fn in_theme_colours(file: &File) -> Option<Arc<str>> {
    let bytes = file.bytes().ok()?;
    let text = std::str::from_utf8(&bytes).ok()?;
    let text = &text[text.find("<svg")?..];
    (text.contains("var(--") && !text.contains(" id=\"")).then(|| text.trim().into())
}

fn failed(finding: Finding) -> Made {
    Made { findings: vec![finding], ..Made::default() }
}

fn made(path: &SitePath, file: &File, plan: &Plan, store: &Store) -> Made {
    let bytes = match file.bytes() {
        Ok(bytes) => bytes,
        Err(error) => return failed(Finding::unreadable(path, &error)),
    };
    if is_closed(path.extension()) {
        let message = format!("pictures of the kind {} cannot be shown", path.extension().to_uppercase());
        let help = "Save it as a JPEG or PNG picture, and correct the links to it.";
        return failed(Finding::new(Rule::IMAGES_BROKEN, Place::file(path), message, help));
    }
    if bytes.is_empty() {
        let help = "Put the picture back, or remove the file.";
        return failed(Finding::new(Rule::IMAGES_BROKEN, Place::file(path), "this picture is empty", help));
    }
    if let Some(is) = disguised(path, &bytes) {
        return failed(explain(path, Trouble::Mislabelled { is }));
    }
    if is_drawing(path) {
        return drawing(path, &bytes, store);
    }
    match pictures::make(path.name(), &bytes, plan) {
        Ok(made) => Made {
            size: (made.width, made.height),
            whole: Some(store.keep(made.whole)),
            variants: made
                .variants
                .into_iter()
                .map(|variant| (variant.width, variant.extension.to_string(), store.keep(variant.bytes)))
                .collect(),
            findings: Vec::new(),
        },
        Err(trouble) => failed(explain(path, trouble)),
    }
}

/// What a drawing really is that is no drawing, or a picture that is one.
fn disguised(path: &SitePath, bytes: &[u8]) -> Option<&'static str> {
    let begin = &bytes[..bytes.len().min(1000)];
    let drawn = memchr::memmem::find(begin, b"<svg").is_some();
    match is_drawing(path) {
        true if !drawn => image::guess_format(bytes).ok()?.extensions_str().first().copied(),
        false if drawn => Some("svg"),
        _ => None,
    }
}

fn explain(path: &SitePath, trouble: Trouble) -> Finding {
    let (rule, message, help) = match trouble {
        Trouble::Huge { width, height } => (
            Rule::IMAGES_HUGE,
            format!("this picture has {width} × {height} pixels"),
            format!("Save it smaller: more than {} million pixels are not read.", pictures::MAX_PIXELS / 1_000_000),
        ),
        Trouble::Mislabelled { is } => {
            let name = path.name().rsplit_once('.').map_or(path.name(), |(stem, _)| stem);
            let message = format!("this picture is not what its name says: it is a {} picture", is.to_uppercase());
            let help = match is_closed(is) {
                true => "Save it as a JPEG picture in a picture program.".into(),
                false => format!("Rename it to {name}.{is}, and correct the links to it."),
            };
            (Rule::IMAGES_MISLABELLED, message, help)
        }
        Trouble::Unknown => (
            Rule::IMAGES_BROKEN,
            "this is not a picture that can be read".to_string(),
            "Pictures are JPEG, PNG, GIF or WebP files, or SVG drawings.".into(),
        ),
        Trouble::Broken(why) => (
            Rule::IMAGES_BROKEN,
            format!("this picture cannot be read: it {why}"),
            "Open it in a picture program, save it anew, and put it back.".into(),
        ),
    };
    Finding::new(rule, Place::file(path), message, help)
}

fn drawing(path: &SitePath, bytes: &[u8], store: &Store) -> Made {
    match svg::clean(bytes) {
        Ok(drawing) => {
            let finding = |dropped: svg::Dropped| {
                let place = Place::span(path, Span::new(dropped.at..dropped.at + 1));
                let message = format!("{} was dropped from this drawing", dropped.what);
                let help = "Export it as a plain SVG, without scripts, animations, links or pictures of other hosts.";
                Finding::new(Rule::IMAGES_SVG, place, message, help)
            };
            let (width, height) = drawing.size.unwrap_or_default();
            Made {
                size: (width.round() as u32, height.round() as u32),
                whole: Some(store.keep(drawing.bytes)),
                variants: Vec::new(),
                findings: drawing.dropped.into_iter().map(finding).collect(),
            }
        }
        Err(fault) => {
            let place = Place::span(path, Span::new(fault.at..fault.at + 1));
            let message = format!("this drawing cannot be read: {}", fault.message);
            failed(Finding::new(Rule::IMAGES_BROKEN, place, message, "Export it anew as a plain SVG."))
        }
    }
}

//! Pictures: read, turned upright, freed of what they tell of their makers, and made smaller for
//! narrow screens.
//!
//! Colours are taken as sRGB: a profile of other colours is dropped and not converted, so that a
//! picture with a wider range than sRGB looks a little duller.

use super::{
    pixels::{encode, plain, scale},
    strip,
};
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, guess_format, metadata::Orientation,
};
use serde::{Deserialize, Serialize};
use std::{
    io::{Cursor, ErrorKind},
    sync::{Mutex, PoisonError},
};

/// The most pixels that a picture may have: about 200 MB when decoded, and twice that with sixteen
/// bits a channel.
pub const MAX_PIXELS: u64 = 50_000_000;
/// Only one picture with more pixels than these is in memory at a time.
const BIG_PIXELS: u64 = 8_000_000;
/// Held by whoever works on a big picture.
static BIG: Mutex<()> = Mutex::new(());
/// What a decoder may allocate: enough for `MAX_PIXELS` of eight bytes.
const MAX_BYTES: u64 = 512 << 20;
/// The quality of a JPEG at its own size: hard to tell from the original.
const WHOLE_QUALITY: u8 = 88;
/// The quality of a JPEG that is a variant.
const VARIANT_QUALITY: u8 = 80;

/// The widths that a theme wants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// In pixels, ascending.
    pub widths: Vec<u32>,
}

/// A finished picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// Its width as a reader sees it.
    pub width: u32,
    /// Its height as a reader sees it.
    pub height: u32,
    /// The picture at its own size in the format of its file name, upright and without metadata.
    pub whole: Vec<u8>,
    /// The picture at widths of the plan, ascending. The last is of its own width, or of the widest
    /// of the plan if that is less. A width is left out when its file would be heavier than that of
    /// a greater one, as happens to drawings of few colours. None for a picture that moves.
    pub variants: Vec<Variant>,
}

/// A picture at one width.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// What the name of its file ends in.
    pub extension: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Why a picture cannot be made.
#[derive(Debug, Clone, PartialEq)]
pub enum Trouble {
    /// The file is damaged or of an uncommon kind: the words go after "it".
    Broken(String),
    /// It has more than [`MAX_PIXELS`].
    Huge {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
    /// Its name says another format than its first bytes.
    Mislabelled {
        /// The usual extension of what it is.
        is: &'static str,
    },
    /// Its name is not that of a picture.
    Unknown,
}

/// Whether this is the extension of a picture.
pub fn is_picture(extension: &str) -> bool {
    format_of(extension).is_some()
}

fn format_of(extension: &str) -> Option<ImageFormat> {
    match &*extension.to_ascii_lowercase() {
        "jpg" | "jpeg" => Some(ImageFormat::Jpeg),
        "png" => Some(ImageFormat::Png),
        "gif" => Some(ImageFormat::Gif),
        "webp" => Some(ImageFormat::WebP),
        _ => None,
    }
}

/// Makes what is published of the picture `bytes`, whose file is called `name`.
pub fn make(name: &str, bytes: &[u8], plan: &Plan) -> Result<Made, Trouble> {
    let format = name.rsplit_once('.').and_then(|(_, extension)| format_of(extension)).ok_or(Trouble::Unknown)?;
    check_label(format, bytes)?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    match pixels {
        0 => return Err(Trouble::Broken("has no width or no height".into())),
        1..=MAX_PIXELS => {}
        _ => return Err(Trouble::Huge { width, height }),
    }
    let _turn = (pixels > BIG_PIXELS).then(|| BIG.lock().unwrap_or_else(PoisonError::into_inner));
    // A damaged EXIF block says nothing of the picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let decoded = DynamicImage::from_decoder(decoder).map_err(broken)?;
    let bare = strip::bare(format, bytes).ok_or_else(|| Trouble::Broken(BREAKS_OFF.into()))?;
    if bare.moves {
        // Browsers do not turn what moves once its EXIF is gone, so its size is the stored one.
        return Ok(Made { width, height, whole: bare.bytes, variants: Vec::new() });
    }
    let mut image = plain(decoded);
    image.apply_orientation(orientation);
    let kept = (orientation == Orientation::NoTransforms).then_some(bare.bytes);
    let anew = encode(&image, format, WHOLE_QUALITY);
    let whole = kept
        .into_iter()
        .chain(anew)
        .min_by_key(Vec::len)
        .ok_or_else(|| Trouble::Broken("cannot be written anew".into()))?;
    let mut variants: Vec<Variant> = Vec::new();
    for width in widths(plan, image.width()).into_iter().rev() {
        let made = variant(&image, width, (format, &whole))?;
        if variants.last().is_none_or(|wider| made.bytes.len() < wider.bytes.len()) {
            variants.push(made);
        }
    }
    variants.reverse();
    Ok(Made { width: image.width(), height: image.height(), whole, variants })
}

/// The words for a file that is not all there.
const BREAKS_OFF: &str = "ends before the picture does";

fn check_label(format: ImageFormat, bytes: &[u8]) -> Result<(), Trouble> {
    // The photos of a telephone, often renamed by hand.
    if matches!(bytes.get(4..12), Some(b"ftypheic" | b"ftypheix" | b"ftypmif1")) {
        return Err(Trouble::Mislabelled { is: "heic" });
    }
    match guess_format(bytes) {
        Ok(is) if is == format => Ok(()),
        Ok(is) => Err(Trouble::Mislabelled { is: is.extensions_str().first().copied().unwrap_or_default() }),
        Err(_) => Err(Trouble::Broken("does not begin as a picture does".into())),
    }
}

fn broken(error: ImageError) -> Trouble {
    let why = match error {
        ImageError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => BREAKS_OFF,
        ImageError::Unsupported(_) => "is of an uncommon kind that cannot be read",
        ImageError::Limits(_) => "asks for more memory than a picture may take",
        _ => "has damaged data",
    };
    Trouble::Broken(why.into())
}

/// The widths to make of a picture that is `own` wide.
fn widths(plan: &Plan, own: u32) -> Vec<u32> {
    let widest = plan.widths.iter().copied().max().unwrap_or(0);
    let mut widths: Vec<u32> = plan.widths.iter().copied().filter(|width| (1..=own).contains(width)).collect();
    if own < widest {
        widths.push(own);
    }
    widths.sort_unstable();
    widths.dedup();
    widths
}

/// The picture at `width`, in the format that takes the fewest bytes. At its own width the whole
/// file is one of those to choose from.
fn variant(image: &DynamicImage, width: u32, whole: (ImageFormat, &[u8])) -> Result<Variant, Trouble> {
    let own = (image.width() == width).then(|| (whole.0, whole.1.to_vec()));
    let failed = || Trouble::Broken("cannot be written anew".into());
    let scaled = if own.is_some() { None } else { Some(scale(image, width).ok_or_else(failed)?) };
    let image = scaled.as_ref().unwrap_or(image);
    let formats: &[ImageFormat] = match (image.color().has_alpha(), whole.0) {
        (true, _) => &[ImageFormat::Png, ImageFormat::WebP],
        // The traces of a JPEG make a PNG of it heavy, and long to write.
        (false, ImageFormat::Jpeg) => &[ImageFormat::Jpeg, ImageFormat::WebP],
        (false, _) => &[ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Png],
    };
    let (format, bytes) = formats
        .iter()
        .filter_map(|format| Some((*format, encode(image, *format, VARIANT_QUALITY)?)))
        .chain(own)
        .min_by_key(|(_, bytes)| bytes.len())
        .ok_or_else(failed)?;
    let extension = format.extensions_str().first().copied().unwrap_or_default();
    Ok(Variant { width, height: image.height(), extension, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Frame, RgbImage, Rgba, RgbaImage, codecs::gif::GifEncoder, load_from_memory};

    const SECRET: &[u8] = b"GPS 52.5163 N 13.3777 E";

    fn encoded(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        image.into().write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    /// Colours everywhere, and as many as a photo has.
    fn photo(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| [(x * 7 + y) as u8, (y * 5) as u8, (x * y / 3) as u8].into())
    }

    fn plan(widths: &[u32]) -> Plan {
        Plan { widths: widths.to_vec() }
    }

    fn sizes(made: &Made) -> Vec<(u32, u32)> {
        made.variants.iter().map(|variant| (variant.width, variant.height)).collect()
    }

    #[test]
    fn a_photo_is_turned_upright_and_tells_nothing_of_its_maker() {
        let turned = [b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0", SECRET].concat();
        let exif = [b"Exif\0\0", &*turned].concat();
        let mut jpeg = encoded(photo(60, 40), ImageFormat::Jpeg);
        jpeg.splice(2..2, [&[0xff, 0xe1, 0, exif.len() as u8 + 2], &*exif].concat());
        for bytes in [jpeg.clone(), [&*jpeg, SECRET].concat()] {
            let made = make("a.jpg", &bytes, &plan(&[20, 80])).unwrap();
            assert_eq!((made.width, made.height), (40, 60));
            assert_eq!(sizes(&made), [(20, 30), (40, 60)]);
            let files: Vec<&[u8]> = [&*made.whole].into_iter().chain(made.variants.iter().map(|v| &*v.bytes)).collect();
            for file in files {
                assert!(!file.windows(SECRET.len()).any(|window| window == SECRET));
                let seen = load_from_memory(file).unwrap();
                assert_eq!(seen.width() * 3, seen.height() * 2);
            }
        }
    }

    #[test]
    fn a_huge_picture_is_refused_by_its_header() {
        let mut png = encoded(photo(1, 1), ImageFormat::Png);
        png.splice(16..24, [12000u32.to_be_bytes(), 9000u32.to_be_bytes()].concat());
        // The check sum of such a header.
        png.splice(29..33, 0x424be6bfu32.to_be_bytes());
        assert_eq!(make("a.png", &png, &plan(&[480])), Err(Trouble::Huge { width: 12000, height: 9000 }));
    }

    #[test]
    fn a_file_that_breaks_off_is_broken() {
        for (name, format) in [("jpg", ImageFormat::Jpeg), ("png", ImageFormat::Png), ("webp", ImageFormat::WebP)] {
            let bytes = encoded(photo(64, 64), format);
            for end in [bytes.len() / 3, bytes.len() / 2, bytes.len() - 3] {
                let made = make(&format!("a.{name}"), &bytes[..end], &plan(&[32]));
                assert!(matches!(made, Err(Trouble::Broken(_))), "{name} {end}: {made:?}");
            }
        }
        assert!(matches!(make("a.jpg", b"<svg/>", &plan(&[32])), Err(Trouble::Broken(_))));
    }

    #[test]
    fn a_name_has_to_say_what_the_bytes_are() {
        let png = encoded(photo(4, 4), ImageFormat::Png);
        assert_eq!(make("a.jpg", &png, &plan(&[])), Err(Trouble::Mislabelled { is: "png" }));
        assert_eq!(make("a.JPEG", b"\0\0\0\x18ftypheic", &plan(&[])), Err(Trouble::Mislabelled { is: "heic" }));
        assert_eq!(make("a.txt", &png, &plan(&[])), Err(Trouble::Unknown));
        assert_eq!(make("png", &png, &plan(&[])), Err(Trouble::Unknown));
        assert!(make("a.b.PNG", &png, &plan(&[])).is_ok());
        assert!(is_picture("WebP") && !is_picture("svg"));
    }

    #[test]
    fn what_is_transparent_stays_so_and_its_colour_does_not_bleed() {
        let clear = RgbaImage::from_fn(90, 30, |x, _| Rgba(if x < 45 { [200, 0, 0, 255] } else { [0, 255, 0, 0] }));
        let made = make("a.png", &encoded(clear, ImageFormat::Png), &plan(&[31])).unwrap();
        let small = load_from_memory(&made.variants[0].bytes).unwrap().into_rgba8();
        assert_eq!((small.get_pixel(2, 2)[3], small.get_pixel(28, 2)[3]), (255, 0));
        assert!(small.pixels().all(|pixel| pixel[1] == 0 || pixel[3] == 0));
    }

    #[test]
    fn no_variant_is_wider_than_the_picture_or_the_plan() {
        let widths = |own| widths(&plan(&[480, 800, 0, 800, 1200]), own);
        assert_eq!(widths(2000), [480, 800, 1200]);
        assert_eq!(widths(1200), [480, 800, 1200]);
        assert_eq!(widths(1000), [480, 800, 1000]);
        assert_eq!(widths(100), [100]);
        assert!(super::widths(&plan(&[]), 100).is_empty());
    }

    #[test]
    fn a_narrow_file_heavier_than_a_wide_one_is_left_out() {
        let chess = RgbImage::from_fn(400, 400, |x, y| [if (x + y) % 2 == 0 { 255 } else { 0 }; 3].into());
        let made = make("a.png", &encoded(chess, ImageFormat::Png), &plan(&[300, 399, 400])).unwrap();
        assert_eq!(sizes(&made), [(400, 400)]);
    }

    #[test]
    fn what_moves_is_kept_without_variants() {
        let mut film = Vec::new();
        let frames = [9, 99].map(|grey| Frame::new(RgbaImage::from_pixel(50, 40, Rgba([grey, 0, 0, 255]))));
        GifEncoder::new(&mut film).encode_frames(frames).unwrap();
        let made = make("a.gif", &film, &plan(&[20])).unwrap();
        assert_eq!((made.width, made.height, made.variants.len()), (50, 40, 0));
        assert_eq!(made.whole, film);
        let still = encoded(photo(50, 40), ImageFormat::Gif);
        assert_eq!(sizes(&make("a.gif", &still, &plan(&[20])).unwrap()), [(20, 16)]);
    }

    #[test]
    fn the_same_bytes_give_the_same_picture() {
        let bytes = encoded(photo(300, 200), ImageFormat::Jpeg);
        let made = make("a.jpg", &bytes, &plan(&[100, 200])).unwrap();
        assert_eq!(sizes(&made), [(100, 67), (200, 133)]);
        assert_eq!(Ok(made), make("a.jpg", &bytes, &plan(&[100, 200])));
    }
}

//! Picture files with nothing but the picture in them.
//!
//! What tells of a photographer, a place or a program is cut out of the file; the picture's own
//! data stay as they are, so nothing is lost to a second compression. Only what is known to belong
//! to the picture is kept. Each walk also finds where a file breaks off, which the decoders of JPEG
//! and GIF do not tell.

use image::ImageFormat;

/// The chunks of a PNG that make the picture, and those of an animation. The `gAMA`, `cHRM` and
/// `iCCP` of other colours go: see [`super::pictures::make`].
const PNG_CHUNKS: &[&[u8]] = &[b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"acTL", b"fcTL", b"fdAT"];
/// The chunks of a WebP that make the picture, and those of an animation.
const WEBP_CHUNKS: &[&[u8]] = &[b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"];
/// The flags of `VP8X` that announce a colour profile, EXIF and XMP.
const WEBP_METADATA: u8 = 0x20 | 0x08 | 0x04;

/// A file without metadata.
#[derive(Debug, PartialEq)]
pub struct Bare {
    /// The file.
    pub bytes: Vec<u8>,
    /// Whether it moves.
    pub moves: bool,
}

/// Takes the metadata out of a file. None when the file breaks off or is not built as its format
/// wants.
pub fn bare(format: ImageFormat, bytes: &[u8]) -> Option<Bare> {
    match format {
        ImageFormat::Jpeg => jpeg(bytes),
        ImageFormat::Png => png(bytes),
        ImageFormat::Gif => gif(bytes),
        ImageFormat::WebP => webp(bytes),
        _ => None,
    }
}

fn jpeg(bytes: &[u8]) -> Option<Bare> {
    let mut out = bytes.get(..2)?.to_vec();
    let mut at = 2;
    loop {
        // Stray bytes before a marker are left out, and so is the padding of a marker.
        at += bytes.get(at..)?.iter().position(|byte| *byte == 0xff)?;
        at += bytes.get(at..)?.iter().position(|byte| *byte != 0xff)?;
        let marker = *bytes.get(at)?;
        at += 1;
        match marker {
            // Whatever follows the end is not of this picture: cameras put films and maps there.
            0xd9 => {
                out.extend([0xff, 0xd9]);
                return Some(Bare { bytes: out, moves: false });
            }
            0x00 | 0x01 | 0xd0..=0xd8 => continue,
            _ => {}
        }
        let length = usize::from(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?)).max(2);
        let segment = bytes.get(at..at + length)?;
        let keep = match marker {
            // A JFIF head of another length has a thumbnail in it.
            0xe0 => segment.len() == 16 && segment[2..].starts_with(b"JFIF\0"),
            // Adobe's says whether the colours are RGB, YCbCr or those of a printer.
            0xee => segment.len() == 14 && segment[2..].starts_with(b"Adobe"),
            0xe1..=0xef | 0xfe => false,
            _ => true,
        };
        if keep {
            out.extend([0xff, marker]);
            out.extend(segment);
        }
        at += length;
        if marker == 0xda {
            let data = bytes.get(at..)?;
            let end = data.windows(2).position(|two| two[0] == 0xff && !matches!(two[1], 0 | 0xd0..=0xd7 | 0xff))?;
            out.extend(&data[..end]);
            at += end;
        }
    }
}

fn png(bytes: &[u8]) -> Option<Bare> {
    let mut out = bytes.get(..8)?.to_vec();
    let mut rest = bytes.get(8..)?;
    let mut moves = false;
    loop {
        let length = u32::from_be_bytes(*rest.first_chunk()?);
        let chunk = rest.get(..usize::try_from(length).ok()?.checked_add(12)?)?;
        rest = &rest[chunk.len()..];
        let name = &chunk[4..8];
        if PNG_CHUNKS.contains(&name) {
            out.extend(chunk);
        }
        moves |= name == b"acTL";
        if name == b"IEND" {
            return Some(Bare { bytes: out, moves });
        }
    }
}

fn webp(bytes: &[u8]) -> Option<Bare> {
    let size = u32::from_le_bytes(*bytes.get(4..)?.first_chunk()?);
    let end = usize::try_from(size).ok()?.checked_add(8)?;
    let mut rest = bytes.get(12..end)?;
    let mut out = bytes[..12].to_vec();
    let mut moves = false;
    while !rest.is_empty() {
        let length = u32::from_le_bytes(*rest.get(4..)?.first_chunk()?);
        let chunk = rest.get(..usize::try_from(length).ok()?.checked_add(8)?)?;
        let name = &chunk[..4];
        if WEBP_CHUNKS.contains(&name) {
            let start = out.len();
            out.extend(chunk);
            if name == b"VP8X" {
                *out.get_mut(start + 8)? &= !WEBP_METADATA;
            }
            if chunk.len() % 2 == 1 {
                out.push(0);
            }
        }
        moves |= name == b"ANMF";
        rest = rest.get(chunk.len().next_multiple_of(2)..).unwrap_or_default();
    }
    let size = u32::try_from(out.len() - 8).ok()?;
    out[4..8].copy_from_slice(&size.to_le_bytes());
    Some(Bare { bytes: out, moves })
}

fn gif(bytes: &[u8]) -> Option<Bare> {
    let mut at = 13 + colour_table(*bytes.get(10)?);
    let mut out = bytes.get(..at)?.to_vec();
    let mut frames = 0;
    loop {
        let start = at;
        let keep = match *bytes.get(at)? {
            0x3b => {
                out.push(0x3b);
                return Some(Bare { bytes: out, moves: frames > 1 });
            }
            0x2c => {
                at = sub_blocks(bytes, at + 11 + colour_table(*bytes.get(at + 9)?))?;
                frames += 1;
                true
            }
            0x21 => {
                at = sub_blocks(bytes, at + 2)?;
                // How a frame is shown, and how often a film is: both of one length, so that
                // nothing else can be in them.
                match &bytes[start..at] {
                    [_, 0xf9, ..] => at - start == 8,
                    [_, 0xff, 11, name @ ..] => {
                        at - start == 19 && (name.starts_with(b"NETSCAPE2.0") || name.starts_with(b"ANIMEXTS1.0"))
                    }
                    _ => false,
                }
            }
            // Some programs pad with noughts.
            0 => {
                at += 1;
                false
            }
            _ => return None,
        };
        if keep {
            out.extend(bytes.get(start..at)?);
        }
    }
}

/// The size of the colour table that these flags announce.
fn colour_table(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// Where a chain of sub-blocks ends that starts at `at`.
fn sub_blocks(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{DynamicImage, Frame, RgbaImage, codecs::gif::GifEncoder};

    const SECRET: &[u8] = b"52.5163 N, Jane Doe";

    fn told(bytes: &[u8]) -> bool {
        bytes.windows(SECRET.len()).any(|window| window == SECRET)
    }

    fn encoded(format: ImageFormat) -> Vec<u8> {
        let mut out = std::io::Cursor::new(Vec::new());
        DynamicImage::new_rgb8(9, 7).write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    fn spliced(bytes: &[u8], at: usize, parts: &[&[u8]]) -> Vec<u8> {
        [&bytes[..at], &parts.concat(), &bytes[at..]].concat()
    }

    #[test]
    fn what_is_bare_stays_as_it_is() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP] {
            let bytes = encoded(format);
            assert_eq!(bare(format, &bytes), Some(Bare { bytes, moves: false }), "{format:?}");
        }
    }

    #[test]
    fn metadata_goes_and_the_picture_stays() {
        let length = SECRET.len() as u8;
        let jpeg = encoded(ImageFormat::Jpeg);
        let commented = spliced(&jpeg, 2, &[&[0xff, 0xfe, 0, length + 2], SECRET]);
        let trailed = [&commented, SECRET].concat();
        assert_eq!(bare(ImageFormat::Jpeg, &trailed).unwrap().bytes, jpeg);

        let png = encoded(ImageFormat::Png);
        let commented = spliced(&png, 33, &[&[0, 0, 0, length], b"tEXt", SECRET, b"CRC."]);
        assert_eq!(bare(ImageFormat::Png, &commented).unwrap().bytes, png);

        let gif = encoded(ImageFormat::Gif);
        let head = 13 + colour_table(gif[10]);
        let commented = spliced(&gif, head, &[&[0x21, 0xfe, length], SECRET, &[0]]);
        assert_eq!(bare(ImageFormat::Gif, &commented).unwrap().bytes, gif);
    }

    #[test]
    fn a_webp_no_longer_announces_what_was_cut_out() {
        let plain = encoded(ImageFormat::WebP);
        let mut bytes = spliced(&plain, 12, &[b"VP8X\x0a\0\0\0", &[0x2c, 0, 0, 0, 8, 0, 0, 6, 0, 0]]);
        bytes.extend([b"EXIF", &[SECRET.len() as u8, 0, 0, 0], SECRET, &[0]].concat());
        let size = bytes.len() as u32 - 8;
        bytes[4..8].copy_from_slice(&size.to_le_bytes());
        let out = bare(ImageFormat::WebP, &bytes).unwrap().bytes;
        assert!(!told(&out) && out[20] == 0);
        assert!(image::load_from_memory(&out).is_ok());
    }

    #[test]
    fn a_film_is_seen_to_move() {
        let mut bytes = Vec::new();
        let frames = [0, 255].map(|grey| Frame::new(RgbaImage::from_pixel(4, 4, [grey, grey, grey, 255].into())));
        GifEncoder::new(&mut bytes).encode_frames(frames).unwrap();
        assert!(bare(ImageFormat::Gif, &bytes).unwrap().moves);
    }

    #[test]
    fn a_file_that_breaks_off_anywhere_is_not_taken() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP] {
            let bytes = encoded(format);
            assert!((0..bytes.len()).all(|end| bare(format, &bytes[..end]).is_none()), "{format:?}");
        }
    }
}

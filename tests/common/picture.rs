//! Pictures for tests, from words: `picture 600x400` is a real one of that size in the format of its
//! name, `picture 600x400 as png` one in another format, `header 12000x9000` the first bytes of a PNG
//! that says to be so large, `camera 600x400` a JPEG into which a camera wrote where it was.

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use std::io::Cursor;

/// What a camera writes that must reach no reader.
pub const PLACE: &str = "GPS 52.5200N 13.4050E";

/// The bytes of a picture file of that name; `None` where the text is no such description.
pub fn of(name: &str, text: &str) -> Option<Vec<u8>> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (what, size) = (*words.first()?, *words.get(1)?);
    let (width, height) = size.split_once('x')?;
    let (width, height): (u32, u32) = (width.parse().ok()?, height.parse().ok()?);
    let extension = words.get(3).copied().unwrap_or(name.rsplit('.').next()?);
    match what {
        "picture" => Some(write(width, height, ImageFormat::from_extension(extension)?)),
        "header" => Some(header(width, height)),
        "camera" => Some(camera(write(width, height, ImageFormat::Jpeg))),
        _ => None,
    }
}

fn write(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let colour = |x, y| Rgb([(x * 7 % 251) as u8, (y * 5 % 241) as u8, ((x + y) * 3 % 239) as u8]);
    let picture = DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, colour));
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("a picture");
    bytes.into_inner()
}

/// A PNG of which only the header is there, with its checksum.
fn header(width: u32, height: u32) -> Vec<u8> {
    let whole = write(1, 1, ImageFormat::Png);
    let mut chunk = b"IHDR".to_vec();
    chunk.extend(width.to_be_bytes());
    chunk.extend(height.to_be_bytes());
    chunk.extend(&whole[24..29]);
    let crc = chunk.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    });
    [&whole[..12], &chunk, &(!crc).to_be_bytes(), &whole[33..]].concat()
}

/// Puts a comment and an APP1 segment with a place behind the first marker.
fn camera(jpeg: Vec<u8>) -> Vec<u8> {
    let text = format!("Exif\0\0{PLACE}");
    let segment =
        |marker: u8, body: &[u8]| [&[0xff, marker], &(body.len() as u16 + 2).to_be_bytes()[..], body].concat();
    [&jpeg[..2], &segment(0xe1, text.as_bytes()), &segment(0xfe, PLACE.as_bytes()), &jpeg[2..]].concat()
}

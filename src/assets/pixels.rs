//! The pixels of a picture: made plain, scaled and written as a file.
//!
//! The same pixels give the same file on any machine. Scaling is done in whole numbers, whose
//! weights come from a polynomial (Catmull-Rom); Lanczos would ask the C library for sines. The
//! SIMD paths need not be turned off: on eight-bit channels they give what the plain ones give, bit
//! by bit, which `a_scaled_picture_is_the_same_everywhere` watches over.

use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::{
    DynamicImage, ImageFormat,
    codecs::{
        jpeg::JpegEncoder,
        png::{CompressionType, FilterType as PngFilter, PngEncoder},
        webp::WebPEncoder,
    },
};

/// The same picture with eight bits a channel, and without the channels that say nothing.
pub fn plain(image: DynamicImage) -> DynamicImage {
    let has_alpha = image.color().has_alpha();
    let image = match image {
        DynamicImage::ImageLuma8(_) | DynamicImage::ImageLumaA8(_) => image,
        _ if has_alpha => DynamicImage::ImageRgba8(image.into_rgba8()),
        _ => DynamicImage::ImageRgb8(image.into_rgb8()),
    };
    let (grey, opaque) = match &image {
        DynamicImage::ImageRgba8(image) => (
            image.pixels().all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2]),
            image.pixels().all(|pixel| pixel[3] == u8::MAX),
        ),
        DynamicImage::ImageRgb8(image) => {
            (image.pixels().all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2]), true)
        }
        DynamicImage::ImageLumaA8(image) => (true, image.pixels().all(|pixel| pixel[1] == u8::MAX)),
        _ => (true, true),
    };
    match (grey, opaque) {
        (true, true) => DynamicImage::ImageLuma8(image.into_luma8()),
        (true, false) => DynamicImage::ImageLumaA8(image.into_luma_alpha8()),
        (false, true) => DynamicImage::ImageRgb8(image.into_rgb8()),
        (false, false) => image,
    }
}

/// The picture at a smaller width. Its alpha is multiplied in meanwhile, so that what cannot be
/// seen does not bleed into what can.
pub fn scale(image: &DynamicImage, width: u32) -> Option<DynamicImage> {
    let own = u64::from(image.width());
    let height = (u64::from(image.height()) * u64::from(width) + own / 2) / own;
    let height = u32::try_from(height).unwrap_or(u32::MAX).max(1);
    let mut out = DynamicImage::new(width, height, image.color());
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom));
    Resizer::new().resize(image, &mut out, &options).ok()?;
    Some(out)
}

/// The file of a picture. None when the format cannot hold it: each has its longest side.
pub fn encode(image: &DynamicImage, format: ImageFormat, quality: u8) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    match format {
        ImageFormat::Jpeg => image.write_with_encoder(JpegEncoder::new_with_quality(&mut out, quality)).ok()?,
        ImageFormat::WebP => image.write_with_encoder(WebPEncoder::new_lossless(&mut out)).ok()?,
        ImageFormat::Png => {
            // The one suits photos, the other drawings.
            let mut other = Vec::new();
            for (out, filter) in [(&mut out, PngFilter::Adaptive), (&mut other, PngFilter::NoFilter)] {
                let encoder = PngEncoder::new_with_quality(out, CompressionType::Default, filter);
                image.write_with_encoder(encoder).ok()?;
            }
            if other.len() < out.len() {
                out = other;
            }
        }
        // A GIF keeps its own data.
        _ => return None,
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{RgbImage, Rgba, RgbaImage};

    #[test]
    fn what_looks_grey_is_written_as_grey() {
        let grey = RgbImage::from_fn(256, 99, |x, y| [(x + y * x) as u8; 3].into());
        let image = plain(grey.into());
        assert!(image.as_luma8().unwrap().enumerate_pixels().all(|(x, y, pixel)| pixel[0] == (x + y * x) as u8));
        let bytes = encode(&image, ImageFormat::Jpeg, 80).unwrap();
        assert_eq!(image::load_from_memory(&bytes).unwrap().color(), image::ColorType::L8);
    }

    #[test]
    fn a_scaled_picture_is_the_same_everywhere() {
        let image = RgbaImage::from_fn(301, 200, |x, y| Rgba([(x * y) as u8, (x * 3) as u8, y as u8, (x + y) as u8]));
        let small = scale(&image.into(), 97).unwrap();
        // FNV-1a.
        let sum = small
            .as_bytes()
            .iter()
            .fold(0xcbf29ce484222325u64, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x100000001b3));
        assert_eq!(sum, 4937106618087172052);
    }
}

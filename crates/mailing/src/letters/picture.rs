//! Pictures of letters: turned upright, made small enough for a mail, and freed of everything but the picture.
//!
//! What a camera writes into a file (place, time, device) is not kept: only the pixels are. Refused is what is no picture, and what would
//! fill the memory when it is opened: the size is read before a single pixel is.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use kernel::db::write;
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};
use sha2::{Digest, Sha256};

use crate::Mailing;
use crate::store::picture as rows;

pub use crate::store::picture::{Picture, PictureFile};

/// The largest file that is looked at, in bytes.
pub const LARGEST_PICTURE: usize = 20 * 1024 * 1024;
/// The longest side that is opened, in pixels.
const LONGEST_SIDE: u32 = 16_000;
/// The most pixels that are opened: what telephones make.
const MOST_PIXELS: u64 = 60_000_000;
/// Memory for opening one.
const MEMORY: u64 = 320 * 1024 * 1024;
/// The width and height within which it is kept: twice the width of a mail, for fine screens.
const WIDTH: u32 = 1_200;
const HEIGHT: u32 = 2_400;
/// A drawing that is no larger stays as sharp as it is.
const DRAWING: usize = 300 * 1024;
const QUALITY: u8 = 82;
/// The longest description, in characters.
const LONGEST_ALT: usize = 300;

/// Why a picture was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// Not what a browser shows.
    #[error("the file is no picture that can be shown: take a JPEG, PNG or WebP")]
    NotAPicture,
    /// Bytes or pixels.
    #[error("the picture is too large: at most 20 MB and 60 megapixels")]
    TooLarge,
    /// Nobody who cannot see it would know what it shows.
    #[error("say in a few words what the picture shows")]
    Alt,
    /// The database.
    #[error("the picture could not be kept")]
    Database(#[from] DbErr),
}

/// A picture as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    pub kind: &'static str,
    pub ending: &'static str,
    pub width: u32,
    pub height: u32,
    pub bytes: Vec<u8>,
}

impl Mailing {
    /// Keeps a picture; the same one again is the same file. It takes a while to be made small, away from the requests.
    pub async fn add_picture(&self, bytes: Vec<u8>, alt: &str, now: Instant) -> Result<Picture, PictureError> {
        let alt: String = alt.split_whitespace().collect::<Vec<_>>().join(" ");
        let alt: String = alt
            .chars()
            .filter(|c| !"[]\\<>".contains(*c))
            .take(LONGEST_ALT)
            .collect();
        if alt.is_empty() {
            return Err(PictureError::Alt);
        }
        let prepared = tokio::task::spawn_blocking(move || prepare(&bytes)).await;
        let prepared = prepared.map_err(|_| PictureError::NotAPicture)??;
        let hash = Sha256::digest(&prepared.bytes);
        let name = hash
            .iter()
            .take(16)
            .fold(String::new(), |name, byte| format!("{name}{byte:02x}"));
        let picture = Picture {
            file: format!("{name}.{}", prepared.ending),
            width: i32::try_from(prepared.width).unwrap_or(i32::MAX),
            height: i32::try_from(prepared.height).unwrap_or(i32::MAX),
            alt,
        };
        let step = async |tx: &DatabaseTransaction, (picture, prepared, now): &(Picture, Prepared, Instant)| {
            rows::insert(tx, picture, prepared.kind, &prepared.bytes, *now).await
        };
        write::<_, _, DbErr, _>(&self.db, (picture.clone(), prepared, now), step).await?;
        Ok(picture)
    }

    /// The bytes of a picture by its file name.
    pub async fn picture(&self, file: &str) -> Result<Option<PictureFile>, DbErr> {
        rows::read(self.db.reader(), file).await
    }

    /// Whether there is a picture of this file name.
    pub async fn has_picture(&self, file: &str) -> Result<bool, DbErr> {
        rows::exists(self.db.reader(), file).await
    }
}

/// From any file to the picture that is kept.
fn prepare(bytes: &[u8]) -> Result<Prepared, PictureError> {
    if bytes.len() > LARGEST_PICTURE {
        return Err(PictureError::TooLarge);
    }
    let refused = |_| PictureError::NotAPicture;
    let reader = || ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    let format = reader().map_err(|_| PictureError::NotAPicture)?.format();
    if !matches!(format, Some(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) {
        return Err(PictureError::NotAPicture);
    }
    let size = reader().map_err(|_| PictureError::NotAPicture)?.into_dimensions();
    let (width, height) = size.map_err(refused)?;
    if width > LONGEST_SIDE || height > LONGEST_SIDE || u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(PictureError::TooLarge);
    }
    let mut opened = reader().map_err(|_| PictureError::NotAPicture)?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY);
    opened.limits(limits);
    let mut decoder = opened.into_decoder().map_err(refused)?;
    let orientation = decoder.orientation().map_err(refused)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refused)?;
    picture.apply_orientation(orientation);
    if picture.width() > WIDTH || picture.height() > HEIGHT {
        picture = picture.thumbnail(WIDTH, HEIGHT);
    }
    let clear = picture.color().has_alpha() && has_clear_pixels(&picture);
    let (width, height) = (picture.width(), picture.height());
    if clear || format == Some(ImageFormat::Png) {
        let png = as_png(&picture, clear)?;
        if clear || png.len() <= DRAWING {
            return Ok(Prepared {
                kind: "png",
                ending: "png",
                width,
                height,
                bytes: png,
            });
        }
    }
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, QUALITY);
    picture.to_rgb8().write_with_encoder(encoder).map_err(refused)?;
    Ok(Prepared {
        kind: "jpeg",
        ending: "jpg",
        width,
        height,
        bytes: jpeg,
    })
}

fn has_clear_pixels(picture: &DynamicImage) -> bool {
    picture.to_rgba8().pixels().any(|pixel| pixel.0[3] < 255)
}

fn as_png(picture: &DynamicImage, clear: bool) -> Result<Vec<u8>, PictureError> {
    let mut png = Vec::new();
    let encoder = PngEncoder::new(&mut png);
    let written = if clear {
        picture.to_rgba8().write_with_encoder(encoder)
    } else {
        picture.to_rgb8().write_with_encoder(encoder)
    };
    written.map_err(|_| PictureError::NotAPicture)?;
    Ok(png)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgb, RgbImage, Rgba, RgbaImage};

    fn jpeg(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let picture = RgbImage::from_fn(width, height, |x, y| Rgb([x.to_le_bytes()[0], y.to_le_bytes()[0], 40]));
        picture
            .write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 90))
            .unwrap();
        bytes
    }

    /// A JPEG with an EXIF part that says it lies on its side, and where it was taken.
    fn with_exif(plain: &[u8]) -> Vec<u8> {
        let tiff: &[u8] =
            b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0GPS 35.5951N 82.5515W";
        let mut bytes = plain[..2].to_vec();
        bytes.extend([0xff, 0xe1]);
        bytes.extend(u16::try_from(tiff.len() + 2).unwrap().to_be_bytes());
        bytes.extend(tiff);
        bytes.extend(&plain[2..]);
        bytes
    }

    #[test]
    fn a_photograph_stands_upright_is_small_and_says_nothing_of_where_it_was_taken() {
        let kept = prepare(&with_exif(&jpeg(1_600, 800))).unwrap();
        assert_eq!((kept.kind, kept.width, kept.height), ("jpeg", 800, 1_600));
        let text = String::from_utf8_lossy(&kept.bytes);
        assert!(!text.contains("Exif") && !text.contains("GPS"));
        let wide = prepare(&jpeg(2_400, 600)).unwrap();
        assert_eq!((wide.width, wide.height), (1_200, 300));
    }

    #[test]
    fn a_drawing_stays_a_drawing_and_clear_pixels_stay_clear() {
        let mut bytes = Vec::new();
        let picture = RgbaImage::from_fn(40, 40, |x, _| Rgba([10, 20, 30, if x < 20 { 0 } else { 255 }]));
        picture.write_with_encoder(PngEncoder::new(&mut bytes)).unwrap();
        let kept = prepare(&bytes).unwrap();
        assert_eq!((kept.kind, kept.width), ("png", 40));
        assert!(image::load_from_memory(&kept.bytes).unwrap().color().has_alpha());
    }

    #[test]
    fn what_is_no_picture_or_would_fill_the_memory_is_refused() {
        let no = |bytes: &[u8]| prepare(bytes).unwrap_err();
        for bytes in [
            &b""[..],
            b"GIF89a",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"\xff\xd8\xff\xe0",
            b"RIFF0000WEBP",
        ] {
            assert!(matches!(no(bytes), PictureError::NotAPicture), "{bytes:?}");
        }
        let mut cut = jpeg(200, 200);
        cut.truncate(300);
        assert!(matches!(no(&cut), PictureError::NotAPicture));
        assert!(matches!(no(&vec![0; LARGEST_PICTURE + 1]), PictureError::TooLarge));
        // A few bytes that say they are 100,000 by 100,000 pixels.
        let mut bomb = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bomb.extend(100_000_u32.to_be_bytes());
        bomb.extend(100_000_u32.to_be_bytes());
        bomb.extend([8, 6, 0, 0, 0]);
        bomb.extend(crc(&bomb[12..]).to_be_bytes());
        bomb.extend(b"\0\0\0\0IEND\xae\x42\x60\x82");
        assert!(matches!(no(&bomb), PictureError::TooLarge | PictureError::NotAPicture));
    }

    /// The check of a PNG part (ISO 3309).
    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0, |mut crc: u32, &byte| {
            crc ^= u32::from(byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 {
                    (crc >> 1) ^ 0xedb8_8320
                } else {
                    crc >> 1
                };
            }
            crc
        })
    }
}

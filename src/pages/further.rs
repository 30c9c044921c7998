//! Pictures that an image file holds beyond the one that is read as its page. Counts them; decodes none.

use image::ImageFormat;

use crate::model::{PageNo, Problem};

/// Tells of the pictures that are left out. A JPEG's stand behind its end, where a copy keeps them; those of moving
/// pictures are in no copy.
pub(super) fn left_out(file: &[u8], format: ImageFormat, page: PageNo) -> Option<Problem> {
    let count = match format {
        ImageFormat::Jpeg => {
            let count = jpeg(file).unwrap_or_else(|| pictures_in(after_jpeg(file)));
            return (count > 0).then(|| behind(page, count));
        }
        ImageFormat::Png if png(file).is_none() => {
            let count = pictures_in(after_png(file));
            return (count > 0).then(|| behind(page, count));
        }
        ImageFormat::Png => png(file),
        ImageFormat::WebP => webp(file),
        _ => None,
    };
    count.filter(|count| *count > 0).map(pages_missing)
}

/// Says that a file names more pages than it gives.
pub(super) fn pages_missing(count: usize) -> Problem {
    let message = format!("the file names more pages than could be found or shown (left out: {count})");
    Problem { kind: "pages_missing".to_owned(), message, page: Some(PageNo::from_index(0)) }
}

fn behind(page: PageNo, count: usize) -> Problem {
    let message = format!("the file holds more pictures behind that of page {page}, which were not read: {count}");
    Problem { kind: "pictures_behind".to_owned(), message, page: Some(page) }
}

fn number(bytes: &[u8], at: usize, is_little: bool) -> Option<usize> {
    let bytes: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    Some(if is_little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) } as usize)
}

/// Pictures that begin in bytes behind an image's end.
fn pictures_in(rest: &[u8]) -> usize {
    const STARTS: [&[u8]; 2] = [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"];
    let mut at = 0;
    let mut count = 0;
    while at < rest.len() {
        let found = STARTS.iter().find(|start| rest[at..].starts_with(start));
        count += usize::from(found.is_some());
        // A picture's own thumbnail is none.
        let length = match found {
            Some(start) if start[0] == 0xff => rest.len() - at - after_jpeg(&rest[at..]).len(),
            Some(_) => rest.len() - at - after_png(&rest[at..]).len(),
            None => 1,
        };
        at += length.max(1);
    }
    count
}

/// What stands behind a JPEG's end (ITU-T T.81, B.1.1.3).
fn after_jpeg(file: &[u8]) -> &[u8] {
    let mut at = 2;
    while let Some(&[first, marker]) = file.get(at..at + 2) {
        at += match (first, marker) {
            (0xff, 0xd9) => return &file[at + 2..],
            (0xff, 0x00 | 0x01 | 0xd0..=0xd8) => 2,
            (0xff, 0xff) => 1,
            (0xff, _) => match file.get(at + 2..at + 4) {
                Some(&[high, low]) => 2 + usize::from(u16::from_be_bytes([high, low])).max(2),
                _ => break,
            },
            // The data of a scan.
            _ => 1,
        };
    }
    &[]
}

/// What stands behind a PNG's end.
fn after_png(file: &[u8]) -> &[u8] {
    let mut at = 8_usize;
    while let (Some(length), Some(kind)) = (number(file, at, false), file.get(at + 4..at + 8)) {
        let Some(next) = at.checked_add(length).and_then(|next| next.checked_add(12)) else { break };
        if kind == b"IEND" {
            return file.get(next..).unwrap_or_default();
        }
        at = next;
    }
    &[]
}

/// Frames of an animated PNG beside the image that others show (PNG, 11.3.6).
fn png(file: &[u8]) -> Option<usize> {
    let (mut at, mut frames) = (8, None);
    loop {
        let (length, kind) = (number(file, at, false)?, file.get(at + 4..at + 8)?);
        match kind {
            b"acTL" => frames = number(file, at + 8, false),
            // The image is the first frame itself.
            b"fcTL" => return frames.map(|frames| frames.saturating_sub(1)),
            b"IDAT" => return frames,
            _ => {}
        }
        at = at.checked_add(length)?.checked_add(12)?;
    }
}

/// Frames of an animated WebP beside the first (RFC 9649, 2.7.1).
fn webp(file: &[u8]) -> Option<usize> {
    let (mut at, mut frames) = (12_usize, 0_usize);
    while let (Some(kind), Some(length)) = (file.get(at..at + 4), number(file, at + 4, true)) {
        frames += usize::from(kind == b"ANMF");
        at = at.checked_add(length.checked_add(length % 2)?)?.checked_add(8)?;
    }
    Some(frames.saturating_sub(1))
}

/// Pictures of a Multi-Picture Format file that are no thumbnails of its first (CIPA DC-007, 5.2.3).
fn jpeg(file: &[u8]) -> Option<usize> {
    let mut at = 2;
    let index = loop {
        let &[0xff, marker, high, low] = file.get(at..at + 4)? else { return None };
        if matches!(marker, 0xda | 0xd9) {
            return None;
        }
        let length = usize::from(u16::from_be_bytes([high, low]));
        let segment = file.get(at + 4..at + 2 + length)?;
        if let (0xe2, Some(index)) = (marker, segment.strip_prefix(b"MPF\0")) {
            break index;
        }
        at += 2 + length;
    };
    let is_little = index.starts_with(b"II");
    let short = |at: usize| {
        let pair: [u8; 2] = index.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(usize::from(if is_little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) }))
    };
    let directory = number(index, 4, is_little)?;
    let entry = (0..short(directory)?)
        .filter_map(|n| directory.checked_add(2 + 12 * n))
        .find(|at| short(*at) == Some(0xb002))?;
    let (length, list) = (number(index, entry + 4, is_little)?, number(index, entry + 8, is_little)?);
    let kinds = (1..length / 16).map_while(|n| number(index, list.checked_add(16 * n)?, is_little));
    Some(kinds.filter(|kind| !matches!(kind & 0xff_ffff, 0x01_0001 | 0x01_0002)).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(file: &[u8], format: ImageFormat) -> Option<(String, String)> {
        let problem = left_out(file, format, PageNo::from_index(0))?;
        let count = problem.message.rsplit(' ').next().unwrap_or_default().trim_end_matches(')').to_owned();
        Some((problem.kind, count))
    }

    fn said(kind: &str, count: &str) -> Option<(String, String)> {
        Some((kind.to_owned(), count.to_owned()))
    }

    #[test]
    fn frames_of_a_png_are_told() {
        let chunk =
            |kind: &[u8; 4], data: &[u8]| [&(data.len() as u32).to_be_bytes()[..], kind, data, &[0; 4]].concat();
        let file = |chunks: &[Vec<u8>]| [&b"\x89PNG\r\n\x1a\n"[..], &chunks.concat()].concat();
        let (three, own, data) =
            (chunk(b"acTL", &[0, 0, 0, 3, 0, 0, 0, 0]), chunk(b"fcTL", &[0; 26]), chunk(b"IDAT", b"x"));
        let told = |chunks: &[Vec<u8>]| told(&file(chunks), ImageFormat::Png);
        assert_eq!(told(&[three.clone(), own, data.clone()]), said("pages_missing", "2"));
        assert_eq!(told(&[three, data.clone()]), said("pages_missing", "3"));
        assert_eq!(told(std::slice::from_ref(&data)), None);
        let one = file(&[data, chunk(b"IEND", b"")]);
        assert_eq!(super::tests::told(&one, ImageFormat::Png), None);
        let three = [&one[..], &one, b"--", &one].concat();
        assert_eq!(super::tests::told(&three, ImageFormat::Png), said("pictures_behind", "2"));
    }

    #[test]
    fn frames_of_a_webp_are_told() {
        let chunk = |kind: &[u8; 4], data: &[u8]| {
            [&kind[..], &(data.len() as u32).to_le_bytes(), data, &[0][..data.len() % 2]].concat()
        };
        let file = |chunks: &[Vec<u8>]| [&b"RIFF\0\0\0\0WEBP"[..], &chunks.concat()].concat();
        let frame = chunk(b"ANMF", b"odd");
        assert_eq!(
            told(&file(&[chunk(b"VP8X", &[0; 10]), frame.clone(), frame.clone()]), ImageFormat::WebP),
            said("pages_missing", "1")
        );
        assert_eq!(told(&file(&[frame]), ImageFormat::WebP), None);
        assert_eq!(told(&file(&[chunk(b"VP8 ", b"x")]), ImageFormat::WebP), None);
    }

    #[test]
    fn pictures_behind_a_jpeg_are_told_and_thumbnails_are_none() {
        let file = |kinds: &[u32]| {
            let entries: Vec<u8> = kinds.iter().flat_map(|kind| [&kind.to_be_bytes()[..], &[0; 12]].concat()).collect();
            let length = (entries.len() as u32).to_be_bytes();
            let index =
                [&b"MPF\0MM\0*\0\0\0\x08\0\x01\xb0\x02\0\x07"[..], &length, &[0, 0, 0, 26], &[0; 4], &entries].concat();
            let segment = [&[0xff, 0xe2][..], &(index.len() as u16 + 2).to_be_bytes(), &index].concat();
            [&[0xff, 0xd8][..], &segment, &[0xff, 0xda, 0, 2]].concat()
        };
        let one =
            [&[0xff, 0xd8, 0xff, 0xe1, 0, 7][..], &[0xff, 0xd8, 0xff, 0xff, 0xd9], &[0xff, 0xda, 0, 2, 7]].concat();
        let one = [&one[..], &[0xff, 0, 0xff, 0xd0, 9, 0xff, 0xd9]].concat();
        assert_eq!(super::tests::told(&one, ImageFormat::Jpeg), None);
        let two = [&one[..], b"\0\0", &one[..]].concat();
        assert_eq!(super::tests::told(&two, ImageFormat::Jpeg), said("pictures_behind", "1"));
        let told = |kinds: &[u32]| told(&file(kinds), ImageFormat::Jpeg);
        assert_eq!(told(&[0x2003_0000, 0x0002_0003]), said("pictures_behind", "1"));
        assert_eq!(told(&[0x2003_0000, 0x0001_0001]), None);
        assert_eq!(told(&[0x2003_0000]), None);
    }
}

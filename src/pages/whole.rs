//! Tells whether what a page draws goes to its end: decoders paint what is missing of a cut image grey or white, leave
//! out what they cannot read of a content, and say nothing.

use flate2::{Decompress, FlushDecompress, Status};
use hayro::hayro_syntax::{
    Filter,
    content::{TypedIter, UntypedIter, ops::TypedInstruction},
    object::{Array, Dict, MaybeRef, Name, Object, Stream},
    page::Page as PdfPage,
};
use hayro_ccitt::{DecodeSettings, DecoderContext, EncodingMode};

use super::{Page, damaged};
use crate::{
    Result,
    model::{PageNo, Problem},
};

/// So many forms and annotations of a page are gone through for faults.
const MOST_FORMS: usize = 100;

/// Whether an image's data have no end, as far as that can be told without drawing them.
pub(super) fn is_cut(image: &Stream<'_>) -> bool {
    match image.filters().as_slice() {
        [Filter::DctDecode] => is_cut_jpeg(&image.raw_data()),
        [Filter::JpxDecode] => is_cut_jpx(&image.raw_data()),
        [Filter::Jbig2Decode] => is_cut_jbig2(&image.raw_data()),
        [Filter::CcittFaxDecode] => is_cut_fax(image),
        [Filter::FlateDecode] => is_cut_flate(&image.raw_data()),
        _ => false,
    }
}

/// Has a bilevel image more data than one without any ink would take? If nothing of it is drawn, it was not decoded.
pub(super) fn has_ink(image: &Stream<'_>, height: u32) -> bool {
    // A white row takes a bit, a speck of dust a few bytes.
    matches!(image.filters().as_slice(), [Filter::CcittFaxDecode | Filter::Jbig2Decode])
        && image.raw_data().len() as u64 > u64::from(height) * 3 / 2 + 512
}

/// Is part of what the page draws not in the file, or cut off?
pub(super) fn is_cut_content(page: &PdfPage<'_>) -> bool {
    let is_cut = |stream: Option<Stream<'_>>| {
        stream.is_none_or(|stream| {
            let is_packed = matches!(stream.filters().as_slice(), [Filter::FlateDecode]);
            match is_packed.then(|| packed(&stream.raw_data())).flatten() {
                Some(Packed::Cut | Packed::Altered) => true,
                // What is unpacked without more is not unpacked again.
                Some(Packed::Whole) if !stream.dict().contains_key("DecodeParms") => false,
                _ => stream.decoded_data().is_err(),
            }
        })
    };
    if lacks_drawn(page) || page.page_stream().is_some_and(stops_early) || drawn_stops_early(page) {
        return true;
    }
    let raw = page.raw();
    match raw.get_raw::<Object<'_>>("Contents") {
        Some(MaybeRef::Ref(object)) => match page.xref().get::<Object<'_>>(object.into()) {
            Some(Object::Stream(stream)) => is_cut(Some(stream)),
            Some(Object::Array(parts)) => cut_part(page, &parts, &is_cut),
            Some(_) => false,
            None => true,
        },
        Some(MaybeRef::NotRef(Object::Array(parts))) => cut_part(page, &parts, &is_cut),
        _ => false,
    }
}

/// Does a content stop being read before it shows all of its text and images? Other viewers skip what they cannot read,
/// and go on.
fn stops_early(content: &[u8]) -> bool {
    const END: &[u8] = b"GriffieEnd";
    let marked = [content, b"\n", END, b"\n"].concat();
    let (mut instructions, mut is_at_end) = (TypedIter::new(&marked), false);
    while let Some(instruction) = instructions.next() {
        is_at_end = matches!(instruction, TypedInstruction::Fallback(operator) if **operator == *END);
    }
    if is_at_end {
        return false;
    }
    let (mut instructions, mut read) = (UntypedIter::new(content), 0);
    let start = content.as_ptr() as usize;
    while let Some(instruction) = instructions.next() {
        let operator: &[u8] = instruction.operator;
        let end = (operator.as_ptr() as usize).wrapping_sub(start).wrapping_add(operator.len());
        read = if end <= content.len() { end } else { read };
    }
    let rest = &content[read..];
    // Where all is read, what was read is not carried out.
    let draws = |rest: &[u8]| rest.windows(2).any(|pair| pair == b"Do");
    rest.trim_ascii().is_empty() || shows_text(rest) || draws(rest)
}

/// The same of the forms that a page names, and of what its annotations show.
fn drawn_stops_early(page: &PdfPage<'_>) -> bool {
    let objects = &page.resources().x_objects;
    let is_form = |form: &Stream<'_>| form.dict().get::<Name<'_>>("Subtype").as_deref() == Some(b"Form");
    let forms = objects.keys().filter_map(|name| objects.get::<Stream<'_>>(&*name)).filter(is_form);
    let annotations = page.raw().get::<Array<'_>>("Annots");
    let annotations = annotations.iter().flat_map(|annotations| annotations.iter::<Dict<'_>>());
    let shown = annotations.filter_map(|one| one.get::<Dict<'_>>("AP")?.get::<Stream<'_>>("N"));
    let mut all = forms.take(MOST_FORMS).chain(shown.take(MOST_FORMS));
    all.any(|form| form.decoded_data().is_ok_and(|content| stops_early(&content)))
}

/// Does the page draw images or forms that it names, but that are not in the file?
fn lacks_drawn(page: &PdfPage<'_>) -> bool {
    let named = &page.resources().x_objects;
    let mut lacking = named.keys().filter(|name| named.get::<Stream<'_>>(&**name).is_none()).peekable();
    if lacking.peek().is_none() {
        return false;
    }
    let lacking: Vec<_> = lacking.collect();
    let mut instructions = UntypedIter::new(page.page_stream().unwrap_or_default());
    while let Some(instruction) = instructions.next() {
        if &**instruction.operator == b"Do"
            && let Some(Object::Name(name)) = instruction.operands().next()
            && lacking.iter().any(|lacking| lacking.as_ref() == name.as_ref())
        {
            return true;
        }
    }
    false
}

fn cut_part(page: &PdfPage<'_>, parts: &Array<'_>, is_cut: &dyn Fn(Option<Stream<'_>>) -> bool) -> bool {
    let mut references = parts.raw_iter().filter_map(|part| part.as_obj_ref());
    references.any(|part| match page.xref().get::<Object<'_>>(part.into()) {
        Some(Object::Null(_)) => false,
        object => is_cut(object.and_then(Object::into_stream)),
    })
}

/// Does a page's content show text or images, as far as can be told without parsing it? None of it in a layer.
pub(super) fn shows_something(page: &PdfPage<'_>) -> bool {
    let Some(content) = page.page_stream() else { return false };
    let has = |mark: &[u8]| content.windows(mark.len()).any(|window| window == mark);
    !has(b"BDC") && (shows_text(content) || draws_image(page, content))
}

fn shows_text(content: &[u8]) -> bool {
    let is_shown = |at: usize| {
        let before = content[..at].iter().rev().find(|byte| !byte.is_ascii_whitespace());
        matches!(before, Some(b')' | b']' | b'>'))
    };
    content.windows(2).enumerate().any(|(at, pair)| matches!(pair, [b'T', b'j' | b'J']) && is_shown(at))
}

fn draws_image(page: &PdfPage<'_>, content: &[u8]) -> bool {
    let mut instructions = UntypedIter::new(content);
    while let Some(instruction) = instructions.next() {
        if &**instruction.operator == b"Do"
            && let Some(Object::Name(name)) = instruction.operands().next()
            && let Some(object) = page.resources().x_objects.get::<Stream<'_>>(name.as_ref())
            && object.dict().get::<Name<'_>>("Subtype").as_deref() == Some(b"Image")
        {
            return true;
        }
    }
    false
}

/// Packed data without their end (RFC 1951); the checksum behind it (RFC 1950) is wrong or missing in many files.
fn is_cut_flate(bytes: &[u8]) -> bool {
    unpack(bytes, |_| ()) == Some(None)
}

/// How data are that were packed.
#[derive(Debug, PartialEq, Eq)]
enum Packed {
    Whole,
    Cut,
    /// They are all there, but are not those that were packed: the checksum behind them (RFC 1950, 2.2) tells. One that
    /// is missing or nothing but zeros tells nothing.
    Altered,
}

/// `None` of what is not packed so.
fn packed(bytes: &[u8]) -> Option<Packed> {
    let mut sum = (1_u32, 0_u32);
    let behind = unpack(bytes, |fresh| {
        // The sums stay within 32 bits over so many bytes.
        for part in fresh.chunks(5_000) {
            for byte in part {
                sum.0 += u32::from(*byte);
                sum.1 += sum.0;
            }
            sum = (sum.0 % 65_521, sum.1 % 65_521);
        }
    })?;
    let Some(behind) = behind else { return Some(Packed::Cut) };
    let said = behind.first_chunk::<4>().map_or(0, |said| u32::from_be_bytes(*said));
    Some(if said != 0 && said != sum.1 << 16 | sum.0 { Packed::Altered } else { Packed::Whole })
}

/// Shows what packed data hold, and gives what stands behind their end, where they have one.
fn unpack(bytes: &[u8], mut show: impl FnMut(&[u8])) -> Option<Option<&[u8]>> {
    let packed = bytes.get(2..).filter(|_| bytes[0] & 0x0f == 8)?;
    let mut inflater = Decompress::new(false);
    let mut out = vec![0; 1 << 16];
    loop {
        let (read, written) = (inflater.total_in(), inflater.total_out());
        let status = inflater.decompress(&packed[read as usize..], &mut out, FlushDecompress::None);
        show(&out[..(inflater.total_out() - written) as usize]);
        match status {
            Ok(Status::StreamEnd) => return Some(packed.get(inflater.total_in() as usize..)),
            Ok(_) if (inflater.total_in(), inflater.total_out()) != (read, written) => {}
            // No more comes, or the rest is wrong: decoders take what came before.
            Ok(_) | Err(_) => return Some(None),
        }
    }
}

/// A fax image that ends before its last row, without saying that it does (ITU-T T.6, 2.4.1.1: EOFB).
fn is_cut_fax(image: &Stream<'_>) -> bool {
    let data = image.raw_data();
    let dict = image.dict();
    let settings = match dict.get::<Object<'_>>("DecodeParms") {
        Some(Object::Dict(settings)) => settings,
        Some(Object::Array(settings)) => settings.iter::<Dict<'_>>().next().unwrap_or_default(),
        _ => Dict::empty(),
    };
    let kind = settings.get::<i32>("K").unwrap_or(0);
    let near_end = &data[data.len().saturating_sub(12)..];
    let bits: u128 = near_end.iter().fold(0, |bits, byte| bits << 8 | u128::from(*byte));
    if kind < 0 && (0..=near_end.len() * 8).any(|shift| bits >> shift & 0xff_ffff == 0x00_1001) {
        return false;
    }
    let rows = dict.get::<u32>("Height").unwrap_or(0);
    let flag = |key: &str, usual: bool| settings.get::<bool>(key).unwrap_or(usual);
    let mut context = DecoderContext::new(DecodeSettings {
        columns: settings.get::<u32>("Columns").unwrap_or(1728),
        rows,
        end_of_block: flag("EndOfBlock", true),
        end_of_line: flag("EndOfLine", false),
        rows_are_byte_aligned: flag("EncodedByteAlign", false),
        encoding: match kind {
            ..0 => EncodingMode::Group4,
            0 => EncodingMode::Group3_1D,
            1.. => EncodingMode::Group3_2D,
        },
        strict: false,
    });
    let mut counted = Rows(0);
    let _ = hayro_ccitt::decode(&data, &mut counted, &mut context);
    counted.0 + rows / 50 < rows
}

struct Rows(u32);

impl hayro_ccitt::Decoder for Rows {
    fn push_row(&mut self, _: &[u32]) {
        self.0 += 1;
    }
}

/// A JBIG2 image of which a segment goes beyond its data (ISO/IEC 14492, 7.2).
fn is_cut_jbig2(data: &[u8]) -> bool {
    /// Bytes behind the last segment that are none.
    const SLACK: usize = 3;
    let byte = |at: usize| data.get(at).copied();
    let number = |at: usize| Some(u32::from_be_bytes(data.get(at..at + 4)?.try_into().ok()?));
    let next = |at: usize| -> Option<Option<usize>> {
        let segment = number(at)?;
        let has_long_page = byte(at + 4)? & 0x40 != 0;
        let (referred, mut to) = match byte(at + 5)? >> 5 {
            7 => {
                let count = number(at + 5)? as usize & 0x1fff_ffff;
                (count, at + 9 + (count + 1).div_ceil(8))
            }
            count => (usize::from(count), at + 6),
        };
        to += referred
            * match segment {
                ..=256 => 1,
                257..=65_536 => 2,
                _ => 4,
            };
        to += if has_long_page { 4 } else { 1 };
        let length = number(to)?;
        // Of unknown length: its end can be told only by decoding it.
        Some((length != u32::MAX).then_some(to + 4 + length as usize))
    };
    let mut at = 0;
    while at + SLACK < data.len() {
        match next(at) {
            Some(Some(to)) => at = to,
            Some(None) => return false,
            None => return true,
        }
    }
    at > data.len()
}

/// A JPEG whose scans have no end (ITU-T T.81, B.1.1.3: EOI). One without scans is cut too.
pub(crate) fn is_cut_jpeg(bytes: &[u8]) -> bool {
    let mut at = 2;
    // Segments have lengths, and may hold pictures with ends of their own; within scans a marker is never data.
    loop {
        let Some(&[first, marker]) = bytes.get(at..at + 2) else { return true };
        match (first, marker) {
            (0xff, 0xda) => break,
            (0xff, 0xff) => at += 1,
            (0xff, 0x01 | 0xd0..=0xd8) => at += 2,
            (0xff, _) => match bytes.get(at + 2..at + 4) {
                Some(&[high, low]) => at += 2 + usize::from(u16::from_be_bytes([high, low])).max(2),
                _ => return true,
            },
            // No decoder agrees with another on what stands between segments.
            _ => return false,
        }
    }
    // It stands at the end of most.
    !bytes[at..].windows(2).rev().any(|pair| pair == [0xff, 0xd9])
}

/// A JPEG 2000 codestream without its end (ISO/IEC 15444-1, A.4.4: EOC). Boxes may follow it.
fn is_cut_jpx(bytes: &[u8]) -> bool {
    !bytes.windows(2).rev().any(|pair| pair == [0xff, 0xd9])
}

/// Says that the page's content is not all there.
pub(super) fn content_incomplete(page: PageNo) -> Problem {
    let message = format!("part of what page {page} shows is cut off or damaged in the file: it could not be read");
    Problem { kind: "content_incomplete".to_owned(), message, page: Some(page) }
}

/// Says that text is set in a font that cannot be read.
pub(super) fn text_not_drawn(page: PageNo) -> Problem {
    let message = format!("a font on page {page} is damaged: text that is set in it could not be read");
    Problem { kind: "text_not_drawn".to_owned(), message, page: Some(page) }
}

/// A page of which part of an image is missing: read as far as it goes, with a note; unreadable where nothing is left.
pub(super) fn with_part_missing(page: Page, number: PageNo) -> Result<Page> {
    match page {
        Page::Image(mut image) => {
            image.problems.push(Problem {
                kind: "image_incomplete".to_owned(),
                message: format!("an image on page {number} is cut off or damaged: what is missing could not be read"),
                page: Some(number),
            });
            Ok(Page::Image(image))
        }
        Page::Digital(_) => Err(damaged("the image on it is cut off or damaged")),
    }
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, ImageFormat, RgbImage};

    use super::*;

    #[test]
    fn an_image_without_its_end_is_cut() {
        let mut jpeg = Vec::new();
        let image = DynamicImage::ImageRgb8(RgbImage::from_fn(64, 64, |x, y| image::Rgb([x as u8, y as u8, 7])));
        image.write_to(&mut std::io::Cursor::new(&mut jpeg), ImageFormat::Jpeg).unwrap();
        assert!(!is_cut_jpeg(&jpeg));
        assert!(!is_cut_jpeg(&[&*jpeg, b"\0\0after"].concat()));
        for length in [0, 2, 3, 20, 300, jpeg.len() / 2, jpeg.len() - 2] {
            assert!(is_cut_jpeg(&jpeg[..length.min(jpeg.len())]), "{length}");
        }
        // A picture within a segment has an end of its own.
        let thumbnail = [&[0xff, 0xd8, 0xff, 0xe1, 0, 6, 0xff, 0xd9, 0, 0][..], &jpeg[2..jpeg.len() - 2]].concat();
        assert!(is_cut_jpeg(&thumbnail));
        let packed = [&b"\x78\x9c"[..], &[0x4b; 40]].concat();
        assert!(is_cut_flate(&packed));
        let mut whole = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        std::io::Write::write_all(&mut whole, &jpeg).unwrap();
        let whole = whole.finish().unwrap();
        // Without its checksum it is whole, without its last bytes it is not.
        assert!(!is_cut_flate(&whole) && !is_cut_flate(&whole[..whole.len() - 4]));
        assert!(is_cut_flate(&whole[..whole.len() / 2]));
        assert_eq!(super::packed(&whole), Some(Packed::Whole));
        assert_eq!(super::packed(&whole[..whole.len() - 4]), Some(Packed::Whole));
        assert_eq!(super::packed(&whole[..whole.len() / 2]), Some(Packed::Cut));
        assert_eq!(super::packed(b"BT (plain) Tj ET"), None);
        let mut altered = whole.clone();
        *altered.last_mut().unwrap() ^= 1;
        assert_eq!(super::packed(&altered), Some(Packed::Altered));
        // A page's information, and a generic region of which half is there.
        let page = [&[0, 0, 0, 0, 48, 0, 1, 0, 0, 0, 19][..], &[0; 19]].concat();
        let region = [&[0, 0, 0, 1, 38, 0, 1, 0, 0, 0, 40][..], &[0; 20]].concat();
        assert!(!is_cut_jbig2(&page) && !is_cut_jbig2(&[&*page, b"\r\n"].concat()));
        assert!(is_cut_jbig2(&[page, region].concat()));
        assert!(is_cut_jpx(b"\xff\x4f\xff\x51") && !is_cut_jpx(b"\xff\x4f\xff\x51\xff\xd9"));
    }
}

//! Images (ISO 19005-2, 6.2.8): their dictionaries, and the boxes of JPEG 2000 data. Decodes none.

use std::io::Read as _;

use hayro::hayro_syntax::object::{Dict, Name, Object, Stream};

use super::{
    Findings,
    content::{Scope, Walker},
    dict_at, said,
};

/// Rendering intents (ISO 32000-1, table 70).
pub(super) const INTENTS: [&[u8]; 4] = [b"RelativeColorimetric", b"AbsoluteColorimetric", b"Perceptual", b"Saturation"];

/// Checks an image that is drawn.
pub(super) fn check<'a>(stream: &Stream<'a>, scope: &Scope<'a>, place: &str, walker: &mut Walker<'a, '_>) {
    let dict = stream.dict();
    let findings = &mut *walker.findings;
    for key in [&b"Alternates"[..], b"OPI"] {
        if dict.contains_key(key) {
            findings.add("6.2.8", format!("an image has {}", said(key)), place);
        }
    }
    if dict.get::<bool>(b"Interpolate") == Some(true) {
        findings.add("6.2.8", "an image is interpolated", place);
    }
    if let Some(intent) = dict.get::<Name<'_>>(b"Intent")
        && !INTENTS.contains(&&*intent)
    {
        findings.add("6.2.6", format!("the rendering intent {} is unknown", said(&intent)), place);
    }
    let mask = dict.get::<bool>(b"ImageMask") == Some(true);
    let filters = filters(dict);
    if begins_as_jpeg(stream, &filters) == Some(false) {
        findings.add("6.2.8", "data that should be JPEG do not begin as such", place);
    } else if filters == [b"DCTDecode"] && crate::pages::is_cut_jpeg(&stream.raw_data()) {
        // PDF/A says nothing of it; those who look at a copy in fifty years should not have to guess.
        findings.add("6.2.8", "JPEG data have no end", place);
    }
    let jpx = filters.iter().any(|filter| filter == b"JPXDecode");
    match dict.get::<u32>(b"BitsPerComponent") {
        Some(1) => {}
        Some(_) if mask => findings.add("6.2.8", "a mask has more than one bit a pixel", place),
        Some(2 | 4 | 8 | 16) | None => {}
        Some(_) if jpx => {}
        Some(_) => findings.add("6.2.8", "an image has a number of bits that PDF does not know", place),
    }
    if jpx {
        jpeg2000(&stream.raw_data(), dict.contains_key(b"ColorSpace"), place, findings);
    }
    if dict.get::<u32>(b"SMaskInData").is_some_and(|kind| kind > 0) {
        walker.transparent = true;
    }
    if !mask && let Some(space) = dict.get::<Object<'a>>(b"ColorSpace") {
        walker.paint_with(&space, scope, place);
    }
    if let Some(Object::Stream(soft)) = dict.get::<Object<'a>>(b"SMask") {
        walker.transparent = true;
        if dict_at(soft.dict(), b"SMask").is_none() {
            check(&soft, scope, place, walker);
        }
    }
}

fn filters(dict: &Dict<'_>) -> Vec<Vec<u8>> {
    match dict.get::<Object<'_>>(b"Filter") {
        Some(Object::Name(name)) => vec![name.to_vec()],
        Some(Object::Array(array)) => array.iter::<Name<'_>>().map(|name| name.to_vec()).collect(),
        _ => Vec::new(),
    }
}

/// Whether data under DCTDecode begin with a start of image (ISO 32000-1, 7.4.8; ISO/IEC 10918-1, B.2.1): readers that
/// look for one later show what others refuse. `None` where there are none, or other filters lie over them.
fn begins_as_jpeg(stream: &Stream<'_>, filters: &[Vec<u8>]) -> Option<bool> {
    let data = stream.raw_data();
    let mut start = [0; 2];
    match filters.iter().map(Vec::as_slice).collect::<Vec<_>>()[..] {
        [b"DCTDecode"] => start.copy_from_slice(data.get(..2).unwrap_or(&[0, 0])),
        // What cannot be decoded begins as nothing.
        [b"FlateDecode", b"DCTDecode"] => _ = flate2::read::ZlibDecoder::new(&data[..]).read_exact(&mut start),
        _ => return None,
    }
    Some(start == [0xff, 0xd8])
}

/// A box of JPEG 2000 (ISO/IEC 15444-1, I.4): its type and content, and what follows it.
fn next_box(data: &[u8]) -> Option<([u8; 4], &[u8], &[u8])> {
    let length = u32::from_be_bytes(data.get(..4)?.try_into().ok()?) as usize;
    let kind: [u8; 4] = data.get(4..8)?.try_into().ok()?;
    let (head, length) = match length {
        0 => (8, data.len()),
        1 => (16, u64::from_be_bytes(data.get(8..16)?.try_into().ok()?) as usize),
        _ => (8, length),
    };
    Some((kind, data.get(head..length)?, data.get(length..)?))
}

fn boxes(mut data: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let (kind, content, rest) = next_box(data)?;
        data = rest;
        Some((kind, content))
    })
}

/// What 6.2.8.3 asks of JPEG 2000.
fn jpeg2000(data: &[u8], has_space: bool, place: &str, findings: &mut Findings) {
    let clause = "6.2.8.3";
    let Some((_, head)) = boxes(data).find(|(kind, _)| kind == b"jp2h") else {
        findings.add(clause, "JPEG 2000 data have no header", place);
        return;
    };
    let (mut specifications, mut best) = (0, 0);
    for (kind, content) in boxes(head) {
        match (&kind, content) {
            (b"ihdr", [_, _, _, _, _, _, _, _, high, low, depth, ..]) => {
                let channels = u16::from_be_bytes([*high, *low]);
                // Opacity channels come on top of the color channels (ISO/IEC 15444-1, I.5.3.6); validators count them too.
                let opacity = boxes(head).find(|(kind, _)| kind == b"cdef").map_or(0, |(_, content)| {
                    let entries = content.get(2..).unwrap_or(&[]).chunks_exact(6);
                    entries.filter(|entry| entry[2..4] != [0, 0]).count() as u16
                });
                let allowed = |channels: u16| matches!(channels, 1 | 3 | 4);
                if !(allowed(channels) && allowed(channels.saturating_sub(opacity))) {
                    findings.add(clause, "JPEG 2000 data have neither 1, 3 nor 4 color channels", place);
                }
                if *depth != 255 && depth & 0x7f > 37 {
                    findings.add(clause, "JPEG 2000 data have more than 38 bits", place);
                }
            }
            (b"bpcc", depths) if depths.windows(2).any(|pair| pair[0] != pair[1]) => {
                findings.add(clause, "the channels of JPEG 2000 data have different depths", place);
            }
            (b"colr", [method, _, approximation, rest @ ..]) => {
                specifications += 1;
                best += usize::from(*approximation == 1);
                if !(1..=3).contains(method) && !has_space {
                    findings.add(clause, "JPEG 2000 data name their color in an unknown way", place);
                }
                if *method == 1 && rest.get(..4) == Some(&19_u32.to_be_bytes()) {
                    findings.add(clause, "JPEG 2000 data are in CIEJab", place);
                }
            }
            _ => {}
        }
    }
    if specifications > 1 && best != 1 {
        findings.add(clause, "JPEG 2000 data have several color spaces and not one best", place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// JPEG 2000 data with so many channels, of which the last so many are opacity; sRGB or grey.
    fn data(channels: u16, opacity: u16) -> Vec<u8> {
        fn one(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
            let length = u32::try_from(content.len() + 8).unwrap();
            [&length.to_be_bytes()[..], kind, content].concat()
        }
        let size = [0, 0, 0, 8, 0, 0, 0, 8];
        let header = one(b"ihdr", &[&size[..], &channels.to_be_bytes(), &[7, 7, 0, 0]].concat());
        let color = one(b"colr", &[1, 0, 0, 0, 0, 0, if channels - opacity == 1 { 17 } else { 16 }]);
        let entries = (0..channels).flat_map(|number| {
            let kind = u16::from(number >= channels - opacity);
            [number, kind, 0].map(u16::to_be_bytes).concat()
        });
        let definition = one(b"cdef", &[channels.to_be_bytes().to_vec(), entries.collect()].concat());
        one(b"jp2h", &[header, color, definition].concat())
    }

    /// All channels count, as validators count them, and those of color by themselves.
    #[test]
    fn jpeg_2000_data_have_one_three_or_four_channels() {
        let clauses = |channels, opacity| {
            let mut findings = Findings::default();
            jpeg2000(&data(channels, opacity), false, "image", &mut findings);
            findings.list.len()
        };
        assert_eq!([clauses(1, 0), clauses(3, 0), clauses(4, 0), clauses(4, 1)], [0; 4]);
        assert_eq!([clauses(2, 0), clauses(2, 1), clauses(5, 1), clauses(5, 0)], [1; 4]);
    }
}

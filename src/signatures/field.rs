//! Finds the signature fields of a PDF and reads what their dictionaries say (ISO 32000-1, 12.7.4.5 and 12.8.1).

use std::collections::HashSet;

use jiff::Timestamp;
use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId};

use super::{Kind, SignatureFact, cms::clean};

/// More fields than this are not looked at.
const MOST_FIELDS: usize = 10_000;

/// Tables of a file's objects may unpack to so many bytes.
const LARGEST_TABLE: usize = 64 << 20;

/// A signature and where it stands.
pub(super) struct Signed<'a> {
    name: String,
    pub(super) dictionary: &'a Dictionary,
    pdf: &'a Document,
}

/// Reads a file; `None` where it cannot be.
pub(super) fn load(bytes: &[u8], password: Option<&str>) -> Option<Document> {
    // The reader of these files is not ours, and the bytes are anyone's.
    std::panic::catch_unwind(|| {
        let options = LoadOptions {
            password: password.map(str::to_owned),
            max_decompressed_size: Some(LARGEST_TABLE),
            ..LoadOptions::default()
        };
        Document::load_mem_with_options(bytes, options).or_else(|_| Document::load_mem(bytes))
    })
    .ok()?
    .ok()
}

/// What an object is, or what it refers to.
pub(super) fn resolve<'a>(pdf: &'a Document, object: &'a Object) -> &'a Object {
    pdf.dereference(object).map_or(&Object::Null, |(_, object)| object)
}

/// The dictionary that an entry holds or refers to.
pub(super) fn dictionary<'a>(pdf: &'a Document, from: &'a Dictionary, key: &[u8]) -> Option<&'a Dictionary> {
    resolve(pdf, from.get(key).ok()?).as_dict().ok()
}

/// The array that an entry holds or refers to.
pub(super) fn array<'a>(pdf: &'a Document, from: &'a Dictionary, key: &[u8]) -> &'a [Object] {
    from.get(key).ok().and_then(|object| resolve(pdf, object).as_array().ok()).map_or(&[], Vec::as_slice)
}

/// Whether a dictionary is a signature.
pub(super) fn is_signature(dictionary: &Dictionary) -> bool {
    dictionary.has(b"ByteRange") && dictionary.has(b"Contents")
}

/// Whether a dictionary is a signature field, or the widget of one.
pub(super) fn is_field(pdf: &Document, field: &Dictionary) -> bool {
    let kind = |field: &Dictionary| field.get(b"FT").and_then(Object::as_name).ok() == Some(b"Sig");
    kind(field) || dictionary(pdf, field, b"Parent").is_some_and(kind)
}

/// All signatures: those in fields, then those that no field holds.
pub(super) fn signed(pdf: &Document) -> Vec<Signed<'_>> {
    let mut found: Vec<Signed<'_>> = Vec::new();
    let mut seen: HashSet<ObjectId> = HashSet::new();
    let form = pdf.catalog().ok().and_then(|catalog| dictionary(pdf, catalog, b"AcroForm"));
    let mut waiting: Vec<(&Object, String)> = form
        .map_or(&[][..], |form| array(pdf, form, b"Fields"))
        .iter()
        .rev()
        .map(|field| (field, String::new()))
        .collect();
    let mut looked_at = 0;
    while let Some((object, above)) = waiting.pop() {
        looked_at += 1;
        let fresh = object.as_reference().map_or(true, |id| seen.insert(id));
        let Some(field) = resolve(pdf, object).as_dict().ok().filter(|_| fresh && looked_at <= MOST_FIELDS) else {
            continue;
        };
        let own = field.get(b"T").ok().and_then(|name| text(resolve(pdf, name)));
        let name = match own {
            Some(own) if above.is_empty() => own,
            Some(own) => format!("{above}.{own}"),
            None => above,
        };
        let value = field.get(b"V").ok();
        if let Some(dictionary) = value.and_then(|value| resolve(pdf, value).as_dict().ok()).filter(|v| is_signature(v))
            && value.and_then(|value| value.as_reference().ok()).is_none_or(|id| seen.insert(id))
        {
            found.push(Signed { name: name.clone(), dictionary, pdf });
        }
        waiting.extend(array(pdf, field, b"Kids").iter().rev().map(|kid| (kid, name.clone())));
    }
    let others =
        pdf.objects.iter().filter(|(id, _)| !seen.contains(id)).filter_map(|(_, object)| object.as_dict().ok());
    found.extend(others.filter(|d| is_signature(d)).map(|dictionary| Signed { name: String::new(), dictionary, pdf }));
    found
}

impl Signed<'_> {
    /// What the signer's program wrote about it; none of it is proved by that.
    pub(super) fn described(&self) -> SignatureFact {
        let name = |key: &[u8]| {
            let object = resolve(self.pdf, self.dictionary.get(key).ok()?);
            object.as_name().ok().map(|name| clean(&String::from_utf8_lossy(name)))
        };
        let text = |key: &[u8]| text(resolve(self.pdf, self.dictionary.get(key).ok()?)).filter(|text| !text.is_empty());
        SignatureFact {
            kind: if name(b"Type").as_deref() == Some("DocTimeStamp") {
                Kind::DocumentTimestamp
            } else {
                Kind::Signature
            },
            sub_filter: name(b"SubFilter"),
            claimed_time: text(b"M").and_then(|date| moment(&date)),
            name: text(b"Name"),
            reason: text(b"Reason"),
            location: text(b"Location"),
            contact: text(b"ContactInfo"),
            ..SignatureFact::unknown(self.name.clone())
        }
    }

    /// The certificate that stands beside a bare signature.
    pub(super) fn certificate(&self) -> Option<Vec<u8>> {
        let certificate = resolve(self.pdf, self.dictionary.get(b"Cert").ok()?);
        let first = match certificate.as_array() {
            Ok(chain) => resolve(self.pdf, chain.first()?),
            Err(_) => certificate,
        };
        first.as_str().ok().map(<[u8]>::to_vec)
    }
}

/// A text string (ISO 32000-1, 7.9.2.2).
fn text(object: &Object) -> Option<String> {
    let bytes = object.as_str().ok()?;
    Some(clean(&match bytes {
        [0xfe, 0xff, rest @ ..] => {
            let units: Vec<u16> = rest.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        // PDFDocEncoding, which for letters is Latin-1.
        bytes => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }))
}

/// A date (ISO 32000-1, 7.9.4): `D:20260301093000+01'00'`, of which all but the year may be missing.
fn moment(date: &str) -> Option<Timestamp> {
    let date = date.strip_prefix("D:").unwrap_or(date);
    let digits: String = date.chars().take_while(char::is_ascii_digit).take(14).collect();
    let part = |at: usize, length: usize, otherwise: i16| match digits.get(at..at + length) {
        Some(text) => text.parse::<i16>().ok(),
        None => Some(otherwise),
    };
    digits.get(..4)?;
    let byte = |value: i16| i8::try_from(value).ok();
    let time = jiff::civil::DateTime::new(
        part(0, 4, 0)?,
        byte(part(4, 2, 1)?)?,
        byte(part(6, 2, 1)?)?,
        byte(part(8, 2, 0)?)?,
        byte(part(10, 2, 0)?)?,
        byte(part(12, 2, 0)?)?,
        0,
    )
    .ok()?;
    let zone = &date[digits.len()..];
    let offset = match zone.chars().next() {
        Some(sign @ ('+' | '-')) => {
            let numbers: Vec<i32> = zone[1..].split('\'').filter_map(|part| part.parse().ok()).collect();
            let seconds = numbers.first()? * 3600 + numbers.get(1).unwrap_or(&0) * 60;
            jiff::tz::Offset::from_seconds(if sign == '-' { -seconds } else { seconds }).ok()?
        }
        _ => jiff::tz::Offset::UTC,
    };
    offset.to_timestamp(time).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_with_their_zone() {
        let check = |date: &str, want: Option<&str>| {
            assert_eq!(moment(date).map(|moment| moment.to_string()).as_deref(), want, "{date}");
        };
        check("D:20260301093000+01'00'", Some("2026-03-01T08:30:00Z"));
        check("D:20260301093000-05'30", Some("2026-03-01T15:00:00Z"));
        check("D:20260301093000Z", Some("2026-03-01T09:30:00Z"));
        check("2026", Some("2026-01-01T00:00:00Z"));
        check("D:20261301", None);
        check("1 maart 2026", None);
        check("", None);
    }
}

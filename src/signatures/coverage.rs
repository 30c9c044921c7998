//! Which bytes a signature covers, and what was appended to the file after it.

use std::ops::Range;

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::{
    Appended, Coverage, Extent,
    field::{array, dictionary, is_field, is_signature, load, resolve},
    revised,
};

/// The ranges that a signature names, and what lies between them.
#[derive(Debug)]
pub(super) struct Ranges {
    pub before: Range<usize>,
    pub after: Range<usize>,
    /// The signature itself.
    pub contents: Vec<u8>,
    /// Nothing but the signature is left out.
    exact: bool,
}

/// Reads the ranges; lying ones are refused with a typed reason.
pub(super) fn ranges(bytes: &[u8], signature: &Dictionary) -> Result<Ranges, &'static str> {
    let numbers: Vec<usize> = signature
        .get(b"ByteRange")
        .and_then(Object::as_array)
        .map_err(|_| "lying_range")?
        .iter()
        .map(|number| number.as_i64().ok().and_then(|number| usize::try_from(number).ok()))
        .collect::<Option<_>>()
        .ok_or("lying_range")?;
    let &[start, length, restart, rest] = &numbers[..] else { return Err("unclear_range") };
    let (end, last) = (start.checked_add(length), restart.checked_add(rest));
    let (Some(end), Some(last)) = (end, last.filter(|last| *last <= bytes.len())) else { return Err("lying_range") };
    if end > restart {
        return Err("lying_range");
    }
    let inside = hexadecimal(&bytes[end..restart]);
    let exact = start == 0 && inside.is_some();
    let written = || signature.get(b"Contents").and_then(Object::as_str).ok().map(<[u8]>::to_vec);
    let contents = inside.or_else(written).ok_or("no_signature")?;
    Ok(Ranges { before: start..end, after: restart..last, contents, exact })
}

/// The bytes of a hexadecimal string with nothing around it.
fn hexadecimal(text: &[u8]) -> Option<Vec<u8>> {
    let digits = text.strip_prefix(b"<")?.strip_suffix(b">")?;
    let mut digits: Vec<u8> = digits.iter().filter(|byte| !byte.is_ascii_whitespace()).copied().collect();
    if digits.len() % 2 == 1 {
        digits.push(b'0');
    }
    hex::decode(digits).ok()
}

/// How much of the file the ranges are, and what came after them.
pub(super) fn of(bytes: &[u8], pdf: &Document, password: Option<&str>, ranges: &Ranges) -> Coverage {
    let end = ranges.after.end;
    let rest = &bytes[end..];
    let nothing_more = rest.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0);
    let closed = bytes[..end].trim_ascii_end().ends_with(b"%%EOF");
    let extent = match (ranges.exact, nothing_more, closed) {
        (true, true, _) => Extent::WholeFile,
        (true, false, true) => Extent::EarlierRevision,
        _ => Extent::Unclear,
    };
    let mut changed_pages = Vec::new();
    let appended = (!nothing_more).then(|| match (extent, load(&bytes[..end], password)) {
        (Extent::EarlierRevision, Some(_)) if !rest.windows(9).any(|word| word == b"startxref") => {
            Appended::ForeignBytes
        }
        (Extent::EarlierRevision, Some(earlier)) => {
            let appended = compare(&earlier, pdf);
            if appended == Appended::Changes {
                changed_pages = revised::pages(&earlier, pdf);
            }
            appended
        }
        _ => Appended::Unknown,
    });
    Coverage {
        extent,
        signed_bytes: (ranges.before.len() + ranges.after.len()) as u64,
        appended_bytes: rest.len() as u64,
        appended,
        changed_pages,
    }
}

/// What changed between two states of a file. Everything that is not known to leave alone what is seen is a change.
fn compare(earlier: &Document, later: &Document) -> Appended {
    let same_root = earlier.trailer.get(b"Root").ok() == later.trailer.get(b"Root").ok();
    let harmless = |(id, before): (&ObjectId, &Object)| match later.objects.get(id) {
        Some(after) => before == after || is_harmless(earlier, later, *id, before, after),
        // Tables of contents of the file itself, which readers need not keep.
        None => matches!(before.type_name(), Ok(b"XRef" | b"ObjStm")),
    };
    if !same_root || !earlier.objects.iter().all(harmless) {
        return Appended::Changes;
    }
    let new = later.objects.iter().filter(|(id, _)| !earlier.objects.contains_key(id));
    let signatures = new.filter_map(|(_, object)| object.as_dict().ok()).filter(|object| is_signature(object));
    let proof = |signature: &Dictionary| signature.get(b"Type").and_then(Object::as_name).ok() == Some(b"DocTimeStamp");
    if signatures.into_iter().all(proof) { Appended::ProofOnly } else { Appended::Signatures }
}

fn is_harmless(earlier: &Document, later: &Document, id: ObjectId, before: &Object, after: &Object) -> bool {
    let refers = |pdf: &Document, key: &[u8]| {
        let at = pdf.catalog().ok().and_then(|catalog| catalog.get(key).ok()?.as_reference().ok());
        let info = pdf.trailer.get(key).ok().and_then(|object| object.as_reference().ok());
        at.or(info) == Some(id)
    };
    // What a file says about itself is not seen on its pages.
    if refers(earlier, b"Info") || refers(earlier, b"Metadata") || refers(later, b"DSS") {
        return true;
    }
    match (before, after) {
        (Object::Dictionary(before), Object::Dictionary(after)) => {
            let kind = |pdf: &Document| -> Option<&[&[u8]]> {
                match before.get(b"Type").and_then(Object::as_name).ok() {
                    Some(b"Catalog") => Some(&[b"DSS", b"AcroForm", b"Extensions", b"Metadata"]),
                    Some(b"Page") => Some(&[b"Annots"]),
                    _ if is_field(pdf, before) => Some(&[b"V", b"AP", b"F", b"Lock", b"M"]),
                    _ if refers(pdf, b"AcroForm") => Some(FORM),
                    _ => None,
                }
            };
            let Some(free) = kind(earlier) else { return false };
            same_but(before, after, free)
                && only_signatures_added(later, array(earlier, before, b"Annots"), array(later, after, b"Annots"))
                && only_signatures_added(later, array(earlier, before, b"Fields"), array(later, after, b"Fields"))
                && match (dictionary(earlier, before, b"AcroForm"), dictionary(later, after, b"AcroForm")) {
                    (Some(before), Some(after)) => {
                        let (old, new) = (array(earlier, before, b"Fields"), array(later, after, b"Fields"));
                        same_but(before, after, FORM) && only_signatures_added(later, old, new)
                    }
                    (None, Some(after)) => only_signatures_added(later, &[], array(later, after, b"Fields")),
                    (before, None) => before.is_none(),
                }
        }
        // Lists of annotations or fields in an object of their own.
        (Object::Array(before), Object::Array(after)) => only_signatures_added(later, before, after),
        _ => false,
    }
}

/// What may differ in a form to which signatures were added.
const FORM: &[&[u8]] = &[b"Fields", b"SigFlags", b"DR", b"DA"];

fn same_but(before: &Dictionary, after: &Dictionary, free: &[&[u8]]) -> bool {
    let rest = |dictionary: &Dictionary| {
        let mut dictionary = dictionary.clone();
        free.iter().for_each(|key| _ = dictionary.remove(key));
        dictionary
    };
    rest(before) == rest(after)
}

/// Whether all that was there is there in its order, and what was added are signature fields.
fn only_signatures_added(later: &Document, before: &[Object], after: &[Object]) -> bool {
    let Some((kept, added)) = after.split_at_checked(before.len()) else { return false };
    kept == before
        && added.iter().all(|object| resolve(later, object).as_dict().is_ok_and(|field| is_field(later, field)))
}

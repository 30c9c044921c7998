//! The document's metadata (ISO 19005-2, 6.6): the packet, and the identification as PDF/A-2u.

use hayro::hayro_syntax::object::{Dict, Stream};

use super::{Findings, decoded, is_name, xml};

/// The namespace of the identification (6.6.4).
const IDENTIFICATION: &str = "http://www.aiim.org/pdfa/ns/id/";
const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
/// The largest packet that is read.
const LARGEST: usize = 16 << 20;

/// Checks the catalog's metadata.
pub(super) fn check(catalog: &Dict<'_>, findings: &mut Findings) {
    let at = "the document's metadata";
    let Some(stream) = catalog.get::<Stream<'_>>(b"Metadata") else {
        findings.add("6.6.2.1", "the document has no metadata", "the catalog");
        return;
    };
    if !is_name(stream.dict(), b"Type", b"Metadata") || !is_name(stream.dict(), b"Subtype", b"XML") {
        findings.add("6.6.2.1", "the metadata are not marked as XML metadata", at);
    }
    let data = decoded(&stream);
    let text = text_of(&data);
    let header = text.split("?>").find(|part| part.contains("<?xpacket")).unwrap_or("");
    for attribute in ["bytes", "encoding"] {
        if header.split_whitespace().any(|part| part.split('=').next() == Some(attribute)) {
            findings.add("6.6.2.1", format!("the packet's header has the attribute {attribute}"), at);
        }
    }
    let root = if data.len() > LARGEST { None } else { xml::parse(&text) };
    let Some(root) = root else {
        findings.add("6.6.2.1", "the metadata are not well-formed XML", at);
        return;
    };
    identification(&root, at, findings);
}

fn text_of(data: &[u8]) -> String {
    let units = |of: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = data[2..].as_chunks::<2>().0.iter().copied().map(of).collect();
        String::from_utf16_lossy(&units)
    };
    match data {
        [0xfe, 0xff, ..] => units(u16::from_be_bytes),
        [0xff, 0xfe, ..] => units(u16::from_le_bytes),
        _ => String::from_utf8_lossy(data).into_owned(),
    }
}

/// Part 2, level U, under the prefix that the standard asks for (6.6.4).
fn identification(root: &xml::Element, at: &str, findings: &mut Findings) {
    let (mut part, mut level) = (Vec::new(), Vec::new());
    let mut open = vec![root];
    while let Some(element) = open.pop() {
        if element.name.is(RDF, "Description") {
            let children = element.children.iter().map(|child| (&child.name, child.text.trim()));
            let attributes = element.attributes.iter().map(|(name, value)| (name, value.as_str()));
            for (name, value) in children.chain(attributes).filter(|(name, _)| name.space == IDENTIFICATION) {
                if name.prefix != "pdfaid" {
                    findings.add("6.6.4", "the identification has another prefix than pdfaid", at);
                }
                match &*name.local {
                    "part" => part.push(value),
                    "conformance" => level.push(value),
                    _ => {}
                }
            }
        }
        open.extend(&element.children);
    }
    if part != ["2"] {
        findings.add("6.6.4", "the file does not say that it is of part 2", at);
    }
    if level != ["U"] {
        findings.add("6.6.4", "the file does not say that it is of level U", at);
    }
}

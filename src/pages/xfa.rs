//! Forms whose pages are made by the program that shows them (XFA, ISO 32000-1, 12.7.8): what they hold stands in XML,
//! and the pages in the file are a placeholder, or not the form. They are not read; that they are there is told.

use hayro::hayro_syntax::{
    Pdf,
    object::{Array, Dict, Object, Stream},
};

use super::forms::text_of;
use crate::model::{PageNo, Problem};

/// Bytes of XML that are looked through for values, and the most of them that is told.
const LARGEST: usize = 8 << 20;
const TOLD: usize = 600;
/// Parts of a form.
const MOST: usize = 200;

/// Says of a file that it is such a form: one that asks to be drawn anew, or has no fields but those in the XML.
pub(super) fn problem(pdf: &Pdf) -> Option<Problem> {
    let root = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id())?;
    let form = root.get::<Dict<'_>>("AcroForm")?;
    let packed = form.get::<Object<'_>>("XFA")?;
    let has_fields = form.get::<Array<'_>>("Fields").is_some_and(|fields| fields.raw_iter().next().is_some());
    if has_fields && root.get::<bool>("NeedsRendering") != Some(true) {
        return None;
    }
    let values = told(&values(&data(&packed)));
    let message = format!(
        "the file is a form that only a program for XFA forms shows: its pages are not what such a program shows; print \
         it to PDF from one (Adobe Reader) and take that in as well. The values in it: {values}"
    );
    Some(Problem { kind: "xfa_form".to_owned(), message, page: Some(PageNo::from_index(0)) })
}

/// The XML with the values: the part of that name, or the whole form.
fn data(packed: &Object<'_>) -> String {
    let text = |stream: &Stream<'_>| {
        let data = stream.decoded_data().unwrap_or_default();
        String::from_utf8_lossy(&data[..data.len().min(LARGEST)]).into_owned()
    };
    match packed {
        Object::Stream(whole) => text(whole),
        Object::Array(parts) => {
            let parts: Vec<Object<'_>> = parts.iter::<Object<'_>>().take(2 * MOST).collect();
            let named = parts.chunks_exact(2).find_map(|pair| match &pair[1] {
                Object::Stream(part) if text_of(&pair[0]).as_deref() == Some("datasets") => Some(text(part)),
                _ => None,
            });
            named.unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// What stands between the tags of the form's data.
fn values(xml: &str) -> Vec<String> {
    let Some(from) = xml.find("<xfa:data").or_else(|| xml.find("<data")) else { return Vec::new() };
    let xml = &xml[from..];
    let xml = &xml[..xml.find("</xfa:data>").or_else(|| xml.find("</data>")).unwrap_or(xml.len())];
    let texts = xml.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text.trim());
    let plain = |text: &str| {
        let signs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
        signs.iter().fold(text.to_owned(), |text, (sign, meant)| text.replace(sign, meant))
    };
    texts.filter(|text| !text.is_empty()).map(plain).collect()
}

fn told(values: &[String]) -> String {
    let all = values.join("; ");
    let short: String = all.chars().take(TOLD).map(|c| if c.is_control() { ' ' } else { c }).collect();
    match (short.len() < all.len(), short.is_empty()) {
        (true, _) => format!("{short}…"),
        (false, true) => "–".to_owned(),
        (false, false) => short,
    }
}

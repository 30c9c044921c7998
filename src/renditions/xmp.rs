//! The copy's metadata as XMP (ISO 16684-1), with the identification that ISO 19005-2, 6.6.4 wants.

use super::Request;

/// The packet. Its identifier is that of the original, so that a copy alone tells what it is a copy of.
pub(super) fn packet(request: &Request<'_>) -> Vec<u8> {
    let made = request.made.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let title = request.title.map(|title| {
        format!("<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">{}</rdf:li></rdf:Alt></dc:title>\n", escape(title))
    });
    let language = request.reading.language.map(|language| {
        format!("<dc:language><rdf:Bag><rdf:li>{}</rdf:li></rdf:Bag></dc:language>\n", language.code())
    });
    let program = concat!("griffie ", env!("CARGO_PKG_VERSION"));
    let pages = match (request.first_page.get(), request.last_page.get()) {
        (1, last) if last as usize == request.reading.pages.len() => String::new(),
        (first, last) => format!("#page={first}-{last}"),
    };
    let mut packet = String::from("<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n");
    packet.push_str(&format!(
        "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n\
         <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n\
         <rdf:Description rdf:about=\"\" xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" \
         xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\">\n\
         <pdfaid:part>2</pdfaid:part>\n<pdfaid:conformance>U</pdfaid:conformance>\n\
         <dc:format>application/pdf</dc:format>\n{}{}\
         <dc:source>urn:sha256:{}{pages}</dc:source>\n\
         <xmp:CreateDate>{made}</xmp:CreateDate>\n<xmp:ModifyDate>{made}</xmp:ModifyDate>\n\
         <xmp:MetadataDate>{made}</xmp:MetadataDate>\n\
         <xmp:CreatorTool>{program}</xmp:CreatorTool>\n<pdf:Producer>{program}</pdf:Producer>\n\
         </rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"r\"?>",
        title.unwrap_or_default(),
        language.unwrap_or_default(),
        request.digests.sha256,
    ));
    packet.into_bytes()
}

/// Text inside an element; characters that XML 1.0 does not have are left out.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_break_the_packet() {
        assert_eq!(escape("Huur & <b>\u{1}\n€"), "Huur &amp; &lt;b&gt; €");
    }
}

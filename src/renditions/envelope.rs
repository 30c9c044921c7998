//! What every archival copy has around its pages: catalog, page tree, metadata, output intent, layers, the font of the
//! invisible words. Knows nothing of where pages come from.

use std::io::Write;

use super::{
    Request,
    font::Font,
    icc,
    value::{Dict, Ref, Value},
    write::Writer,
    xmp,
};
use crate::{Result, model::Blake3};

/// A copy that is being written.
pub(super) struct Envelope<'w> {
    pub(super) writer: Writer<'w>,
    pub(super) font: Font,
    pages: Ref,
    /// Numbers that pages get which are still to come.
    reserved: std::vec::IntoIter<Ref>,
    kids: Vec<Value>,
}

impl<'w> Envelope<'w> {
    /// Starts a copy.
    pub(super) fn start(out: &'w mut dyn Write) -> Result<Self> {
        let mut writer = Writer::start(out)?;
        let font = Font::new(&mut writer);
        let pages = writer.reserve();
        Ok(Self { writer, font, pages, reserved: Vec::new().into_iter(), kids: Vec::new() })
    }

    /// Numbers for the pages to come, in their order, so that others can name them before.
    pub(super) fn reserve_pages(&mut self, count: usize) -> Vec<Ref> {
        let numbers: Vec<Ref> = (0..count).map(|_| self.writer.reserve()).collect();
        self.reserved = numbers.clone().into_iter();
        numbers
    }

    /// Adds a page.
    pub(super) fn page(&mut self, mut page: Dict) -> Result<()> {
        page.set("Type", Value::name("Page"));
        page.set("Parent", Value::Ref(self.pages));
        let number = self.reserved.next().unwrap_or_else(|| self.writer.reserve());
        self.writer.object(number, &Value::Dict(page))?;
        self.kids.push(Value::Ref(number));
        Ok(())
    }

    /// How many pages it has.
    pub(super) fn page_count(&self) -> usize {
        self.kids.len()
    }

    /// Ends the copy and gives its size. `entries` are what the catalog has beside what every copy has.
    pub(super) fn finish(self, request: &Request<'_>, entries: Dict) -> Result<u64> {
        let Self { mut writer, font, pages, kids, .. } = self;
        font.finish(&mut writer)?;
        let tree = Dict::of([
            ("Type", Value::name("Pages")),
            ("Count", Value::Number(kids.len() as f64)),
            ("Kids", Value::Array(kids)),
        ]);
        writer.object(pages, &Value::Dict(tree))?;
        let profile = writer.reserve();
        writer.deflated(profile, Dict::of([("N", Value::Number(3.0))]), &icc::srgb())?;
        // ISO 19005-2, 6.2.3.
        let intent = Dict::of([
            ("Type", Value::name("OutputIntent")),
            ("S", Value::name("GTS_PDFA1")),
            ("OutputConditionIdentifier", Value::text("sRGB")),
            ("Info", Value::text("sRGB IEC 61966-2-1")),
            ("DestOutputProfile", Value::Ref(profile)),
        ]);
        let metadata = writer.reserve();
        let kind = Dict::of([("Type", Value::name("Metadata")), ("Subtype", Value::name("XML"))]);
        // Not compressed, so that it can be found without a PDF reader.
        writer.stream(metadata, kind, &xmp::packet(request))?;
        let mut catalog = Dict::of([
            ("Type", Value::name("Catalog")),
            ("Pages", Value::Ref(pages)),
            ("Metadata", Value::Ref(metadata)),
            ("OutputIntents", Value::Array(vec![Value::Dict(intent)])),
        ]);
        if let Some(language) = request.reading.language {
            catalog.set("Lang", Value::text(language.code()));
        }
        catalog.0.extend(entries.0);
        let catalog = writer.add(&Value::Dict(catalog))?;
        writer.finish(catalog, identifiers(request))
    }
}

/// 14.4: the first identifier is the original's, the second tells this copy from others of it.
fn identifiers(request: &Request<'_>) -> [[u8; 16]; 2] {
    let original = request.digests.blake3.0;
    let facts = format!("{} {} {}", request.first_page, request.last_page, request.made);
    let copy = Blake3::of(&[&original, facts.as_bytes()].concat()).0;
    [original, copy].map(|digest| std::array::from_fn(|i| digest[i]))
}

//! Copies the pages of a PDF: what they draw as it is, the words that OCR read invisibly over it. Judges nothing.

use std::{borrow::Cow, io::Write};

use hayro::hayro_syntax::{
    Pdf,
    object::{Array, Dict as SourceDict, MaybeRef, Name as SourceName, Object, ObjectIdentifier, Rect, Stream},
    page::{Page, Resources, Rotation},
};

use super::{
    Built, Method, Request,
    allowed::Kind,
    annotations,
    content::Content,
    envelope::Envelope,
    facsimile,
    frame::{self, Frame, SIZES},
    graph::Copier,
    links::{Links, Target},
    substitute::Substitutes,
    value::{Dict, Ref, Value},
    words,
};
use crate::{
    Error, ErrorKind, Result,
    model::{PageNo, PageReading, TextSource},
    pages::Source,
};

/// Copies a document's pages; those that `is_drawn` names are drawn as images.
pub(super) fn copy(
    request: &Request<'_>,
    pdf: &Pdf,
    is_drawn: &dyn Fn(PageNo) -> bool,
    out: &mut dyn Write,
) -> Result<Built> {
    let mut envelope = Envelope::start(out)?;
    let wanted: Vec<PageNo> = request.pages().map(|reading| reading.page).collect();
    let numbers = envelope.reserve_pages(wanted.len());
    let targets = wanted.iter().zip(numbers).filter_map(|(page, number)| {
        let source = pdf.pages().get(page.index())?;
        let is_drawn = is_drawn(*page) || unit_of(&frame(source)) != 1.0;
        Some((source.raw().obj_id()?, Target { number, is_drawn }))
    });
    let links = Links::new(pdf, targets.collect());
    let kept = wanted.iter().filter(|page| !is_drawn(**page)).map(|page| page.index()).collect();
    let copier = Copier::new(pdf.xref(), Substitutes::new(pdf, kept));
    let mut copy = Copy { envelope, copier, links, opening: None };
    let mut source = None;
    let mut method = Method::ScanStreamsKept;
    for reading in request.pages() {
        if is_drawn(reading.page) {
            let source = match &mut source {
                Some(source) => source,
                none => none.insert(Source::open(request.original, request.media, request.password)?),
            };
            facsimile::page(&mut copy.envelope, source, reading)?;
            method = Method::Facsimile;
            continue;
        }
        let page = pdf.pages().get(reading.page.index()).ok_or_else(|| {
            Error::new(ErrorKind::UnsupportedDocument, format!("page {} is not in the original", reading.page))
        })?;
        copy.page(page, reading)?;
        if reading.source == TextSource::Digital && method == Method::ScanStreamsKept {
            method = Method::MadeConforming;
        }
    }
    let mut entries = Dict::default();
    if let Some(layers) = copy.layers(pdf) {
        entries.set("OCProperties", Value::Dict(layers));
    }
    if let Some(bookmarks) = copy.links.bookmarks(&mut copy.envelope.writer)? {
        entries.set("Outlines", Value::Ref(bookmarks));
    }
    let pages = copy.envelope.page_count();
    let size_bytes = copy.envelope.finish(request, entries)?;
    Ok(Built { method, why: copy.copier.told_of_fonts(), pages: pages as u32, size_bytes })
}

/// A copy in the making.
struct Copy<'a, 'w> {
    envelope: Envelope<'w>,
    copier: Copier<'a>,
    links: Links<'a>,
    /// The stream that stands before most contents which something is laid over.
    opening: Option<Ref>,
}

impl<'a> Copy<'a, '_> {
    fn page(&mut self, page: &Page<'a>, reading: &PageReading) -> Result<()> {
        let streams = contents(page);
        let drawn = joined(&streams);
        let content = Content::of(&drawn);
        let frame = frame(page);
        let unit = unit_of(&frame);
        let mut resources = self.resources(page, &content)?;
        let mut leaf = boxes(page, &frame, unit);
        if let Some(group) = page.raw().get::<SourceDict<'a>>("Group") {
            leaf.set("Group", Value::Dict(self.copier.dict(&group, Kind::Group, &mut self.envelope.writer)));
        }
        let mut contents: Vec<Value> = match content.as_shown(&drawn) {
            None => self.content_streams(&streams)?,
            Some(shown) => {
                let number = self.envelope.writer.reserve();
                self.envelope.writer.deflated(number, Dict::default(), &shown)?;
                vec![Value::Ref(number)]
            }
        };
        let is_read = reading.source == TextSource::Ocr;
        let (mut over, mut objects) = (Vec::new(), part(&mut resources, "XObject"));
        annotations::draw(page, &mut self.copier, &mut self.envelope.writer, &mut objects, &mut over);
        put_part(&mut resources, "XObject", objects);
        // What OCR read repeats what is drawn as text: that is kept from those who extract text (14.9.4: replacement
        // text, here none).
        let hides_text = is_read && (content.shows_text || !over.is_empty());
        if hides_text {
            over.extend(b"EMC\n");
        }
        if is_read {
            let mut fonts = part(&mut resources, "Font");
            let name = free_name(&fonts);
            let words = words::layer(reading, &frame, name.as_bytes(), &mut self.envelope.font);
            if !words.is_empty() {
                over.extend(words);
                fonts.0.insert(Cow::Owned(name.into_bytes()), Value::Ref(self.envelope.font.number()));
            }
            put_part(&mut resources, "Font", fonts);
        }
        if !over.is_empty() {
            self.lay_over(&mut contents, &content, hides_text, &over)?;
        }
        if unit != 1.0 {
            // All that is drawn, be it laid over, is drawn in the copy's units.
            let number = self.envelope.writer.reserve();
            let scale = format!("{0} 0 0 {0} 0 0 cm\n", 1.0 / unit);
            self.envelope.writer.stream(number, Dict::default(), scale.as_bytes())?;
            contents.insert(0, Value::Ref(number));
        }
        self.copier.flush(&mut self.envelope.writer)?;
        leaf.set("Resources", Value::Dict(resources));
        leaf.set("Contents", Value::Array(contents));
        let links = self.links.of(page, unit);
        if !links.is_empty() {
            leaf.set("Annots", Value::Array(links));
        }
        self.envelope.page(leaf)
    }

    /// The content's streams as they are; what is no stream is left out.
    fn content_streams(&mut self, streams: &[Stream<'a>]) -> Result<Vec<Value>> {
        let writer = &mut self.envelope.writer;
        let references = streams.iter().map(|stream| self.copier.reference(stream.obj_id(), Kind::Bytes, writer));
        Ok(references.map(Value::Ref).collect())
    }

    /// Lays something over the content, whose graphics state is kept from it.
    fn lay_over(&mut self, contents: &mut Vec<Value>, content: &Content, hides: bool, over: &[u8]) -> Result<()> {
        let writer = &mut self.envelope.writer;
        let mut before = "q\n".repeat(1 + content.underflow);
        if hides {
            before.push_str("/Span <</ActualText ()>> BDC\n");
        }
        let before = match self.opening {
            Some(opening) if before == "q\n" => opening,
            _ => {
                let number = writer.reserve();
                writer.stream(number, Dict::default(), before.as_bytes())?;
                if before == "q\n" {
                    self.opening = Some(number);
                }
                number
            }
        };
        let after = format!("\n{}", "Q\n".repeat(1 + content.left_open));
        let layer = writer.reserve();
        writer.deflated(layer, Dict::default(), &[after.as_bytes(), over].concat())?;
        contents.insert(0, Value::Ref(before));
        contents.push(Value::Ref(layer));
        Ok(())
    }

    /// What the page draws with. Pages of a bundle often name the images of all of them: only those drawn are taken.
    fn resources(&mut self, page: &Page<'a>, content: &Content) -> Result<Dict> {
        let Resources { ext_g_states, fonts, properties, color_spaces, x_objects, patterns, shadings } =
            page.resources();
        let writer = &mut self.envelope.writer;
        let mut resources = Dict::default();
        let parts = [
            ("ColorSpace", color_spaces, Kind::ColorSpace),
            ("ExtGState", ext_g_states, Kind::GraphicsState),
            ("Font", fonts, Kind::Font),
            ("Pattern", patterns, Kind::Pattern),
            ("Properties", properties, Kind::Properties),
            ("Shading", shadings, Kind::Shading),
        ];
        for (key, source, kind) in parts {
            if !source.is_empty() {
                resources.set(key, Value::Dict(self.copier.map(source, kind, writer)));
            }
        }
        let drawn = |name: &SourceName<'_>| content.drawn.contains(name.as_ref());
        let is_poor = |form: Stream<'a>| {
            form.dict().get::<SourceName<'_>>("Subtype").as_deref() == Some(b"Form")
                && !form.dict().contains_key("Resources")
        };
        let poor = x_objects.keys().filter(drawn).any(|name| x_objects.get::<Stream<'a>>(&*name).is_some_and(is_poor));
        let mut objects = Dict::default();
        for (name, object) in x_objects.entries() {
            if let MaybeRef::Ref(reference) = object
                && (poor || drawn(&name))
            {
                let number = self.copier.reference(reference.into(), Kind::XObject, writer);
                objects.0.insert(Cow::Owned(name.as_ref().to_vec()), Value::Ref(number));
            }
        }
        if !objects.0.is_empty() {
            resources.set("XObject", Value::Dict(objects));
        }
        let inherited = if poor { Some(Value::Ref(writer.add(&Value::Dict(resources.clone()))?)) } else { None };
        self.copier.inherit(inherited);
        Ok(resources)
    }

    /// The layers that the pages name (8.11.4), with those hidden that are hidden in the original.
    fn layers(&mut self, pdf: &Pdf) -> Option<Dict> {
        let layers = self.copier.layers();
        if layers.is_empty() {
            return None;
        }
        let root = pdf.xref().get::<SourceDict<'_>>(pdf.xref().root_id());
        let settings = root.and_then(|root| root.get::<SourceDict<'_>>("OCProperties")?.get::<SourceDict<'_>>("D"));
        let listed = |key: &str| -> Vec<ObjectIdentifier> {
            let list = settings.as_ref().and_then(|settings| settings.get::<Array<'_>>(key));
            list.into_iter()
                .flat_map(|list| list.raw_iter())
                .filter_map(|item| Some(item.as_obj_ref()?.into()))
                .collect()
        };
        let base = settings.as_ref().and_then(|settings| settings.get::<SourceName<'_>>("BaseState"));
        let (on, off) = (listed("ON"), listed("OFF"));
        let is_hidden = |id: &ObjectIdentifier| {
            if base.as_deref() == Some(b"OFF") { !on.contains(id) } else { off.contains(id) }
        };
        let all = Value::Array(layers.iter().map(|(_, number)| Value::Ref(*number)).collect());
        let hidden = layers.iter().filter(|(id, _)| is_hidden(id)).map(|(_, number)| Value::Ref(*number)).collect();
        // ISO 19005-2, 6.9: a name, and no automatic states.
        let shown = Dict::of([("Name", Value::text("Default")), ("OFF", Value::Array(hidden))]);
        Some(Dict::of([("OCGs", all), ("D", Value::Dict(shown))]))
    }
}

/// The page's content streams in their order.
fn contents<'a>(page: &Page<'a>) -> Vec<Stream<'a>> {
    match page.raw().get::<Object<'a>>("Contents") {
        Some(Object::Stream(stream)) => vec![stream],
        Some(Object::Array(array)) => array.iter::<Object<'a>>().filter_map(Object::into_stream).collect(),
        _ => Vec::new(),
    }
}

/// The streams decoded, as one.
fn joined(streams: &[Stream<'_>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for stream in streams {
        bytes.extend(stream.decoded_data().unwrap_or_default().iter());
        bytes.push(b'\n');
    }
    bytes
}

fn frame(page: &Page<'_>) -> Frame {
    let (width, height) = page.base_dimensions();
    let shown = page.intersected_crop_box();
    let (x, y) = (shown.x0, shown.y0);
    let rotate = match page.rotation() {
        Rotation::None => 0,
        Rotation::Horizontal => 90,
        Rotation::Flipped => 180,
        Rotation::FlippedHorizontal => 270,
    };
    Frame { shown: [x, y, x + f64::from(width), y + f64::from(height)], rotate }
}

/// Of how many of a page's units one unit of its copy is.
fn unit_of(frame: &Frame) -> f64 {
    let [left, bottom, right, top] = frame.shown;
    frame::unit(right - left, top - bottom).unwrap_or(1.0)
}

/// A page dictionary with the page's own boxes; they may be inherited in the original, and are not in the copy.
fn boxes(page: &Page<'_>, frame: &Frame, unit: f64) -> Dict {
    let Rect { x0, y0, x1, y1 } = page.media_box();
    let [x0, y0, x1, y1] = [x0, y0, x1, y1].map(|side| side / unit);
    let shown = frame.shown.map(|side| side / unit);
    let is_sound = [x0, y0, x1, y1].iter().all(|side| side.is_finite())
        && SIZES.contains(&(x1 - x0))
        && SIZES.contains(&(y1 - y0));
    let mut leaf = Dict::default();
    if is_sound && [x0, y0, x1, y1] != shown {
        leaf.set("MediaBox", Value::numbers([x0, y0, x1, y1]));
        leaf.set("CropBox", Value::numbers(shown));
    } else {
        leaf.set("MediaBox", Value::numbers(shown));
    }
    if frame.rotate != 0 {
        leaf.set("Rotate", Value::Number(f64::from(frame.rotate)));
    }
    let own = page.raw().get::<f32>("UserUnit").filter(|unit| (0.01..1e4).contains(unit)).unwrap_or(1.0);
    let unit = f64::from(own) * unit;
    if unit != 1.0 {
        leaf.set("UserUnit", Value::Number(unit));
    }
    leaf
}

/// A name for the words' font that the page does not use.
fn free_name(fonts: &Dict) -> String {
    let mut names = std::iter::once("Words".to_owned()).chain((2..).map(|n| format!("Words{n}")));
    names.find(|name| fonts.get(name).is_none()).expect("a page has not infinitely many fonts")
}

/// Takes a part of the resources out, to add to it.
fn part(resources: &mut Dict, key: &str) -> Dict {
    resources.remove(key).and_then(Value::into_dict).unwrap_or_default()
}

fn put_part(resources: &mut Dict, key: &'static str, part: Dict) {
    if !part.0.is_empty() {
        resources.set(key, Value::Dict(part));
    }
}

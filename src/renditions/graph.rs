//! Takes over what an original's pages need, object by object and by the allow-list, each once; streams keep their
//! bytes. Knows nothing of pages.

use std::collections::HashMap;

use hayro::hayro_syntax::{
    Filter,
    object::{Array, Dict as SourceDict, MaybeRef, Name as SourceName, Object, ObjectIdentifier, Stream},
    xref::XRef,
};

use super::{
    allowed::{self, Kind, Shape},
    check,
    content::Content,
    font::to_unicode_map,
    substitute::Substitutes,
    value::{Dict, Name, Ref, Value},
    write::{Writer, deflate},
};
use crate::Result;

/// Deeper than this, direct objects are no document but an attack on the stack.
const MAX_DEPTH: u32 = 40;
/// Standard rendering intents (8.6.5.8).
const INTENTS: [&[u8]; 4] = [b"RelativeColorimetric", b"AbsoluteColorimetric", b"Perceptual", b"Saturation"];

/// Copies objects of one original.
pub(super) struct Copier<'a> {
    source: &'a XRef,
    numbers: HashMap<(ObjectIdentifier, Kind), Ref>,
    waiting: Vec<(ObjectIdentifier, Kind, Ref)>,
    /// Layers (optional content groups) that were met, by their number in the original.
    layers: Vec<(ObjectIdentifier, Ref)>,
    /// Maps to characters that fonts get, not written yet.
    maps: Vec<(Ref, String)>,
    /// Programs for fonts that the original does not bring.
    substitutes: Substitutes<'a>,
    /// What forms and glyphs that name no resources of their own draw with: those of the page they stand on.
    inherited: Option<Value>,
}

impl<'a> Copier<'a> {
    /// Nothing is copied yet.
    pub(super) fn new(source: &'a XRef, substitutes: Substitutes<'a>) -> Self {
        Self {
            substitutes,
            source,
            numbers: HashMap::new(),
            waiting: Vec::new(),
            layers: Vec::new(),
            maps: Vec::new(),
            inherited: None,
        }
    }

    /// What forms without resources of their own get (ISO 19005-2, 6.2.2) from now on.
    pub(super) fn inherit(&mut self, resources: Option<Value>) {
        self.inherited = resources;
    }

    /// The layers that the copied pages name.
    pub(super) fn layers(&self) -> &[(ObjectIdentifier, Ref)] {
        &self.layers
    }

    /// What is to be told of fonts that the original does not bring.
    pub(super) fn told_of_fonts(&self) -> Option<String> {
        self.substitutes.told()
    }

    /// A dictionary by its kind's allow-list.
    pub(super) fn dict(&mut self, source: &SourceDict<'a>, kind: Kind, writer: &mut Writer<'_>) -> Dict {
        self.dict_of(source, kind, writer, 0)
    }

    /// All entries of a dictionary of resources of one kind.
    pub(super) fn map(&mut self, source: &SourceDict<'a>, kind: Kind, writer: &mut Writer<'_>) -> Dict {
        self.shaped_map(source, kind, writer, 0)
    }

    /// The number that an object of the original gets in the copy.
    pub(super) fn reference(&mut self, id: ObjectIdentifier, kind: Kind, writer: &mut Writer<'_>) -> Ref {
        if let Some(&number) = self.numbers.get(&(id, kind)) {
            return number;
        }
        let number = writer.reserve();
        self.numbers.insert((id, kind), number);
        self.waiting.push((id, kind, number));
        number
    }

    /// Writes every object that was named and not yet written.
    pub(super) fn flush(&mut self, writer: &mut Writer<'_>) -> Result<()> {
        while let Some((id, kind, number)) = self.waiting.pop() {
            match self.source.get::<Object<'a>>(id) {
                Some(Object::Stream(stream)) => self.stream(&stream, kind, number, writer)?,
                Some(object) => {
                    let value = self.value(object, Shape::Is(kind), writer, 0);
                    self.note_layer(&value, id, number);
                    writer.object(number, &value)?;
                }
                None => writer.object(number, &Value::Null)?,
            }
        }
        for (number, map) in self.maps.drain(..) {
            writer.deflated(number, Dict::default(), map.as_bytes())?;
        }
        self.substitutes.flush(writer)
    }

    fn note_layer(&mut self, value: &Value, id: ObjectIdentifier, number: Ref) {
        if let Value::Dict(dict) = value
            && dict.get("Type").and_then(Value::as_name) == Some(b"OCG")
        {
            self.layers.push((id, number));
        }
    }

    fn stream(&mut self, stream: &Stream<'a>, kind: Kind, number: Ref, writer: &mut Writer<'_>) -> Result<()> {
        let mut dict = self.dict_of(stream.dict(), kind, writer, 0);
        let filters = stream.filters();
        if filters.iter().any(|filter| matches!(filter, Filter::LzwDecode)) || names_unknown_filter(stream, &filters) {
            // 6.1.7.2 leaves no LZW; what cannot be decoded stays as it is, and the check will say so.
            if let Ok(data) = stream.decoded_data() {
                dict.set("Filter", Value::name("FlateDecode"));
                return writer.stream(number, dict, &deflate(&data));
            }
        }
        if draws(kind, stream)
            && let Ok(data) = stream.decoded_data()
            && let Some(shown) = Content::of(&data).as_shown(&data)
        {
            return writer.deflated(number, dict, &shown);
        }
        self.stream_entries(stream, &filters, &mut dict, writer);
        writer.stream(number, dict, &stream.raw_data())
    }

    /// How a stream's bytes are to be decoded; decryption, if any, is done already.
    fn stream_entries(&mut self, stream: &Stream<'a>, filters: &[Filter], dict: &mut Dict, writer: &mut Writer<'_>) {
        for (key, shape) in allowed::STREAM {
            if let Some(value) = self.entry(stream.dict(), key, *shape, writer, 0) {
                dict.set(key, value);
            }
        }
        if filters.first() == Some(&Filter::Crypt) {
            for key in ["Filter", "DecodeParms"] {
                match dict.remove(key) {
                    Some(Value::Array(mut items)) if items.len() > 1 => {
                        items.remove(0);
                        dict.set(key, Value::Array(items));
                    }
                    _ => {}
                }
            }
        }
    }

    fn dict_of(&mut self, source: &SourceDict<'a>, kind: Kind, writer: &mut Writer<'_>, depth: u32) -> Dict {
        if kind == Kind::Font
            && let Some(whole) = self.substitutes.font(source, writer)
        {
            return whole;
        }
        let keys = match (kind, source.get::<SourceName<'a>>("Subtype").as_deref()) {
            (Kind::XObject, Some(b"Image")) => allowed::IMAGE,
            (Kind::XObject, Some(b"Form")) => allowed::FORM,
            (Kind::Properties, _) if is_layer(source) => allowed::keys(Kind::Layer),
            _ => allowed::keys(kind),
        };
        let mut dict = Dict::default();
        for (key, shape) in keys {
            if let Some(value) = self.entry(source, key, *shape, writer, depth) {
                dict.set(key, value);
            }
        }
        self.settle(kind, &mut dict);
        if kind == Kind::Font
            && let Some(texts) = check::completed_font(source)
        {
            let codes = texts.into_iter().map(|(code, text)| (code.into(), text));
            let number = writer.reserve();
            self.maps.push((number, to_unicode_map(1, codes)));
            dict.set("ToUnicode", Value::Ref(number));
        }
        dict
    }

    /// What the standard wants of a copied dictionary beyond which keys it may have.
    fn settle(&mut self, kind: Kind, dict: &mut Dict) {
        // 6.1.8: names of fonts are UTF-8; those that are not are taken for Latin letters.
        for key in ["BaseFont", "FontName"] {
            if let Some(Value::Name(name)) = dict.get(key)
                && std::str::from_utf8(name).is_err()
            {
                let readable: String = name.iter().copied().map(char::from).collect();
                dict.set(key, Value::Name(Name::Owned(readable.into_bytes())));
            }
        }
        // 6.2.11.3.2: the map from CIDs to glyphs is named; without a name it is the same (ISO 32000-1, table 117).
        let is_by_points = dict.get("Subtype").and_then(Value::as_name) == Some(b"CIDFontType2");
        if kind == Kind::Font && is_by_points && dict.get("CIDToGIDMap").is_none() {
            dict.set("CIDToGIDMap", Value::name("Identity"));
        }
        for intent in ["Intent", "RI"] {
            if dict.get(intent).is_some_and(|value| !value.as_name().is_some_and(|name| INTENTS.contains(&name))) {
                dict.remove(intent);
            }
        }
        if kind == Kind::Appearance {
            dict.set("Type", Value::name("XObject"));
            dict.set("Subtype", Value::name("Form"));
        }
        let is_form = dict.get("Subtype").and_then(Value::as_name) == Some(b"Form");
        if matches!(kind, Kind::XObject | Kind::Appearance) && is_form && dict.get("Resources").is_none() {
            dict.set("Resources", self.inherited.clone().unwrap_or_else(|| Value::Dict(Dict::default())));
        }
    }

    fn entry(
        &mut self,
        source: &SourceDict<'a>,
        key: &str,
        shape: Shape,
        writer: &mut Writer<'_>,
        depth: u32,
    ) -> Option<Value> {
        let value = self.maybe(source.get_raw::<Object<'a>>(key)?, shape, writer, depth + 1);
        (value != Value::Null).then_some(value)
    }

    fn maybe(&mut self, object: MaybeRef<Object<'a>>, shape: Shape, writer: &mut Writer<'_>, depth: u32) -> Value {
        if depth > MAX_DEPTH {
            return Value::Null;
        }
        let id = match object {
            MaybeRef::NotRef(object) => return self.value(object, shape, writer, depth),
            MaybeRef::Ref(reference) => ObjectIdentifier::from(reference),
        };
        let Some(object) = self.source.get::<Object<'a>>(id) else { return Value::Null };
        match (shape, object) {
            // What may be shared stays shared; the rest is small and stands where it is used.
            (Shape::Is(kind), Object::Stream(_) | Object::Dict(_)) => Value::Ref(self.reference(id, kind, writer)),
            (Shape::Is(Kind::ColorSpace), Object::Array(_)) => Value::Ref(self.reference(id, Kind::ColorSpace, writer)),
            (shape, object) => self.value(object, shape, writer, depth),
        }
    }

    fn value(&mut self, object: Object<'a>, shape: Shape, writer: &mut Writer<'_>, depth: u32) -> Value {
        match (object, shape) {
            (Object::Boolean(value), _) => Value::Bool(value),
            (Object::Number(number), _) => Value::Number(number.as_f64()),
            (Object::Name(name), _) => Value::Name(owned(&name)),
            (Object::String(text), _) => Value::Text(text.as_bytes().to_vec()),
            (Object::Array(array), Shape::Is(Kind::ColorSpace)) => self.color_space(&array, writer, depth),
            (Object::Array(array), shape) => {
                Value::Array(array.raw_iter().map(|item| self.maybe(item, shape, writer, depth + 1)).collect())
            }
            (Object::Dict(dict), Shape::Is(kind)) => Value::Dict(self.dict_of(&dict, kind, writer, depth)),
            (Object::Dict(dict), Shape::Map(kind)) => Value::Dict(self.shaped_map(&dict, kind, writer, depth)),
            (Object::Dict(_), Shape::Plain) | (Object::Stream(_) | Object::Null(_), _) => Value::Null,
        }
    }

    fn shaped_map(&mut self, source: &SourceDict<'a>, kind: Kind, writer: &mut Writer<'_>, depth: u32) -> Dict {
        let mut dict = Dict::default();
        for (name, object) in source.entries() {
            let value = self.maybe(object, Shape::Is(kind), writer, depth + 1);
            if value != Value::Null {
                dict.0.insert(owned(&name), value);
            }
        }
        dict
    }

    /// 8.6.3: the family's name, then what that family wants.
    fn color_space(&mut self, array: &Array<'a>, writer: &mut Writer<'_>, depth: u32) -> Value {
        let mut items = array.raw_iter();
        let family = match items.next().map(|item| self.maybe(item, Shape::Plain, writer, depth + 1)) {
            Some(Value::Name(name)) => name,
            _ => return Value::Null,
        };
        let shapes: &[Shape] = match &*family {
            b"ICCBased" => &[Shape::Is(Kind::Profile)],
            b"CalGray" | b"CalRGB" | b"Lab" => &[Shape::Is(Kind::Calibration)],
            b"Indexed" | b"I" => &[Shape::Is(Kind::ColorSpace), Shape::Plain, Shape::Is(Kind::Bytes)],
            b"Separation" => &[Shape::Plain, Shape::Is(Kind::ColorSpace), Shape::Is(Kind::Function)],
            b"DeviceN" => {
                &[Shape::Plain, Shape::Is(Kind::ColorSpace), Shape::Is(Kind::Function), Shape::Is(Kind::Colorants)]
            }
            _ => &[Shape::Is(Kind::ColorSpace)],
        };
        let rest: Vec<Value> =
            items.zip(shapes).map(|(item, shape)| self.maybe(item, *shape, writer, depth + 1)).collect();
        Value::Array(std::iter::once(Value::Name(family)).chain(rest).collect())
    }
}

/// Is a stream a content: what a form, a pattern or a glyph draws?
fn draws(kind: Kind, stream: &Stream<'_>) -> bool {
    match kind {
        Kind::XObject => stream.dict().get::<SourceName<'_>>("Subtype").as_deref() == Some(b"Form"),
        Kind::Appearance | Kind::Glyphs | Kind::Pattern => true,
        _ => false,
    }
}

fn names_unknown_filter(stream: &Stream<'_>, known: &[Filter]) -> bool {
    let named = match stream.dict().get::<Object<'_>>("Filter") {
        Some(Object::Array(array)) => array.raw_iter().count(),
        Some(Object::Name(_)) => 1,
        _ => 0,
    };
    named != known.len()
}

fn is_layer(source: &SourceDict<'_>) -> bool {
    matches!(source.get::<SourceName<'_>>("Type").as_deref(), Some(b"OCG" | b"OCMD"))
}

fn owned(name: &SourceName<'_>) -> Name {
    Name::Owned(name.as_ref().to_vec())
}

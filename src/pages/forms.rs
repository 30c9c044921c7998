//! Filled form fields whose file has no appearance for their value: viewers make one, so this does (ISO 32000-1, 12.7).
//! Fields whose appearance shows their value stay as they are; signatures, buttons and passwords are left alone.

mod face;
mod values;

use hayro::hayro_syntax::{
    Pdf,
    content::UntypedIter,
    object::{Array, Dict, MaybeRef, Name, Object, Rect, Stream},
    page::Page,
};

use self::face::{Face, Setting, color};
pub(super) use self::values::Values;
use super::{
    layers::Layers,
    update::{Update, dict_with, name, reference},
};
use crate::model::PageNo;

/// Flags of an annotation that is not shown (12.5.3): hidden, and without view.
const HIDDEN: u32 = HIDDEN_FLAG | 1 << 5;
const HIDDEN_FLAG: u32 = 1 << 1;
/// Flags of text fields (12.7.4.3).
const MULTILINE: u32 = 1 << 12;
const PASSWORD: u32 = 1 << 13;
const COMB: u32 = 1 << 24;
/// Flags of buttons (12.7.4.2.1).
const RADIO: u32 = 1 << 15;
const PUSHBUTTON: u32 = 1 << 16;
/// Fields within one another that are followed upwards.
const MOST_PARENTS: usize = 32;
/// The most of a value that is told.
const TOLD: usize = 80;

/// A file's form, and the layers that its annotations may be in.
pub(super) struct Form<'a> {
    dict: Dict<'a>,
    /// Viewers are asked to make all appearances anew.
    is_stale: bool,
    layers: Option<Layers>,
}

/// What became of the fields on a page.
#[derive(Default)]
pub(super) struct Drawn {
    /// The page's annotations as they are now, where one of them is new.
    pub(super) annotations: Option<String>,
    /// Values that could not be drawn.
    pub(super) unshown: Vec<String>,
    /// Annotations in layers that are off, which are drawn all the same.
    pub(super) shown: usize,
}

/// What is to be done about a field.
enum Need {
    /// Nothing: it has no value, or shows it.
    Nothing,
    /// It has an appearance for its state, and does not say that it is in it.
    State(String),
    Face(Face),
    /// It has a value that cannot be drawn.
    Unshown(String),
}

impl<'a> Form<'a> {
    pub(super) fn of(pdf: &'a Pdf) -> Option<Self> {
        let root = pdf.xref().get::<Dict<'a>>(pdf.xref().root_id())?;
        let (dict, layers) = (root.get::<Dict<'a>>("AcroForm"), Layers::of(pdf));
        if dict.is_none() && layers.is_none() {
            return None;
        }
        let dict = dict.unwrap_or_else(Dict::empty);
        let is_stale = dict.get::<bool>("NeedAppearances").unwrap_or(false);
        Some(Self { dict, is_stale, layers })
    }

    /// Is an annotation in a layer that is off?
    fn is_off(&self, annotation: &Dict<'_>) -> bool {
        self.layers.as_ref().is_some_and(|layers| layers.hides(annotation))
    }

    /// Draws what the page's fields hold and do not show, and hides what is in layers that are off. Without an update,
    /// says only what is not as it should be. What the fields' values are beside what they show goes to `values`.
    pub(super) fn draw(
        &self,
        page: &Page<'a>,
        number: PageNo,
        mut update: Option<&mut Update<'_>>,
        values: &mut Values,
    ) -> Drawn {
        let mut drawn = Drawn::default();
        let Some(annotations) = page.raw().get::<Array<'a>>("Annots") else { return drawn };
        let (mut items, mut is_changed) = (Vec::new(), false);
        for (raw, widget) in annotations.raw_iter().zip(resolved(page, &annotations)) {
            if let Some(widget) = &widget {
                values.add(self, widget, number);
            }
            let is_off = widget.as_ref().is_some_and(|widget| self.is_off(widget));
            let number = match (widget.as_ref().map(|widget| (widget, self.need(widget))), &mut update) {
                (Some((widget, _)), Some(update)) if is_off => {
                    let flags = widget.get::<u32>("F").unwrap_or(0) | HIDDEN_FLAG;
                    Some(update.add(dict_with(widget, &[("F", flags.to_string())])))
                }
                (Some((widget, _)), None) if is_off => {
                    drawn.shown += usize::from(!is_hidden(widget));
                    None
                }
                (Some((_, Need::Unshown(value))), _) => {
                    drawn.unshown.push(value);
                    None
                }
                (Some((_, Need::Face(face))), None) => {
                    drawn.unshown.push(told(&face.text));
                    None
                }
                (Some((widget, Need::State(state))), Some(update)) => {
                    Some(update.add(dict_with(widget, &[("AS", state)])))
                }
                (Some((widget, Need::Face(face))), Some(update)) => match appearance(&face, turn(widget), update) {
                    Some(form) => {
                        let entries = [("AP", format!("<</N {form} 0 R>>")), ("AS", "/Shown".to_owned())];
                        Some(update.add(dict_with(widget, &entries)))
                    }
                    None => {
                        drawn.unshown.push(told(&face.text));
                        None
                    }
                },
                _ => None,
            };
            is_changed |= number.is_some();
            items.push(match (number, raw, &widget) {
                (Some(number), ..) => format!("{number} 0 R"),
                (None, MaybeRef::Ref(object), _) => reference(object),
                (None, MaybeRef::NotRef(_), Some(dict)) => String::from_utf8_lossy(&dict_with(dict, &[])).into_owned(),
                (None, ..) => "null".to_owned(),
            });
        }
        drawn.annotations = is_changed.then(|| format!("[{}]", items.join(" ")));
        drawn
    }

    fn need(&self, widget: &Dict<'a>) -> Need {
        let is_widget = widget.get::<Name<'_>>("Subtype").as_deref() == Some(b"Widget");
        if !is_widget || is_hidden(widget) {
            return Need::Nothing;
        }
        let flags = inherited::<u32>(widget, "Ff").unwrap_or(0);
        match inherited::<Name<'_>>(widget, "FT").as_deref() {
            Some(b"Tx") if flags & PASSWORD == 0 => self.text(widget, flags),
            Some(b"Ch") => self.choice(widget),
            Some(b"Btn") if flags & PUSHBUTTON == 0 => self.button(widget, flags),
            _ => Need::Nothing,
        }
    }

    fn text(&self, widget: &Dict<'a>, flags: u32) -> Need {
        let value = values::written(widget);
        let cells = inherited::<u32>(widget, "MaxLen").filter(|cells| flags & COMB != 0 && (1..1000).contains(cells));
        let setting = match cells {
            _ if flags & MULTILINE != 0 => Setting::Lines,
            Some(cells) => Setting::Comb(cells),
            None => Setting::Line,
        };
        self.written(widget, value, setting)
    }

    fn choice(&self, widget: &Dict<'a>) -> Need {
        let chosen = values::chosen(widget);
        let setting = if chosen.len() > 1 { Setting::Lines } else { Setting::Line };
        self.written(widget, chosen.join("\n"), setting)
    }

    fn written(&self, widget: &Dict<'a>, value: String, setting: Setting) -> Need {
        if value.trim().is_empty() {
            return Need::Nothing;
        }
        let shown = normal(widget).and_then(|normal| match normal {
            Object::Stream(stream) => shown_by(&stream),
            _ => None,
        });
        match shown {
            Some(_) if !self.is_stale => return Need::Nothing,
            Some(bytes) if bytes.is_empty() || letters(&bytes).contains(&letters(value.as_bytes())) => {
                return Need::Nothing;
            }
            _ => {}
        }
        match self.face(widget, setting, value.clone()) {
            Some(face) => Need::Face(face),
            None => Need::Unshown(told(&value)),
        }
    }

    fn button(&self, widget: &Dict<'a>, flags: u32) -> Need {
        let on = |name: Name<'_>| (name.as_ref() != b"Off").then(|| name.as_ref().to_vec());
        let value = inherited::<Name<'_>>(widget, "V").and_then(on);
        let state = widget.get::<Name<'_>>("AS").map(on);
        let states = match normal(widget) {
            Some(Object::Dict(states)) => states,
            Some(_) => return Need::Nothing,
            None => Dict::empty(),
        };
        let has = |name: &[u8]| states.get::<Stream<'_>>(name).is_some();
        let is_of_many = widget
            .get::<Dict<'_>>("Parent")
            .is_some_and(|parent| parent.get::<Array<'_>>("Kids").is_some_and(|kids| kids.raw_iter().count() > 1));
        let is_on = match (&state, &value) {
            // The state is what viewers go by, unless they are asked to go by the value.
            (Some(Some(state)), _) => return if has(state) { Need::Nothing } else { self.mark(widget, flags) },
            (Some(None), Some(value)) if !(self.is_stale && has(value)) => return Need::Nothing,
            (_, None) => return Need::Nothing,
            (_, Some(value)) => value,
        };
        if has(is_on) {
            return Need::State(name(is_on));
        }
        if states.keys().any(|name| name.as_ref() != b"Off") {
            // Another of the field's buttons is the one that is on.
            return Need::Nothing;
        }
        if is_of_many { Need::Unshown(name(is_on)) } else { self.mark(widget, flags) }
    }

    fn mark(&self, widget: &Dict<'a>, flags: u32) -> Need {
        let setting = if flags & RADIO != 0 { Setting::Dot } else { Setting::Check };
        match self.face(widget, setting, String::new()) {
            Some(face) => Need::Face(face),
            None => Need::Unshown("a check mark".to_owned()),
        }
    }

    fn face(&self, widget: &Dict<'a>, setting: Setting, text: String) -> Option<Face> {
        let rect = widget.get::<Rect>("Rect")?;
        let (mut width, mut height) = (rect.width(), rect.height());
        if !(width > 1.0 && height > 1.0 && width.max(height) < 14_400.0) {
            return None;
        }
        let ground = ground(widget, (width, height), turn(widget));
        if turn(widget) % 180 == 90 {
            (width, height) = (height, width);
        }
        let given = inherited::<Object<'_>>(widget, "DA").or_else(|| self.dict.get::<Object<'_>>("DA"));
        let (size, color) = given.and_then(|given| text_of(&given)).map(|given| type_of(&given)).unwrap_or_default();
        let quadding = inherited::<u8>(widget, "Q").or_else(|| self.dict.get::<u8>("Q")).unwrap_or(0);
        Some(Face { width, height, setting, text, size, color, quadding, ground })
    }
}

fn is_hidden(annotation: &Dict<'_>) -> bool {
    annotation.get::<u32>("F").unwrap_or(0) & HIDDEN != 0
}

/// The annotations themselves, in their places.
fn resolved<'a>(page: &Page<'a>, annotations: &Array<'a>) -> Vec<Option<Dict<'a>>> {
    let resolve = |raw: MaybeRef<Object<'a>>| match raw {
        MaybeRef::Ref(object) => page.xref().get::<Dict<'a>>(object.into()),
        MaybeRef::NotRef(object) => object.into_dict(),
    };
    annotations.raw_iter().map(resolve).collect()
}

/// A field's entry, its own or that of the fields above it (12.7.3.1).
fn inherited<'a, T>(widget: &Dict<'a>, key: &str) -> Option<T>
where
    T: TryFrom<Object<'a>>,
{
    let mut field = widget.clone();
    for _ in 0..MOST_PARENTS {
        if let Some(value) = field.get::<Object<'a>>(key).and_then(|value| T::try_from(value).ok()) {
            return Some(value);
        }
        field = field.get::<Dict<'a>>("Parent")?;
    }
    None
}

/// The normal appearance (12.5.5).
fn normal<'a>(widget: &Dict<'a>) -> Option<Object<'a>> {
    widget.get::<Dict<'a>>("AP")?.get::<Object<'a>>("N")
}

/// The bytes of the text that an appearance shows; none where it draws nothing that could be a value. Where it draws
/// with forms or images of its own, which text that is stays open: no bytes.
pub(super) fn shown_by(appearance: &Stream<'_>) -> Option<Vec<u8>> {
    let data = appearance.decoded_data().ok()?;
    let mut instructions = UntypedIter::new(&data);
    let mut shown = None;
    while let Some(instruction) = instructions.next() {
        match &**instruction.operator {
            b"Do" | b"BI" => return Some(Vec::new()),
            b"Tj" | b"TJ" | b"'" | b"\"" => {}
            _ => continue,
        }
        let text = shown.get_or_insert_with(Vec::new);
        for operand in instruction.operands() {
            match operand {
                Object::String(part) => text.extend_from_slice(part.as_bytes()),
                Object::Array(parts) => parts.iter::<Object<'_>>().for_each(|part| {
                    if let Object::String(part) = part {
                        text.extend_from_slice(part.as_bytes());
                    }
                }),
                _ => {}
            }
        }
    }
    // Marked content and an empty string are what programs leave that empty a field.
    shown.filter(|text| text.iter().any(u8::is_ascii_graphic))
}

/// What of a text tells it from another, however it is broken and spaced.
fn letters(text: &[u8]) -> String {
    text.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(|byte| char::from(*byte)).collect()
}

/// A text string (7.9.2.2), or a stream of one.
pub(super) fn text_of(object: &Object<'_>) -> Option<String> {
    let decoded;
    let bytes = match object {
        Object::String(text) => text.as_bytes(),
        Object::Name(name) => name.as_ref(),
        Object::Stream(stream) => {
            decoded = stream.decoded_data().ok()?;
            &decoded
        }
        _ => return None,
    };
    Some(match bytes {
        [0xfe, 0xff, units @ ..] => {
            let units = units.chunks_exact(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]]));
            char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        [0xef, 0xbb, 0xbf, text @ ..] => String::from_utf8_lossy(text).into_owned(),
        bytes => bytes.iter().map(|byte| pdf_doc(*byte)).collect(),
    })
}

/// A character of PDFDocEncoding (annex D.3).
fn pdf_doc(byte: u8) -> char {
    const FROM_80: &str = "•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž";
    match byte {
        0x80..=0x9e => FROM_80.chars().nth(usize::from(byte - 0x80)).unwrap_or(char::REPLACEMENT_CHARACTER),
        0xa0 => '€',
        _ => char::from(byte),
    }
}

/// The size and the color that a default appearance names (12.7.3.3).
fn type_of(given: &str) -> (Option<f64>, String) {
    let tokens: Vec<&str> = given.split_whitespace().collect();
    let before = |at: usize, count: usize| tokens.get(at.checked_sub(count)?..at);
    let numbers = |at: usize, count: usize| before(at, count).filter(|n| n.iter().all(|n| n.parse::<f64>().is_ok()));
    let (mut size, mut color) = (None, String::new());
    for (at, token) in tokens.iter().enumerate() {
        let operands = match *token {
            "Tf" => {
                size = numbers(at, 1).and_then(|n| n[0].parse().ok()).filter(|size| (1.0..200.0).contains(size));
                continue;
            }
            "g" => numbers(at, 1),
            "rg" => numbers(at, 3),
            "k" => numbers(at, 4),
            _ => continue,
        };
        if let Some(operands) = operands {
            color = format!("{} {token}", operands.join(" "));
        }
    }
    (size, color)
}

/// By how many degrees a field's appearance is turned (12.5.6.19).
fn turn(widget: &Dict<'_>) -> i32 {
    let turn = widget.get::<Dict<'_>>("MK").and_then(|looks| looks.get::<i32>("R")).unwrap_or(0);
    turn.rem_euclid(360) / 90 * 90
}

/// A field's background and border.
fn ground(widget: &Dict<'_>, (width, height): (f64, f64), turn: i32) -> String {
    let Some(looks) = widget.get::<Dict<'_>>("MK") else { return String::new() };
    let (width, height) = if turn % 180 == 90 { (height, width) } else { (width, height) };
    let paint = |key: &str, operators| {
        let components: Vec<f32> = looks.get::<Array<'_>>(key)?.iter::<f32>().collect();
        color(&components, operators)
    };
    let mut out = String::new();
    if let Some(fill) = paint("BG", ["g", "rg", "k"]) {
        out += &format!("q {fill} 0 0 {width:.2} {height:.2} re f Q\n");
    }
    let line = widget.get::<Dict<'_>>("BS").and_then(|border| border.get::<f64>("W")).unwrap_or(1.0);
    if let Some(stroke) = paint("BC", ["G", "RG", "K"])
        && (0.0..20.0).contains(&line)
        && line > 0.0
    {
        let (inset, right, top) = (line / 2.0, width - line, height - line);
        out += &format!("q {stroke} {line} w {inset} {inset} {right:.2} {top:.2} re S Q\n");
    }
    out
}

/// The appearance stream of a field.
fn appearance(face: &Face, turn: i32, update: &mut Update<'_>) -> Option<u32> {
    let content = face.content()?;
    let Face { width, height, .. } = face;
    let matrix = match turn {
        90 => "[0 1 -1 0 0 0]",
        180 => "[-1 0 0 -1 0 0]",
        270 => "[0 -1 1 0 0 0]",
        _ => "[1 0 0 1 0 0]",
    };
    let entries = format!(
        "/Type/XObject/Subtype/Form/BBox[0 0 {width:.2} {height:.2}]/Matrix{matrix}/Resources<</Font<<\
         /H<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>\
         /Z<</Type/Font/Subtype/Type1/BaseFont/ZapfDingbats>>>>>>"
    );
    Some(update.add_stream(&entries, &content))
}

/// A value for a message.
fn told(value: &str) -> String {
    match value.trim() {
        "" => "a check mark".to_owned(),
        value => {
            let short: String = value.chars().take(TOLD).map(|c| if c.is_control() { ' ' } else { c }).collect();
            if short.len() < value.len() { format!("{short}…") } else { short }
        }
    }
}

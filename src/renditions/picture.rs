//! Images as a PDF holds them, and the page that image files make. Which bytes of a file may be taken as they are is for
//! the rooms of each format to say.

use std::borrow::Cow;

use super::{
    envelope::Envelope,
    frame::{self, Frame, SIZES},
    icc,
    value::{Dict, Ref, Value},
    words,
};
use crate::{
    Result,
    model::{PageReading, TextSource},
    pages,
};

/// How the samples of an image are colors.
#[derive(Clone, Debug)]
pub(super) enum Colors {
    /// Brightness.
    Gray,
    /// Red, green and blue.
    Rgb,
    /// Numbers of colors: three bytes each, of which a profile may say what they are.
    Palette(Vec<u8>, Option<Vec<u8>>),
    /// L*, a* and b*, both of these from -128 on, by the white of ICC profiles.
    Lab,
    /// What an ICC profile says of so many components.
    Profile(u8, Vec<u8>),
    /// Cyan, magenta, yellow and black, of which nothing says what they look like.
    Inks,
}

/// An image, or a strip of one.
#[derive(Clone, Debug)]
pub(super) struct Picture<'a> {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) bits: u8,
    pub(super) colors: Colors,
    /// `Filter` and `DecodeParms` of the data.
    pub(super) coding: Dict,
    /// Black and white change places.
    pub(super) inverted: bool,
    pub(super) data: Cow<'a, [u8]>,
    /// How much of each pixel covers the paper: gray, 8 bits.
    pub(super) alpha: Option<Box<Picture<'a>>>,
}

/// An image file's page: strips from the top, and how they are posed.
#[derive(Clone, Debug)]
pub(super) struct Sheet<'a> {
    pub(super) strips: Vec<Picture<'a>>,
    /// 1 to 8, as TIFF and EXIF name it.
    pub(super) orientation: u32,
    /// Why bytes were written anew, where they were.
    pub(super) why: Option<&'static str>,
}

impl Picture<'_> {
    /// `shared` has the parameters of strips before this one: most have the same, and they are as long as a short strip.
    fn write(&self, envelope: &mut Envelope<'_>, shared: &mut Vec<(Value, Ref)>) -> Result<Value> {
        let mut dict = self.coding.clone();
        if let Some(parameters) = dict.remove("DecodeParms") {
            let known = shared.iter().find(|(known, _)| *known == parameters).map(|(_, number)| *number);
            let number = match known {
                Some(number) => number,
                None => {
                    let number = envelope.writer.add(&parameters)?;
                    shared.push((parameters, number));
                    number
                }
            };
            dict.set("DecodeParms", Value::Ref(number));
        }
        // Its `Type` is understood (ISO 32000-1, table 89).
        dict.set("Subtype", Value::name("Image"));
        dict.set("Width", Value::Number(self.width.into()));
        dict.set("Height", Value::Number(self.height.into()));
        dict.set("BitsPerComponent", Value::Number(self.bits.into()));
        dict.set("ColorSpace", self.colors.write(envelope)?);
        if self.inverted {
            let count = usize::from(self.colors.count());
            dict.set("Decode", Value::numbers([1.0, 0.0].into_iter().cycle().take(2 * count)));
        }
        if let Some(alpha) = &self.alpha {
            dict.set("SMask", alpha.write(envelope, shared)?);
        }
        let number = envelope.writer.reserve();
        envelope.writer.stream(number, dict, &self.data)?;
        Ok(Value::Ref(number))
    }
}

impl Colors {
    pub(super) fn count(&self) -> u8 {
        match self {
            Self::Gray | Self::Palette(..) => 1,
            Self::Rgb | Self::Lab => 3,
            Self::Profile(count, _) => *count,
            Self::Inks => 4,
        }
    }

    fn write(&self, envelope: &mut Envelope<'_>) -> Result<Value> {
        Ok(match self {
            Self::Gray => Value::name("DeviceGray"),
            Self::Rgb => Value::name("DeviceRGB"),
            Self::Palette(colors, profile) => Value::Array(vec![
                Value::name("Indexed"),
                match profile {
                    Some(profile) => profiled(envelope, 3, profile)?,
                    None => Value::name("DeviceRGB"),
                },
                Value::Number((colors.len() / 3).saturating_sub(1) as f64),
                Value::Text(colors.clone()),
            ]),
            Self::Lab => {
                let range = [-128.0, 127.0, -128.0, 127.0];
                let white = Value::numbers([0.9642, 1.0, 0.8249]);
                let seen = Dict::of([("WhitePoint", white), ("Range", Value::numbers(range))]);
                Value::Array(vec![Value::name("Lab"), Value::Dict(seen)])
            }
            Self::Profile(count, profile) => profiled(envelope, *count, profile)?,
            Self::Inks => profiled(envelope, 4, &icc::inks())?,
        })
    }
}

/// Colors of so many components as a profile says.
fn profiled(envelope: &mut Envelope<'_>, count: u8, profile: &[u8]) -> Result<Value> {
    let number = envelope.writer.reserve();
    envelope.writer.deflated(number, Dict::of([("N", Value::Number(count.into()))]), profile)?;
    Ok(Value::Array(vec![Value::name("ICCBased"), Value::Ref(number)]))
}

/// Rows coded as those of PNG files (ISO 32000-1, 7.4.4.4).
pub(super) fn png_coding(width: u32, bits: u8, colors: u8) -> Dict {
    let parameters = Dict::of([
        ("Predictor", Value::Number(15.0)),
        ("Colors", Value::Number(colors.into())),
        ("BitsPerComponent", Value::Number(bits.into())),
        ("Columns", Value::Number(width.into())),
    ]);
    Dict::of([("Filter", Value::name("FlateDecode")), ("DecodeParms", Value::Dict(parameters))])
}

/// The profile where ISO 19005-2, 6.2.4.2 lets an image have it: of a device, with so many components, of version 2 or 4.
pub(super) fn sound_profile(profile: Option<Vec<u8>>, components: u8) -> Option<Colors> {
    let profile = profile?;
    let part = |from: usize| profile.get(from..from + 4);
    let space: &[u8] = match components {
        1 => b"GRAY",
        3 => b"RGB ",
        _ => return None,
    };
    let is_device = [b"scnr", b"mntr", b"prtr", b"spac"].iter().any(|class| part(12) == Some(&class[..]));
    let is_sound = part(36) == Some(b"acsp") && part(16) == Some(space) && matches!(profile.get(8), Some(2 | 4));
    let is_whole = part(0) == Some(&(profile.len() as u32).to_be_bytes()[..]);
    (is_device && is_sound && is_whole).then_some(Colors::Profile(components, profile))
}

/// Writes the page that an image makes, of the size that it was read in, with the words that the image shows.
pub(super) fn page(envelope: &mut Envelope<'_>, sheet: &Sheet<'_>, reading: &PageReading) -> Result<()> {
    let pose = pages::pose_of(sheet.orientation);
    let sound = |points: f32| f64::from(if points.is_finite() { points } else { 595.0 });
    let (width, height) = (sound(reading.width_pt), sound(reading.height_pt));
    let unit = frame::unit(width, height).unwrap_or(1.0);
    let side = |points: f64| (points / unit).clamp(*SIZES.start(), *SIZES.end());
    let shown = (side(width), side(height));
    let (width, height) = if pose.quarters % 2 == 1 { (shown.1, shown.0) } else { shown };
    let frame = Frame { shown: [0.0, 0.0, width, height], rotate: u16::from(pose.quarters) * 90 };

    let mut content = String::new();
    let mut objects = Dict::default();
    let rows: u32 = sheet.strips.iter().map(|strip| strip.height).sum();
    let (mut above, mut shared) = (0, Vec::new());
    for (i, strip) in sheet.strips.iter().enumerate() {
        above += strip.height;
        let share = |rows_of: u32| f64::from(rows_of) / f64::from(rows.max(1));
        let (bottom, tall) = (height * (1.0 - share(above)), height * share(strip.height));
        let (across, left) = if pose.mirrored { (-width, width) } else { (width, 0.0) };
        content.push_str(&format!("q {across} 0 0 {tall:.4} {left} {bottom:.4} cm /I{i} Do Q\n"));
        objects.0.insert(Cow::Owned(format!("I{i}").into_bytes()), strip.write(envelope, &mut shared)?);
    }
    let mut content = content.into_bytes();
    let mut resources = Dict::of([("XObject", Value::Dict(objects))]);
    if reading.source != TextSource::None {
        let layer = words::layer(reading, &frame, b"Words", &mut envelope.font);
        if !layer.is_empty() {
            content.extend(layer);
            resources.set("Font", Value::Dict(Dict::of([("Words", Value::Ref(envelope.font.number()))])));
        }
    }
    let stream = envelope.writer.reserve();
    envelope.writer.deflated(stream, Dict::default(), &content)?;
    let mut leaf = Dict::of([
        ("MediaBox", Value::numbers(frame.shown)),
        ("Resources", Value::Dict(resources)),
        ("Contents", Value::Ref(stream)),
    ]);
    if frame.rotate != 0 {
        leaf.set("Rotate", Value::Number(frame.rotate.into()));
    }
    if unit != 1.0 {
        leaf.set("UserUnit", Value::Number(unit));
    }
    envelope.page(leaf)
}

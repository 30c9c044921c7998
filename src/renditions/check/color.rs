//! Color: the output intent, ICC profiles, and what device colors a color space comes down to (ISO 19005-2, 6.2.3 and
//! 6.2.4). Does not look into profiles beyond their headers.

use std::{
    collections::{HashMap, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
};

use hayro::hayro_syntax::object::{Array, Dict, Name, Object, ObjectIdentifier, Stream};

use super::{Findings, decoded, dicts, is_name, place, said};

/// The components of the output intent's profile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Intent {
    None,
    Gray,
    Rgb,
    Cmyk,
}

/// What a color space comes down to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Space {
    gray: bool,
    rgb: bool,
    cmyk: bool,
    /// Based on a profile of four inks (6.2.4.2).
    pub(super) icc_cmyk: bool,
}

impl Space {
    /// What a page starts with.
    pub(super) const GRAY: Self = Self { gray: true, rgb: false, cmyk: false, icc_cmyk: false };
    const RGB: Self = Self { gray: false, rgb: true, cmyk: false, icc_cmyk: false };
    const CMYK: Self = Self { gray: false, rgb: false, cmyk: true, icc_cmyk: false };
    const NONE: Self = Self { gray: false, rgb: false, cmyk: false, icc_cmyk: false };

    /// Says which device colors may not be used under the file's intent (6.2.4.3).
    pub(super) fn used(self, intent: Intent, findings: &mut Findings, place: &str) {
        if self.rgb && intent != Intent::Rgb {
            findings.add(
                "6.2.4.3",
                "DeviceRGB is used without an output intent or a default color space of RGB",
                place,
            );
        }
        if self.cmyk && intent != Intent::Cmyk {
            findings.add(
                "6.2.4.3",
                "DeviceCMYK is used without an output intent or a default color space of CMYK",
                place,
            );
        }
        if self.gray && intent == Intent::None {
            findings.add(
                "6.2.4.3",
                "DeviceGray is used without an output intent or a default color space of gray",
                place,
            );
        }
    }
}

/// Checks the output intents and gives the one of PDF/A.
pub(super) fn intent(catalog: &Dict<'_>, findings: &mut Findings) -> Intent {
    let mut found = Intent::None;
    let mut profiles: Vec<Option<ObjectIdentifier>> = Vec::new();
    for intent in catalog.get::<Array<'_>>(b"OutputIntents").iter().flat_map(dicts) {
        if let Some(profile) = intent.get::<Stream<'_>>(b"DestOutputProfile") {
            profiles.push(intent.get_ref(b"DestOutputProfile").map(Into::into));
            let components = output_profile(&profile, findings);
            if is_name(&intent, b"S", b"GTS_PDFA1") {
                found = components;
            }
        }
        if intent.contains_key(b"DestOutputProfileRef") {
            findings.add("6.2.3", "the output profile is in another file", place(&intent));
        }
    }
    if profiles.windows(2).any(|pair| pair[0] != pair[1]) {
        findings.add("6.2.3", "the output intents have different profiles", "the catalog");
    }
    found
}

/// The head of an ICC profile (ICC.1:2010, 7.2): major version, class, color space.
fn head(profile: &[u8]) -> Option<(u8, [u8; 4], [u8; 4])> {
    let four = |at: usize| profile.get(at..at + 4)?.try_into().ok();
    Some((*profile.get(8)?, four(12)?, four(16)?))
}

fn output_profile(stream: &Stream<'_>, findings: &mut Findings) -> Intent {
    let at = place(stream.dict());
    let Some((version, class, space)) = head(&decoded(stream)) else {
        findings.add("6.2.3", "the output profile is damaged", at);
        return Intent::None;
    };
    let intent = match &space {
        b"GRAY" => Intent::Gray,
        b"RGB " => Intent::Rgb,
        b"CMYK" => Intent::Cmyk,
        _ => Intent::None,
    };
    if !matches!(&class, b"prtr" | b"mntr") || intent == Intent::None || version > 4 {
        findings.add("6.2.3", "the output profile is not one of a printer or monitor in gray, RGB or CMYK", at);
    }
    intent
}

/// Color spaces that are met while content is read.
#[derive(Default)]
pub(super) struct Spaces {
    /// What each spot color is made of, to compare (6.2.4.4).
    spots: HashMap<Vec<u8>, u64>,
    /// Profiles that were looked at.
    profiles: HashMap<usize, Space>,
}

impl Spaces {
    /// What a color space comes down to, under the default color spaces of a resource dictionary.
    pub(super) fn of<'a>(
        &mut self,
        object: &Object<'a>,
        named: Option<&Dict<'a>>,
        findings: &mut Findings,
        depth: usize,
    ) -> Space {
        if depth > 8 {
            return Space::NONE;
        }
        match object {
            Object::Name(name) => self.named(name, named, findings, depth),
            Object::Array(array) => {
                let parts: Vec<Object<'a>> = array.iter::<Object<'a>>().collect();
                self.composed(&parts, named, findings, depth)
            }
            _ => Space::NONE,
        }
    }

    /// A color space by name: a device's, under the default color spaces, or one of the resources.
    pub(super) fn named<'a>(
        &mut self,
        name: &[u8],
        spaces: Option<&Dict<'a>>,
        findings: &mut Findings,
        depth: usize,
    ) -> Space {
        let (default, device): (&[u8], Space) = match name {
            b"DeviceGray" | b"G" => (b"DefaultGray", Space::GRAY),
            b"DeviceRGB" | b"RGB" => (b"DefaultRGB", Space::RGB),
            b"DeviceCMYK" | b"CMYK" => (b"DefaultCMYK", Space::CMYK),
            b"Pattern" => return Space::NONE,
            other => {
                return match spaces.and_then(|spaces| spaces.get::<Object<'a>>(other)) {
                    Some(Object::Name(inner)) if &*inner == other => Space::NONE,
                    Some(object) => self.of(&object, spaces, findings, depth + 1),
                    None => Space::NONE,
                };
            }
        };
        match spaces.and_then(|spaces| spaces.get::<Object<'a>>(default)) {
            // A default color space is not replaced by itself.
            Some(object) => self.of(&object, None, findings, depth + 1),
            None => device,
        }
    }

    fn composed<'a>(
        &mut self,
        parts: &[Object<'a>],
        named: Option<&Dict<'a>>,
        findings: &mut Findings,
        depth: usize,
    ) -> Space {
        let Some(Object::Name(family)) = parts.first() else { return Space::NONE };
        let mut inner = |this: &mut Self, at: usize| {
            parts.get(at).map_or(Space::NONE, |object| this.of(object, named, &mut *findings, depth + 1))
        };
        match &**family {
            b"ICCBased" => match parts.get(1) {
                Some(Object::Stream(stream)) => self.profile(stream, findings),
                _ => Space::NONE,
            },
            b"Indexed" | b"I" | b"Pattern" => inner(self, 1),
            b"Separation" => {
                let alternate = inner(self, 2);
                self.spot(parts, findings);
                alternate
            }
            b"DeviceN" => {
                let alternate = inner(self, 2);
                self.inks(parts, findings, depth);
                alternate
            }
            b"CalGray" | b"CalRGB" | b"Lab" => Space::NONE,
            _ if parts.len() == 1 => self.named(family, named, findings, depth),
            _ => Space::NONE,
        }
    }

    fn profile(&mut self, stream: &Stream<'_>, findings: &mut Findings) -> Space {
        let key = super::identity(stream.dict());
        if let Some(space) = self.profiles.get(&key) {
            return *space;
        }
        let components = stream.dict().get::<u32>(b"N").unwrap_or(0);
        let sound = head(&decoded(stream)).is_some_and(|(version, class, space)| {
            let count = match &space {
                b"GRAY" => 1,
                b"RGB " | b"Lab " => 3,
                b"CMYK" => 4,
                _ => 0,
            };
            version < 5 && matches!(&class, b"prtr" | b"mntr" | b"scnr" | b"spac") && count == components
        });
        if !sound {
            findings.add("6.2.4.2", "an ICC profile is not one that this standard allows", place(stream.dict()));
        }
        let space = Space { icc_cmyk: components == 4, ..Space::NONE };
        self.profiles.insert(key, space);
        space
    }

    /// Spot colors of one name are made in one way (6.2.4.4).
    fn spot(&mut self, parts: &[Object<'_>], findings: &mut Findings) {
        let [_, Object::Name(name), alternate, tint, ..] = parts else { return };
        let mut made = DefaultHasher::new();
        hash(alternate, &mut made, 0);
        hash(tint, &mut made, 0);
        let made = made.finish();
        if *self.spots.entry(name.to_vec()).or_insert(made) != made {
            findings.add("6.2.4.4", format!("the spot color {} is made in two ways", said(name)), "a color space");
        }
    }

    fn inks<'a>(&mut self, parts: &[Object<'a>], findings: &mut Findings, depth: usize) {
        let Some(Object::Array(names)) = parts.get(1) else { return };
        let names: Vec<Vec<u8>> = names.iter::<Name<'a>>().map(|name| name.to_vec()).collect();
        if names.len() > 32 {
            findings.add("6.1.13", "a color space has more than 32 inks", "a color space");
        }
        let attributes = match parts.get(4) {
            Some(Object::Dict(attributes)) => Some(attributes.clone()),
            _ => None,
        };
        let colorants = attributes.as_ref().and_then(|attributes| attributes.get::<Dict<'a>>(b"Colorants"));
        let process: Vec<Vec<u8>> = attributes
            .as_ref()
            .and_then(|attributes| attributes.get::<Dict<'a>>(b"Process")?.get::<Array<'a>>(b"Components"))
            .map_or_else(Vec::new, |names| names.iter::<Name<'a>>().map(|name| name.to_vec()).collect());
        for name in &names {
            let plain = matches!(&name[..], b"None" | b"Cyan" | b"Magenta" | b"Yellow" | b"Black");
            let told = colorants.as_ref().is_some_and(|colorants| colorants.contains_key(name));
            if !plain && !told && !process.contains(name) {
                findings.add("6.2.4.4", format!("the ink {} is not described", said(name)), "a color space");
            }
        }
        for name in colorants.iter().flat_map(|colorants| colorants.keys().collect::<Vec<_>>()) {
            if let Some(Object::Array(separation)) = colorants.as_ref().and_then(|inks| inks.get::<Object<'a>>(&*name))
            {
                let parts: Vec<Object<'a>> = separation.iter::<Object<'a>>().collect();
                if depth < 4 && matches!(parts.first(), Some(Object::Name(family)) if &**family == b"Separation") {
                    self.spot(&parts, findings);
                }
            }
        }
    }
}

/// An object's content, however it is written down.
fn hash(object: &Object<'_>, to: &mut DefaultHasher, depth: usize) {
    if depth > 12 {
        return;
    }
    match object {
        Object::Array(array) => array.iter::<Object<'_>>().for_each(|item| hash(&item, to, depth + 1)),
        Object::Dict(dict) => entries(dict, to, depth),
        Object::Stream(stream) => {
            entries(stream.dict(), to, depth);
            decoded(stream).hash(to);
        }
        Object::Name(name) => (1, &**name).hash(to),
        Object::String(string) => (2, string.as_bytes()).hash(to),
        Object::Number(number) => number.as_f64().to_bits().hash(to),
        Object::Boolean(value) => value.hash(to),
        Object::Null(_) => 0.hash(to),
    }
}

fn entries(dict: &Dict<'_>, to: &mut DefaultHasher, depth: usize) {
    let mut keys: Vec<Name<'_>> = dict.keys().collect();
    keys.sort();
    for key in keys.iter().filter(|key| !matches!(&***key, b"Length" | b"Filter" | b"DecodeParms")) {
        (**key).hash(to);
        if let Some(value) = dict.get::<Object<'_>>(&**key) {
            hash(&value, to, depth + 1);
        }
    }
}

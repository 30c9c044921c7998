//! TrueType programs as far as codes, glyphs and widths go: `head`, `hhea`, `hmtx`, `maxp`, `cmap`, `post` (OpenType
//! specification). Reads no outlines.

use std::collections::HashMap;

/// A TrueType or OpenType program.
pub(super) struct TrueType {
    data: Vec<u8>,
    tables: HashMap<[u8; 4], (usize, usize)>,
    units: f64,
    pub(super) glyphs: u32,
    metrics: usize,
    /// Platform, encoding, offset in the file.
    maps: Vec<(u16, u16, usize)>,
    names: HashMap<String, u32>,
}

impl TrueType {
    pub(super) fn parse(data: Vec<u8>) -> Option<Self> {
        let count = u16_at(&data, 4)?;
        let mut tables = HashMap::new();
        for index in 0..usize::from(count) {
            let entry = data.get(12 + 16 * index..28 + 16 * index)?;
            let tag: [u8; 4] = entry[..4].try_into().ok()?;
            tables.insert(tag, (u32_at(entry, 8)? as usize, u32_at(entry, 12)? as usize));
        }
        let mut font =
            Self { data, tables, units: 1000.0, glyphs: 0, metrics: 0, maps: Vec::new(), names: HashMap::new() };
        let units = u16_at(font.table(b"head")?, 18)?;
        font.units = f64::from(units.max(1));
        font.glyphs = u16_at(font.table(b"maxp")?, 4)?.into();
        font.metrics = u16_at(font.table(b"hhea")?, 34)?.into();
        if let Some((at, _)) = font.tables.get(b"cmap").copied() {
            let map = font.table(b"cmap")?;
            font.maps = (0..usize::from(u16_at(map, 2)?))
                .filter_map(|index| {
                    let entry = 4 + 8 * index;
                    let offset = u32_at(map, entry + 4)? as usize;
                    Some((u16_at(map, entry)?, u16_at(map, entry + 2)?, at + offset))
                })
                .collect();
        }
        // What a map or the names cannot be read of is no program that all readers can use.
        font.maps.iter().all(|(_, _, at)| u16_at(&font.data, *at).is_some()).then_some(())?;
        if font.tables.contains_key(b"post") {
            font.names = font.post()?;
        }
        Some(font)
    }

    /// A table's bytes.
    pub(super) fn table(&self, tag: &[u8; 4]) -> Option<&[u8]> {
        let (at, length) = *self.tables.get(tag)?;
        self.data.get(at..at.checked_add(length)?.min(self.data.len()))
    }

    /// Width of a glyph in thousandths of an em.
    pub(super) fn width(&self, glyph: u32) -> Option<f64> {
        let last = self.metrics.checked_sub(1)?;
        let at = (glyph as usize).min(last) * 4;
        Some(f64::from(u16_at(self.table(b"hmtx")?, at)?) * 1000.0 / self.units)
    }

    /// How many maps from codes to glyphs it has.
    pub(super) fn map_count(&self) -> usize {
        self.maps.len()
    }

    /// Does it have the map of a platform and an encoding?
    pub(super) fn has_map(&self, platform: u16, encoding: u16) -> bool {
        self.maps.iter().any(|(p, e, _)| (*p, *e) == (platform, encoding))
    }

    /// The glyph of a code in one of the maps.
    pub(super) fn glyph(&self, platform: u16, encoding: u16, code: u32) -> Option<u32> {
        let (_, _, at) = self.maps.iter().find(|(p, e, _)| (*p, *e) == (platform, encoding))?;
        lookup(self.data.get(*at..)?, code).filter(|glyph| *glyph > 0)
    }

    /// The first code of one of the maps; none where it is not there.
    pub(super) fn first_code(&self, platform: u16, encoding: u16) -> Option<u32> {
        let (_, _, at) = self.maps.iter().find(|(p, e, _)| (*p, *e) == (platform, encoding))?;
        let map = self.data.get(*at..)?;
        match u16_at(map, 0)? {
            4 => u16_at(map, 16 + usize::from(u16_at(map, 6)?)).map(u32::from),
            6 => u16_at(map, 6).map(u32::from),
            _ => Some(0),
        }
    }

    /// The glyph of a name.
    pub(super) fn named(&self, name: &str) -> Option<u32> {
        self.names.get(name).copied()
    }

    /// The characters that its map of Unicode gives glyphs, the first of each.
    pub(super) fn characters(&self) -> HashMap<u32, char> {
        let mut characters = HashMap::new();
        // From the space on: what lies before are no characters of a text.
        for character in (0x20..=0xffff).filter_map(char::from_u32).filter(|_| self.has_map(3, 1)) {
            if let Some(glyph) = self.glyph(3, 1, character.into()) {
                characters.entry(glyph).or_insert(character);
            }
        }
        characters
    }

    /// The names of glyphs (`post`, version 2); those of the standard order are left out, as codes reach them.
    fn post(&self) -> Option<HashMap<String, u32>> {
        let post = self.table(b"post")?;
        if u32_at(post, 0)? != 0x0002_0000 {
            return Some(HashMap::new());
        }
        let count = usize::from(u16_at(post, 32)?);
        let mut strings = Vec::new();
        let mut at = 34 + 2 * count;
        while let Some(length) = post.get(at).map(|length| usize::from(*length)) {
            strings.push(post.get(at + 1..at + 1 + length)?);
            at += 1 + length;
        }
        let name = |index: usize| {
            let id = usize::from(u16_at(post, 34 + 2 * index)?);
            let string = strings.get(id.checked_sub(258)?)?;
            Some((String::from_utf8_lossy(string).into_owned(), index as u32))
        };
        (post.len() >= 34 + 2 * count).then(|| (0..count).filter_map(name).collect())
    }
}

/// Looks a code up in a map of format 0, 4 or 6, the ones for codes of at most two bytes.
fn lookup(map: &[u8], code: u32) -> Option<u32> {
    match u16_at(map, 0)? {
        0 => map.get(6 + usize::try_from(code).ok().filter(|code| *code < 256)?).map(|glyph| u32::from(*glyph)),
        4 => {
            let code = u16::try_from(code).ok()?;
            let twice = usize::from(u16_at(map, 6)?);
            let segment = (0..twice / 2).find(|index| u16_at(map, 14 + 2 * index).is_some_and(|end| end >= code))?;
            let start = u16_at(map, 16 + twice + 2 * segment)?;
            if code < start {
                return None;
            }
            let delta = u16_at(map, 16 + 2 * twice + 2 * segment)?;
            let range_at = 16 + 3 * twice + 2 * segment;
            match u16_at(map, range_at)? {
                0 => Some(code.wrapping_add(delta).into()),
                offset => {
                    let glyph = u16_at(map, range_at + usize::from(offset) + 2 * usize::from(code - start))?;
                    Some(if glyph == 0 { 0 } else { glyph.wrapping_add(delta).into() })
                }
            }
        }
        6 => {
            let index = code.checked_sub(u16_at(map, 6)?.into())?;
            (index < u32::from(u16_at(map, 8)?)).then(|| u16_at(map, 10 + 2 * index as usize)).flatten().map(u32::from)
        }
        _ => None,
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

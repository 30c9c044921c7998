//! How a composite font cuts strings into codes, and codes become CIDs (ISO 32000-1, 9.7.5; ISO 19005-2, 6.2.11.3).

use hayro::{
    hayro_interpret::hayro_cmap::{CMap, CMapName, CidFamily, load_embedded},
    hayro_syntax::object::{Dict, Name, Object, Stream, String as Text},
};

use super::super::{
    Findings, decoded,
    lexer::{Lexer, Token},
};

/// The CMaps of ISO 32000-1, table 118.
const PREDEFINED: [&str; 62] = [
    "GB-EUC-H",
    "GB-EUC-V",
    "GBpc-EUC-H",
    "GBpc-EUC-V",
    "GBK-EUC-H",
    "GBK-EUC-V",
    "GBKp-EUC-H",
    "GBKp-EUC-V",
    "GBK2K-H",
    "GBK2K-V",
    "UniGB-UCS2-H",
    "UniGB-UCS2-V",
    "UniGB-UTF16-H",
    "UniGB-UTF16-V",
    "B5pc-H",
    "B5pc-V",
    "HKscs-B5-H",
    "HKscs-B5-V",
    "ETen-B5-H",
    "ETen-B5-V",
    "ETenms-B5-H",
    "ETenms-B5-V",
    "CNS-EUC-H",
    "CNS-EUC-V",
    "UniCNS-UCS2-H",
    "UniCNS-UCS2-V",
    "UniCNS-UTF16-H",
    "UniCNS-UTF16-V",
    "83pv-RKSJ-H",
    "90ms-RKSJ-H",
    "90ms-RKSJ-V",
    "90msp-RKSJ-H",
    "90msp-RKSJ-V",
    "90pv-RKSJ-H",
    "Add-RKSJ-H",
    "Add-RKSJ-V",
    "EUC-H",
    "EUC-V",
    "Ext-RKSJ-H",
    "Ext-RKSJ-V",
    "H",
    "V",
    "UniJIS-UCS2-H",
    "UniJIS-UCS2-V",
    "UniJIS-UCS2-HW-H",
    "UniJIS-UCS2-HW-V",
    "UniJIS-UTF16-H",
    "UniJIS-UTF16-V",
    "KSC-EUC-H",
    "KSC-EUC-V",
    "KSCms-UHC-H",
    "KSCms-UHC-V",
    "KSCms-UHC-HW-H",
    "KSCms-UHC-HW-V",
    "KSCpc-EUC-H",
    "UniKS-UCS2-H",
    "UniKS-UCS2-V",
    "UniKS-UTF16-H",
    "UniKS-UTF16-V",
    "Identity-H",
    "Identity-V",
    "Identity",
];

/// The characters of one of Adobe's collections, by CID.
pub(super) struct Characters(Option<CMap>);

impl Characters {
    pub(super) fn has(&self, cid: u32) -> bool {
        self.0.as_ref().is_some_and(|map| map.lookup_bf_string(cid).is_some())
    }
}

/// The encoding of a composite font.
pub(super) struct Encoding {
    map: Option<CMap>,
    /// Length in bytes, lowest and highest code.
    spaces: Vec<(usize, u32, u32)>,
    identity: bool,
    /// What the map says that it encodes: registry, ordering, supplement.
    system: Option<System>,
    flaws: Vec<(&'static str, &'static str)>,
}

type System = (Vec<u8>, Vec<u8>, i64);

impl Encoding {
    pub(super) fn of(font: &Dict<'_>) -> Self {
        let two_bytes = vec![(2, 0, 0xffff)];
        let mut encoding = Self { map: None, spaces: two_bytes, identity: false, system: None, flaws: Vec::new() };
        match font.get::<Object<'_>>(b"Encoding") {
            Some(Object::Name(name)) => encoding.by_name(&name),
            Some(Object::Stream(stream)) => encoding.by_stream(&stream),
            _ => encoding.flaws.push(("6.2.11.3.3", "a composite font has no encoding")),
        }
        encoding
    }

    fn by_name(&mut self, name: &[u8]) {
        if matches!(name, b"Identity-H" | b"Identity-V") {
            self.identity = true;
            self.map = Some(CMap::identity_h());
            return;
        }
        if !std::str::from_utf8(name).is_ok_and(|name| PREDEFINED.contains(&name)) {
            self.flaws.push(("6.2.11.3.3", "a CMap is neither embedded nor a predefined one"));
        }
        let data = load_embedded(CMapName::from_bytes(name));
        self.map = data.and_then(|data| CMap::parse(data, load_embedded));
        self.system = self.map.as_ref().and_then(|map| {
            let collection = map.metadata().character_collection.as_ref()?;
            let ordering: &[u8] = match collection.family.unicode_cmap()? {
                CMapName::UniJisUtf16H => b"Japan1",
                CMapName::UniGbUtf16H => b"GB1",
                CMapName::UniCnsUtf16H => b"CNS1",
                _ => b"Korea1",
            };
            Some((b"Adobe".to_vec(), ordering.to_vec(), collection.supplement.into()))
        });
        // Of these, one byte below 0x80 or so is a code, else two: strings are cut by what the map knows.
        self.spaces = vec![(1, 0, 0xff), (2, 0, 0xffff)];
    }

    fn by_stream(&mut self, stream: &Stream<'_>) {
        let data = decoded(stream);
        let dict = stream.dict();
        self.system = dict.get::<Dict<'_>>(b"CIDSystemInfo").as_ref().map(system);
        let text = parse(&data);
        if !text.spaces.is_empty() {
            self.spaces = text.spaces;
        }
        if text.mode.unwrap_or(0) != dict.get::<i64>(b"WMode").unwrap_or(0) {
            self.flaws.push(("6.2.11.3.3", "a CMap's writing mode is not that of its stream"));
        }
        let based_on = match dict.get::<Object<'_>>(b"UseCMap") {
            Some(Object::Name(name)) => Some(name.to_vec()),
            Some(Object::Stream(inner)) => inner.dict().get::<Name<'_>>(b"CMapName").map(|name| name.to_vec()),
            _ => None,
        };
        for name in based_on.iter().chain(&text.based_on) {
            if !std::str::from_utf8(name).is_ok_and(|name| PREDEFINED.contains(&name)) {
                self.flaws.push(("6.2.11.3.3", "a CMap is based on one that is not predefined"));
            }
        }
        if text.to_characters {
            self.flaws.push(("6.2.11.3.3", "a CMap of an encoding leads to characters, not to CIDs"));
        }
        if text.largest > 65_535.0 {
            self.flaws.push(("6.1.13", "a CID is larger than 65535"));
        }
        self.map = CMap::parse(&data, load_embedded);
    }

    /// Tells what is wrong with it.
    pub(super) fn check(&self, at: &str, findings: &mut Findings) {
        for (clause, what) in &self.flaws {
            findings.add(clause, *what, at);
        }
    }

    /// The inner font must know the characters of the map (6.2.11.3.1).
    pub(super) fn agrees_with(&self, inner: Option<&Dict<'_>>, at: &str, findings: &mut Findings) {
        let (Some(map), false) = (&self.system, self.identity) else { return };
        let fits = inner.map(system).is_some_and(|font| font.0 == map.0 && font.1 == map.1 && font.2 <= map.2);
        if !fits {
            findings.add("6.2.11.3.1", "a font's characters are not those of its CMap", at);
        }
    }

    /// The characters that its CIDs stand for (6.2.11.7.2): those of the collection that the map, or where it is the
    /// identity the inner font, is made for.
    pub(super) fn characters(&self, inner: &Dict<'_>) -> Characters {
        let own = || inner.get::<Dict<'_>>(b"CIDSystemInfo").as_ref().map(system);
        let system = if self.identity { own() } else { self.system.clone() };
        let map = system.and_then(|(registry, ordering, _)| {
            let name = CidFamily::from_registry_ordering(&registry, &ordering).ucs2_cmap()?;
            CMap::parse(load_embedded(name)?, load_embedded)
        });
        Characters(map)
    }

    /// Cuts a string into codes.
    pub(super) fn cut(&self, string: &[u8]) -> Vec<u32> {
        let mut codes = Vec::with_capacity(string.len() / 2);
        let mut at = 0;
        while at < string.len() {
            let code = |length: usize| {
                let bytes = string.get(at..at + length)?;
                Some(bytes.iter().fold(0, |code, byte| code << 8 | u32::from(*byte)))
            };
            let fits = self.spaces.iter().find_map(|(length, low, high)| {
                let code = code(*length)?;
                let inside = (0..*length).all(|byte| {
                    let part = |of: u32| of >> (8 * byte) & 0xff;
                    (part(*low)..=part(*high)).contains(&part(code))
                });
                let known = self.spaces.len() == 1 || self.cid_of(code, *length).is_some();
                (inside && known).then_some((code, *length))
            });
            let shortest = self.spaces.iter().map(|(length, ..)| *length).min().unwrap_or(1);
            // What is left of a string that ends within a code stands for itself.
            let left = string.len() - at;
            let (code, length) =
                fits.or_else(|| Some((code(shortest)?, shortest))).unwrap_or_else(|| (code(left).unwrap_or(0), left));
            codes.push(code);
            at += length;
        }
        codes
    }

    fn cid_of(&self, code: u32, length: usize) -> Option<u32> {
        self.map.as_ref()?.lookup_cid_code(code, length as u8)
    }

    /// The CID of a code.
    pub(super) fn cid(&self, code: u32) -> Option<u32> {
        if self.identity {
            return Some(code);
        }
        self.spaces.iter().find_map(|(length, ..)| self.cid_of(code, *length))
    }
}

fn system(info: &Dict<'_>) -> System {
    let text = |key: &[u8]| info.get::<Text<'_>>(key).map(|text| text.to_vec()).unwrap_or_default();
    (text(b"Registry"), text(b"Ordering"), info.get::<i64>(b"Supplement").unwrap_or(0))
}

/// What the text of a CMap says beside its mappings.
#[derive(Default)]
struct Said {
    mode: Option<i64>,
    spaces: Vec<(usize, u32, u32)>,
    based_on: Option<Vec<u8>>,
    /// The largest CID named.
    largest: f64,
    /// It has entries of the kind that ToUnicode maps have.
    to_characters: bool,
}

fn parse(data: &[u8]) -> Said {
    let mut said = Said::default();
    let mut lexer = Lexer::new(data);
    let mut before: Vec<Token<'_>> = Vec::new();
    while let Some(token) = lexer.next() {
        let Token::Word(word) = token else {
            before.push(token);
            continue;
        };
        match (word, &before[..]) {
            (b"def", [.., Token::Name(name), Token::Number(mode)]) if &**name == b"WMode" => {
                said.mode = Some(*mode as i64)
            }
            (b"usecmap", [.., Token::Name(name)]) => said.based_on = Some(name.to_vec()),
            (b"endcodespacerange", tokens) => {
                let strings: Vec<&[u8]> = tokens
                    .iter()
                    .filter_map(|token| match token {
                        Token::String(string) => Some(&**string),
                        _ => None,
                    })
                    .collect();
                let code = |bytes: &[u8]| bytes.iter().fold(0, |code, byte| code << 8 | u32::from(*byte));
                let pairs = strings.chunks_exact(2).filter(|pair| (1..=4).contains(&pair[0].len()));
                said.spaces.extend(pairs.map(|pair| (pair[0].len(), code(pair[0]), code(pair[1]))));
            }
            (b"endbfchar" | b"endbfrange", _) => said.to_characters = true,
            (b"endcidrange" | b"endcidchar", tokens) => {
                let length = |from: usize| match (&tokens[from], &tokens[from + 1]) {
                    (Token::String(low), Token::String(high)) => {
                        let code = |bytes: &[u8]| bytes.iter().fold(0_u32, |code, byte| code << 8 | u32::from(*byte));
                        f64::from(code(high).saturating_sub(code(low)))
                    }
                    _ => 0.0,
                };
                for (at, token) in tokens.iter().enumerate() {
                    if let Token::Number(cid) = token {
                        let more = if word == b"endcidrange" && at >= 2 { length(at - 2) } else { 0.0 };
                        said.largest = said.largest.max(cid + more);
                    }
                }
            }
            _ => {}
        }
        before.clear();
    }
    said.spaces.sort_unstable();
    said
}

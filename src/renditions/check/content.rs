//! Reads content streams as a renderer would, without drawing: operators, resources, colors in use, graphics state,
//! and which codes each font shows (ISO 19005-2, 6.2). Fonts are judged after all content was read.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use hayro::hayro_syntax::object::{Array, Dict, Name, Object, Stream};

use super::{
    Findings,
    color::{Intent, Space, Spaces},
    decoded, dict_of, font, identity, image, is_name,
    lexer::{Lexer, Token},
    place, said,
};

/// How deep forms and patterns may stand in each other before they are taken for a loop.
const DEEPEST: usize = 24;
/// How deep q may be nested (6.1.13).
const MOST_SAVED: usize = 28;
/// The most operands that an operator of ISO 32000-1 takes, with room for arrays of glyphs.
const MOST_OPERANDS: usize = 100_000;

/// All operators of ISO 32000-1, annex A.
const OPERATORS: [&[u8]; 73] = [
    b"b", b"B", b"b*", b"B*", b"BDC", b"BI", b"BMC", b"BT", b"BX", b"c", b"cm", b"CS", b"cs", b"d", b"d0", b"d1",
    b"Do", b"DP", b"EI", b"EMC", b"ET", b"EX", b"f", b"F", b"f*", b"G", b"g", b"gs", b"h", b"i", b"ID", b"j", b"J",
    b"K", b"k", b"l", b"m", b"M", b"MP", b"n", b"q", b"Q", b"re", b"RG", b"rg", b"ri", b"s", b"S", b"SC", b"sc",
    b"SCN", b"scn", b"sh", b"T*", b"Tc", b"Td", b"TD", b"Tf", b"Tj", b"TJ", b"TL", b"Tm", b"Tr", b"Ts", b"Tw", b"Tz",
    b"v", b"w", b"W", b"W*", b"y", b"'", b"\"",
];

/// Blend modes of ISO 32000-1 (tables 136 and 137).
const BLEND_MODES: [&[u8]; 17] = [
    b"Normal",
    b"Compatible",
    b"Multiply",
    b"Screen",
    b"Overlay",
    b"Darken",
    b"Lighten",
    b"ColorDodge",
    b"ColorBurn",
    b"HardLight",
    b"SoftLight",
    b"Difference",
    b"Exclusion",
    b"Hue",
    b"Saturation",
    b"Color",
    b"Luminosity",
];

/// What a content stream starts with.
#[derive(Clone, Default)]
pub(super) struct Inherited<'a> {
    resources: Option<Dict<'a>>,
    /// The resources belong to what uses the stream, not to the stream.
    borrowed: bool,
    state: State,
}

impl<'a> Inherited<'a> {
    /// A page's content.
    pub(super) fn page(resources: Option<Dict<'a>>, borrowed: bool) -> Self {
        Self { resources, borrowed, state: State::default() }
    }
}

/// The part of the graphics state that the standard has rules for.
#[derive(Clone, Copy, Debug)]
struct State {
    fill: Space,
    stroke: Space,
    /// The font's identity.
    font: Option<usize>,
    /// Text rendering mode.
    mode: u8,
    overprint_fill: bool,
    overprint_stroke: bool,
    overprint_mode: bool,
    /// The color for filling, and the one for stroking, was chosen by the content.
    chosen: (bool, bool),
}

/// What of a state decides whether a form conforms: text that is not painted, and the two colors.
type Look = (bool, Space, Space);

impl State {
    fn look(&self) -> Look {
        (self.mode == 3, self.fill, self.stroke)
    }
}

impl Default for State {
    fn default() -> Self {
        Self {
            fill: Space::GRAY,
            stroke: Space::GRAY,
            font: None,
            mode: 0,
            overprint_fill: false,
            overprint_stroke: false,
            overprint_mode: false,
            chosen: (false, false),
        }
    }
}

/// Names of a stream's resources, looked up once each.
pub(super) struct Scope<'a> {
    resources: Option<Dict<'a>>,
    borrowed: bool,
    kinds: HashMap<&'static [u8], Option<Dict<'a>>>,
    fonts: HashMap<Vec<u8>, Option<usize>>,
    spaces: HashMap<Vec<u8>, Space>,
    states: HashMap<Vec<u8>, Option<Dict<'a>>>,
}

impl<'a> Scope<'a> {
    fn new(inherited: &Inherited<'a>) -> Self {
        Self {
            resources: inherited.resources.clone(),
            borrowed: inherited.borrowed,
            kinds: HashMap::new(),
            fonts: HashMap::new(),
            spaces: HashMap::new(),
            states: HashMap::new(),
        }
    }

    /// A kind of resources: fonts, color spaces.
    fn kind(&mut self, kind: &'static [u8]) -> Option<Dict<'a>> {
        let resources = &self.resources;
        self.kinds.entry(kind).or_insert_with(|| resources.as_ref()?.get::<Dict<'a>>(kind)).clone()
    }

    fn color_spaces(&self) -> Option<Dict<'a>> {
        self.resources.as_ref()?.get::<Dict<'a>>(b"ColorSpace")
    }
}

/// Reads the content of a document.
pub(super) struct Walker<'a, 'f> {
    pub(super) findings: &'f mut Findings,
    /// Something on the page is transparent.
    pub(super) transparent: bool,
    intent: Intent,
    spaces: Spaces,
    at: String,
    seen: HashSet<(usize, usize, Look)>,
    fonts: HashMap<usize, font::Use<'a>>,
    depth: usize,
    /// Content that makes its page transparent, so that a form met again on another page counts there.
    transparent_forms: HashSet<usize>,
}

impl<'a, 'f> Walker<'a, 'f> {
    pub(super) fn new(intent: Intent, findings: &'f mut Findings) -> Self {
        Self {
            findings,
            transparent: false,
            intent,
            spaces: Spaces::default(),
            at: String::new(),
            seen: HashSet::new(),
            fonts: HashMap::new(),
            depth: 0,
            transparent_forms: HashSet::new(),
        }
    }

    pub(super) fn start_page(&mut self, at: String) {
        self.at = at;
        self.transparent = false;
    }

    /// Transparency needs a color space to blend in (6.2.10).
    pub(super) fn end_page(&mut self, page: &Dict<'a>) {
        let blends_in = page.get::<Dict<'a>>(b"Group").is_some_and(|group| group.contains_key(b"CS"));
        if self.transparent && self.intent == Intent::None && !blends_in {
            self.findings.add("6.2.10", "a transparent page names no color space to blend in", &self.at);
        }
    }

    /// Judges the fonts that were used.
    pub(super) fn finish(self) {
        let mut fonts: Vec<_> = self.fonts.into_iter().collect();
        fonts.sort_unstable_by_key(|(identity, _)| *identity);
        for (_, used) in fonts {
            font::check(&used, self.findings);
        }
    }

    /// The codes that are shown in each font that text is painted in, by the font's identity.
    pub(super) fn into_codes(self) -> HashMap<usize, Vec<u32>> {
        self.fonts.into_iter().filter_map(|(identity, used)| Some((identity, used.painted_codes()?))).collect()
    }

    /// A transparency group's own color space.
    pub(super) fn group(&mut self, group: &Dict<'a>, resources: Option<&Dict<'a>>) {
        let spaces = resources.and_then(|resources| resources.get::<Dict<'a>>(b"ColorSpace"));
        if let Some(space) = group.get::<Object<'a>>(b"CS") {
            let space = self.spaces.of(&space, spaces.as_ref(), self.findings, 0);
            space.used(self.intent, self.findings, &self.at);
        }
    }

    /// Something is painted in a color space of its own.
    pub(super) fn paint_with(&mut self, space: &Object<'a>, scope: &Scope<'a>, place: &str) {
        let space = self.spaces.of(space, scope.color_spaces().as_ref(), self.findings, 0);
        space.used(self.intent, self.findings, place);
    }

    /// A form and what it draws.
    pub(super) fn form(&mut self, form: &Stream<'a>, user: &Inherited<'a>) {
        let dict = form.dict();
        let own = dict.get::<Dict<'a>>(b"Resources");
        if dict.contains_key(b"OPI") || dict.contains_key(b"PS") || is_name(dict, b"Subtype2", b"PS") {
            self.findings.add("6.2.9", "a form has OPI or PostScript entries", place(dict));
        }
        if dict.contains_key(b"Ref") {
            self.findings.add("6.2.9", "a form refers to another file", place(dict));
        }
        if let Some(group) = dict.get::<Dict<'a>>(b"Group") {
            self.transparent |= is_name(&group, b"S", b"Transparency");
            self.group(&group, own.as_ref().or(user.resources.as_ref()));
        }
        let borrowed_from = if own.is_some() { 0 } else { user.resources.as_ref().map_or(1, identity) };
        let key = identity(dict);
        self.transparent |= self.transparent_forms.contains(&key);
        if self.depth >= DEEPEST || !self.seen.insert((key, borrowed_from, user.state.look())) {
            return;
        }
        let before = std::mem::take(&mut self.transparent);
        let inherited =
            Inherited { borrowed: own.is_none(), resources: own.or_else(|| user.resources.clone()), state: user.state };
        self.content(&decoded(form), &inherited);
        if self.transparent {
            self.transparent_forms.insert(key);
        }
        self.transparent |= before;
    }

    /// A content stream.
    pub(super) fn content(&mut self, data: &[u8], inherited: &Inherited<'a>) {
        self.depth += 1;
        let mut scope = Scope::new(inherited);
        let mut lexer = Lexer::new(data);
        let mut operands: Vec<Token<'_>> = Vec::new();
        let (mut state, mut saved) = (inherited.state, Vec::new());
        while let Some(token) = lexer.next() {
            let Token::Word(word) = token else {
                if operands.len() < MOST_OPERANDS {
                    operands.push(token);
                }
                continue;
            };
            match word {
                b"true" | b"false" | b"null" => continue,
                b"q" => {
                    saved.push(state);
                    if saved.len() > MOST_SAVED {
                        self.findings.add("6.1.13", "q is nested more than 28 deep", &self.at);
                    }
                }
                b"Q" => state = saved.pop().unwrap_or(state),
                b"BI" => self.inline_image(&mut lexer, &mut scope, &state),
                _ => self.operator(word, &operands, &mut state, &mut scope),
            }
            operands.clear();
        }
        for (clause, what) in lexer.flaws {
            self.findings.add(clause, what, &self.at);
        }
        self.depth -= 1;
    }

    fn operator(&mut self, word: &[u8], operands: &[Token<'_>], state: &mut State, scope: &mut Scope<'a>) {
        let name = || match operands.last() {
            Some(Token::Name(name)) => Some(&**name),
            _ => None,
        };
        match word {
            b"g" | b"rg" | b"k" | b"cs" => state.chosen.0 = true,
            b"G" | b"RG" | b"K" | b"CS" => state.chosen.1 = true,
            _ => {}
        }
        match word {
            b"g" => state.fill = self.device(b"DeviceGray", scope),
            b"G" => state.stroke = self.device(b"DeviceGray", scope),
            b"rg" => state.fill = self.device(b"DeviceRGB", scope),
            b"RG" => state.stroke = self.device(b"DeviceRGB", scope),
            b"k" => state.fill = self.device(b"DeviceCMYK", scope),
            b"K" => state.stroke = self.device(b"DeviceCMYK", scope),
            b"cs" => state.fill = name().map_or(Space::GRAY, |name| self.device(name, scope)),
            b"CS" => state.stroke = name().map_or(Space::GRAY, |name| self.device(name, scope)),
            b"scn" | b"SCN" => {
                if let Some(name) = name() {
                    self.pattern(name, scope, state);
                }
            }
            b"f" | b"F" | b"f*" => self.paint(state, true, false),
            b"S" | b"s" => self.paint(state, false, true),
            b"B" | b"B*" | b"b" | b"b*" => self.paint(state, true, true),
            b"sh" => {
                if let Some(shading) = name().and_then(|name| self.resource(b"Shading", name, scope)) {
                    self.shading(&shading, scope);
                }
            }
            b"ri" => self.intent_named(name()),
            b"gs" => {
                if let Some(name) = name() {
                    self.graphics_state(name, scope, state);
                }
            }
            b"Do" => {
                if let Some(name) = name() {
                    self.external(name, scope, state);
                }
            }
            b"Tr" => {
                if let Some(Token::Number(mode)) = operands.last() {
                    state.mode = *mode as u8;
                }
            }
            b"Tf" => {
                let found = operands.iter().find_map(|token| match token {
                    Token::Name(name) => Some(name),
                    _ => None,
                });
                if let Some(name) = found {
                    state.font = self.font(name, scope);
                }
            }
            b"Tj" | b"TJ" | b"'" | b"\"" => self.show(operands, state),
            _ if OPERATORS.contains(&word) => {}
            _ => self.findings.add("6.2.2", format!("the operator {} is not defined", said(word)), &self.at),
        }
    }

    /// A resource by its kind and name.
    fn resource(&mut self, kind: &'static [u8], name: &[u8], scope: &mut Scope<'a>) -> Option<Object<'a>> {
        let found = scope.kind(kind).and_then(|resources| resources.get::<Object<'a>>(name));
        if found.is_none() {
            self.findings.add("6.2.2", format!("the resource {} is not there", said(name)), &self.at);
        } else if scope.borrowed {
            self.findings.add("6.2.2", "content uses resources that are not its own", &self.at);
        }
        found
    }

    /// A color space by a name that an operator gives or stands for.
    fn device(&mut self, name: &[u8], scope: &mut Scope<'a>) -> Space {
        if let Some(space) = scope.spaces.get(name) {
            return *space;
        }
        let spaces = scope.color_spaces();
        let space = if name.starts_with(b"Device") || name == b"Pattern" {
            self.spaces.named(name, spaces.as_ref(), self.findings, 0)
        } else {
            match self.resource(b"ColorSpace", name, scope) {
                Some(object) => self.spaces.of(&object, spaces.as_ref(), self.findings, 0),
                None => Space::default(),
            }
        };
        scope.spaces.insert(name.to_vec(), space);
        space
    }

    fn paint(&mut self, state: &State, fill: bool, stroke: bool) {
        if fill {
            state.fill.used(self.intent, self.findings, &self.at);
        }
        if stroke {
            state.stroke.used(self.intent, self.findings, &self.at);
        }
        let inks = (fill && state.fill.icc_cmyk && state.overprint_fill)
            || (stroke && state.stroke.icc_cmyk && state.overprint_stroke);
        if inks && state.overprint_mode {
            self.findings.add("6.2.4.2", "inks of a profile are overprinted in mode 1", &self.at);
        }
    }

    fn intent_named(&mut self, name: Option<&[u8]>) {
        if let Some(name) = name
            && !image::INTENTS.contains(&name)
        {
            self.findings.add("6.2.6", format!("the rendering intent {} is unknown", said(name)), &self.at);
        }
    }

    fn pattern(&mut self, name: &[u8], scope: &mut Scope<'a>, state: &State) {
        let Some(pattern) = self.resource(b"Pattern", name, scope) else { return };
        match &pattern {
            Object::Stream(tiling) => {
                let user = Inherited { resources: scope.resources.clone(), borrowed: true, state: *state };
                self.form(tiling, &user);
            }
            Object::Dict(dict) => {
                if let Some(shading) = dict.get::<Object<'a>>(b"Shading") {
                    self.shading(&shading, scope);
                }
                if let Some(extended) = dict.get::<Dict<'a>>(b"ExtGState") {
                    self.extended(&extended, scope, &mut State::default());
                }
            }
            _ => {}
        }
    }

    fn shading(&mut self, shading: &Object<'a>, scope: &Scope<'a>) {
        if let Some(space) = dict_of(shading).and_then(|dict| dict.get::<Object<'a>>(b"ColorSpace")) {
            let at = self.at.clone();
            self.paint_with(&space, scope, &at);
        }
    }

    fn external(&mut self, name: &[u8], scope: &mut Scope<'a>, state: &State) {
        let Some(Object::Stream(stream)) = self.resource(b"XObject", name, scope) else { return };
        let dict = stream.dict();
        match &super::subtype(dict)[..] {
            b"Image" => {
                if dict.get::<bool>(b"ImageMask") == Some(true) {
                    self.paint(state, true, false);
                }
                if self.seen.insert((identity(dict), 0, Look::default())) {
                    let at = format!("{}, {}", self.at, place(dict));
                    image::check(&stream, scope, &at, self);
                    if self.transparent {
                        self.transparent_forms.insert(identity(dict));
                    }
                } else {
                    self.transparent |= self.transparent_forms.contains(&identity(dict));
                }
            }
            b"Form" => {
                if is_name(dict, b"Subtype2", b"PS") {
                    self.findings.add("6.2.9", "a form is PostScript", place(dict));
                }
                let user = Inherited { resources: scope.resources.clone(), borrowed: true, state: *state };
                self.form(&stream, &user);
            }
            b"PS" => self.findings.add("6.2.9", "an external object is PostScript", place(dict)),
            _ => {}
        }
    }

    fn graphics_state(&mut self, name: &[u8], scope: &mut Scope<'a>, state: &mut State) {
        let dict = match scope.states.get(name) {
            Some(known) => known.clone(),
            None => {
                let found = self.resource(b"ExtGState", name, scope).and_then(|object| dict_of(&object));
                scope.states.insert(name.to_vec(), found.clone());
                found
            }
        };
        if let Some(dict) = dict {
            self.extended(&dict, scope, state);
        }
    }

    /// A graphics state dictionary (6.2.5, 6.2.10).
    fn extended(&mut self, dict: &Dict<'a>, scope: &mut Scope<'a>, state: &mut State) {
        let at = place(dict);
        for key in [&b"TR"[..], b"HTP"] {
            if dict.contains_key(key) {
                self.findings.add("6.2.5", format!("a graphics state has {}", said(key)), &at);
            }
        }
        if dict.contains_key(b"TR2") && !is_name(dict, b"TR2", b"Default") {
            self.findings.add("6.2.5", "a graphics state has a transfer function", &at);
        }
        if let Some(halftone) = super::dict_at(dict, b"HT") {
            self.halftone(&halftone, None);
        }
        if let Some(intent) = dict.get::<Name<'_>>(b"RI") {
            self.intent_named(Some(&intent));
        }
        let modes: Vec<Vec<u8>> = match dict.get::<Object<'_>>(b"BM") {
            Some(Object::Name(mode)) => vec![mode.to_vec()],
            Some(Object::Array(modes)) => modes.iter::<Name<'_>>().map(|mode| mode.to_vec()).collect(),
            _ => Vec::new(),
        };
        for mode in &modes {
            if !BLEND_MODES.contains(&&mode[..]) {
                self.findings.add("6.2.10", format!("the blend mode {} is unknown", said(mode)), &at);
            }
            self.transparent |= !matches!(&mode[..], b"Normal" | b"Compatible");
        }
        self.transparent |= [&b"CA"[..], b"ca"].iter().any(|key| dict.get::<f64>(key).is_some_and(|alpha| alpha < 1.0));
        if let Some(mask) = dict.get::<Dict<'a>>(b"SMask") {
            self.transparent = true;
            if let Some(group) = mask.get::<Stream<'a>>(b"G") {
                let user = Inherited { resources: scope.resources.clone(), borrowed: true, state: State::default() };
                self.form(&group, &user);
            }
        }
        if let Some(overprint) = dict.get::<bool>(b"OP") {
            state.overprint_stroke = overprint;
            state.overprint_fill = overprint;
        }
        state.overprint_fill = dict.get::<bool>(b"op").unwrap_or(state.overprint_fill);
        state.overprint_mode = dict.get::<u32>(b"OPM").map_or(state.overprint_mode, |mode| mode == 1);
        if let Some(font) = dict.get::<Array<'a>>(b"Font").and_then(|font| font.iter::<Object<'a>>().next()) {
            state.font = dict_of(&font).map(|dict| self.known(dict));
        }
    }

    fn halftone(&mut self, halftone: &Dict<'a>, ink: Option<&[u8]>) {
        let at = place(halftone);
        let kind = halftone.get::<u32>(b"HalftoneType");
        if !matches!(kind, Some(1 | 5)) {
            self.findings.add("6.2.5", "a halftone is neither of type 1 nor 5", &at);
        }
        if halftone.contains_key(b"HalftoneName") {
            self.findings.add("6.2.5", "a halftone has a name", &at);
        }
        let process = ink.is_none_or(|ink| matches!(ink, b"Default" | b"Cyan" | b"Magenta" | b"Yellow" | b"Black"));
        if halftone.contains_key(b"TransferFunction") == process && (process || kind != Some(5)) {
            self.findings.add("6.2.5", "a halftone's transfer function is not where it is asked for", &at);
        }
        if kind == Some(5) && ink.is_none() {
            for key in halftone.keys().filter(|key| !matches!(&**key, b"Type" | b"HalftoneType" | b"HalftoneName")) {
                if let Some(inner) = super::dict_at(halftone, &key) {
                    self.halftone(&inner, Some(&key));
                }
            }
        }
    }

    fn font(&mut self, name: &[u8], scope: &mut Scope<'a>) -> Option<usize> {
        if let Some(known) = scope.fonts.get(name) {
            return *known;
        }
        let found =
            self.resource(b"Font", name, scope).and_then(|object| dict_of(&object)).map(|dict| self.known(dict));
        scope.fonts.insert(name.to_vec(), found);
        found
    }

    fn known(&mut self, dict: Dict<'a>) -> usize {
        let key = identity(&dict);
        self.fonts.entry(key).or_insert_with(|| font::Use::new(dict));
        key
    }

    /// Text that is shown: the colors it takes, and the codes.
    fn show(&mut self, operands: &[Token<'_>], state: &State) {
        let (fill, stroke) = (matches!(state.mode, 0 | 2 | 4 | 6), matches!(state.mode, 1 | 2 | 5 | 6));
        // A color that was chosen counts as used by text of any mode, as strict readers of the clause have it.
        self.paint(state, fill || state.chosen.0, stroke || state.chosen.1);
        let Some(key) = state.font else { return };
        let mut glyphs = Vec::new();
        if let Some(used) = self.fonts.get_mut(&key) {
            for string in operands.iter().filter_map(|token| match token {
                Token::String(string) => Some(string),
                _ => None,
            }) {
                used.show(string, state.mode != 3, &mut glyphs);
            }
        }
        // The glyphs of Type 3 fonts are content.
        let resources = self.fonts.get(&key).and_then(|used| used.dict.get::<Dict<'a>>(b"Resources"));
        for glyph in glyphs {
            // However the first text shows it, another may paint it.
            let user = Inherited { resources: resources.clone(), borrowed: false, state: State { mode: 0, ..*state } };
            if self.depth < DEEPEST && self.seen.insert((identity(glyph.dict()), 2, user.state.look())) {
                self.content(&decoded(&glyph), &user);
            }
        }
    }

    fn inline_image(&mut self, lexer: &mut Lexer<'_>, scope: &mut Scope<'a>, state: &State) {
        let mut entries: Vec<Token<'_>> = Vec::new();
        loop {
            match lexer.next() {
                None => return,
                Some(Token::Word(b"ID")) => break,
                Some(token) => entries.push(token),
            }
        }
        lexer.skip_image_data();
        let value = |keys: [&[u8]; 2]| {
            let at = entries.iter().position(|token| matches!(token, Token::Name(name) if keys.contains(&&**name)))?;
            Some(&entries[at + 1..])
        };
        let truth = |keys| matches!(value(keys), Some([Token::Word(b"true"), ..]));
        if truth([b"I", b"Interpolate"]) {
            self.findings.add("6.2.8", "an image is interpolated", &self.at);
        }
        for filter in names_of(value([b"F", b"Filter"])) {
            let allowed: [&[u8]; 12] = [
                b"AHx",
                b"A85",
                b"Fl",
                b"RL",
                b"CCF",
                b"DCT",
                b"ASCIIHexDecode",
                b"ASCII85Decode",
                b"FlateDecode",
                b"RunLengthDecode",
                b"CCITTFaxDecode",
                b"DCTDecode",
            ];
            if !allowed.contains(&&*filter) {
                self.findings.add("6.1.10", format!("the filter {} is not allowed", said(&filter)), &self.at);
            }
        }
        if let Some(intent) = names_of(value([b"Intent", b"Intent"])).first() {
            self.intent_named(Some(intent));
        }
        if truth([b"IM", b"ImageMask"]) {
            self.paint(state, true, false);
            return;
        }
        // Of `[/Indexed base …]` the base counts.
        let names = names_of(value([b"CS", b"ColorSpace"]));
        let chosen = if matches!(names.first().map(|name| &**name), Some(b"I" | b"Indexed")) { 1 } else { 0 };
        if let Some(name) = names.get(chosen) {
            let full: &[u8] = match &**name {
                b"G" => b"DeviceGray",
                b"RGB" => b"DeviceRGB",
                b"CMYK" => b"DeviceCMYK",
                other => other,
            };
            self.device(full, scope).used(self.intent, self.findings, &self.at);
        }
    }
}

/// A name, or the names in an array.
fn names_of<'t>(value: Option<&[Token<'t>]>) -> Vec<Cow<'t, [u8]>> {
    match value {
        Some([Token::Name(name), ..]) => vec![name.clone()],
        Some([Token::ArrayOpen, rest @ ..]) => rest
            .iter()
            .take_while(|token| **token != Token::ArrayClose)
            .filter_map(|token| match token {
                Token::Name(name) => Some(name.clone()),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

//! Groups the glyphs of a born-digital page into words, lines and blocks. Pure; judges nothing about the text.

use std::borrow::Cow;

use hayro::kurbo::{Point, Vec2};
use rustc_hash::{FxBuildHasher, FxHashMap};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::{
    columns,
    survey::{Glyph, Survey},
};
use crate::model::{PageBox, Word, raised};

/// Share of an em by which two glyphs must be apart for a space, where the type is not letter-spaced.
const SPACE: f64 = 0.13;
/// Share of an em that type reaches above its baseline, and below it.
const ASCENT: f64 = 0.78;
const DESCENT: f64 = 0.22;

/// Text and words of a page, as [`crate::model::PageReading`] holds them.
#[derive(Default)]
pub(super) struct Words {
    pub(super) text: String,
    pub(super) words: Vec<Word>,
    /// Degrees clockwise (0, 90, 180, 270) by which the displayed page must be turned for most of them to stand upright.
    pub(super) turn: u16,
}

/// Groups the glyphs of a page of the given size in points.
pub(super) fn group(survey: &Survey, width: f64, height: f64) -> Words {
    // Nearly all glyphs of a page run in one direction.
    let mut by_direction: FxHashMap<i32, Vec<Glyph>> = FxHashMap::default();
    for glyph in single(survey) {
        by_direction.entry(direction(&glyph)).or_default().push(glyph);
    }
    let mut directions: Vec<(i32, Vec<Glyph>)> = by_direction.into_iter().collect();
    // The direction of most glyphs is read first.
    directions.sort_by_key(|(degrees, glyphs)| (std::cmp::Reverse(glyphs.len()), *degrees));
    let along_most = directions.first().map_or(0, |(degrees, _)| *degrees);
    // Text that climbs slantwise stands on an upright page.
    let turn = if along_most % 90 == 0 { (360 - along_most).rem_euclid(360) } else { 0 };
    let mut out = Words { turn: turn as u16, ..Words::default() };
    let (mut block, mut line) = (0_u16, 0_u16);
    for (_, glyphs) in directions {
        let frame = Frame::of(&glyphs);
        let lines = lines(pieces(&glyphs, &frame, survey));
        let boxes: Vec<columns::Line> = lines.iter().map(|line| line_box(line)).collect();
        for lines_of_block in columns::blocks(&boxes) {
            for part in lines_of_block {
                for piece in &lines[part.line][part.pieces] {
                    frame.push(&mut out, piece, (width, height), block, line);
                }
                line = line.saturating_add(end_line(&mut out));
            }
            block = block.saturating_add(1);
        }
    }
    out.text.truncate(out.text.trim_end().len());
    out
}

/// The glyphs without those printed twice in (nearly) one place to look bold.
fn single(survey: &Survey) -> impl Iterator<Item = Glyph> {
    const NONE: u32 = u32::MAX;
    // Cells of eight points: most glyphs and their surroundings lie within one. Each names the glyph that came into it
    // last, and each glyph the one that its cell named before.
    let mut last: FxHashMap<(i32, i32), u32> =
        FxHashMap::with_capacity_and_hasher(survey.glyphs.len() / 2, FxBuildHasher);
    let mut before = vec![NONE; survey.glyphs.len()];
    survey.glyphs.iter().enumerate().filter_map(move |(index, glyph)| {
        let cell = |at: f64| (at / 8.0).floor() as i32;
        let text = survey.text_of(glyph);
        if text.trim().is_empty() {
            return Some(*glyph);
        }
        let near = glyph.up.hypot() * 0.12;
        let Point { x, y } = glyph.origin;
        let around = |at: f64| cell(at - near)..=cell(at + near).min(cell(at - near) + 4);
        let same = |other: &Glyph| {
            (other.origin - glyph.origin).hypot2() < near * near
                && other.order != glyph.order
                && survey.text_of(other) == text
        };
        let twice = around(x).flat_map(|column| around(y).map(move |row| (column, row))).any(|cell| {
            std::iter::successors(last.get(&cell).copied(), |&at| before.get(at as usize).copied())
                .map_while(|at| survey.glyphs.get(at as usize))
                .any(same)
        });
        if twice {
            return None;
        }
        before[index] = last.insert((cell(x), cell(y)), index as u32).unwrap_or(NONE);
        Some(*glyph)
    })
}

/// Where along a glyph's line runs, as a unit vector.
fn along(glyph: &Glyph) -> Vec2 {
    let vector = if glyph.advance.hypot() > 1e-6 { glyph.advance } else { Vec2::new(-glyph.up.y, glyph.up.x) };
    vector / vector.hypot().max(1e-9)
}

/// Direction of a glyph's line in whole degrees; near a quarter turn, that quarter turn.
fn direction(glyph: &Glyph) -> i32 {
    let along = along(glyph);
    // As nearly all text runs.
    if along.x > 0.0 && along.y == 0.0 {
        return 0;
    }
    let degrees = along.y.atan2(along.x).to_degrees();
    let quarter = (degrees / 90.0).round() * 90.0;
    let degrees = if (degrees - quarter).abs() < 4.0 { quarter } else { degrees };
    (degrees.round() as i32).rem_euclid(360)
}

/// The axes of text of one direction.
struct Frame {
    /// Along the line.
    u: Vec2,
    /// Down the lines.
    v: Vec2,
}

impl Frame {
    fn of(glyphs: &[Glyph]) -> Self {
        let sum = glyphs.iter().fold(Vec2::ZERO, |sum, glyph| sum + along(glyph));
        let u = sum / sum.hypot().max(1e-9);
        Self { u, v: Vec2::new(-u.y, u.x) }
    }

    fn place(&self, point: Point) -> (f64, f64) {
        (point.to_vec2().dot(self.u), point.to_vec2().dot(self.v))
    }

    /// Adds a word to the page.
    fn push(&self, out: &mut Words, piece: &Piece, page: (f64, f64), block: u16, line: u16) {
        let start = out.text.len();
        out.text.push_str(&piece.text);
        let corner = |u: f64, v: f64| {
            let point = self.u * u + self.v * v;
            ((point.x / page.0) as f32, (point.y / page.1) as f32)
        };
        let (top, bottom) = (piece.v - ASCENT * piece.size, piece.v + DESCENT * piece.size);
        let corners = [(piece.u0, top), (piece.u1, top), (piece.u0, bottom), (piece.u1, bottom)];
        let bounds = corners
            .map(|(u, v)| corner(u, v))
            .map(|(x, y)| PageBox::new(x, y, x, y))
            .into_iter()
            .reduce(PageBox::union)
            .expect("a word has four corners");
        out.words.push(Word {
            start: start as u32,
            end: out.text.len() as u32,
            bounds,
            confidence: 100,
            size: (piece.size * 4.0).round().clamp(0.0, 255.0) as u8,
            bold: piece.bold * 2 > piece.letters,
            block,
            line,
        });
        out.text.push(' ');
    }
}

/// Turns the space after the last word into a line's end; how many lines that makes.
fn end_line(out: &mut Words) -> u16 {
    if out.text.ends_with(' ') {
        out.text.pop();
        out.text.push('\n');
        return 1;
    }
    0
}

/// A word in the frame of its text's direction.
#[derive(Clone, Debug)]
struct Piece {
    text: String,
    u0: f64,
    u1: f64,
    v: f64,
    size: f64,
    letters: u32,
    bold: u32,
    /// A space glyph stood before it.
    parted: bool,
}

/// A glyph in the frame of its text's direction.
struct Set {
    u: f64,
    v: f64,
    width: f64,
    size: f64,
    space: bool,
}

impl Piece {
    /// A glyph's text behind this word. Small raised figures behind a number are no more of its figures: they call a
    /// note, or are cents.
    fn raised<'t>(&self, at: &Set, text: &'t str) -> Cow<'t, str> {
        let goes_on = self.text.ends_with(raised::is_raised);
        let over_number = self.text.ends_with(|c: char| c.is_ascii_digit() || matches!(c, ')' | ']' | '-' | ',' | '.'))
            && self.text.contains(|c: char| c.is_ascii_digit());
        let is_over = at.size < 0.85 * self.size && self.v - at.v > 0.1 * self.size && self.v - at.v < 0.8 * self.size;
        let beside = goes_on && at.size < 1.05 * self.size && (self.v - at.v).abs() < 0.1 * self.size;
        if (over_number || goes_on) && is_over || beside {
            return text.chars().map(|c| raised::form(c, goes_on).unwrap_or(c)).collect();
        }
        Cow::Borrowed(text)
    }
}

/// Joins glyphs, in the order of drawing, to words.
fn pieces(glyphs: &[Glyph], frame: &Frame, survey: &Survey) -> Vec<Piece> {
    let set: Vec<Set> = glyphs
        .iter()
        .map(|glyph| {
            let (u, v) = frame.place(glyph.origin);
            let space = survey.text_of(glyph).chars().all(|c| c.is_whitespace() || is_nothing(c));
            Set { u, v, width: glyph.advance.dot(frame.u).max(0.0), size: glyph.up.hypot(), space }
        })
        .collect();
    let mut out: Vec<Piece> = Vec::new();
    let mut open = false;
    let mut parted = false;
    let mut threshold = SPACE;
    let mut threshold_until = 0;
    for (index, (glyph, at)) in glyphs.iter().zip(&set).enumerate() {
        if index >= threshold_until {
            (threshold, threshold_until) = spacing(&set, index);
        }
        if at.space {
            (open, parted) = (false, true);
            continue;
        }
        let text = survey.text_of(glyph);
        let letters = u32::from(text.chars().any(char::is_alphanumeric));
        if open
            && let Some(piece) = out.last_mut()
            && follows(piece, at, threshold)
        {
            let text = piece.raised(at, text);
            push_clean(&mut piece.text, &text);
            piece.u1 = piece.u1.max(at.u + at.width);
            piece.u0 = piece.u0.min(at.u);
            piece.size = piece.size.max(at.size);
            piece.letters += letters;
            piece.bold += u32::from(glyph.bold) * letters;
            continue;
        }
        // A mark that stands a little apart from what it is raised over is still one.
        let text = match out.last() {
            Some(last) if (-0.3..0.6).contains(&((at.u - last.u1) / last.size.max(0.01))) => last.raised(at, text),
            _ => Cow::Borrowed(text),
        };
        let mut piece = Piece {
            text: String::new(),
            u0: at.u,
            u1: at.u + at.width,
            v: at.v,
            size: at.size,
            letters,
            bold: u32::from(glyph.bold) * letters,
            parted,
        };
        push_clean(&mut piece.text, &text);
        out.push(piece);
        (open, parted) = (true, false);
    }
    for piece in &mut out {
        if is_nfc_quick(piece.text.chars()) != IsNormalized::Yes {
            piece.text = piece.text.nfc().collect();
        }
    }
    out.retain(|piece| !piece.text.is_empty());
    out
}

/// Does a glyph go on with a word?
fn follows(piece: &Piece, at: &Set, threshold: f64) -> bool {
    let (small, large) = if piece.size < at.size { (piece.size, at.size) } else { (at.size, piece.size) };
    let gap = at.u - piece.u1;
    // A raised or lowered figure of smaller type goes on with its word; other type does not.
    let level = (at.v - piece.v).abs();
    let on_line = level < 0.15 * large || (small < 0.85 * large && level < 0.5 * large && gap < 0.1 * large);
    on_line && small > 0.35 * large && gap < threshold * large && gap > -0.5 * large && at.u > piece.u0 - 0.3 * large
}

/// The gap (in ems) that makes a space in the stretch of text that starts with glyph `from`, and where that
/// stretch ends: its baseline and size stay the same. In letter-spaced type it is wider.
fn spacing(set: &[Set], from: usize) -> (f64, usize) {
    let first = &set[from];
    let mut gaps: Vec<f64> = Vec::new();
    let mut end = from + 1;
    let mut last = from;
    while end < set.len() {
        let (before, at) = (&set[last], &set[end]);
        let gap = (at.u - before.u - before.width) / first.size.max(0.01);
        let same = (at.v - first.v).abs() < 0.1 * first.size && (at.size - first.size).abs() < 0.05 * first.size;
        if !same || !(-1.0..3.0).contains(&gap) {
            break;
        }
        if !at.space && !before.space {
            gaps.push(gap);
        }
        last = end;
        end += 1;
    }
    if gaps.len() < 3 {
        return (SPACE, end);
    }
    let middle = gaps.len() / 2;
    let median = *gaps.select_nth_unstable_by(middle, f64::total_cmp).1;
    (if median > 0.06 { median + 0.14 } else { SPACE }, end)
}

/// Characters without a shape of their own.
fn is_nothing(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// Adds characters as people would type them: typographic ligatures in letters, symbol fonts' marks as such.
fn push_clean(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '\u{fb00}' => out.push_str("ff"),
            '\u{fb01}' => out.push_str("fi"),
            '\u{fb02}' => out.push_str("fl"),
            '\u{fb03}' => out.push_str("ffi"),
            '\u{fb04}' => out.push_str("ffl"),
            '\u{fb05}' | '\u{fb06}' => out.push_str("st"),
            // The Symbol and Wingdings fonts of office programs, in the place where Windows maps them.
            '\u{f0b7}' | '\u{f0a7}' | '\u{f06c}' | '\u{f09f}' | '\u{f0d8}' | '\u{f076}' => out.push('•'),
            '\u{f06f}' | '\u{f0a8}' | '\u{f071}' => out.push('☐'),
            '\u{f0fe}' => out.push('☑'),
            '\u{f0fd}' | '\u{f078}' | '\u{f054}' => out.push('☒'),
            '\u{f0fc}' => out.push('✓'),
            '\u{f02d}' => out.push('-'),
            c if c.is_whitespace() || is_nothing(c) => {}
            c => out.push(c),
        }
    }
}

/// Sorts words into lines from top to bottom, each from its start to its end.
fn lines(mut pieces: Vec<Piece>) -> Vec<Vec<Piece>> {
    pieces.sort_by(|a, b| a.v.total_cmp(&b.v));
    let mut lines: Vec<(f64, f64, Vec<Piece>)> = Vec::new();
    for piece in pieces {
        // Raised figures reach into the line above as well: the nearest baseline takes them.
        let found = lines
            .iter_mut()
            .rev()
            .take(4)
            .filter(|(v, size, _)| (piece.v - *v).abs() < 0.3 * size.max(piece.size).min(1.6 * size.min(piece.size)))
            .min_by(|a, b| (piece.v - a.0).abs().total_cmp(&(piece.v - b.0).abs()));
        match found {
            Some((v, size, line)) => {
                if piece.size > *size * 1.05 {
                    (*v, *size) = (piece.v, piece.size);
                }
                line.push(piece);
            }
            None => lines.push((piece.v, piece.size, vec![piece])),
        }
    }
    lines.into_iter().map(|(_, _, line)| join(line)).collect()
}

/// Puts a line's words in order and joins what was drawn in pieces.
fn join(mut line: Vec<Piece>) -> Vec<Piece> {
    line.sort_by(|a, b| a.u0.total_cmp(&b.u0));
    let mut out: Vec<Piece> = Vec::with_capacity(line.len());
    for piece in line {
        if let Some(last) = out.last_mut() {
            let em = last.size.max(piece.size);
            let gap = piece.u0 - last.u1;
            let level = (piece.v - last.v).abs() < 0.5 * em;
            if !piece.parted && level && gap < 0.07 * em && gap > -0.3 * em {
                last.text.push_str(&piece.text);
                last.u1 = last.u1.max(piece.u1);
                last.letters += piece.letters;
                last.bold += piece.bold;
                continue;
            }
        }
        out.push(piece);
    }
    unspace(out)
}

/// Joins a heading typed with spaces between its letters: `A R T I K E L  1`.
fn unspace(line: Vec<Piece>) -> Vec<Piece> {
    let single = |piece: &Piece| {
        let mut chars = piece.text.chars();
        chars.next().is_some_and(|c| c.is_alphabetic() && c.is_uppercase()) && chars.next().is_none()
    };
    let mut out: Vec<Piece> = Vec::with_capacity(line.len());
    let mut rest = line.into_iter().peekable();
    while let Some(piece) = rest.next() {
        if !single(&piece) {
            out.push(piece);
            continue;
        }
        let mut run = vec![piece];
        while let Some(next) = rest.next_if(|next| single(next) && (next.size - run[0].size).abs() < 0.5) {
            run.push(next);
        }
        // Fewer may be initials.
        if run.len() < 5 {
            out.extend(run);
            continue;
        }
        let mut gaps: Vec<f64> = run.windows(2).map(|pair| pair[1].u0 - pair[0].u1).collect();
        gaps.sort_by(f64::total_cmp);
        let usual = gaps[gaps.len() / 2];
        let em = run[0].size;
        for piece in run {
            match out.last_mut() {
                Some(last)
                    if last.letters > 0
                        && last.text.chars().all(char::is_uppercase)
                        && (last.size - piece.size).abs() < 0.5
                        && piece.u0 - last.u1 < usual + 0.2 * em =>
                {
                    last.text.push_str(&piece.text);
                    last.u1 = piece.u1;
                    last.letters += 1;
                    last.bold += piece.bold;
                }
                _ => out.push(piece),
            }
        }
    }
    out
}

fn line_box(line: &[Piece]) -> columns::Line {
    let size = line.iter().map(|piece| piece.size).fold(0.0, f64::max);
    let v = line.iter().map(|piece| piece.v).fold(f64::NEG_INFINITY, f64::max);
    columns::Line { v, size, words: line.iter().map(|piece| (piece.u0, piece.u1)).collect() }
}

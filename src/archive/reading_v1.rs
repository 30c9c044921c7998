//! The words read from an original, version 1: JSON with one short list a word, compressed. What made them opens it, in a
//! block of its own, so that it is read without the words.

use std::io::{BufReader, Read as _, Write as _};

use serde::{Deserialize, Serialize};

use super::{
    Recipe,
    format::{Headed, check_schema},
};
use crate::{
    Error, ErrorKind, Result,
    error::Fold,
    model::{Language, PageBox, PageNo, PageReading, PageState, Problem, Reading, TextSource, Word},
};

const SCHEMA: &str = "griffie-reading/1";
/// The library's own default: higher levels cost several times the time for a few percent.
const LEVEL: i32 = 3;
/// Far above any document (a page of words is some 30 kB), far below what would hurt.
const MAX_BYTES: usize = 2 << 30;
/// What made the words stands in so many bytes.
const HEAD: usize = 16 << 10;
/// So much of an object is taken at once to read what made the words: more than their block has, and much less than the
/// next, which is not decoded before all of it is there.
const PIECE: usize = 1 << 10;
/// Before what made the words.
const KEY: &[u8] = b"\"recipe\":";
/// After it.
const NEXT_KEY: &[u8] = b",\"engine\":";

#[derive(Serialize, Deserialize)]
struct ReadingV1 {
    recipe: Recipe,
    engine: String,
    language: Option<Language>,
    problems: Vec<Problem>,
    pages: Vec<PageV1>,
}

#[derive(Serialize, Deserialize)]
struct PageV1 {
    page: PageNo,
    state: PageState,
    source: TextSource,
    width_pt: f32,
    height_pt: f32,
    turn: u16,
    skew: f32,
    dpi: Option<u16>,
    ocr_language: Option<String>,
    problems: Vec<Problem>,
    text: String,
    words: Vec<WordV1>,
}

/// start, end, left, top, right, bottom, confidence, size, bold, block, line
type WordV1 = (u32, u32, u16, u16, u16, u16, u8, u8, u8, u16, u16);

fn parts(fraction: f32) -> u16 {
    // A box is inside the page: 0 to 1.
    (fraction * 10_000.0).round() as u16
}

fn fraction(parts: u16) -> f32 {
    f32::from(parts) / 10_000.0
}

fn word_v1(word: &Word) -> WordV1 {
    let PageBox { x0, y0, x1, y1 } = word.bounds;
    let Word { start, end, bounds: _, confidence, size, bold, block, line } = *word;
    (start, end, parts(x0), parts(y0), parts(x1), parts(y1), confidence, size, bold.into(), block, line)
}

fn word(v1: WordV1) -> Word {
    let (start, end, x0, y0, x1, y1, confidence, size, bold, block, line) = v1;
    let bounds = PageBox::new(fraction(x0), fraction(y0), fraction(x1), fraction(y1));
    Word { start, end, bounds, confidence, size, bold: bold != 0, block, line }
}

fn page_v1(page: &PageReading) -> PageV1 {
    PageV1 {
        page: page.page,
        state: page.state,
        source: page.source,
        width_pt: page.width_pt,
        height_pt: page.height_pt,
        turn: page.turn,
        skew: page.skew,
        dpi: page.dpi,
        ocr_language: page.ocr_language.clone(),
        problems: page.problems.clone(),
        text: page.text.clone(),
        words: page.words.iter().map(word_v1).collect(),
    }
}

fn page(v1: PageV1) -> PageReading {
    PageReading {
        page: v1.page,
        state: v1.state,
        source: v1.source,
        width_pt: v1.width_pt,
        height_pt: v1.height_pt,
        turn: v1.turn,
        skew: v1.skew,
        dpi: v1.dpi,
        ocr_language: v1.ocr_language,
        text: v1.text,
        words: v1.words.into_iter().map(word).collect(),
        problems: v1.problems,
        marks: None,
    }
}

/// The object's bytes.
pub(super) fn pack(recipe: &Recipe, reading: &Reading) -> Result<Vec<u8>> {
    let body = ReadingV1 {
        recipe: recipe.clone(),
        engine: reading.engine.clone(),
        language: reading.language,
        problems: reading.problems.clone(),
        pages: reading.pages.iter().map(page_v1).collect(),
    };
    let json = serde_json::to_vec(&Headed { schema: SCHEMA, body: &body })
        .fold(ErrorKind::Internal, || "a reading does not serialize")?;
    compress(&json).fold(ErrorKind::Internal, || "a reading does not compress")
}

fn compress(json: &[u8]) -> std::io::Result<Vec<u8>> {
    let head = json.windows(NEXT_KEY.len()).position(|bytes| bytes == NEXT_KEY).unwrap_or(0);
    let mut frame = zstd::Encoder::new(Vec::new(), LEVEL)?;
    frame.set_pledged_src_size(Some(json.len() as u64))?;
    frame.write_all(&json[..head])?;
    // This ends the block.
    frame.flush()?;
    frame.write_all(&json[head..])?;
    frame.finish()
}

/// Reads an object's bytes.
pub(super) fn unpack(bytes: &[u8]) -> Result<Reading> {
    let v1 = decode(bytes)?;
    Ok(Reading {
        pages: v1.pages.into_iter().map(page).collect(),
        language: v1.language,
        engine: v1.engine,
        problems: v1.problems,
    })
}

/// What made the words in an object's bytes, all of which are decoded.
pub(super) fn recipe_of_whole(bytes: &[u8]) -> Result<Recipe> {
    decode(bytes).map(|v1| v1.recipe)
}

/// What made the words in an object's bytes. An object opens with it, so the words, which are many, are not decoded: a
/// check of a store looks at every object.
pub(super) fn recipe(bytes: &[u8]) -> Result<Recipe> {
    let damaged = || format!("this is no `{SCHEMA}`");
    let mut head = Vec::with_capacity(HEAD);
    let mut frame =
        zstd::Decoder::with_buffer(BufReader::with_capacity(PIECE, bytes)).fold(ErrorKind::FixityMismatch, damaged)?;
    loop {
        let so_far = head.len();
        head.resize(HEAD, 0);
        let more = frame.read(&mut head[so_far..]).fold(ErrorKind::FixityMismatch, damaged)?;
        head.truncate(so_far + more);
        let told = head.windows(KEY.len()).position(|bytes| bytes == KEY).and_then(|place| {
            serde_json::Deserializer::from_slice(&head[place + KEY.len()..]).into_iter::<Recipe>().next()
        });
        match told {
            Some(Err(error)) if error.is_eof() && more > 0 => {}
            Some(recipe) => return recipe.fold(ErrorKind::FixityMismatch, damaged),
            None if more > 0 => {}
            None => return Err(Error::new(ErrorKind::FixityMismatch, damaged())),
        }
    }
}

fn decode(bytes: &[u8]) -> Result<ReadingV1> {
    let damaged = || format!("this is no `{SCHEMA}`");
    let size = zstd::zstd_safe::get_frame_content_size(bytes).ok().flatten();
    let size = size.and_then(|size| usize::try_from(size).ok()).filter(|size| *size <= MAX_BYTES);
    let size = size.ok_or_else(|| Error::new(ErrorKind::FixityMismatch, damaged()))?;
    let mut json = Vec::new();
    // Not by the size that the frame claims: damaged bytes must not make us ask for gigabytes.
    let frame = zstd::Decoder::with_buffer(bytes).fold(ErrorKind::FixityMismatch, damaged)?;
    let limit = size as u64 + 1;
    frame.take(limit).read_to_end(&mut json).fold(ErrorKind::FixityMismatch, damaged)?;
    check_schema(&json, SCHEMA)?;
    serde_json::from_slice(&json).fold(ErrorKind::FixityMismatch, damaged)
}

//! The way back from running text to the words as read and their boxes. Decides nothing about the text.

use std::ops::Range;

use crate::model::{Evidence, PageBox, PageNo, Reading};

/// A word's place, kept for evidence.
#[derive(Clone, Debug)]
struct Origin {
    page: PageNo,
    bounds: PageBox,
    confidence: u8,
    /// Its characters in `raw`.
    start: u32,
    end: u32,
    /// The line of running text that it came to stand in; lines are counted over the document.
    line: u32,
}

/// A piece of running text that comes from one word.
#[derive(Clone, Copy, Debug)]
struct Piece {
    start: u32,
    end: u32,
    word: u32,
}

/// All words of a reading, and which piece of the running text each became.
#[derive(Clone, Debug, Default)]
pub(super) struct Source {
    raw: String,
    words: Vec<Origin>,
    pieces: Vec<Piece>,
}

impl Source {
    /// The words of a reading, in its order; word ids count through all pages.
    pub(super) fn of(reading: &Reading) -> Self {
        let mut source = Self::default();
        for page in &reading.pages {
            for word in &page.words {
                let start = offset(source.raw.len());
                source.raw.push_str(page.word_text(word));
                source.words.push(Origin {
                    page: page.page,
                    bounds: word.bounds,
                    confidence: word.confidence,
                    start,
                    end: offset(source.raw.len()),
                    line: 0,
                });
            }
        }
        source
    }

    /// Whether it leads nowhere: a text given by hand.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The characters of a word as read.
    pub(super) fn raw(&self, word: usize) -> &str {
        self.words.get(word).map_or("", |w| &self.raw[w.start as usize..w.end as usize])
    }

    /// Records that a word became this piece of the running text, in this line. Pieces come in the order of the text.
    pub(super) fn place(&mut self, word: usize, range: Range<usize>, line: usize) {
        if let Some(origin) = self.words.get_mut(word) {
            origin.line = offset(line);
            self.pieces.push(Piece { start: offset(range.start), end: offset(range.end), word: offset(word) });
        }
    }

    /// The last piece lost its final byte: a hyphen that was joined away.
    pub(super) fn shorten_last(&mut self) {
        if let Some(last) = self.pieces.last_mut() {
            last.end = last.end.saturating_sub(1).max(last.start);
        }
    }

    /// Evidence for words by their ids, which stand in one line on one page.
    pub(super) fn line_evidence(&self, words: &[usize]) -> Option<Evidence> {
        let first = self.words.get(*words.first()?)?;
        let bounds = words.iter().filter_map(|&w| self.words.get(w)).map(|w| w.bounds).reduce(PageBox::union)?;
        let quote = words.iter().map(|&w| self.raw(w)).collect::<Vec<_>>().join(" ");
        Some(Evidence { page: first.page, quote, boxes: vec![bounds], clause: None, kind: None })
    }

    /// The words that a range touches, one entry a page, one box a line.
    pub(super) fn evidence(&self, range: &Range<usize>) -> Vec<Evidence> {
        let mut out: Vec<Evidence> = Vec::new();
        let mut line = None;
        let mut previous = None;
        for piece in self.touched(range) {
            // A word in two pieces (a hyphen inside it) is quoted once.
            if previous.replace(piece.word) == Some(piece.word) {
                continue;
            }
            let Some(word) = self.words.get(piece.word as usize) else { continue };
            let raw = self.raw(piece.word as usize);
            let same_line = line.replace(word.line) == Some(word.line);
            match out.last_mut().filter(|e| e.page == word.page) {
                Some(entry) => {
                    entry.quote.push(' ');
                    entry.quote.push_str(raw);
                    match entry.boxes.last_mut().filter(|_| same_line) {
                        Some(last) => *last = last.union(word.bounds),
                        None => entry.boxes.push(word.bounds),
                    }
                }
                None => out.push(Evidence {
                    page: word.page,
                    quote: raw.to_owned(),
                    boxes: vec![word.bounds],
                    clause: None,
                    kind: None,
                }),
            }
        }
        out
    }

    /// The page of a position: that of the word there, else of the last word before it, else of the first.
    pub(super) fn page_at(&self, position: usize) -> Option<PageNo> {
        let after = self.pieces.partition_point(|p| p.start as usize <= position);
        let piece = self.pieces.get(after.saturating_sub(1))?;
        self.words.get(piece.word as usize).map(|w| w.page)
    }

    /// Lowest confidence of the words that a range touches.
    pub(super) fn confidence(&self, range: &Range<usize>) -> f64 {
        let words = self.touched(range).filter_map(|p| self.words.get(p.word as usize));
        words.map(|w| w.confidence.min(100)).min().map_or(1.0, |lowest| f64::from(lowest) / 100.0)
    }

    fn touched(&self, range: &Range<usize>) -> impl Iterator<Item = &Piece> {
        let first = self.pieces.partition_point(|p| p.end as usize <= range.start);
        let end = range.end;
        self.pieces[first..].iter().take_while(move |p| (p.start as usize) < end)
    }
}

fn offset(n: usize) -> u32 {
    u32::try_from(n).expect("the words of one document take less than four GiB")
}

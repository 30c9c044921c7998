//! What a sentence holds, for a quick no: most sentences of most rules lack a word or a value that they need. It never
//! says yes in the matcher's place.

use std::ops::Range;

use super::{
    lexicon::{Lexicon, WordId},
    pattern::{Kind, Need, Pattern},
    scene::Scene,
};

/// The rule words and the kinds of value in a range of words.
pub struct Present {
    /// A bit for each rule word.
    words: Vec<u64>,
    /// A bit for each kind.
    kinds: u32,
}

impl Present {
    /// Nothing yet.
    pub fn new(lexicon: &Lexicon) -> Self {
        Self { words: vec![0; lexicon.size().div_ceil(64)], kinds: 0 }
    }

    /// Takes the place of what was there before; tells each rule word once.
    pub fn look(&mut self, scene: &Scene<'_>, words: &Range<usize>, mut tell: impl FnMut(WordId)) {
        self.words.fill(0);
        for word in &scene.words[words.clone()] {
            for sense in word.senses.iter().chain(&word.joined) {
                let (at, bit) = place(sense.id);
                if self.words[at] & bit == 0 {
                    self.words[at] |= bit;
                    tell(sense.id);
                }
            }
        }
        let first = scene.finds.partition_point(|find| find.first < words.start);
        let inside = scene.finds[first..].iter().take_while(|find| find.first < words.end);
        self.kinds = inside.fold(0, |kinds, find| kinds | bit_of(find.kind()));
    }

    /// False where the pattern cannot match.
    pub fn allows(&self, pattern: &Pattern) -> bool {
        pattern.needs.iter().all(|need| match need {
            Need::Word(ids) => ids.iter().any(|&id| {
                let (at, bit) = place(id);
                self.words[at] & bit != 0
            }),
            Need::Value(kinds) => kinds.iter().any(|&kind| self.kinds & bit_of(kind) != 0),
        })
    }
}

fn place(id: WordId) -> (usize, u64) {
    (id.index() / 64, 1 << (id.index() % 64))
}

fn bit_of(kind: Kind) -> u32 {
    1 << kind as u32
}

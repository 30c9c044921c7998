//! Runs compiled patterns over the words of a sentence. Every pair of step and word is visited at most once, so the
//! time is linear in the text, whatever the pattern.

use std::ops::Range;

use super::{
    pattern::{Pattern, Step},
    scene::Scene,
};

/// A pattern found in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// Its words.
    pub words: Range<usize>,
    /// Which value fills which blank, in the order of the sentence: (blank, index into `Scene::finds`).
    pub filled: Vec<(usize, usize)>,
    /// Words of the pattern that were matched only after a repair.
    pub repairs: Vec<usize>,
}

/// How far a pattern came in a sentence that it did not match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stop {
    /// How many words it took.
    pub taken: usize,
    /// The word at which it stopped.
    pub word: usize,
    /// The step that it waited for.
    pub step: usize,
}

enum Mark {
    Filled(usize, usize),
    Repaired(usize),
}

/// All matches of a pattern in a range of words, from left to right, and how far it came otherwise.
pub fn run(pattern: &Pattern, scene: &Scene<'_>, words: Range<usize>) -> (Vec<Match>, Option<Stop>) {
    let width = words.len() + 1;
    let mut visited = vec![false; pattern.steps.len() * width];
    let mut matches = Vec::new();
    let mut stop: Option<Stop> = None;
    // Marks of the way to each state, as a tree: (mark, parent).
    let mut trail: Vec<(Mark, Option<usize>)> = Vec::new();
    let mut ways: Vec<(usize, usize, Option<usize>)> = Vec::new();
    for start in words.clone() {
        ways.clear();
        trail.clear();
        ways.push((0, start, None));
        while let Some((step, at, marks)) = ways.pop() {
            let state = step * width + (at - words.start);
            if std::mem::replace(&mut visited[state], true) {
                continue;
            }
            match pattern.steps[step] {
                Step::Done => {
                    matches.push(collect(start..at, &trail, marks));
                    break;
                }
                Step::Either(first, second) => {
                    ways.push((second, at, marks));
                    ways.push((first, at, marks));
                }
                Step::Any(next) if at < words.end => ways.push((next, at + 1, marks)),
                Step::Word(id, next) if at < words.end => {
                    let word = &scene.words[at];
                    let mut follow = |repaired: bool, to: usize, ways: &mut Vec<_>| {
                        let marks = if repaired {
                            trail.push((Mark::Repaired(at), marks));
                            Some(trail.len() - 1)
                        } else {
                            marks
                        };
                        ways.push((next, to, marks));
                    };
                    if at + 2 <= words.end && word.joined.iter().any(|sense| sense.id == id) {
                        follow(true, at + 2, &mut ways);
                    }
                    if let Some(sense) = word.senses.iter().find(|sense| sense.id == id) {
                        follow(sense.repaired, at + 1, &mut ways);
                    }
                }
                Step::Blank(blank, next) => {
                    // The longest value first, so pushed last.
                    let fitting: Vec<_> = scene
                        .finds_at(at)
                        .filter(|(_, find)| find.end <= words.end && pattern.blanks[blank].kinds.contains(&find.kind()))
                        .collect();
                    for (index, find) in fitting.into_iter().rev() {
                        trail.push((Mark::Filled(blank, index), marks));
                        ways.push((next, find.end, Some(trail.len() - 1)));
                    }
                }
                Step::Any(_) | Step::Word(..) => {}
            }
            if !matches!(pattern.steps[step], Step::Either(..) | Step::Any(_)) {
                stop = stop.max(Some(Stop { taken: at - start, word: at, step }));
            }
        }
    }
    (matches, stop)
}

fn collect(words: Range<usize>, trail: &[(Mark, Option<usize>)], mut marks: Option<usize>) -> Match {
    let mut found = Match { words, filled: Vec::new(), repairs: Vec::new() };
    while let Some(at) = marks {
        match trail[at].0 {
            Mark::Filled(blank, find) => found.filled.push((blank, find)),
            Mark::Repaired(word) => found.repairs.push(word),
        }
        marks = trail[at].1;
    }
    found.filled.reverse();
    found.repairs.reverse();
    found
}

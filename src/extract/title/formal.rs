//! Formal titles: `Agreement between A and B concerning C`, over as many lines as it takes. Below an ordinary title the
//! parties are no part of it; here what the contract is about stands behind them.

use std::ops::Range;

use super::{
    super::{lexicon::fold, pattern::Kind, scene::Scene},
    is_below,
};

/// No formal title has more words than this.
const LONGEST: usize = 90;
/// A line that is not set apart and has more words than this is text.
const LONGEST_LINE: usize = 16;
/// Say of what a contract is, wherever they stand behind the parties.
pub(super) const ABOUT: [&str; 9] =
    ["inzake", "betreffende", "houdende", "omtrent", "aangaande", "nopens", "concerning", "regarding", "relating"];
/// Say it at the start of a line; inside one they are also words of names.
const ABOUT_ON_A_LINE: [&str; 11] =
    ["over", "met", "ter", "ten", "tot", "in", "on", "with", "about", "rond", "establishing"];
/// What is said of parties, never in a title.
const DESCRIBES: [&str; 12] = [
    "hierna",
    "hereinafter",
    "vertegenwoordigd",
    "represented",
    "gevestigd",
    "ondergetekende",
    "ondergetekenden",
    "undersigned",
    "kantoorhoudende",
    "dated",
    "referred",
    "noemen",
];

/// Where a title that names the parties ends: behind what it says of the subject. `None` where it is not of this form.
/// `lines` are the paragraphs from the title on, in their order.
pub(super) fn end(scene: &Scene<'_>, first: &Range<usize>, lines: &[Range<usize>]) -> Option<usize> {
    let mut shape = Shape::default();
    let mut before: Option<&Range<usize>> = None;
    let mut words = 0;
    let mut named = false;
    for line in lines.iter().filter(|line| line.start >= first.start) {
        let text = scene.text.slice(line);
        let adjoins = before.is_none_or(|before| is_below(scene, line, before.end));
        words += scene.words_in(line).len();
        let goes_on = |about: usize| before.is_some_and(|before| goes_on(scene, about, before, line));
        if let Some(about) = shape.about
            && !(adjoins && goes_on(about))
        {
            // `inzake de uitvoering van het programma`, and below it the programme's name.
            let name = adjoins && !named && before.is_some_and(|before| names(scene, before, line));
            if !name || words > LONGEST || !fits(scene, line) {
                break;
            }
            named = true;
        }
        // The title once more, below its cover.
        let again = before.is_some() && fold(text) == fold(scene.text.slice(first));
        if !adjoins || again || words > LONGEST || !fits(scene, line) {
            return shape.about.and(before.map(|line| line.end));
        }
        shape.read(scene, line, text);
        before = Some(line);
    }
    shape.about.and(before.map(|line| line.end))
}

/// How much of the form was read.
#[derive(Default)]
struct Shape {
    between: bool,
    joined: bool,
    /// Where the subject begins.
    about: Option<usize>,
}

impl Shape {
    fn read(&mut self, scene: &Scene<'_>, line: &Range<usize>, text: &str) {
        let mut at = 0;
        for word in text.split_whitespace() {
            let start = line.start + at + text[at..].find(word).unwrap_or(0);
            at = start + word.len() - line.start;
            let word = fold(word.trim_matches(|c: char| !c.is_alphanumeric()));
            let opens_line = start == line.start;
            if !self.between {
                self.between = matches!(word.as_str(), "tussen" | "between");
            } else if matches!(word.as_str(), "en" | "and") {
                self.joined = true;
            } else if self.joined
                && self.about.is_none()
                && (ABOUT.contains(&word.as_str()) || opens_line && ABOUT_ON_A_LINE.contains(&word.as_str()))
                && !scene
                    .finds_in(line)
                    .any(|find| find.kind() == Kind::Organization && find.range.start < start && start < find.range.end)
            {
                self.about = Some(start);
            }
        }
    }
}

/// A line can be one of a title.
fn fits(scene: &Scene<'_>, line: &Range<usize>) -> bool {
    let text = scene.text.slice(line);
    let ends = text.trim_end();
    let apart = scene.text.is_displayed(line.start) || scene.words_in(line).len() <= LONGEST_LINE;
    let describes = fold(text).split(|c: char| !c.is_alphanumeric()).any(|word| DESCRIBES.contains(&word));
    let numbered = scene.finds_in(line).any(|find| matches!(find.kind(), Kind::Reference | Kind::Date));
    apart && !describes && !numbered && !text.contains(['\t', ':', ';', '[', '@', '|']) && !ends.ends_with(['.', '?'])
}

/// A line below the subject, set apart as it is, that is neither a person nor a body and no other heading.
fn names(scene: &Scene<'_>, before: &Range<usize>, line: &Range<usize>) -> bool {
    const OTHER: [&str; 12] = [
        "partijen",
        "parties",
        "versie",
        "version",
        "concept",
        "draft",
        "the",
        "inhoud",
        "contents",
        "preambule",
        "preamble",
        "gemeente",
    ];
    let text = scene.text.slice(line);
    let opener = fold(text.split_whitespace().next().unwrap_or_default());
    let apart = scene.text.is_displayed(before.start) && scene.text.is_displayed(line.start);
    let somebody = scene.finds_in(line).any(|find| {
        find.range.start == line.start && matches!(find.kind(), Kind::Organization | Kind::Person | Kind::Role)
    });
    apart
        && !somebody
        && (2..=12).contains(&scene.words_in(line).len())
        && text.starts_with(|c: char| c.is_uppercase() || matches!(c, '"' | '\''))
        && !text.contains(|c: char| c.is_ascii_digit())
        && !text.trim_end().ends_with(',')
        && !OTHER.contains(&opener.trim_matches(|c: char| !c.is_alphanumeric()))
}

/// Whether what it is about goes on in the next line: nothing was said of it yet, the line before hangs, or the next one
/// leans on it. What stands below is set apart as well.
fn goes_on(scene: &Scene<'_>, about: usize, before: &Range<usize>, next: &Range<usize>) -> bool {
    const HANGS: [&str; 22] = [
        "de", "het", "een", "van", "voor", "en", "in", "op", "tot", "der", "bij", "met", "the", "a", "of", "and",
        "for", "to", "on", "with", "by", "or",
    ];
    let said = scene.text.slice(before);
    let alone = scene.text.running[about..before.end].split_whitespace().count() <= 3;
    let hangs = said.split_whitespace().last().is_some_and(|last| HANGS.contains(&fold(last).as_str()));
    let text = scene.text.slice(next);
    let leans = text.starts_with(char::is_lowercase) && scene.text.is_displayed(next.start);
    let alike = scene.text.is_displayed(before.start) == scene.text.is_displayed(next.start);
    alike && (alone || hangs || leans)
}

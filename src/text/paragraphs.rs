//! Decides where paragraphs begin and writes the lines of all pages as running text.

use std::ops::Range;

use super::{
    join::{Joiner, last_word},
    layout::{Flow, Start},
    lines::PlacedWord,
    marker, normal,
    sentences::MONTHS,
    zones::is_caps,
};

/// A paragraph of the running text, with what its place on the page tells.
#[derive(Clone, Debug, Default)]
pub(super) struct Paragraph {
    pub range: Range<usize>,
    pub bold: bool,
    /// Size of its letters; 0 where a text has no pages.
    pub em: f32,
    /// Stands in the middle of its column, clear of both edges.
    pub centered: bool,
    /// The first on its page.
    pub page_top: bool,
    /// A row of a table: its cells are parted by tabs.
    pub row: bool,
    /// Where the first cell of a row ends.
    pub first_cell: usize,
}

/// Letters of a title are larger than those of the text by this factor.
const LARGER: f32 = 1.12;

/// Words whose number may stand at the start of the next line.
const BEFORE_NUMBER: &[&str] = &[
    "art",
    "artikel",
    "artikelen",
    "article",
    "articles",
    "bijlage",
    "clause",
    "clauses",
    "en",
    "lid",
    "nr",
    "no",
    "nummer",
    "of",
    "onder",
    "paragraph",
    "section",
    "sections",
    "sub",
    "van",
    "to",
    "and",
    "or",
    "tot",
    "exhibit",
    "schedule",
    "annex",
    "hoofdstuk",
    "leden",
    "met",
    "the",
    "de",
    // Before an initial: `de heer / H. Vos`.
    "heer",
    "mevrouw",
    "dhr",
    "mevr",
    "mw",
    "mr",
    "mrs",
    "ms",
    "dr",
    "drs",
    "ing",
    "ir",
];

/// Each line of a mail's head is a paragraph, as it is one line of the mail.
pub(super) const MAIL_HEAD: [&str; 6] = ["From:", "To:", "Cc:", "Date:", "Subject:", "Attachments:"];

/// Writes lines in reading order; returns the paragraphs.
pub(super) fn write(flows: &[Flow], pages: &[Vec<PlacedWord<'_>>], joiner: &mut Joiner<'_>) -> Vec<Paragraph> {
    let mut out: Vec<Paragraph> = Vec::new();
    let mut previous: Option<&Flow> = None;
    let mut lines = 0_usize;
    let mut in_mail_head = true;
    for flow in flows {
        let words = &pages[flow.page];
        let first_word = flow.line.words.first().map_or("", |&word| &*words[word].text);
        let begins = match (previous, flow.start) {
            _ if in_mail_head && MAIL_HEAD.contains(&first_word) => true,
            (None, _) | (_, Start::Paragraph) => true,
            (_, Start::Cell | Start::Same) => false,
            (Some(_), Start::Free) if out.last().is_some_and(|p| p.row) => true,
            (Some(before), Start::Free) => begins(before, flow, lines, &joiner.running, words),
        };
        if begins {
            in_mail_head &= MAIL_HEAD.contains(&first_word);
            end_last(&mut out, joiner.running.len());
            joiner.paragraph();
            lines = 0;
            let area = flow.line.area;
            let (left, right) = (area.x0 - flow.left, flow.right - area.x1);
            out.push(Paragraph {
                range: joiner.running.len()..joiner.running.len(),
                bold: flow.line.bold,
                em: flow.line.em,
                centered: left > 2.0 * flow.line.em && (left - right).abs() < 2.5 * flow.line.em,
                page_top: previous.is_none_or(|p| p.page != flow.page),
                row: false,
                first_cell: 0,
            });
        } else if flow.start == Start::Cell {
            let end = joiner.running.len();
            joiner.cell();
            if let Some(paragraph) = out.last_mut() {
                if !paragraph.row {
                    paragraph.first_cell = end;
                }
                paragraph.row = true;
            }
        } else {
            joiner.line();
            if let Some(paragraph) = out.last_mut() {
                paragraph.bold &= flow.line.bold;
            }
        }
        lines += 1;
        for &word in &flow.line.words {
            joiner.word(Some(words[word].id), &words[word].text);
        }
        previous = Some(flow);
    }
    end_last(&mut out, joiner.running.len());
    out
}

/// Writes a text given by hand: an empty line ends a paragraph, and so does a line end before a marker or between a
/// full stop and a capital; other line ends are only breaks.
pub(super) fn write_lines(text: &str, joiner: &mut Joiner<'_>) -> Vec<Paragraph> {
    let mut out: Vec<Paragraph> = Vec::new();
    let mut empty = true;
    for line in text.split('\n') {
        let words: Vec<_> = line.split_whitespace().map(normal::word).filter(|w| !w.is_empty()).collect();
        if words.is_empty() {
            empty = true;
            continue;
        }
        let head = marker::clip_words(words.iter().map(AsRef::as_ref), 48);
        let ended = joiner.running.ends_with(['.', ';', ':', '!', '?']) && !head.starts_with(char::is_lowercase);
        let last_word = last_word(&joiner.running);
        let row = line.trim().contains('\t');
        let after_row = out.last().is_some_and(|p| p.row);
        if empty || ended || row || after_row || numbers(&head, last_word) {
            end_last(&mut out, joiner.running.len());
            joiner.paragraph();
            out.push(Paragraph { range: joiner.running.len()..joiner.running.len(), row, ..Paragraph::default() });
        } else {
            joiner.line();
        }
        empty = false;
        for (i, cell) in line.trim().split('\t').enumerate() {
            if i > 0 {
                joiner.cell();
            }
            cell.split_whitespace().for_each(|word| joiner.word(None, &normal::word(word)));
        }
    }
    end_last(&mut out, joiner.running.len());
    out
}

/// The paragraphs that are set apart from the text: in larger letters than most of it, in bold type, in the middle; of
/// a row its first cell, where its letters are larger.
pub(super) fn displayed(paragraphs: &[Paragraph]) -> Vec<Range<usize>> {
    let mut sizes: Vec<_> = paragraphs.iter().map(|p| (p.em, p.range.len())).collect();
    sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = sizes.iter().map(|size| size.1).sum::<usize>() / 2;
    let mut before = 0;
    let usual = sizes.iter().find(|size| {
        before += size.1;
        before > half
    });
    let usual = usual.map_or(0.0, |size| size.0);
    let large = |p: &Paragraph| p.em > LARGER * usual;
    let apart = paragraphs.iter().filter_map(|p| match p.row {
        true => large(p).then_some(p.range.start..p.first_cell),
        false => (large(p) || p.bold || p.centered).then(|| p.range.clone()),
    });
    apart.collect()
}

/// Ends the last paragraph at the end of its words.
fn end_last(out: &mut [Paragraph], len: usize) {
    if let Some(last) = out.last_mut() {
        last.range.end = len.max(last.range.start);
    }
}

/// Whether a line begins a paragraph. `lines` says how many lines the paragraph before has.
fn begins(before: &Flow, flow: &Flow, lines: usize, running: &str, words: &[PlacedWord<'_>]) -> bool {
    let (last, next) = (&before.line, &flow.line);
    let text = marker::clip_words(next.words.iter().map(|&w| &*words[w].text), 48);
    let last_word = last_word(running);
    let ended = last_word.trim_end_matches(['"', '\'', ')', ']']).ends_with(['.', ':', ';', '!', '?']);
    let goes_on = !ended && (text.starts_with(char::is_lowercase) || hangs(last_word));
    let paragraph = running.rsplit('\n').next().unwrap_or_default();
    if numbers(&text, last_word) || opens_field(&text) && opens_field(paragraph) {
        return true;
    }
    // How far the line before was from taking in the next line's first word.
    let first_width = next.words.first().map_or(0.0, |&w| words[w].area.width());
    // A page may hold short lines only: a list of contents, a title.
    let right = if before.page == flow.page { before.right } else { before.right.max(flow.right) };
    let room = right - last.area.x1 - first_width - 0.3 * next.em;
    let em = last.em.max(next.em).max(1.0);
    if before.page != flow.page && next.words.len() <= 10 && is_caps(&text) {
        return true;
    }
    if before.page != flow.page || next.area.y0 < last.area.y0 - em {
        return ended && !text.starts_with(char::is_lowercase) || !goes_on && room > 1.5 * em;
    }
    let ratio = last.em / next.em.max(0.1);
    if !(0.8..=1.25).contains(&ratio) || (last.bold != next.bold && !goes_on) {
        return true;
    }
    let step = next.area.middle() - last.area.middle();
    if step > if goes_on { 2.2 } else { 1.45 } * flow.pitch.max(0.9 * em) {
        return true;
    }
    let wide = before.right - before.left;
    if goes_on {
        return room > 0.5 * wide && !last_word.ends_with('-');
    }
    // People who type break lines earlier than machines do.
    let slack = if ended {
        1.5 * em
    } else if last_word.ends_with(',') {
        0.25 * wide
    } else {
        3.0 * em
    };
    if room > slack {
        return true;
    }
    // A first line set in, where the lines before stand flush.
    let set_in = next.area.x0 - last.area.x0;
    ended && lines > 1 && set_in > 1.0 * em && set_in < 6.0 * em
}

/// Whether a line starts with a field: `Huurder: …`, `Supplier name: …`. Fields below each other are lines of their own,
/// however short.
fn opens_field(line: &str) -> bool {
    /// A label has so many words, and characters, at most.
    const WORDS: usize = 3;
    const LONGEST: usize = 32;
    let Some((label, behind)) = line.split_once(':').filter(|(label, _)| label.len() <= LONGEST) else { return false };
    let words = || label.split(' ');
    label.starts_with(char::is_uppercase)
        && (behind.is_empty() || behind.starts_with(' '))
        && words().count() <= WORDS
        && words().all(|word| word.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '.' | '/' | '\'')))
}

/// Whether a line starts with the number of a clause: one that neither belongs to the word before nor counts.
fn numbers(line: &str, last_word: &str) -> bool {
    marker::marker(line).is_some()
        && !refers(last_word)
        && !counts(last_word, line)
        && !goes_on_with_day(last_word, line)
}

/// Whether a line that no stop ended goes on with a day: `apply again by` before `30 November 2024.`
fn goes_on_with_day(last_word: &str, next: &str) -> bool {
    const ENGLISH: [&str; 10] = ["january", "february", "march", "may", "june", "july", "august", "okt", "sept", "dec"];
    let mut words = next.split_whitespace();
    let day = words.next().is_some_and(|word| word.len() <= 4 && word.starts_with(|c: char| c.is_ascii_digit()));
    let month = words.next().map(|word| word.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase());
    let ended = last_word.ends_with(['.', ':', ';', '!', '?']);
    day && !ended
        && !last_word.is_empty()
        && month.is_some_and(|month| MONTHS.contains(&&*month) || ENGLISH.contains(&&*month))
}

/// Whether a line that ends with this word cannot be the last of its paragraph.
fn hangs(word: &str) -> bool {
    const HANGING: &[&str] = &[
        "of", "the", "a", "an", "as", "to", "on", "in", "at", "for", "from", "until", "than", "de", "het", "een",
        "van", "op", "per", "tot", "te", "voor", "vanaf",
    ];
    // `(hereinafter "the`
    HANGING.contains(&word.trim_start_matches(|c: char| !c.is_alphanumeric()))
}

/// Whether a line goes on with the figure of a number in words: `two` before `(2) years`, `zes` before `(6) maanden`.
fn counts(word: &str, next: &str) -> bool {
    const NUMBERS: &[&str] = &[
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "fifteen",
        "eighteen", "twenty", "thirty", "forty", "fifty", "sixty", "ninety", "hundred", "een", "één", "twee", "drie",
        "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf", "veertien", "vijftien", "achttien",
        "twintig", "dertig", "veertig", "vijftig", "zestig", "negentig", "honderd",
    ];
    let word = word.to_lowercase();
    // `twenty-four`, `vierentwintig`
    let word = word.rsplit('-').next().unwrap_or(&word);
    let number = NUMBERS.contains(&word) || word.ends_with("twintig") || word.ends_with("dertig");
    let figure = next.strip_prefix('(').and_then(|rest| rest.split_once(')'));
    number && figure.is_some_and(|(figure, _)| !figure.is_empty() && figure.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether a number at the start of the next line belongs to this word: `artikel`, `nr.`.
fn refers(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    !word.is_empty() && BEFORE_NUMBER.contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_may_go_on_with_the_figure_of_a_number() {
        let check = |word: &str, next: &str, want: bool| assert_eq!(counts(word, next), want, "{word} {next}");
        check("two", "(2) years", true);
        check("zes", "(6) maanden", true);
        check("vierentwintig", "(24) maanden", true);
        check("agree:", "(2) the goods", false);
        check("two", "2. Goods", false);
        check("one", "(a) the goods", false);
    }

    #[test]
    fn a_line_with_a_label_is_a_field() {
        let check = |line: &str, want: bool| assert_eq!(opens_field(line), want, "{line}");
        check("Huurder: Stichting De Vlier", true);
        check("Supplier name: Lumastack", true);
        check("Customer's contact: J. Bell", true);
        check("as follows: the tenant", false);
        check("Open: 9:00", true);
        check("Opens at 9:00", false);
        check("The parties agree on these terms: none", false);
    }

    #[test]
    fn a_line_may_go_on_with_a_day() {
        assert!(!numbers("30 November 2024.", "by") && !numbers("1 mei 2024 in werking", "treedt"));
        assert!(numbers("30 November 2024.", "ended.") && numbers("30 Novation", "by"));
    }

    #[test]
    fn no_paragraph_ends_with_an_article_or_preposition() {
        assert!(hangs("op") && hangs("of") && hangs("(\"the") && !hangs("agreement") && !hangs("2019."));
    }
}

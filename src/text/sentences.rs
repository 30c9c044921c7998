//! Finds where sentences end, Dutch and English. A sentence never crosses a paragraph or a table's cell.

use std::ops::Range;

use super::{Token, TokenKind};

/// Words before a full stop that never end a sentence: something follows that belongs to them.
const NEVER: &[&str] = &[
    "aant", "afd", "afl", "alg", "art", "artt", "arr", "bijl", "bijv", "blz", "bv", "ca", "cf", "co", "corp", "d",
    "dd", "dhr", "dir", "dr", "drs", "e", "excl", "exkl", "fl", "exh", "fa", "fig", "get", "gebr", "i", "ing", "incl",
    "inkl", "ir", "jhr", "jkvr", "jr", "kon", "ltd", "mej", "mevr", "mgr", "min", "mr", "mrs", "ms", "mw", "no", "nos",
    "nr", "nrs", "o", "ov", "p", "par", "plv", "pnt", "pp", "prof", "q", "resp", "s", "sec", "sect", "secr", "sr",
    "st", "stb", "stcrt", "t", "tel", "tab", "trb", "vgl", "vlg", "vnl", "vol", "vs", "wnd", "z", "zgn", "messrs",
    "hon", "rev", "gen", "jan", "feb", "febr", "mrt", "apr", "aug", "sep", "sept", "okt", "oct", "nov", "dec",
    "approx", "sched", "postb", "ned", "burg", "weth", "n", "b", "v", "sub", "hfdst", "reg", "ser", "cat", "max",
    "div",
];

/// Words before a full stop that end a sentence only where a word follows that usually starts one.
const SELDOM: &[&str] =
    &["inc", "llc", "etc", "enz", "jl", "as", "nl", "cs", "plc", "gmbh", "zn", "esq", "am", "pm", "llp"];

/// Words that often start a sentence.
const STARTERS: &[&str] = &[
    "a",
    "after",
    "all",
    "alle",
    "als",
    "an",
    "any",
    "as",
    "at",
    "bij",
    "both",
    "by",
    "daarnaast",
    "dat",
    "de",
    "deze",
    "dit",
    "each",
    "echter",
    "een",
    "elke",
    "for",
    "het",
    "hij",
    "hierna",
    "hiervan",
    "if",
    "in",
    "indien",
    "it",
    "na",
    "neither",
    "no",
    "on",
    "onder",
    "ook",
    "op",
    "partijen",
    "such",
    "that",
    "the",
    "these",
    "this",
    "tot",
    "upon",
    "van",
    "voor",
    "wanneer",
    "where",
    "wij",
    "with",
    "ze",
    "zij",
    "zodra",
];

/// Months in full, as letters and treaties date with a full stop behind the day.
pub(super) const MONTHS: &[&str] = &[
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "october",
    "november",
    "december",
];

/// Sentences of a text, in order; every token is in exactly one.
pub(super) fn sentences(text: &str, tokens: &[Token]) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut first = 0;
    for i in 0..tokens.len() {
        let last = i + 1 == tokens.len();
        let gap = &text[tokens[i].range.end..tokens.get(i + 1).map_or(text.len(), |t| t.range.start)];
        if last || gap.contains(['\n', '\t']) || (!gap.is_empty() && ends(text, &tokens[first..=i], &tokens[i + 1..])) {
            out.push(tokens[first].range.start..tokens[i].range.end);
            first = i + 1;
        }
    }
    out
}

/// Whether the sentence so far is over before what follows.
fn ends(text: &str, so_far: &[Token], rest: &[Token]) -> bool {
    let of = |t: &Token| &text[t.range.clone()];
    // Closing quotes and brackets stand after the mark that ends the sentence.
    let near = so_far.len().saturating_sub(4);
    let mark = so_far[near..].iter().rposition(|t| !matches!(of(t), "\"" | "'" | ")" | "]"));
    let Some(stop) = mark.map(|at| near + at) else { return false };
    let closed = stop + 1 < so_far.len();
    match of(&so_far[stop]) {
        "!" | "?" => return true,
        "." => {}
        _ => return false,
    }
    // Dots that stand for an open place (`.......... 2019`) end nothing.
    if stop > 0 && of(&so_far[stop - 1]) == "." {
        return !closed && stop < 3 && starts_upper(of(&rest[0]));
    }
    let next = &rest[0];
    let next_text = of(next);
    let starts = starts_upper(next_text)
        || next.kind == TokenKind::Number
        || matches!(next_text, "\"" | "'" | "(" | "[" | "•" | "§" | "-");
    if !starts || stop == 0 {
        return false;
    }
    let before = &so_far[stop - 1];
    if before.range.end != so_far[stop].range.start {
        return starts_upper(next_text);
    }
    let word = of(before);
    // A number that opens the sentence numbers it: `1. De`, `12.3. De`.
    if stop <= 8 && so_far[..stop].iter().all(|t| t.kind == TokenKind::Number || matches!(of(t), "." | "(" | "-" | "•"))
        || (stop == 1 && word.chars().count() <= 4 && is_roman(word))
    {
        return false;
    }
    if closed || before.kind == TokenKind::Mark {
        return starts_upper(next_text);
    }
    if before.kind == TokenKind::Number {
        // `Gedaan te Wenen, de 17. November 1954`
        if word.len() <= 2 && MONTHS.contains(&next_text.to_lowercase().as_str()) {
            return false;
        }
        let numbers = rest.get(1).is_some_and(|t| of(t) == ".") && rest.get(2).is_some_and(|t| starts_upper(of(t)));
        return starts_upper(next_text) || next.kind == TokenKind::Number && (word.len() == 4 || numbers);
    }
    let lower = word.to_lowercase();
    let usual_start = || STARTERS.contains(&next_text.to_lowercase().as_str()) && starts_upper(next_text);
    // `B.V.`, `G.J.`, `d.d.`: letters with points.
    if word.chars().count() == 1 {
        let pointed = stop >= 3 && of(&so_far[stop - 2]) == "." && of(&so_far[stop - 3]).chars().count() == 1;
        return pointed && usual_start() && (next_text != "De" || is_form(text, so_far, stop));
    }
    // `contractnr.`, `dossiernr.`
    if lower.ends_with("nr") {
        return false;
    }
    if NEVER.contains(&lower.as_str()) {
        // `no.` and `co.` may be sentence ends only where the next word says so: `Inc. and Co. The …`.
        return matches!(lower.as_str(), "co" | "corp" | "ltd" | "gen") && usual_start();
    }
    if SELDOM.contains(&lower.as_str()) {
        return usual_start();
    }
    true
}

/// Whether the letters before a full stop are those of a legal form or a country (`B.V.`, `N.V.`, `L.P.`, `U.S.`):
/// then a capital `De` opens a sentence; after initials (`J. De Vries`) it is part of a name.
fn is_form(text: &str, so_far: &[Token], stop: usize) -> bool {
    let letters: String =
        so_far[stop.saturating_sub(5)..stop].iter().map(|t| &text[t.range.clone()]).filter(|t| *t != ".").collect();
    ["BV", "NV", "VOF", "CV", "LP", "US", "UA", "BA"].iter().any(|form| letters.to_uppercase().ends_with(form))
}

fn starts_upper(word: &str) -> bool {
    word.trim_start_matches(['\'', '-']).starts_with(char::is_uppercase) || word.starts_with(['€', '$'])
}

fn is_roman(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| matches!(c, 'I' | 'V' | 'X' | 'i' | 'v' | 'x'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: &[&str]) {
        let got: Vec<_> = sentences(text, &super::super::tokens::tokens(text)).into_iter().map(|r| &text[r]).collect();
        assert_eq!(got, want);
    }

    #[test]
    fn full_stops_of_abbreviations_end_nothing() {
        check(
            "De heer mr. G.J. Terwolde, art. 3, nr. 12 d.d. 3 mei. Dan volgt het.",
            &["De heer mr. G.J. Terwolde, art. 3, nr. 12 d.d. 3 mei.", "Dan volgt het."],
        );
        check("Bij contractnr. KL-8831. Dan volgt het.", &["Bij contractnr. KL-8831.", "Dan volgt het."]);
        check("Acme Inc. and Bolt Corp. agree. This holds.", &["Acme Inc. and Bolt Corp. agree.", "This holds."]);
        check("Gedaan te Wenen, de 17. November 1954.", &["Gedaan te Wenen, de 17. November 1954."]);
        check("Met Jansen B.V. De huur loopt.", &["Met Jansen B.V.", "De huur loopt."]);
        check("Met J. De Vries en A.B. De Vries.", &["Met J. De Vries en A.B. De Vries."]);
        check("1. De huur is € 1.250,00. 2. Er is", &["1. De huur is € 1.250,00.", "2. Er is"]);
        check("Het eindigt in 2008. De rest volgt.", &["Het eindigt in 2008.", "De rest volgt."]);
    }

    #[test]
    fn paragraphs_and_cells_end_sentences() {
        check("Huurprijs\t€ 5\nDe huur", &["Huurprijs", "€ 5", "De huur"]);
        check("(\"Fee\"). The (full) fee.) Yes.", &["(\"Fee\").", "The (full) fee.)", "Yes."]);
        check("Getekend op ........... 2019", &["Getekend op ........... 2019"]);
        check("", &[]);
    }
}

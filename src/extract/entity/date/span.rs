//! Months and years without a day: what is said before them tells whether a contract runs through them (`tot en met maart
//! 2024`), to their end (`ultimo 2024`), or to a day that nobody can tell (`medio maart 2024`).

use super::{Raw, Shape, Year, full_year};
use crate::extract::entity::scan::{Kind, Scan};

/// How much of a month or of years is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Share {
    /// All of it.
    Whole,
    /// Its last day.
    Close,
    /// A day somewhere in it.
    Vague,
}

/// The first piece of what is said before a month or years, and how much of it that means.
pub(super) fn before(scan: &Scan<'_>, first: usize) -> (usize, Share) {
    let mut at = first;
    let mut of = false;
    for _ in 0..5 {
        let Some(left) = scan.before(at) else { break };
        at = left;
        match scan.folded(at) {
            "van" | "of" => of = true,
            "-" | "de" | "het" | "the" | "maand" | "month" | "jaar" | "kalenderjaar" | "calendar" | "year" => {}
            "ultimo" | "eind" | "einde" => return (with_article(scan, at), Share::Close),
            "afloop" | "verstrijken" if of => return (with_article(scan, at), Share::Close),
            // `shall end March 2024` says no day.
            "end" if of || scan.is_mark(at + 1, '-') => return (with_article(scan, at), Share::Close),
            "dag" | "day" if of => {
                let left = scan.before(at).filter(|&left| matches!(scan.folded(left), "laatste" | "last"));
                return left.map_or((first, Share::Whole), |left| (with_article(scan, left), Share::Close));
            }
            "medio" | "begin" | "primo" | "half" | "halverwege" | "midden" | "mid" | "middle" | "early" | "late"
            | "beginning" | "start" | "loop" | "course" => return (at, Share::Vague),
            _ => break,
        }
    }
    (first, Share::Whole)
}

fn with_article(scan: &Scan<'_>, at: usize) -> usize {
    scan.before(at).filter(|&left| matches!(scan.folded(left), "het" | "de" | "the")).unwrap_or(at)
}

/// `de laatste dag van maart`: no day was left open there.
pub(super) fn is_close(scan: &Scan<'_>, month_at: usize) -> bool {
    matches!(before(scan, month_at), (_, Share::Close))
}

/// Years without a month, from the word that opens them: `kalenderjaren 2021, 2022 en 2023`, `eind 2024`.
pub(super) fn years(scan: &Scan<'_>, at: usize) -> Option<Raw> {
    let word = scan.folded(at);
    let opens = match word {
        "kalenderjaar" | "kalenderjaren" => true,
        // A contract year or a school year has other days.
        "jaar" | "jaren" => left_is(scan, at, &["het", "de"]),
        "year" | "years" => left_is(scan, at, &["the", "calendar"]),
        "ultimo" | "eind" | "einde" | "end" | "van" | "of" => false,
        _ => return None,
    };
    let mut first_at = at;
    if opens {
        for article in ["calendar", "het", "de", "the"] {
            first_at = scan.before(first_at).filter(|&left| scan.folded(left) == article).unwrap_or(first_at);
        }
    }
    let year_at = scan.next(at)?;
    let first = year_of(scan, year_at)?;
    let (last_at, last) = if opens { series(scan, year_at, first)? } else { (year_at, first) };
    let (said_at, share) = if opens {
        before(scan, first_at)
    } else {
        let (said_at, share) = before(scan, year_at);
        // A bare number is a year only behind what names its end.
        (share == Share::Close).then_some((said_at, share))?
    };
    Some(Raw { first: said_at, last: last_at, shape: Shape::Years { first, last, share }, repairs: Vec::new() })
}

fn left_is(scan: &Scan<'_>, at: usize, words: &[&str]) -> bool {
    scan.before(at).is_some_and(|left| words.contains(&scan.folded(left)))
}

fn year_of(scan: &Scan<'_>, at: usize) -> Option<i16> {
    let raw = scan.raw(at);
    // `2021/2022` is a school year or a season.
    let stands = scan.kind(at) == Some(Kind::Number) && raw.len() == 4 && !scan.is_mark(at + 1, '/');
    match full_year(raw.parse().ok().filter(|_| stands)?) {
        Year::Full(year) => Some(year),
        _ => None,
    }
}

/// The last of the years that follow on each other; nothing where one is left out.
fn series(scan: &Scan<'_>, first_at: usize, first: i16) -> Option<(usize, i16)> {
    const THROUGH: [&[&str]; 8] = [
        &["tot", "en", "met"],
        &["t", "/", "m"],
        &["through"],
        &["to"],
        &["up", "to", "and", "including"],
        &["-"],
        &["–"],
        &["tm"],
    ];
    const NEXT: [&[&str]; 6] = [&[",", "en"], &[",", "and"], &[","], &["en"], &["and"], &["&"]];
    let (mut at, mut year) = (first_at, first);
    loop {
        let behind = |words: &&&[&str]| {
            let mut here = at;
            for word in **words {
                here = scan.next(here).filter(|&next| scan.raw(next).to_lowercase() == *word)?;
            }
            let next = scan.next(here)?;
            Some((next, year_of(scan, next)?))
        };
        if let Some((next, last)) = THROUGH.iter().find_map(|words| behind(&words)) {
            return (last > year).then_some((next, last));
        }
        let Some((next, following)) = NEXT.iter().find_map(|words| behind(&words)) else { break };
        if following != year + 1 {
            return None;
        }
        (at, year) = (next, following);
    }
    // `2021 tot 2024` may or may not count the last.
    let goes_on = scan.next(at).is_some_and(|next| matches!(scan.folded(next), "tot" | "until" | "till"));
    (!goes_on).then_some((at, year))
}

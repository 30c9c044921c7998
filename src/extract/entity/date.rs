//! Dates: with the month in words or in figures, in figures only, in words only, left open. Which century two digits mean
//! and whether day or month comes first is decided by the other dates of the document (`date/century.rs`).

use jiff::civil::Date;

use super::{
    DateReading, Entity, Repair, Spot,
    lexicon::{digits, lexicon, repair_of},
    number,
    scan::{Gap, Kind, Scan},
};
use crate::model::Language;

mod order;
mod span;
use order::Evidence;
use span::Share;

/// The year of a date as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Year {
    Full(i16),
    Short(i16),
    Open,
    /// Three digits, or a year that no contract has.
    Odd,
}

/// The day of a date as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Day {
    Of(i8),
    Open,
    Odd,
}

/// A date before century and order are decided.
#[derive(Clone, Debug)]
struct Raw {
    first: usize,
    last: usize,
    shape: Shape,
    repairs: Vec<Repair>,
}

#[derive(Clone, Copy, Debug)]
enum Shape {
    Named {
        day: Day,
        month: i8,
        year: Option<Year>,
    },
    /// Two numbers of which either may be the day.
    Figures {
        left: i8,
        right: i8,
        year: Year,
    },
    /// A month without a day.
    Month {
        month: i8,
        year: Year,
        share: Share,
    },
    /// Whole calendar years.
    Years {
        first: i16,
        last: i16,
        share: Share,
    },
    Open,
}

/// Adds the dates of a text.
pub(super) fn find(scan: &Scan<'_>, language: impl Fn(usize) -> Option<Language>, spots: &mut Vec<Spot>) {
    let mut found = Vec::new();
    for at in 0..scan.pieces.len() {
        let raw = match scan.kind(at) {
            Some(Kind::Word | Kind::Mixed)
                if lexicon().word(scan.folded(at)).is_some_and(|word| word.month.is_some()) =>
            {
                named(scan, at)
            }
            Some(Kind::Number | Kind::Mixed) => figures(scan, at),
            Some(Kind::Open | Kind::Mark('[' | '(' | '<' | '{')) => open(scan, at).or_else(|| figures(scan, at)),
            Some(Kind::Word) if scan.folded(at) == "day" => day_of_nothing(scan, at),
            Some(Kind::Word) => span::years(scan, at).or_else(|| figures(scan, at).filter(|_| scan.raw(at).len() <= 4)),
            _ => None,
        };
        found.extend(raw);
    }
    let evidence = Evidence::of(scan, &found);
    let first = spots.len();
    for raw in found {
        let language = language(scan.pieces[raw.first].range.start);
        if let Some(reading) = evidence.read(raw.shape, language) {
            spots.push(Spot {
                range: scan.range(raw.first, raw.last),
                entity: Entity::Date(reading),
                repairs: raw.repairs,
            });
        }
    }
    super::settle(spots, first);
    lend_years(scan.text, &mut spots[first..]);
}

/// `1 januari t/m 31 december 2019`: the first date has the year of the second.
fn lend_years(text: &str, spots: &mut [Spot]) {
    for at in 1..spots.len() {
        let (left, right) = spots.split_at_mut(at);
        let (Some(left), Some(right)) = (left.last_mut(), right.first()) else { continue };
        let (Entity::Date(DateReading::Yearly { month, day }), Entity::Date(DateReading::Day(end))) =
            (&left.entity, &right.entity)
        else {
            continue;
        };
        let between = text.get(left.range.end..right.range.start).unwrap_or("").trim();
        let joins = ["t/m", "tot en met", "tot", "-", "–", "through", "to", "until", "till", "en met", "and", "en"];
        if joins.contains(&between)
            && (*month, *day) < (end.month(), end.day())
            && let Ok(start) = Date::new(end.year(), *month, *day)
        {
            left.entity = Entity::Date(DateReading::Day(start));
        }
    }
}

/// `24 maart / March 2022`: the month once more, as bilingual contracts have it.
fn in_other_language(scan: &Scan<'_>, month_at: usize, month: i8) -> Option<usize> {
    let slash = scan.next(month_at).filter(|&slash| scan.is_mark(slash, '/'))?;
    let again = scan.next(slash)?;
    (lexicon().word(scan.folded(again))?.month == Some(month)).then_some(again)
}

/// A date around the name of a month.
fn named(scan: &Scan<'_>, month_at: usize) -> Option<Raw> {
    let word = lexicon().word(scan.folded(month_at))?;
    let month = word.month?;
    let mut repairs: Vec<Repair> = repair_of(scan, month_at, word).into_iter().collect();
    let after = in_other_language(scan, month_at, month).unwrap_or(month_at);
    // Year first: `2019-sep-1`.
    if let Some(raw) = year_first(scan, month_at, month) {
        return Some(raw);
    }
    if let Some((first, day, mut more)) = day_before(scan, month_at).filter(|_| !span::is_close(scan, month_at)) {
        let tail = year_after(scan, after);
        // A lone `I` or `l` is a day only where a year follows.
        let weak = more.iter().any(|repair| repair.read.chars().all(char::is_alphabetic));
        if !(weak && tail.is_none()) {
            repairs.append(&mut more);
            let (last, year) = match tail {
                Some((last, year, mut more)) => {
                    repairs.append(&mut more);
                    (last, Some(year))
                }
                None => (abbreviation_end(scan, month_at), None),
            };
            let first = with_weekday(scan, first);
            return Some(Raw { first, last, shape: Shape::Named { day, month, year }, repairs });
        }
    }
    // Month first: `March 15th, 2018`.
    if let Some((day_last, day, mut more)) = day_after(scan, month_at) {
        repairs.append(&mut more);
        let (last, year) = match year_after(scan, day_last) {
            Some((last, year, mut more)) => {
                repairs.append(&mut more);
                (last, Some(year))
            }
            None => (day_last, None),
        };
        if year.is_none() && !scan.is_capital(month_at) {
            return None;
        }
        let first = with_weekday(scan, month_at);
        return Some(Raw { first, last, shape: Shape::Named { day, month, year }, repairs });
    }
    let (last, year, mut more) = year_after(scan, after)?;
    if matches!(year, Year::Short(_)) && !scan.is_mark(last - 1, '\'') {
        return None;
    }
    repairs.append(&mut more);
    let (first, share) = span::before(scan, month_at);
    Some(Raw { first, last, shape: Shape::Month { month, year, share }, repairs })
}

/// `jan.` keeps its full stop when the sentence goes on.
fn abbreviation_end(scan: &Scan<'_>, month_at: usize) -> usize {
    let goes_on = scan.is_mark(month_at + 1, '.')
        && scan.touches(month_at + 1)
        && scan.raw(month_at).len() <= 4
        && scan.next(month_at + 1).is_some_and(|next| !scan.is_capital(next));
    month_at + usize::from(goes_on)
}

fn with_weekday(scan: &Scan<'_>, first: usize) -> usize {
    let mut at = first;
    for _ in 0..3 {
        let Some(left) = scan.before(at) else { break };
        at = left;
        let is_weekday = lexicon().word(scan.folded(at)).is_some_and(|word| word.weekday);
        if is_weekday && (scan.folded(at).len() > 2) {
            return at;
        }
        if !matches!(scan.folded(at), "," | "." | "de" | "the") {
            break;
        }
    }
    first
}

fn year_first(scan: &Scan<'_>, month_at: usize, month: i8) -> Option<Raw> {
    let separator = scan.mark(month_at.checked_sub(1)?).filter(|mark| matches!(mark, '-' | '/'))?;
    let year_at = month_at.checked_sub(2)?;
    let (year, _) = digits(scan, year_at).filter(|(digits, _)| digits.len() == 4)?;
    if !scan.is_mark(month_at + 1, separator) {
        return None;
    }
    let (day, _) = digits(scan, month_at + 2).filter(|(digits, _)| digits.len() <= 2)?;
    let year = full_year(year.parse().ok()?);
    Some(Raw {
        first: year_at,
        last: month_at + 2,
        shape: Shape::Named { day: day_of(day.parse().ok()?), month, year: Some(year) },
        repairs: Vec::new(),
    })
}

fn full_year(year: i16) -> Year {
    if (1800..2200).contains(&year) { Year::Full(year) } else { Year::Odd }
}

fn day_of(value: u64) -> Day {
    match i8::try_from(value) {
        Ok(day @ 1..=31) => Day::Of(day),
        _ => Day::Odd,
    }
}

/// The day that stands before a month: its first piece.
fn day_before(scan: &Scan<'_>, month_at: usize) -> Option<(usize, Day, Vec<Repair>)> {
    let mut at = scan.before(month_at)?;
    if matches!(scan.mark(at), Some('-' | '/' | '.' | ',')) {
        at = scan.before(at)?;
    }
    let mut of = false;
    if matches!(scan.folded(at), "of" | "van" | "der") {
        of = true;
        at = scan.before(at)?;
        if matches!(scan.folded(at), "day" | "dag") {
            let here = at;
            at = match scan.before(at) {
                Some(left) => left,
                None => return Some((here, Day::Open, Vec::new())),
            };
            if !can_be_day(scan, at) {
                return Some((here, Day::Open, Vec::new()));
            }
        }
    } else if matches!(scan.folded(at), "day" | "dag") {
        at = scan.before(at)?;
    }
    let (first, day, repairs) = day_ending_at(scan, at)?;
    // `Artikel 5 van mei`, `one of May`: only ordinals and figures take `of`.
    let lone_article = of && matches!(scan.folded(first), "een" | "a" | "an" | "one");
    (!lone_article).then_some((first, day, repairs))
}

fn can_be_day(scan: &Scan<'_>, at: usize) -> bool {
    day_ending_at(scan, at).is_some()
}

fn day_ending_at(scan: &Scan<'_>, at: usize) -> Option<(usize, Day, Vec<Repair>)> {
    match scan.kind(at)? {
        Kind::Open => Some((at, Day::Open, Vec::new())),
        Kind::Mark(')' | ']') => bracket_ending_at(scan, at).map(|first| (first, Day::Open, Vec::new())),
        Kind::Number => {
            let raw = scan.raw(at);
            if raw.len() > 2 || joined_to_more(scan, at) {
                return None;
            }
            Some((at, day_of(raw.parse().ok()?), Vec::new()))
        }
        Kind::Mixed => {
            let (value, repair) = day_figures(scan, at)?;
            Some((at, day_of(value), repair.into_iter().collect()))
        }
        Kind::Word | Kind::Mark(_) => {
            let word = scan.folded(at);
            // `20t h day`, `21 st day`: an ordinal's ending that was torn off.
            if matches!(word, "th" | "st" | "nd" | "rd" | "h" | "t" | "d" | "e" | "de" | "ste")
                && let Some(left) =
                    scan.before(at).filter(|&left| matches!(scan.kind(left), Some(Kind::Number | Kind::Mixed)))
            {
                let (value, _) = day_figures(scan, left)?;
                let repair = Repair { read: scan.text[scan.range(left, at)].to_owned(), taken: value.to_string() };
                return Some((left, day_of(value), vec![repair]));
            }
            if let Some(worded) = number::ending_at(scan, at) {
                return (1..=31).contains(&worded.value).then(|| (worded.first, day_of(worded.value), Vec::new()));
            }
            let alone = matches!(scan.raw(at), "l" | "I" | "i" | "ì" | "Ì" | "|") && !scan.touches(at);
            alone.then(|| (at, Day::Of(1), vec![Repair { read: scan.raw(at).to_owned(), taken: "1".to_owned() }]))
        }
    }
}

/// `1.2` before a month is a clause number or a range, not a day.
fn joined_to_more(scan: &Scan<'_>, at: usize) -> bool {
    at >= 2
        && scan.touches(at)
        && scan.touches(at - 1)
        && matches!(scan.mark(at - 1), Some('.' | ',' | ':'))
        && scan.kind(at - 2) == Some(Kind::Number)
}

/// `21st`, `1e`, `2de`, `20t`, `l9`: the figures of a day.
fn day_figures(scan: &Scan<'_>, at: usize) -> Option<(u64, Option<Repair>)> {
    let folded = scan.folded(at);
    let figures = folded.bytes().take_while(u8::is_ascii_digit).count();
    if figures > 2 {
        return None;
    }
    if figures > 0
        && matches!(
            &folded[figures..],
            "" | "st" | "nd" | "rd" | "th" | "e" | "ste" | "de" | "den" | "sten" | "t" | "s" | "n" | "r" | "o"
        )
    {
        return Some((folded[..figures].parse().ok()?, None));
    }
    let (taken, repair) = digits(scan, at).filter(|(digits, _)| digits.len() <= 2)?;
    Some((taken.parse().ok()?, repair))
}

/// The day that stands after a month: its last piece.
fn day_after(scan: &Scan<'_>, month_at: usize) -> Option<(usize, Day, Vec<Repair>)> {
    let mut at = scan.next(month_at)?;
    if matches!(scan.mark(at), Some('.' | '-' | '/')) {
        at = scan.next(at)?;
    }
    if scan.folded(at) == "the" {
        at = scan.next(at)?;
    }
    match scan.kind(at)? {
        Kind::Open => Some((at, Day::Open, Vec::new())),
        Kind::Mark('[' | '(') => {
            let last = bracket_starting_at(scan, at)?;
            Some((last, Day::Open, Vec::new()))
        }
        Kind::Number | Kind::Mixed => {
            let (value, repair) = day_figures(scan, at)?;
            let mut last = at;
            let mut repairs: Vec<Repair> = repair.into_iter().collect();
            if let Some(next) =
                scan.next(at).filter(|&next| matches!(scan.folded(next), "th" | "st" | "nd" | "rd" | "h" | "t" | "d"))
            {
                last = next;
                repairs.push(Repair { read: scan.text[scan.range(at, next)].to_owned(), taken: value.to_string() });
            }
            // `June 30 days` is no date.
            let counts = scan
                .next(last)
                .is_some_and(|next| lexicon().word(scan.folded(next)).is_some_and(|word| word.unit.is_some()));
            // `20` of `20__` is a year.
            let opens = scan.kind(last + 1) == Some(Kind::Open) && scan.touches(last + 1);
            (!counts && !opens).then(|| (last, day_of(value), repairs))
        }
        Kind::Word => {
            let worded = number::starting_at(scan, at)?;
            if worded.value <= 31 {
                return Some((worded.last, day_of(worded.value), Vec::new()));
            }
            // `May twenty one two thousand …`: take the ordinal or the day's words only.
            let first = number::starting_at(scan, at).filter(|worded| worded.ordinal)?;
            Some((first.last, day_of(first.value), Vec::new()))
        }
        Kind::Mark(_) => None,
    }
}

/// The year that stands after a piece: its last piece.
fn year_after(scan: &Scan<'_>, after: usize) -> Option<(usize, Year, Vec<Repair>)> {
    let mut at = scan.next(after)?;
    let mut separator = None;
    if let Some(mark @ (',' | '.' | '-' | '/')) = scan.mark(at) {
        separator = Some(mark);
        at = scan.next(at)?;
        if let Some(',' | '.') = scan.mark(at) {
            at = scan.next(at)?;
        }
    }
    // `20 March day of 1998`, `in the year 2001`, `van het jaar 2001`
    for words in
        [&["day", "of"][..], &["in", "the", "year"], &["in", "het", "jaar"], &["van", "het", "jaar"], &["of"], &["van"]]
    {
        let fits = words
            .iter()
            .enumerate()
            .all(|(offset, word)| scan.folded(at + offset) == *word && scan.gap(at + offset) != Gap::Paragraph);
        if fits {
            at = scan.next(at + words.len() - 1)?;
            if scan.is_mark(at, ',') {
                at = scan.next(at)?;
            }
            break;
        }
    }
    let open_follows =
        |at: usize| scan.touches(at + 1) && matches!(scan.kind(at + 1), Some(Kind::Open) | Some(Kind::Mark('[')));
    match scan.kind(at)? {
        Kind::Open => Some((at, Year::Open, Vec::new())),
        Kind::Mark('[' | '(') => Some((bracket_starting_at(scan, at)?, Year::Open, Vec::new())),
        Kind::Mark('\'') => {
            let (taken, repair) =
                digits(scan, at + 1).filter(|(digits, _)| digits.len() == 2 && scan.touches(at + 1))?;
            Some((at + 1, Year::Short(taken.parse().ok()?), repair.into_iter().collect()))
        }
        Kind::Number | Kind::Mixed => {
            // `1954in tweevoud`: a lost space.
            if let Some((year, rest)) = scan.raw(at).split_at_checked(4)
                && rest.len() >= 2
                && rest.chars().all(|c| c.is_ascii_alphabetic())
                && let Ok(taken) = year.parse()
            {
                let repair = Repair { read: scan.raw(at).to_owned(), taken: year.to_owned() };
                return Some((at, full_year(taken), vec![repair]));
            }
            let (taken, repair) = digits(scan, at)?;
            let repairs: Vec<Repair> = repair.into_iter().collect();
            if open_follows(at) && taken.len() <= 3 {
                return Some((at + 1, Year::Open, repairs));
            }
            // `20..` and `20 ..`
            if taken.len() <= 3 && scan.is_mark(at + 1, '.') && scan.is_mark(at + 2, '.') {
                return Some((at + 2, Year::Open, repairs));
            }
            let dotted = (scan.is_mark(at + 1, '.') || scan.is_mark(at + 1, ','))
                && scan.touches(at + 1)
                && scan.touches(at + 2);
            if dotted && scan.kind(at + 2) == Some(Kind::Number) && taken.len() < 4 {
                return None;
            }
            match taken.len() {
                4 => Some((at, full_year(taken.parse().ok()?), repairs)),
                3 if separator != Some('.') && taken.starts_with(['1', '2']) => Some((at, Year::Odd, repairs)),
                2 if matches!(separator, Some('-' | '/')) || short_year_stands(scan, at) => {
                    Some((at, Year::Short(taken.parse().ok()?), repairs))
                }
                _ => None,
            }
        }
        Kind::Word => {
            let worded = number::starting_at(scan, at).filter(|worded| (1800..2200).contains(&worded.value))?;
            // `augustus negentienhonderd`: the rest stands on the next line, behind what is in the margin. No contract here
            // is of 1900.
            let is_part = worded.value % 100 == 0 && worded.value != 2000;
            let year = if is_part { Year::Odd } else { Year::Full(i16::try_from(worded.value).ok()?) };
            Some((worded.last, year, Vec::new()))
        }
        Kind::Mark(_) => None,
    }
}

/// Two digits after a month are a year unless they count something.
fn short_year_stands(scan: &Scan<'_>, at: usize) -> bool {
    let Some(next) = scan.next(at) else { return true };
    match scan.kind(next) {
        Some(Kind::Mark(mark)) => matches!(mark, ',' | '.' | ';' | ')' | '(' | '"' | '\''),
        Some(Kind::Word) => {
            let word = lexicon().word(scan.folded(next));
            !word.is_some_and(|word| word.unit.is_some() || word.currency.is_some())
        }
        _ => false,
    }
}

/// A short bracket that holds nothing, marks, or words for something to fill in.
fn bracket_starting_at(scan: &Scan<'_>, first: usize) -> Option<usize> {
    let close = match scan.mark(first)? {
        '[' => ']',
        '(' => ')',
        '<' => '>',
        '{' => '}',
        _ => return None,
    };
    let mut says_open = false;
    for last in first + 1..first + 8 {
        if scan.gap(last) == Gap::Paragraph {
            return None;
        }
        if scan.is_mark(last, close) {
            return (says_open || (close != ')' && last == first + 1)).then_some(last);
        }
        says_open |= match scan.kind(last)? {
            Kind::Open => true,
            Kind::Mark('*' | '#' | '?') => close == ']',
            Kind::Word if close != ')' => {
                matches!(
                    scan.folded(last),
                    "datum"
                        | "date"
                        | "dag"
                        | "day"
                        | "jaar"
                        | "year"
                        | "dd"
                        | "ddmmjjjj"
                        | "insert"
                        | "invullen"
                        | "maand"
                        | "month"
                        | "x"
                        | "xx"
                )
            }
            _ => false,
        };
    }
    None
}

fn bracket_ending_at(scan: &Scan<'_>, last: usize) -> Option<usize> {
    (last.saturating_sub(6)..last).rev().find(|&first| bracket_starting_at(scan, first) == Some(last))
}

/// A bullet, or a mark inside a file's name (`ex10_9.txt`): no place to fill in.
fn is_ornament(scan: &Scan<'_>, at: usize) -> bool {
    let raw = scan.raw(at);
    let worded = |at: usize| matches!(scan.kind(at), Some(Kind::Word | Kind::Mixed | Kind::Number));
    let glued = at > 0 && scan.touches(at) && worded(at - 1) || scan.touches(at + 1) && worded(at + 1);
    raw.chars().count() == 1 && (glued || raw != "_")
}

/// A place left open: alone, before a year, or with `day of` behind it.
fn open(scan: &Scan<'_>, first: usize) -> Option<Raw> {
    let mut last = match scan.kind(first)? {
        Kind::Open if is_ornament(scan, first) => return None,
        Kind::Open => first,
        _ => bracket_starting_at(scan, first)?,
    };
    let raw = |last| Some(Raw { first, last, shape: Shape::Open, repairs: Vec::new() });
    // `____ day of ____, 2020`; with a month's name the month finds the date.
    let mut at = last;
    while let Some(next) = scan.next(at) {
        match scan.kind(next) {
            Some(Kind::Open | Kind::Mark('-' | '/' | ',')) => at = next,
            Some(Kind::Mark('[')) => at = bracket_starting_at(scan, next)?,
            Some(Kind::Word) if matches!(scan.folded(next), "day" | "of" | "van" | "dag") => at = next,
            Some(Kind::Number | Kind::Mixed) => {
                let (taken, _) = digits(scan, next)?;
                let opens = scan.kind(next + 1) == Some(Kind::Open) && scan.touches(next + 1);
                return match taken.len() {
                    2 if opens => raw(next + 1),
                    4 if full_year(taken.parse().ok()?) != Year::Odd => raw(next),
                    _ => raw(last),
                };
            }
            Some(Kind::Word) => {
                let known = lexicon().word(scan.folded(next));
                if known.is_some_and(|word| word.month.is_some() || word.unit.is_some()) {
                    return None;
                }
                break;
            }
            _ => break,
        }
        if matches!(scan.kind(at), Some(Kind::Open | Kind::Mark(']'))) {
            last = at;
        }
    }
    raw(last)
}

/// `this day of , 2009`: the day and the month were never filled in and left no trace.
fn day_of_nothing(scan: &Scan<'_>, day_at: usize) -> Option<Raw> {
    let of = scan.next(day_at).filter(|&of| scan.folded(of) == "of")?;
    let comma = scan.next(of).filter(|&comma| scan.is_mark(comma, ',') || scan.kind(comma) == Some(Kind::Open))?;
    let (last, _, _) = year_after(scan, comma).or_else(|| {
        let (taken, _) = digits(scan, comma + 1)?;
        (taken.len() == 2 || taken.len() == 4).then_some((comma + 1, Year::Open, Vec::new()))
    })?;
    Some(Raw { first: day_at, last, shape: Shape::Open, repairs: Vec::new() })
}

/// `01-02-2019`, `1/2/19`, `1.2.2019`, `2019-02-01`.
fn figures(scan: &Scan<'_>, first: usize) -> Option<Raw> {
    let open_or_digits = |at: usize| -> Option<(usize, Option<String>, Option<Repair>)> {
        match scan.kind(at)? {
            Kind::Open => Some((at, None, None)),
            Kind::Mark('[') => Some((bracket_starting_at(scan, at)?, None, None)),
            _ => digits(scan, at).map(|(taken, repair)| (at, Some(taken), repair)),
        }
    };
    if first > 0 && scan.touches(first) {
        let joined = matches!(scan.mark(first - 1), Some('-' | '/' | '.' | ',' | '\'' | ':' | '@' | '&'));
        if joined || matches!(scan.kind(first - 1), Some(Kind::Number | Kind::Word | Kind::Mixed)) {
            return None;
        }
    }
    let (left_last, left, left_repair) = open_or_digits(first)?;
    let separator = scan.mark(left_last + 1).filter(|mark| matches!(mark, '-' | '/' | '.'))?;
    let close =
        |at: usize| scan.gap(at) != Gap::Paragraph && (scan.touches(at) || separator == '-' || separator == '/');
    if !close(left_last + 1) || !close(left_last + 2) {
        return None;
    }
    let (right_last, right, right_repair) = open_or_digits(left_last + 2)?;
    if !scan.is_mark(right_last + 1, separator) || !close(right_last + 1) || !close(right_last + 2) {
        return None;
    }
    let mut year_at = right_last + 2;
    if scan.is_mark(year_at, '\'') {
        year_at += 1;
    }
    let (last, year, year_repair) = open_or_digits(year_at)?;
    // A longer chain is a number of another kind.
    if scan.touches(last + 1)
        && (scan.is_mark(last + 1, separator) || scan.is_mark(last + 1, '/') || scan.is_mark(last + 1, '-'))
        && scan.touches(last + 2)
        && matches!(scan.kind(last + 2), Some(Kind::Number | Kind::Mixed | Kind::Word))
    {
        return None;
    }
    let repairs: Vec<Repair> = [left_repair, right_repair, year_repair].into_iter().flatten().collect();
    let letters_only =
        !(first..=last).any(|at| matches!(scan.kind(at), Some(Kind::Number)) || scan.kind(at) == Some(Kind::Open));
    if letters_only {
        return None;
    }
    let (Some(left), Some(right), Some(year)) = (left, right, year.clone()) else {
        let plausible = year.is_none_or(|year| year.len() == 4 || year.len() == 2);
        return plausible.then_some(Raw { first, last, shape: Shape::Open, repairs });
    };
    if left.len() == 4 && right.len() <= 2 && year.len() <= 2 && separator != '.' {
        let shape = Shape::Named {
            day: day_of(year.parse().ok()?),
            month: month_of(&right)?,
            year: Some(full_year(left.parse().ok()?)),
        };
        return Some(Raw { first, last, shape, repairs });
    }
    if left.len() > 2 || right.len() > 2 {
        return None;
    }
    let year = match year.len() {
        4 => full_year(year.parse().ok()?),
        2 if separator != '.' || dated(scan, first) => Year::Short(year.parse().ok()?),
        // `07/[]/20` cut, `20` open: `01-02-20__`
        _ => return None,
    };
    if let (Year::Short(_), Some(Kind::Open), true) = (year, scan.kind(last + 1), scan.touches(last + 1)) {
        return Some(Raw { first, last: last + 1, shape: Shape::Open, repairs });
    }
    let (left, right): (i8, i8) = (left.parse().ok()?, right.parse().ok()?);
    let plausible = (1..=31).contains(&left) && (1..=31).contains(&right) && (left <= 12 || right <= 12);
    if !plausible && matches!(year, Year::Short(_) | Year::Odd) {
        return None;
    }
    Some(Raw { first, last, shape: Shape::Figures { left, right, year }, repairs })
}

/// `1.2.19` is a date only after a word that dates.
fn dated(scan: &Scan<'_>, first: usize) -> bool {
    let mut at = first;
    for _ in 0..2 {
        let Some(left) = scan.before(at) else { return false };
        if matches!(
            scan.folded(left),
            "op" | "per"
                | "te"
                | "d"
                | "dd"
                | "datum"
                | "van"
                | "tot"
                | "met"
                | "dated"
                | "on"
                | "of"
                | "date"
                | "vanaf"
                | "sinds"
        ) {
            return true;
        }
        at = left;
    }
    false
}

fn month_of(text: &str) -> Option<i8> {
    text.parse().ok().filter(|month| (1..=12).contains(month))
}

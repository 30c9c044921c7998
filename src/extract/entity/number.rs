//! Numbers written in words over one or more pieces (`thirty-six`, `een en twintig`, `tweeduizend twaalf`), read to the
//! left or to the right of a place. Digits are the business of the grammar that meets them.

use super::{lexicon::lexicon, scan::Scan};

/// Number words never span more pieces than this.
const WIDEST: usize = 14;

/// A number in words and the pieces that it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Worded {
    pub first: usize,
    pub last: usize,
    pub value: u64,
    pub ordinal: bool,
}

fn atom(scan: &Scan<'_>, at: usize) -> Option<(u64, bool)> {
    if !scan.is_word(at) {
        return None;
    }
    let word = scan.folded(at);
    lexicon().number(word).map(|value| (value, false)).or_else(|| Some((lexicon().ordinal(word)?, true)))
}

fn is_joint(scan: &Scan<'_>, at: usize) -> bool {
    matches!(scan.folded(at), "and" | "en" | "-")
}

/// The number in words that ends at a piece.
pub(super) fn ending_at(scan: &Scan<'_>, last: usize) -> Option<Worded> {
    atom(scan, last)?;
    let mut first = last;
    let mut best = value(scan, first, last);
    let mut at = last;
    while let Some(left) = scan.before(at).filter(|left| last - left < WIDEST) {
        at = left;
        if atom(scan, at).is_some() {
            first = at;
            match value(scan, first, last) {
                Some(found) => best = Some(found),
                None if best.is_some() => break,
                None => {}
            }
        } else if !is_joint(scan, at) {
            break;
        }
    }
    best
}

/// The longest number in words that starts at a piece.
pub(super) fn starting_at(scan: &Scan<'_>, first: usize) -> Option<Worded> {
    atom(scan, first)?;
    let mut best = value(scan, first, first);
    let mut at = first;
    while let Some(right) = scan.next(at).filter(|right| right - first < WIDEST) {
        at = right;
        if atom(scan, at).is_some() {
            match value(scan, first, at) {
                Some(found) => best = Some(found),
                None => break,
            }
        } else if !is_joint(scan, at) {
            break;
        }
    }
    best
}

/// The value of the pieces from `first` to `last`, if together they are one number.
fn value(scan: &Scan<'_>, first: usize, last: usize) -> Option<Worded> {
    let (mut total, mut current) = (0_u64, 0_u64);
    let (mut previous, mut ordinal) = (None::<u64>, false);
    let mut joined = false;
    for at in first..=last {
        let Some((atom, is_ordinal)) = atom(scan, at) else {
            if !is_joint(scan, at) || previous.is_none() {
                return None;
            }
            joined |= scan.folded(at) != "-";
            continue;
        };
        if ordinal {
            return None;
        }
        ordinal = is_ordinal;
        match (previous, atom) {
            (_, 1_000_000..) | (_, 1000) => {
                if previous.is_some_and(|previous| previous >= atom) {
                    return None;
                }
                total += current.max(1).checked_mul(atom)?;
                current = 0;
            }
            (_, 100) if current < 100 => current = current.max(1) * 100,
            (None, value) => current = value,
            // What stands below a thousand or a million.
            (Some(scale), value) if current == 0 && total > 0 && value < scale => current = value,
            // `een en twintig`: units before tens.
            (Some(unit), 20..=99) if joined && unit < 10 && current % 100 == unit => current += atom,
            // `nineteen ninety-eight`, `negentien zevenentachtig`: a year in two halves.
            (Some(half @ (18..=20)), 10..=99) if current == half && total == 0 && !joined => {
                current = half * 100 + atom
            }
            (Some(tens), 1..=9) if tens >= 20 && tens % 10 == 0 && current % 10 == 0 => current += atom,
            // `tweeduizend vierhonderd`: hundreds after thousands in one word.
            (Some(thousands), 1..=999) if thousands >= 1000 && current % 1000 == 0 => current += atom,
            // `tweehonderd vijfenzeventigduizend`: how many thousands, in two words.
            (Some(hundreds @ 100..=900), 1000..=99_000)
                if hundreds % 100 == 0 && atom % 1000 == 0 && current == hundreds =>
            {
                total += hundreds * 1000 + atom;
                current = 0;
            }
            (Some(hundreds), 1..=99) if hundreds >= 100 && current % 100 == 0 => current += atom,
            _ => return None,
        }
        previous = Some(atom);
        joined = false;
    }
    Some(Worded { first, last, value: total.checked_add(current)?, ordinal })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: u64) {
        let scan = Scan::new(text);
        assert_eq!(
            starting_at(&scan, 0).map(|found| (found.last + 1, found.value)),
            Some((scan.pieces.len(), want)),
            "{text}"
        );
        assert_eq!(
            ending_at(&scan, scan.pieces.len() - 1).map(|found| (found.first, found.value)),
            Some((0, want)),
            "{text}"
        );
    }

    #[test]
    fn reads_numbers_in_words() {
        check("eenentwintig", 21);
        check("tweeëntwintig", 22);
        check("een en twintig", 21);
        check("negentienhonderd vijfenzeventig", 1975);
        check("tweeduizend twaalf", 2012);
        check("tweeduizend en vierentwintig", 2024);
        check("tweeduizendtwaalf", 2012);
        check("negentien zevenentachtig", 1987);
        check("vijfentwintig duizend", 25_000);
        check("tweeduizend vierhonderd", 2400);
        check("achtendertigduizend vierhonderd vijftig", 38_450);
        check("tweehonderd vijfenzeventigduizend vierhonderd", 275_400);
        check("dertigsten", 30);
        check("thirty-six", 36);
        check("two thousand and eighteen", 2018);
        check("nineteen hundred and ninety-eight", 1998);
        check("nineteen ninety eight", 1998);
        check("twenty-first", 21);
        check("honderdtwintig", 120);
        check("een miljoen tweehonderdvijftigduizend", 1_250_000);
        check("eenendertigste", 31);
    }

    #[test]
    fn two_numbers_are_not_one() {
        let scan = Scan::new("twee drie");
        assert_eq!(ending_at(&scan, 1).map(|found| found.first), Some(1));
    }
}

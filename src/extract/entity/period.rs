//! Durations: a number in figures or words (or both, which must agree) before a unit, adjectives such as `driejarig`,
//! compounds of several units, numbers left open, and times without an end.

use super::{
    Entity, PeriodReading, Repair, Spot,
    lexicon::{Unit, digits, lexicon, repair_of},
    number,
    scan::{Gap, Kind, Scan},
};
use crate::model::Period;

/// A count in halves, as read before a unit.
#[derive(Clone, Debug)]
struct Count {
    first: usize,
    /// Twice the number, so that halves are whole.
    halves: Option<u64>,
    figure_halves: Option<u64>,
    repairs: Vec<Repair>,
}

/// Adds the periods of a text.
pub(super) fn find(scan: &Scan<'_>, spots: &mut Vec<Spot>) {
    let first_spot = spots.len();
    let phrases = lexicon().phrases("periods");
    for at in 0..scan.pieces.len() {
        if !matches!(scan.kind(at), Some(Kind::Word | Kind::Mixed)) {
            continue;
        }
        let word = scan.folded(at);
        if let Some((last, value)) = phrases.at(scan, at)
            && let Some(period) = phrase_period(value)
        {
            spots.push(spot(scan, at, last, PeriodReading { period, ..PeriodReading::none() }, Vec::new()));
            continue;
        }
        if let Some(known) = lexicon().word(word)
            && let Some(unit) = known.unit
        {
            let mut found = counted(scan, at, unit);
            if let (Some(found), Some(repair)) = (&mut found, repair_of(scan, at, known)) {
                found.repairs.push(repair);
            }
            spots.extend(found);
            continue;
        }
        if word == "anniversary" {
            spots.extend(anniversary(scan, at));
            continue;
        }
        spots.extend(adjective(scan, at));
    }
    super::settle(spots, first_spot);
    join_compounds(scan.text, spots, first_spot);
}

impl PeriodReading {
    fn none() -> Self {
        Self { period: None, figure_says: None, blank: false, calendar: false, working_days: false }
    }
}

/// `None` where the phrase is no period; `Some(None)` for a time without an end.
#[expect(clippy::option_option, reason = "a phrase may be no period, or a period without an end")]
fn phrase_period(value: &str) -> Option<Option<Period>> {
    if value == "indefinite" { Some(None) } else { value.parse().ok().map(Some) }
}

fn spot(scan: &Scan<'_>, first: usize, last: usize, reading: PeriodReading, repairs: Vec<Repair>) -> Spot {
    Spot { range: scan.range(first, last), entity: Entity::Period(reading), repairs }
}

/// A count and a unit.
fn counted(scan: &Scan<'_>, unit_at: usize, mut unit: Unit) -> Option<Spot> {
    let mut at = scan.before(unit_at)?;
    let phrases = lexicon().phrases("periods");
    for _ in 0..3 {
        match phrases.at(scan, at) {
            Some((last, kind @ ("plain" | "calendar" | "working"))) if last == at => {
                unit.calendar |= kind == "calendar";
                unit.working |= kind == "working";
                at = scan.before(at)?;
            }
            _ if scan.is_mark(at, '-') || scan.is_mark(at, '\'') || scan.is_mark(at, '~') => at = scan.before(at)?,
            _ => break,
        }
    }
    let count = count_ending_at(scan, at, unit_at)?;
    // `the end of a calendar quarter`, `de eerste dag van een maand` are moments.
    let left = |at: usize| scan.before(at).map(|left| (left, scan.folded(left)));
    if matches!(scan.folded(count.first), "a" | "an" | "een")
        && left(count.first).is_some_and(|(of, word)| {
            matches!(word, "of" | "van")
                && left(of).is_some_and(|(_, end)| matches!(end, "end" | "day" | "einde" | "eind" | "dag"))
        })
    {
        return None;
    }
    let last = possessive_end(scan, unit_at);
    if count.halves.is_none() && count.figure_halves.is_none() {
        let reading =
            PeriodReading { blank: true, calendar: unit.calendar, working_days: unit.working, ..PeriodReading::none() };
        return Some(spot(scan, count.first, last, reading, count.repairs));
    }
    let period = times(unit.period, count.halves.or(count.figure_halves)?)?;
    let figure_says = match count.figure_halves.filter(|&figure| Some(figure) != count.halves) {
        Some(figure) if count.halves.is_some() => times(unit.period, figure),
        _ => None,
    };
    let reading = PeriodReading {
        period: Some(period),
        figure_says,
        calendar: unit.calendar,
        working_days: unit.working,
        ..PeriodReading::none()
    };
    Some(spot(scan, count.first, last, reading, count.repairs))
}

/// `the eighth anniversary`, `the fifteenth (15th) anniversary`, `the 10th anniversary`: so many years.
fn anniversary(scan: &Scan<'_>, at: usize) -> Option<Spot> {
    let figure = |at: usize| -> Option<u64> {
        let folded = scan.folded(at);
        let ends = ["st", "nd", "rd", "th"].iter().find_map(|ending| folded.strip_suffix(ending))?;
        ends.parse().ok()
    };
    let before = scan.before(at)?;
    let (first, count) = if scan.is_mark(before, ')') {
        let inside = scan.before(before)?;
        let open = scan.before(inside).filter(|&open| scan.is_mark(open, '('))?;
        let count = figure(inside)?;
        let worded = scan.before(open).and_then(|last| number::ending_at(scan, last));
        match worded.filter(|worded| worded.ordinal) {
            Some(worded) if worded.value == count => (worded.first, count),
            Some(_) => return None,
            None => (open, count),
        }
    } else if let Some(count) = figure(before) {
        (before, count)
    } else {
        let worded = number::ending_at(scan, before).filter(|worded| worded.ordinal)?;
        (worded.first, worded.value)
    };
    let period = times(Period::of_years(1), count.checked_mul(2).filter(|_| (1..100).contains(&count))?)?;
    Some(spot(scan, first, at, PeriodReading { period: Some(period), ..PeriodReading::none() }, Vec::new()))
}

/// `days'` and `year's` are one with their apostrophe; `five year anniversary` is one with its anniversary.
fn possessive_end(scan: &Scan<'_>, unit_at: usize) -> usize {
    if let Some(next) = scan.next(unit_at).filter(|&next| scan.folded(next) == "anniversary") {
        return next;
    }
    if !(scan.is_mark(unit_at + 1, '\'') && scan.touches(unit_at + 1)) {
        return unit_at;
    }
    if scan.touches(unit_at + 2) && scan.folded(unit_at + 2) == "s" { unit_at + 2 } else { unit_at + 1 }
}

/// So many halves of a unit, as a period of whole smaller units.
fn times(unit: Period, halves: u64) -> Option<Period> {
    let multiply = |number: u16| u16::try_from(u64::from(number).checked_mul(halves / 2)?).ok();
    let mut period = Period {
        years: multiply(unit.years)?,
        months: multiply(unit.months)?,
        weeks: multiply(unit.weeks)?,
        days: multiply(unit.days)?,
    };
    if halves % 2 == 1 {
        match unit {
            // One and a half years are eighteen months.
            Period { years: 1, .. } => {
                period.months = period.years.checked_mul(12)?.checked_add(6)?;
                period.years = 0;
            }
            Period { months, .. } if months % 2 == 0 && months > 0 => {
                period.months = period.months.checked_add(months / 2)?
            }
            _ => return None,
        }
    }
    Some(period)
}

/// The count that ends at a piece, before its unit.
fn count_ending_at(scan: &Scan<'_>, last: usize, unit_at: usize) -> Option<Count> {
    // `drie (3)`, `3 (drie)`, `__ (__)`
    if scan.is_mark(last, ')') || scan.is_mark(last, ']') {
        let (open, close) = if scan.is_mark(last, ')') { ('(', ')') } else { ('[', ']') };
        debug_assert!(scan.is_mark(last, close));
        let inside_last = scan.before(last)?;
        if scan.is_mark(inside_last, open) {
            return Some(Count { first: inside_last, halves: None, figure_halves: None, repairs: Vec::new() });
        }
        if open == '[' && matches!(scan.kind(inside_last), Some(Kind::Open | Kind::Mark('*'))) {
            let first = (last.saturating_sub(6)..last).rev().find(|&first| scan.is_mark(first, '['))?;
            return Some(Count { first, halves: None, figure_halves: None, repairs: Vec::new() });
        }
        let inside = simple_count(scan, inside_last)?;
        let open_at = scan.before(inside.first).filter(|&at| scan.is_mark(at, open))?;
        let outside = scan.before(open_at).and_then(|at| {
            let at = if scan.is_mark(at, '-') { scan.before(at)? } else { at };
            simple_count(scan, at)
        });
        return match outside {
            Some(outside) => Some(merge(scan, outside, inside)),
            None if open == '(' => Some(Count { first: open_at, ..inside }),
            None => Some(Count { first: open_at, ..inside }),
        };
    }
    let count = simple_count(scan, last)?;
    // `01-02-2019 jaar`, `artikel 3 maanden`: the number belongs to something before it.
    let left = scan.before(count.first);
    // `2 + 1 + 1 jaar` is a term with options.
    if left.is_some_and(|left| scan.is_mark(left, '+')) {
        return None;
    }
    if let Some(left) = left.filter(|_| scan.touches(count.first))
        && matches!(scan.mark(left), Some('/' | '.' | '-' | ',' | '€' | '$'))
        && scan.kind(count.first) == Some(Kind::Number)
    {
        return None;
    }
    let year_like = count.halves.is_none() && count.figure_halves.is_some_and(|halves| halves / 2 >= 1000);
    if year_like {
        return None;
    }
    // `per een jaar`? No: but `a` and `an` before a unit count only where they touch it in meaning: `a year`.
    let article = matches!(scan.folded(count.first), "a" | "an") && count.first + 1 != unit_at;
    // `renewed for a further year`
    let again = scan.before(count.first).is_some_and(|left| matches!(scan.folded(left), "for" | "by"));
    let article = article
        && !again
        && lexicon().phrases("periods").at(scan, count.first + 1).is_none_or(|(_, kind)| kind == "plain");
    (!article).then_some(count)
}

/// Word and figure together: the word is the value.
fn merge(scan: &Scan<'_>, outside: Count, inside: Count) -> Count {
    let first = outside.first;
    let repairs = outside.repairs.iter().chain(&inside.repairs).cloned().collect();
    let (worded, figure) = if scan.kind(outside.first) == Some(Kind::Number) || outside.halves.is_none() {
        (inside.halves, outside.figure_halves)
    } else {
        (outside.halves, inside.figure_halves.or(inside.halves))
    };
    match (worded, figure) {
        (None, None) => {
            Count { first, halves: None, figure_halves: outside.figure_halves.or(inside.figure_halves), repairs }
        }
        (None, figure) => {
            // Two figures, or one side left open.
            let other = inside.figure_halves.or(outside.figure_halves);
            Count { first, halves: figure, figure_halves: other, repairs }
        }
        (halves, figure_halves) => Count { first, halves, figure_halves, repairs },
    }
}

/// A number in figures or in words, a half, or a place left open.
fn simple_count(scan: &Scan<'_>, last: usize) -> Option<Count> {
    let count = |first, halves, figure_halves| Some(Count { first, halves, figure_halves, repairs: Vec::new() });
    match scan.kind(last)? {
        Kind::Open => count(last, None, None),
        Kind::Mark('½') => {
            let whole = scan.before(last).filter(|&at| scan.kind(at) == Some(Kind::Number));
            let halves =
                whole.and_then(|at| scan.raw(at).parse::<u64>().ok()).map_or(1, |whole| whole.saturating_mul(2) + 1);
            count(whole.unwrap_or(last), None, Some(halves))
        }
        Kind::Number => {
            let raw = scan.raw(last);
            if raw.len() > 4 {
                return None;
            }
            // `2,5 jaar`
            if last >= 2
                && scan.touches(last)
                && scan.touches(last - 1)
                && matches!(scan.mark(last - 1), Some(',' | '.'))
            {
                let whole: u64 =
                    (scan.kind(last - 2) == Some(Kind::Number)).then(|| scan.raw(last - 2).parse().ok())??;
                return match raw {
                    "5" | "50" => count(last - 2, None, Some(whole.checked_mul(2)? + 1)),
                    "0" | "00" => count(last - 2, None, Some(whole.checked_mul(2)?)),
                    _ => None,
                };
            }
            count(last, None, Some(raw.parse::<u64>().ok()?.checked_mul(2)?))
        }
        Kind::Mixed => {
            // `1½` folds to a mixed piece.
            if let Some(whole) = scan.raw(last).strip_suffix('½') {
                return count(last, None, Some(whole.parse::<u64>().ok()?.checked_mul(2)? + 1));
            }
            let (taken, repair) = digits(scan, last)?;
            let halves = taken.parse::<u64>().ok()?.checked_mul(2)?;
            Some(Count {
                first: last,
                halves: None,
                figure_halves: Some(halves),
                repairs: repair.into_iter().collect(),
            })
        }
        Kind::Word => worded_count(scan, last),
        Kind::Mark('|') => None,
        Kind::Mark(_) => None,
    }
}

fn worded_count(scan: &Scan<'_>, last: usize) -> Option<Count> {
    let count = |first, halves| Some(Count { first, halves: Some(halves), figure_halves: None, repairs: Vec::new() });
    let word = scan.folded(last);
    match word {
        "anderhalf" | "anderhalve" => return count(last, 3),
        // `half a year`
        "a" | "an" if scan.before(last).is_some_and(|half| scan.folded(half) == "half") => return count(last - 1, 1),
        "half" | "halve" => {
            // `twee en een half`, `two and a half`, `een half`, `half`
            let article = scan.before(last).filter(|&at| matches!(scan.folded(at), "een" | "a" | "one"));
            let joint = article
                .or(Some(last))
                .and_then(|at| scan.before(at))
                .filter(|&at| matches!(scan.folded(at), "en" | "and"));
            if let Some(whole) = joint.and_then(|at| scan.before(at)).and_then(|at| number::ending_at(scan, at)) {
                return count(whole.first, whole.value.checked_mul(2)? + 1);
            }
            if let Some(figure) = joint.and_then(|at| scan.before(at)).filter(|&at| scan.kind(at) == Some(Kind::Number))
            {
                let whole: u64 = scan.raw(figure).parse().ok()?;
                return count(figure, whole.checked_mul(2)? + 1);
            }
            return count(article.unwrap_or(last), 1);
        }
        "l" | "i" if scan.gap(last) == Gap::Space && scan.raw(last) != "i" => {
            let repair = Repair { read: scan.raw(last).to_owned(), taken: "1".to_owned() };
            return Some(Count { first: last, halves: None, figure_halves: Some(2), repairs: vec![repair] });
        }
        "several" | "enkele" => return None,
        _ => {}
    }
    if let Some(whole) = word.strip_suffix("eneenhalf").or_else(|| word.strip_suffix("eneenhalve")) {
        return count(last, lexicon().number(whole)?.checked_mul(2)? + 1);
    }
    let worded = number::ending_at(scan, last).filter(|worded| !worded.ordinal && worded.value < 100_000)?;
    count(worded.first, worded.value.checked_mul(2)?)
}

/// `driejarige`, `3-jarig`, `zesmaandelijks`, `60d`, `3month`: number and unit in one word.
fn adjective(scan: &Scan<'_>, at: usize) -> Option<Spot> {
    let word = scan.folded(at);
    const ENDINGS: &[(&str, Period)] = &[
        ("jarige", Period::of_years(1)),
        ("jarig", Period::of_years(1)),
        ("maandse", Period::of_months(1)),
        ("maands", Period::of_months(1)),
        ("maandelijkse", Period::of_months(1)),
        ("maandelijks", Period::of_months(1)),
        ("weekse", Period::of_weeks(1)),
        ("daagse", Period::of_days(1)),
        ("daags", Period::of_days(1)),
    ];
    for &(ending, unit) in ENDINGS {
        let Some(stem) = word.strip_suffix(ending) else { continue };
        let reading = |value: u64| {
            let period = times(unit, value.checked_mul(2)?)?;
            Some(PeriodReading { period: Some(period), ..PeriodReading::none() })
        };
        if stem.is_empty() {
            let dash = scan.before(at).filter(|&dash| scan.is_mark(dash, '-'));
            let number_at = scan.before(dash.unwrap_or(at))?;
            let count = simple_count(scan, number_at)?;
            let halves = count.halves.or(count.figure_halves)?;
            let period = times(unit, halves)?;
            return Some(spot(
                scan,
                count.first,
                at,
                PeriodReading { period: Some(period), ..PeriodReading::none() },
                count.repairs,
            ));
        }
        let stem_value = lexicon().number(stem)?;
        return Some(spot(scan, at, at, reading(stem_value)?, Vec::new()));
    }
    if scan.kind(at) == Some(Kind::Mixed) {
        let figures = word.bytes().take_while(u8::is_ascii_digit).count();
        if (1..=3).contains(&figures) {
            let (number, rest) = word.split_at(figures);
            let unit = match rest {
                "d" => Some(Period::of_days(1)),
                "m" | "mnd" => Some(Period::of_months(1)),
                "y" | "yr" | "yrs" | "j" | "jr" => Some(Period::of_years(1)),
                other if other.len() >= 3 => lexicon().word(other).and_then(|word| word.unit).map(|unit| unit.period),
                _ => None,
            }?;
            let period = times(unit, number.parse::<u64>().ok()?.checked_mul(2)?)?;
            return Some(spot(
                scan,
                at,
                at,
                PeriodReading { period: Some(period), ..PeriodReading::none() },
                Vec::new(),
            ));
        }
    }
    None
}

/// `twee jaar en zes maanden` is one period.
fn join_compounds(text: &str, spots: &mut Vec<Spot>, first: usize) {
    let mut at = first;
    while at + 1 < spots.len() {
        let between = text.get(spots[at].range.end..spots[at + 1].range.start).unwrap_or("x").trim();
        let joined = match (&spots[at].entity, &spots[at + 1].entity) {
            // `bij een looptijd van meer dan twee jaar zes maanden`: the first is what the second depends on.
            (Entity::Period(_), Entity::Period(_))
                if matches!(between, "," | "") && is_bound(text, spots[at].range.start) =>
            {
                None
            }
            (Entity::Period(left), Entity::Period(right)) if matches!(between, "en" | "and" | "," | "") => {
                join(left, right)
            }
            _ => None,
        };
        if let Some(reading) = joined {
            let right = spots.remove(at + 1);
            let left = &mut spots[at];
            left.range.end = right.range.end;
            left.repairs.extend(right.repairs);
            left.entity = Entity::Period(reading);
        } else {
            at += 1;
        }
    }
}

/// The words before a period make it a bound.
fn is_bound(text: &str, at: usize) -> bool {
    const THAN: [&str; 12] = [
        "meer dan",
        "langer dan",
        "korter dan",
        "minder dan",
        "more than",
        "longer than",
        "less than",
        "shorter than",
        "over",
        "exceeding",
        "boven",
        "vanaf",
    ];
    let before = text.get(..at).unwrap_or_default().trim_end();
    THAN.iter().any(|than| {
        let start = before.len().checked_sub(than.len());
        start.and_then(|start| before.get(start..)).is_some_and(|tail| tail.eq_ignore_ascii_case(than))
    })
}

fn join(left: &PeriodReading, right: &PeriodReading) -> Option<PeriodReading> {
    let (one, two) = (left.period?, right.period?);
    let certain = left.figure_says.is_none() && right.figure_says.is_none() && !left.blank && !right.blank;
    // The units go down: `een jaar en een jaar` are two periods.
    let rank = |period: Period| match period {
        Period { years: 1.., months: 0, weeks: 0, days: 0 } => 3,
        Period { years: 0, months: 1.., weeks: 0, days: 0 } => 2,
        Period { years: 0, months: 0, weeks: 1.., days: 0 } => 1,
        Period { years: 0, months: 0, weeks: 0, days: 1.. } => 0,
        Period { years: 1.., months: 1.., weeks: 0, days: 0 } => 2,
        _ => -1,
    };
    if !certain || rank(two) < 0 || rank(one) <= rank(two) {
        return None;
    }
    Some(PeriodReading {
        period: Some(Period {
            years: one.years.saturating_add(two.years),
            months: one.months.saturating_add(two.months),
            weeks: one.weeks.saturating_add(two.weeks),
            days: one.days.saturating_add(two.days),
        }),
        ..left.clone()
    })
}

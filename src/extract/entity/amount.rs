//! Amounts of money: sign, code or name of the currency before or after figures or words, Dutch and English separators,
//! and what the words beside it say about the span it is counted over and value-added tax.

use super::{
    AmountReading, Entity, Repair, Spot,
    lexicon::lexicon,
    number,
    scan::{Gap, Kind, Scan},
};
use crate::model::{
    raised,
    record::{Per, Vat},
};

/// How far after an amount `per jaar` and `exclusief btw` are looked for.
const BESIDE: usize = 14;

/// A number of hundredths and the pieces that it stands in.
struct Figures {
    last: usize,
    cents: i64,
    repairs: Vec<Repair>,
}

/// Adds the amounts of a text.
pub(super) fn find(scan: &Scan<'_>, spots: &mut Vec<Spot>) {
    let first_spot = spots.len();
    for at in 0..scan.pieces.len() {
        if let Some((code, last)) = currency(scan, at) {
            let behind = after_sign(scan, at, last, code);
            // `15,7  € 1.284.600`: a sign between two figures is of the one behind it.
            let is_sign = matches!(scan.kind(at), Some(Kind::Mark(_)));
            if behind.is_none() || !is_sign {
                spots.extend(before_name(scan, at, last, code));
            }
            spots.extend(behind);
        } else {
            spots.extend(misread_sign(scan, at));
        }
    }
    super::settle(spots, first_spot);
}

/// The currency at a piece, and its last piece (`US$`, `Hfl.`).
fn currency(scan: &Scan<'_>, at: usize) -> Option<(&'static str, usize)> {
    let folded = scan.folded(at);
    if scan.is_mark(at + 1, '$') && scan.touches(at + 1) {
        let code = match folded {
            "us" => "USD",
            "c" | "cdn" | "ca" => "CAD",
            "a" | "au" => "AUD",
            "hk" => "HKD",
            "s" => "SGD",
            _ => "",
        };
        if !code.is_empty() {
            return Some((code, at + 1));
        }
    }
    if folded == "ir" && scan.is_mark(at + 1, '£') && scan.touches(at + 1) {
        return Some(("IEP", at + 1));
    }
    if folded == "f" || folded == "fl" || folded == "hfl" {
        // A lone `f` is guilders only where Dutch figures follow.
        let dot = usize::from(scan.is_mark(at + 1, '.') && scan.touches(at + 1));
        let follows = scan.kind(at + dot + 1) == Some(Kind::Number) && scan.gap(at + dot + 1) != Gap::Paragraph;
        return follows.then_some(("NLG", at + dot));
    }
    let code = lexicon().word(folded)?.currency?;
    // `euro's`
    let more = scan.is_mark(at + 1, '\'') && scan.touches(at + 1) && scan.folded(at + 2) == "s" && scan.touches(at + 2);
    let dot = scan.is_mark(at + 1, '.') && scan.touches(at + 1) && scan.kind(at + 2) == Some(Kind::Number);
    Some((code, at + if more { 2 } else { usize::from(dot) }))
}

/// `€ 15.000,-`, `US$ 2.5m`, `EUR vijftienduizend`.
fn after_sign(scan: &Scan<'_>, first: usize, sign_last: usize, code: &'static str) -> Option<Spot> {
    let at = scan.next(sign_last)?;
    let figures = figures(scan, at)?;
    // `U.S. $5`
    let first = if code == "USD"
        && first >= 4
        && scan.folded(first - 4) == "u"
        && scan.folded(first - 2) == "s"
        && scan.touches(first - 2)
    {
        first - 4
    } else {
        first
    };
    with_words(scan, first, figures, code)
}

/// `12.500 euro`, `vijftienduizend euro`, `2,5 miljoen euro`.
fn before_name(scan: &Scan<'_>, sign_at: usize, sign_last: usize, code: &'static str) -> Option<Spot> {
    let last = scan.before(sign_at)?;
    if code == "NLG" && scan.folded(sign_at) == "f" {
        return None;
    }
    // Figures are read from their start: go back to it.
    let mut start = last;
    for _ in 0..12 {
        let Some(left) = scan.before(start) else { break };
        let goes_on = match scan.kind(left) {
            Some(Kind::Number) => true,
            Some(Kind::Mark('.' | ',')) => scan.touches(start) && scan.touches(left),
            _ => false,
        };
        if !goes_on || scan.kind(start).is_none() {
            break;
        }
        start = left;
    }
    for first in start..=last {
        // `and no/100 Dollars`
        let fraction = scan.touches(first) && scan.before(first).is_some_and(|left| scan.is_mark(left, '/'));
        if scan.kind(first) != Some(Kind::Number) || currency_before(scan, first) || fraction {
            continue;
        }
        if let Some(figures) = figures(scan, first).filter(|figures| figures.last == last) {
            return with_words(scan, first, Figures { last: sign_last, ..figures }, code);
        }
    }
    let worded = number::ending_at(scan, last)
        .filter(|worded| !worded.ordinal && !matches!(scan.folded(worded.first), "a" | "an"))?;
    let cents = i64::try_from(worded.value).ok()?.checked_mul(100)?;
    with_words(scan, worded.first, Figures { last: sign_last, cents, repairs: Vec::new() }, code)
}

fn currency_before(scan: &Scan<'_>, at: usize) -> bool {
    scan.before(at).is_some_and(|left| currency(scan, left).is_some())
}

/// `C 15.000,-`: the euro sign misread; only a Dutch tail makes it money.
fn misread_sign(scan: &Scan<'_>, at: usize) -> Option<Spot> {
    if !matches!(scan.raw(at), "C" | "E" | "6" | "€") || scan.touches(at) {
        return None;
    }
    let figures = figures(scan, scan.next(at)?)?;
    let tail = &scan.text[scan.range(at, figures.last)];
    if !(tail.ends_with(",-") || tail.ends_with(",--") || tail.ends_with(",–") || tail.ends_with(",—")) {
        return None;
    }
    let repair = Repair { read: scan.raw(at).to_owned(), taken: "€".to_owned() };
    let mut spot = with_words(scan, at, figures, "EUR")?;
    spot.repairs.push(repair);
    Some(spot)
}

/// Figures with separators, tail and scale, from a piece on.
fn figures(scan: &Scan<'_>, first: usize) -> Option<Figures> {
    let mut repairs = Vec::new();
    let group = |at: usize, repairs: &mut Vec<Repair>| -> Option<String> {
        let raw = scan.raw(at);
        match scan.kind(at)? {
            Kind::Number => Some(raw.to_owned()),
            // `850,⁵⁰`
            Kind::Mixed if raw.chars().all(raised::is_raised) => Some(raw.chars().filter_map(raised::digit).collect()),
            Kind::Mixed | Kind::Word
                if raw.len() <= 3 && raw.chars().all(|char| matches!(char, '0'..='9' | 'O' | 'o' | 'l' | 'I')) =>
            {
                let taken: String = raw
                    .chars()
                    .map(|char| match char {
                        'O' | 'o' => '0',
                        'l' | 'I' => '1',
                        other => other,
                    })
                    .collect();
                repairs.push(Repair { read: raw.to_owned(), taken: taken.clone() });
                Some(taken)
            }
            _ => None,
        }
    };
    // `2.5m`, `100k`: the scale touches the figures.
    let scaled = |at: usize| -> Option<(String, i64)> {
        let folded = scan.folded(at);
        let figures = folded.bytes().take_while(u8::is_ascii_digit).count();
        let scale = match folded.get(figures..)? {
            "m" | "mln" | "mio" | "mm" => 1_000_000,
            "k" => 1000,
            "bn" => 1_000_000_000,
            _ => return None,
        };
        (figures > 0 && scan.kind(at) == Some(Kind::Mixed)).then(|| (folded[..figures].to_owned(), scale))
    };
    let mut scale = 1_i64;
    let mut groups: Vec<(Option<char>, String)> = Vec::new();
    if let Some((digits, times)) = scaled(first) {
        scale = times;
        groups.push((None, digits));
    } else if scan.kind(first) == Some(Kind::Number) || scan.kind(first) == Some(Kind::Mixed) {
        groups.push((None, group(first, &mut repairs)?));
    } else {
        return None;
    }
    let mut last = first;
    while groups.len() < 8 && scale == 1 && scan.gap(last + 1) != Gap::Paragraph {
        let separator = match scan.mark(last + 1) {
            Some(mark @ ('.' | ',' | '\'')) if scan.touches(last + 1) && scan.touches(last + 2) => mark,
            _ => {
                // `1 250 000`
                let spaced =
                    scan.kind(last + 1) == Some(Kind::Number) && scan.raw(last + 1).len() == 3 && groups.len() < 4;
                let first_short = groups[0].1.len() <= 3
                    && groups.iter().skip(1).all(|(mark, digits)| *mark == Some(' ') && digits.len() == 3);
                if !(spaced && first_short) {
                    break;
                }
                groups.push((Some(' '), scan.raw(last + 1).to_owned()));
                last += 1;
                continue;
            }
        };
        if let Some((digits, times)) = scaled(last + 2) {
            scale = times;
            groups.push((Some(separator), digits));
        } else {
            let Some(digits) = group(last + 2, &mut repairs) else { break };
            groups.push((Some(separator), digits));
        }
        last += 2;
    }
    let mut cents = value(&groups)?;
    // `,-`, `,--`, `.-`, `,=`
    if matches!(scan.mark(last + 1), Some('.' | ','))
        && scan.touches(last + 1)
        && matches!(scan.mark(last + 2), Some('-' | '='))
        && scan.touches(last + 2)
    {
        last += 2;
        if scan.is_mark(last + 1, '-') && scan.touches(last + 1) {
            last += 1;
        }
    }
    if scale == 1
        && let Some(next) = scan.next(last)
    {
        let word = scan.folded(next);
        let worded = scan
            .is_word(next)
            .then(|| lexicon().number(word))
            .flatten()
            .filter(|&value| matches!(value, 1000 | 1_000_000 | 1_000_000_000));
        if let Some(worded) = worded {
            scale = i64::try_from(worded).ok()?;
            last = next;
            if scan.is_mark(last + 1, '.') && matches!(word, "mln" | "mio" | "mld") && scan.touches(last + 1) {
                last += 1;
            }
        }
    }
    cents = cents.checked_mul(scale)?;
    Some(Figures { last, cents, repairs })
}

/// Hundredths of figures in groups: the last separator is a decimal one where it parts one or two digits, or where it
/// differs from those before it.
fn value(groups: &[(Option<char>, String)]) -> Option<i64> {
    let whole = |groups: &[(Option<char>, String)]| {
        groups.iter().map(|(_, digits)| digits.as_str()).collect::<String>().parse::<i64>().ok()
    };
    let (last_mark, last) = groups.last()?;
    let decimal = match last_mark {
        None | Some(' ') => false,
        Some(mark) => {
            let alone = groups.len() == 2;
            let differs = groups.iter().rev().skip(1).filter_map(|(mark, _)| *mark).any(|other| other != *mark);
            last.len() <= 2
                || differs
                || (alone && groups[0].1.chars().all(|digit| digit == '0'))
                || (alone && last.len() > 3)
        }
    };
    if !decimal {
        return whole(groups)?.checked_mul(100);
    }
    let units = whole(&groups[..groups.len() - 1])?.checked_mul(100)?;
    // Figures that make no amount are none: nothing is cut off them.
    if last.trim_end_matches('0').len() > 2 {
        return None;
    }
    let hundredths: i64 = format!("{last:0<2}").get(..2)?.parse().ok()?;
    units.checked_add(hundredths)
}

/// Takes in the same amount in words or figures in brackets behind it, and what stands beside it.
fn with_words(scan: &Scan<'_>, first: usize, figures: Figures, code: &'static str) -> Option<Spot> {
    let Figures { mut last, cents, repairs } = figures;
    let mut disputed = false;
    if let Some((close, other)) = bracketed(scan, last) {
        disputed = other != cents;
        last = close;
    }
    if gives_way(scan, last) {
        return None;
    }
    let (per, vat) = beside(scan, last);
    let reading = AmountReading { cents, currency: code.to_owned(), per, vat, disputed };
    Some(Spot { range: scan.range(first, last), entity: Entity::Amount(reading), repairs })
}

/// `(€ 15.000)`, `(zegge: vijftienduizend euro)`, `(fifteen thousand dollars)`: its end and value.
fn bracketed(scan: &Scan<'_>, after: usize) -> Option<(usize, i64)> {
    let open = scan.next(after).filter(|&open| scan.is_mark(open, '('))?;
    let mut at = scan.next(open)?;
    while matches!(scan.folded(at), "zegge" | "say" | ":" | "in" | "words") {
        at = scan.next(at)?;
    }
    let (value, mut last) = if let Some((_, sign_last)) = currency(scan, at) {
        let figures = figures(scan, scan.next(sign_last)?)?;
        (figures.cents, figures.last)
    } else if let Some(figures) = figures(scan, at) {
        (figures.cents, figures.last)
    } else {
        let worded = number::starting_at(scan, at).filter(|worded| worded.value > 12)?;
        (i64::try_from(worded.value).ok()?.checked_mul(100)?, worded.last)
    };
    let mut value = value;
    if let Some(name) = scan.next(last).filter(|&name| currency(scan, name).is_some()) {
        last = currency(scan, name)?.1;
        if let Some((cents, end)) = cents_behind(scan, last) {
            (value, last) = (value.checked_add(cents)?, end);
        }
    }
    let close = scan.next(last).filter(|&close| scan.is_mark(close, ')'))?;
    Some((close, value))
}

/// `(achttien gulden) en vijftig cent`.
fn cents_behind(scan: &Scan<'_>, last: usize) -> Option<(i64, usize)> {
    let and = scan.next(last).filter(|&and| matches!(scan.folded(and), "en" | "and"))?;
    let worded = number::starting_at(scan, scan.next(and)?).filter(|worded| worded.value < 100)?;
    let name = scan.next(worded.last)?;
    matches!(scan.folded(name), "cent" | "cents" | "pence").then_some((i64::try_from(worded.value).ok()?, name))
}

/// The time for which a price is said to be.
fn time(scan: &Scan<'_>, at: usize) -> Option<Per> {
    match scan.folded(at) {
        "jaar" | "year" | "annum" | "kalenderjaar" | "contractjaar" | "schooljaar" | "seizoen" | "season" => {
            Some(Per::Year)
        }
        "kwartaal" | "quarter" | "kalenderkwartaal" => Some(Per::Quarter),
        "maand" | "month" | "mnd" | "mo" | "kalendermaand" => Some(Per::Month),
        _ => None,
    }
}

/// What stands right behind `€ 18.000 per`: a thing that is priced, not a way to pay or a day.
fn is_thing(scan: &Scan<'_>, at: usize) -> bool {
    const NO_THINGS: [&str; 16] = [
        "aangetekende",
        "automatische",
        "bank",
        "cent",
        "deze",
        "e",
        "giro",
        "incasso",
        "mail",
        "mille",
        "omgaande",
        "ommegaande",
        "overboeking",
        "post",
        "saldo",
        "bankoverschrijving",
    ];
    let word = scan.folded(at);
    scan.is_word(at) && !scan.is_capital(at) && word.chars().count() > 2 && !NO_THINGS.contains(&word)
}

/// Behind a noun, at most one word further, comes the time: the price is that of one of several things.
fn priced_by_unit(scan: &Scan<'_>, noun: usize) -> bool {
    (noun + 1..noun + 3).any(|at| scan.folded(at) == "per" && time(scan, at + 1).is_some())
}

/// `van € 3.310 naar € 2.075`: what no longer holds.
fn gives_way(scan: &Scan<'_>, last: usize) -> bool {
    let next = scan.next(last).filter(|&next| scan.folded(next) == "naar").and_then(|next| scan.next(next));
    next.is_some_and(|next| currency(scan, next).is_some())
}

/// A time in letters behind an amount: `pcm`, `p.c.m.`, `p/m`, `p.a.`, `p.j.`
fn abbreviated(scan: &Scan<'_>, at: usize) -> Option<Per> {
    let parted = |at: usize| matches!(scan.mark(at), Some('.' | '/')) && scan.touches(at) && scan.touches(at + 1);
    let mut letters = scan.folded(at).to_owned();
    let mut last = at;
    while letters.len() < 3 && scan.raw(last).len() == 1 && parted(last + 1) && scan.raw(last + 2).len() == 1 {
        letters += scan.folded(last + 2);
        last += 2;
    }
    match letters.as_str() {
        "pcm" | "pm" => Some(Per::Month),
        "pa" | "pj" => Some(Per::Year),
        "pq" | "pk" => Some(Per::Quarter),
        _ => None,
    }
}

/// Whether a share of a hundred stands right before a piece.
fn is_share(scan: &Scan<'_>, at: usize) -> bool {
    scan.before(at)
        .is_some_and(|left| scan.is_mark(left, '%') || matches!(scan.folded(left), "procent" | "percent" | "pct"))
}

/// Whether a sentence starts at a piece behind a full stop: `… te leen. De rente`, or the next paragraph's number.
fn opens_sentence(scan: &Scan<'_>, at: usize) -> bool {
    scan.gap(at) == Gap::Paragraph || scan.is_capital(at) && scan.raw(at).len() > 3
}

/// What the words after an amount, to the end of the clause, say.
fn beside(scan: &Scan<'_>, last: usize) -> (Option<Per>, Option<Vat>) {
    let (mut per, mut vat) = (None, None);
    let mut at = last;
    let mut tax = None;
    for step in 0..BESIDE {
        let Some(next) = scan.next(at) else { break };
        at = next;
        // Behind a colon stands what another label names.
        if matches!(scan.mark(at), Some(';' | ':')) || currency(scan, at).is_some() {
            break;
        }
        let word = scan.folded(at);
        if scan.is_mark(at, '.') && scan.next(at).is_some_and(|next| opens_sentence(scan, next)) {
            break;
        }
        match word {
            "exclusief" | "excl" | "ex" | "exclusive" | "excluding" | "plus" | "vermeerderd" => {
                tax = tax.or(Some(Vat::Excl))
            }
            "inclusief" | "incl" | "inclusive" | "including" => tax = tax.or(Some(Vat::Incl)),
            "btw" | "vat" | "omzetbelasting" | "bt" | "b" if word != "b" || scan.folded(at + 2) == "t" => {
                vat = vat.or(tax)
            }
            "per" | "a" | "an" | "each" | "every" | "elk" | "ieder" | "/" if per.is_none() && step < 7 => {
                // `per calendar month`
                let unit = if scan.folded(at + 1) == "calendar" { at + 2 } else { at + 1 };
                // `with interest at 4% per annum`
                if is_share(scan, at) {
                    break;
                }
                per = match scan.folded(unit) {
                    "uur" | "hour" => Some(Per::Hour),
                    "stuk" | "eenheid" | "unit" | "piece" | "week" | "dag" | "day" | "m2" | "m" | "ton" | "tonne"
                    | "rit" | "leerling" | "inwoner" | "gebruiker" | "user" | "keer" | "gebeurtenis" | "km" | "kwh"
                    | "kilometer" => Some(Per::Unit),
                    // `per toestel per maand`
                    _ if time(scan, unit).is_none() && priced_by_unit(scan, unit) => Some(Per::Unit),
                    _ => time(scan, unit)
                        .or_else(|| (step < 2 && word == "per" && is_thing(scan, unit)).then_some(Per::Unit)),
                };
            }
            // `£825 pcm`, `€ 95,- p/m`, `p.a.`
            "pcm" | "pm" | "pa" | "pj" | "p" if per.is_none() && step < 7 => per = abbreviated(scan, at),
            "jaarbasis" if per.is_none() && step < 3 => per = Some(Per::Year),
            "maandbasis" if per.is_none() && step < 3 => per = Some(Per::Month),
            "jaarlijks" | "annually" | "yearly" if per.is_none() && step < 2 => per = Some(Per::Year),
            "maandelijks" | "monthly" if per.is_none() && step < 2 => per = Some(Per::Month),
            _ => {}
        }
    }
    (per, vat)
}

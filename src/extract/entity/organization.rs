//! Organizations: names before a legal form (`Acme Holdings, Inc.`), behind a form or kind of body (`Stichting X`,
//! `gemeente Y`), and names without a form that their place gives away. Where a name starts is the hard part.

mod by_place;

pub(super) use by_place::named as named_by_place;

use super::{
    Entity, OrganizationReading, Spot,
    lexicon::lexicon,
    place::{names_street, opens_address},
    scan::{Gap, Kind, Scan},
};

/// No name has more pieces than this.
const WIDEST: usize = 28;

/// Adds the organizations of a text.
pub(super) fn find(scan: &Scan<'_>, spots: &mut Vec<Spot>) {
    let first_spot = spots.len();
    for at in 0..scan.pieces.len() {
        if !matches!(scan.kind(at), Some(Kind::Word | Kind::Number | Kind::Mark('(' | ',' | '&'))) {
            continue;
        }
        spots.extend(before_form(scan, at));
        behind_form(scan, at, spots);
        spots.extend(public_body(scan, at));
        spots.extend(government(scan, at));
        spots.extend(family_firm(scan, at));
        spots.extend(by_place::find(scan, at));
    }
    super::settle(spots, first_spot);
}

fn spot(scan: &Scan<'_>, first: usize, last: usize, legal_form: Option<&str>) -> Spot {
    let range = scan.range(first, last);
    let name = super::spaced(&scan.text[range.clone()]);
    let reading = OrganizationReading { name, legal_form: legal_form.map(str::to_owned) };
    Spot { range, entity: Entity::Organization(reading), repairs: Vec::new() }
}

/// The legal form that starts at a piece: its last piece.
fn legal_form(scan: &Scan<'_>, at: usize) -> Option<(usize, &'static str)> {
    let (last, form) = lexicon().phrases("legal_forms").at(scan, at)?;
    // Forms are printed with capitals; `plc` and the German ones are not always.
    let printed = scan.is_capital(at)
        || matches!(form, "plc" | "GmbH" | "V.O.F.")
        || (matches!(form, "B.V." | "N.V.") && scan.next(last).is_some_and(|next| scan.is_mark(next, ',')))
        || scan.is_mark(at, '(')
        || scan.raw(at).starts_with('8')
        || (matches!(scan.folded(at), "inc" | "llc" | "ltd") && at > 0 && scan.is_mark(at - 1, ','));
    let glued = scan.touches(at) && !matches!(scan.mark(at.wrapping_sub(1)), Some(',' | ')' | '"'));
    (printed && !glued).then_some((last, form))
}

/// Forms that are also common words: they need a name of their own before them and give way to a longer form.
fn is_weak(form: &str) -> bool {
    matches!(
        form,
        "Group" | "Bank" | "Trust" | "University" | "council" | "Co." | "SE" | "AB" | "KG" | "AG" | "DAC" | "SAS"
    )
}

/// Whether such a form stands right before a mark.
fn ends_in_body_word(scan: &Scan<'_>, mark: usize) -> bool {
    scan.before(mark).is_some_and(|left| is_body_word(scan, left))
}

/// A form that also opens the name of a place: `Trust Headquarters`, `Council Offices`.
fn is_body_word(scan: &Scan<'_>, at: usize) -> bool {
    matches!(legal_form(scan, at), Some((_, "Group" | "Bank" | "Trust" | "University" | "council")))
}

fn before_form(scan: &Scan<'_>, at: usize) -> Option<Spot> {
    let (mut last, mut form) = legal_form(scan, at)?;
    // `Company no. 03390284`
    if matches!(scan.folded(last + 1), "no" | "number" | "registration" | "registered" | "reg")
        && !scan.is_capital(last + 1)
    {
        return None;
    }
    // `Holdings, Inc.`, `Co., Ltd.`, `Bank, N.A.`: the last form counts.
    let mut tail = last;
    while let Some(mut next) = scan.next(tail) {
        if scan.is_mark(next, ',') || scan.is_mark(next, '.') {
            next = match scan.next(next) {
                // `Tavy NHS Trust, Trust Headquarters`: such a word opens the address.
                Some(next) if !(is_body_word(scan, tail) && is_body_word(scan, next)) => next,
                _ => break,
            };
        }
        if let Some((end, longer)) = legal_form(scan, next) {
            (last, tail, form) = (end, end, longer);
        } else if scan.is_word(next) && scan.is_capital(next) && is_weak(form) && tail == last && !is_stop(scan, next) {
            // `Bank of America`, `Trust Company Americas LLC` go on to the right.
            let reached = (next..next + 6)
                .find_map(|later| legal_form(scan, later).filter(|_| scan.gap(later) != Gap::Paragraph));
            match reached {
                Some((_, longer)) if !is_weak(longer) => return None,
                _ => break,
            }
        } else {
            break;
        }
    }
    // Numbers of funds: `& Co. II, L.P.` was taken above; `Fund LP II`.
    let first = start_of_name(scan, at)?;
    let words = (first..at).filter(|&at| scan.is_word(at)).count();
    // `The Company`, `a Delaware Corporation`: a description, no name.
    let article = usize::from(matches!(scan.folded(first), "the" | "a" | "an"));
    let place = lexicon().phrases("jurisdictions").at(scan, first + article).is_some_and(|(end, _)| end + 1 == at);
    let description = first + article == at || (place && matches!(form, "Corp." | "Co." | "LLC" | "L.P."));
    // `Martin Lumb of 12 Heather Bank` lives there.
    let lives = address_in(scan, first, at).is_some();
    if description || lives || words == 0 && (first..at).all(|at| scan.kind(at) != Some(Kind::Mixed)) {
        return None;
    }
    // `Heritage Bank of Nevada`, `Community Bank Corporation of America`, `Burren Institute of Technology`.
    if matches!(form, "Bank" | "University" | "Trust" | "Corp." | "Group")
        && scan.folded(last + 1) == "of"
        && !(scan.raw(last + 1) == "of" && ends_before(scan, first, last + 1))
    {
        let named = (last + 2..last + 5).take_while(|&at| is_name_word(scan, at) && scan.gap(at) != Gap::Paragraph);
        last = named.filter(|&at| scan.is_word(at)).last().unwrap_or(last);
    }
    if let Some(end) = field_behind(scan, last) {
        return Some(spot(scan, first, end, None));
    }
    // A full stop that ends the sentence stays with the form, as printed.
    Some(spot(scan, first, last, (!matches!(form, "Group")).then_some(form)))
}

/// `International Institute for Tidal and Estuarine Studies`, up to a mark or the line's end.
fn field_behind(scan: &Scan<'_>, last: usize) -> Option<usize> {
    const BODIES: [&str; 7] =
        ["institute", "agency", "organisation", "organization", "commission", "centre", "association"];
    let lead = scan.next(last).filter(|&lead| matches!(scan.raw(lead), "of" | "for" | "on"))?;
    let opens = BODIES.contains(&scan.folded(last)) && scan.is_capital(last) && scan.is_capital(lead + 1);
    let end = end_of_name(scan, lead + 1, true).filter(|_| opens)?;
    let alone = (lead..=end).all(|at| legal_form(scan, at).is_none());
    let closed = scan.next(end).is_none_or(|next| {
        scan.gap(next) == Gap::Paragraph || matches!(scan.mark(next), Some(',' | '(' | ';')) || is_and(scan, next)
    });
    (alone && closed).then_some(end)
}

fn is_stop(scan: &Scan<'_>, at: usize) -> bool {
    // `Meridian Title & Escrow Company`
    let joined = scan.is_capital(at) && scan.is_mark(at + 1, '&') && scan.is_capital(at + 2);
    !(names_trade(scan, at) || joined)
        && lexicon().phrases("not_names").at(scan, at).is_some_and(|(last, _)| last == at)
}

/// `Bright Hands Contract Cleaning Limited`: a trade that is done by contract.
fn names_trade(scan: &Scan<'_>, at: usize) -> bool {
    const TRADES: [&str; 10] = [
        "cleaning",
        "catering",
        "hire",
        "research",
        "furniture",
        "interiors",
        "flooring",
        "logistics",
        "packing",
        "manufacturing",
    ];
    scan.folded(at) == "contract"
        && scan.is_capital(at)
        && scan.next(at).is_some_and(|next| scan.is_capital(next) && TRADES.contains(&scan.folded(next)))
}

fn is_particle(scan: &Scan<'_>, at: usize) -> bool {
    lexicon().phrases("particles").at(scan, at).is_some_and(|(last, _)| last == at)
}

fn is_and(scan: &Scan<'_>, at: usize) -> bool {
    matches!(scan.folded(at), "and" | "en")
}

/// Can be a word of a name: with a capital, or a figure.
fn is_name_word(scan: &Scan<'_>, at: usize) -> bool {
    match scan.kind(at) {
        Some(Kind::Word) => (scan.is_capital(at) || camel(scan.raw(at))) && !is_stop(scan, at),
        Some(Kind::Mixed) => true,
        Some(Kind::Number) => scan.raw(at).len() <= 4,
        _ => false,
    }
}

/// `eBay`, `iRobot`.
fn camel(raw: &str) -> bool {
    raw.chars().nth(1).is_some_and(char::is_uppercase)
}

/// Goes left from a legal form to where the name starts.
fn start_of_name(scan: &Scan<'_>, form_at: usize) -> Option<usize> {
    let mut first = None;
    let mut at = form_at;
    let mut bracket = false;
    let mut quoted = false;
    while let Some(left) = scan.before(at).filter(|left| form_at - left < WIDEST) {
        let right = at;
        if scan.opens_cell(right) && right != form_at {
            break;
        }
        at = left;
        match scan.kind(left)? {
            // `Taxi- en Touringcarbedrijf X B.V.`
            Kind::Word
                if is_and(scan, left)
                    && first.is_some()
                    && scan.before(left).is_some_and(|hyphen| scan.is_mark(hyphen, '-') && scan.touches(hyphen)) => {}
            Kind::Word if is_and(scan, left) => {
                if !and_joins(scan, left, form_at) {
                    break;
                }
            }
            Kind::Word if scan.touches(right) && scan.is_mark(right, '.') => first = Some(left),
            Kind::Word | Kind::Mixed | Kind::Number if is_name_word(scan, left) => {
                // A figure opens a name only where it is not a list's or an address's number.
                if scan.kind(left) == Some(Kind::Number)
                    && scan.before(left).is_some_and(|before| scan.is_mark(before, ','))
                {
                    break;
                }
                first = Some(left);
            }
            // `netTALK.com, Inc.`, `About.com`: after a dot without space.
            Kind::Word
                if scan.touches(left)
                    && left > 0
                    && matches!(scan.mark(left - 1), Some('.' | '\'' | '-' | '@'))
                    && !is_stop(scan, left) =>
            {
                first = Some(left)
            }
            // `Liftenfabriek v/h Gebr. Korteweg B.V.`: what it was called before belongs to the name.
            Kind::Word if first.is_some() && is_half_of_formerly(scan, left) => {}
            // `de gemeente Ede aan X B.V.`
            Kind::Word if scan.raw(left) == "aan" && ends_place(scan, left) => break,
            Kind::Word if is_particle(scan, left) && first.is_some() => {}
            Kind::Mark('&' | '+') => {}
            Kind::Mark('-' | '/' | '\'' | '!' | '¢' | '°' | '@') if scan.touches(right) || scan.touches(left) => {}
            Kind::Mark('.') => {
                let stands = scan.touches(left) && (scan.touches(right) || abbreviates(scan, left));
                if !stands {
                    break;
                }
            }
            Kind::Mark(',') => {
                let own = right == form_at && !(ends_in_body_word(scan, left) && is_body_word(scan, right));
                let before_form = own || right != form_at && legal_form(scan, right).is_some();
                let series = matches!(scan.folded(right + 1), "&" | "and" | ",")
                    && first.is_some()
                    && first != Some(form_at)
                    && firm_follows(scan, right, form_at);
                if !(before_form || series) || legal_form_ends_at(scan, left) {
                    break;
                }
            }
            Kind::Mark(')') if !bracket => bracket = true,
            Kind::Mark('(') if bracket => bracket = false,
            Kind::Mark('"') => {
                if quoted {
                    quoted = false;
                    first = Some(left);
                } else if right == form_at || scan.is_mark(right, ',') {
                    quoted = true;
                } else {
                    break;
                }
            }
            _ => break,
        }
        if legal_form_ends_at(scan, at) && !is_and(scan, at) && at != form_at && scan.is_mark(at, '.') {
            break;
        }
    }
    let mut first = first?;
    // A signatory's office stands above the next company.
    if let Some(office) = (first..form_at.saturating_sub(1)).rev().find(|&at| is_office(scan, at)) {
        first = office + 1;
    }
    // What was taken in with the name but belongs to the sentence.
    if scan.folded(first) == "board" && scan.folded(first + 1) == "of" && scan.folded(first + 3) == "of" {
        first += 4;
    }
    loop {
        // `… onder nummer 12/58` before the name.
        if scan.kind(first) == Some(Kind::Number) && scan.is_mark(first + 1, '/') && first + 3 < form_at {
            first += 3;
            continue;
        }
        let drop = match scan.kind(first)? {
            Kind::Number => scan.is_mark(first + 1, '.') || scan.is_mark(first + 1, ')'),
            // `M/s. Sahyadri Private Limited`: a form of address for firms.
            Kind::Word
                if scan.folded(first) == "m" && scan.is_mark(first + 1, '/') && scan.folded(first + 2) == "s" =>
            {
                first += if scan.is_mark(first + 3, '.') { 3 } else { 2 };
                true
            }
            Kind::Word => match scan.folded(first) {
                "the" | "de" | "het" => starts_sentence(scan, first) || !scan.is_capital(first),
                "and" | "en" | "of" | "or" | "by" | "in" | "for" | "voor" | "een" | "a" | "an" => true,
                // `B. de Coöperatie X U.A.`: the letter of an item.
                letter
                    if (letter.len() == 1 || matches!(letter, "ii" | "iii" | "iv" | "vi" | "vii" | "viii"))
                        && scan.is_mark(first + 1, '.')
                        && first + 2 < form_at =>
                {
                    let article = matches!(scan.folded(first + 2), "de" | "het") && !scan.is_capital(first + 2);
                    if article || is_item_letter(scan, first) {
                        first += 2;
                        continue;
                    }
                    false
                }
                _ => false,
            },
            Kind::Mark('"') => false,
            Kind::Mark(_) | Kind::Open => true,
            Kind::Mixed => false,
        };
        if !drop || first + 1 >= form_at {
            break;
        }
        first += 1;
    }
    (first < form_at && !(scan.is_mark(first, '.'))).then_some(first)
}

/// `A. Vos B.V. …` with a paragraph `B. …` after it, or the other way round: the letter of an item, no initial; so is the
/// `I.` before a paragraph `II. …`.
pub(super) fn is_item_letter(scan: &Scan<'_>, at: usize) -> bool {
    /// A list's items stand so many pieces apart.
    const APART: usize = 160;
    const ROMAN: [&str; 10] = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"];
    let opens = |at: usize| scan.gap(at) == Gap::Paragraph && scan.is_mark(at + 1, '.');
    let letter = |at: usize| match scan.raw(at).as_bytes() {
        [letter @ (b'A'..=b'Z' | b'a'..=b'z')] => Some(usize::from(*letter)),
        _ => None,
    };
    let roman = |at: usize| ROMAN.iter().position(|number| *number == scan.raw(at));
    let next_to =
        |one: Option<usize>, other: Option<usize>| one.zip(other).is_some_and(|(one, other)| one.abs_diff(other) == 1);
    if !opens(at) || letter(at).or(roman(at)).is_none() {
        return false;
    }
    let mut near = (at.saturating_sub(APART)..(at + APART).min(scan.pieces.len())).filter(|&other| other != at);
    near.any(|other| (next_to(letter(at), letter(other)) || next_to(roman(at), roman(other))) && opens(other))
}

/// Behind `gemeente X`, `provincie X`.
fn ends_place(scan: &Scan<'_>, at: usize) -> bool {
    let of_place = |start: usize| {
        lexicon()
            .phrases("prefix_forms")
            .at(scan, start)
            .is_some_and(|(last, value)| value.starts_with("place ") && last + 2 == at)
    };
    at.checked_sub(2).is_some_and(of_place)
}

fn is_office(scan: &Scan<'_>, at: usize) -> bool {
    matches!(
        scan.folded(at),
        "officer"
            | "director"
            | "president"
            | "signatory"
            | "secretary"
            | "treasurer"
            | "ceo"
            | "cfo"
            | "chairman"
            | "committee"
            | "confidential"
    ) && scan.is_capital(at)
}

/// `Bruckmann, Rosser, Sherrill & Co.`: the series ends with a joint before the form.
fn firm_follows(scan: &Scan<'_>, from: usize, form_at: usize) -> bool {
    (from..form_at).any(|at| scan.is_mark(at, '&') || is_and(scan, at))
        && (from..form_at).all(|at| legal_form(scan, at).is_none() || at >= form_at)
}

fn starts_sentence(scan: &Scan<'_>, at: usize) -> bool {
    match scan.before(at) {
        None => true,
        Some(left) => matches!(scan.mark(left), Some('.' | ':' | ')' | ';' | '"')),
    }
}

/// A full stop of an initial or an abbreviation, not of a sentence.
fn abbreviates(scan: &Scan<'_>, dot: usize) -> bool {
    let Some(word) = scan.before(dot) else { return false };
    scan.raw(word).chars().count() == 1
        || matches!(
            scan.folded(word),
            "st" | "gebr"
                | "zn"
                | "fa"
                | "mr"
                | "dr"
                | "bros"
                | "co"
                | "no"
                | "jos"
                | "chr"
                | "joh"
                | "wm"
                | "int"
                | "corp"
                | "wed"
                | "mij"
                | "ned"
                | "kon"
        )
}

fn legal_form_ends_at(scan: &Scan<'_>, at: usize) -> bool {
    // A comma or full stop after a form belongs to the party before.
    (at.saturating_sub(4)..at).any(|start| {
        legal_form(scan, start).is_some_and(|(last, form)| !is_weak(form) && (last == at || last + 1 == at))
    })
}

/// Whether `X and Y Inc.` is one name.
fn and_joins(scan: &Scan<'_>, and_at: usize, form_at: usize) -> bool {
    let Some(left) = scan.before(and_at) else { return false };
    if !is_name_word(scan, left) || legal_form_ends_at(scan, left) || legal_form_at_end(scan, left) {
        return false;
    }
    // `The Kingdom of Norway and the International Institute`: the next one begins.
    if scan.raw(and_at + 1) == "the" && legal_form(scan, form_at).is_some_and(|(_, form)| is_weak(form)) {
        return false;
    }
    let after = (and_at + 1..form_at).filter(|&at| scan.is_word(at)).count();
    let mut before = 0;
    let mut at = left;
    while is_name_word(scan, at) && scan.is_word(at) {
        before += 1;
        match scan.before(at) {
            Some(further) => at = further,
            None => return before == 1 || after <= 1,
        }
    }
    // `het Ministerie van Defensie en Thales Nederland B.V.`: a public body has no such form.
    let public = |start: usize, last: usize| {
        let (end, value) = lexicon().phrases("prefix_forms").at(scan, start)?;
        let body = value.starts_with("place ") || matches!(value, "body staat" | "body minister");
        (body && end <= last).then_some(end)
    };
    if public(at + 1, left).is_some() || (at.saturating_sub(2)..=at).any(|start| public(start, at) == Some(at)) {
        return false;
    }
    // `Museum De Zwarte Akker te Drachten en Waaksaam B.V.`: a seat before the joint ends a name of its own.
    if matches!(scan.folded(at), "te") {
        return false;
    }
    // `2. Argus Wacht en Beveiliging B.V.`: nothing but the name stands in its item before the joint.
    if enumerates(scan, at) {
        return true;
    }
    // A person's initial stands before the family name.
    let initial = scan.is_mark(at, '.') && scan.touches(at);
    let between = matches!(scan.folded(at), "between" | "among" | "tussen");
    if between {
        // `between X and Y Inc. and Z`: a second joint after the form makes `X and Y` one.
        return before == 1 && joint_follows(scan, form_at);
    }
    !initial && (before == 1 || after <= 1)
}

/// Whether a mark closes the number or letter of an item: `; en 2.`
fn enumerates(scan: &Scan<'_>, mark: usize) -> bool {
    let Some(number) = mark.checked_sub(1).filter(|_| matches!(scan.mark(mark), Some('.' | ')'))) else { return false };
    let opens = scan.gap(number) == Gap::Paragraph
        || number.checked_sub(1).is_some_and(|before| is_and(scan, before) || scan.is_mark(before, ';'));
    opens && scan.touches(mark) && (scan.kind(number) == Some(Kind::Number) || scan.raw(number).len() == 1)
}

fn joint_follows(scan: &Scan<'_>, form_at: usize) -> bool {
    let mut at = form_at;
    let mut depth = 0;
    for _ in 0..40 {
        let Some(next) = scan.next(at) else { return false };
        at = next;
        match scan.kind(at) {
            Some(Kind::Mark('(')) => depth += 1,
            Some(Kind::Mark(')')) => depth -= 1,
            Some(Kind::Word) if depth <= 0 && is_and(scan, at) => return true,
            _ => {}
        }
    }
    false
}

fn legal_form_at_end(scan: &Scan<'_>, at: usize) -> bool {
    legal_form(scan, at).is_some_and(|(last, form)| last == at && !is_weak(form))
}

/// `het Openbaar Ministerie`, `gemeente Kaag en Braassem`: names that are known as a whole.
fn public_body(scan: &Scan<'_>, at: usize) -> Option<Spot> {
    let (last, form) = lexicon().phrases("public_bodies").at(scan, at)?;
    scan.is_capital(last).then(|| spot(scan, at, last, Some(form)))
}

/// `de Macedoonse Regering`, `de Britse Regering`.
fn government(scan: &Scan<'_>, at: usize) -> Option<Spot> {
    let of_country = scan.is_word(at) && scan.is_capital(at) && scan.raw(at).ends_with("se") && scan.raw(at).len() > 4;
    let last = scan.next(at).filter(|&last| of_country && matches!(scan.raw(last), "Regering" | "regering"))?;
    Some(spot(scan, at, last, Some("staat")))
}

/// Words behind `&` by which a firm is that of a family, folded and without a full stop.
pub(in crate::extract) fn is_kin(word: &str) -> bool {
    matches!(word, "zoon" | "zn" | "zonen" | "dochter" | "dochters")
}

/// `Hoveniersbedrijf P. Kuiper & Zoon`: a firm by its family, without a legal form.
fn family_firm(scan: &Scan<'_>, and_at: usize) -> Option<Spot> {
    let kin = scan.next(and_at).filter(|_| scan.is_mark(and_at, '&'))?;
    if !is_kin(scan.folded(kin)) || !scan.is_capital(kin) {
        return None;
    }
    let mut first = None;
    let mut at = and_at;
    while let Some(left) = scan.before(at).filter(|_| !scan.opens_cell(at)) {
        let named = is_name_word(scan, left) && scan.is_word(left);
        let joins = scan.is_mark(left, '.') && scan.touches(left) && abbreviates(scan, left)
            || is_particle(scan, left) && !is_and(scan, left);
        if !(named || joins) {
            break;
        }
        first = if named { Some(left) } else { first };
        at = left;
    }
    let last = if scan.is_mark(kin + 1, '.') && scan.folded(kin) == "zn" { kin + 1 } else { kin };
    // Where a legal form follows, the name is found by it.
    let goes_on = scan.next(last).is_some_and(|next| legal_form(scan, next).is_some());
    first.filter(|_| !goes_on).map(|first| spot(scan, first, last, None))
}

/// `Stichting X`, `gemeente Y`, `N.V. Z`, `gemeenten Bladel, Bergeijk en Eersel`.
fn behind_form(scan: &Scan<'_>, at: usize, spots: &mut Vec<Spot>) {
    let Some((form_last, value)) = lexicon().phrases("prefix_forms").at(scan, at).or_else(|| compound_form(scan, at))
    else {
        return;
    };
    let Some((kind, form)) = value.split_once(' ') else { return };
    if scan.touches(at) && matches!(scan.mark(at.wrapping_sub(1)), Some('-' | '.')) {
        return;
    }
    let lower_ok = matches!(kind, "place" | "places" | "governments")
        || matches!(form, "staat" | "minister")
        || form == "openbaar lichaam" && !matches!(scan.folded(at), "regio" | "openbaar" | "gemeenschappelijke")
        || form == "stichting"
        || matches!(form, "vereniging" | "maatschap" | "eenmanszaak" | "waterschap");
    if !scan.is_capital(at) && !lower_ok {
        return;
    }
    let Some(mut next) = scan.next(form_last) else { return };
    // `de stichting Stichting X`: the name starts at the second.
    if lexicon().phrases("prefix_forms").at(scan, next).is_some_and(|(_, other)| other == value) {
        return;
    }
    if kind == "places" {
        let place = |at: usize| {
            let last = end_of_name(scan, at, false).filter(|_| at == next || is_name_word(scan, at))?;
            Some((last, format!("{form} {}", super::spaced(&scan.text[scan.range(at, last)]))))
        };
        spots.extend(listed(scan, at, next, form, place));
        return;
    }
    if kind == "governments" {
        spots.extend(listed(scan, at, next, form, |next| of_state(scan, next)));
        return;
    }
    if scan.is_mark(next, '"') {
        let Some(after) = scan.next(next) else { return };
        next = after;
    }
    let Some(mut last) = end_of_name(scan, next, kind == "body") else { return };
    let of_ministry = matches!(form, "staat" | "minister" | "department" | "state");
    if let Some(and) = firm_joined(scan, next, last).filter(|_| of_ministry) {
        last = and - 1;
    }
    last = portfolio_behind(scan, last).filter(|_| of_ministry).unwrap_or(last);
    if let Some(close) = country_behind(scan, last) {
        spots.push(spot(scan, at, close, Some(form)));
        return;
    }
    if scan.is_mark(last + 1, '"') && scan.touches(last + 1) {
        last += 1;
    } else if kind == "body"
        && let Some(end) = quoted_behind(scan, last)
    {
        last = end;
    }
    if let Some((end, _)) = scan.next(last).and_then(|after| legal_form(scan, after)) {
        last = end;
    } else if let Some(end) = building_behind(scan, at, last) {
        last = end;
    } else if let Some(end) = purpose_behind(scan, last).filter(|_| kind == "body") {
        last = end;
    }
    // What a sole trader's business is, is none of its name.
    let first = if form == "eenmanszaak" { next } else { at };
    spots.push(spot(scan, first, last, Some(form)));
}

/// `Ministerie van Defensie en Thales Nederland B.V.`: a ministry has no such form; the `en` before the firm.
fn firm_joined(scan: &Scan<'_>, first: usize, last: usize) -> Option<usize> {
    let form = (first..=last + 1).find(|&at| legal_form(scan, at).is_some_and(|(_, form)| !is_weak(form)))?;
    (first + 1..form).rfind(|&at| is_and(scan, at))
}

/// Names in a list behind what they all are: `gemeenten A, B en C`. `name` tells of a piece the last one of the name that
/// starts there, and the name.
fn listed(
    scan: &Scan<'_>,
    mut first: usize,
    mut next: usize,
    form: &str,
    name: impl Fn(usize) -> Option<(usize, String)>,
) -> Vec<Spot> {
    let mut found = Vec::new();
    while let Some((last, name)) = name(next) {
        let mut one = spot(scan, first, last, Some(form));
        if let Entity::Organization(reading) = &mut one.entity {
            reading.name = name;
        }
        found.push(one);
        let joint = scan.next(last).filter(|&joint| scan.is_mark(joint, ',') || is_and(scan, joint));
        let Some(following) = joint.and_then(|joint| scan.next(joint)) else { break };
        (first, next) = (following, following);
    }
    found
}

/// `het Koninkrijk België` in `de regeringen van het Koninkrijk België, het Groothertogdom Luxemburg en Letland`: the
/// government of each.
fn of_state(scan: &Scan<'_>, at: usize) -> Option<(usize, String)> {
    let named = if matches!(scan.folded(at), "de" | "het") { scan.next(at)? } else { at };
    // `en de Regering van Peru` is said by itself.
    if scan.folded(named) == "regering" || government(scan, named).is_some() {
        return None;
    }
    let form = lexicon().phrases("prefix_forms").at(scan, named).filter(|(_, value)| *value == "body staat");
    let name = form.map_or(Some(named), |(form_last, _)| scan.next(form_last))?;
    let last = end_of_name(scan, name, false)?;
    // `de Benelux-Staten` are several that are named elsewhere.
    let several = ["staten", "landen"].iter().any(|several| scan.folded(last).ends_with(several));
    if several && form.is_none() && scan.folded(named) != "verenigde" {
        return None;
    }
    Some((last, format!("regering van {}", super::spaced(&scan.text[scan.range(at, last)]))))
}

/// `Ministerie van Volksgezondheid, Welzijn en Sport`, `Ministry of Transport, Public Works and Water Management of the
/// Kingdom of …`: what a ministry is for may be a list.
fn portfolio_behind(scan: &Scan<'_>, last: usize) -> Option<usize> {
    let mut at = last;
    for _ in 0..4 {
        let first = scan.next(at).filter(|&comma| scan.is_mark(comma, ',')).and_then(|comma| scan.next(comma))?;
        let subject = |at: usize| {
            let named = is_name_word(scan, at) && scan.is_word(at) && scan.gap(at) != Gap::Paragraph;
            let own = lexicon().phrases("prefix_forms").at(scan, at).is_some();
            end_of_name(scan, at, false)
                .filter(|&end| named && !own && (at..=end + 1).all(|piece| legal_form(scan, piece).is_none()))
        };
        at = subject(first)?;
        if let Some(and) = scan.next(at).filter(|&and| is_and(scan, and)) {
            return scan.next(and).and_then(subject);
        }
    }
    None
}

/// `Provincie Limburg (België)`: of two that are called the same, in which country.
fn country_behind(scan: &Scan<'_>, last: usize) -> Option<usize> {
    let open = scan.next(last).filter(|&open| scan.is_mark(open, '('))?;
    let (end, _) = lexicon().phrases("jurisdictions").at(scan, open + 1)?;
    scan.next(end).filter(|&close| scan.is_mark(close, ')'))
}

/// `Vereniging van Eigenaars Lindelaan 2 t/m 48 te Zeist, …`: owners are named by their building, up to the comma.
fn building_behind(scan: &Scan<'_>, first: usize, last: usize) -> Option<usize> {
    let owners = |at: usize| matches!(scan.folded(at), "vve" | "eigenaars" | "eigenaren");
    (first..first + 3).find(|&at| owners(at))?;
    let ends = |at: usize| {
        scan.gap(at) == Gap::Paragraph
            || matches!(scan.mark(at), Some(',' | ';' | '(' | '"'))
            || matches!(scan.folded(at), "gevestigd" | "hierna" | "vertegenwoordigd" | "en" | "ingeschreven" | "kvk")
    };
    let end = (last + 1..=last + WIDEST).find(|&at| ends(at) || scan.kind(at).is_none())?;
    let town = scan.folded(last + 1) == "te" && end == last + 3;
    let house = town || (last..end).any(|at| scan.kind(at) == Some(Kind::Number));
    (house && scan.is_mark(end, ',')).then_some(end - 1)
}

/// `Stichting PuntPO voor primair onderwijs, gevestigd te …`: a purpose in small letters goes with the name where a comma or
/// a bracket follows.
fn purpose_behind(scan: &Scan<'_>, last: usize) -> Option<usize> {
    /// Words of a purpose at most.
    const MOST: usize = 5;
    let lead = scan.next(last).filter(|&lead| matches!(scan.folded(lead), "voor" | "tot") && !scan.is_capital(lead))?;
    let purpose = (lead + 1..=lead + MOST).take_while(|&at| scan.is_word(at) && scan.gap(at) == Gap::Space);
    let end = purpose.last()?;
    matches!(scan.mark(end + 1), Some(',' | '(')).then_some(end)
}

/// `Stichting Bejaardentehuis "Zonnehof"`: a quoted name of up to four words goes with the words before it.
fn quoted_behind(scan: &Scan<'_>, last: usize) -> Option<usize> {
    let open = scan.next(last).filter(|&open| scan.is_mark(open, '"') && scan.gap(open) == Gap::Space)?;
    let end = (open + 2..open + 7).find(|&end| scan.is_mark(end, '"'))?;
    let named = (open + 1..end).all(|at| {
        (is_name_word(scan, at) || is_particle(scan, at)) && !is_stop(scan, at)
            || scan.is_mark(at, '-') && scan.touches(at)
    });
    (named && scan.is_capital(open + 1)).then_some(end)
}

/// Kinds of body in one word with what they are for (`Huisartsenstichting`), or with their region (`Regionale ICT-dienst`).
fn compound_form(scan: &Scan<'_>, at: usize) -> Option<(usize, &'static str)> {
    const ENDINGS: &[(&str, &str)] = &[
        ("stichting", "body stichting"),
        ("vereniging", "body vereniging"),
        ("maatschap", "body maatschap"),
        ("waterschap", "body waterschap"),
    ];
    if !scan.is_capital(at) {
        return None;
    }
    let word = scan.folded(at);
    if matches!(word, "regionale" | "intergemeentelijke" | "gemeenschappelijke") {
        let last = (at + 1..at + 4).find(|&last| scan.folded(last).ends_with("dienst"))?;
        let joined = (at + 1..last).all(|between| scan.is_word(between) || scan.is_mark(between, '-'));
        return joined.then_some((last, "body openbaar lichaam"));
    }
    ENDINGS.iter().find(|(ending, _)| word.ends_with(ending)).map(|&(_, value)| (at, value))
}

/// Goes right over a name; `joins` lets `en` stand in it.
fn end_of_name(scan: &Scan<'_>, first: usize, joins: bool) -> Option<usize> {
    let mut last = None;
    let mut at = first;
    for _ in 0..WIDEST {
        let goes_on = match scan.kind(at) {
            // `Stichting Woonplus Voorne Langestraat 55`: lines of a cell run on into each other.
            Some(Kind::Word) if last.is_some() && is_address(scan, at) => false,
            // `Gemeente Hellendoorn Afd. Facilitair`
            Some(Kind::Word) if last.is_some() && matches!(scan.folded(at), "afd" | "afdeling" | "dept") => false,
            // `THE KINGDOM OF A AND THE KINGDOM OF B`
            Some(Kind::Word) if last.is_some() && is_and(scan, at) && scan.is_capital(at) => {
                joins && !party_follows(scan, at)
            }
            Some(Kind::Word | Kind::Mixed) if is_name_word(scan, at) => {
                last = Some(at);
                true
            }
            // `Maatschap Te Veldhuis`
            Some(Kind::Word) if last.is_none() && scan.raw(at) == "Te" && scan.is_capital(at + 1) => true,
            // `Waterschap Hunze en Aa's`
            Some(Kind::Word)
                if last.is_some() && scan.is_mark(at - 1, '\'') && scan.touches(at - 1) && scan.touches(at) =>
            {
                last = Some(at);
                true
            }
            // `v.v. Rohda`
            Some(Kind::Word) if scan.raw(at).chars().count() == 1 && scan.is_mark(at + 1, '.') => true,
            Some(Kind::Word) if last.is_none() && !is_particle(scan, at) => false,
            // `N.V. Liftenfabriek v/h Gebr. Oosterhuis`: what it was called before belongs to the name.
            Some(Kind::Word) if last.is_some() && is_half_of_formerly(scan, at) => true,
            Some(Kind::Mark('/')) => scan.folded(at - 1) == "v" && scan.folded(at + 1) == "h",
            // `Stichting Jong in de Wijk`
            Some(Kind::Word) if scan.folded(at) == "in" && last.is_some() && goes_on_inside(scan, at) => true,
            // `Stichting X te Y` names its seat.
            Some(Kind::Word) if matches!(scan.folded(at), "te" | "in") => false,
            // `de gemeente Ede aan X verstrekt`; `Alphen aan den Rijn` is a place.
            Some(Kind::Word) if !joins && scan.raw(at) == "aan" && scan.is_capital(at + 1) => false,
            // `Council of The Courts, Carlisle` names its address; `BANK OF THE WEST` has it in its name.
            Some(Kind::Word) if scan.raw(at) == "of" && ends_before(scan, first, at) => false,
            Some(Kind::Word) if is_particle(scan, at) => {
                (joins || !is_and(scan, at)) && !(is_and(scan, at) && party_follows(scan, at))
            }
            // `Jeugd- en Gezinszorg`
            Some(Kind::Mark('-')) => scan.touches(at) || scan.touches(at + 1),
            Some(Kind::Word) if is_and(scan, at) && scan.is_mark(at - 1, '-') => true,
            Some(Kind::Mark('&')) => true,
            Some(Kind::Mark('\'')) => scan.touches(at + 1),
            Some(Kind::Mark('.')) => scan.touches(at) && abbreviates(scan, at),
            _ => false,
        };
        if !goes_on {
            break;
        }
        at = match scan.next(at) {
            Some(next) => next,
            None => break,
        };
    }
    last
}

/// The `v` or the `h` of `v/h`, formerly.
fn is_half_of_formerly(scan: &Scan<'_>, at: usize) -> bool {
    match scan.folded(at) {
        "v" => scan.is_mark(at + 1, '/') && scan.folded(at + 2) == "h",
        "h" => at > 1 && scan.is_mark(at - 1, '/') && scan.folded(at - 2) == "v",
        _ => false,
    }
}

/// The name that starts at a piece ends before an `of`: what follows is an address.
fn ends_before(scan: &Scan<'_>, first: usize, of: usize) -> bool {
    let name = &scan.text[scan.pieces[first].range.start..scan.pieces[of].range.start];
    opens_address(name, &scan.text[scan.pieces[of].range.end..])
}

/// A street with a number behind it, or a box at the post office.
fn is_address(scan: &Scan<'_>, at: usize) -> bool {
    let number = scan.next(at).is_some_and(|next| scan.kind(next) == Some(Kind::Number));
    number && scan.is_capital(at) && (names_street(scan.folded(at)) || scan.folded(at) == "postbus")
        || scan.is_capital(at) && (1..=2).any(|words| postcode_behind(scan, at, words))
}

/// `Het Baken 8, 7607 XR`: a street of so many words, of which the first of two is an article, its number, a postcode.
fn postcode_behind(scan: &Scan<'_>, street: usize, words: usize) -> bool {
    if words == 2 && !(matches!(scan.raw(street), "De" | "Het" | "Den") && scan.is_capital(street + 1)) {
        return false;
    }
    let number = street + words;
    let comma = usize::from(scan.is_mark(number + 1, ','));
    let (digits, letters) = (number + 1 + comma, number + 2 + comma);
    let plain = |at: usize, length: usize| scan.kind(at) == Some(Kind::Number) && scan.raw(at).len() <= length;
    let two_capitals = scan.raw(letters).len() == 2 && scan.raw(letters).bytes().all(|byte| byte.is_ascii_uppercase());
    plain(number, 4) && plain(digits, 4) && scan.raw(digits).len() == 4 && two_capitals
}

/// `in de Wijk`: a name may have it; `in Utrecht`, `in Den Haag` is a seat.
fn goes_on_inside(scan: &Scan<'_>, in_at: usize) -> bool {
    let article = scan.next(in_at).filter(|&article| matches!(scan.raw(article), "de" | "het"));
    let noun = article.and_then(|article| scan.next(article));
    noun.is_some_and(|noun| {
        let elsewhere = ["gemeente", "koninkrijk", "bondsrepubliek", "republiek", "provincie"];
        is_name_word(scan, noun) && scan.is_word(noun) && !elsewhere.contains(&scan.folded(noun))
    })
}

/// After `en`: an article or another form opens the next party.
fn party_follows(scan: &Scan<'_>, and_at: usize) -> bool {
    scan.next(and_at).is_none_or(|next| {
        matches!(scan.folded(next), "de" | "het" | "een" | "the")
            && !matches!(scan.raw(next), "De" | "Het" | "Een" | "The")
            || lexicon().phrases("prefix_forms").at(scan, next).is_some()
    })
}

/// `Pennine Estates Limited of 3 Canal Street`: the name ends before its address.
fn address_in(scan: &Scan<'_>, first: usize, last: usize) -> Option<usize> {
    // `Ocean Lines S.A. of Panama`
    let seated = |of: usize| of > first + 1 && legal_form_ends_at(scan, of - 1);
    (first..last).find(|&of| scan.raw(of) == "of" && (ends_before(scan, first, of) || seated(of)))
}

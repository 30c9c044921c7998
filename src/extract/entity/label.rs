//! Numbers that are known by the label before them: in a trade register (KvK, Company No.), and reference numbers.

use super::{
    Entity, Registration, Repair, Spot,
    scan::{Gap, Kind, Scan},
};

/// Between a label and its number stand at most this many pieces.
const REACH: usize = 9;

/// A running head has at most this many pieces.
const HEAD: usize = 40;

/// Adds registration and reference numbers.
pub(super) fn find(scan: &Scan<'_>, spots: &mut Vec<Spot>) {
    let (mut registrations, mut references) = (Vec::new(), Vec::new());
    for at in 0..scan.pieces.len() {
        if !matches!(scan.kind(at), Some(Kind::Word)) {
            continue;
        }
        registrations.extend(registration(scan, at));
        references.extend(reference(scan, at));
    }
    // A short text on its own, such as a running head, is all label: a telling number needs no announcement.
    if scan.pieces.len() <= HEAD {
        references.extend((0..scan.pieces.len()).filter_map(|at| number_at(scan, at, Announced::Loosely)));
    }
    for mut kind in [registrations, references] {
        super::settle(&mut kind, 0);
        spots.extend(kind);
    }
}

/// A word for the Dutch trade register, or for a number in it.
fn is_dutch_register(word: &str) -> bool {
    matches!(
        word,
        "kvk"
            | "kvknummer"
            | "koophandel"
            | "handelsregister"
            | "dossiernummer"
            | "inschrijfnummer"
            | "handelsregisternummer"
            | "stichtingenregister"
            | "verenigingsregister"
            | "verenigingenregister"
    )
}

/// A number of eight digits after `KvK`, `Handelsregister`, `Kamer van Koophandel`, `registered … No.`.
fn registration(scan: &Scan<'_>, at: usize) -> Option<Spot> {
    let dutch = is_dutch_register(scan.folded(at));
    let english =
        matches!(scan.folded(at), "registered" | "registration" | "company" | "incorporated" | "commerce" | "register");
    if !dutch && !english {
        return None;
    }
    let mut next = scan.next(at)?;
    let mut numbered = dutch;
    for _ in 0..REACH * 2 {
        let folded = scan.folded(next);
        // `Trade Register 34198822`
        let direct = scan.folded(at) == "register" && next == at + 1;
        numbered |= (direct && scan.raw(next).len() == 8)
            || matches!(folded, "no" | "nr" | "number" | "nummer" | "num" | "onder" | "under");
        if numbered && matches!(scan.kind(next), Some(Kind::Number | Kind::Mixed)) {
            let spot = |last, number, repairs| {
                let entity = Entity::Registration(Registration { number, in_dutch: dutch });
                Spot { range: scan.range(next, last), entity, repairs }
            };
            if let Some((last, digits, repairs)) = eight_digits(scan, next) {
                return Some(spot(last, digits, repairs));
            }
            if let Some((last, number)) = old_number(scan, next).filter(|_| dutch) {
                return Some(spot(last, number, Vec::new()));
            }
            // `(…) registered office at Via Roma 1, 31015 Conegliano` has a number that nothing calls one.
            let called = next == at + 1
                || (1..=2).filter_map(|back| next.checked_sub(back)).any(|before| {
                    matches!(scan.folded(before), "no" | "nr" | "number" | "num" | "under" | "hrb" | "company")
                });
            let foreign = english
                && !dutch
                && called
                && scan.raw(next).len() >= 5
                && scan.raw(next).chars().any(|char| char.is_ascii_digit());
            if foreign {
                return Some(spot(next, scan.raw(next).to_owned(), Vec::new()));
            }
        }
        if matches!(scan.mark(next), Some(';')) {
            return None;
        }
        next = scan.next(next)?;
    }
    None
}

/// Until 2008 each chamber numbered its own register: four to six digits, perhaps with a dot, behind a word for number.
fn old_number(scan: &Scan<'_>, at: usize) -> Option<(usize, String)> {
    let mut before = at.checked_sub(1)?;
    if matches!(scan.mark(before), Some('.' | ':')) {
        before = before.checked_sub(1)?;
    }
    let called =
        matches!(scan.folded(before), "nr" | "no" | "nummer" | "onder") || is_dutch_register(scan.folded(before));
    let (mut digits, mut last) = (scan.raw(at).to_owned(), at);
    while scan.is_mark(last + 1, '.') && scan.touches(last + 1) && scan.touches(last + 2) {
        if scan.kind(last + 2) != Some(Kind::Number) {
            break;
        }
        last += 2;
        digits += scan.raw(last);
    }
    let plain = scan.kind(at) == Some(Kind::Number) && (4..=6).contains(&digits.len());
    // `onder 3511 AB Utrecht` is a place, `onder 1998/114` no number of a chamber.
    let postcode = scan.raw(last + 1).len() == 2 && scan.raw(last + 1).chars().all(|char| char.is_ascii_uppercase());
    let goes_on = scan.touches(last + 1) && !matches!(scan.mark(last + 1), Some('.' | ',' | ';' | ')' | ':'));
    (called && plain && !postcode && !goes_on).then_some((last, digits))
}

/// Eight digits, perhaps in groups (`12.34.56.78`), perhaps with letters misread.
fn eight_digits(scan: &Scan<'_>, first: usize) -> Option<(usize, String, Vec<Repair>)> {
    let (mut digits, mut repairs, mut last) = (String::new(), Vec::new(), first);
    let mut at = first;
    loop {
        let (taken, repair) = super::lexicon::digits(scan, at)?;
        digits += &taken;
        repairs.extend(repair);
        last = last.max(at);
        if digits.len() >= 8 {
            break;
        }
        let next = scan.next(at)?;
        at = if matches!(scan.mark(next), Some('.')) && scan.touches(next) { scan.next(next)? } else { next };
    }
    let goes_on = scan.kind(last + 1) == Some(Kind::Number) && scan.touches(last + 1);
    (digits.len() == 8 && !goes_on).then_some((last, digits, repairs))
}

/// How a number is announced.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Announced {
    /// `Contractnummer`, `Ons kenmerk`.
    ByName,
    /// `Contract nr.`, `SLA-nummer`.
    ByTwoWords,
    /// `nummer`, `onder`: many things have a number, so only a telling shape (`KW-2024-0772`) counts.
    Loosely,
}

/// What has a number of its own.
const NUMBERED: &[&str] = &[
    "contract",
    "kontrakt",
    "overeenkomst",
    "agreement",
    "huur",
    "raam",
    "zaak",
    "dossier",
    "order",
    "bestek",
    "project",
    "document",
    "sla",
    "addendum",
    "allonge",
    "lening",
    "subsidie",
    "lease",
    "registratie",
    "referentie",
    "inkoop",
    "volg",
    "licentie",
    "abonnement",
    "polis",
    "akte",
    "convenant",
    "bruikleen",
    "concessie",
    "inhuur",
    "opdracht",
    "pacht",
    "dienst",
    "service",
    "onderhoud",
    "verhuur",
    "aanvraag",
];

fn announces(scan: &Scan<'_>, at: usize) -> Option<Announced> {
    let word = scan.folded(at);
    // `huurcontract nr.`, `Onderhoudskontrakt nr.`: also as the last part of a word.
    let ends = |word: &str| ["contract", "kontrakt", "overeenkomst", "lening"].iter().any(|name| word.ends_with(name));
    let is_name = |word: &str| NUMBERED.iter().any(|name| word.starts_with(name)) || ends(word) || word == "po";
    let names = is_name(word);
    let number = |word: &str| matches!(word, "nr" | "no" | "number" | "nummer" | "num" | "id" | "ref" | "nrs");
    if matches!(word, "kenmerk" | "referentie" | "reference" | "ref") || (word.ends_with("kenmerk") && names) {
        return Some(Announced::ByName);
    }
    // `contractcode SH/OP/2.14`, `Subsidiedossier: 2022-SUB-0871`
    if ["code", "dossier"]
        .iter()
        .any(|end| word.strip_suffix(end).is_some_and(|kind| is_name(kind) || kind == "subsidie"))
    {
        return Some(Announced::ByName);
    }
    // `zaak 2019-06611`, `dossier OG 2008-15`, `Nummer Nadere Overeenkomst`.
    let series = || scan.raw(at + 1).len() <= 4 && scan.raw(at + 1).chars().all(|char| char.is_ascii_uppercase());
    if matches!(word, "zaak" | "dossier" | "order")
        && (matches!(scan.kind(at + 1), Some(Kind::Number | Kind::Mixed)) || series())
    {
        return Some(Announced::ByName);
    }
    let before = |back: usize| at.checked_sub(back).map_or("", |at| scan.folded(at));
    if names && (before(1) == "nummer" || before(1) == "nadere" && before(2) == "nummer") {
        return Some(Announced::ByName);
    }
    if ["nummer", "nr", "number"].iter().any(|end| word.strip_suffix(end).is_some_and(is_name)) {
        return Some(Announced::ByName);
    }
    if names && number(scan.folded(at + 1)) {
        return Some(Announced::ByTwoWords);
    }
    if names && scan.mark(at + 1) == Some('-') && scan.touches(at + 1) && number(scan.folded(at + 2)) {
        return Some(Announced::ByTwoWords);
    }
    if number(word) && is_a_line(scan, at) {
        return Some(Announced::ByName);
    }
    (number(word) || matches!(word, "onder" | "under")).then_some(Announced::Loosely)
}

/// Whether a label and its number fill a paragraph: `No. 1187 / G.W.`
fn is_a_line(scan: &Scan<'_>, at: usize) -> bool {
    scan.gap(at) == Gap::Paragraph && (at + 1..at + 12).any(|end| scan.gap(end) == Gap::Paragraph)
}

/// Capitals that lead to a number: `GA-2019`.
fn shouted(scan: &Scan<'_>, at: usize) -> bool {
    scan.kind(at) == Some(Kind::Word)
        && scan.raw(at).chars().all(|char| char.is_ascii_uppercase())
        && matches!(scan.mark(at + 1), Some('-' | '/'))
        && scan.touches(at + 1)
        && matches!(scan.kind(at + 2), Some(Kind::Number | Kind::Mixed))
}

/// A reference as shaped, after a label that announces one.
fn reference(scan: &Scan<'_>, at: usize) -> Option<Spot> {
    let announced = announces(scan, at)?;
    let counted = announced == Announced::ByTwoWords && scan.mark(at + 1).is_none();
    let mut next = scan.next(if counted { at + 1 } else { at })?;
    // `Kenmerk waterschap: WS-DOC 2016.20391`
    if announced == Announced::ByName
        && scan.kind(next) == Some(Kind::Word)
        && (scan.mark(next + 1) == Some(':') || scan.opens_cell(next + 1) && !scan.opens_cell(next))
    {
        next = scan.next(next)?;
    }
    for _ in 0..4 {
        let skip = matches!(scan.mark(next), Some(':' | '.' | '"' | '#' | '-'))
            || matches!(
                scan.folded(next),
                "nr" | "no" | "number" | "nummer" | "is" | "met" | "het" | "kenmerk" | "van"
            );
        if !skip {
            break;
        }
        next = scan.next(next)?;
    }
    number_at(scan, next, announced)
}

/// The number that starts at a piece.
fn number_at(scan: &Scan<'_>, first: usize, announced: Announced) -> Option<Spot> {
    if matches!(scan.kind(first)?, Kind::Mark(_)) || (first > 0 && scan.touches(first)) {
        return None;
    }
    let mut last = first;
    let mut has_digit = false;
    loop {
        match scan.kind(last)? {
            Kind::Number | Kind::Mixed => has_digit = true,
            // `KvK-nummer 87654321` is a label with its number, of another kind.
            Kind::Word if matches!(scan.folded(last), "nummer" | "nr" | "number" | "kvk") => return None,
            // The number of the printer's form.
            Kind::Word if matches!(scan.folded(last), "form" | "formulier" | "model") => return None,
            Kind::Word => {}
            Kind::Mark('/' | '-' | '.' | '_' | '&') if last > first => {}
            _ => return None,
        }
        let at = last + 1;
        let part = match scan.kind(at) {
            Some(Kind::Number | Kind::Mixed | Kind::Word) => scan.touches(at),
            Some(Kind::Mark('/' | '-' | '.' | '_' | '&')) => {
                scan.touches(at)
                    && scan.touches(at + 1)
                    && matches!(scan.kind(at + 1), Some(Kind::Number | Kind::Mixed | Kind::Word))
            }
            _ => false,
        };
        // `R 88/07`, `NOK GA-2019-5512`, `2018/S 123-281234`: a short series before the number.
        let series = !part
            && scan.gap(at) == Gap::Space
            && ((!has_digit && scan.raw(first).len() <= 4 && scan.is_capital(first)) || scan.raw(last) == "S")
            && (matches!(scan.kind(at), Some(Kind::Number | Kind::Mixed)) || shouted(scan, at));
        // `VST/2017- 088`: a scan puts a space behind the hyphen.
        let parted = scan.is_mark(at, '-')
            && scan.touches(at)
            && has_digit
            && scan.gap(at + 1) == Gap::Space
            && scan.kind(at + 1) == Some(Kind::Number);
        // `S 86 / 0413`: a typist's spaces.
        let spaced = scan.is_mark(at, '/')
            && has_digit
            && scan.gap(at) == Gap::Space
            && scan.gap(at + 1) == Gap::Space
            && (matches!(scan.kind(at + 1), Some(Kind::Number | Kind::Mixed))
                || scan.raw(at + 1).len() == 1 && scan.mark(at + 2) == Some('.'));
        if !(part || series || parted || spaced) || last - first > 20 {
            break;
        }
        last = if parted || spaced { at + 1 } else { at };
    }
    let range = scan.range(first, last);
    let written = scan.text[range.clone()].replace("- ", "-").replace(" / ", "/");
    let telling = written.contains(['/', '-', '.']) && written.chars().any(|char| char.is_ascii_uppercase());
    if !has_digit || written.len() < 3 || (announced == Announced::Loosely && !telling) {
        return None;
    }
    Some(Spot { entity: Entity::Reference(written), range, repairs: Vec::new() })
}

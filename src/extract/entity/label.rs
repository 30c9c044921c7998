//! Numbers that are known by the label before them: in a trade register (KvK, Company No.), and reference numbers.

use super::{
    Entity, Repair, Spot,
    scan::{Gap, Kind, Scan},
};

/// Between a label and its number stand at most this many pieces.
const REACH: usize = 9;

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
    for mut kind in [registrations, references] {
        super::settle(&mut kind, 0);
        spots.extend(kind);
    }
}

/// A number of eight digits after `KvK`, `Handelsregister`, `Kamer van Koophandel`, `registered … No.`.
fn registration(scan: &Scan<'_>, at: usize) -> Option<Spot> {
    let dutch = matches!(
        scan.folded(at),
        "kvk"
            | "kvknummer"
            | "koophandel"
            | "handelsregister"
            | "dossiernummer"
            | "inschrijfnummer"
            | "handelsregisternummer"
            | "stichtingenregister"
            | "verenigingsregister"
    );
    let english =
        matches!(scan.folded(at), "registered" | "registration" | "company" | "incorporated" | "commerce" | "register");
    if !dutch && !english {
        return None;
    }
    let mut next = scan.next(at)?;
    let mut numbered = dutch;
    for _ in 0..REACH * 2 {
        let folded = scan.folded(next);
        numbered |= matches!(folded, "no" | "nr" | "number" | "nummer" | "num" | "onder" | "under");
        if numbered && matches!(scan.kind(next), Some(Kind::Number | Kind::Mixed)) {
            if let Some((last, digits, repairs)) = eight_digits(scan, next) {
                return Some(Spot { range: scan.range(next, last), entity: Entity::Registration(digits), repairs });
            }
            let foreign = english
                && !dutch
                && scan.raw(next).len() >= 5
                && scan.raw(next).chars().any(|char| char.is_ascii_digit());
            if foreign {
                let entity = Entity::Registration(scan.raw(next).to_owned());
                return Some(Spot { range: scan.range(next, next), entity, repairs: Vec::new() });
            }
        }
        if matches!(scan.mark(next), Some(';')) {
            return None;
        }
        next = scan.next(next)?;
    }
    None
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

/// A reference as shaped, after a label that announces one.
fn reference(scan: &Scan<'_>, at: usize) -> Option<Spot> {
    let word = scan.folded(at);
    let whole = matches!(
        word,
        "contractnummer"
            | "kenmerk"
            | "referentie"
            | "zaaknummer"
            | "dossiernummer"
            | "overeenkomstnummer"
            | "referentienummer"
            | "contractnr"
            | "documentnummer"
            | "projectnummer"
            | "reference"
            | "ref"
            | "registratienummer"
            | "besteknummer"
            | "inkoopnummer"
            | "volgnummer"
            | "zaaknr"
            | "contractkenmerk"
            | "huurovereenkomstnummer"
            | "raamovereenkomstnummer"
    );
    let counted = matches!(
        word,
        "contract"
            | "agreement"
            | "overeenkomst"
            | "order"
            | "bestek"
            | "project"
            | "document"
            | "zaak"
            | "raamovereenkomst"
            | "huurovereenkomst"
            | "dossier"
    ) && matches!(scan.folded(at + 1), "nr" | "no" | "number" | "nummer" | "num" | "id" | "ref");
    if !whole && !counted {
        return None;
    }
    let mut next = scan.next(if counted { at + 1 } else { at })?;
    for _ in 0..4 {
        let skip = matches!(scan.mark(next), Some(':' | '.' | '"' | '#'))
            || matches!(scan.folded(next), "nr" | "no" | "number" | "nummer" | "is" | "met" | "het" | "kenmerk");
        if !skip {
            break;
        }
        next = scan.next(next)?;
    }
    let first = next;
    let mut last = first;
    let mut has_digit = false;
    loop {
        match scan.kind(last)? {
            Kind::Number | Kind::Mixed => has_digit = true,
            Kind::Word => {}
            Kind::Mark('/' | '-' | '.' | '_') if last > first => {}
            _ => return None,
        }
        let at = last + 1;
        let part = match scan.kind(at) {
            Some(Kind::Number | Kind::Mixed | Kind::Word) => scan.touches(at),
            Some(Kind::Mark('/' | '-' | '.' | '_')) => {
                scan.touches(at)
                    && scan.touches(at + 1)
                    && matches!(scan.kind(at + 1), Some(Kind::Number | Kind::Mixed | Kind::Word))
            }
            _ => false,
        };
        // `R 88/07`, `GW 78/23`, `2018/S 123-281234`: a short series before the number.
        let series = !part
            && scan.gap(at) == Gap::Space
            && ((!has_digit && scan.raw(first).len() <= 4 && scan.is_capital(first)) || scan.raw(last) == "S")
            && scan.kind(at) == Some(Kind::Number);
        if !(part || series) || last - first > 20 {
            break;
        }
        last = at;
    }
    if !has_digit {
        return None;
    }
    let range = scan.range(first, last);
    Some(Spot { entity: Entity::Reference(scan.text[range.clone()].to_owned()), range, repairs: Vec::new() })
}

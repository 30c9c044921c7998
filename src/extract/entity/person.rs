//! Natural persons: behind a form of address or title, by their initials, or by a given name where a party is named.

use super::{
    Entity, PersonReading, Spot,
    lexicon::lexicon,
    organization::named_by_place,
    scan::{Gap, Kind, Scan},
};

/// Adds the persons of a text.
pub(super) fn find(scan: &Scan<'_>, spots: &mut Vec<Spot>) {
    let first_spot = spots.len();
    for at in 0..scan.pieces.len() {
        match scan.kind(at) {
            Some(Kind::Word) => {
                spots.extend(titled(scan, at));
                spots.extend(with_initials(scan, at, at));
                spots.extend(declaring(scan, at));
            }
            Some(Kind::Mark('(' | ',')) => {}
            Some(Kind::Mark('/')) => {
                spots.extend(signed(scan, at));
                continue;
            }
            _ => continue,
        }
        if let Some((first, last)) =
            named_by_place(scan, at).filter(|&(first, last)| looks_like_person(scan, first, last))
        {
            spots.push(spot(scan, first, behind_titles(scan, first, last), last));
        }
    }
    super::settle(spots, first_spot);
}

fn spot(scan: &Scan<'_>, first: usize, name_first: usize, last: usize) -> Spot {
    let name = super::spaced(&scan.text[scan.range(name_first, last)]);
    Spot { range: scan.range(first, last), entity: Entity::Person(PersonReading { name }), repairs: Vec::new() }
}

/// Where the name starts of what may open with forms of address and titles.
fn behind_titles(scan: &Scan<'_>, first: usize, last: usize) -> usize {
    let mut name = first;
    while let Some((title, _)) = lexicon().phrases("titles").at(scan, name) {
        match scan.next(title) {
            Some(next) if next <= last => name = next,
            _ => break,
        }
    }
    name
}

/// `de heer J. van der Berg`, `Ms Fiona Abernethy`.
fn titled(scan: &Scan<'_>, at: usize) -> Option<Spot> {
    let (last, _) = lexicon().phrases("titles").at(scan, at)?;
    let dutch = scan.folded(at) == "de" || scan.folded(at) == "heer" || scan.folded(at) == "mevrouw";
    if !scan.is_capital(at) && !dutch && !scan.is_mark(last, '.') {
        return None;
    }
    let name = behind_titles(scan, scan.next(last)?, scan.pieces.len());
    let end = end_of_person(scan, name)?;
    Some(spot(scan, at, name, end))
}

/// `/s/ Christine Beauchamp`: a conformed signature, often with the printed name right behind it.
fn signed(scan: &Scan<'_>, at: usize) -> Option<Spot> {
    if scan.folded(at + 1) != "s" || !scan.is_mark(at + 2, '/') {
        return None;
    }
    let first = scan.next(at + 2)?;
    let last = end_of_person(scan, first)?;
    let again = (first + 1..=last).find(|&again| scan.folded(again) == scan.folded(first));
    let last = again.map_or(last, |again| again - 1);
    let words = (first..=last).filter(|&at| scan.is_word(at)).count();
    (2..=6).contains(&words).then(|| spot(scan, first, first, last))
}

/// `I, Andrew Prozes, have executed`.
fn declaring(scan: &Scan<'_>, at: usize) -> Option<Spot> {
    if scan.raw(at) != "I" || !scan.is_mark(at + 1, ',') {
        return None;
    }
    let first = scan.next(at + 1)?;
    let last = end_of_person(scan, first)?;
    let words = (first..=last).filter(|&at| scan.is_word(at)).count();
    (scan.is_mark(last + 1, ',') && (2..=6).contains(&words)).then(|| spot(scan, first, first, last))
}

/// `R.A.L. Jansen`, `J. van der Berg`.
fn with_initials(scan: &Scan<'_>, first: usize, name_first: usize) -> Option<Spot> {
    let initial = |at: usize| {
        scan.is_word(at)
            && scan.raw(at).chars().count() <= 2
            && scan.is_capital(at)
            && scan.is_mark(at + 1, '.')
            && scan.touches(at + 1)
            // `Nr. XXIII` is a number, and so is the `II.` of an article.
            && !matches!(scan.folded(at), "nr" | "no" | "st" | "ii" | "iv" | "vi" | "ix" | "xi")
    };
    let form =
        ["legal_forms", "prefix_forms"].iter().any(|list| lexicon().phrases(list).at(scan, name_first).is_some());
    if form
        || super::organization::is_item_letter(scan, name_first)
        || !initial(name_first)
        || (name_first > 0 && scan.touches(name_first))
    {
        return None;
    }
    let mut at = name_first;
    while initial(at) {
        at = scan.next(at + 1)?;
    }
    let surname =
        (at..at + 4).find(|&word| scan.is_word(word) && scan.is_capital(word) && scan.raw(word).chars().count() > 2)?;
    let particles =
        (at..surname).all(|word| lexicon().phrases("particles").at(scan, word).is_some() || scan.is_mark(word, '\''));
    // `E. Stichting Jeugd`: an item of a list, no initial.
    let body = ["legal_forms", "prefix_forms"].iter().any(|list| lexicon().phrases(list).at(scan, surname).is_some());
    if !particles || body {
        return None;
    }
    let last = end_of_person(scan, surname)?;
    // `P. Kuiper & Zoon` is a firm.
    if scan.next(last).is_some_and(|next| scan.is_mark(next, '&')) {
        return None;
    }
    // `Matthew M. Bennett`: a given name before the initial.
    let given = scan.before(name_first).filter(|&given| {
        scan.kind(given) == Some(Kind::Word)
            && scan.is_capital(given)
            && scan.gap(name_first) == Gap::Space
            && scan.raw(given).chars().count() > 2
            && (starts_with_given_name(scan, given)
                || matches!(scan.gap(given), Gap::Paragraph)
                || shouted(scan, given) && shouted(scan, surname))
            && lexicon().phrases("not_names").at(scan, given).is_none()
            && lexicon().phrases("titles").at(scan, given).is_none()
    });
    if let Some(given) = given {
        return Some(spot(scan, given, given, last));
    }
    Some(spot(scan, first, name_first, last))
}

/// `HARLAN` in `between HARLAN R. OSTERBERG and`: a name in capitals, and no word that joins names.
fn shouted(scan: &Scan<'_>, at: usize) -> bool {
    const JOINS: [&str; 10] = ["and", "between", "among", "by", "with", "the", "en", "tussen", "met", "aan"];
    !scan.raw(at).chars().any(char::is_lowercase) && !JOINS.contains(&scan.folded(at))
}

/// Goes right over initials, given names, particles and family names.
fn end_of_person(scan: &Scan<'_>, first: usize) -> Option<usize> {
    let mut last = None;
    let mut at = first;
    for _ in 0..14 {
        // Beside each other in a signature block: `R. Pieterse ⇥ A. Snel`.
        if last.is_some() && scan.opens_cell(at) && scan.raw(at).chars().count() <= 2 {
            break;
        }
        let goes_on = match scan.kind(at) {
            Some(Kind::Word) if scan.is_capital(at) => {
                let stops =
                    lexicon().phrases("not_names").at(scan, at).is_some() || matches!(scan.raw(at), "EN" | "AND");
                if !stops {
                    last = Some(at);
                }
                !stops
            }
            Some(Kind::Word) => {
                !matches!(scan.folded(at), "en" | "and" | "of" | "for" | "voor" | "te" | "in" | "the")
                    && lexicon().phrases("particles").at(scan, at).is_some()
            }
            Some(Kind::Mark('.')) => scan.touches(at) && scan.raw(at - 1).chars().count() <= 2,
            Some(Kind::Mark('-' | '\'')) => scan.touches(at + 1),
            _ => false,
        };
        if !goes_on {
            break;
        }
        match scan.next(at) {
            Some(next) => at = next,
            None => break,
        }
    }
    last
}

/// A run of two to six words that starts with a given name, has an initial in it, or is said to be an employee or born.
pub(super) fn looks_like_person(scan: &Scan<'_>, first: usize, last: usize) -> bool {
    let words: Vec<usize> = (first..=last).filter(|&at| scan.is_word(at)).collect();
    if !(2..=6).contains(&words.len())
        || (first..=last)
            .any(|at| matches!(scan.mark(at), Some('&' | '/' | ',')) || scan.kind(at) == Some(Kind::Number))
    {
        return false;
    }
    let given = starts_with_given_name(scan, first);
    let role = (last + 1..last + 6).any(|at| {
        matches!(scan.folded(at), "employee" | "executive" | "individual" | "werknemer" | "geboren" | "wonende")
    });
    let initial = words.iter().any(|&at| scan.raw(at).chars().count() == 1 && scan.is_mark(at + 1, '.'));
    let titled = lexicon().phrases("titles").at(scan, first).is_some();
    given || initial || titled || role
}

pub(super) fn starts_with_given_name(scan: &Scan<'_>, first: usize) -> bool {
    lexicon().phrases("given_names").at(scan, first).is_some()
}

//! Names of organizations without a legal form that their place gives away: before what the contract calls them, behind
//! `between`, before a seat or an address.

use super::{
    super::{
        Spot,
        lexicon::lexicon,
        scan::{Gap, Kind, Scan},
    },
    address_in, end_of_name, is_and, is_name_word, is_stop, legal_form, spot, start_of_name,
};

/// A name without a form: right before `("…")`, right behind `between` or `tussen`, or at the start of its line right
/// before what is said of parties only (`, gevestigd te`).
pub(super) fn find(scan: &Scan<'_>, at: usize) -> Option<Spot> {
    let (first, last) = named(scan, at)?;
    let person = super::super::person::looks_like_person(scan, first, last)
        // What starts with a form is found by it.
        || lexicon().phrases("prefix_forms").at(scan, first).is_some();
    let form = (first + 1..=last).find_map(|at| legal_form(scan, at).filter(|&(end, _)| end == last));
    (!person).then(|| spot(scan, first, last, form.map(|(_, form)| form)))
}

/// The run of a name that its place gives away.
pub(in crate::extract::entity) fn named(scan: &Scan<'_>, at: usize) -> Option<(usize, usize)> {
    if scan.is_mark(at, '(') {
        let inside =
            (at + 1..at + 4).take_while(|&inside| !scan.is_mark(inside, ')')).any(|inside| scan.is_mark(inside, '"'));
        let opens = inside || bare_role(scan, at) || matches!(scan.folded(at + 1), "hereinafter" | "hierna");
        if !opens {
            return None;
        }
        let mut last = scan.before(at)?;
        if scan.is_mark(last, ',') {
            last = scan.before(last)?;
        }
        if !is_name_word(scan, last) || scan.kind(last) == Some(Kind::Number) {
            return None;
        }
        let first = start_of_name(scan, last + 1).filter(|first| *first <= last)?;
        if address_in(scan, first, last).is_some() {
            return None;
        }
        return is_run(scan, first, last).then_some((first, last));
    }
    if scan.is_mark(at, ',') {
        // `Cornelis de Jonge, landbouwer, wonende te X`
        let trade = scan.is_word(at + 1) && !scan.is_capital(at + 1) && scan.is_mark(at + 2, ',');
        let described = describes_party(scan, at + 1) || trade && lives(scan, at + 3);
        let last = scan.before(at).filter(|&last| described && is_name_word(scan, last))?;
        let first = start_of_name(scan, at).filter(|first| *first <= last && scan.is_word(*first))?;
        let opens = scan.before(first).is_none_or(|left| {
            scan.gap(first) == Gap::Paragraph
                || scan.opens_cell(first)
                || matches!(scan.mark(left), Some(':' | '.' | ')'))
                || matches!(scan.folded(left), "en" | "tussen" | "de" | "het")
        });
        let words = (first..=last).filter(|&word| scan.is_word(word)).count();
        return (opens && words > 1 && is_run(scan, first, last)).then_some((first, last));
    }
    if scan.folded(at) == "of" {
        return resident(scan, at);
    }
    // `en Autobedrijf Hendriks te Joure anderzijds`
    if scan.folded(at) == "te" {
        let comma = usize::from(scan.is_mark(at + 2, ','));
        let last = scan.before(at).filter(|&last| is_side(scan, at + 2 + comma) && is_name_word(scan, last))?;
        let first = start_of_name(scan, at).filter(|first| *first <= last && scan.is_word(*first))?;
        let opens = scan.before(first).is_none_or(|left| matches!(scan.folded(left), "en" | "tussen" | "de" | "het"));
        return (opens && is_run(scan, first, last)).then_some((first, last));
    }
    if matches!(scan.folded(at), "between" | "among" | "tussen" | "and" | "en") && scan.is_word(at) {
        let mut first = scan.next(at)?;
        for word in [&["de", "the", "het"][..], &["undersigned", "ondergetekende"][..]] {
            if word.contains(&scan.folded(first)) {
                first = scan.next(first)?;
            }
        }
        if !is_name_word(scan, first) || !scan.is_word(first) {
            return None;
        }
        let last = end_of_name(scan, first, false)?;
        let ended = scan.next(last).is_none_or(|next| matches!(scan.mark(next), Some(',' | '(')) || is_and(scan, next));
        let joined =
            is_and(scan, at) && !scan.next(last).is_some_and(|next| matches!(scan.mark(next), Some(',' | '(')));
        let last = address_in(scan, first, last).and_then(|of| scan.before(of)).unwrap_or(last);
        return (ended && !joined && is_run(scan, first, last)).then_some((first, last));
    }
    None
}

/// `(2) Helen Margaret Ashworth of 44 Sycamore Avenue`: an item of a list that opens with a name and an address.
fn resident(scan: &Scan<'_>, of: usize) -> Option<(usize, usize)> {
    let address = scan.next(of)?;
    let last = scan.before(of)?;
    let last = if scan.is_mark(last, ',') { scan.before(last)? } else { last };
    if !(scan.kind(address) == Some(Kind::Number) || scan.is_capital(address)) || !is_name_word(scan, last) {
        return None;
    }
    let first = start_of_name(scan, last + 1).filter(|&first| first < last && scan.is_word(first))?;
    // Behind its number, or behind the line's start.
    let item = match scan.before(first) {
        Some(left) => {
            scan.is_mark(left, ')') || scan.is_mark(left, '.') && left > 0 && scan.kind(left - 1) == Some(Kind::Number)
        }
        None => scan.kind(address) == Some(Kind::Number),
    };
    (item && is_run(scan, first, last)).then_some((first, last))
}

/// `(Landlord)`, `(the Funder)`: words with a capital in brackets that close the item.
fn bare_role(scan: &Scan<'_>, open: usize) -> bool {
    let first = if matches!(scan.folded(open + 1), "the" | "de" | "het") { open + 2 } else { open + 1 };
    if is_stop(scan, first) && scan.is_mark(first + 1, ')') {
        return true;
    }
    let Some(close) = (first + 1..first + 4).find(|&at| scan.is_mark(at, ')')) else { return false };
    let words = (first..close).all(|at| scan.is_word(at) && scan.is_capital(at) && scan.raw(at).len() > 2);
    let ends = scan.next(close).is_none_or(|next| {
        scan.gap(next) == Gap::Paragraph || matches!(scan.mark(next), Some(';' | '.' | ',')) || is_and(scan, next)
    });
    words && ends
}

/// `enerzijds`, `ter andere zijde`
fn is_side(scan: &Scan<'_>, at: usize) -> bool {
    matches!(scan.folded(at), "enerzijds" | "anderzijds")
        || matches!(scan.folded(at), "ter" | "als")
            && matches!(scan.folded(at + 1), "ene" | "eenre" | "eener" | "ener" | "andere" | "anderer")
}

fn lives(scan: &Scan<'_>, at: usize) -> bool {
    matches!(scan.folded(at), "wonende" | "woonachtig")
}

/// What contracts say of a party right behind its name.
fn describes_party(scan: &Scan<'_>, at: usize) -> bool {
    /// What a party may be: `an Ohio limited partnership`, `a political subdivision of the State of Oregon`.
    const KINDS: [&str; 17] = [
        "corporation",
        "company",
        "partnership",
        "body",
        "charity",
        "trust",
        "municipality",
        "subdivision",
        "association",
        "society",
        "institution",
        "agency",
        "nonprofit",
        "organization",
        "organisation",
        "cooperative",
        "bank",
    ];
    if matches!(scan.folded(at), "a" | "an") {
        return (at + 1..at + 6).take_while(|&word| scan.is_word(word)).any(|word| KINDS.contains(&scan.folded(word)));
    }
    let word = if matches!(scan.folded(at), "statutair" | "rechtsgeldig" | "verder" | "nader") { at + 1 } else { at };
    lives(scan, word)
        || is_side(scan, word)
        || matches!(
            scan.folded(word),
            "gevestigd"
                | "geboren"
                | "kantoorhoudend"
                | "kantoorhoudende"
                | "zetelend"
                | "zetelende"
                | "ingeschreven"
                | "handelend"
                | "handelende"
                | "vertegenwoordigd"
                | "hierna"
        )
        || (scan.folded(word) == "te" && matches!(scan.folded(word + 1), "dezen" | "noemen"))
        || (scan.folded(word) == "ten" && scan.folded(word + 1) == "deze")
}

/// A run of at most eight words with a capital, that are not all known words of another kind.
fn is_run(scan: &Scan<'_>, first: usize, last: usize) -> bool {
    let words: Vec<usize> = (first..=last).filter(|&at| scan.is_word(at)).collect();
    let known = |at: usize| {
        lexicon()
            .word(scan.folded(at))
            .is_some_and(|word| word.month.is_some() || word.unit.is_some() || word.currency.is_some())
    };
    let place = lexicon().phrases("jurisdictions").at(scan, first).is_some_and(|(end, _)| end == last)
        || matches!(scan.folded(first), "state" | "commonwealth") && scan.folded(first + 1) == "of";
    // `Xxxx` stands where a name was left out.
    let left_out = |at: usize| scan.folded(at).len() > 2 && scan.folded(at).bytes().all(|b| b == b'x');
    !place
        && !words.is_empty()
        && !words.iter().any(|&at| left_out(at))
        && words.len() <= 8
        && (super::super::person::starts_with_given_name(scan, first) || !words.iter().any(|&at| known(at)))
        && !words.iter().any(|&at| is_stop(scan, at))
}

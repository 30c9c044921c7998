//! Roles that are given by the number of an item, behind the list: `de partij sub 1 hierna: verhuurder`, `de gemeenten onder
//! b en c hierna te noemen: deelnemers`.

use super::{Found, How, opening};
use crate::{
    extract::lexicon::fold,
    text::{DefinedTerm, Text},
};

/// A term stands so few bytes behind the numbers whose role it is.
const REACH: usize = 80;

/// The numbers or letters of the items that a term is said of; none for one that is said of the words before it.
pub(super) fn items(text: &Text, term: &DefinedTerm) -> Vec<String> {
    let from = text.line_start(term.range.start).max(opening::floor(text, term.range.start.saturating_sub(REACH)));
    let said = fold(&text.running[from..term.range.start]);
    let said = said.rsplit([';', '"', '\'']).find(|part| !part.trim().is_empty()).unwrap_or_default();
    let Some((_, behind)) = ["onder ", "sub ", "under "].iter().filter_map(|cue| said.rsplit_once(cue)).next_back()
    else {
        return Vec::new();
    };
    let mut marks: Vec<String> = Vec::new();
    let mut reaches = false;
    for word in behind.split_whitespace() {
        let mark = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        match mark {
            "tot" | "t/m" | "met" | "to" | "through" => reaches = true,
            "en" | "and" | "" => {}
            _ if mark.len() == 1 || mark.len() == 2 && mark.parse::<u8>().is_ok() => {
                if std::mem::take(&mut reaches) {
                    let until = between(marks.last().map_or("", String::as_str), mark);
                    marks.extend(until);
                }
                marks.push(mark.to_owned());
            }
            _ => break,
        }
    }
    marks
}

/// The marks between two others: `b` of `a` to `c`.
fn between(from: &str, to: &str) -> Vec<String> {
    let letter = |mark: &str| mark.bytes().next().filter(|byte| mark.len() == 1 && byte.is_ascii_lowercase());
    match (from.parse::<u8>(), to.parse::<u8>(), letter(from), letter(to)) {
        (Ok(from), Ok(to), ..) => (from.saturating_add(1)..to).map(|number| number.to_string()).collect(),
        (_, _, Some(from), Some(to)) => (from + 1..to).map(|letter| char::from(letter).to_string()).collect(),
        _ => Vec::new(),
    }
}

/// Gives the parties of the named items their role.
pub(super) fn share(text: &Text, numbered: &[(Vec<String>, &DefinedTerm)], found: &mut [Found]) {
    for party in found {
        let name = party.ranges[0].start;
        let lead = text.running[text.line_start(name)..name].trim_start_matches(['(', ' ']);
        let Some(behind) = opening::behind_enumerator(lead) else { continue };
        let mark = fold(lead[..lead.len() - behind.len()].trim_end_matches(['.', ')']));
        if let Some((_, term)) = numbered.iter().find(|(marks, _)| marks.contains(&mark)) {
            party.party.role = Some(term.term.clone());
            party.how = How::OpeningWithRole;
        }
    }
}

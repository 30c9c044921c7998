//! What deeds call a party in brackets and without quotes, or quoted without a word that announces it: `(the Landlord)`,
//! `(Supplier)`, `…, "het Waterschap";`. Such a word is a term where the contract goes on to use it; it says nothing of
//! who is called so.

use std::ops::Range;

use super::opening::floor;
use crate::{
    extract::{
        entity::Entity,
        lexicon::fold,
        scene::{Scene, Thing},
    },
    text::{DefinedTerm, Zone},
};

/// The parties are named within so many bytes.
const REACH: usize = 6000;
/// A term is used at least so often behind the place that introduces it.
const USED: usize = 2;

/// The terms in brackets of the first part of a contract.
pub(super) fn terms(scene: &Scene<'_>) -> Vec<DefinedTerm> {
    let text = scene.text;
    let clauses = text.zones.iter().find(|(_, zone)| *zone == Zone::Clauses).map(|(range, _)| range.start);
    let end = clauses.filter(|&start| start > 0).unwrap_or(text.running.len());
    let head = &text.running[..floor(text, end.max(REACH))];
    let mut found = Vec::new();
    let opens = |mark: char, close: char| head.match_indices(mark).map(move |(open, _)| (open, mark, close));
    // Behind the last mark that closes none opens: each kind by itself ends the search there.
    let closed = |(open, mark, close): (usize, char, char)| Some((open, mark, head[open + 1..].find(close)? + 1));
    for (open, mark, length) in opens('(', ')').map_while(closed).chain(opens('"', '"').map_while(closed)) {
        // `…, vertegenwoordigd door A. Bakker, "het Waterschap";`
        if mark == '"' && !head[..open].trim_end().ends_with(',') {
            continue;
        }
        let Some(term) = called(&head[open + 1..open + length]).map(|(from, to)| open + 1 + from..open + 1 + to) else {
            continue;
        };
        let item = text.line_start(open)..open;
        // `A Ltd (the Contractor) undertakes`: with its article, a term may stand in the middle of a sentence.
        let has_article = term.start > open + 1;
        if (has_article || closes_item(&text.running[open + length + 1..]))
            && !names_place(scene, &term)
            && is_used(&text.running[open + length..], &text.running[term.clone()], &text.running[item.clone()])
        {
            let name = text.running[term.clone()].to_owned();
            found.push(DefinedTerm { term: name, range: term, meaning: item });
        }
    }
    found
}

/// The term of what stands in brackets: one to three words with a capital, before a comma or the end.
fn called(inside: &str) -> Option<(usize, usize)> {
    let said = inside.split(',').next().unwrap_or_default();
    let bare = ["the ", "The ", "de ", "het "].iter().find_map(|article| said.strip_prefix(article)).unwrap_or(said);
    let words: Vec<&str> = bare.split(' ').collect();
    let word = |word: &&str| {
        word.starts_with(char::is_uppercase) && word.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '&'))
    };
    let long = bare.chars().count() > 2;
    let from = said.len() - bare.len();
    (long && words.len() <= 3 && words.iter().all(word)).then_some((from, said.len()))
}

/// Nothing more is said of the party: its item ends, or the next party follows.
fn closes_item(behind: &str) -> bool {
    let behind = behind.trim_start_matches([' ', '\t']);
    behind.is_empty()
        || behind.starts_with([';', '.', ',', '\n', ':'])
        || ["and ", "en ", "and\n", "en\n"].iter().any(|joint| behind.starts_with(joint))
}

fn names_place(scene: &Scene<'_>, range: &Range<usize>) -> bool {
    scene.finds_in(range).any(|find| matches!(find.thing, Thing::Entity(Entity::Jurisdiction(_))))
}

/// The contract goes on to use the term, as a word of its own; once is enough for a word of the name before it.
fn is_used(behind: &str, term: &str, item: &str) -> bool {
    let named = fold(item).contains(&fold(term));
    let edge = |char: Option<char>| char.is_none_or(|char| !char.is_alphanumeric());
    let whole = |at: &usize| edge(behind[..*at].chars().next_back()) && edge(behind[at + term.len()..].chars().next());
    behind.match_indices(term).map(|(at, _)| at).filter(whole).nth(if named { 0 } else { USED - 1 }).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_in_brackets_is_a_few_words_with_capitals() {
        let check = |inside: &str, want: Option<&str>| {
            assert_eq!(called(inside).map(|(from, to)| &inside[from..to]), want, "{inside}");
        };
        check("the Landlord", Some("Landlord"));
        check("Service Provider", Some("Service Provider"));
        check("the Client, which expression includes its assignees", Some("Client"));
        check("company number 04471928", None);
        check("UK", None);
        check("including VAT", None);
    }

    #[test]
    fn a_term_closes_its_item_and_is_used() {
        let check = |behind: &str, want: bool| assert_eq!(closes_item(behind), want, "{behind:?}");
        check("; and", true);
        check(" and B Ltd", true);
        check("\n(2) B Ltd", true);
        check(" LIMITED of York", false);
        assert!(is_used(" lets. The Tenant pays the Tenant's share.", "Tenant", "A LIMITED"));
        assert!(!is_used(" lets to Tenants. The Tenant pays.", "Tenant", "A LIMITED"));
        assert!(is_used(" integrates Ostrea's sensors.", "Ostrea", "OSTREA SENSORS LIMITED"));
    }
}

//! Reads the parties from the opening of a contract: who stands first in each item is a party; who represents one, is
//! mentioned in passing or only trades under a name is not. Roles, numbers, seats and representatives hang on the
//! party that they stand behind.

use std::ops::Range;

use super::{
    RuleSet,
    entity::Entity,
    lexicon::fold,
    scene::{Find, Scene, Thing},
};
use crate::{
    model::record::Party,
    text::{DefinedTerm, Zone},
};

/// A party and where it stands.
#[derive(Clone, Debug)]
pub struct Found {
    /// The party.
    pub party: Party,
    /// Its name, first, and its number in a register.
    pub ranges: Vec<Range<usize>>,
    /// How it was found.
    pub how: How,
}

/// How a party was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// In the opening, with a role of its own.
    OpeningWithRole,
    /// In the opening.
    Opening,
    /// Beside a role word on a cover sheet.
    Label,
    /// In the title or above the signatures only.
    Elsewhere,
}

impl How {
    /// The rule's name.
    pub fn rule(self) -> &'static str {
        match self {
            Self::OpeningWithRole => "parties.opening.role",
            Self::Opening => "parties.opening",
            Self::Label => "parties.label",
            Self::Elsewhere => "parties.elsewhere",
        }
    }

    /// Trust until measured.
    pub fn prior(self) -> f64 {
        match self {
            Self::OpeningWithRole => 0.92,
            Self::Opening => 0.80,
            Self::Label => 0.80,
            Self::Elsewhere => 0.50,
        }
    }
}

/// The parties, in the order of the contract.
pub fn find(rules: &RuleSet, scene: &Scene<'_>) -> Vec<Found> {
    let zone = |wanted: Zone| scene.text.zones.iter().find(|(_, zone)| *zone == wanted).map(|(range, _)| range.clone());
    let cues = Cues::of(rules);
    let mut found = zone(Zone::Preamble).map_or_else(Vec::new, |range| in_opening(scene, &range, &cues));
    if found.len() < 2 {
        add_new(&mut found, beside_roles(scene));
    }
    if found.len() < 2
        && let Some(range) = zone(Zone::Title)
    {
        add_new(&mut found, elsewhere(in_opening(scene, &range, &cues)));
    }
    found
}

fn elsewhere(mut found: Vec<Found>) -> Vec<Found> {
    found.iter_mut().for_each(|party| party.how = How::Elsewhere);
    found
}

fn add_new(found: &mut Vec<Found>, more: Vec<Found>) {
    for party in more {
        let same = |known: &Found| name_key(&known.party.name) == name_key(&party.party.name);
        if !found.iter().any(same) {
            found.push(party);
        }
    }
}

fn name_key(name: &str) -> String {
    fold(name).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Words that tell the parts of a party's description apart, in both languages.
struct Cues {
    passing: Vec<String>,
    no_role: Vec<String>,
    seat: Vec<String>,
}

impl Cues {
    fn of(rules: &RuleSet) -> Self {
        let list = |name: &str| rules.words(name).map(fold).collect();
        Self { passing: list("passing_mention"), no_role: list("no_role"), seat: list("seat") }
    }
}

/// The parties of an opening.
fn in_opening(scene: &Scene<'_>, opening: &Range<usize>, cues: &Cues) -> Vec<Found> {
    let text = scene.text;
    let roles: Vec<&DefinedTerm> = text
        .terms
        .iter()
        .filter(|term| opening.contains(&term.range.start) && is_role(&term.term, &cues.no_role))
        .collect();
    let mut accepted: Vec<&Find> = Vec::new();
    for find in scene.finds_in(opening) {
        if !matches!(find.thing, Thing::Entity(Entity::Organization(_) | Entity::Person(_))) {
            continue;
        }
        if accepted.last().is_some_and(|last| find.range.start < last.range.end) {
            continue;
        }
        // A role's own words are no name.
        if text.terms.iter().any(|term| term.range.start <= find.range.start && find.range.end <= term.range.end) {
            continue;
        }
        let from = accepted.last().map_or(opening.start, |last| last.range.end);
        if opens_item(scene, from, find, accepted.is_empty(), cues) {
            accepted.push(find);
        }
    }
    let mut found: Vec<Found> = Vec::new();
    for (number, find) in accepted.iter().enumerate() {
        let end = accepted.get(number + 1).map_or(opening.end, |next| next.range.start);
        found.push(describe(scene, find, find.range.start..end, &roles, cues));
    }
    share_roles(&mut found);
    // Where the contract says what it calls its parties, a name that it calls nothing is only mentioned.
    if found.iter().filter(|party| party.party.role.is_some()).count() >= 2 {
        found.retain(|party| party.party.role.is_some());
    }
    // The same party may be named twice (cover and opening): the first naming with a role counts.
    let mut distinct: Vec<Found> = Vec::new();
    for party in found {
        match distinct.iter_mut().find(|known| name_key(&known.party.name) == name_key(&party.party.name)) {
            Some(known) if known.party.role.is_none() && party.party.role.is_some() => *known = party,
            Some(_) => {}
            None => distinct.push(party),
        }
    }
    distinct
}

fn is_role(term: &str, no_role: &[String]) -> bool {
    let folded = fold(term);
    let words: Vec<&str> = folded.split_whitespace().collect();
    (1..=4).contains(&words.len()) && !no_role.iter().any(|no| words.iter().any(|word| word == no))
}

/// True where a name opens a new item of the list of parties: nothing between the item's start and the name tells that
/// it is only mentioned.
fn opens_item(scene: &Scene<'_>, from: usize, find: &Find, first: bool, cues: &Cues) -> bool {
    let text = scene.text;
    let gap = text.slice(&(from..find.range.start));
    let boundary = |at: usize| from + at;
    // The last place before the name at which an item may start.
    let mut start = from;
    let mut bounded = first;
    for (at, mark) in gap.char_indices() {
        if matches!(mark, '\n' | ';') {
            start = boundary(at + mark.len_utf8());
            bounded = true;
        }
    }
    for term in &text.terms {
        if term.range.end <= find.range.start && term.range.end > start && term.range.end >= from {
            start = term.range.end;
            bounded = true;
        }
    }
    let lead = fold(text.slice(&(start..find.range.start)));
    let words: Vec<&str> = lead.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|w| !w.is_empty()).collect();
    let passing = cues.passing.iter().any(|cue| {
        let cue: Vec<&str> = cue.split_whitespace().collect();
        words.windows(cue.len()).any(|window| window == cue)
    });
    let joined = matches!(words.last(), Some(&"en" | &"and" | &"alsmede" | &"between" | &"tussen"))
        || matches!(words.as_slice(), [.., "en" | "and", "de" | "het" | "the"]);
    !passing && (bounded || joined)
}

fn describe(scene: &Scene<'_>, find: &Find, extent: Range<usize>, roles: &[&DefinedTerm], cues: &Cues) -> Found {
    let text = scene.text;
    let mut party = Party::default();
    let mut ranges = vec![find.range.clone()];
    match &find.thing {
        Thing::Entity(Entity::Organization(reading)) => {
            party.name = reading.name.clone();
            party.legal_form = reading.legal_form.clone();
        }
        Thing::Entity(Entity::Person(reading)) => party.name = reading.name.clone(),
        _ => party.name = text.slice(&find.range).to_owned(),
    }
    let own = roles.iter().find(|term| extent.contains(&term.range.start));
    party.role = own.map(|term| term.term.clone());
    for other in scene.finds_in(&(find.range.end..extent.end)) {
        match &other.thing {
            Thing::Entity(Entity::Registration(number)) if party.registration_number.is_none() => {
                party.registration_number = Some(number.clone());
                ranges.push(other.range.clone());
            }
            Thing::Entity(Entity::Person(person)) if party.represented_by.is_none() => {
                party.represented_by = Some(person.name.clone());
            }
            _ => {}
        }
    }
    party.seat = seat(text.slice(&extent), &cues.seat);
    let how = if own.is_some() { How::OpeningWithRole } else { How::Opening };
    Found { party, ranges, how }
}

/// The capitalized words behind `gevestigd te`, `with its registered office in`.
fn seat(description: &str, cues: &[String]) -> Option<String> {
    let folded = fold(description);
    if folded.len() != description.len() {
        return None;
    }
    let after = cues.iter().filter_map(|cue| folded.find(cue.as_str()).map(|at| at + cue.len())).min()?;
    let mut seat: Vec<&str> = Vec::new();
    for word in description[after..].split_whitespace() {
        let bare = word.trim_end_matches([',', ';', '.', '(', ')']);
        let capital = bare.trim_start_matches(['\'', '(']).chars().next().is_some_and(char::is_uppercase);
        let small = matches!(bare, "aan" | "den" | "de" | "bij" | "op" | "van" | "'s") && !seat.is_empty();
        if !(capital || small || bare.starts_with("'s-")) || seat.len() == 4 {
            break;
        }
        seat.push(bare);
        if bare.len() != word.len() {
            break;
        }
    }
    while seat.last().is_some_and(|word| word.chars().next().is_some_and(char::is_lowercase) && !word.starts_with('\''))
    {
        seat.pop();
    }
    (!seat.is_empty()).then(|| seat.join(" "))
}

/// Parties without a role of their own share that of the next one that has one and stands in the same list.
fn share_roles(found: &mut [Found]) {
    for at in (1..found.len()).rev() {
        let plural = |role: &str| {
            let role = fold(role);
            role.ends_with("en") || role.ends_with('s')
        };
        if let (None, Some(role)) = (&found[at - 1].party.role, &found[at].party.role)
            && plural(role)
        {
            found[at - 1].party.role = Some(role.clone());
        }
    }
}

/// Names beside role words on cover sheets: `Verhuurder: Woningstichting De Poort`.
fn beside_roles(scene: &Scene<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for label in &scene.text.labels {
        if !matches!(scene.text.zone_at(label.label.start), Zone::Title | Zone::Preamble) {
            continue;
        }
        let Some(Find { thing: Thing::Role(role), .. }) =
            scene.finds_in(&label.label).find(|find| matches!(find.thing, Thing::Role(_)))
        else {
            continue;
        };
        let names = scene.finds_in(&label.value);
        let name = names
            .filter(|find| matches!(find.thing, Thing::Entity(Entity::Organization(_) | Entity::Person(_))))
            .min_by_key(|find| find.range.start);
        let Some(find) = name else { continue };
        let extent = find.range.start..label.value.end;
        let cues = Cues { passing: Vec::new(), no_role: Vec::new(), seat: Vec::new() };
        let mut party = describe(scene, find, extent, &[], &cues);
        party.party.role = Some(role.clone());
        party.how = How::Label;
        found.push(party);
    }
    found
}

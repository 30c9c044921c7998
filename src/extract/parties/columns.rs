//! Parties named below what they are called: `Verhuurder ⇥ Huurder` over two columns of names and addresses, or a role
//! on a line of its own over a name. It reads no sentences.

use std::ops::Range;

use super::{Cues, Found, How, describe, opening, take_number, written};
use crate::{
    extract::{
        RuleSet,
        entity::Entity,
        lexicon::fold,
        scene::{Find, Scene, Thing},
    },
    text::Zone,
};

/// The parties are named within so many bytes.
const REACH: usize = 4000;
/// A party's name, address and number take so many lines.
const LINES: usize = 6;
/// A name has so many words at most.
const WORDS: usize = 8;

/// The parties of a contract that names them below their roles; none unless there are two.
pub(super) fn below_roles(rules: &RuleSet, scene: &Scene<'_>) -> Vec<Found> {
    let text = scene.text;
    let signed = text.zones.iter().find(|(_, zone)| *zone == Zone::Signatures).map(|(range, _)| range.start);
    let end = opening::floor(text, REACH).min(signed.unwrap_or(text.running.len()));
    let lines: Vec<Vec<Range<usize>>> = split(&text.running, &(0..end), '\n')
        .into_iter()
        .map(|line| split(&text.running, &line, '\t'))
        .filter(|cells| cells.iter().any(|cell| !text.slice(cell).trim().is_empty()))
        .collect();
    // The heads of a form are numbered.
    let role = |cell: &Range<usize>| {
        let head = text.slice(cell).trim_start();
        role(rules, opening::behind_enumerator(head).unwrap_or(head))
    };
    let mut found: Vec<Found> = Vec::new();
    let mut unsure: Vec<(String, Vec<&Range<usize>>)> = Vec::new();
    for (number, cells) in lines.iter().enumerate() {
        let below = &lines[number + 1..];
        let below = &below[..below.len().min(LINES)];
        let heads: Option<Vec<String>> = cells.iter().map(&role).collect();
        match heads {
            Some(roles) if roles.len() > 1 => found.extend(columns(scene, &roles, below)),
            _ => {
                let Some(called) = cells.last().and_then(&role) else { continue };
                let own: Vec<&Range<usize>> =
                    below.iter().filter_map(|cells| cells.last()).take_while(|cell| role(cell).is_none()).collect();
                match named(scene, &called, &own) {
                    Some(party) => found.push(party),
                    None => unsure.push((called, own)),
                }
            }
        }
    }
    // Beside one that surely is a name, what stands below the other role is one.
    if let [only] = &found[..]
        && let Some((called, own)) = unsure.into_iter().find(|(called, own)| {
            only.party.role.as_ref() != Some(called) && own.first().is_some_and(|cell| is_written(scene, cell))
        })
    {
        found.extend(as_written(scene, &called, &own));
        found.sort_by_key(|party| party.ranges[0].start);
    }
    let two = found.iter().any(|party| party.party.role != found[0].party.role);
    if two { found } else { Vec::new() }
}

/// One party a column, where each column starts with a name and at least one of them surely is one.
fn columns(scene: &Scene<'_>, roles: &[String], below: &[Vec<Range<usize>>]) -> Vec<Found> {
    let below: Vec<_> = below.iter().take_while(|cells| cells.len() == roles.len()).collect();
    let column = |at: usize| below.iter().map(|cells| &cells[at]).collect::<Vec<_>>();
    let parties: Vec<_> = roles.iter().enumerate().map(|(at, role)| (role, column(at))).collect();
    let sure = parties.iter().any(|(_, cells)| cells.first().is_some_and(|cell| name(scene, cell).is_some()));
    if !sure
        || !parties
            .iter()
            .all(|(_, cells)| cells.first().is_some_and(|cell| name(scene, cell).is_some() || is_written(scene, cell)))
    {
        return Vec::new();
    }
    parties
        .into_iter()
        .filter_map(|(role, cells)| named(scene, role, &cells).or_else(|| as_written(scene, role, &cells)))
        .collect()
}

/// The party whose name opens the first of its lines.
fn named(scene: &Scene<'_>, role: &str, lines: &[&Range<usize>]) -> Option<Found> {
    let find = name(scene, lines.first()?)?;
    Some(described(scene, role, find, lines))
}

/// A cell that may hold a name that no grammar knows.
fn is_written(scene: &Scene<'_>, cell: &Range<usize>) -> bool {
    let said = scene.text.slice(cell).trim();
    said.starts_with(char::is_uppercase)
        && (2..=WORDS).contains(&said.split_whitespace().count())
        && !said.ends_with([':', '.'])
}

/// What stands where a name belongs is one, whether it looks like one or not.
fn as_written(scene: &Scene<'_>, role: &str, lines: &[&Range<usize>]) -> Option<Found> {
    let cell = lines.first()?;
    let said = scene.text.slice(cell);
    let start = cell.start + (said.len() - said.trim_start().len());
    let find = written(scene, start..start + said.trim().len());
    Some(described(scene, role, &find, lines))
}

fn described(scene: &Scene<'_>, role: &str, find: &Find, lines: &[&Range<usize>]) -> Found {
    let cues = Cues::default();
    let own = find.range.start..lines[0].end.max(find.range.end);
    let mut party = describe(scene, find, own, &[], &cues);
    party.party.role = Some(role.to_owned());
    party.how = How::Label;
    for other in lines.iter().skip(1).flat_map(|line| scene.finds_in(line)) {
        if let Thing::Entity(Entity::Registration(number)) = &other.thing
            && take_number(&mut party.party, number)
        {
            party.ranges.push(other.range.clone());
        }
    }
    party
}

/// The name that opens a cell.
fn name<'s>(scene: &'s Scene<'_>, cell: &Range<usize>) -> Option<&'s Find> {
    let said = scene.text.slice(cell);
    let start = cell.start + (said.len() - said.trim_start().len());
    scene.finds_in(cell).find(|find| {
        matches!(find.thing, Thing::Entity(Entity::Organization(_) | Entity::Person(_))) && find.range.start == start
    })
}

/// A cell that holds only what parties usually are called, with its article or a colon.
fn role(rules: &RuleSet, cell: &str) -> Option<String> {
    const BODIES: [&str; 8] =
        ["gemeente", "gemeenten", "provincie", "waterschap", "stichting", "vereniging", "bank", "university"];
    let said = cell.trim().trim_end_matches(':').trim_end();
    let bare = ["de ", "De ", "het ", "Het ", "the ", "The "].iter().find_map(|article| said.strip_prefix(article));
    let bare = fold(bare.unwrap_or(said));
    let known = rules.words("role").any(|word| fold(word) == bare) && !BODIES.contains(&bare.as_str());
    (known && said.starts_with(char::is_uppercase)).then(|| said.to_owned())
}

fn split(text: &str, range: &Range<usize>, mark: char) -> Vec<Range<usize>> {
    let mut at = range.start;
    let parts = text[range.clone()].split(mark).map(|part| {
        let part = at..at + part.len();
        at = part.end + mark.len_utf8();
        part
    });
    parts.collect()
}

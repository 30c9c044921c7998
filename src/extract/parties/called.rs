//! Names that only their place gives away: an item of the opening says what it calls somebody, and what stands first in
//! it looks like no name that a grammar knows (`Omgevingsdienst Achterhoek, gevestigd te Hengelo, hierna: opdrachtgever`).
//! What is said of them stays with the other parties' reader.

use std::{ops::Range, sync::LazyLock};

use super::{Cues, opening, written};
use crate::{
    extract::{
        dictionary::{self, WordList},
        entity::{Entity, opens_address},
        lexicon::fold,
        scene::{Find, Scene, Thing},
    },
    model::Language,
    text::DefinedTerm,
};

/// A name has no more words than this.
const LONGEST: usize = 12;
/// The name of a person has no more.
const LONGEST_PERSON: usize = 5;
/// A word with a full stop has no more letters, or it ends a sentence: `Gebr.`, `Corp.`
const LONGEST_SHORT_FORM: usize = 4;
/// Who is named with a person stands within so many bytes.
const REACH: usize = 120;

/// The names of those whom an opening calls something, where none of the names that were found is theirs, each with the
/// part of its item that tells of it: other names there are only mentioned.
pub(super) fn names(
    scene: &Scene<'_>,
    opening: &Range<usize>,
    roles: &[&DefinedTerm],
    found: &[&Find],
    cues: &Cues,
) -> Vec<(Find, Range<usize>)> {
    let mut from = opening.start;
    let mut names: Vec<(Find, Range<usize>)> = Vec::new();
    for term in roles {
        let item = from..term.range.start;
        let is_first = from == opening.start;
        from = from.max(term.range.end);
        if item.is_empty() {
            continue;
        }
        let first = found.iter().find(|find| item.contains(&find.range.start));
        // `TAYSIDE AND ANGUS WATER BOARD`: of a name in capitals, a grammar may know the end; and further on in the item
        // a street may look like a name.
        let is_whole = |name: &Find| {
            first.is_none_or(|first| {
                let behind = first.range.start >= name.range.end && !opening::has_form(first);
                first.range.start > name.range.start && (first.range.end == name.range.end || behind)
            })
        };
        let name = name_in(scene, &item, is_first, cues).filter(is_whole);
        let name = name.or_else(|| acts_for(scene, &item).filter(|_| first.is_none()));
        match name.as_ref().and_then(|name| family(scene, name)) {
            Some([one, other]) => {
                let own = one.range.clone();
                let rest = other.range.start..term.range.start;
                names.extend([(one, own), (other, rest)]);
            }
            None => names.extend(name.map(|name| {
                let own = name.range.start..term.range.start;
                (name, own)
            })),
        }
    }
    let spouses = found.iter().filter_map(|find| spouse(scene, find)).filter(|spouse| {
        !found.iter().any(|find| find.range.start < spouse.range.end && spouse.range.start < find.range.end)
    });
    names.extend(spouses.map(|spouse| {
        let own = spouse.range.clone();
        (spouse, own)
    }));
    names
}

/// `Paul Henry Adair and Louise Adair` are two.
fn family(scene: &Scene<'_>, name: &Find) -> Option<[Find; 2]> {
    let said = scene.text.slice(&name.range);
    let (one, other) = [" and ", " en ", " AND ", " EN "].iter().find_map(|joint| said.split_once(joint))?;
    let last = |name: &str| fold(name.rsplit(' ').next().unwrap_or_default());
    let both = one.contains(' ') && other.contains(' ') && last(one) == last(other);
    let part = |part: &str| {
        let start = name.range.start + (part.as_ptr() as usize - said.as_ptr() as usize);
        written(scene, start..start + part.len())
    };
    both.then(|| [part(one), part(other)])
}

/// `DESMOND P. HARTY and MARY ROSE HARTY`: who bears the same family name right behind a person, whatever the given name.
fn spouse(scene: &Scene<'_>, person: &Find) -> Option<Find> {
    let Thing::Entity(Entity::Person(reading)) = &person.thing else { return None };
    let text = scene.text;
    let behind = &text.running[person.range.end..opening::floor(text, person.range.end + REACH)];
    let joint = [" and ", " en ", " & ", " AND ", " EN "].into_iter().find(|joint| behind.starts_with(joint))?;
    let start = joint.len() + behind_joints(&behind[joint.len()..])?;
    let family = fold(reading.name.rsplit(' ').next().unwrap_or_default());
    let mut end = start;
    for (count, word) in behind[start..].split_inclusive([' ', '\n']).enumerate() {
        let bare = word.trim_end().trim_end_matches([',', ';']);
        if count == LONGEST_PERSON || !bare.starts_with(char::is_uppercase) {
            return None;
        }
        if count > 0 && fold(bare) == family {
            let range = person.range.end + start..person.range.end + end + bare.len();
            return Some(written(scene, range));
        }
        end += word.len();
    }
    None
}

/// `De burgemeester van Raalte, als vertegenwoordiger van de gemeente Raalte, hierna: verhuurster`: of an item that opens with
/// an office, the body for which it acts.
fn acts_for(scene: &Scene<'_>, item: &Range<usize>) -> Option<Find> {
    const ACTS: [&str; 6] =
        ["handelend", "handelende", "vertegenwoordiger van", "vertegenwoordigende", "namens", "acting"];
    let text = scene.text;
    let line = text.line_start(item.end).max(item.start)..item.end;
    scene
        .finds_in(&line)
        .find(|find| {
            let before = fold(text.slice(&(line.start..find.range.start)));
            opening::has_form(find) && ACTS.iter().any(|acts| before.contains(acts))
        })
        .cloned()
}

/// The name that opens an item, behind the words that join it to the item before: of the first item, behind its number
/// or the word that says between whom.
fn name_in(scene: &Scene<'_>, item: &Range<usize>, is_first: bool, cues: &Cues) -> Option<Find> {
    let text = scene.text;
    let said = text.slice(item);
    let from =
        if is_first { start_of_list(said).unwrap_or_else(|| said.rfind('\n').map_or(0, |end| end + 1)) } else { 0 };
    let start = from + behind_joints(&said[from..])?;
    let name = leading_name(&said[start..])?;
    let range = item.start + start..item.start + start + name.len();
    let is_term = |said: &str| cues.terms.iter().any(|term| fold(&term.term) == fold(said));
    let bare =
        |said: &str| ["the ", "de ", "het "].iter().find_map(|article| said.strip_prefix(article)).map(str::to_owned);
    // `Servicer and the Trust`: what the contract calls others, joined.
    let joins = [" and ", " en "].iter().any(|joint| {
        name.split_once(joint).is_some_and(|(left, right)| {
            is_term(left) || is_term(&bare(right).unwrap_or_else(|| right.to_owned())) || left.split(' ').count() == 1
        })
    });
    // `This Letter Agreement`: what the opening is a part of.
    let opens = fold(name.split(' ').next().unwrap_or_default());
    let document = matches!(opens.as_str(), "this" | "these" | "deze" | "dit")
        || fold(name).split(' ').any(|word| matches!(word, "agreement" | "overeenkomst" | "contract" | "lease"));
    let term = joins || document || is_term(name);
    // `Board of Directors` is no party, `Tayside Water Development Board` is one.
    let long = name.split(' ').filter(|word| word.starts_with(char::is_uppercase)).count() > 2;
    (!term && (long || cues.is_of_nothing_else(name))).then(|| written(scene, range))
}

/// Where the first item may start: behind `between` or `tussen`, or at the first paragraph with a number.
fn start_of_list(said: &str) -> Option<usize> {
    const OPENS: [&str; 7] =
        ["between:", "tussen:", "ondergetekenden:", "partijen:", "undersigned:", "parties:", "contractanten:"];
    let word = |word: &str| {
        let word = fold(word);
        matches!(word.as_str(), "between" | "tussen") || OPENS.contains(&word.as_str())
    };
    let between = said.split_whitespace().find(|said| word(said));
    let between = between.map(|word| word.as_ptr() as usize - said.as_ptr() as usize + word.len());
    let mut at = 0;
    let numbered = said.split_inclusive('\n').find_map(|line| {
        let start = at;
        at += line.len();
        opening::behind_enumerator(line.trim_start_matches(['(', ' '])).map(|_| start)
    });
    numbered.or(between)
}

/// Forms of address, without the full stop of a short one.
fn is_title(word: &str) -> bool {
    static TITLES: LazyLock<[WordList; 2]> =
        LazyLock::new(|| [Language::Dutch, Language::English].map(|language| dictionary::list(language, "titles")));
    TITLES.iter().any(|titles| titles.values().flatten().any(|title| title.trim_end_matches('.') == word))
}

/// What stands behind the number or letter that a list gives a party: `Party B: …`, `Partij 2 ⇥ …`.
fn behind_party(said: &str) -> Option<&str> {
    let (label, behind) = said.split_once([':', '\t'])?;
    let (word, mark) = label.split_once(' ')?;
    (matches!(fold(word).as_str(), "party" | "partij") && (1..=2).contains(&mark.len())).then_some(behind)
}

/// Where the words end that join an item to the one before and introduce its name: marks, `and`, a number, an article, a
/// form of address.
fn behind_joints(said: &str) -> Option<usize> {
    let mut rest = said;
    loop {
        rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
        if let Some(behind) = opening::behind_enumerator(rest) {
            rest = behind;
            continue;
        }
        let word = rest.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ')')).next().unwrap_or_default();
        // `EN:` on a line of its own; `Party B:`.
        let folded = fold(word.trim_end_matches(['.', ':']));
        // `M/s. Sahyadri Ltd`: a form of address for firms.
        if let Some(behind) = rest.strip_prefix("M/s").or_else(|| rest.strip_prefix("M/S")) {
            rest = behind;
            continue;
        }
        if let Some(behind) = behind_party(rest) {
            rest = behind;
            continue;
        }
        let joins = matches!(
            folded.as_str(),
            "and"
                | "en"
                | "alsmede"
                | "de"
                | "het"
                | "the"
                | "ten"
                | "eerste"
                | "tweede"
                | "derde"
                | "enerzijds"
                | "anderzijds"
        );
        if word.is_empty() || !(joins || is_title(&folded)) {
            break;
        }
        rest = &rest[word.len()..];
    }
    (!rest.is_empty()).then(|| said.len() - rest.len())
}

/// Words with capitals, and the small ones between them, up to a mark or to what tells of the name.
fn leading_name(said: &str) -> Option<&str> {
    const SMALL: [&str; 20] = [
        "van", "de", "der", "den", "het", "voor", "ter", "ten", "te", "in", "op", "en", "and", "of", "the", "for",
        "von", "du", "d'", "'t",
    ];
    let mut end = 0;
    let mut capitals = 0;
    let mut closed = false;
    let mut at = 0;
    for (count, word) in said.split_inclusive(' ').enumerate() {
        let bare = word.trim_end();
        if count == LONGEST || bare.contains('\n') && bare.trim_end_matches('\n').contains('\n') {
            return None;
        }
        let stripped = bare.trim_end_matches([',', ';', ':']);
        let first = stripped.trim_start_matches(['"', '\'']);
        let capital = first.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() && capitals > 0);
        let address = stripped == "of" && capitals > 0 && opens_address(&said[..at], &said[at + word.len()..]);
        if address || first.starts_with('(') || !(capital || SMALL.contains(&first) || matches!(first, "&" | "-" | "–"))
        {
            closed = true;
            break;
        }
        if first.starts_with(char::is_uppercase) {
            capitals += 1;
        }
        // `Background. Kok Inc.`: a head, or the end of a sentence.
        if stripped.trim_end_matches('.').chars().count() > LONGEST_SHORT_FORM && stripped.ends_with('.') {
            return None;
        }
        if capital {
            end = at + bare.len() - (bare.len() - stripped.len());
        }
        at += word.len();
        if stripped.len() < bare.len() {
            closed = true;
            break;
        }
    }
    let name = &said[..end];
    let long = capitals >= 2 && name.chars().filter(|c| c.is_alphabetic()).count() >= 5;
    (closed && long && said.starts_with(char::is_uppercase) && !name.contains('\n')).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_ends_where_it_is_told_of() {
        let check = |said: &str, want: Option<&str>| assert_eq!(leading_name(said), want, "{said:?}");
        check("Omgevingsdienst Noordrand, gevestigd te Best", Some("Omgevingsdienst Noordrand"));
        check("Slieve Bawn Institute of Further Education, a body", Some("Slieve Bawn Institute of Further Education"));
        check("Leonard F. PARTRIDGE residing at", Some("Leonard F. PARTRIDGE"));
        check("THE CITY OF BARCHESTER of Guildhall, High Street", Some("THE CITY OF BARCHESTER"));
        check("Agreement", None);
        check("its affiliates", None);
    }

    #[test]
    fn joints_are_no_part_of_a_name() {
        let check = |said: &str, want: Option<&str>| {
            assert_eq!(behind_joints(said).map(|at| &said[at..]), want, "{said:?}");
        };
        check("\"); and (2) Blackthorn Kitchens", Some("Blackthorn Kitchens"));
        check("\",\nen\n2. mevrouw ir. Hanneke Vos", Some("Hanneke Vos"));
        check("\")\nEN:\nOCMW Herkstad, met zetel", Some("OCMW Herkstad, met zetel"));
        check("\")\nParty B: Wells Rugby Club", Some("Wells Rugby Club"));
        check("\")\nParty 2\tThe Wells Trust", Some("Wells Trust"));
        check("\") ", None);
    }
}

//! Numbers in registers that stand in letterheads, footers and signature blocks: in a line that names one of the parties,
//! behind which the opening gives no number.

use super::{Found, letters, opening, take_number};
use crate::{
    extract::{
        entity::{self, Entity, Registration},
        lexicon::fold,
        scene::{Scene, Thing},
    },
    model::Language,
    text::Text,
};

/// Longer lines tell of other things too.
const LONGEST_LINE: usize = 240;
/// Shorter names may be parts of other words.
const SHORTEST_NAME: usize = 6;

/// Gives parties without a number the one that stands in a line with their name and no other party's.
pub(super) fn numbers(found: &mut [Found], scene: &Scene<'_>) {
    let text = scene.text;
    for find in &scene.finds {
        let Thing::Entity(Entity::Registration(number)) = &find.thing else { continue };
        let Some(line) = line_of(text, find.range.start) else { continue };
        if let Some(party) = named_in(found, line) {
            party.ranges.extend(take_number(&mut party.party, number).then(|| find.range.clone()));
        }
    }
    for head in &text.running_heads {
        let Some(number) = number_in(&head.text) else { continue };
        if let Some(party) = named_in(found, &head.text)
            && take_number(&mut party.party, &number)
        {
            party.heads.push(head.evidence.clone());
        }
    }
}

/// The line of a place, where it is short enough: its ends are looked for no further, however long a line is.
fn line_of(text: &Text, at: usize) -> Option<&str> {
    let running = &text.running;
    let (from, to) = (opening::floor(text, at.saturating_sub(LONGEST_LINE)), opening::floor(text, at + LONGEST_LINE));
    let start = running[from..at].rfind('\n').map_or((from == 0).then_some(0), |end| Some(from + end + 1))?;
    let end = running[at..to].find('\n').map_or((to == running.len()).then_some(to), |len| Some(at + len))?;
    Some(&running[start..end])
}

fn number_in(head: &str) -> Option<Registration> {
    entity::find_in(head, Language::Dutch).into_iter().find_map(|spot| match spot.entity {
        Entity::Registration(number) => Some(number),
        _ => None,
    })
}

/// The only party that a line names, where it has no number yet.
fn named_in<'f>(found: &'f mut [Found], line: &str) -> Option<&'f mut Found> {
    if line.len() > LONGEST_LINE {
        return None;
    }
    let line = letters(&fold(line));
    let mut named = found.iter_mut().filter(|party| {
        let name = core(&party.party.name);
        name.len() >= SHORTEST_NAME && line.contains(&name)
    });
    let (Some(party), None) = (named.next(), named.next()) else { return None };
    let is_numbered = party.party.registration_number.is_some() || party.party.other_registration.is_some();
    (!is_numbered).then_some(party)
}

/// A name's letters without its legal form, which letterheads leave out.
fn core(name: &str) -> String {
    const FORMS: [&str; 9] = ["bv", "nv", "vof", "ltd", "inc", "llc", "maatschap", "stichting", "vereniging"];
    let key = letters(&fold(name));
    let key = FORMS.iter().find_map(|form| key.strip_suffix(form)).unwrap_or(&key);
    FORMS.iter().find_map(|form| key.strip_prefix(form)).unwrap_or(key).to_owned()
}

#[cfg(test)]
mod tests {
    use crate::{extract::RuleSet, model::Language, text::Text};

    #[test]
    fn a_letterhead_numbers_the_party_that_it_names() {
        let rules = RuleSet::embedded().unwrap();
        let number = |foot: &str| {
            let text = format!(
                "Overeenkomst tussen V.o.f. Bouwhandel Verstraelen, gevestigd te Susteren, verder: werkgever, en Ruud Geelen, \
                 wonende te Echt, verder: werknemer.\n\n{foot}"
            );
            let fields = rules.extract(&Text::of_sentence(&text, Some(Language::Dutch)), Language::Dutch);
            fields.parties[0].value.as_ref().unwrap().registration_number.clone()
        };
        assert_eq!(number("Bouwhandel Verstraelen · Susteren · KvK 14061177").as_deref(), Some("14061177"));
        assert_eq!(number("Bouwhandel Smeets · Susteren · KvK 14061177"), None);
        assert_eq!(number("Bouwhandel Verstraelen en Ruud Geelen, KvK 14061177"), None, "whose of the two?");
    }
}

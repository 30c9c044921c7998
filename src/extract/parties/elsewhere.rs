//! Parties that the opening does not name: letters, forms and deeds name them in the letterhead, the address, the text
//! and above the signatures. A name counts by the places that it stands in; one place alone is rarely enough.

use std::ops::Range;

use super::{Found, How, name_key, opening, usual_spelling};
use crate::{
    extract::{
        entity::{Entity, is_kin},
        lexicon::fold,
        scene::{Find, Scene, Thing},
    },
    model::record::Party,
    text::Zone,
};

/// A name weighs so much for standing in the title, the letterhead or the address.
const IN_TITLE: u32 = 2;
/// A name weighs so much for standing in the opening.
const IN_OPENING: u32 = 2;
/// A name weighs so much for standing with the signatures.
const WITH_SIGNATURES: u32 = 2;
/// A name right above a line to sign on weighs so much more.
const SIGNS: u32 = 1;
/// Whose name heads a letter writes it, which weighs so much more.
const WRITES: u32 = 1;
/// A role in brackets behind a name takes at most so many bytes.
const LONGEST_ROLE: usize = 30;
/// A letterhead takes so many bytes behind the name.
const LETTERHEAD_REACH: usize = 220;
/// A person under a word such as `EMPLOYEE`, or who declares to have signed, weighs so much more.
const FOR_SELF: u32 = 1;
/// From here a name is that of a party.
const ENOUGH: u32 = 3;

struct Name<'s> {
    find: &'s Find,
    weight: u32,
    signs: bool,
}

/// Adds parties up to two, the heaviest first, and further ones that sign.
pub(super) fn complete(found: &mut Vec<Found>, scene: &Scene<'_>, opening: Option<&Range<usize>>) {
    let text = scene.text;
    let unnamed = found.is_empty();
    let title = text.zones.iter().find(|(_, zone)| *zone == Zone::Title).map(|(range, _)| range.clone());
    let signatures = signatures(scene);
    let mut names: Vec<(String, Name<'_>)> = Vec::new();
    let places = [(title, IN_TITLE), (opening.cloned(), IN_OPENING), (signatures.clone(), WITH_SIGNATURES)];
    for (place, weight) in places {
        let Some(place) = place else { continue };
        let mut here: Vec<String> = Vec::new();
        for find in scene.finds_in(&place).filter(|find| is_candidate(scene, find)) {
            let key = name_key(name(find));
            if here.contains(&key) {
                continue;
            }
            let signs = weight == WITH_SIGNATURES && (is_signed(scene, find) || !opening::is_organization(find));
            let own = weight == WITH_SIGNATURES && !opening::is_organization(find) && signs_for_self(scene, find);
            let writes = weight == IN_TITLE
                && is_letterhead(&scene.text.running[..find.range.start])
                && opening::is_organization(find)
                && (is_letter(scene) || is_numbered(scene, find));
            let more = [(signs, SIGNS), (own, FOR_SELF), (writes, WRITES)];
            let weight = weight + more.iter().filter(|(holds, _)| *holds).map(|(_, more)| more).sum::<u32>();
            match names.iter_mut().find(|(known, _)| *known == key) {
                Some((_, known)) => {
                    known.weight += weight;
                    known.signs |= signs;
                }
                None => names.push((key.clone(), Name { find, weight, signs })),
            }
            here.push(key);
        }
    }
    names.retain(|(key, name)| name.weight >= ENOUGH && !found.iter().any(|party| name_key(&party.party.name) == *key));
    names.sort_by_key(|(_, name)| (std::cmp::Reverse(name.weight), name.find.range.start));
    let organizations = found.len() + names.iter().filter(|(_, name)| opening::is_organization(name.find)).count();
    if organizations >= 2 {
        // Persons beside two organizations act for them.
        names.retain(|(_, name)| opening::is_organization(name.find));
    }
    for (_, name) in names {
        // More than two only where the opening names none and each signs for itself.
        if found.len() < 2 || (unnamed && name.signs && opening::is_organization(name.find)) {
            found.push(of(scene, name.find));
        }
    }
}

fn signatures(scene: &Scene<'_>) -> Option<Range<usize>> {
    let text = scene.text;
    let zone = text.zones.iter().find(|(_, zone)| *zone == Zone::Signatures).map(|(range, _)| range.clone());
    zone.or_else(|| {
        // Without words that announce them: where somebody signs.
        let signed = ["/s/", "By:", "Name:"].iter().filter_map(|mark| text.running.find(mark)).min()?;
        Some(opening::floor(text, signed.saturating_sub(200))..opening::floor(text, signed + 1500))
    })
}

/// Nothing stands above but fields (`Ons kenmerk: …`).
fn is_letterhead(above: &str) -> bool {
    let Some((lines, _)) = above.rsplit_once('\n') else { return true };
    lines.lines().all(|line| line.trim().is_empty() || line.contains(':'))
}

/// `Repromaat Kantoorsystemen B.V. / Zuiderzeestraatweg 340 / KvK 08093316`: a letterhead, on a form as on a letter.
fn is_numbered(scene: &Scene<'_>, find: &Find) -> bool {
    let below = find.range.end..opening::floor(scene.text, find.range.end + LETTERHEAD_REACH);
    let mut own = scene.finds_in(&below).take_while(|other| !opening::is_organization(other));
    own.any(|other| matches!(other.thing, Thing::Entity(Entity::Registration(_))))
}

/// Somebody is addressed.
pub(super) fn is_letter(scene: &Scene<'_>) -> bool {
    scene.text.running.split('\n').take(60).any(|line| {
        let line = fold(line);
        ["geachte", "beste ", "mijne heren", "dear "].iter().any(|salutation| line.starts_with(salutation))
    })
}

fn name(find: &Find) -> &str {
    match &find.thing {
        Thing::Entity(Entity::Organization(reading)) => &reading.name,
        Thing::Entity(Entity::Person(reading)) => &reading.name,
        _ => "",
    }
}

/// Organizations with a form, and persons that do not sign for one.
fn is_candidate(scene: &Scene<'_>, find: &Find) -> bool {
    match &find.thing {
        // `By: Acme GP Inc., its general partner` signs for another.
        Thing::Entity(Entity::Organization(reading)) => {
            let before = &scene.text.running[..find.range.start];
            (reading.legal_form.is_some() || is_family_firm(&reading.name))
                && !["By:", "BY:", "By", "c/o"].iter().any(|cue| before.trim_end().ends_with(cue))
        }
        Thing::Entity(Entity::Person(reading)) => {
            let single = reading.name.split_whitespace().count() < 2
                || reading.name.split('.').next().is_some_and(|first| first.chars().count() == 1);
            // `verschenen voor mij, mr. J. Kolff, notaris te Goes`: before whom the deed is passed.
            let notary = scene.text.running[find.range.end..].trim_start_matches([',', ' ']);
            let notary =
                ["notaris", "kandidaat-notaris", "notary", "Notary"].iter().any(|office| notary.starts_with(office));
            !single && !notary && (signs_for_self(scene, find) || !represents(scene, find))
        }
        _ => false,
    }
}

/// `P. Kuiper & Zoon`
fn is_family_firm(name: &str) -> bool {
    let kin = name.rsplit_once('&').map(|(_, kin)| fold(kin.trim().trim_end_matches('.')));
    kin.is_some_and(|kin| is_kin(&kin))
}

/// `EMPLOYEE: Adrian Adams`, `I, Andrew Prozes, have executed`: a person who signs as one of the parties, whatever
/// office stands below.
fn signs_for_self(scene: &Scene<'_>, find: &Find) -> bool {
    let text = scene.text;
    let from = opening::floor(text, find.range.start.saturating_sub(48));
    // What another name stands before is said of that one.
    let before = from..find.range.start;
    let other = scene.finds_in(&before).filter(|other| opening::is_name(other)).map(|other| other.range.end);
    announces_own(text.slice(&(other.last().unwrap_or(from)..find.range.start)))
}

/// Words that say that who is named next signs as a party.
fn announces_own(said: &str) -> bool {
    const OWN: [&str; 13] = [
        "employee",
        "executive",
        "associate",
        "consultant",
        "contractor",
        "participant",
        "second party",
        "stockholder",
        "shareholder",
        "grantee",
        "optionee",
        "individual",
        "werknemer",
    ];
    if said.trim_end().ends_with("I,") {
        return true;
    }
    // A line of its own: the word is no part of a sentence or of an office (`Executive Vice President`).
    said.split(['\n', '\t', '/']).any(|line| {
        let line = fold(line);
        let line = line.trim_matches(|c: char| !c.is_alphanumeric());
        let line = line.strip_prefix("the ").unwrap_or(line);
        OWN.contains(&line)
    })
}

/// True for a person behind `By:` or `Attn:`, or with an office below the name.
fn represents(scene: &Scene<'_>, find: &Find) -> bool {
    let text = scene.text;
    let before = fold(text.slice(&(opening::floor(text, find.range.start.saturating_sub(60))..find.range.start)));
    let after = fold(text.slice(&(find.range.end..opening::floor(text, find.range.end + 80))));
    let for_another =
        ["by:", "by ", "by\t", "attn", "attention", "c/o", "dear "].iter().any(|cue| before.contains(cue));
    let office =
        ["title", "president", "officer", "director", "counsel", "chairman", "secretary", "manager", "principal"];
    for_another || office.iter().any(|word| after.contains(word))
}

/// True where `By:` or a conformed signature follows within two lines.
fn is_signed(scene: &Scene<'_>, find: &Find) -> bool {
    let text = scene.text;
    let after = text.slice(&(find.range.end..opening::floor(text, find.range.end + 60)));
    ["By", "BY", "/s/", "__", "Name"].iter().any(|mark| after.contains(mark))
        || opening::is_organization(find)
            && is_letter(scene)
            && closes_letter(text.slice(&(opening::floor(text, find.range.start.saturating_sub(40))..find.range.start)))
        || (!opening::is_organization(find) && {
            let before = text.slice(&(opening::floor(text, find.range.start.saturating_sub(12))..find.range.start));
            before.contains("/s/")
        })
}

/// Right below `Hoogachtend,` or `Voor akkoord`: who signs.
fn closes_letter(before: &str) -> bool {
    const CLOSES: [&str; 6] =
        ["hoogachtend", "vriendelijke groet", "vriendelijke groeten", "hartelijke groet", "akkoord", "namens"];
    let before = fold(before);
    let before = before.trim_end_matches(|c: char| !c.is_alphanumeric());
    let before = [" de", " het"].iter().find_map(|article| before.strip_suffix(article)).unwrap_or(before);
    CLOSES.iter().any(|closes| before.ends_with(closes))
}

fn of(scene: &Scene<'_>, find: &Find) -> Found {
    let mut party = Party { name: name(find).to_owned(), ..Party::default() };
    let mut ranges = vec![find.range.clone()];
    // `Signed for Mercia Finance Ltd (the Owner)`
    let behind = scene.text.running[find.range.end..].strip_prefix(" (the ").and_then(|behind| behind.split_once(')'));
    party.role = behind.map(|(role, _)| role.to_owned()).filter(|role| role.len() <= LONGEST_ROLE);
    if let Thing::Entity(Entity::Organization(reading)) = &find.thing {
        party.name = usual_spelling(&reading.name);
        party.legal_form = reading.legal_form.clone();
        // A letterhead gives the number of whose it is: before another name stands.
        let below = find.range.end..opening::floor(scene.text, find.range.end + LETTERHEAD_REACH);
        let own = scene.finds_in(&below).take_while(|other| !opening::is_name(other));
        let number = own.filter_map(|other| match &other.thing {
            Thing::Entity(Entity::Registration(number)) => Some((number, other.range.clone())),
            _ => None,
        });
        if let Some((number, range)) = number.into_iter().next() {
            super::take_number(&mut party, number);
            ranges.push(range);
        }
    }
    Found { party, ranges, heads: Vec::new(), how: How::Elsewhere }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_stands_below_the_greeting_signs_the_letter() {
        let check = |before: &str, want: bool| assert_eq!(closes_letter(before), want, "{before:?}");
        check("Hoogachtend,\n", true);
        check("Met vriendelijke groet,\n", true);
        check("Voor akkoord namens de ", true);
        check("de opdracht van ", false);
        assert!(is_family_firm("Hoveniersbedrijf P. Kuiper & Zoon"));
        assert!(!is_family_firm("Wouters & Lansink"));
    }

    #[test]
    fn who_signs_as_the_employee_signs_for_himself() {
        let check = |said: &str, want: bool| assert_eq!(announces_own(said), want, "{said:?}");
        check("EMPLOYEE:\n", true);
        check("ASSOCIATE:\n/s/ ", true);
        check("SECOND PARTY\nBy: /s/ ", true);
        check("this Agreement.\nI, ", true);
        check("Executive Vice President\n/s/ ", false);
        check("By: /s/ ", false);
    }
}

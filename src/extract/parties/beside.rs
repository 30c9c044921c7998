//! Parties in fields: names beside role words on cover sheets, and in forms that ask for them.

use std::ops::Range;

use super::{Cues, Found, How, add_new, describe, one_field, opening, written};
use crate::{
    extract::{
        RuleSet,
        entity::{Entity, names_street},
        lexicon::fold,
        scene::{Find, Scene, Thing},
    },
    text::{Labelled, Text, Zone},
};

/// Names beside role words on cover sheets: `Verhuurder: Woningstichting De Poort`.
pub(super) fn roles(rules: &RuleSet, scene: &Scene<'_>) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut unsure: Vec<(String, Range<usize>, Range<usize>)> = Vec::new();
    // Where the fields of the last party end.
    let mut until = 0;
    for label in &scene.text.labels {
        // A list of fields goes on, whatever its second half looks like.
        let follows = until > 0 && follows(scene.text, until, label.label.start);
        let introduces = scene.text.zones.is_empty()
            || matches!(scene.text.zone_at(label.label.start), Zone::Title | Zone::Preamble)
            || under_parties(scene, label.label.start)
            || follows;
        if !(introduces || numbered_on_cover(scene, label)) {
            continue;
        }
        let role = role_of(scene, label).or_else(|| own_word(scene, label, &found).filter(|_| follows));
        let Some(role) = role else { continue };
        let names = scene.finds_in(&label.value);
        let name = names
            .filter(|find| matches!(find.thing, Thing::Entity(Entity::Organization(_) | Entity::Person(_))))
            .min_by_key(|find| find.range.start);
        // Who represents a party is none: in a cell of several lines, the name stands above the line of the label.
        let represents = fold(scene.text.slice(&label.value)).starts_with("vertegenwoordigd");
        // `Opdrachtgever: ROC Vechtstreek. Cateraar: Smaakmakers B.V.`: what stands behind another field is its own.
        let own = |find: &&Find| !scene.text.slice(&(label.value.start..find.range.start)).contains(':');
        let name = name.filter(|_| !represents).filter(own);
        let extent = label.value.start..details_end(scene, label);
        let Some(find) = name.or_else(|| name_above(scene, label)) else {
            // What the contract alone calls so is no label that asks for a name.
            if !rules.words("role").any(|word| fold(word) == fold(&role)) {
                continue;
            }
            unsure.extend(as_written(scene, label).filter(|_| !represents).map(|name| (role, name, extent)));
            continue;
        };
        let others = joined_to(scene, find, &label.value);
        let end = others.first().map_or(extent.end, |other| other.range.start);
        let mut party = called(scene, find, role.clone(), find.range.start..end);
        let usual = rules.words("role").any(|word| fold(word) == fold(&role))
            || scene.text.terms.iter().any(|term| term.term == role);
        party.how = if introduces && usual { party.how } else { How::Placed };
        found.push(party);
        until = extent.end;
        found.extend(others.iter().map(|other| {
            let mut party = called(scene, other, role.clone(), other.range.clone());
            party.how = How::Placed;
            party
        }));
    }
    // What stands beside two usual roles is a name each, whatever it looks like.
    if found.is_empty()
        && let [(one, ..), (other, ..)] = &unsure[..]
        && one != other
    {
        for (role, name, extent) in std::mem::take(&mut unsure) {
            let mut party = called(scene, &written(scene, name), role, extent);
            party.how = How::Placed;
            found.push(party);
        }
    }
    // Beside one that surely is a name, what stands beside another role is one.
    for (role, name, extent) in unsure {
        if !found.is_empty() && found.iter().all(|party| party.party.role.as_ref() != Some(&role)) {
            found.push(called(scene, &written(scene, name), role, extent));
        }
    }
    if found.is_empty() {
        found.extend(one_field::parties(scene));
    }
    found.sort_by_key(|party| party.ranges[0].start);
    add_new(&mut found, in_forms(scene));
    found
}

/// Nothing but the space of a line's end stands between two places.
fn follows(text: &Text, from: usize, to: usize) -> bool {
    from <= to && text.running[from..to].trim().is_empty()
}

/// `Uitzendonderneming ⇥ Brabant Flexpunt B.V., …` below `Opdrachtgever ⇥ …`: one word of the contract's own, which it goes on
/// to use, beside a name that speaks for itself.
fn own_word(scene: &Scene<'_>, label: &Labelled, found: &[Found]) -> Option<String> {
    /// The contract goes on to call somebody so.
    const USED: usize = 2;
    let said = scene.text.slice(&label.label).trim();
    let word = said.len() > 4 && said.starts_with(char::is_uppercase) && said.chars().all(char::is_alphabetic);
    let name = scene.finds_in(&label.value).find(|find| opening::is_name(find))?;
    let sure = opening::has_form(name) && name.range.start == label.value.start;
    let other = found.iter().all(|party| {
        party.party.role.as_deref().map(fold) != Some(fold(said)) && party.ranges[0].start != name.range.start
    });
    let behind = &scene.text.running[label.value.end..];
    let used = behind.matches(said).count() + behind.matches(&said.to_lowercase()).count() >= USED;
    (found.len() == 1 && word && sure && other && used).then(|| said.to_owned())
}

pub(super) fn called(scene: &Scene<'_>, find: &Find, role: String, extent: Range<usize>) -> Found {
    let mut party = describe(scene, find, extent, &[], &Cues::default());
    party.party.role = Some(role);
    party.how = How::Label;
    party
}

/// `Tenants: Mr Kieran Walsh and Miss Amy Tranter`: the persons joined to the first one in a field.
fn joined_to<'s>(scene: &'s Scene<'_>, first: &Find, value: &Range<usize>) -> Vec<&'s Find> {
    let person = |find: &Find| matches!(find.thing, Thing::Entity(Entity::Person(_)));
    let mut joined: Vec<&Find> = Vec::new();
    let mut last = first.range.end;
    for find in scene.finds_in(&(first.range.end..value.end)).filter(|find| person(find)) {
        let between = scene.text.slice(&(last..find.range.start));
        if !person(first) || !opening::joins_persons(between) && between.trim() != "," {
            break;
        }
        last = find.range.end;
        joined.push(find);
    }
    joined
}

/// `Tenant: Kapsalon Lokken`: the words of a field that look like a name, up to a comma or the line's end.
fn as_written(scene: &Scene<'_>, label: &Labelled) -> Option<Range<usize>> {
    let said = scene.text.slice(&label.value);
    let end = said.find([',', '(', '\n', '\t', ';']).unwrap_or(said.len());
    let name = before_street(said[..end].trim_end_matches([' ', '.']));
    // `Postbus 310` and `EUR 250` are none.
    let words =
        name.split_whitespace().filter(|word| word.starts_with(|c: char| c.is_alphabetic() || c == '\'')).count();
    // `s.v. Eendracht`
    let club = name.as_bytes().get(1) == Some(&b'.') && name.as_bytes().get(3) == Some(&b'.');
    let is_name = (name.starts_with(char::is_uppercase) || club) && (2..=8).contains(&words) && !name.contains(':');
    is_name.then(|| label.value.start..label.value.start + name.len())
}

/// `Timmerbedrijf Oosting Dorpsstraat 5`, `Kapsalon Lokken 12 Mill Lane`: a name without the address that goes on in its cell.
fn before_street(said: &str) -> &str {
    let is_number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let words: Vec<&str> = said.split(' ').collect();
    let at = words.windows(2).skip(1).position(|pair| {
        is_number(pair[1]) && names_street(&fold(pair[0]))
            || is_number(pair[0]) && pair[1].starts_with(char::is_uppercase)
    });
    at.map_or(said, |at| {
        let kept: usize = words[..=at].iter().map(|word| word.len() + 1).sum();
        &said[..kept - 1]
    })
}

/// The role that a label says the party of: `4. LANDLORD (NAME, STATE)`, `The Council`. `Contactpersoon van Klant` and
/// `Tenant's trade name` name no party.
fn role_of(scene: &Scene<'_>, label: &Labelled) -> Option<String> {
    let text = scene.text;
    let said = text.slice(&label.label);
    let number = said.len() - said.trim_start_matches(|c: char| !c.is_alphabetic()).len();
    let article =
        ["The ", "THE ", "De ", "DE ", "Het ", "HET "].iter().find(|article| said[number..].starts_with(**article));
    let start = label.label.start + number + article.map_or(0, |article| article.len());
    scene.finds_in(&label.label).find_map(|find| match &find.thing {
        Thing::Role(role) if find.range.start == start => {
            let behind = &text.running[find.range.end..label.label.end.max(find.range.end)];
            let owns = behind.starts_with('\'');
            let next = fold(behind.split_whitespace().next().unwrap_or_default());
            let tells_of = OF_A_PARTY.iter().any(|word| next.starts_with(word));
            (!owns && !tells_of && !BESIDE_PARTIES.contains(&fold(role).as_str())).then(|| role.clone())
        }
        _ => None,
    })
}

/// What a label behind a role asks for instead of the party: `Customer contact`, `Opdrachtgever vertegenwoordiger`.
const OF_A_PARTY: [&str; 10] = [
    "contact",
    "represent",
    "vertegenwoordig",
    "phone",
    "telephone",
    "telefoon",
    "e-mail",
    "email",
    "signatory",
    "bank",
];

/// Who has a box of their own on forms without being a party.
const BESIDE_PARTIES: [&str; 2] = ["guarantor", "managing agent"];

/// The clause is headed by what it introduces: `1. Partijen`, `Article I. Basic Lease Provisions`.
fn under_parties(scene: &Scene<'_>, position: usize) -> bool {
    const HEADS: [&str; 6] =
        ["partijen", "contractpartijen", "contracterende partijen", "parties", "the parties", "contract parties"];
    const CORE: [&str; 16] = [
        "basic provisions",
        "basic lease provisions",
        "basic sublease provisions",
        "basic lease information",
        "basic sublease information",
        "basic terms",
        "key terms",
        "principal terms",
        "commercial terms",
        "particulars",
        "contract details",
        "lease details",
        "contract data",
        "contractgegevens",
        "kerngegevens",
        "basisgegevens",
    ];
    let Some(clause) = scene.text.clause_at(position).map(|at| &scene.text.clauses[at]) else { return false };
    let head = fold(scene.text.slice(&(clause.range.start..clause.body)));
    let bare = head.trim_start_matches(|c: char| !c.is_alphabetic()).trim_end_matches(|c: char| !c.is_alphabetic());
    HEADS.contains(&bare) || CORE.iter().any(|core| bare.ends_with(core))
}

/// `2. Landlord: 1200 Brannan Street Owner, LLC`: an item on the first page that is a field and looks like a clause. Its
/// value opens with a name that speaks for itself.
fn numbered_on_cover(scene: &Scene<'_>, label: &Labelled) -> bool {
    let text = scene.text;
    let in_front = text.page_at(label.label.start).is_none_or(|page| page.index() == 0);
    let numbered = opening::behind_enumerator(text.slice(&label.label)).is_some();
    let name = scene.finds_in(&label.value).find(|find| opening::has_form(find));
    in_front && numbered && name.is_some_and(|find| find.range.start == label.value.start)
}

/// The name that opens the line above a label, where the label stands at the middle or the end of its cell of several
/// lines and its own line goes on with a description.
fn name_above<'s>(scene: &'s Scene<'_>, label: &Labelled) -> Option<&'s Find> {
    let text = scene.text;
    let goes_on = text.slice(&label.value).starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit());
    let own = text.running[..label.label.start].rfind('\n').filter(|_| goes_on)?;
    let start = text.line_start(own);
    let line = start..own;
    let field = text.slice(&line).contains('\t') || text.labels.iter().any(|other| line.contains(&other.label.start));
    let organization = |find: &&Find| matches!(find.thing, Thing::Entity(Entity::Organization(_)));
    scene.finds_in(&line).filter(organization).find(|find| !field && find.range.start == start)
}

/// Where the fields end that tell more of the party in a field: its address, its number in the register.
fn details_end(scene: &Scene<'_>, field: &Labelled) -> usize {
    const DETAILS: [&str; 10] = [
        "adres",
        "address",
        "postcode",
        "plaats",
        "vestigingsplaats",
        "rechtsvorm",
        "kvk",
        "handelsregister",
        "btw",
        "inschrijf",
    ];
    let text = scene.text;
    let mut end = field.value.end;
    for label in text.labels.iter().filter(|label| label.label.start >= field.value.end) {
        let said = fold(text.slice(&label.label));
        let next = text.slice(&(end..label.label.start)).trim().is_empty();
        if !next || !DETAILS.iter().any(|detail| said.starts_with(detail)) {
            break;
        }
        end = label.value.end.max(label.label.end);
    }
    end
}

/// Names in the fields of a form, under a head that says whose they are: `Gegevens leverancier`, then `Naam`.
fn in_forms(scene: &Scene<'_>) -> Vec<Found> {
    const NAME: [&str; 26] = [
        "name",
        "naam en voorletters",
        "naam en voornamen",
        "naam en adres",
        "full name",
        "full name of business",
        "name of business",
        "business name",
        "name of company",
        "registered name",
        "name of organisation",
        "name of organization",
        "naam",
        "bedrijfsnaam",
        "naam bedrijf",
        "naam rechtspersoon",
        "volledige naam",
        "full legal name",
        "company name",
        "legal name",
        "naam organisatie",
        "organisatie",
        "statutaire naam",
        "handelsnaam",
        "naam instelling",
        "naam onderneming",
    ];
    let text = scene.text;
    let names = |label: &Labelled| {
        // `Naam / rechtsvorm`
        let said = fold(text.slice(&label.label));
        let asked = said.split('/').next().unwrap_or_default().trim();
        NAME.contains(&asked) || role_named(scene, label).is_some()
    };
    let fields: Vec<&Labelled> = text.labels.iter().filter(|label| names(label) && !label.value.is_empty()).collect();
    let early = |label: &Labelled| {
        // A form's numbered boxes look like clauses.
        let in_front = text.page_at(label.label.start).is_some_and(|page| page.index() == 0);
        let zone = text.zone_at(label.label.start);
        text.zones.is_empty() || matches!(zone, Zone::Title | Zone::Preamble) || in_front && zone == Zone::Clauses
    };
    let mut found = Vec::new();
    for (number, field) in fields.iter().enumerate().filter(|(_, field)| early(field)) {
        let role = role_named(scene, field).or_else(|| role_above(scene, field.label.start));
        // Who signs has a name as well.
        let role = role.filter(|_| !below_signing(text, field.label.start));
        let Some(role) = role else { continue };
        let until = fields.get(number + 1).map_or(text.running.len(), |next| next.label.start);
        let extent =
            field.value.start..until.min(opening::floor(text, field.value.end + FORM_REACH)).max(field.value.end);
        let known = scene.finds_in(&field.value).find(|find| {
            matches!(find.thing, Thing::Entity(Entity::Organization(_) | Entity::Person(_)))
                && find.range.start == field.value.start
        });
        let written = written(scene, field.value.clone());
        // What is written there is a name, whether it looks like one or not.
        let capital = text.slice(&field.value).starts_with(char::is_uppercase);
        if known.is_none() && !(capital && scene.words_in(&field.value).len() <= 8) {
            continue;
        }
        found.push(called(scene, known.unwrap_or(&written), role, extent));
    }
    found
}

/// `Naam huurder 1`: a field that tells whose name it asks.
fn role_named(scene: &Scene<'_>, field: &Labelled) -> Option<String> {
    let said = fold(scene.text.slice(&field.label));
    let said = said.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, ' ' | ':'));
    let asks = ["naam ", "name of the ", "name of "].iter().find_map(|asks| said.strip_prefix(asks))?;
    scene.finds_in(&field.label).find_map(|find| match &find.thing {
        Thing::Role(role) if fold(role) == asks => Some(role.clone()),
        _ => None,
    })
}

/// The fields of one party in a form take at most so many bytes.
const FORM_REACH: usize = 300;

/// `Signed for the Customer / Name: M. Osei`: whose name is asked signs.
fn below_signing(text: &Text, field: usize) -> bool {
    const SIGNS: [&str; 8] =
        ["signed", "sign ", "for and on behalf", "on behalf of", "ondertek", "getekend", "namens", "akkoord"];
    let lines = text.running[..field].rsplit('\n').skip(1).take(4);
    lines.map(fold).any(|line| line.len() < SIGNING && SIGNS.iter().any(|cue| line.contains(cue)))
}

/// Longer lines are no head of a block of signatures.
const SIGNING: usize = 80;

/// The role in the head above a form's field: a short line without a value of its own, at most four lines up.
fn role_above(scene: &Scene<'_>, field: usize) -> Option<String> {
    let text = scene.text;
    let mut end = text.running[..field].rfind('\n')?;
    for _ in 0..4 {
        let start = text.line_start(end);
        let line = text.running[start..end].trim_end_matches(':');
        if !line.contains(['\t', ':']) && scene.words_in(&(start..end)).len() <= 4 {
            let said = scene.finds_in(&(start..end)).find_map(|find| match &find.thing {
                Thing::Role(role) => Some(role.clone()),
                _ => None,
            });
            // `Klantgegevens`
            return said
                .or_else(|| Some(line.trim().strip_suffix("gegevens").filter(|role| role.len() > 3)?.to_owned()));
        }
        end = start.checked_sub(1)?;
    }
    None
}

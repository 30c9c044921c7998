//! Reads the parties from the opening of a contract: who stands first in each item is a party; who represents one, is
//! mentioned in passing or only trades under a name is not. Roles, numbers, seats and representatives hang on the
//! party that they stand behind.

mod bracket;
mod columns;
mod elsewhere;
mod opening;

use std::{ops::Range, sync::LazyLock};

use super::{
    RuleSet,
    dictionary::{self, WordList},
    entity::{Entity, Registration},
    lexicon::fold,
    scene::{Find, Scene, Thing},
};
use crate::{
    model::{Language, record::Party},
    text::{DefinedTerm, Labelled, Text, Zone},
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

/// What becomes of the parties' names and of what they are called behind the place where they are introduced.
pub struct Later {
    letters: String,
}

impl Later {
    /// What stands behind the last of the parties.
    pub fn of(text: &Text, parties: &[Found]) -> Self {
        let from = parties.iter().flat_map(|found| &found.ranges).map(|range| range.end).max().unwrap_or(0);
        Self { letters: letters(&fold(&text.running[from..])) }
    }

    /// The name is written again: above a signature, or in an address for notices.
    pub fn names(&self, party: &Party) -> bool {
        let key = name_key(&party.name);
        !key.is_empty() && self.letters.contains(&key)
    }

    /// The contract goes on to call somebody so.
    pub fn calls(&self, role: &str) -> bool {
        let key = name_key(role);
        !key.is_empty() && self.letters.matches(&key).nth(2).is_some()
    }
}

/// The parties, in the order of the contract.
pub fn find(rules: &RuleSet, scene: &Scene<'_>) -> Vec<Found> {
    let cues = Cues::of(rules, scene);
    let opening = opening::range(scene, &cues);
    // Forms without a preamble have a cover sheet.
    let preamble = scene.text.zones.iter().any(|(_, zone)| *zone == Zone::Preamble);
    let mut found = if preamble { Vec::new() } else { beside_roles(scene) };
    if found.len() >= 2 {
        return found;
    }
    found = opening.as_ref().map_or_else(Vec::new, |range| in_opening(rules, scene, range, &cues));
    if found.len() < 2 {
        add_new(&mut found, beside_roles(scene));
    } else {
        add_numbers(&mut found, beside_roles(scene));
    }
    if found.len() < 2 {
        add_new(&mut found, columns::below_roles(rules, scene));
    }
    if found.len() < 2 {
        elsewhere::complete(&mut found, scene, opening.as_ref());
    }
    found
}

fn add_new(found: &mut Vec<Found>, more: Vec<Found>) {
    for party in more {
        let same = |known: &&mut Found| name_key(&known.party.name) == name_key(&party.party.name);
        match found.iter_mut().find(same) {
            // A name at the top of a policy, and beside what the policy calls it.
            Some(known) if known.party.role.is_none() => {
                let earlier = std::mem::replace(known, party).party;
                let party = &mut known.party;
                party.registration_number = party.registration_number.take().or(earlier.registration_number);
                party.other_registration = party.other_registration.take().or(earlier.other_registration);
            }
            Some(_) => {}
            None => found.push(party),
        }
    }
}

/// A cover sheet may give the numbers of parties that the opening names without.
fn add_numbers(found: &mut [Found], beside: Vec<Found>) {
    for Found { party: Party { name, registration_number, other_registration, .. }, ranges, .. } in beside {
        let unnumbered = |known: &&mut Found| {
            let party = &known.party;
            party.registration_number.is_none()
                && party.other_registration.is_none()
                && name_key(&party.name) == name_key(&name)
        };
        if let Some(known) = found.iter_mut().find(unnumbered) {
            (known.party.registration_number, known.party.other_registration) =
                (registration_number, other_registration);
            known.ranges.extend(ranges.into_iter().skip(1));
        }
    }
}

fn name_key(name: &str) -> String {
    let folded = fold(&usual_spelling(name));
    let bare = ["the ", "de ", "het "].iter().find_map(|article| folded.strip_prefix(article)).unwrap_or(&folded);
    letters(bare)
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// A name with its legal form as registers abbreviate it, so that a company is the same one in all its contracts:
/// `Acme Incorporated` is `Acme Inc.`. What was printed stays in the evidence.
fn usual_spelling(name: &str) -> String {
    const FORMS: &[(&str, &str)] = &[
        ("Incorporated", "Inc."),
        ("Inc", "Inc."),
        ("L.L.C.", "LLC"),
        ("L.L.C", "LLC"),
        ("L.P.", "LP"),
        ("L.P", "LP"),
        ("L.L.P.", "LLP"),
        ("P.L.C.", "plc"),
        ("Limited", "Ltd."),
        ("Ltd", "Ltd."),
        ("Corp", "Corp."),
    ];
    let Some((rest, form)) = name.rsplit_once(' ') else { return name.to_owned() };
    FORMS
        .iter()
        .find(|(printed, _)| printed.eq_ignore_ascii_case(form))
        .map_or_else(|| name.to_owned(), |(_, usual)| format!("{rest} {usual}"))
}

/// Words that tell the parts of a party's description apart, in both languages, and what this contract calls things.
#[derive(Default)]
struct Cues {
    passing: Vec<String>,
    no_role: Vec<String>,
    seat: Vec<String>,
    terms: Vec<DefinedTerm>,
}

impl Cues {
    fn of(rules: &RuleSet, scene: &Scene<'_>) -> Self {
        let list = |name: &str| rules.words(name).map(fold).collect();
        let mut terms = scene.text.terms.clone();
        terms.extend(bracket::terms(scene));
        terms.sort_by_key(|term| term.range.start);
        Self { passing: list("passing_mention"), no_role: list("no_role"), seat: list("seat"), terms }
    }

    /// True for a term that can be what the contract calls a party.
    fn is_role(&self, term: &str) -> bool {
        (1..=4).contains(&term.split_whitespace().count()) && self.is_of_nothing_else(term)
    }

    /// No word of it says what contracts are about.
    fn is_of_nothing_else(&self, name: &str) -> bool {
        let folded = fold(name);
        !folded.split_whitespace().any(|word| self.no_role.iter().any(|no| word == no))
    }
}

/// The parties of an opening.
fn in_opening(rules: &RuleSet, scene: &Scene<'_>, opening: &Range<usize>, cues: &Cues) -> Vec<Found> {
    let text = scene.text;
    let roles: Vec<&DefinedTerm> =
        cues.terms.iter().filter(|term| opening.contains(&term.range.start) && cues.is_role(&term.term)).collect();
    let accepted = opening::names(scene, opening, cues);
    let mut found: Vec<Found> = Vec::new();
    for (number, find) in accepted.iter().enumerate() {
        let end = accepted.get(number + 1).map_or(opening.end, |next| next.range.start);
        let mut party = describe(scene, find, find.range.start..end, &roles, cues);
        let own = roles.iter().find(|term| (find.range.start..end).contains(&term.range.start));
        if let Some(usual) = own.and_then(|term| also_called(rules, text, term)) {
            party.party.role = Some(usual);
        }
        if party.party.role.is_none() {
            let line = text.line_start(find.range.start);
            party.party.role = bare_role(rules, text.slice(&(find.range.end..end)))
                .or_else(|| leading_role(rules, text.slice(&(line..find.range.start))));
            party.how = if party.party.role.is_some() { How::OpeningWithRole } else { party.how };
        }
        found.push(party);
    }
    share_roles(text, &mut found);
    share_joint_role(rules, scene, &roles, &mut found);
    // Where the contract says what it calls its parties, a name that it calls nothing is only mentioned, unless it
    // is an item of the list.
    if found.iter().filter(|party| party.party.role.is_some()).count() >= 2 {
        let is_item = |party: &Found| {
            let start = party.ranges[0].start;
            opening::in_item(scene.text, start)
                || (party.party.legal_form.is_some() && opening::opens_paragraph(scene.text, start))
        };
        found.retain(|party| party.party.role.is_some() || is_item(party));
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

/// `hierna: "wij" of "werkgever"`: of two words for a party, the one that parties usually have.
fn also_called(rules: &RuleSet, text: &Text, term: &DefinedTerm) -> Option<String> {
    let usual = |name: &str| rules.words("role").any(|role| fold(role) == fold(name));
    let behind = text.running[term.range.end..].trim_start_matches(['"', '\'']).trim_start();
    let other = behind.strip_prefix("of ").or_else(|| behind.strip_prefix("or "))?.strip_prefix('"')?;
    let other = other.split('"').next().unwrap_or_default();
    (!usual(&term.term) && usual(other)).then(|| other.to_owned())
}

fn describe(scene: &Scene<'_>, find: &Find, extent: Range<usize>, roles: &[&DefinedTerm], cues: &Cues) -> Found {
    let text = scene.text;
    let mut party = Party::default();
    let mut ranges = vec![find.range.clone()];
    match &find.thing {
        Thing::Entity(Entity::Organization(reading)) => {
            party.name = usual_spelling(&reading.name);
            party.legal_form = reading.legal_form.clone();
        }
        Thing::Entity(Entity::Person(reading)) => party.name = reading.name.clone(),
        _ => party.name = text.slice(&find.range).to_owned(),
    }
    let own = roles.iter().find(|term| extent.contains(&term.range.start));
    party.role = own.map(|term| term.term.clone());
    let is_person = matches!(find.thing, Thing::Entity(Entity::Person(_)));
    // A person who acts for a firm: the number that follows is the firm's.
    let firm = scene.finds_in(&(find.range.end..extent.end)).find(|other| {
        matches!(&other.thing, Thing::Entity(Entity::Organization(reading)) if is_person && reading.legal_form.is_some())
    });
    let firm = firm.map(|firm| firm.range.end);
    for other in scene.finds_in(&(find.range.end..extent.end)) {
        match &other.thing {
            Thing::Entity(Entity::Registration(number)) if firm.is_none_or(|firm| other.range.start < firm) => {
                ranges.extend(take_number(&mut party, number).then(|| other.range.clone()));
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

/// Files a party's number in a register, where it has none yet. Where nothing says which register it is, one of eight
/// digits is the Dutch trade register's, unless the firm's form is of another country.
fn take_number(party: &mut Party, registration: &Registration) -> bool {
    static FOREIGN: LazyLock<WordList> = LazyLock::new(|| dictionary::list(Language::English, "legal_forms"));
    let number = &registration.number;
    let is_dutch = registration.in_dutch
        || number.len() == 8
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && party.legal_form.as_ref().is_none_or(|form| !FOREIGN.contains_key(form));
    let place = if is_dutch { &mut party.registration_number } else { &mut party.other_registration };
    let is_new = place.is_none();
    place.get_or_insert_with(|| number.clone());
    is_new
}

/// A usual role that closes a party's description without a word that announces it: `…, wonende te Nijkerk, pachter;`,
/// `… (Opdrachtgever)`. Words that also say what a party is (`gemeente`, `bank`) are none here.
fn bare_role(rules: &RuleSet, description: &str) -> Option<String> {
    const BODIES: [&str; 8] =
        ["gemeente", "gemeenten", "provincie", "waterschap", "stichting", "vereniging", "bank", "makelaar"];
    // Below the name, in brackets, on a line of its own.
    let below = description.trim_start_matches(' ').strip_prefix('\n').filter(|below| below.starts_with('('));
    let own = below.unwrap_or(description).split(['\n', ';']).next().unwrap_or_default();
    own.split([',', '(', ')', '/']).skip(1).find_map(|part| {
        let said = part.trim().trim_end_matches(['.', ':']);
        let role = ["als ", "de ", "enerzijds ", "anderzijds "].iter().find_map(|lead| said.strip_prefix(lead));
        let role = role.unwrap_or(said);
        let known = rules.words("role").any(|word| fold(word) == fold(role)) && !BODIES.contains(&fold(role).as_str());
        known.then(|| role.to_owned())
    })
}

/// `The Contractor HALLAM LIMITED`, `(1) Landlord: Pennine Estates`: a usual role right before a name, with its article
/// or at the start of the line.
fn leading_role(rules: &RuleSet, before: &str) -> Option<String> {
    let words: Vec<&str> = before.split_whitespace().collect();
    (1..=2.min(words.len())).rev().find_map(|count| {
        let (lead, role) = words.split_at(words.len() - count);
        let announced =
            lead.last().is_none_or(|word| matches!(*word, "The" | "THE" | "the") || word.ends_with([')', '.']));
        let role = role.join(" ");
        let role = role.trim_end_matches([':', '-', '–']).trim_end();
        let known = rules.words("role").any(|word| fold(word) == fold(role));
        (announced && known && role.starts_with(char::is_uppercase)).then(|| role.to_owned())
    })
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
        if !(capital || small || bare.starts_with("'s-")) || seat.len() == 4 || (!seat.is_empty() && is_street(bare)) {
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

/// `Diever aan de Gemeentehuislaan`: the seat ends before the street.
fn is_street(word: &str) -> bool {
    const ENDINGS: [&str; 14] = [
        "laan",
        "straat",
        "weg",
        "plein",
        "kade",
        "singel",
        "gracht",
        "dreef",
        "pad",
        "markt",
        "plantsoen",
        "baan",
        "steeg",
        "park",
    ];
    let word = fold(word);
    ENDINGS.iter().any(|ending| word.ends_with(ending))
}

/// Parties without a role of their own share that of the next one that has one and stands in the same list: a role in
/// the plural, or one that is said of them together.
fn share_roles(text: &Text, found: &mut [Found]) {
    for at in (1..found.len()).rev() {
        let Some(role) = found[at].party.role.clone() else { continue };
        let folded = fold(&role);
        let start = found[at].ranges[0].start;
        let place = text.running[start..].find(role.as_str()).map_or(start, |place| start + place);
        let said = fold(text.slice(&(start..place)));
        let together = ["gezamenlijk", "tezamen", "ieder", "allen", "together", "collectively", "jointly", "each"];
        let shared = folded.ends_with("en")
            || folded.ends_with('s')
            || said.split(|c: char| !c.is_alphanumeric()).any(|word| together.contains(&word));
        if found[at - 1].party.role.is_none() && shared {
            found[at - 1].party.role = Some(role);
        }
    }
}

/// `… afzonderlijk "Gemeente" en gezamenlijk "Opdrachtgever"`: what several are called together is their role, where it
/// is one that parties usually have. It holds for the items above that have no role, or the same one by themselves.
fn share_joint_role(rules: &RuleSet, scene: &Scene<'_>, roles: &[&DefinedTerm], found: &mut [Found]) {
    let text = scene.text;
    for term in roles {
        let usual = rules.words("role").any(|role| fold(role) == fold(&term.term));
        let before = fold(text.slice(&(opening::floor(text, term.range.start.saturating_sub(40))..term.range.start)));
        let jointly = ["gezamenlijk", "tezamen", "together", "collectively", "jointly"];
        let joint = before.split(|c: char| !c.is_alphanumeric()).any(|word| jointly.contains(&word));
        let Some(last) = found.iter().rposition(|party| party.ranges[0].start < term.range.start) else { continue };
        if !(usual && joint) {
            continue;
        }
        let own = found[last].party.role.clone();
        for party in found[..=last].iter_mut().rev() {
            if party.party.role.is_some() && party.party.role != own {
                break;
            }
            party.party.role = Some(term.term.clone());
            party.how = How::OpeningWithRole;
        }
    }
}

/// Names beside role words on cover sheets: `Verhuurder: Woningstichting De Poort`.
fn beside_roles(scene: &Scene<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for label in &scene.text.labels {
        let introduces = matches!(scene.text.zone_at(label.label.start), Zone::Title | Zone::Preamble)
            || under_parties(scene, label.label.start);
        if !introduces {
            continue;
        }
        // `Contactpersoon van Klant` names no party.
        let own = |find: &&Find| matches!(find.thing, Thing::Role(_)) && find.range.start == label.label.start;
        let Some(Find { thing: Thing::Role(role), .. }) = scene.finds_in(&label.label).find(own) else { continue };
        let names = scene.finds_in(&label.value);
        let name = names
            .filter(|find| matches!(find.thing, Thing::Entity(Entity::Organization(_) | Entity::Person(_))))
            .min_by_key(|find| find.range.start);
        // Who represents a party is none: in a cell of several lines, the name stands above the line of the label.
        let represents = fold(scene.text.slice(&label.value)).starts_with("vertegenwoordigd");
        let Some(find) = name.filter(|_| !represents).or_else(|| name_above(scene, label)) else { continue };
        let extent = find.range.start..details_end(scene, label);
        let cues = Cues::default();
        let mut party = describe(scene, find, extent, &[], &cues);
        party.party.role = Some(role.clone());
        party.how = How::Label;
        found.push(party);
    }
    add_new(&mut found, in_forms(scene));
    found
}

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
    const NAME: [&str; 14] = [
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
        NAME.contains(&fold(text.slice(&label.label)).as_str()) || role_named(scene, label).is_some()
    };
    let fields: Vec<&Labelled> = text.labels.iter().filter(|label| names(label) && !label.value.is_empty()).collect();
    let early = |label: &Labelled| {
        text.zones.is_empty() || matches!(text.zone_at(label.label.start), Zone::Title | Zone::Preamble)
    };
    let mut found = Vec::new();
    for (number, field) in fields.iter().enumerate().filter(|(_, field)| early(field)) {
        let role = role_named(scene, field).or_else(|| role_above(scene, field.label.start));
        let Some(role) = role else { continue };
        let until = fields.get(number + 1).map_or(text.running.len(), |next| next.label.start);
        let extent =
            field.value.start..until.min(opening::floor(text, field.value.end + FORM_REACH)).max(field.value.end);
        let known = scene.finds_in(&field.value).find(|find| {
            matches!(find.thing, Thing::Entity(Entity::Organization(_) | Entity::Person(_)))
                && find.range.start == field.value.start
        });
        let written = Find {
            range: field.value.clone(),
            defined_at: None,
            thing: Thing::Role(String::new()),
            repairs: Vec::new(),
            first: scene.word_from(field.value.start),
            end: scene.word_from(field.value.end),
        };
        // What is written there is a name, whether it looks like one or not.
        let capital = text.slice(&field.value).starts_with(char::is_uppercase);
        if known.is_none() && !(capital && scene.words_in(&field.value).len() <= 8) {
            continue;
        }
        let cues = Cues::default();
        let mut party = describe(scene, known.unwrap_or(&written), extent, &[], &cues);
        party.party.role = Some(role);
        party.how = How::Label;
        found.push(party);
    }
    found
}

/// `Naam huurder 1`: a field that tells whose name it asks.
fn role_named(scene: &Scene<'_>, field: &Labelled) -> Option<String> {
    let said = fold(scene.text.slice(&field.label));
    let asks = said.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, ' ' | ':')).strip_prefix("naam ")?;
    scene.finds_in(&field.label).find_map(|find| match &find.thing {
        Thing::Role(role) if fold(role) == asks => Some(role.clone()),
        _ => None,
    })
}

/// The fields of one party in a form take at most so many bytes.
const FORM_REACH: usize = 300;

/// The role in the head above a form's field: a short line without a value of its own, at most four lines up.
fn role_above(scene: &Scene<'_>, field: usize) -> Option<String> {
    let text = scene.text;
    let mut end = text.running[..field].rfind('\n')?;
    for _ in 0..4 {
        let start = text.line_start(end);
        let line = &text.running[start..end];
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;

    /// Names and roles of the parties of an opening.
    #[track_caller]
    fn check(opening: &str, want: &[(&str, Option<&str>)]) {
        let rules = RuleSet::embedded().unwrap();
        let text = Text::of_sentence(opening, Some(Language::Dutch));
        let found = find(&rules, &rules.scene(&text));
        let found: Vec<_> = found.iter().map(|f| (f.party.name.as_str(), f.party.role.as_deref())).collect();
        assert_eq!(found, want, "{opening}");
    }

    #[test]
    fn who_represents_a_party_is_none() {
        check(
            "Overeenkomst tussen Liftbouw Veer B.V., vertegenwoordigd door Veer Holding B.V. (hierna: \"Leverancier\"), \
             en Woonzorg Noord B.V. (hierna: \"Afnemer\").",
            &[("Liftbouw Veer B.V.", Some("Leverancier")), ("Woonzorg Noord B.V.", Some("Afnemer"))],
        );
    }

    #[test]
    fn roles_need_no_quotes_and_names_no_legal_form() {
        check(
            "Overeenkomst tussen 1. Waterschap Oost, zetelend te Best, ten deze vertegenwoordigd door mevrouw T. Bakker, \
             verpachter;\n2. Boerderij De Hoge Kamp, gevestigd te Best, nader aangeduid als pachter;",
            &[("Waterschap Oost", Some("verpachter")), ("Boerderij De Hoge Kamp", Some("pachter"))],
        );
        check(
            "Overeenkomst tussen\nKantoor Ten Velde & Zonen, gevestigd te Zwolle (Opdrachtnemer);\nen\nde vereniging v.v. Zuid, \
             gevestigd te Best, hierna: vereniging,",
            &[("Kantoor Ten Velde & Zonen", Some("Opdrachtnemer")), ("vereniging v.v. Zuid", Some("vereniging"))],
        );
    }

    #[test]
    fn an_organ_speaks_for_its_body_and_an_item_may_have_a_letter() {
        check(
            "Overeenkomst tussen\n1. Het college van burgemeester en wethouders van de gemeente Oost, zetelend te Oost, \
             hierna: \"opdrachtgever\";\n2. a. de heer Jan Pieter Vos, geboren te Ede en b. mevrouw Anna Kok, geboren te Best, \
             hierna tezamen te noemen \"koper\";",
            &[("gemeente Oost", Some("opdrachtgever")), ("Jan Pieter Vos", Some("koper")), ("Anna Kok", Some("koper"))],
        );
        check(
            "Overeenkomst tussen\nde gemeente Kaag en Braassem, hierna: \"Klant\",\nen\nTaxi- en Koeriersbedrijf Vos & Zn. B.V., \
             hierna: \"vervoerder\";",
            &[
                ("gemeente Kaag en Braassem", Some("Klant")),
                ("Taxi- en Koeriersbedrijf Vos & Zn. B.V.", Some("vervoerder")),
            ],
        );
    }

    #[test]
    fn who_signs_for_a_body_over_several_lines_is_no_party() {
        check(
            "Overeenkomst tussen\nde Staat der Nederlanden, te dezen vertegenwoordigd door de Minister van Zaken,\nnamens deze,\n\
             drs. W. Otter,\nhierna te noemen: Opdrachtgever,\nen\nDijk B.V., hierna te noemen: Opdrachtnemer,",
            &[("Staat der Nederlanden", Some("Opdrachtgever")), ("Dijk B.V.", Some("Opdrachtnemer"))],
        );
    }

    #[test]
    fn forms_name_parties_under_a_head() {
        check(
            "Leveringsovereenkomst gas\nGegevens leverancier\nNaam\tNoordkracht N.V.\nKvK\t00024680\nGegevens afnemer\n\
             Naam\tZorggroep Fivel\nKvK\t00013579",
            &[("Noordkracht N.V.", Some("leverancier")), ("Zorggroep Fivel", Some("afnemer"))],
        );
    }

    #[test]
    fn names_stand_below_what_their_parties_are_called() {
        let want = [("Alfa Beheer B.V.", Some("Verhuurder")), ("Beta Diensten B.V.", Some("Huurder"))];
        let columns = "Huurovereenkomst\nVerhuurder\tHuurder\nAlfa Beheer B.V.\tBeta Diensten B.V.\nDorpsweg 1\tKade 2";
        check(columns, &want);
        check(
            "Huurovereenkomst\n\nVerhuurder\n\nAlfa Beheer B.V.\n\nDorpsweg 1\n\nHuurder\n\nBeta Diensten B.V.\n\nKade 2",
            &want,
        );
        let unlike = "Huurovereenkomst\nVerhuurder\tHuurder\nAlfa Beheer B.V.\tZwembad Noord\nDorpsweg 1\tKade 2";
        check(unlike, &[("Alfa Beheer B.V.", Some("Verhuurder")), ("Zwembad Noord", Some("Huurder"))]);
    }

    #[test]
    fn a_role_may_stand_in_brackets_below_the_name() {
        check(
            "Onderhoudscontract\n\ntussen\n\nAlfa Beheer B.V.\n\n(opdrachtgever)\n\nen\n\nBeta Diensten B.V.\n\n(opdrachtnemer)",
            &[("Alfa Beheer B.V.", Some("opdrachtgever")), ("Beta Diensten B.V.", Some("opdrachtnemer"))],
        );
    }

    #[test]
    fn of_two_words_for_a_party_the_usual_one_is_its_role() {
        check(
            "Overeenkomst tussen\nOpvang De Zon B.V., gevestigd te Ede (hierna: \"wij\" of \"werkgever\");\nen\nmevrouw Anna Kok, \
             wonende te Best (hierna: \"je\" of \"werknemer\");",
            &[("Opvang De Zon B.V.", Some("werkgever")), ("Anna Kok", Some("werknemer"))],
        );
    }

    #[test]
    fn the_number_behind_a_firm_is_not_its_partners() {
        let rules = RuleSet::embedded().unwrap();
        let opening = "Overeenkomst tussen\n1. de heer Ruud Vos, geboren te Ede, handelend als vennoot van V.O.F. Vos Mode, \
                       ingeschreven in het handelsregister onder nummer 00844120, hierna: \"huurder\";\n2. Dijk B.V., hierna: \"verhuurder\";";
        let text = Text::of_sentence(opening, Some(Language::Dutch));
        let found = find(&rules, &rules.scene(&text));
        let person = found.iter().find(|found| found.party.name == "Ruud Vos");
        assert!(person.is_none_or(|person| person.party.registration_number.is_none()), "{found:?}");
    }

    #[test]
    fn the_heads_of_a_form_may_be_numbered() {
        check(
            "ONDERHOUDSCONTRACT\n\n1. OPDRACHTGEVER\nNaam\tStichting Avondrust\nAdres\tLaan 60\n\n2. OPDRACHTNEMER\n\nSignaal \
             Beveiliging B.V., Edisonbaan 9, hierna te noemen: Signaal.\n\n3. INSTALLATIE",
            &[("Stichting Avondrust", Some("OPDRACHTGEVER")), ("Signaal Beveiliging B.V.", Some("OPDRACHTNEMER"))],
        );
    }

    #[test]
    fn a_form_may_ask_for_the_name_of_each_tenant() {
        check(
            "Huurovereenkomst\nNaam verhuurder\tStichting Wonen\nAdres\tKade 1\nNaam huurder 1\tJolien Verstraelen\nGeboren\t12 \
             september 1989\nNaam huurder 2\tThomas van Rooij\n1. Verhuurder verhuurt aan huurder een woning.",
            &[
                ("Stichting Wonen", Some("verhuurder")),
                ("Jolien Verstraelen", Some("huurder")),
                ("Thomas van Rooij", Some("huurder")),
            ],
        );
    }

    #[test]
    fn two_who_sign_for_a_firm_are_no_parties() {
        check(
            "Huurovereenkomst tussen\nA. Stichting Wonen, gevestigd te Best, vertegenwoordigd door de heer T. Moer, hierna te noemen \
             \"verhuurder\",\nen\nB. de vennootschap onder firma Drogist Kok-Vos V.O.F., gevestigd te Best, ingeschreven in het \
             handelsregister onder nummer 24416207, te dezen vertegenwoordigd door haar beide vennoten, mevrouw H. Kok en de \
             heer R.D. Vos, hierna te noemen \"huurder\",\nzijn overeengekomen",
            &[("Stichting Wonen", Some("verhuurder")), ("Drogist Kok-Vos V.O.F.", Some("huurder"))],
        );
    }

    #[test]
    fn a_name_at_the_head_of_its_item_holds_its_joint() {
        check(
            "Overeenkomst tussen\n1. de gemeente Best, zetelend te Best (\"Opdrachtgever\"); en\n2. Argus Wacht en Beveiliging B.V., \
             gevestigd te Tilburg (\"Opdrachtnemer\").",
            &[("gemeente Best", Some("Opdrachtgever")), ("Argus Wacht en Beveiliging B.V.", Some("Opdrachtnemer"))],
        );
    }

    #[test]
    fn only_dutch_firms_have_a_dutch_number() {
        let check = |name: &str, number: &str, want: (Option<&str>, Option<&str>)| {
            let rules = RuleSet::embedded().unwrap();
            let opening = format!(
                "Agreement between\n{name}, registered with company number {number}, hereinafter: \"Seller\";\nand\nDijk \
                 B.V., hereinafter: \"Buyer\";"
            );
            let text = Text::of_sentence(&opening, Some(Language::English));
            let found = find(&rules, &rules.scene(&text));
            let party = &found[0].party;
            assert_eq!((party.registration_number.as_deref(), party.other_registration.as_deref()), want, "{found:?}");
        };
        check("Vos Handel B.V.", "09417732", (Some("09417732"), None));
        check("Fox Trading Limited", "09417732", (None, Some("09417732")));
        check("Fox Trading B.V.", "588214", (None, Some("588214")));
    }

    #[test]
    fn a_list_of_municipalities_names_each() {
        check(
            "Overeenkomst tussen de gemeenten Almelo, Borne en Wierden, gezamenlijk te noemen \"de Gemeente\", en Zorg Oost \
             B.V., verder \"Aanbieder\".",
            &[
                ("gemeente Almelo", Some("de Gemeente")),
                ("gemeente Borne", Some("de Gemeente")),
                ("gemeente Wierden", Some("de Gemeente")),
                ("Zorg Oost B.V.", Some("Aanbieder")),
            ],
        );
    }

    #[test]
    fn lists_go_on_behind_a_description_and_its_comma() {
        check(
            "This MSA is made by and among Orchard Analytics Pty Ltd, an Australian company, Orchard Analytics (UK) \
             Limited, a company incorporated in England (together \"Supplier\"), and Trent Valley Water plc (\"Client\").",
            &[
                ("Orchard Analytics Pty Ltd.", Some("Supplier")),
                ("Orchard Analytics (UK) Ltd.", Some("Supplier")),
                ("Trent Valley Water plc", Some("Client")),
            ],
        );
        check(
            "This Agreement is entered into between the undersigned Yu Zhou and Genexo Technologies Inc., a Nevada \
             corporation (the \"Company\").",
            &[("Yu Zhou", None), ("Genexo Technologies Inc.", Some("Company"))],
        );
    }

    #[test]
    fn deeds_call_their_parties_in_bare_brackets() {
        check(
            "This Deed is made between (1) Oakshire County Council of County Hall, Oakham (the Council);\nand\n\
             (2) Helen Mary Ashworth of 44 Sycamore Avenue, Ilkley (Occupier);\nIt is agreed: The Council lets to the \
             Occupier. The Occupier pays the Council.",
            &[("Oakshire County Council", Some("Council")), ("Helen Mary Ashworth", Some("Occupier"))],
        );
    }

    #[test]
    fn a_role_may_stand_before_its_name() {
        check(
            "This Agreement is made between\nThe Contractor HALLAM CONSTRUCTION LIMITED whose registered office is at \
             Sheffield;\nand\nThe Sub-Contractor PEAK ROOFING LIMITED whose registered office is at Leeds;",
            &[("HALLAM CONSTRUCTION Ltd.", Some("Contractor")), ("PEAK ROOFING Ltd.", Some("Sub-Contractor"))],
        );
    }

    #[test]
    fn a_cover_that_names_the_parties_is_not_their_list() {
        check(
            "LEASE\nbetween\nPENNINE ESTATES LIMITED\nand\nBRIGHTSIDE BAKERY LIMITED\nTHIS LEASE is dated 14 March \
             2022\n(1) PENNINE ESTATES LIMITED of 3 Canal Street, Bingley (Landlord)\n(2) BRIGHTSIDE BAKERY LIMITED of \
             19 North Parade (Tenant)\nThe Landlord lets to the Tenant. The Tenant pays the Landlord.",
            &[("PENNINE ESTATES Ltd.", Some("Landlord")), ("BRIGHTSIDE BAKERY Ltd.", Some("Tenant"))],
        );
    }

    #[test]
    fn recitals_add_nobody_to_the_list() {
        check(
            "This Agreement is made by and between Acme, Inc., a Delaware corporation (the \"Company\") and Kenneth Buechler \
             (\"Employee\").\nA. The Company, Employer, and Inca Acquisition, Inc., a subsidiary, are entering into a merger.\n\
             B. Employee and Company desire to enter into this Agreement.",
            &[("Acme, Inc.", Some("Company")), ("Kenneth Buechler", Some("Employee"))],
        );
    }

    #[test]
    fn what_several_are_called_together_is_the_role_of_each() {
        check(
            "Overeenkomst tussen 1. gemeente Oost, kantoor houdend te Oost;\n2. gemeente West, kantoor houdend te West, \
             gezamenlijk aangeduid als \"Opdrachtgever\",\n3. Taxi Zuid B.V., aangeduid als \"Vervoerder\";",
            &[
                ("gemeente Oost", Some("Opdrachtgever")),
                ("gemeente West", Some("Opdrachtgever")),
                ("Taxi Zuid B.V.", Some("Vervoerder")),
            ],
        );
    }
}

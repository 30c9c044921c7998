//! Reads the parties from the opening of a contract: who stands first in each item is a party; who represents one, is
//! mentioned in passing or only trades under a name is not. Roles, numbers, seats and representatives hang on the
//! party that they stand behind.

mod addressee;
mod beside;
mod bracket;
mod called;
mod columns;
mod elsewhere;
mod letterhead;
mod numbered;
mod one_field;
mod opening;
mod paired;

use std::{ops::Range, sync::LazyLock};

use super::{
    RuleSet,
    dictionary::{self, WordList},
    entity::{Entity, Registration, names_street},
    lexicon::fold,
    scene::{Find, Scene, Thing},
};
use crate::{
    model::{Evidence, Language, record::Party},
    text::{DefinedTerm, Text, Zone},
};

pub use opening::opens_paragraph;

/// A party and where it stands.
#[derive(Clone, Debug)]
pub struct Found {
    /// The party.
    pub party: Party,
    /// Its name, first, and its number in a register.
    pub ranges: Vec<Range<usize>>,
    /// Running heads that hold its number.
    pub heads: Vec<Evidence>,
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
    /// Only by its place: beside a label that asks for a name, in a letter's address or behind one that it calls itself.
    Placed,
}

impl How {
    /// The rule's name.
    pub fn rule(self) -> &'static str {
        match self {
            Self::OpeningWithRole => "parties.opening.role",
            Self::Opening => "parties.opening",
            Self::Label => "parties.label",
            Self::Elsewhere => "parties.elsewhere",
            Self::Placed => "parties.placed",
        }
    }

    /// Trust until measured.
    pub fn prior(self) -> f64 {
        match self {
            Self::OpeningWithRole => 0.92,
            Self::Opening => 0.80,
            Self::Label => 0.80,
            Self::Elsewhere | Self::Placed => 0.50,
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

/// Whether what stands behind a name shows that it has come to its end: a mark, a line's end, or a word that goes on about
/// the party. `Stichting X voor onderwijs` may be called all that.
pub fn ends_name(behind: &str) -> bool {
    const GOES_ON: [&str; 22] = [
        "en",
        "and",
        "gevestigd",
        "statutair",
        "kantoorhoudende",
        "te",
        "hierna",
        "verder",
        "of",
        "a",
        "an",
        "with",
        "having",
        "is",
        "als",
        "as",
        "hereinafter",
        "whose",
        "wonende",
        "ten",
        "rechtsgeldig",
        "handelend",
    ];
    let Some(word) = behind.strip_prefix(' ') else { return true };
    let word = word.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    word.is_empty() || GOES_ON.contains(&fold(word).as_str())
}

/// The parties, in the order of the contract.
pub fn find(rules: &RuleSet, scene: &Scene<'_>) -> Vec<Found> {
    let cues = Cues::of(rules, scene);
    let mut found = named(rules, scene, &cues);
    found.retain(|found| !is_no_name(&found.party));
    call_the_addressee(&mut found, scene, &cues);
    letterhead::numbers(&mut found, scene);
    for party in &mut found {
        // `Stichting De Vechtoever (“De Vechtoever”)`: the article belongs to the name.
        let of_name = |role: &String| role.starts_with("De ") && party.party.name.contains(role.as_str());
        party.party.role = party.party.role.take().map(|role| if of_name(&role) { role } else { usual_role(&role) });
    }
    found
}

/// What stands where a name might: a contract's own title, and what is signed with.
fn is_no_name(party: &Party) -> bool {
    const DOCUMENTS: [&str; 6] = ["overeenkomst", "contract", "kontrakt", "agreement", "deed", "akte"];
    const SIGNS: [&str; 6] = ["accepted for", "signed for", "signed by", "for and on", "voor akkoord", "getekend"];
    let name = fold(&party.name);
    let document = name.split_whitespace().next().is_some_and(|word| DOCUMENTS.iter().any(|end| word.ends_with(end)));
    document && party.legal_form.is_none() || SIGNS.iter().any(|start| name.starts_with(start))
}

/// Who is named as a party: in the opening, beside role words, or only in the title and above the signatures.
fn named(rules: &RuleSet, scene: &Scene<'_>, cues: &Cues) -> Vec<Found> {
    let opening = opening::range(scene, cues);
    // Forms without a preamble have a cover sheet.
    let preamble = scene.text.zones.iter().any(|(_, zone)| *zone == Zone::Preamble);
    let beside = beside::roles(rules, scene);
    if !preamble && beside.len() >= 2 {
        return beside;
    }
    let mut found = opening.as_ref().map_or_else(Vec::new, |range| in_opening(rules, scene, range, cues));
    // Fields that name all parties: one name without a role above them signs, or is asked for.
    let two_called = beside.iter().any(|party| party.party.role != beside[0].party.role);
    if (found.len() < 2 || two_called) && beside.len() >= 2 && found.iter().all(|party| party.party.role.is_none()) {
        found.clear();
    }
    if found.len() < 2 {
        add_new(&mut found, beside);
    } else {
        add_details(&mut found, beside);
    }
    if found.len() < 2 {
        add_new(&mut found, columns::below_roles(rules, scene));
    }
    if found.len() < 2 {
        add_new(&mut found, paired::before_brackets(rules, scene));
    }
    // `Dear Ms Wragg` opens a letter, and names no party by itself.
    if found.iter().all(|party| party.party.role.is_none() && party.party.legal_form.is_none()) {
        let called = paired::in_letter(rules, scene);
        if !called.is_empty() {
            found = called;
        }
    }
    if found.len() < 2 {
        elsewhere::complete(&mut found, scene, opening.as_ref());
    }
    addressee::add(&mut found, scene);
    found
}

/// What is written at a place where a name must stand, whether it looks like one or not.
fn written(scene: &Scene<'_>, range: Range<usize>) -> Find {
    Find {
        defined_at: None,
        thing: Thing::Role(String::new()),
        repairs: Vec::new(),
        first: scene.word_from(range.start),
        end: scene.word_from(range.end),
        range,
    }
}

/// A role without its article, and in usual letters: `de gemeente` is called `gemeente`, `LANDLORD` is `Landlord`.
fn usual_role(role: &str) -> String {
    let bare = ["de ", "De ", "DE ", "het ", "Het ", "HET ", "the ", "The ", "THE "];
    let role = bare.iter().find_map(|article| role.strip_prefix(article)).unwrap_or(role);
    let shouted = role.chars().filter(|c| c.is_uppercase()).count() > LONGEST_SHORT_NAME
        && !role.contains(|c: char| c.is_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '&'));
    if !shouted {
        return role.to_owned();
    }
    role.split(' ')
        .map(|word| word.chars().take(1).chain(word.chars().skip(1).flat_map(char::to_lowercase)).collect::<String>())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A name without case and article.
pub fn bare(name: &str) -> String {
    let folded = fold(name);
    let stem = folded.trim_start_matches("de ").trim_start_matches("het ").trim_start_matches("the ");
    stem.to_owned()
}

/// `KPN`, `UWV`, `BUAS`: so many capitals may be a name of its own.
const LONGEST_SHORT_NAME: usize = 4;

/// `Hollenbeck Industries, Inc. (the "Company") will engage you (the "Consultant")`: whoever a letter is written to is
/// what it calls its reader.
fn call_the_addressee(found: &mut [Found], scene: &Scene<'_>, cues: &Cues) {
    let taken: Vec<String> = found.iter().filter_map(|party| party.party.role.as_deref().map(fold)).collect();
    let mut uncalled = found.iter_mut().filter(|party| party.party.role.is_none());
    let (Some(addressee), None) = (uncalled.next(), uncalled.next()) else { return };
    let reader = cues.terms.iter().find(|term| {
        let last = scene.text.slice(&term.meaning).rsplit(|c: char| !c.is_alphanumeric()).next();
        matches!(last, Some("you" | "u" | "jou" | "je"))
            && cues.is_role(&term.term)
            && !taken.contains(&fold(&term.term))
    });
    addressee.party.role = reader.map(|term| term.term.clone());
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

/// A cover sheet may give the numbers of parties that the opening names without, and what they are called.
fn add_details(found: &mut [Found], beside: Vec<Found>) {
    for Found { party: Party { name, role, registration_number, other_registration, .. }, ranges, .. } in beside {
        let taken = found.iter().any(|known| known.party.role == role);
        let uncalled = |known: &&mut Found| {
            known.party.role.as_deref().is_none_or(is_pronoun) && name_key(&known.party.name) == name_key(&name)
        };
        if let Some(known) = found.iter_mut().find(uncalled).filter(|_| !taken) {
            known.party.role = role;
        }
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

/// `we` calls itself what a form beside calls it.
fn is_pronoun(role: &str) -> bool {
    matches!(fold(role).as_str(), "we" | "us" | "our" | "you" | "wij" | "ons" | "u" | "jij" | "je")
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
    let (roles, numbered): (Vec<_>, Vec<_>) =
        roles.into_iter().map(|term| (numbered::items(text, term), term)).partition(|(items, _)| items.is_empty());
    let roles: Vec<&DefinedTerm> = roles.into_iter().map(|(_, term)| term).collect();
    let mut accepted = opening::names(scene, opening, cues);
    let unknown = called::names(scene, opening, &roles, &accepted, cues);
    accepted.retain(|find| !unknown.iter().any(|(_, own)| own.contains(&find.range.start)));
    accepted.extend(unknown.iter().map(|(name, _)| name));
    accepted.sort_by_key(|find| find.range.start);
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
    drop_members(&accepted, &mut found);
    numbered::share(text, &numbered, &mut found);
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
        match distinct.iter_mut().find(|known| same_body(&known.party.name, &party.party.name)) {
            Some(known) if known.party.role.is_none() && party.party.role.is_some() => *known = party,
            Some(_) => {}
            None => distinct.push(party),
        }
    }
    distinct
}

/// The same name; one of them may say in which country: `Provincie Limburg (Nederland)`.
fn same_body(one: &str, other: &str) -> bool {
    let plain =
        |name: &str| name.strip_suffix(')').and_then(|name| name.rsplit_once(" (")).map(|(own, _)| name_key(own));
    let (own, others) = (name_key(one), name_key(other));
    own == others || plain(one).is_some_and(|plain| plain == others) || plain(other).is_some_and(|plain| plain == own)
}

/// `Dr W. Kamerbeek (Kustlab)`: of which party somebody is, not what he is called.
fn drop_members(accepted: &[&Find], found: &mut Vec<Found>) {
    let is_person = |party: &Found| {
        let own = |find: &&&Find| find.range == party.ranges[0];
        accepted.iter().find(own).is_some_and(|find| matches!(find.thing, Thing::Entity(Entity::Person(_))))
    };
    let role = |party: &Found| party.party.role.as_deref().map(bare);
    let mut bodies: Vec<String> = Vec::new();
    found.retain(|party| {
        let Some(role) = role(party) else { return true };
        let member = is_person(party) && bodies.contains(&role);
        bodies.extend((!is_person(party)).then_some(role));
        !member
    });
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
    Found { party, ranges, heads: Vec::new(), how }
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
        // `…, verpachter en`, where the next item begins.
        let said = [" en", " and"].iter().find_map(|joint| said.strip_suffix(joint)).unwrap_or(said);
        let role = ["als ", "de ", "hierna ", "verder ", "enerzijds ", "anderzijds "]
            .iter()
            .find_map(|lead| said.strip_prefix(lead));
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
        if !(capital || small || bare.starts_with("'s-"))
            || seat.len() == 4
            || (!seat.is_empty() && names_street(&fold(bare)))
        {
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

/// Parties without a role of their own share that of the next one that has one and stands in the same list: a role in
/// the plural, or one that is said of them together.
fn share_roles(text: &Text, found: &mut [Found]) {
    for at in (1..found.len()).rev() {
        let Some(role) = found[at].party.role.clone() else { continue };
        let folded = fold(&role);
        let start = found[at].ranges[0].start;
        let place = text.running[start..].find(role.as_str()).map_or(start, |place| start + place);
        let said = fold(text.slice(&(start..place)));
        let together = [
            "gezamenlijk",
            "tezamen",
            "samen",
            "ieder",
            "allen",
            "echtelieden",
            "together",
            "collectively",
            "jointly",
            "each",
            "both",
        ];
        let before = text.slice(&(found[at - 1].ranges[0].end.min(start)..start));
        let persons = found[at - 1].party.legal_form.is_none() && found[at].party.legal_form.is_none();
        let shared = persons && opening::joins_persons(before)
            || folded.ends_with("en")
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

#[cfg(test)]
mod tests;

//! The opening of a contract: how far it goes, and which of the names in it open an item of the list of parties rather
//! than being mentioned in passing. It describes no party.

use std::ops::Range;

use super::{Cues, name_key};
use crate::{
    extract::{
        entity::{Entity, OrganizationReading, PersonReading},
        lexicon::fold,
        scene::{Find, Scene, Thing},
    },
    text::{DefinedTerm, Text, Zone},
};

/// Without a preamble, the parties are looked for in so much text behind the title.
const REACH: usize = 3000;
/// An item of the list of parties names its party within so many bytes; a numbered clause does not.
const ITEM_LEAD: usize = 60;
/// Parties that no words announce stand at the head, within so many bytes.
const HEAD: usize = 2500;

/// Where the parties are named: from the start of the preamble to where the recitals or the clauses start.
pub(super) fn range(scene: &Scene<'_>, cues: &Cues) -> Option<Range<usize>> {
    let text = scene.text;
    let zone = |wanted: Zone| text.zones.iter().find(|(_, zone)| *zone == wanted).map(|(range, _)| range.clone());
    if let Some(preamble) = of_deed(scene).or_else(|| zone(Zone::Preamble)) {
        // The list may go on where numbered items look like clauses.
        let goes_on = opens_list(&fold(text.slice(&preamble)));
        let stop = if goes_on { floor(text, preamble.end + REACH).max(preamble.end) } else { preamble.end };
        let start = defined_in_title(scene, cues).or_else(|| said_in_title(scene));
        let start = start.map_or(preamble.start, |defined| defined.min(preamble.start));
        let stop = end(scene, &(preamble.start..stop));
        return Some(behind_cover(scene, &(start..stop))..stop);
    }
    if let Some(start) = defined_in_title(scene, cues) {
        return Some(start..end(scene, &(start..floor(text, start + REACH))));
    }
    // Forms without a preamble of their own: the paragraph that says between whom.
    let start = zone(Zone::Title).map_or(0, |title| title.start);
    let stop = floor(text, start + REACH);
    let paragraph = paragraphs(text, &(start..stop)).find(|paragraph| {
        let said = fold(text.slice(paragraph));
        said.split(|c: char| !c.is_alphanumeric()).any(|word| matches!(word, "between" | "among" | "tussen"))
            || appear(&said)
            || ["entered into by", "gesloten door", "aangegaan door", "made by"].iter().any(|cue| said.contains(cue))
            || calls_two(scene, cues, paragraph)
    });
    let paragraph = paragraph.or_else(|| before_recitals(scene)).or_else(|| before_agreeing(scene))?;
    let stop = floor(text, paragraph.start + REACH);
    let from = paragraph.start..stop;
    let stop = end(scene, &from);
    Some(behind_cover(scene, &(from.start..stop))..stop)
}

/// `The Kingdom of A and the Kingdom of B, Having regard to …`, `De gemeente A en de Stadt B, indachtig …`: an agreement that
/// opens with its parties and nothing before them. The paragraph that names two bodies, right before another one that
/// opens with what they had in mind.
fn before_recitals(scene: &Scene<'_>) -> Option<Range<usize>> {
    const IN_MIND: [&str; 22] = [
        "having regard",
        "considering",
        "desiring",
        "desirous",
        "recalling",
        "recognising",
        "recognizing",
        "wishing",
        "noting",
        "bearing in mind",
        "conscious",
        "convinced",
        "whereas",
        "indachtig",
        "overwegende",
        "gelet op",
        "verlangende",
        "geleid door",
        "verwijzend",
        "wensende",
        "in overweging nemende",
        "in aanmerking nemende",
    ];
    let text = scene.text;
    let head: Vec<Range<usize>> = paragraphs(text, &(0..floor(text, HEAD))).collect();
    let at = head.iter().position(|line| {
        let said = fold(text.slice(line));
        let said = said.trim_start_matches(|c: char| !c.is_alphanumeric());
        IN_MIND.iter().any(|opens| said.starts_with(opens))
    })?;
    let bodies = |line: &Range<usize>| scene.finds_in(line).filter(|find| has_form(find)).count();
    let before = &head[at.saturating_sub(4)..at];
    let last = before.iter().rposition(|line| bodies(line) > 0)?;
    let mut first = last;
    while first > 0 && (before[first..=last].iter().map(bodies).sum::<usize>() < 2 || bodies(&before[first - 1]) > 0) {
        first -= 1;
    }
    let range = before[first].start..before[last].end;
    (bodies(&range) >= 2).then_some(range)
}

/// `De Gemeente A, …, verhuurster, / en / de Stichting B, huurster, / komen overeen als volgt`: the paragraphs right before the
/// one that says that they agree, where two of them open with a body.
fn before_agreeing(scene: &Scene<'_>) -> Option<Range<usize>> {
    const AGREE: [&str; 8] = [
        "komen overeen",
        "komen als volgt overeen",
        "komen het volgende overeen",
        "zijn overeengekomen",
        "zijn het volgende overeengekomen",
        "zijn als volgt overeengekomen",
        "agree as follows",
        "have agreed as follows",
    ];
    /// A list of two takes so many paragraphs.
    const LIST: usize = 6;
    let text = scene.text;
    let head: Vec<Range<usize>> = paragraphs(text, &(0..floor(text, HEAD))).collect();
    let at = head.iter().position(|line| {
        let said = fold(text.slice(line));
        AGREE.iter().any(|agree| said.contains(agree))
    })?;
    let before = &head[at.saturating_sub(LIST)..=at];
    let opens = |line: &&Range<usize>| {
        scene.finds_in(line).find(|find| has_form(find)).is_some_and(|find| opens_paragraph(text, find.range.start))
    };
    let first = before.iter().find(opens)?;
    let two = before.iter().filter(opens).count() >= 2;
    two.then(|| first.start..head[at].end)
}

/// `Bakkerij Van Vliet, te Gouda, hierna werkgever, en de heer S. Aydin, hierna werknemer`, `Gemeente Kaagland, verhuurder, en de
/// heer J. Prins, huurder`: names somebody, and says of two what they are called.
fn calls_two(scene: &Scene<'_>, cues: &Cues, paragraph: &Range<usize>) -> bool {
    let text = scene.text;
    let mut called: Vec<String> = Vec::new();
    let terms = cues.terms.iter().filter(|term| paragraph.contains(&term.range.start) && cues.is_role(&term.term));
    called.extend(terms.map(|term| fold(&term.term)));
    // A usual role between marks: said of the name before it, or before the name.
    let roles = scene.finds_in(paragraph).filter_map(|find| match &find.thing {
        Thing::Role(role) => {
            let behind = text.running[find.range.end..].starts_with([',', '.', ';', ')', '\n']);
            let before = text.running[..find.range.start].trim_end();
            let before = ["de", "het", "the"].iter().find_map(|word| before.strip_suffix(word)).unwrap_or(before);
            let announced = ["hierna", "verder"].iter().any(|word| before.ends_with(word));
            (behind && (announced || before.trim_end().ends_with([',', '(']))).then(|| fold(role))
        }
        _ => None,
    });
    called.extend(roles);
    called.sort();
    called.dedup();
    called.len() >= 2 && scene.finds_in(paragraph).any(is_name)
}

/// Where the deed itself names the parties, behind a cover that named them and a list of contents.
fn of_deed(scene: &Scene<'_>) -> Option<Range<usize>> {
    let zones = &scene.text.zones;
    let body = zones.iter().position(|(_, zone)| matches!(zone, Zone::Recitals | Zone::Clauses))?;
    let contents = zones[..body].iter().rposition(|(_, zone)| *zone == Zone::Contents)?;
    let deed = zones[contents..body].iter().find(|(_, zone)| *zone == Zone::Preamble)?;
    (scene.finds_in(&deed.0).filter(|find| is_name(find)).count() >= 2).then(|| deed.0.clone())
}

/// A cover names the parties before the deed does: `between A LIMITED and B LIMITED THIS LEASE is dated … (1) A LIMITED`.
/// The list starts where an item opens with a name that already stood there.
fn behind_cover(scene: &Scene<'_>, opening: &Range<usize>) -> usize {
    let text = scene.text;
    let mut known: Vec<String> = Vec::new();
    for find in scene.finds_in(opening).filter(|find| is_name(find)) {
        let Thing::Entity(
            Entity::Organization(OrganizationReading { name, .. }) | Entity::Person(PersonReading { name }),
        ) = &find.thing
        else {
            continue;
        };
        let key = name_key(name);
        if known.contains(&key) && in_item(text, find.range.start) {
            return first_item(text, opening.start..text.line_start(find.range.start));
        }
        known.push(key);
    }
    opening.start
}

/// Where the list starts in which an item stands: the cover may call those before it otherwise (`het Rijk`).
fn first_item(text: &Text, before: Range<usize>) -> usize {
    let own = behind_enumerator(text.running[before.end..].trim_start_matches('('));
    let is_first = |line: &str| {
        let line = line.trim_start_matches('(');
        ["1.", "1)", "a.", "a)", "A.", "A)", "I.", "I)"].iter().any(|mark| line.starts_with(mark))
    };
    if own.is_none() || is_first(&text.running[before.end..]) {
        return before.end;
    }
    let first = paragraphs(text, &before).filter(|line| is_first(text.slice(line))).last();
    first.map_or(before.end, |line| line.start)
}

/// Where a list of parties starts that looks like part of the title: the first paragraph there that names somebody and
/// says what the contract calls it.
fn defined_in_title(scene: &Scene<'_>, cues: &Cues) -> Option<usize> {
    let text = scene.text;
    let (title, _) = text.zones.iter().find(|(_, zone)| *zone == Zone::Title)?;
    paragraphs(text, title)
        .find(|paragraph| {
            let name = scene.finds_in(paragraph).find(|find| is_name(find));
            name.is_some_and(|name| {
                let defined = |term: &&DefinedTerm| {
                    (name.range.end..paragraph.end).contains(&term.range.start) && cues.is_role(&term.term)
                };
                opens_paragraph(text, name.range.start) && cues.terms.iter().any(|term| defined(&term))
            })
        })
        .map(|paragraph| paragraph.start)
}

/// Where a paragraph of the title says between whom, naming two: a first sentence in capitals may look like a title.
fn said_in_title(scene: &Scene<'_>) -> Option<usize> {
    let text = scene.text;
    let (title, _) = text.zones.iter().find(|(_, zone)| *zone == Zone::Title)?;
    let says = |paragraph: &Range<usize>| {
        let said = fold(text.slice(paragraph));
        appear(&said)
            || said.contains(" by and between ") && scene.finds_in(paragraph).filter(|find| is_name(find)).count() >= 2
    };
    paragraphs(text, title).find(says).map(|paragraph| paragraph.start)
}

/// `Heden verschenen voor mij, mr. J. Kolff, notaris te Goes:`, above the list of who appeared.
fn appear(said: &str) -> bool {
    said.contains("verschenen") && said.contains("notaris") && said.trim_end().ends_with(':')
}

/// The last character boundary at or before a position.
pub(super) fn floor(text: &Text, position: usize) -> usize {
    text.running.floor_char_boundary(position)
}

pub(super) fn paragraphs<'t>(text: &'t Text, range: &Range<usize>) -> impl Iterator<Item = Range<usize>> + 't {
    let mut at = range.start;
    text.slice(range).split_inclusive('\n').map(move |line| {
        let paragraph = at..at + line.len();
        at = paragraph.end;
        paragraph
    })
}

fn end(scene: &Scene<'_>, preamble: &Range<usize>) -> usize {
    const OPENS_RECITALS: &[&str] = &[
        "whereas",
        "recital",
        "background",
        "witnesseth",
        "now therefore",
        "now, therefore",
        "overwegende",
        "in aanmerking",
        "nemen in aanmerking",
        "premises",
        "in consideration",
        "for good consideration",
    ];
    const CLOSES: &[&str] = &[
        "agree as follows",
        "agrees as follows",
        "agree to the following",
        "agree that",
        "agreed as follows",
        "covenant as follows",
        "agreement as follows",
        "you agree",
        "i agree",
        "we agree",
        "komen overeen",
    ];
    let mut lists = false;
    for paragraph in paragraphs(scene.text, preamble) {
        let said = fold(scene.text.slice(&paragraph));
        let first = paragraph.start == preamble.start;
        if !first {
            let head = said.trim_start_matches(|c: char| !c.is_alphanumeric());
            if OPENS_RECITALS.iter().any(|opener| head.starts_with(opener)) {
                return paragraph.start;
            }
            let names_party = scene.finds_in(&paragraph).find(|find| is_name(find));
            let late = names_party.is_none_or(|find| find.range.start > paragraph.start + ITEM_LEAD);
            if late && !lists && is_first_clause(head) {
                return paragraph.start;
            }
        }
        lists |= opens_list(&said);
        if CLOSES.iter().any(|close| said.contains(close)) {
            return paragraph.end;
        }
    }
    preamble.end
}

/// True for words that a list of parties follows.
fn opens_list(said: &str) -> bool {
    let end = said.trim_end_matches(|c: char| !c.is_alphanumeric());
    const OPENS: [&str; 9] = [
        "between",
        "among",
        "parties",
        "undersigned",
        "tussen",
        "ondergetekende",
        "ondergetekenden",
        "partijen",
        "jegens",
    ];
    // A line of its own that joins one more.
    let last = end.rsplit('\n').next().unwrap_or_default().trim();
    OPENS.iter().any(|opens| end.ends_with(opens)) || matches!(last, "and" | "en")
}

fn is_first_clause(head: &str) -> bool {
    ["1.", "1)", "1 ", "article 1", "article i", "section 1", "artikel 1", "a. ", "a) ", "(a) "]
        .iter()
        .any(|number| head.starts_with(number))
}

/// Names an organization with its legal form, or a body.
pub(super) fn has_form(find: &Find) -> bool {
    matches!(&find.thing, Thing::Entity(Entity::Organization(reading)) if reading.legal_form.is_some())
}

/// A minister is who a state is represented by more often than a party.
fn is_minister(find: &Find) -> bool {
    matches!(&find.thing, Thing::Entity(Entity::Organization(reading)) if reading.legal_form.as_deref() == Some("minister"))
}

/// Names an organization.
pub(super) fn is_organization(find: &Find) -> bool {
    matches!(find.thing, Thing::Entity(Entity::Organization(_)))
}

/// Names an organization or a person.
pub(super) fn is_name(find: &Find) -> bool {
    matches!(find.thing, Thing::Entity(Entity::Organization(_) | Entity::Person(_)))
}

/// The names in an opening that are those of parties.
pub(super) fn names<'s>(scene: &'s Scene<'_>, opening: &Range<usize>, cues: &Cues) -> Vec<&'s Find> {
    let text = scene.text;
    let mut accepted: Vec<&Find> = Vec::new();
    let mut refused: Option<&Find> = None;
    for find in scene.finds_in(opening).filter(|find| is_name(find)) {
        if accepted.last().is_some_and(|last| find.range.start < last.range.end) {
            continue;
        }
        // A role's own words are no name.
        if cues.terms.iter().any(|term| term.range.start <= find.range.start && find.range.end <= term.range.end) {
            continue;
        }
        let from = accepted.last().map_or(opening.start, |last| last.range.end);
        if from_list_end(scene, &accepted).is_some_and(|end| find.range.start >= end) {
            let lead = fold(text.slice(&(from..find.range.start)));
            // `A. The Company and B Inc. are entering into …`: a recital, not the list's last item.
            let recites = lead.rsplit_once('\n').is_some_and(|(_, line)| line.split_whitespace().count() > 3);
            if recites || !lead.trim_end().ends_with(" and") {
                break;
            }
        }
        // `de gemeenten Almelo, Borne en Wierden` is a list of its own.
        if accepted.last().is_some_and(|last| goes_on_list(text, last, find)) {
            accepted.push(find);
            continue;
        }
        // Nor is a list that begins with a name that is only mentioned one of parties.
        if refused.is_some_and(|last| goes_on_list(text, last, find)) {
            refused = Some(find);
            continue;
        }
        if accepted.last().is_some_and(|last| is_member(text, last, find)) {
            refused = Some(find);
            continue;
        }
        if let Some(place) = Place::of(scene, from, find, accepted.is_empty(), cues)
            && credible(scene, find, &place, cues)
        {
            accepted.push(represented(scene, opening, find, cues).unwrap_or(find));
        } else {
            refused = Some(find);
        }
    }
    accepted
}

/// `de maatschap Huisartsen Centrum, bestaande uit A B.V. en C B.V.`: who makes up a partnership is no party by itself.
fn is_member(text: &Text, partnership: &Find, find: &Find) -> bool {
    let several = matches!(&partnership.thing, Thing::Entity(Entity::Organization(reading))
        if matches!(reading.legal_form.as_deref(), Some("maatschap" | "V.O.F." | "C.V.")));
    let between = fold(text.slice(&(partnership.range.end..find.range.start)));
    several
        && ["bestaande uit", "waarvan de ma", "waarvan de ven", "met als vennoten"]
            .iter()
            .any(|cue| between.contains(cue))
        && !["\n", ";", "hierna", "noemen", ")"].iter().any(|end| between.contains(end))
}

fn goes_on_list(text: &Text, last: &Find, find: &Find) -> bool {
    let person = |find: &Find| matches!(find.thing, Thing::Entity(Entity::Person(_)));
    if person(last) && person(find) {
        return joins_persons(text.slice(&(last.range.end..find.range.start)));
    }
    let form = |find: &Find| match &find.thing {
        Thing::Entity(Entity::Organization(reading)) => reading.legal_form.clone(),
        _ => None,
    };
    matches!(form(find).as_deref(), Some("gemeente" | "staat"))
        && form(last) == form(find)
        && matches!(
            text.slice(&(last.range.end..find.range.start)).trim(),
            "," | "en" | ", het" | ", de" | "en het" | "en de"
        )
}

/// `Desmond Harty and Mary Harty`, `de heer Roden, geboren te Alkmaar op 3 augustus 1951, en mevrouw Roden-Stet`.
pub(super) fn joins_persons(between: &str) -> bool {
    let said = fold(between);
    let said = said.trim();
    let joint = ["and", "en", "&"].iter().find_map(|joint| said.strip_suffix(joint));
    joint.is_some_and(|before| {
        let before = before.trim_end_matches([' ', ',']);
        before.is_empty() || before.trim_start_matches([' ', ',']).starts_with("geboren")
    })
}

/// Deeds put first who appears: `de heer X, handelend als bestuurder van Y B.V.` Of a chain, the last one is the party.
fn represented<'s>(scene: &'s Scene<'_>, opening: &Range<usize>, person: &Find, cues: &Cues) -> Option<&'s Find> {
    if !matches!(person.thing, Thing::Entity(Entity::Person(_))) {
        return None;
    }
    let text = scene.text;
    let rest = &text.running[person.range.end..opening.end];
    let item = rest.find('\n').unwrap_or(rest.len());
    let term = cues.terms.iter().map(|term| term.range.start).find(|&start| start >= person.range.end);
    let item = item.min(term.map_or(item, |start| start - person.range.end));
    let said = fold(&rest[..item]);
    let acts = ["handelend", "handelende", "acting as", "acting in", "vertegenwoordigend"];
    let acts = acts.iter().any(|cue| said.contains(cue)) && !said.contains("onder de naam");
    let item = person.range.end..person.range.end + item;
    let organizations = scene.finds_in(&item).filter(|find| has_form(find) && !is_minister(find));
    if acts { organizations.last() } else { None }
}

/// Where the sentence that says `between A and B` ends: what it does not name is no party.
fn from_list_end(scene: &Scene<'_>, accepted: &[&Find]) -> Option<usize> {
    let last = accepted.last()?;
    let sentence = scene.sentence_at(last.range.start);
    let inside = accepted.iter().filter(|find| sentence.contains(&find.range.start)).count();
    let first = accepted.iter().find(|find| sentence.contains(&find.range.start))?;
    let said = fold(scene.text.slice(&(sentence.start..first.range.start.max(sentence.start))));
    let lists = said.split(|c: char| !c.is_alphanumeric()).any(|word| matches!(word, "between" | "among"));
    // `Ltd.` may look like the end of a sentence.
    let said = scene.text.slice(&sentence).trim_end();
    let cut = ["Inc.", "Ltd.", "L.P.", "Corp.", "Co.", "L.L.C.", "S.A.", "INC.", "LTD.", "CORP.", "N.A.", "Jr."];
    let cut = cut.iter().any(|form| said.ends_with(form));
    (lists && inside >= 2 && !cut).then_some(sentence.end)
}

/// How a name opens its item.
struct Place {
    /// Right behind `between`, `and` and the like.
    joined: bool,
    /// At the start of a paragraph.
    heads_paragraph: bool,
}

impl Place {
    /// Where nothing between the item's start and the name tells that it is only mentioned.
    fn of(scene: &Scene<'_>, from: usize, find: &Find, first: bool, cues: &Cues) -> Option<Self> {
        let text = scene.text;
        let gap = text.slice(&(from..find.range.start));
        // The last place before the name at which an item may start.
        let mut start = from;
        let mut bounded = first;
        for (at, mark) in gap.char_indices() {
            if matches!(mark, '\n' | ';') {
                start = from + at + mark.len_utf8();
                bounded = true;
            }
        }
        for term in &cues.terms {
            if term.range.end <= find.range.start && term.range.end > start && term.range.end >= from {
                start = term.range.end;
                bounded = true;
            }
        }
        let mut lead = fold(text.slice(&(start..find.range.start)));
        // `… alsook het waterschap Roer en Overmaas`: one more party, whoever represents the one before.
        if let Some(at) = ["alsook", "alsmede", "as well as"].iter().filter_map(|joint| lead.rfind(joint)).max() {
            lead.drain(..at);
            bounded = true;
        }
        // `2. a. de heer X, geboren te Y en b. mevrouw Z`: a letter of its own opens an item.
        if ends_in_enumerator(&lead) || acts_for_itself(&lead) {
            lead.clear();
            bounded = true;
        }
        bounded |= lists_on(find, &lead);
        // `A (“the A”), represented by its Rector, X, and B, Malang (“the B”)`: the first was called already, and so is
        // the second.
        let called = start > from && calls_next(text, find, &lead, cues);
        if called {
            lead.clear();
            bounded = true;
        }
        let words: Vec<&str> =
            lead.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|w| !w.is_empty()).collect();
        let passing = cues.passing.iter().any(|cue| {
            let cue: Vec<&str> = cue.split_whitespace().collect();
            words.windows(cue.len()).any(|window| window == cue)
        });
        let joint = |word: &str| {
            matches!(
                word,
                "en" | "and" | "alsmede" | "alsook" | "between" | "among" | "tussen" | "by" | "with" | "met" | "of"
            )
        };
        let joined = match words.as_slice() {
            [.., last, "the" | "de", "undersigned" | "ondergetekende"] => joint(last),
            // `we, Alderbrook Capital LLP ("Alderbrook"), request you`
            [.., "we" | "wij"] => true,
            [.., last, "de" | "het" | "the"] => joint(last),
            [.., last] => joint(last),
            [] => false,
        };
        let joined = joined || called;
        let strongly = joined && !matches!(words.last(), Some(&"by" | &"of" | &"with" | &"met"));
        // `de stad A, vertegenwoordigd door de heer X en de stad B`: a public body represents no other.
        let public = matches!(&find.thing, Thing::Entity(Entity::Organization(reading))
            if reading.legal_form.as_deref().is_some_and(|form| form.starts_with(char::is_lowercase)));
        let since = from..find.range.start;
        let organization = |other: &Find| matches!(other.thing, Thing::Entity(Entity::Organization(_)));
        let public =
            public && strongly && lead.contains("vertegenwoordigd door") && !scene.finds_in(&since).any(organization);
        let represents = !called && matches!(find.thing, Thing::Entity(Entity::Person(_))) && stands_for_another(gap);
        (public || !passing && !represents && (bounded || strongly))
            .then(|| Self { joined, heads_paragraph: opens_paragraph(text, find.range.start) })
    }
}

/// Right behind the word that joins one more to who represents the party before, and called something itself.
fn calls_next(text: &Text, find: &Find, lead: &str, cues: &Cues) -> bool {
    /// Within so many bytes, in the same sentence.
    const NEAR: usize = 120;
    let lead = lead.trim_end();
    let lead = ["the", "de", "het"].iter().find_map(|article| lead.strip_suffix(article)).unwrap_or(lead).trim_end();
    let represented = ["represented by", "vertegenwoordigd door"]
        .iter()
        .any(|cue| lead.trim_start_matches([',', ')', '"', ' ']).starts_with(cue));
    let joined = [", and", ", en", ") and", " and", " en"].iter().any(|joint| lead.ends_with(joint));
    let behind = find.range.end..floor(text, find.range.end + NEAR);
    let own = cues.terms.iter().find(|term| behind.contains(&term.range.start)).is_some_and(|term| {
        let between = &text.running[find.range.end..term.range.start];
        cues.is_role(&term.term) && !between.contains(['\n', ';']) && !between.contains("epresented")
    });
    represented && joined && own && is_name(find)
}

/// `A Ltd, an English company, B Ltd, an English company, and C plc`: behind a description and its comma, a name with a
/// legal form goes on with the list.
fn lists_on(find: &Find, lead: &str) -> bool {
    const KINDS: [&str; 6] = ["company", "corporation", "partnership", "association", "vennootschap", "bank"];
    let described = [", a ", ", an ", ", een "].iter().any(|opens| lead.starts_with(opens));
    has_form(find) && described && lead.trim_end().ends_with(',') && KINDS.iter().any(|kind| lead.contains(kind))
}

/// `…, en b.`, `…; 2)`: what is named next is an item of its own.
fn ends_in_enumerator(lead: &str) -> bool {
    let Some(lead) = lead.trim_end().strip_suffix(['.', ')']) else { return false };
    let mark = lead.rsplit([' ', '(']).next().unwrap_or_default();
    let before = lead[..lead.len() - mark.len()].trim_end_matches([' ', '(']);
    (1..=2).contains(&mark.len())
        && mark.chars().all(|c| c.is_ascii_alphanumeric())
        && [" en", " and", ",", ";", ":"].iter().any(|joint| before.ends_with(joint))
}

/// `het college van burgemeester en wethouders van de gemeente A`, `de raden en de burgemeesters van de gemeenten A en B`,
/// `vennoten van V.O.F. C`: the body itself is the party, whichever organs or partners speak for it.
fn acts_for_itself(lead: &str) -> bool {
    const ORGANS: [&str; 17] = [
        "college van burgemeester en wethouders",
        "colleges van burgemeester en wethouders",
        "burgemeester en wethouders",
        "gedeputeerde staten",
        "provinciale staten",
        "dagelijks bestuur",
        "dagelijkse besturen",
        "algemeen bestuur",
        "algemene besturen",
        "burgemeester",
        "burgemeesters",
        "gemeenteraad",
        "gemeenteraden",
        "raad",
        "raden",
        "college",
        "vennoten",
    ];
    fn without_article(text: &str) -> &str {
        let text = text.trim_end();
        [" de", " het"].iter().find_map(|end| text.strip_suffix(end)).unwrap_or(text)
    }
    let strip_organ = |text: &str| -> Option<usize> {
        let organ = ORGANS.iter().filter(|organ| text.ends_with(**organ)).max_by_key(|organ| organ.len())?;
        let before = &text[..text.len() - organ.len()];
        (!before.ends_with(char::is_alphanumeric)).then_some(before.len())
    };
    let lead = lead.trim_end();
    let lead = lead.strip_suffix(" de vennootschap onder firma").unwrap_or_else(|| without_article(lead));
    let Some(mut before) = lead.strip_suffix(" van").and_then(|lead| Some(&lead[..strip_organ(lead)?])) else {
        return false;
    };
    // `de raden, de colleges en de`
    while let Some(rest) = {
        let text = without_article(before);
        [" en", ","].iter().find_map(|joint| text.strip_suffix(joint))
    }
    .and_then(|text| Some(&text[..strip_organ(text)?]))
    {
        before = rest;
    }
    // Where it opens its item; `namens het college van …` is said of somebody else.
    let before = before.trim_start_matches(|c: char| !c.is_alphabetic()).trim();
    matches!(before, "" | "de" | "het" | "beiden handelend als" | "handelend als" | "ten deze handelend als")
}

/// `A, te dezen vertegenwoordigd door de minister, namens deze, drs. W. B`, over several lines: the last name before
/// what the contract calls the party is that of who signs for it.
fn stands_for_another(gap: &str) -> bool {
    let said = fold(gap);
    let Some(at) = ["vertegenwoordigd door", "namens deze", "voor deze"].iter().filter_map(|cue| said.rfind(cue)).max()
    else {
        return false;
    };
    let since = &said[at..];
    let next_item = since.contains(';')
        || since.contains("hierna")
        || since.contains("noemen")
        || since.lines().any(|line| matches!(line.trim().trim_end_matches([',', ':']), "en" | "and"))
        || since.trim_end().ends_with(" en");
    !next_item
}

/// At the start of a paragraph, or behind its enumerator.
pub fn opens_paragraph(text: &Text, position: usize) -> bool {
    let line = text.running[text.line_start(position)..position].trim_end();
    let line =
        ["the", "THE", "The", "de", "DE", "De"].iter().find_map(|article| line.strip_suffix(article)).unwrap_or(line);
    // `Party 2 ⇥ …`
    // `Partijen ⇥ de gemeente …`: a head in the margin.
    const LABELS: [&str; 12] = [
        "Party ",
        "Partij ",
        "PARTY ",
        "PARTIJ ",
        "Partijen\t",
        "PARTIJEN\t",
        "Parties\t",
        "PARTIES\t",
        "Tussen\t",
        "TUSSEN\t",
        "Between\t",
        "BETWEEN\t",
    ];
    let line = LABELS.iter().find_map(|label| line.strip_prefix(label)).unwrap_or(line);
    line.chars().filter(|c| c.is_alphanumeric()).count() <= 3
}

/// In a paragraph with a number or a letter of its own: an item of a list.
pub(super) fn in_item(text: &Text, position: usize) -> bool {
    let line = text.running[text.line_start(position)..position].trim_start_matches(['(', ' ']);
    behind_enumerator(line).is_some() && line.len() <= ITEM_LEAD
}

/// What stands behind the number or letter of an item: `1. OPDRACHTGEVER`, `b) de gemeente`.
pub(super) fn behind_enumerator(line: &str) -> Option<&str> {
    let mark = line.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let rest = line[mark..].strip_prefix(['.', ')'])?;
    let roman = mark <= 4 && line[..mark].bytes().all(|byte| matches!(byte.to_ascii_lowercase(), b'i' | b'v' | b'x'));
    ((1..=2).contains(&mark) || mark > 0 && roman).then_some(rest)
}

/// On which side a party stands is said so many bytes behind its name: `te Joure, anderzijds`.
const SIDE: usize = 40;

/// A name with a legal form, or of a body, speaks for itself; others need a description that only parties have.
fn credible(scene: &Scene<'_>, find: &Find, place: &Place, cues: &Cues) -> bool {
    let text = scene.text;
    let name = match &find.thing {
        Thing::Entity(Entity::Organization(reading)) if reading.legal_form.is_some() => {
            return !names_two_terms(cues, &reading.name);
        }
        Thing::Entity(Entity::Organization(reading)) => &reading.name,
        Thing::Entity(Entity::Person(reading)) => &reading.name,
        _ => return false,
    };
    let behind = fold(text.slice(&(find.range.end..floor(text, find.range.end + 160))));
    let behind = behind.split('\n').next().unwrap_or_default();
    let term_behind = cues.terms.iter().find(|term| {
        term.range.start >= find.range.end && term.range.start < find.range.end + 250 && cues.is_role(&term.term)
    });
    if matches!(find.thing, Thing::Entity(Entity::Person(_))) {
        // `verschenen voor mij, mr. Hendrica van Embrechts, notaris`; who acts before her may be one for another.
        let before = fold(text.slice(&(floor(text, find.range.start.saturating_sub(24))..find.range.start)));
        if ["voor mij,", "before me,"].iter().any(|appears| before.contains(appears)) {
            return false;
        }
        // `A. Definition`: an enumerator and a word. `Mr. Hawk` speaks of somebody who was named before.
        let words = name.split_whitespace().count();
        let single_initial = name.split('.').next().is_some_and(|first| first.chars().count() == 1);
        // `1. B. ten Have`: the item has its number before the initial.
        let line = text.running[text.line_start(find.range.start)..find.range.start].trim_start_matches(['(', ' ']);
        let numbered = behind_enumerator(line).is_some_and(|rest| rest.trim().is_empty());
        let enumerator = single_initial && !numbered && (place.heads_paragraph || (words == 2 && !place.joined));
        return words > 1 && (!enumerator || term_behind.is_some());
    }
    let key = name_key(name);
    let is_term = cues.terms.iter().any(|term| {
        name_key(&term.term) == key && !(term.range.start >= find.range.end && term.range.start < find.range.end + 8)
    });
    const DESCRIBES: [&str; 19] = [
        "a ",
        "an ",
        "with ",
        "having ",
        "located ",
        "established",
        "whose ",
        "on behalf",
        "gevestigd",
        "statutair gevestigd",
        "kantoorhoudend",
        "zetelend",
        "ingeschreven",
        "handelend onder",
        "handelende onder",
        "ten deze",
        "te dezen",
        "vertegenwoordigd",
        "rechtsgeldig vertegenwoordigd",
    ];
    let described = DESCRIBES.iter().any(|word| behind.trim_start_matches([',', ' ', ')', '(']).starts_with(word))
        || ["enerzijds", "anderzijds", "ter ene", "ter andere"]
            .iter()
            .any(|side| behind.find(side).is_some_and(|at| at < SIDE));
    !is_term
        && cues.is_of_nothing_else(name)
        && (place.joined || place.heads_paragraph)
        && (term_behind.is_some() || described)
}

/// `Intel and Company`: what the contract calls its parties, joined, is no name.
fn names_two_terms(cues: &Cues, name: &str) -> bool {
    let is_term = |part: &str| cues.terms.iter().any(|term| name_key(&term.term) == name_key(part));
    name.split_once(" and ").is_some_and(|(left, right)| is_term(left) || is_term(right))
}

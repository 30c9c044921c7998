//! Puts notices together: who may give notice and against which moment is read from the clause around the period
//! where the rule does not say so.

mod days;
mod givers;
mod limits;
mod shares;

use std::ops::Range;

use jiff::civil::Date;

pub use givers::{join_the_givers, name_the_givers};
pub use limits::{counts_working_days, in_days};
pub use shares::share_out;

use super::{
    candidate::{Candidate, Value, against},
    entity::{DateReading, Entity, EventRef},
    lexicon::fold,
    remark::Remark,
    scene::{Find, Scene, SceneWord, Thing},
};
use crate::model::{
    Language,
    record::{Against, Notice, Renewal, RenewalKind, Term},
};

/// What is known of the rest of the contract.
pub struct Around<'a> {
    /// The start.
    pub start: Option<Date>,
    /// The end of the first term.
    pub end: Option<Date>,
    /// The term.
    pub term: Option<Term>,
    /// The renewal.
    pub renewal: Option<&'a Renewal>,
    /// Words for "each of the parties".
    pub everyone: &'a [String],
}

/// A notice with what only its sentence could tell.
pub struct Complete {
    /// The notice.
    pub notice: Notice,
    /// What it cannot hold.
    pub remarks: Vec<Remark>,
    /// The last day in force, where the sentence names the day by which the contract can be ended.
    pub ends_on: Option<Date>,
}

/// Completes the notice of a candidate.
pub fn complete(candidate: &Candidate<'_>, scene: &Scene<'_>, around: &Around<'_>) -> Option<Complete> {
    let Value::Notice(found) = &candidate.value else { return None };
    let mut notice = found.clone();
    let sentence = scene.sentence_at(candidate.matched.start);
    let sentence =
        if candidate.matched.end <= sentence.end { sentence } else { scene.said_at(candidate.matched.start) };
    if uses_option(scene, &sentence) {
        return None;
    }
    let mut remarks = Vec::new();
    if let (Some(period), Some(value)) = (notice.period, candidate.ranges.first()) {
        let limited = limits::limited(scene, &sentence, value, period)?;
        notice.period = Some(limited.period);
        remarks = limited.remarks;
    }
    if notice.by.is_empty() {
        notice.by = by(candidate, scene, &sentence, around.everyone)
            .or_else(|| called_otherwise(scene, &sentence, around.everyone))
            .unwrap_or_else(|| "any".into());
    }
    if notice.against == Against::Other && !candidate.rule.implies.contains_key("against") {
        notice.against = moment(candidate, scene, &sentence, around);
    }
    if let Some(named) = calendar_end_behind(candidate, scene, &sentence) {
        notice.against = named;
    }
    if let Some(named) = end_said_before(candidate, scene, &sentence) {
        notice.against = named;
    }
    days::count_from_year_end(candidate, scene, &sentence, &mut notice);
    let ends_on = days::named(candidate, scene, &sentence, around);
    if ends_on.is_some() {
        notice.against = Against::Other;
        remarks.push(Remark::OwnDays);
    }
    if limits::not_from_the_start(scene, &sentence) {
        remarks.push(Remark::NotFromTheStart);
    }
    if notice.form.is_none() {
        notice.form = form(scene, candidate);
    }
    Some(Complete { notice, remarks, ends_on })
}

/// `een maand voor het einde van het kwartaal`: what a rule takes for the end of the term is that of a month or quarter.
fn calendar_end_behind(candidate: &Candidate<'_>, scene: &Scene<'_>, sentence: &Range<usize>) -> Option<Against> {
    let value = candidate.ranges.first()?;
    let next = scene
        .finds_in(&(value.end..sentence.end))
        .find(|find| matches!(find.thing, Thing::Entity(Entity::Event(_))))?;
    let Thing::Entity(Entity::Event(event)) = next.thing else { return None };
    let between = fold(scene.text.slice(&(value.end..next.range.start)));
    let before = between
        .split_whitespace()
        .all(|word| matches!(word, "voor" | "voorafgaand" | "aan" | "het" | "de" | "before" | "prior" | "to" | "the"));
    against(event).filter(|end| before && matches!(end, Against::EndOfMonth | Against::EndOfQuarter))
}

/// `opzeggen tegen het einde van een schooljaar. De brief moet zeven maanden voor dat einde zijn ontvangen.` That end is
/// the one that was spoken of, which may be another than the end of the term.
fn end_said_before(candidate: &Candidate<'_>, scene: &Scene<'_>, sentence: &Range<usize>) -> Option<Against> {
    let value = candidate.ranges.first()?;
    let behind = fold(scene.text.slice(&(value.end..sentence.end.max(value.end))));
    let mut behind = behind.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let refers = matches!(behind.next()?, "voor" | "before")
        && matches!(behind.next()?, "dat" | "dit" | "that" | "such")
        && matches!(behind.next()?, "einde" | "eind" | "end");
    let number = scene.text.sentences.partition_point(|other| other.end <= sentence.start);
    let earlier = number.checked_sub(1).filter(|_| refers).map(|at| &scene.text.sentences[at])?;
    let calendar = |find: &Find| match find.thing {
        Thing::Entity(Entity::Event(event)) => against(event).filter(|moment| *moment != Against::EndOfTerm),
        _ => None,
    };
    const OF_ANY: [&str; 7] = [
        "einde van een ",
        "einde van elk ",
        "einde van ieder ",
        "eind van een ",
        "end of a ",
        "end of any ",
        "end of each ",
    ];
    let said = fold(scene.text.slice(earlier));
    let several = OF_ANY.iter().any(|words| said.contains(words)).then_some(Against::Other);
    scene.finds_in(earlier).find_map(calendar).or(several)
}

/// `Inlener kan de detachering met zes maanden verlengen. Hij deelt dit uiterlijk een maand voor het einde mee.` What is
/// told in time is that the option is used: no notice, and nothing ends by it.
fn uses_option(scene: &Scene<'_>, sentence: &Range<usize>) -> bool {
    let said = fold(scene.text.slice(sentence));
    let word = |words: &[&str]| said.split(|c: char| !c.is_alphanumeric()).any(|word| words.contains(&word));
    // `kan twee jaar voor het einde te kennen geven het recht eenmaal te willen voortzetten`
    const WANTS: [&str; 8] = [
        "willen voortzetten",
        "willen verlengen",
        "wil verlengen",
        "wenst te verlengen",
        "wenst voort te zetten",
        "wishes to renew",
        "wishes to extend",
        "elects to renew",
    ];
    if WANTS.iter().any(|wants| said.contains(wants)) && !word(&["niet", "geen", "not", "no", "tenzij", "unless"]) {
        return true;
    }
    if tells_of_notice(scene, sentence) || word(&["niet", "geen", "not", "no"]) || word(&["verlengd", "renewed"]) {
        return false;
    }
    let number = scene.text.sentences.partition_point(|other| other.end <= sentence.start);
    let Some(before) = number.checked_sub(1).map(|at| &scene.text.sentences[at]) else { return false };
    let before = fold(scene.text.slice(before));
    let may = ["kan ", "kunnen ", "mag ", "recht", "optie", "mogelijkheid", "bevoegd", "may ", "option", "right"];
    ["verleng", "continue", "voortzet", "renew", "extend"].iter().any(|stem| before.contains(stem))
        && may.iter().any(|may| before.contains(may))
}

/// Who may give notice: the subject of the sentence, else that of the sentences before it in the same clause.
fn by(candidate: &Candidate<'_>, scene: &Scene<'_>, sentence: &Range<usize>, everyone: &[String]) -> Option<String> {
    let value = candidate.ranges.first()?;
    if let Some(role) = behind(candidate, scene, sentence) {
        return Some(role);
    }
    // `…, unless, not later than ninety days before that day, either party has given notice`
    if let Some(from) = unless_before(scene, sentence, value) {
        let condition = from..sentence.end;
        let roles = || scene.finds_in(&condition).filter(|find| matches!(find.thing, Thing::Role(_)));
        match giver(scene, &condition, everyone) {
            Giver::Everyone => return None,
            Giver::Role(role) if roles().count() == 1 => return Some(role),
            _ => {}
        }
    }
    if let Giver::Role(role) = giver(scene, &(excepted(scene, sentence, value)..value.start), everyone) {
        return Some(role);
    }
    match giver(scene, &(sentence.start..value.start), everyone) {
        Giver::Everyone => return None,
        Giver::Role(role) => return Some(role),
        Giver::Unknown => {}
    }
    let clause = scene.text.clause_at(candidate.matched.start)?;
    let clause = &scene.text.clauses[clause];
    if let Some(role) = only_one_may(scene, &clause.range) {
        return Some(role);
    }
    let mut earlier: Vec<_> = scene
        .text
        .sentences
        .iter()
        .filter(|other| {
            other.start >= clause.range.start && other.end <= sentence.start && tells_of_notice(scene, other)
        })
        .collect();
    earlier.reverse();
    earlier.into_iter().find_map(|other| match giver(scene, other, everyone) {
        Giver::Everyone => Some(None),
        Giver::Role(role) => Some(Some(role)),
        Giver::Unknown => None,
    })?
}

/// `kan de abonnee opzeggen`: a giver by a name that no list knows.
fn called_otherwise(scene: &Scene<'_>, sentence: &Range<usize>, everyone: &[String]) -> Option<String> {
    if !matches!(giver(scene, sentence, everyone), Giver::Unknown) {
        return None;
    }
    let said = fold(scene.text.slice(sentence));
    let passive = ["worden", "wordt", "be ", "been"].iter().any(|word| whole_word(&said, word.trim_end()).is_some());
    let ends = ["opzeggen", "beeindigen", "terminate", "cancel"].iter().any(|word| whole_word(&said, word).is_some());
    if passive || !ends {
        return None;
    }
    let words = &scene.words[scene.words_in(sentence)];
    let folded: Vec<String> = words.iter().map(|word| fold(scene.text.slice(&word.range))).collect();
    let may = |at: usize| matches!(folded[at].as_str(), "kan" | "mag" | "may" | "can");
    let article = |at: usize| matches!(folded[at].as_str(), "de" | "the");
    (0..words.len().saturating_sub(2)).find_map(|at| {
        let name = match (may(at) && article(at + 1), article(at) && may(at + 2)) {
            (true, _) => at + 2,
            (false, true) => at + 1,
            _ => return None,
        };
        const THINGS: [&str; 14] = [
            "overeenkomst",
            "contract",
            "huur",
            "pacht",
            "opzegging",
            "agreement",
            "lease",
            "licence",
            "license",
            "term",
            "duur",
            "opdracht",
            "notice",
            "termination",
        ];
        let thing = THINGS.iter().any(|thing| folded[name].ends_with(thing));
        (!thing && folded[name].chars().count() > 3).then(|| scene.text.slice(&words[name].range).to_owned())
    })
}

/// Where the condition starts in which a period stands.
fn unless_before(scene: &Scene<'_>, sentence: &Range<usize>, value: &Range<usize>) -> Option<usize> {
    let words = &scene.words[scene.words_in(&(sentence.start..value.start.max(sentence.start)))];
    let opens = |word: &&SceneWord| matches!(fold(scene.text.slice(&word.range)).as_str(), "unless" | "tenzij");
    words.iter().rev().find(opens).map(|word| word.range.end)
}

/// Where an exception starts: `four months' notice, except that the Client may terminate on one month's notice`.
fn excepted(scene: &Scene<'_>, sentence: &Range<usize>, value: &Range<usize>) -> usize {
    const EXCEPT: [[&str; 2]; 9] = [
        ["except", "that"],
        ["save", "that"],
        ["except", "for"],
        ["provided", "that"],
        ["verstande", "dat"],
        ["behalve", "dat"],
        ["uitzondering", "van"],
        ["zij", "het"],
        ["terwijl", "voor"],
    ];
    let words = &scene.words[scene.words_in(&(sentence.start..value.start.max(sentence.start)))];
    let said = |at: usize| fold(scene.text.slice(&words[at].range));
    let last = (1..words.len()).rev().find(|&at| EXCEPT.contains(&[said(at - 1).as_str(), said(at).as_str()]));
    last.map_or(value.start, |at| words[at].range.end)
}

/// `komt het recht van opzegging alleen de Gemeente toe`
fn only_one_may(scene: &Scene<'_>, clause: &Range<usize>) -> Option<String> {
    let sentences = scene.text.sentences.iter().filter(|s| s.start >= clause.start && s.end <= clause.end);
    sentences.filter(|sentence| tells_of_notice(scene, sentence)).find_map(|sentence| {
        scene.finds_in(sentence).find_map(|find| {
            let Thing::Role(role) = &find.thing else { return None };
            let from = find.first.saturating_sub(2);
            let alone = scene.words[from..find.first].iter().any(|word| {
                matches!(fold(scene.text.slice(&word.range)).as_str(), "alleen" | "uitsluitend" | "slechts" | "only")
            });
            alone.then(|| role.clone())
        })
    })
}

enum Giver {
    Everyone,
    Role(String),
    Unknown,
}

/// Who the words say may do something: `Opdrachtgever is bevoegd`, `elke partij kan`, `zowel huurder als verhuurder`.
fn giver(scene: &Scene<'_>, range: &Range<usize>, everyone: &[String]) -> Giver {
    let said = fold(scene.text.slice(range));
    let all = everyone.iter().filter_map(|word| whole_word(&said, &fold(word))).min();
    let subjects: Vec<_> = scene
        .finds_in(range)
        .filter_map(|find| match &find.thing {
            Thing::Role(role) if subject(scene, find) => Some((find, role)),
            _ => None,
        })
        .collect();
    let may: Vec<_> = subjects.iter().filter(|(find, _)| beside_may(scene, find)).collect();
    // `zowel huurder als verhuurder`, `de gemeente of de vereniging`.
    let joined = subjects.windows(2).any(|pair| {
        let between = fold(scene.text.slice(&(pair[0].0.range.end..pair[1].0.range.start)));
        let between: Vec<&str> = between.split_whitespace().collect();
        let joint = |word: &&str| matches!(*word, "of" | "or" | "en" | "and");
        between.first().is_some_and(joint) && between[1..].iter().all(|word| matches!(*word, "de" | "het" | "the"))
    });
    let both = joined
        || subjects.iter().any(|(find, _)| is_one_of_two(scene, find))
        || ["zowel ", "both ", "hetzij ", "either ", " of door ", " or by "].iter().any(|word| said.contains(word));
    let distinct = |one: &str| subjects.iter().any(|(_, other)| fold(other) != fold(one));
    match (all, may.first().or(may.last()).copied().or_else(|| subjects.last())) {
        (_, Some((_, role))) if both && distinct(role) => Giver::Everyone,
        (_, Some((find, _))) if is_one_of_two(scene, find) => Giver::Everyone,
        (Some(all), Some((find, _))) if may.is_empty() || all < find.range.start - range.start => Giver::Everyone,
        (Some(_), None) => Giver::Everyone,
        (_, Some((_, role))) => Giver::Role((*role).clone()),
        (None, None) => Giver::Unknown,
    }
}

/// Where a word or phrase stands, not as a part of another word.
fn whole_word(text: &str, phrase: &str) -> Option<usize> {
    let edge = |char: Option<char>| char.is_none_or(|char| !char.is_alphanumeric());
    text.match_indices(phrase)
        .find(|(at, _)| edge(text[..*at].chars().next_back()) && edge(text[at + phrase.len()..].chars().next()))
        .map(|(at, _)| at)
}

/// A verb or noun of permission or duty stands at most three words from it.
fn beside_may(scene: &Scene<'_>, role: &Find) -> bool {
    let from = role.first.saturating_sub(3);
    let to = (role.end + 4).min(scene.words.len());
    scene.words[from..role.first].iter().chain(&scene.words[role.end..to]).any(|word| {
        matches!(
            fold(scene.text.slice(&word.range)).as_str(),
            "kan"
                | "kunnen"
                | "mag"
                | "mogen"
                | "bevoegd"
                | "gerechtigd"
                | "recht"
                | "vrij"
                | "bevoegdheid"
                | "may"
                | "can"
                | "right"
                | "entitled"
                | "zegt"
                | "opzegt"
                | "behoudt"
                | "vrijheid"
        )
    })
}

/// The words speak of ending a contract.
pub fn tells_of_notice(scene: &Scene<'_>, range: &Range<usize>) -> bool {
    let text = fold(scene.text.slice(range));
    ["opzeg", "opgezegd", "op te zeg", "zegt", "beeindig", "eindigen", "terminat", "notice"]
        .iter()
        .any(|stem| text.contains(stem))
}

/// `… met een opzegtermijn van drie maanden voor Licentienemer en twaalf maanden voor Licentiegever`
fn behind(candidate: &Candidate<'_>, scene: &Scene<'_>, sentence: &Range<usize>) -> Option<String> {
    let value = candidate.ranges.first()?;
    let next = scene.finds_in(&(value.end..sentence.end)).find(|find| matches!(find.thing, Thing::Role(_)))?;
    match &next.thing {
        Thing::Role(role) if shares::links(scene.text.slice(&(value.end..next.range.start))) => {
            Some(if is_one_of_two(scene, next) { "any".into() } else { role.clone() })
        }
        _ => None,
    }
}

/// `de verbruiker en de leverancier kunnen`, `notice given by the Licensor or the Licensee`: two parties, also where one
/// is called by a word that is not known.
fn is_one_of_two(scene: &Scene<'_>, role: &Find) -> bool {
    let word = |at: Option<usize>| {
        at.and_then(|at| scene.words.get(at)).map_or_else(String::new, |word| fold(scene.text.slice(&word.range)))
    };
    let article = |word: &str| matches!(word, "de" | "het" | "the");
    let joint = |word: &str| match scene.text.language {
        Some(Language::Dutch) => matches!(word, "of" | "en"),
        _ => matches!(word, "or" | "and"),
    };
    let plain = |c: char| c.is_alphanumeric() || c == ' ' || c == '\n';
    let touch = |from: usize, to: usize| scene.text.slice(&(from..to)).chars().all(plain);
    let start = |at: usize| scene.words[at].range.start;
    let end = |at: usize| scene.words[at].range.end;
    // `de X en de ROL`
    let first = role.first;
    let before = first >= 4
        && article(&word(first.checked_sub(1)))
        && joint(&word(first.checked_sub(2)))
        && article(&word(first.checked_sub(4)))
        && touch(end(first - 3), start(first));
    // `ROL or the X`
    let next = role.end;
    let after = joint(&word(Some(next)))
        && article(&word(Some(next + 1)))
        && scene.words.len() > next + 2
        && touch(role.range.end, start(next + 2));
    before || after
}

/// `De brief moet Vervoerder ten minste zeven maanden voor het einde hebben bereikt.` Whom it reaches did not send it.
fn is_reached(scene: &Scene<'_>, role: &Find) -> bool {
    const NEAR: usize = 30;
    const REACHES: [&str; 7] = ["bereikt", "bereiken", "reach", "reached", "reaches", "ontvangt", "receives"];
    let sentence = scene.sentence_at(role.range.start);
    let words = scene.words_in(&(role.range.end..sentence.end.max(role.range.end)));
    let said = |word: &SceneWord| fold(scene.text.slice(&word.range));
    let sends =
        |word: &str| ["opzeg", "opgezegd", "zegt", "beeindig", "terminat"].iter().any(|stem| word.starts_with(stem));
    scene.words[words]
        .iter()
        .take(NEAR)
        .map(said)
        .take_while(|word| !sends(word))
        .any(|word| REACHES.contains(&word.as_str()))
}

/// A role that is told something (`aan Opdrachtnemer`, `to the Licensor`) does not give notice.
fn subject(scene: &Scene<'_>, role: &Find) -> bool {
    if is_reached(scene, role) {
        return false;
    }
    let Some(before) = role.first.checked_sub(1).map(|at| &scene.words[at]) else { return true };
    let word = fold(scene.text.slice(&before.range));
    let word = match word.as_str() {
        "de" | "het" | "the" => match role.first.checked_sub(2).map(|at| &scene.words[at]) {
            Some(before) => fold(scene.text.slice(&before.range)),
            None => return true,
        },
        _ => word,
    };
    // Dutch `of` joins, English `of` tells whose.
    let tells_whose = word == "of" && scene.text.language != Some(Language::Dutch);
    // `giving the Supplier three months' notice`: who is given notice does not give it.
    let told =
        ["aan", "to", "jegens", "van", "met", "with", "tegen", "on", "upon", "giving", "give", "gives", "notifying"];
    !tells_whose && !told.contains(&word.as_str())
}

fn moment(candidate: &Candidate<'_>, scene: &Scene<'_>, sentence: &Range<usize>, around: &Around<'_>) -> Against {
    // What stands in a form or a table is complete in itself.
    let labelled = scene.text.labels.iter().find(|label| label.label.start == candidate.matched.start);
    let sentence = &labelled.map_or_else(|| sentence.clone(), |label| label.label.start..label.value.end);
    let clause = scene
        .text
        .clause_at(candidate.matched.start)
        .map_or_else(|| sentence.clone(), |clause| scene.text.clauses[clause].range.clone());
    let before_it = {
        let number = scene.text.sentences.partition_point(|other| other.end <= sentence.start);
        number.checked_sub(1).map(|at| scene.text.sentences[at].clone())
    };
    let in_range = |range: &Range<usize>| {
        let at = candidate.ranges.first().map_or(range.start, |value| value.start);
        if days::several_a_year(scene, range) {
            return Some(Against::Other);
        }
        scene
            .finds_in(range)
            .filter_map(|find| {
                let moment = match find.thing {
                    // `voor de beoogde einddatum`: the day that whoever gives notice names.
                    _ if intended(scene, find) || only_after(scene, find) => return None,
                    // A contract that starts with the calendar year has its years.
                    Thing::Entity(Entity::Event(EventRef::EndOfOwnYear))
                        if days::is_contract_year(scene, find)
                            && around.start.is_some_and(|day| day.day_of_year() == 1) =>
                    {
                        Against::EndOfYear
                    }
                    Thing::Entity(Entity::Event(event)) => against(event)?,
                    // `tegen 31 december van enig jaar`, `per 1 januari van een volgend jaar`
                    Thing::Entity(Entity::Date(
                        DateReading::Yearly { month: 12, day: 31 } | DateReading::Yearly { month: 1, day: 1 },
                    )) => Against::EndOfYear,
                    // `expiring on 28 September in any year`, where that is the day by which the term ends.
                    Thing::Entity(Entity::Date(DateReading::Yearly { month, day }))
                        if around.end.is_some_and(|end| (end.month(), end.day()) == (month, day)) =>
                    {
                        Against::EndOfTerm
                    }
                    Thing::Entity(Entity::Date(DateReading::Yearly { .. })) => Against::Other,
                    _ => return None,
                };
                Some((find.range.start.abs_diff(at), moment))
            })
            .min_by_key(|&(distance, _)| distance)
            .map(|(_, moment)| moment)
    };
    // `tegen dezelfde dag` speaks of the day that the sentence before names.
    let same_day = fold(scene.text.slice(sentence)).contains("zelfde d");
    let said_before = || before_it.filter(|_| same_day).and_then(|range| in_range(&range));
    if breaks(scene, sentence) {
        return Against::Other;
    }
    if silence_renews(scene, sentence) {
        return Against::EndOfTerm;
    }
    match in_range(sentence).or_else(said_before) {
        Some(Against::AnyTime) => {}
        Some(moment) => return moment,
        None if at_any_time(scene, sentence) => {}
        None => return moment_of_clause(scene, around, sentence, &clause, in_range(&clause)),
    }
    aimed_at(scene, &(sentence.end..clause.end)).unwrap_or(Against::AnyTime)
}

/// `Heeft geen der partijen het ten minste twee maanden tevoren opgezegd, dan geldt het voor onbepaalde tijd.` What follows
/// where nobody gives notice follows the term.
fn silence_renews(scene: &Scene<'_>, sentence: &Range<usize>) -> bool {
    const NOBODY: [&str; 4] = ["heeft geen ", "hebben geen ", "indien geen ", "wordt niet "];
    const GOES_ON: [&str; 5] = ["dan geldt ", "dan wordt ", "dan loopt ", "dan blijft ", "dan duurt "];
    let said = fold(scene.text.slice(sentence));
    let said = said.trim_start_matches(|c: char| !c.is_alphabetic());
    let behind = |words: &str| said.find(words).map(|at| &said[at + words.len()..]);
    let nobody = NOBODY.iter().any(|start| said.starts_with(start));
    nobody
        && said.contains("tevoren")
        && GOES_ON.iter().filter_map(|words| behind(words)).any(|rest| {
            ["verlengd", "voortgezet", "onbepaalde tijd", "onbepaalde duur", "door"]
                .iter()
                .any(|word| rest.contains(word))
        })
}

/// `de beoogde einddatum`, `the proposed end of the term`
fn intended(scene: &Scene<'_>, find: &Find) -> bool {
    const CHOSEN: [&str; 6] = ["beoogde", "gewenste", "voorgenomen", "proposed", "intended", "desired"];
    CHOSEN.contains(&&*word_before(scene, find, 1))
}

/// `doch niet eerder dan na afloop van het eerste contractjaar`: since when notice may be given.
fn only_after(scene: &Scene<'_>, find: &Find) -> bool {
    let before = (word_before(scene, find, 2), word_before(scene, find, 1));
    matches!((&*before.0, &*before.1), ("dan" | "eerst" | "pas", "na") | ("than" | "only" | "until", "after"))
}

/// The word so many words before a value; empty where the text starts there.
fn word_before(scene: &Scene<'_>, find: &Find, back: usize) -> String {
    let at = find.first.checked_sub(back);
    at.map_or_else(String::new, |at| fold(scene.text.slice(&scene.words[at].range)))
}

/// Where the sentence names no moment: what the clause names, or what follows from term and renewal.
fn moment_of_clause(
    scene: &Scene<'_>,
    around: &Around<'_>,
    sentence: &Range<usize>,
    clause: &Range<usize>,
    named: Option<Against>,
) -> Against {
    if let Some(moment) = aimed_at(scene, clause).or(named) {
        return moment;
    }
    if around.term == Some(Term::Indefinite) {
        return Against::AnyTime;
    }
    // What goes on without an end has no terms to end with.
    let tacit = around
        .renewal
        .is_some_and(|renewal| renewal.kind == RenewalKind::Tacit && renewal.period != Some(Term::Indefinite));
    // In numbered leases the renewal stands in the paragraph before: `3.2 … verlengd. 3.3 Opzegging dient …`
    let earlier = {
        let number = scene.text.sentences.partition_point(|other| other.end <= sentence.start);
        number.checked_sub(1).map(|at| scene.text.sentences[at].start..sentence.end)
    };
    let of_term =
        || earlier.is_some_and(|range| tells_of_notice_only(scene, sentence) && clause_tells_of_renewal(scene, &range));
    if tacit && (clause_tells_of_renewal(scene, clause) || of_term()) { Against::EndOfTerm } else { Against::AnyTime }
}

/// The sentence says how notice is given, not that somebody may end the contract: `Opzegging dient te geschieden …`
fn tells_of_notice_only(scene: &Scene<'_>, sentence: &Range<usize>) -> bool {
    let said = fold(scene.text.slice(sentence));
    let said = said.trim_start_matches(|c: char| !c.is_alphabetic());
    ["opzegging", "de opzegging", "een opzegging", "notice of", "such notice", "de opzegtermijn"]
        .iter()
        .any(|start| said.starts_with(start))
}

/// `Opzegging vindt plaats tegen het einde van een kalendermaand`, said apart from the period.
fn aimed_at(scene: &Scene<'_>, range: &Range<usize>) -> Option<Against> {
    let mut sentences = scene.text.sentences.iter().filter(|s| s.start >= range.start && s.end <= range.end);
    sentences.find_map(|sentence| {
        let said = fold(scene.text.slice(sentence));
        let aims = said.starts_with("opzegging") && said.contains(" tegen ");
        let events = scene.finds_in(sentence).filter_map(|find| match find.thing {
            Thing::Entity(Entity::Event(event)) => against(event),
            _ => None,
        });
        let calendar = |against: &Against| matches!(against, Against::EndOfMonth | Against::EndOfQuarter);
        aims.then(|| events.into_iter().find(calendar)).flatten()
    })
}

/// The sentence lets a party end the contract on any day, or on any day after a first period.
pub fn at_any_time(scene: &Scene<'_>, sentence: &Range<usize>) -> bool {
    let text = fold(scene.text.slice(sentence));
    let said = [
        "te allen tijde",
        "op ieder tijdstip",
        "op elk tijdstip",
        "op elk moment",
        "op ieder moment",
        "tussentijds",
        "na het verstrijken van de eerste",
        "na de eerste periode",
        "na afloop van de eerste",
        "na verloop van",
        "maandelijks opzegbaar",
        "dagelijks opzegbaar",
        "at any time",
    ];
    said.iter().any(|words| text.contains(words))
}

/// `not less than six months before the Break Date`, `breakoptie per 28 februari 2029`: a lease may be ended on days that
/// it names.
fn breaks(scene: &Scene<'_>, sentence: &Range<usize>) -> bool {
    let said = fold(scene.text.slice(sentence));
    const WORDS: [&str; 8] = [
        "break date",
        "break notice",
        "break option",
        "break right",
        "breakoptie",
        "break-optie",
        "breakmogelijkheid",
        "breakrecht",
    ];
    WORDS.iter().any(|words| whole_word(&said, words).is_some()) || ends_own_year(&said)
}

/// `on the first or second anniversary`, `at the end of the third or fifth year`
fn ends_own_year(said: &str) -> bool {
    const AT: [&str; 6] = [
        "on the ",
        "at the end of the ",
        "upon the ",
        "tegen het einde van het ",
        "per het einde van het ",
        "aan het eind van het ",
    ];
    const ORDINALS: [&str; 14] = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eerste", "tweede", "derde", "vierde",
        "vijfde", "zesde", "zevende",
    ];
    let names_year = |rest: &str| {
        let mut words = rest.split_whitespace();
        let ordinal = words.next().is_some_and(|word| ORDINALS.contains(&word.trim_matches(',')));
        ordinal
            && words.take(4).take_while(|word| !matches!(*word, "day" | "dag")).any(|word| {
                matches!(word.trim_matches(','), "year" | "anniversary" | "jaar" | "huurjaar" | "contractjaar")
            })
    };
    AT.iter().any(|at| said.match_indices(at).any(|(start, _)| names_year(&said[start + at.len()..])))
}

fn clause_tells_of_renewal(scene: &Scene<'_>, clause: &Range<usize>) -> bool {
    let text = fold(scene.text.slice(clause));
    ["verleng", "voortgezet", "voortzet", "doorlo", "loopt door", "lopen door", "renew", "extend", "continue"]
        .iter()
        .any(|stem| text.contains(stem))
}

fn form(scene: &Scene<'_>, candidate: &Candidate<'_>) -> Option<String> {
    let clause = scene.text.clause_at(candidate.matched.start)?;
    let text = fold(scene.text.slice(&scene.text.clauses[clause].range));
    if ["aangetekend", "registered", "certified mail", "deurwaardersexploot"].iter().any(|word| text.contains(word)) {
        Some("registered".into())
    } else if ["schriftelijk", "written", "in writing"].iter().any(|word| text.contains(word)) {
        Some("written".into())
    } else {
        None
    }
}

#[cfg(test)]
mod tests;

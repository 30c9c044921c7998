//! Puts notices together: who may give notice and against which moment is read from the clause around the period
//! where the rule does not say so.

use std::ops::Range;

use super::{
    candidate::{Candidate, Value, against},
    entity::Entity,
    lexicon::fold,
    scene::{Find, Scene, Thing},
};
use crate::model::record::{Against, Notice, Renewal, RenewalKind, Term};

/// What is known of the rest of the contract.
pub struct Around<'a> {
    /// The term.
    pub term: Option<Term>,
    /// The renewal.
    pub renewal: Option<&'a Renewal>,
    /// Words for "each of the parties".
    pub everyone: &'a [String],
}

/// Completes the notice of a candidate.
pub fn complete(candidate: &Candidate<'_>, scene: &Scene<'_>, around: &Around<'_>) -> Option<Notice> {
    let Value::Notice(found) = &candidate.value else { return None };
    let mut notice = found.clone();
    let sentence = scene.sentence_at(candidate.matched.start);
    if notice.by.is_empty() {
        notice.by = by(candidate, scene, &sentence, around.everyone).unwrap_or_else(|| "any".into());
    }
    if notice.against == Against::Other && !candidate.rule.implies.contains_key("against") {
        notice.against = moment(candidate, scene, &sentence, around);
    }
    if notice.form.is_none() {
        notice.form = form(scene, candidate);
    }
    Some(notice)
}

/// The role that may give notice: the nearest one before the period, unless everyone may.
fn by(candidate: &Candidate<'_>, scene: &Scene<'_>, sentence: &Range<usize>, everyone: &[String]) -> Option<String> {
    let value = candidate.ranges.first()?;
    let before = sentence.start..value.start;
    let everyone_at = fold(scene.text.slice(&before));
    let all = everyone.iter().filter_map(|word| everyone_at.rfind(&fold(word))).max();
    let role = scene
        .finds_in(&before)
        .filter_map(|find| match &find.thing {
            Thing::Role(role) if subject(scene, find) => Some((find.range.start - sentence.start, role)),
            _ => None,
        })
        .last();
    match (all, role) {
        (Some(all), Some((at, _))) if all > at => None,
        (_, Some((_, role))) => Some(role.clone()),
        _ => behind(candidate, scene, sentence),
    }
}

/// `… met een opzegtermijn van drie maanden voor Licentienemer en twaalf maanden voor Licentiegever`
fn behind(candidate: &Candidate<'_>, scene: &Scene<'_>, sentence: &Range<usize>) -> Option<String> {
    let value = candidate.ranges.first()?;
    let next = scene.finds_in(&(value.end..sentence.end)).find(|find| matches!(find.thing, Thing::Role(_)))?;
    let between = fold(scene.text.slice(&(value.end..next.range.start)));
    let linked = ["voor", "door", "for", "by", "from", "van de zijde van", "in geval van", "de", "the"];
    let only_links = between.split_whitespace().all(|word| linked.contains(&word));
    match &next.thing {
        Thing::Role(role) if only_links && !between.trim().is_empty() => Some(role.clone()),
        _ => None,
    }
}

/// A role that is told something (`aan Opdrachtnemer`, `to the Licensor`) does not give notice.
fn subject(scene: &Scene<'_>, role: &Find) -> bool {
    let Some(before) = role.first.checked_sub(1).map(|at| &scene.words[at]) else { return true };
    let word = fold(scene.text.slice(&before.range));
    let word = match word.as_str() {
        "de" | "het" | "the" => match role.first.checked_sub(2).map(|at| &scene.words[at]) {
            Some(before) => fold(scene.text.slice(&before.range)),
            None => return true,
        },
        _ => word,
    };
    !matches!(word.as_str(), "aan" | "to" | "jegens" | "van" | "of" | "met" | "with" | "tegen" | "on" | "upon")
}

fn moment(candidate: &Candidate<'_>, scene: &Scene<'_>, sentence: &Range<usize>, around: &Around<'_>) -> Against {
    let clause = scene
        .text
        .clause_at(candidate.matched.start)
        .map_or_else(|| sentence.clone(), |clause| scene.text.clauses[clause].range.clone());
    let in_range = |range: &Range<usize>| {
        let at = candidate.ranges.first().map_or(range.start, |value| value.start);
        scene
            .finds_in(range)
            .filter_map(|find| match find.thing {
                Thing::Entity(Entity::Event(event)) => Some((find.range.start.abs_diff(at), against(event)?)),
                _ => None,
            })
            .min_by_key(|&(distance, _)| distance)
            .map(|(_, moment)| moment)
    };
    if let Some(moment) = in_range(sentence).or_else(|| in_range(&clause)) {
        return moment;
    }
    if around.term == Some(Term::Indefinite) {
        return Against::AnyTime;
    }
    let tacit = around.renewal.is_some_and(|renewal| renewal.kind == RenewalKind::Tacit);
    if tacit && clause_tells_of_renewal(scene, &clause) { Against::EndOfTerm } else { Against::AnyTime }
}

fn clause_tells_of_renewal(scene: &Scene<'_>, clause: &Range<usize>) -> bool {
    let text = fold(scene.text.slice(clause));
    ["verleng", "voortgezet", "voortzetting", "renew", "extend", "continue"].iter().any(|stem| text.contains(stem))
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

//! The rule writer's bench: runs the examples of rules, finds what no example proves, and tells what a rule did with a
//! sentence. It prints nothing itself.

use std::{collections::BTreeMap, fmt::Write as _, ops::Range};

use super::{
    RuleSet,
    candidate::{self, Attempt, Candidate, Refusal},
    decide,
    rule::{Example, Place, Rule},
    scene::Scene,
    score,
};
use crate::{
    model::Language,
    text::{Clause, Text},
};

/// An example that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The rule.
    pub rule: String,
    /// File and line of the rule.
    pub source: String,
    /// The sentence.
    pub text: String,
    /// What it should give.
    pub want: Vec<String>,
    /// What it gave.
    pub got: Vec<String>,
}

/// Something in a rule that no example proves or that is there twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The rule.
    pub rule: String,
    /// File and line of the rule.
    pub source: String,
    /// What is wrong.
    pub message: String,
}

impl RuleSet {
    /// Runs every example of every rule; gives how many there are and those that do not hold.
    pub fn test_examples(&self) -> (usize, Vec<Failure>) {
        let mut count = 0;
        let mut failures = Vec::new();
        for rule in &self.rules {
            for example in &rule.examples {
                count += 1;
                let got = self.gives(rule, &self.scene(&text_of(example, rule.lang)));
                let mut want = example.want.clone();
                want.sort();
                if got != want {
                    let (rule, source) = (rule.id.clone(), rule.source.clone());
                    failures.push(Failure { rule, source, text: example.text.clone(), want, got });
                }
            }
        }
        (count, failures)
    }

    /// The distinct values that a rule finds in a text.
    fn gives(&self, rule: &Rule, scene: &Scene<'_>) -> Vec<String> {
        let mut values: Vec<String> =
            self.by_rule(rule, scene).iter().map(|candidate| candidate.value.to_string()).collect();
        values.sort();
        values.dedup();
        values
    }

    fn by_rule<'r>(&self, rule: &'r Rule, scene: &Scene<'_>) -> Vec<Candidate<'r>> {
        if rule.place == Place::Label {
            let labels = scene.text.labels.iter().map(|label| (label.label.clone(), label.value.clone()));
            let labels: Vec<_> = labels.chain(at_colon(&scene.text.running)).collect();
            return labels
                .into_iter()
                .filter_map(|(label, value)| candidate::beside_label(rule, scene, &label, &value))
                .collect();
        }
        let mut found = Vec::new();
        for sentence in sentences(scene.text) {
            for say in &rule.says {
                for attempt in candidate::attempts(rule, say, scene, &sentence) {
                    if let Attempt::Gave(candidate) = attempt {
                        found.push(*candidate);
                    }
                }
            }
        }
        candidate::keep_fullest(found)
    }

    /// What no example proves: guard entries without a counter-example that they alone stop, sentences that no example
    /// uses, sentences that two rules look for in one place.
    pub fn lint(&self) -> Vec<Remark> {
        let mut remarks = Vec::new();
        let mut said: BTreeMap<(Language, &str, &str), Vec<&Rule>> = BTreeMap::new();
        for rule in &self.rules {
            let mut remark = |message: String| {
                remarks.push(Remark { rule: rule.id.clone(), source: rule.source.clone(), message });
            };
            let texts: Vec<Text> = rule.examples.iter().map(|example| text_of(example, rule.lang)).collect();
            let scenes: Vec<Scene<'_>> = texts.iter().map(|text| self.scene(text)).collect();
            for (at, say) in rule.says.iter().enumerate() {
                let others = said.entry((rule.lang, rule.field.name(), &say.written)).or_default();
                if let Some(other) = others.iter().find(|other| look_in_one_place(other, rule)) {
                    remark(format!("`{}` stands in `{}` too", say.written, other.id));
                }
                others.push(rule);
                let mut alone = rule.clone();
                alone.says = vec![say.clone()];
                let mut showing = rule.examples.iter().zip(&scenes).filter(|(example, _)| !example.want.is_empty());
                if !showing.any(|(_, scene)| !self.gives(&alone, scene).is_empty()) {
                    remark(format!("no example uses sentence {}: `{}`", at + 1, say.written));
                }
            }
            let given: Vec<_> = scenes.iter().map(|scene| self.gives(rule, scene)).collect();
            for at in 0..rule.guards.len() {
                let mut without = rule.clone();
                let guard = without.guards.remove(at);
                if !scenes.iter().zip(&given).any(|(scene, given)| self.gives(&without, scene) != *given) {
                    remark(format!("no example fails without the guard `{}` ({})", guard.written, guard.side.name()));
                }
            }
        }
        remarks
    }

    /// What the rules did with a text, in words for people: which matched, where others stopped, why a value lost.
    pub fn explain(&self, text: &Text, only: Option<&str>, language: Language) -> String {
        let scene = self.scene(text);
        let mut out = String::new();
        for rule in self.rules.iter().filter(|rule| only.is_none_or(|id| rule.id.starts_with(id))) {
            self.explain_rule(rule, &scene, only.is_some(), language, &mut out);
        }
        if out.is_empty() {
            out.push_str(language.say("geen regel vond iets\n", "no rule found anything\n"));
        }
        self.explain_choice(&scene, language, &mut out);
        out
    }

    fn explain_rule(&self, rule: &Rule, scene: &Scene<'_>, near: bool, language: Language, out: &mut String) {
        for candidate in if rule.place == Place::Label { self.by_rule(rule, scene) } else { Vec::new() } {
            self.explain_candidate(&candidate, scene, language, out);
        }
        if rule.place == Place::Label {
            return;
        }
        let mut furthest = None;
        let mut any = false;
        for sentence in sentences(scene.text) {
            for say in &rule.says {
                for attempt in candidate::attempts(rule, say, scene, &sentence) {
                    match attempt {
                        Attempt::Gave(candidate) => {
                            any = true;
                            self.explain_candidate(&candidate, scene, language, out);
                        }
                        Attempt::Refused(range, refusal) => {
                            any = true;
                            let why = match refusal {
                                Refusal::Guarded(guard) => format!(
                                    "{} `{}` ({})",
                                    language.say("tegengehouden door", "held back by"),
                                    guard.written,
                                    guard.side.name()
                                ),
                                Refusal::Zone(zone) => {
                                    format!("{} {zone:?}", language.say("kijkt niet in zone", "does not look in zone"))
                                }
                                Refusal::NoValue => language.say("geen bruikbare waarde", "no usable value").to_owned(),
                            };
                            let _ = writeln!(out, "- {}: “{}”: {why}", rule.id, scene.text.slice(&range));
                        }
                        Attempt::Stopped(say, stop) if stop.taken > 0 => {
                            furthest =
                                furthest.max(Some((stop, sentence.start, say.waits_for(stop.step, &self.lexicon))));
                        }
                        Attempt::Stopped(..) => {}
                    }
                }
            }
        }
        if let (false, true, Some((stop, _, waits))) = (any, near, furthest) {
            let taken = &scene.words[stop.word - stop.taken..stop.word];
            let words =
                taken.first().zip(taken.last()).map_or("", |(a, b)| scene.text.slice(&(a.range.start..b.range.end)));
            let next = scene.words.get(stop.word).map_or("", |word| scene.text.slice(&word.range));
            let _ = writeln!(
                out,
                "- {}: “{words}” … {} “{next}”, {} {waits}",
                rule.id,
                language.say("stopte bij", "stopped at"),
                language.say("verwachtte", "expected"),
            );
        }
    }

    fn explain_candidate(&self, found: &Candidate<'_>, scene: &Scene<'_>, language: Language, out: &mut String) {
        let rule = found.rule;
        let mut sum = format!("{} {:.2}", rule.strength.name(), score::logit(rule.strength.prior()));
        for (name, weight) in score::parts(&found.features) {
            let _ = write!(sum, ", {name} {weight:+.1}");
        }
        let score = decide::score_of(found);
        let _ = writeln!(
            out,
            "+ {}: {} = {} — “{}” [{sum} → {:.0} %]",
            rule.id,
            rule.field.name(),
            found.value,
            scene.text.slice(&found.matched),
            score::probability(score) * 100.0,
        );
        let _ = writeln!(out, "    {}", language.say(&rule.title.nl, &rule.title.en));
    }

    /// Which value each field would get, and why the others lost.
    fn explain_choice(&self, scene: &Scene<'_>, language: Language, out: &mut String) {
        let mut by_field: BTreeMap<_, Vec<Candidate<'_>>> = BTreeMap::new();
        for candidate in self.candidates(scene) {
            by_field.entry(candidate.rule.field).or_default().push(candidate);
        }
        for (field, candidates) in by_field {
            let Some(decision) = decide::decide(candidates, &self.calibration) else { continue };
            let _ = writeln!(
                out,
                "= {}: {} ({:.0} %, {:?}, {})",
                field.name(),
                decision.best.value,
                decision.confidence * 100.0,
                decision.status,
                decision.best.rule.id
            );
            for lost in &decision.lost {
                let _ =
                    writeln!(out, "    {} ({:.0} %): {}", lost.value, lost.confidence * 100.0, lost.why.say(language));
            }
        }
    }
}

/// The sentences of a text; a text without any is one sentence.
fn sentences(text: &Text) -> Vec<Range<usize>> {
    if text.sentences.is_empty() { std::iter::once(0..text.running.len()).collect() } else { text.sentences.clone() }
}

/// Sentences given by hand carry labels as `label: value`.
fn at_colon(running: &str) -> Option<(Range<usize>, Range<usize>)> {
    let colon = running.find(':')?;
    let value = &running[colon + 1..];
    let start = colon + 1 + (value.len() - value.trim_start().len());
    Some((0..colon, start..running.len().max(start)))
}

/// An example as a text: under its heading, where it has one, which is a paragraph of its own as in a contract.
fn text_of(example: &Example, language: Language) -> Text {
    let Some(heading) = &example.heading else { return Text::of_sentence(&example.text, Some(language)) };
    let mut text = Text::of_sentence(&format!("{heading}\n\n{}", example.text), Some(language));
    let body = text.running.find('\n').map_or(0, |end| end + 1);
    text.clauses = vec![Clause {
        number: None,
        heading: Some(heading.clone()),
        depth: 0,
        parent: None,
        range: 0..text.running.len(),
        body,
    }];
    text
}

/// Whether two rules read some words of a contract both: then the same sentence in both counts its evidence twice.
fn look_in_one_place(one: &Rule, other: &Rule) -> bool {
    let zones_meet =
        one.zones.is_empty() || other.zones.is_empty() || one.zones.iter().any(|z| other.zones.contains(z));
    one.place == other.place && zones_meet
}

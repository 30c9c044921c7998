//! The rule engine: finds values in a text, settles conflicts, keeps how each was found. Pure: no I/O, no clock.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
};

use crate::{
    Error, ErrorKind, Result,
    model::{Blake3, Fields, Language},
    text::{Text, Zone},
};

mod adds_up;
pub mod bench;
pub mod calibration;
pub mod candidate;
mod correspondence;
pub mod decide;
mod derive;
pub mod dictionary;
mod doubtful;
pub mod entity;
mod fit;
pub mod labelled;
pub mod lexicon;
pub mod matcher;
mod misread;
mod notice;
mod parties;
pub mod pattern;
mod present;
mod record;
pub mod remark;
mod renewal;
mod replaced;
pub mod rule;
pub mod scene;
pub mod score;
pub mod standing;
pub mod subjects;
mod title;
mod unread;

use calibration::Calibration;
use candidate::{Attempt, Candidate};
use labelled::Trace;
use lexicon::{Lexicon, WordId};
use pattern::Lists;
use present::Present;
use rule::{FieldId, Place, Rule, Source};
use scene::{Find, Scene};

static PIPELINES: include_dir::Dir<'_> = include_dir::include_dir!("$CARGO_MANIFEST_DIR/pipelines");

/// The rules, word lists and calibration of one rule set, compiled.
pub struct RuleSet {
    rules: Vec<Rule>,
    lexicon: Lexicon,
    lists: BTreeMap<Language, Lists>,
    calibration: Calibration,
    /// Which sentences of which rules a word can start: (rule, sentence).
    by_trigger: HashMap<WordId, Vec<(usize, usize)>>,
    /// Sentences that are all blanks; their rules name short zones.
    without_trigger: Vec<(usize, usize)>,
    digest: Blake3,
}

/// A file of a rule set: its path inside the pipeline's folder, and its text.
pub type PackFile = (String, String);

/// A TOML file right in a folder named `rules`, whatever the folders above it are called.
fn is_rule_file(name: &str) -> bool {
    let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
    name.ends_with(".toml") && folder.rsplit('/').next() == Some("rules")
}

impl RuleSet {
    /// The rules and word lists that are built into the program.
    pub fn embedded() -> Result<Self> {
        let mut files = Vec::new();
        let mut folders = vec![&PIPELINES];
        while let Some(folder) = folders.pop() {
            folders.extend(folder.dirs());
            for file in folder.files() {
                let text = file.contents_utf8().ok_or_else(|| {
                    Error::new(ErrorKind::Internal, format!("`{}` is not UTF-8", file.path().display()))
                })?;
                files.push((file.path().display().to_string(), text.to_owned()));
            }
        }
        Self::compile(files)
    }

    /// Compiles the files of a pipeline folder: `…/words.<lang>.toml`, `…/rules/*.toml`, `…/calibration.toml`.
    pub fn compile(mut files: Vec<PackFile>) -> Result<Self> {
        files.sort();
        let mut hash = blake3::Hasher::new();
        for (name, text) in &files {
            hash.update(name.as_bytes()).update(b"\0").update(text.as_bytes()).update(b"\0");
        }
        for (name, text) in dictionary::sources() {
            hash.update(name.as_bytes()).update(b"\0").update(text.as_bytes()).update(b"\0");
        }
        hash.update(env!("CARGO_PKG_VERSION").as_bytes());
        let (mut lists, mut lexicon, mut rules) = (BTreeMap::<Language, Lists>::new(), Lexicon::default(), Vec::new());
        let mut calibration = Calibration::default();
        for (name, text) in &files {
            let source = Source { name, text };
            for language in [Language::Dutch, Language::English] {
                if name.ends_with(&format!("words.{}.toml", language.code())) {
                    lists.entry(language).or_default().extend(rule::read_lists(source)?);
                }
            }
            if name.ends_with("calibration.toml") {
                calibration = source.parse()?;
            }
        }
        let none = Lists::new();
        for (name, text) in files.iter().filter(|(name, _)| is_rule_file(name)) {
            let language = if name.ends_with(".en.toml") { Language::English } else { Language::Dutch };
            let shared = lists.get(&language).unwrap_or(&none);
            rules.extend(rule::read_rules(Source { name, text }, shared, &mut lexicon)?);
        }
        let mut seen: HashMap<&str, &Rule> = HashMap::new();
        for rule in &rules {
            if let Some(first) = seen.insert(&rule.id, rule) {
                let message = format!("{}: rule `{}` stands in {} already", rule.source, rule.id, first.source);
                return Err(Error::new(ErrorKind::InvalidInput, message));
            }
        }
        // The order of files and rules never shows in results.
        rules.sort_by(|a, b| a.id.cmp(&b.id));
        let mut by_trigger: HashMap<WordId, Vec<(usize, usize)>> = HashMap::new();
        let mut without_trigger = Vec::new();
        for (number, rule) in rules.iter().enumerate() {
            for (say, pattern) in rule.says.iter().enumerate() {
                if pattern.triggers.is_empty() {
                    without_trigger.push((number, say));
                }
                for &word in &pattern.triggers {
                    by_trigger.entry(word).or_default().push((number, say));
                }
            }
        }
        let digest = Blake3(*hash.finalize().as_bytes());
        Ok(Self { rules, lexicon, lists, calibration, by_trigger, without_trigger, digest })
    }

    /// Digest of everything that decides the result, for keys and provenance.
    pub fn digest(&self) -> Blake3 {
        self.digest
    }

    /// The rules, by id.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The words that rules name.
    pub fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    /// Reads a contract. `language` is that of the explanations.
    pub fn extract(&self, text: &Text, language: Language) -> Fields {
        self.extract_traced(text, language).0
    }

    /// Reads a contract and tells what gave each value, for calibration.
    pub fn extract_traced(&self, text: &Text, language: Language) -> (Fields, Vec<Trace>) {
        let scene = self.scene(text);
        let (mut fields, traces) = record::assemble(self, &scene, language);
        correspondence::settle(text, &mut fields, language);
        doubtful::settle(text, &mut fields, language);
        (fields, traces)
    }

    /// The same rules as if they had never been measured.
    pub fn uncalibrated(mut self) -> Self {
        self.calibration = Calibration::default();
        self
    }

    /// A text made ready for matching with this rule set.
    pub fn scene<'t>(&self, text: &'t Text) -> Scene<'t> {
        let roles: Vec<String> = self.words("role").map(str::to_owned).collect();
        Scene::new(text, &self.lexicon, &roles)
    }

    /// The entries of a word list in both languages.
    pub fn words<'a>(&'a self, list: &'a str) -> impl Iterator<Item = &'a str> {
        self.lists.values().filter_map(move |lists| lists.get(list)).flatten().map(String::as_str)
    }

    /// Every candidate that the rules give in a text, but for those in the title.
    pub fn candidates(&self, scene: &Scene<'_>) -> Vec<Candidate<'_>> {
        let mut found = Vec::new();
        for sentence in &scene.text.sentences {
            self.in_sentence(scene, sentence, Place::Sentence, &mut found);
        }
        // Items that go on with a sentence: who may give notice stands in it, how long before in them.
        for list in scene.lists.iter().filter(|list| notice::tells_of_notice(scene, list)) {
            let mut whole = Vec::new();
            self.in_sentence(scene, list, Place::Sentence, &mut whole);
            found.extend(whole.into_iter().filter(|candidate| candidate.rule.field == FieldId::Notice));
        }
        for label in &scene.text.labels {
            for rule in self.rules.iter().filter(|rule| rule.place == Place::Label) {
                found.extend(candidate::beside_label(rule, scene, &label.label, &label.value));
            }
            // `Looptijd ⇥ 1 april 2021 - 31 maart 2024`: two days in a cell are read as the sentence that they make with
            // the label.
            let is_day = |find: &&Find| find.kind() == pattern::Kind::Date;
            let apart = !scene.sentence_at(label.label.start).contains(&label.value.start);
            if apart && scene.finds_in(&label.value).filter(is_day).count() == 2 {
                let mut whole = Vec::new();
                let said = label.label.start..label.value.end;
                self.in_sentence(scene, &said, Place::Sentence, &mut whole);
                let of_days = [FieldId::EffectiveDate, FieldId::EndDate];
                found.extend(whole.into_iter().filter(|candidate| of_days.contains(&candidate.rule.field)));
            }
        }
        for head in &scene.text.running_heads {
            let text = Text::of_sentence(&head.text, scene.text.language);
            let inner = self.scene(&text);
            let mut inside = Vec::new();
            for sentence in &text.sentences {
                self.in_sentence(&inner, sentence, Place::Head, &mut inside);
            }
            found.extend(inside.into_iter().map(|mut candidate| {
                candidate.evidence = Some(head.evidence.clone());
                candidate.features.zone = None;
                candidate
            }));
        }
        replaced::drop_replaced(scene, &mut found);
        found
    }

    /// The candidates that the title gives.
    pub fn in_title(&self, scene: &Scene<'_>, title: &Range<usize>) -> Vec<Candidate<'_>> {
        let mut found = Vec::new();
        self.in_sentence(scene, title, Place::Title, &mut found);
        found
    }

    fn in_sentence<'r>(
        &'r self,
        scene: &Scene<'_>,
        sentence: &Range<usize>,
        place: Place,
        found: &mut Vec<Candidate<'r>>,
    ) {
        let mut tried: Vec<(usize, usize)> = Vec::new();
        let mut present = Present::new(&self.lexicon);
        present.look(scene, &scene.words_in(sentence), |word| {
            tried.extend(self.by_trigger.get(&word).into_iter().flatten());
        });
        let short_zone = matches!(scene.zone_at(sentence.start), Zone::Title | Zone::Preamble | Zone::Signatures);
        if short_zone || place == Place::Head {
            tried.extend(&self.without_trigger);
        }
        tried.retain(|&(number, say)| {
            let rule = &self.rules[number];
            rule.place == place && present.allows(&rule.says[say])
        });
        tried.sort_unstable();
        tried.dedup();
        let language = scene.text.language_at(sentence.start);
        let mut given = Vec::new();
        for (number, say) in tried {
            let rule = &self.rules[number];
            if language.is_some_and(|language| language != rule.lang) {
                continue;
            }
            for attempt in candidate::attempts(rule, &rule.says[say], scene, sentence) {
                if let Attempt::Gave(candidate) = attempt {
                    given.push(*candidate);
                }
            }
        }
        found.extend(candidate::keep_fullest(given));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Text;

    #[test]
    fn two_days_in_a_cell_are_start_and_end() {
        let rules = RuleSet::embedded().unwrap();
        let text = Text::of_sentence("Looptijd\t1 april 2021 - 31 maart 2024\nOpzegtermijn\t2 maanden", None);
        let found = rules.candidates(&rules.scene(&text));
        let day = |field: FieldId| found.iter().find(|c| c.rule.field == field).map(|c| c.value.to_string());
        assert_eq!(day(FieldId::EffectiveDate).as_deref(), Some("2021-04-01"));
        assert_eq!(day(FieldId::EndDate).as_deref(), Some("2024-03-31"));
    }
}

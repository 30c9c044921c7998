//! Field rules as read from rule files: checked, compiled, with the examples that prove them. A rule without an
//! example and a counter-example does not load; what is wrong is said with file, line, column and a hint.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{
    lexicon::{Lexicon, WordId},
    pattern::{Kind, Lists, Pattern, nearest, words_of},
};
use crate::{
    Error, ErrorKind, Result,
    model::{Language, Period},
    text::Zone,
};

/// A field that rules can fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // the names are those of the record format
pub enum FieldId {
    ContractType,
    Reference,
    SigningDate,
    EffectiveDate,
    EndDate,
    Term,
    Renewal,
    /// How long before the end an option must be used: a part of the renewal.
    OptionUse,
    Notice,
    Value,
    GoverningLaw,
    Court,
    RelatesTo,
}

impl FieldId {
    /// All of them, in the order of the record.
    pub const ALL: [Self; 13] = [
        Self::ContractType,
        Self::Reference,
        Self::SigningDate,
        Self::EffectiveDate,
        Self::EndDate,
        Self::Term,
        Self::Renewal,
        Self::OptionUse,
        Self::Notice,
        Self::Value,
        Self::GoverningLaw,
        Self::Court,
        Self::RelatesTo,
    ];

    /// Its name in the record format and in rule files.
    pub fn name(self) -> &'static str {
        match self {
            Self::ContractType => "contract_type",
            Self::Reference => "reference",
            Self::SigningDate => "signing_date",
            Self::EffectiveDate => "effective_date",
            Self::EndDate => "end_date",
            Self::Term => "term",
            Self::Renewal => "renewal",
            Self::OptionUse => "option_use",
            Self::Notice => "notice",
            Self::Value => "value",
            Self::GoverningLaw => "governing_law",
            Self::Court => "court",
            Self::RelatesTo => "relates_to",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// The captures that a rule may take for it.
    fn captures(self) -> &'static [&'static str] {
        match self {
            Self::Renewal => &["value", "times"],
            Self::Notice => &["value", "by", "against"],
            Self::RelatesTo => &["reference", "date"],
            _ => &["value"],
        }
    }
}

/// Where a rule looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In sentences.
    #[default]
    Sentence,
    /// In labels of forms, tables and signature blocks; the value stands beside.
    Label,
    /// In the title.
    Title,
    /// In lines that stand on most pages.
    Head,
}

/// How much a rule is trusted until it was measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// Right nine times in ten.
    Strong,
    /// Right three times in four.
    #[default]
    Normal,
    /// Right every second time.
    Weak,
}

impl Strength {
    /// The assumed share of right values.
    pub fn prior(self) -> f64 {
        match self {
            Self::Strong => 0.90,
            Self::Normal => 0.75,
            Self::Weak => 0.50,
        }
    }

    /// Its name in rule files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Strong => "strong",
            Self::Normal => "normal",
            Self::Weak => "weak",
        }
    }
}

/// A text in both languages of the users.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// Dutch.
    pub nl: String,
    /// English.
    pub en: String,
}

/// A sentence with the values that a rule must find in it; none in a counter-example.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The sentence.
    pub text: String,
    /// The values, written as `rules explain` prints them.
    #[serde(default)]
    pub want: Vec<String>,
    /// The heading above the sentence, where the rule looks at headings. In a counter-example, `{before}` (or another
    /// side) in the sentence or the heading stands for each guard of that side in turn.
    pub heading: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSource {
    schema: u32,
    #[serde(default)]
    words: Lists,
    #[serde(default)]
    rule: Vec<Spanned<RuleSource>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleSource {
    id: Spanned<String>,
    title: Bilingual,
    lang: Language,
    field: Spanned<String>,
    #[serde(default)]
    kind: Place,
    #[serde(default)]
    zone: Vec<Zone>,
    say: Vec<Spanned<String>>,
    #[serde(default)]
    take: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    prefer: PreferSource,
    #[serde(default)]
    unless: UnlessSource,
    #[serde(default)]
    bounds: Bounds,
    #[serde(default)]
    implies: BTreeMap<String, String>,
    #[serde(default)]
    strength: Strength,
    examples: Vec<Example>,
    counter_examples: Vec<Example>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PreferSource {
    heading: Vec<String>,
    zone: Vec<Zone>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct UnlessSource {
    before: Vec<String>,
    between: Vec<String>,
    after: Vec<String>,
    sentence: Vec<String>,
    heading: Vec<String>,
    words: Option<usize>,
}

/// Smallest and largest plausible period.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// Smallest.
    pub min: Option<Period>,
    /// Largest.
    pub max: Option<Period>,
}

/// Where a guard looks for its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Before the matched words.
    Before,
    /// Inside the matched words.
    Between,
    /// Behind the matched words.
    After,
    /// Anywhere in the sentence.
    Sentence,
    /// In the headings above.
    Heading,
}

impl Side {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Before, Self::Between, Self::After, Self::Sentence, Self::Heading];

    /// Its name in rule files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::Between => "between",
            Self::After => "after",
            Self::Sentence => "sentence",
            Self::Heading => "heading",
        }
    }
}

/// Words that make a rule not hold.
#[derive(Clone, Debug)]
pub struct Guard {
    /// Where they must not stand.
    pub side: Side,
    /// As written.
    pub written: String,
    /// The words, in a row.
    pub words: Vec<WordId>,
}

/// A compiled rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Stable name, shown to users.
    pub id: String,
    /// What it recognizes, for people.
    pub title: Bilingual,
    /// Language of the sentences.
    pub lang: Language,
    /// The field that it fills.
    pub field: FieldId,
    /// Where it looks.
    pub place: Place,
    /// Only in these zones, where any are named.
    pub zones: Vec<Zone>,
    /// Its sentences.
    pub says: Vec<Pattern>,
    /// Which blank gives what.
    pub take: BTreeMap<String, String>,
    /// Headings that speak for it.
    pub headings: Vec<Vec<WordId>>,
    /// Zones that speak for it.
    pub preferred_zones: Vec<Zone>,
    /// Words that speak against it.
    pub guards: Vec<Guard>,
    /// How many words around the match the guards look at.
    pub guard_words: usize,
    /// Plausible periods.
    pub bounds: Bounds,
    /// What a match means besides what it takes.
    pub implies: BTreeMap<String, String>,
    /// Trust until measured.
    pub strength: Strength,
    /// Sentences that prove it, counter-examples last.
    pub examples: Vec<Example>,
    /// File and line where it stands.
    pub source: String,
}

const GUARD_WORDS: usize = 12;

/// Zones that are short enough for a sentence that is all blanks.
const BOUNDED: [Zone; 3] = [Zone::Title, Zone::Preamble, Zone::Signatures];

/// The text of a rule file with its name, for errors.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// Path to show.
    pub name: &'a str,
    /// Contents.
    pub text: &'a str,
}

impl Source<'_> {
    fn place(&self, at: usize) -> String {
        let before = &self.text[..at.min(self.text.len())];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        format!("{}:{line}:{column}", self.name)
    }

    fn refuse(&self, at: usize, message: &str, hint: Option<String>) -> Error {
        let error = Error::new(ErrorKind::InvalidInput, format!("{}: {message}", self.place(at)));
        match hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }

    pub(super) fn parse<T: serde::de::DeserializeOwned>(&self) -> Result<T> {
        toml::from_str(self.text).map_err(|error: toml::de::Error| {
            let span = error.span().unwrap_or(0..0);
            let written = self.text.get(span.clone()).unwrap_or("");
            // `unknown field `sya`, expected one of `id`, …`: the known names stand in the message.
            let known = error.message().split("expected").nth(1).unwrap_or("");
            let hint = nearest(written.trim(), known.split('`').skip(1).step_by(2));
            self.refuse(span.start, error.message(), hint)
        })
    }
}

/// The word lists of a file that holds nothing else.
pub fn read_lists(source: Source<'_>) -> Result<Lists> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct ListFile {
        words: Lists,
    }
    Ok(source.parse::<ListFile>()?.words)
}

/// Reads and compiles a rule file. `shared` are the word lists that all files may use.
pub fn read_rules(source: Source<'_>, shared: &Lists, lexicon: &mut Lexicon) -> Result<Vec<Rule>> {
    let file: FileSource = source.parse()?;
    if file.schema != 1 {
        return Err(source.refuse(0, "this program reads rule files of schema 1", None));
    }
    let mut lists = shared.clone();
    lists.extend(file.words);
    file.rule.into_iter().map(|rule| compile(source, rule, &lists, lexicon)).collect()
}

fn compile(source: Source<'_>, rule: Spanned<RuleSource>, lists: &Lists, lexicon: &mut Lexicon) -> Result<Rule> {
    let at = rule.span().start;
    let rule = rule.into_inner();
    let id = rule.id.get_ref().clone();
    let field = FieldId::named(rule.field.get_ref()).ok_or_else(|| {
        let hint = nearest(rule.field.get_ref(), FieldId::ALL.iter().map(|field| field.name()));
        source.refuse(rule.field.span().start, &format!("rule `{id}` fills an unknown field"), hint)
    })?;
    if rule.examples.iter().all(|example| example.want.is_empty()) {
        return Err(source
            .refuse(at, &format!("rule `{id}` has no example that shows what it finds"), None)
            .hint("add examples = [{ text = \"…\", want = [\"…\"] }]"));
    }
    if rule.counter_examples.is_empty() || rule.counter_examples.iter().any(|example| !example.want.is_empty()) {
        return Err(source
            .refuse(at, &format!("rule `{id}` has no counter-example"), None)
            .hint("add counter_examples = [{ text = \"…\" }]: a sentence that looks alike but means something else"));
    }
    let mut says = Vec::new();
    for say in &rule.say {
        let pattern = Pattern::compile(say.get_ref(), lists, lexicon).map_err(|fault| {
            // One byte for the quote before the text.
            source.refuse(say.span().start + 1 + fault.at, &format!("rule `{id}`: {}", fault.message), fault.hint)
        })?;
        let bounded = !rule.zone.is_empty() && rule.zone.iter().all(|zone| BOUNDED.contains(zone));
        if pattern.triggers.is_empty() && !bounded && rule.kind != Place::Head {
            let message = format!("rule `{id}`: the sentence has no word that must always be there");
            return Err(source
                .refuse(say.span().start, &message, None)
                .hint("leave a word or a choice of words outside `[…]`; only in title, preamble and signatures all may be blank"));
        }
        says.push(pattern);
    }
    if says.is_empty() {
        return Err(source.refuse(at, &format!("rule `{id}` says nothing"), None));
    }
    for (capture, blank) in &rule.take {
        if !field.captures().contains(&capture.as_str()) {
            let hint = nearest(capture, field.captures().iter().copied());
            let message = format!("rule `{id}`: field `{}` has no part `{capture}`", field.name());
            return Err(source.refuse(blank.span().start, &message, hint));
        }
        let answered = match rule.kind {
            Place::Sentence => says.iter().any(|say| say.blanks.iter().any(|b| b.answers_to(blank.get_ref()))),
            _ => Kind::named(blank.get_ref()).is_some(),
        };
        if !answered {
            let hint = nearest(blank.get_ref(), Kind::names());
            let message = format!("rule `{id}`: no sentence has a blank `{}`", blank.get_ref());
            return Err(source.refuse(blank.span().start, &message, hint));
        }
    }
    if rule.take.is_empty() && rule.implies.is_empty() {
        return Err(source.refuse(at, &format!("rule `{id}` neither takes nor implies a value"), None));
    }
    let unless = rule.unless;
    let sides = [
        (Side::Before, unless.before),
        (Side::Between, unless.between),
        (Side::After, unless.after),
        (Side::Sentence, unless.sentence),
        (Side::Heading, unless.heading),
    ];
    let mut guards = Vec::new();
    for (side, entries) in sides {
        for written in entries {
            for entry in expand(&written, lists) {
                let words = words_of(&entry).into_iter().map(|word| lexicon.intern(word)).collect::<Vec<_>>();
                if words.is_empty() {
                    return Err(source.refuse(at, &format!("rule `{id}` has a guard without words"), None));
                }
                guards.push(Guard { side, written: entry, words });
            }
        }
    }
    let headings = rule
        .prefer
        .heading
        .iter()
        .map(|heading| words_of(heading).into_iter().map(|word| lexicon.intern(word)).collect())
        .collect();
    let mut examples = rule.examples;
    for example in &rule.counter_examples {
        let spread = spread(example, &guards).ok_or_else(|| {
            source
                .refuse(at, &format!("rule `{id}` has no guard for the place in “{}”", example.text), None)
                .hint("`{before}` in a counter-example stands for each of the words in `unless.before`, and so on")
        })?;
        examples.extend(spread);
    }
    Ok(Rule {
        id,
        title: rule.title,
        lang: rule.lang,
        field,
        place: rule.kind,
        zones: rule.zone,
        says,
        take: rule.take.into_iter().map(|(part, blank)| (part, blank.into_inner())).collect(),
        headings,
        preferred_zones: rule.prefer.zone,
        guards,
        guard_words: unless.words.unwrap_or(GUARD_WORDS),
        bounds: rule.bounds,
        implies: rule.implies,
        strength: rule.strength,
        examples,
        source: source.place(at),
    })
}

/// A counter-example as it is, or, where it has a place such as `{before}`, one with each guard of that side in it: so
/// that one sentence proves a whole list. `None` where there is no such guard.
fn spread(example: &Example, guards: &[Guard]) -> Option<Vec<Example>> {
    let place = |side: Side| format!("{{{}}}", side.name());
    let texts = || std::iter::once(&example.text).chain(&example.heading);
    let Some(side) = Side::ALL.into_iter().find(|&side| texts().any(|text| text.contains(&place(side)))) else {
        return Some(vec![example.clone()]);
    };
    let with = |guard: &Guard| {
        let words = guard.written.replace('*', "");
        let put = |text: &String| text.replace(&place(side), &words);
        Example { text: put(&example.text), want: Vec::new(), heading: example.heading.as_ref().map(put) }
    };
    let spread: Vec<_> = guards.iter().filter(|guard| guard.side == side).map(with).collect();
    (!spread.is_empty()).then_some(spread)
}

/// A guard entry, or the entries of the list that it names (`{penalty}`).
fn expand(written: &str, lists: &Lists) -> Vec<String> {
    let named = written.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).and_then(|name| lists.get(name));
    named.cloned().unwrap_or_else(|| vec![written.to_owned()])
}

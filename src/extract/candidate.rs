//! Candidates: what one match of one rule would put into a field, with all that speaks for and against it.

use std::{fmt, ops::Range};

use jiff::civil::Date;

use super::{
    entity::{DateReading, Entity, EventRef, Repair},
    lexicon::fold,
    matcher::{self, Match, Stop},
    pattern::{Kind, Pattern},
    remark::Remark,
    rule::{FieldId, Guard, Place, Rule, Side},
    scene::{Find, Scene, Thing},
};
use crate::{
    model::{
        Evidence, Period,
        record::{Against, ContractType, DayOfYear, Money, Notice, Per, RelatesTo, Renewal, RenewalKind, Term},
    },
    text::Zone,
};

/// A value as a rule read it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A title, reference or court.
    Text(String),
    /// A kind of contract.
    Type(ContractType),
    /// A date; for an end date the last day in force.
    Day(Date),
    /// Two dates are possible.
    EitherDay(Date, Date),
    /// The date of something else: of signing, of the last signature.
    DayOf(EventRef),
    /// The place was left open.
    Blank,
    /// Length of the term.
    Term(Term),
    /// Renewal.
    Renewal(Renewal),
    /// Ordinary termination.
    Notice(Notice),
    /// Main price.
    Money(Money),
    /// Code of a country or state.
    Law(String),
    /// The contract that is amended.
    RelatesTo(RelatesTo),
}

impl Value {
    /// The day, or the earlier one of two.
    pub fn earliest_day(&self) -> Option<Date> {
        match self {
            Self::Day(day) | Self::EitherDay(day, _) => Some(*day),
            _ => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) | Self::Law(text) => f.write_str(text),
            Self::Type(kind) => f.write_str(&name(kind)),
            Self::Day(day) => day.fmt(f),
            Self::EitherDay(first, second) => write!(f, "{first} or {second}"),
            Self::DayOf(event) => write!(f, "day of {event:?}"),
            Self::Blank => f.write_str("blank"),
            Self::Term(term) => f.write_str(&name(term)),
            Self::Renewal(renewal) => {
                f.write_str(&name(&renewal.kind))?;
                renewal.period.iter().try_for_each(|period| write!(f, " {}", name(period)))?;
                renewal.max_times.iter().try_for_each(|times| write!(f, " x{times}"))
            }
            Self::Notice(notice) => {
                f.write_str(notice.distance().as_deref().unwrap_or("-"))?;
                write!(f, " {} {}", notice.by, name(&notice.against))
            }
            Self::Money(money) => write!(f, "{} {} {}", money.amount, money.currency, name(&money.per)),
            Self::RelatesTo(other) => {
                let date = other.date.map(|date| date.to_string());
                let parts: Vec<&str> = other.reference.iter().chain(&date).map(String::as_str).collect();
                f.write_str(&parts.join(" "))
            }
        }
    }
}

/// The name that a value has in the record format.
fn name<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|json| json.as_str().map(str::to_owned)).unwrap_or_default()
}

fn named<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
}

/// What speaks for or against a candidate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Features {
    /// A heading above names what the rule looks for.
    pub heading: bool,
    /// It stands in a zone that the rule prefers.
    pub preferred_zone: bool,
    /// Its zone.
    pub zone: Option<Zone>,
    /// Repairs of reading errors it rests on.
    pub repairs: usize,
    /// Lowest OCR confidence of the value's words.
    pub ocr: f64,
    /// Outside what is plausible, or word and figure disagree: a person must look.
    pub doubtful: bool,
    /// It is one of a start, a term and an end, each stated, that fit together.
    pub adds_up: bool,
    /// Whether it is the only one of a field that may hold several.
    pub sole: Option<bool>,
    /// What the record cannot hold of it.
    pub remarks: Vec<Remark>,
}

/// What one match of one rule would put into a field.
#[derive(Clone, Debug)]
pub struct Candidate<'r> {
    /// The rule.
    pub rule: &'r Rule,
    /// The value.
    pub value: Value,
    /// Places of the value in the running text, the main one first.
    pub ranges: Vec<Range<usize>>,
    /// It takes a value from a blank, not only from what the rule implies.
    pub takes: bool,
    /// The matched words in the running text.
    pub matched: Range<usize>,
    /// What speaks for and against it.
    pub features: Features,
    /// Where it stands, where that is not in the running text (running headers).
    pub evidence: Option<Evidence>,
}

/// Why a rule that matched gave no candidate.
#[derive(Clone, Debug)]
pub enum Refusal<'r> {
    /// A guard's words stand there.
    Guarded(&'r Guard),
    /// The rule does not look in this zone.
    Zone(Zone),
    /// The values found do not make up the field's value.
    NoValue,
}

/// What a rule did in one sentence: for `rules explain`.
#[derive(Debug)]
pub enum Attempt<'r> {
    /// It gave a candidate.
    Gave(Box<Candidate<'r>>),
    /// It matched these words, but was refused.
    Refused(Range<usize>, Refusal<'r>),
    /// It came so far.
    Stopped(&'r Pattern, Stop),
}

/// Drops a rule's candidates where the same rule read more of the value from the same words.
pub fn keep_fullest(candidates: Vec<Candidate<'_>>) -> Vec<Candidate<'_>> {
    let fuller = |other: &Candidate<'_>, than: &Candidate<'_>| {
        other.rule.id == than.rule.id
            && other.ranges.len() + usize::from(other.takes) > than.ranges.len() + usize::from(than.takes)
            && other.matched.start < than.matched.end
            && than.matched.start < other.matched.end
    };
    let keep: Vec<bool> = candidates.iter().map(|one| !candidates.iter().any(|other| fuller(other, one))).collect();
    candidates.into_iter().zip(keep).filter_map(|(candidate, keep)| keep.then_some(candidate)).collect()
}

/// Runs one sentence of a rule over one sentence of the text.
pub fn attempts<'r>(rule: &'r Rule, say: &'r Pattern, scene: &Scene<'_>, sentence: &Range<usize>) -> Vec<Attempt<'r>> {
    let words = scene.words_in(sentence);
    let (matches, stop) = matcher::run(say, scene, words.clone());
    if matches.is_empty() {
        return stop.into_iter().map(|stop| Attempt::Stopped(say, stop)).collect();
    }
    matches
        .into_iter()
        .map(|found| {
            let matched = span(scene, &found.words);
            match weigh(rule, say, scene, &words, &found) {
                Ok(candidate) => Attempt::Gave(Box::new(candidate)),
                Err(refusal) => Attempt::Refused(matched, refusal),
            }
        })
        .collect()
}

fn span(scene: &Scene<'_>, words: &Range<usize>) -> Range<usize> {
    match (scene.words.get(words.start), words.end.checked_sub(1).and_then(|last| scene.words.get(last))) {
        (Some(first), Some(last)) if words.start < words.end => first.range.start..last.range.end,
        (Some(first), _) => first.range.start..first.range.start,
        _ => 0..0,
    }
}

fn weigh<'r>(
    rule: &'r Rule,
    say: &Pattern,
    scene: &Scene<'_>,
    words: &Range<usize>,
    found: &Match,
) -> Result<Candidate<'r>, Refusal<'r>> {
    let matched = span(scene, &found.words);
    let zone = scene.zone_at(matched.start);
    let zone_allowed = if rule.zones.is_empty() { zone != Zone::Contents } else { rule.zones.contains(&zone) };
    // Sentences given by hand are no whole contract: all stands in one zone.
    if !zone_allowed && !scene.text.zones.is_empty() {
        return Err(Refusal::Zone(zone));
    }
    if let Some(guard) = rule.guards.iter().find(|guard| holds(guard, rule, scene, words, found)) {
        return Err(Refusal::Guarded(guard));
    }
    let slots = Slots { rule, say, scene, found };
    let Some((value, doubtful)) = slots.value() else { return Err(Refusal::NoValue) };
    let mut finds: Vec<&Find> = slots.taken().collect();
    finds.dedup();
    let mut ranges: Vec<_> = finds.iter().map(|find| find.read_at()).collect();
    let takes = !ranges.is_empty();
    if ranges.is_empty() {
        ranges.push(matched.clone());
    }
    let repairs = found.repairs.len() + finds.iter().map(|find| find.repairs.len()).sum::<usize>();
    let ocr = ranges.iter().map(|range| scene.text.confidence(range)).fold(1.0, f64::min);
    let features = Features {
        heading: heading_holds(rule, scene, matched.start),
        preferred_zone: rule.preferred_zones.contains(&zone),
        zone: Some(zone),
        repairs,
        ocr,
        doubtful: doubtful || finds.iter().any(|find| find.repairs.iter().any(Repair::of_raised)),
        adds_up: false,
        sole: None,
        remarks: Vec::new(),
    };
    Ok(Candidate { rule, value, ranges, takes, matched, features, evidence: None })
}

/// True where the words of a guard stand where they must not.
fn holds(guard: &Guard, rule: &Rule, scene: &Scene<'_>, words: &Range<usize>, found: &Match) -> bool {
    let window = match guard.side {
        Side::Before => found.words.start.saturating_sub(rule.guard_words).max(words.start)..found.words.start,
        Side::Between => found.words.clone(),
        Side::After => found.words.end..(found.words.end + rule.guard_words).min(words.end),
        Side::Sentence => words.clone(),
        Side::Heading => {
            return headings(scene, span(scene, &found.words).start).any(|senses| row_stands(&guard.words, &senses));
        }
    };
    window.clone().any(|at| row_at(guard, scene, at, window.end))
}

fn row_at(guard: &Guard, scene: &Scene<'_>, at: usize, end: usize) -> bool {
    let stands = guard
        .words
        .iter()
        .enumerate()
        .all(|(n, &id)| at + n < end && scene.words[at + n].senses.iter().any(|sense| sense.id == id));
    stands && !(guard.words.len() == 1 && inside_date(scene, at))
}

/// `30 May 2024`: the month is none of a sentence's own words.
fn inside_date(scene: &Scene<'_>, word: usize) -> bool {
    /// No date has more words.
    const LONGEST: usize = 12;
    (word.saturating_sub(LONGEST)..=word).any(|first| {
        let is_date = |find: &Find| matches!(find.thing, Thing::Entity(Entity::Date(_)));
        scene.finds_at(first).any(|(_, find)| find.end > word && find.end > find.first + 1 && is_date(find))
    })
}

type Senses = Vec<Vec<super::lexicon::Sense>>;

fn row_stands(row: &[super::lexicon::WordId], words: &Senses) -> bool {
    words
        .windows(row.len())
        .any(|window| window.iter().zip(row).all(|(senses, id)| senses.iter().any(|sense| sense.id == *id)))
}

/// The words of each heading above a position.
fn headings<'a>(scene: &'a Scene<'_>, position: usize) -> impl Iterator<Item = Senses> + 'a {
    let mut clause = scene.text.clause_at(position);
    std::iter::from_fn(move || {
        let current = &scene.text.clauses[clause?];
        clause = current.parent;
        let head = scene.words_in(&(current.range.start..current.body));
        Some(scene.words[head].iter().map(|word| word.senses.clone()).collect())
    })
}

fn heading_holds(rule: &Rule, scene: &Scene<'_>, position: usize) -> bool {
    !rule.headings.is_empty()
        && headings(scene, position).any(|words| rule.headings.iter().any(|row| row_stands(row, &words)))
}

/// The filled blanks of a match, by what `take` calls them.
struct Slots<'a, 'r, 't> {
    rule: &'r Rule,
    say: &'a Pattern,
    scene: &'a Scene<'t>,
    found: &'a Match,
}

impl<'a> Slots<'a, '_, '_> {
    /// What fills the blank of a part, and how the sentence means it: `<date=exclusive>`.
    fn slot(&self, part: &str) -> Option<(&'a Find, Option<&'a str>)> {
        let wanted = self.rule.take.get(part)?;
        self.found.filled.iter().find_map(|&(blank, find)| {
            let blank = &self.say.blanks[blank];
            blank.answers_to(wanted).then(|| (&self.scene.finds[find], blank.name.as_deref()))
        })
    }

    fn find(&self, part: &str) -> Option<&'a Find> {
        self.slot(part).map(|(find, _)| find)
    }

    fn taken(&self) -> impl Iterator<Item = &'a Find> {
        let parts = self.rule.take.keys().map(String::as_str);
        let beside = parts.filter(|part| *part != "value");
        std::iter::once("value").chain(beside).filter_map(|part| self.find(part))
    }

    fn implied(&self, key: &str) -> Option<&str> {
        self.rule.implies.get(key).map(String::as_str)
    }

    fn value(&self) -> Option<(Value, bool)> {
        match self.rule.field {
            FieldId::ContractType => Some((Value::Type(named(self.implied("value")?)?), false)),
            FieldId::SigningDate | FieldId::EffectiveDate | FieldId::EndDate => self.day(),
            FieldId::OptionUse if matches!(self.find("value")?.thing, Thing::Entity(Entity::Date(_))) => self.day(),
            FieldId::Term | FieldId::OptionUse => match self.find("value") {
                None => Some((Value::Term(named(self.implied("value")?)?), false)),
                Some(find) => match self.period(find)? {
                    (Some(period), doubtful) => Some((Value::Term(period), doubtful)),
                    (None, _) => Some((Value::Blank, false)),
                },
            },
            FieldId::Renewal => self.renewal(),
            FieldId::Notice => self.notice(),
            FieldId::Value => self.money(),
            FieldId::RelatesTo => {
                let reference = self.find("reference").and_then(text_of);
                let date = self.find("date").and_then(day_of);
                (reference.is_some() || date.is_some())
                    .then_some((Value::RelatesTo(RelatesTo { reference, date }), false))
            }
            FieldId::Reference | FieldId::Court => Some((Value::Text(text_of(self.find("value")?)?), false)),
            FieldId::GoverningLaw => match self.find("value") {
                Some(find) => Some((Value::Law(text_of(find)?), false)),
                None => Some((Value::Law(self.implied("value")?.to_owned()), false)),
            },
        }
    }

    fn day(&self) -> Option<(Value, bool)> {
        let Some((find, meant)) = self.slot("value") else {
            return match self.implied("value")? {
                "signing" => Some((Value::DayOf(EventRef::Signing), false)),
                "day_after_signature" => Some((Value::DayOf(EventRef::DayAfterSignature), false)),
                "month_after_signature" => Some((Value::DayOf(EventRef::MonthAfterSignature), false)),
                "last_signature" => Some((Value::DayOf(EventRef::LastSignature), false)),
                "date_first_written" => Some((Value::DayOf(EventRef::DateFirstWritten), false)),
                _ => None,
            };
        };
        let at_midnight =
            self.rule.field == FieldId::EndDate && at_midnight(&self.scene.text.running[find.range.end..]);
        let exclusive = meant == Some("exclusive") || at_midnight;
        let last_in_force = |day: Date| if exclusive { day.yesterday().ok() } else { Some(day) };
        match &find.thing {
            Thing::Entity(Entity::Date(reading)) => match *reading {
                DateReading::Span { last, closes: true, .. } => {
                    (self.rule.field == FieldId::EndDate).then_some((Value::Day(last), false))
                }
                _ if meant == Some("closing") => None,
                DateReading::Day(day) => Some((Value::Day(last_in_force(day)?), false)),
                DateReading::Blank => Some((Value::Blank, false)),
                DateReading::Ambiguous(first, second) => {
                    Some((Value::EitherDay(last_in_force(first)?, last_in_force(second)?), true))
                }
                DateReading::Span { first, last, .. } => self.day_of_span(find, first, last, meant == Some("whole")),
                DateReading::Yearly { .. } | DateReading::Partial | DateReading::Impossible => None,
            },
            Thing::Entity(Entity::Event(event)) => Some((Value::DayOf(*event), false)),
            _ => None,
        }
    }

    /// The day of a month or of years that the words before mean, and whether a person must look at it.
    fn day_of_span(&self, find: &Find, first: Date, last: Date, is_whole: bool) -> Option<(Value, bool)> {
        let before = self.scene.text.running[..find.range.start].trim_end();
        let word = before.rsplit(|c: char| !c.is_alphabetic() && !matches!(c, '-' | '–')).next().map(fold)?;
        let day = |day, doubtful| Some((Value::Day(day), doubtful));
        match (self.rule.field, word.as_str()) {
            (FieldId::EndDate, _) if is_whole => day(last, false),
            (FieldId::EndDate, "met" | "m" | "through" | "thru" | "including" | "-" | "–") => day(last, false),
            (FieldId::EndDate, "tot") => day(first.yesterday().ok()?, false),
            // `to March 2024` is said of its last day too: the earlier one.
            (FieldId::EndDate, "until" | "till" | "to") => day(first.yesterday().ok()?, true),
            (FieldId::EffectiveDate, _) if is_whole => day(first, false),
            // It may start on a later day.
            (FieldId::EffectiveDate, "van" | "vanaf" | "per" | "from" | "of") => day(first, true),
            _ => None,
        }
    }

    /// A period (`None` for a blank) and whether a person must look at it.
    fn period(&self, find: &Find) -> Option<(Option<Term>, bool)> {
        let Thing::Entity(Entity::Period(reading)) = &find.thing else { return None };
        if reading.blank {
            return Some((None, true));
        }
        let term = reading.period.map_or(Term::Indefinite, Term::Period);
        Some((Some(term), reading.figure_says.is_some() || reading.period.is_some_and(|p| !self.plausible(p))))
    }

    fn plausible(&self, period: Period) -> bool {
        let days = period.rough_days();
        self.rule.bounds.min.is_none_or(|min| days >= min.rough_days())
            && self.rule.bounds.max.is_none_or(|max| days <= max.rough_days())
    }

    fn renewal(&self) -> Option<(Value, bool)> {
        let kind: RenewalKind = named(self.implied("kind")?)?;
        let (period, doubtful) = match self.find("value") {
            Some(find) => self.period(find)?,
            None => (self.implied("period").and_then(named), false),
        };
        let times = self.find("times").and_then(|find| match find.thing {
            Thing::Number(number) => Some(number),
            _ => None,
        });
        let max_times = times.or_else(|| self.implied("times").and_then(|times| times.parse().ok()));
        Some((Value::Renewal(Renewal { kind, period, max_times, use_before: None, use_by: None }), doubtful))
    }

    /// `uiterlijk 1 september`, `vóór 1 mei`: the last day of any year.
    fn day_of_year(&self) -> Option<DayOfYear> {
        let (find, meant) = self.slot("value")?;
        let Thing::Entity(Entity::Date(DateReading::Yearly { month, day })) = find.thing else { return None };
        let day = DayOfYear::new(month, day)?;
        if meant == Some("exclusive") { day.yesterday() } else { Some(day) }
    }

    fn notice(&self) -> Option<(Value, bool)> {
        let by_day = self.day_of_year();
        let (period, doubtful) = match self.find("value") {
            None => (Some(named(self.implied("period")?)?), false),
            Some(_) if by_day.is_some() => (None, false),
            Some(find) => match self.period(find)? {
                (Some(Term::Period(period)), doubtful) => (Some(period), doubtful),
                (Some(Term::Indefinite), _) => return None,
                (None, _) => return Some((Value::Blank, false)),
            },
        };
        let by = match (self.find("by"), self.implied("by")) {
            (Some(Find { thing: Thing::Role(role), .. }), _) => role.clone(),
            (_, Some(by)) => by.to_owned(),
            _ => String::new(),
        };
        let against = match self.find("against").map(|find| &find.thing) {
            Some(Thing::Entity(Entity::Event(event))) => against(*event),
            _ => self.implied("against").and_then(named),
        };
        let form = self.implied("form").map(str::to_owned);
        // `by` and `against` that the rule does not give are read from the clause when notices are put together.
        let notice = Notice { period, by, against: against.unwrap_or(Against::Other), form, by_day };
        Some((Value::Notice(notice), doubtful))
    }

    /// Over what an amount is counted, where a word of the sentence says so: `op jaarbasis`, `monthly`.
    fn per_in_words(&self) -> Option<Per> {
        let text = self.scene.text;
        // `een jaarlijkse retributie van …`, `… per jaar`: also a little before and behind what matched.
        let near = self.found.words.start.saturating_sub(4)..(self.found.words.end + 16).min(self.scene.words.len());
        let sentence = self.scene.sentence_at(self.scene.words[self.found.words.start].range.start);
        // What a row of fields says, it says of its own.
        let row_end = (self.rule.place == Place::Label)
            .then(|| self.find("value").map(|find| find.range.end))
            .flatten()
            .and_then(|end| Some(end + text.running[end..].find('\n')?));
        let words = &self.scene.words[near];
        let until = row_end.map_or(words.len(), |end| words.partition_point(|word| word.range.start < end));
        let words = &words[..until];
        // The next paragraph speaks of something else, and a share of a hundred is no price.
        let end = self.found.words.end.checked_sub(1).map_or(0, |last| self.scene.words[last].range.end);
        let next = text.running[end..].match_indices('\n').map(|(at, _)| end + at);
        let paragraph = next
            .filter(|&at| !text.running[at + 1..].starts_with(char::is_lowercase))
            .find(|_| self.rule.place != Place::Label)
            .unwrap_or(text.running.len());
        let is_share = |at: usize| {
            let before = text.running[..at].trim_end();
            ["%", "procent", "percent", "per cent"].iter().any(|share| before.ends_with(share))
        };
        let after_per = words.windows(2).find_map(|pair| {
            let [per, unit] = pair else { return None };
            if per.range.start > paragraph || is_share(per.range.start) {
                return None;
            }
            let (per, unit) = (fold(text.slice(&per.range)), fold(text.slice(&unit.range)));
            (matches!(per.as_str(), "per" | "elk" | "ieder" | "a")).then(|| match unit.as_str() {
                "jaar" | "contractjaar" | "kalenderjaar" | "pachtjaar" | "huurjaar" | "annum" => Some(Per::Year),
                "maand" | "kalendermaand" | "month" => Some(Per::Month),
                "kwartaal" | "kalenderkwartaal" | "quarter" => Some(Per::Quarter),
                _ => None,
            })?
        });
        let inside = words.iter().filter(|word| sentence.contains(&word.range.start));
        let named = inside.clone().find_map(|word| match fold(text.slice(&word.range)).as_str() {
            "jaarbasis" | "jaarlijks" | "jaarlijkse" | "jaarhuur" | "jaarprijs" | "annual" | "annually" | "yearly" => {
                Some(Per::Year)
            }
            "maandelijks" | "maandelijkse" | "maandhuur" | "maandprijs" | "monthly" => Some(Per::Month),
            "kwartaalbedrag" | "quarterly" => Some(Per::Quarter),
            // `'s jaars`, `jaarpremie`, `maandbedrag`
            "jaars" => Some(Per::Year),
            "maands" => Some(Per::Month),
            word => named_for_a_span(word),
        });
        named.or(after_per)
    }

    fn money(&self) -> Option<(Value, bool)> {
        let Thing::Entity(Entity::Amount(reading)) = &self.find("value")?.thing else { return None };
        if reading.cents <= 0 {
            return None;
        }
        let per = reading.per.or_else(|| self.implied("per").and_then(named)).or_else(|| self.per_in_words());
        let per = per.unwrap_or(Per::Total);
        let amount = format!("{}.{:02}", reading.cents / 100, reading.cents % 100);
        let money = Money { amount, currency: reading.currency.clone(), per, vat: reading.vat };
        Some((Value::Money(money), reading.disputed))
    }
}

/// A price named after the span that it is for: `jaarpremie`, `maandbedrag`.
fn named_for_a_span(word: &str) -> Option<Per> {
    const PRICES: [&str; 7] = ["premie", "huur", "prijs", "bedrag", "vergoeding", "salaris", "loon"];
    let spans = [("jaar", Per::Year), ("maand", Per::Month), ("kwartaal", Per::Quarter)];
    spans
        .into_iter()
        .find(|(span, _)| word.strip_prefix(span).is_some_and(|rest| PRICES.contains(&rest)))
        .map(|(_, per)| per)
}

/// The moment of the record format that an event is, where it is one.
pub fn against(event: EventRef) -> Option<Against> {
    match event {
        EventRef::EndOfTerm => Some(Against::EndOfTerm),
        EventRef::EndOfMonth => Some(Against::EndOfMonth),
        EventRef::EndOfQuarter => Some(Against::EndOfQuarter),
        EventRef::EndOfYear => Some(Against::EndOfYear),
        EventRef::AnyTime => Some(Against::AnyTime),
        EventRef::EndOfHalfYear | EventRef::EndOfOwnYear => Some(Against::Other),
        _ => None,
    }
}

fn text_of(find: &Find) -> Option<String> {
    match &find.thing {
        Thing::Entity(
            Entity::Reference(text) | Entity::Court(text) | Entity::Arbiters(text) | Entity::Jurisdiction(text),
        ) => Some(text.clone()),
        Thing::Entity(Entity::Registration(registration)) => Some(registration.number.clone()),
        _ => None,
    }
}

fn day_of(find: &Find) -> Option<Date> {
    match find.thing {
        Thing::Entity(Entity::Date(DateReading::Day(day))) => Some(day),
        _ => None,
    }
}

/// A candidate from a label: the first fitting value beside it, or the place left open.
pub fn beside_label<'r>(
    rule: &'r Rule,
    scene: &Scene<'_>,
    label: &Range<usize>,
    beside: &Range<usize>,
) -> Option<Candidate<'r>> {
    debug_assert_eq!(rule.place, Place::Label);
    let zone = scene.zone_at(label.start);
    if !rule.zones.is_empty() && !rule.zones.contains(&zone) && !scene.text.zones.is_empty() {
        return None;
    }
    let (say, found) = [label.clone(), core(scene.text.slice(label), label.start)].iter().find_map(|said| {
        let words = scene.words_in(said);
        rule.says.iter().find_map(|say| {
            let (matches, _) = matcher::run(say, scene, words.clone());
            matches.into_iter().find(|found| found.words == words).map(|found| (say, found))
        })
    })?;
    if rule.guards.iter().any(|guard| {
        let value = scene.words_in(&(label.start..beside.end));
        value.clone().any(|at| row_at(guard, scene, at, value.end))
    }) {
        return None;
    }
    let kind = rule.take.get("value").and_then(|name| Kind::named(name));
    let features = |range: &Range<usize>, find: Option<&Find>, doubtful| Features {
        zone: Some(zone),
        repairs: found.repairs.len() + find.map_or(0, |find| find.repairs.len()),
        ocr: scene.text.confidence(range),
        doubtful: doubtful || find.is_some_and(|find| find.repairs.iter().any(Repair::of_raised)),
        ..Features::default()
    };
    let candidate = |value, range: Range<usize>, features| Candidate {
        rule,
        value,
        matched: label.start..range.end.max(label.end),
        ranges: vec![range],
        takes: true,
        features,
        evidence: None,
    };
    let Some(kind) = kind else {
        let slots = Slots { rule, say, scene, found: &found };
        let (value, doubtful) = slots.value()?;
        return Some(candidate(value, label.clone(), features(label, None, doubtful)));
    };
    if beside.is_empty() {
        return Some(candidate(Value::Blank, label.clone(), features(label, None, false)));
    }
    let find = scene.finds_in(beside).find(|find| find.kind() == kind)?;
    // A row with several amounts is a table of its own: which of them is meant, its heads say.
    let row_end =
        scene.text.running[find.range.end..].find('\n').map_or(scene.text.running.len(), |n| find.range.end + n);
    let heads = find.range.start == beside.start;
    let in_row = |other: &Find| !heads || scene.text.slice(&(find.range.end..other.range.start)).contains('\t');
    let behind = find.range.end..row_end;
    if kind == Kind::Amount && scene.finds_in(&behind).any(|other| other.kind() == kind && in_row(other)) {
        return None;
    }
    let find =
        scene.finds_in(&(find.range.end..beside.end)).find(|other| sums_up(scene.text, find, other)).unwrap_or(find);
    let index = scene.finds.iter().position(|other| std::ptr::eq(other, find))?;
    let labelled = labelled_pattern(say, kind);
    let filled = Match { words: found.words.clone(), filled: vec![(0, index)], repairs: found.repairs.clone() };
    let slots = Slots { rule, say: &labelled, scene, found: &filled };
    let (value, doubtful) = slots.value()?;
    Some(candidate(value, find.read_at(), features(&find.range, Some(find), doubtful)))
}

/// What ends on a day at 00.00 hours is over before that day begins.
fn at_midnight(behind: &str) -> bool {
    let behind = behind.trim_start_matches([',', ' ']);
    let behind = ["om ", "te ", "at "].iter().find_map(|at| behind.strip_prefix(at)).unwrap_or(behind);
    ["00.00", "00:00", "0.00 u", "0:00 u"].iter().any(|hour| behind.starts_with(hour))
}

/// `€ 210 per hectare per jaar, dus € 1.985,13 per jaar`: the second is what the first comes to.
fn sums_up(text: &crate::text::Text, first: &Find, second: &Find) -> bool {
    const SO: [&str; 14] = [
        "dus",
        "derhalve",
        "totaal",
        "in totaal",
        "ofwel",
        "oftewel",
        "zijnde",
        "dat is",
        "is",
        "being",
        "in total",
        "total",
        "that is",
        "i.e",
    ];
    let (Thing::Entity(Entity::Amount(unit)), Thing::Entity(Entity::Amount(_))) = (&first.thing, &second.thing) else {
        return false;
    };
    let between = fold(text.slice(&(first.range.end..second.range.start)));
    let between = between.trim_end_matches([':', ' ', '(']);
    matches!(unit.per, Some(Per::Unit | Per::Hour)) && SO.iter().any(|so| between.ends_with(&format!(" {so}")))
}

/// What a label asks for, without its number and what only explains it: `16. OPTIONS TO EXTEND (SEE SECTION 3.03)`,
/// `A6 Management fee`, `Minimum rent - Years 1 thru 3`.
fn core(label: &str, at: usize) -> Range<usize> {
    let numbered = label.split_once(' ').filter(|(number, _)| {
        number.len() <= 4 && number.starts_with(|c: char| c.is_ascii_uppercase()) && number.contains(char::is_numeric)
    });
    let rest = numbered.map_or(label, |(_, rest)| rest);
    let number = label.len() - rest.trim_start_matches(|c: char| !c.is_alphabetic()).len();
    let mut asks = &label[number..];
    for tail in [" (", " - ", ", "] {
        asks = asks.split(tail).next().unwrap_or_default();
    }
    at + number..at + number + asks.trim_end().len()
}

/// A label's pattern has no blank; the value beside it fills one of the wanted kind.
fn labelled_pattern(say: &Pattern, kind: Kind) -> Pattern {
    let blanks = vec![super::pattern::Blank { kinds: vec![kind], name: None }];
    Pattern { blanks, ..say.clone() }
}

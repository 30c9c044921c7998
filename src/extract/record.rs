//! Puts the record together: candidates become decisions, decisions become fields with evidence and an explanation,
//! and what can be computed is computed.

mod days;
mod price;
mod running;

use std::{cell::RefCell, collections::BTreeSet, ops::Range};

use jiff::civil::Date;

use super::{
    RuleSet, adds_up,
    calibration::AUTO_FROM,
    candidate::{Candidate, Value},
    decide::{Decision, decide},
    derive,
    entity::Entity,
    labelled::Trace,
    lexicon::fold,
    notice,
    parties::{self, Found, Later, bare},
    remark::Remark,
    rule::{FieldId, Place, Strength},
    scene::{Scene, Thing},
    title,
    unread::Unread,
};
use crate::{
    model::{
        Evidence, Field, Fields, Language, Status,
        record::{Alternative, ContractType, Notice, Party, RelatesTo, Term},
    },
    text::{Text, Zone},
};

/// Reads a whole record.
pub fn assemble(rules: &RuleSet, scene: &Scene<'_>, language: Language) -> (Fields, Vec<Trace>) {
    let mut desk = Desk {
        rules,
        scene,
        language,
        candidates: rules.candidates(scene),
        title: title::find(rules, scene),
        dated: None,
        ends_on: Vec::new(),
        traces: RefCell::default(),
    };
    let unread = Unread::of(scene, &desk.candidates);
    let mut fields = Fields::absent();
    if let Some(range) = desk.title.clone() {
        fields.title = desk.title_field(&range);
        desk.candidates.extend(rules.in_title(scene, &range));
    }
    fields.contract_type = desk.field(FieldId::ContractType, |value| match value {
        Value::Type(kind) => Some(*kind),
        _ => None,
    });
    desk.drop_numbers_of_other_contracts();
    fields.reference = desk.field(FieldId::Reference, text_of);
    let found = parties::find(rules, scene);
    let company = company(&found);
    let later = Later::of(scene.text, &found);
    let kind = fields.contract_type.value;
    fields.parties = found.into_iter().map(|found| desk.party(found, company, &later, kind)).collect();
    fields.signing_date = desk.signing_date();
    adds_up::mark(&mut desk.candidates);
    let starts_later = desk.starts_with_an_event();
    if starts_later {
        let weak = |c: &Candidate<'_>| c.rule.field == FieldId::EffectiveDate && c.rule.strength == Strength::Weak;
        desk.candidates.retain(|candidate| !weak(candidate));
    }
    fields.effective_date = desk.day_field(FieldId::EffectiveDate, &fields.signing_date);
    let start_is_open = starts_later || desk.speaks_of_start();
    fields.effective_date = derive::start(fields.effective_date, &fields.signing_date, start_is_open, language);
    desk.drop_ends_before(fields.effective_date.value);
    desk.drop_ends_of_annexes();
    desk.drop_latest_ends();
    fields.end_date = desk.day_field(FieldId::EndDate, &fields.signing_date);
    fields.term = desk.term();
    fields.renewal = desk.renewal(&fields);
    fields.notice = desk.notices(&fields);
    notice::name_the_givers(&mut fields.notice, &fields.parties);
    notice::join_the_givers(&mut fields.notice, &fields.parties);
    fields.value = desk.value();
    desk.keep_laws_of_states();
    fields.governing_law = desk.field(FieldId::GoverningLaw, text_of);
    fields.court = desk.field(FieldId::Court, text_of);
    fields.relates_to = desk.relates_to();
    if fields.term.value == Some(Term::Indefinite) && fields.end_date.value.is_some() {
        // Both an end and no end: a person must look.
        fields.term.status = Status::Conflict;
        fields.end_date.status = Status::Conflict;
    }
    fields.end_date = derive::end_date(fields.end_date, &fields.effective_date, &fields.term, language);
    let ours: Vec<String> = rules.words("customer_role").map(str::to_owned).collect();
    let renewal_is_open = fields.renewal.value.is_none() && desk.speaks_of_renewal();
    fields.notice_deadline =
        derive::notice_deadline(&fields.end_date, &fields.notice, &fields.renewal, renewal_is_open, &ours, language);
    fields.notice_deadline = derive::before_named_days(fields.notice_deadline, &desk.ends_on, language);
    unread.settle(scene.text, &mut fields, language);
    (fields, desk.traces.into_inner())
}

/// What the list of parties looks like: two that are called differently are a contract's usual pair.
fn company(parties: &[Found]) -> &'static str {
    let mut roles: Vec<String> = parties.iter().filter_map(|found| found.party.role.as_deref().map(bare)).collect();
    let all_called = roles.len() == parties.len();
    roles.sort();
    roles.dedup();
    match parties.len() {
        1 => "the only one",
        2 if roles.len() == 2 => "a pair",
        _ if all_called => "all called",
        _ => "some uncalled",
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) | Value::Law(text) => Some(text.clone()),
        _ => None,
    }
}

/// A name with its apostrophes as they were printed: matching makes them all plain.
fn with_printed_apostrophes(name: &str, quote: &str) -> String {
    let is_apostrophe = |c: &char| matches!(c, '\'' | '’' | '‘' | 'ʼ');
    let mut printed = quote.chars().filter(is_apostrophe);
    if name.chars().filter(is_apostrophe).count() != printed.clone().count() {
        return name.to_owned();
    }
    name.chars().map(|c| if is_apostrophe(&c) { printed.next().unwrap_or(c) } else { c }).collect()
}

fn evidence_of(text: &Text, ranges: &[Range<usize>]) -> Vec<Evidence> {
    ranges.iter().flat_map(|range| text.evidence(range)).collect()
}

struct Desk<'r, 's, 't> {
    rules: &'r RuleSet,
    scene: &'s Scene<'t>,
    language: Language,
    candidates: Vec<Candidate<'r>>,
    title: Option<Range<usize>>,
    /// The date that the contract bears at its head.
    dated: Option<Date>,
    /// Days by which notices can end the contract, where their sentences name them.
    ends_on: Vec<(Date, Notice)>,
    /// What gave each value, for calibration.
    traces: RefCell<Vec<Trace>>,
}

impl<'r> Desk<'r, '_, '_> {
    /// Takes the candidates of a field.
    fn take(&mut self, field: FieldId) -> Vec<Candidate<'r>> {
        let (taken, kept) = std::mem::take(&mut self.candidates).into_iter().partition(|c| c.rule.field == field);
        self.candidates = kept;
        taken
    }

    fn field<T: Clone>(&mut self, id: FieldId, typed: impl Fn(&Value) -> Option<T>) -> Field<T> {
        let candidates = self.take(id);
        self.decided(candidates, typed)
    }

    fn decided<T: Clone>(&self, candidates: Vec<Candidate<'r>>, typed: impl Fn(&Value) -> Option<T>) -> Field<T> {
        match decide(candidates, &self.rules.calibration) {
            Some(decision) => self.of_decision(&decision, typed),
            None => Field::absent(),
        }
    }

    /// What a value is worth that no rule file gave; also notes that it was given.
    fn worth(&self, field: &'static str, rule: &str, pattern: String, prior: f64) -> (Status, f64) {
        let lang = self.scene.text.language.unwrap_or(Language::Dutch);
        let worth = self.rules.calibration.worth(field, lang, rule, &pattern);
        self.traces.borrow_mut().push(Trace { field, lang, rule: rule.to_owned(), pattern });
        match worth {
            Some(worth) if worth.at_least >= AUTO_FROM => (Status::Auto, worth.expected),
            Some(worth) => (Status::Proposed, worth.expected),
            None => (Status::Proposed, prior),
        }
    }

    fn of_decision<T>(&self, decision: &Decision<'r>, typed: impl Fn(&Value) -> Option<T>) -> Field<T> {
        let text = self.scene.text;
        let best = &decision.best;
        self.traces.borrow_mut().push(Trace {
            field: best.rule.field.name(),
            lang: best.rule.lang,
            rule: best.rule.id.clone(),
            pattern: decision.pattern.clone(),
        });
        // What the same words say as well.
        let also = |value: Option<Value>, nl: &'static str, en: &'static str| {
            Some(Alternative {
                value: typed(&value?)?,
                rule: Some(best.rule.id.clone()),
                confidence: decision.confidence,
                explanation: Some(self.language.say(nl, en).into()),
                evidence: evidence_of(text, &best.ranges),
            })
        };
        let figure = also(
            self.figure_beside(best),
            "het cijfer zegt iets anders dan het woord",
            "the figure differs from the word",
        );
        let other = figure.or_else(|| {
            also(
                self.in_ordinary_days(best),
                "zo veel gewone dagen duren de werkdagen ten hoogste, met weekeinden en feestdagen",
                "the working days take so many days at most, with weekends and holidays",
            )
        });
        let status = if other.is_some() { decision.status.min(Status::Conflict) } else { decision.status };
        let alternatives = other
            .into_iter()
            .chain(decision.lost.iter().filter_map(|lost| {
                Some(Alternative {
                    value: typed(&lost.value)?,
                    rule: Some(lost.rule.clone()),
                    confidence: lost.confidence,
                    explanation: Some(lost.why.say(self.language).into()),
                    evidence: evidence_of(text, &lost.ranges),
                })
            }))
            .collect();
        let evidence = match &best.evidence {
            Some(evidence) => vec![evidence.clone()],
            None => evidence_of(text, &best.ranges),
        };
        Field {
            value: typed(&best.value),
            status,
            confidence: decision.confidence,
            rule: Some(best.rule.id.clone()),
            derived_from: Vec::new(),
            explanation: Some(self.explain(best, decision.agreeing)),
            alternatives,
            evidence,
        }
    }

    /// `drie (6) maanden`: the value as its figure says it.
    fn figure_beside(&self, candidate: &Candidate<'_>) -> Option<Value> {
        let range = candidate.ranges.first()?;
        let figure = self.scene.finds_in(range).find_map(|find| match &find.thing {
            Thing::Entity(Entity::Period(reading)) => reading.figure_says,
            _ => None,
        })?;
        match &candidate.value {
            Value::Term(Term::Period(_)) => Some(Value::Term(Term::Period(figure))),
            Value::Notice(notice) => Some(Value::Notice(Notice { period: Some(figure), ..notice.clone() })),
            _ => None,
        }
    }

    /// `10 werkdagen`: as days, never fewer than they can take.
    fn in_ordinary_days(&self, candidate: &Candidate<'_>) -> Option<Value> {
        let Value::Notice(notice) = &candidate.value else { return None };
        let working = candidate.features.remarks.iter().find_map(|remark| match remark {
            Remark::WorkingDays(period) => Some(*period),
            _ => None,
        })?;
        Some(Value::Notice(Notice { period: Some(notice::in_days(working)), ..notice.clone() }))
    }

    fn explain(&self, candidate: &Candidate<'_>, agreeing: usize) -> String {
        let title = self.language.say(&candidate.rule.title.nl, &candidate.rule.title.en);
        let clause = self.scene.text.clause_at(candidate.matched.start).filter(|_| candidate.evidence.is_none());
        let mut said = title.clone();
        if let Some(clause) = clause {
            said.push_str(&format!(" ({})", self.scene.text.clause_name(clause)));
        }
        if agreeing > 1 {
            let others = agreeing - 1;
            said.push_str(
                &self
                    .language
                    .say(format!("; {others} andere regel(s) stemmen in"), format!("; {others} other rule(s) agree")),
            );
        }
        if candidate.features.repairs > 0 {
            said.push_str(self.language.say("; een leesfout is hersteld", "; a reading error was mended"));
        }
        if candidate.features.doubtful {
            said.push_str(self.language.say("; de waarde is twijfelachtig", "; the value is doubtful"));
        }
        for remark in &candidate.features.remarks {
            said.push_str(&format!("; {}", remark.say(self.language)));
        }
        said
    }

    fn title_field(&self, range: &Range<usize>) -> Field<String> {
        let title = self.scene.text.slice(range).split_whitespace().collect::<Vec<_>>().join(" ");
        let rule = "title.names_kind";
        let length = if title.split_whitespace().count() > 12 { "long" } else { "short" };
        let start = if title.starts_with(char::is_lowercase) { "small" } else { "capital" };
        let lines = if self.scene.text.slice(range).contains('\n') { "several lines" } else { "one line" };
        let evidence = self.title_evidence(range);
        let (status, confidence) = self.worth("title", rule, format!("{length}/{start}/{lines}/{evidence}"), 0.85);
        Field {
            value: Some(title),
            status,
            confidence,
            rule: Some(rule.into()),
            explanation: Some(
                self.language
                    .say(
                        "eerste korte regel die een soort contract noemt",
                        "first short line that names a kind of contract",
                    )
                    .into(),
            ),
            evidence: self.scene.text.evidence(range),
            ..Field::absent()
        }
    }

    /// What can be seen of a title: set apart or not, how it says of what the contract is, and what follows it.
    fn title_evidence(&self, range: &Range<usize>) -> String {
        let text = self.scene.text;
        let apart = if text.is_displayed(range.start) { "set apart" } else { "not set apart" };
        let says = title::says(text.slice(range));
        let follows = title::follows(self.scene, range.end);
        format!("{apart}/{says}/{follows}")
    }

    fn party(
        &self,
        mut found: Found,
        company: &'static str,
        later: &Later,
        kind: Option<ContractType>,
    ) -> Field<Party> {
        let printed = found.ranges.first().map(|range| self.scene.text.evidence(range)).unwrap_or_default();
        let quotes: String = printed.iter().map(|evidence| evidence.quote.as_str()).collect();
        found.party.name = with_printed_apostrophes(&found.party.name, &quotes);
        let usual = |role: &str| self.rules.words("role").any(|word| fold(word) == bare(role));
        let role = match found.party.role.as_deref() {
            Some(role) if !later.calls(role) => "unused role",
            Some(role) if usual(role) => "usual role",
            Some(_) => "own role",
            None => "no role",
        };
        let again = if later.names(&found.party) { "named again" } else { "named once" };
        let numbered = found.party.registration_number.is_some() || found.party.other_registration.is_some();
        let number = if numbered { "numbered" } else { "unnumbered" };
        let form = if found.party.legal_form.is_some() { "form" } else { "no form" };
        // Each kind of contract has its own way of opening.
        let kind = kind.map_or("of no kind".to_owned(), |kind| format!("{kind:?}"));
        let end = found.ranges.first().map_or(0, |range| range.end);
        let whole = if parties::ends_name(&self.scene.text.running[end..]) { "name ends" } else { "name may go on" };
        let place = self.place_of_party(&found);
        let pattern = format!("{role}/{company}/{number}/{form}/{again}/{kind}/{whole}/{place}");
        let (status, confidence) = self.worth("parties", found.how.rule(), pattern, found.how.prior());
        Field {
            value: Some(found.party),
            status,
            confidence,
            rule: Some(found.how.rule().into()),
            explanation: Some(
                self.language.say("genoemd als partij in de aanhef", "named as a party in the opening").into(),
            ),
            evidence: evidence_of(self.scene.text, &found.ranges).into_iter().chain(found.heads).collect(),
            ..Field::absent()
        }
    }

    /// What can be seen of where a party is named: a public body or not, in the title as well, at the start of its line.
    fn place_of_party(&self, found: &Found) -> String {
        let text = self.scene.text;
        // Kinds of public body are written small, legal forms of firms are not.
        let body = found.party.legal_form.as_deref().is_some_and(|form| form.starts_with(char::is_lowercase));
        let body = if body { "a public body" } else { "no public body" };
        let name = fold(&found.party.name);
        let in_title = self.title.as_ref().is_some_and(|title| fold(text.slice(title)).contains(&name));
        let titled = if in_title { "in the title" } else { "not in the title" };
        let start = found.ranges.first().map_or(0, |range| range.start);
        let line = if parties::opens_paragraph(text, start) { "opens a line" } else { "inside a line" };
        format!("{body}/{titled}/{line}")
    }

    /// `the laws of the United States and of the Commonwealth of Kentucky`: contracts live by the law of the state.
    fn keep_laws_of_states(&mut self) {
        let law = |candidate: &Candidate<'_>| match &candidate.value {
            Value::Law(code) if candidate.rule.field == FieldId::GoverningLaw => Some(code.clone()),
            _ => None,
        };
        let states: Vec<String> = self.candidates.iter().filter_map(law).filter(|code| code.contains('-')).collect();
        let of_state = |union: &str| states.iter().any(|state| state.split('-').next() == Some(union));
        self.candidates.retain(|candidate| law(candidate).is_none_or(|code| !of_state(&code)));
    }

    /// The contract itself has words of a start, whether a rule read them or not.
    fn speaks_of_start(&self) -> bool {
        const STEMS: [&str; 29] = [
            "ingangsdatum",
            "gerekend",
            "te rekenen",
            "met ingang",
            "ingaande",
            "ingaat",
            "gaat in",
            "gaan in",
            "in werking",
            "ingegaan",
            "in dienst",
            "ter beschikking te stellen",
            "afleverdatum",
            "leveringsperiode",
            "inwerking",
            "aanvang",
            "vangt",
            "van kracht",
            "begint",
            "startdatum",
            "terugwerkende",
            "effective date",
            "effective as of",
            "effective on",
            "become effective",
            "becomes effective",
            "commence",
            "into force",
            "take effect",
        ];
        self.own_sentences().map(fold).any(|said| STEMS.iter().any(|stem| said.contains(stem)))
    }

    /// `48 months from the date of delivery`: the term runs from a day that the contract does not know.
    fn starts_with_an_event(&self) -> bool {
        const EVENTS: [&str; 16] = [
            "delivery",
            "activation",
            "commissioning",
            "installation",
            "go-live",
            "handover",
            "aflevering",
            "levering",
            "plaatsing",
            "oplevering",
            "ingebruikname",
            "ingebruikneming",
            "activering",
            "activatie",
            "installatie",
            "inschrijving",
        ];
        const RUNS: [&str; 10] = [
            "term",
            "period of hire",
            "hire period",
            "looptijd",
            "duur",
            "duurt",
            "huur",
            "contractduur",
            "lease",
            "let",
        ];
        let word = |said: &str, words: &[&str]| {
            said.split(|c: char| !c.is_alphanumeric() && c != '-').any(|word| words.contains(&word))
        };
        self.own_sentences().map(fold).any(|said| {
            let from_event = ["months ", "years ", "year ", "maanden ", "jaar ", "jaren "].iter().any(|unit| {
                said.match_indices(unit).any(|(at, _)| {
                    let behind = &said[at + unit.len()..];
                    let mut words = behind.split_whitespace();
                    let since = words.next().is_some_and(|word| matches!(word, "from" | "after" | "na" | "vanaf"));
                    let shortly: Vec<&str> = words.take(4).collect();
                    since && word(&shortly.join(" "), &EVENTS)
                })
            });
            from_event
                && RUNS.iter().any(|runs| said.contains(runs))
                && !said.contains("warrant")
                && !said.contains("garantie")
        })
    }

    /// The contract itself has words of renewal, whether a rule read them or not.
    fn speaks_of_renewal(&self) -> bool {
        const STEMS: [&str; 17] = [
            "stilzwijgend",
            "verlengd",
            "verlengt",
            "voortgezet",
            "automatisch",
            "van jaar tot jaar",
            "nadien jaarlijks",
            "daarna jaarlijks",
            "termijn verstrijkt",
            "renew",
            "extended",
            "self-extend",
            "roll over",
            "rolls over",
            "year to year",
            "carries on",
            "each following",
        ];
        self.own_sentences().map(fold).any(|said| STEMS.iter().any(|stem| said.contains(stem)))
    }

    /// The contract itself lets somebody renew it, whether a rule read that or not.
    fn speaks_of_option(&self) -> bool {
        const MAY: [&str; 9] =
            ["kan ", "kunnen ", "mag ", "mogen ", "recht ", "optie", "mogelijkheid", "may ", "option"];
        self.own_sentences().map(fold).any(|said| {
            let word = |words: &[&str]| said.split(|c: char| !c.is_alphanumeric()).any(|word| words.contains(&word));
            ["verleng", "renew", "extend"].iter().any(|stem| said.contains(stem))
                && MAY.iter().any(|may| said.contains(may))
                && !word(&["niet", "geen", "not", "no", "neither"])
        })
    }

    /// What the contract itself says, sentence by sentence.
    fn own_sentences(&self) -> impl Iterator<Item = &str> {
        let scene = self.scene;
        let own = |start| !matches!(scene.zone_at(start), Zone::Annex | Zone::GeneralTerms | Zone::Recitals);
        scene
            .text
            .sentences
            .iter()
            .filter(move |sentence| own(sentence.start))
            .map(|sentence| scene.text.slice(sentence))
    }

    /// The number by which a contract names another one is not its own, unless a label says so.
    fn drop_numbers_of_other_contracts(&mut self) {
        let others: Vec<Range<usize>> = self
            .candidates
            .iter()
            .filter(|candidate| candidate.rule.field == FieldId::RelatesTo)
            .flat_map(|candidate| candidate.ranges.iter().cloned())
            .collect();
        let is_others = |candidate: &Candidate<'_>| {
            candidate.rule.field == FieldId::Reference
                && candidate.rule.place == Place::Sentence
                && candidate.ranges.iter().any(|range| others.contains(range))
        };
        self.candidates.retain(|candidate| !is_others(candidate));
    }

    fn relates_to(&mut self) -> Field<RelatesTo> {
        let mut candidates = self.take(FieldId::RelatesTo);
        let known: Vec<_> = candidates
            .iter()
            .filter_map(|candidate| match &candidate.value {
                Value::RelatesTo(part) => Some((candidate.matched.start, part.clone(), candidate.ranges.clone())),
                _ => None,
            })
            .collect();
        // The cover names it by its number, the recitals by its date: one contract, where only one is spoken of.
        let references: BTreeSet<_> = known.iter().filter_map(|(_, part, _)| part.reference.as_ref()).collect();
        let dates: BTreeSet<_> = known.iter().filter_map(|(_, part, _)| part.date).collect();
        let alone = references.len() == 1 && dates.len() == 1;
        // Else what one rule read of a mention completes what another read of the same one, never of another contract.
        for candidate in &mut candidates {
            let Value::RelatesTo(whole) = &mut candidate.value else { continue };
            let sentence = self.scene.sentence_at(candidate.matched.start);
            let (here, elsewhere): (Vec<_>, Vec<_>) = known.iter().partition(|(start, ..)| sentence.contains(start));
            for (_, part, ranges) in here.into_iter().chain(elsewhere.into_iter().filter(|_| alone)) {
                if whole.date.is_none() && part.date.is_some() || whole.reference.is_none() && part.reference.is_some()
                {
                    whole.date = whole.date.or(part.date);
                    whole.reference = whole.reference.take().or_else(|| part.reference.clone());
                    candidate.ranges.extend(ranges.iter().cloned());
                }
            }
        }
        // A mention with number and date says more than one with either.
        let whole =
            |c: &Candidate<'_>| matches!(&c.value, Value::RelatesTo(r) if r.reference.is_some() && r.date.is_some());
        if candidates.iter().any(whole) {
            candidates.retain(whole);
        }
        self.decided(candidates, |value| match value {
            Value::RelatesTo(other) => Some(other.clone()),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_the_apostrophes_that_were_printed() {
        let check = |name: &str, quote: &str, want: &str| assert_eq!(with_printed_apostrophes(name, quote), want);
        check("Landry's, Inc.", "Landry’s, Inc.", "Landry’s, Inc.");
        check("Bakkerij 't Stoepje", "Bakkerij ’t Stoepje", "Bakkerij ’t Stoepje");
        check("O'Brien's Ltd.", "O’Brien", "O'Brien's Ltd.");
    }

    fn read(text: &str) -> Fields {
        let rules = RuleSet::embedded().unwrap();
        let text = Text::of_sentence(text, Some(Language::Dutch));
        assemble(&rules, &rules.scene(&text), Language::Dutch).0
    }

    #[test]
    fn the_announcement_of_an_option_is_no_notice_though_it_is_the_only_period() {
        let notices = |text: &str| read(text).notice.len();
        let told = "De keuze wordt ten minste drie maanden vóór de einddatum gemeld.";
        let option = "Afnemer is bevoegd de overeenkomst tweemaal te continueren voor twaalf maanden.";
        assert_eq!(notices(&format!("{option} {told}")), 0);
        assert_eq!(notices(told), 1);
    }

    #[test]
    fn a_term_that_runs_from_a_delivery_has_no_start_to_assume() {
        let term = |from: &str| {
            read(&format!("Getekend te Assen op 2 juni 2021.\nLooptijd: 48 maanden {from}")).effective_date.value
        };
        assert_eq!(term("na aflevering"), None);
        assert!(term("").is_some());
    }

    #[test]
    fn of_those_who_signed_the_last_counts_wherever_they_stand() {
        let fields =
            read("Signed for the Funder: J. Tolley, 26 May 2021\nSigned for the Recipient: P. Amos, 24 May 2021\n");
        assert_eq!(fields.signing_date.value, Some(jiff::civil::date(2021, 5, 26)));
    }

    #[test]
    fn of_rules_that_find_the_same_value_the_measured_one_speaks_for_it() {
        let fields = read("Aldus opgemaakt en getekend te Leek op 12 maart 2021.");
        assert_eq!(fields.signing_date.value, Some(jiff::civil::date(2021, 3, 12)));
        assert_eq!(fields.signing_date.rule.as_deref(), Some("nl.signing.done_at"));
    }

    #[test]
    fn a_notice_of_a_rule_that_was_never_measured_displaces_none() {
        let fields = read(
            "The plan shall renew for successive terms of one year unless either party gives notice at least 90 days prior to the \
             end of the then current term.\nThe Customer may withdraw at any time by providing 30 days' notice.",
        );
        let notices: Vec<_> =
            fields.notice.iter().filter_map(|f| Some(f.value.as_ref()?.period?.to_string())).collect();
        assert!(notices.contains(&"P90D".to_owned()), "{notices:?}");
    }

    #[test]
    fn what_one_piece_costs_is_no_price_of_the_whole() {
        let fields = read("De prijs bedraagt € 6,85 per toestel per maand, ofwel € 2.438,60 per maand in totaal.");
        assert_eq!(fields.value.value.unwrap().amount, "2438.60");
        let fields = read("De prijs bedraagt € 6,85 per toestel per maand.");
        assert_eq!(fields.value.status, Status::Proposed);
    }
}

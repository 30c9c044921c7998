//! How long a contract runs: its term, what follows it, and the notices that end it.

use std::ops::Range;

use jiff::civil::Date;

use super::Desk;
use crate::{
    extract::{
        candidate::{Candidate, Value},
        lexicon::fold,
        misread,
        notice::{self, Around},
        parties::bare,
        remark::Remark,
        renewal,
        rule::{FieldId, Place},
    },
    model::{
        Field, Fields, Period, Status, reckon,
        record::{Against, Notice, Renewal, RenewalKind, Term},
    },
    text::Zone,
};

/// The end of the first term: as stated, or as start and term have it.
fn first_end(fields: &Fields) -> Option<Date> {
    let counted = || match (fields.effective_date.value, fields.term.value) {
        (Some(start), Some(Term::Period(period))) => reckon::end_of_term(start, period),
        _ => None,
    };
    fields.end_date.value.or_else(counted)
}

/// `van 1 april 2023 tot en met 31 maart 2024`: how long that is, where it is a whole number of years or months.
fn whole_years_or_months(start: Date, end: Date) -> Option<Period> {
    let months = (1..=1200_u16).map(Period::of_months);
    let lasts = |period: &Period| reckon::end_of_term(start, *period).is_some_and(|last| end == last);
    let months = months.take_while(|period| reckon::end_of_term(start, *period).is_some_and(|last| last <= end));
    let found = months.last().filter(lasts)?;
    Some(if found.months % 12 == 0 { Period::of_years(found.months / 12) } else { found })
}

/// Notices that are so much less likely than the best one are dropped.
const WEAKER_NOTICE: f64 = 0.12;
/// One that ends the term sets the deadline: it is dropped only where it is very unlikely.
const MUCH_WEAKER_NOTICE: f64 = 0.30;

impl<'r> Desk<'r, '_, '_> {
    /// The term; where figures in a scan may have been misread, with the shorter reading beside it.
    pub(super) fn term(&mut self) -> Field<Term> {
        let mut candidates = self.take(FieldId::Term);
        let text = self.scene.text;
        let shorter = |candidate: &Candidate<'r>| {
            let (Value::Term(Term::Period(period)), [range, ..]) = (&candidate.value, &candidate.ranges[..]) else {
                return None;
            };
            let read_by_ocr = candidate.features.ocr < 1.0;
            let other = read_by_ocr.then(|| misread::shorter_term(text.slice(range), *period))??;
            Some(Candidate { value: Value::Term(Term::Period(other)), ..candidate.clone() })
        };
        let misread: Vec<_> = candidates.iter().filter_map(shorter).collect();
        candidates.extend(misread);
        self.decided(candidates, |value| match value {
            Value::Term(term) => Some(*term),
            _ => None,
        })
    }

    pub(super) fn renewal(&mut self, fields: &Fields) -> Field<Renewal> {
        let term = fields.term.value;
        let mut candidates = self.take(FieldId::Renewal);
        for candidate in &mut candidates {
            let renews = matches!(&candidate.value, Value::Renewal(found) if found.kind != RenewalKind::None);
            if renews && renewal::needs_agreement(candidate, self.scene) {
                let none =
                    Renewal { kind: RenewalKind::None, period: None, max_times: None, use_before: None, use_by: None };
                candidate.value = Value::Renewal(none);
                candidate.features.remarks.push(Remark::ByAgreement);
            }
        }
        // What has no end from the start is not renewed: `na de proef loopt zij voor onbepaalde tijd`.
        let endless = |value: &Value| matches!(value, Value::Renewal(r) if r.period == Some(Term::Indefinite));
        candidates.retain(|candidate| term != Some(Term::Indefinite) || !endless(&candidate.value));
        // A period or a maximum that one rule read completes what another read without it.
        let best_of = |kind: RenewalKind, candidates: &[Candidate<'r>]| {
            let of_kind = |c: &&Candidate<'r>| matches!(&c.value, Value::Renewal(r) if r.kind == kind);
            let period = candidates.iter().filter(of_kind).find_map(|c| match &c.value {
                Value::Renewal(renewal) => renewal.period,
                _ => None,
            });
            let times = candidates.iter().filter(of_kind).find_map(|c| match &c.value {
                Value::Renewal(renewal) => renewal.max_times,
                _ => None,
            });
            (period, times)
        };
        // `voor een gelijk tijdvak verlengd`: as long as the term.
        let dated = || whole_years_or_months(fields.effective_date.value?, fields.end_date.value?);
        let first = term.or_else(|| dated().map(Term::Period));
        for candidate in &mut candidates {
            if !renewal::as_long_again(candidate, self.scene) {
                continue;
            }
            if let Value::Renewal(renewal) = &mut candidate.value
                && renewal.period.is_none()
            {
                renewal.period = first;
                if first.is_none() {
                    candidate.features.remarks.push(Remark::AsLongAgain);
                }
            }
        }
        let known = candidates.clone();
        for candidate in &mut candidates {
            if let Value::Renewal(renewal) = &mut candidate.value {
                let (period, times) = best_of(renewal.kind, &known);
                renewal.period = renewal.period.or(period);
                renewal.max_times = renewal.max_times.or(times);
            }
        }
        let (start, end) = (fields.effective_date.value, first_end(fields));
        for candidate in &mut candidates {
            let Value::Renewal(found) = &candidate.value else { continue };
            let mut found = found.clone();
            if found.kind == RenewalKind::None {
                continue;
            }
            if found.max_times.is_none()
                && let Some(times) = renewal::most_times(candidate, self.scene)
            {
                found.max_times = Some(times);
                candidate.features.remarks.push(Remark::Times(times));
            }
            if found.kind == RenewalKind::Tacit
                && let Some(limit) = renewal::limit(candidate, self.scene)
            {
                let times = renewal::times_until(limit, start, end, found.period);
                found.max_times = found.max_times.min(times).or(found.max_times).or(times);
                candidate.features.remarks.push(Remark::LastEnd);
            }
            candidate.value = Value::Renewal(found);
        }
        let mut field = self.decided(candidates, |value| match value {
            Value::Renewal(renewal) => Some(renewal.clone()),
            _ => None,
        });
        let uses = self.take(FieldId::OptionUse);
        if let Some(renewal) = field.value.as_mut().filter(|renewal| renewal.kind == RenewalKind::Option) {
            let scene = self.scene;
            let working = |candidate: &Candidate<'_>| {
                candidate.ranges.first().is_some_and(|range| notice::counts_working_days(scene, range))
            };
            let periods = uses.iter().filter_map(|candidate| match candidate.value {
                Value::Term(Term::Period(period)) if working(candidate) => Some(notice::in_days(period)),
                Value::Term(Term::Period(period)) => Some(period),
                _ => None,
            });
            // Of two, the longer one gives the safer day.
            renewal.use_before = periods.max_by_key(|period| period.rough_days());
            renewal.use_by = uses.iter().filter_map(|candidate| candidate.value.earliest_day()).min();
        }
        // `Stilzwijgende verlenging is uitgesloten` leaves room for an option that no rule read.
        if field.value.as_ref().is_some_and(|renewal| renewal.kind == RenewalKind::None) && self.speaks_of_option() {
            field.status = field.status.min(Status::Proposed);
            field.confidence = field.confidence.min(0.5);
        }
        field
    }

    /// One notice for each period and party.
    pub(super) fn notices(&mut self, fields: &Fields) -> Vec<Field<Notice>> {
        let candidates = self.take(FieldId::Notice);
        let everyone: Vec<String> = self.rules.words("everyone").map(str::to_owned).collect();
        let around = Around {
            start: fields.effective_date.value,
            end: first_end(fields),
            term: fields.term.value,
            renewal: fields.renewal.value.as_ref(),
            everyone: &everyone,
        };
        let inside = candidates.iter().any(|c| !matches!(c.features.zone, Some(Zone::Annex | Zone::GeneralTerms)));
        let mut by_value: Vec<(Notice, Vec<Candidate<'r>>)> = Vec::new();
        let mut blanks = Vec::new();
        // A field of a form names the period only; what the sentences say of it goes before.
        let in_form = |candidate: &Candidate<'_>| candidate.rule.place == Place::Label;
        let (fields, mut candidates): (Vec<_>, Vec<_>) = candidates.into_iter().partition(in_form);
        candidates.extend(fields);
        let plain: Vec<String> = self.rules.words("beside_notice").map(fold).collect();
        for mut candidate in notice::share_out(candidates, self.scene, &plain) {
            if inside && matches!(candidate.features.zone, Some(Zone::Annex | Zone::GeneralTerms)) {
                continue;
            }
            if candidate.value == Value::Blank {
                blanks.push(candidate);
                continue;
            }
            let Some(complete) = notice::complete(&candidate, self.scene, &around) else { continue };
            let notice = complete.notice;
            candidate.value = Value::Notice(notice.clone());
            candidate.features.remarks = complete.remarks;
            self.ends_on.extend(complete.ends_on.map(|day| (day, notice.clone())));
            let sentence = self.scene.sentence_at(candidate.matched.start);
            let apart = |known: &Notice, group: &[Candidate<'_>]| {
                let ends = [known.against, notice.against];
                let breaks = ends.contains(&Against::EndOfTerm) && ends.contains(&Against::Other);
                if breaks && known.by != notice.by && group.iter().all(|c| !sentence.contains(&c.matched.start)) {
                    return true;
                }
                ends.contains(&Against::EndOfTerm)
                    && ends.contains(&Against::AnyTime)
                    && notice::at_any_time(self.scene, &sentence) == (notice.against == Against::AnyTime)
                    && group.iter().all(|other| !sentence.contains(&other.matched.start))
            };
            let same = |known: &Notice, group: &[Candidate<'_>]| {
                known.period.map(Period::months_and_days) == notice.period.map(Period::months_and_days)
                    && known.by_day == notice.by_day
                    && (bare(&known.by) == bare(&notice.by) || notice.by == "any")
                    && !apart(known, group)
            };
            match by_value.iter_mut().find(|(known, group)| same(known, group)) {
                Some((known, group)) => {
                    if in_form(&candidate) {
                        candidate.value = Value::Notice(known.clone());
                    }
                    group.push(candidate);
                }
                None => by_value.push((notice, vec![candidate])),
            }
        }
        // `any` beside a named party with the same period is the same notice, seen from farther off.
        // But who may break a lease on a day that it names may also let it end with its term.
        let named: Vec<_> =
            by_value.iter().filter(|(n, _)| n.by != "any").map(|(n, _)| (n.period, n.against)).collect();
        let seen = |notice: &Notice| {
            named.iter().any(|(period, against)| {
                let breaks = *against == Against::Other && notice.against == Against::EndOfTerm;
                *period == notice.period && !breaks
            })
        };
        by_value.retain(|(notice, _)| notice.by != "any" || !seen(notice));
        let typed = |value: &Value| match value {
            Value::Notice(notice) => Some(notice.clone()),
            _ => None,
        };
        if by_value.is_empty() && !blanks.is_empty() {
            return vec![self.decided(blanks, typed)];
        }
        let sole = by_value.len() == 1;
        let mut fields: Vec<_> = by_value
            .into_iter()
            .map(|(_, mut group)| {
                group.iter_mut().for_each(|candidate| candidate.features.sole = Some(sole));
                let doubtful = group.iter().any(|candidate| candidate.features.doubtful);
                let said: Vec<_> = group.iter().map(|other| self.scene.said_at(other.matched.start)).collect();
                (self.decided(group, typed), doubtful, said)
            })
            .filter(|(field, ..)| field.value.is_some())
            .collect();
        // Beside a sure notice, a weak one is some other period. What was never measured is not surer than what was.
        let measured = |field: &Field<Notice>| {
            field.rule.as_ref().is_some_and(|rule| self.rules.calibration.rules.contains_key(rule))
        };
        let best_of = |wanted: &dyn Fn(&Field<Notice>) -> bool| {
            fields.iter().filter(|(field, ..)| wanted(field)).map(|(field, ..)| field.confidence).fold(0.0, f64::max)
        };
        let (best, best_measured) = (best_of(&|_| true), best_of(&measured));
        let by = |field: &Field<Notice>| field.value.as_ref().map(|notice| notice.by.clone());
        let surest: Vec<_> = fields
            .iter()
            .filter(|(field, ..)| field.confidence >= best)
            .map(|(field, _, said)| (by(field), said.clone()))
            .collect();
        // A doubtful one (`zes (3) maanden`) is a notice all the same, and so is that of another party in its sentence.
        let beside = |field: &Field<Notice>, said: &[Range<usize>]| {
            surest.iter().any(|(other, there)| *other != by(field) && said.iter().any(|said| there.contains(said)))
        };
        fields.retain(|(field, doubtful, said)| {
            let best = if measured(field) { best_measured } else { best };
            let at_end = field.value.as_ref().is_some_and(|notice| notice.against == Against::EndOfTerm);
            let weaker = if at_end { MUCH_WEAKER_NOTICE } else { WEAKER_NOTICE };
            *doubtful || field.confidence >= best - weaker || beside(field, said)
        });
        let mut fields: Vec<_> = fields.into_iter().map(|(field, ..)| field).collect();
        fields.sort_by_key(|field| field.evidence.first().map(|evidence| evidence.page));
        // Which moment it must be aimed at, the register cannot say: a person looks it up.
        for field in &mut fields {
            if field.value.as_ref().is_some_and(|notice| notice.against == Against::Other) {
                field.status = field.status.min(Status::Proposed);
            }
        }
        // Several periods for the same party: a person must choose.
        for at in 0..fields.len() {
            let by = |field: &Field<Notice>| field.value.as_ref().map(|notice| (notice.by.clone(), notice.against));
            let rivals = fields.iter().filter(|other| by(other) == by(&fields[at])).count();
            if rivals > 1 {
                fields[at].status = fields[at].status.min(Status::Conflict);
                fields[at].confidence = fields[at].confidence.min(0.5);
            }
        }
        fields
    }
}

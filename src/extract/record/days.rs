//! The days of a record: when the contract was signed, when it starts and ends.

use jiff::civil::Date;

use super::Desk;
use crate::{
    extract::{
        candidate::{Candidate, Value},
        decide::decide,
        entity::{DateReading, Entity, EventRef},
        lexicon::fold,
        renewal,
        rule::{FieldId, Strength},
        scene::Thing,
    },
    model::{Field, Status, record::Term},
    text::Zone,
};

/// A day that words call that of signing, where a later one stands amid the signatures.
fn is_earlier(said: Date, near: Option<Date>) -> bool {
    near.is_some_and(|near| near > said)
}

impl Desk<'_, '_, '_> {
    /// The day of the last signature: what the signature block says goes before what the opening says.
    pub(super) fn signing_date(&mut self) -> Field<Date> {
        let candidates = self.take(FieldId::SigningDate);
        if let Some(letter) = self.last_letter() {
            return letter;
        }
        // `Signed for the Funder: J. Tolley, 26 May 2021` belongs to the signatures wherever it stands.
        let names_signer = |c: &Candidate<'_>| {
            let own = !matches!(c.features.zone, Some(Zone::Annex | Zone::GeneralTerms | Zone::Recitals));
            let of_signatures = c.rule.strength == Strength::Normal && c.rule.preferred_zones == [Zone::Signatures];
            own && of_signatures && matches!(c.value, Value::Day(_))
        };
        let in_block = |c: &Candidate<'_>| c.features.zone == Some(Zone::Signatures) || names_signer(c);
        let (block, opening): (Vec<_>, Vec<_>) = candidates.into_iter().partition(in_block);
        let blank = block.iter().any(|c| c.value == Value::Blank);
        let day = |c: &Candidate<'_>| match c.value {
            Value::Day(day) => Some(day),
            _ => None,
        };
        let typed = |value: &Value| match value {
            Value::Day(day) => Some(*day),
            Value::EitherDay(_, later) => Some(*later),
            _ => None,
        };
        let headed: Vec<_> =
            opening.iter().filter(|c| day(c).is_some() && c.rule.strength != Strength::Weak).cloned().collect();
        self.dated = decide(headed, &self.rules.calibration).and_then(|decision| day(&decision.best));
        let last_near = block.iter().filter(|c| c.features.zone == Some(Zone::Signatures)).filter_map(day).max();
        // Dates that words call those of signing go before dates that only stand near.
        let said = block.iter().any(|c| day(c).is_some() && c.rule.strength == Strength::Strong);
        // `Assen, 26 februari 2010` on a line of its own is said as well.
        let own_line = |c: &Candidate<'_>| {
            c.ranges.first().is_some_and(|range| heads_letter(&self.scene.text.running, range.start))
        };
        let block: Vec<_> = block
            .into_iter()
            .filter(|c| {
                !said || c.rule.strength == Strength::Strong || day(c).is_none() || own_line(c) || names_signer(c)
            })
            .collect();
        let latest = block.iter().filter_map(day).max();
        match latest {
            Some(latest) => {
                let mut last: Vec<_> = block.into_iter().filter(|c| day(c) == Some(latest)).collect();
                // Outside the signatures, other rules may have read the same day.
                if last.iter().all(|c| c.features.zone != Some(Zone::Signatures)) {
                    last.extend(opening.into_iter().filter(|c| day(c) == Some(latest)));
                }
                let mut field = self.decided(last, typed);
                if blank {
                    field.status = field.status.min(Status::Proposed);
                    field.confidence = field.confidence.min(0.5);
                }
                // A later day amid the signatures may be that of the other party's.
                if is_earlier(latest, last_near) {
                    field.status = field.status.min(Status::Proposed);
                }
                field
            }
            None if block.iter().any(|c| matches!(c.value, Value::EitherDay(..))) => self.decided(block, typed),
            None => {
                let days: Vec<_> = opening.into_iter().filter(|c| !matches!(c.value, Value::DayOf(_))).collect();
                let stated = self.decided(days, typed);
                if stated.value.is_none() && blank { self.decided(block, typed) } else { stated }
            }
        }
    }

    /// An exchange of letters is concluded by the last of them: `Den Haag, 11 augustus 2006`.
    fn last_letter(&self) -> Option<Field<Date>> {
        const EXCHANGES: [&str; 4] = ["briefwisseling", "notawisseling", "exchange of letters", "exchange of notes"];
        let text = self.scene.text;
        let title = fold(text.slice(self.title.as_ref()?));
        if !EXCHANGES.iter().any(|exchange| title.contains(exchange)) {
            return None;
        }
        let heads = self.scene.finds.iter().filter_map(|find| match find.thing {
            Thing::Entity(Entity::Date(DateReading::Day(day))) if heads_letter(&text.running, find.range.start) => {
                Some((day, find.range.clone()))
            }
            _ => None,
        });
        let (day, range) = heads.max_by_key(|(day, _)| *day)?;
        let (status, confidence) = self.worth("signing_date", "signing.letters", "the last of several".to_owned(), 0.8);
        Some(Field {
            value: Some(day),
            status,
            confidence,
            rule: Some("signing.letters".into()),
            explanation: Some(
                self.language.say("plaats en datum van de laatste brief", "place and date of the last letter").into(),
            ),
            evidence: text.evidence(&range),
            ..Field::absent()
        })
    }

    /// A date that may be that of the signing.
    pub(super) fn day_field(&mut self, id: FieldId, signing: &Field<Date>) -> Field<Date> {
        let mut candidates = self.take(id);
        let mut from_signing = Vec::new();
        for candidate in &mut candidates {
            if let Value::DayOf(event) = candidate.value {
                let resolves = matches!(
                    event,
                    EventRef::Signing
                        | EventRef::LastSignature
                        | EventRef::DayAfterSignature
                        | EventRef::MonthAfterSignature
                        | EventRef::DateFirstWritten
                );
                let signed = match event {
                    EventRef::DayAfterSignature => signing.value.and_then(|day| day.tomorrow().ok()),
                    EventRef::MonthAfterSignature => signing.value.and_then(|day| day.last_of_month().tomorrow().ok()),
                    EventRef::DateFirstWritten => self.dated.or(signing.value),
                    _ => signing.value,
                };
                candidate.value = match signed {
                    Some(day) if resolves => Value::Day(day),
                    None if resolves && signing.status == Status::Blank => Value::Blank,
                    _ => continue,
                };
                from_signing.push(candidate.rule.id.clone());
            }
        }
        candidates.retain(|c| !matches!(c.value, Value::DayOf(_)));
        let mut field = self.decided(candidates, |value| match value {
            Value::Day(day) | Value::EitherDay(day, _) => Some(*day),
            _ => None,
        });
        if field.value.is_some() && field.rule.as_ref().is_some_and(|rule| from_signing.contains(rule)) {
            field.derived_from = vec!["signing_date".into()];
            field.status = field.status.min(signing.status);
            field.confidence = field.confidence.min(signing.confidence);
        }
        field
    }

    /// What ends before the contract starts is something else.
    pub(super) fn drop_ends_before(&mut self, start: Option<Date>) {
        let Some(start) = start else { return };
        let before = |value: &Value| matches!(value, Value::Day(end) | Value::EitherDay(_, end) if *end < start);
        self.candidates.retain(|candidate| candidate.rule.field != FieldId::EndDate || !before(&candidate.value));
    }

    /// `… telkens met een jaar verlengd, doch eindigt in ieder geval op 30 juni 2027`: where its first end is known
    /// otherwise, that is the last of all.
    pub(super) fn drop_latest_ends(&mut self) {
        let is_end = |candidate: &&Candidate<'_>| {
            candidate.rule.field == FieldId::EndDate && matches!(candidate.value, Value::Day(_))
        };
        let latest: Vec<_> = self
            .candidates
            .iter()
            .filter(is_end)
            .filter(|candidate| renewal::is_latest_end(candidate, self.scene))
            .map(|candidate| candidate.value.clone())
            .collect();
        let other = |candidate: &Candidate<'_>| match candidate.rule.field {
            FieldId::EndDate => matches!(candidate.value, Value::Day(_)) && !latest.contains(&candidate.value),
            FieldId::Term => matches!(candidate.value, Value::Term(Term::Period(_))),
            _ => false,
        };
        if self.candidates.iter().any(other) {
            self.candidates.retain(|c| c.rule.field != FieldId::EndDate || !latest.contains(&c.value));
        }
    }

    /// Where the contract itself says when it ends, or how long it runs, what annexes and general terms say of an end
    /// is said of something else: of a tariff, of the terms themselves.
    pub(super) fn drop_ends_of_annexes(&mut self) {
        let appended =
            |candidate: &Candidate<'_>| matches!(candidate.features.zone, Some(Zone::Annex | Zone::GeneralTerms));
        let says = |candidate: &Candidate<'_>| {
            matches!(candidate.rule.field, FieldId::EndDate | FieldId::Term) && !appended(candidate)
        };
        if self.candidates.iter().any(says) {
            self.candidates.retain(|candidate| candidate.rule.field != FieldId::EndDate || !appended(candidate));
        }
    }
}

/// A date behind a place that opens a line or a sentence.
fn heads_letter(running: &str, date: usize) -> bool {
    const DAYS: [&str; 7] = [" maandag", " dinsdag", " woensdag", " donderdag", " vrijdag", " zaterdag", " zondag"];
    let before = running[..date].trim_end().trim_end_matches(" den").trim_end_matches(" de");
    let before = DAYS.iter().find_map(|day| before.strip_suffix(day)).unwrap_or(before);
    let Some(before) = before.strip_suffix(',') else { return false };
    let start = before.rfind(['\n', '.', '"', ':', ')']).map_or(0, |at| at + 1);
    let place = before[start..].trim();
    let names = place.split_whitespace().all(|word| word.starts_with(|c: char| c.is_uppercase() || c == '\''));
    (1..=3).contains(&place.split_whitespace().count()) && names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_headed_by_place_and_date() {
        let check = |text: &str, want: bool| {
            let date = text.find("11 augustus").unwrap();
            assert_eq!(heads_letter(text, date), want, "{text}");
        };
        check("Nr. II\nDen Haag, 11 augustus 2006 Excellentie,", true);
        check("als bevestigd.Bonn, den 11 augustus 2006.", true);
        check("'s-Gravenhage, 11 augustus 2006", true);
        check("uw schrijven d.d. 11 augustus 2006", false);
        check("de brief uit Madrid, 11 augustus 2006", false);
        check("DE AMBASSADE VAN HET KONINKRIJK Lima, 11 augustus 2006", false);
    }

    #[test]
    fn a_day_of_signing_waits_where_a_later_one_stands_amid_the_signatures() {
        let day = |day: i8| jiff::civil::date(1988, 7, day);
        assert!(super::is_earlier(day(4), Some(day(8))));
        assert!(!super::is_earlier(day(4), Some(day(4))));
        assert!(!super::is_earlier(day(4), Some(day(1))));
        assert!(!super::is_earlier(day(4), None));
    }
}

//! What a person must see beside a value because the record cannot hold it whole. A value with a remark never fills the
//! register by itself.

use crate::model::{Language, Period};

/// What the words say besides the value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Remark {
    /// Its days are working days.
    WorkingDays(Period),
    /// Notice that is given earlier than this does not count either.
    NotEarlier(Period),
    /// At most so long: how long, it does not say.
    AtMost,
    /// Notice is possible only from some moment on.
    NotFromTheStart,
    /// The contract names the day, or days, on which it can be ended.
    OwnDays,
    /// It is no longer renewed after a day, or once it has run so long.
    LastEnd,
    /// So many times, which another part of the sentence says.
    Times(u16),
    /// Both parties must agree on it first.
    ByAgreement,
    /// It holds for some cases only.
    SomeCases,
    /// As long as the term, which was not read.
    AsLongAgain,
}

impl Remark {
    /// In words for people.
    pub fn say(self, language: Language) -> String {
        match self {
            Self::WorkingDays(period) => language.say(
                format!("{} werkdagen; gerekend wordt met de ruimere lezing", period.days),
                format!("{} working days; the longer reading is counted with", period.days),
            ),
            Self::NotEarlier(period) => language
                .say(format!("niet eerder dan {period} van tevoren"), format!("not earlier than {period} before")),
            Self::AtMost => language.say("ten hoogste zo lang", "at most so long").into(),
            Self::NotFromTheStart => language
                .say("pas vanaf een later moment: kijk het na", "only from a later moment on: look it up")
                .into(),
            Self::OwnDays => language
                .say(
                    "tegen een dag die het contract noemt: kijk het na",
                    "against a day that the contract names: look it up",
                )
                .into(),
            Self::LastEnd => {
                language.say("het contract noemt een uiterste einde", "the contract names a latest end").into()
            }
            Self::Times(times) => language.say(format!("ten hoogste {times} maal"), format!("at most {times} times")),
            Self::ByAgreement => {
                language.say("alleen als beide partijen dat overeenkomen", "only where both parties agree on it").into()
            }
            Self::AsLongAgain => language
                .say("even lang als de termijn, die niet gelezen is", "as long as the term, which was not read")
                .into(),
            Self::SomeCases => language.say("geldt niet in alle gevallen", "does not hold in all cases").into(),
        }
    }
}

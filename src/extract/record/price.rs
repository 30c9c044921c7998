//! The price: of several amounts the one that the contract is about, not what a piece costs or what is paid once beside it.

use super::Desk;
use crate::{
    extract::{
        candidate::{Candidate, Value},
        lexicon::fold,
        rule::{FieldId, Strength},
    },
    model::{Field, Status, record::Money, record::Per},
};

/// So many words around an amount tell what it is paid for.
const BEFORE: usize = 9;

/// What an amount is beside the others. The order is that in which they give way.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// What a piece or an hour costs.
    Tariff,
    /// Paid once, beside the price: for installation, a move, a key.
    Once,
    /// For the whole or for a time.
    Price,
}

impl Desk<'_, '_, '_> {
    /// The price. Whether a tariff is all that the contract is worth, a person says.
    pub(super) fn value(&mut self) -> Field<Money> {
        let mut candidates = self.take(FieldId::Value);
        let once: Vec<String> = self.rules.words("paid_once").map(fold).collect();
        let ranks: Vec<Rank> = candidates.iter().map(|candidate| self.rank(candidate, &once)).collect();
        // What only a weak rule gives outranks nothing.
        let trusted = |candidate: &&Candidate<'_>| candidate.rule.strength != Strength::Weak;
        let of_trusted =
            candidates.iter().zip(&ranks).filter(|(candidate, _)| trusted(candidate)).map(|(_, rank)| *rank);
        let highest = of_trusted.max().or_else(|| ranks.iter().max().copied());
        let mut ranks = ranks.into_iter();
        candidates.retain(|_| ranks.next() == highest);
        let mut field = self.decided(candidates, |value| match value {
            Value::Money(money) => Some(money.clone()),
            _ => None,
        });
        if highest.is_some_and(|rank| rank < Rank::Price) {
            field.status = field.status.min(Status::Proposed);
        }
        field
    }

    fn rank(&self, candidate: &Candidate<'_>, once: &[String]) -> Rank {
        if let Value::Money(money) = &candidate.value
            && matches!(money.per, Per::Unit | Per::Hour)
        {
            return Rank::Tariff;
        }
        let at = candidate.ranges.first().map_or(candidate.matched.start, |range| range.start);
        let sentence = self.scene.sentence_at(at);
        let amount = self.scene.word_from(at);
        let words = &self.scene.words[amount.saturating_sub(BEFORE)..amount];
        let told: Vec<String> = words
            .iter()
            .filter(|word| sentence.contains(&word.range.start))
            .map(|word| fold(self.scene.text.slice(&word.range)))
            .collect();
        let is_once = told.iter().any(|word| once.iter().any(|known| word.starts_with(known.as_str())));
        if is_once { Rank::Once } else { Rank::Price }
    }
}

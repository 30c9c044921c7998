//! The longest common subsequence of two sequences: how much of one stands in the other in the same order.

use std::{collections::HashMap, hash::Hash};

/// How many elements both have in the same order. Takes the product of the lengths, divided by 64, in steps
/// (Hyyrö 2004, "Bit-parallel LCS-length computation revisited").
pub(super) fn common<T: Eq + Hash>(a: &[T], b: &[T]) -> usize {
    let head = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[head..], &b[head..]);
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[..a.len() - tail], &b[..b.len() - tail]);
    let mut places: HashMap<&T, Vec<usize>> = HashMap::new();
    for (at, element) in a.iter().enumerate() {
        places.entry(element).or_default().push(at);
    }
    // A zero bit at a place of `a` says that the subsequence grows there.
    let mut open = vec![u64::MAX; a.len().div_ceil(64)];
    let mut mask = vec![0_u64; open.len()];
    for element in b {
        let Some(places) = places.get(element) else { continue };
        places.iter().for_each(|at| mask[at / 64] |= 1 << (at % 64));
        let mut carry = false;
        for (open, mask) in open.iter_mut().zip(&mask) {
            let hit = *open & mask;
            let (sum, over) = open.overflowing_add(hit);
            let (sum, over_again) = sum.overflowing_add(carry.into());
            carry = over || over_again;
            *open = sum | (*open & !mask);
        }
        places.iter().for_each(|at| mask[at / 64] = 0);
    }
    let grown = (0..a.len()).filter(|at| open[at / 64] >> (at % 64) & 1 == 0).count();
    head + grown + tail
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The textbook's table.
    fn by_table(a: &[u8], b: &[u8]) -> usize {
        let mut row = vec![0; b.len() + 1];
        for x in a {
            let mut diagonal = 0;
            for (at, y) in b.iter().enumerate() {
                let up = row[at + 1];
                row[at + 1] = if x == y { diagonal + 1 } else { up.max(row[at]) };
                diagonal = up;
            }
        }
        row[b.len()]
    }

    proptest! {
        #[test]
        fn bits_and_table_agree(
            a in proptest::collection::vec(0_u8..5, 0..200),
            b in proptest::collection::vec(0_u8..5, 0..200),
        ) {
            prop_assert_eq!(common(&a, &b), by_table(&a, &b));
        }
    }
}

//! Logistic regression for calibration: how much each piece of evidence adds to the log-odds that a value is right,
//! pulled to nothing where it was seen seldom. Deterministic; it knows nothing of fields and rules.

use super::score::probability;

/// A value with its pieces of evidence, by number.
pub(super) struct Row {
    /// Its pieces.
    pub pieces: Vec<usize>,
    /// Whether it was right.
    pub right: bool,
    /// How much it counts.
    pub weight: f64,
}

/// Every piece is taken to weigh nothing (with this precision) until values show otherwise.
const SHRINK: f64 = 1.0;
/// Rounds over all pieces; the largest step is far below a thousandth by then.
const ROUNDS: usize = 60;
const SMALL_STEP: f64 = 1e-4;

/// The log-odds that each of `count` pieces adds: Newton's method, one piece after the other (the penalized likelihood
/// has one maximum).
pub(super) fn log_odds(rows: &[Row], count: usize) -> Vec<f64> {
    let mut holders: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (number, row) in rows.iter().enumerate() {
        for &piece in &row.pieces {
            holders[piece].push(number);
        }
    }
    let (mut weights, mut sums) = (vec![0.0; count], vec![0.0; rows.len()]);
    for _ in 0..ROUNDS {
        let mut largest: f64 = 0.0;
        for (piece, holders) in holders.iter().enumerate() {
            let (mut slope, mut bend) = (SHRINK * weights[piece], SHRINK);
            for &number in holders {
                let p = probability(sums[number]);
                slope += rows[number].weight * (p - f64::from(u8::from(rows[number].right)));
                bend += rows[number].weight * p * (1.0 - p);
            }
            let step = (slope / bend).clamp(-1.0, 1.0);
            weights[piece] -= step;
            holders.iter().for_each(|&number| sums[number] -= step);
            largest = largest.max(step.abs());
        }
        if largest < SMALL_STEP {
            break;
        }
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_weighs_what_it_was_worth() {
        // Piece 0 is always there; with piece 1 nine of ten are right, without it every second.
        let row = |pieces: &[usize], right| Row { pieces: pieces.to_vec(), right, weight: 1.0 };
        let rows: Vec<Row> =
            (0..200).map(|n| if n < 100 { row(&[0, 1], n % 10 != 0) } else { row(&[0], n % 2 == 0) }).collect();
        let weights = log_odds(&rows, 2);
        assert!((probability(weights[0]) - 0.5).abs() < 0.05, "{weights:?}");
        assert!((probability(weights[0] + weights[1]) - 0.9).abs() < 0.03, "{weights:?}");
    }

    #[test]
    fn what_was_seen_once_weighs_little() {
        let rows = [Row { pieces: vec![0], right: true, weight: 1.0 }];
        assert!(log_odds(&rows, 2)[0] < 0.5);
        assert!(log_odds(&rows, 2)[1].abs() < 1e-9);
    }
}

//! Where places of a page as it was read lie in the page's own coordinates: boxes, rotation and the turn that stands it
//! upright are taken in one step.

/// Sizes of a page in its own units that ISO 19005-2, 6.1.13 allows.
pub(super) const SIZES: std::ops::RangeInclusive<f64> = 3.0..=14_400.0;

/// Of how many of a page's units one unit of its copy is: one, unless the page is so large or small that an archival
/// copy must count in others (ISO 32000-1, 14.11.2: `UserUnit`). None where its sides are too unlike for any.
pub(super) fn unit(width: f64, height: f64) -> Option<f64> {
    let (short, long) = (width.min(height), width.max(height));
    if !(short > 0.0 && long.is_finite()) {
        return None;
    }
    let unit = match (*SIZES.start() / short, long / SIZES.end()) {
        (_, over) if over > 1.0 => over.ceil(),
        (under, _) if under > 1.0 => 1.0 / under.ceil(),
        _ => 1.0,
    };
    (SIZES.contains(&(short / unit)) && SIZES.contains(&(long / unit))).then_some(unit)
}

/// A page's measures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    /// What of the page is shown, in its own units: left, bottom, right, top.
    pub(super) shown: [f64; 4],
    /// Degrees clockwise by which it is turned for display.
    pub(super) rotate: u16,
}

/// A page turned upright: `x` to the right and `y` downwards, in the page's own units.
#[derive(Clone, Copy, Debug)]
pub(super) struct Upright {
    /// `x' = a·x + c·y + e`, `y' = b·x + d·y + f`, as in a PDF's matrices.
    matrix: [f64; 6],
    /// Its width.
    pub(super) width: f64,
    /// Its height.
    pub(super) height: f64,
}

impl Frame {
    /// The page as it stands upright after the displayed page was turned clockwise by `turn`.
    pub(super) fn upright(&self, turn: u16) -> Upright {
        let [x0, y0, x1, y1] = self.shown;
        let (w, h) = (x1 - x0, y1 - y0);
        let (matrix, width, height) = match (self.rotate + turn) % 360 {
            90 => ([0.0, 1.0, 1.0, 0.0, x0, y0], h, w),
            180 => ([-1.0, 0.0, 0.0, 1.0, x1, y0], w, h),
            270 => ([0.0, -1.0, -1.0, 0.0, x1, y1], h, w),
            _ => ([1.0, 0.0, 0.0, -1.0, x0, y1], w, h),
        };
        Upright { matrix, width, height }
    }
}

impl Upright {
    /// A point in the page's own coordinates.
    pub(super) fn point(&self, x: f64, y: f64) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.matrix;
        (a * x + c * y + e, b * x + d * y + f)
    }

    /// A direction in the page's own coordinates.
    pub(super) fn direction(&self, x: f64, y: f64) -> (f64, f64) {
        let [a, b, c, d, ..] = self.matrix;
        (a * x + c * y, b * x + d * y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rotate: u16, turn: u16, top_left: (f64, f64), right: (f64, f64)) {
        let frame = Frame { shown: [10.0, 20.0, 110.0, 220.0], rotate };
        let upright = frame.upright(turn);
        assert_eq!((upright.point(0.0, 0.0), upright.direction(1.0, 0.0)), (top_left, right));
        let (x, y) = upright.point(upright.width, upright.height);
        assert!((10.0..=110.0).contains(&x) && (20.0..=220.0).contains(&y));
    }

    #[test]
    fn pages_that_are_too_large_or_too_small_are_counted_in_other_units() {
        assert_eq!((unit(595.0, 842.0), unit(20_000.0, 9_000.0), unit(2.0, 2.0)), (Some(1.0), Some(2.0), Some(0.5)));
        assert_eq!((unit(100_000.0, 50_000.0), unit(0.5, 800.0)), (Some(7.0), Some(1.0 / 6.0)));
        assert_eq!((unit(2.0, 20_000.0), unit(0.0, 5.0), unit(f64::INFINITY, 5.0)), (None, None, None));
    }

    #[test]
    fn the_top_left_corner_is_found_however_a_page_is_turned() {
        check(0, 0, (10.0, 220.0), (1.0, 0.0));
        check(90, 0, (10.0, 20.0), (0.0, 1.0));
        check(180, 0, (110.0, 20.0), (-1.0, 0.0));
        check(270, 0, (110.0, 220.0), (0.0, -1.0));
        check(270, 90, (10.0, 220.0), (1.0, 0.0));
    }
}

//! How much of each pixel outlines cover: exact areas, summed up along rows. Knows no page and no color.

use hayro::kurbo::{Affine, BezPath, PathEl, Point, Rect};

/// How far a curve may lie from the lines that stand for it, in pixels.
const FLATNESS: f64 = 0.1;

/// What of a pixel counts as inside where outlines lie over each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inside {
    /// All that an outline winds around.
    NonZero,
    /// What outlines wind around an odd number of times.
    EvenOdd,
}

/// Pixels of a plane, of which parts are covered: 255 where all of a pixel is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mask {
    pub(super) left: i32,
    pub(super) top: i32,
    pub(super) width: usize,
    /// Rows from the top.
    pub(super) covered: Vec<u8>,
}

/// What an outline covers within some pixels: left, top, right, bottom. Nothing where it is nowhere in there.
pub(super) fn of(path: &BezPath, matrix: Affine, inside: Inside, within: [i32; 4]) -> Option<Mask> {
    let bounds = matrix.transform_rect_bbox(path.control_box());
    let [left, top, right, bottom] = pixels_around(bounds, within)?;
    let (width, height) = ((right - left) as usize, (bottom - top) as usize);
    let mut sums = Sums { width, height, cells: vec![0.0; (width + 1) * height] };
    let moved = Affine::translate((-f64::from(left), -f64::from(top))) * matrix;
    let (mut start, mut last) = (Point::ZERO, Point::ZERO);
    let outline = path.iter().map(|element| moved * element);
    hayro::kurbo::flatten(outline, FLATNESS, |element| match element {
        PathEl::MoveTo(point) => {
            sums.line(last, start);
            (start, last) = (point, point);
        }
        PathEl::LineTo(point) => {
            sums.line(last, point);
            last = point;
        }
        // What is filled is closed, told or not. Curves do not come out of flattening.
        _ => {
            sums.line(last, start);
            last = start;
        }
    });
    sums.line(last, start);
    Some(Mask { left, top, width, covered: sums.finish(inside) })
}

/// The pixels that a place touches, within others.
pub(super) fn pixels_around(bounds: Rect, [left, top, right, bottom]: [i32; 4]) -> Option<[i32; 4]> {
    if !bounds.is_finite() {
        return None;
    }
    // Conversions of floats saturate.
    let (x0, y0) = ((bounds.x0.floor() as i32).max(left), (bounds.y0.floor() as i32).max(top));
    let (x1, y1) = ((bounds.x1.ceil() as i32).min(right), (bounds.y1.ceil() as i32).min(bottom));
    (x0 < x1 && y0 < y1).then_some([x0, y0, x1, y1])
}

/// By how much the covered area grows from each pixel of a row to the next.
struct Sums {
    width: usize,
    height: usize,
    /// A row has a cell to spare, into which goes what ends at its last pixel.
    cells: Vec<f32>,
}

impl Sums {
    /// Adds a side of an outline: all that lies to the right of it is inside, or outside if it goes up.
    fn line(&mut self, from: Point, to: Point) {
        let (sign, from, to) = if from.y < to.y { (1.0, from, to) } else { (-1.0, to, from) };
        let slope = (to.x - from.x) / (to.y - from.y);
        let (top, bottom) = (from.y.max(0.0), to.y.min(self.height as f64));
        if !slope.is_finite() || top >= bottom {
            return;
        }
        for row in top as usize..bottom.ceil() as usize {
            let (above, below) = (top.max(row as f64), bottom.min((row + 1) as f64));
            let at = |y: f64| from.x + (y - from.y) * slope;
            let (x0, x1) = if slope < 0.0 { (at(below), at(above)) } else { (at(above), at(below)) };
            self.part(row, x0, x1, sign * (below - above));
        }
    }

    /// Adds the part of a side that lies in a row, from `x0` to `x1` at the right of it.
    fn part(&mut self, row: usize, x0: f64, x1: f64, down: f64) {
        let width = self.width as f64;
        let (inner0, inner1) = (x0.clamp(0.0, width), x1.clamp(0.0, width));
        let share = |length: f64| if x1 > x0 { length / (x1 - x0) } else { 1.0 };
        let cells = &mut self.cells[row * (self.width + 1)..][..=self.width];
        if x0 < 0.0 {
            cells[0] += (down * share(x1.min(0.0) - x0)) as f32;
        }
        if x1 < 0.0 || x0 >= width {
            return;
        }
        let down = down * share(inner1 - inner0);
        let (first, end) = (inner0.floor() as usize, inner1.ceil() as usize);
        if end <= first + 1 {
            let beyond = (inner0 + inner1) / 2.0 - first as f64;
            cells[first] += (down * (1.0 - beyond)) as f32;
            cells[first + 1] += (down * beyond) as f32;
            return;
        }
        // The area to the right of the side within each pixel grows from nothing to the whole of it.
        let steep = 1.0 / (inner1 - inner0);
        let to_right = |x: f64| {
            let reached = (x - inner0).clamp(0.0, inner1 - inner0);
            reached * reached * steep / 2.0 + (x - inner1).max(0.0)
        };
        let mut before = 0.0;
        let mut covered = 0.0;
        for (at, cell) in cells.iter_mut().enumerate().take(end + 1).skip(first) {
            let area = to_right((at + 1) as f64);
            let here = area - before;
            *cell += (down * (here - covered)) as f32;
            (before, covered) = (area, here);
        }
    }

    fn finish(self, inside: Inside) -> Vec<u8> {
        let mut covered = Vec::with_capacity(self.width * self.height);
        for row in self.cells.chunks_exact(self.width + 1) {
            let mut area = 0.0_f32;
            covered.extend(row[..self.width].iter().map(|step| {
                area += step;
                let wound = area.abs();
                let share = match inside {
                    Inside::NonZero => wound.min(1.0),
                    // The nearest even number counts as nothing.
                    Inside::EvenOdd => (wound - 2.0 * ((wound + 1.0) / 2.0) as u32 as f32).abs(),
                };
                (share * 255.0 + 0.5) as u8
            }));
        }
        covered
    }
}

#[cfg(test)]
mod tests {
    use hayro::kurbo::Shape as _;
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(path: &str, inside: Inside, within: [i32; 4], want: &[u8]) {
        let path = BezPath::from_svg(path).unwrap();
        let covered = of(&path, Affine::IDENTITY, inside, within).map(|mask| mask.covered);
        assert_eq!(covered.unwrap_or_default(), want);
    }

    #[test]
    fn areas_are_exact() {
        let all = [0, 0, 4, 4];
        check("M1,0 V1 H2.5 V0 Z", Inside::NonZero, all, &[255, 128]);
        check("M0,0 L2,0 L0,2 Z", Inside::NonZero, all, &[255, 128, 128, 0]);
        check("M0,0 L4,0 L0,1", Inside::NonZero, all, &[223, 159, 96, 32]);
        // A square in a square, both the same way round.
        let ring = "M0,0 H3 V3 H0 Z M1,1 H2 V2 H1 Z";
        check(ring, Inside::NonZero, all, &[255; 9]);
        check(ring, Inside::EvenOdd, all, &[255, 255, 255, 255, 0, 255, 255, 255, 255]);
    }

    #[test]
    fn what_lies_outside_changes_nothing_within() {
        check("M-5,-5 H2 V2 H-5 Z", Inside::NonZero, [0, 0, 3, 3], &[255; 4]);
        check("M1,1 H9 V9 H1 Z", Inside::NonZero, [0, 0, 2, 3], &[255, 255]);
        check("M-1,0 L1,2 H3 V0 Z", Inside::NonZero, [0, 0, 2, 2], &[255, 255, 128, 255]);
        check("M5,5 H9 V9 Z", Inside::NonZero, [0, 0, 2, 3], &[]);
        check("M0,0 H1 V1 H0 Z", Inside::NonZero, [0, 0, 0, 0], &[]);
    }

    proptest! {
        #[test]
        fn a_triangle_covers_its_area(points in proptest::collection::vec((0.0..20.0_f64, 0.0..20.0_f64), 3)) {
            let mut path = BezPath::new();
            path.move_to(points[0]);
            path.line_to(points[1]);
            path.line_to(points[2]);
            path.close_path();
            let mask = of(&path, Affine::IDENTITY, Inside::NonZero, [0, 0, 20, 20]);
            let covered: f64 = mask.iter().flat_map(|mask| &mask.covered).map(|v| f64::from(*v) / 255.0).sum();
            prop_assert!((covered - path.area().abs()).abs() < 0.9, "{covered} {}", path.area());
        }

        #[test]
        fn any_outline_anywhere_stays_inside(
            points in proptest::collection::vec((-50.0..50.0_f64, -50.0..50.0_f64), 1..9),
        ) {
            let mut path = BezPath::new();
            path.move_to(points[0]);
            points.iter().for_each(|point| path.line_to(*point));
            let whole = of(&path, Affine::IDENTITY, Inside::NonZero, [-60, -60, 60, 60]);
            let part = of(&path, Affine::IDENTITY, Inside::NonZero, [-3, -4, 9, 8]);
            if let (Some(part), Some(whole)) = (part, whole) {
                for (at, v) in part.covered.iter().enumerate() {
                    let (x, y) = ((at % part.width) as i32 + part.left, (at / part.width) as i32 + part.top);
                    let same = whole.covered[(y - whole.top) as usize * whole.width + (x - whole.left) as usize];
                    prop_assert!(v.abs_diff(same) <= 1, "{x} {y}: {v} {same}");
                }
            }
        }
    }
}

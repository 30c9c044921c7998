//! Takes shadows out of a page: the engine parts ink from paper at one brightness for the whole page, so that ink in the
//! light and paper in the shade look alike to it. Leaves evenly lit pages as they are.

use super::canvas::Canvas;

/// Resolution at which the paper is looked at.
const LOOK_DPI: f32 = 36.0;
/// The widest stroke of ink, in millimeters: what is dark over more than this is paper in the shade.
const WIDEST_MM: f32 = 4.5;
/// Paper is in the shade where it is darker than this share of the page's paper,
const SHADE: f32 = 0.75;
/// but not where it is darker than this one: there is none, or it is solid ink.
const SOLID: f32 = 0.12;
/// A shade smaller than this many square millimeters is a mark.
const LEAST_MM2: f32 = 120.0;
/// Paper is looked for in tiles of so many millimeters: larger than a letter, half as high as a marked line.
const TILE_MM: f32 = 2.8;
/// Scanners leave dark borders within this many millimeters of the edge.
const BORDER_MM: f32 = 7.0;

/// Makes paper in the shade as light as the page's other paper, and the ink on it as much lighter.
pub fn lighten(page: &mut Canvas, dpi: f32) {
    let Some(level) = level_beside_shade(page, dpi) else { return };
    let small = page.scaled((LOOK_DPI / dpi).min(1.0));
    let reach = WIDEST_MM * LOOK_DPI.min(dpi) / 25.4 / 2.0;
    divide(page, &paper(&small, reach.ceil() as usize), level);
}

/// How light the page's paper is where some of it lies in the shade. Looks at one pixel in sixteen.
fn level_beside_shade(page: &Canvas, dpi: f32) -> Option<f32> {
    let mm = dpi / 25.4;
    let (tile, border) = (((TILE_MM * mm) as usize).max(4), (BORDER_MM * mm) as usize);
    let mut lightest = Vec::new();
    for top in (border..(page.height + 1).saturating_sub(border + tile)).step_by(tile) {
        for left in (border..(page.width + 1).saturating_sub(border + tile)).step_by(tile) {
            let row = |y: usize| page.luma[y * page.width + left..][..tile].iter().step_by(4).copied().max();
            lightest.extend((top..top + tile).step_by(4).filter_map(row).max());
        }
    }
    lightest.sort_unstable();
    let level = f32::from(*lightest.get(lightest.len() * 9 / 10)?);
    let shade = lightest.iter().filter(|&&paper| (SOLID * level..SHADE * level).contains(&f32::from(paper))).count();
    (shade as f32 > LEAST_MM2 / TILE_MM.powi(2)).then_some(level)
}

/// The paper behind the ink: what is dark over no more than twice `reach` pixels takes the brightness around it.
fn paper(small: &Canvas, reach: usize) -> Canvas {
    let lightest = |a: u8, b: u8| a.max(b);
    let darkest = |a: u8, b: u8| a.min(b);
    let both_ways =
        |page: Canvas, of: &dyn Fn(u8, u8) -> u8| windowed(&windowed(&page, reach, of).turned(90), reach, of);
    // A turn and three more are a whole one.
    let closed = both_ways(small.clone(), &lightest);
    both_ways(closed, &darkest).turned(180)
}

/// Each pixel's row within a reach, as one pixel.
fn windowed(page: &Canvas, reach: usize, of: &dyn Fn(u8, u8) -> u8) -> Canvas {
    let mut luma = Vec::with_capacity(page.luma.len());
    for row in page.luma.chunks_exact(page.width.max(1)) {
        luma.extend((0..row.len()).map(|x| {
            let window = &row[x.saturating_sub(reach)..(x + reach + 1).min(row.len())];
            window.iter().copied().reduce(of).unwrap_or(row[x])
        }));
    }
    Canvas { luma, ..*page }
}

/// Divides each pixel by the brightness of the paper there, between the small page's pixels by their distance.
fn divide(page: &mut Canvas, paper: &Canvas, level: f32) {
    let gains: Vec<f32> =
        paper.luma.iter().map(|&paper| level / f32::from(paper).clamp(SOLID * level, level)).collect();
    // The small pixels on both sides of a place, and how near the second is.
    let between = |at: usize, from: usize, to: usize| {
        let place = ((at as f32 + 0.5) * to as f32 / from as f32 - 0.5).clamp(0.0, (to - 1) as f32);
        let first = place as usize;
        (first, (first + 1).min(to - 1), place - first as f32)
    };
    let columns: Vec<_> = (0..page.width).map(|x| between(x, page.width, paper.width)).collect();
    let mut gain = vec![0.0_f32; paper.width];
    for (y, row) in page.luma.chunks_exact_mut(page.width.max(1)).enumerate() {
        let (above, below, near) = between(y, page.height, paper.height);
        let (above, below) = (&gains[above * paper.width..], &gains[below * paper.width..]);
        for ((gain, above), below) in gain.iter_mut().zip(above).zip(below) {
            *gain = above + (below - above) * near;
        }
        for (pixel, &(left, right, near)) in row.iter_mut().zip(&columns) {
            let gain = gain[left] + (gain[right] - gain[left]) * near;
            *pixel = (f32::from(*pixel) * gain + 0.5).min(255.0) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of "words" on a page, darkened from place to place.
    fn lit(light: impl Fn(usize, usize) -> f32) -> Canvas {
        let (width, height) = (800, 1000);
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let ink = |x: usize, y: usize| y % 40 < 14 && (100..700).contains(&x) && x % 12 < 4;
        let luma = pixels.map(|(x, y)| (if ink(x, y) { 40.0 } else { 240.0 } * light(x, y)) as u8).collect();
        Canvas { width, height, luma }
    }

    #[test]
    fn an_evenly_lit_page_stays_as_it_is() {
        let check = |page: Canvas| {
            let mut lightened = page.clone();
            lighten(&mut lightened, 200.0);
            assert!(lightened == page);
        };
        check(lit(|_, _| 1.0));
        check(lit(|_, _| 0.5));
        check(lit(|x, _| 0.85 + 0.15 * x as f32 / 800.0));
        // A logo, and a scanner's border.
        check(lit(|x, y| if (300..380).contains(&x) && (40..120).contains(&y) { 0.05 } else { 1.0 }));
        check(lit(|x, _| if x < 50 { 0.3 } else { 1.0 }));
    }

    #[test]
    fn paper_in_the_shade_becomes_light() {
        let check = |page: Canvas| {
            let mut page = page;
            lighten(&mut page, 200.0);
            let at = |x: usize, y: usize| page.luma[y * page.width + x];
            let inks = (80..720).step_by(40).map(|y| at(400 - 400 % 12 + 1, y + 6));
            let papers = (80..720).step_by(40).map(|y| at(400, y + 27));
            assert!(inks.clone().max().unwrap() + 80 < papers.clone().min().unwrap());
            assert!(papers.min().unwrap() > 190);
        };
        check(lit(|x, _| 0.3 + 0.7 * x as f32 / 800.0));
        check(lit(|_, y| 0.3 + 0.7 * y as f32 / 1000.0));
        // A marker over some lines.
        check(lit(|_, y| if (310..410).contains(&y) { 0.55 } else { 1.0 }));
    }
}

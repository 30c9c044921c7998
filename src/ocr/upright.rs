//! Tells from a page's projections whether its lines run across or down.

use super::{
    canvas::Canvas,
    straighten::{self, Rotation},
};

/// The engine follows lines up to this skew by itself, in degrees, well enough to tell which side is up.
pub const FAR_FROM_LEVEL: f32 = 5.0;
/// Strips that a page is cut into, so that skew does not blur its lines.
const STRIPS: usize = 8;

/// How the lines of a page run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// Across the page: it stands upright or on its head.
    Across,
    /// Down the page: it lies on a side.
    Down,
    /// It has too few lines to tell.
    Unclear,
}

/// How the lines of a page run, from a small image of it.
pub fn lines(small: &Canvas) -> Lines {
    let turned = small.turned(90);
    match compared(small, &turned) {
        Lines::Across => Lines::Across,
        // Lines far from level part neither rows nor columns: they are judged when they are level.
        unlevel => {
            let skews = [straighten::skew(small), straighten::skew(&turned)];
            if skews.iter().all(|skew| skew.abs() <= FAR_FROM_LEVEL) {
                return unlevel;
            }
            let level = |page: &Canvas, skew| Rotation::of(page, skew).straighten(page);
            compared(&level(small, skews[0]), &level(&turned, skews[1]))
        }
    }
}

/// The same from the image and the one turned by a quarter.
fn compared(small: &Canvas, turned: &Canvas) -> Lines {
    let across = sharpness(small);
    let down = sharpness(turned);
    if down > across * 1.5 {
        Lines::Down
    } else if across > down * 1.15 {
        Lines::Across
    } else {
        Lines::Unclear
    }
}

/// How sharply rows of ink and rows of paper part, strip by strip.
fn sharpness(page: &Canvas) -> f32 {
    let strip = page.width / STRIPS;
    if strip == 0 {
        return 0.0;
    }
    let darkness = |row: &[u8]| row.iter().map(|&pixel| f32::from(u8::MAX - pixel)).sum::<f32>() / row.len() as f32;
    (0..STRIPS)
        .map(|i| {
            let rows: Vec<f32> =
                page.luma.chunks_exact(page.width).map(|row| darkness(&row[i * strip..(i + 1) * strip])).collect();
            // Two rows apart: text has several edges to a line, ruled lines and borders have one each.
            let steps = rows.windows(3).map(|rows| (rows[2] - rows[0]).abs().min(60.0).powi(2));
            steps.sum::<f32>() / rows.len() as f32
        })
        .sum()
}

/// The part of a page that tells most about its direction: a band as wide as the page with the most lines in it.
pub fn telling_band(page: &Canvas) -> Canvas {
    let rows: Vec<f32> = page
        .luma
        .chunks_exact(page.width)
        .map(|row| row.iter().map(|&pixel| f32::from(u8::MAX - pixel)).sum::<f32>() / row.len() as f32)
        .collect();
    let edges: Vec<f32> = rows.windows(2).map(|pair| (pair[1] - pair[0]).powi(2)).collect();
    let height = (page.height / 5).max(1);
    let start = (0..page.height.saturating_sub(height))
        .step_by((height / 8).max(1))
        .max_by(|&a, &b| {
            let sum = |start: usize| edges.iter().skip(start).take(height).sum::<f32>();
            sum(a).total_cmp(&sum(b))
        })
        .unwrap_or(0);
    let luma = page.luma[start * page.width..(start + height) * page.width].to_vec();
    Canvas { width: page.width, height, luma }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_run_across_or_down() {
        let (width, height) = (400, 600);
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let luma = pixels.map(|(x, y)| if y % 14 < 5 && (x * 7 + y) % 45 < 33 { 30 } else { 225 }).collect();
        let page = Canvas { width, height, luma };
        assert_eq!(lines(&page), Lines::Across);
        assert_eq!(lines(&page.turned(90)), Lines::Down);
        let far = Rotation::of(&page, 12.0).straighten(&page);
        assert_eq!(lines(&far), Lines::Across);
        assert_ne!(lines(&far.turned(90)), Lines::Across);
        assert_eq!(lines(&Canvas { luma: vec![240; width * height], ..page }), Lines::Unclear);
    }
}

//! Tells whether a scanned page is blank. Errs on the side of "something is on it": a page that is called blank is
//! never read.

use super::raster::Raster;

/// Resolution at which marks are looked for.
const LOOK_DPI: f32 = 75.0;
/// Margin, in millimeters, where scanners leave borders and shadows.
const MARGIN_MM: f32 = 7.0;
/// Marks nearer than this to the edge may be punch holes, staples and folded corners.
const EDGE_MM: f32 = 22.0;

/// Is nothing on the page but paper, noise, punch holes, borders and shades?
pub(super) fn is_blank(page: &Raster, dpi: f32) -> bool {
    if page.luma.is_empty() {
        return true;
    }
    let cell = (dpi / LOOK_DPI).round().clamp(1.0, 16.0) as u32;
    let marks = Marks::of(page, cell);
    let mm = |mm: f32| mm / 25.4 * dpi / cell as f32;
    let (margin, edge) = (mm(MARGIN_MM) as u32, mm(EDGE_MM) as u32);
    let mut specks = 0;
    for mark in marks.connected() {
        let (width, height) = ((mark.x1 - mark.x0 + 1) as f32, (mark.y1 - mark.y0 + 1) as f32);
        let in_strip = |strip: u32| {
            mark.x1 < strip || mark.y1 < strip || mark.x0 + strip >= marks.width || mark.y0 + strip >= marks.height
        };
        let small = width.max(height) < mm(1.2) && mark.cells <= 3;
        let hole = in_strip(edge)
            && (mm(3.0)..mm(9.0)).contains(&width)
            && (mm(3.0)..mm(9.0)).contains(&height)
            && mark.cells as f32 > 0.5 * width * height;
        // A streak of the scanner's glass runs along the whole page.
        let streak = width.min(height) < mm(0.9) && width.max(height) > mm(80.0);
        // A border's box may be the whole page: what counts is how deep it reaches.
        let border = mark.at_edge && (in_strip(edge) || mark.depth <= margin);
        if small {
            specks += 1;
        } else if !(in_strip(margin) || hole || streak || border) {
            return false;
        }
    }
    // Specks by the hundred are faint print, not dust.
    let area_mm2 = (marks.width * marks.height) as f32 / mm(1.0).powi(2);
    (specks as f32) < 12.0 + area_mm2 / 2_000.0
}

/// Which cells of the page hold ink.
struct Marks {
    width: u32,
    height: u32,
    ink: Vec<bool>,
}

/// A connected patch of ink.
struct Mark {
    x0: u32,
    y0: u32,
    x1: u32,
    y1: u32,
    cells: u32,
    at_edge: bool,
    /// Least distance of each cell to the page's edge, greatest over the patch.
    depth: u32,
}

impl Marks {
    fn of(page: &Raster, cell: u32) -> Self {
        let small = page.scaled(page.width.div_ceil(cell), page.height.div_ceil(cell));
        let (width, height) = (small.width, small.height);
        // Paper is not even: compare with the brightness of the neighborhood, in tiles of 32 cells.
        const TILE: u32 = 32;
        let (across, down) = (width.div_ceil(TILE), height.div_ceil(TILE));
        let mut paper = Vec::with_capacity((across * down) as usize);
        for ty in 0..down {
            for tx in 0..across {
                let mut histogram = [0_u32; 256];
                let mut cells = 0;
                for y in ty * TILE..((ty + 1) * TILE).min(height) {
                    for x in tx * TILE..((tx + 1) * TILE).min(width) {
                        histogram[usize::from(small.luma[(y * width + x) as usize])] += 1;
                        cells += 1;
                    }
                }
                let mut above = 0;
                let bright = (0..256).rev().find(|v| {
                    above += histogram[*v];
                    above * 4 >= cells
                });
                paper.push(bright.unwrap_or(255) as u8);
            }
        }
        let mut ink = Vec::with_capacity(small.luma.len());
        for (y, row) in (0..height).zip(small.luma.chunks_exact(width.max(1) as usize)) {
            let papers = &paper[((y / TILE) * across) as usize..];
            for (tile, &paper) in row.chunks(TILE as usize).zip(papers) {
                // A tile that is dark as a whole is a border or a picture, not paper.
                let paper = paper.max(140).saturating_sub(36);
                ink.extend(tile.iter().map(|luma| *luma < paper));
            }
        }
        Self { width, height, ink }
    }

    fn connected(&self) -> Vec<Mark> {
        let mut seen = vec![false; self.ink.len()];
        let mut stack = Vec::new();
        let mut out = Vec::new();
        for start in 0..self.ink.len() {
            if !self.ink[start] || seen[start] {
                continue;
            }
            seen[start] = true;
            stack.push(start);
            let mut mark = Mark { x0: u32::MAX, y0: u32::MAX, x1: 0, y1: 0, cells: 0, at_edge: false, depth: 0 };
            while let Some(at) = stack.pop() {
                let (x, y) = (at as u32 % self.width, at as u32 / self.width);
                (mark.x0, mark.y0) = (mark.x0.min(x), mark.y0.min(y));
                (mark.x1, mark.y1) = (mark.x1.max(x), mark.y1.max(y));
                mark.cells += 1;
                let depth = x.min(y).min(self.width - 1 - x).min(self.height - 1 - y);
                mark.depth = mark.depth.max(depth);
                mark.at_edge |= depth == 0;
                for next_y in y.saturating_sub(1)..=(y + 1).min(self.height - 1) {
                    for next_x in x.saturating_sub(1)..=(x + 1).min(self.width - 1) {
                        let next = (next_y * self.width + next_x) as usize;
                        if self.ink[next] && !seen[next] {
                            seen[next] = true;
                            stack.push(next);
                        }
                    }
                }
            }
            out.push(mark);
        }
        out
    }
}

//! Tells whether a scanned page is blank. Errs on the side of "something is on it": a page that is called blank is
//! never read.

use super::raster::Raster;

/// Resolution at which marks are looked for.
const LOOK_DPI: f32 = 75.0;
/// Margin, in millimeters, where scanners leave borders and shadows.
const MARGIN_MM: f32 = 7.0;
/// Marks nearer than this to the edge may be punch holes, staples and folded corners.
const EDGE_MM: f32 = 22.0;
/// Ink is so much darker than the paper around it.
const INK: u8 = 36;
/// Faint ink is at least so much darker than the paper, and so many times what the paper itself varies.
const FAINT: (u8, f32) = (10, 5.0);
/// Loose marks near the edge that a staple leaves: so many, of so many square millimeters together.
const STAPLE: (u32, f32) = (3, 8.0);
/// So many specks within some square millimeters are small print, not dust.
const CLUSTER: u32 = 7;

/// What stands on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Paper, noise, punch holes, borders and shades.
    Blank,
    /// Something so faint or small that it may be show-through, creases or dirt.
    Doubtful,
    /// Something.
    Marked,
}

/// What stands on the page? In doubt, something.
pub(super) fn look(page: &Raster, dpi: f32) -> Look {
    if page.luma.is_empty() {
        return Look::Blank;
    }
    let cell = (dpi / LOOK_DPI).round().clamp(1.0, 16.0) as u32;
    let small = page.scaled(page.width.div_ceil(cell), page.height.div_ceil(cell));
    let paper = Paper::of(&small);
    let cell_mm = 25.4 / dpi * cell as f32;
    let strong = Marks::of(&small, &paper, INK).seen(cell_mm);
    let faint = ((paper.noise * FAINT.1) as u8).max(FAINT.0);
    match strong {
        Look::Blank if faint < INK && Marks::of(&small, &paper, faint).seen(cell_mm) != Look::Blank => Look::Doubtful,
        look => look,
    }
}

/// How bright the paper is from place to place.
struct Paper {
    /// In tiles of [`TILE`] cells: paper is not even.
    levels: Vec<u8>,
    across: u32,
    /// The usual deviation of a cell from its tile's paper.
    noise: f32,
}

const TILE: u32 = 32;

impl Paper {
    fn of(small: &Raster) -> Self {
        let (width, height) = (small.width, small.height);
        let (across, down) = (width.div_ceil(TILE), height.div_ceil(TILE));
        let mut levels = Vec::with_capacity((across * down) as usize);
        let mut noises = Vec::with_capacity(levels.capacity());
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
                // The brightness that a share of the tile, in eighths, reaches.
                let reached = |eighths: u32| {
                    let mut above = 0;
                    let bright = (0..256).rev().find(|v| {
                        above += histogram[*v];
                        above * 8 >= cells * eighths
                    });
                    bright.unwrap_or(255) as u8
                };
                let bright = reached(2);
                levels.push(bright);
                // From the brightest quarter to the middle lie two thirds of a normal deviation.
                noises.push(f32::from(bright - reached(4)) / 0.67);
            }
        }
        noises.sort_by(f32::total_cmp);
        let noise = noises.get(noises.len() / 2).copied().unwrap_or(0.0);
        Self { levels, across, noise }
    }
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
    /// What is darker than the paper around it by more than `ink`.
    fn of(small: &Raster, paper: &Paper, ink: u8) -> Self {
        let (width, height) = (small.width, small.height);
        let mut cells = Vec::with_capacity(small.luma.len());
        for (y, row) in (0..height).zip(small.luma.chunks_exact(width.max(1) as usize)) {
            let papers = &paper.levels[((y / TILE) * paper.across) as usize..];
            for (tile, &paper) in row.chunks(TILE as usize).zip(papers) {
                // A tile that is dark as a whole is a border or a picture, not paper.
                let paper = paper.max(140).saturating_sub(ink);
                cells.extend(tile.iter().map(|luma| *luma < paper));
            }
        }
        Self { width, height, ink: cells }
    }

    /// What the marks are, of cells of so many millimeters.
    fn seen(&self, cell_mm: f32) -> Look {
        let mm = |mm: f32| mm / cell_mm;
        let (margin, edge) = (mm(MARGIN_MM) as u32, mm(EDGE_MM) as u32);
        let (mut specks, mut loose, mut loose_cells) = (0, 0, 0);
        // Specks by their place, in fields of a centimeter by half a one.
        let (field_width, field_height) = ((mm(10.0) as u32).max(1), (mm(5.0) as u32).max(1));
        let fields_across = self.width / field_width + 1;
        let mut fields = vec![0_u32; (fields_across * (self.height / field_height + 1)) as usize];
        for mark in self.connected() {
            let (width, height) = ((mark.x1 - mark.x0 + 1) as f32, (mark.y1 - mark.y0 + 1) as f32);
            let in_strip = |strip: u32| {
                mark.x1 < strip || mark.y1 < strip || mark.x0 + strip >= self.width || mark.y0 + strip >= self.height
            };
            let fill = mark.cells as f32 / (width * height);
            let round = (0.7..1.4).contains(&(width / height)) && fill > 0.55;
            let hole = in_strip(edge) && (mm(3.0)..mm(9.0)).contains(&width) && round;
            // A streak of the scanner's glass runs along the whole page.
            let streak = width.min(height) < mm(0.9) && width.max(height) > mm(80.0);
            // A border's box may be the whole page: what counts is how deep it reaches. Letters that are cut by the edge
            // are small, and deeper than what a border leaves there.
            let letter = width.max(height) < mm(10.0) && mark.depth as f32 > mm(1.5);
            let border = mark.at_edge && !letter && (in_strip(edge) && fill > 0.35 || mark.depth <= margin);
            if width.max(height) < mm(1.2) && mark.cells <= 3 {
                specks += 1;
                fields[(mark.y0 / field_height * fields_across + mark.x0 / field_width) as usize] += 1;
            } else if hole || streak || border {
            } else if in_strip(margin) {
                loose += 1;
                loose_cells += mark.cells;
            } else {
                return Look::Marked;
            }
        }
        if loose > STAPLE.0 || loose_cells as f32 * cell_mm * cell_mm > STAPLE.1 {
            return Look::Marked;
        }
        // Specks by the hundred are faint print, not dust.
        let area_mm2 = (self.width * self.height) as f32 * cell_mm * cell_mm;
        let is_print = specks as f32 >= 12.0 + area_mm2 / 2_000.0 || fields.iter().any(|specks| *specks >= CLUSTER);
        if is_print { Look::Doubtful } else { Look::Blank }
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

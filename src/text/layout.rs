//! Puts the lines of a page into reading order: columns one after the other, tables row by row. Knows only the few
//! words that tell a signature block from a table.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::{
    captions,
    lines::{Line, PlacedWord, median},
    margin::{self, Apart},
    marker,
};

/// A gap of this many ems between two lines of one row makes them cells, whatever stands above and below.
const CELL_GAP: f32 = 3.0;
/// Narrowest white strip, in ems, that parts columns.
const GUTTER: f32 = 0.8;

/// So many lines that stand alone may lead in a table.
const MOST_LEADING: usize = 12;
/// What names a field has no more words, its value beside it counted in.
const MOST_IN_LABEL: usize = 5;
/// Lines of one cell stand at most so much further apart than the closest ones of the table.
const SAME_PITCH: f32 = 1.12;

/// The lines of one cell stand closer than the rows of a table, by this factor at least.
const CLOSER: f32 = 0.9;
/// Lines of one cell stand no further apart than this, in ems.
const WITHIN_CELL: f32 = 1.5;
/// Rows with more cells are scattered words, not a table; blocks with more rows are read in parts. Both keep the work
/// on a page proportional to its words.
pub(super) const MOST_COLUMNS: usize = 40;
const LONGEST: usize = 200;

/// What stands at the start of a line in a signature block.
static SIGNS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^(by(?-u:\b)|its:|name:|title:|date:|naam(?-u:\b)|namens(?-u:\b)|voor\s|for\s|on\ behalf|datum(?-u:\b)|plaats(?-u:\b)|getekend|\(?get\.|signed(?-u:\b)|executed|/s/|handtekening|functie(?-u:\b)|
        (de\ )?(ver)?huurder(?-u:\b)|(de\ )?opdracht(gever|nemer)|(de\ )?(ver)?koper(?-u:\b)|(de\ )?leverancier|_{5,}|\.{8,}|(de\ )?(directeur|burgemeester|voorzitter|secretaris|sekretaris|minister|wethouder))",
    )
    .expect("the pattern is a constant that a test compiles")
});

/// Fields of a cover sheet: a column that holds one is no signature block.
static FIELDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^((contract|overeenkomst)-?(nr|nummer)|versie|kenmerk|ingangsdatum|einddatum|looptijd|onderwerp|zaaknummer|projectnummer|
        (contract|agreement)\ (no|number|reference)|version|reference|effective\ date|commencement\ date|term)(?-u:\b)",
    )
    .expect("the pattern is a constant that a test compiles")
});

/// A line in reading order.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    /// Index of the page.
    pub page: usize,
    pub line: Line,
    pub start: Start,
    /// Edges of the column that it stands in.
    pub left: f32,
    pub right: f32,
    /// Usual distance of two lines of the page.
    pub pitch: f32,
}

/// How a line follows the one before it in reading order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// By its place and words.
    Free,
    /// A new cell of the same row.
    Cell,
    /// A new paragraph.
    Paragraph,
    /// The same cell.
    Same,
}

/// The rows of a page in reading order.
pub(super) fn order(page: usize, rows: Vec<Vec<Line>>, words: &[PlacedWord<'_>]) -> Vec<Flow> {
    let Apart { above, margin, text } = margin::apart(rows, words);
    let body_right = above.iter().chain(&text).flatten().map(|l| l.area.x1).fold(0.0, f32::max);
    let (mut out, mut body) = (Vec::new(), Vec::new());
    write(page, above, body_right, words, &mut out, &mut body);
    // What stands in the margin of the first page may be the heading of the text; on others a sentence that goes on over
    // the pages must not meet it.
    let (before, after) = if page == 0 { (margin, Vec::new()) } else { (Vec::new(), margin) };
    write_margin(before, page, &mut out);
    write(page, text, body_right, words, &mut out, &mut body);
    write_margin(after, page, &mut out);
    measure(&mut out, &body);
    out
}

/// Writes rows, and notes which lines are of the body.
fn write(
    page: usize,
    rows: Vec<Vec<Line>>,
    body_right: f32,
    words: &[PlacedWord<'_>],
    out: &mut Vec<Flow>,
    body: &mut Vec<usize>,
) {
    let rows: Vec<Vec<Line>> = rows.into_iter().map(|row| with_markers(row, words)).collect();
    let (mut at, mut after_block) = (0, !out.is_empty());
    while at < rows.len() {
        let rest = &rows[at..];
        if let Some((len, boxes)) = captions::form(rest, words) {
            at += len;
            boxes.into_iter().for_each(|one| write_box(one, page, out));
            after_block = true;
            continue;
        }
        let clear = run(rest, words).filter(|run| run.clear);
        match clear.map(|run| Block::of(&rest[..run.len], &run.gutters)).or_else(|| led_in(rest, words)) {
            Some(block) => {
                at += block.rows.len();
                if let Some(records) = block.centered() {
                    block.records(records, page, out);
                } else if block.reads_down(words) {
                    block.columns(page, body_right, words, out);
                } else {
                    block.rows(page, words, out);
                }
                after_block = true;
            }
            None => {
                let line = joined(rows[at].clone());
                body.push(out.len());
                let start = if std::mem::take(&mut after_block) { Start::Paragraph } else { Start::Free };
                out.push(flow(page, line, start));
                at += 1;
            }
        }
    }
}

fn write_margin(margin: Vec<Vec<Line>>, page: usize, out: &mut Vec<Flow>) {
    let lines: Vec<Line> = margin.into_iter().map(joined).collect();
    let left = lines.iter().map(|line| line.area.x0).fold(f32::MAX, f32::min);
    let right = lines.iter().map(|line| line.area.x1).fold(0.0, f32::max);
    let mut below = f32::MIN;
    for line in lines {
        let apart = line.area.y0 - below > 0.8 * line.em;
        below = line.area.y1;
        let start = if apart { Start::Paragraph } else { Start::Same };
        out.push(Flow { left, right, ..flow(page, line, start) });
    }
}

/// A caption and its entry: a row of two cells.
fn write_box(one: captions::Box, page: usize, out: &mut Vec<Flow>) {
    let captions::Box { caption, entry, left, right } = one;
    let entry = entry.into_iter().enumerate().map(|(k, line)| (line, if k == 0 { Start::Cell } else { Start::Same }));
    let lines = std::iter::once((caption, Start::Paragraph)).chain(entry);
    out.extend(lines.map(|(line, start)| Flow { left, right, ..flow(page, line, start) }));
}

fn flow(page: usize, line: Line, start: Start) -> Flow {
    Flow { page, line, start, left: f32::NAN, right: f32::NAN, pitch: 0.0 }
}

/// A number or bullet belongs to the text beside it, however wide the gap.
fn with_markers(row: Vec<Line>, words: &[PlacedWord<'_>]) -> Vec<Line> {
    let mut out: Vec<Line> = Vec::new();
    for line in row {
        let only_marker = |last: &Line| {
            last.words.len() <= 2 && {
                let text = last.text(words) + " X";
                marker::marker(&text).is_some_and(|m| m.len + 1 >= text.len())
            }
        };
        match out.last_mut().filter(|last| only_marker(last)) {
            Some(last) => last.absorb(line),
            None => out.push(line),
        }
    }
    out
}

fn joined(row: Vec<Line>) -> Line {
    let mut row = row.into_iter();
    let mut line = row.next().expect("rows hold at least one line");
    row.for_each(|right| line.absorb(right));
    line
}

/// Rows that share white strips: how many, and the strips.
struct Run {
    len: usize,
    gutters: Vec<(f32, f32)>,
    /// The strips are wide enough, or seen often enough, to part columns by themselves.
    clear: bool,
}

/// How many rows from here share a white strip, and the strips; none where the first row has no wide gap.
fn run(rows: &[Vec<Line>], words: &[PlacedWord<'_>]) -> Option<Run> {
    let first = rows.first()?;
    let em = first.iter().map(|l| l.em).fold(1.0, f32::max);
    let mut gutters: Vec<(f32, f32)> = first.windows(2).map(|w| (w[0].area.x1, w[1].area.x0)).collect();
    if gutters.is_empty() || gutters.len() > MOST_COLUMNS {
        return None;
    }
    let widest = |gaps: &[(f32, f32)]| gaps.iter().map(|g| g.1 - g.0).fold(0.0, f32::max);
    let signs = |row: &[Line]| row.len() > 1 && row.iter().all(|line| SIGNS.is_match(&line.text(words)));
    let signed = signs(first);
    let (mut len, mut beside, mut gap) = (1, 1, widest(&gutters));
    for row in rows[1..].iter().take(LONGEST) {
        if row.len() > MOST_COLUMNS || captions::form(&rows[len..], words).is_some() {
            break;
        }
        let step = row[0].area.y0 - rows[len - 1][0].area.y1;
        if step > 9.0 * em {
            break;
        }
        // Below a table of terms the parties sign.
        if splits_column(row, &gutters, em) || !signed && signs(row) {
            break;
        }
        let left: Vec<(f32, f32)> = gutters.iter().filter_map(|&gutter| narrowed(gutter, row, em)).collect();
        // A table does not lose columns half way; a line that runs across most of them stands below it.
        if left.is_empty() || left.len() + 1 < gutters.len() {
            break;
        }
        gutters = left;
        len += 1;
        if row.len() > 1 {
            beside += 1;
            gap = gap.max(row.windows(2).map(|w| w[1].area.x0 - w[0].area.x1).fold(0.0, f32::max));
        }
    }
    // Lines below that stand alone on the left belong to what follows, unless the block ends the page.
    let ends_page = len == rows.len();
    while len > 1 && rows[len - 1].len() == 1 {
        let (above, row) = (&rows[len - 2][0], &rows[len - 1][0]);
        let on_left = row.area.x1 <= gutters[0].0 + 0.1;
        let far = row.area.y0 - above.area.y1 > 1.2 * em;
        // A label in the middle of its cell reaches up beside it.
        let beside = row.area.y0 < above.area.y1 - 0.3 * em;
        if beside || !(on_left && (far || row.bold && !above.bold) && (!ends_page || far && row.bold)) {
            break;
        }
        len -= 1;
    }
    let clear = beside > 1 && gap > 1.6 * em || gap > CELL_GAP * em;
    Some(Run { len, gutters, clear })
}

/// A table whose first rows hold one line each, since its labels stand beside the middles of their cells.
fn led_in<'a>(rows: &'a [Vec<Line>], words: &[PlacedWord<'_>]) -> Option<Block<'a>> {
    let lead = rows.iter().take(MOST_LEADING + 1).position(|row| row.len() > 1).filter(|&lead| lead > 0)?;
    // Labels that stand level with the middles of their cells part columns better than any strip.
    let Run { len, gutters, .. } = run(&rows[lead..], words)?;
    let &(from, to) = gutters.first()?;
    if captions::form(&rows[lead..], words).is_some() {
        return None;
    }
    let value = |line: &Line| line.area.x0 + line.em > to;
    let label = |line: &Line| line.area.x1 < from + line.em;
    let mut above = rows[..lead].iter().filter_map(|row| row.first());
    if !rows[0].first().is_some_and(value) || !above.all(|line| value(line) || label(line)) {
        return None;
    }
    let block = Block::of(&rows[..lead + len], &gutters);
    block.centered().is_some_and(|records| records[0].len() > 1).then_some(block)
}

/// Does a row have cells of its own in one column of the table above, and nothing in the others? Another table begins.
fn splits_column(row: &[Line], gutters: &[(f32, f32)], em: f32) -> bool {
    let has_cells = row.windows(2).any(|pair| pair[1].area.x0 - pair[0].area.x1 > CELL_GAP * em);
    let one_side = |&(from, to): &(f32, f32)| {
        row.iter().all(|line| line.area.x1 <= from) || row.iter().all(|line| line.area.x0 >= to)
    };
    has_cells && gutters.iter().all(one_side)
}

/// What a row leaves of a white strip.
fn narrowed((mut from, mut to): (f32, f32), row: &[Line], em: f32) -> Option<(f32, f32)> {
    for line in row {
        let (x0, x1) = (line.area.x0, line.area.x1);
        if x1 <= from || x0 >= to {
            continue;
        }
        // It reaches in from the left or from the right, lies within, or stands across.
        match (x0 <= from, x1 >= to) {
            (true, true) => return None,
            (true, false) => from = x1,
            (false, true) => to = x0,
            (false, false) if x0 - from >= to - x1 => to = x0,
            (false, false) => from = x1,
        }
    }
    (to - from >= GUTTER * em).then_some((from, to))
}

/// Rows that share white strips.
struct Block<'a> {
    /// For each row the line of each column, where it has one.
    cells: Vec<Vec<Option<Line>>>,
    /// Left and right edge of each column.
    edges: Vec<(f32, f32)>,
    rows: &'a [Vec<Line>],
}

impl<'a> Block<'a> {
    fn of(rows: &'a [Vec<Line>], gutters: &[(f32, f32)]) -> Self {
        let columns = gutters.len() + 1;
        let mut edges = vec![(f32::MAX, f32::MIN); columns];
        let column_of = |line: &Line| {
            let middle = f32::midpoint(line.area.x0, line.area.x1);
            gutters.iter().filter(|g| middle > f32::midpoint(g.0, g.1)).count()
        };
        let cells = rows.iter().map(|row| {
            let mut cells: Vec<Option<Line>> = vec![None; columns];
            for line in row {
                let column = column_of(line);
                edges[column].0 = edges[column].0.min(line.area.x0);
                edges[column].1 = edges[column].1.max(line.area.x1);
                match &mut cells[column] {
                    Some(cell) => cell.absorb(line.clone()),
                    none => *none = Some(line.clone()),
                }
            }
            cells
        });
        let cells = cells.collect();
        Self { cells, edges, rows }
    }

    /// Whether its columns are read one after the other, as in signature blocks and texts in columns; else it is a
    /// table.
    fn reads_down(&self, words: &[PlacedWord<'_>]) -> bool {
        if self.edges.len() > 3 {
            return false;
        }
        let texts: Vec<Vec<Option<String>>> =
            self.cells.iter().map(|row| row.iter().map(|c| c.as_ref().map(|l| l.text(words))).collect()).collect();
        let column = |i: usize| texts.iter().filter_map(move |row| row[i].as_deref());
        let share = |i: usize, test: &dyn Fn(&str) -> bool| {
            let (mut hits, mut n) = (0.0_f32, 0.0_f32);
            for text in column(i) {
                n += 1.0;
                hits += f32::from(u8::from(test(text)));
            }
            if n > 0.0 { hits / n } else { 0.0 }
        };
        let ends_in_colon = |text: &str| text.ends_with(':');
        let last = self.edges.len() - 1;
        let signs = |i: usize| column(i).filter(|text| SIGNS.is_match(text)).count();
        let paired = texts.iter().filter(|row| {
            let heads: Vec<_> = row.iter().flatten().map(|text| first_word(text)).collect();
            heads.len() > 1 && heads.windows(2).all(|w| w[0] == w[1] && !w[0].is_empty())
        });
        let paired = paired.count();
        let open = |text: &str| text.len() > 4 && text.chars().all(|c| matches!(c, '_' | '.' | ' ' | '-'));
        let both_open = texts.iter().any(|row| row.len() > 1 && row.iter().all(|c| c.as_deref().is_some_and(open)));
        // `Term, unless terminated by notice against the end` is a line of a text.
        let names_field = |text: &str| FIELDS.is_match(text) && text.split_whitespace().count() <= MOST_IN_LABEL;
        let numbers = |text: &str| {
            let digits = text.chars().filter(char::is_ascii_digit).count();
            digits * 2 >= text.chars().filter(|c| !c.is_whitespace()).count() || text.starts_with(['€', '$', 'ƒ'])
        };
        // A field on both sides is the same one in two languages.
        let is_field = |cell: &Option<String>| cell.as_deref().is_some_and(names_field);
        let fields = texts.iter().any(|row| is_field(&row[0]) && !is_field(&row[last]));
        if share(last, &numbers) > 0.5 || fields {
            return false;
        }
        if both_open || paired > 0 && (signs(last) > 0 || paired * 2 >= texts.len()) {
            return true;
        }
        if share(0, &ends_in_colon) >= 0.5 && share(last, &ends_in_colon) < 0.25 {
            return false;
        }
        let dated = |text: &str| text.split(|c: char| !c.is_ascii_digit()).any(|n| n.len() == 4) && text.contains(',');
        let dated_both = texts.iter().any(|row| row.len() > 1 && row.iter().all(|c| c.as_deref().is_some_and(dated)));
        if dated_both || (signs(0) > 0 && signs(last) > 0) {
            return true;
        }
        // Text that flows: long lines, many of which go on in small letters.
        (0..=last).all(|i| {
            let long = share(i, &|text: &str| text.split_whitespace().count() >= 4) > 0.6;
            long && share(i, &|text: &str| text.starts_with(char::is_lowercase)) > 0.3
        }) && self.rows.len() >= 4
    }

    /// Writes column after column. In a narrow column a line that leaves room for the next word ends a paragraph.
    fn columns(self, page: usize, body_right: f32, words: &[PlacedWord<'_>], out: &mut Vec<Flow>) {
        let Self { mut cells, edges, .. } = self;
        for (i, &(left, right)) in edges.iter().enumerate() {
            // The last column may reach as far as the others do.
            let wide = i.checked_sub(1).map_or(0.0, |before| left - edges[before].0);
            let right = edges.get(i + 1).map_or(body_right.max(left + wide), |next| next.0).max(right);
            let (mut room, mut ended) = (f32::MAX, true);
            for line in cells.iter_mut().filter_map(|row| row[i].take()) {
                let first = line.words.first().map_or(0.0, |&w| words[w].area.width());
                let text = line.text(words);
                // A sentence that goes on in small letters goes on in its paragraph.
                let goes_on = !ended && text.starts_with(char::is_lowercase);
                let start = if room > first + 1.5 * line.em && !goes_on { Start::Paragraph } else { Start::Free };
                room = right - line.area.x1;
                ended = !text.ends_with(char::is_lowercase) || text.split_whitespace().count() < 6;
                out.push(Flow { left, right, ..flow(page, line, start) });
            }
        }
    }

    /// Writes row after row; a row whose first cell is empty, or goes on in small letters, continues the one above.
    fn rows(self, page: usize, words: &[PlacedWord<'_>], out: &mut Vec<Flow>) {
        let Self { cells, edges, .. } = self;
        let starts_small =
            |cell: &Option<Line>| cell.as_ref().is_none_or(|l| l.text(words).starts_with(char::is_lowercase));
        let full = |row: &[Option<Line>]| row.iter().filter(|cell| cell.is_some()).count() > 1 && row[0].is_some();
        let apart = cells.windows(2).filter(|pair| full(&pair[0]) && full(&pair[1]));
        let apart = apart.map(|pair| top(&pair[1]) - top(&pair[0])).fold(f32::MAX, f32::min);
        // A label over two lines: `Contract` beside the value, and `reference` right below, closer than a row of its own.
        let wraps = |row: &[Option<Line>], above: &[Option<Line>], step: f32| {
            let ends = |line: &Line| line.text(words).ends_with(':');
            let only = row[0].is_some() && row[1..].iter().all(Option::is_none);
            only && full(above) && !above[0].as_ref().is_some_and(ends) && apart < f32::MAX && step < CLOSER * apart
        };
        let mut groups: Vec<Range<usize>> = Vec::new();
        for (i, row) in cells.iter().enumerate() {
            let em = row.iter().flatten().map(|l| l.em).fold(1.0, f32::max);
            let step = if i > 0 { top(row) - top(&cells[i - 1]) } else { f32::MAX };
            // Lines of one cell stand closer than the rows of a table with lines between them.
            let goes_on = step < 1.9 * em && (row[0].is_none() || row.iter().all(starts_small))
                || step < WITHIN_CELL * em && starts_small(&row[0])
                || i > 0 && wraps(row, &cells[i - 1], step);
            match groups.last_mut().filter(|_| goes_on) {
                Some(group) => group.end = i + 1,
                None => groups.push(i..i + 1),
            }
        }
        Self { cells, edges, rows: self.rows }.records(groups, page, out);
    }

    /// The rows of each record of a table whose cells stand beside one another's middles, where it is one: a label beside
    /// the second of three lines belongs to all three.
    fn centered(&self) -> Option<Vec<Range<usize>>> {
        let column = |i: usize| {
            let lines = self.cells.iter().enumerate();
            lines.filter_map(move |(row, cells)| cells[i].as_ref().map(|line| (row, line.area.middle())))
        };
        let steps = (0..self.edges.len()).flat_map(|i| {
            let middles: Vec<f32> = column(i).map(|(_, middle)| middle).collect();
            middles.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<_>>()
        });
        let pitch = steps.fold(f32::MAX, f32::min);
        // The lines of each cell: rows and middles of the first and the last.
        struct Cell {
            column: usize,
            rows: Range<usize>,
            middles: (f32, f32),
        }
        let mut found: Vec<Cell> = Vec::new();
        for i in 0..self.edges.len() {
            let mut below = f32::MIN;
            for (row, middle) in column(i) {
                match found.last_mut().filter(|cell| cell.column == i && middle - below <= pitch * SAME_PITCH) {
                    Some(cell) => (cell.rows.end, cell.middles.1) = (row + 1, middle),
                    None => found.push(Cell { column: i, rows: row..row + 1, middles: (middle, middle) }),
                }
                below = middle;
            }
        }
        found.sort_by_key(|cell| (cell.rows.start, cell.rows.end));
        let mut records: Vec<(Range<usize>, Vec<Cell>)> = Vec::new();
        for cell in found {
            match records.last_mut().filter(|(rows, _)| cell.rows.start < rows.end) {
                Some((rows, cells)) => {
                    rows.end = rows.end.max(cell.rows.end);
                    cells.push(cell);
                }
                None => records.push((cell.rows.clone(), vec![cell])),
            }
        }
        let middle = |cell: &Cell| f32::midpoint(cell.middles.0, cell.middles.1);
        let lines = |cell: &Cell| ((cell.middles.1 - cell.middles.0) / pitch).round() as usize + 1;
        let whole = records.iter().all(|(_, cells)| {
            let labelled = cells.iter().filter(|cell| cell.column == 0).count() == 1;
            let level = cells.iter().all(|cell| (middle(cell) - middle(&cells[0])).abs() < 0.2 * pitch);
            let once = (0..self.edges.len()).all(|i| cells.iter().filter(|cell| cell.column == i).count() <= 1);
            labelled && level && once
        });
        let uneven = records.iter().any(|(_, cells)| cells.iter().any(|cell| lines(cell) != lines(&cells[0])));
        (records.len() > 1 && whole && uneven).then(|| records.into_iter().map(|(rows, _)| rows).collect())
    }

    /// Writes a table record after record, each the cells of some rows.
    fn records(self, records: Vec<Range<usize>>, page: usize, out: &mut Vec<Flow>) {
        let Self { cells, edges, .. } = self;
        for group in records {
            let mut first_cell = true;
            for (column, &(left, right)) in edges.iter().enumerate() {
                let lines = cells[group.clone()].iter().filter_map(|row| row[column].clone());
                for (k, line) in lines.enumerate() {
                    let start = match (k, first_cell) {
                        (0, true) => Start::Paragraph,
                        (0, false) => Start::Cell,
                        _ => Start::Same,
                    };
                    first_cell = false;
                    out.push(Flow { left, right, ..flow(page, line, start) });
                }
            }
        }
    }
}

fn top(row: &[Option<Line>]) -> f32 {
    row.iter().flatten().map(|l| l.area.middle()).fold(f32::MAX, f32::min)
}

fn first_word(text: &str) -> String {
    let word = text.split(|c: char| c.is_whitespace() || c == ':').next().unwrap_or("");
    if word.chars().all(|c| c.is_alphabetic() || c == '_') { word.to_lowercase() } else { String::new() }
}

/// Fills in the body's edges and the usual distance of lines.
fn measure(flows: &mut [Flow], body: &[usize]) {
    let long = body.iter().any(|&i| flows[i].line.words.len() > 5);
    let whole = || body.iter().map(|&i| &flows[i]).filter(|f| !long || f.line.words.len() > 5);
    let left = whole().map(|f| f.line.area.x0).fold(f32::MAX, f32::min);
    let right = whole().map(|f| f.line.area.x1).fold(0.0, f32::max);
    let steps = flows.windows(2).map(|w| (w[1].line.area.middle() - w[0].line.area.middle(), w[0].line.em));
    let mut steps: Vec<f32> = steps.filter(|&(step, em)| step > 0.5 * em && step < 3.0 * em).map(|(s, _)| s).collect();
    let pitch = median(&mut steps);
    for flow in flows {
        if flow.left.is_nan() {
            (flow.left, flow.right) = (left, right);
        }
        flow.pitch = if pitch > 0.0 { pitch } else { 1.2 * flow.line.em };
    }
}

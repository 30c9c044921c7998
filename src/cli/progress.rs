//! Tells on stderr how far a run is: a bar on a terminal, a line now and then elsewhere.

use std::{
    io::{IsTerminal as _, Write as _},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

use crate::model::Language;

/// How often a line is written where stderr is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(15);

/// Counts files and pages of a run; shared by all threads.
pub(crate) struct Progress {
    language: Language,
    started: Instant,
    files: AtomicUsize,
    total_files: AtomicUsize,
    pages: AtomicUsize,
    /// What is counted, in Dutch and English.
    things: [&'static str; 2],
    bar: Option<ProgressBar>,
    last_line: Mutex<Instant>,
}

impl Progress {
    /// Starts to count; `total_files` may still be 0 and grow.
    #[expect(clippy::expect_used, reason = "the template is a constant")]
    pub(crate) fn start(language: Language, total_files: usize) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style =
                ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}").expect("the template is well formed");
            ProgressBar::new(total_files as u64).with_style(style)
        });
        Self {
            language,
            started: Instant::now(),
            files: AtomicUsize::new(0),
            total_files: AtomicUsize::new(total_files),
            pages: AtomicUsize::new(0),
            things: ["bestanden", "files"],
            bar,
            last_line: Mutex::new(Instant::now()),
        }
    }

    /// The same for records that are in the archive.
    pub(crate) fn of_records(language: Language, total: usize) -> Self {
        Self { things: ["records", "records"], ..Self::start(language, total) }
    }

    /// One more file is known.
    pub(crate) fn file_found(&self) {
        let total = self.total_files.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(bar) = &self.bar {
            bar.set_length(total as u64);
        }
    }

    /// A page was read.
    pub(crate) fn page_done(&self) {
        self.pages_done(1);
        self.tell();
    }

    /// So many pages were read, of something that is told of next.
    pub(crate) fn pages_done(&self, pages: usize) {
        self.pages.fetch_add(pages, Ordering::Relaxed);
    }

    /// A file reached its end.
    pub(crate) fn file_done(&self) {
        self.files.fetch_add(1, Ordering::Relaxed);
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
        self.tell();
    }

    /// Says something between the lines of progress.
    pub(crate) fn say(&self, line: &str) {
        let line = super::one_line(line);
        match &self.bar {
            Some(bar) => bar.suspend(|| drop(writeln!(std::io::stderr(), "{line}"))),
            None => drop(writeln!(std::io::stderr(), "{line}")),
        }
    }

    /// The run is over: the bar goes.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn tell(&self) {
        match &self.bar {
            Some(bar) => bar.set_message(self.message()),
            None => {
                let mut last = self.last_line.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                if last.elapsed() >= LINE_EVERY {
                    *last = Instant::now();
                    let (done, total) = (self.files.load(Ordering::Relaxed), self.total_files.load(Ordering::Relaxed));
                    let _ = writeln!(std::io::stderr(), "{done}/{total} {}", self.message());
                }
            }
        }
    }

    fn message(&self) -> String {
        let minutes = self.started.elapsed().as_secs_f64() / 60.0;
        let pages = self.pages.load(Ordering::Relaxed);
        let rate = pages as f64 / minutes.max(1e-3);
        let (done, total) = (self.files.load(Ordering::Relaxed), self.total_files.load(Ordering::Relaxed));
        let left = if done > 0 && total > done {
            let minutes_left = minutes / done as f64 * (total - done) as f64;
            self.language.say(format!(", nog {minutes_left:.1} min"), format!(", {minutes_left:.1} min left"))
        } else {
            String::new()
        };
        let [dutch, english] = self.things;
        self.language.say(
            format!("{dutch} · {pages} pagina's, {rate:.0} per minuut{left}"),
            format!("{english} · {pages} pages, {rate:.0} a minute{left}"),
        )
    }
}

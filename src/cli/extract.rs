//! `griffie extract` and `griffie text`: read without archiving.

use std::{
    collections::BTreeMap,
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use clap::Args;

use super::{Context, Outcome, output_failed, print_json_line, print_line, progress::Progress};
use crate::{
    Result,
    model::Language,
    pipeline::examine::{Examined, Examiner},
    tools::CancelFlag,
};

/// Read contracts without archiving them and print what the register would hold.
#[derive(Args)]
pub(super) struct ExtractArguments {
    /// The files, in the order in which their lines are printed.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Print one line of JSON a file instead of a table.
    #[arg(long, env = "GRIFFIE_JSON", value_parser = crate::cli::yes_or_no)]
    json: bool,
    /// File with passwords for encrypted PDFs, one a line.
    #[arg(long, env = "GRIFFIE_PASSWORD_FILE")]
    password_file: Option<PathBuf>,
}

/// Print the text as read, pages separated by form feeds.
#[derive(Args)]
pub(super) struct TextArguments {
    /// The files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// File with passwords for encrypted PDFs, one a line.
    #[arg(long, env = "GRIFFIE_PASSWORD_FILE")]
    password_file: Option<PathBuf>,
}

pub(super) fn extract(context: &Context, arguments: &ExtractArguments) -> Result<Outcome> {
    let rules = context.reading_rules()?;
    let reader = context.reader()?;
    let examiner = context.examiner(&reader, Some(&rules), arguments.password_file.as_deref())?;
    let language = context.config.language;
    in_order(context, &examiner, &arguments.files, |path, examined| {
        let examined = match examined {
            Ok(examined) => examined,
            Err(error) => {
                // The table says why; this what to do as well.
                warn(path, &error, language);
                Examined::unreadable(path, &error, language)
            }
        };
        let partial = examined.is_partial();
        let line = examined.into_line(path, context.config.language);
        if arguments.json {
            print_json_line(&line)?;
        } else {
            print_line(super::table::record(&line, language))?;
        }
        Ok(partial)
    })
}

pub(super) fn text(context: &Context, arguments: &TextArguments) -> Result<Outcome> {
    let reader = context.reader()?;
    let examiner = context.examiner(&reader, None, arguments.password_file.as_deref())?;
    in_order(context, &examiner, &arguments.files, |path, examined| {
        let examined = match examined {
            Ok(examined) => examined,
            Err(error) => {
                warn(path, &error, context.config.language);
                return Ok(true);
            }
        };
        let mut stdout = io::stdout().lock();
        for page in &examined.reading.pages {
            write!(stdout, "{}\n\u{c}", page.text).map_err(output_failed)?;
        }
        Ok(examined.is_partial())
    })
}

fn warn(path: &Path, error: &crate::Error, language: Language) {
    let line = format!("griffie: `{}`: {}", path.display(), error.explain(language));
    let _ = writeln!(io::stderr(), "{}", super::one_line(&line));
}

/// Whose turn it is to be printed, and what was examined before its turn came.
struct Turn {
    first: usize,
    done: BTreeMap<usize, Result<Examined>>,
    failed: Result<()>,
}

/// Examines files side by side and hands the results on in the order given. `print` says whether a file was only
/// partly read.
fn in_order(
    context: &Context,
    examiner: &Examiner<'_>,
    files: &[PathBuf],
    print: impl Fn(&Path, Result<Examined>) -> Result<bool> + Sync,
) -> Result<Outcome> {
    let cancel = CancelFlag::on_signals()?;
    let progress = Progress::start(context.config.language, files.len());
    let (next, partial) = (AtomicUsize::new(0), AtomicUsize::new(0));
    // What is done out of turn waits here; the first failure to print ends the run.
    let waiting = Mutex::new(Turn { first: 0, done: BTreeMap::new(), failed: Ok(()) });
    std::thread::scope(|scope| {
        // One thread more than there are workers, so that a worker finds the next file ready.
        for _ in 0..context.config.workers + 1 {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(path) = files.get(index).filter(|_| !cancel.is_set()) else { return };
                    let examined = examiner.examine(path, &|_| progress.page_done(), &cancel);
                    progress.file_done();
                    let mut turn = waiting.lock().unwrap_or_else(PoisonError::into_inner);
                    turn.done.insert(index, examined);
                    while let Some(examined) = {
                        let first = turn.first;
                        turn.done.remove(&first)
                    } {
                        match print(&files[turn.first], examined) {
                            Ok(only_partly) => drop(partial.fetch_add(usize::from(only_partly), Ordering::Relaxed)),
                            Err(error) => {
                                cancel.set();
                                if turn.failed.is_ok() {
                                    turn.failed = Err(error);
                                }
                            }
                        }
                        turn.first += 1;
                    }
                }
            });
        }
    });
    progress.finish();
    waiting.into_inner().unwrap_or_else(PoisonError::into_inner).failed?;
    cancel.check()?;
    Ok(Outcome::partial_if(partial.into_inner() > 0))
}

//! A damaged index may make the engine panic, or answer with nonsense of its own: what comes out instead is an error
//! that says what is broken, and what to do.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook},
    sync::Once,
};

use super::Index;
use crate::{Error, ErrorKind, Result};

thread_local! {
    /// Whether a panic of this thread is an answer that is waited for, and nothing to tell people of.
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
}

impl Index {
    /// Asks the engine for something. A fault is told as damage where the index's files are not what they were.
    pub(super) fn guarded<T>(&self, ask: impl FnOnce() -> Result<T>) -> Result<T> {
        match quietly(ask) {
            Some(Ok(answer)) => Ok(answer),
            Some(Err(error)) => match self.damaged_files() {
                files if files.is_empty() => Err(error),
                files => Err(damaged(&files).source(error)),
            },
            None => Err(damaged(&self.damaged_files())),
        }
    }

    /// Files of the index whose bytes are not those that were written, sorted.
    pub fn damaged_files(&self) -> Vec<String> {
        let mut files: Vec<_> = match quietly(|| self.index.validate_checksum()) {
            Some(Ok(files)) => files.iter().map(|file| file.display().to_string()).collect(),
            Some(Err(error)) => vec![error.to_string()],
            None => vec!["meta.json".to_owned()],
        };
        files.sort_unstable();
        files
    }
}

/// The result of some work, or `None` where it panicked.
fn quietly<T>(work: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let told = take_hook();
        set_hook(Box::new(move |panic| {
            if !EXPECTED.get() {
                told(panic);
            }
        }));
    });
    EXPECTED.set(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    EXPECTED.set(false);
    done.ok()
}

fn damaged(files: &[String]) -> Error {
    let named = if files.is_empty() { String::new() } else { format!(" (`{}`)", files.join("`, `")) };
    Error::new(ErrorKind::Storage, format!("the index is damaged{named}"))
        .hint("give `griffie rebuild`: the index holds no truth, and is made anew from the stored words")
        .dutch(format!(
            "de index is beschadigd{named}: geef `griffie rebuild`, dat maakt haar opnieuw uit de opgeslagen woorden"
        ))
}

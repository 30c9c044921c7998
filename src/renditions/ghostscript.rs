//! Has a PDF written anew by Ghostscript, a separate program, where it is installed: it embeds fonts and resolves what
//! an archival copy may not hold. What it gives is an original to copy from, never a copy itself.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{
    Error, ErrorKind, Result,
    error::{Context as _, Fold as _},
    tools::{self, CancelFlag, Program},
};

/// The name of what it writes.
const WRITTEN: &str = "ghostscript.pdf";
/// What it may take beside a second a page: a page takes it some tens of milliseconds.
const CPU_SECONDS: u64 = 30;

/// Writes all pages of a PDF anew into `folder`, under the same numbers, for [`build`](super::build) to copy from. Runs
/// a program: not for sandboxed processes. Fails with [`ErrorKind::MissingTool`] where it is not installed.
pub fn by_ghostscript(
    original: &Path,
    password: Option<&str>,
    pages: u64,
    folder: &Path,
    cancel: &CancelFlag,
) -> Result<PathBuf> {
    let program = tools::find("gs", "ghostscript")?;
    let written = folder.join(WRITTEN);
    let mut arguments: Vec<OsString> = [
        // Nothing but the two files named is read or written.
        "-dSAFER",
        "-dBATCH",
        "-dNOPAUSE",
        "-dQUIET",
        "-sDEVICE=pdfwrite",
        "-dPDFA=2",
        "-dPDFACompatibilityPolicy=1",
        "-dCompatibilityLevel=1.7",
        "-sColorConversionStrategy=RGB",
        "-dEmbedAllFonts=true",
        // Images keep their pixels.
        "-dAutoFilterColorImages=false",
        "-dAutoFilterGrayImages=false",
        "-sColorImageFilter=FlateEncode",
        "-sGrayImageFilter=FlateEncode",
        "-dDownsampleColorImages=false",
        "-dDownsampleGrayImages=false",
        "-dDownsampleMonoImages=false",
        "-dAutoRotatePages=/None",
    ]
    .map(OsString::from)
    .to_vec();
    if let Some(password) = password {
        // In a file of its own: everybody on a machine sees what programs are started with.
        let file = folder.join("ghostscript.arguments");
        let argument = format!("-sPDFPassword=\"{}\"", password.replace(['"', '\n'], ""));
        std::fs::write(&file, argument).fold(ErrorKind::Storage, || format!("cannot write `{}`", file.display()))?;
        arguments.push(joined("@", &file));
    }
    arguments.push(joined("-sOutputFile=", &written));
    arguments.push(original.into());
    let mut program = Program::new(program, folder).arguments(arguments);
    program.cpu_seconds = CPU_SECONDS + pages;
    program.patience = Duration::from_secs(10 * program.cpu_seconds);
    program.cancel = cancel.clone();
    tools::run(&program).doing(|| "failed to have the original written anew")?;
    match written.metadata() {
        Ok(facts) if facts.len() > 0 => Ok(written),
        _ => Err(Error::new(ErrorKind::Engine, "`gs` wrote nothing")),
    }
}

fn joined(option: &str, file: &Path) -> OsString {
    let mut argument = OsString::from(option);
    argument.push(file);
    argument
}

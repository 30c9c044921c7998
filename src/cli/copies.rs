//! `griffie copies`: the archival copies that are missing.

use std::{
    io::{self, Write as _},
    path::PathBuf,
};

use clap::Args;

use super::{Context, Outcome, print_line};
use crate::{Result, pipeline::copies, register::ArchivalCopy, tools::CancelFlag};

/// Make the archival copies (PDF/A-2u) that are missing. Run again after an interruption, it goes on where it was
/// stopped.
#[derive(Args)]
pub(super) struct CopiesArguments {
    /// Try those again that were refused.
    #[arg(long)]
    again: bool,
    /// File with passwords for encrypted PDFs, one a line.
    #[arg(long, env = "GRIFFIE_PASSWORD_FILE")]
    password_file: Option<PathBuf>,
}

pub(super) fn copies(context: &Context, arguments: &CopiesArguments) -> Result<Outcome> {
    let app = context.writing_app()?;
    let reader = context.any_reader()?;
    let examiner = context.examiner(&reader, None, arguments.password_file.as_deref())?;
    let language = context.config.language;
    let told = |manifest: &crate::archive::Manifest, copy| {
        if let (ArchivalCopy::Refused, Some(refusal)) = (copy, manifest.refused.last()) {
            let label = language.say("niet aanvaard", "refused");
            let line = format!("{label}: {}: {}", manifest.original.name, refusal.reason);
            let _ = writeln!(io::stderr(), "{}", super::one_line(&line));
        }
    };
    let counts = copies::make_missing(&app, &examiner, arguments.again, &told, &CancelFlag::on_signals()?)?;
    print_line(language.say(
        format!("archiefkopieën: {} gemaakt en aanvaard, {} niet aanvaard", counts.accepted, counts.refused),
        format!("archival copies: {} made and accepted, {} refused", counts.accepted, counts.refused),
    ))?;
    Ok(Outcome::partial_if(counts.refused > 0))
}

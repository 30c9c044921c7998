//! `griffie get`, `griffie verify` and `griffie rebuild`: the archive itself.

use std::path::PathBuf;

use clap::Args;

use super::{Context, Outcome, print_line};
use crate::{
    Error, ErrorKind, Result,
    pipeline::rebuild,
    register::{ArchivalCopy, Named},
};

/// The bytes of an original or of its archival copy.
#[derive(Args)]
pub(super) struct GetArguments {
    /// A document, or a record with one document; the start of an id is enough.
    id: String,
    /// The original, byte for byte as it came in (this is the default).
    #[arg(long, conflicts_with = "archival")]
    original: bool,
    /// The archival copy.
    #[arg(long)]
    archival: bool,
    /// Where to write it; a file that is there is not overwritten.
    #[arg(short, long)]
    output: PathBuf,
}

pub(super) fn get(context: &Context, arguments: &GetArguments) -> Result<Outcome> {
    let app = context.reading_app()?;
    let document = match app.register.resolve(&arguments.id)? {
        Named::Document(document) => app.register.document(&document)?,
        Named::Record(record) => match <[_; 1]>::try_from(app.register.record(&record)?.documents) {
            Ok([document]) => document,
            Err(several) => {
                let ids: Vec<_> = several.iter().map(|document| document.id.to_string()).collect();
                return Err(Error::new(ErrorKind::InvalidInput, format!("`{record}` has several documents"))
                    .hint(format!("name one of {}", ids.join(", "))));
            }
        },
    };
    if arguments.archival {
        let ArchivalCopy::Accepted(copy) = document.archival_copy else {
            return Err(Error::new(ErrorKind::NotFound, format!("`{}` has no archival copy", document.id)));
        };
        app.archive.copy_rendition(&copy, &arguments.output)?;
    } else {
        app.archive.copy_original(&document.original, &arguments.output)?;
    }
    Ok(Outcome::Done)
}

pub(super) fn rebuild(context: &Context) -> Result<Outcome> {
    let counts = rebuild::rebuild(&context.data, &context.config)?;
    let language = context.config.language;
    print_line(language.say(
        format!(
            "herbouwd: {} leveringen, {} stukken, {} documenten, {} besluiten",
            counts.batches, counts.items, counts.documents, counts.decisions
        ),
        format!(
            "rebuilt: {} batches, {} items, {} documents, {} decisions",
            counts.batches, counts.items, counts.documents, counts.decisions
        ),
    ))?;
    Ok(Outcome::Done)
}

//! `griffie ingest`: the main job.

use std::{
    collections::HashSet,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use clap::Args;

use super::{Context, Outcome, print_json, print_line, progress::Progress, table};
use crate::{
    Error, ErrorKind, Result,
    model::{Language, PageState},
    pipeline::{
        App, elsewhere,
        ingest::{self, Request, Watcher},
        remarks,
    },
    register::{ItemState, Reason, Receipt, Totals},
    storage::FOREIGN,
    tools::CancelFlag,
};

const EXAMPLES: &str = "Examples:
  griffie ingest scans/                                  a folder with all that is in it
  griffie ingest archive.zip mail.eml --data /srv/contracts
  griffie ingest scans/ --move-to done/ --password-file passwords.txt
  griffie ingest scans/ --no-copies                      and `griffie copies` at night";

/// Take files, folders, ZIP archives and e-mails into the archive and the register. Run again after an interruption,
/// it goes on where it was stopped.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct IngestArguments {
    /// Files and folders.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Print the receipt as JSON.
    #[arg(long, env = "GRIFFIE_JSON", value_parser = crate::cli::yes_or_no)]
    json: bool,
    /// Move the sender's files here once they are archived (they are left where they are without it).
    #[arg(long, env = "GRIFFIE_MOVE_TO", value_name = "FOLDER")]
    move_to: Option<PathBuf>,
    /// File with passwords for encrypted PDFs, one a line.
    #[arg(long, env = "GRIFFIE_PASSWORD_FILE")]
    password_file: Option<PathBuf>,
    /// Leave the archival copies to `griffie copies`, which makes them when there is time for it.
    #[arg(long, env = "GRIFFIE_NO_COPIES", value_parser = crate::cli::yes_or_no)]
    no_copies: bool,
}

struct Told {
    progress: Progress,
    language: Language,
}

impl Watcher for Told {
    fn found(&self) {
        self.progress.file_found();
    }
    fn page(&self) {
        self.progress.page_done();
    }
    fn done(&self, path: &str, state: ItemState, reason: Option<&Reason>) {
        self.progress.file_done();
        if let (ItemState::Quarantined, Some(reason)) =
            (state, reason.filter(|reason| remarks::needs_attention(reason)))
        {
            let label = self.language.say("in quarantaine", "quarantined");
            self.progress.say(&format!("{label}: {path}: {}", reason.message));
        }
    }
}

pub(super) fn ingest(context: &Context, arguments: &IngestArguments) -> Result<Outcome> {
    if !App::is_there(&context.data) {
        // A slip of the pen leaves no empty archive behind.
        ingest::check_paths(&arguments.paths)?;
    }
    arguments.move_to.as_deref().map_or(Ok(()), can_be_a_folder)?;
    // Without rules and an engine nothing can be taken in: they are there before an archive is made.
    let rules = context.reading_rules()?;
    let reader = context.reader()?;
    let app = context.taking_app()?;
    let examiner = context.examiner(&reader, Some(&rules), arguments.password_file.as_deref())?;
    let language = context.config.language;
    let facts = reader.engine_facts();
    let _ = writeln!(io::stderr(), "griffie: {} {facts}", language.say("leest met", "reads with"));
    let paths = each_once(&arguments.paths);
    let request = Request { paths, move_to: arguments.move_to.clone(), copies: !arguments.no_copies };
    let cancel = CancelFlag::on_signals()?;
    let told = Told { progress: Progress::start(language, 0), language };
    let receipt = ingest::ingest(&app, &examiner, &request, &told, &cancel);
    told.progress.finish();
    let receipt = receipt?;
    if arguments.json {
        print_json(&receipt)?;
    } else {
        print_line(receipt_text(&receipt, language))?;
    }
    match receipt.files.iter().find(|file| file.reason.as_ref().is_some_and(|reason| reason.kind == FOREIGN)) {
        Some(file) => Err(in_the_way(&file.path)),
        None => Ok(Outcome::partial_if(remarks::is_incomplete(&receipt) || elsewhere::is_incomplete(&receipt))),
    }
}

/// A file was refused since somebody else's bytes lie where its own were to go. The receipt names the object.
fn in_the_way(path: &str) -> Error {
    Error::new(
        ErrorKind::FixityMismatch,
        format!("`{path}` was not taken in: an object that nobody logged lies in the store in its place"),
    )
    .hint("the receipt names it, and `griffie verify` does; the other files were taken in")
    .dutch(format!(
        "`{path}` is niet opgenomen: op de plaats ervan ligt een object in de opslag dat niemand heeft vastgelegd; het \
         ontvangstbewijs en `griffie verify` noemen het; de andere bestanden zijn opgenomen"
    ))
}

/// The paths without those that were named before, or lie in a folder that is named as well: one file comes in once.
fn each_once(paths: &[PathBuf]) -> Vec<PathBuf> {
    let named: HashSet<&Path> = paths.iter().map(PathBuf::as_path).collect();
    let mut once = Vec::new();
    let mut seen = HashSet::new();
    for path in paths {
        if path.ancestors().skip(1).all(|folder| !named.contains(folder)) && seen.insert(path) {
            once.push(path.clone());
        }
    }
    once
}

/// Refuses a folder for what was taken in that cannot be made, before anything is taken in: what lies there is a file, or
/// the folder that it would be in is not to be written to.
fn can_be_a_folder(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|error| {
        let folder = folder.display();
        Error::new(ErrorKind::InvalidInput, format!("`{folder}` cannot be a folder to move files to"))
            .hint("name a folder beside the sender's that this user may write to; nothing was taken in")
            .dutch(format!(
                "`{folder}` kan geen map zijn om bestanden heen te verplaatsen: noem een map naast die van de afzender \
                 waarin deze gebruiker mag schrijven; er is niets opgenomen"
            ))
            .source(error)
    })
}

/// A receipt has so many remarks on a document; `griffie show` has all.
const MOST_REMARKS: usize = 5;

/// The receipt for people: what did not go in first, then the totals.
pub(super) fn receipt_text(receipt: &Receipt, language: Language) -> String {
    let mut lines =
        vec![language.say(format!("Ontvangstbewijs {}", receipt.batch), format!("Receipt {}", receipt.batch))];
    for file in &receipt.files {
        let state = match file.state {
            ItemState::Pending => language.say("bezig", "pending"),
            ItemState::Archived => language.say("gearchiveerd", "archived"),
            ItemState::Duplicate => language.say("dubbel", "duplicate"),
            ItemState::Quarantined => language.say("quarantaine", "quarantined"),
            ItemState::Container => language.say("houder", "container"),
        };
        let more = match &file.reason {
            Some(reason) => format!("  ({}: {})", reason.kind, super::one_line(&reason.message)),
            None => file.documents.iter().map(|document| format!("  {} {}", document.record, document.id)).collect(),
        };
        lines.push(format!("  {state:<13} {}{more}", super::one_line(&file.path)));
        for remark in &file.remarks {
            lines.push(format!("                {}", super::one_line(&remark.message)));
        }
        for document in file.documents.iter().filter(|_| file.state == ItemState::Archived) {
            let remarks = table::remarks(&document.problems, document.copy_refused.as_deref(), MOST_REMARKS, language);
            lines.extend(remarks.into_iter().map(|line| format!("                {line}")));
        }
    }
    let totals = &receipt.totals;
    let pages = [
        (PageState::Read, totals.pages.read, language.say("gelezen", "read")),
        (PageState::Blank, totals.pages.blank, language.say("leeg", "blank")),
        (PageState::Separator, totals.pages.separator, language.say("scheidingsblad", "separator")),
        (PageState::Unreadable, totals.pages.unreadable, language.say("onleesbaar", "unreadable")),
    ];
    let pages: Vec<_> =
        pages.iter().filter(|(_, count, _)| *count > 0).map(|(_, count, name)| format!("{count} {name}")).collect();
    lines.push(totals_line(totals, language));
    if !pages.is_empty() {
        lines.push(format!("{}: {}", language.say("pagina's", "pages"), pages.join(", ")));
    }
    lines.join("\n")
}

/// The sums of a batch, which add up.
pub(super) fn totals_line(totals: &Totals, language: Language) -> String {
    let Totals { files, archived, duplicate, quarantined, container, .. } = *totals;
    let files = language.count(files as usize, ["bestand", "bestanden"], ["file", "files"]);
    let container = language.count(container as usize, ["houder", "houders"], ["container", "containers"]);
    language.say(
        format!("{files} = {archived} gearchiveerd + {duplicate} dubbel + {quarantined} in quarantaine + {container}"),
        format!("{files} = {archived} archived + {duplicate} duplicate + {quarantined} quarantined + {container}"),
    )
}

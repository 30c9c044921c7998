//! The rules measured on documents: what they are worth on labelled ones, rule by rule, and which values another rule
//! set changes. It archives nothing.

use std::{
    io::Write,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use clap::Args;
use serde_json::json;

use super::{
    labels::{LabelledDocument, labelled_documents},
    read_pack, say,
};
use crate::{
    Error, ErrorKind, Result,
    cli::{Context, one_line, progress::Progress},
    clock::Clock,
    error::{Context as _, Fold as _},
    extract::{
        RuleSet,
        calibration::Observation,
        labelled::{self, Observed},
        standing,
    },
    model::{Fields, Reading},
    text::Text,
    tools::CancelFlag,
};

/// Arguments of `griffie rules calibrate`.
#[derive(Debug, Args)]
pub struct CalibrateArgs {
    /// Folders of labelled documents: in each a folder a document with `gold.json` and the document beside it, or a
    /// list of labels as the Kleister-NDA and CUAD benchmarks have it (`expected.jsonl`, `answers.jsonl`).
    #[arg(required = true)]
    pub folders: Vec<PathBuf>,
    /// Where the calibration goes.
    #[arg(long, default_value = "calibration.toml")]
    pub out: PathBuf,
    /// Where a document lies there in several forms: what the name of the file that is meant has in it (`digital`).
    #[arg(long)]
    pub variant: Option<String>,
    /// Write every value that was judged here too, a line of JSON each.
    #[arg(long, value_name = "FILE")]
    pub observations: Option<PathBuf>,
    /// Values that were judged before, as `--observations` wrote them: what the rules gave in contracts that they had
    /// not been written for. They count as documents of their own.
    #[arg(long, value_name = "FILE")]
    pub observed: Vec<PathBuf>,
}

/// Arguments of `griffie rules stats`.
#[derive(Debug, Args)]
pub struct StatsArgs {
    /// Folder of labelled documents, as for `rules calibrate`.
    pub folder: PathBuf,
    /// Where a document lies there in several forms: what the name of the file that is meant has in it (`digital`).
    #[arg(long)]
    pub variant: Option<String>,
    /// Print JSON.
    #[arg(long, env = "GRIFFIE_JSON", value_parser = crate::cli::yes_or_no)]
    pub json: bool,
}

/// Arguments of `griffie rules diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// Rule set as it was: a folder with `rules/` and word lists.
    pub old: PathBuf,
    /// Rule set as it is to be.
    pub new: PathBuf,
    /// Documents to read, in folders of any depth; those with a `gold.json` beside them are judged too.
    pub folder: PathBuf,
    /// Only files with this in their name.
    #[arg(long)]
    pub variant: Option<String>,
    /// Print JSON.
    #[arg(long, env = "GRIFFIE_JSON", value_parser = crate::cli::yes_or_no)]
    pub json: bool,
}

/// Reads labelled documents as `griffie extract` does, and writes what each kind of evidence was worth in them.
pub(super) fn calibrate(args: &CalibrateArgs, rules: RuleSet, context: &Context, out: &mut dyn Write) -> Result<usize> {
    let mut documents = Vec::new();
    for folder in &args.folders {
        documents.extend(labelled_documents(folder, args.variant.as_deref())?);
    }
    let rules = rules.uncalibrated();
    let judged = judged(&documents, &rules, context)?;
    let unread = documents.len() - judged.len();
    let (read, mut seen): (Vec<usize>, Vec<Observed>) =
        judged.into_iter().map(|(number, (_, observed))| (number, observed)).unzip();
    if let Some(path) = &args.observations {
        let lines: String =
            read.iter().zip(&seen).flat_map(|(number, seen)| lines(&documents[*number], seen)).collect();
        std::fs::write(path, lines).fold(ErrorKind::InvalidInput, || format!("cannot write `{}`", path.display()))?;
    }
    for path in &args.observed {
        let lines =
            std::fs::read_to_string(path).fold(ErrorKind::NotFound, || format!("cannot read `{}`", path.display()))?;
        let before = labelled::observed_before(&lines).doing(|| format!("cannot read `{}`", path.display()))?;
        seen.extend(before);
    }
    let made = labelled::made_from(&seen, Clock::System.today().to_string());
    let text = toml::to_string(&made).fold(ErrorKind::Internal, || "cannot write the calibration as TOML")?;
    let text = format!("{}{text}", labelled::PREFACE);
    std::fs::write(&args.out, text)
        .fold(ErrorKind::InvalidInput, || format!("cannot write `{}`", args.out.display()))?;
    for line in &made.made_from {
        say(out, &format!("{line}\n"))?;
    }
    // Where it stands it does nothing yet.
    let place = args.out.display();
    let told = context.config.language.say(
        format!("geschreven: `{place}`; het werkt als `contract/calibration.toml` in de map met regels\n"),
        format!("written: `{place}`; it works as `contract/calibration.toml` in the folder of the rules\n"),
    );
    say(out, &told)?;
    Ok(unread)
}

/// The values that were judged in a document, a line each.
fn lines(document: &LabelledDocument, seen: &Observed) -> Vec<String> {
    let line = |one: &Observation| format!("{}\n", labelled::line(seen, &document.name, one));
    seen.observations.iter().map(line).collect()
}

/// What each rule gave in labelled documents: how much of it was right, how much of what there is it found, and how
/// often another rule gave something else.
pub(super) fn stats(args: &StatsArgs, rules: &RuleSet, context: &Context, out: &mut dyn Write) -> Result<usize> {
    let documents = labelled_documents(&args.folder, args.variant.as_deref())?;
    let judged = judged(&documents, rules, context)?;
    let unread = documents.len() - judged.len();
    let standing = standing::of_rules(judged.iter().map(|(_, (fields, observed))| (fields, observed)));
    if args.json {
        for rule in &standing {
            let line = serde_json::to_string(rule).fold(ErrorKind::Internal, || "cannot write JSON")?;
            say(out, &format!("{line}\n"))?;
        }
        return Ok(unread);
    }
    say(out, &standing::table(&standing, context.config.language))?;
    Ok(unread)
}

/// Which values of which documents another rule set changes.
pub(super) fn diff(args: &DiffArgs, context: &Context, out: &mut dyn Write) -> Result<usize> {
    let (old, new) = (RuleSet::compile(read_pack(&args.old)?)?, RuleSet::compile(read_pack(&args.new)?)?);
    let documents = documents_in(&args.folder, args.variant.as_deref())?;
    let language = context.config.language;
    let changes = read_each(context, &documents, |number, reading| {
        let text = Text::build(reading);
        let label = documents[number].parent().and_then(|home| std::fs::read_to_string(home.join("gold.json")).ok());
        let label = label.and_then(|label| serde_json::from_str(&label).ok());
        standing::changes(&old.extract_traced(&text, language), &new.extract_traced(&text, language), label.as_ref())
    })?;
    let (mut changed, mut values) = (0, 0);
    let unread = documents.len() - changes.len();
    for (number, changes) in &changes {
        let document = &documents[*number];
        changed += usize::from(!changes.is_empty());
        values += changes.len();
        let name = document.strip_prefix(&args.folder).unwrap_or(document).display().to_string();
        for change in changes {
            let line = if args.json {
                json!({"document": name, "change": change}).to_string()
            } else {
                one_line(&format!("{name}  {}", change.say(language)))
            };
            say(out, &format!("{line}\n"))?;
        }
    }
    if args.json {
        return Ok(unread);
    }
    let all = documents.len() - unread;
    let told = language.say(
        format!("{values} waarden in {changed} van {all} documenten\n"),
        format!("{values} values in {changed} of {all} documents\n"),
    );
    say(out, &told)?;
    Ok(unread)
}

/// The documents in a folder, by name.
fn documents_in(folder: &Path, variant: Option<&str>) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(folder).follow_links(true).sort_by_file_name() {
        let entry = entry.fold(ErrorKind::NotFound, || format!("cannot read the folder `{}`", folder.display()))?;
        let name = entry.file_name().to_string_lossy();
        let known = [".pdf", ".tif", ".tiff", ".jpg", ".png"].iter().any(|ending| name.ends_with(ending));
        if known && entry.file_type().is_file() && variant.is_none_or(|variant| name.contains(variant)) {
            found.push(entry.into_path());
        }
    }
    if found.is_empty() {
        return Err(Error::new(ErrorKind::NotFound, format!("there is no document in `{}`", folder.display())));
    }
    Ok(found)
}

/// What the rules read in labelled documents, and what that is worth.
fn judged(
    documents: &[LabelledDocument],
    rules: &RuleSet,
    context: &Context,
) -> Result<Vec<(usize, (Fields, Observed))>> {
    let paths: Vec<PathBuf> = documents.iter().map(|document| document.document.clone()).collect();
    read_each(context, &paths, |number, reading| {
        let document = &documents[number];
        let (fields, traces) = rules.extract_traced(&Text::build(reading), context.config.language);
        let (observations, labelled) = labelled::observe(&document.label, &fields, &traces);
        let (set, family) = (document.set.clone(), document.family.clone());
        (fields, Observed { set, family, made_up: document.made_up, rounds_ago: 0, observations, labelled })
    })
}

/// Reads documents side by side and gives what `work` makes of each, with its number and in their order. Those that
/// cannot be read are named and left out: the caller says how many, since figures over fewer documents would mislead.
fn read_each<T: Send>(
    context: &Context,
    paths: &[PathBuf],
    work: impl Fn(usize, &Reading) -> T + Sync,
) -> Result<Vec<(usize, T)>> {
    let reader = context.reader()?;
    let examiner = context.examiner(&reader, None, None)?;
    let cancel = CancelFlag::on_signals()?;
    let progress = Progress::start(context.config.language, paths.len());
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Result<T>)>> = Mutex::new(Vec::with_capacity(paths.len()));
    std::thread::scope(|scope| {
        for _ in 0..context.config.workers + 1 {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(path) = paths.get(number).filter(|_| !cancel.is_set()) else { return };
                    let result = examiner
                        .examine(path, &|_| progress.page_done(), &cancel)
                        .map(|examined| work(number, &examined.reading));
                    progress.file_done();
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((number, result));
                }
            });
        }
    });
    progress.finish();
    cancel.check()?;
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(number, _)| *number);
    let language = context.config.language;
    let mut read = Vec::with_capacity(done.len());
    for (number, result) in done {
        match result {
            Ok(made) => read.push((number, made)),
            Err(error) => {
                let path = one_line(&paths[number].display().to_string());
                let why = one_line(&error.explain(language));
                eprintln!(
                    "{}",
                    language.say(format!("niet gelezen: {path}: {why}"), format!("not read: {path}: {why}"))
                );
            }
        }
    }
    let unread = paths.len() - read.len();
    if read.is_empty() {
        return Err(Error::new(ErrorKind::UnsupportedDocument, "none of the documents can be read")
            .dutch("geen van de documenten kan worden gelezen"));
    }
    if unread > 0 {
        eprintln!(
            "{}",
            language.say(
                format!("{unread} van {} documenten tellen niet mee: ze konden niet worden gelezen", paths.len()),
                format!("{unread} of {} documents do not count: they could not be read", paths.len()),
            )
        );
    }
    Ok(read)
}

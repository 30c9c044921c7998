//! `griffie rules`: the rule writer's bench on the command line. It reads rules, sentences and labelled documents, and
//! archives nothing.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};

use super::Context;
use crate::{
    Error, ErrorKind, Result,
    clock::Clock,
    error::{Context as _, Fold as _},
    extract::{PackFile, RuleSet, labelled},
    model::Language,
    text::Text,
    tools::CancelFlag,
};

/// Arguments of `griffie rules`.
#[derive(Debug, Args)]
pub struct RulesArgs {
    /// Rule set to use instead of the one that is built in: a folder with `rules/` and word lists.
    #[arg(long, global = true, value_name = "FOLDER", env = "GRIFFIE_RULES")]
    pub rules: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: RulesCommand,
}

/// What to do with the rules.
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Run the examples of every rule.
    Test,
    /// Find what no example proves: guards, sentences, and what stands twice.
    Lint,
    /// Tell what the rules do with a sentence or a text file: which words matched, where a rule stopped, why a value lost.
    Explain {
        /// The sentence.
        #[arg(long, conflicts_with = "file", required_unless_present = "file")]
        text: Option<String>,
        /// A text file (as `griffie text` prints it).
        file: Option<PathBuf>,
        /// Only rules whose id starts so; tells also where they stopped.
        #[arg(long)]
        rule: Option<String>,
        /// Language of the sentence (nl or en); by default that of its words.
        #[arg(long)]
        lang: Option<Language>,
    },
    /// Measure the rules on labelled documents, and write what they are worth.
    Calibrate(CalibrateArgs),
}

/// Arguments of `griffie rules calibrate`.
#[derive(Debug, Args)]
pub struct CalibrateArgs {
    /// Folders of labelled documents: in each, a folder a document with `gold.json` and the document beside it.
    #[arg(required = true)]
    pub folders: Vec<PathBuf>,
    /// Where the calibration goes.
    #[arg(long, default_value = "calibration.toml")]
    pub out: PathBuf,
}

/// Runs `griffie rules`.
pub(super) fn run(args: &RulesArgs, context: &Context, out: &mut dyn Write) -> Result<()> {
    let language = context.config.language;
    let rules = match &args.rules {
        Some(folder) => RuleSet::compile(read_pack(folder)?)?,
        None => RuleSet::embedded()?,
    };
    match &args.command {
        RulesCommand::Calibrate(args) => calibrate(args, rules.uncalibrated(), context, out),
        RulesCommand::Test => test(&rules, language, out),
        RulesCommand::Lint => lint(&rules, language, out),
        RulesCommand::Explain { text, file, rule, lang } => {
            let text = match (text, file) {
                (Some(text), _) => text.clone(),
                (None, Some(file)) => std::fs::read_to_string(file)
                    .fold(ErrorKind::NotFound, || format!("cannot read `{}`", file.display()))?,
                (None, None) => return Err(Error::new(ErrorKind::InvalidInput, "neither --text nor a file was given")),
            };
            let text = Text::of_sentence(&text, *lang);
            say(out, &rules.explain(&text, rule.as_deref(), language))
        }
    }
}

/// Reads labelled documents as `griffie extract` does, and writes what each kind of evidence was worth in them.
fn calibrate(args: &CalibrateArgs, rules: RuleSet, context: &Context, out: &mut dyn Write) -> Result<()> {
    let reader = context.reader()?;
    let examiner = context.examiner(&reader, None, None)?;
    let cancel = CancelFlag::on_signals()?;
    let (mut seen, mut sets) = (Vec::new(), Vec::new());
    for folder in &args.folders {
        let before = seen.len();
        for (name, label, document) in labelled(folder)? {
            let examined = examiner.examine(&document, &|_| (), &cancel)?;
            let (fields, traces) = rules.extract_traced(&Text::build(&examined.reading), context.config.language);
            // `D1-03` and `D1-04` are of one maker: what they share must not judge itself.
            let family = name.split_once('-').map_or(name.as_str(), |(family, _)| family);
            seen.push(labelled::observe(family, &label, &fields, &traces));
        }
        let set = folder.file_name().map_or_else(|| folder.display().to_string(), |n| n.to_string_lossy().into_owned());
        sets.push(format!("{set} ({})", seen.len() - before));
    }
    let carries = labelled::out_of_sample(&seen);
    let from = format!(
        "labelled documents of {}; judged by the other families, {} of {} values that would have filled the register by \
         themselves were right, of {} that the labels name",
        sets.join(", "),
        carries.right,
        carries.given,
        carries.labelled
    );
    let made = labelled::made_from(seen.iter(), from, Clock::System.today().to_string());
    let text = toml::to_string(&made).fold(ErrorKind::Internal, || "cannot write the calibration as TOML")?;
    let text = format!("# Made by `griffie rules calibrate`; not written by hand.\n{text}");
    std::fs::write(&args.out, text)
        .fold(ErrorKind::InvalidInput, || format!("cannot write `{}`", args.out.display()))?;
    say(out, &format!("{}\n", made.made_from))
}

/// The labelled documents of a folder, by name: its name, its label, the document.
fn labelled(folder: &Path) -> Result<Vec<(String, serde_json::Value, PathBuf)>> {
    let cannot_read = || format!("cannot read the labelled documents in `{}`", folder.display());
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(folder).min_depth(2).max_depth(2).sort_by_file_name() {
        let entry = entry.fold(ErrorKind::NotFound, cannot_read)?;
        let Some(home) = entry.path().parent().filter(|_| entry.file_name() != "gold.json") else { continue };
        let is_document =
            entry.path().extension().is_some_and(|e| ["pdf", "tif", "tiff"].iter().any(|kind| e == *kind));
        let Ok(label) = std::fs::read_to_string(home.join("gold.json")) else { continue };
        if is_document {
            let label = serde_json::from_str(&label).fold(ErrorKind::InvalidInput, cannot_read)?;
            let name = home.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            found.push((name, label, entry.into_path()));
        }
    }
    Ok(found)
}

/// The files of a rule set in a folder.
pub fn read_pack(folder: &Path) -> Result<Vec<PackFile>> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.fold(ErrorKind::NotFound, || format!("cannot read the rule set `{}`", folder.display()))?;
        if entry.path().extension().is_some_and(|extension| extension == "toml") {
            let text = std::fs::read_to_string(entry.path())
                .fold(ErrorKind::InvalidInput, || format!("cannot read `{}`", entry.path().display()))?;
            files.push((entry.path().display().to_string(), text));
        }
    }
    Ok(files)
}

fn test(rules: &RuleSet, language: Language, out: &mut dyn Write) -> Result<()> {
    let (count, failures) = rules.test_examples();
    for failure in &failures {
        say(out, &format!("{} {}\n  “{}”\n", failure.source, failure.rule, failure.text))?;
        let (want, got) = (failure.want.join(", "), failure.got.join(", "));
        say(
            out,
            &language
                .say(format!("  moet geven: {want}\n  gaf: {got}\n"), format!("  must give: {want}\n  gave: {got}\n")),
        )?;
    }
    let (rules, failed) = (rules.rules().len(), failures.len());
    say(
        out,
        &language.say(
            format!("{rules} regels, {count} voorbeelden, {failed} houden geen stand\n"),
            format!("{rules} rules, {count} examples, {failed} do not hold\n"),
        ),
    )?;
    verdict(failed, "examples do not hold")
}

fn lint(rules: &RuleSet, language: Language, out: &mut dyn Write) -> Result<()> {
    let remarks = rules.lint();
    for remark in &remarks {
        say(out, &format!("{} {}: {}\n", remark.source, remark.rule, remark.message))?;
    }
    let count = remarks.len();
    say(out, &language.say(format!("{count} opmerkingen\n"), format!("{count} remarks\n")))?;
    verdict(count, "remarks about the rules")
}

fn verdict(count: usize, what: &str) -> Result<()> {
    if count == 0 { Ok(()) } else { Err(Error::new(ErrorKind::InvalidInput, format!("{count} {what}"))) }
}

fn say(out: &mut dyn Write, text: &str) -> Result<()> {
    out.write_all(text.as_bytes()).fold(ErrorKind::Internal, || "cannot write the answer").doing(|| "failed to print")
}

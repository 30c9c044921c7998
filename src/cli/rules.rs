//! `griffie rules`: the rule writer's bench on the command line. It reads rules, sentences and labelled documents, and
//! archives nothing.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

mod labels;
mod measure;

use clap::{Args, Subcommand};

use super::Context;
use crate::{
    Error, ErrorKind, Result,
    error::{Context as _, Fold as _},
    extract::{PackFile, RuleSet},
    model::Language,
    text::Text,
    tools::CancelFlag,
};

use measure::{CalibrateArgs, DiffArgs, StatsArgs};

/// The rule writer's bench.
#[derive(Debug, Args)]
pub struct RulesArgs {
    /// Rule set to use instead of the configured one or the one that is built in: a folder with `rules/` and word lists.
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
    Lint {
        /// Only rules whose id starts so.
        #[arg(long)]
        rule: Option<String>,
    },
    /// Tell what the rules do with a sentence, a text or a document: which words matched, where a rule stopped, why a value lost.
    Explain {
        /// The sentence.
        #[arg(long, conflicts_with = "file", required_unless_present = "file")]
        text: Option<String>,
        /// A contract, read as `griffie extract` reads it, or a text file.
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
    /// Tell what each rule gave in labelled documents: how much was right, how much it covers, what it contradicts.
    Stats(StatsArgs),
    /// Tell which values of which documents another rule set changes.
    Diff(DiffArgs),
}

/// Runs `griffie rules`; tells how many documents could not be read.
pub(super) fn run(args: &RulesArgs, context: &Context, out: &mut dyn Write) -> Result<usize> {
    let language = context.config.language;
    let rules = match &args.rules {
        Some(folder) => RuleSet::compile(read_pack(folder)?)?,
        None => context.rules()?,
    };
    match &args.command {
        RulesCommand::Calibrate(args) => measure::calibrate(args, rules, context, out),
        RulesCommand::Stats(args) => measure::stats(args, &rules, context, out),
        RulesCommand::Diff(args) => measure::diff(args, context, out),
        RulesCommand::Test => test(&rules, language, out).map(|()| 0),
        RulesCommand::Lint { rule } => lint(&rules, rule.as_deref().unwrap_or_default(), language, out).map(|()| 0),
        RulesCommand::Explain { text, file, rule, lang } => {
            let text = match (text, file) {
                (Some(text), _) => Text::of_sentence(text, *lang),
                (None, Some(file)) => text_of_file(file, *lang, context)?,
                (None, None) => return Err(Error::new(ErrorKind::InvalidInput, "neither --text nor a file was given")),
            };
            if let Some(wanted) = rule
                && !rules.rules().iter().any(|rule| rule.id.starts_with(wanted.as_str()))
            {
                return Err(Error::new(ErrorKind::NotFound, format!("no rule's name starts with `{wanted}`"))
                    .dutch(format!("geen regel heeft een naam die begint met `{wanted}`")));
            }
            say(out, &rules.explain(&text, rule.as_deref(), language)).map(|()| 0)
        }
    }
}

/// The text of a contract, or of a file that holds nothing but text.
fn text_of_file(file: &Path, language: Option<Language>, context: &Context) -> Result<Text> {
    let bytes = std::fs::read(file).fold(ErrorKind::NotFound, || format!("cannot read `{}`", file.display()))?;
    match String::from_utf8(bytes) {
        Ok(text) if !text.starts_with("%PDF") && !text.starts_with("{\\rtf") => Ok(Text::of_sentence(&text, language)),
        _ => {
            let (reader, cancel) = (context.reader()?, CancelFlag::on_signals()?);
            let examined = context.examiner(&reader, None, None)?.examine(file, &|_| {}, &cancel)?;
            Ok(Text::build(&examined.reading))
        }
    }
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
    let failed = failures.len();
    let rules = language.count(rules.rules().len(), ["regel", "regels"], ["rule", "rules"]);
    let examples = language.count(count, ["voorbeeld", "voorbeelden"], ["example", "examples"]);
    let (nl, en) = if failed == 1 { ("houdt", "does") } else { ("houden", "do") };
    say(
        out,
        &language.say(
            format!("{rules}, {examples}, {failed} {nl} geen stand\n"),
            format!("{rules}, {examples}, {failed} {en} not hold\n"),
        ),
    )?;
    let failures = language.count(failed, ["voorbeeld", "voorbeelden"], ["example", "examples"]);
    verdict(failed, format!("{failures} {en} not hold"), format!("{failures} {nl} geen stand"))
}

fn lint(rules: &RuleSet, only: &str, language: Language, out: &mut dyn Write) -> Result<()> {
    let mut remarks = rules.lint();
    remarks.retain(|remark| remark.rule.starts_with(only));
    for remark in &remarks {
        say(out, &format!("{} {}: {}\n", remark.source, remark.rule, remark.message))?;
    }
    let count = remarks.len();
    let told = language.count(count, ["opmerking", "opmerkingen"], ["remark", "remarks"]);
    say(out, &format!("{told}\n"))?;
    verdict(count, format!("{told} about the rules"), format!("{told} over de regels"))
}

fn verdict(count: usize, told: String, dutch: String) -> Result<()> {
    if count == 0 { Ok(()) } else { Err(Error::new(ErrorKind::InvalidInput, told).dutch(dutch)) }
}

fn say(out: &mut dyn Write, text: &str) -> Result<()> {
    out.write_all(text.as_bytes()).fold(ErrorKind::Internal, || "cannot write the answer").doing(|| "failed to print")
}

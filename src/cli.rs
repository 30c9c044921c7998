//! The command line: one file per verb. Results go to stdout, everything else to stderr.

use std::{
    borrow::Cow,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::{Parser, Subcommand};
use jiff::civil::Date;
use serde::Serialize;
use tracing_subscriber::{
    fmt::{FmtContext, FormatEvent, FormatFields, format},
    registry::LookupSpan,
};

use crate::{
    Error, ErrorKind, Result,
    config::{Config, FILE_NAME},
    extract::RuleSet,
    model::{Language, RecordId},
    pipeline::{
        App,
        examine::{Examiner, Passwords},
        read::{ReadSettings, Reader, worker_main},
    },
    register::Named,
    tools::{Sandbox, outlive_limits},
};

mod archive;
mod copies;
mod decide;
mod export;
mod extract;
mod history;
mod ingest;
mod log;
mod paper;
mod progress;
mod register;
mod reread;
pub mod rules;
mod search;
mod show;
mod store;
mod table;

/// griffie turns stacks of scanned and digital contracts into an archive that can prove itself and a contract
/// register that fills itself.
#[derive(Parser)]
#[command(name = "griffie", version, max_term_width = 100, after_help = EXIT_CODES)]
struct Arguments {
    /// Folder of the archive, the database and the index.
    #[arg(long, global = true, help_heading = COMMON, env = "GRIFFIE_DATA", default_value = "griffie-data")]
    data: PathBuf,
    /// Configuration file [default: griffie.toml in the data folder].
    #[arg(long, global = true, help_heading = COMMON, env = "GRIFFIE_CONFIG")]
    config: Option<PathBuf>,
    /// Where the objects lie: a folder or s3://BUCKET/PREFIX [default: that of the data folder, `store` in it].
    #[arg(long, global = true, help_heading = COMMON, env = "GRIFFIE_STORE")]
    store: Option<String>,
    /// Language of explanations, tables and receipts: nl or en.
    #[arg(long, global = true, help_heading = COMMON, env = "GRIFFIE_LANGUAGE")]
    language: Option<Language>,
    /// Go on though the log tells of a time after that of this machine's clock: an earlier clock was wrong, not this one.
    #[arg(long, global = true, help_heading = COMMON, env = "GRIFFIE_CLOCK_IS_RIGHT", value_parser = yes_or_no)]
    clock_is_right: bool,
    /// Wait so long for another griffie that is at work in the data folder or its store, instead of being refused: 90s, 30m,
    /// 6h. Who decides, searches or checks does not keep others waiting [default: 30 seconds for those who log decisions,
    /// none for those who work for long; `log timestamp`: 6h].
    #[arg(long, global = true, help_heading = COMMON, env = "GRIFFIE_WAIT", value_name = "DURATION", value_parser = duration)]
    wait: Option<Duration>,
    /// Worker processes that read pages; 0: one a core [default: that of the configuration, else one a core; at most
    /// four a core].
    #[arg(long, global = true, help_heading = COMMON, env = "GRIFFIE_WORKERS")]
    workers: Option<usize>,
    #[command(subcommand)]
    verb: Verb,
}

/// What every command takes; where it means nothing it does nothing.
const COMMON: &str = "Options of every command";

const EXIT_CODES: &str = "Exit codes: 0 done; 2 bad input; 3 configuration; 4 a program or library is missing; \
5 document cannot be read; 6 not found, or contradicts what is there; 7 refused; 8 stored bytes are not what they \
were; 9 a worker failed; 10 storage; 11 done, but something was quarantined, only partly read, or its copy refused; \
70 internal; 130 interrupted.";

#[derive(Subcommand)]
enum Verb {
    Extract(extract::ExtractArguments),
    Text(extract::TextArguments),
    Ingest(ingest::IngestArguments),
    Copies(copies::CopiesArguments),
    Reread(reread::RereadArguments),
    Register(register::RegisterArguments),
    Show(show::ShowArguments),
    Search(search::SearchArguments),
    Decide(decide::DecideArguments),
    Get(archive::GetArguments),
    Verify(archive::VerifyArguments),
    Export(export::ExportArguments),
    Rebuild(archive::RebuildArguments),
    Log(log::LogArguments),
    Store(store::StoreArguments),
    Rules(rules::RulesArgs),
    /// Reads pages for the program that started it; not for people.
    #[command(hide = true)]
    Worker,
}

/// What every command has at hand.
pub(crate) struct Context {
    pub config: Config,
    pub data: PathBuf,
    /// How many workers were asked for, where there are fewer.
    asked_workers: Option<usize>,
}

impl Context {
    fn reading_app(&self) -> Result<App> {
        App::open(&self.data, self.config.clone())
    }

    /// For taking things in: an archive is made where there is none.
    fn taking_app(&self) -> Result<App> {
        App::open_for_writing(&self.data, self.config.clone())
    }

    fn writing_app(&self) -> Result<App> {
        App::open_existing_for_writing(&self.data, self.config.clone())
    }

    /// The rule set that the configuration names, else the one that is built in.
    fn rules(&self) -> Result<RuleSet> {
        match &self.config.rules {
            Some(folder) if !folder.is_dir() => Err(no_rules(folder)),
            Some(folder) => RuleSet::compile(rules::read_pack(folder)?),
            None => RuleSet::embedded(),
        }
    }

    /// The same for filling the register. One whose own examples do not hold reads otherwise than who wrote it means, which
    /// is said.
    fn reading_rules(&self) -> Result<RuleSet> {
        let rules = self.rules()?;
        if let Some(folder) = &self.config.rules {
            let (_, failures) = rules.test_examples();
            let folder = folder.display();
            let told = |failed: usize| {
                self.config.language.say(
                    format!(
                        "{} van de regels in `{folder}` {} geen stand, en er wordt wel met deze regels gelezen: griffie \
                         rules test --rules {folder} noemt ze",
                        self.config.language.count(failed, ["voorbeeld", "voorbeelden"], ["example", "examples"]),
                        if failed == 1 { "houdt" } else { "houden" },
                    ),
                    format!(
                        "{} of the rules in `{folder}` {} not hold, and these rules are read with: griffie rules test \
                         --rules {folder} names them",
                        self.config.language.count(failed, ["voorbeeld", "voorbeelden"], ["example", "examples"]),
                        if failed == 1 { "does" } else { "do" },
                    ),
                )
            };
            if !failures.is_empty() {
                let _ = writeln!(io::stderr(), "griffie: {}", told(failures.len()));
            }
        }
        Ok(rules)
    }

    /// For reading words: with all languages, since one that is missing makes readings that are worse for ever.
    fn reader(&self) -> Result<Reader> {
        let reader = self.any_reader()?;
        let facts = reader.engine_facts();
        let (languages, data) = (&facts.languages, &facts.data);
        let missing: Vec<_> = ["nld", "eng"].into_iter().filter(|code| !languages.iter().any(|l| l == code)).collect();
        if missing.is_empty() {
            return Ok(reader);
        }
        let (missing, data) = (missing.join(", "), data.display());
        Err(Error::new(ErrorKind::MissingTool, format!("the OCR engine's folder `{data}` has no data for {missing}"))
            .hint(
                "apt-get install tesseract-ocr-nld tesseract-ocr-eng, or let TESSDATA_PREFIX name a folder with both: \
                 what is read in another language is read badly",
            )
            .dutch(format!(
                "in de map `{data}` van de tekstherkenning ontbreekt {missing}: apt-get install tesseract-ocr-nld \
                 tesseract-ocr-eng, of laat TESSDATA_PREFIX een map met beide noemen; in een andere taal leest ze slecht"
            )))
    }

    fn any_reader(&self) -> Result<Reader> {
        if let Some(asked) = self.asked_workers {
            let workers = self.config.workers;
            let told = self.config.language.say(
                format!(
                    "{asked} leesprocessen zijn meer dan waar deze machine iets aan heeft: het worden er {workers}"
                ),
                format!("{asked} workers are more than this machine gains by: there will be {workers}"),
            );
            let _ = writeln!(io::stderr(), "griffie: {told}");
        }
        let limits =
            Sandbox { memory_bytes: self.config.worker_memory_mib << 20, cpu_seconds: self.config.page_cpu_seconds };
        Reader::start(ReadSettings { workers: self.config.workers, limits, ..ReadSettings::default() })
    }

    fn examiner<'a>(
        &self,
        reader: &'a Reader,
        rules: Option<&'a RuleSet>,
        password_file: Option<&Path>,
    ) -> Result<Examiner<'a>> {
        let passwords = password_file.map(Passwords::from_file).transpose()?.unwrap_or_default();
        let original_bytes = self.config.original_bytes();
        Ok(Examiner { reader, rules, passwords, language: self.config.language, original_bytes })
    }
}

/// The configuration names a rule set that is not where it says.
fn no_rules(folder: &Path) -> Error {
    let folder = folder.display();
    Error::new(ErrorKind::NotFound, format!("there is no rule set in `{folder}`, which `rules` in griffie.toml names"))
        .hint("a path that does not begin with / starts in the folder of that griffie.toml: lay the rule set there")
        .dutch(format!(
            "er staan geen regels in `{folder}`, de map die `rules` in griffie.toml noemt; een pad dat niet met / begint telt \
             vanaf de map van die griffie.toml: leg de regels daar"
        ))
}

/// Says that a configuration that lies where the person stands is not the one that is read.
fn tell_of_unread_configuration(data: &Path, language: Language) {
    let (here, read) = (Path::new(FILE_NAME), data.join(FILE_NAME));
    let place = |path: &Path| std::fs::canonicalize(path).ok();
    if place(here).is_none() || place(here) == place(&read) {
        return;
    }
    let read = read.display();
    let told = language.say(
        format!(
            "`{FILE_NAME}` in deze map wordt niet gelezen: dit archief heeft zijn eigen in `{read}` (of geef --config)"
        ),
        format!("`{FILE_NAME}` in this folder is not read: this archive has its own in `{read}` (or give --config)"),
    );
    let _ = writeln!(io::stderr(), "griffie: {told}");
}

/// What the program tells beside its results: one line each, as everything that it says of itself. Whoever looks into it by
/// GRIFFIE_LOG gets time and level as well.
struct Told;

impl<S, N> FormatEvent<S, N> for Told
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: format::Writer<'_>,
        event: &tracing::Event<'_>,
    ) -> std::fmt::Result {
        write!(writer, "griffie: ")?;
        context.field_format().format_fields(writer.by_ref(), event)?;
        writeln!(writer)
    }
}

fn start_telling() {
    let shown = || tracing_subscriber::fmt().with_writer(io::stderr);
    match tracing_subscriber::EnvFilter::try_from_env("GRIFFIE_LOG") {
        Ok(filter) => shown()
            .with_ansi(io::IsTerminal::is_terminal(&io::stderr()))
            .with_target(false)
            .with_env_filter(filter)
            .init(),
        Err(_) => shown()
            .with_ansi(false)
            .with_env_filter(tracing_subscriber::EnvFilter::new("warn"))
            .event_format(Told)
            .init(),
    }
}

/// Runs the command that the arguments name and turns its outcome into an exit code.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are results; a wrong argument is not. Neither is lost to a closed pipe.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { ErrorKind::InvalidInput.exit_code() } else { 0 });
        }
    };
    if matches!(arguments.verb, Verb::Worker) {
        return worker_main();
    }
    start_telling();
    let mut language = arguments.language.unwrap_or(Config::default().language);
    match run(arguments, &mut language) {
        Ok(outcome) => ExitCode::from(outcome.exit_code()),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let mut stderr = io::stderr().lock();
            match language {
                Language::Dutch => _ = writeln!(stderr, "griffie: {}", indented(&error.explain(language))),
                Language::English => {
                    let _ = writeln!(stderr, "griffie: {}", indented(&error.to_string()));
                    if let Some(advice) = error.advice() {
                        let _ = writeln!(stderr, "hint: {}", indented(advice));
                    }
                }
            }
            ExitCode::from(error.kind().exit_code())
        }
    }
}

/// `told_in` becomes the language that the configuration names, once it is read.
fn run(arguments: Arguments, told_in: &mut Language) -> Result<Outcome> {
    outlive_limits()?;
    let mut config = Config::load(&arguments.data, arguments.config.as_deref())?;
    if let Some(language) = arguments.language {
        config.language = language;
    }
    *told_in = config.language;
    if arguments.config.is_none() {
        tell_of_unread_configuration(&arguments.data, config.language);
    }
    if let Some(store) = arguments.store {
        config.store = Some(store);
    }
    if let Some(workers) = arguments.workers {
        config.workers = workers;
    }
    config.clock_is_right = arguments.clock_is_right;
    config.wait = arguments.wait;
    let asked_workers = config.bound_workers();
    let context = Context { config, data: arguments.data, asked_workers };
    match arguments.verb {
        Verb::Extract(arguments) => extract::extract(&context, &arguments),
        Verb::Text(arguments) => extract::text(&context, &arguments),
        Verb::Ingest(arguments) => ingest::ingest(&context, &arguments),
        Verb::Copies(arguments) => copies::copies(&context, &arguments),
        Verb::Reread(arguments) => reread::reread(&context, &arguments),
        Verb::Register(arguments) => register::register(&context, &arguments),
        Verb::Show(arguments) => show::show(&context, &arguments),
        Verb::Search(arguments) => search::search(&context, &arguments),
        Verb::Decide(arguments) => decide::decide(&context, &arguments),
        Verb::Get(arguments) => archive::get(&context, &arguments),
        Verb::Verify(arguments) => archive::verify(&context, &arguments),
        Verb::Export(arguments) => export::export(&context, &arguments),
        Verb::Rebuild(arguments) => archive::rebuild(&context, &arguments),
        Verb::Log(arguments) => log::run(&context, &arguments),
        Verb::Store(arguments) => store::run(&context, &arguments),
        Verb::Rules(arguments) => {
            let unread = rules::run(&arguments, &context, &mut io::stdout().lock())?;
            Ok(Outcome::partial_if(unread > 0))
        }
        Verb::Worker => Err(Error::new(ErrorKind::Internal, "a worker has no context")),
    }
}

/// How a command ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Everything was done.
    Done,
    /// Done, but something was quarantined or only partly read.
    Partial,
}

impl Outcome {
    fn exit_code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Partial => crate::error::PARTIAL,
        }
    }

    fn partial_if(partial: bool) -> Self {
        if partial { Self::Partial } else { Self::Done }
    }
}

/// The record that a person means by an id or the start of one: its own or its document's.
fn record_of(app: &App, id: &str) -> Result<RecordId> {
    match app.register.resolve(id)? {
        // What was joined to another dossier goes with that one.
        Named::Record(record) => app.register.dossier_of(&record),
        Named::Document(document) => Ok(app.register.document(&document)?.record),
    }
}

/// Prints a line of results.
fn print_line(line: impl std::fmt::Display) -> Result<()> {
    writeln!(io::stdout().lock(), "{}", harmless(&line.to_string())).map_err(output_failed)
}

/// Prints JSON, which keeps every text exactly: what a terminal would obey stands in it as an escape.
fn print_json(value: &impl Serialize) -> Result<()> {
    let json = serde_json::to_string_pretty(value).map_err(io::Error::from).map_err(output_failed)?;
    writeln!(io::stdout().lock(), "{}", harmless_json(&json)).map_err(output_failed)
}

/// The same on one line.
fn print_json_line(value: &impl Serialize) -> Result<()> {
    let json = serde_json::to_string(value).map_err(io::Error::from).map_err(output_failed)?;
    writeln!(io::stdout().lock(), "{}", harmless_json(&json)).map_err(output_failed)
}

fn harmless_json(json: &str) -> Cow<'_, str> {
    replaced(json, |c| is_obeyed(c) && c != '\n', |c| format!("\\u{:04x}", u32::from(c)))
}

/// Whether a terminal obeys a character, or shows what comes after it elsewhere (Unicode 16, UAX 9): names of files and
/// words of contracts are their senders'.
fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn escaped(c: char) -> String {
    match c {
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        c => format!("\\u{{{:x}}}", u32::from(c)),
    }
}

fn replaced(text: &str, which: impl Fn(char) -> bool, by: impl Fn(char) -> String) -> Cow<'_, str> {
    if !text.contains(&which) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if which(c) { out += &by(c) } else { out.push(c) }
    }
    out.into()
}

/// A text without characters that a terminal obeys.
fn harmless(text: &str) -> Cow<'_, str> {
    replaced(text, |c| is_obeyed(c) && !matches!(c, '\n' | '\t'), escaped)
}

/// The same for what must stay on its line: the name of a file may hold anything.
fn one_line(text: &str) -> String {
    replaced(text, is_obeyed, escaped).into_owned()
}

/// The same for what has lines of its own: none of them begins as ours do.
fn indented(text: &str) -> String {
    harmless(text).replace('\n', "\n    ")
}

/// Whether an option is on, as its environment variable says.
fn yes_or_no(text: &str) -> std::result::Result<bool, String> {
    match text.to_lowercase().as_str() {
        "1" | "true" | "yes" | "ja" | "on" => Ok(true),
        "" | "0" | "false" | "no" | "nee" | "off" => Ok(false),
        _ => Err("write 1 or 0, or true or false".to_owned()),
    }
}

/// A time to wait as the command line takes it.
fn duration(text: &str) -> std::result::Result<Duration, String> {
    let parse = || {
        let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let seconds = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => return None,
        };
        let is_plain = number.bytes().all(|byte| byte.is_ascii_digit());
        number.parse::<u64>().ok().filter(|_| is_plain)?.checked_mul(seconds).map(Duration::from_secs)
    };
    parse().ok_or_else(|| "write a number of seconds, minutes or hours: 90s, 30m, 6h".to_owned())
}

/// A day as the command line takes it.
fn day(text: &str) -> std::result::Result<Date, String> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let day = text.parse().ok().filter(|_| shape);
    day.ok_or_else(|| "write a day as year, month, day: 2025-06-01 is the first of June 2025".to_owned())
}

fn output_failed(error: io::Error) -> Error {
    Error::new(ErrorKind::Storage, "cannot write the result").source(error)
}

/// A reader of our output that has seen enough is no error.
fn is_closed_pipe(error: &Error) -> bool {
    let mut source = error.cause();
    while let Some(inner) = source {
        if inner.downcast_ref::<io::Error>().is_some_and(|io| io.kind() == io::ErrorKind::BrokenPipe) {
            return true;
        }
        source = inner.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_obeys_no_name_of_a_file() {
        assert_eq!(harmless("a\u{1b}[2Jb\u{7}\n\tc"), "a\\u{1b}[2Jb\\u{7}\n\tc");
        assert_eq!(harmless("één"), "één");
        assert_eq!(one_line("a\nb\u{202e}fdp.exe"), "a\\nb\\u{202e}fdp.exe");
        assert_eq!(indented("a\ngriffie: b"), "a\n    griffie: b");
        let json = serde_json::to_string_pretty(&["a\n\u{85}\u{202e}b"]).unwrap();
        assert_eq!(harmless_json(&json), "[\n  \"a\\n\\u0085\\u202eb\"\n]");
        let back: Vec<String> = serde_json::from_str(&harmless_json(&json)).unwrap();
        assert_eq!(back, ["a\n\u{85}\u{202e}b"], "kept exactly");
    }

    #[test]
    fn a_variable_says_yes_or_no() {
        assert_eq!((yes_or_no("1"), yes_or_no("TRUE"), yes_or_no("0")), (Ok(true), Ok(true), Ok(false)));
        assert!(yes_or_no("perhaps").is_err());
    }

    #[test]
    fn a_time_to_wait_is_a_number_and_a_unit() {
        for (text, seconds) in [("90s", 90), ("30m", 1800), ("6h", 21_600), ("0s", 0)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)));
        }
        for wrong in ["", "h", "6", "+6h", "6 h", "1d", "uur", "99999999999999999999h", "9999999999999999999h", "6é"] {
            assert!(duration(wrong).unwrap_err().contains("30m"), "{wrong}");
        }
    }

    #[test]
    fn a_day_is_written_in_one_way() {
        assert_eq!(day("2025-06-01"), Ok(jiff::civil::date(2025, 6, 1)));
        for wrong in ["01-06-2025", "2025-13-01", "2025-6-1", "20250601", "2025-06-01T00:00", "morgen", ""] {
            assert!(day(wrong).unwrap_err().contains("2025-06-01"), "{wrong}");
        }
    }
}

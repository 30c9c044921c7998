//! `griffie store`: what the store promises, tried and lengthened.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::{Context, Outcome, print_json, print_line};
use crate::{
    Result,
    model::Language,
    pipeline::{App, keeping},
    storage::{Extended, Probe, Trial, Trialed},
};

const EXAMPLES: &str = "Examples:
  griffie store probe
  griffie store extend --within 14";

/// What the store promises, tried and lengthened.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct StoreArguments {
    #[command(subcommand)]
    command: StoreCommand,
}

#[derive(Subcommand)]
enum StoreCommand {
    /// Try on canaries what nobody may be able to do to an object: overwrite and delete it, shorten or weaken its
    /// retention, go past a legal hold. The result is kept in the store and told to the log. Canaries are a few bytes
    /// each and stay until their own retention is over. The exit status is 0 only if everything held, else 11.
    Probe {
        /// Print JSON.
        #[arg(long, env = "GRIFFIE_JSON", value_parser = crate::cli::yes_or_no)]
        json: bool,
    },
    /// Lengthen every retention that ends soon to `retention_days` from now. Run it on a schedule; it never shortens,
    /// and stopped and begun again it goes on with what is left.
    Extend {
        /// What ends within so many days is lengthened.
        #[arg(long, env = "GRIFFIE_EXTEND_WITHIN", value_name = "DAYS", default_value_t = 14)]
        within: u16,
        /// Print JSON.
        #[arg(long, env = "GRIFFIE_JSON", value_parser = crate::cli::yes_or_no)]
        json: bool,
    },
}

pub(super) fn run(context: &Context, arguments: &StoreArguments) -> Result<Outcome> {
    let language = context.config.language;
    match arguments.command {
        StoreCommand::Probe { json } => {
            let probe = keeping::probe(&app(context)?)?;
            if json {
                print_json(&ProbeJson { probe: &probe, verdict: probe.verdict() })?;
            } else {
                print_probe(&probe, language)?;
            }
            Ok(Outcome::partial_if(probe.verdict() != Trialed::Pass))
        }
        StoreCommand::Extend { within, json } => {
            let extended = keeping::extend(&app(context)?, within)?;
            if json {
                print_json(&extended)?;
            } else {
                print_extended(&extended, language)?;
            }
            Ok(Outcome::partial_if(extended.refusals > 0))
        }
    }
}

/// A store that is named may be tried before anything is kept in it; a data folder that is not there is a slip of the
/// pen.
fn app(context: &Context) -> Result<App> {
    if context.config.store.is_some() { context.taking_app() } else { context.writing_app() }
}

#[derive(Serialize)]
struct ProbeJson<'a> {
    #[serde(flatten)]
    probe: &'a Probe,
    verdict: Trialed,
}

fn print_probe(probe: &Probe, language: Language) -> Result<()> {
    for attempt in &probe.attempts {
        let answer = if attempt.answer.is_empty() { String::new() } else { format!("  [{}]", attempt.answer) };
        print_line(format!("{:<9}  {}{answer}", result_name(attempt.result), trial_name(attempt.trial, language)))?;
    }
    // The word stands here only, and only where every attempt failed to change anything.
    let verdict = match probe.verdict() {
        Trialed::Pass => language.say(
            "alles hield stand: deze opslag is WORM zolang de bewaartermijnen lopen",
            "everything held: this store is WORM for as long as its retentions run",
        ),
        Trialed::Fail => language.say(
            "wie bij deze opslag kan, kan veranderen of weghalen wat erin staat",
            "whoever can reach this store can change or remove what is in it",
        ),
        Trialed::NotTried => language.say(
            "niet alles kon worden geprobeerd: dat deze opslag standhoudt is niet bewezen",
            "not everything could be tried: that this store holds is not proven",
        ),
    };
    print_line(format!("{}  {}: {verdict}", result_name(probe.verdict()), probe.store))
}

fn print_extended(extended: &Extended, language: Language) -> Result<()> {
    for refused in &extended.refused {
        print_line(format!("{}  {refused}", language.say("geweigerd", "refused")))?;
    }
    let Extended { versions, lengthened, until, refusals, .. } = extended;
    print_line(language.say(
        format!("{lengthened} van {versions} versies worden nu bewaard tot {until}; {refusals} geweigerd"),
        format!("{lengthened} of {versions} versions are now kept until {until}; {refusals} refused"),
    ))
}

fn result_name(result: Trialed) -> &'static str {
    match result {
        Trialed::Pass => "PASS",
        Trialed::Fail => "FAIL",
        Trialed::NotTried => "NOT TRIED",
    }
}

fn trial_name(trial: Trial, language: Language) -> &'static str {
    let (dutch, english) = match trial {
        Trial::AskForRetention => {
            ("griffie vraagt voor alles een bewaartermijn", "griffie asks a retention for everything")
        }
        Trial::TakeRetention => ("bewaartermijn wordt aangenomen", "a retention is taken"),
        Trial::PutTwice => ("tweede keer onder dezelfde naam, door griffie", "put twice under one name, by griffie"),
        Trial::Overwrite => ("overschrijven", "overwrite"),
        Trial::Delete => ("naam verwijderen", "delete the name"),
        Trial::DeleteVersion => ("versie verwijderen", "delete the version"),
        Trial::ShortenRetention => ("bewaartermijn inkorten", "shorten the retention"),
        Trial::DowngradeRetention => ("compliance tot governance verzwakken", "downgrade compliance to governance"),
        Trial::BypassDelete => ("versie verwijderen met omzeiling", "delete the version with bypass"),
        Trial::BypassShorten => ("bewaartermijn inkorten met omzeiling", "shorten the retention with bypass"),
        Trial::DeleteUnderHold => ("verwijderen onder een bewaarplicht", "delete under a legal hold"),
        Trial::BypassHold => ("bewaarplicht omzeilen", "bypass a legal hold"),
        Trial::LengthenRetention => ("bewaartermijn verlengen (moet kunnen)", "lengthen the retention (must work)"),
    };
    language.say(dutch, english)
}

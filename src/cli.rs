//! The doors: arguments, signals, the clock and the environment. One file a command; here they are wired together.

mod build;
mod check;
mod decide;
mod demo;
mod discover;
mod log;
mod open;
mod parse;
mod poll;
mod report;
mod retag;
mod rules;
mod serve;
mod tag;
mod terminal;

use std::io::{BufReader, stderr, stdin, stdout};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use tracing_subscriber::EnvFilter;

/// A planet for courses: reads every participant's blog, works out which Thing each post addresses, and serves one
/// page and one Atom feed per Thing.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show a sample course with its own blogs, on this machine alone; works offline
    Demo(demo::DemoArguments),
    /// Poll and serve until stopped
    Serve(serve::ServeArguments),
    /// Poll every blog once, or those that are due, with a progress bar and a summary
    Poll(poll::PollArguments),
    /// Write the whole planet as files, for any web server or none
    Build(build::BuildArguments),
    /// Check feeds.toml and the templates, and tell all problems at once
    Check(Files),
    /// Find the feeds of a blog by asking its page, and print the line for feeds.toml
    Discover(discover::DiscoverArguments),
    /// Read one feed file and print it as JSON
    Parse(parse::ParseArguments),
    /// Apply changed rules to what is stored, after showing the difference
    Retag(retag::RetagArguments),
    /// Say that a post is on a Thing, or is not; no rule undoes it
    Decide(decide::DecideArguments),
    /// Show who decided and who retagged, which feeds moved, and when
    Log(log::LogArguments),
    /// Explain and measure the rules
    Rules(rules::RulesArguments),
    /// Tag posts: JSON lines in, JSON lines out
    Tag(Files),
}

/// The files that a planet lives in.
#[derive(Debug, Clone, Args)]
struct Files {
    /// The course, its Things and its participants
    #[arg(long, value_name = "FILE", default_value = "feeds.toml")]
    roster: PathBuf,
    /// What was read so far
    #[arg(long, value_name = "FILE", default_value = "planet.db")]
    db: PathBuf,
}

/// How a command ended, as its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// All is well: 0.
    Fine,
    /// Some feeds failed: 1.
    SomeFailed,
    /// It could not run, and has said why: 2.
    CouldNotRun,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        Self::from(match ending {
            Ending::Fine => 0,
            Ending::SomeFailed => 1,
            Ending::CouldNotRun => 2,
        })
    }
}

/// Runs the command that the arguments name. Exit codes: 0 fine, 1 some feeds failed, 2 could not run.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    log_to_stderr();
    let ended = tokio::runtime::Runtime::new()
        .context("cannot start: the system gives no threads")
        .and_then(|runtime| {
            let ended = runtime.block_on(run(arguments.command));
            // A feed that is still being read must not keep the process.
            runtime.shutdown_timeout(Duration::from_secs(2));
            ended
        });
    match ended {
        Ok(ending) => ending.into(),
        // Who reads our output may have seen enough, as `head` has.
        Err(error) if is_broken_pipe(&error) => Ending::Fine.into(),
        Err(error) => {
            eprintln!("thingplanet: {}", terminal::plain(&told(&error)));
            Ending::CouldNotRun.into()
        }
    }
}

/// An error with its causes, each said once: many of them repeat what is below them.
fn told(error: &anyhow::Error) -> String {
    error
        .chain()
        .map(ToString::to_string)
        .fold(String::new(), |told, cause| match told.as_str() {
            "" => cause,
            _ if told.contains(&cause) => told,
            _ => format!("{told}: {cause}"),
        })
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let cause = error.root_cause().downcast_ref::<std::io::Error>();
    cause.is_some_and(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}

async fn run(command: Command) -> anyhow::Result<Ending> {
    match command {
        Command::Demo(arguments) => Box::pin(demo::run(arguments)).await,
        Command::Serve(arguments) => Box::pin(serve::run(arguments)).await,
        Command::Poll(arguments) => poll::run(&arguments).await,
        Command::Build(arguments) => build::run(arguments).await,
        Command::Check(files) => check::run(&files).await,
        Command::Discover(arguments) => discover::run(arguments).await,
        Command::Parse(arguments) => parse::run(&arguments),
        Command::Retag(arguments) => retag::run(arguments).await,
        Command::Decide(arguments) => decide::run(arguments).await,
        Command::Log(arguments) => log::run(arguments).await,
        Command::Rules(arguments) => rules::run(arguments).await,
        Command::Tag(files) => {
            let roster = open::roster(&files.roster)?;
            tag::run(&roster, BufReader::new(stdin()), stdout().lock())?;
            Ok(Ending::Fine)
        }
    }
}

/// Logs go to standard error; `RUST_LOG` chooses how much.
fn log_to_stderr() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let started = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(false)
        .with_ansi(std::io::IsTerminal::is_terminal(&stderr()))
        .with_writer(stderr)
        .try_init();
    // Only a test that calls this twice could fail here, and then the first logger is as good.
    drop(started);
}

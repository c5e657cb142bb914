//! `chaos`: the relay under everything that goes wrong, part by part.

use std::time::Duration;

use anyhow::{Context as _, Result};

use super::{backup, floods, flushes, full, idle, kills, soak, webhooks};
use crate::speed::{Head, Output, Speed, machine};

const HEAD: Head = Head {
    title: "What the relay keeps when things go wrong",
    file: "README.md",
    says: "Made by `cargo xtask chaos`, each part with a relay of its own on this machine, which the clients share.\n\n\
           Killed: 50 clients, 40 over REST and 10 of `socket.io-client`, send reports, each again until it is \
           acknowledged (a third of the latter over both channels at the same time, as one capture), while the relay is killed at random instants (SIGKILL) and started again on the same directory. After each \
           kill a copy of its files is checked by SQLite; in the end every report is counted in the file itself. A kill does not \
           show what a loss of power would: for that, `strace` watches that the log is flushed to disk before each answer.\n\n\
           Webhooks: eight cameras report people, 20 events a second, while nobody listens at the receiver's address; then it returns. \
           Then the relay is killed again and again while it delivers to a receiver that notes a webhook before it answers.\n\n\
           Disk full: 20 clients report until a disk of 64 MiB has no space left, and go on; after five seconds half of it is given \
           back.\n\n\
           Backups under load: `rostro backup` again and again while 50 clients report; each is restored into a directory of its own, \
           a relay started on it, and its content held against what was acknowledged before.\n\n\
           Floods: 10,000 sockets join and answer pings only; then they answer none. Then a good client sends a report every 4 ms, in turns alone and beside \
           a flood; told are medians over the turns.\n\n\
           A long run: 40 reports and four frames a second, and galleries, people and events read four times a second, beside the receiver that is down \
           where both are run. It is part of a run only where it is named: `--only kills,flushes,webhooks,full,backup,floods,soak --minutes 30`.",
};

/// Puts the relay through kills and outages, and counts what it kept
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    output: Output,
    /// Parts to run, with commas between them; all but the soak where none is named
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
    /// Reports in all while the relay is killed
    #[arg(long, default_value_t = 100_000)]
    reports: u32,
    /// How often the relay is killed while it takes reports
    #[arg(long, default_value_t = 50)]
    kills: u32,
    /// How long the soak lasts
    #[arg(long, default_value_t = 30)]
    minutes: u32,
    /// A smaller run of every part, such as 5,000 reports and five kills
    #[arg(long)]
    quick: bool,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// The relay is killed while clients report.
    Kills,
    /// Nothing: `strace` watches the log being flushed before each answer.
    Flushes,
    /// The receiver of webhooks is down; the relay is killed while it delivers.
    Webhooks,
    /// The disk is full.
    Full,
    /// A backup is taken while clients report.
    Backup,
    /// Ten thousand sockets that say nothing, then clients that flood the relay.
    Floods,
    /// Everything at a modest pace, for long. Runs only where it is named.
    Soak,
}

impl Part {
    /// Those that run where none is named.
    const USUAL: [Self; 6] =
        [Self::Kills, Self::Flushes, Self::Webhooks, Self::Full, Self::Backup, Self::Floods];
}

/// Runs it.
///
/// # Errors
/// The relay does not start, or a client cannot go on.
pub(crate) fn run(args: &Args) -> Result<()> {
    let mut speed = Speed::on(machine());
    raise_open_files()?;
    let parts = if args.only.is_empty() { &Part::USUAL[..] } else { &args.only };
    let minutes = if args.quick { 4 } else { args.minutes };
    for part in parts {
        eprintln!("{part:?}");
        match part {
            Part::Kills => {
                let (reports, kills) =
                    if args.quick { (5000, 5) } else { (args.reports, args.kills) };
                kills::killed(reports, kills, &mut speed)?;
            }
            Part::Flushes => flushes::flushed(&mut speed)?,
            Part::Backup => backup::backed_up(if args.quick { 2 } else { 10 }, &mut speed)?,
            Part::Floods => {
                let (sockets, kept, rounds, each) =
                    if args.quick { (1000, 5, 3, 1) } else { (10_000, 60, 5, 3) };
                idle::idle(sockets, Duration::from_secs(kept), &mut speed)?;
                floods::flooded(rounds, Duration::from_secs(each), &mut speed)?;
            }
            Part::Soak if parts.contains(&Part::Webhooks) => {}
            Part::Soak => soak::soaked(minutes, &mut speed)?,
            Part::Full => full::filled(&mut speed)?,
            Part::Webhooks => {
                let down = Duration::from_secs(if args.quick { 20 } else { 600 });
                let is_soaked = parts.contains(&Part::Soak);
                beside(
                    |speed| webhooks::receiver_down(down, speed),
                    |speed| if is_soaked { soak::soaked(minutes, speed) } else { Ok(()) },
                    &mut speed,
                )?;
                webhooks::relay_killed(if args.quick { 5 } else { 20 }, &mut speed)?;
            }
        }
    }
    speed.give(&HEAD, &args.output)
}

/// Does both at the same time: each waits for most of its time.
fn beside(
    one: impl FnOnce(&mut Speed) -> Result<()>,
    other: impl FnOnce(&mut Speed) -> Result<()> + Send,
    speed: &mut Speed,
) -> Result<()> {
    let mut others = Speed::on(Vec::new());
    std::thread::scope(|scope| {
        let other = scope.spawn(|| other(&mut others));
        let done = one(speed);
        other.join().ok().context("a part panicked")?.and(done)
    })?;
    speed.figures.append(&mut others.figures);
    speed.lists.append(&mut others.lists);
    speed.not_run.append(&mut others.not_run);
    Ok(())
}

/// Lets this program and the relays it starts hold as many connections as they may.
fn raise_open_files() -> Result<()> {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
    Ok(setrlimit(Resource::RLIMIT_NOFILE, most, most)?)
}

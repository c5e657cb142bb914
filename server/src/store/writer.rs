//! The one thread that writes: it takes what waits, runs it in one transaction, commits, and only then answers.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, oneshot, watch};

use super::StoreError;

/// How often the writer looks whether another process has written.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What the writer is asked for.
pub(super) enum Request {
    /// A write, answered after its commit.
    Write(Box<dyn Write>),
    /// Everything into the main file, and the log emptied.
    EmptyLog(oneshot::Sender<Result<(), StoreError>>),
}

/// A write whose types are its own business.
pub(super) trait Write: Send {
    /// Runs it; whether its changes are to be kept.
    fn run(&mut self, conn: &Connection) -> bool;
    /// Answers; `failure` says that the commit failed, whatever the run gave.
    fn answer(self: Box<Self>, failure: Option<&StoreError>);
}

/// A write that gives `T` or fails with `E`.
pub(super) struct TypedWrite<T, E, F> {
    pub(super) job: Option<F>,
    pub(super) outcome: Option<Result<T, E>>,
    pub(super) reply: oneshot::Sender<Result<T, E>>,
    /// Its place in the queue.
    pub(super) _place: OwnedSemaphorePermit,
}

impl<T, E, F> Write for TypedWrite<T, E, F>
where
    T: Send,
    E: From<StoreError> + Send,
    F: FnOnce(&Connection) -> Result<T, E> + Send,
{
    fn run(&mut self, conn: &Connection) -> bool {
        let Some(job) = self.job.take() else { return false };
        let outcome = catch_unwind(AssertUnwindSafe(|| job(conn)))
            .unwrap_or_else(|_| Err(StoreError::Fault.into()));
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    fn answer(self: Box<Self>, failure: Option<&StoreError>) {
        let outcome = match (self.outcome, failure) {
            (Some(Ok(_)), Some(failure)) => Err(failure.shared().into()),
            (Some(outcome), _) => outcome,
            (None, Some(failure)) => Err(failure.shared().into()),
            (None, None) => Err(StoreError::Fault.into()),
        };
        // The caller may have given up waiting; the write stands all the same.
        drop(self.reply.send(outcome));
    }
}

/// Serves requests until every sender is gone, committing up to `group_max` writes together.
pub(super) fn serve(
    conn: &Connection,
    requests: &Receiver<Request>,
    foreign: &watch::Sender<u64>,
    group_max: usize,
) {
    let mut seen = data_version(conn);
    let mut looked = Instant::now();
    loop {
        match requests.recv_timeout(LOOK_EVERY) {
            Ok(first) => serve_group(conn, first, requests, group_max),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        if looked.elapsed() >= LOOK_EVERY {
            looked = Instant::now();
            let version = data_version(conn);
            if version != seen {
                seen = version;
                foreign.send_modify(|count| *count += 1);
            }
        }
    }
}

/// SQLite's mark of the file, which only other connections' commits change.
fn data_version(conn: &Connection) -> Option<i64> {
    conn.pragma_query_value(None, "data_version", |row| row.get(0)).ok()
}

/// Runs `first` and what waits behind it, up to `group_max` writes.
fn serve_group(conn: &Connection, first: Request, requests: &Receiver<Request>, group_max: usize) {
    let mut writes = VecDeque::new();
    let mut next = Some(first);
    while let Some(request) = next {
        match request {
            Request::Write(write) => writes.push_back(write),
            Request::EmptyLog(reply) => {
                commit_all(conn, writes);
                drop(reply.send(empty_log(conn)));
                return;
            }
        }
        next = (writes.len() < group_max).then(|| requests.try_recv().ok()).flatten();
    }
    commit_all(conn, writes);
}

/// Commits all of `writes`; one transaction, unless SQLite undoes it half way.
fn commit_all(conn: &Connection, mut writes: VecDeque<Box<dyn Write>>) {
    while !writes.is_empty() {
        let (ran, failure) = commit_group(conn, &mut writes);
        for write in ran {
            write.answer(failure.as_ref());
        }
    }
}

/// Runs writes off the front of `waiting` in one transaction. Gives those that were run (at least one), and why
/// nothing of theirs is stored if that is so.
fn commit_group(
    conn: &Connection,
    waiting: &mut VecDeque<Box<dyn Write>>,
) -> (Vec<Box<dyn Write>>, Option<StoreError>) {
    if let Err(error) = conn.execute_batch("BEGIN IMMEDIATE") {
        return (waiting.drain(..).collect(), Some(error.into()));
    }
    let mut ran = Vec::with_capacity(waiting.len());
    while let Some(mut write) = waiting.pop_front() {
        let result = run_alone(conn, write.as_mut());
        ran.push(write);
        if let Err(error) = result {
            roll_back(conn);
            return (ran, Some(error));
        }
    }
    let committed = conn.execute_batch("COMMIT");
    if committed.is_err() {
        roll_back(conn);
    }
    (ran, committed.err().map(StoreError::from))
}

/// Runs one write in a savepoint, so that its failure undoes nobody else's changes.
fn run_alone(conn: &Connection, write: &mut dyn Write) -> Result<(), StoreError> {
    conn.execute_batch("SAVEPOINT one_write")?;
    let keep = write.run(conn);
    if conn.is_autocommit() {
        // A full disk or a failing one makes SQLite undo the whole transaction on its own.
        return Err(StoreError::Undone);
    }
    if !keep {
        conn.execute_batch("ROLLBACK TO one_write")?;
    }
    conn.execute_batch("RELEASE one_write")?;
    Ok(())
}

fn roll_back(conn: &Connection) {
    if conn.is_autocommit() {
        return;
    }
    if let Err(error) = conn.execute_batch("ROLLBACK") {
        tracing::error!(%error, "could not roll back");
    }
}

fn empty_log(conn: &Connection) -> Result<(), StoreError> {
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(())
}

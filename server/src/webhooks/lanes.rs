//! The worker: one lane a receiver and camera, each in order, several at a time.

use std::collections::HashMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::{Id, JoinSet};
use tokio_util::sync::CancellationToken;

use super::Shared;
use super::rows::{self, Delivery, Head, Next};
use super::send::{Failure, Outcome};
use crate::store::StoreError;

/// The longest the worker sleeps before it looks again, in case the clock was set.
const SLEEP_MAX: Duration = Duration::from_secs(60);
/// The pause after the store failed.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// Serves lanes until `stop` is cancelled.
///
/// Which lanes are under way is remembered here only: one relay has the store (its lock says so), and what was
/// under way when it was killed is simply still there.
pub(super) async fn serve(shared: &Shared, stop: &CancellationToken) {
    let mut lanes: JoinSet<()> = JoinSet::new();
    let mut busy: HashMap<Id, Head> = HashMap::new();
    while !stop.is_cancelled() {
        let sleep = match shared.store.read(rows::heads).await {
            Ok(heads) => {
                let waiting = start_due(shared, stop, &mut lanes, &mut busy, heads);
                waiting.map_or(SLEEP_MAX, |due| until(due).min(SLEEP_MAX))
            }
            Err(error) => {
                tracing::error!(%error, "cannot read the webhooks that wait");
                STORE_PAUSE
            }
        };
        tokio::select! {
            () = stop.cancelled() => break,
            // A wake-up that comes while the store is read is kept for this line.
            () = shared.wake.notified() => {}
            Some(ended) = lanes.join_next_with_id() => {
                let id = ended.map_or_else(|error| error.id(), |(id, ())| id);
                busy.remove(&id);
            }
            () = tokio::time::sleep(sleep) => {}
        }
    }
    lanes.join_all().await;
}

/// Starts the lanes that are due and free, of each receiver so many at one time: receivers share no bound, and one
/// that hangs in all of its lanes takes nothing from the others. When the next of the others is due; `None` when there is none, or no room
/// for it: then a lane that ends wakes the worker.
fn start_due(
    shared: &Shared,
    stop: &CancellationToken,
    lanes: &mut JoinSet<()>,
    busy: &mut HashMap<Id, Head>,
    heads: Vec<Head>,
) -> Option<Timestamp> {
    let now = Timestamp::now();
    let mut next: Option<Timestamp> = None;
    for head in heads {
        let of_receiver = busy.values().filter(|lane| lane.webhook == head.webhook);
        let is_busy = busy.values().any(|lane| lane.lane == head.lane);
        if is_busy
            || of_receiver.count() >= shared.limits.lanes_max
            || shared.targets.get(&head.webhook).is_none()
        {
            continue;
        }
        let pause = shared.targets.paused_until(&head.webhook, now);
        let due = pause.map_or(head.due, |pause| pause.max(head.due));
        if due > now {
            next = Some(next.map_or(due, |next| next.min(due)));
            continue;
        }
        let lane = serve_lane(shared.clone(), stop.clone(), head.id);
        busy.insert(lanes.spawn(lane).id(), head);
    }
    next
}

/// Delivers from one lane, in order, for as long as its first delivery is due and its receiver is there.
async fn serve_lane(shared: Shared, stop: CancellationToken, first: i64) {
    let mut next = shared.store.read(move |conn| rows::load(conn, first)).await;
    loop {
        let delivery = match next {
            Ok(Some(delivery)) => delivery,
            Ok(None) => return,
            Err(error) => {
                tracing::error!(%error, "cannot store what became of a webhook");
                return tokio::time::sleep(STORE_PAUSE).await;
            }
        };
        let Some(target) = shared.targets.get(&delivery.webhook) else { return };
        let started = Timestamp::now();
        if shared.targets.paused_until(&delivery.webhook, started).is_some() {
            return;
        }
        let outcome = tokio::select! {
            () = stop.cancelled() => return,
            outcome = target.attempt(&delivery) => outcome,
        };
        next = settle(&shared, delivery, started, outcome).await;
    }
}

/// Stores how an attempt ended; the delivery that is to be made next in its lane, if one is due.
async fn settle(
    shared: &Shared,
    delivery: Delivery,
    started: Timestamp,
    outcome: Outcome,
) -> Result<Option<Delivery>, StoreError> {
    let now = Timestamp::now();
    match outcome {
        Outcome::Delivered => {
            tracing::debug!(webhook_id = delivery.webhook_id, "webhook delivered");
            shared
                .store
                .write(move |conn| {
                    rows::delivered(conn, delivery.id, now)?;
                    rows::next_due(conn, &delivery.lane, now)
                })
                .await
        }
        Outcome::Failed(failure) => {
            let first_attempt = delivery.first_attempt.unwrap_or(started);
            let next = after_failure(shared, &delivery, &failure, first_attempt, now);
            if let (Some(wait), true) = (failure.retry_after, failure.cause.is_about_the_pace()) {
                let wait = wait.min(shared.policy.retry_after_max);
                let until = now.checked_add(SignedDuration::try_from(wait).unwrap_or_default());
                shared.targets.pause(&delivery.webhook, until.unwrap_or(now));
            }
            tracing::warn!(
                webhook = delivery.webhook,
                webhook_id = delivery.webhook_id,
                attempts = delivery.attempts + 1,
                failure = %failure.cause,
                given_up = next == Next::GiveUp,
                "webhook not delivered"
            );
            let cause = failure.cause.to_string();
            let (webhook, said) = (delivery.webhook.clone(), cause.clone());
            let following = shared
                .store
                .write(move |conn| {
                    rows::failed(conn, &delivery, first_attempt, now, &cause, &next)?;
                    rows::next_due(conn, &delivery.lane, now)
                })
                .await?;
            if failure.cause.is_gone() {
                shared.disable_gone(webhook, said).await?;
                return Ok(None);
            }
            Ok(following)
        }
    }
}

/// What becomes of a delivery that failed. One that the receiver does not want steps aside, so that those behind it
/// go on; so does one that it has answered with an error for the whole time of the early probes.
fn after_failure(
    shared: &Shared,
    delivery: &Delivery,
    failure: &Failure,
    first_attempt: Timestamp,
    now: Timestamp,
) -> Next {
    let since_first = Duration::try_from(now.duration_since(first_attempt)).unwrap_or_default();
    let attempts = delivery.attempts.saturating_add(1);
    let wait = shared.policy.wait(attempts, since_first, chance(), failure.retry_after);
    let due = wait.and_then(|wait| now.checked_add(SignedDuration::try_from(wait).ok()?).ok());
    let steps_aside = failure.cause.is_about_the_body()
        || (failure.cause.is_an_answer() && since_first >= shared.policy.early_for);
    match due {
        _ if failure.cause.is_gone() => Next::GiveUp,
        None => Next::GiveUp,
        Some(due) if steps_aside => Next::RetryAside(due),
        Some(due) => Next::Retry(due),
    }
}

/// A number in 0..1 from the operating system.
fn chance() -> f64 {
    f64::from(getrandom::u32().unwrap_or_default()) / f64::from(u32::MAX)
}

fn until(due: Timestamp) -> Duration {
    Duration::try_from(due.duration_since(Timestamp::now())).unwrap_or_default()
}

//! What was given up or taken: listed, sent again, forgotten.

use super::*;

/// A relay that has just given up whatever is told of `doomed`, and a receiver that takes everything from now on.
async fn gave_up(
    dir: &Path,
    sights: &[(Option<&str>, &'static str)],
) -> (Receiver, Relay, JoinHandle<()>) {
    let receiver = Receiver::default();
    for (_, name) in sights {
        let endless = std::iter::repeat_n(Reply::Status(500), 10_000);
        receiver.replies_to.lock().unwrap().push((name, endless.collect()));
    }
    let (address, server) = receiver.listen(ANY_PORT).await;
    let limits = limits::Webhooks { give_up_after: Duration::from_millis(100), ..quick() };
    let relay = Relay::start(dir, address, limits).await;
    for (camera, name) in sights {
        relay.sees(*camera, name).await;
    }
    relay.until_none_waits().await;
    receiver.replies_to.lock().unwrap().clear();
    (receiver, relay, server)
}

async fn dead(relay: &Relay) -> Vec<v1::Delivery> {
    relay.deliveries(Some(v1::DeliveryState::Dead)).await
}

#[tokio::test]
async fn what_is_given_up_is_kept_and_lets_the_others_pass() {
    let dir = tempfile::tempdir().unwrap();
    let endless = std::iter::repeat_n(Reply::Status(500), 10_000);
    let receiver = Receiver::default().answering_to("\"doomed\"", endless);
    let (address, _server) = receiver.listen(ANY_PORT).await;
    let limits = limits::Webhooks { give_up_after: Duration::from_millis(200), ..quick() };
    let relay = Relay::start(dir.path(), address, limits).await;
    relay.sees(None, "doomed").await;
    relay.sees(None, "Ana").await;
    relay.until_none_waits().await;
    assert_eq!(receiver.received().last().unwrap().name(), "Ana");
    assert!(relay.webhooks.is_failing().await.unwrap());
    let listed = dead(&relay).await;
    assert_eq!(listed[0].last_failure.as_deref(), Some("HTTP 500"));
    relay.stop().await;
}

#[tokio::test]
async fn what_was_given_up_is_sent_again_under_its_id_and_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let door = [(Some("puerta"), "Ana"), (Some("puerta"), "Luis"), (Some("patio"), "Eva")];
    let (receiver, relay, _server) = gave_up(dir.path(), &door).await;
    let listed = dead(&relay).await;
    assert!(listed.is_sorted_by(|newer, older| newer.id > older.id) && listed.len() == 3);
    for one in &listed {
        assert!(one.attempts > 0 && one.given_up_at.is_some() && one.due_at.is_none());
        assert_eq!(one.last_failure.as_deref(), Some("HTTP 500"));
    }
    let before = receiver.received().len();
    let one = Revival { delivery: Some(listed[0].id), ..Revival::default() };
    assert_eq!(relay.webhooks.replay(ENV, one.clone()).await.unwrap(), 1);
    relay.until_none_waits().await;
    assert_eq!(receiver.received()[before].name(), "Eva");
    assert_eq!(receiver.received()[before].header("webhook-id"), listed[0].webhook_id);

    let all = Revival { from_event: Some(0), ..Revival::default() };
    assert_eq!(relay.webhooks.replay(ENV, all).await.unwrap(), 2);
    relay.until_none_waits().await;
    let names: Vec<_> = receiver.received().split_off(before + 1);
    let names: Vec<_> = names.iter().map(Received::name).collect();
    assert_eq!(names, ["Ana", "Luis"]);
    assert_eq!(dead(&relay).await, []);
    assert!(!relay.webhooks.is_failing().await.unwrap());
    relay.stop().await;
}

#[tokio::test]
async fn a_replay_is_of_what_it_names() {
    let dir = tempfile::tempdir().unwrap();
    let (_receiver, relay, _server) = gave_up(dir.path(), &[(None, "Ana"), (None, "Luis")]).await;
    let listed = dead(&relay).await;
    let (luis, ana) = (listed[0].event_id, listed[1].event_id);
    // Both were seen at 10:00:00.
    let at = |text: &str| Some(text.parse().unwrap());
    let none = Revival::default;
    let cases = [
        (Revival { delivery: Some(0), ..none() }, 0),
        (Revival { from_event: Some(luis + 1), ..none() }, 0),
        (Revival { to_event: Some(ana - 1), ..none() }, 0),
        (Revival { since: at("2026-11-22T10:00:01Z"), ..none() }, 0),
        (Revival { until: at("2026-11-22T10:00:00Z"), ..none() }, 0),
        (Revival { from_event: Some(luis), to_event: Some(ana), ..none() }, 0),
        (Revival { from_event: Some(luis), to_event: Some(luis), ..none() }, 1),
        (
            Revival {
                since: at("2026-11-22T10:00:00Z"),
                until: at("2026-11-22T10:00:01Z"),
                ..none()
            },
            1,
        ),
    ];
    for (revival, expected) in cases {
        let replayed = relay.webhooks.replay(ENV, revival.clone()).await.unwrap();
        assert_eq!(replayed, expected, "{revival:?}");
        relay.until_none_waits().await;
    }
    relay.stop().await;
}

#[tokio::test]
async fn what_was_given_up_is_forgotten_after_thirty_days() {
    let dir = tempfile::tempdir().unwrap();
    let (_receiver, relay, _server) = gave_up(dir.path(), &[(None, "Ana")]).await;
    let day = |days: i64| Timestamp::now() + jiff::SignedDuration::from_hours(24 * days);
    assert_eq!(relay.webhooks.forget_old(day(29)).await.unwrap(), 0);
    assert_eq!(relay.webhooks.forget_old(day(31)).await.unwrap(), 1);
    assert_eq!(dead(&relay).await, []);
    relay.stop().await;
}

#[tokio::test]
async fn what_was_taken_is_listed_for_three_days_and_can_be_sent_again() {
    let dir = tempfile::tempdir().unwrap();
    let receiver = Receiver::answering([Reply::Status(500)]);
    let (address, _server) = receiver.listen(ANY_PORT).await;
    let relay = Relay::start(dir.path(), address, quick()).await;
    relay.sees(Some("puerta"), "Ana").await;
    relay.sees(Some("puerta"), "Luis").await;
    relay.until_none_waits().await;
    let listed = relay.deliveries(Some(v1::DeliveryState::Delivered)).await;
    assert_eq!(listed.iter().map(|one| one.attempts).collect::<Vec<_>>(), [1, 2]);
    assert!(listed.iter().all(|one| one.delivered_at.is_some() && one.due_at.is_none()));
    assert!(!relay.webhooks.is_failing().await.unwrap());

    let all = Revival { from_event: Some(0), ..Revival::default() };
    assert_eq!(relay.webhooks.replay(ENV, all.clone()).await.unwrap(), 0, "none was given up");
    let taken = Revival { delivered: true, ..all };
    assert_eq!(relay.webhooks.replay(ENV, taken).await.unwrap(), 2);
    relay.until_none_waits().await;
    let one = Revival { delivery: Some(listed[0].id), ..Revival::default() };
    assert_eq!(relay.webhooks.replay(ENV, one).await.unwrap(), 1);
    relay.until_none_waits().await;
    let received = receiver.received();
    let names: Vec<_> = received.iter().map(Received::name).collect();
    assert_eq!(names, ["Ana", "Ana", "Luis", "Ana", "Luis", "Luis"]);
    for again in &received[2..] {
        let first = received.iter().find(|one| one.name() == again.name()).unwrap();
        assert_eq!(again.header("webhook-id"), first.header("webhook-id"));
        assert_eq!(again.text, first.text);
    }

    let in_days = |days: i64| Timestamp::now() + jiff::SignedDuration::from_hours(24 * days);
    assert_eq!(relay.webhooks.forget_old(in_days(2)).await.unwrap(), 0);
    assert_eq!(relay.webhooks.forget_old(in_days(4)).await.unwrap(), 2);
    relay.stop().await;
}

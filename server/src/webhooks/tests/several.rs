//! Several receivers: each is told what it wants, and none waits for another.

use rostro_wire::v1::{DisabledReason, NewWebhook, Topic, WebhookChange, WebhookFilter};

use super::*;

/// A relay that may tell receivers on this machine, and has none of its own.
async fn alone(dir: &Path) -> Relay {
    let here = vec!["127.0.0.1".parse().unwrap()];
    Relay::with(dir, WebhookConfig { allowed_hosts: here, ..brief() }).await
}

fn at(address: SocketAddr, filter: WebhookFilter) -> NewWebhook {
    NewWebhook {
        url: format!("http://{address}/hook"),
        description: None,
        filter,
        secret: None,
        send_bearer: false,
    }
}

/// A receiver, and the id and secret of the webhook that tells it.
async fn told(relay: &Relay, receiver: &Receiver, filter: WebhookFilter) -> (String, String) {
    let (address, _) = receiver.listen(ANY_PORT).await;
    let made = relay.webhooks.create(at(address, filter)).await.unwrap();
    (made.webhook.id, made.secret)
}

fn names(receiver: &Receiver) -> Vec<String> {
    receiver.received().iter().map(|one| one.name().to_owned()).collect()
}

#[tokio::test]
async fn each_is_told_what_it_wants() {
    let dir = tempfile::tempdir().unwrap();
    let relay = alone(dir.path()).await;
    let [all, door, alarm] = [(); 3].map(|()| Receiver::default());
    told(&relay, &all, WebhookFilter::default()).await;
    let cameras = vec!["puerta".to_owned()];
    told(&relay, &door, WebhookFilter { cameras, ..WebhookFilter::default() }).await;
    let topics = vec![Topic::Mismatch];
    told(&relay, &alarm, WebhookFilter { topics, ..WebhookFilter::default() }).await;
    relay.sees(Some("puerta"), "Ana").await;
    relay.sees(Some("patio"), "Luis").await;
    relay.finds(Some("puerta"), "Eva", v1::Verdict::Mismatch).await;
    relay.finds(Some("puerta"), "Sara", v1::Verdict::ClientClaim).await;
    relay.until_none_waits().await;
    let mut both = names(&all);
    both.sort();
    assert_eq!(both, ["Ana", "Luis"], "two cameras, in any order");
    assert_eq!(names(&door), ["Ana"]);
    assert_eq!(names(&alarm), ["Eva"]);
    assert_eq!(alarm.received()[0].body["topic"], "mismatch");
    let ana = all.received().into_iter().find(|one| one.name() == "Ana").unwrap();
    let other = &door.received()[0];
    assert_eq!(ana.text, other.text);
    assert_ne!(ana.header("webhook-id"), other.header("webhook-id"), "one id, one delivery");
    relay.stop().await;
}

#[tokio::test]
async fn one_that_hangs_in_every_lane_delays_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let here = vec!["127.0.0.1".parse().unwrap()];
    let slow = limits::Webhooks { attempt_timeout: Duration::from_secs(600), ..quick() };
    let config = WebhookConfig { limits: slow, allowed_hosts: here, ..brief() };
    let relay = Relay::with(dir.path(), config).await;
    let hanging = Receiver::answering(std::iter::repeat_n(Reply::Hang, 1000));
    let good = Receiver::default();
    told(&relay, &hanging, WebhookFilter::default()).await;
    told(&relay, &good, WebhookFilter::default()).await;
    for i in 0..40 {
        relay.sees(Some(&format!("camera {i}")), "Ana").await;
    }
    until(async || good.received().len() == 40).await;
    assert_eq!(hanging.received().len(), 8, "no more than so many at one time");
    relay.stop().await;
}

#[tokio::test]
async fn one_that_is_gone_is_told_no_more_until_it_is_switched_on() {
    let dir = tempfile::tempdir().unwrap();
    let relay = alone(dir.path()).await;
    let receiver = Receiver::answering([Reply::Status(500), Reply::Status(410)]);
    let (id, _) = told(&relay, &receiver, WebhookFilter::default()).await;
    for name in ["Ana", "Luis", "Eva"] {
        relay.sees(Some("puerta"), name).await;
    }
    relay.until_none_waits().await;
    let disabled = |relay: &Relay| {
        let (webhooks, id) = (relay.webhooks.clone(), id.clone());
        async move { webhooks.find(&id).await.unwrap().disabled }
    };
    until(async || disabled(&relay).await == Some(DisabledReason::Gone)).await;
    assert_eq!(receiver.received().len(), 2);
    relay.sees(Some("puerta"), "Sara").await;
    let dead = relay.webhooks.deliveries(&id, None, None, 100).await.unwrap();
    assert_eq!(dead.len(), 3, "what comes later is not kept for it");
    assert!(dead.iter().all(|one| one.state == v1::DeliveryState::Dead));
    assert!(dead.iter().all(|one| one.last_failure.as_deref() == Some("HTTP 410")));
    relay.stop().await;

    let relay = alone(dir.path()).await;
    assert_eq!(disabled(&relay).await, Some(DisabledReason::Gone), "a restart changes nothing");
    let on = WebhookChange { enabled: Some(true), ..WebhookChange::default() };
    relay.webhooks.change(&id, on).await.unwrap();
    relay.sees(Some("puerta"), "Sara").await;
    let all = Revival { from_event: Some(0), ..Revival::default() };
    assert_eq!(relay.webhooks.replay(&id, all).await.unwrap(), 3);
    relay.until_none_waits().await;
    let mut later = names(&receiver).split_off(2);
    later.sort();
    assert_eq!(later, ["Ana", "Eva", "Luis", "Sara"]);
    relay.stop().await;
}

#[tokio::test]
async fn the_environment_s_receiver_is_asked_again_at_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let receiver = Receiver::answering([Reply::Status(410)]);
    let (address, _server) = receiver.listen(ANY_PORT).await;
    let relay = Relay::start(dir.path(), address, quick()).await;
    relay.sees(None, "Ana").await;
    until(async || relay.webhooks.find(ENV).await.unwrap().disabled.is_some()).await;
    relay.sees(None, "Luis").await;
    relay.stop().await;
    let relay = Relay::start(dir.path(), address, quick()).await;
    relay.sees(None, "Eva").await;
    relay.until_none_waits().await;
    assert_eq!(names(&receiver), ["Ana", "Eva"]);
    relay.stop().await;
}

#[tokio::test]
async fn one_that_is_switched_off_is_told_later_what_waited() {
    let dir = tempfile::tempdir().unwrap();
    let relay = alone(dir.path()).await;
    let receiver = Receiver::answering([Reply::Hang]);
    let (id, _) = told(&relay, &receiver, WebhookFilter::default()).await;
    relay.sees(None, "Ana").await;
    until(async || receiver.received().len() == 1).await;
    let enabled = |enabled| WebhookChange { enabled: Some(enabled), ..WebhookChange::default() };
    relay.webhooks.change(&id, enabled(false)).await.unwrap();
    relay.sees(None, "Luis").await;
    // The attempt under way ends, and nothing follows.
    until(async || {
        let listed = relay.webhooks.deliveries(&id, None, None, 9).await.unwrap();
        listed.iter().map(|one| one.attempts).eq([1])
    })
    .await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(receiver.received().len(), 1);
    relay.webhooks.change(&id, enabled(true)).await.unwrap();
    relay.until_none_waits().await;
    assert_eq!(names(&receiver), ["Ana", "Ana"]);
    relay.stop().await;
}

#[tokio::test]
async fn a_wish_to_be_left_alone_holds_for_every_lane() {
    let dir = tempfile::tempdir().unwrap();
    let relay = alone(dir.path()).await;
    let (hurried, other) =
        (Receiver::answering([Reply::RetryAfter(429, "1")]), Receiver::default());
    told(&relay, &hurried, WebhookFilter::default()).await;
    told(&relay, &other, WebhookFilter::default()).await;
    let begun = std::time::Instant::now();
    relay.sees(Some("puerta"), "Ana").await;
    until(async || relay.webhooks.is_failing().await.unwrap()).await;
    for camera in ["patio", "sala", "techo"] {
        relay.sees(Some(camera), "Ana").await;
    }
    until(async || other.received().len() == 4).await;
    assert_eq!(hurried.received().len(), 1, "the others wait as well");
    relay.until_none_waits().await;
    assert!(begun.elapsed() >= Duration::from_secs(1));
    assert_eq!(hurried.received().len(), 5);
    relay.stop().await;
}

#[tokio::test]
async fn a_removed_one_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let relay = alone(dir.path()).await;
    let receiver = Receiver::answering(std::iter::repeat_n(Reply::Status(500), 10_000));
    let (id, _) = told(&relay, &receiver, WebhookFilter::default()).await;
    relay.sees(None, "Ana").await;
    until(async || receiver.received().len() > 2).await;
    relay.webhooks.remove(&id).await.unwrap();
    assert_eq!(relay.webhooks.pending().await.unwrap(), 0);
    assert!(relay.webhooks.find(&id).await.is_err());
    assert!(relay.webhooks.deliveries(&id, None, None, 1).await.is_err());
    relay.sees(None, "Luis").await;
    assert_eq!(relay.webhooks.pending().await.unwrap(), 0, "a report is stored all the same");
    relay.stop().await;
}

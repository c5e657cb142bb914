//! Receivers over the API: their secrets, and where they may be.

use rostro_wire::v1::{NewWebhook, WebhookFilter, WebhookWithSecret};

use super::*;

fn new(url: &str) -> NewWebhook {
    NewWebhook {
        url: url.to_owned(),
        description: None,
        filter: WebhookFilter::default(),
        secret: None,
        send_bearer: false,
    }
}

async fn relay(dir: &Path, allowed: &[&str]) -> Relay {
    let allowed_hosts = allowed.iter().map(|host| host.parse().unwrap()).collect();
    Relay::with(dir, WebhookConfig { allowed_hosts, ..brief() }).await
}

fn verifies(secret: &str, received: &Received) -> bool {
    let verifier = standardwebhooks::Webhook::new(secret).unwrap();
    verifier.verify(received.text.as_bytes(), &received.headers).is_ok()
}

#[tokio::test]
async fn each_signs_with_its_own_secret_and_for_a_day_with_the_one_before() {
    let dir = tempfile::tempdir().unwrap();
    let relay = relay(dir.path(), &["127.0.0.1"]).await;
    let receiver = Receiver::default();
    let (address, _server) = receiver.listen(ANY_PORT).await;
    let url = format!("http://{address}/hook");
    let WebhookWithSecret { webhook, secret } = relay.webhooks.create(new(&url)).await.unwrap();
    relay.sees(None, "Ana").await;
    relay.until_none_waits().await;
    let next = relay.webhooks.rotate_secret(&webhook.id).await.unwrap();
    assert!(next.webhook.previous_secret_until.is_some());
    relay.sees(None, "Luis").await;
    relay.until_none_waits().await;
    let third = relay.webhooks.rotate_secret(&webhook.id).await.unwrap();
    relay.sees(None, "Eva").await;
    relay.until_none_waits().await;
    let received = receiver.received();
    let by = |secret: &str| received.iter().map(|one| verifies(secret, one)).collect::<Vec<_>>();
    assert_eq!(by(&secret), [true, true, false]);
    assert_eq!(by(&next.secret), [false, true, true]);
    assert_eq!(by(&third.secret), [false, false, true]);
    assert!(received.iter().all(|one| !one.headers.contains_key("authorization")));

    let until: Timestamp = third.webhook.previous_secret_until.unwrap().parse().unwrap();
    let next_secret = next.secret.clone();
    let is_stored = async || {
        let next_secret = next_secret.clone();
        let stored = relay.webhooks.shared.store.read(move |conn| {
            let mut query = conn.prepare("SELECT 1 FROM webhook WHERE previous_secret = ?1")?;
            Ok::<_, StoreError>(query.exists([next_secret])?)
        });
        stored.await.unwrap()
    };
    relay.webhooks.forget_old(until - Duration::from_secs(1)).await.unwrap();
    assert!(is_stored().await);
    relay.webhooks.forget_old(until).await.unwrap();
    assert!(!is_stored().await, "once nothing is signed with it, it is nowhere");
    relay.stop().await;
}

#[tokio::test]
async fn a_secret_may_be_given_and_sent_as_bearer() {
    let dir = tempfile::tempdir().unwrap();
    let relay = relay(dir.path(), &["127.0.0.0/8"]).await;
    let receiver = Receiver::default();
    let (address, _server) = receiver.listen(ANY_PORT).await;
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let given = NewWebhook {
        secret: Some(secret.to_owned()),
        send_bearer: true,
        ..new(&format!("http://{address}/"))
    };
    let made = relay.webhooks.create(given).await.unwrap();
    assert_eq!(made.secret, secret);
    relay.sees(None, "Ana").await;
    relay.until_none_waits().await;
    let [received] = &receiver.received()[..] else { panic!("sent once") };
    assert_eq!(received.header("authorization"), format!("Bearer {secret}"));
    assert!(verifies(secret, received));
    relay.stop().await;
}

#[tokio::test]
async fn this_machine_is_called_only_where_the_operator_allows_it() {
    let dir = tempfile::tempdir().unwrap();
    let receiver = Receiver::default();
    let (address, _server) = receiver.listen(ANY_PORT).await;
    let port = address.port();
    let closed = relay(dir.path(), &[]).await;
    for url in [format!("http://127.0.0.1:{port}/"), format!("http://localhost:{port}/")] {
        assert!(matches!(closed.webhooks.create(new(&url)).await, Err(WebhookError::Address(_))));
    }
    closed.stop().await;

    // By name: it is resolved by the guard, and may be called.
    let open = relay(dir.path(), &["localhost"]).await;
    let made = open.webhooks.create(new(&format!("http://localhost:{port}/"))).await.unwrap();
    open.sees(None, "Ana").await;
    open.until_none_waits().await;
    assert_eq!(receiver.received().len(), 1);
    open.stop().await;

    // The operator has thought better of it: what was stored before is refused too.
    let closed = relay(dir.path(), &[]).await;
    closed.sees(None, "Luis").await;
    until(async || closed.webhooks.is_failing().await.unwrap()).await;
    let failed = closed.webhooks.deliveries(&made.webhook.id, None, None, 1).await.unwrap();
    let failure = failed[0].last_failure.as_deref().unwrap();
    assert!(failure.contains("ROSTRO_ALLOWED_WEBHOOK_HOSTS"), "{failure}");
    assert_eq!(receiver.received().len(), 1);
    closed.stop().await;
}

#[tokio::test]
async fn a_name_that_points_home_later_is_not_followed() {
    let dir = tempfile::tempdir().unwrap();
    let relay = relay(dir.path(), &[]).await;
    // What a name gave when the webhook was made says nothing of what it gives now: the row is written past the check.
    let made = relay.webhooks.create(new("https://example.invalid/")).await.unwrap();
    let id = made.webhook.id.clone();
    let moved = "UPDATE webhook SET url = 'https://localhost:8443/' WHERE id = ?1";
    relay
        .webhooks
        .changing(move |conn| {
            conn.execute(moved, [id]).map_err(StoreError::from)?;
            Ok(())
        })
        .await
        .unwrap();
    relay.sees(None, "Ana").await;
    until(async || relay.webhooks.is_failing().await.unwrap()).await;
    let failed = relay.webhooks.deliveries(&made.webhook.id, None, None, 1).await.unwrap();
    let failure = failed[0].last_failure.as_deref().unwrap();
    assert!(failure.contains("no public address"), "{failure}");
    relay.stop().await;
}

#[tokio::test]
async fn there_are_no_more_than_so_many() {
    let dir = tempfile::tempdir().unwrap();
    let relay = relay(dir.path(), &[]).await;
    for i in 1..32 {
        relay.webhooks.create(new(&format!("https://93.184.215.14/{i}"))).await.unwrap();
    }
    let one_more = relay.webhooks.create(new("https://93.184.215.14/")).await;
    assert!(matches!(one_more, Err(WebhookError::TooMany(32))));
    let listed = relay.webhooks.list().await.unwrap();
    assert_eq!((listed.len(), listed[0].id.as_str()), (32, ENV));
    relay.stop().await;
}

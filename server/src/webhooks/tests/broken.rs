//! Receivers that break off, and one that is slow to say all it has to say.

use tokio::io::AsyncReadExt as _;

use super::*;

#[tokio::test]
async fn a_connection_that_breaks_off_is_no_delivery() {
    let dir = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind(ANY_PORT).await.unwrap();
    let relay = Relay::start(dir.path(), listener.local_addr().unwrap(), quick()).await;
    relay.sees(None, "Ana").await;
    for attempts in 1..=2 {
        let (mut connection, _) = listener.accept().await.unwrap();
        connection.read_exact(&mut [0; 16]).await.unwrap();
        // What was not read makes this a reset.
        drop(connection);
        until(async || relay.deliveries(None).await[0].attempts == attempts).await;
        let listed = relay.deliveries(None).await;
        assert_eq!(listed[0].state, v1::DeliveryState::Failing);
        assert_eq!(listed[0].last_failure.as_deref(), Some("the connection broke"));
    }
    let receiver = Receiver::default();
    let _server = receiver.serve(listener);
    relay.until_none_waits().await;
    assert_eq!(receiver.received().len(), 1);
    relay.stop().await;
}

#[tokio::test]
async fn a_trickling_answer_holds_nobody_up_for_longer_than_an_attempt_may_take() {
    for (code, sent) in [(200, 1), (503, 2)] {
        let dir = tempfile::tempdir().unwrap();
        let receiver = Receiver::answering([Reply::Trickle(code)]);
        let (address, _server) = receiver.listen(ANY_PORT).await;
        let relay = Relay::start(dir.path(), address, quick()).await;
        relay.sees(None, "Ana").await;
        relay.sees(None, "Luis").await;
        relay.until_none_waits().await;
        let received = receiver.received();
        let of_ana = received.iter().filter(|one| one.name() == "Ana");
        assert_eq!(of_ana.count(), sent, "HTTP {code}");
        assert_eq!(received.len(), sent + 1, "HTTP {code}");
        relay.stop().await;
    }
}

//! Over a real socket: what only a connection shows.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::relay::Relay;

async fn exchange(stream: &mut TcpStream, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn listens_on_several_addresses_and_stops_when_told() {
    let relay = Relay::new().await;
    let stop = CancellationToken::new();
    let listeners = [
        TcpListener::bind("127.0.0.1:0").await.unwrap(),
        TcpListener::bind("127.0.0.1:0").await.unwrap(),
    ];
    let addresses = listeners.each_ref().map(|listener| listener.local_addr().unwrap());
    let state = relay.state.clone();
    let serving = tokio::spawn(rostro_server::app::run(listeners.into(), state, stop.clone()));

    for address in addresses {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let port = address.port();
        let answer = exchange(
            &mut stream,
            &format!(
                "GET /webrtc/status/ HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n"
            ),
        )
        .await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.contains(&format!("\"port\":{port}")), "{answer}");
        let mut stream = TcpStream::connect(address).await.unwrap();
        let answer = exchange(
            &mut stream,
            "GET /webrtc/status/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
        )
        .await;
        assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    }

    let _idle = TcpStream::connect(addresses[0]).await.unwrap();
    stop.cancel();
    serving.await.unwrap();
    assert!(TcpStream::connect(addresses[0]).await.is_err(), "nobody listens any more");
}

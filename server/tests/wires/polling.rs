//! A Socket.IO client by long polling, over the router alone: what real clients send, byte for byte, and whatever
//! else is to be tried.

use std::collections::VecDeque;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::relay::{Answer, Relay, request};

/// Between the packets of one polling answer.
const SEPARATOR: char = '\u{1e}';

/// A connected client.
pub(crate) struct Client<'a> {
    relay: &'a Relay,
    path: String,
    arrived: VecDeque<Packet>,
    next_ack: u64,
}

/// What the relay sent.
#[derive(Debug, PartialEq)]
pub(crate) enum Packet {
    /// The namespace was joined.
    Joined,
    /// The namespace could not be joined.
    Refused(Value),
    /// An event and its payload.
    Event(String, Value),
    /// The answer to an event.
    Ack(u64, Value),
}

impl<'a> Client<'a> {
    /// Opens a session; the namespace is not joined yet.
    pub(crate) async fn open(relay: &'a Relay) -> Self {
        let path = "/socket.io/?EIO=4&transport=polling";
        let opened = relay.get(path).await;
        assert_eq!(opened.status, StatusCode::OK, "{}", opened.text);
        let open: Value = serde_json::from_str(&opened.text[1..]).unwrap();
        let path = format!("{path}&sid={}", open["sid"].as_str().unwrap());
        Self { relay, path, arrived: VecDeque::new(), next_ack: 0 }
    }

    /// Opens a session and joins; `config` and `stats` are still to be read.
    pub(crate) async fn join(relay: &'a Relay) -> Self {
        let mut client = Self::open(relay).await;
        client.send("40").await;
        assert_eq!(client.next().await, Packet::Joined);
        client
    }

    /// Opens a session, joins, and reads what comes on joining.
    pub(crate) async fn ready(relay: &'a Relay) -> Self {
        let mut client = Self::join(relay).await;
        client.event("config").await;
        client.event("stats").await;
        client
    }

    /// Posts one packet as it is.
    pub(crate) async fn send(&self, packet: &str) {
        let answer = self.try_send(packet.to_owned()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    }

    pub(crate) async fn try_send(&self, packet: String) -> Answer {
        let sent = request(Method::POST, &self.path).header("content-type", "text/plain");
        self.relay.ask(sent.body(Body::from(packet)).unwrap()).await
    }

    pub(crate) async fn emit(&self, event: &str, payload: &Value) {
        self.send(&format!("42{}", json!([event, payload]))).await;
    }

    /// Emits, and waits for the ack.
    pub(crate) async fn call(&mut self, event: &str, payload: &Value) -> Value {
        let id = self.next_ack;
        self.next_ack += 1;
        self.send(&format!("42{id}{}", json!([event, payload]))).await;
        loop {
            match self.next().await {
                Packet::Ack(got, answer) if got == id => return answer,
                Packet::Ack(got, _) => panic!("ack {got} for {id}"),
                _ => {}
            }
        }
    }

    /// Reads on until `event` comes; its payload.
    pub(crate) async fn event(&mut self, event: &str) -> Value {
        loop {
            if let Packet::Event(name, payload) = self.next().await
                && name == event
            {
                return payload;
            }
        }
    }

    /// Reads on until the relay ends it.
    pub(crate) async fn ended(&mut self) {
        loop {
            let polled = self.relay.get(&self.path).await;
            let mut packets = polled.text.split(SEPARATOR);
            if polled.status != StatusCode::OK
                || packets.any(|packet| ["1", "41"].contains(&packet))
            {
                return;
            }
        }
    }

    /// The next packet that is no ping.
    pub(crate) async fn next(&mut self) -> Packet {
        loop {
            if let Some(packet) = self.arrived.pop_front() {
                return packet;
            }
            let polled = self.relay.get(&self.path).await;
            assert_eq!(polled.status, StatusCode::OK, "{}", polled.text);
            for packet in polled.text.split(SEPARATOR) {
                match packet {
                    "2" => self.send("3").await,
                    "6" => {}
                    packet => self.arrived.push_back(parsed(packet)),
                }
            }
        }
    }
}

fn parsed(packet: &str) -> Packet {
    let json = |text: &str| serde_json::from_str::<Value>(text).expect(packet);
    match packet.split_at(2) {
        ("40", _) => Packet::Joined,
        ("44", rest) => Packet::Refused(json(rest)),
        ("42", rest) => {
            let event = json(rest);
            Packet::Event(event[0].as_str().expect(packet).to_owned(), event[1].clone())
        }
        ("43", rest) => {
            let (id, payload) = rest.split_at(rest.find('[').expect(packet));
            Packet::Ack(id.parse().expect(packet), json(payload)[0].clone())
        }
        _ => panic!("{packet}"),
    }
}

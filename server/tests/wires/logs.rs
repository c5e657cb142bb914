//! The program's log, with everything in it that can be asked for: no key, no name, no picture, no embedding.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::json;

const KEY: &str = "canary-key";
const NAME: &str = "CanaryName";
const NUMBER: f32 = 0.012_345_678;
const IMAGE: &str = "Q2FuYXJ5UGljdHVyZQ";

/// The program on an empty folder and without models, with its log so far.
struct Program {
    child: Child,
    address: String,
    log: BufReader<std::process::ChildStderr>,
    read: String,
}

impl Program {
    fn start(folder: &std::path::Path, format: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_rostro"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder)
            .args(["--log-format", format])
            .env("ROSTRO_MODELS", folder)
            .env("ROSTRO_API_KEY", KEY)
            .env("NEXTJS_WEBHOOK_URL", "")
            .env("RUST_LOG", "trace")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut read = String::new();
        let address = loop {
            let from = read.len();
            assert_ne!(log.read_line(&mut read).unwrap(), 0, "ended: {read}");
            if let Some(url) = read[from..].strip_prefix("listening on http://") {
                break url.trim().to_owned();
            }
        };
        Self { child, address, log, read }
    }

    fn post(&self, path: &str, body: &serde_json::Value) -> String {
        let body = body.to_string();
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {KEY}\r\n\
             Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Everything that was logged.
    fn end(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.log.read_to_string(&mut self.read).unwrap();
        self.read
    }
}

/// A WebSocket client that only knows short texts.
struct WebSocket(TcpStream);

impl WebSocket {
    fn open(address: &str) -> Self {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(
            stream,
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\n\
             Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        .unwrap();
        Self(stream)
    }

    /// Sends a text masked with zeros.
    fn send(&mut self, text: &str) {
        let length = u16::try_from(text.len()).unwrap().to_be_bytes();
        let head = [0x81, 0x80 | 126, length[0], length[1], 0, 0, 0, 0];
        self.0.write_all(&[&head, text.as_bytes()].concat()).unwrap();
    }

    /// Reads on until `expected` was sent.
    fn wait_for(&mut self, expected: &str) {
        let mut received = Vec::new();
        while !String::from_utf8_lossy(&received).contains(expected) {
            let mut buffer = [0; 4096];
            let count = self.0.read(&mut buffer).unwrap();
            assert_ne!(count, 0, "ended before {expected}: {}", String::from_utf8_lossy(&received));
            received.extend_from_slice(&buffer[..count]);
        }
    }
}

#[test]
fn holds_nothing_of_what_was_sent() {
    let log = everything_logged("text");
    assert!(log.contains("TRACE"), "everything is logged: {log}");
}

#[test]
fn is_json_where_that_is_asked_for() {
    let log = everything_logged("json");
    let (_, log) = log.split_once("listening on ").unwrap();
    let lines: Vec<serde_json::Value> =
        log.lines().skip(1).map(|line| serde_json::from_str(line).expect(line)).collect();
    assert!(lines.iter().any(|line| line["level"] == "TRACE"));
    let is_request = |line: &&serde_json::Value| line["fields"]["route"] == "/api/register";
    let request = lines.iter().find(is_request).unwrap();
    assert_eq!(request["fields"]["status"], 200);
}

/// What the program logs of a name, a picture and an embedding, none of which is in it.
fn everything_logged(format: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path(), format);
    let encoding = vec![NUMBER; 128];
    let enrolled = program.post("/api/register", &json!({"name": NAME, "encoding": encoding}));
    assert!(enrolled.starts_with("HTTP/1.1 200"), "{enrolled}");
    program.post("/webrtc/face/", &json!({"image": IMAGE}));
    program.post(&format!("/api/results/{NAME}"), &json!({}));

    let mut socket = WebSocket::open(&program.address);
    socket.send(&format!(r#"40{{"token":"{KEY}"}}"#));
    socket.wait_for("available_providers");
    socket.send(&format!(r#"42["process_frame",{{"image":"{IMAGE}"}}]"#));
    socket.wait_for("PROCESSING_ERROR");
    let report = json!(["report", {
        "capture_id": "0193a7c1-0000-7000-8000-000000000001",
        "captured_at": jiff::Timestamp::now().to_string(),
        "faces": [{
            "box": {"top": 1, "right": 4, "bottom": 3, "left": 2},
            "score": 0.9,
            "model": "dlib-resnet-v1",
            "embedding": encoding,
            "claim": {"name": NAME},
        }],
    }]);
    socket.send(&format!("420{report}"));
    socket.wait_for(r#""ok":true"#);

    let log = program.end();
    assert!(log.contains("/api/register"), "everything is logged: {log}");
    for canary in [KEY, NAME, "0.01234567", IMAGE] {
        let line = log.lines().find(|line| line.contains(canary));
        assert_eq!(line, None, "{canary} is in the log");
    }
    log
}

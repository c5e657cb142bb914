//! Clients that flood the relay, beside one that behaves.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;

use super::client::Client;
use super::folder::Folder;
use super::kills::Over;
use super::program::{Launch, Relay, free_port};
use super::reports::{Numbers, id, report};
use super::websocket::{WebSocket, framed, header};
use crate::report::{Figure, Goal};
use crate::speed::{List, Speed, quantile};

/// The good client sends a report so often.
const REPORT_EVERY: Duration = Duration::from_millis(4);
/// A p99 of the good client may be so many times that of idle.
const SLOWER_MAX: f64 = 2.0;
/// What is begun and not gone on with is ended by the relay within 10 s; seen a while later.
const ENDED_AFTER: Duration = Duration::from_secs(15);
/// What socket.io-client waits at first.
const RECONNECT_AFTER: Duration = Duration::from_secs(1);
/// Opening brackets of a JSON text.
const DEPTH: usize = 100_000;
const HUGE_BYTES: u64 = 64 << 20;
/// More of a huge body than the relay takes.
const BODY_SENT_MB: usize = 3;
const TEXT_THAT_GOES_ON: u8 = 0x01;
const FINAL_TEXT: u8 = 0x81;
const CONTINUED: u8 = 0x00;

/// What a flood is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flood {
    /// A thousand sockets a second that join no namespace.
    Connects,
    /// 100,000 events in one go from a socket that reads no answer; again a second after it was cut off.
    Events,
    /// A hundred polling sessions a second whose upgrade is never finished.
    Upgrades,
    /// JSON of 100,000 opening brackets, over REST and Socket.IO.
    Deep,
    /// Messages of 64 MiB, in one frame and in many.
    Huge,
}

impl Flood {
    const ALL: [Self; 5] = [Self::Connects, Self::Events, Self::Upgrades, Self::Deep, Self::Huge];

    const fn name(self) -> &'static str {
        match self {
            Self::Connects => "1,000 sockets a second without a namespace",
            Self::Events => "100,000 events from one socket",
            Self::Upgrades => "upgrades that are never finished",
            Self::Deep => "JSON 100,000 deep",
            Self::Huge => "messages of 64 MiB",
        }
    }
}

/// What floods left, and what was done with them.
#[derive(Default)]
struct Left {
    /// Connections that were begun and not gone on with, and are still open.
    unfinished: Mutex<Vec<WebSocket>>,
    /// How many of them there were.
    begun: AtomicU32,
    /// What should have been refused, and was taken.
    taken: Mutex<Vec<String>>,
    /// Times that the socket with too many events was cut off.
    cuts: AtomicU32,
}

impl Left {
    fn keep(&self, socket: WebSocket) {
        self.begun.fetch_add(1, Ordering::Relaxed);
        self.unfinished.lock().expect("nobody panics with it").push(socket);
    }

    /// Lets go of those that the relay has closed, as no program may hold endlessly many.
    fn let_go(&self) {
        let mut unfinished = self.unfinished.lock().expect("nobody panics with it");
        unfinished.retain_mut(|socket| socket.tend().is_ok());
    }

    fn taken(&self, what: &str) {
        self.taken.lock().expect("nobody panics with it").push(what.to_owned());
    }
}

/// Lets a good client report, in turns alone and beside each flood.
///
/// # Errors
/// The relay does not start, ends, or refuses the good client.
#[expect(clippy::cast_precision_loss, reason = "a few thousand")]
pub(super) fn flooded(rounds: u32, lasting: Duration, speed: &mut Speed) -> Result<()> {
    let folder = Folder::make("chaos-floods")?;
    let relay = Launch::on(folder.path(), free_port()?).start()?;
    let mut good = Good::new(relay.port());
    let left = Left::default();
    good.report_for(lasting)?;
    let mut rows = Vec::new();
    let mut most_mb = 0.0_f64;
    for flood in Flood::ALL {
        eprintln!("  {}", flood.name());
        let (mut alone, mut beside) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            alone.push(good.report_for(lasting)?);
            beside.push(under(flood, &relay, &left, || good.report_for(lasting))?);
            left.let_go();
            most_mb = most_mb.max(relay.resident_bytes().unwrap_or_default() as f64 / 1e6);
        }
        let [alone, beside] = [alone, beside].map(|ms| quantile(&ms, 0.5).unwrap_or(f64::NAN));
        let name = format!("a good client's p99 beside {}, times that alone", flood.name());
        speed.figures.push(Figure::new(name, beside / alone, "×", Goal::AtMost(SLOWER_MAX)));
        rows.push((flood.name().to_owned(), vec![alone, beside]));
    }
    let columns = vec!["p99 alone, ms", "p99 beside, ms"];
    speed.lists.push(List { name: "A good client beside floods".to_owned(), columns, rows });
    let taken = left.taken.into_inner().unwrap_or_default();
    for what in taken.iter().take(3) {
        eprintln!("  taken: {what}");
    }
    let mut unfinished = left.unfinished.into_inner().unwrap_or_default();
    let begun = left.begun.into_inner();
    let rows = vec![
        ("sockets without a namespace, and unfinished upgrades".to_owned(), vec![f64::from(begun)]),
        (
            "sockets with too many events cut off".to_owned(),
            vec![f64::from(left.cuts.into_inner())],
        ),
    ];
    speed.lists.push(List { name: "Floods".to_owned(), columns: vec![""], rows });
    std::thread::sleep(ENDED_AFTER);
    unfinished.retain_mut(|socket| socket.tend().is_ok());
    let figures = [
        Figure::new(
            "floods: deep or huge messages taken",
            taken.len() as f64,
            "",
            Goal::AtMost(0.0),
        ),
        Figure::new(
            format!("floods: of {begun} sockets that never joined, still open after 15 s"),
            unfinished.len() as f64,
            "",
            Goal::AtMost(0.0),
        ),
        Figure::new("floods: memory, the most", most_mb, "MB", Goal::AtMost(1000.0)),
    ];
    speed.figures.extend(figures);
    relay.kill()
}

/// Runs `work` while the relay is flooded. It must stand afterwards.
fn under<T>(
    flood: Flood,
    relay: &Relay,
    left: &Left,
    work: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let (is_over, port) = (AtomicBool::new(false), relay.port());
    let done = std::thread::scope(|scope| -> Result<T> {
        let over = Over(&is_over);
        let flooding = scope.spawn(|| pour(flood, port, left, &is_over));
        let done = work()?;
        drop(over);
        flooding.join().ok().context("a flood panicked")??;
        Ok(done)
    })?;
    ensure!(Client::new(port).get("/v1/health")? == 200, "the relay is not well");
    Ok(done)
}

fn pour(flood: Flood, port: u16, left: &Left, is_over: &AtomicBool) -> Result<()> {
    let mut number = 0;
    let begun = Instant::now();
    let mut a_second = |per_second: u32| {
        let due = Duration::from_secs(1) * number / per_second;
        number += 1;
        std::thread::sleep(due.saturating_sub(begun.elapsed()));
    };
    let mut many = None;
    while !is_over.load(Ordering::Relaxed) {
        match flood {
            Flood::Connects => {
                a_second(1000);
                left.keep(WebSocket::open(port, None)?);
            }
            Flood::Events => {
                let socket = match &mut many {
                    Some(socket) => socket,
                    none => none.insert(WebSocket::join(port)?),
                };
                if events(socket, is_over).is_err() {
                    // Cut off; it comes again when socket.io-client would.
                    left.cuts.fetch_add(1, Ordering::Relaxed);
                    many = None;
                    wait(RECONNECT_AFTER, is_over);
                }
            }
            Flood::Upgrades => {
                a_second(100);
                left.keep(WebSocket::open(port, Some(&polling_session(port)?))?);
            }
            Flood::Deep => {
                a_second(50);
                deep(port, left)?;
            }
            Flood::Huge => {
                a_second(20);
                huge(port, left)?;
            }
        }
    }
    Ok(())
}

fn wait(lasting: Duration, is_over: &AtomicBool) {
    let begun = Instant::now();
    while begun.elapsed() < lasting && !is_over.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// 100,000 events that each ask for an answer which nobody reads.
fn events(socket: &mut WebSocket, is_over: &AtomicBool) -> std::io::Result<()> {
    let some = framed(FINAL_TEXT, br#"427["get_stats",{}]"#).repeat(1000);
    for _ in 0..100 {
        if is_over.load(Ordering::Relaxed) {
            break;
        }
        socket.send_raw(&some)?;
    }
    Ok(())
}

/// A session of polling; its id.
fn polling_session(port: u16) -> Result<String> {
    let mut client = Client::new(port);
    let status = client.get("/socket.io/?EIO=4&transport=polling")?;
    ensure!(status == 200, "polling is refused with {status}");
    let open: serde_json::Value = serde_json::from_slice(&client.body()[1..])?;
    Ok(open["sid"].as_str().context("no session")?.to_owned())
}

fn deep(port: u16, left: &Left) -> Result<()> {
    let brackets = "[".repeat(DEPTH);
    let mut client = Client::new(port);
    if client.post("/v1/reports", &brackets)? != 400 {
        left.taken("deep JSON over REST");
    }
    let mut socket = WebSocket::join(port)?;
    socket.send(&format!(r#"427["report",{brackets}"#))?;
    let closed = "]".repeat(DEPTH);
    socket.send(&format!(r#"428["report",{brackets}{closed}]"#))?;
    // What cannot be read is not answered, or the socket is closed; what is answered must be a refusal.
    socket.send(r#"429["nothing"]"#).ok();
    let mut answered = false;
    while let Ok(answer) = socket.wait_for("43") {
        answered |= answer.contains(r#""ok":true"#);
        if answer.starts_with("439") {
            break;
        }
    }
    if answered {
        left.taken("deep JSON over Socket.IO");
    }
    Ok(())
}

fn huge(port: u16, left: &Left) -> Result<()> {
    let zeros = vec![b'0'; 1 << 20];
    let mut whole = WebSocket::join(port)?;
    whole.send_raw(&header(FINAL_TEXT, HUGE_BYTES))?;
    if (0..64).all(|_| whole.send_raw(&zeros).is_ok())
        && whole.send(r#"421["nothing"]"#).is_ok()
        && whole.wait_for("431").is_ok()
    {
        left.taken("a frame of 64 MiB");
    }
    let mut parts = WebSocket::join(port)?;
    let mut kind = TEXT_THAT_GOES_ON;
    let all = (0..64).all(|_| {
        let sent = parts.send_raw(&framed(kind, &zeros)).is_ok();
        kind = CONTINUED;
        sent
    });
    if all
        && parts.send_raw(&framed(0x80, b"0")).is_ok()
        && parts.send(r#"421["nothing"]"#).is_ok()
        && parts.wait_for("431").is_ok()
    {
        left.taken("a message of 64 MiB in 64 frames");
    }
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    write!(
        stream,
        "POST /v1/reports HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {HUGE_BYTES}\r\n\r\n"
    )?;
    // The rest never comes: the answer is due once there is more than is taken.
    for _ in 0..BODY_SENT_MB {
        if stream.write_all(&zeros).is_err() {
            return Ok(());
        }
    }
    let mut answer = [0; 12];
    let is_answered = stream.read_exact(&mut answer).is_ok();
    if is_answered && &answer != b"HTTP/1.1 413" {
        left.taken("a body of 64 MiB");
    }
    Ok(())
}

/// A client that sends a report now and then, and wants it stored.
struct Good {
    client: Client,
    numbers: Numbers,
    number: u32,
}

impl Good {
    const fn new(port: u16) -> Self {
        Self { client: Client::new(port), numbers: Numbers::new(5), number: 0 }
    }

    /// Reports for so long; within how many milliseconds 99 of 100 were acknowledged.
    fn report_for(&mut self, lasting: Duration) -> Result<f64> {
        let begun = Instant::now();
        let mut ms = Vec::new();
        while begun.elapsed() < lasting {
            let now = Timestamp::now().to_string();
            let json = report(&id(5, 0, self.number), &now, &mut self.numbers);
            self.number += 1;
            let sent = Instant::now();
            let status = self.client.post("/v1/reports", &json)?;
            ms.push(sent.elapsed().as_secs_f64() * 1e3);
            ensure!(status == 200, "a good client is refused with {status}");
            std::thread::sleep(REPORT_EVERY.saturating_sub(sent.elapsed()));
        }
        quantile(&ms, 0.99).context("no report was sent")
    }
}

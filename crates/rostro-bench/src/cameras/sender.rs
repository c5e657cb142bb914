//! A camera on a port of this machine: motion JPEG over HTTP, sent as it should be, or not.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::reel::Reel;

/// What a camera sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// What it should.
    Good,
    /// A byte a second.
    Drip,
    /// Pictures that are cut short.
    CutShort,
    /// Something that only begins and ends as a picture does.
    Junk,
    /// One picture, then the end.
    HangsUp,
    /// The head of a part that never ends, as fast as it is taken.
    EndlessHead,
    /// Pictures whose length is not told.
    NoLengths,
    /// Another boundary than was named, and lengths that are wrong.
    WrongBoundary,
}

/// A picture that was sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    /// Of the reel.
    pub(super) index: usize,
    /// When its last byte was handed over.
    pub(super) at: Instant,
}

/// The camera; it is gone once this is dropped.
pub(super) struct Sender {
    shared: Arc<Shared>,
    port: u16,
    accepting: Option<JoinHandle<()>>,
}

struct Shared {
    reel: Arc<Reel>,
    /// Where of the reel it begins.
    first: usize,
    every: Duration,
    manner: Manner,
    is_over: AtomicBool,
    sent: Mutex<Vec<Sent>>,
}

const JUNK: &[u8] = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xda\x00\x03\x01abc\xff\xd9";
const HEAD: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n";
/// Of the reel, from one camera to the next: they do not all show the same at one time.
const APART: usize = 37;

impl Sender {
    /// Shows `reel` at so many frames a second, the `number`th camera beginning elsewhere than the others.
    ///
    /// # Errors
    /// There is no port.
    pub(super) fn start(
        reel: &Arc<Reel>,
        fps: u32,
        manner: Manner,
        number: usize,
    ) -> io::Result<Self> {
        Self::at(0, reel, fps, manner, number)
    }

    /// The same, at that port.
    ///
    /// # Errors
    /// The port is taken.
    pub(super) fn at(
        port: u16,
        reel: &Arc<Reel>,
        fps: u32,
        manner: Manner,
        number: usize,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared {
            reel: Arc::clone(reel),
            first: APART * number,
            every: Duration::from_secs(1) / fps,
            manner,
            is_over: AtomicBool::new(false),
            sent: Mutex::default(),
        });
        let accepting = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || {
                for stream in listener.incoming() {
                    if shared.is_over() {
                        return;
                    }
                    let Ok(stream) = stream else { continue };
                    let shared = Arc::clone(&shared);
                    // A relay that hangs up ends it.
                    std::thread::spawn(move || drop(shared.answer(stream)));
                }
            }
        });
        Ok(Self { shared, port, accepting: Some(accepting) })
    }

    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/stream", self.port)
    }

    /// The picture of that digest as it was last sent before `before`; how long before.
    pub(super) fn sent_before(&self, digest: &[u8], before: Instant) -> Option<Duration> {
        let index = self.shared.reel.find(digest)?;
        let sent = self.shared.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let last = sent.iter().rev().find(|sent| sent.index == index && sent.at <= before)?;
        Some(before - last.at)
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Relaxed);
        // Wakes the thread that accepts.
        drop(TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)));
        if let Some(accepting) = self.accepting.take() {
            drop(accepting.join());
        }
    }
}

impl Shared {
    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    fn answer(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        // The request is short, and says nothing that is needed.
        let read = stream.read(&mut [0; 4096])?;
        if read == 0 {
            return Ok(());
        }
        stream.write_all(HEAD)?;
        let begun = Instant::now();
        let mut number = 0;
        while !self.is_over() {
            let index = (self.first + number) % self.reel.len();
            self.send(&mut stream, self.reel.jpeg(index))?;
            if self.manner == Manner::HangsUp {
                return Ok(());
            }
            let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
            sent.push(Sent { index, at: Instant::now() });
            drop(sent);
            number = self.wait(begun, number);
        }
        Ok(())
    }

    fn send(&self, stream: &mut TcpStream, jpeg: &[u8]) -> io::Result<()> {
        let whole = |picture: &[u8]| part("frame", Some(picture.len()), picture);
        match self.manner {
            Manner::Good | Manner::HangsUp => stream.write_all(&whole(jpeg)),
            Manner::NoLengths => stream.write_all(&part("frame", None, jpeg)),
            Manner::WrongBoundary => stream.write_all(&part("another", Some(17), jpeg)),
            Manner::CutShort => stream.write_all(&whole(&jpeg[..jpeg.len() / 2])),
            Manner::Junk => stream.write_all(&whole(JUNK)),
            Manner::EndlessHead => {
                stream.write_all(b"--frame\r\n")?;
                let filler = b"X-Filler: and so on\r\n".repeat(1000);
                while !self.is_over() {
                    stream.write_all(&filler)?;
                }
                Ok(())
            }
            Manner::Drip => {
                for byte in whole(jpeg) {
                    stream.write_all(&[byte])?;
                    std::thread::sleep(Duration::from_secs(1));
                    if self.is_over() {
                        break;
                    }
                }
                Ok(())
            }
        }
    }

    /// Waits for the next frame's time, and says which that is: those that are late are left out, as a camera does.
    fn wait(&self, begun: Instant, number: usize) -> usize {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "frames of a run"
        )]
        let now = (begun.elapsed().as_secs_f64() / self.every.as_secs_f64()) as usize;
        let next = now.max(number) + 1;
        let at = self.every * u32::try_from(next).unwrap_or(u32::MAX);
        std::thread::sleep(at.saturating_sub(begun.elapsed()));
        next
    }
}

/// A picture with its head.
fn part(boundary: &str, length: Option<usize>, picture: &[u8]) -> Vec<u8> {
    let length = length.map(|length| format!("Content-Length: {length}\r\n")).unwrap_or_default();
    let head = format!("--{boundary}\r\nContent-Type: image/jpeg\r\n{length}\r\n");
    [head.as_bytes(), picture, b"\r\n"].concat()
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn it_sends_its_reel_and_remembers_when() {
        let reel = Arc::new(Reel::of_one(160, 120, 4).expect("the portrait is there"));
        let sender = Sender::start(&reel, 100, Manner::Good, 1).expect("there is a port");
        let mut stream =
            TcpStream::connect((Ipv4Addr::LOCALHOST, sender.port())).expect("it listens");
        stream.write_all(b"GET /stream HTTP/1.1\r\n\r\n").expect("it reads");
        let mut seen = vec![0; HEAD.len() + 2 * reel.jpeg(0).len()];
        stream.read_exact(&mut seen).expect("it sends");
        assert!(seen.starts_with(HEAD));
        let first = reel.jpeg(APART);
        assert!(seen.windows(first.len()).any(|bytes| bytes == first));
        let (digest, now) = (Sha256::digest(first), Instant::now());
        assert!(sender.sent_before(&digest, now).is_some_and(|ago| ago < Duration::from_secs(5)));
        assert_eq!(sender.sent_before(&digest, now - Duration::from_secs(60)), None);
    }
}

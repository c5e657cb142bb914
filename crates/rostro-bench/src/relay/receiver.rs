//! A receiver of webhooks that notes what comes before it answers.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// A webhook as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    /// Its `webhook-id`.
    pub(crate) id: String,
    pub(crate) body: String,
}

/// Listens on loopback until it is dropped.
pub(crate) struct Receiver {
    port: u16,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

struct Shared {
    taken: Mutex<Vec<Taken>>,
    /// Between noting a webhook and answering it.
    pause: Duration,
    is_over: AtomicBool,
}

impl Shared {
    /// Every step leaves the list whole.
    fn taken(&self) -> MutexGuard<'_, Vec<Taken>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Receiver {
    /// Listens on `port`, and answers each webhook `pause` after it was noted.
    ///
    /// # Errors
    /// The port is taken.
    pub(crate) fn start(port: u16, pause: Duration) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared { taken: Mutex::default(), pause, is_over: false.into() });
        let accepting = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || {
                for stream in listener.incoming() {
                    if shared.is_over.load(Ordering::Relaxed) {
                        return;
                    }
                    let Ok(stream) = stream else { continue };
                    let shared = Arc::clone(&shared);
                    // A relay that is killed ends it.
                    std::thread::spawn(move || drop(attend(stream, &shared)));
                }
            }
        });
        Ok(Self { port, shared, accepting: Some(accepting) })
    }

    /// Everything so far, in the order of arrival.
    pub(crate) fn taken(&self) -> Vec<Taken> {
        self.shared.taken().clone()
    }

    /// How many so far.
    pub(crate) fn count(&self) -> usize {
        self.shared.taken().len()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Relaxed);
        // Wakes the thread that accepts.
        drop(TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)));
        if let Some(accepting) = self.accepting.take() {
            drop(accepting.join());
        }
    }
}

/// One connection, until either end closes it.
fn attend(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    while let Some(taken) = read(&mut stream)? {
        if shared.is_over.load(Ordering::Relaxed) {
            break;
        }
        shared.taken().push(taken);
        std::thread::sleep(shared.pause);
        stream.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")?;
    }
    Ok(())
}

/// The next request; `None` where there is none.
fn read(stream: &mut BufReader<TcpStream>) -> io::Result<Option<Taken>> {
    let (mut id, mut length) = (String::new(), 0);
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "webhook-id" => value.trim().clone_into(&mut id),
            "content-length" => length = value.trim().parse().unwrap_or(0),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(Some(Taken { id, body: String::from_utf8_lossy(&body).into_owned() }))
}

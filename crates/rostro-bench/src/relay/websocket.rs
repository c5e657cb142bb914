//! The least of a WebSocket client of Socket.IO, so that one program can hold ten thousand, and send what no library would.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::{Duration, Instant};

/// What does not come by then never will.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Frames of a client are masked; with zeros they stay as they are.
const MASK: [u8; 4] = [0; 4];
const FINAL_TEXT: u8 = 0x81;
const TEXT: u8 = 0x1;
const CLOSE: u8 = 0x8;

/// A connection to `/socket.io/`.
pub(crate) struct WebSocket {
    stream: TcpStream,
    unread: Vec<u8>,
}

impl WebSocket {
    /// Opens a session of its own, or upgrades that of `session`.
    ///
    /// # Errors
    /// The relay does not take it.
    pub(super) fn open(port: u16, session: Option<&str>) -> io::Result<Self> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.set_write_timeout(Some(TIMEOUT))?;
        let session = session.map_or_else(String::new, |session| format!("&sid={session}"));
        let request = format!(
            "GET /socket.io/?EIO=4&transport=websocket{session} HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\n\
             upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(request.as_bytes())?;
        let mut this = Self { stream, unread: Vec::new() };
        let mut head = 0;
        while head == 0 {
            this.fill()?;
            head = this.unread.windows(4).position(|end| end == b"\r\n\r\n").map_or(0, |at| at + 4);
        }
        if !this.unread.starts_with(b"HTTP/1.1 101") {
            return Err(io::ErrorKind::ConnectionRefused.into());
        }
        this.unread.drain(..head);
        Ok(this)
    }

    /// Opens a session, and joins the namespace.
    ///
    /// # Errors
    /// The relay does not take it.
    pub(crate) fn join(port: u16) -> io::Result<Self> {
        let mut this = Self::open(port, None)?;
        this.send("40")?;
        this.wait_for("40")?;
        Ok(this)
    }

    /// Sends one packet as text.
    ///
    /// # Errors
    /// The connection is closed.
    pub(crate) fn send(&mut self, packet: &str) -> io::Result<()> {
        self.stream.write_all(&framed(FINAL_TEXT, packet.as_bytes()))
    }

    /// Sends bytes as they are.
    ///
    /// # Errors
    /// The connection is closed.
    pub(super) fn send_raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Waits for a packet that begins so.
    ///
    /// # Errors
    /// None came in time, or the connection was closed.
    pub(crate) fn wait_for(&mut self, beginning: &str) -> io::Result<String> {
        let begun = Instant::now();
        while begun.elapsed() < TIMEOUT {
            while let Some(packet) = self.next()? {
                if packet.starts_with(beginning) {
                    return Ok(packet);
                }
            }
            self.fill()?;
        }
        Err(io::ErrorKind::TimedOut.into())
    }

    /// Reads what is there, answers pings, and does not wait.
    ///
    /// # Errors
    /// The connection is closed.
    pub(super) fn tend(&mut self) -> io::Result<()> {
        self.drain()?;
        while self.next()?.is_some() {}
        Ok(())
    }

    /// Reads what is there and answers nothing; whether the relay has closed the connection.
    pub(super) fn is_closed(&mut self) -> bool {
        self.drain().is_err()
    }

    /// Reads what is there, and does not wait.
    fn drain(&mut self) -> io::Result<()> {
        self.stream.set_nonblocking(true)?;
        let read = loop {
            match self.fill() {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        self.stream.set_nonblocking(false)?;
        read
    }

    /// Reads more, and waits for it.
    fn fill(&mut self) -> io::Result<()> {
        let mut buffer = [0; 4096];
        match self.stream.read(&mut buffer)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                self.unread.extend_from_slice(&buffer[..read]);
                Ok(())
            }
        }
    }

    /// The next packet that is there whole; pings are answered.
    fn next(&mut self) -> io::Result<Option<String>> {
        let Some((kind, payload, length)) = frame(&self.unread) else { return Ok(None) };
        let packet = String::from_utf8_lossy(payload).into_owned();
        self.unread.drain(..length);
        if kind == CLOSE {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if kind == TEXT && packet == "2" {
            self.send("3")?;
        }
        Ok(Some(packet))
    }
}

/// A frame of a client.
pub(super) fn framed(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = header(first, payload.len() as u64);
    frame.extend_from_slice(payload);
    frame
}

/// The header of a client's frame with so many bytes.
pub(super) fn header(first: u8, length: u64) -> Vec<u8> {
    let mut header = vec![first];
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short @ 0..=125), _) => header.push(0x80 | short),
        (_, Ok(medium)) => {
            header.push(0x80 | 126);
            header.extend(medium.to_be_bytes());
        }
        _ => {
            header.push(0x80 | 127);
            header.extend(length.to_be_bytes());
        }
    }
    header.extend(MASK);
    header
}

/// Kind, payload and length in all of the frame of a server that `bytes` begins with.
fn frame(bytes: &[u8]) -> Option<(u8, &[u8], usize)> {
    let (kind, length) = (bytes.first()? & 0x0F, *bytes.get(1)?);
    let (from, length) = match length {
        127 => (10, u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)),
        126 => (4, u64::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
        short => (2, u64::from(short)),
    };
    let until = from + usize::try_from(length).ok()?;
    Some((kind, bytes.get(from..until)?, until))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_read_as_they_are_written() {
        for length in [0_usize, 1, 125, 126, 65_535, 65_536] {
            let payload = vec![b'x'; length];
            let sent = framed(FINAL_TEXT, &payload);
            // A server's frame is a client's without the mask and its mark.
            let mut received = sent.clone();
            received[1] &= 0x7F;
            received.drain(sent.len() - length - 4..sent.len() - length);
            assert_eq!(frame(&received), Some((TEXT, &payload[..], received.len())), "{length}");
            assert_eq!(frame(&received[..received.len() - 1]), None, "{length}");
        }
    }
}

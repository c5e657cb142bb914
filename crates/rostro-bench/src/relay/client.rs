//! The least of an HTTP client: one connection, one request at a time. A load generator must take less of the machine than
//! what it loads.

use std::io::{self, BufRead, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

/// An answer that takes longer is none.
const TIMEOUT: Duration = Duration::from_secs(10);

/// One client of the relay on that port of this machine.
pub(crate) struct Client {
    port: u16,
    connection: Option<BufReader<TcpStream>>,
    body: Vec<u8>,
}

impl Client {
    pub(crate) const fn new(port: u16) -> Self {
        Self { port, connection: None, body: Vec::new() }
    }

    /// The status of the answer.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn get(&mut self, path: &str) -> io::Result<u16> {
        self.ask(&format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n"))
    }

    /// The status of the answer; its body is [`Client::body`].
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn post(&mut self, path: &str, json: &str) -> io::Result<u16> {
        self.ask(&format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{json}",
            json.len()
        ))
    }

    /// The status of the answer.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn delete(&mut self, path: &str) -> io::Result<u16> {
        self.ask(&format!("DELETE {path} HTTP/1.1\r\nhost: localhost\r\n\r\n"))
    }

    /// The body of the last answer.
    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    fn ask(&mut self, request: &str) -> io::Result<u16> {
        let answer = self.exchange(request);
        if answer.is_err() {
            self.connection = None;
        }
        answer
    }

    fn exchange(&mut self, request: &str) -> io::Result<u16> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => {
                let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(TIMEOUT))?;
                none.insert(BufReader::new(stream))
            }
        };
        connection.get_mut().write_all(request.as_bytes())?;
        let broken = |what: &'static str| io::Error::new(io::ErrorKind::InvalidData, what);
        let mut line = String::new();
        connection.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| broken("no status"))?;
        let mut length = 0;
        loop {
            line.clear();
            connection.read_line(&mut line)?;
            if line.trim_end().is_empty() {
                break;
            }
            let header = line
                .split_once(':')
                .filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
            if let Some((_, value)) = header {
                length = value.trim().parse().map_err(|_| broken("no length"))?;
            }
        }
        self.body.resize(length, 0);
        connection.read_exact(&mut self.body)?;
        Ok(status)
    }
}

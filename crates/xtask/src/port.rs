//! Ports of this machine: whether one is free, who has it, whether it answers.

use std::fs;
use std::io::{BufRead as _, BufReader, ErrorKind, Write as _};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream};
use std::time::Duration;

use anyhow::{anyhow, bail};

/// How long a program may take over one answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);

/// Whether a web server at `port` of the loopback address answers a `GET` of `path` with success.
pub(crate) fn answers(port: u16, path: &str) -> bool {
    status(port, path)
        .is_ok_and(|line| line.split(' ').nth(1).is_some_and(|code| code.starts_with('2')))
}

/// The first line of the answer.
fn status(port: u16, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(ANSWER_LIMIT))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n")?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    Ok(line)
}

/// Whether `port` of the loopback address can be listened on.
pub(crate) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// Whether somebody takes connections at `address`.
pub(crate) fn takes_connections(address: SocketAddrV4) -> bool {
    TcpStream::connect_timeout(&address.into(), ANSWER_LIMIT).is_ok()
}

/// A port that nobody has now.
///
/// # Errors
/// The loopback address cannot be listened on.
pub(crate) fn any_free() -> anyhow::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Checks that `port` is free.
///
/// # Errors
/// It is not: the text names the program that has it, where that can be found out, and the `option` that helps.
pub(crate) fn require_free(port: u16, what: &str, option: &str) -> anyhow::Result<()> {
    if is_free(port) { Ok(()) } else { Err(in_use(port, what, option)) }
}

/// Checks that `address` is one of this machine, and its port free.
///
/// # Errors
/// As of [`require_free`], or the machine has no such address.
pub(crate) fn require_free_at(
    address: SocketAddrV4,
    what: &str,
    option: &str,
) -> anyhow::Result<()> {
    match TcpListener::bind(address) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            Err(in_use(address.port(), what, option))
        }
        Err(error) => bail!(
            "the {what} cannot listen at {address}: {error}. Is it an address of this machine?"
        ),
    }
}

fn in_use(port: u16, what: &str, option: &str) -> anyhow::Error {
    let holder = holder(port).map_or_else(|| "another program".to_owned(), |h| h.to_string());
    anyhow!(
        "port {port}, where the {what} would listen, is in use by {holder}. Stop it, or choose another: {option}"
    )
}

/// A program that listens on a port.
struct Holder {
    id: u32,
    name: String,
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` (process {})", self.name, self.id)
    }
}

/// Who listens on `port`, by Linux's own tables; `None` elsewhere, or for somebody else's process.
fn holder(port: u16) -> Option<Holder> {
    let inodes: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .flat_map(|table| listening_inodes(&table, port))
        .map(|inode| format!("socket:[{inode}]"))
        .collect();
    fs::read_dir("/proc").ok()?.flatten().find_map(|entry| {
        let id: u32 = entry.file_name().to_str()?.parse().ok()?;
        let has_it = fs::read_dir(entry.path().join("fd"))
            .ok()?
            .flatten()
            .filter_map(|fd| fs::read_link(fd.path()).ok())
            .any(|link| inodes.iter().any(|inode| link.as_os_str() == inode.as_str()));
        let name = fs::read_to_string(entry.path().join("comm")).ok()?;
        has_it.then(|| Holder { id, name: name.trim().to_owned() })
    })
}

/// Inodes of the sockets in state LISTEN (0A) at `port`, from a table as in `/proc/net/tcp`.
fn listening_inodes(table: &str, port: u16) -> Vec<String> {
    table
        .lines()
        .skip(1)
        .filter_map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let local = fields.get(1)?.rsplit(':').next()?;
            let listens = *fields.get(3)? == "0A" && u16::from_str_radix(local, 16).ok()? == port;
            listens.then(|| (*fields.get(9).unwrap_or(&"")).to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_success_is_an_answer() {
        for (answer, want) in [("HTTP/1.1 200 OK", true), ("HTTP/1.1 500 Oh", false), ("", false)] {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("some port is free");
            let port = listener.local_addr().expect("it is bound").port();
            let server = std::thread::spawn(move || {
                let (mut stream, _) = listener.accept().expect("somebody asks");
                // The question is read to its end: closing with some of it unread would reset the connection.
                let mut question = BufReader::new(&stream).lines().map_while(Result::ok);
                question.find(String::is_empty).expect("the question ends");
                write!(stream, "{answer}\r\n\r\n").expect("it listens");
            });
            assert_eq!(answers(port, "/"), want, "{answer}");
            server.join().expect("the server ends");
        }
    }

    #[test]
    fn a_port_in_use_is_said_to_be_so_with_its_holder() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("some port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let text =
            require_free(port, "relay", "--relay-port").expect_err("it is in use").to_string();
        assert!(text.contains(&port.to_string()) && text.contains("--relay-port"), "{text}");
        if cfg!(target_os = "linux") {
            assert!(text.contains(&format!("process {}", std::process::id())), "{text}");
        }
        let address = SocketAddrV4::new(Ipv4Addr::LOCALHOST, port);
        assert!(takes_connections(address));
        let text = require_free_at(address, "phone's way in", "--lan-port")
            .expect_err("it is in use")
            .to_string();
        assert!(text.contains("in use by") && text.contains("--lan-port"), "{text}");
        drop(listener);
        assert!(is_free(port) && !takes_connections(address));
        require_free_at(address, "", "").expect("it is free");
    }

    #[test]
    fn an_address_of_another_machine_is_said_to_be_so() {
        // Of a block that is for documentation (RFC 5737).
        let address = SocketAddrV4::new(Ipv4Addr::new(198, 51, 100, 7), 4);
        let text = require_free_at(address, "phone's way in", "--lan-port")
            .expect_err("it is nobody's")
            .to_string();
        assert!(text.contains("198.51.100.7:4") && text.contains("of this machine"), "{text}");
    }
}

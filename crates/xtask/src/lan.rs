//! `cargo xtask start --lan`: a way in for the other devices of the network, over HTTPS.

use std::net::{IpAddr, Ipv4Addr, SocketAddrV4, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail, ensure};

use crate::workspace;

/// Somewhere beyond the network, of a block that is for documentation (RFC 5737): it is never sent anything.
const ELSEWHERE: (Ipv4Addr, u16) = (Ipv4Addr::new(203, 0, 113, 1), 9);

/// Where the network comes in.
#[derive(Clone, Copy)]
pub(crate) struct Lan {
    /// An address of this machine, and the port of the HTTPS server.
    pub(crate) address: SocketAddrV4,
}

impl Lan {
    /// At `chosen`, else at the address by which this machine reaches others.
    ///
    /// # Errors
    /// This machine is on no network, or `chosen` is no single address.
    pub(crate) fn at(chosen: Option<Ipv4Addr>, port: u16) -> anyhow::Result<Self> {
        let ip = match chosen {
            Some(ip) => ip,
            None => own_address().context(
                "this machine seems to be on no network: join one, or say which of its addresses the phone reaches, as in --lan=192.168.1.20",
            )?,
        };
        ensure!(
            !ip.is_unspecified() && !ip.is_broadcast() && !ip.is_multicast(),
            "--lan={ip} is no address of one machine: browsers need the one that they call, such as 192.168.1.20"
        );
        Ok(Self { address: SocketAddrV4::new(ip, port) })
    }

    /// What browsers call it by.
    pub(crate) fn origin(self) -> String {
        match self.address.port() {
            443 => format!("https://{}", self.address.ip()),
            port => format!("https://{}:{port}", self.address.ip()),
        }
    }

    /// Whether only a network of somebody's own can have such an address.
    pub(crate) fn is_private(self) -> bool {
        let ip = self.address.ip();
        ip.is_private() || ip.is_link_local() || ip.is_loopback()
    }

    /// Serves `web` and `relay` there until it is stopped. Its certificate is kept in `data`.
    pub(crate) fn command(self, web: &str, relay: &str, data: &Path) -> Command {
        let mut command = node_script("lan.mjs");
        command
            .args(["--host", &self.address.ip().to_string()])
            .args(["--port", &self.address.port().to_string()])
            .args(["--web", web, "--relay", relay, "--certificate"])
            .arg(data.join("lan-certificate.pem"));
        command
    }
}

/// `text` as a QR code for a terminal. It passes by the environment: arguments can be read by everybody on this machine.
///
/// # Errors
/// Node.js cannot be started, or does not do it.
pub(crate) fn qr_code(text: &str) -> anyhow::Result<String> {
    let output = node_script("qr.mjs")
        .env("ROSTRO_QR", text)
        .stdin(Stdio::null())
        .output()
        .context("starting node")?;
    if !output.status.success() {
        bail!("no QR code: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn node_script(name: &str) -> Command {
    let web: PathBuf = workspace::root().join("web");
    let mut command = Command::new("node");
    command.arg(Path::new("scripts").join(name)).current_dir(web);
    command
}

/// The address that the system would send from to somewhere beyond the network. Nothing is sent.
fn own_address() -> anyhow::Result<Ipv4Addr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    socket.connect(ELSEWHERE)?;
    match socket.local_addr()?.ip() {
        IpAddr::V4(ip) if !ip.is_unspecified() && !ip.is_loopback() => Ok(ip),
        ip => bail!("others are reached from {ip}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ip: [u8; 4], port: u16) -> anyhow::Result<Lan> {
        Lan::at(Some(Ipv4Addr::from(ip)), port)
    }

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        for (port, want) in [
            (3443, "https://192.168.1.20:3443"),
            (443, "https://192.168.1.20"),
            (80, "https://192.168.1.20:80"),
        ] {
            assert_eq!(at([192, 168, 1, 20], port).expect("one machine's").origin(), want);
        }
    }

    #[test]
    fn addresses_of_no_or_of_many_machines_are_refused() {
        for ip in [[0, 0, 0, 0], [255, 255, 255, 255], [224, 0, 0, 1]] {
            let error = at(ip, 3443).err().expect("refused").to_string();
            assert!(error.contains("192.168.1.20"), "{error}");
        }
    }

    #[test]
    fn what_everybody_may_reach_is_told_apart() {
        for (ip, want) in [
            ([192, 168, 1, 20], true),
            ([10, 0, 0, 2], true),
            ([172, 16, 0, 2], true),
            ([169, 254, 0, 2], true),
            ([127, 0, 0, 1], true),
            ([8, 8, 8, 8], false),
            ([172, 32, 0, 2], false),
        ] {
            assert_eq!(at(ip, 1).expect("one machine's").is_private(), want, "{ip:?}");
        }
    }
}

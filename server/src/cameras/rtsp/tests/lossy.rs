//! A line between camera and relay that loses packets.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// What a packet between the answers begins with; then come a byte for the channel and two for the length.
const PACKET: u8 = b'$';
const HEADER_BYTES: usize = 4;
const FRAMES_CHANNEL: u8 = 0;

/// The address of a line to `url` that loses every packet of frames whose number is a multiple of `every`.
pub(super) async fn line(url: &str, every: u64) -> String {
    let camera = url.trim_start_matches("rtsp://").split('/').next().unwrap().to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let here = listener.local_addr().unwrap().to_string();
    let address = url.replace(&camera, &here);
    tokio::spawn(async move {
        let (relay, _) = listener.accept().await.unwrap();
        let (from_camera, mut to_camera) = TcpStream::connect(&camera).await.unwrap().into_split();
        let (mut from_relay, to_relay) = relay.into_split();
        tokio::spawn(async move { tokio::io::copy(&mut from_relay, &mut to_camera).await });
        lose(from_camera, to_relay, every).await
    });
    address
}

async fn lose(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, every: u64) -> std::io::Result<()> {
    let mut packets = 0;
    loop {
        let first = from.read_u8().await?;
        if first != PACKET {
            to.write_u8(first).await?;
            continue;
        }
        let mut packet = vec![first; HEADER_BYTES];
        from.read_exact(&mut packet[1..]).await?;
        packet.resize(HEADER_BYTES + usize::from(u16::from_be_bytes([packet[2], packet[3]])), 0);
        from.read_exact(&mut packet[HEADER_BYTES..]).await?;
        packets += u64::from(packet[1] == FRAMES_CHANNEL);
        if packet[1] != FRAMES_CHANNEL || packets % every != 0 {
            to.write_all(&packet).await?;
        }
    }
}

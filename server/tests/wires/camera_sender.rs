//! A camera that speaks HTTP, rightly or wrongly, on a port of this machine.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// How a camera answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Parts with their lengths and a boundary.
    Proper,
    /// Parts without lengths.
    NoLengths,
    /// Parts with lengths that are wrong, and boundaries that are not the one that was named.
    WrongLengths,
    /// Every other picture is cut short.
    Truncated,
    /// Nothing says what the answer is, and nothing stands between the pictures.
    Bare,
    /// A byte a second.
    Drip,
    /// The head of a part that never ends.
    EndlessHead,
    /// The head of the answer that never ends.
    EndlessAnswerHead,
    /// One picture for each request.
    Snapshots,
    /// Pictures that are none.
    Junk,
    /// It takes connections and says nothing.
    Mute,
    /// These words in place of a stream.
    Says(&'static str),
    /// As [`Style::Proper`], for whoever has the login.
    Basic(&'static str),
    /// One picture, then the end.
    HangsUp,
}

/// A camera; it is gone once this is dropped.
pub(crate) struct Sender {
    pub(crate) port: u16,
    pub(crate) connections: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Sender {
    /// Sends `pictures`, again and again, ten a second.
    pub(crate) async fn new(style: Style, pictures: Vec<Vec<u8>>) -> Self {
        Self::at(0, style, pictures).await
    }

    /// As [`Sender::new`], at that port.
    pub(crate) async fn at(port: u16, style: Style, pictures: Vec<Vec<u8>>) -> Self {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(([127, 0, 0, 1], port).into()).unwrap();
        let listener = socket.listen(16).unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        let task = tokio::spawn(serve(listener, style, Arc::new(pictures), counted));
        Self { port, connections, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/stream", self.port)
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    listener: TcpListener,
    style: Style,
    pictures: Arc<Vec<Vec<u8>>>,
    counted: Arc<AtomicUsize>,
) {
    // Whoever is connected is dropped with this.
    let mut answers = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        counted.fetch_add(1, Ordering::Relaxed);
        let (style, pictures) = (style.clone(), Arc::clone(&pictures));
        answers.spawn(async move {
            // A client that hangs up ends it.
            drop(answer(stream, &style, &pictures).await);
        });
    }
}

async fn answer(stream: TcpStream, style: &Style, pictures: &[Vec<u8>]) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut login = None;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(": ")
            && name.eq_ignore_ascii_case("authorization")
        {
            login = Some(value.trim().to_owned());
        }
    }
    let mut out = stream.into_inner();
    match style {
        Style::Mute => return std::future::pending().await,
        Style::Says(words) => return out.write_all(words.as_bytes()).await,
        Style::Basic(right) if login.as_deref() != Some(*right) => {
            let refused = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"cam\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            return out.write_all(refused.as_bytes()).await;
        }
        Style::EndlessAnswerHead => {
            out.write_all(b"HTTP/1.1 200 OK\r\n").await?;
            return endless(&mut out, "X-Filler: ").await;
        }
        Style::Snapshots => {
            let picture = &pictures[0];
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                picture.len()
            );
            out.write_all(head.as_bytes()).await?;
            return out.write_all(picture).await;
        }
        _ => {}
    }
    let kind = match style {
        Style::Bare => "",
        _ => "Content-Type: multipart/x-mixed-replace;boundary=frame\r\n",
    };
    out.write_all(format!("HTTP/1.1 200 OK\r\n{kind}\r\n").as_bytes()).await?;
    for (count, picture) in pictures.iter().cycle().enumerate() {
        let (boundary, length) = match style {
            Style::NoLengths => ("--frame", String::new()),
            Style::WrongLengths => ("--another", "Content-Length: 17\r\n".to_owned()),
            _ => ("--frame", format!("Content-Length: {}\r\n", picture.len())),
        };
        let head = format!("{boundary}\r\nContent-Type: image/jpeg\r\n{length}\r\n");
        if *style != Style::Bare {
            out.write_all(head.as_bytes()).await?;
        }
        match style {
            Style::EndlessHead => return endless(&mut out, "X-Filler: ").await,
            Style::Drip => {
                for byte in picture {
                    out.write_all(&[*byte]).await?;
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
            Style::Truncated if count % 2 == 1 => {
                out.write_all(&picture[..picture.len() / 2]).await?
            }
            Style::Junk => {
                out.write_all(b"\xff\xd8\xff\xe0\x00\x04ab\xff\xda\x00\x03\x01abc\xff\xd9").await?
            }
            _ => out.write_all(picture).await?,
        }
        if *style != Style::Bare {
            out.write_all(b"\r\n").await?;
        }
        if *style == Style::HangsUp {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

/// Writes without end, and without a pause.
async fn endless(out: &mut TcpStream, words: &str) -> std::io::Result<()> {
    let bytes = words.repeat(1000);
    loop {
        out.write_all(bytes.as_bytes()).await?;
    }
}

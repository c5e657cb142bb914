//! A connection that takes turns with the others.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Lets other tasks run before it reads again what did not fit into one read. Without that, a client that sends small
/// messages without end is read, and every message made a task, for as long as the runtime lets one task run: all others
/// would wait behind thousands of them.
#[derive(Debug)]
pub(super) struct InTurns<S> {
    stream: S,
    /// Whether the last read filled its buffer.
    has_more: bool,
}

impl<S> InTurns<S> {
    pub(super) const fn new(stream: S) -> Self {
        Self { stream, has_more: false }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for InTurns<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if std::mem::take(&mut self.has_more) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        self.has_more = matches!(read, Poll::Ready(Ok(()))) && buf.remaining() == 0;
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for InTurns<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use tokio::io::AsyncReadExt;

    use super::*;

    #[tokio::test]
    async fn others_run_between_reads_that_are_full() {
        let (turns, bytes) = (Cell::new(0), [7; 64]);
        let mut stream = InTurns::new(&bytes[..]);
        let reading = async {
            let mut all = Vec::new();
            let mut part = [0; 16];
            while let read @ 1.. = stream.read(&mut part).await.unwrap() {
                all.extend_from_slice(&part[..read]);
            }
            all
        };
        let others = async {
            loop {
                tokio::task::yield_now().await;
                turns.set(turns.get() + 1);
            }
        };
        let all = tokio::select! { biased; all = reading => all, () = others => unreachable!() };
        assert_eq!(all, bytes);
        assert_eq!(turns.get(), 3, "one between every two reads");
    }
}

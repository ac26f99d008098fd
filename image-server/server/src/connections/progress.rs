//! A connection that has to get somewhere: its first byte has to come, and what is written has to leave.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::rt::{Read, ReadBufCursor, Write};
use tokio::time::{Instant, Sleep};

/// Bytes that have to leave in a second: a thirtieth of a slow link.
const LEAST: u64 = 1 << 10;

/// Fails reads if nothing at all comes in time, and writes once the other side has taken less than [`LEAST`]
/// bytes a second for as long as a look lasts.
pub(super) struct Progressing<T> {
    inner: T,
    /// How long a look lasts.
    patience: Duration,
    /// Runs until the first byte has come: HTTP itself begins to look at the time there.
    silence: Option<Pin<Box<Sleep>>>,
    /// Runs while something waits to be written.
    look: Option<Pin<Box<Sleep>>>,
    /// Bytes written during this look.
    written: u64,
}

impl<T> Progressing<T> {
    pub(super) fn new(inner: T, patience: Duration) -> Self {
        Self {
            inner,
            patience,
            silence: Some(Box::pin(tokio::time::sleep(patience))),
            look: None,
            written: 0,
        }
    }

    /// Accounts for one attempt to write.
    fn account(
        &mut self,
        cx: &mut Context<'_>,
        result: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match &result {
            Poll::Ready(Ok(count)) => self.written += *count as u64,
            Poll::Ready(Err(_)) => {}
            Poll::Pending => {
                let patience = self.patience;
                let look = self.look.get_or_insert_with(|| {
                    self.written = 0;
                    Box::pin(tokio::time::sleep(patience))
                });
                while look.as_mut().poll(cx).is_ready() {
                    if self.written < LEAST * patience.as_secs() {
                        return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
                    }
                    self.written = 0;
                    look.as_mut().reset(Instant::now() + patience);
                }
            }
        }
        result
    }
}

impl<T: Read + Unpin> Read for Progressing<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.inner).poll_read(cx, buffer);
        if result.is_ready() {
            self.silence = None;
        } else if let Some(silence) = &mut self.silence
            && silence.as_mut().poll(cx).is_ready()
        {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        result
    }
}

impl<T: Write + Unpin> Write for Progressing<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.account(cx, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write_vectored(cx, slices);
        self.account(cx, result)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // It is asked for when everything is written: nobody waits any longer.
        self.look = None;
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use hyper_util::rt::TokioIo;
    use tokio::io::{AsyncReadExt as _, DuplexStream, duplex};

    use super::*;

    async fn write(to: &mut Progressing<TokioIo<DuplexStream>>, bytes: &[u8]) -> io::Result<usize> {
        poll_fn(|cx| Pin::new(&mut *to).poll_write(cx, bytes)).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_nothing_is_given_up_and_a_slow_one_is_not() {
        const PATIENCE: Duration = Duration::from_secs(30);
        const BLOCK: usize = 30 << 10;
        let (ours, mut theirs) = duplex(BLOCK);
        let mut ours = Progressing::new(TokioIo::new(ours), PATIENCE);
        let block = vec![7; BLOCK];
        assert_eq!(write(&mut ours, &block).await.ok(), Some(BLOCK));
        let reading = tokio::spawn(async move {
            let mut taken = vec![0; BLOCK];
            for _ in 0..3 {
                tokio::time::sleep(PATIENCE / 2).await;
                let _ = theirs.read_exact(&mut taken).await;
            }
            theirs
        });
        for _ in 0..3 {
            assert_eq!(write(&mut ours, &block).await.ok(), Some(BLOCK));
        }
        let _open = reading.await;
        let given_up = write(&mut ours, &block).await.map_err(|error| error.kind());
        assert_eq!(given_up, Err(io::ErrorKind::TimedOut));
    }
}

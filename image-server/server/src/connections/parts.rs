//! Parts of files on their way: the kernel sends them from its page cache, without a copy of ours.
//!
//! hyper writes bytes that it is given. A body that is a part of a file is given as so many bytes of [`STAND_IN`],
//! which nobody reads or writes: where hyper asks for them to be written, the kernel is asked to send as many of
//! the part that is next.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use rustix::fs::sendfile;
use rustix::io::Errno;
use rustix::net::{SendAncillaryBuffer, SendFlags, sendmsg};
use tiff_pyramid::ReadAt as _;
use tokio::io::Interest;
use tokio::net::TcpStream;

use crate::store::Part;

/// Bytes that are copied at a time where the file system cannot send.
const COPIED: usize = 64 << 10;

/// Bytes in memory that one connection writes before others have their turn: a whole picture would otherwise be
/// copied for a millisecond while tiles wait.
const TURN: usize = 128 << 10;

/// What stands for parts; no memory, because it is never touched.
static STAND_IN: LazyLock<Bytes> =
    LazyLock::new(|| Bytes::from_static(vec![0; Part::LONGEST].leak()));

/// The parts that a connection has still to send, in the order of its answers.
#[derive(Debug, Clone, Default)]
pub(super) struct Outbox(Arc<Mutex<VecDeque<Part>>>);

impl Outbox {
    /// The body that `part` is sent as, once those before it are. It must be written whole, or the connection
    /// ended.
    pub(super) fn send(&self, part: Part) -> Bytes {
        let stand_in = stand_in(&part);
        self.lock().push_back(part);
        stand_in
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Part>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The body that says how long `part` is, for an answer to HEAD.
pub(super) fn stand_in(part: &Part) -> Bytes {
    STAND_IN.slice(..part.length)
}

/// Whether `slice` is of [`STAND_IN`].
fn stands_in(slice: &IoSlice<'_>) -> bool {
    !slice.is_empty() && STAND_IN.as_ptr_range().contains(&slice.as_ptr())
}

/// A connection that sends the parts of its [`Outbox`].
pub(super) struct Sending {
    inner: TokioIo<TcpStream>,
    outbox: Outbox,
    /// Whether it has written all that one turn allows.
    is_done: bool,
}

impl Sending {
    pub(super) fn new(stream: TcpStream, outbox: Outbox) -> Self {
        Self {
            inner: TokioIo::new(stream),
            outbox,
            is_done: false,
        }
    }

    /// Writes with `write` once the socket takes more.
    fn poll_with(
        &self,
        cx: &mut Context<'_>,
        mut write: impl FnMut(&TcpStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        let stream = self.inner.inner();
        loop {
            ready!(stream.poll_write_ready(cx))?;
            match stream.try_io(Interest::WRITABLE, || write(stream)) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                result => return Poll::Ready(result),
            }
        }
    }

    /// Writes bytes in memory, as many as one turn allows.
    fn poll_bytes(
        &mut self,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if std::mem::take(&mut self.is_done) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let mut room = TURN;
        let fit = slices.iter().take_while(|slice| {
            let left = room.checked_sub(slice.len());
            room = left.unwrap_or_default();
            left.is_some()
        });
        match (fit.count(), slices.first()) {
            (0, Some(long)) => {
                self.is_done = true;
                Pin::new(&mut self.inner).poll_write(cx, &long[..TURN])
            }
            (count, _) => Pin::new(&mut self.inner).poll_write_vectored(cx, &slices[..count]),
        }
    }

    /// Sends up to `count` bytes of the part that is next.
    fn poll_part(&self, cx: &mut Context<'_>, count: usize) -> Poll<io::Result<usize>> {
        let mut parts = self.outbox.lock();
        let Some(part) = parts.front_mut() else {
            return Poll::Ready(Err(io::Error::other("a body has no part to send")));
        };
        let count = count.min(part.length);
        let sent = ready!(self.poll_with(cx, |stream| send(stream, part, count)))?;
        if sent == 0 {
            let (path, offset) = (part.path().display(), part.offset);
            tracing::error!(%path, offset, "a tile ends before its end");
            // The client notices by the length that it was told.
            return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
        }
        part.offset += sent as u64;
        part.length -= sent;
        if part.length == 0 {
            parts.pop_front();
        }
        Poll::Ready(Ok(sent))
    }
}

/// Sends up to `count` bytes at the beginning of `part`; 0 if the file has none there any longer.
fn send(stream: &TcpStream, part: &Part, count: usize) -> io::Result<usize> {
    let mut offset = part.offset;
    match sendfile(stream, part.file(), Some(&mut offset), count) {
        // A file system that cannot.
        Err(Errno::INVAL | Errno::NOSYS) => copy(stream, part, count.min(COPIED)),
        result => Ok(result?),
    }
}

fn copy(stream: &TcpStream, part: &Part, count: usize) -> io::Result<usize> {
    let mut bytes = vec![0; count];
    part.file().read_exact_at(&mut bytes, part.offset)?;
    Ok(rustix::net::send(stream, &bytes, SendFlags::NOSIGNAL)?)
}

impl Read for Sending {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buffer)
    }
}

impl Write for Sending {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(bytes)])
    }

    /// Otherwise hyper would copy what it writes, [`STAND_IN`] with it.
    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match slices.iter().position(stands_in) {
            None => self.poll_bytes(cx, slices),
            Some(0) => self.poll_part(cx, slices[0].len()),
            // The part comes at once: the head shares its first packet.
            Some(before) => self.poll_with(cx, |stream| {
                let flags = SendFlags::MORE | SendFlags::NOSIGNAL;
                let control = &mut SendAncillaryBuffer::default();
                Ok(sendmsg(stream, &slices[..before], control, flags)?)
            }),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::future::poll_fn;

    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_long_answer_lets_others_have_their_turn() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap());
        let mut sending = Sending::new(stream.await.unwrap(), Outbox::default());
        poll_fn(|cx| sending.inner.inner().poll_write_ready(cx))
            .await
            .unwrap();
        let long = vec![0; 3 * TURN];
        let mut turns = Vec::new();
        for _ in 0..3 {
            let turn = poll_fn(|cx| Poll::Ready(Pin::new(&mut sending).poll_write(cx, &long)));
            turns.push(turn.await);
        }
        let wrote = |turn: &Poll<io::Result<usize>>| match turn {
            Poll::Ready(Ok(count)) => (1..=TURN).contains(count),
            Poll::Ready(Err(_)) | Poll::Pending => false,
        };
        assert!(wrote(&turns[0]), "{turns:?}");
        assert!(turns[1].is_pending(), "{turns:?}");
        assert!(wrote(&turns[2]), "{turns:?}");
    }
}

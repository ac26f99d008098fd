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
use rustix::net::sockopt::tcp_congestion;
use rustix::net::{SendAncillaryBuffer, SendFlags, sendmsg};
use tiff_pyramid::ReadAt as _;
use tokio::io::Interest;
use tokio::net::{TcpListener, TcpStream};

use super::turns::Turn;
use crate::store::Part;

/// Bytes that are copied at a time where the file system cannot send.
const COPIED: usize = 64 << 10;

/// Bytes in memory that one connection writes in a turn: a whole picture would otherwise be copied for a millisecond
/// while tiles wait.
const TURN: usize = 128 << 10;

/// How the head of a part is sent.
#[derive(Debug, Clone, Copy)]
pub(super) enum Heads {
    /// With the beginning of the part: one packet less.
    Together,
    /// By itself. `bbr` paces packets by a timer, on a loopback of 64 KiB: what of a tile and its head is beyond one
    /// packet would wait for it.
    Alone,
}

impl Heads {
    /// What suits the connections that `listener` accepts.
    pub(super) fn of(listener: &TcpListener) -> Self {
        match tcp_congestion(listener) {
            Ok(control) if control.starts_with("bbr") => Self::Alone,
            Ok(_) | Err(_) => Self::Together,
        }
    }

    fn flags(self) -> SendFlags {
        match self {
            // The part comes at once.
            Self::Together => SendFlags::MORE,
            Self::Alone => SendFlags::empty(),
        }
    }
}

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
    heads: Heads,
    turn: Turn,
}

impl Sending {
    pub(super) fn new(stream: TcpStream, outbox: Outbox, heads: Heads, turn: Turn) -> Self {
        Self {
            inner: TokioIo::new(stream),
            outbox,
            heads,
            turn,
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
        let mut room = TURN;
        let fit = slices.iter().take_while(|slice| {
            let left = room.checked_sub(slice.len());
            room = left.unwrap_or_default();
            left.is_some()
        });
        match (fit.count(), slices.first()) {
            (0, Some(long)) => self.poll_long(cx, &long[..TURN]),
            (count, _) => {
                self.turn.end();
                Pin::new(&mut self.inner).poll_write_vectored(cx, &slices[..count])
            }
        }
    }

    /// Writes `bytes` when it is this connection's turn.
    fn poll_long(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let granted = ready!(self.turn.poll(cx));
        // A client that takes nothing now leaves its turn to others.
        let written = ready!(Pin::new(&mut self.inner).poll_write(cx, bytes));
        self.turn.used(granted);
        Poll::Ready(written)
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
            Some(before) => {
                let flags = SendFlags::NOSIGNAL | self.heads.flags();
                self.poll_with(cx, |stream| {
                    let control = &mut SendAncillaryBuffer::default();
                    Ok(sendmsg(stream, &slices[..before], control, flags)?)
                })
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // It is asked for when everything is written.
        self.turn.end();
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

    use super::super::turns::Turns;
    use super::*;

    const LONG: &[u8] = &[0; 3 * TURN];

    async fn connection(listener: &TcpListener, turns: &Turns) -> Sending {
        let stream = TcpStream::connect(listener.local_addr().unwrap());
        let (stream, outbox) = (stream.await.unwrap(), Outbox::default());
        let sending = Sending::new(stream, outbox, Heads::Together, turns.turn());
        poll_fn(|cx| sending.inner.inner().poll_write_ready(cx))
            .await
            .unwrap();
        sending
    }

    /// Whether it can write what one turn allows.
    async fn writes(sending: &mut Sending) -> bool {
        match poll_fn(|cx| Poll::Ready(Pin::new(&mut *sending).poll_write(cx, LONG))).await {
            Poll::Ready(wrote) => (1..=TURN).contains(&wrote.unwrap()),
            Poll::Pending => false,
        }
    }

    #[tokio::test]
    async fn a_long_answer_lets_others_go_first_after_each_turn() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let mut one = connection(&listener, &Turns::new(1)).await;
        assert!(writes(&mut one).await);
        assert!(!writes(&mut one).await);
        assert!(writes(&mut one).await);
    }

    #[tokio::test]
    async fn long_answers_take_turns() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let turns = Turns::new(1);
        let mut one = connection(&listener, &turns).await;
        let mut other = connection(&listener, &turns).await;
        assert!(writes(&mut one).await);
        assert!(!writes(&mut other).await, "it is the turn of the first");
        assert!(!writes(&mut one).await, "it lets others go first");
        assert!(!writes(&mut one).await, "it is the turn of the second");
        assert!(writes(&mut other).await);
        // It has written all that there is.
        poll_fn(|cx| Pin::new(&mut other).poll_flush(cx))
            .await
            .unwrap();
        assert!(writes(&mut one).await);
        // It is gone.
        drop(one);
        assert!(writes(&mut other).await);
    }
}

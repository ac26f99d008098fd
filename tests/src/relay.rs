//! A relay between a client and a server that can go silent, as a firewall that forgets a connection, or
//! break, as a network that is away.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use anyhow::Result;

/// A relay to one server; it ends when dropped.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    lines: Arc<Mutex<Lines>>,
}

#[derive(Debug, Default)]
struct Lines {
    /// Both ends of every connection, by number.
    open: Vec<[TcpStream; 2]>,
    /// Connections of lower numbers carry nothing any more.
    silent_below: usize,
    is_cut: bool,
}

impl Relay {
    /// Relays connections to `server`, at another port of `address`.
    ///
    /// # Errors
    /// If there is no such address.
    pub fn start(address: IpAddr, server: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind((address, 0))?;
        let lines = Arc::new(Mutex::new(Lines::default()));
        let relay = Self {
            address: listener.local_addr()?,
            lines: Arc::clone(&lines),
        };
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                // The last other holder is the relay itself.
                if Arc::strong_count(&lines) == 1 {
                    return;
                }
                // A server that is away is one to the client, too.
                let _ = connect(&lines, client, server);
            }
        });
        Ok(relay)
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The connections there are now carry nothing any more, and nobody is told; new ones do. Gives how
    /// many.
    pub fn silence(&self) -> usize {
        let mut lines = lock(&self.lines);
        let before = lines.silent_below;
        lines.silent_below = lines.open.len();
        lines.silent_below - before
    }

    /// Breaks every connection, and every one that begins before [`Self::mend`].
    pub fn cut(&self) {
        let mut lines = lock(&self.lines);
        lines.is_cut = true;
        lines.hang_up();
    }

    /// Lets connections through again.
    pub fn mend(&self) {
        lock(&self.lines).is_cut = false;
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.cut();
        // Wakes the thread that listens.
        let _ = TcpStream::connect(self.address);
    }
}

impl Lines {
    fn hang_up(&self) {
        for end in self.open.iter().flatten() {
            // It may be closed already.
            let _ = end.shutdown(Shutdown::Both);
        }
    }
}

fn lock(lines: &Mutex<Lines>) -> MutexGuard<'_, Lines> {
    lines.lock().unwrap_or_else(PoisonError::into_inner)
}

fn connect(lines: &Arc<Mutex<Lines>>, client: TcpStream, server: SocketAddr) -> Result<()> {
    if lock(lines).is_cut {
        return Ok(());
    }
    let server = TcpStream::connect(server)?;
    let number = {
        let mut lines = lock(lines);
        lines.open.push([client.try_clone()?, server.try_clone()?]);
        lines.open.len() - 1
    };
    for (from, to) in [(client.try_clone()?, server.try_clone()?), (server, client)] {
        let lines = Arc::downgrade(lines);
        thread::spawn(move || {
            let is_silent = || {
                let lines = lines.upgrade();
                lines.is_some_and(|lines| number < lock(&lines).silent_below)
            };
            // Whichever end closes first ends both ways.
            let _ = carry(from, to, is_silent);
        });
    }
    Ok(())
}

/// Carries bytes one way. What a silent connection is sent is taken and lost.
fn carry(mut from: TcpStream, mut to: TcpStream, is_silent: impl Fn() -> bool) -> Result<()> {
    let mut buffer = vec![0; 1 << 16];
    loop {
        let length = from.read(&mut buffer)?;
        if is_silent() {
            if length == 0 {
                return Ok(());
            }
            continue;
        }
        if length == 0 {
            to.shutdown(Shutdown::Both)?;
            return Ok(());
        }
        to.write_all(&buffer[..length])?;
    }
}

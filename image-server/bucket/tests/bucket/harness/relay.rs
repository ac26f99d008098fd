//! A relay between a bucket and a service that ends connections early.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use anyhow::Result;

/// How a connection through the relay ends.
#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    /// It is cut after so many bytes of answers.
    Cut(usize),
    /// It goes silent after so many bytes of answers.
    Hang(usize),
    /// As the service ends it.
    Whole,
}

/// A relay, and what went through it.
#[derive(Debug)]
pub(crate) struct Relay {
    /// Its `host:port`.
    pub(crate) address: String,
    connections: Arc<AtomicUsize>,
    passed: Arc<AtomicUsize>,
}

impl Relay {
    /// Listens, and relays to `to`. The connection number n, from 0, ends as `plan(n)` says, which is asked when it is made.
    pub(crate) fn start(to: &str, plan: impl FnMut(usize) -> End + Send + 'static) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let relay = Self {
            address: listener.local_addr()?.to_string(),
            connections: Arc::default(),
            passed: Arc::default(),
        };
        let to = to.to_owned();
        let connections = Arc::clone(&relay.connections);
        let passed = Arc::clone(&relay.passed);
        let plan = Mutex::new(plan);
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let number = connections.fetch_add(1, Ordering::SeqCst);
                let end = plan.lock().expect("no plan panics")(number);
                if let Ok(far) = TcpStream::connect(&to) {
                    let passed = Arc::clone(&passed);
                    thread::spawn(move || between(near, far, end, &passed));
                }
            }
        });
        Ok(relay)
    }

    /// How many connections were made.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// How many bytes of answers went through.
    pub(crate) fn passed(&self) -> usize {
        self.passed.load(Ordering::SeqCst)
    }
}

fn between(mut near: TcpStream, mut far: TcpStream, end: End, passed: &AtomicUsize) {
    let (Ok(mut from_near), Ok(mut to_far)) = (near.try_clone(), far.try_clone()) else {
        return;
    };
    let asked = thread::spawn(move || std::io::copy(&mut from_near, &mut to_far));
    let mut left = match end {
        End::Cut(bytes) | End::Hang(bytes) => bytes,
        End::Whole => usize::MAX,
    };
    let mut buffer = vec![0; 64 << 10];
    while left > 0 {
        let most = buffer.len().min(left);
        let Ok(count @ 1..) = far.read(&mut buffer[..most]) else {
            break;
        };
        if near.write_all(&buffer[..count]).is_err() {
            break;
        }
        passed.fetch_add(count, Ordering::SeqCst);
        left -= count;
    }
    if left == 0 && matches!(end, End::Hang(_)) {
        // Until the other side has had enough.
        let _ = asked.join();
    }
    let _ = near.shutdown(Shutdown::Both);
    let _ = far.shutdown(Shutdown::Both);
}

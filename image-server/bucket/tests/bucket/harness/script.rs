//! A server that says what it is told to, one answer a connection.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use anyhow::Result;

/// Such a server, and what it was asked.
#[derive(Debug)]
pub(crate) struct Script {
    /// Its `host:port`.
    pub(crate) address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Script {
    /// Listens. The last answer is given to all further connections too.
    pub(crate) fn start(answers: &[String]) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let script = Self {
            address: listener.local_addr()?.to_string(),
            asked: Arc::default(),
        };
        let asked = Arc::clone(&script.asked);
        let answers = answers.to_vec();
        thread::spawn(move || {
            for (number, mut connection) in listener.incoming().flatten().enumerate() {
                let mut head = Vec::new();
                let mut byte = [0];
                while !head.ends_with(b"\r\n\r\n") && matches!(connection.read(&mut byte), Ok(1)) {
                    head.push(byte[0]);
                }
                let head = String::from_utf8_lossy(&head).into_owned();
                asked.lock().expect("no holder panics").push(head);
                let answer = &answers[number.min(answers.len() - 1)];
                // The client may have gone.
                let _ = connection.write_all(answer.as_bytes());
            }
        });
        Ok(script)
    }

    /// The head of each request, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no holder panics").clone()
    }
}

//! The API of a cluster as plain HTTP, by way of `kubectl proxy`: as fast as a program needs that asks
//! thousands of times.

use std::process::{Child, Stdio};

use anyhow::{Result, bail};
use serde_json::Value;

use crate::guard::Guard;
use crate::http;
use crate::kubectl::Kubectl;
use crate::process::spawn;

/// The API of a cluster, with the rights of a kubectl; gone when dropped, and when this process ends.
#[derive(Debug)]
pub struct Rest {
    child: Child,
    base: String,
    _guard: Guard,
}

impl Rest {
    /// Starts the proxy.
    ///
    /// # Errors
    /// If it does not start.
    pub fn start(kubectl: &Kubectl) -> Result<Self> {
        let mut command = kubectl.command(&["proxy", "--port", "0"]);
        let (child, output) = spawn(command.stdin(Stdio::null()))?;
        let guard = Guard::new(r#"kill "$1""#, child.id().to_string())?;
        let address = output.announced("Starting to serve on ")?;
        Ok(Self {
            child,
            base: format!("http://{address}"),
            _guard: guard,
        })
    }

    /// An object or a list; none if it is not there.
    ///
    /// # Errors
    /// If there is no answer, or one that is neither the object nor its absence.
    pub fn get(&self, path: &str) -> Result<Option<Value>> {
        let answer = http::get(&format!("{}{path}", self.base))?;
        match answer.status {
            200 => answer.json().map(Some),
            404 => Ok(None),
            status => bail!("{status} for {path}: {}", answer.text()),
        }
    }

    /// The items of a list; none if its kind is not there.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn list(&self, path: &str) -> Result<Vec<Value>> {
        let list = self.get(path)?.unwrap_or_default();
        Ok(list["items"].as_array().cloned().unwrap_or_default())
    }

    /// Sends an object; gives the code of the answer and what it says.
    ///
    /// # Errors
    /// If there is no answer.
    pub fn send(&self, method: &str, path: &str, kind: &str, body: &Value) -> Result<(u16, Value)> {
        let url = format!("{}{path}", self.base);
        let answer = http::send(method, &url, kind, body.to_string().as_bytes())?;
        Ok((answer.status, answer.json()?))
    }
}

impl Drop for Rest {
    fn drop(&mut self) {
        // It may be gone already; the guard ends what is left.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

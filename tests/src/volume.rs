//! The volume of one institution, with what its pods run on it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::guard::Guard;
use crate::process::binary;
use crate::server::{Finished, Server};
use crate::tools::run_any;

/// The volume of one institution and its mounted tenant table; gone when dropped, and when this process
/// ends.
#[derive(Debug)]
pub struct Volume {
    institution: String,
    data: PathBuf,
    config: PathBuf,
    _root: TempDir,
    _guard: Guard,
}

impl Volume {
    /// An empty volume, and a table with collections whose names are those of their directories.
    ///
    /// # Errors
    /// If they cannot be made.
    pub fn new(institution: &str, collections: &[&str]) -> Result<Self> {
        let root = TempDir::with_prefix("acervo-volume-")?;
        let volume = Self {
            institution: institution.to_owned(),
            data: root.path().join("data"),
            config: root.path().join("config"),
            _guard: Guard::new(r#"rm -rf -- "$1""#, root.path())?,
            _root: root,
        };
        fs::create_dir(&volume.data)?;
        fs::create_dir(&volume.config)?;
        volume.mount(&volume.table(collections).to_string())?;
        Ok(volume)
    }

    /// The tenant table of the institution with `collections`, at `/institution` on any host.
    #[must_use]
    pub fn table(&self, collections: &[&str]) -> Value {
        let collections: Vec<Value> = collections
            .iter()
            .map(|name| json!({ "name": name, "label": { "es": format!("Colección {name}") } }))
            .collect();
        json!({
            "version": 3,
            "tenants": [{
                "name": self.institution,
                "displayName": { "es": "Biblioteca del Sur", "en": "Southern Library" },
                "addresses": [{ "prefix": format!("/{}", self.institution) }],
                "collections": collections,
            }],
        })
    }

    /// Gives the table another content as the kubelet does for a ConfigMap: a new folder takes the place
    /// of the old one by one rename of a link.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn mount(&self, table: &str) -> Result<()> {
        let (link, next) = (self.config.join("..data"), self.config.join("..data_tmp"));
        let before = fs::read_link(&link).ok();
        // Any name that the old folder does not have.
        let folder = match &before {
            Some(old) if old == Path::new("..version_a") => "..version_b",
            _ => "..version_a",
        };
        fs::create_dir(self.config.join(folder))?;
        fs::write(self.config.join(folder).join("tenants.json"), table)?;
        symlink(folder, &next)?;
        fs::rename(&next, &link)?;
        match before {
            Some(old) => fs::remove_dir_all(self.config.join(old))?,
            None => symlink("..data/tenants.json", self.config.join("tenants.json"))?,
        }
        Ok(())
    }

    /// The volume: `--data`.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// A folder that staff hand over.
    #[must_use]
    pub fn incoming(&self, directory: &str) -> PathBuf {
        self.data.join("incoming").join(directory)
    }

    /// Where a collection is published.
    #[must_use]
    pub fn published(&self, collection: &str) -> PathBuf {
        self.data.join("published").join(collection)
    }

    /// Writes a file into a folder that staff hand over: whole at once, under its name.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn hand_over(&self, directory: &str, name: &str, bytes: &[u8]) -> Result<()> {
        let to = self.incoming(directory).join(name);
        fs::create_dir_all(to.parent().context("a file lies in a folder")?)?;
        let under_way = self.data.join(".being-written");
        fs::write(&under_way, bytes)?;
        Ok(fs::rename(under_way, to)?)
    }

    /// Starts `acervo serve` and waits until it is ready.
    ///
    /// # Errors
    /// If it ends before that, or takes too long: then with what it printed.
    pub fn serve(&self, arguments: &[&str]) -> Result<Server> {
        let mut command = Command::new(binary("acervo")?);
        command.arg("serve");
        command
            .arg("--table")
            .arg(self.config.join("tenants.json"))
            .arg("--data")
            .arg(&self.data)
            .args(["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]);
        Server::spawn(command.args(arguments))?.ready()
    }

    /// The command of the ingest Job of a collection whose directory has its name.
    ///
    /// # Errors
    /// If the binary cannot be built.
    pub fn ingest_command(&self, collection: &str) -> Result<Command> {
        let mut command = Command::new(binary("acervo")?);
        command
            .args(["ingest", "--collection", collection])
            .args(["--directory", collection])
            .arg("--incoming")
            .arg(self.data.join("incoming"))
            .arg("--published")
            .arg(self.published(collection))
            .arg("--termination-message")
            .arg(self.termination_message());
        Ok(command)
    }

    /// Runs the ingest Job of a collection whose directory has its name.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn ingest(&self, collection: &str) -> Result<Finished> {
        finished(&mut self.ingest_command(collection)?, b"")
    }

    /// The file that an ingest Job leaves its result in.
    #[must_use]
    pub fn termination_message(&self) -> PathBuf {
        self.config.join("termination-log")
    }

    /// Runs `acervo receive` with `stream` on its standard input, to its end.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn receive(&self, directory: &str, stream: &[u8]) -> Result<Finished> {
        finished(&mut self.receive_command(directory)?, stream)
    }

    /// The command that receives into a directory.
    ///
    /// # Errors
    /// If the binary cannot be built.
    pub fn receive_command(&self, directory: &str) -> Result<Command> {
        let mut command = Command::new(binary("acervo")?);
        command
            .args(["receive", directory])
            .arg("--data")
            .arg(&self.data);
        Ok(command)
    }
}

fn finished(command: &mut Command, input: &[u8]) -> Result<Finished> {
    let output = run_any(command, input)?;
    let text = [output.stdout, output.stderr].concat();
    Ok(Finished {
        status: output.status,
        output: String::from_utf8_lossy(&text).into_owned(),
    })
}

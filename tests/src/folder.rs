//! A folder that `acervo platform` serves.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::guard::Guard;

/// A collection to be written into an institution's YAML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Collection {
    /// Its name, which is its source directory too.
    pub name: &'static str,
    /// Its label in Spanish.
    pub es: &'static str,
    /// Its label in English.
    pub en: &'static str,
}

/// Institutions with their sources, and beside them what is published; gone when dropped, and when this
/// process ends.
#[derive(Debug)]
pub struct Folder {
    sources: PathBuf,
    data: PathBuf,
    _root: TempDir,
    _guard: Guard,
}

impl Folder {
    /// An empty folder.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn new() -> Result<Self> {
        let root = TempDir::with_prefix("acervo-test-")?;
        let (sources, data) = (root.path().join("platform"), root.path().join("data"));
        fs::create_dir(&sources)?;
        Ok(Self {
            sources,
            data,
            _guard: Guard::new(r#"rm -rf -- "$1""#, root.path())?,
            _root: root,
        })
    }

    /// A folder that serves `sources`, which belong to somebody else.
    ///
    /// # Errors
    /// If the place for what is published cannot be made.
    pub fn of(sources: &Path) -> Result<Self> {
        Ok(Self {
            sources: sources.to_owned(),
            ..Self::new()?
        })
    }

    /// The folder of YAML files and sources: the argument of `acervo platform`.
    #[must_use]
    pub fn sources(&self) -> &Path {
        &self.sources
    }

    /// The folder of what is published: `--data`.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Writes the resource of an institution and makes the directories of its collections.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn institution(&self, name: &str, collections: &[Collection]) -> Result<()> {
        let collections: Vec<Value> = collections
            .iter()
            .map(|c| {
                fs::create_dir_all(self.source(name, c.name))?;
                Ok(json!({
                    "name": c.name,
                    "label": { "es": c.es, "en": c.en },
                    "rights": "http://rightsstatements.org/vocab/NoC-OKLR/1.0/",
                    "source": { "directory": c.name },
                }))
            })
            .collect::<Result<_>>()?;
        self.resource(name, json!({ "collections": collections }))
    }

    /// Writes the resource of an institution: `spec`, with a name to display and a size.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn resource(&self, name: &str, mut spec: Value) -> Result<()> {
        spec["displayName"] =
            json!({ "es": format!("Institución {name}"), "en": format!("Institution {name}") });
        spec["storage"] = json!({ "size": "1Gi" });
        let resource = json!({
            "apiVersion": "acervo.dev/v1alpha1",
            "kind": "IiifInstitution",
            "metadata": { "name": name },
            "spec": spec,
        });
        // JSON is YAML.
        self.yaml(name, &serde_json::to_string_pretty(&resource)?)
    }

    /// Writes `text` as the YAML file called `name`.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn yaml(&self, name: &str, text: &str) -> Result<()> {
        Ok(fs::write(self.sources.join(format!("{name}.yaml")), text)?)
    }

    /// The directory whose files a collection publishes.
    #[must_use]
    pub fn source(&self, institution: &str, collection: &str) -> PathBuf {
        self.sources.join(institution).join(collection)
    }

    /// Writes a file into a collection's source as a careful hand would: whole at once, under its name.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn hand_over(
        &self,
        institution: &str,
        collection: &str,
        name: &str,
        bytes: &[u8],
    ) -> Result<()> {
        let to = self.source(institution, collection).join(name);
        fs::create_dir_all(to.parent().context("a file lies in a folder")?)?;
        let under_way = self.sources.join(".being-written");
        fs::write(&under_way, bytes)?;
        Ok(fs::rename(under_way, to)?)
    }

    /// Where a collection is published.
    #[must_use]
    pub fn published(&self, institution: &str, collection: &str) -> PathBuf {
        self.data
            .join(institution)
            .join("published")
            .join(collection)
    }

    /// The pyramids of a collection, by path.
    ///
    /// # Errors
    /// If a folder cannot be read.
    pub fn pyramids(&self, institution: &str, collection: &str) -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        let mut folders = vec![self.published(institution, collection).join("items")];
        while let Some(folder) = folders.pop() {
            if !folder.is_dir() {
                continue;
            }
            for entry in fs::read_dir(&folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "tif") {
                    found.push(path);
                }
            }
        }
        found.sort();
        Ok(found)
    }

    /// The report of what a collection published and refused.
    ///
    /// # Errors
    /// If there is none.
    pub fn report(&self, institution: &str, collection: &str) -> Result<Value> {
        let path = self
            .published(institution, collection)
            .join("refused/report.json");
        let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
        Ok(serde_json::from_slice(&bytes)?)
    }
}

/// Copies a folder with all that is in it; what is there already is written over.
///
/// # Errors
/// If something cannot be read or written.
pub fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

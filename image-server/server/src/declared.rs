//! What the YAML files of a folder declare.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use acervo_crds::collection::{S3Source, Source};
use acervo_crds::images::ColorProfiles;
use acervo_crds::{IiifInstitution, Outcome, PlatformConfig, Refused, tenant_table};
use acervo_pixels::source::ColorPolicy;
use acervo_tenancy::{CollectionName, Language};
use anyhow::Context as _;

/// What the YAML files of a folder declare.
pub(crate) struct Declared {
    /// The institutions that are right in themselves.
    pub(crate) institutions: Vec<IiifInstitution>,
    /// The file of each institution, by name.
    pub(crate) files: HashMap<String, PathBuf>,
    /// Files that are there and declare nothing: empty, or no YAML.
    broken: HashSet<PathBuf>,
    /// The tenant table of those that can be served, and why others cannot.
    pub(crate) outcome: Outcome,
    /// Documents that the API server would refuse.
    pub(crate) refused: Vec<Refused>,
    /// Changes with any of the files.
    pub(crate) fingerprint: String,
}

impl Declared {
    /// Whether the file is there and declares nothing that can be read, as while an editor writes it.
    pub(crate) fn is_broken(&self, file: &Path) -> bool {
        self.broken.contains(file)
    }

    /// Everything that is not served, file by file: each sentence in Spanish, then in English.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let refused = self
            .refused
            .iter()
            .flat_map(|r| Language::ALL.map(|language| r.report(language)));
        let problems = self.outcome.problems.iter().flat_map(|problem| {
            let file = self.files.get(&problem.institution);
            let file = file
                .map(|path| path.display().to_string())
                .unwrap_or_default();
            let (name, field) = (&problem.institution, &problem.field);
            Language::ALL.map(|l| format!("{file}: {name}: {field}: {}", problem.message.get(l)))
        });
        refused.chain(problems).collect()
    }
}

/// Reads the YAML files directly in `dir`.
pub(crate) fn declared(
    dir: &Path,
    platform: &PlatformConfig,
    previous: &[IiifInstitution],
) -> anyhow::Result<Declared> {
    let unreadable = || {
        format!(
            "cannot read the folder {}; name a folder with YAML files",
            dir.display()
        )
    };
    let mut files: Vec<PathBuf> = fs::read_dir(dir)
        .with_context(unreadable)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .with_context(unreadable)?;
    files.retain(|path| path.extension().is_some_and(|e| e == "yaml" || e == "yml"));
    files.sort();
    let (mut institutions, mut refused) = (Vec::new(), Vec::new());
    let (mut declaring, mut broken) = (HashMap::new(), HashSet::new());
    let mut hasher = blake3::Hasher::new();
    for path in files {
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        hasher.update(&bytes);
        let text = String::from_utf8_lossy(&bytes);
        let results = acervo_crds::read(&path.display().to_string(), &text, previous);
        let nameless = |result: &Result<IiifInstitution, Refused>| {
            result
                .as_ref()
                .is_err_and(|refused| refused.institution.is_none())
        };
        if results.is_empty() || results.iter().any(nameless) {
            broken.insert(path.clone());
        }
        for result in results {
            match result {
                Ok(institution) => {
                    let name = institution.metadata.name.clone().unwrap_or_default();
                    declaring.insert(name, path.clone());
                    institutions.push(institution);
                }
                Err(refusal) => refused.push(refusal),
            }
        }
    }
    let outcome = tenant_table(&institutions, platform);
    let fingerprint = hasher.finalize().to_hex().to_string();
    Ok(Declared {
        institutions,
        files: declaring,
        broken,
        outcome,
        refused,
        fingerprint,
    })
}

/// A collection to ingest.
#[derive(Debug, Clone)]
pub(crate) struct Declaration {
    pub(crate) institution: String,
    pub(crate) collection: CollectionName,
    pub(crate) source: acervo_ingest::Source,
    pub(crate) default_language: Language,
    pub(crate) colors: ColorPolicy,
}

/// The collections of an institution whose files lie in its folder below `dir`, or in buckets.
pub(crate) fn sources(dir: &Path, institution: &IiifInstitution) -> Vec<Declaration> {
    let name = institution.metadata.name.clone().unwrap_or_default();
    let root = dir.join(&name);
    let colors = match institution.spec.color_profiles() {
        ColorProfiles::Convert => ColorPolicy::ToSrgb,
        ColorProfiles::Embed => ColorPolicy::Embed,
    };
    let collections = institution.spec.collections.iter();
    collections
        .map(|collection| Declaration {
            institution: name.clone(),
            collection: collection.name.clone(),
            source: match &collection.source {
                Source::Directory(directory) => acervo_ingest::Source::Folder {
                    root: root.clone(),
                    directory: directory.clone(),
                },
                Source::S3(s3) => acervo_ingest::Source::Bucket(Arc::new(bucket(&root, s3))),
            },
            default_language: institution.spec.default_language,
            colors,
        })
        .collect()
}

/// The bucket of a collection. Its keys, which a cluster has in a Secret, lie in a folder of that name
/// in the institution's folder `.secrets`. On one machine whoever writes the YAML may reach any address.
fn bucket(root: &Path, s3: &S3Source) -> acervo_bucket::Settings {
    let secret = s3.credentials_secret.as_ref();
    let folder = secret.map(|name| root.join(".secrets").join(name));
    let read = |folder: &PathBuf, key: &str| {
        let path = folder.join(key);
        match fs::read_to_string(&path) {
            Ok(text) => Some(text.trim().to_owned()),
            Err(error) => {
                tracing::error!(path = %path.display(), %error, "a key of a bucket cannot be read");
                None
            }
        }
    };
    let credentials = folder.as_ref().and_then(|folder| {
        Some(acervo_bucket::Credentials {
            access_key_id: read(folder, "accessKeyId")?,
            secret_access_key: read(folder, "secretAccessKey")?,
        })
    });
    acervo_bucket::Settings {
        endpoint: s3.endpoint.clone(),
        bucket: s3.bucket.clone(),
        prefix: s3.prefix.clone(),
        region: s3.region.clone(),
        credentials,
        allowed_inside: acervo_bucket::Allowed::everything(),
        limits: acervo_bucket::Limits::default(),
    }
}

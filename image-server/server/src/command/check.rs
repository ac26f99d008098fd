//! `acervo check`: the report that ingest would give, without publishing anything.

use std::path::PathBuf;
use std::process::ExitCode;

use acervo_crds::PlatformConfig;
use acervo_ingest::{Job, Report, Silent, Source, ingest};
use acervo_pixels::source::{ColorPolicy, Limits};
use acervo_tenancy::{CollectionName, Language};
use anyhow::Context as _;
use clap::{Args, ValueEnum};

use crate::declared::{Declaration, Declared, declared, sources};

/// Says what would be published and what would be refused, and why.
#[derive(Debug, Args)]
#[command(
    after_help = "Example / ejemplo:\n  acervo check ./mapas\n  acervo check examples --format json\n\nExit / salida: 0 nothing refused, 1 something refused, 2 wrong usage"
)]
pub(crate) struct Arguments {
    /// The folder of one collection, or a folder of YAML files.
    path: PathBuf,
    /// How the report is written.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// The language of a spreadsheet's columns that do not say theirs: es or en.
    #[arg(long, default_value = "es", value_parser = language)]
    language: Language,
}

/// A language of the product by its tag.
fn language(tag: &str) -> Result<Language, String> {
    Language::from_tag(tag).ok_or_else(|| "write es or en".to_owned())
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// Lines for people, in Spanish and English.
    Text,
    /// For programs: the report of a folder, or a list of the reports of a platform's collections.
    Json,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let path = &arguments.path;
    if !path.is_dir() {
        eprintln!(
            "acervo: {path} no es una carpeta; indique la de una colección o la de los archivos YAML\nacervo: {path} is no folder; name the folder of a collection or of YAML files",
            path = path.display()
        );
        return Ok(ExitCode::from(2));
    }
    let path = &path.canonicalize()?;
    let declared = declared(path, &PlatformConfig::default(), &[])?;
    let complaints = declared.complaints();
    let Declared { institutions, .. } = declared;
    let mut clean = complaints.is_empty();
    for complaint in complaints {
        eprintln!("{complaint}");
    }
    let mut reports = Vec::new();
    let declarations = institutions.iter();
    for declaration in declarations.flat_map(|institution| sources(path, institution)) {
        let Declaration {
            institution,
            collection,
            source,
            default_language,
            colors,
        } = declaration;
        let name = format!("{institution}/{collection}");
        let mut report = report(source, collection, default_language, colors)?;
        report.collection = name;
        reports.push(report);
    }
    if institutions.is_empty() && clean {
        let name = path
            .file_name()
            .and_then(|n| n.to_str())
            .context("the folder's name is not UTF-8")?;
        let root = path.parent().context("the folder has no parent")?;
        // A folder may be called anything; only the report names it.
        let collection = "check".parse()?;
        let source = Source::Folder {
            root: root.to_owned(),
            directory: name.to_owned(),
        };
        let colors = ColorPolicy::default();
        let mut only = report(source, collection, arguments.language, colors)?;
        name.clone_into(&mut only.collection);
        reports.push(only);
    }
    clean &= reports.iter().all(|report| report.refused.is_empty());
    match arguments.format {
        // One folder, one report; a platform has a list of them.
        Format::Json => match reports.as_slice() {
            [only] if institutions.is_empty() => {
                println!("{}", serde_json::to_string_pretty(only)?)
            }
            all => println!("{}", serde_json::to_string_pretty(all)?),
        },
        Format::Text => reports.iter().for_each(super::report::print),
    }
    Ok(if clean {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

/// Ingests into a folder that is thrown away.
fn report(
    source: Source,
    collection: CollectionName,
    default_language: Language,
    colors: ColorPolicy,
) -> anyhow::Result<Report> {
    let scratch = tempfile::tempdir().context("no temporary folder can be made")?;
    let job = Job {
        collection,
        source,
        published: scratch.path().to_owned(),
        default_language: default_language.tag().to_owned(),
        colors,
        limits: Limits::default(),
        workers: 2,
        confirm_removal: false,
        dry: true,
    };
    Ok(ingest(&job, &Silent)?.report)
}

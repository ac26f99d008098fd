//! What earlier versions stored and installed goes on under what is built now.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use acervo_tests::{ControlPlane, Operator, VALUES, condition, repository, run};
use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

fn golden() -> PathBuf {
    repository().join("tests/golden")
}

/// The resources that earlier versions stored, by file name.
fn stored() -> Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(golden().join("v1alpha1"))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        files.push((name, fs::read_to_string(entry.path())?));
    }
    files.sort();
    Ok(files)
}

fn plane() -> Result<ControlPlane> {
    let plane = ControlPlane::with_gateway(VALUES)?;
    Ok(plane)
}

/// Applies a stored resource, as it was: its status too.
fn restore(plane: &ControlPlane, text: &str) -> Result<String> {
    let kubectl = plane.kubectl();
    let applied = kubectl.apply(text)?;
    let name = applied.split_whitespace().next().unwrap_or_default();
    let name = name.rsplit('/').next().context("a name")?.to_owned();
    let status = [
        "apply",
        "--server-side",
        "--subresource=status",
        "--force-conflicts",
        "--filename",
        "-",
    ];
    if text.contains("\nstatus:") {
        kubectl.with(&status, text)?;
    }
    Ok(name)
}

#[test]
fn what_earlier_versions_left_behind_only_grows() -> Result<()> {
    let mut check = Command::new("sha256sum");
    check
        .args(["--check", "--strict", "--quiet", "SHA256SUMS"])
        .current_dir(golden());
    run(&mut check, b"").context("a file of an earlier version was changed or removed")?;
    let sums = fs::read_to_string(golden().join("SHA256SUMS"))?;
    for (file, _) in stored()? {
        ensure!(
            sums.contains(&format!("v1alpha1/{file}")),
            "{file} has no line in SHA256SUMS"
        );
    }
    Ok(())
}

#[test]
fn every_resource_that_an_earlier_version_stored_is_accepted_and_served() -> Result<()> {
    let plane = plane()?;
    let mut names = Vec::new();
    for (file, text) in stored()? {
        let name = restore(&plane, &text).with_context(|| file.clone())?;
        names.push((file, name));
    }
    ensure!(names.len() >= 4, "{names:?}");
    // Stored before the operator runs for the first time.
    let operator = Operator::start(&plane.as_operator()?)?;
    for (file, name) in names {
        let namespace = format!("acervo-{name}");
        let deployment = ["deployment", "image-server", "--namespace", &namespace];
        let image = plane
            .kubectl()
            .until("its image server", &deployment, |deployment| {
                let containers = &deployment["spec"]["template"]["spec"]["containers"];
                containers[0]["image"].as_str().map(str::to_owned)
            });
        image.with_context(|| format!("{file}:\n{}", operator.log()))?;
        let told = plane
            .kubectl()
            .until("a status of today", &["inst", &name], |resource| {
                let is_current =
                    resource["status"]["observedGeneration"] == resource["metadata"]["generation"];
                is_current.then(|| condition(resource, "Ready"))?
            })?;
        ensure!(
            !["InvalidResource", "ApplyFailed", "UnknownPlan"].contains(&told.1.as_str()),
            "{file}: {told:?}"
        );
    }
    Ok(())
}

/// What must stay as it is: the UID of an object, and how often its spec was changed.
fn identity(plane: &ControlPlane, target: &[&str]) -> Result<(String, i64)> {
    let object = plane
        .kubectl()
        .get(target)?
        .with_context(|| format!("{target:?}"))?;
    let metadata = &object["metadata"];
    let uid = metadata["uid"].as_str().context("a UID")?;
    Ok((uid.to_owned(), metadata["generation"].as_i64().unwrap_or(0)))
}

fn schema(plane: &ControlPlane) -> Result<Value> {
    let crd = plane
        .kubectl()
        .get(&["crd", "iiifinstitutions.acervo.dev"])?;
    Ok(crd.context("the CRD")?["spec"]["versions"].clone())
}

#[test]
fn a_chart_of_every_earlier_version_is_upgraded_and_institutions_notice_nothing() -> Result<()> {
    let charts = fs::read_dir(golden())?.map(|entry| Ok(entry?.path()));
    let mut charts: Vec<PathBuf> = charts.collect::<Result<_>>()?;
    charts.retain(|path| path.extension().is_some_and(|extension| extension == "tgz"));
    ensure!(!charts.is_empty(), "there was a version before");
    // The schema that a new installation gets.
    let wanted = schema(&plane()?)?;
    for chart in charts {
        let about = || chart.display().to_string();
        let plane = ControlPlane::bare()?;
        plane.gateway("gateway", "public")?;
        plane.helm(
            &["install", "acervo", &about(), "--create-namespace"],
            VALUES,
        )?;
        let name = restore(
            &plane,
            &fs::read_to_string(golden().join("v1alpha1/0.1.0-stored.yaml"))?,
        )?;
        let namespace = format!("acervo-{name}");
        let kept = [
            vec!["inst", &name],
            vec!["namespace", &namespace],
            vec!["persistentvolumeclaim", "data", "--namespace", &namespace],
            vec!["deployment", "image-server", "--namespace", &namespace],
            vec!["service", "image-server", "--namespace", &namespace],
        ];
        let ready = || {
            plane
                .kubectl()
                .until("Ready=True", &["inst", &name], |resource| {
                    (condition(resource, "Ready")?.0 == "True").then_some(())
                })
        };
        // The operator of today may need rights that a chart of before does not give.
        let operator = Operator::start(plane.kubectl())?;
        plane.play_the_cluster(&name)?;
        ready().with_context(about)?;
        operator.terminate()?;
        let before: Vec<_> = kept
            .iter()
            .map(|target| identity(&plane, target))
            .collect::<Result<_>>()?;

        let current = repository().join("charts/acervo");
        plane
            .helm(
                &["upgrade", "acervo", &current.display().to_string()],
                VALUES,
            )
            .with_context(about)?;
        ensure!(
            schema(&plane)? == wanted,
            "{}: the upgrade brings the schema",
            about()
        );
        let operator = Operator::start(&plane.as_operator()?)?;
        ready().with_context(|| format!("{}:\n{}", about(), operator.log()))?;
        let after: Vec<_> = kept
            .iter()
            .map(|target| identity(&plane, target))
            .collect::<Result<_>>()?;
        ensure!(before == after, "{}: {before:?} became {after:?}", about());
    }
    Ok(())
}

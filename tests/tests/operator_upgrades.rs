//! Upgrades: what the platform changes for all institutions reaches their servers a few at a time, and no
//! further than to the first whose new servers do not come.

use std::collections::BTreeSet;
use std::time::Duration;

use acervo_tests::{ControlPlane, Operator, VALUES, condition, institution, until_every};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

const LIMIT: usize = 3;
/// For all that a part of an upgrade takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(150);

fn values(tag: &str) -> String {
    format!(
        "{VALUES}image: {{tag: {tag}}}\nupgrades: {{maxConcurrent: {LIMIT}, deadlineSeconds: 12}}\n"
    )
}

/// A platform whose institutions' pods become ready when the test says so.
struct Bed {
    plane: ControlPlane,
    operator: Option<Operator>,
}

/// The Deployment of an institution, as far as it matters here.
struct Server {
    institution: String,
    tag: String,
    is_rolled_out: bool,
}

impl Bed {
    fn new(names: &[String]) -> Result<Self> {
        let plane = ControlPlane::with_chart(&values("one"))?;
        plane.gateway("gateway", "public")?;
        let mut bed = Self {
            plane,
            operator: None,
        };
        bed.restart()?;
        for name in names {
            bed.plane.kubectl().apply(&institution(name).to_string())?;
        }
        for name in names {
            bed.plane.play_the_cluster(name)?;
            bed.becomes(name, "Available")?;
        }
        Ok(bed)
    }

    fn restart(&mut self) -> Result<()> {
        if let Some(operator) = self.operator.take() {
            operator.kill()?;
        }
        self.operator = Some(Operator::start(&self.plane.as_operator()?)?);
        Ok(())
    }

    fn becomes(&self, name: &str, reason: &str) -> Result<()> {
        let what = format!("{name} to be {reason}");
        self.plane.kubectl().until(&what, &["inst", name], |inst| {
            (condition(inst, "ServerAvailable")?.1 == reason).then_some(())
        })
    }

    /// Every Deployment; fails if more of them than the limit are on the way.
    fn servers(&self) -> Result<Vec<Server>> {
        let all = ["deployments", "--all-namespaces"];
        let all = self.plane.kubectl().get(&all)?.context("a list")?;
        let all = all["items"].as_array().context("a list")?;
        let servers: Vec<_> = all.iter().map(server).collect();
        let on_the_way = servers.iter().filter(|server| !server.is_rolled_out);
        let on_the_way: Vec<_> = on_the_way.map(|server| &server.institution).collect();
        ensure!(
            on_the_way.len() <= LIMIT,
            "too many at once: {on_the_way:?}"
        );
        Ok(servers)
    }

    /// The institutions whose Deployments have the image.
    fn with(&self, tag: &str) -> Result<BTreeSet<String>> {
        let servers = self.servers()?.into_iter();
        let with = servers.filter(|server| server.tag == tag);
        Ok(with.map(|server| server.institution).collect())
    }

    /// Lets the new pods of some institutions become ready.
    fn play(&self, may: impl Fn(&str) -> bool) -> Result<()> {
        for server in self.servers()? {
            if !server.is_rolled_out && may(&server.institution) {
                self.plane.start_pods(&server.institution)?;
            }
        }
        Ok(())
    }

    fn figure(&self, state: &str) -> Result<f64> {
        let operator = self.operator.as_ref().context("it runs")?;
        operator.metric(&format!("acervo_operator_upgrades{{state=\"{state}\"}}"))
    }
}

fn server(deployment: &Value) -> Server {
    let number = |value: &Value| value.as_i64().unwrap_or(0);
    let (metadata, spec, status) = (
        &deployment["metadata"],
        &deployment["spec"],
        &deployment["status"],
    );
    let updated = number(&status["updatedReplicas"]);
    let image = &spec["template"]["spec"]["containers"][0]["image"];
    let tag = image.as_str().and_then(|image| image.rsplit_once(':'));
    Server {
        institution: metadata["labels"]["acervo.dev/institution"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        tag: tag.map(|(_, tag)| tag.to_owned()).unwrap_or_default(),
        is_rolled_out: status["observedGeneration"] == metadata["generation"]
            && updated == number(&spec["replicas"])
            && updated == number(&status["replicas"])
            && updated == number(&status["availableReplicas"]),
    }
}

fn until<T>(what: &str, probe: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    until_every(Duration::from_millis(200), what, PATIENCE, probe)
}

#[test]
fn an_upgrade_goes_in_waves_stops_at_a_fault_and_goes_on_when_it_is_mended() -> Result<()> {
    let names: Vec<_> = (1..=12).map(|number| format!("i-{number:02}")).collect();
    let mut bed = Bed::new(&names)?;
    bed.plane.install(&values("two"))?;
    stops_at_a_fault(&bed)?;
    let waiting = bed.with("one")?;
    assert_eq!(waiting.len(), 6);
    for name in &waiting {
        bed.becomes(name, "UpdateWaiting")?;
    }
    let shown = bed.plane.kubectl().run(&["get", "inst"])?;
    assert_eq!(shown.matches("UpdateWaiting").count(), 6, "{shown}");
    assert_eq!(shown.matches("UpdateFailed").count(), 1, "{shown}");

    holds_up_nothing_of_ones_own(&bed, &waiting)?;

    // A restart knows who is stuck, by the cluster alone.
    bed.restart()?;
    until("those that wait to be known again", || {
        let states = (bed.figure("waiting")?, bed.figure("stuck")?);
        Ok((states == (5.0, 1.0)).then_some(()))
    })?;
    assert_eq!(bed.with("one")?.len(), 5);

    // Mended: all go on by themselves, in waves, over another restart in the middle.
    bed.plane.install(&values("three"))?;
    let mut restarted = false;
    until("all to have the mended version", || {
        bed.play(|_| true)?;
        let servers = bed.servers()?.into_iter();
        let done = servers.filter(|server| server.tag == "three" && server.is_rolled_out);
        let done = done.count();
        if done >= 4 && !restarted {
            restarted = true;
            bed.restart()?;
        }
        Ok((done == names.len() + 1).then_some(()))
    })?;
    assert!(restarted, "the upgrade was longer than one wave");
    for name in &names {
        bed.becomes(name, "Available")?;
    }
    Ok(())
}

/// The first three begin. The servers of one never come; three others get through, and two more that have
/// begun. Behind the stuck one nobody begins.
fn stops_at_a_fault(bed: &Bed) -> Result<()> {
    let first = until("a first wave", || {
        let begun = bed.with("two")?;
        Ok((begun.len() == LIMIT).then_some(begun))
    })?;
    let broken = first.first().context("one of them")?.clone();
    let mut through: BTreeSet<String> = first.iter().skip(1).cloned().collect();
    until("three to get through, and two more to begin", || {
        let begun = bed.with("two")?;
        if through.len() < 3 {
            through.extend(begun.iter().find(|name| !first.contains(*name)).cloned());
        }
        bed.play(|name| through.contains(name))?;
        Ok((begun.len() == 1 + 3 + 2).then_some(()))
    })?;
    bed.becomes(&broken, "UpdateFailed")?;
    until("those on the way to come", || {
        bed.play(|name| name != broken)?;
        let on_the_way = bed.servers()?.into_iter().filter(|s| !s.is_rolled_out);
        let states = (
            bed.figure("waiting")?,
            bed.figure("moving")?,
            bed.figure("stuck")?,
        );
        Ok((on_the_way.count() == 1 && states == (6.0, 0.0, 1.0)).then_some(()))
    })
}

/// What is an institution's own waits for nobody: drift, its resource, a first installation.
fn holds_up_nothing_of_ones_own(bed: &Bed, waiting: &BTreeSet<String>) -> Result<()> {
    let kubectl = bed.plane.kubectl();
    let mut waiting = waiting.iter();
    let (healed, changed) = (waiting.next(), waiting.next());
    let (healed, changed) = (healed.context("one")?, changed.context("another")?);
    let namespace = format!("acervo-{healed}");
    let service = ["service", "image-server", "--namespace", &namespace];
    kubectl.run(&[&["delete"], &service[..]].concat())?;
    kubectl.until("the service to come back", &service, |service| {
        service.get("spec").map(drop)
    })?;
    let title = json!({"spec": {"displayName": {"en": "Another name"}}});
    kubectl.patch(&["inst", changed], &title)?;
    until("the changed one to have the new version too", || {
        bed.play(|name| name == changed)?;
        let servers = bed.servers()?;
        let server = servers
            .iter()
            .find(|server| server.institution == *changed)
            .context("it is there")?;
        Ok((server.tag == "two" && server.is_rolled_out).then_some(()))
    })?;
    kubectl.apply(&institution("nueva").to_string())?;
    bed.plane.play_the_cluster("nueva")?;
    bed.becomes("nueva", "Available")?;
    assert!(bed.with("two")?.contains("nueva"));
    Ok(())
}

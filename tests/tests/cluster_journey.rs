//! The whole way on a real cluster, from the chart to a tile and back again after a deletion: by this
//! test's own cluster, or one that the user has.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use acervo_tests::{
    Cluster, Documents, Environment, Raster, Readers, Routing, condition, get, image_services,
    institution, python, read_pages, run, until,
};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

const NAME: &str = "biblioteca-del-viaje";
const NAMESPACE: &str = "acervo-biblioteca-del-viaje";
/// What staff hand over: this many images, one that is none, and the validator's test image.
const IMAGES: u8 = 20;
const PATIENCE: Duration = Duration::from_secs(120);

#[test]
fn from_the_chart_to_a_tile_and_back_to_the_same_addresses() -> Result<()> {
    let Some(cluster) = Cluster::start("from_the_chart_to_a_tile_and_back_to_the_same_addresses")?
    else {
        return Ok(());
    };
    let journey = Journey {
        cluster,
        begun: Instant::now(),
    };
    journey.told("the chart is installed", |j| {
        j.cluster.install(Routing::Gateway)
    })?;
    let tile = journey.three_steps_to_a_tile()?;
    journey.told("kubectl tells the story", Journey::kubectl_tells_the_story)?;
    journey.told("the validator is content", Journey::validator)?;
    journey.told("a browser draws the pages", Journey::pages)?;
    journey.told("what is edited by hand comes back", |j| {
        j.edited_by_hand(&tile)
    })?;
    journey.told("readers notice nothing of what is done to it", |j| {
        j.changed_while_read(&tile)
    })?;
    journey.told("suspended and resumed, it always answers", |j| {
        j.suspended_and_resumed(&tile)
    })?;
    journey.told("an empty mount costs nothing", |j| j.empty_mount(&tile))?;
    journey.told("readers come through an Ingress", |j| {
        j.through_an_ingress(&tile)
    })?;
    journey.told("deleted, only what is retained is left", Journey::deleted)?;
    journey.told("applied again, the same addresses answer", |j| {
        j.applied_again(&tile)
    })
}

struct Journey {
    cluster: Cluster,
    begun: Instant,
}

/// A tile: its path under the platform's URL, and its bytes.
struct Tile {
    path: String,
    bytes: Vec<u8>,
}

impl Journey {
    fn told<T>(&self, what: &str, step: impl FnOnce(&Self) -> Result<T>) -> Result<T> {
        let begun = Instant::now();
        let done = step(self)
            .inspect_err(|_| println!("{}", self.cluster.looked_at(NAME)))
            .with_context(|| format!("not so: {what}"))?;
        let (took, since) = (
            begun.elapsed().as_secs_f32(),
            self.begun.elapsed().as_secs_f32(),
        );
        println!("{since:6.1} s: {what} (took {took:.1} s)");
        Ok(done)
    }

    fn resource<T>(&self, what: &str, probe: impl Fn(&Value) -> Option<T>) -> Result<T> {
        self.cluster.kubectl().until(what, &["inst", NAME], probe)
    }

    fn becomes(&self, type_: &str, status: &str) -> Result<String> {
        self.resource(&format!("{type_}={status}"), |resource| {
            let (is, _, message) = condition(resource, type_)?;
            (is == status).then_some(message)
        })
    }

    /// Apply, hand over, open: what a provider and staff do, and nothing else.
    fn three_steps_to_a_tile(&self) -> Result<Tile> {
        let begun = Instant::now();
        self.told("1. the YAML is applied and the institution is ready", |j| {
            j.cluster.kubectl().apply(&yaml().to_string())?;
            let wait = [
                "wait",
                "--for=condition=Ready",
                "inst",
                NAME,
                "--timeout",
                "120s",
            ];
            j.cluster.kubectl().run(&wait)
        })?;
        self.told("2. a folder is handed over", |j| {
            let stream = handed_over()?;
            let arguments = [
                "exec",
                "--stdin",
                "--namespace",
                NAMESPACE,
                "deploy/image-server",
                "--",
                "acervo",
                "receive",
                "mapas",
            ];
            let said = run(&mut j.cluster.kubectl().command(&arguments), &stream)?;
            let said = String::from_utf8(said.stdout)?;
            ensure!(said.contains("23 recibidos"), "{said}");
            Ok(())
        })?;
        let tile = self.told("3. the first tile comes through the Gateway", |j| {
            let url = j.cluster.gateway_url()?;
            let manifest = until("a manifest", PATIENCE, || {
                let answer = get(&format!(
                    "{url}{}",
                    Documents::manifest(NAME, "mapas", "mapa-01")
                ))?;
                (answer.status == 200).then(|| answer.json()).transpose()
            })?;
            // The sheet's second column, in the institution's language.
            let label = json!({"es": ["Mapa n.º 1 de la bahía"]});
            ensure!(manifest["label"] == label, "{}", manifest["label"]);
            let service = image_services(&manifest)?.remove(0);
            let path = service.strip_prefix(url).context(service.clone())?;
            let path = format!("{path}/0,0,512,512/512,512/0/default.jpg");
            let answer = get(&format!("{url}{path}"))?;
            ensure!(answer.status == 200, "{} {}", answer.status, answer.text());
            let tile = Raster::from_jpeg(&answer.body)?;
            // What was handed over is what is shown.
            let (shown, given) = (tile.pixel(40, 60), picture(1).pixel(40, 60));
            let differs = shown.iter().zip(given).any(|(a, b)| a.abs_diff(b) > 24);
            ensure!(!differs, "{shown:?} is not {given:?}");
            Ok(Tile {
                path,
                bytes: answer.body,
            })
        })?;
        println!(
            "from apply to the first tile: {:.1} s",
            begun.elapsed().as_secs_f32()
        );
        Ok(tile)
    }

    fn answers(&self, url: &str, tile: &Tile) -> Result<()> {
        until("the tile", PATIENCE, || {
            let answer = get(&format!("{url}{}", tile.path));
            Ok(answer
                .ok()
                .filter(|answer| answer.status == 200 && answer.body == tile.bytes)
                .map(drop))
        })
    }

    fn kubectl_tells_the_story(&self) -> Result<()> {
        let collection = self.resource("the counts", |resource| {
            let collection = &resource["status"]["collections"][0];
            (collection["published"] == 21).then(|| collection.clone())
        })?;
        assert_eq!(collection["refused"], 2, "{collection}");
        let message = collection["message"].as_str().unwrap_or_default();
        for words in ["notas.txt", "metadatos.csv", "fila 22"] {
            assert!(message.contains(words), "no \"{words}\": {collection}");
        }
        self.becomes("CollectionsIngested", "True")?;
        let kubectl = self.cluster.kubectl();
        let table = kubectl.run(&["get", "inst", NAME])?;
        for column in ["True", self.cluster.gateway_url()?, " 21 ", " 2 "] {
            assert!(table.contains(column), "no \"{column}\" in\n{table}");
        }
        let told = kubectl.run(&["describe", "inst", NAME])?;
        for words in ["los lectores pueden usar", "notas.txt", "Normal", "Ready"] {
            assert!(told.contains(words), "no \"{words}\" in\n{told}");
        }
        let jobs = kubectl
            .get(&["jobs", "--namespace", NAMESPACE])?
            .context("Jobs")?;
        let labels = &jobs["items"][0]["metadata"]["labels"];
        assert_eq!(labels["acervo.dev/collection"], "mapas");
        println!("{table}");
        Ok(())
    }

    fn validator(&self) -> Result<()> {
        let url = self.cluster.gateway_url()?;
        let manifest = get(&format!(
            "{url}{}",
            Documents::manifest(NAME, "mapas", "squares")
        ))?
        .json()?;
        let service = image_services(&manifest)?.remove(0);
        let identifier = service.rsplit('/').next().context("an identifier")?;
        let server = url.split("://").nth(1).context("a URL")?;
        // A server in a cluster follows the specification where the validator does not: a size beyond
        // the image is clamped (section 4.2), which its test `size_noup` does not accept.
        for (version, api, tests) in [("3.0", "3", "33"), ("2.0", "2", "30")] {
            let prefix = format!("{NAME}/image/{api}");
            let version = format!("--version={version}");
            let arguments = [
                "bin/iiif-validate.py",
                "--server",
                server,
                "--prefix",
                &prefix,
                "--identifier",
                identifier,
                &version,
                "--level=2",
            ];
            let output = python(Environment::Validator, &arguments, b"")?;
            let said = String::from_utf8_lossy(&output.stderr);
            let failed: Vec<_> = said
                .lines()
                .filter(|line| line.contains("FAIL") || line.contains("failed"))
                .collect();
            let end = format!("Done ({tests} tests, ");
            assert!(said.contains(&end), "{said}");
            println!(
                "validator {version}: {}",
                said.lines().last().unwrap_or_default()
            );
            let clamped_only = failed.iter().all(|line| line.contains("size_noup"));
            assert!(clamped_only, "{said}");
        }
        Ok(())
    }

    fn pages(&self) -> Result<()> {
        let facts = read_pages(&json!({
            "base": self.cluster.gateway_url()?,
            "screenshots": PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("../screenshots-cluster"),
            "paths": {
                "institution": format!("/{NAME}/"),
                "collection": format!("/{NAME}/mapas/"),
                "item": format!("/{NAME}/mapas/mapa-01/"),
            },
        }))?;
        assert_eq!(facts["viewer"]["state"], "ready", "{facts:#}");
        assert!(facts["viewer"]["drawn"].as_u64() > Some(0), "{facts:#}");
        for nothing in ["strangers", "complaints"] {
            assert_eq!(facts[nothing], json!([]), "{nothing}");
        }
        Ok(())
    }

    fn edited_by_hand(&self, tile: &Tile) -> Result<()> {
        let kubectl = self.cluster.kubectl();
        let service = ["service", "image-server", "--namespace", NAMESPACE];
        kubectl.patch(
            &service,
            &json!({"spec": {"selector": {"app.kubernetes.io/name": "nobody"}}}),
        )?;
        kubectl.until("the selector to be as before", &service, |service| {
            (service["spec"]["selector"]["app.kubernetes.io/name"] == "image-server").then_some(())
        })?;
        kubectl.run(&["delete", "httproute", "public", "--namespace", NAMESPACE])?;
        kubectl.until(
            "the route to come back",
            &["httproute", "public", "--namespace", NAMESPACE],
            |route| route.get("spec").map(drop),
        )?;
        self.becomes("Ready", "True")?;
        self.answers(self.cluster.gateway_url()?, tile)
    }

    /// A larger plan with a second pod, an eviction, new words, another operator, an upgrade of the platform
    /// and the smaller plan again: readers always get the tile.
    fn changed_while_read(&self, tile: &Tile) -> Result<()> {
        let url = format!("{}{}", self.cluster.gateway_url()?, tile.path);
        let kubectl = self.cluster.kubectl();
        let change = |spec: Value| kubectl.patch(&["inst", NAME], &json!({ "spec": spec }));
        let readers = Readers::start(2, &url, &tile.bytes);
        self.rolls(2, || change(json!({"plan": "large"})).map(drop))?;
        self.evicted()?;
        let words = json!({"displayName": {"es": "Biblioteca del Viaje, otra vez"}});
        self.rolls(2, || change(words).map(drop))?;
        let operator = ["deployment/acervo-operator", "--namespace", "acervo"];
        kubectl.run(&[&["rollout", "restart"], &operator[..]].concat())?;
        kubectl.run(&[&["rollout", "status"], &operator[..]].concat())?;
        self.rolls(2, || {
            let values = ["platform.plans.large.limits.maxArea=60000000"];
            self.cluster.install_with(Routing::Gateway, &values)
        })?;
        self.cluster.install(Routing::Gateway)?;
        self.rolls(1, || change(json!({"plan": "small"})).map(drop))?;
        self.becomes("Ready", "True")?;
        let answered = readers.all_were_answered()?;
        ensure!(answered > 100, "there were readers: {answered}");
        Ok(())
    }

    /// Waits until all pods are other ones than before `change`, as many as are wanted.
    fn rolls(&self, pods: u64, change: impl FnOnce() -> Result<()>) -> Result<()> {
        let deployment = ["deployment", "image-server", "--namespace", NAMESPACE];
        let generation = |object: &Value| object["metadata"]["generation"].as_u64();
        let kubectl = self.cluster.kubectl();
        let before = kubectl.until("the Deployment", &deployment, generation)?;
        change()?;
        kubectl.until("the pods to be others", &deployment, |object| {
            let status = &object["status"];
            let counts = ["replicas", "updatedReplicas", "availableReplicas"];
            let is_over = generation(object) > Some(before)
                && status["observedGeneration"].as_u64() == generation(object)
                && counts.iter().all(|count| status[count] == pods);
            is_over.then_some(())
        })
    }

    /// One of two pods is evicted, as when its node is emptied, and another one takes its place.
    fn evicted(&self) -> Result<()> {
        let kubectl = self.cluster.kubectl();
        let pods = [
            "pods",
            "--namespace",
            NAMESPACE,
            "--selector",
            "app.kubernetes.io/name=image-server",
        ];
        let ready = |pods: &Value| -> Option<Vec<String>> {
            let pods = pods["items"].as_array()?.iter();
            let is_ready = |pod: &&Value| {
                let mut conditions = pod["status"]["conditions"].as_array().into_iter().flatten();
                pod["metadata"]["deletionTimestamp"].is_null()
                    && conditions.any(|told| told["type"] == "Ready" && told["status"] == "True")
            };
            let ready = pods.filter(is_ready);
            let names = ready.filter_map(|pod| pod["metadata"]["name"].as_str());
            let names: Vec<_> = names.map(str::to_owned).collect();
            (names.len() == 2).then_some(names)
        };
        let before = kubectl.until("two pods", &pods, ready)?;
        let eviction = json!({
            "apiVersion": "policy/v1", "kind": "Eviction",
            "metadata": {"name": before[0], "namespace": NAMESPACE},
        });
        let path = format!("/api/v1/namespaces/{NAMESPACE}/pods/{}/eviction", before[0]);
        let create = ["create", "--raw", &path, "--filename", "-"];
        kubectl.with(&create, &eviction.to_string())?;
        kubectl.until("another pod", &pods, |pods| {
            let now = ready(pods)?;
            (!now.contains(&before[0])).then_some(())
        })
    }

    /// While the addresses change hands, whoever asks gets the tile or the notice, and nothing else.
    fn suspended_and_resumed(&self, tile: &Tile) -> Result<()> {
        let url = format!("{}{}", self.cluster.gateway_url()?, tile.path);
        let ask = || -> Result<u16> {
            let answer = get(&url)?;
            let notice = answer.header("retry-after") == Some("3600");
            let (status, text) = (answer.status, answer.text());
            ensure!(
                (status == 200 && answer.body == tile.bytes) || (status == 503 && notice),
                "{status} {text}"
            );
            Ok(status)
        };
        for (suspend, status) in [(true, 503), (false, 200)] {
            let spec = json!({"spec": {"suspend": suspend}});
            self.cluster.kubectl().patch(&["inst", NAME], &spec)?;
            until(&format!("{status}"), PATIENCE, || {
                Ok((ask()? == status).then_some(()))
            })?;
        }
        self.becomes("Ready", "True")?;
        let notices = [
            "httproutes",
            "--namespace",
            "acervo",
            "--selector",
            "acervo.dev/institution",
        ];
        self.cluster.kubectl().gone(&notices)?;
        ensure!(ask()? == 200, "the notice still answers");
        Ok(())
    }

    /// The images are gone at once, as from a mount that is empty: what is published stays online, and
    /// staff are asked. Only where the node is in reach.
    fn empty_mount(&self, tile: &Tile) -> Result<()> {
        let moved = |from: &str, to: &str| {
            format!(
                "cd /var/lib/local-path/*_{NAMESPACE}_data/incoming && mv {from} {to} && mkdir -p {from} && chmod 777 {from}"
            )
        };
        if self
            .cluster
            .on_the_node(&moved("mapas", "../elsewhere"))?
            .is_none()
        {
            println!("not run: an empty mount: the nodes of this cluster are out of reach");
            return Ok(());
        }
        self.resource("the question", |resource| {
            let message = resource["status"]["collections"][0]["message"].as_str()?;
            message
                .contains("acervo.dev/confirm-removal=mapas:")
                .then_some(())
        })?;
        self.resource("everything still published", |resource| {
            (resource["status"]["collections"][0]["published"] == 21).then_some(())
        })?;
        self.answers(self.cluster.gateway_url()?, tile)?;
        let back = format!(
            "cd /var/lib/local-path/*_{NAMESPACE}_data && rmdir incoming/mapas && mv elsewhere incoming/mapas"
        );
        self.cluster.on_the_node(&back)?;
        self.resource("the one refusal of before", |resource| {
            let message = resource["status"]["collections"][0]["message"].as_str()?;
            message.contains("notas.txt").then_some(())
        })
    }

    fn through_an_ingress(&self, tile: &Tile) -> Result<()> {
        self.cluster.install(Routing::Ingress)?;
        let url = self.cluster.ingress_url()?;
        let expected = format!("{url}/{NAME}/");
        self.resource("the new address", |resource| {
            (resource["status"]["url"] == expected.as_str()).then_some(())
        })?;
        self.answers(url, tile)?;
        let kubectl = self.cluster.kubectl();
        kubectl.gone(&["httproute", "public", "--namespace", NAMESPACE])?;
        // The pods that know the new address take over one by one.
        let service = format!("{url}{}", service_of(tile)?);
        until("documents to name the new address", PATIENCE, || {
            let info = get(&format!("{service}/info.json"))?.json()?;
            Ok((info["id"] == service.as_str()).then_some(()))
        })?;
        let ingress = ["ingress", "public", "--namespace", NAMESPACE];
        let uid = |ingress: &Value| ingress["metadata"]["uid"].as_str().map(str::to_owned);
        let before = kubectl.until("the Ingress", &ingress, uid)?;
        kubectl.run(&["delete", "ingress", "public", "--namespace", NAMESPACE])?;
        kubectl.until("the Ingress to come back", &ingress, |ingress| {
            uid(ingress).filter(|now| *now != before)
        })?;
        self.cluster.install(Routing::Gateway)?;
        kubectl.gone(&["ingress", "public", "--namespace", NAMESPACE])?;
        self.becomes("Ready", "True")?;
        self.answers(self.cluster.gateway_url()?, tile)
    }

    fn deleted(&self) -> Result<()> {
        let kubectl = self.cluster.kubectl();
        kubectl.run(&["delete", "inst", NAME])?;
        let namespace = format!("namespace/{NAMESPACE}");
        kubectl.until("the namespace to be retained", &[&namespace], |namespace| {
            (namespace["metadata"]["labels"]["acervo.dev/retained"] == "true").then_some(())
        })?;
        for kind in [
            "deployments",
            "services",
            "httproutes",
            "configmaps",
            "jobs",
            "pods",
            "networkpolicies",
        ] {
            let all = [
                kind,
                "--namespace",
                NAMESPACE,
                "--selector",
                "acervo.dev/institution",
            ];
            kubectl.gone(&all)?;
        }
        let claim = kubectl.get(&["persistentvolumeclaim/data", "--namespace", NAMESPACE])?;
        let claim = claim.context("the volume is kept")?;
        assert_eq!(claim["metadata"]["labels"]["acervo.dev/retained"], "true");
        Ok(())
    }

    fn applied_again(&self, tile: &Tile) -> Result<()> {
        self.cluster.kubectl().apply(&yaml().to_string())?;
        self.becomes("Ready", "True")?;
        self.answers(self.cluster.gateway_url()?, tile)?;
        let manifest = Documents::manifest(NAME, "mapas", "mapa-20");
        let answer = get(&format!("{}{manifest}", self.cluster.gateway_url()?))?;
        assert_eq!(answer.status, 200);
        Ok(())
    }
}

/// `/NAME/image/3/IDENTIFIER` of a tile.
fn service_of(tile: &Tile) -> Result<String> {
    let parts: Vec<_> = tile.path.split('/').collect();
    Ok(parts.get(..5).context("a path of the Image API")?.join("/"))
}

/// On the cluster's default storage class.
fn yaml() -> Value {
    let mut yaml = institution(NAME);
    yaml["spec"]["storage"] = json!({"size": "1Gi"});
    yaml
}

fn picture(number: u8) -> Raster {
    Raster::computed(1400, 1000, number)
}

/// A tar stream of what staff hand over: a folder of images and a sheet of two columns, both with a fault.
fn handed_over() -> Result<Vec<u8>> {
    const COLOURS: &str = "import json; from iiif_validator.validator import ValidationInfo; \
                           print(json.dumps(ValidationInfo().colorInfo))";
    let printed = python(Environment::Validator, &["-c", COLOURS], b"")?.stdout;
    let line = printed.trim_ascii().rsplit(|byte| *byte == b'\n').next();
    let colours: Vec<Vec<[u8; 3]>> = serde_json::from_slice(line.context("a colour table")?)?;
    let mut files = vec![
        ("squares.png".to_owned(), Raster::squares(&colours).png()?),
        ("notas.txt".to_owned(), b"Faltan dos mapas.".to_vec()),
    ];
    let mut sheet = "objectid,title\n".to_owned();
    for number in 1..=IMAGES {
        files.push((format!("mapa-{number:02}.jpg"), picture(number).jpeg()?));
        sheet.push_str(&format!("mapa-{number:02},Mapa n.º {number} de la bahía\n"));
    }
    sheet.push_str("mapa-99,Un mapa que nadie encuentra\n");
    files.push(("metadatos.csv".to_owned(), sheet.into_bytes()));
    let mut stream = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(1_700_000_000);
        stream.append_data(&mut header, name, bytes.as_slice())?;
    }
    Ok(stream.into_inner()?)
}

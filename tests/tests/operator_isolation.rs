//! What one institution can do to another and to the platform: nothing. Every attempt is made on a real
//! API server where that is what denies it; network policies, which nothing enforces here, are evaluated
//! as their API says. What came out is the table in docs/isolation.md.

use std::collections::BTreeMap;
use std::fs;
use std::sync::{LazyLock, Mutex, PoisonError};

use acervo_tests::{
    ControlPlane, End, Kubectl, NetworkPolicies, Operator, Pod, VALUES, condition, institution,
    repository,
};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

struct Bed {
    plane: ControlPlane,
    _operator: Operator,
}

static BED: LazyLock<Bed> = LazyLock::new(|| bed().expect("two institutions on a control plane"));

/// The institution that tries, the one that is older, and what they have in common with a real platform.
const A: &str = "una";
const B: &str = "otra";

fn bed() -> Result<Bed> {
    let policies = "
networkPolicy:
  nodeCIDRs: [192.168.7.0/24]
  gatewaySelectors: [{namespaceLabels: {kubernetes.io/metadata.name: gateway}}]
  monitoringSelectors: [{namespaceLabels: {kubernetes.io/metadata.name: monitoring}}]
imagePullSecrets: [{name: registry-key}]
";
    let values = VALUES.split("networkPolicy:").next().unwrap_or_default();
    let plane = ControlPlane::with_gateway(&format!("{values}{policies}"))?;
    for namespace in ["monitoring", "tienda"] {
        plane.kubectl().run(&["create", "namespace", namespace])?;
    }
    let key = [
        "create",
        "secret",
        "docker-registry",
        "registry-key",
        "--namespace",
        "acervo",
    ];
    let login = [
        "--docker-username=u",
        "--docker-password=p",
        "--docker-server=registry.example.org",
    ];
    plane.kubectl().run(&[&key[..], &login].concat())?;
    let operator = Operator::start(&plane.as_operator()?)?;
    for name in [B, A] {
        let mut yaml = institution(name);
        yaml["spec"]["hostnames"] = json!([format!("{name}.example.net")]);
        yaml["spec"]["access"] = json!([{"group": format!("personal-{name}")}]);
        let bucket = json!({"endpoint": "https://s3.example.com", "bucket": name});
        let collections = yaml["spec"]["collections"].as_array_mut();
        collections
            .context("collections")?
            .push(json!({"name": "postales", "source": {"s3": bucket}}));
        plane.kubectl().apply(&yaml.to_string())?;
        let route = ["httproute", "public", "--namespace", &namespace(name)];
        plane
            .kubectl()
            .until("the last of its children", &route, |route| {
                route.get("spec").map(drop)
            })?;
        plane.kubectl().ages(&["inst", name])?;
    }
    Ok(Bed {
        plane,
        _operator: operator,
    })
}

fn kubectl() -> &'static Kubectl {
    BED.plane.kubectl()
}

fn namespace(institution: &str) -> String {
    format!("acervo-{institution}")
}

/// Compares a table with the one that the documentation has under its heading.
fn is_documented(heading: &str, table: &str) -> Result<()> {
    // Tests run side by side, and may write the same page.
    static PAGE: Mutex<()> = Mutex::new(());
    let _page = PAGE.lock().unwrap_or_else(PoisonError::into_inner);
    let path = repository().join("docs/isolation.md");
    let text = fs::read_to_string(&path)?;
    let (before, after) = text
        .split_once(&format!("\n## {heading}\n"))
        .with_context(|| format!("{} has no heading \"{heading}\"", path.display()))?;
    let begins = after.find("\n|").context("a table")? + 1;
    let ends = after[begins..]
        .find("\n\n")
        .map_or(after.len(), |length| begins + length + 1);
    if after[begins..ends] != *table && std::env::var_os("ACERVO_BLESS").is_some() {
        let (head, tail) = (&after[..begins], &after[ends..]);
        fs::write(
            &path,
            format!("{before}\n## {heading}\n{head}{table}{tail}"),
        )?;
        return Ok(());
    }
    ensure!(
        after[begins..ends] == *table,
        "{} is not what was found under \"{heading}\"; look at what changed, and run the test with ACERVO_BLESS=1:\n{table}",
        path.display()
    );
    Ok(())
}

// === The network ===

fn labels(object: &Value) -> BTreeMap<String, String> {
    let labels = object.as_object().into_iter().flatten();
    labels
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect()
}

fn pod(name: &'static str, address: &str, namespace: &str, labels_: &Value) -> Result<End> {
    let object = kubectl()
        .get(&["namespace", namespace])?
        .context("a namespace")?;
    Ok(End {
        name,
        address: address.parse()?,
        pod: Some(Pod {
            namespace: namespace.to_owned(),
            namespace_labels: labels(&object["metadata"]["labels"]),
            labels: labels(labels_),
            ports: [("admin".to_owned(), 8081), ("http".to_owned(), 8080)].into(),
        }),
    })
}

fn server(name: &'static str, address: &str, institution: &str) -> Result<End> {
    let namespace = namespace(institution);
    let deployment = ["deployment", "image-server", "--namespace", &namespace];
    let deployment = kubectl().get(&deployment)?.context("a Deployment")?;
    let labels = &deployment["spec"]["template"]["metadata"]["labels"];
    pod(name, address, &namespace, labels)
}

fn ingest(name: &'static str, address: &str, institution: &str) -> Result<End> {
    let labels = json!({
        "acervo.dev/institution": institution, "app.kubernetes.io/name": "ingest",
        "app.kubernetes.io/managed-by": "acervo-operator", "acervo.dev/collection": "postales",
    });
    pod(name, address, &namespace(institution), &labels)
}

fn outside(name: &'static str, address: &str) -> Result<End> {
    let address = address.parse()?;
    Ok(End {
        name,
        address,
        pod: None,
    })
}

/// Rows are who tries, columns what is tried.
fn matrix(policies: &NetworkPolicies, from: &[&End], to: &[(&End, u16)]) -> String {
    let columns = to
        .iter()
        .map(|(end, port)| format!(" {}:{port} |", end.name));
    let mut table = format!(
        "| |{}\n|---|{}\n",
        columns.collect::<String>(),
        "---|".repeat(to.len())
    );
    for from in from {
        let cells = to
            .iter()
            .map(|(to, port)| match policies.allow(from, to, *port) {
                true => " **open** |",
                false => " – |",
            });
        table += &format!("| {} |{}\n", from.name, cells.collect::<String>());
    }
    table
}

#[test]
fn pods_of_an_institution_reach_nobody_and_are_reached_by_those_who_must() -> Result<()> {
    let policies = kubectl()
        .get(&["networkpolicies", "--all-namespaces"])?
        .context("policies")?;
    let policies = NetworkPolicies::of(&policies);
    let own = server("its server", "10.244.1.1", A)?;
    let own_ingest = ingest("its ingest", "10.244.1.2", A)?;
    let other = server("another's server", "10.244.2.1", B)?;
    let other_ingest = ingest("another's ingest", "10.244.2.2", B)?;
    let selector = ["networkpolicy", "acervo-operator", "--namespace", "acervo"];
    let selector = kubectl().get(&selector)?.context("the operator's policy")?;
    let selector = &selector["spec"]["podSelector"]["matchLabels"];
    let operator = pod("operator", "10.244.3.1", "acervo", selector)?;
    let labels = json!({"app.kubernetes.io/name": "acervo-notice"});
    let notice = pod("notice", "10.244.3.6", "acervo", &labels)?;
    let gateway = pod("Gateway", "10.244.3.2", "gateway", &json!({}))?;
    let monitoring = pod("monitoring", "10.244.3.3", "monitoring", &json!({}))?;
    let stranger = pod("any other pod", "10.244.3.4", "tienda", &json!({}))?;
    let dns = pod(
        "DNS",
        "10.244.3.5",
        "kube-system",
        &json!({"k8s-app": "kube-dns"}),
    )?;
    let node = outside("node", "192.168.7.10")?;
    let internet = outside("internet", "93.184.215.14")?;

    let table = matrix(
        &policies,
        &[&own, &own_ingest],
        &[
            (&other, 8080),
            (&other, 8081),
            (&other_ingest, 8080),
            (&operator, 8081),
            (&notice, 8080),
            (&notice, 8081),
            (&gateway, 80),
            (&monitoring, 9090),
            (&stranger, 80),
            (&outside("API server", "10.96.0.1")?, 443),
            (&node, 6443),
            (&node, 10250),
            (&outside("cloud metadata", "169.254.169.254")?, 80),
            (&outside("provider's database", "10.1.2.3")?, 5432),
            (&internet, 22),
            (&internet, 443),
            (&dns, 53),
        ],
    );
    is_documented("What its pods can reach", &table)?;
    let open = table.matches("**open**").count();
    ensure!(
        open == 2,
        "ingest reaches names and S3 services of the internet, and nothing more:\n{table}"
    );

    let table = matrix(
        &policies,
        &[
            &other,
            &other_ingest,
            &gateway,
            &monitoring,
            &operator,
            &notice,
            &stranger,
            &node,
            &internet,
        ],
        &[
            (&own, 8080),
            (&own, 8081),
            (&own_ingest, 8080),
            (&operator, 8081),
            (&notice, 8080),
            (&notice, 8081),
        ],
    );
    is_documented("Who can reach its pods", &table)?;
    for denied in [
        "another's server",
        "another's ingest",
        "any other pod",
        "internet",
    ] {
        let row = table
            .lines()
            .find(|line| line.contains(denied))
            .context(denied)?;
        ensure!(!row.contains("open"), "{row}");
    }
    Ok(())
}

// === The API ===

/// Whoever tries: how readers know them, user and groups.
type Who = (&'static str, String, Vec<String>);

/// What is tried: verb, group, resource.
const REQUESTS: [(&str, &str, &str); 19] = [
    ("get", "", "secrets"),
    ("list", "", "secrets"),
    ("get", "", "configmaps"),
    ("list", "", "pods"),
    ("get", "", "pods/log"),
    ("create", "", "pods/exec"),
    ("create", "", "pods"),
    ("create", "", "pods/ephemeralcontainers"),
    ("create", "", "serviceaccounts/token"),
    ("delete", "", "persistentvolumeclaims"),
    ("patch", "apps", "deployments"),
    ("create", "batch", "jobs"),
    ("patch", "networking.k8s.io", "networkpolicies"),
    ("create", "gateway.networking.k8s.io", "httproutes"),
    ("patch", "", "resourcequotas"),
    ("create", "rbac.authorization.k8s.io", "rolebindings"),
    ("patch", "", "namespaces"),
    ("list", "acervo.dev", "iiifinstitutions"),
    ("patch", "acervo.dev", "iiifinstitutions"),
];

fn whoever() -> [Who; 3] {
    let account = |name: &str| format!("system:serviceaccount:{}:{name}", namespace(A));
    let groups = |more: &[&str]| {
        let all = ["system:authenticated"].iter().chain(more);
        all.map(|group| (*group).to_owned()).collect::<Vec<_>>()
    };
    let accounts = groups(&[
        "system:serviceaccounts",
        "system:serviceaccounts:acervo-una",
    ]);
    [
        (
            "account of its server",
            account("image-server"),
            accounts.clone(),
        ),
        ("account of its ingest", account("ingest"), accounts),
        ("its staff", "ana".to_owned(), groups(&["personal-una"])),
    ]
}

/// Asks the API server for all of them at once.
fn reviews(namespaces: &[&str]) -> Result<Vec<bool>> {
    let mut items = Vec::new();
    for (_, user, groups) in whoever() {
        for namespace in namespaces {
            for (verb, group, resource) in REQUESTS {
                let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
                items.push(json!({
                    "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
                    "spec": {"user": user, "groups": groups, "resourceAttributes": {
                        "namespace": namespace, "verb": verb, "group": group, "resource": resource, "subresource": subresource,
                    }},
                }));
            }
        }
    }
    let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
    let create = ["create", "--output", "json", "--filename", "-"];
    // One object after the other.
    let answers = kubectl().with(&create, &list.to_string())?;
    let mut allowed = Vec::new();
    for answer in serde_json::Deserializer::from_str(&answers).into_iter::<Value>() {
        let answer = answer?;
        let each = answer["items"]
            .as_array()
            .cloned()
            .unwrap_or_else(|| vec![answer]);
        allowed.extend(each.iter().map(|one| one["status"]["allowed"] == true));
    }
    ensure!(
        allowed.len() == items.len(),
        "an answer for each: {answers}"
    );
    Ok(allowed)
}

#[test]
fn accounts_of_pods_can_do_nothing_and_staff_nothing_elsewhere() -> Result<()> {
    let (own, other) = (namespace(A), namespace(B));
    let namespaces = [own.as_str(), other.as_str(), "acervo", "kube-system", ""];
    let mut answers = reviews(&namespaces)?.into_iter();
    let mut table = "| | its own namespace | another's | the operator's | kube-system | the cluster |\n|---|---|---|---|---|---|\n".to_owned();
    let mut wrong = Vec::new();
    for (who, ..) in whoever() {
        table += &format!("| {who} |");
        for namespace in namespaces {
            let allowed: Vec<_> = REQUESTS
                .iter()
                .filter(|_| answers.next() == Some(true))
                .map(|(verb, _, resource)| format!("{verb} {resource}"))
                .collect();
            let is_at_home = who == "its staff" && namespace == own;
            let reads = ["list pods", "get pods/log", "create pods/exec"];
            if !allowed
                .iter()
                .all(|one| is_at_home && reads.contains(&one.as_str()))
            {
                wrong.push(format!("{who} in {namespace:?}: {allowed:?}"));
            }
            let cell = match allowed.is_empty() {
                true => "–".to_owned(),
                false => allowed.join(", "),
            };
            table += &format!(" {cell} |");
        }
        table.push('\n');
    }
    ensure!(wrong.is_empty(), "{wrong:?}");
    is_documented("What its accounts and staff can ask of the API", &table)
}

#[test]
fn pods_of_an_institution_hold_no_token() -> Result<()> {
    let namespace = namespace(A);
    for account in ["image-server", "ingest"] {
        let account = ["serviceaccount", account, "--namespace", &namespace];
        let account = kubectl().get(&account)?.context("an account")?;
        assert_eq!(account["automountServiceAccountToken"], false);
    }
    let deployment = ["deployment", "image-server", "--namespace", &namespace];
    let deployment = kubectl().get(&deployment)?.context("a Deployment")?;
    let spec = &deployment["spec"]["template"]["spec"];
    assert_eq!(spec["automountServiceAccountToken"], false);
    for volume in spec["volumes"].as_array().into_iter().flatten() {
        ensure!(
            volume["projected"].is_null() && volume["secret"].is_null(),
            "{volume}"
        );
    }
    Ok(())
}

// === What pods may be ===

/// A pod that is as the strictest level of the Pod Security Standards wants it, and needs little.
fn harmless() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "intento"},
        "spec": {
            "securityContext": {"runAsNonRoot": true, "runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [{
                "name": "main", "image": "example.org/any:1",
                "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}},
                "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "16Mi"}},
            }],
        },
    })
}

fn claim(size: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "otro"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}},
    })
}

fn balancer() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "fuera"},
        "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]},
    })
}

fn changed(change: fn(&mut Value)) -> Value {
    let mut pod = harmless();
    change(&mut pod["spec"]);
    pod
}

/// What is tried in the institution's namespace by somebody who may do everything, and what denies it.
fn forbidden() -> Vec<(&'static str, Value, &'static str)> {
    const LEVEL: &str = "violates PodSecurity \"restricted";
    const QUOTA: &str = "exceeded quota: institution";
    vec![
        (
            "a privileged pod",
            changed(|spec| spec["containers"][0]["securityContext"] = json!({"privileged": true})),
            LEVEL,
        ),
        (
            "a pod that runs as root",
            changed(|spec| spec["securityContext"] = json!({"runAsUser": 0})),
            LEVEL,
        ),
        (
            "a pod with more capabilities",
            changed(|spec| {
                spec["containers"][0]["securityContext"]["capabilities"]["add"] =
                    json!(["NET_ADMIN"])
            }),
            LEVEL,
        ),
        (
            "a pod in the node's network",
            changed(|spec| spec["hostNetwork"] = json!(true)),
            LEVEL,
        ),
        (
            "a pod among the node's processes",
            changed(|spec| spec["hostPID"] = json!(true)),
            LEVEL,
        ),
        (
            "a pod with a folder of the node",
            changed(|spec| spec["volumes"] = json!([{"name": "node", "hostPath": {"path": "/"}}])),
            LEVEL,
        ),
        (
            "a pod that may gain rights",
            changed(|spec| {
                spec["containers"][0]["securityContext"]["allowPrivilegeEscalation"] = json!(true)
            }),
            LEVEL,
        ),
        (
            "a pod without seccomp",
            changed(|spec| spec["securityContext"]["seccompProfile"]["type"] = json!("Unconfined")),
            LEVEL,
        ),
        (
            "more processor than its plan",
            changed(|spec| spec["containers"][0]["resources"]["requests"]["cpu"] = json!("100")),
            QUOTA,
        ),
        (
            "more memory than its plan",
            changed(|spec| {
                spec["containers"][0]["resources"] = json!({"requests": {"cpu": "10m", "memory": "1Ti"}, "limits": {"memory": "1Ti"}});
            }),
            QUOTA,
        ),
        ("a second volume", claim("1Gi"), QUOTA),
        ("an address of its own", balancer(), QUOTA),
    ]
}

#[test]
fn what_runs_in_an_institutions_namespace_is_restricted_and_counted() -> Result<()> {
    let namespace = namespace(A);
    let quota = ["resourcequota", "institution", "--namespace", &namespace];
    kubectl().until("the quota to be counted", &quota, |quota| {
        (quota["status"]["hard"] == quota["spec"]["hard"] && !quota["spec"]["hard"].is_null())
            .then_some(())
    })?;
    let create = [
        "create",
        "--dry-run=server",
        "--namespace",
        &namespace,
        "--filename",
        "-",
    ];
    kubectl()
        .with(&create, &harmless().to_string())
        .context("what is harmless is let in, so the others are refused for what they are")?;
    let mut table = "| what is put into its namespace | denied by |\n|---|---|\n".to_owned();
    for (what, object, words) in forbidden() {
        let finished = kubectl().try_with(&create, &object.to_string())?;
        ensure!(
            !finished.status.success() && finished.output.contains(words),
            "{what}: {}",
            finished.output
        );
        let by = match words.contains("quota") {
            true => "ResourceQuota",
            false => "Pod Security `restricted`",
        };
        table += &format!("| {what} | {by} |\n");
    }
    is_documented("What cannot run in its namespace", &table)
}

// === What a resource can ask for ===

/// How a resource tries to get what is not its own.
struct Attempt {
    what: &'static str,
    change: fn(&mut Value),
    denied: Denied,
}

/// What becomes of it.
enum Denied {
    /// The API server refuses the resource, naming this field.
    AtOnce(&'static str),
    /// The institution goes without it: condition and reason.
    Told(&'static str, &'static str),
}

const ATTEMPTS: [Attempt; 11] = [
    Attempt {
        what: "the host of another institution",
        change: |spec| spec["hostnames"] = json!(["otra.example.net"]),
        denied: Denied::Told("HostnamesAccepted", "HostnameClaimed"),
    },
    Attempt {
        what: "the platform's host",
        change: |spec| spec["hostnames"] = json!(["iiif.example.org"]),
        denied: Denied::Told("HostnamesAccepted", "HostnameOfPlatform"),
    },
    Attempt {
        what: "every host, by a wildcard",
        change: |spec| spec["hostnames"] = json!(["*.example.net"]),
        denied: Denied::AtOnce("spec.hostnames"),
    },
    Attempt {
        what: "addresses below another institution's",
        change: |spec| {
            spec["addresses"] = json!({"manifest": "http://iiif.example.org/otra/{item}"})
        },
        denied: Denied::Told("HostnamesAccepted", "AddressClaimed"),
    },
    Attempt {
        what: "the volume of another institution",
        change: |spec| spec["storage"]["existingClaim"] = json!("acervo-otra/data"),
        denied: Denied::AtOnce("spec.storage.existingClaim"),
    },
    Attempt {
        what: "the folder of another institution",
        change: |spec| {
            spec["collections"][0]["source"]["directory"] = json!("../../acervo-otra/data")
        },
        denied: Denied::AtOnce("spec.collections[0].source.directory"),
    },
    Attempt {
        what: "a Secret of another namespace",
        change: |spec| {
            spec["collections"][0]["source"] =
                json!({"s3": {"bucket": "mapas", "credentialsSecret": "acervo/registry-key"}});
        },
        denied: Denied::AtOnce("credentialsSecret"),
    },
    Attempt {
        what: "the API server, as a bucket",
        change: |spec| s3(spec, "https://kubernetes.default.svc"),
        denied: Denied::Told("CollectionsIngested", "EndpointNotAllowed"),
    },
    Attempt {
        what: "cloud metadata, as a bucket",
        change: |spec| s3(spec, "http://169.254.169.254"),
        denied: Denied::Told("CollectionsIngested", "EndpointNotAllowed"),
    },
    Attempt {
        what: "the provider's network, as a bucket",
        change: |spec| s3(spec, "http://10.1.2.3:5432"),
        denied: Denied::Told("CollectionsIngested", "EndpointNotAllowed"),
    },
    Attempt {
        what: "another plan than the platform has",
        change: |spec| spec["plan"] = json!("ilimitado"),
        denied: Denied::Told("Ready", "UnknownPlan"),
    },
];

fn s3(spec: &mut Value, endpoint: &str) {
    spec["collections"][0]["source"] = json!({"s3": {"bucket": "mapas", "endpoint": endpoint}});
}

#[test]
fn a_resource_cannot_ask_for_what_is_others() -> Result<()> {
    let mut table = "| what its resource asks for | denied by |\n|---|---|\n".to_owned();
    for (number, attempt) in ATTEMPTS.iter().enumerate() {
        let name = format!("intento-{number}");
        let mut yaml = institution(&name);
        (attempt.change)(&mut yaml["spec"]);
        let by = match attempt.denied {
            Denied::AtOnce(field) => {
                let finished =
                    kubectl().try_with(&["create", "--filename", "-"], &yaml.to_string())?;
                ensure!(
                    !finished.status.success() && finished.output.contains(field),
                    "{}: {}",
                    attempt.what,
                    finished.output
                );
                "the CRD, at once".to_owned()
            }
            Denied::Told(type_, reason) => {
                kubectl().apply(&yaml.to_string())?;
                let told = kubectl().until(reason, &["inst", &name], |resource| {
                    (condition(resource, type_)?.1 == reason).then_some(())
                });
                told.with_context(|| attempt.what.to_owned())?;
                format!("the operator: `{type_}=False/{reason}`")
            }
        };
        table += &format!("| {} | {by} |\n", attempt.what);
    }
    is_documented("What its resource cannot ask for", &table)?;
    // What was lost is routed to its owner alone.
    let routes = kubectl()
        .get(&["httproutes", "--all-namespaces"])?
        .context("routes")?;
    let owners = |host: &str| -> Vec<String> {
        let routes = routes["items"].as_array().into_iter().flatten();
        let having = routes.filter(|route| route["spec"]["hostnames"].to_string().contains(host));
        having
            .map(|route| route["metadata"]["namespace"].to_string())
            .collect()
    };
    assert_eq!(owners("otra.example.net"), ["\"acervo-otra\""]);
    Ok(())
}

#[test]
fn a_namespace_that_is_somebody_elses_stays_so() -> Result<()> {
    kubectl().run(&["create", "namespace", "acervo-ajeno"])?;
    kubectl().apply(&institution("ajeno").to_string())?;
    kubectl().until("NamespaceTaken", &["inst", "ajeno"], |resource| {
        (condition(resource, "Ready")?.1 == "NamespaceTaken").then_some(())
    })?;
    let children = [
        "all,configmaps,networkpolicies",
        "--namespace",
        "acervo-ajeno",
    ];
    let children = kubectl().get(&children)?.unwrap_or_default();
    let made = children["items"].as_array().into_iter().flatten();
    let ours: Vec<_> = made
        .filter(|object| object["metadata"]["name"] != "kube-root-ca.crt")
        .collect();
    ensure!(ours.is_empty(), "{ours:?}");
    Ok(())
}

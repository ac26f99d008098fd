//! What NetworkPolicies allow, by the semantics of their API: no network plug-in is asked.
//!
//! Where the API leaves a plug-in a choice, the wider one is taken, so that what is denied here is denied
//! by every plug-in: blocks of addresses also match those of pods.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::Value;

/// One end of a connection: a pod, or an address outside.
#[derive(Debug, Clone)]
pub struct End {
    /// How readers know it.
    pub name: &'static str,
    /// Its address.
    pub address: IpAddr,
    /// What policies know of a pod; none for what is no pod.
    pub pod: Option<Pod>,
}

/// What policies know of a pod.
#[derive(Debug, Clone, Default)]
pub struct Pod {
    /// Its namespace.
    pub namespace: String,
    /// The labels of that namespace.
    pub namespace_labels: BTreeMap<String, String>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its named ports.
    pub ports: BTreeMap<String, u16>,
}

/// NetworkPolicies of a whole cluster.
#[derive(Debug, Clone)]
pub struct NetworkPolicies(Vec<Value>);

#[derive(Debug, Clone, Copy)]
enum Direction {
    Ingress,
    Egress,
}

impl Direction {
    const fn type_(self) -> &'static str {
        match self {
            Self::Ingress => "Ingress",
            Self::Egress => "Egress",
        }
    }

    /// Its rules in a policy, and the peers in a rule.
    const fn fields(self) -> (&'static str, &'static str) {
        match self {
            Self::Ingress => ("ingress", "from"),
            Self::Egress => ("egress", "to"),
        }
    }
}

impl NetworkPolicies {
    /// The items of a list of NetworkPolicies.
    #[must_use]
    pub fn of(list: &Value) -> Self {
        Self(items(&list["items"]).cloned().collect())
    }

    /// Whether `from` may open a TCP connection to a port of `to`: its own side and the other both allow
    /// it.
    #[must_use]
    pub fn allow(&self, from: &End, to: &End, port: u16) -> bool {
        self.side(Direction::Egress, from, to, (to, port))
            && self.side(Direction::Ingress, to, from, (to, port))
    }

    /// A pod that no policy of a direction selects is open; what selects it is added up.
    fn side(&self, direction: Direction, of: &End, peer: &End, port: (&End, u16)) -> bool {
        let Some(pod) = &of.pod else { return true };
        let mut selecting = self
            .0
            .iter()
            .filter(|policy| {
                policy["metadata"]["namespace"] == pod.namespace.as_str()
                    && selects(&policy["spec"]["podSelector"], &pod.labels)
                    && concerns(policy, direction)
            })
            .peekable();
        selecting.peek().is_none()
            || selecting.any(|policy| {
                let (rules, peers) = direction.fields();
                let mut rules = items(&policy["spec"][rules]);
                rules.any(|rule| admits_port(rule, port) && admits_peer(&rule[peers], pod, peer))
            })
    }
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

/// A policy that names no types concerns what comes in, and what goes out if it has rules for that.
fn concerns(policy: &Value, direction: Direction) -> bool {
    let spec = &policy["spec"];
    match (spec["policyTypes"].as_array(), direction) {
        (Some(types), _) => types.iter().any(|type_| type_ == direction.type_()),
        (None, Direction::Ingress) => true,
        (None, Direction::Egress) => spec["egress"].is_array(),
    }
}

/// A rule without peers admits everybody.
fn admits_peer(peers: &Value, of: &Pod, peer: &End) -> bool {
    items(peers).next().is_none() || items(peers).any(|one| is_peer(one, of, peer))
}

fn is_peer(one: &Value, of: &Pod, peer: &End) -> bool {
    if let Some(block) = one.get("ipBlock").filter(|block| !block.is_null()) {
        let contains = |cidr: &Value| {
            let cidr = cidr.as_str().and_then(|cidr| cidr.parse::<IpNet>().ok());
            cidr.is_some_and(|cidr| cidr.contains(&peer.address))
        };
        return contains(&block["cidr"]) && !items(&block["except"]).any(contains);
    }
    let Some(pod) = &peer.pod else { return false };
    let namespaces = one.get("namespaceSelector").filter(|one| !one.is_null());
    let pods = one.get("podSelector").filter(|one| !one.is_null());
    let in_namespace = match namespaces {
        Some(selector) => selects(selector, &pod.namespace_labels),
        None => pod.namespace == of.namespace,
    };
    in_namespace && pods.is_none_or(|selector| selects(selector, &pod.labels))
}

/// A rule without ports admits all.
fn admits_port(rule: &Value, (to, number): (&End, u16)) -> bool {
    let mut ports = items(&rule["ports"]).peekable();
    ports.peek().is_none()
        || ports.any(|port| {
            let is_tcp = port["protocol"].as_str().unwrap_or("TCP") == "TCP";
            let first = match &port["port"] {
                Value::Null => return is_tcp,
                Value::String(name) => {
                    let named = to.pod.as_ref().and_then(|pod| pod.ports.get(name));
                    return is_tcp && named == Some(&number);
                }
                first => first.as_u64().unwrap_or(0),
            };
            let last = port["endPort"].as_u64().unwrap_or(first);
            is_tcp && (first..=last).contains(&number.into())
        })
}

/// A label selector; an empty one selects everything.
fn selects(selector: &Value, labels: &BTreeMap<String, String>) -> bool {
    let has = |name: &String, value: &Value| labels.get(name).map(String::as_str) == value.as_str();
    let mut wanted = selector["matchLabels"].as_object().into_iter().flatten();
    wanted.all(|(name, value)| has(name, value))
        && items(&selector["matchExpressions"]).all(|expression| {
            let label = labels.get(expression["key"].as_str().unwrap_or_default());
            let is_among =
                || label.is_some_and(|label| items(&expression["values"]).any(|one| one == label));
            match expression["operator"].as_str() {
                Some("In") => is_among(),
                Some("NotIn") => !is_among(),
                Some("Exists") => label.is_some(),
                Some("DoesNotExist") => label.is_none(),
                _ => false,
            }
        })
}

#[cfg(test)]
mod tests {
    use super::{End, NetworkPolicies, Pod};
    use serde_json::{Value, json};

    fn pod(name: &'static str, namespace: &str, role: &str, address: &str) -> End {
        let map = |name: &str, value: &str| [(name.to_owned(), value.to_owned())].into();
        End {
            name,
            address: address.parse().expect("an address"),
            pod: Some(Pod {
                namespace: namespace.to_owned(),
                namespace_labels: map("project", namespace),
                labels: map("role", role),
                ports: [("data".to_owned(), 6379)].into(),
            }),
        }
    }

    fn outside(address: &str) -> End {
        End {
            name: "outside",
            address: address.parse().expect("an address"),
            pod: None,
        }
    }

    fn policy(spec: Value) -> NetworkPolicies {
        NetworkPolicies::of(
            &json!({"items": [{"metadata": {"namespace": "default"}, "spec": spec}]}),
        )
    }

    /// The example of the Kubernetes documentation.
    #[test]
    fn the_documented_example_means_what_is_documented() {
        let policies = policy(json!({
            "podSelector": {"matchLabels": {"role": "db"}},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [{
                "from": [
                    {"ipBlock": {"cidr": "172.17.0.0/16", "except": ["172.17.1.0/24"]}},
                    {"namespaceSelector": {"matchLabels": {"project": "myproject"}}},
                    {"podSelector": {"matchLabels": {"role": "frontend"}}},
                ],
                "ports": [{"protocol": "TCP", "port": 6379}],
            }],
            "egress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0/24"}}], "ports": [{"protocol": "TCP", "port": 5978}]}],
        }));
        let db = pod("db", "default", "db", "192.0.2.1");
        let front = pod("front", "default", "frontend", "192.0.2.2");
        for (from, to, port, allowed) in [
            (&front, &db, 6379, true),
            (&front, &db, 80, false),
            (
                &pod("other", "default", "other", "192.0.2.3"),
                &db,
                6379,
                false,
            ),
            (
                &pod("project", "myproject", "other", "192.0.2.4"),
                &db,
                6379,
                true,
            ),
            (
                &pod("elsewhere", "elsewhere", "frontend", "192.0.2.5"),
                &db,
                6379,
                false,
            ),
            (&outside("172.17.0.9"), &db, 6379, true),
            (&outside("172.17.1.9"), &db, 6379, false),
            (&db, &outside("10.0.0.7"), 5978, true),
            (&db, &outside("10.0.0.7"), 80, false),
            (&db, &front, 5978, false),
            (&front, &outside("198.51.100.1"), 80, true),
        ] {
            assert_eq!(
                policies.allow(from, to, port),
                allowed,
                "{} to {}, {port}",
                from.name,
                to.name
            );
        }
    }

    #[test]
    fn what_is_left_out_means_what_the_api_says() {
        let front = pod("front", "default", "frontend", "192.0.2.2");
        let db = pod("db", "default", "db", "192.0.2.1");
        let elsewhere = pod("elsewhere", "elsewhere", "frontend", "192.0.2.5");
        for (spec, from, port, allowed) in [
            // Selects everything and admits nobody.
            (json!({"podSelector": {}}), &front, 80, false),
            (
                json!({"podSelector": {}, "policyTypes": ["Egress"]}),
                &elsewhere,
                80,
                true,
            ),
            (
                json!({"podSelector": {}, "ingress": [{}]}),
                &elsewhere,
                80,
                true,
            ),
            (
                json!({"podSelector": {}, "ingress": [{"from": []}]}),
                &elsewhere,
                80,
                true,
            ),
            (
                json!({"podSelector": {}, "ingress": [{"from": [{"namespaceSelector": {}}]}]}),
                &elsewhere,
                80,
                true,
            ),
            (
                json!({"podSelector": {}, "ingress": [{"from": [{"podSelector": {}}]}]}),
                &elsewhere,
                80,
                false,
            ),
            (
                json!({"podSelector": {}, "ingress": [{"ports": [{"port": "data"}]}]}),
                &front,
                6379,
                true,
            ),
            (
                json!({"podSelector": {}, "ingress": [{"ports": [{"port": "data"}]}]}),
                &front,
                80,
                false,
            ),
            (
                json!({"podSelector": {}, "ingress": [{"ports": [{"protocol": "UDP"}]}]}),
                &front,
                80,
                false,
            ),
            (
                json!({"podSelector": {}, "ingress": [{"ports": [{"port": 80, "endPort": 90}]}]}),
                &front,
                85,
                true,
            ),
            (
                json!({"podSelector": {"matchExpressions": [{"key": "role", "operator": "NotIn", "values": ["db"]}]}}),
                &front,
                80,
                true,
            ),
            (
                json!({"podSelector": {"matchExpressions": [{"key": "role", "operator": "Exists"}]}}),
                &front,
                80,
                false,
            ),
        ] {
            assert_eq!(
                policy(spec.clone()).allow(from, &db, port),
                allowed,
                "{} {port}: {spec}",
                from.name
            );
        }
    }
}

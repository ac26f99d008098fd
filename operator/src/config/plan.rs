//! Plans: what an institution gets.

use acervo_tenancy::Limits;
use serde::Deserialize;

use crate::quantity::Amount;

/// What an institution gets.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Plan {
    /// The largest answer to one image request: `maxWidth`, `maxHeight` and `maxArea` in pixels; any
    /// size if absent.
    #[serde(default)]
    pub limits: Limits,
    /// What each pod of the image server gets.
    pub resources: Resources,
    /// What each ingest Job gets.
    pub ingest_resources: Resources,
    /// How many pods serve the institution, at the least; 1 if absent.
    #[serde(default = "one")]
    pub replicas: u32,
    /// How many pods may serve it when there is much to do; as many as `replicas` if absent. Only
    /// institutions on a `ReadWriteMany` volume ever get more than `replicas`.
    #[serde(default)]
    pub max_replicas: Option<u32>,
}

/// What a container gets.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Resources {
    /// What is set aside for it.
    pub requests: Requests,
    /// What it can never exceed.
    pub limits: ResourceLimits,
}

/// What is set aside for a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Requests {
    /// Processor, in cores, such as `100m`.
    pub cpu: Amount,
    /// Memory in bytes, such as `128Mi`.
    pub memory: Amount,
}

/// What a container can never exceed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResourceLimits {
    /// Processor, in cores; whatever its node has free if absent.
    #[serde(default)]
    pub cpu: Option<Amount>,
    /// Memory in bytes, such as `512Mi`.
    pub memory: Amount,
}

fn one() -> u32 {
    1
}

impl Plan {
    /// The most pods that may serve an institution at once.
    #[must_use]
    pub fn most_replicas(&self) -> u32 {
        self.max_replicas.unwrap_or(self.replicas)
    }

    /// What is wrong with the plan: the field and why.
    pub(super) fn fault(&self) -> Option<(&'static str, &'static str)> {
        if !(1..=100).contains(&self.replicas) {
            return Some(("replicas", "it must be from 1 to 100"));
        }
        if !(self.replicas..=100).contains(&self.most_replicas()) {
            return Some(("maxReplicas", "it must be from replicas to 100"));
        }
        let resources = [
            ("resources", &self.resources),
            ("ingestResources", &self.ingest_resources),
        ];
        resources
            .into_iter()
            .find_map(|(field, resources)| Some((field, resources.fault()?)))
    }
}

impl Resources {
    fn fault(&self) -> Option<&'static str> {
        let Self { requests, limits } = self;
        if requests.memory > limits.memory {
            return Some("requests.memory is above limits.memory");
        }
        let least = Amount::whole(16 << 20);
        if limits.memory < least {
            return Some("limits.memory is below 16Mi; is its unit missing?");
        }
        if limits.cpu.is_some_and(|limit| requests.cpu > limit) {
            return Some("requests.cpu is above limits.cpu");
        }
        None
    }
}

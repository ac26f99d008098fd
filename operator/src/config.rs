//! The platform's configuration: what the chart's values say, and what is true for every institution.
//!
//! It is read from the key `config.yaml` of one ConfigMap, which the operator watches.

mod network;
mod plan;
mod routing;
mod sources;

use std::collections::BTreeMap;

use acervo_crds::{BaseUrl, PlatformConfig};
use acervo_tenancy::Language;
use k8s_openapi::api::core::v1::Toleration;
use serde::Deserialize;

pub use network::{Cidr, CidrError, Dns, NetworkPolicyConfig, Peer};
pub use plan::{Plan, Resources};
pub use routing::{Gateway, Ingress, Routing};
pub use sources::{AllowedEndpoint, AllowedEndpointError, S3Sources, Sources};

/// The platform's configuration.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OperatorConfig {
    /// Where institutions are found, and what they can have.
    pub platform: Platform,
    /// The image that servers and ingest Jobs run.
    pub image: Image,
    /// How readers' requests reach the institutions: exactly one of `gateway` and `ingress`.
    pub routing: Routing,
    /// On which nodes the institutions' pods run.
    #[serde(default)]
    pub scheduling: Scheduling,
    /// Who may speak with the institutions' pods.
    pub network_policy: NetworkPolicyConfig,
    /// How ingest Jobs run.
    #[serde(default)]
    pub ingest: Ingest,
    /// From where ingest may fetch images.
    #[serde(default)]
    pub sources: Sources,
    /// How what concerns the servers of many institutions at once reaches them.
    #[serde(default)]
    pub upgrades: Upgrades,
    /// The storage class of institutions that name none; the cluster's default class if absent.
    #[serde(default)]
    pub storage_class_name: Option<String>,
}

/// Where institutions are found, and what they can have.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Platform {
    /// The template of base URLs: `https://{institution}.iiif.example.org` (by host) or
    /// `https://iiif.example.org/{institution}` (by path).
    pub base_url: BaseUrl,
    /// The language of conditions and events: `es` (the default) or `en`.
    #[serde(default)]
    pub language: Language,
    /// The plans that institutions can name. The one that institutions without `spec.plan` get is
    /// `small`.
    pub plans: BTreeMap<String, Plan>,
}

/// The image that servers and ingest Jobs run.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Image {
    /// The reference, such as `registry.example.org/acervo/acervo:0.1.0`, better with a digest.
    pub reference: String,
    /// When nodes pull it: `IfNotPresent` (the default), `Always` or `Never`.
    #[serde(default)]
    pub pull_policy: PullPolicy,
    /// Secrets of the operator's namespace that the image is pulled with; they are copied into the
    /// namespace of each institution.
    #[serde(default)]
    pub pull_secrets: Vec<String>,
}

/// When nodes pull the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum PullPolicy {
    /// When they do not have it.
    #[default]
    IfNotPresent,
    /// At every start of a pod.
    Always,
    /// Never: it was put on the nodes by other means.
    Never,
}

/// On which nodes the institutions' pods run.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Scheduling {
    /// Labels that a node must have.
    pub node_selector: BTreeMap<String, String>,
    /// Taints that do not keep the pods away, as pods write them.
    pub tolerations: Vec<Toleration>,
}

/// How ingest Jobs run.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Ingest {
    /// The proxy to the world outside the cluster.
    pub proxy: Proxy,
    /// A ConfigMap of the operator's namespace with the key `ca.crt`: certificates (PEM) of the
    /// authorities that ingest trusts, instead of none. It is copied into the namespace of each
    /// institution.
    pub ca_bundle_config_map: Option<String>,
    /// How many Jobs of one institution may run at the same time, from 1 to 20.
    pub max_concurrent: u32,
    /// How many Jobs of all institutions together may run at the same time, from 1 to 1000.
    pub max_concurrent_platform: u32,
    /// How often the pod of a Job is started again after it failed.
    pub backoff_limit: u32,
    /// How many Jobs follow one that failed, after pauses that grow, from 0 to 10.
    pub retries: u32,
}

/// How what concerns the servers of many institutions at once reaches them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Upgrades {
    /// How many institutions are between two versions at the same time, from 1 to 1,000.
    pub max_concurrent: u16,
    /// How many seconds the new servers of one may take to come, from 1 to a day.
    pub deadline_seconds: u32,
}

/// The proxy to the world outside the cluster.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Proxy {
    /// For `http` addresses, such as `http://proxy.example.org:3128`.
    pub http: Option<String>,
    /// For `https` addresses.
    pub https: Option<String>,
    /// Hosts that are asked without it, separated by commas.
    pub no: Option<String>,
}

/// Why the configuration cannot be used. What was in use before stays in use.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The text is no YAML.
    #[error("the configuration is no YAML: {0}")]
    Yaml(String),
    /// A field is unknown, missing or of the wrong type.
    #[error("the configuration has a fault at {field}: {detail}")]
    Field {
        /// Its path, such as `platform.plans.small.replicas`.
        field: String,
        /// What is wrong.
        detail: String,
    },
}

impl Default for Ingest {
    fn default() -> Self {
        Self {
            proxy: Proxy::default(),
            ca_bundle_config_map: None,
            max_concurrent: 1,
            max_concurrent_platform: 10,
            backoff_limit: 2,
            retries: 3,
        }
    }
}

impl Default for Upgrades {
    fn default() -> Self {
        Self {
            max_concurrent: 5,
            deadline_seconds: 600,
        }
    }
}

impl PullPolicy {
    /// The policy as pods write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IfNotPresent => "IfNotPresent",
            Self::Always => "Always",
            Self::Never => "Never",
        }
    }
}

impl OperatorConfig {
    /// Reads the configuration.
    ///
    /// # Errors
    /// If the text is no YAML, or a field is not what it must be; the message names the field.
    pub fn from_yaml(yaml: &str) -> Result<Self, ConfigError> {
        let value: serde_json::Value =
            serde_saphyr::from_str(yaml).map_err(|error| ConfigError::Yaml(error.to_string()))?;
        let config: Self = serde_path_to_error::deserialize(value).map_err(|error| {
            let path = error.path().to_string();
            ConfigError::Field {
                field: if path == "." {
                    "its root".to_owned()
                } else {
                    path
                },
                detail: error.into_inner().to_string(),
            }
        })?;
        config.check()?;
        Ok(config)
    }

    /// What the tenant table's function needs to know of it.
    #[must_use]
    pub fn platform(&self) -> PlatformConfig {
        let plans = self.platform.plans.iter();
        PlatformConfig {
            base_url: Some(self.platform.base_url.clone()),
            language: self.platform.language,
            lists_institutions: false,
            plans: plans
                .map(|(name, plan)| {
                    let plan = acervo_crds::Plan {
                        limits: plan.limits,
                    };
                    (name.clone(), plan)
                })
                .collect(),
        }
    }

    /// What types alone cannot hold.
    fn check(&self) -> Result<(), ConfigError> {
        let fault = |field: &str, detail: &str| {
            Err(ConfigError::Field {
                field: field.to_owned(),
                detail: detail.to_owned(),
            })
        };
        if self.platform.plans.is_empty() {
            return fault("platform.plans", "there must be at least one plan");
        }
        for (name, plan) in &self.platform.plans {
            if let Some((field, detail)) = plan.fault() {
                return fault(&format!("platform.plans.{name}.{field}"), detail);
            }
        }
        if self.image.reference.trim().is_empty() {
            return fault("image.reference", "it must name an image");
        }
        let network = &self.network_policy;
        if network.gateway_selectors.is_empty() && network.node_cidrs.is_empty() {
            return fault(
                "networkPolicy.gatewaySelectors",
                "without it and without nodeCIDRs nobody could reach the institutions; name the pods of the Gateway or Ingress controller",
            );
        }
        if !(1..=20).contains(&self.ingest.max_concurrent) {
            return fault("ingest.maxConcurrent", "it must be from 1 to 20");
        }
        if !(1..=1000).contains(&self.ingest.max_concurrent_platform) {
            return fault("ingest.maxConcurrentPlatform", "it must be from 1 to 1000");
        }
        if self.ingest.retries > 10 {
            return fault("ingest.retries", "it must be from 0 to 10");
        }
        if !(1..=1000).contains(&self.upgrades.max_concurrent) {
            return fault("upgrades.maxConcurrent", "it must be from 1 to 1000");
        }
        if !(1..=86_400).contains(&self.upgrades.deadline_seconds) {
            return fault("upgrades.deadlineSeconds", "it must be from 1 to 86400");
        }
        Ok(())
    }
}

//! From a resource and the facts about it to something that objects can be built from.

mod collections;
mod endpoint;
mod finding;
mod readers;
mod routing;
mod storage;

use std::collections::BTreeMap;

use acervo_crds::addresses::Addresses as Kept;
use acervo_crds::table::address_claimed;
use acervo_crds::{Claim, IiifInstitution, Reason, tenant_table};
use acervo_tenancy::{Bilingual, InstitutionName, TenantTable};
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::Resource as _;

use super::facts::{Facts, NamespaceState};
use crate::config::{OperatorConfig, Plan, Routing};
use crate::names;
use crate::quantity::Amount;

pub use collections::{ScheduleError, last_due, next_due};
pub use endpoint::is_allowed;
pub(super) use endpoint::{host_of, inside};
pub use finding::{About, Finding, FindingReason};
pub use readers::Readers;
pub use routing::{Addresses, Certificate, KeptPlace};
pub use storage::{Storage, Volume};

/// What the names of cert-manager's annotations begin with.
const CERT_MANAGER: &str = "cert-manager.io/";

/// An institution that objects can be built from.
#[derive(Debug, Clone)]
pub struct Validated<'a> {
    /// Its name.
    pub name: InstitutionName,
    /// Its namespace.
    pub namespace: String,
    /// The reference that its children carry; namespace and claim only if they are deleted with it.
    pub owner: OwnerReference,
    /// The resource.
    pub institution: &'a IiifInstitution,
    /// The platform's configuration.
    pub config: &'a OperatorConfig,
    /// What is known of the cluster.
    pub facts: &'a Facts,
    /// Its plan.
    pub plan: &'a Plan,
    /// The table that its image server serves; it has exactly one tenant.
    pub table: TenantTable,
    /// Where readers find it.
    pub addresses: Addresses,
    /// Who answers them.
    pub readers: Readers,
    /// Its volume.
    pub storage: Storage,
    /// What is not as the resource wants it, and does not stop the rest.
    pub findings: Vec<Finding>,
}

/// Why nothing can be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {}", .kind.as_str(), .message.en)]
pub struct ValidateError {
    /// What kind of error it is.
    pub kind: ValidateErrorKind,
    /// What is wrong and what to do, for the condition `Ready`.
    pub message: Bilingual,
}

/// The kinds of error; the names are those of condition reasons and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValidateErrorKind {
    /// The stored object breaks a rule of the resource.
    InvalidResource,
    /// The platform has no plan of that name.
    UnknownPlan,
    /// The namespace is somebody else's.
    NamespaceTaken,
    /// The namespace is being deleted.
    NamespaceTerminating,
}

impl ValidateErrorKind {
    /// The reason as conditions write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidResource => "InvalidResource",
            Self::UnknownPlan => "UnknownPlan",
            Self::NamespaceTaken => "NamespaceTaken",
            Self::NamespaceTerminating => "NamespaceTerminating",
        }
    }
}

impl ValidateError {
    fn new(kind: ValidateErrorKind, es: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            kind,
            message: Bilingual::new(es, en),
        }
    }
}

impl Validated<'_> {
    /// The primary address, with final slash.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/", self.addresses.base_url)
    }

    /// When time alone makes somebody else answer readers, by what is `observed` now.
    #[must_use]
    pub fn readers_change_at(&self, observed: &Facts) -> Option<Timestamp> {
        readers::change_at(self.readers, self.institution, observed)
    }

    /// How many pods serve the institution, as long as nothing asks for more.
    #[must_use]
    pub fn replicas(&self) -> u32 {
        if self.readers.wants_server() {
            self.plan.replicas
        } else {
            0
        }
    }

    /// How many hosts cert-manager proves for the institution, with pods of its own in the namespace:
    /// those whose certificates the platform's annotations ask it for.
    #[must_use]
    pub fn solved_hosts(&self) -> usize {
        let asks = |annotations: &BTreeMap<String, String>| {
            let mut names = annotations.keys();
            names.any(|name| name.starts_with(CERT_MANAGER))
        };
        let own = self.addresses.certified_hosts().len();
        match &self.config.routing {
            _ if !self.addresses.https && own == 0 => 0,
            Routing::Gateway(gateway) if asks(&gateway.listener_set_annotations) => own,
            Routing::Ingress(ingress) if asks(&ingress.annotations) => {
                own + usize::from(ingress.own_certificates && self.addresses.https)
            }
            Routing::Gateway(_) | Routing::Ingress(_) => 0,
        }
    }

    /// The most pods that may serve it: more than [`Self::replicas`] only where pods of several nodes
    /// can mount the volume.
    #[must_use]
    pub fn most_replicas(&self) -> u32 {
        if self.storage.shared && self.readers.wants_server() {
            self.plan.most_replicas()
        } else {
            self.replicas()
        }
    }
}

/// Judges a resource by what is known of the cluster.
///
/// # Errors
/// What stops everything; nothing of the institution is touched then.
pub fn validate<'a>(
    institution: &'a IiifInstitution,
    facts: &'a Facts,
    config: &'a OperatorConfig,
) -> Result<Validated<'a>, ValidateError> {
    if !facts.obeys {
        obeys_rules(institution)?;
    }
    let (name, owner, size) = essentials(institution)?;
    let namespace = names::namespace(&name);
    namespace_is_ours(&namespace, facts.namespace)?;
    let spec = &institution.spec;
    let Some(plan) = config.platform.plans.get(&spec.plan) else {
        return Err(unknown_plan(&spec.plan, config));
    };
    let mut findings = Vec::new();
    let table = table(institution, facts, config, &mut findings)?;
    let tenant = table.tenants.first();
    let addresses = tenant.and_then(|tenant| routing::addresses(tenant, facts, config));
    let addresses = addresses.ok_or_else(no_address)?;
    routing::check(&addresses, facts, config, &mut findings);
    let routes = addresses.routes(facts.gateway, &config.routing);
    let readers = readers::readers(institution, &routes, facts);
    let class = config.storage_class_name.as_deref();
    let storage = storage::settle(&spec.storage, size, class, facts, &mut findings);
    collections::check(&spec.collections, facts, config, &mut findings);
    Ok(Validated {
        name,
        namespace,
        owner,
        institution,
        config,
        facts,
        plan,
        table,
        addresses,
        readers,
        storage,
        findings,
    })
}

/// The API server refuses what breaks a rule; what was stored under older rules, or past the API
/// server, is judged by the same schema and rules here.
fn obeys_rules(institution: &IiifInstitution) -> Result<(), ValidateError> {
    let Some(fault) = acervo_crds::faults(institution).into_iter().next() else {
        return Ok(());
    };
    Err(ValidateError::new(
        ValidateErrorKind::InvalidResource,
        format!("{}: {}", fault.field, fault.message.es),
        format!("{}: {}", fault.field, fault.message.en),
    ))
}

/// Name, owner reference and size, which every institution that obeys the rules has.
fn essentials(
    institution: &IiifInstitution,
) -> Result<(InstitutionName, OwnerReference, Amount), ValidateError> {
    let invalid = |field: &str| {
        ValidateError::new(
            ValidateErrorKind::InvalidResource,
            format!("{field} falta o no se puede leer; aplique de nuevo el YAML de la institución"),
            format!("{field} is missing or cannot be read; apply the institution's YAML again"),
        )
    };
    let name = institution.metadata.name.as_deref().unwrap_or_default();
    let name = name.parse().map_err(|_| invalid("metadata.name"))?;
    let owner = institution.controller_owner_ref(&());
    let owner = owner.ok_or_else(|| invalid("metadata.uid"))?;
    let size = Amount::try_from(&institution.spec.storage.size);
    let size = size.map_err(|_| invalid("spec.storage.size"))?;
    Ok((name, owner, size))
}

fn namespace_is_ours(namespace: &str, state: NamespaceState) -> Result<(), ValidateError> {
    match state {
        NamespaceState::Absent | NamespaceState::Ours | NamespaceState::Retained => Ok(()),
        NamespaceState::Foreign => Err(ValidateError::new(
            ValidateErrorKind::NamespaceTaken,
            format!(
                "el espacio de nombres {namespace} ya existe y no es de esta institución; elija otro nombre para la institución o borre ese espacio de nombres"
            ),
            format!(
                "the namespace {namespace} already exists and is not this institution's; choose another name for the institution or delete that namespace"
            ),
        )),
        NamespaceState::Terminating => Err(ValidateError::new(
            ValidateErrorKind::NamespaceTerminating,
            format!(
                "el espacio de nombres {namespace} se está borrando; la institución se creará de nuevo cuando termine"
            ),
            format!(
                "the namespace {namespace} is being deleted; the institution will be made again once that has ended"
            ),
        )),
    }
}

fn unknown_plan(plan: &str, config: &OperatorConfig) -> ValidateError {
    let known: Vec<_> = config.platform.plans.keys().map(String::as_str).collect();
    let known = known.join(", ");
    ValidateError::new(
        ValidateErrorKind::UnknownPlan,
        format!("la plataforma no tiene ningún plan «{plan}»; escriba uno de estos: {known}"),
        format!("the platform has no plan \"{plan}\"; write one of: {known}"),
    )
}

/// Never seen: the platform's base URL gives every institution an address.
fn no_address() -> ValidateError {
    ValidateError::new(
        ValidateErrorKind::InvalidResource,
        "la institución no tiene ninguna dirección; revise platform.baseUrl en la configuración",
        "the institution has no address; look at platform.baseUrl in the configuration",
    )
}

/// The table of this one institution, without the hosts that it lost to older ones.
fn table(
    institution: &IiifInstitution,
    facts: &Facts,
    config: &OperatorConfig,
    findings: &mut Vec<Finding>,
) -> Result<TenantTable, ValidateError> {
    let lost_to = |host: &String| {
        let claim = facts.hosts.iter().find(|claim| &claim.host == host)?;
        claim.lost_to.as_deref()
    };
    let mut kept = institution.clone();
    // Of a suspended institution no server runs that could tell so, and none is to start anew for it.
    kept.spec.suspend = false;
    kept.spec.hostnames.retain(|host| {
        let Some(owner) = lost_to(host) else {
            return true;
        };
        findings.push(Finding::new(
            FindingReason::HostnameClaimed,
            format!(
                "«{host}» ya es de la institución «{owner}», que es anterior; quítelo de hostnames de una de las dos"
            ),
            format!(
                "\"{host}\" already belongs to the institution \"{owner}\", which is older; remove it from hostnames of one of the two"
            ),
        ));
        false
    });
    without_lost(&mut kept, facts, findings);
    let outcome = tenant_table(&[kept], &config.platform());
    for problem in outcome.problems {
        let costs_itself = match problem.reason {
            Reason::HostnameClaimed | Reason::HostnameOfPlatform => {
                Ok(FindingReason::HostnameOfPlatform)
            }
            Reason::AddressClaimed => Ok(FindingReason::AddressClaimed),
            Reason::AddressInvalid => Ok(FindingReason::AddressInvalid),
            Reason::UnknownPlan => Err(ValidateErrorKind::UnknownPlan),
            Reason::InvalidName | Reason::DuplicateInstitution => {
                Err(ValidateErrorKind::InvalidResource)
            }
        };
        let Bilingual { es, en } = problem.message.clone();
        let kind = match costs_itself {
            Ok(reason @ FindingReason::HostnameOfPlatform) => {
                findings.push(Finding::new(reason, es, en));
                continue;
            }
            Ok(reason) => {
                let field = problem.field;
                let (es, en) = (format!("{field}: {es}"), format!("{field}: {en}"));
                findings.push(Finding::new(reason, es, en));
                continue;
            }
            Err(kind) => kind,
        };
        return Err(ValidateError {
            kind,
            message: problem.message,
        });
    }
    // The language of conditions is no reason for the pods to start anew.
    let language = institution.spec.default_language;
    Ok(TenantTable {
        language,
        ..outcome.table
    })
}

/// Takes away the kept addresses whose places are others'.
fn without_lost(kept: &mut IiifInstitution, facts: &Facts, findings: &mut Vec<Finding>) {
    let name = kept
        .metadata
        .name
        .as_deref()
        .and_then(|name| name.parse().ok());
    let (Some(addresses), Some(name)) = (&mut kept.spec.addresses, name) else {
        return;
    };
    let mut lost = Vec::new();
    for (kind, template) in addresses.templates() {
        let claim = facts.kept.iter().find(|claim| claim.kind == kind);
        if let Some(owner) = claim.and_then(|claim| claim.lost_to.as_deref())
            && let Ok(template) = template
        {
            let claim = Claim::of(&template.of(&name));
            let place = format!("{}{}", claim.host, claim.prefix);
            let field = Kept::field(kind);
            let Bilingual { es, en } = address_claimed(&place, owner);
            findings.push(Finding::new(
                FindingReason::AddressClaimed,
                format!("{field}: {es}"),
                format!("{field}: {en}"),
            ));
            lost.push(kind);
        }
    }
    lost.into_iter().for_each(|kind| addresses.remove(kind));
}

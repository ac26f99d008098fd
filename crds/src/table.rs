//! Institutions and platform configuration in, tenant table and problems out.

mod kept;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use acervo_tenancy::{
    Address, Bilingual, Collection, Featured, Images, InstitutionName, LanguageMap, Pages,
    TABLE_VERSION, Tenant, TenantTable, rights,
};
use serde::Serialize;

use crate::{BaseUrl, Claim, IiifInstitution, Plan, PlatformConfig};

pub use kept::address_claimed;

/// What [`tenant_table`] makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Every institution that can be served, by name.
    pub table: TenantTable,
    /// What could not be as its resource wants it; the older institution first.
    pub problems: Vec<Problem>,
}

/// Something that only shows beside the platform's configuration or the other institutions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// The institution.
    pub institution: String,
    /// The path of the field, such as `spec.hostnames[0]`.
    pub field: String,
    /// What kind of problem it is.
    pub reason: Reason,
    /// What is wrong and what to do.
    pub message: Bilingual,
}

/// The kinds of problem; the names are those of condition reasons and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Reason {
    /// The platform has no plan of that name: the institution is not served.
    UnknownPlan,
    /// `metadata.name` is no name of an institution: it is not served.
    InvalidName,
    /// An older institution has the same name: this one is not served.
    DuplicateInstitution,
    /// An older institution has claimed the host: this one answers on its other addresses.
    HostnameClaimed,
    /// The host is the platform's: the institution answers on its other addresses.
    HostnameOfPlatform,
    /// The place of a kept address is another institution's or the platform's: the institution answers
    /// on its other addresses.
    AddressClaimed,
    /// A kept address cannot be read: the institution answers on its other addresses.
    AddressInvalid,
}

impl Reason {
    /// The reason as conditions write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownPlan => "UnknownPlan",
            Self::InvalidName => "InvalidName",
            Self::DuplicateInstitution => "DuplicateInstitution",
            Self::HostnameClaimed => "HostnameClaimed",
            Self::HostnameOfPlatform => "HostnameOfPlatform",
            Self::AddressClaimed => "AddressClaimed",
            Self::AddressInvalid => "AddressInvalid",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What the serving code needs to know of these institutions under this configuration.
///
/// The older institution wins where two want the same: by creation time, then UID, then name; one
/// without creation time is the youngest. Institutions with an unknown plan still claim their hosts, so
/// that a mistyped plan gives no host away.
#[must_use]
pub fn tenant_table<'p>(
    institutions: &'p [IiifInstitution],
    platform: &'p PlatformConfig,
) -> Outcome {
    let mut oldest_first: Vec<_> = institutions.iter().collect();
    oldest_first.sort_by_key(|institution| {
        let metadata = &institution.metadata;
        let created = metadata.creation_timestamp.as_ref().map(|time| time.0);
        (created.is_none(), created, &metadata.uid, &metadata.name)
    });
    let mut making = Making {
        platform,
        names: oldest_first
            .iter()
            .filter_map(|institution| institution.metadata.name.as_deref())
            .collect(),
        claims: BTreeMap::new(),
        problems: Vec::new(),
    };
    let mut tenants = BTreeMap::new();
    for institution in oldest_first {
        let Some(name) = making.name(institution) else {
            continue;
        };
        if tenants.contains_key(&name) {
            making.duplicate(&name);
            continue;
        }
        let tenant = making.tenant(&name, institution);
        tenants.insert(name, tenant);
    }
    let table = TenantTable {
        version: TABLE_VERSION,
        language: platform.language,
        lists_institutions: platform.lists_institutions,
        tenants: tenants.into_values().flatten().collect(),
    };
    Outcome {
        table,
        problems: making.problems,
    }
}

/// The work in hand.
struct Making<'p> {
    platform: &'p PlatformConfig,
    /// The names of all institutions.
    names: BTreeSet<&'p str>,
    /// Who has each claimed place.
    claims: BTreeMap<Claim, InstitutionName>,
    problems: Vec<Problem>,
}

impl Making<'_> {
    fn problem(&mut self, name: &str, field: String, reason: Reason, message: Bilingual) {
        self.problems.push(Problem {
            institution: name.to_owned(),
            field,
            reason,
            message,
        });
    }

    fn name(&mut self, institution: &IiifInstitution) -> Option<InstitutionName> {
        let text = institution.metadata.name.as_deref().unwrap_or_default();
        let name = text.parse();
        if name.is_err() {
            let message = Bilingual::new(
                format!(
                    "«{text}» no sirve como nombre de una institución; escriba de 1 a 40 letras minúsculas, cifras o guiones"
                ),
                format!(
                    "\"{text}\" cannot be the name of an institution; write 1 to 40 lower-case letters, digits or hyphens"
                ),
            );
            self.problem(
                text,
                "metadata.name".to_owned(),
                Reason::InvalidName,
                message,
            );
        }
        name.ok()
    }

    fn duplicate(&mut self, name: &InstitutionName) {
        let message = Bilingual::new(
            format!(
                "ya hay otra institución llamada «{name}»; escriba otro nombre o quite una de las dos"
            ),
            format!(
                "there is another institution called \"{name}\"; write another name or remove one of the two"
            ),
        );
        let field = "metadata.name".to_owned();
        self.problem(name.as_str(), field, Reason::DuplicateInstitution, message);
    }

    /// The institution as the table has it; nothing if its plan is unknown.
    fn tenant(&mut self, name: &InstitutionName, institution: &IiifInstitution) -> Option<Tenant> {
        let spec = &institution.spec;
        let addresses = self.addresses(name, &spec.hostnames);
        let wanted = spec.addresses.as_ref();
        let kept = wanted.map(|wanted| self.kept(name, wanted));
        let mut collections: Vec<_> = spec.collections.iter().map(collection).collect();
        self.tell_apart(name, &mut collections);
        let limits = self.plan(name, &spec.plan)?.limits;
        let wanted = spec.images.clone().unwrap_or_default();
        let images = Images {
            limits: wanted.within(limits),
            upscaling: wanted.upscaling,
            max_age: wanted.max_age.unwrap_or(Images::DAY),
        };
        Some(Tenant {
            name: name.clone(),
            display_name: spec.display_name.clone(),
            homepage: spec.homepage.clone(),
            default_language: spec.default_language,
            addresses,
            kept: kept.unwrap_or_default(),
            pages: spec.pages.as_ref().map(pages).unwrap_or_default(),
            images,
            suspended: spec.suspend,
            collections,
        })
    }

    fn plan(&mut self, name: &InstitutionName, plan: &str) -> Option<&Plan> {
        let platform = self.platform;
        let found = platform.plans.get(plan);
        if found.is_none() {
            let known: Vec<_> = platform.plans.keys().map(String::as_str).collect();
            let known = known.join(", ");
            let message = Bilingual::new(
                format!(
                    "la plataforma no tiene ningún plan «{plan}»; escriba uno de estos: {known}"
                ),
                format!("the platform has no plan \"{plan}\"; write one of: {known}"),
            );
            self.problem(
                name.as_str(),
                "spec.plan".to_owned(),
                Reason::UnknownPlan,
                message,
            );
        }
        found
    }

    /// The primary address, then one for each host that the institution can have.
    fn addresses(&mut self, name: &InstitutionName, hostnames: &[String]) -> Vec<Address> {
        let base_url = self.platform.base_url.as_ref();
        let mut addresses = vec![primary(name, base_url)];
        for (index, host) in hostnames.iter().enumerate() {
            let address = extra(host, base_url);
            if let Some((reason, message)) = self.refuses(name, &address) {
                self.problem(
                    name.as_str(),
                    format!("spec.hostnames[{index}]"),
                    reason,
                    message,
                );
            } else if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        addresses
    }

    /// Claims the address for the institution, or says why it cannot have it.
    fn refuses(
        &mut self,
        name: &InstitutionName,
        address: &Address,
    ) -> Option<(Reason, Bilingual)> {
        let host = address.host.clone().unwrap_or_default();
        if self
            .platform
            .base_url
            .as_ref()
            .is_some_and(|base_url| base_url.owns(&host))
        {
            let message = Bilingual::new(
                format!("«{host}» es un nombre de la propia plataforma; quítelo de hostnames"),
                format!("\"{host}\" is a name of the platform itself; remove it from hostnames"),
            );
            return Some((Reason::HostnameOfPlatform, message));
        }
        let claim = Claim::host(&host);
        let owner = self.claims.entry(claim).or_insert_with(|| name.clone());
        if owner == name {
            return None;
        }
        let message = Bilingual::new(
            format!(
                "«{host}» ya es de la institución «{owner}», que es anterior; quítelo de hostnames de una de las dos"
            ),
            format!(
                "\"{host}\" already belongs to the institution \"{owner}\", which is older; remove it from hostnames of one of the two"
            ),
        );
        Some((Reason::HostnameClaimed, message))
    }
}

fn primary(name: &InstitutionName, base_url: Option<&BaseUrl>) -> Address {
    base_url.map_or_else(
        || Address {
            host: None,
            origin: None,
            prefix: format!("/{name}"),
        },
        |base_url| base_url.address(name),
    )
}

fn extra(host: &str, base_url: Option<&BaseUrl>) -> Address {
    base_url.map_or_else(
        || Address {
            host: Some(host.to_owned()),
            origin: None,
            prefix: String::new(),
        },
        |base_url| base_url.extra_address(host),
    )
}

fn collection(of: &crate::collection::Collection) -> Collection {
    let by_name = || LanguageMap::from([("und", of.name.as_str())]);
    Collection {
        name: of.name.clone(),
        label: of.label.clone().unwrap_or_else(by_name),
        description: of.description.clone(),
        rights: of.rights.as_deref().map(rights::normalise),
        required_statement: of.required_statement.clone(),
        address_name: of.address_name.clone(),
    }
}

fn pages(of: &crate::pages::Pages) -> Pages {
    let featured = of.featured.iter().map(|one| Featured {
        collection: one.collection.clone(),
        item: one.item.clone(),
    });
    Pages {
        about: of.about.clone(),
        logo: of.logo.clone(),
        accent: of.accent.clone(),
        featured: featured.collect(),
    }
}

/// Who else has a place, or one above it.
fn other_owner<'c>(
    claims: &'c BTreeMap<Claim, InstitutionName>,
    wanted: &Claim,
    name: &InstitutionName,
) -> Option<&'c InstitutionName> {
    let mut owners = wanted.and_above().filter_map(|place| claims.get(&place));
    owners.find(|owner| *owner != name)
}

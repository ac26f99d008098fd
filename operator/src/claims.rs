//! Claims of hosts, and of the places of kept addresses: the older institution keeps what two of them
//! claim. Pure.

use acervo_crds::claims::claims_of;
use acervo_crds::{BaseUrl, Claim, IiifInstitution, PlatformPlace};
use jiff::Timestamp;

use crate::reconcile::facts::{HostClaim, KeptClaim};

/// How the claims of an institution are settled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settled {
    /// Those of `spec.hostnames`.
    pub hosts: Vec<HostClaim>,
    /// Those of `spec.addresses`.
    pub kept: Vec<KeptClaim>,
}

/// An institution as those must know it who want what it claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimant {
    name: String,
    created: Option<Timestamp>,
    uid: String,
    claims: Vec<Claim>,
}

impl Claimant {
    /// What an institution claims, and since when.
    #[must_use]
    pub fn of(institution: &IiifInstitution) -> Self {
        let metadata = &institution.metadata;
        let created = metadata.creation_timestamp.as_ref();
        Self {
            name: name(institution).to_owned(),
            created: created.map(|time| time.0),
            uid: metadata.uid.clone().unwrap_or_default(),
            claims: claims_of(institution),
        }
    }

    /// Who is older: by creation, then by UID, then by name.
    fn age(&self) -> (Option<Timestamp>, &str, &str) {
        (self.created, &self.uid, &self.name)
    }
}

/// One claim of the institution, and the oldest of those that it is lost to so far.
struct Wanted<'i> {
    claim: Claim,
    holder: Option<&'i Claimant>,
    /// The institution whose primary address the place is part of.
    resident: Option<String>,
    /// Whether anybody else claims a part of the same host.
    shared: bool,
}

fn name(institution: &IiifInstitution) -> &str {
    institution.metadata.name.as_deref().unwrap_or_default()
}

/// How the claims of `institution` are settled among its `rivals`: at least those with claims on the same
/// hosts, and those whose primary addresses its claims may be part of. What the platform's own addresses
/// forbid everybody is not looked at here.
#[must_use]
pub fn settle(institution: &IiifInstitution, rivals: &[Claimant], base_url: &BaseUrl) -> Settled {
    let spec = &institution.spec;
    let hosts = spec.hostnames.iter().map(|host| Claim::host(host));
    let own_name = name(institution).parse().ok();
    let templates = spec.addresses.iter().flat_map(|kept| kept.templates());
    let (kinds, places): (Vec<_>, Vec<_>) = templates
        .filter_map(|(kind, template)| {
            Some((kind, Claim::of(&template.ok()?.of(own_name.as_ref()?))))
        })
        .unzip();
    let mut wanted: Vec<Wanted<'_>> = hosts.chain(places).map(Wanted::new).collect();
    let own = Claimant::of(institution);
    for other in rivals.iter().filter(|other| other.name != own.name) {
        for one in &mut wanted {
            one.beside(&own, other, base_url);
        }
    }
    let mut wanted = wanted.into_iter();
    let hosts = wanted
        .by_ref()
        .take(spec.hostnames.len())
        .map(|one| HostClaim {
            lost_to: one.lost_to(),
            host: one.claim.host,
        });
    let hosts = hosts.collect();
    let kept = wanted.zip(kinds).map(|(one, kind)| KeptClaim {
        kind,
        lost_to: one.lost_to(),
        shared: one.shared,
    });
    Settled {
        hosts,
        kept: kept.collect(),
    }
}

impl<'i> Wanted<'i> {
    fn new(claim: Claim) -> Self {
        Self {
            claim,
            holder: None,
            resident: None,
            shared: false,
        }
    }

    /// Takes note of another institution and its claims.
    fn beside(&mut self, own: &Claimant, other: &'i Claimant, base_url: &BaseUrl) {
        let claim = &self.claim;
        let resident = match BaseUrl::place(Some(base_url), &claim.host, &claim.prefix) {
            PlatformPlace::Institution(resident) if !claim.prefix.is_empty() => Some(resident),
            _ => None,
        };
        if resident == Some(other.name.as_str()) {
            self.resident = Some(other.name.clone());
        }
        // Nobody has a whole host of the platform.
        let may = |their: &&Claim| !(their.prefix.is_empty() && base_url.owns(&their.host));
        let theirs = || other.claims.iter().filter(may);
        self.shared |= theirs().any(|their| their.host == claim.host);
        let is_older = |holder: &Claimant| other.age() < holder.age();
        if resident != Some(own.name.as_str())
            && is_older(own)
            && self.holder.is_none_or(is_older)
            && theirs().any(|their| their.covers(claim))
        {
            self.holder = Some(other);
        }
    }

    fn lost_to(&self) -> Option<String> {
        let holder = self.holder.map(|holder| holder.name.clone());
        self.resident.clone().or(holder)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{Claimant, Settled, settle};
    use acervo_crds::IiifInstitution;

    fn institution(name: &str, created: &str, hosts: &[&str]) -> IiifInstitution {
        serde_json::from_value(serde_json::json!({
            "apiVersion": "acervo.dev/v1alpha1", "kind": "IiifInstitution",
            "metadata": {"name": name, "uid": name, "creationTimestamp": created},
            "spec": {"displayName": {"es": name}, "storage": {"size": "1Gi"}, "hostnames": hosts},
        }))
        .unwrap()
    }

    #[test]
    fn the_older_institution_keeps_a_host_and_the_younger_keeps_its_others() {
        let old = institution("vieja", "2026-01-01T00:00:00Z", &["a.example.org"]);
        let young = institution(
            "nueva",
            "2026-02-01T00:00:00Z",
            &["a.example.org", "b.example.org"],
        );
        let all = [young.clone(), old.clone()];
        let lost = |i: &IiifInstitution| {
            settled(i, &all)
                .hosts
                .into_iter()
                .map(|c| c.lost_to)
                .collect::<Vec<_>>()
        };
        assert_eq!(lost(&old), [None]);
        assert_eq!(lost(&young), [Some("vieja".to_owned()), None]);
    }

    #[test]
    fn of_two_made_in_one_second_the_lower_uid_keeps_it() {
        let a = institution("a", "2026-01-01T00:00:00Z", &["x.example.org"]);
        let b = institution("b", "2026-01-01T00:00:00Z", &["x.example.org"]);
        let all = [b.clone(), a.clone()];
        assert_eq!(settled(&a, &all).hosts[0].lost_to, None);
        assert_eq!(settled(&b, &all).hosts[0].lost_to.as_deref(), Some("a"));
    }

    fn settled(institution: &IiifInstitution, all: &[IiifInstitution]) -> Settled {
        let base_url = "https://iiif.example.org".parse().unwrap();
        let rivals: Vec<_> = all.iter().map(Claimant::of).collect();
        settle(institution, &rivals, &base_url)
    }

    fn keeping(name: &str, day: u8, manifest: &str) -> IiifInstitution {
        let mut institution = institution(name, &format!("2026-01-{day:02}T00:00:00Z"), &[]);
        let addresses = serde_json::json!({"manifest": format!("https://{manifest}")});
        institution.spec.addresses = serde_json::from_value(addresses).unwrap();
        institution
    }

    /// Who has the younger's kept address, and whether its host is anybody else's too.
    #[test]
    fn a_kept_address_is_lost_to_an_older_one_above_it_and_to_whoever_lives_there() {
        let young = |manifest| keeping("b", 9, manifest);
        for (other, one, lost_to, shared) in [
            (
                keeping("a", 1, "h.example.org/x/{item}"),
                young("h.example.org/x/{item}"),
                Some("a"),
                true,
            ),
            (
                keeping("a", 1, "h.example.org/x/{item}"),
                young("h.example.org/x/y/{item}"),
                Some("a"),
                true,
            ),
            (
                keeping("a", 1, "h.example.org/x/y/{item}"),
                young("h.example.org/x/{item}"),
                None,
                true,
            ),
            (
                keeping("a", 1, "h.example.org/x/{item}"),
                young("h.example.org/y/{item}"),
                None,
                true,
            ),
            (
                keeping("a", 1, "i.example.org/x/{item}"),
                young("h.example.org/x/{item}"),
                None,
                false,
            ),
            (
                keeping("c", 10, "h.example.org/x/{item}"),
                young("h.example.org/x/{item}"),
                None,
                true,
            ),
            (
                institution("a", "2026-01-01T00:00:00Z", &["h.example.org"]),
                young("h.example.org/x/{item}"),
                Some("a"),
                true,
            ),
            (
                institution("c", "2026-02-01T00:00:00Z", &[]),
                young("iiif.example.org/c/x/{item}"),
                Some("c"),
                false,
            ),
            (
                institution("a", "2026-01-01T00:00:00Z", &["iiif.example.org"]),
                young("iiif.example.org/x/{item}"),
                None,
                false,
            ),
            (
                keeping("a", 1, "iiif.example.org/b/x/{item}"),
                young("iiif.example.org/b/x/{item}"),
                None,
                true,
            ),
        ] {
            let kept = settled(&one, &[other.clone(), one.clone()]).kept;
            let found = (kept[0].lost_to.as_deref(), kept[0].shared);
            assert_eq!(found, (lost_to, shared), "{:?} {:?}", other.spec, one.spec);
        }
    }
}

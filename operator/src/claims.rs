//! Claims of hosts: the older institution keeps what two of them claim. Pure.

use std::collections::HashMap;

use acervo_crds::IiifInstitution;

use crate::reconcile::facts::HostClaim;

/// Who is older: by creation, then by UID, then by name.
fn age(institution: &IiifInstitution) -> (Option<jiff::Timestamp>, &str, &str) {
    let metadata = &institution.metadata;
    (
        metadata.creation_timestamp.as_ref().map(|time| time.0),
        metadata.uid.as_deref().unwrap_or_default(),
        metadata.name.as_deref().unwrap_or_default(),
    )
}

/// How the claims of `institution` are settled among `all`.
#[must_use]
pub fn settle<'i>(
    institution: &IiifInstitution,
    all: impl IntoIterator<Item = &'i IiifInstitution>,
) -> Vec<HostClaim> {
    let mut oldest: HashMap<&str, &IiifInstitution> = HashMap::new();
    let wanted = &institution.spec.hostnames;
    for other in all {
        for host in other
            .spec
            .hostnames
            .iter()
            .filter(|host| wanted.contains(host))
        {
            let holder = oldest.entry(host).or_insert(other);
            if age(other) < age(holder) {
                *holder = other;
            }
        }
    }
    let claim = |host: &String| {
        let holder = oldest
            .get(host.as_str())
            .filter(|holder| age(holder) < age(institution));
        let lost_to = holder.and_then(|holder| holder.metadata.name.clone());
        HostClaim {
            host: host.clone(),
            lost_to,
        }
    };
    wanted.iter().map(claim).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::settle;
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
            settle(i, &all)
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
        assert_eq!(settle(&a, &all)[0].lost_to, None);
        assert_eq!(settle(&b, &all)[0].lost_to.as_deref(), Some("a"));
    }
}

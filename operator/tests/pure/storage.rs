//! The volume: what is asked for, given what is there.

use acervo_crds::institution::DeletionPolicy;
use acervo_operator::quantity::Amount;
use acervo_operator::reconcile::facts::{ClaimPhase, StorageClassState};
use acervo_operator::reconcile::validate::Volume;

use crate::fixture::{Case, EXISTING_CLAIM, GATEWAY, INGRESS, MINIMAL};

/// Size, class and mode that are asked for, and the reasons of the findings.
fn asked(case: &Case) -> (String, Option<String>, String, Vec<&'static str>) {
    let validated = case.validate().unwrap();
    let Volume::Own {
        size,
        class,
        access_modes,
    } = validated.storage.volume
    else {
        panic!("an own volume")
    };
    let reasons = validated.findings.iter().map(|f| f.reason.as_str());
    (
        size.to_string(),
        class,
        access_modes.join(","),
        reasons.collect(),
    )
}

fn sized(size: &str) -> Case {
    let mut case = Case::running(MINIMAL, GATEWAY);
    case.institution.spec.storage.size.0 = size.to_owned();
    case
}

#[test]
fn a_volume_grows_where_its_class_lets_it() {
    let mut case = sized("8Gi");
    assert_eq!(asked(&case).0, "8Gi");
    for class in [
        StorageClassState::Unknown,
        StorageClassState::Found {
            name: "shelf".to_owned(),
            expandable: false,
        },
    ] {
        case.facts.storage_class = class;
        let (size, .., reasons) = asked(&case);
        assert_eq!(
            (size.as_str(), &reasons[..]),
            ("5Gi", &["StorageCannotGrow"][..])
        );
    }
}

/// The API server refuses to change a claim that is not bound; it will be asked again once it is.
#[test]
fn a_volume_that_is_not_bound_waits_with_its_growth() {
    let mut case = sized("8Gi");
    case.facts.claim.as_mut().unwrap().phase = ClaimPhase::Pending;
    assert_eq!(asked(&case).0, "5Gi");
    assert_eq!(asked(&case).3, Vec::<&str>::new());
}

/// An institution that is applied again may ask for less than what was retained of it.
#[test]
fn a_volume_never_shrinks() {
    let case = sized("1Gi");
    assert_eq!(asked(&case).0, "5Gi");
    assert_eq!(asked(&case).3, ["StorageLarger"]);
}

#[test]
fn class_and_mode_of_a_volume_stay_and_the_wish_is_answered() {
    let mut case = sized("5Gi");
    let claim = case.facts.claim.as_mut().unwrap();
    claim.storage_class = Some("old".to_owned());
    claim.access_modes = vec!["ReadWriteMany".to_owned()];
    assert_eq!(
        asked(&case),
        (
            "5Gi".to_owned(),
            Some("old".to_owned()),
            "ReadWriteMany".to_owned(),
            vec!["StorageFixed", "StorageFixed"]
        )
    );
    assert!(case.validate().unwrap().storage.shared);
}

/// So that what is asked for is the same before and after the cluster has filled in its default.
#[test]
fn the_default_class_is_named_in_a_new_claim() {
    let mut case = Case::running(MINIMAL, INGRESS);
    let running = asked(&case);
    case.facts.claim = None;
    assert_eq!(asked(&case), running);
    assert_eq!(running.1.as_deref(), Some("standard"));
}

#[test]
fn an_existing_claim_says_itself_how_it_is_mounted() {
    let mut case = Case::running(EXISTING_CLAIM, GATEWAY);
    assert!(!case.validate().unwrap().storage.shared);
    case.facts.claim.as_mut().unwrap().access_modes = vec!["ReadWriteMany".to_owned()];
    let validated = case.validate().unwrap();
    assert!(validated.storage.shared);
    assert_eq!(
        validated.storage.volume,
        Volume::Existing("nfs-mapas".to_owned())
    );
}

/// Namespaces go with all that is in them.
#[test]
fn an_existing_claim_and_its_namespace_outlive_every_institution() {
    let mut case = Case::running(EXISTING_CLAIM, GATEWAY);
    case.institution.spec.deletion_policy = DeletionPolicy::Delete;
    let resources = case.build();
    assert_eq!(resources.namespace.metadata.owner_references, None);
    assert_eq!(resources.claim, None);
    assert!(resources.deployment.metadata.owner_references.is_some());
}

#[test]
fn an_existing_claim_that_is_too_small_is_told_and_left_alone() {
    let mut case = Case::running(EXISTING_CLAIM, GATEWAY);
    let reasons = |case: &Case| -> Vec<_> {
        let validated = case.validate().unwrap();
        let reasons = validated.findings.iter().map(|f| f.reason.as_str());
        reasons.collect()
    };
    assert_eq!(reasons(&case), [""; 0]);
    let claim = case.facts.claim.as_mut().unwrap();
    claim.requested = Some("1Mi".parse().unwrap());
    assert_eq!(reasons(&case), ["ClaimSmaller"]);
}

#[test]
fn sizes_are_written_as_the_api_server_stores_them() {
    let mut case = sized("1.5Ti");
    case.facts.claim = None;
    assert_eq!(asked(&case).0, "1536Gi");
    let hard = case.build().quota.spec.unwrap().hard.unwrap();
    assert_eq!(
        Amount::try_from(&hard["requests.storage"]),
        Ok("1.5Ti".parse().unwrap())
    );
}

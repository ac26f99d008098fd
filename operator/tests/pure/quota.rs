//! The room of an institution: what of its quota is written while its servers change.

use std::collections::BTreeMap;

use acervo_operator::children::{Child, Key, Kind, Seen};
use acervo_operator::digest;
use acervo_operator::names;
use acervo_operator::quantity::Amount;
use acervo_operator::reconcile::build::{Prepared, Resources};
use acervo_operator::reconcile::facts::ServerState;
use acervo_operator::reconcile::plan::{Plan, Write};
use k8s_openapi::api::core::v1::ResourceQuota;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use crate::fixture::{Case, GATEWAY, MINIMAL};
use crate::objects::value;

fn of_plan(plan: &str) -> Resources<Prepared> {
    let mut case = Case::running(MINIMAL, GATEWAY);
    case.institution.spec.plan = plan.to_owned();
    case.build()
}

fn allowed(quota: &ResourceQuota) -> Vec<(Box<str>, Amount)> {
    let hard = quota.spec.as_ref().and_then(|spec| spec.hard.as_ref());
    let amount =
        |(name, amount): (&String, _)| (name.as_str().into(), Amount::try_from(amount).unwrap());
    hard.into_iter().flatten().map(amount).collect()
}

/// What is known once the quota and the Deployment of these resources were written; of the one pod wanted,
/// `updated` follow the newest template.
fn known(
    quota: &ResourceQuota,
    servers: &Resources<Prepared>,
    updated: i32,
) -> BTreeMap<Key, Child> {
    let child = |json, seen| Child {
        version: 1,
        owned: Some(digest::wanted(&json)),
        stands_for: None,
        terminating: false,
        seen,
    };
    let seen = Seen::Quota {
        counted: true,
        allowed: allowed(quota).into(),
    };
    let server = ServerState {
        replicas: 1,
        updated,
        total: 1,
        available: updated,
        ..ServerState::default()
    };
    BTreeMap::from([
        (
            (Kind::ResourceQuota, names::INSTITUTION_OBJECT.into()),
            child(value(quota), seen),
        ),
        (
            (Kind::Deployment, names::IMAGE_SERVER.into()),
            child(value(&servers.deployment), Seen::Server(Box::new(server))),
        ),
    ])
}

/// What the quota is to allow after the plan; none if it is not written.
fn written(
    wanted: &Resources<Prepared>,
    known: &BTreeMap<Key, Child>,
) -> Option<Vec<(Box<str>, Amount)>> {
    let mut plan = Plan::new(wanted, known);
    std::iter::from_fn(|| plan.next(|| known.clone())).find_map(|step| match step.write {
        Write::Apply { key, object, .. } if key.0 == Kind::ResourceQuota => {
            Some(allowed(&serde_json::from_value(object).unwrap()))
        }
        _ => None,
    })
}

#[test]
fn a_smaller_plan_takes_its_room_once_no_pod_of_the_larger_one_is_left() {
    let (big, small) = (of_plan("big"), of_plan("small"));
    let (much, little) = (allowed(&big.quota), allowed(&small.quota));
    // Of the larger plan's room, the limit of processors is not counted any longer: new pods have none.
    let kept: Vec<_> = little
        .iter()
        .map(|(name, few)| {
            let before = much.iter().find(|(before, _)| before == name);
            (
                name.clone(),
                before.map_or(*few, |(_, amount)| *amount.max(few)),
            )
        })
        .collect();
    assert!(kept != little, "the plans differ");
    let roomy = |quota: &ResourceQuota| {
        let mut quota = quota.clone();
        let hard = quota.spec.as_mut().unwrap().hard.as_mut().unwrap();
        for (name, amount) in &kept {
            hard.insert(name.to_string(), (*amount).into());
        }
        quota
    };
    for (what, quota, servers, updated, expected) in [
        (
            "the plan has just changed",
            &big.quota,
            &big,
            1,
            Some(&kept),
        ),
        (
            "new pods are on the way",
            &roomy(&small.quota),
            &small,
            0,
            None,
        ),
        (
            "they are there",
            &roomy(&small.quota),
            &small,
            1,
            Some(&little),
        ),
        ("at rest", &small.quota, &small, 1, None),
    ] {
        let known = known(quota, servers, updated);
        assert_eq!(written(&small, &known).as_ref(), expected, "{what}");
    }
    let grown = written(&big, &known(&small.quota, &small, 1));
    assert_eq!(grown, Some(much), "what grows, grows at once");
}

#[test]
fn room_that_somebody_else_gave_is_taken_at_once() {
    let small = of_plan("small");
    let mut raised = small.quota.clone();
    let hard = raised.spec.as_mut().unwrap().hard.as_mut().unwrap();
    hard.insert("pods".to_owned(), Quantity("100".to_owned()));
    let mut known = known(&raised, &small, 0);
    let quota = (Kind::ResourceQuota, names::INSTITUTION_OBJECT.into());
    assert_eq!(written(&small, &known), None, "it was ours to give");
    // The API server takes a field out of our record when somebody else changes it.
    let mut ours = value(&small.quota);
    let hard = ours["spec"]["hard"].as_object_mut().unwrap();
    hard.remove("pods");
    known.get_mut(&quota).unwrap().owned = Some(digest::wanted(&ours));
    let little = allowed(&small.quota);
    assert_eq!(written(&small, &known), Some(little), "others gave it");
}

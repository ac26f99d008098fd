//! Dereferencing: everything that the next steps must know. What is watched comes from memory; the
//! cluster is asked only for what cannot be watched, and where something of it matters.

use std::sync::Arc;

use acervo_crds::IiifInstitution;
use acervo_crds::claims::claims_of;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::{Namespace, PersistentVolumeClaim, Pod};
use kube::api::ListParams;
use kube::{Api, ResourceExt as _};

use super::facts::{Facts, JobPhase, JobState, NamespaceState};
use super::memory::Memory;
use crate::children::{Children, Kind, Seen};
use crate::claims;
use crate::context::Context;
use crate::inside::{LastWords, Place};
use crate::surroundings::Surroundings;
use crate::{digest, names, observe};

/// Why the cluster could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {source}")]
pub struct DereferenceError {
    what: String,
    source: Box<kube::Error>,
}

/// Everything that is known about an institution. `memory` is that of its earlier reconciles.
///
/// # Errors
/// If the API server cannot be asked. What merely does not exist is a fact, not an error.
pub async fn facts(
    institution: &IiifInstitution,
    context: &Context,
    surroundings: &Surroundings,
    memory: &mut Memory,
) -> Result<Facts, DereferenceError> {
    let name = institution.name_any();
    let namespace = names::namespace(&name);
    let mut facts = Facts::nothing_yet(Timestamp::now());

    // From memory.
    facts.obeys = memory.obeys.is_some() && memory.obeys == identity(institution);
    let rivals = context.institutions.rivals(&claims_of(institution));
    let base_url = &surroundings.config.platform.base_url;
    let settled = claims::settle(institution, &rivals, base_url);
    (facts.hosts, facts.kept) = (settled.hosts, settled.kept);
    observe(&mut facts, &context.children, &name);
    facts.listener_sets = context.children.has(Kind::ListenerSet);
    facts.gateway = surroundings.gateway;
    facts.listeners = Arc::clone(&surroundings.listeners);
    facts.pull_secrets.clone_from(&surroundings.pull_secrets);
    facts.ca_bundle.clone_from(&surroundings.ca_bundle);
    facts.inside = context
        .insides
        .at(&name.as_str().into(), place(institution, &facts));

    // From the cluster.
    if facts.namespace == NamespaceState::Absent {
        facts.namespace = namespace_state(context, &name).await?;
    }
    if let Some(claim) = &institution.spec.storage.existing_claim {
        facts.claim = existing_claim(context, &namespace, claim).await?;
    }
    last_words(context, &namespace, &mut facts, memory).await?;
    hindrances(context, &namespace, &mut facts, memory).await?;

    let claimed = facts
        .claim
        .as_ref()
        .and_then(|claim| claim.storage_class.as_deref());
    let wanted = institution.spec.storage.storage_class_name.as_deref();
    let class = claimed
        .or(wanted)
        .or(surroundings.config.storage_class_name.as_deref());
    facts.storage_class = surroundings.storage_class(class);
    Ok(facts)
}

/// What changes whenever the rules have to be looked at again.
#[must_use]
pub fn identity(institution: &IiifInstitution) -> Option<(String, i64)> {
    let metadata = &institution.metadata;
    Some((metadata.uid.clone()?, metadata.generation?))
}

/// What is known of the institution's children, as they are now.
pub fn observe(facts: &mut Facts, children: &Children, institution: &str) {
    facts.claim = facts.claim.take_if(|claim| claim.is_existing);
    (facts.server, facts.service) = (None, None);
    facts.routes.clear();
    facts.notices.clear();
    facts.jobs.clear();
    facts.without_certificate.clear();
    let mut tables = Vec::new();
    for ((kind, name), child) in children.of(institution) {
        if kind == Kind::ConfigMap {
            tables.push(name.clone());
        }
        match child.seen {
            Seen::Namespace { retained } => {
                facts.namespace = match (child.terminating, retained) {
                    (true, _) => NamespaceState::Terminating,
                    (false, true) => NamespaceState::Retained,
                    (false, false) => NamespaceState::Ours,
                };
            }
            Seen::Claim(claim) if &*name == names::DATA => facts.claim = Some(*claim),
            Seen::Server(server) => facts.server = Some(*server),
            Seen::Service { address } => facts.service = address,
            Seen::Route(mut route) if name.contains('/') => {
                let stands_for = names::notice_route_of(&route.name);
                route.name = stands_for.map_or_else(String::new, |(name, _)| name.to_owned());
                facts.notices.push(*route);
            }
            Seen::Route(route) => facts.routes.push(*route),
            Seen::Job(job) => facts.jobs.push(*job),
            Seen::Listeners {
                without_certificate,
            } => {
                facts.without_certificate = without_certificate;
            }
            Seen::Claim(_) | Seen::Account { .. } | Seen::Quota { .. } | Seen::Other => {}
        }
    }
    if let Some(server) = &mut facts.server {
        server.drifted |= !tables.contains(&server.table);
    }
}

/// Where the image server is to be asked; nowhere while none answers.
fn place(institution: &IiifInstitution, facts: &Facts) -> Option<Place> {
    let answers = facts
        .server
        .as_ref()
        .is_some_and(|server| server.available > 0);
    let jobs = facts.jobs.iter();
    Some(Place {
        address: facts.service.clone().filter(|_| answers)?,
        generation: institution.metadata.generation.unwrap_or(0),
        jobs: jobs
            .map(|job| (job.name.as_str().into(), job.phase == JobPhase::Running))
            .collect(),
    })
}

fn optional<T>(what: &str, result: kube::Result<T>) -> Result<T, DereferenceError> {
    result.map_err(|source| DereferenceError {
        what: what.to_owned(),
        source: Box::new(source),
    })
}

/// A namespace that the watch, which sees what is labelled as ours, does not know.
async fn namespace_state(
    context: &Context,
    institution: &str,
) -> Result<NamespaceState, DereferenceError> {
    let name = names::namespace(institution);
    let api: Api<Namespace> = Api::all(context.client.clone());
    let found = optional(&format!("namespace {name}"), api.get_opt(&name).await)?;
    Ok(match found {
        None => NamespaceState::Absent,
        Some(namespace) if namespace.metadata.deletion_timestamp.is_some() => {
            NamespaceState::Terminating
        }
        Some(namespace) if observe::institution(&namespace, &context.namespace).is_some() => {
            NamespaceState::Ours
        }
        // Somebody took our label away: what else we wrote is still on record.
        Some(namespace) if digest::is_applied(namespace.managed_fields()) => NamespaceState::Ours,
        Some(_) => NamespaceState::Foreign,
    })
}

/// A claim that somebody else made; it has no label by which it could be watched.
async fn existing_claim(
    context: &Context,
    namespace: &str,
    name: &str,
) -> Result<Option<super::facts::ClaimState>, DereferenceError> {
    let api: Api<PersistentVolumeClaim> = Api::namespaced(context.client.clone(), namespace);
    let found = optional(&format!("claim {name}"), api.get_opt(name).await)?;
    let state = |claim| super::facts::ClaimState {
        is_existing: true,
        ..observe::claim(&claim)
    };
    Ok(found.map(state))
}

/// What the pods of ended Jobs said at their end. Where a server runs, the volume tells; the words
/// are needed for a failure, or without one. Each Job is asked about once.
async fn last_words(
    context: &Context,
    namespace: &str,
    facts: &mut Facts,
    memory: &mut Memory,
) -> Result<(), DereferenceError> {
    memory
        .last_words
        .retain(|name, _| facts.jobs.iter().any(|job| &job.name == name));
    let without_server = facts.inside.is_none();
    for job in &facts.jobs {
        let needed =
            job.phase == JobPhase::Failed || (job.phase == JobPhase::Succeeded && without_server);
        if !needed {
            continue;
        }
        if !memory.last_words.contains_key(&job.name) {
            let words = words_of_pods(context, namespace, job).await?;
            memory.last_words.insert(job.name.clone(), words);
        }
    }
    recall(facts, memory);
    Ok(())
}

/// What is remembered of Jobs that their objects do not hold: their last words, and what keeps them
/// from beginning.
pub fn recall(facts: &mut Facts, memory: &Memory) {
    for job in &mut facts.jobs {
        job.last_words = memory.last_words.get(&job.name).cloned().flatten();
        job.hindered = memory.hindrances.get(&job.name).cloned();
    }
}

/// What keeps the pods of Jobs from beginning that should have: no object of a Job tells of it. They
/// are asked about at every reconcile until they begin.
async fn hindrances(
    context: &Context,
    namespace: &str,
    facts: &mut Facts,
    memory: &mut Memory,
) -> Result<(), DereferenceError> {
    memory.hindrances.clear();
    for job in facts.jobs.iter().filter(|job| job.is_late(facts.now)) {
        let pods = pods_of(context, namespace, job).await?;
        if let Some(hindrance) = pods.iter().find_map(observe::hindrance) {
            memory.hindrances.insert(job.name.clone(), hindrance);
        }
    }
    recall(facts, memory);
    Ok(())
}

async fn pods_of(
    context: &Context,
    namespace: &str,
    job: &JobState,
) -> Result<Vec<Pod>, DereferenceError> {
    let api: Api<Pod> = Api::namespaced(context.client.clone(), namespace);
    let selector = format!("batch.kubernetes.io/job-name={}", job.name);
    let pods = api.list(&ListParams::default().labels(&selector)).await;
    Ok(optional(&format!("pods of job {}", job.name), pods)?.items)
}

async fn words_of_pods(
    context: &Context,
    namespace: &str,
    job: &JobState,
) -> Result<Option<LastWords>, DereferenceError> {
    let pods = pods_of(context, namespace, job).await?;
    let words = pods.into_iter().filter_map(|pod| {
        let statuses = pod.status?.container_statuses?;
        let ended = statuses
            .into_iter()
            .find_map(|status| status.state?.terminated)?;
        Some((
            ended.finished_at.map(|time| time.0),
            LastWords::read(&ended.message?)?,
        ))
    });
    Ok(words
        .max_by_key(|(finished, _)| *finished)
        .map(|(_, words)| words))
}

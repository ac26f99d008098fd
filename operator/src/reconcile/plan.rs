//! What is to be written, and in which order. Pure: what was built and what is known go in, one write
//! after the other comes out.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::marker::PhantomData;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ResourceQuota, Secret, ServiceAccount};
use kube::{Resource, ResourceExt as _};
use serde_json::Value;

use super::build::{Prepared, Resources};
use crate::children::{Child, Key, Kind, Seen};
use crate::digest::{self, Digest};
use crate::names;
use crate::observe::{self, Watched};
use crate::quantity::Amount;
use crate::waves::Turn;

/// One write.
#[derive(Clone, PartialEq)]
pub enum Write {
    /// Applies a child.
    Apply {
        /// Its kind and name.
        key: Key,
        /// The fields that are ours.
        object: Value,
        /// Their digest.
        digest: Digest,
    },
    /// Deletes a child.
    Delete(Key),
    /// Applies the copy of a pull Secret.
    ApplySecret(Box<Secret>),
    /// Deletes the copy of a pull Secret of this name.
    DeleteSecret(String),
}

impl fmt::Debug for Write {
    /// Without any content: that of a Secret nobody may log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Apply { key, .. } => write!(f, "apply {:?} {}", key.0, key.1),
            Self::Delete(key) => write!(f, "delete {:?} {}", key.0, key.1),
            Self::ApplySecret(secret) => write!(f, "apply Secret {}", secret.name_any()),
            Self::DeleteSecret(name) => write!(f, "delete Secret {name}"),
        }
    }
}

/// What a write waits for: stages follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The namespace, without which there is no place for anything.
    Namespace,
    /// The copies of pull Secrets.
    Secrets,
    /// The accounts, which remember those copies: only if all of them were written.
    Accounts,
    /// Whatever else there is to write, each whatever becomes of the others.
    Objects,
    /// What a quota has to have room for: only once its controller has counted what it allows now. Its
    /// status asks for the next reconcile.
    Counted,
    /// What is no longer wanted: only if everything else was written.
    Unwanted,
    /// Tables of earlier pods, which still need them when they start again: only once every pod follows
    /// the newest template too.
    OldTables,
}

/// A write, and what it waits for.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What it waits for.
    pub stage: Stage,
    /// The write.
    pub write: Write,
}

/// The writes that make one institution as it was built, one after the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    steps: VecDeque<Step>,
    failed: BTreeSet<Stage>,
}

impl Plan {
    /// The plan that makes of what is `known` what was built. What is as it should be is not written, and
    /// what is being deleted is left alone: it is made anew once it is gone.
    #[must_use]
    pub fn new(resources: &Resources<Prepared>, known: &BTreeMap<Key, Child>) -> Self {
        Self::with_digest(resources, known).0
    }

    /// The same, and a digest of all that is wanted, but for Jobs, which come and go.
    #[must_use]
    pub fn with_digest(
        resources: &Resources<Prepared>,
        known: &BTreeMap<Key, Child>,
    ) -> (Self, Digest) {
        // Without `..`: an object that is built but not planned does not compile.
        let Resources {
            namespace,
            service_accounts,
            quota,
            limit_range,
            network_policies,
            access,
            pull_secrets,
            ca_bundle,
            claim,
            tenant_table,
            deployment,
            disruption_budget,
            autoscaler,
            servers,
            routes,
            service,
            listener_set,
            http_routes,
            ingress,
            notice_routes,
            notice_ingress,
            ingest_jobs,
            waiting: _,
            spent_jobs,
            state: PhantomData,
        } = resources;
        let institution = namespace.name_any();
        let mut draft = Draft::new(&institution, known);
        let wait = *servers == Turn::Later;
        draft.apply(Stage::Namespace, [namespace]);
        draft.secrets(pull_secrets, service_accounts);
        draft.apply(Stage::Accounts, service_accounts);
        // Before the claim: the API server asks for the limits of a namespace in which it knows of none.
        draft.apply(Stage::Objects, [limit_range]);
        draft.apply(Stage::Objects, network_policies);
        // A new claim comes before the quota, which admits none until its controller has counted; one
        // that is there may grow, and waits for that.
        let grows = known.contains_key(&(Kind::Claim, names::DATA.into()));
        if !grows {
            draft.apply(Stage::Objects, claim);
        }
        draft.apply(Stage::Objects, [&*draft.roomy(quota, deployment)]);
        if grows {
            draft.apply(Stage::Counted, claim);
        }
        draft.apply(Stage::Objects, access);
        if access.is_some() {
            // Written once the status is known.
            draft.wanted.insert((Kind::ConfigMap, names::STATUS.into()));
        }
        draft.apply(Stage::Objects, ca_bundle);
        if !wait {
            draft.apply(Stage::Objects, [tenant_table]);
            draft.apply(Stage::Objects, [deployment]);
        }
        draft.apply(Stage::Objects, disruption_budget);
        draft.apply(Stage::Objects, autoscaler);
        draft.apply(Stage::Objects, [service]);
        draft.route(listener_set, *routes);
        draft.route(http_routes, *routes);
        draft.route(ingress, *routes);
        draft.route(notice_routes, *routes);
        draft.route(notice_ingress, *routes);
        draft.apply(Stage::Objects, ingest_jobs);
        draft.delete_jobs(spent_jobs);
        // Servers that stay as they are mount a table that is wanted no longer.
        draft.prune(|stage| !wait || stage != Stage::OldTables);
        draft.finish()
    }

    /// The plan that makes of what is `known` one more object beside those that were built, and its digest.
    #[must_use]
    pub fn one<K: Watched>(object: &K, known: &BTreeMap<Key, Child>) -> (Self, Digest) {
        let namespace = object.namespace().unwrap_or_default();
        let mut draft = Draft::new(&namespace, known);
        draft.apply(Stage::Objects, [object]);
        draft.finish()
    }

    /// The next write; none if all is written that can be. `now` gives what is known of the children
    /// after the writes so far.
    pub fn next(&mut self, now: impl Fn() -> BTreeMap<Key, Child>) -> Option<Step> {
        while let Some(step) = self.steps.pop_front() {
            if self.is_due(step.stage, &now) {
                return Some(step);
            }
        }
        None
    }

    /// How many writes are left, due or not.
    #[must_use]
    pub fn left(&self) -> usize {
        self.steps.len()
    }

    /// Whether nothing is left that might be written.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.steps.is_empty()
    }

    /// A write of this stage failed.
    pub fn failed(&mut self, stage: Stage) {
        self.failed.insert(stage);
    }

    fn is_due(&self, stage: Stage, now: impl Fn() -> BTreeMap<Key, Child>) -> bool {
        if self.failed.contains(&Stage::Namespace) {
            return false;
        }
        match stage {
            Stage::Namespace | Stage::Secrets | Stage::Objects => true,
            Stage::Accounts => !self.failed.contains(&Stage::Secrets),
            Stage::Counted => is_counted(&now()),
            Stage::Unwanted => self.failed.is_empty(),
            Stage::OldTables => self.failed.is_empty() && is_rolled_out(&now()),
        }
    }
}

/// Whether the quota's controller has counted what the quota allows now.
fn is_counted(now: &BTreeMap<Key, Child>) -> bool {
    let quota = now.get(&(Kind::ResourceQuota, names::INSTITUTION_OBJECT.into()));
    quota.is_some_and(|quota| matches!(quota.seen, Seen::Quota { counted: true, .. }))
}

/// Whether a quota allows what we gave, rather than what somebody else made of it: but for that it is as this
/// one.
fn is_as_given(known: &Child, quota: &ResourceQuota) -> bool {
    let Seen::Quota { allowed, .. } = &known.seen else {
        return false;
    };
    let mut given = quota.clone();
    let hard = allowed
        .iter()
        .map(|(resource, amount)| (resource.to_string(), (*amount).into()));
    given.spec.get_or_insert_default().hard = Some(hard.collect());
    known.is(digest::wanted(&json(&given)))
}

/// Whether every pod of the image server follows the newest template.
fn is_rolled_out(now: &BTreeMap<Key, Child>) -> bool {
    let deployment = now.get(&(Kind::Deployment, names::IMAGE_SERVER.into()));
    match deployment.map(|child| &child.seen) {
        Some(Seen::Server(server)) => server.is_rolled_out(),
        _ => false,
    }
}

/// A plan that is being made.
struct Draft<'k> {
    /// The institution's.
    namespace: &'k str,
    known: &'k BTreeMap<Key, Child>,
    wanted: BTreeSet<Key>,
    digests: Vec<Digest>,
    steps: VecDeque<Step>,
}

impl<'k> Draft<'k> {
    fn new(namespace: &'k str, known: &'k BTreeMap<Key, Child>) -> Self {
        Self {
            namespace,
            known,
            wanted: BTreeSet::new(),
            digests: Vec::new(),
            steps: VecDeque::new(),
        }
    }

    fn finish(self) -> (Plan, Digest) {
        let plan = Plan {
            steps: self.steps,
            failed: BTreeSet::new(),
        };
        (plan, digest::all(&self.digests))
    }

    fn push(&mut self, stage: Stage, write: Write) {
        self.steps.push_back(Step { stage, write });
    }

    fn apply<'o, K: Watched>(&mut self, stage: Stage, objects: impl IntoIterator<Item = &'o K>) {
        for object in objects {
            let key = observe::key(object, self.namespace);
            let json = json(object);
            let digest = digest::wanted(&json);
            if K::KIND != Kind::Job {
                self.digests.push(digest);
            }
            let known = self.known.get(&key);
            let rests = known.is_some_and(|child| child.terminating || child.is(digest));
            self.wanted.insert(key.clone());
            if !rests {
                let object = json;
                self.push(
                    stage,
                    Write::Apply {
                        key,
                        object,
                        digest,
                    },
                );
            }
        }
    }

    /// The quota, which takes nothing that we gave away before every pod follows the newest template: what larger
    /// pods of before use up would refuse the smaller ones that are to replace them.
    fn roomy<'q>(
        &self,
        quota: &'q ResourceQuota,
        deployment: &Deployment,
    ) -> Cow<'q, ResourceQuota> {
        let key: Key = (Kind::ResourceQuota, quota.name_any().into());
        let known = self
            .known
            .get(&key)
            .filter(|known| is_as_given(known, quota));
        let Some(Seen::Quota { allowed, .. }) = known.map(|child| &child.seen) else {
            return Cow::Borrowed(quota);
        };
        let mut roomy = quota.clone();
        let hard = roomy.spec.as_mut().and_then(|spec| spec.hard.as_mut());
        let mut takes_away = false;
        for (resource, wanted) in hard.into_iter().flatten() {
            let allowed = allowed.iter().find(|(allowed, _)| **allowed == **resource);
            if let (Some((_, allowed)), Ok(amount)) = (allowed, Amount::try_from(&*wanted))
                && *allowed > amount
            {
                takes_away = true;
                *wanted = (*allowed).into();
            }
        }
        let key: Key = (Kind::Deployment, deployment.name_any().into());
        let stays = || {
            let server = self.known.get(&key);
            server.is_some_and(|server| server.is(digest::wanted(&json(deployment))))
        };
        if takes_away && !(is_rolled_out(self.known) && stays()) {
            Cow::Owned(roomy)
        } else {
            Cow::Borrowed(quota)
        }
    }

    /// Applies what leads readers; if that has to wait, only what is missing.
    fn route<'o, K: Watched>(&mut self, objects: impl IntoIterator<Item = &'o K>, turn: Turn) {
        for object in objects {
            let key = observe::key(object, self.namespace);
            if turn == Turn::Later && self.known.contains_key(&key) {
                self.wanted.insert(key);
            } else {
                self.apply(Stage::Objects, [object]);
            }
        }
    }

    /// Secrets are written and never read: the account of the server tells whether they are as they
    /// should be, and which there were before.
    fn secrets(&mut self, secrets: &[Secret], accounts: &[ServiceAccount]) {
        let key: Key = (Kind::ServiceAccount, names::IMAGE_SERVER.into());
        let before = match self.known.get(&key).map(|account| &account.seen) {
            Some(Seen::Account { pull_secrets }) => pull_secrets,
            _ => "",
        };
        let remembers = |account: &'_ ServiceAccount| {
            let annotations = account.annotations();
            annotations.get(names::PULL_SECRETS).cloned()
        };
        if accounts.iter().find_map(remembers).unwrap_or_default() == before {
            return;
        }
        for secret in secrets {
            self.push(Stage::Secrets, Write::ApplySecret(Box::new(secret.clone())));
        }
        let names = before.split(',').filter_map(|entry| entry.split_once(':'));
        for (name, _) in names {
            if secrets.iter().all(|secret| secret.name_any() != name) {
                self.push(Stage::Secrets, Write::DeleteSecret(name.to_owned()));
            }
        }
    }

    fn delete_jobs(&mut self, spent: &[String]) {
        for name in spent {
            let key: Key = (Kind::Job, name.as_str().into());
            if self.known.get(&key).is_some_and(|job| !job.terminating) {
                self.push(Stage::Objects, Write::Delete(key));
            }
        }
    }

    /// What others made, with whatever label, is theirs.
    fn prune(&mut self, may_go: impl Fn(Stage) -> bool) {
        let orphans = self
            .known
            .iter()
            .filter(|(key, child)| !self.wanted.contains(key) && !child.terminating)
            .filter(|(key, child)| child.owned.is_some() && is_pruned(key.0));
        for (key, _) in orphans {
            let stage = match key {
                (Kind::ConfigMap, name) if **name != *names::STATUS => Stage::OldTables,
                _ => Stage::Unwanted,
            };
            if may_go(stage) {
                let write = Write::Delete(key.clone());
                self.steps.push_back(Step { stage, write });
            }
        }
    }
}

/// Whether children of a kind are deleted when they are no longer wanted.
const fn is_pruned(kind: Kind) -> bool {
    match kind {
        Kind::NetworkPolicy
        | Kind::RoleBinding
        | Kind::ConfigMap
        | Kind::DisruptionBudget
        | Kind::Autoscaler
        | Kind::ListenerSet
        | Kind::HttpRoute
        | Kind::Ingress => true,
        // Namespace and volume are only ever deleted with the institution; Jobs end by themselves or are
        // named as spent; the others are always wanted.
        Kind::Namespace
        | Kind::Claim
        | Kind::Job
        | Kind::ServiceAccount
        | Kind::ResourceQuota
        | Kind::LimitRange
        | Kind::Deployment
        | Kind::Service => false,
    }
}

/// An object as it is applied.
pub(super) fn json<K>(object: &K) -> Value
where
    K: Resource<DynamicType = ()> + serde::Serialize,
{
    let mut json = serde_json::to_value(object).expect("an object is plain data");
    if let Some(fields) = json.as_object_mut() {
        fields.insert("apiVersion".to_owned(), K::api_version(&()).as_ref().into());
        fields.insert("kind".to_owned(), K::kind(&()).as_ref().into());
    }
    json
}

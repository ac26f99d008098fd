//! Applying: what was built becomes what is in the cluster, with as few writes as there are differences.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::marker::PhantomData;

use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{ConfigMap, ResourceQuota, Secret, ServiceAccount};
use k8s_openapi::api::networking::v1::{Ingress, NetworkPolicy};
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::api::rbac::v1::RoleBinding;
use kube::api::{DeleteParams, Patch, PatchParams};
use kube::core::NamespaceResourceScope;
use kube::{Api, Client, Resource, ResourceExt as _};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::build::{Applied, Prepared, Resources};
use crate::children::{Child, Children, Key, Kind, Seen};
use crate::digest;
use crate::gateway::{HttpRoute, ListenerSet};
use crate::names;
use crate::observe::{self, Watched};

/// Why an object could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// The API server refused it or did not answer.
    #[error("{kind} {name}: {source}")]
    Api {
        /// Its kind.
        kind: String,
        /// Its name.
        name: String,
        /// Why not.
        source: Box<kube::Error>,
    },
    /// It could not be written as JSON.
    #[error("{0} cannot be written: {1}")]
    Json(String, serde_json::Error),
}

/// Why an institution could not be written as a whole. What could be written was.
#[derive(Debug, thiserror::Error)]
#[error("{first}{}", and_others(.others))]
pub struct ApplyError {
    /// The first object that could not be written.
    pub first: ObjectError,
    /// How many others could not be either.
    pub others: usize,
}

fn and_others(others: &usize) -> String {
    if *others == 0 {
        String::new()
    } else {
        format!(" (and {others} more)")
    }
}

/// Applies objects of one institution.
pub struct Applier<'a> {
    client: &'a Client,
    children: &'a Children,
    institution: &'a str,
    namespace: &'a str,
    known: BTreeMap<Key, Child>,
    wanted: BTreeSet<Key>,
    writes: usize,
    errors: Vec<ObjectError>,
}

impl<'a> Applier<'a> {
    /// An applier for `institution`, whose objects lie in `namespace`.
    #[must_use]
    pub fn new(
        client: &'a Client,
        children: &'a Children,
        institution: &'a str,
        namespace: &'a str,
    ) -> Self {
        let known = children.of(institution);
        Self {
            client,
            children,
            institution,
            namespace,
            known,
            wanted: BTreeSet::new(),
            writes: 0,
            errors: Vec::new(),
        }
    }

    /// Applies everything in order and then deletes what is no longer wanted; gives how many writes
    /// that took, too.
    ///
    /// # Errors
    /// If an object could not be written; the others were, but nothing was deleted.
    pub async fn apply(
        mut self,
        resources: Resources<Prepared>,
    ) -> (Result<Resources<Applied>, ApplyError>, usize) {
        // Without `..`: an object that is built but not applied does not compile.
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
            service,
            listener_set,
            http_routes,
            ingress,
            notice_routes,
            notice_ingress,
            ingest_jobs,
            waiting,
            spent_jobs,
            state: PhantomData,
        } = resources;
        let namespaces: Api<_> = Api::all(self.client.clone());
        self.object(&namespaces, &namespace).await;
        if let Some(first) = self.errors.pop() {
            return (Err(ApplyError { first, others: 0 }), self.writes);
        }
        // Before the account that remembers them.
        if self.secrets(&pull_secrets, &service_accounts).await {
            self.all(&service_accounts).await;
        }
        // A new claim comes before the quota, which admits none until its controller has counted; one
        // that is there may grow, and waits for that: the quota's status asks for the next reconcile.
        let grows = self.known.contains_key(&(Kind::Claim, names::DATA.into()));
        if !grows {
            self.all(claim.as_slice()).await;
        }
        self.one(&quota).await;
        if grows && self.is_counted(&quota) {
            self.all(claim.as_slice()).await;
        }
        self.one(&limit_range).await;
        self.all(&network_policies).await;
        self.all(access.as_slice()).await;
        if access.is_some() {
            // Written once the status is known.
            self.wanted.insert((Kind::ConfigMap, names::STATUS.into()));
        }
        self.all(ca_bundle.as_slice()).await;
        self.one(&tenant_table).await;
        self.one(&deployment).await;
        self.all(disruption_budget.as_slice()).await;
        self.all(autoscaler.as_slice()).await;
        self.one(&service).await;
        self.all(listener_set.as_slice()).await;
        self.all(&http_routes).await;
        self.all(ingress.as_slice()).await;
        self.all(&notice_routes).await;
        self.all(notice_ingress.as_slice()).await;
        self.all(&ingest_jobs).await;
        for name in &spent_jobs {
            let known = self.known.get(&(Kind::Job, name.as_str().into()));
            if known.is_some_and(|job| !job.terminating) {
                self.delete::<Job>(name).await;
            }
        }
        if self.errors.is_empty() {
            self.prune().await;
        }
        let applied = Resources {
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
            service,
            listener_set,
            http_routes,
            ingress,
            notice_routes,
            notice_ingress,
            ingest_jobs,
            waiting,
            spent_jobs,
            state: PhantomData,
        };
        self.ended(applied)
    }

    /// Applies one object beside the others.
    ///
    /// # Errors
    /// If it could not be written.
    pub async fn alone<K>(mut self, object: &K) -> (Result<(), ApplyError>, usize)
    where
        K: Watched + Resource<Scope = NamespaceResourceScope>,
    {
        self.one(object).await;
        self.ended(())
    }

    fn ended<T>(self, applied: T) -> (Result<T, ApplyError>, usize) {
        let mut errors = self.errors.into_iter();
        let result = match errors.next() {
            None => Ok(applied),
            Some(first) => Err(ApplyError {
                first,
                others: errors.len(),
            }),
        };
        (result, self.writes)
    }

    async fn one<K>(&mut self, object: &K)
    where
        K: Watched + Resource<Scope = NamespaceResourceScope>,
    {
        let namespace = object.meta().namespace.as_deref();
        let namespace = namespace.unwrap_or(self.namespace);
        let api: Api<K> = Api::namespaced(self.client.clone(), namespace);
        self.object(&api, object).await;
    }

    async fn all<K>(&mut self, objects: &[K])
    where
        K: Watched + Resource<Scope = NamespaceResourceScope>,
    {
        for object in objects {
            self.one(object).await;
        }
    }

    /// Applies one object, unless what is known of it says that it is so already, or that it is being
    /// deleted: then it is made anew once it is gone.
    async fn object<K: Watched>(&mut self, api: &Api<K>, object: &K) {
        let key = observe::key(object, self.institution);
        let json = match json(object) {
            Ok(json) => json,
            Err(error) => return self.errors.push(error),
        };
        let wanted = digest::wanted(&json);
        let known = self.known.get(&key);
        let rests = known.is_some_and(|child| child.terminating || child.is(wanted));
        self.wanted.insert(key);
        if rests {
            return;
        }
        if let Some(written) = self.write(api, object, &json).await
            && let Some(mut child) = observe::child(&written)
        {
            // The API server may spell a value in another way; what it made of it stands for it.
            child.stands_for = Some(wanted);
            let key = observe::key(&written, self.institution);
            self.children.saw(self.institution, key, child);
        }
    }

    async fn write<K>(&mut self, api: &Api<K>, object: &K, json: &Value) -> Option<K>
    where
        K: Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned,
    {
        self.writes += 1;
        let name = object.name_any();
        match api.patch(&name, &parameters(), &Patch::Apply(json)).await {
            Ok(written) => Some(written),
            Err(source) => {
                self.errors.push(failed::<K>(&name, source));
                None
            }
        }
    }

    /// Secrets are written and never read: the account of the server tells whether they are as they
    /// should be, and which there were before. Gives whether they are now.
    async fn secrets(&mut self, secrets: &[Secret], accounts: &[ServiceAccount]) -> bool {
        let key: Key = (Kind::ServiceAccount, names::IMAGE_SERVER.into());
        let before = match self.known.get(&key).map(|account| &account.seen) {
            Some(Seen::Account { pull_secrets }) => pull_secrets.to_string(),
            _ => String::new(),
        };
        let remembers =
            |account: &ServiceAccount| account.annotations().get(names::PULL_SECRETS).cloned();
        if accounts.iter().find_map(remembers).unwrap_or_default() == before {
            return true;
        }
        let errors = self.errors.len();
        let api: Api<Secret> = Api::namespaced(self.client.clone(), self.namespace);
        for secret in secrets {
            match json(secret) {
                Ok(json) => _ = self.write(&api, secret, &json).await,
                Err(error) => self.errors.push(error),
            }
        }
        let names = before.split(',').filter_map(|entry| entry.split_once(':'));
        for (name, _) in names {
            if secrets.iter().all(|secret| secret.name_any() != name) {
                self.delete::<Secret>(name).await;
                self.forgive_refused_removal();
            }
        }
        self.errors.len() == errors
    }

    /// The chart gives rights on the Secrets that the configuration names, and on no others: a copy of
    /// one that it no longer names may have to stay, and holds nothing up.
    fn forgive_refused_removal(&mut self) {
        let refused = |error: &mut ObjectError| matches!(error, ObjectError::Api { source, .. } if matches!(&**source, kube::Error::Api(status) if status.code == 403));
        if let Some(error) = self.errors.pop_if(refused) {
            tracing::warn!(institution = self.institution, %error, "the copy of a pull Secret stays");
        }
    }

    /// Deletes children that are no longer wanted. Namespace and volume are only ever deleted with the
    /// institution; Jobs end by themselves or are named as spent.
    async fn prune(&mut self) {
        let orphans: Vec<Key> = self
            .known
            .iter()
            .filter(|(key, child)| !self.wanted.contains(key) && !child.terminating)
            // What others made, with whatever label, is theirs.
            .filter(|(_, child)| child.owned.is_some())
            // A pod of the old template that starts again still needs its table.
            .filter(|((kind, _), _)| *kind != Kind::ConfigMap || self.is_rolled_out())
            .map(|(key, _)| key.clone())
            .collect();
        for (kind, name) in orphans {
            match kind {
                Kind::NetworkPolicy => self.delete::<NetworkPolicy>(&name).await,
                Kind::RoleBinding => self.delete::<RoleBinding>(&name).await,
                Kind::ConfigMap => self.delete::<ConfigMap>(&name).await,
                Kind::DisruptionBudget => self.delete::<PodDisruptionBudget>(&name).await,
                Kind::Autoscaler => self.delete::<HorizontalPodAutoscaler>(&name).await,
                Kind::ListenerSet => self.delete::<ListenerSet>(&name).await,
                Kind::HttpRoute => self.delete::<HttpRoute>(&name).await,
                Kind::Ingress => self.delete::<Ingress>(&name).await,
                // Always wanted, or never pruned.
                Kind::Namespace
                | Kind::ServiceAccount
                | Kind::ResourceQuota
                | Kind::LimitRange
                | Kind::Claim
                | Kind::Deployment
                | Kind::Service
                | Kind::Job => {}
            }
        }
    }

    /// Whether the quota's controller has counted what the quota allows now.
    fn is_counted(&self, quota: &ResourceQuota) -> bool {
        let now = self.children.of(self.institution);
        let quota = now.get(&(Kind::ResourceQuota, quota.name_any().into()));
        quota.is_some_and(|quota| quota.seen == Seen::Quota { counted: true })
    }

    /// Whether every pod of the image server follows the newest template.
    fn is_rolled_out(&self) -> bool {
        let now = self.children.of(self.institution);
        match now
            .get(&(Kind::Deployment, names::IMAGE_SERVER.into()))
            .map(|child| &child.seen)
        {
            Some(Seen::Server(server)) => server.is_rolled_out(),
            _ => false,
        }
    }

    async fn delete<K>(&mut self, name: &str)
    where
        K: Resource<DynamicType = (), Scope = NamespaceResourceScope>
            + Clone
            + Debug
            + DeserializeOwned,
    {
        self.writes += 1;
        let (namespace, name) = name.split_once('/').unwrap_or((self.namespace, name));
        let api: Api<K> = Api::namespaced(self.client.clone(), namespace);
        match api.delete(name, &DeleteParams::background()).await {
            Ok(_) => {}
            Err(kube::Error::Api(status)) if status.code == 404 => {}
            Err(source) => self.errors.push(failed::<K>(name, source)),
        }
    }
}

/// One field manager, and what it wants is what holds.
fn parameters() -> PatchParams {
    PatchParams::apply(names::FIELD_MANAGER).force()
}

fn json<K>(object: &K) -> Result<Value, ObjectError>
where
    K: Resource<DynamicType = ()> + serde::Serialize,
{
    let mut json = serde_json::to_value(object)
        .map_err(|error| ObjectError::Json(object.name_any(), error))?;
    if let Some(fields) = json.as_object_mut() {
        fields.insert("apiVersion".to_owned(), K::api_version(&()).as_ref().into());
        fields.insert("kind".to_owned(), K::kind(&()).as_ref().into());
    }
    Ok(json)
}

fn failed<K: Resource<DynamicType = ()>>(name: &str, source: kube::Error) -> ObjectError {
    ObjectError::Api {
        kind: K::kind(&()).into_owned(),
        name: name.to_owned(),
        source: Box::new(source),
    }
}

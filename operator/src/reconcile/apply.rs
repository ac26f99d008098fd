//! Applying: what was built becomes what is in the cluster, with as few writes as there are differences.

use std::fmt::Debug;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{
    ConfigMap, LimitRange, Namespace, PersistentVolumeClaim, ResourceQuota, Secret, Service,
    ServiceAccount,
};
use k8s_openapi::api::networking::v1::{Ingress, NetworkPolicy};
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::api::rbac::v1::RoleBinding;
use kube::api::{DeleteParams, Patch, PatchParams};
use kube::core::Request;
use kube::{Client, Resource, ResourceExt as _};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::build::{Applied, Prepared, Resources};
use super::plan::{self, Plan, Write};
use crate::children::{Children, Kind};
use crate::digest::Digest;
use crate::gateway::{HttpRoute, ListenerSet};
use crate::names;
use crate::observe::{Observed, Watched};

/// Why an object could not be written: the API server refused it or did not answer.
#[derive(Debug, thiserror::Error)]
#[error("{kind} {name}: {source}")]
pub struct ObjectError {
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Why not.
    pub source: Box<kube::Error>,
}

impl ObjectError {
    pub(super) fn new<K: Resource<DynamicType = ()>>(name: &str, source: kube::Error) -> Self {
        Self {
            kind: K::kind(&()).into_owned(),
            name: name.to_owned(),
            source: Box::new(source),
        }
    }

    fn code(&self) -> Option<u16> {
        match &*self.source {
            kube::Error::Api(status) => Some(status.code),
            _ => None,
        }
    }
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

/// What applying took.
#[derive(Debug, Default)]
pub struct Written {
    /// The kinds of the objects that were applied, in order.
    pub applied: Vec<&'static str>,
    /// The kinds of the objects that were deleted.
    pub deleted: Vec<&'static str>,
    /// What was wanted, if all of it is written. The same once more means that neither resource nor platform
    /// has changed since, and that what was written had been changed by somebody.
    pub all: Option<Digest>,
}

impl Written {
    fn note(&mut self, write: &Write) {
        match write {
            Write::Apply { key, .. } => self.applied.push(key.0.as_str()),
            Write::ApplySecret(_) => self.applied.push("Secret"),
            Write::Delete(key) => self.deleted.push(key.0.as_str()),
            Write::DeleteSecret(_) => self.deleted.push("Secret"),
        }
    }
}

/// Applies objects of one institution.
pub struct Applier<'a> {
    client: &'a Client,
    children: &'a Children,
    institution: &'a str,
    namespace: &'a str,
}

/// Evaluates an expression in which `$type` is the type of a kind of child.
macro_rules! with_type {
    ($kind:expr, $type:ident => $expression:expr) => {
        match $kind {
            Kind::Namespace => {
                type $type = Namespace;
                $expression
            }
            Kind::ServiceAccount => {
                type $type = ServiceAccount;
                $expression
            }
            Kind::ResourceQuota => {
                type $type = ResourceQuota;
                $expression
            }
            Kind::LimitRange => {
                type $type = LimitRange;
                $expression
            }
            Kind::NetworkPolicy => {
                type $type = NetworkPolicy;
                $expression
            }
            Kind::RoleBinding => {
                type $type = RoleBinding;
                $expression
            }
            Kind::Claim => {
                type $type = PersistentVolumeClaim;
                $expression
            }
            Kind::ConfigMap => {
                type $type = ConfigMap;
                $expression
            }
            Kind::Deployment => {
                type $type = Deployment;
                $expression
            }
            Kind::DisruptionBudget => {
                type $type = PodDisruptionBudget;
                $expression
            }
            Kind::Autoscaler => {
                type $type = HorizontalPodAutoscaler;
                $expression
            }
            Kind::Service => {
                type $type = Service;
                $expression
            }
            Kind::ListenerSet => {
                type $type = ListenerSet;
                $expression
            }
            Kind::HttpRoute => {
                type $type = HttpRoute;
                $expression
            }
            Kind::Ingress => {
                type $type = Ingress;
                $expression
            }
            Kind::Job => {
                type $type = Job;
                $expression
            }
        }
    };
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
        Self {
            client,
            children,
            institution,
            namespace,
        }
    }

    /// Writes what the plan for these objects says; gives how many writes that took, too.
    ///
    /// # Errors
    /// If an object could not be written; the others were, but nothing was deleted.
    pub async fn apply(
        self,
        resources: Resources<Prepared>,
    ) -> (Result<Resources<Applied>, ApplyError>, Written) {
        let plan = Plan::with_digest(&resources, &self.children.of(self.institution));
        let (done, written) = self.carry_out(plan).await;
        (done.map(|()| resources.applied()), written)
    }

    /// The same for one object beside the others.
    ///
    /// # Errors
    /// If it could not be written.
    pub async fn one<K: Watched>(self, object: &K) -> (Result<(), ApplyError>, Written) {
        let plan = Plan::one(object, &self.children.of(self.institution));
        self.carry_out(plan).await
    }

    async fn carry_out(
        &self,
        (mut plan, wanted): (Plan, Digest),
    ) -> (Result<(), ApplyError>, Written) {
        let known = || self.children.of(self.institution);
        let mut left = plan.left();
        let mut written = Written::default();
        let mut errors = Vec::new();
        while let Some(step) = plan.next(known) {
            written.note(&step.write);
            left -= 1;
            if let Err(error) = self.write(step.write).await {
                plan.failed(step.stage);
                errors.push(error);
            }
        }
        // What was not due is still to be written.
        written.all = (left == 0 && errors.is_empty()).then_some(wanted);
        let mut errors = errors.into_iter();
        let result = match errors.next() {
            None => Ok(()),
            Some(first) => Err(ApplyError {
                first,
                others: errors.len(),
            }),
        };
        (result, written)
    }

    async fn write(&self, write: Write) -> Result<(), ObjectError> {
        match write {
            Write::Apply {
                key: (kind, name),
                object,
                digest,
            } => with_type!(kind, K => self.child::<K>(&name, &object, digest).await),
            Write::Delete((kind, name)) => with_type!(kind, K => self.delete::<K>(&name).await),
            Write::ApplySecret(secret) => {
                let (name, object) = (secret.name_any(), plan::json(&*secret));
                self.patch::<Secret>(&name, &object).await.map(drop)
            }
            Write::DeleteSecret(name) => forgive_refusal(self.delete::<Secret>(&name).await),
        }
    }

    /// Applies a child and remembers what the API server made of it.
    async fn child<K: Watched>(
        &self,
        name: &str,
        object: &Value,
        digest: Digest,
    ) -> Result<(), ObjectError> {
        let written = self.patch::<Observed<K>>(name, object).await?;
        if let Some((key, mut child)) = written.child(self.institution) {
            // The API server may spell a value in another way; what it made of it stands for it.
            child.stands_for = Some(digest);
            self.children.saw(self.institution, key, child);
        }
        Ok(())
    }

    async fn patch<K>(&self, name: &str, object: &Value) -> Result<K, ObjectError>
    where
        K: Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned,
    {
        let failed = |source| ObjectError::new::<K>(name, source);
        let (request, name) = self.place::<K>(name);
        let request = request
            .patch(name, &parameters(), &Patch::Apply(object))
            .map_err(|error| failed(kube::Error::BuildRequest(error)))?;
        self.client.request(request).await.map_err(failed)
    }

    async fn delete<K>(&self, name: &str) -> Result<(), ObjectError>
    where
        K: Resource<DynamicType = ()>,
    {
        let failed = |source| ObjectError::new::<K>(name, source);
        let (request, name) = self.place::<K>(name);
        let request = request
            .delete(name, &DeleteParams::background())
            .map_err(|error| failed(kube::Error::BuildRequest(error)))?;
        match self.client.request_text(request).await.map_err(failed) {
            Err(error) if error.code() != Some(404) => Err(error),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// Where an object is asked for that is known by `name`, and what it is called there. A Namespace is in
    /// none.
    fn place<'n, K: Resource<DynamicType = ()>>(&self, name: &'n str) -> (Request, &'n str) {
        let (namespace, name) = name.split_once('/').unwrap_or((self.namespace, name));
        let is_namespace = K::kind(&()) == Namespace::kind(&());
        let request = Request::new(K::url_path(&(), (!is_namespace).then_some(namespace)));
        (request, name)
    }
}

/// The chart gives rights on the Secrets that the configuration names, and on no others: a copy of one
/// that it no longer names may have to stay, and holds nothing up.
fn forgive_refusal(deleted: Result<(), ObjectError>) -> Result<(), ObjectError> {
    match deleted {
        Err(error) if error.code() == Some(403) => {
            tracing::warn!(%error, "the copy of a pull Secret stays");
            Ok(())
        }
        deleted => deleted,
    }
}

/// One field manager, and what it wants is what holds.
fn parameters() -> PatchParams {
    PatchParams::apply(names::FIELD_MANAGER).force()
}

//! Every object of an institution, from what was validated. Pure: no clock, no cluster.

use std::marker::PhantomData;

use acervo_tenancy::CollectionName;
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

use super::facts::ServerState;
use super::validate::Validated;
use crate::gateway::{HttpRoute, ListenerSet};
use crate::waves::Turn;
use route::To;

mod access;
mod autoscaler;
mod config;
mod deployment;
mod disruption_budget;
pub mod ingest_job;
mod limit_range;
mod namespace;
mod network_policy;
mod object;
mod pod;
mod quota;
mod route;
mod service;
mod service_account;
mod storage;

/// The objects were built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prepared {}

/// The objects are in the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {}

/// Every object of one institution, in the order in which they are applied.
///
/// `State` says how far they got: what [`build`] returns is [`Prepared`], and only what was applied is
/// [`Applied`]. Children of the institution that are not among them, Jobs apart, are to be deleted.
#[derive(Debug, Clone, PartialEq)]
pub struct Resources<State> {
    /// The namespace, `acervo-<name>`.
    pub namespace: Namespace,
    /// `image-server` and `ingest`, without token.
    pub service_accounts: Vec<ServiceAccount>,
    /// What all pods together can have.
    pub quota: ResourceQuota,
    /// What a container gets that asks for nothing.
    pub limit_range: LimitRange,
    /// Nothing passes but what they name.
    pub network_policies: Vec<NetworkPolicy>,
    /// Who may look into the namespace; none if `spec.access` is empty.
    pub access: Option<RoleBinding>,
    /// Copies of the platform's image pull Secrets.
    pub pull_secrets: Vec<Secret>,
    /// A copy of the certificates that ingest trusts.
    pub ca_bundle: Option<ConfigMap>,
    /// The volume; none if an existing claim is used.
    pub claim: Option<PersistentVolumeClaim>,
    /// The tenant table: immutable, named after its content.
    pub tenant_table: ConfigMap,
    /// The image server.
    pub deployment: Deployment,
    /// Where pods can be evicted while others serve.
    pub disruption_budget: Option<PodDisruptionBudget>,
    /// Where plan and storage allow more pods when there is much to do.
    pub autoscaler: Option<HorizontalPodAutoscaler>,
    /// Whether table and Deployment are applied now, or the servers stay as they are.
    pub servers: Turn,
    /// Whether listeners, routes and Ingress are applied now, or lead to the addresses of before.
    pub routes: Turn,
    /// In front of the image server.
    pub service: Service,
    /// Listeners for hosts of the institution.
    pub listener_set: Option<ListenerSet>,
    /// On the provider's Gateway: `public`, and `public-hosts` for hosts of the institution.
    pub http_routes: Vec<HttpRoute>,
    /// Where the platform has no Gateway.
    pub ingress: Option<Ingress>,
    /// In the operator's namespace, for readers of a suspended institution: what stands in for the routes.
    pub notice_routes: Vec<HttpRoute>,
    /// And what stands in for the Ingress.
    pub notice_ingress: Option<Ingress>,
    /// Ingest Jobs to start now. Those that run are not among them, and are left alone.
    pub ingest_jobs: Vec<Job>,
    /// The collections whose ingest is due and waits for its turn among those of all institutions.
    pub waiting: Vec<CollectionName>,
    /// Ingest Jobs to delete, with their pods: of collections that are gone or suspended, and ended
    /// ones that a newer one has replaced.
    pub spent_jobs: Vec<String>,
    /// How far the objects got.
    pub state: PhantomData<State>,
}

/// Builds every object. Of the ingests that are due, `turns` may start.
#[must_use]
pub fn build(institution: &Validated<'_>, turns: usize) -> Resources<Prepared> {
    let mut starts = ingest_job::jobs_to_start(institution);
    let waiting = starts.split_off(turns.min(starts.len()));
    let tenant_table = config::tenant_table(institution);
    let mut deployment = deployment::image_server(institution, &tenant_table);
    let servers = deployment::record(institution, &mut deployment);
    Resources {
        namespace: namespace::namespace(institution),
        service_accounts: service_account::all(institution),
        quota: quota::quota(institution),
        limit_range: limit_range::limit_range(institution),
        network_policies: network_policy::all(institution),
        access: access::access(institution),
        pull_secrets: config::pull_secrets(institution),
        ca_bundle: config::ca_bundle(institution),
        claim: storage::claim(institution),
        tenant_table,
        deployment,
        disruption_budget: disruption_budget::disruption_budget(institution),
        autoscaler: autoscaler::autoscaler(institution),
        servers,
        routes: Turn::Now,
        service: service::service(institution),
        listener_set: route::listener_set(institution),
        http_routes: route::http_routes(institution, To::Server),
        ingress: route::ingress::ingress(institution, To::Server),
        notice_routes: route::http_routes(institution, To::Notice),
        notice_ingress: route::ingress::ingress(institution, To::Notice),
        ingest_jobs: starts
            .iter()
            .map(|start| ingest_job::job(institution, start))
            .collect(),
        waiting: waiting.into_iter().map(|start| start.collection).collect(),
        spent_jobs: ingest_job::spent_jobs(institution),
        state: PhantomData,
    }
}

impl Resources<Prepared> {
    /// The same objects, once they are in the cluster.
    #[must_use]
    pub fn applied(self) -> Resources<Applied> {
        Resources {
            namespace: self.namespace,
            service_accounts: self.service_accounts,
            quota: self.quota,
            limit_range: self.limit_range,
            network_policies: self.network_policies,
            access: self.access,
            pull_secrets: self.pull_secrets,
            ca_bundle: self.ca_bundle,
            claim: self.claim,
            tenant_table: self.tenant_table,
            deployment: self.deployment,
            disruption_budget: self.disruption_budget,
            autoscaler: self.autoscaler,
            servers: self.servers,
            routes: self.routes,
            service: self.service,
            listener_set: self.listener_set,
            http_routes: self.http_routes,
            ingress: self.ingress,
            notice_routes: self.notice_routes,
            notice_ingress: self.notice_ingress,
            ingest_jobs: self.ingest_jobs,
            waiting: self.waiting,
            spent_jobs: self.spent_jobs,
            state: PhantomData,
        }
    }

    /// The servers stay as they are until the institution has its turn. What goes with them stays too:
    /// an ingest that starts meanwhile runs the image that they run, and where the address `moves`,
    /// readers find them where they were.
    pub fn wait(&mut self, server: Option<&ServerState>, moves: bool) {
        self.servers = Turn::Later;
        if moves {
            self.routes = Turn::Later;
        }
        let pods = self.ingest_jobs.iter_mut().filter_map(|job| {
            let template = &mut job.spec.as_mut()?.template;
            template.spec.as_mut()
        });
        for container in pods.flat_map(|pod| &mut pod.containers) {
            container.image = server.map(|server| server.image.clone());
        }
    }
}

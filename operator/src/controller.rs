//! The controller: watches in, reconciles out. It decides nothing about institutions.

use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{
    ConfigMap, LimitRange, Namespace, PersistentVolumeClaim, ResourceQuota, Service, ServiceAccount,
};
use k8s_openapi::api::networking::v1::{Ingress, NetworkPolicy};
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::api::rbac::v1::RoleBinding;
use tokio::task::{JoinError, JoinSet};

use crate::context::Context;
use crate::gateway::{HttpRoute, ListenerSet};
use crate::observe::Watched;
use crate::watch::{self, children};
use crate::{inside, reconcile};

/// The longest that a reconcile may take: a connection that died silently must not hold up a worker.
const LONGEST: Duration = Duration::from_secs(120);
/// How many image servers are asked for their status at the same time.
const ASKERS: usize = 16;

/// Watches for ever, and reconciles `workers` institutions at a time while this replica leads.
pub async fn run(context: Arc<Context>, config_map: &str, workers: usize) {
    let mut tasks = JoinSet::new();
    tasks.spawn(watch::surroundings::watch(&context, config_map));
    tasks.spawn(watch::institutions::watch(&context));
    watch_children(&context, &mut tasks);

    tokio::select! {
        () = everything_seen(&context) => {}
        ended = tasks.join_next() => return tell_end(ended),
    }
    tracing::info!(children = context.children.count(), "every cache is filled");
    loop {
        tokio::select! {
            ended = lead(&context, workers) => {
                if ended.is_some() {
                    return tell_end(ended);
                }
            }
            ended = tasks.join_next() => return tell_end(ended),
        }
    }
}

/// Waits until this replica leads, and works until it no longer does. Gives the end of a worker, if that
/// is why.
async fn lead(context: &Arc<Context>, workers: usize) -> Option<Result<(), JoinError>> {
    context.leadership.begun().await;
    context.concerns_everybody();
    let mut work = JoinSet::new();
    for _ in 0..workers.max(1) {
        work.spawn(reconcile_for_ever(Arc::clone(context)));
    }
    for _ in 0..ASKERS {
        work.spawn(inside::ask_for_ever(Arc::clone(context)));
    }
    tokio::select! {
        () = context.leadership.ended() => {}
        ended = work.join_next() => return ended,
    }
    tracing::warn!("this replica leads no longer; its caches stay filled");
    work.shutdown().await;
    context.queue.abandon();
    context.insides.abandon();
    context.waves.forget();
    context.ingest_turns.forget();
    None
}

/// Waits until every watch has its first list and the configuration was read: nothing is decided on
/// half a picture.
pub async fn everything_seen(context: &Context) {
    let mut surroundings = context.surroundings.subscribe();
    // The sender lives as long as the context.
    let _ = surroundings.wait_for(Option::is_some).await;
    context.progress.completed().await;
}

fn watch_children(context: &Arc<Context>, tasks: &mut JoinSet<()>) {
    fn start<K: Watched>(context: &Arc<Context>, tasks: &mut JoinSet<()>) {
        tasks.spawn(children::watch::<K>(context));
    }
    start::<Namespace>(context, tasks);
    start::<ServiceAccount>(context, tasks);
    start::<ResourceQuota>(context, tasks);
    start::<LimitRange>(context, tasks);
    start::<NetworkPolicy>(context, tasks);
    start::<RoleBinding>(context, tasks);
    start::<PersistentVolumeClaim>(context, tasks);
    start::<ConfigMap>(context, tasks);
    start::<Deployment>(context, tasks);
    start::<PodDisruptionBudget>(context, tasks);
    start::<HorizontalPodAutoscaler>(context, tasks);
    start::<Service>(context, tasks);
    tasks.spawn(children::watch_custom::<ListenerSet>(context));
    tasks.spawn(children::watch_custom::<HttpRoute>(context));
    start::<Ingress>(context, tasks);
    start::<Job>(context, tasks);
}

async fn reconcile_for_ever(context: Arc<Context>) {
    loop {
        let name = context.queue.next().await;
        if !context.leadership.is_held() {
            // This process ends, or this worker does: nothing is begun any more.
            std::future::pending::<()>().await;
        }
        let run = reconcile::run(&context, &name);
        let again = tokio::time::timeout(LONGEST, run)
            .await
            .unwrap_or_else(|_| {
                tracing::warn!(institution = %name, "a reconcile took too long and is tried again");
                Some(LONGEST)
            });
        reconcile::go_on(&context, &name);
        context.queue.done(&name, again);
    }
}

/// No task ends as long as all is well.
fn tell_end(ended: Option<Result<(), JoinError>>) {
    tracing::error!(?ended, "a task of the operator ended");
}

//! Watching the resources. One that cannot be read is kept as such and does not hold up the others.

use std::collections::HashSet;
use std::sync::Arc;

use acervo_crds::claims::claims_of;
use acervo_crds::{Claim, IiifInstitution};
use kube::core::DeserializeGuard;
use kube::{Api, ResourceExt as _};

use super::{News, Which, follow_custom};
use crate::context::Context;
use crate::institutions::Stored;
use crate::queue::Name;

/// Watches the resources for ever.
pub fn watch(context: &Arc<Context>) -> impl Future<Output = ()> + Send + use<> {
    let api: Api<DeserializeGuard<IiifInstitution>> = Api::all(context.client.clone());
    let progress = Arc::clone(&context.progress);
    let context = Arc::clone(context);
    let mut present: HashSet<Name> = HashSet::new();
    let client = context.client.clone();
    follow_custom(client, api, Which::All, &progress, move |news| match news {
        News::Begin => present.clear(),
        News::Listed(object) => {
            present.insert(saw(&context, object));
        }
        News::Changed(object) => {
            saw(&context, object);
        }
        News::Complete => {
            for name in context.institutions.names() {
                if !present.contains(&name) {
                    lost(&context, &name);
                }
            }
            present.clear();
        }
        News::Gone(object) => lost(&context, &object.name_any()),
        // The operator goes on waiting: its own chart brings the kind.
        News::NoSuchKind => {
            for name in context.institutions.names() {
                lost(&context, &name);
            }
            tracing::error!(
                "the cluster has no IiifInstitution: install the CRD with the chart, or by `acervo-operator crd | kubectl apply --server-side -f -`"
            );
        }
    })
}

fn saw(context: &Context, object: DeserializeGuard<IiifInstitution>) -> Name {
    let name: Name = object.name_any().into();
    let mut stored = object.0;
    if let Ok(institution) = &mut stored {
        institution.metadata.managed_fields = None;
    }
    let stored: Stored = Arc::new(stored);
    let before = context.institutions.saw(&name, Arc::clone(&stored));
    if before
        .as_ref()
        .is_none_or(|before| version(before) != version(&stored))
    {
        context.concerns(&name);
    }
    let (old, new) = (
        before.as_ref().map(claims).unwrap_or_default(),
        claims(&stored),
    );
    let newcomer = before.is_none().then_some(&*name);
    if old != new || newcomer.is_some() {
        // Whoever claims a place that may have changed hands is concerned as well.
        let hosts = hosts([old, new].concat());
        for name in context.institutions.claiming(&hosts, newcomer) {
            context.concerns(&name);
        }
    }
    name
}

fn lost(context: &Context, name: &str) {
    if let Some(stored) = context.institutions.lost(name) {
        let hosts = hosts(claims(&stored));
        for other in context.institutions.claiming(&hosts, Some(name)) {
            context.concerns(&other);
        }
    }
    context.concerns(name);
}

fn claims(stored: &Stored) -> Vec<Claim> {
    stored.as_ref().as_ref().map(claims_of).unwrap_or_default()
}

fn hosts(claims: Vec<Claim>) -> Vec<String> {
    claims.into_iter().map(|claim| claim.host).collect()
}

fn version(stored: &Stored) -> Option<String> {
    match stored.as_ref() {
        Ok(institution) => institution.resource_version(),
        Err(invalid) => invalid.metadata.resource_version.clone(),
    }
}

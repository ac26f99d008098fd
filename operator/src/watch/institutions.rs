//! Watching the resources. One that cannot be read is kept as such and does not hold up the others.

use std::collections::HashSet;
use std::sync::Arc;

use acervo_crds::IiifInstitution;
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
    let claims = |stored: Option<&Stored>| stored.map_or(&[][..], |stored| claims(stored)).to_vec();
    let (old, new) = (claims(before.as_ref()), claims(Some(&stored)));
    if old != new {
        // Whoever claims a host that may have changed hands is concerned as well.
        for name in context.institutions.claiming(&[old, new].concat()) {
            context.concerns(&name);
        }
    }
    name
}

fn lost(context: &Context, name: &str) {
    if let Some(stored) = context.institutions.lost(name) {
        for other in context.institutions.claiming(claims(&stored)) {
            context.concerns(&other);
        }
    }
    context.concerns(name);
}

fn claims(stored: &Stored) -> &[String] {
    stored
        .as_ref()
        .as_ref()
        .map_or(&[], |institution| &institution.spec.hostnames)
}

fn version(stored: &Stored) -> Option<String> {
    match stored.as_ref() {
        Ok(institution) => institution.resource_version(),
        Err(invalid) => invalid.metadata.resource_version.clone(),
    }
}

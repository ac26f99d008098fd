//! Watching the resources. One that cannot be read is kept as such and does not hold up the others.

use std::collections::HashSet;
use std::sync::Arc;

use acervo_crds::IiifInstitution;
use kube::core::DeserializeGuard;
use kube::{Api, ResourceExt as _};

use super::{News, Which, follow_custom};
use crate::context::Context;
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
            present = HashSet::new();
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
    let news = context.institutions.saw(&name, object.0.map_err(Box::new));
    if news.changed {
        context.concerns(&name);
    }
    for other in news.concerned {
        context.concerns(&other);
    }
    name
}

fn lost(context: &Context, name: &str) {
    for other in context.institutions.lost(name) {
        context.concerns(&other);
    }
    context.concerns(name);
}

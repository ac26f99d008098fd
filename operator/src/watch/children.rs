//! Watching the children: every event updates what is remembered and asks for a reconcile.

use std::sync::Arc;

use kube::Api;

use super::{News, Which, follow, follow_custom};
use crate::children::Kind;
use crate::context::Context;
use crate::names;
use crate::observe::{Observed, Watched};

/// Watches one kind of child for ever.
pub fn watch<K: Watched>(context: &Arc<Context>) -> impl Future<Output = ()> + Send + use<K> {
    let api: Api<Observed<K>> = Api::all(context.client.clone());
    let which = Which::Labelled(names::INSTITUTION);
    follow(api, which, &context.progress, telling::<K>(context))
}

/// Watches one kind of child that the cluster may not have.
pub fn watch_custom<K: Watched>(
    context: &Arc<Context>,
) -> impl Future<Output = ()> + Send + use<K> {
    let api: Api<Observed<K>> = Api::all(context.client.clone());
    let (client, which) = (context.client.clone(), Which::Labelled(names::INSTITUTION));
    follow_custom(client, api, which, &context.progress, telling::<K>(context))
}

fn telling<K: Watched>(context: &Arc<Context>) -> impl FnMut(News<Observed<K>>) + Send + use<K> {
    let context = Arc::clone(context);
    move |news| match news {
        News::Begin => context.children.relisted(K::KIND),
        News::Listed(object) => saw(&context, object),
        News::Complete => {
            forget_unlisted(&context, K::KIND);
            kind_is(&context, K::KIND, true);
        }
        News::Changed(object) => {
            if object.institution(&context.namespace).is_some() {
                saw(&context, object);
            } else {
                // Somebody gave it the label of another institution: it is no longer known as ours.
                lost(&context, object);
            }
        }
        News::Gone(object) => lost(&context, object),
        News::NoSuchKind => {
            context.children.relisted(K::KIND);
            forget_unlisted(&context, K::KIND);
            kind_is(&context, K::KIND, false);
        }
    }
}

fn forget_unlisted(context: &Context, kind: Kind) {
    for institution in context.children.listed(kind) {
        context.concerns(&institution);
    }
}

/// Remembers whether the cluster has a kind, and asks for a reconcile of everybody if that is news.
fn kind_is(context: &Context, kind: Kind, there: bool) {
    if context.children.kind_is(kind, there) {
        context.concerns_everybody();
    }
}

fn saw<K: Watched>(context: &Context, object: Observed<K>) {
    let institution: Option<Box<str>> = object.institution(&context.namespace).map(Into::into);
    if let Some(institution) = institution
        && let Some((key, child)) = object.child(&institution)
        && context.children.saw(&institution, key, child)
    {
        context.concerns(&institution);
    }
}

fn lost<K: Watched>(context: &Context, object: Observed<K>) {
    let place: Option<Box<str>> = object.place(&context.namespace).map(Into::into);
    if let Some(institution) = place
        && let Some((key, child)) = object.child(&institution)
        && context.children.lost(&institution, &key, child.version)
    {
        context.concerns(&institution);
    }
}

//! Watching the children: every event updates what is remembered and asks for a reconcile.

use std::collections::HashSet;
use std::sync::Arc;

use kube::Api;

use super::{News, Which, follow, follow_custom};
use crate::context::Context;
use crate::names;
use crate::observe::{self, Watched};

/// Watches one kind of child for ever.
pub fn watch<K: Watched>(context: &Arc<Context>) -> impl Future<Output = ()> + Send + use<K> {
    let api: Api<K> = Api::all(context.client.clone());
    let which = Which::Labelled(names::INSTITUTION);
    follow(api, which, &context.progress, telling::<K>(context))
}

/// Watches one kind of child that the cluster may not have.
pub fn watch_custom<K: Watched>(
    context: &Arc<Context>,
) -> impl Future<Output = ()> + Send + use<K> {
    let api: Api<K> = Api::all(context.client.clone());
    let (client, which) = (context.client.clone(), Which::Labelled(names::INSTITUTION));
    follow_custom(client, api, which, &context.progress, telling::<K>(context))
}

fn telling<K: Watched>(context: &Arc<Context>) -> impl FnMut(News<K>) + Send + use<K> {
    let context = Arc::clone(context);
    let mut present = HashSet::new();
    move |news| match news {
        News::Begin => {
            present.clear();
            context.children.relisted(K::KIND);
        }
        News::Listed(object) => {
            present.extend(saw::<K>(&context, &object));
        }
        News::Complete => {
            for institution in context.children.keep_only(K::KIND, &present) {
                context.concerns(&institution);
            }
            present.clear();
            kind_is(&context, K::KIND, true);
        }
        News::Changed(object) => {
            if saw::<K>(&context, &object).is_none() {
                // Somebody gave it the label of another institution: it is no longer known as ours.
                lost::<K>(&context, &object);
            }
        }
        News::Gone(object) => lost::<K>(&context, &object),
        News::NoSuchKind => {
            for institution in context.children.keep_only(K::KIND, &HashSet::new()) {
                context.concerns(&institution);
            }
            kind_is(&context, K::KIND, false);
        }
    }
}

/// Remembers whether the cluster has a kind, and asks for a reconcile of everybody if that is news.
fn kind_is(context: &Context, kind: crate::children::Kind, there: bool) {
    if context.children.kind_is(kind, there) {
        context.concerns_everybody();
    }
}

/// Remembers an object, if it is a child; gives of which institution, and its name.
fn saw<K: Watched>(context: &Context, object: &K) -> Option<(Box<str>, Box<str>)> {
    let institution: Box<str> = observe::institution(object, &context.namespace)?.into();
    let (key, child) = (observe::key(object, &institution), observe::child(object)?);
    let name = key.1.clone();
    if context.children.saw(&institution, key, child) {
        context.concerns(&institution);
    }
    Some((institution, name))
}

fn lost<K: Watched>(context: &Context, object: &K) {
    let place = observe::place(object, &context.namespace);
    if let (Some(institution), Some(child)) = (place, observe::child(object))
        && context.children.lost(
            institution,
            &observe::key(object, institution),
            child.version,
        )
    {
        context.concerns(institution);
    }
}

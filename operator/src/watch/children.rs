//! Watching the children: every event updates what is remembered and asks for a reconcile.

use std::collections::HashSet;
use std::sync::Arc;

use kube::{Api, ResourceExt as _};

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
            if let Some(institution) = saw::<K>(&context, &object) {
                present.insert((institution, object.name_any().into()));
            }
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

fn saw<K: Watched>(context: &Context, object: &K) -> Option<Box<str>> {
    let institution: Box<str> = observe::institution(object)?.into();
    let (key, child) = observe::child(object)?;
    if context.children.saw(&institution, key, child) {
        context.concerns(&institution);
    }
    Some(institution)
}

fn lost<K: Watched>(context: &Context, object: &K) {
    if let (Some(institution), Some((key, child))) =
        (observe::place(object), observe::child(object))
        && context.children.lost(institution, &key, child.version)
    {
        context.concerns(institution);
    }
}

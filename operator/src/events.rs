//! Events: what `kubectl describe` tells of an institution beside its conditions. Each is written once and
//! then forgotten.

use jiff::Timestamp;
use k8s_openapi::api::core::v1::ObjectReference;
use k8s_openapi::api::events::v1::Event;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta};
use kube::api::PostParams;
use kube::{Api, Client};

use crate::names::FIELD_MANAGER;

/// Where events lie about what is in no namespace.
const NAMESPACE: &str = "default";

/// Writes events.
pub struct Events {
    api: Api<Event>,
    /// Which of the operator's pods writes them.
    instance: String,
}

/// Something to tell of an institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told<'a> {
    /// Whether somebody should look at it.
    pub warns: bool,
    /// One word.
    pub reason: &'a str,
    /// A sentence.
    pub note: String,
}

impl Events {
    /// Events of the operator in the pod called `instance`.
    #[must_use]
    pub fn new(client: &Client, instance: Option<String>) -> Self {
        Self {
            api: Api::namespaced(client.clone(), NAMESPACE),
            instance: instance.unwrap_or_else(|| FIELD_MANAGER.to_owned()),
        }
    }

    /// Tells of an institution. An event that cannot be written is still in the status.
    pub async fn tell(&self, institution: &ObjectReference, told: Told<'_>) {
        let event = self.event(institution, told, Timestamp::now());
        if let Err(error) = self.api.create(&PostParams::default(), &event).await {
            tracing::debug!(%error, "an event could not be written");
        }
    }

    fn event(&self, institution: &ObjectReference, told: Told<'_>, now: Timestamp) -> Event {
        let name = institution.name.as_deref().unwrap_or(FIELD_MANAGER);
        Event {
            metadata: ObjectMeta {
                name: Some(format!("{name}.{:x}", now.as_nanosecond())),
                namespace: Some(NAMESPACE.to_owned()),
                ..ObjectMeta::default()
            },
            event_time: Some(MicroTime(now)),
            type_: Some(if told.warns { "Warning" } else { "Normal" }.to_owned()),
            reason: Some(told.reason.to_owned()),
            action: Some("Reconcile".to_owned()),
            note: Some(shortened(told.note)),
            regarding: Some(institution.clone()),
            reporting_controller: Some(FIELD_MANAGER.to_owned()),
            reporting_instance: Some(self.instance.clone()),
            ..Event::default()
        }
    }
}

/// The API server takes no longer notes.
fn shortened(mut note: String) -> String {
    const LONGEST: usize = 1000;
    if note.len() > LONGEST {
        note.truncate(note.floor_char_boundary(LONGEST));
        note.push('…');
    }
    note
}

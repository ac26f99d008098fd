//! An object as it is read off the wire: at once into what is remembered of it.

use std::borrow::Cow;
use std::marker::PhantomData;

use kube::Resource;
use kube::core::ObjectMeta;
use serde::{Deserialize, Deserializer};

use super::{Watched, key_of, place};
use crate::children::{Child, Key, Kind, Seen};
use crate::digest;
use crate::json::Json;
use crate::names;

/// A child as a watch or a write tells of it. It is read at once into what is remembered of it: of a page
/// of a list only one object is ever in memory as a whole.
#[derive(Debug, Clone)]
pub struct Observed<K> {
    /// Name, namespace and version, and nothing else.
    metadata: ObjectMeta,
    /// The institution of its label.
    label: Option<Box<str>>,
    child: Option<Child>,
    kind: PhantomData<fn() -> K>,
}

impl<'de, K: Watched> Deserialize<'de> for Observed<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let object = Json::deserialize(deserializer)?;
        let said = object.get("metadata");
        let text = |field: &str| said.get(field).text().map(str::to_owned);
        let metadata = ObjectMeta {
            name: text("name"),
            namespace: text("namespace"),
            resource_version: text("resourceVersion"),
            ..ObjectMeta::default()
        };
        let label = said.get("labels").get(names::INSTITUTION).text();
        Ok(Self {
            metadata,
            label: label.map(Into::into),
            child: remembered::<K>(object),
            kind: PhantomData,
        })
    }
}

impl<K: Watched> Resource for Observed<K> {
    type DynamicType = ();
    type Scope = K::Scope;

    fn kind((): &()) -> Cow<'_, str> {
        K::kind(&())
    }

    fn group((): &()) -> Cow<'_, str> {
        K::group(&())
    }

    fn version((): &()) -> Cow<'_, str> {
        K::version(&())
    }

    fn plural((): &()) -> Cow<'_, str> {
        K::plural(&())
    }

    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}

impl<K: Watched> Observed<K> {
    /// The institution that the object belongs to: that of its label, if the object is where children of
    /// that institution are. Whoever puts the label on anything else makes no child of it. `home` is the
    /// operator's own namespace.
    #[must_use]
    pub fn institution(&self, home: &str) -> Option<&str> {
        self.place(home)
            .filter(|place| self.label.as_deref() == Some(place))
    }

    /// The institution in whose place the object is.
    #[must_use]
    pub fn place(&self, home: &str) -> Option<&str> {
        place(self, home)
    }

    /// What is remembered of it as a child of `institution`.
    #[must_use]
    pub fn child(self, institution: &str) -> Option<(Key, Child)> {
        let key = key_of::<K>(&self.metadata, &names::namespace(institution));
        Some((key, self.child?))
    }
}

/// What is remembered of an object that is as the API server writes it.
fn remembered<K: Watched>(mut object: Json<'_>) -> Option<Child> {
    let metadata = object.get("metadata");
    Some(Child {
        version: metadata.get("resourceVersion").text()?.parse().ok()?,
        owned: digest::owned(&object),
        stands_for: None,
        terminating: *metadata.get("deletionTimestamp") != Json::Null,
        seen: {
            let is_server = K::KIND == Kind::Deployment;
            let made = is_server.then(|| digest::owned_but(&object, names::ROLLOUT));
            forget_records(&mut object);
            let mut seen = K::read(object)?;
            if let (Seen::Server(server), Some(made)) = (&mut seen, made) {
                let record = server.rollout.as_ref();
                server.drifted = record.is_some_and(|record| made != Some(record.wanted));
            }
            seen
        },
    })
}

/// Takes away who wrote what, which is long.
fn forget_records(object: &mut Json<'_>) {
    let mut metadata = object.take("metadata");
    metadata.take("managedFields");
    object.set("metadata", metadata);
}

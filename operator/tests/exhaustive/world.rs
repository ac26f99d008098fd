//! The world of one institution: an API server with its controllers, watches that may lag, an operator
//! that may be killed, and people who interfere.

use std::collections::{BTreeMap, BTreeSet};

use acervo_crds::IiifInstitution;
use acervo_operator::children::Kind;
use acervo_operator::config::OperatorConfig;
use acervo_operator::names;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use serde_json::Value;

use crate::objects::{Object, Objects, Slot, is_controlled};
use crate::operator::{Operator, Planned, Plans, Work};
use crate::search;

/// The institution.
pub(crate) const NAME: &str = "museo-norte";

const PLATFORM: &str = "
platform:
  baseUrl: https://iiif.example.org/{institution}
  plans:
    small:
      resources: {requests: {cpu: 50m, memory: 64Mi}, limits: {memory: 512Mi}}
      ingestResources: {requests: {cpu: 250m, memory: 512Mi}, limits: {memory: 1Gi}}
image: {reference: acervo:1.2.3}
routing: {gateway: {name: front, namespace: ingress-system}}
networkPolicy: {operatorNamespace: platform-system, nodeCIDRs: [10.10.0.0/24]}
";

/// The resources that people apply, one after the other.
const RESOURCES: [&str; 4] = [
    "{displayName: {es: Uno}, storage: {size: 5Gi}, access: [{group: staff}]}",
    "{displayName: {es: Dos}, storage: {size: 6Gi}}",
    // No platform has this plan: nothing can be built of it.
    "{displayName: {es: Tres}, storage: {size: 6Gi}, plan: nowhere}",
    "{displayName: {es: Uno}, storage: {size: 5Gi}, suspend: true}",
];

/// The bounds of a search.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// How many faults there may be.
    pub(crate) faults: u8,
    pub(crate) institution: Institution,
    /// Whether controllers may act between any two steps of the operator, each by itself.
    pub(crate) is_fine: bool,
    /// Whether people do nothing but apply resources, and nothing fails but the operator. Then no address
    /// is ever lost.
    pub(crate) is_calm: bool,
}

/// Which children the institution has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Institution {
    /// All that its resource makes.
    Whole,
    /// One of each sort: without further ones that are treated in the same way.
    Small,
}

/// The resource in the API server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Resource {
    /// Which of [`RESOURCES`].
    pub(crate) spec: u8,
    pub(crate) uid: u8,
}

/// What a watch tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Source {
    Resource,
    Children(Kind),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Event {
    Resource(Option<Resource>),
    Changed(Slot, Object),
    /// Deleted, or without the label by which it is watched, at this version.
    Gone(Slot, u8),
}

/// A watch that has not told everything.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Lag {
    /// Events wait.
    Behind(Vec<Event>),
    /// Its events were lost. A new list has begun, of what there was then; it ends, and then comes what
    /// has happened since.
    Listing(Vec<Event>, Vec<Event>),
}

/// All that there is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct World {
    pub(crate) resource: Option<Resource>,
    /// The UID that was given last.
    pub(crate) uid: u8,
    pub(crate) objects: BTreeMap<Slot, Object>,
    pub(crate) lags: BTreeMap<Source, Lag>,
    /// None while it is down.
    pub(crate) operator: Option<Operator>,
    /// How many faults there may still be.
    pub(crate) faults: u8,
}

/// What becomes of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is done and answered.
    Done,
    /// It is not done.
    Refused,
    /// It is done, and the answer does not arrive.
    Lost,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// The operator takes its next step; if it is a write, with this answer.
    Step(Answer),
    /// The time comes for which the operator waited.
    Elapse,
    /// It starts again, with empty caches that are filled before it does anything.
    Restart,
    /// A watch tells what it has not told.
    CatchUp(Source),
    /// A controller does its part for an object.
    Settle(Slot),
    /// The garbage collector deletes what its owner left.
    Sweep(Slot),
    /// What is being deleted is gone, or something in a namespace that is.
    Finalise(Slot),
    /// The operator is killed.
    Kill,
    /// A watch falls behind.
    FallBehind(Source),
    /// A watch is cut off, and lists anew.
    Lose(Source),
    /// Somebody changes a field of ours.
    Edit(Slot),
    /// Somebody takes our label away.
    Unlabel(Slot),
    /// Somebody deletes an object.
    Delete(Slot),
    /// Somebody applies one of [`RESOURCES`].
    Apply(u8),
    /// Somebody deletes the resource.
    Remove,
}

/// The model.
pub(crate) struct System {
    pub(crate) bounds: Bounds,
    pub(crate) objects: Objects,
    pub(crate) config: OperatorConfig,
    pub(crate) plans: Plans,
    specs: Vec<IiifInstitution>,
}

impl System {
    pub(crate) fn new(bounds: Bounds) -> Self {
        let parse = |spec: &&str| {
            let text = format!(
                "{{apiVersion: acervo.dev/v1alpha1, kind: IiifInstitution, metadata: {{name: {NAME}}}, spec: {spec}}}"
            );
            let mut institution = acervo_crds::read("model", &text, &[])
                .remove(0)
                .expect("valid");
            let created = "2026-03-01T00:00:00Z".parse().expect("a time");
            institution.metadata.creation_timestamp = Some(Time(created));
            institution
        };
        Self {
            bounds,
            objects: Objects::default(),
            config: OperatorConfig::from_yaml(PLATFORM).expect("a configuration"),
            plans: Plans::default(),
            specs: RESOURCES.iter().map(parse).collect(),
        }
    }

    /// The first of the resources was applied, and a new operator has not seen it yet.
    pub(crate) fn root(&self) -> World {
        World {
            resource: Some(Resource { spec: 0, uid: 1 }),
            uid: 1,
            objects: BTreeMap::new(),
            lags: BTreeMap::new(),
            operator: None,
            faults: self.bounds.faults,
        }
    }

    /// The resource as the operator reads it.
    pub(crate) fn institution(&self, resource: Resource) -> IiifInstitution {
        let mut institution = self.specs[usize::from(resource.spec)].clone();
        institution.metadata.uid = Some(format!("uid-{}", resource.uid));
        institution
    }

    /// The owner that what is applied names.
    pub(crate) fn owner(object: &Value) -> Option<u8> {
        let uid = object["metadata"]["ownerReferences"][0]["uid"].as_str()?;
        uid.strip_prefix("uid-")?.parse().ok()
    }

    pub(crate) fn of_kind(&self, world: &World, kind: Kind) -> Option<Slot> {
        let mut slots = world.objects.keys();
        slots
            .find(|slot| self.objects.kind(**slot) == kind)
            .copied()
    }

    /// A version that nothing that anybody remembers of a place has reached.
    fn next_version(world: &mut World, slot: Slot) -> u8 {
        let mut last = 0;
        visit_versions(world, slot, &mut |version| last = last.max(*version));
        last + 1
    }

    /// Something changed in the API server: its watch tells the operator, now or later.
    pub(crate) fn tell(&mut self, world: &mut World, source: Source, event: Event) {
        match world.lags.get_mut(&source) {
            Some(Lag::Behind(events) | Lag::Listing(_, events)) => events.push(event),
            None => self.hears(world, event),
        }
    }

    /// Makes an object what it is now, and tells of it.
    pub(crate) fn put(&mut self, world: &mut World, slot: Slot, mut object: Object) {
        object.version = Self::next_version(world, slot);
        world.objects.insert(slot, object);
        let event = match object.is_unlabelled {
            true => Event::Gone(slot, object.version),
            false => Event::Changed(slot, object),
        };
        self.tell(world, Source::Children(self.objects.kind(slot)), event);
    }

    fn take(&mut self, world: &mut World, slot: Slot) {
        let version = Self::next_version(world, slot);
        world.objects.remove(&slot);
        let event = Event::Gone(slot, version);
        self.tell(world, Source::Children(self.objects.kind(slot)), event);
    }

    /// Deletes an object; what others protect goes later.
    pub(crate) fn delete(&mut self, world: &mut World, slot: Slot) {
        let Some(object) = world.objects.get(&slot).copied() else {
            return;
        };
        match self.objects.kind(slot) {
            Kind::Namespace | Kind::Claim if object.is_terminating => {}
            Kind::Namespace | Kind::Claim => {
                let is_terminating = true;
                let object = Object {
                    is_terminating,
                    ..object
                };
                self.put(world, slot, object);
            }
            _ => self.take(world, slot),
        }
    }

    /// What is there, as a new list tells it.
    fn listed(&self, world: &World, source: Source) -> Vec<Event> {
        match source {
            Source::Resource => vec![Event::Resource(world.resource)],
            Source::Children(kind) => {
                let objects = world.objects.iter();
                let of_kind = objects.filter(|(slot, object)| {
                    self.objects.kind(**slot) == kind && !object.is_unlabelled
                });
                of_kind
                    .map(|(slot, object)| Event::Changed(*slot, *object))
                    .collect()
            }
        }
    }

    fn change_resource(&mut self, world: &mut World, resource: Option<Resource>) {
        world.resource = resource;
        self.tell(world, Source::Resource, Event::Resource(resource));
    }

    fn is_orphan(world: &World, object: &Object) -> bool {
        object.owner.is_some_and(|owner| {
            !object.is_terminating && world.resource.is_none_or(|resource| resource.uid != owner)
        })
    }

    /// What goes on by itself.
    fn progress(&self, world: &World) -> Vec<Action> {
        let mut actions = Vec::new();
        let Some(operator) = &world.operator else {
            return vec![Action::Restart];
        };
        if operator.is_dirty || operator.work != Work::None {
            actions.push(Action::Step(Answer::Done));
        }
        actions.extend(world.lags.keys().copied().map(Action::CatchUp));
        let is_idle = actions.is_empty();
        let mut objects = world.objects.iter();
        let terminating = |kind: Kind| {
            let mut objects = world.objects.iter();
            objects
                .find(|(slot, object)| object.is_terminating && self.objects.kind(**slot) == kind)
        };
        if terminating(Kind::Namespace).is_some() {
            // The last goes the namespace itself.
            let mut inside = objects.clone();
            let last = inside.rfind(|(slot, _)| !self.objects.is_elsewhere(**slot));
            actions.extend(last.map(|(slot, _)| Action::Finalise(*slot)));
        } else if let Some((slot, _)) = terminating(Kind::Claim) {
            actions.push(Action::Finalise(*slot));
        }
        if let Some((slot, _)) = objects
            .clone()
            .find(|(_, object)| Self::is_orphan(world, object))
        {
            actions.push(Action::Sweep(*slot));
        }
        let mut unsettled = objects.by_ref().filter(|(slot, object)| {
            is_controlled(self.objects.kind(**slot)) && !object.is_settled && !object.is_terminating
        });
        let settle = |(slot, _): (&Slot, &Object)| Action::Settle(*slot);
        if self.bounds.is_fine {
            actions.extend(unsettled.map(settle));
        } else if is_idle {
            actions.extend(unsettled.next().map(settle));
        }
        if actions.is_empty() && operator.waits {
            actions.push(Action::Elapse);
        }
        actions
    }

    /// What may go wrong, and what people may do.
    fn faults(&self, world: &World) -> Vec<Action> {
        let mut actions = Vec::new();
        if world.operator.is_some() {
            actions.push(Action::Kill);
        }
        let now = world.resource.map(|resource| resource.spec);
        let specs = 0..u8::try_from(RESOURCES.len()).expect("few");
        actions.extend(specs.filter(|spec| now != Some(*spec)).map(Action::Apply));
        if self.bounds.is_calm {
            return actions;
        }
        if let Some(operator) = &world.operator {
            if let Work::Plan(plan) = &operator.work
                && self.plans.writes(*plan)
            {
                actions.extend([Answer::Refused, Answer::Lost].map(Action::Step));
            }
            let kinds = world.objects.keys().map(|slot| self.objects.kind(*slot));
            let mut sources: BTreeSet<_> = kinds.map(Source::Children).collect();
            sources.insert(Source::Resource);
            for source in sources {
                if !world.lags.contains_key(&source) {
                    actions.extend([Action::FallBehind(source), Action::Lose(source)]);
                }
            }
        }
        for (slot, object) in &world.objects {
            if object.is_terminating {
                continue;
            }
            actions.push(Action::Delete(*slot));
            if !object.is_edited {
                actions.push(Action::Edit(*slot));
            }
            if !object.is_unlabelled {
                actions.push(Action::Unlabel(*slot));
            }
        }
        if now.is_some() {
            actions.push(Action::Remove);
        }
        actions
    }

    /// Whether a Gateway leads readers anywhere: to the server or to the notice.
    fn leads(&self, world: &World) -> bool {
        let mut objects = world.objects.iter();
        objects
            .any(|(slot, object)| self.objects.kind(*slot) == Kind::HttpRoute && object.is_settled)
    }

    fn act(&mut self, world: &mut World, action: Action) -> Result<(), String> {
        let changed = |world: &World, slot: Slot, change: fn(&mut Object)| {
            let mut object = world.objects[&slot];
            change(&mut object);
            object
        };
        match action {
            Action::Step(answer) => self.operator_steps(world, answer)?,
            Action::Elapse => {
                if let Some(operator) = &mut world.operator {
                    (operator.is_dirty, operator.waits) = (true, false);
                }
            }
            Action::Restart => self.operator_starts(world),
            Action::CatchUp(source) => self.catch_up(world, source),
            Action::Settle(slot) => {
                let object = changed(world, slot, |object| object.is_settled = true);
                self.put(world, slot, object);
            }
            Action::Sweep(slot) => self.delete(world, slot),
            Action::Finalise(slot) => self.take(world, slot),
            Action::Kill => (world.operator, world.lags) = (None, BTreeMap::new()),
            Action::FallBehind(source) => {
                world.lags.insert(source, Lag::Behind(Vec::new()));
            }
            Action::Lose(source) => {
                let listed = self.listed(world, source);
                self.operator_lists(world, source);
                world.lags.insert(source, Lag::Listing(listed, Vec::new()));
            }
            Action::Edit(slot) => {
                let object = changed(world, slot, |object| object.is_edited = true);
                self.put(world, slot, object);
            }
            Action::Unlabel(slot) => {
                let object = changed(world, slot, |object| object.is_unlabelled = true);
                self.put(world, slot, object);
            }
            Action::Delete(slot) => self.delete(world, slot),
            Action::Apply(spec) => {
                world.uid += u8::from(world.resource.is_none());
                let uid = world.uid;
                self.change_resource(world, Some(Resource { spec, uid }));
            }
            Action::Remove => self.change_resource(world, None),
        }
        Ok(())
    }

    fn catch_up(&mut self, world: &mut World, source: Source) {
        let events = match world.lags.remove(&source) {
            None => return,
            Some(Lag::Behind(events)) => events,
            Some(Lag::Listing(listed, since)) => {
                self.hears_list(world, source, listed);
                since
            }
        };
        for event in events {
            self.hears(world, event);
        }
    }

    /// At rest without a resource: what it owned is gone, and what outlives it is marked.
    fn is_retired(&self, world: &World) -> Result<(), String> {
        let mut leftover = Vec::new();
        for (slot, object) in &world.objects {
            let kind = self.objects.kind(*slot);
            let read = self.objects.as_read(*slot, *object);
            let is_marked = read["metadata"]["labels"][names::RETAINED] == "true";
            if ![Kind::Namespace, Kind::Claim].contains(&kind)
                || !(is_marked || self.is_disowned(world))
            {
                leftover.push(format!("{kind:?}"));
            }
        }
        if leftover.is_empty() {
            Ok(())
        } else {
            Err(format!(
                "the resource is gone, and left over is {leftover:?}"
            ))
        }
    }

    /// Somebody took our label away from the namespace: it is no longer known as ours.
    fn is_disowned(&self, world: &World) -> bool {
        let namespace = self.of_kind(world, Kind::Namespace);
        namespace.is_some_and(|slot| world.objects[&slot].is_unlabelled)
    }

    /// At rest with a resource: the children are those of a fresh build.
    fn is_built(&mut self, world: &World, resource: Resource) -> Result<(), String> {
        let Planned::Built(wanted) = self.fresh(world, resource) else {
            return Ok(());
        };
        for (slot, content) in &wanted {
            let name = format!("{:?}", self.objects.key(*slot));
            let Some(object) = world.objects.get(slot) else {
                return Err(format!("{name} is missing"));
            };
            if object.content != *content || object.is_edited || object.is_unlabelled {
                return Err(format!("{name} is not as it was built: {object:?}"));
            }
        }
        // What lost its label when it was no longer wanted is no child of ours any more.
        let mut ours = world
            .objects
            .iter()
            .filter(|(_, object)| !object.is_unlabelled);
        match ours.find(|(slot, _)| !wanted.contains_key(slot)) {
            Some((slot, _)) => Err(format!("{:?} is left over", self.objects.key(*slot))),
            None => Ok(()),
        }
    }
}

impl search::System for System {
    type State = World;
    type Action = Action;

    fn actions(&self, world: &World) -> Vec<Action> {
        let mut actions = self.progress(world);
        if world.faults > 0 {
            actions.extend(self.faults(world));
        }
        actions
    }

    fn is_fault(&self, action: Action) -> bool {
        !matches!(
            action,
            Action::Step(Answer::Done)
                | Action::Elapse
                | Action::Restart
                | Action::CatchUp(_)
                | Action::Settle(_)
                | Action::Sweep(_)
                | Action::Finalise(_)
        )
    }

    /// While a watch lags behind, the operator and the cluster's garbage collector may well disagree. It
    /// catches up in the end; and only a fault makes it lag again.
    fn awaits(&self, world: &World) -> bool {
        !world.lags.is_empty()
    }

    fn describe(&self, action: Action) -> String {
        match action {
            Action::Settle(slot)
            | Action::Sweep(slot)
            | Action::Finalise(slot)
            | Action::Edit(slot)
            | Action::Unlabel(slot)
            | Action::Delete(slot) => format!("{action:?}: {:?}", self.objects.key(slot)),
            action => format!("{action:?}"),
        }
    }

    fn after(&mut self, world: &World, action: Action) -> Result<World, String> {
        let mut next = world.clone();
        if self.is_fault(action) {
            next.faults -= 1;
        }
        self.act(&mut next, action)?;
        // Only an order of a person, or one that it gave before, takes the volume.
        let claim = |world: &World| {
            let claim = self.of_kind(world, Kind::Claim);
            claim.is_some_and(|slot| !world.objects[&slot].is_terminating)
        };
        let by_person = matches!(action, Action::Delete(_) | Action::Finalise(_));
        if claim(world) && !claim(&next) && !by_person {
            return Err("the volume was deleted".to_owned());
        }
        if self.bounds.is_calm && self.leads(world) && !self.leads(&next) {
            return Err("an address was lost".to_owned());
        }
        for slot in self.objects.slots() {
            normalise(&mut next, slot);
        }
        Ok(next)
    }

    fn at_rest(&mut self, world: &World) -> Result<(), String> {
        match world.resource {
            None => self.is_retired(world),
            Some(resource) => {
                self.is_built(world, resource)?;
                self.is_silent(world, resource)
            }
        }
    }
}

/// Versions only order what is told of one place: of two worlds that differ in nothing else, one is
/// enough.
fn normalise(world: &mut World, slot: Slot) {
    let mut versions = Vec::new();
    visit_versions(world, slot, &mut |version| versions.push(*version));
    versions.push(0);
    versions.sort_unstable();
    versions.dedup();
    visit_versions(world, slot, &mut |version| {
        let rank = versions.binary_search(version).unwrap_or_default();
        *version = u8::try_from(rank).expect("few versions");
    });
}

/// Every version of an object in a place that anybody remembers.
fn visit_versions(world: &mut World, slot: Slot, visit: &mut dyn FnMut(&mut u8)) {
    if let Some(object) = world.objects.get_mut(&slot) {
        visit(&mut object.version);
    }
    let operator = world.operator.as_mut();
    if let Some(child) = operator.and_then(|operator| operator.children.get_mut(&slot)) {
        visit(&mut child.version);
    }
    for lag in world.lags.values_mut() {
        let (listed, since) = match lag {
            Lag::Behind(events) => (None, events),
            Lag::Listing(listed, since) => (Some(listed), since),
        };
        for event in listed.into_iter().flatten().chain(since) {
            match event {
                Event::Changed(of, object) if *of == slot => visit(&mut object.version),
                Event::Gone(of, version) if *of == slot => visit(version),
                _ => {}
            }
        }
    }
}

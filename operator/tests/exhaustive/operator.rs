//! The operator in the model: its own code decides, one write after the other.

use std::collections::{BTreeMap, HashMap};

use acervo_operator::children::{Child, Children, Key, Kind};
use acervo_operator::names;
use acervo_operator::quantity::Amount;
use acervo_operator::reconcile::build::build;
use acervo_operator::reconcile::dereference;
use acervo_operator::reconcile::facts::{Facts, GatewayState, NamespaceState, StorageClassState};
use acervo_operator::reconcile::plan::{Plan, Write};
use acervo_operator::reconcile::retire;
use acervo_operator::reconcile::validate::validate;
use k8s_openapi::api::core::v1::{Namespace, PersistentVolumeClaim};
use serde_json::Value;

use crate::objects::{Content, Object, Slot, View, typed};
use crate::world::{Answer, Event, Institution, NAME, Resource, Source, System, World};

/// The operator, as far as the next steps follow from it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Operator {
    pub(crate) resource: Option<Resource>,
    pub(crate) children: BTreeMap<Slot, Known>,
    /// What it works on.
    pub(crate) work: Work,
    /// Whether a reconcile is asked for.
    pub(crate) is_dirty: bool,
    /// Whether one is due later.
    pub(crate) waits: bool,
}

/// What it remembers of a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Known {
    pub(crate) version: u8,
    pub(crate) view: View,
}

/// What the operator works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Work {
    #[default]
    None,
    /// What is left of a plan.
    Plan(PlanId),
    /// What is left to be marked of an institution without resource: the namespace, or the volume too.
    Retire { volume: bool },
}

/// A plan, and whether a write of it has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct PlanId {
    at: u32,
    has_failed: bool,
}

/// What a resource makes of what is known.
#[derive(Clone)]
pub(crate) enum Planned {
    /// Nothing can be built.
    Refused,
    /// The content of every place.
    Built(BTreeMap<Slot, Content>),
}

/// What decisions follow from: the resource, what is known of its children, whose the namespace is.
type Inputs = (Resource, Vec<(Slot, View)>, NamespaceKey);
type NamespaceKey = Option<bool>;

/// What the API server made of a write: the child, if it told of one; an error if it refused.
type Served = Result<Option<(Slot, Child)>, ()>;

/// Every plan that was made, each once.
#[derive(Default)]
pub(crate) struct Plans {
    plans: Vec<Plan>,
    by_text: HashMap<String, Vec<u32>>,
    made: HashMap<Inputs, Result<u32, bool>>,
    fresh: HashMap<Inputs, Planned>,
}

impl Plans {
    fn id(&mut self, plan: Plan) -> u32 {
        let alike = self.by_text.entry(format!("{plan:?}")).or_default();
        let known = alike.iter().find(|at| self.plans[**at as usize] == plan);
        known.copied().unwrap_or_else(|| {
            let at = u32::try_from(self.plans.len()).expect("few plans");
            self.plans.push(plan);
            alike.push(at);
            at
        })
    }

    /// Whether anything may be left to write.
    pub(crate) fn writes(&self, plan: PlanId) -> bool {
        !self.plans[plan.at as usize].is_done()
    }
}

/// What is known of the surroundings, which never change here.
fn facts() -> Facts {
    let mut facts = Facts::nothing_yet("2026-05-04T12:00:00Z".parse().expect("a time"));
    facts.gateway = GatewayState::Found { accepted: true };
    facts.storage_class = StorageClassState::Found {
        name: "standard".to_owned(),
        expandable: true,
    };
    facts
}

impl System {
    /// The operator's memory of those children as its own code keeps it.
    fn children(&self, operator: &Operator, which: impl Fn(Slot) -> bool) -> Children {
        let children = Children::default();
        for (slot, known) in operator.children.iter().filter(|(slot, _)| which(**slot)) {
            let child = self.objects.child(known.view, known.version);
            children.saw(NAME, self.objects.key(*slot).clone(), child);
        }
        children
    }

    fn all_children(&self, operator: &Operator) -> Children {
        self.children(operator, |_| true)
    }

    /// What its own code makes of its memory of those children, which follows from nothing else.
    fn remembers<T>(
        &mut self,
        operator: &mut Operator,
        which: impl Fn(Slot) -> bool,
        change: impl FnOnce(&Children) -> T,
    ) -> T {
        let children = self.children(operator, &which);
        let told = change(&children);
        operator.children.retain(|slot, _| !which(*slot));
        for (key, child) in children.of(NAME) {
            let version = u8::try_from(child.version).expect("few versions");
            let (slot, view) = (self.objects.slot(&key), self.objects.view(child));
            operator.children.insert(slot, Known { version, view });
        }
        told
    }

    fn saw(&mut self, operator: &mut Operator, slot: Slot, child: Child) -> bool {
        let key = self.objects.key(slot).clone();
        self.remembers(
            operator,
            |of| of == slot,
            |children| children.saw(NAME, key, child),
        )
    }

    /// Of a kind.
    fn are(&self, kind: Kind) -> impl Fn(Slot) -> bool + use<> {
        let those: Vec<_> = self
            .objects
            .slots()
            .filter(|slot| self.objects.kind(*slot) == kind)
            .collect();
        move |slot| those.contains(&slot)
    }

    /// The operator hears of a change.
    pub(crate) fn hears(&mut self, world: &mut World, event: Event) {
        let Some(mut operator) = world.operator.take() else {
            return;
        };
        let is_news = match event {
            Event::Resource(resource) => {
                let before = std::mem::replace(&mut operator.resource, resource);
                before != resource
            }
            Event::Changed(slot, object) => {
                let child = self.objects.observed(slot, object);
                self.saw(&mut operator, slot, child)
            }
            Event::Gone(slot, version) => {
                let key = self.objects.key(slot).clone();
                self.remembers(
                    &mut operator,
                    |of| of == slot,
                    |children| children.lost(NAME, &key, version.into()),
                )
            }
        };
        operator.is_dirty |= is_news;
        world.operator = Some(operator);
    }

    /// A new list begins.
    pub(crate) fn operator_lists(&mut self, world: &mut World, source: Source) {
        let Source::Children(kind) = source else {
            return;
        };
        if let Some(mut operator) = world.operator.take() {
            let are = self.are(kind);
            self.remembers(&mut operator, are, |children| children.relisted(kind));
            world.operator = Some(operator);
        }
    }

    /// A new list ends.
    pub(crate) fn hears_list(&mut self, world: &mut World, source: Source, listed: Vec<Event>) {
        for event in listed {
            self.hears(world, event);
        }
        let Source::Children(kind) = source else {
            return;
        };
        if let Some(mut operator) = world.operator.take() {
            let are = self.are(kind);
            let changed = self.remembers(&mut operator, are, |children| children.listed(kind));
            operator.is_dirty |= !changed.is_empty();
            world.operator = Some(operator);
        }
    }

    /// Every cache is filled, and everybody is looked at.
    pub(crate) fn operator_starts(&mut self, world: &mut World) {
        world.operator = Some(Operator {
            resource: world.resource,
            ..Operator::default()
        });
        for (slot, object) in world.objects.clone() {
            if !object.is_unlabelled {
                self.hears(world, Event::Changed(slot, object));
            }
        }
        if let Some(operator) = &mut world.operator {
            operator.is_dirty = true;
        }
    }

    pub(crate) fn operator_steps(
        &mut self,
        world: &mut World,
        answer: Answer,
    ) -> Result<(), String> {
        let Some(mut operator) = world.operator.take() else {
            return Ok(());
        };
        match operator.work {
            Work::None => {
                (operator.is_dirty, operator.waits) = (false, false);
                self.begin(world, &mut operator);
                world.operator = Some(operator);
                Ok(())
            }
            Work::Plan(plan) => self.write(world, operator, plan, answer),
            Work::Retire { volume } => {
                operator.work = match volume {
                    true => Work::Retire { volume: false },
                    false => Work::None,
                };
                world.operator = Some(operator);
                self.mark(world, if volume { Kind::Claim } else { Kind::Namespace });
                Ok(())
            }
        }
    }

    /// A reconcile begins.
    fn begin(&mut self, world: &World, operator: &mut Operator) {
        let Some(resource) = operator.resource else {
            let namespace = self.all_children(operator).of(NAME).remove(&namespace());
            if retire::is_due(namespace.as_ref()) {
                operator.work = Work::Retire { volume: true };
            }
            return;
        };
        match self.planned(world, operator, resource) {
            Ok(at) => {
                let has_failed = false;
                operator.work = Work::Plan(PlanId { at, has_failed });
            }
            Err(waits) => operator.waits = waits,
        }
    }

    /// The next write of a plan, or its end.
    fn write(
        &mut self,
        world: &mut World,
        mut operator: Operator,
        id: PlanId,
        answer: Answer,
    ) -> Result<(), String> {
        let mut plan = self.plans.plans[id.at as usize].clone();
        let Some(step) = plan.next(|| self.all_children(&operator).of(NAME)) else {
            operator.work = Work::None;
            // What failed is tried again.
            operator.is_dirty |= id.has_failed;
            world.operator = Some(operator);
            return Ok(());
        };
        world.operator = Some(operator);
        let written = match answer {
            Answer::Refused => Err(()),
            Answer::Done => self.serve(world, step.write)?,
            Answer::Lost => self.serve(world, step.write)?.and(Err(())),
        };
        let Some(mut operator) = world.operator.take() else {
            return Ok(());
        };
        let has_failed = id.has_failed || written.is_err();
        match written {
            Err(()) => plan.failed(step.stage),
            // The model's API server spells what it is given as it was given.
            Ok(Some((slot, child))) => {
                self.saw(&mut operator, slot, child);
            }
            Ok(None) => {}
        }
        let at = self.plans.id(plan);
        operator.work = Work::Plan(PlanId { at, has_failed });
        world.operator = Some(operator);
        Ok(())
    }

    /// What the API server makes of a write; an error if it never may be asked for.
    fn serve(&mut self, world: &mut World, write: Write) -> Result<Served, String> {
        match write {
            Write::Apply { key, object, .. } => {
                let slot = self.objects.slot(&key);
                let written = self.applied(world, slot, &object);
                Ok(written.map(|object| Some((slot, self.objects.observed(slot, object)))))
            }
            Write::Delete(key) if [Kind::Namespace, Kind::Claim].contains(&key.0) => {
                Err(format!("the operator deletes {key:?}"))
            }
            Write::Delete(key) => {
                let slot = self.objects.slot(&key);
                self.delete(world, slot);
                Ok(Ok(None))
            }
            Write::ApplySecret(_) | Write::DeleteSecret(_) => {
                Err("the platform has no Secrets".to_owned())
            }
        }
    }

    /// An apply: our fields are as we want them, whoever changed them.
    fn applied(&mut self, world: &mut World, slot: Slot, json: &Value) -> Result<Object, ()> {
        let kind = self.objects.kind(slot);
        let before = world.objects.get(&slot).copied();
        let namespace = self.of_kind(world, Kind::Namespace);
        let namespace = namespace.map(|slot| world.objects[&slot]);
        let has_room = kind == Kind::Namespace
            || self.objects.is_elsewhere(slot)
            || namespace.is_some_and(|namespace| before.is_some() || !namespace.is_terminating);
        if !has_room {
            return Err(());
        }
        let content = self.objects.content(slot, json);
        if let Some(before) = before {
            let size = |content| size(self.objects.json(content));
            if kind == Kind::Claim && size(content) < size(before.content) {
                return Err(());
            }
        }
        let object = Object {
            version: before.map_or(0, |before| before.version),
            content,
            owner: Self::owner(json),
            is_edited: false,
            is_unlabelled: false,
            // A volume that is bound stays so.
            is_settled: before.is_some_and(|before| {
                before.is_settled && (before.content == content || kind == Kind::Claim)
            }),
            is_terminating: before.is_some_and(|before| before.is_terminating),
        };
        if before != Some(object) {
            self.put(world, slot, object);
        }
        Ok(world.objects[&slot])
    }

    /// Marks what outlives its resource.
    fn mark(&mut self, world: &mut World, kind: Kind) {
        let Some(slot) = self.of_kind(world, kind) else {
            return;
        };
        let read = self.objects.as_read(slot, world.objects[&slot]);
        let marked = match kind {
            Kind::Namespace => retire::marked(&typed::<Namespace>(read)),
            _ => retire::marked(&typed::<PersistentVolumeClaim>(read)),
        };
        if let Some(marked) = marked {
            // The mark is refused by nobody.
            let _ = self.applied(world, slot, &marked);
        }
    }

    fn namespace_state(&self, world: &World) -> NamespaceState {
        let slot = self.of_kind(world, Kind::Namespace);
        match slot.map(|slot| world.objects[&slot]) {
            None => NamespaceState::Absent,
            Some(namespace) if namespace.is_terminating => NamespaceState::Terminating,
            Some(_) => NamespaceState::Ours,
        }
    }

    /// The plan of a resource, given what is known; or whether it is tried again by itself.
    fn planned(
        &mut self,
        world: &World,
        operator: &Operator,
        resource: Resource,
    ) -> Result<u32, bool> {
        let known = operator.children.iter();
        let known = known.map(|(slot, known)| (*slot, known.view)).collect();
        let state = self.namespace_state(world);
        let namespace = (state != NamespaceState::Absent).then_some(state == NamespaceState::Ours);
        let key: Inputs = (resource, known, namespace);
        if let Some(planned) = self.plans.made.get(&key) {
            return *planned;
        }
        let children = self.all_children(operator);
        let planned = match self.plan(resource, &children, state, &children.of(NAME)) {
            Ok(plan) => Ok(self.plans.id(plan)),
            Err(waits) => Err(waits),
        };
        self.plans.made.insert(key, planned);
        planned
    }

    fn plan(
        &self,
        resource: Resource,
        children: &Children,
        namespace: NamespaceState,
        known: &BTreeMap<Key, Child>,
    ) -> Result<Plan, bool> {
        let institution = self.institution(resource);
        let mut facts = facts();
        dereference::observe(&mut facts, children, NAME);
        if facts.namespace == NamespaceState::Absent {
            facts.namespace = namespace;
        }
        let waits = facts.namespace == NamespaceState::Terminating;
        let validated = validate(&institution, &facts, &self.config).map_err(|_| waits)?;
        let mut resources = build(&validated, usize::MAX);
        if self.bounds.institution == Institution::Small {
            resources.service_accounts.clear();
            resources.network_policies.clear();
            resources.http_routes.clear();
            resources.notice_routes.clear();
        }
        Ok(Plan::new(&resources, known))
    }

    /// What a resource makes where there is nothing yet but the volume, whose size only grows.
    pub(crate) fn fresh(&mut self, world: &World, resource: Resource) -> Planned {
        let children = Children::default();
        let claim = self.of_kind(world, Kind::Claim);
        if let Some(slot) = claim {
            let child = self.objects.observed(slot, world.objects[&slot]);
            children.saw(NAME, self.objects.key(slot).clone(), child);
        }
        let known: Vec<_> = children.of(NAME).into_values().collect();
        let known = known.into_iter().map(|child| self.objects.view(child));
        let key: Inputs = (resource, claim.into_iter().zip(known).collect(), None);
        if let Some(planned) = self.plans.fresh.get(&key) {
            return planned.clone();
        }
        let plan = self.plan(
            resource,
            &children,
            NamespaceState::Absent,
            &BTreeMap::new(),
        );
        let planned = match plan {
            Err(_) => Planned::Refused,
            Ok(mut plan) => {
                let mut built = BTreeMap::new();
                while let Some(step) = plan.next(BTreeMap::new) {
                    if let Write::Apply { key, object, .. } = step.write {
                        let slot = self.objects.slot(&key);
                        built.insert(slot, self.objects.content(slot, &object));
                    }
                }
                Planned::Built(built)
            }
        };
        self.plans.fresh.insert(key, planned.clone());
        planned
    }

    /// At rest the operator knows what there is, and would write nothing if it were asked.
    pub(crate) fn is_silent(&mut self, world: &World, resource: Resource) -> Result<(), String> {
        let Some(operator) = &world.operator else {
            return Err("the operator is down".to_owned());
        };
        for (slot, object) in &world.objects {
            let child = self.objects.observed(*slot, *object);
            let view = (!object.is_unlabelled).then(|| self.objects.view(child));
            if operator.children.get(slot).map(|known| known.view) != view {
                return Err(format!(
                    "the operator is mistaken about {:?}",
                    self.objects.key(*slot)
                ));
            }
        }
        match self.planned(world, operator, resource) {
            Ok(at) if !self.plans.plans[at as usize].is_done() => Err(format!(
                "still to be written: {:?}",
                self.plans.plans[at as usize]
            )),
            Ok(_) | Err(_) => Ok(()),
        }
    }
}

fn namespace() -> Key {
    (Kind::Namespace, names::namespace(NAME).into())
}

/// The size that a claim asks for.
fn size(claim: &Value) -> Option<Amount> {
    let size = claim["spec"]["resources"]["requests"]["storage"].as_str()?;
    size.parse().ok()
}

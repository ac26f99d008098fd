//! Leadership: of all replicas of the operator one writes, the one that holds the Lease.
//!
//! [`election`] decides, [`fence`] lets writes through or not, and [`run`] does what is decided: it
//! speaks with the API server by a client of its own, because the one of the reconciles is fenced.

pub mod election;
pub mod fence;
mod moment;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta};
use kube::api::PostParams;
use kube::{Api, Client};
use tokio::sync::watch;

use crate::names;
use crate::watch::{News, Progress, Which, follow};
use election::{Claim, Election, Record, Step, TIMING};
use fence::Leadership;
pub use moment::Moment;

/// The longest that one write of the Lease may take: three of them fit into a term.
const ONE_TRY: Duration = Duration::from_secs(3);
/// How long the writes that are under way are waited for before the Lease is given back.
const LAST_WRITES: Duration = Duration::from_secs(1);

/// One candidate for the Lease.
pub struct Candidate {
    /// The API server, without a fence.
    pub client: Client,
    /// Where the Lease is: the operator's own namespace.
    pub namespace: String,
    /// What tells this replica from the others, and a restarted one from none: the name of its pod.
    pub identity: String,
    /// What hangs on the Lease.
    pub leadership: Arc<Leadership>,
}

/// Takes part in the election from when it is `ready` until `end`; then gives the Lease back, if it is
/// held, after the writes that are under way.
pub async fn run(
    candidate: Candidate,
    progress: &Arc<Progress>,
    ready: impl Future<Output = ()>,
    end: impl Future<Output = ()>,
) {
    let Candidate {
        client,
        namespace,
        identity,
        leadership,
    } = candidate;
    let api: Api<Lease> = Api::namespaced(client, &namespace);
    let (sender, seen) = watch::channel(None);
    let watching = follow(
        api.clone(),
        Which::Named(names::LEASE),
        progress,
        telling(sender),
    );
    let mut campaign = Campaign {
        election: Election::new(identity, TIMING),
        api,
        leadership,
    };
    tokio::select! {
        () = watching => {}
        () = async { ready.await; campaign.go_on(seen).await } => {}
        () = end => {}
    }
    campaign.give_back().await;
}

/// Tells of the Lease as the watch sees it: `Some(None)` if it is not there.
fn telling(seen: watch::Sender<Option<Option<Record>>>) -> impl FnMut(News<Lease>) + Send {
    let mut listed = None;
    move |news| match news {
        News::Begin => listed = None,
        News::Listed(lease) => listed = record(&lease),
        News::Complete => _ = seen.send_replace(Some(listed.take())),
        News::Changed(lease) => _ = seen.send_replace(Some(record(&lease))),
        News::Gone(_) | News::NoSuchKind => _ = seen.send_replace(Some(None)),
    }
}

struct Campaign {
    election: Election,
    api: Api<Lease>,
    leadership: Arc<Leadership>,
}

impl Campaign {
    async fn go_on(&mut self, mut seen: watch::Receiver<Option<Option<Record>>>) {
        loop {
            let step = self.election.step(Moment::now());
            self.publish();
            match step {
                Step::Claim(claim) => self.claim(&claim).await,
                Step::Wait(until) => {
                    tokio::select! {
                        changed = seen.changed() => {
                            if changed.is_err() {
                                return;
                            }
                            if let Some(lease) = seen.borrow_and_update().clone() {
                                self.election.saw(lease, Moment::now());
                            }
                        }
                        () = moment::reached(until) => {}
                    }
                }
            }
        }
    }

    /// The fence follows the election at once, before anything is waited for.
    fn publish(&self) {
        self.leadership.grant(self.election.held_until());
    }

    async fn claim(&mut self, claim: &Claim) {
        // Others count from when they see the write, so the term is counted from before it.
        let sent = Moment::now();
        let written = tokio::time::timeout(ONE_TRY, self.write(claim)).await;
        match written {
            Ok(Ok(Some(record))) => {
                self.election.won(record, sent);
                if !claim.renews {
                    tracing::info!(identity = self.election.identity(), "this replica leads");
                }
            }
            Ok(Ok(None)) => self.election.failed(Moment::now()),
            // Somebody else wrote it since it was seen last.
            Ok(Err(kube::Error::Api(status))) if status.code == 409 => {
                self.look().await;
                self.election.failed(Moment::now());
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, "the lease could not be written");
                self.election.failed(Moment::now());
            }
            Err(_) => {
                tracing::warn!("the API server does not answer to a write of the lease");
                self.election.failed(Moment::now());
            }
        }
    }

    /// Replaces the Lease that was seen, and no later one; or makes it.
    async fn write(&self, claim: &Claim) -> kube::Result<Option<Record>> {
        let lease = lease(self.election.identity(), claim);
        let parameters = PostParams::default();
        let written = match claim.replaces {
            Some(_) => self.api.replace(names::LEASE, &parameters, &lease).await?,
            None => self.api.create(&parameters, &lease).await?,
        };
        Ok(record(&written))
    }

    /// Does not wait for the watch, which may be silent.
    async fn look(&mut self) {
        let found = tokio::time::timeout(ONE_TRY, self.api.get_opt(names::LEASE)).await;
        if let Ok(Ok(found)) = found {
            let lease = found.as_ref().and_then(record);
            self.election.saw(lease, Moment::now());
        }
    }

    async fn give_back(mut self) {
        self.leadership.close();
        let quiet = tokio::time::timeout(LAST_WRITES, self.leadership.quiet()).await;
        if quiet.is_err() {
            tracing::warn!("a write is still under way");
        }
        while let Some(claim) = self.election.give_back(Moment::now()) {
            match tokio::time::timeout(ONE_TRY, self.write(&claim)).await {
                Ok(Ok(_)) => return tracing::info!("the lease was given back"),
                // A renewal that was under way came first.
                Ok(Err(kube::Error::Api(status))) if status.code == 409 => self.look().await,
                Ok(Err(error)) => {
                    return tracing::warn!(%error, "the lease could not be given back");
                }
                Err(_) => return tracing::warn!("the lease could not be given back in time"),
            }
        }
    }
}

/// The Lease as it is to be. Its times are for people; nobody here reads them.
fn lease(identity: &str, claim: &Claim) -> Lease {
    let now = Some(MicroTime(Timestamp::now()));
    Lease {
        metadata: ObjectMeta {
            name: Some(names::LEASE.to_owned()),
            resource_version: claim.replaces.map(|version| version.to_string()),
            ..ObjectMeta::default()
        },
        spec: Some(LeaseSpec {
            holder_identity: Some(if claim.gives_back { "" } else { identity }.to_owned()),
            lease_duration_seconds: i32::try_from(claim.lasts.as_secs()).ok(),
            acquire_time: claim.acquired.map(MicroTime).or_else(|| now.clone()),
            renew_time: now,
            lease_transitions: Some(claim.transitions),
            ..LeaseSpec::default()
        }),
    }
}

/// What matters of a Lease; none without a version, as no API server sends it.
fn record(lease: &Lease) -> Option<Record> {
    let spec = lease.spec.clone().unwrap_or_default();
    let seconds = spec.lease_duration_seconds.unwrap_or(0);
    Some(Record {
        version: lease.metadata.resource_version.as_ref()?.parse().ok()?,
        holder: spec.holder_identity.filter(|holder| !holder.is_empty()),
        lasts: Duration::from_secs(u64::try_from(seconds).unwrap_or(0)),
        transitions: spec.lease_transitions.unwrap_or(0),
        acquired: spec.acquire_time.map(|time| time.0),
    })
}

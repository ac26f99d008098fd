//! Who answers readers: the image server or, while the institution is suspended, the notice in the
//! operator's namespace. Whoever takes over has the addresses first, and only then the other gives them
//! up, so that none is lost on the way.

use acervo_crds::IiifInstitution;
use jiff::{SignedDuration, Timestamp};

use crate::reconcile::facts::{Facts, RouteState};
use crate::reconcile::status::SUSPENDED;

/// How long after a route was made and accepted the other one goes: what a Gateway has accepted reaches
/// its proxies a moment later, and an Ingress controller gives no sign at all.
const TAKES_OVER: SignedDuration = SignedDuration::from_secs(5);
/// How long the server of a suspended institution waits for the notice to take over. Then it stops all
/// the same: that nothing runs matters more than what readers are told.
const LONGEST: SignedDuration = SignedDuration::from_secs(60);

/// Who answers readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// The image server.
    Server,
    /// The image server, until the notice has the addresses.
    ServerUntilNotice {
        /// Whether its pods still run.
        runs: bool,
    },
    /// The notice.
    Notice {
        /// Whether the pods of the image server still run: until its routes are gone.
        runs: bool,
    },
    /// The notice, until the image server answers and has the addresses.
    NoticeUntilServer {
        /// Whether the image server answers.
        answers: bool,
    },
}

impl Readers {
    /// Whether pods of the image server run.
    #[must_use]
    pub const fn wants_server(self) -> bool {
        match self {
            Self::Server | Self::NoticeUntilServer { .. } => true,
            Self::ServerUntilNotice { runs } | Self::Notice { runs } => runs,
        }
    }
}

/// Who answers readers of an institution whose routes are called `wanted`.
pub(super) fn readers(institution: &IiifInstitution, wanted: &[&str], facts: &Facts) -> Readers {
    let now = facts.now;
    let have = |routes: &[RouteState]| {
        let mut wanted = wanted.iter();
        wanted.all(|name| {
            let mut routes = routes.iter();
            routes.any(|route| route.name == **name && has_taken_over(route, facts))
        })
    };
    if institution.spec.suspend {
        let since = suspended_since(institution).unwrap_or(now);
        let runs = !facts.routes.is_empty() && now.duration_since(since) < LONGEST;
        return if facts.routes.is_empty() || have(&facts.notices) {
            Readers::Notice { runs }
        } else {
            Readers::ServerUntilNotice { runs }
        };
    }
    let server = facts.server.as_ref();
    let answers = server.is_some_and(|server| server.available > 0);
    if facts.notices.is_empty() || (answers && have(&facts.routes)) {
        Readers::Server
    } else {
        Readers::NoticeUntilServer { answers }
    }
}

fn has_taken_over(route: &RouteState, facts: &Facts) -> bool {
    // A route from the future was made by a clock that was wrong.
    let is_known =
        facts.now.duration_since(route.created) >= TAKES_OVER || !facts.is_credible(route.created);
    route.accepted == Some(true) && is_known
}

/// When time alone makes somebody else answer `readers`, unless something else does before.
pub(super) fn change_at(
    readers: Readers,
    institution: &IiifInstitution,
    observed: &Facts,
) -> Option<Timestamp> {
    let (taking_over, runs) = match readers {
        Readers::Server => return None,
        Readers::ServerUntilNotice { runs } | Readers::Notice { runs } => (&observed.notices, runs),
        Readers::NoticeUntilServer { .. } => (&observed.routes, false),
    };
    let accepted = taking_over.iter().filter(|r| r.accepted == Some(true));
    let take_over = accepted.map(|route| route.created + TAKES_OVER);
    let since = suspended_since(institution).unwrap_or(observed.now);
    let stop = runs.then_some(since + LONGEST);
    take_over.chain(stop).filter(|at| *at > observed.now).min()
}

/// Since when the status says that the institution is suspended.
fn suspended_since(institution: &IiifInstitution) -> Option<Timestamp> {
    let mut conditions = institution.status.as_ref()?.conditions.iter();
    let suspended = conditions.find(|c| c.type_ == SUSPENDED && c.status == "True")?;
    Some(suspended.last_transition_time.0)
}

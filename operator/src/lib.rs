//! The operator: one `IiifInstitution` in, one institution's objects in the cluster out.
//!
//! | Module | What | Does I/O |
//! |---|---|---|
//! | [`controller`] | watches in, reconciles out | yes |
//! | [`reconcile`] | from resource and facts to objects and status | its first and last two steps |
//! | [`watch`] | every list and watch | yes |
//! | [`inside`] | what image servers and ended ingests say | asks the servers |
//! | [`surroundings`], [`config`] | the platform's configuration and what it names | no |
//! | [`institutions`], [`children`], [`digest`], [`observe`], [`claims`] | what is remembered of the cluster | no |
//! | [`queue`] | who is to be reconciled or asked, and when | no |
//! | [`ingest_turns`] | whose ingest comes next | no |
//! | [`client`] | how the API server is asked | yes |
//! | [`waves`] | whose servers follow the platform now | no |
//! | [`leader`] | which replica writes | the Lease |
//! | [`events`] | what happened, for people | yes |
//! | [`names`], [`gateway`], [`quantity`], [`json`] | names, and types of others | no |
//! | [`admin`], [`metrics`] | life, readiness, figures | answers |

pub mod admin;
pub mod children;
pub mod claims;
pub mod client;
pub mod config;
pub mod context;
pub mod controller;
pub mod digest;
pub mod events;
pub mod gateway;
pub mod ingest_turns;
pub mod inside;
pub mod institutions;
pub mod json;
pub mod leader;
pub mod metrics;
pub mod names;
pub mod observe;
pub mod quantity;
pub mod queue;
pub mod reconcile;
pub mod surroundings;
pub mod watch;
pub mod waves;

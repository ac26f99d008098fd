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
//! | [`queue`], [`turns`] | who is to be reconciled, asked or ingested, and when | no |
//! | [`names`], [`gateway`], [`quantity`] | names, and types of others | no |
//! | [`admin`], [`metrics`] | life, readiness, figures | answers |

pub mod admin;
pub mod children;
pub mod claims;
pub mod config;
pub mod context;
pub mod controller;
pub mod digest;
pub mod gateway;
pub mod inside;
pub mod institutions;
pub mod metrics;
pub mod names;
pub mod observe;
pub mod quantity;
pub mod queue;
pub mod reconcile;
pub mod surroundings;
pub mod turns;
pub mod watch;

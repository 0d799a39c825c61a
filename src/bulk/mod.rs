//! Work on many keys at once, on any [`Store`](crate::store::Store): plans are made at one revision,
//! looked at, and carried out in guarded transactions.
//!
//! A planner reads the store through [`Pages`] and hands every change to a [`Builder`], which keeps
//! them in a [`Plan`] and counts them in its [`Survey`](crate::domain::bulk::Survey). Making a plan
//! writes nothing to the store.
//!
//! Everything here must be called inside a tokio runtime with time switched on.

mod apply;
mod ask;
mod backup;
mod delete;
mod difference;
mod error;
mod export;
mod import;
mod lease;
mod limits;
mod look;
mod merge;
mod pages;
mod plan;
mod resolve;
mod restore;
mod steps;
mod transfer;
mod undo;

pub use apply::{Underway, apply, transactions};
pub use delete::delete;
pub use difference::{Differences, Differing, compare};
pub use error::PlanError;
pub use export::{export, export_file};
pub use import::import;
pub use limits::Limits;
pub use merge::merged;
pub use pages::{Looked, Pages, oldest};
pub use plan::{Builder, Plan};
pub use restore::restore;
pub use steps::{Planned, Steps};
pub use transfer::transfer;
pub use undo::undo;

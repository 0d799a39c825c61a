//! etcdeck: a terminal UI for operating etcd v3 clusters, and the client underneath as a library.
//!
//! Programs that only want the client need three modules: [`domain`] for keys, ranges and
//! transactions, [`store`] for what an etcd can do, and [`gateway`] for a store that is a real etcd
//! (or [`sandbox`] for one in this process). [`recipe`] has a lock, an election and a registry of
//! services on top of them, [`doctor`] says what is wrong with a connection or a cluster. The rest is
//! the screen.
//!
//! The modules stand in reading order, lowest first: each imports only what stands above it, as
//! ARCHITECTURE.md lays down and a test checks.

pub mod domain;
pub mod keymap;

pub mod archive;
pub mod config;
pub mod draft;
pub mod find;
pub mod log;
pub mod painter;
pub mod store;
pub mod syntax;
pub mod terminal;

pub mod app;
pub mod gateway;
pub mod journal;
pub mod sandbox;

pub mod doctor;
pub mod recipe;

pub mod bulk;
pub mod runtime;
pub mod ui;

pub mod event_loop;

pub mod cli;
pub mod launch;

#[cfg(test)]
mod fuzz;

/// The code of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

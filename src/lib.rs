//! etcdeck: a terminal UI for operating etcd v3 clusters, and the client underneath as a library.
//!
//! The modules in reading order, lowest first. Each may import only what stands above it in this
//! list, as ARCHITECTURE.md lays down and the layering test checks.

pub mod domain;
pub mod keymap;

pub mod config;
pub mod store;
pub mod terminal;

pub mod gateway;
pub mod sandbox;

pub mod cli;

//! Every test that needs no terminal, in one binary: it links once.

#[path = "../support/mod.rs"]
mod support;

mod contract;
mod stub_check;
mod support_check;

//! Every test that needs no terminal, in one binary: it links once.

#[expect(dead_code, reason = "the tests of faults use the rest of it")]
#[path = "../support/mod.rs"]
mod support;

#[path = "../support/forward.rs"]
mod forward;

#[path = "../support/opened.rs"]
mod opened;

mod app;
mod archive;
mod bulk;
mod cli;
mod config;
mod contract;
mod coordination;
mod difference;
mod doctor;
mod domain;
mod editing;
mod fuzz;
mod gateway;
mod journal;
mod journey;
mod layering;
mod proxy_check;
mod readme;
mod recipe;
mod screen;
mod stub_check;
mod support_check;
mod wire;

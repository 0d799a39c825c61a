//! Every test that needs no terminal, in one binary: it links once.

mod domain;

//! The configuration: where state goes, and what is read from where.

mod file;
mod state;

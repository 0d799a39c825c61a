//! The configuration: where state goes, and what is read from where.

mod state;

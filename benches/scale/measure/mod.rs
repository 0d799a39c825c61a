//! What is measured, one file for each question.

pub(crate) mod bytes;
pub(crate) mod find;
pub(crate) mod flood;
pub(crate) mod frame;
pub(crate) mod leaves;
pub(crate) mod level;
pub(crate) mod start;
pub(crate) mod watch;

//! The settings in force, and how the forms etcdctl uses for them are read.
//!
//! What was typed and what it means are two things: the command line and the environment are read
//! in `cli`, which answers with a [`Settings`] that needs no further checks.

mod endpoint;
mod go;
mod settings;
mod state;

pub use endpoint::{EndpointError, Transport, endpoint};
pub use go::{boolean, duration};
pub use settings::{Connection, Credentials, Discovery, Servers, Settings, Target, Tls};
pub use state::{create_private_dir, state_dir};

//! The settings in force, and how the forms etcdctl uses for them are read.
//!
//! What was typed and what it means are two things: the command line and the environment are read
//! in `cli`, which lays them over the [`ConfigFile`] and answers with a [`Settings`] that needs no
//! further checks.

mod endpoint;
mod file;
mod go;
mod pace;
mod settings;
mod size;
mod state;
mod task;

pub use endpoint::{EndpointError, Transport, endpoint};
pub use file::{ConfigFile, Fields, Profile, Written};
pub use go::{boolean, duration};
pub use pace::{frames, rate};
pub use settings::{Connection, Credentials, Discovery, Servers, Settings, Target, Tls};
pub use size::{size, size_text};
pub use state::{create_private_dir, state_dir};
pub use task::{Output, Task};

/// The longest delimiter that makes sense, in bytes.
pub const LONGEST_DELIMITER: usize = 16;

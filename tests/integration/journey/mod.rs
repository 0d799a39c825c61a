//! Journeys: the program's own loop, from key to screen, on the sandbox and on real servers.
//!
//! A journey is written as an operator would tell it:
//!
//! ```ignore
//! world.holds(&["/app/name=api"]).await;
//! let mut screen = world.screen();
//! screen.sees("▸ /app/").await.keys("l j").sees("api").await;
//! ```

mod access;
mod browse;
mod bulk;
mod bytes;
mod churn;
mod command;
mod conflict;
mod connection;
mod delete;
mod door;
mod draft;
mod draft_offer;
mod edit;
mod election;
mod export;
mod filter;
mod find;
mod gap;
mod host;
mod inspector;
mod journal;
mod lease;
mod lock;
mod lock_rival;
mod login;
mod long;
mod monkey;
mod past;
mod production;
mod read_only;
mod restore;
mod resume;
mod rival;
mod screen;
mod service;
mod shown;
mod terminal;
mod txn;
mod watch;
mod world;

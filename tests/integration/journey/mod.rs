//! Journeys: the program's own loop, from key to screen, on the sandbox and on real servers.
//!
//! A journey is written as an operator would tell it:
//!
//! ```ignore
//! world.holds(&["/app/name=api"]).await;
//! let mut screen = world.screen();
//! screen.sees("▸ /app/").await.keys("l j").sees("api").await;
//! ```

mod browse;
mod edit;
mod host;
mod screen;
mod world;

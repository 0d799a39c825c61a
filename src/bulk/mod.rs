//! Work on many keys at once, on any store.

mod oldest;

pub use oldest::oldest;

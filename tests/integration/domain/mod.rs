//! The domain under properties: what must hold for any keys and any order of things.

mod lister;
mod tail;
mod model;
mod tree;
mod tree_cases;
mod tree_size;

//! The domain under properties: what must hold for any keys and any order of things.

mod lister;
mod load;
pub(crate) mod model;
mod tail;
mod tree;
mod tree_cases;
mod tree_gaps;
mod tree_size;

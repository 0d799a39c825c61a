//! The four honest faces of something that is fetched.

use crate::store::StoreError;

/// Something fetched: not asked for, asked for, here, or failed.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Load<T> {
    /// Not asked for.
    #[default]
    Idle,
    /// Asked for; nothing to show yet.
    Loading,
    /// Here.
    Ready(T),
    /// It could not be had: why.
    Failed(StoreError),
}

impl<T> Load<T> {
    /// What is here.
    pub fn ready(&self) -> Option<&T> {
        match self {
            Load::Ready(value) => Some(value),
            _ => None,
        }
    }

    /// What is here, to be changed.
    pub fn ready_mut(&mut self) -> Option<&mut T> {
        match self {
            Load::Ready(value) => Some(value),
            _ => None,
        }
    }
}

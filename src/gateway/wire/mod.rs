//! The messages of etcd's HTTP/JSON gateway, field by field, and nothing else.
//!
//! Invariant: base64, 64-bit integers as strings, and omitted zero values are known here alone.
//! Answers tolerate what every supported version does: absent members, `null`, members in any order,
//! members nobody has heard of. Requests name enums (a number out of range crashes older servers)
//! and leave zero values out.

pub(crate) mod auth;
pub(crate) mod bytes;
pub(crate) mod election;
pub(crate) mod error;
pub(crate) mod header;
pub(crate) mod int64;
pub(crate) mod jwt;
pub(crate) mod kv;
pub(crate) mod lease;
pub(crate) mod lock;
pub(crate) mod member;
pub(crate) mod status;
pub(crate) mod txn;
pub(crate) mod version;
pub(crate) mod watch;

pub(crate) use self::bytes::{Base64, Bytes, Unwanted, Value};
pub(crate) use self::header::Header;
pub(crate) use self::int64::{Int64, Uint64};

use serde::{Deserialize, Deserializer, Serialize};

/// Reads a member that may be `null`, which etcd takes for "unset".
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Whether a flag is left out of a request.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
pub(crate) fn is_false(flag: &bool) -> bool {
    !*flag
}

/// The request without fields: `{}`.
#[derive(Serialize)]
pub(crate) struct Empty {}

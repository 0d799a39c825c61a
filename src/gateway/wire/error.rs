//! Errors, in the shapes of all versions, and the lines of a stream.
//!
//! Unary, 3.4 and 3.5: `{"error":"…","message":"…","code":3}`; from 3.6 without `error`. In a stream:
//! `{"error":{"grpc_code":14,"http_code":503,"message":"…"}}`; from 3.6
//! `{"error":{"code":14,"message":"…"}}`.

use serde::Deserialize;

use super::or_default;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ErrorBody {
    pub(crate) error: Option<ErrorMember>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) message: String,
    pub(crate) code: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum ErrorMember {
    Text(String),
    Object(StreamError),
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct StreamError {
    pub(crate) grpc_code: Option<i64>,
    pub(crate) code: Option<i64>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) message: String,
}

impl ErrorBody {
    /// The message and the gRPC code, if this is an error of either shape.
    pub(crate) fn into_parts(self) -> Option<(String, i64)> {
        match self.error {
            Some(ErrorMember::Object(error)) => {
                Some((error.message, error.grpc_code.or(error.code).unwrap_or_default()))
            }
            Some(ErrorMember::Text(text)) if self.message.is_empty() => {
                Some((text, self.code.unwrap_or_default()))
            }
            _ if self.message.is_empty() && self.code.is_none() => None,
            _ => Some((self.message, self.code.unwrap_or_default())),
        }
    }
}

/// One line of a stream: a result or an error of either shape. Not flattened: serde would keep every
/// line in an intermediate form.
#[derive(Debug, Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
pub(crate) struct StreamLine<T> {
    #[serde(default = "Option::default")]
    pub(crate) result: Option<T>,
    #[serde(default)]
    error: Option<ErrorMember>,
    #[serde(default, deserialize_with = "or_default")]
    message: String,
    #[serde(default)]
    code: Option<i64>,
}

impl<T> StreamLine<T> {
    /// The error this line is, when it is no result.
    pub(crate) fn into_error(self) -> ErrorBody {
        ErrorBody { error: self.error, message: self.message, code: self.code }
    }
}

//! What a JSON Web Token says of itself: only read, never checked, since the server does that.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::or_default;

/// The part that etcd writes into its tokens.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub(crate) struct Claims {
    /// The user.
    #[serde(deserialize_with = "or_default")]
    pub(crate) username: String,
    /// When it ends, in seconds since 1970; 0 where it does not say.
    #[serde(deserialize_with = "or_default")]
    pub(crate) exp: u64,
}

impl Claims {
    /// Reads the middle one of the three parts; none where this is no such token.
    pub(crate) fn of(token: &str) -> Option<Claims> {
        let payload = token.split('.').nth(1).filter(|_| token.split('.').count() == 3)?;
        let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
        serde_json::from_slice(&payload).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_and_the_end_are_read_and_anything_else_is_none() {
        // {"alg":"HS256","typ":"JWT"} . {"exp":1700000000,"revision":7,"username":"alice"}
        let token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.\
            eyJleHAiOjE3MDAwMDAwMDAsInJldmlzaW9uIjo3LCJ1c2VybmFtZSI6ImFsaWNlIn0.c2lnbg";
        let claims = Claims { username: "alice".to_owned(), exp: 1_700_000_000 };
        assert_eq!(Claims::of(token), Some(claims));
        for other in ["", "simple.12", "a.b.c", "a.!!!.c", "rxATmbnOsRHzzaXz.45", "..", "a.e30.c.d"]
        {
            assert_eq!(Claims::of(other), None, "{other}");
        }
        assert_eq!(Claims::of("a.e30.c"), Some(Claims::default()), "{{}} says nothing");
    }
}

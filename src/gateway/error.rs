//! Answers that are errors: recognized by etcd's words, since its status codes mislead.
//!
//! A missing token is 400, a full database and an oversized request are both 429, and the same
//! failure has different codes in different versions.

use super::wire::error::ErrorBody;
use crate::domain::Revision;
use crate::store::{ErrorKind, StoreError};

/// More than this of a stranger's text is never repeated, in characters.
const EXCERPT: usize = 300;

/// What etcd says, what it means, and what can be done about it (empty when the words suffice). The
/// first line whose text is found in the message counts.
const MEANINGS: &[(&str, ErrorKind, &str)] = &[
    ("user name is empty", ErrorKind::Unauthenticated, "this etcd wants a user: give --user"),
    ("invalid auth token", ErrorKind::Unauthenticated, ""),
    ("revision of auth store is old", ErrorKind::Unauthenticated, ""),
    ("revision in header is old", ErrorKind::Unauthenticated, ""),
    (
        "authentication failed, invalid user ID or password",
        ErrorKind::WrongPassword,
        "check --user and its password",
    ),
    (
        "password was given for no password user",
        ErrorKind::WrongPassword,
        "this user cannot log in with a password",
    ),
    ("permission denied", ErrorKind::PermissionDenied, ""),
    (NOT_ENABLED, ErrorKind::Invalid, ""),
    ("key is not provided", ErrorKind::Invalid, ""),
    ("requested lease not found", ErrorKind::LeaseNotFound, ""),
    (
        "mutex: session is expired",
        ErrorKind::LeaseNotFound,
        "the lease ended while it waited for the lock",
    ),
    // Before the `no leader` of a cluster without quorum, which is a failure and not an answer.
    ("election: no leader", ErrorKind::NotLeader, ""),
    ("election: not leader", ErrorKind::NotLeader, ""),
    ("lease already exists", ErrorKind::LeaseExists, ""),
    ("required revision has been compacted", ErrorKind::Compacted { oldest: Revision::NONE }, ""),
    ("required revision is a future revision", ErrorKind::FutureRevision, ""),
    ("request is too large", ErrorKind::TooLarge, "etcd takes 1.5 MiB unless told otherwise"),
    ("received message larger than max", ErrorKind::TooLarge, ""),
    (
        "database space exceeded",
        ErrorKind::NoSpace,
        "compact and defragment, then disarm the alarm",
    ),
    ("context deadline exceeded", ErrorKind::Unknown, "the server gave up waiting"),
    ("request timed out", ErrorKind::Unavailable, ""),
    ("no leader", ErrorKind::Unavailable, ""),
    ("leader changed", ErrorKind::Unavailable, ""),
    ("too many requests", ErrorKind::Unavailable, ""),
    ("rpc not supported for learner", ErrorKind::Unavailable, "this member is a learner"),
    ("the client connection is closing", ErrorKind::Unavailable, "the server is stopping"),
    ("transport is closing", ErrorKind::Unavailable, "the server is stopping"),
    ("error reading from server", ErrorKind::Unavailable, "the server is stopping"),
    ("server stopped", ErrorKind::Unavailable, ""),
];

/// What etcd says to a login while authentication is switched off.
pub(super) const NOT_ENABLED: &str = "authentication is not enabled";

/// The error in an answer with a status other than 200.
pub(super) fn from_answer(status: u16, body: &[u8], url: &str) -> StoreError {
    if let Some((message, code)) = serde_json::from_slice(body).ok().and_then(ErrorBody::into_parts)
    {
        return match (code, message.as_str()) {
            // 3.6 words its routing errors in JSON; older versions in plain text.
            (5, "Not Found") => too_old(url),
            _ => from_words(&message, code),
        };
    }
    let text = String::from_utf8_lossy(&body[..body.len().min(4 * EXCERPT)]);
    let text = text.trim();
    match status {
        _ if text.contains("CommonName of client sending a request against gateway") => {
            StoreError::new(
                ErrorKind::CommonName,
                format!(
                    "{url} refuses every request because our client certificate has a common name \
                     while users are switched on; use a certificate without a common name, and \
                     --user"
                ),
            )
        }
        _ if text.contains("HTTP request to an HTTPS server") => {
            StoreError::new(ErrorKind::Tls, format!("{url} speaks TLS; write https:// instead"))
        }
        502..=504 => StoreError::new(
            ErrorKind::Unavailable,
            format!("a proxy at {url} cannot reach etcd (HTTP status {status})"),
        ),
        _ if is_html(text) => not_etcd(url, status),
        404 if text.starts_with("404 page not found") => StoreError::new(
            ErrorKind::Unsupported,
            format!(
                "{url} has no HTTP/JSON gateway: it is switched off (--enable-grpc-gateway=false), \
                 or serves another URL (--listen-client-http-urls); name that one"
            ),
        ),
        404 | 501 => too_old(url),
        421 => StoreError::new(
            ErrorKind::PermissionDenied,
            format!("{url} does not answer to this host name (--host-whitelist)"),
        ),
        300..=399 => StoreError::new(
            ErrorKind::BadAnswer,
            format!("{url} sends us elsewhere (HTTP status {status}), which etcd never does"),
        ),
        _ if text.is_empty() => StoreError::new(
            ErrorKind::BadAnswer,
            format!("{url} answers with HTTP status {status} and nothing else"),
        ),
        _ => StoreError::new(
            ErrorKind::BadAnswer,
            format!("{url} answers with HTTP status {status}: {}", excerpt(text)),
        ),
    }
}

/// The error a stream ends with.
pub(super) fn from_line(body: ErrorBody) -> Option<StoreError> {
    body.into_parts().map(|(message, code)| from_words(&message, code))
}

/// The error in the reason a watch is canceled for.
pub(super) fn from_reason(reason: &str) -> StoreError {
    // `rpc error: code = PermissionDenied desc = etcdserver: permission denied`
    let words = reason.split_once(" desc = ").map_or(reason, |(_, words)| words);
    from_words(words, 3)
}

/// An answer with status 200 that cannot be read.
pub(super) fn unreadable(url: &str, body: &[u8], why: &str) -> StoreError {
    let text = String::from_utf8_lossy(&body[..body.len().min(4 * EXCERPT)]);
    if is_html(text.trim()) {
        return not_etcd(url, 200);
    }
    let message = format!("the answer of {url} makes no sense: {}", excerpt(why));
    StoreError::new(ErrorKind::BadAnswer, message)
}

fn from_words(message: &str, code: i64) -> StoreError {
    let known = MEANINGS.iter().find(|(words, _, _)| message.contains(words));
    let (kind, hint) = known.map_or((by_code(code), ""), |(_, kind, hint)| (*kind, *hint));
    let message = excerpt(message);
    let message = match (message.is_empty(), hint.is_empty()) {
        (true, _) => format!("etcd gives no reason (code {code})"),
        (false, true) => message,
        (false, false) => format!("{message} ({hint})"),
    };
    StoreError::new(kind, message)
}

fn by_code(code: i64) -> ErrorKind {
    match code {
        1 | 4 => ErrorKind::Unknown,
        3 | 6 | 9 | 11 => ErrorKind::Invalid,
        7 => ErrorKind::PermissionDenied,
        12 => ErrorKind::Unsupported,
        8 | 14 => ErrorKind::Unavailable,
        16 => ErrorKind::Unauthenticated,
        _ => ErrorKind::Other,
    }
}

fn too_old(url: &str) -> StoreError {
    let message = format!("the etcd at {url} does not know this call; it is too old for it");
    StoreError::new(ErrorKind::Unsupported, message)
}

fn not_etcd(url: &str, status: u16) -> StoreError {
    let message = format!(
        "{url} answers with a web page (HTTP status {status}): this is not an etcd gateway; check the endpoint"
    );
    StoreError::new(ErrorKind::BadAnswer, message)
}

fn is_html(text: &str) -> bool {
    text.starts_with('<')
}

/// The beginning of a stranger's text, on one line.
pub(super) fn excerpt(text: &str) -> String {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.len() > 4 * EXCERPT {
            break;
        }
    }
    match line.char_indices().nth(EXCERPT) {
        Some((end, _)) => {
            line.truncate(end);
            line.push('…');
            line
        }
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "http://h:2379";

    #[test]
    fn both_unary_shapes_and_both_stream_shapes_mean_the_same() {
        for body in [
            r#"{"error":"etcdserver: permission denied","message":"etcdserver: permission denied","code":7}"#,
            r#"{"code":7, "message":"etcdserver: permission denied"}"#,
            r#"{"error":"etcdserver: permission denied","code":7}"#,
            r#"{"error":{"grpc_code":7,"http_code":403,"message":"etcdserver: permission denied","http_status":"Forbidden"}}"#,
            r#"{"error":{"code":7,"message":"etcdserver: permission denied","details":[]}}"#,
        ] {
            let error = from_answer(403, body.as_bytes(), URL);
            assert_eq!(error.kind, ErrorKind::PermissionDenied, "{body}");
            assert_eq!(error.message, "etcdserver: permission denied", "{body}");
        }
    }

    #[test]
    fn words_count_and_not_the_status() {
        let cases = [
            (400, 3, "etcdserver: user name is empty", ErrorKind::Unauthenticated),
            (500, 2, "auth: invalid auth token", ErrorKind::Unauthenticated),
            (500, 2, "auth: revision in header is old", ErrorKind::Unauthenticated),
            (429, 8, "etcdserver: mvcc: database space exceeded", ErrorKind::NoSpace),
            (
                429,
                8,
                "grpc: received message larger than max (2097162 vs. 2097152)",
                ErrorKind::TooLarge,
            ),
            (400, 3, "etcdserver: request is too large", ErrorKind::TooLarge),
            (429, 8, "etcdserver: too many requests", ErrorKind::Unavailable),
            (500, 2, "context deadline exceeded", ErrorKind::Unknown),
            (503, 14, "etcdserver: request timed out", ErrorKind::Unavailable),
            (412, 9, "etcdserver: lease already exists", ErrorKind::LeaseExists),
            (404, 5, "etcdserver: requested lease not found", ErrorKind::LeaseNotFound),
            (500, 2, "etcdserver: requested lease not found", ErrorKind::LeaseNotFound),
            (500, 2, "mutex: session is expired", ErrorKind::LeaseNotFound),
            (500, 2, "election: no leader", ErrorKind::NotLeader),
            (500, 2, "election: not leader", ErrorKind::NotLeader),
            (503, 14, "etcdserver: no leader", ErrorKind::Unavailable),
            (500, 2, "etcdserver: permission denied", ErrorKind::PermissionDenied),
            (500, 2, "etcdserver: key is not provided", ErrorKind::Invalid),
            (400, 11, "etcdserver: too large lease TTL", ErrorKind::Invalid),
            (501, 12, "unknown method", ErrorKind::Unsupported),
            (500, 15, "etcdserver: corrupt cluster", ErrorKind::Other),
        ];
        for (status, code, message, kind) in cases {
            let body = format!(r#"{{"message":"{message}","code":{code}}}"#);
            assert_eq!(from_answer(status, body.as_bytes(), URL).kind, kind, "{message}");
        }
    }

    #[test]
    fn a_stranger_is_not_repeated_at_length() {
        let long = "x".repeat(100_000);
        for body in [long.clone(), format!(r#"{{"message":"{long}","code":2}}"#)] {
            let error = from_answer(500, body.as_bytes(), URL);
            assert!(error.message.chars().count() < 400, "{}", error.message.len());
        }
        let error = from_answer(500, b"one\ntwo\r\n  three", URL);
        assert!(error.message.ends_with("one two three"), "{}", error.message);
    }
}

//! Answers recorded from real servers (`tests/fixtures/wire/record`), replayed by the stub: every
//! version must come out as the same.

mod coordination;
mod hostile;
mod recorded;

use std::fs;
use std::path::PathBuf;

use etcdeck::gateway::{Gateway, GatewayOptions};

use crate::support::stub::Stub;
use crate::support::stub_reply::Reply;

/// The release lines of which there are recordings.
const VERSIONS: [&str; 4] = ["3.4", "3.5", "3.6", "3.7"];

/// The status, content type and body of a recorded answer.
fn recording(version: &str, name: &str) -> (u16, String, Vec<u8>) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/wire");
    let path = folder.join(version).join(format!("{name}.http"));
    let file = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut parts = file.splitn(4, |byte| *byte == b'\n');
    let mut part = || String::from_utf8(parts.next().expect("four parts").to_vec()).expect("text");
    let (status, content_type, _, body) = (part(), part(), part(), part());
    (status.parse().expect("a status"), content_type, body.into_bytes())
}

/// A client of a stub that gives this answer to every call.
async fn replay(version: &str, name: &str) -> (Stub, Gateway) {
    let stub = Stub::start().await;
    let (status, content_type, body) = recording(version, name);
    stub.otherwise(Reply::typed(status, &content_type, body));
    let gateway =
        Gateway::connect(GatewayOptions::new([stub.url()])).expect("the options are right");
    (stub, gateway)
}

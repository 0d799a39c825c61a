//! Requests to the gateway written by hand: what etcdctl cannot be told on a command line, judged by
//! something else than the client under test.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::steps::LIMIT;
use crate::support::servers::Etcd;

/// Writes any bytes under any bytes.
pub(crate) fn put(etcd: &Etcd, key: &[u8], value: &[u8]) {
    let (key, value) = (STANDARD.encode(key), STANDARD.encode(value));
    post(etcd, "/v3/kv/put", &json!({ "key": key, "value": value }));
}

/// Reads a value, byte for byte.
pub(crate) fn get(etcd: &Etcd, key: &[u8]) -> Option<Vec<u8>> {
    let answer = post(etcd, "/v3/kv/range", &json!({ "key": STANDARD.encode(key) }));
    let entry = answer["kvs"].get(0)?;
    let value = entry["value"].as_str().unwrap_or_default();
    Some(STANDARD.decode(value).expect("the gateway speaks base64"))
}

fn post(etcd: &Etcd, path: &str, body: &Value) -> Value {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(etcd.address())?;
        stream.set_read_timeout(Some(LIMIT))?;
        let body = body.to_string();
        // HTTP/1.0, so that the answer comes in one piece and ends with the connection.
        let head = format!("POST {path} HTTP/1.0\r\nContent-Length: {}\r\n\r\n", body.len());
        stream.write_all(head.as_bytes())?;
        stream.write_all(body.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    let answer = ask().expect("the gateway answers");
    assert!(answer.starts_with("HTTP/1.0 200"), "{answer}");
    let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
    serde_json::from_str(body).expect("the gateway answers in JSON")
}

//! The stub gateway does what it is told, judged on the raw socket.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::support::stub::Stub;
use crate::support::stub_reply::Reply;

const LIMIT: Duration = Duration::from_secs(5);

async fn ask(stub: &Stub, path: &str) -> TcpStream {
    let address = stub.url();
    let mut stream = TcpStream::connect(address.trim_start_matches("http://")).await.expect("open");
    let request = format!("POST {path} HTTP/1.1\r\nX-Test: Yes\r\nContent-Length: 4\r\n\r\nbody");
    stream.write_all(request.as_bytes()).await.expect("open");
    stream
}

/// Reads until what was read ends in `end`.
async fn read_to(stream: &mut TcpStream, end: &str) -> String {
    let mut read = Vec::new();
    let reading = async {
        while !read.ends_with(end.as_bytes()) {
            assert_ne!(stream.read_buf(&mut read).await.expect("open"), 0, "closed before {end:?}");
        }
    };
    tokio::time::timeout(LIMIT, reading).await.expect("an answer in time");
    String::from_utf8(read).expect("text")
}

/// Reads until the connection closes.
async fn read_all(stream: &mut TcpStream) -> String {
    let mut read = String::new();
    let reading = stream.read_to_string(&mut read);
    tokio::time::timeout(LIMIT, reading).await.expect("closed in time").expect("text");
    read
}

#[tokio::test]
async fn answers_of_a_path_come_in_order_and_the_last_one_stays() {
    let stub = Stub::start().await;
    stub.on("/a", Reply::json(200, "1")).on("/a", Reply::html(502, "2"));
    stub.otherwise(Reply::text(404, "none"));
    let answer = read_to(&mut ask(&stub, "/a").await, "1").await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.contains("Content-Type: application/json\r\nContent-Length: 1\r\n\r\n"));
    for _ in 0..2 {
        let answer = read_to(&mut ask(&stub, "/a?x=1").await, "2").await;
        assert!(answer.contains("HTTP/1.1 502 ") && answer.contains("text/html"), "{answer}");
    }
    read_to(&mut ask(&stub, "/b").await, "none").await;

    assert_eq!(stub.connections(), 4);
    let seen = stub.wait_for_requests("/a", 3, LIMIT).await;
    assert_eq!((seen[2].method.as_str(), seen[2].path.as_str()), ("POST", "/a?x=1"));
    assert_eq!((seen[2].header("x-test"), seen[2].text().as_str()), (Some("Yes"), "body"));
}

#[tokio::test]
async fn a_connection_serves_one_request_after_another() {
    let stub = Stub::start().await;
    stub.otherwise(Reply::json(200, "{}"));
    let mut stream = ask(&stub, "/a").await;
    read_to(&mut stream, "{}").await;
    stream.write_all(b"GET /b HTTP/1.1\r\n\r\n").await.unwrap();
    read_to(&mut stream, "{}").await;
    assert_eq!(stub.connections(), 1);
    assert_eq!(stub.requests()[1].path, "/b");
}

#[tokio::test]
async fn bodies_are_cut_chunked_and_repeated_as_asked() {
    let stub = Stub::start().await;
    stub.on("/cut", Reply::json(200, "123456").cut_after(2));
    stub.on("/chunks", Reply::chunks_of(3, b"12345"));
    stub.on("/raw", Reply::raw("nonsense"));
    stub.on("/endless", Reply::endless_body("x"));
    stub.on("/headers", Reply::endless_headers().header("X-Unused", "1"));

    let answer = read_all(&mut ask(&stub, "/cut").await).await;
    assert!(answer.ends_with("Content-Length: 6\r\n\r\n12"), "{answer}");
    let answer = read_to(&mut ask(&stub, "/chunks").await, "0\r\n\r\n").await;
    assert!(answer.ends_with("\r\n\r\n3\r\n123\r\n2\r\n45\r\n0\r\n\r\n"), "{answer}");
    assert_eq!(read_all(&mut ask(&stub, "/raw").await).await, "nonsense");
    for (path, filler) in [("/endless", "1\r\nx\r\n"), ("/headers", "X-Filler: xxx")] {
        let mut read = vec![0; 1 << 20];
        ask(&stub, path).await.read_exact(&mut read).await.unwrap();
        assert!(String::from_utf8(read).unwrap().contains(filler));
    }
}

#[tokio::test]
async fn a_live_stream_is_fed_and_ends_well_or_badly() {
    let stub = Stub::start().await;
    let (first, feed) = Reply::live();
    stub.on("/watch", first);
    let mut stream = ask(&stub, "/watch").await;
    feed.chunk("one").await;
    read_to(&mut stream, "3\r\none\r\n").await;
    feed.chunk("").await;
    feed.chunk("two").await;
    assert_eq!(read_to(&mut stream, "two\r\n").await, "3\r\ntwo\r\n");
    feed.end().await;
    read_to(&mut stream, "0\r\n\r\n").await;
    // It was for one client.
    assert_eq!(read_all(&mut ask(&stub, "/watch").await).await, "");

    let (second, feed) = Reply::live();
    stub.on("/again", second);
    let mut stream = ask(&stub, "/again").await;
    feed.chunk("half").await;
    feed.cut();
    assert!(read_all(&mut stream).await.ends_with("4\r\nhalf\r\n"));
}

#[tokio::test]
async fn answers_can_wait_for_the_test_or_never_come() {
    let stub = Stub::start().await;
    let gate = Arc::new(Notify::new());
    stub.on("/gate", Reply::json(200, "open").after(gate.clone()));
    stub.on("/never", Reply::silence());
    let mut gated = ask(&stub, "/gate").await;
    let mut never = ask(&stub, "/never").await;
    stub.wait_for_requests("/gate", 1, LIMIT).await;
    stub.wait_for_requests("/never", 1, LIMIT).await;
    for stream in [&mut gated, &mut never] {
        let read = stream.try_read(&mut [0; 16]);
        assert_eq!(read.expect_err("nothing yet").kind(), std::io::ErrorKind::WouldBlock);
    }
    gate.notify_one();
    read_to(&mut gated, "open").await;

    drop(stub);
    assert_eq!(read_all(&mut never).await, "", "a stub that is gone closes its connections");
}

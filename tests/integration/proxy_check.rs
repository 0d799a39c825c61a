//! The failing network fails as it is told, judged on raw sockets before a server that echoes.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, timeout};

use crate::support::proxy::{Plan, Proxy, Then};
use crate::support::stub_reply::Reply;
use crate::support::wait::eventually;

const LIMIT: Duration = Duration::from_secs(5);
/// As long a silence as is taken for one.
const QUIET: Duration = Duration::from_millis(100);

/// A server that says back what it is told, on each connection until that ends.
async fn echo() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut reader, mut writer) = stream.split();
                let _ended = tokio::io::copy(&mut reader, &mut writer).await;
            });
        }
    });
    address
}

async fn open(proxy: &Proxy) -> TcpStream {
    TcpStream::connect(proxy.address()).await.expect("the proxy listens")
}

/// Says something and waits for just as much to come back.
async fn says(stream: &mut TcpStream, text: &str) -> String {
    stream.write_all(text.as_bytes()).await.expect("open");
    let mut back = vec![0; text.len()];
    timeout(LIMIT, stream.read_exact(&mut back)).await.expect("in time").expect("open");
    String::from_utf8(back).expect("text")
}

/// Everything until the end, and whether that was a proper one.
async fn rest(stream: &mut TcpStream) -> (String, bool) {
    let mut read = Vec::new();
    let ended = timeout(LIMIT, stream.read_to_end(&mut read)).await.expect("an end in time");
    (String::from_utf8(read).expect("text"), ended.is_ok())
}

#[tokio::test]
async fn what_is_not_planned_goes_through_and_is_counted() {
    let proxy = Proxy::start(echo().await);
    let mut one = open(&proxy).await;
    assert_eq!(says(&mut one, "hello").await, "hello");
    let mut two = open(&proxy).await;
    assert_eq!(says(&mut two, "you").await, "you");
    // What went through is counted a moment after it came.
    let counted = async || {
        let counts = proxy.counts();
        ((counts.opened, counts.open, counts.up, counts.down) == (2, 2, 8, 8)).then_some(())
    };
    eventually("all to be counted", LIMIT, counted).await;
    one.shutdown().await.expect("open");
    assert_eq!(rest(&mut one).await, (String::new(), true));
    eventually("one to be closed", LIMIT, async || (proxy.counts().open == 1).then_some(())).await;
}

#[tokio::test]
async fn a_connection_is_cut_where_it_was_planned() {
    let proxy = Proxy::start(echo().await);
    proxy.next(Plan::down(3, Then::Close));
    proxy.next(Plan::down(3, Then::HalfClose));
    proxy.next(Plan::up(3, Then::Close));
    proxy.next(Plan::up(3, Then::HalfClose));
    proxy.next(Plan::garbage(2, "!?"));
    for expected in ["hel", "hel", "", "hel", "he!?"] {
        let mut stream = open(&proxy).await;
        stream.write_all(b"hello").await.expect("open");
        let (read, _) = rest(&mut stream).await;
        // What was on its way when both ends were closed may come or not.
        assert!(read == expected || (expected.is_empty() && "hel".starts_with(&read)), "{read}");
    }
    proxy.next(Plan::down(0, Then::Reset));
    let mut stream = open(&proxy).await;
    stream.write_all(b"hello").await.expect("open");
    assert_eq!(rest(&mut stream).await, (String::new(), false), "a reset is no proper end");
    assert_eq!(says(&mut open(&proxy).await, "hello").await, "hello", "the plans are used up");
}

#[tokio::test]
async fn silence_is_neither_bytes_nor_an_end() {
    let proxy = Proxy::start(echo().await);
    let mut open_before = open(&proxy).await;
    assert_eq!(says(&mut open_before, "hello").await, "hello");
    proxy.stall();
    let mut new = open(&proxy).await;
    for stream in [&mut open_before, &mut new] {
        stream.write_all(b"anybody?").await.expect("the kernel takes it");
        let mut back = [0; 8];
        timeout(QUIET, stream.read(&mut back)).await.expect_err("nothing comes");
    }
    proxy.flow();
    for stream in [&mut open_before, &mut new] {
        let mut back = [0; 8];
        timeout(LIMIT, stream.read_exact(&mut back)).await.expect("in time").expect("open");
        assert_eq!(&back, b"anybody?", "nothing was lost");
    }
    proxy.next(Plan::down(3, Then::Stall));
    let mut stream = open(&proxy).await;
    assert_eq!(says(&mut stream, "hel").await, "hel");
    stream.write_all(b"lo").await.expect("open");
    timeout(QUIET, stream.read(&mut [0; 2])).await.expect_err("nothing comes");
}

#[tokio::test]
async fn all_is_cut_refused_and_taken_again() {
    let proxy = Proxy::start(echo().await);
    let mut stream = open(&proxy).await;
    assert_eq!(says(&mut stream, "hello").await, "hello");
    proxy.refuse();
    let refused = async || TcpStream::connect(proxy.address()).await.is_err().then_some(());
    eventually("nobody to listen", LIMIT, refused).await;
    assert_eq!(says(&mut stream, "still").await, "still", "what is open stays");
    proxy.cut(Then::Reset);
    assert_eq!(rest(&mut stream).await, (String::new(), false));
    proxy.listen();
    assert_eq!(says(&mut open(&proxy).await, "again").await, "again");
}

#[tokio::test]
async fn open_connections_and_requests_have_plans_of_their_own() {
    let proxy = Proxy::start(echo().await);
    let mut stream = open(&proxy).await;
    assert_eq!(says(&mut stream, "hello").await, "hello");
    proxy.at_request("/put", Plan::down(4, Then::Close));
    assert_eq!(says(&mut stream, "POST /range x").await, "POST /range x");
    stream.write_all(b"POST /put x").await.expect("open");
    assert_eq!(rest(&mut stream).await.0, "POST");

    proxy.at_request("/put", Plan::up(11 + 2, Then::Close));
    let mut stream = open(&proxy).await;
    stream.write_all(b"POST /put x").await.expect("open");
    assert!(rest(&mut stream).await.0.len() <= 2, "never the whole request");

    let mut stream = open(&proxy).await;
    assert_eq!(says(&mut stream, "hello").await, "hello");
    proxy.now(Plan::down(2, Then::Repeat));
    stream.write_all(b"twice").await.expect("open");
    let mut back = [0; 10];
    timeout(LIMIT, stream.read_exact(&mut back)).await.expect("in time").expect("open");
    assert_eq!(&back, b"twicetwice");
    proxy.now(Plan::delay(QUIET));
    let start = Instant::now();
    assert_eq!(says(&mut stream, "slow").await, "slow");
    assert!(start.elapsed() >= QUIET * 2, "held up in both directions");
}

#[tokio::test]
async fn an_answer_in_place_of_the_server() {
    let proxy = Proxy::start(echo().await);
    proxy.next(Plan::instead(Reply::text(503, "not today")));
    let mut stream = open(&proxy).await;
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await.expect("open");
    stream.shutdown().await.expect("open");
    let (read, _) = rest(&mut stream).await;
    assert!(read.starts_with("HTTP/1.1 503 ") && read.ends_with("not today"), "{read}");
    assert_eq!(proxy.counts().up, 0, "the server heard nothing");
}

#[tokio::test]
async fn peers_are_cut_off_by_their_names_and_strangers_are_not() {
    let proxy = Proxy::start(echo().await);
    let named = |name: &str| format!("GET / HTTP/1.1\r\nX-Server-From: {name}\r\n\r\n");
    let mut stranger = open(&proxy).await;
    says(&mut stranger, "hello").await;
    let (mut one, mut two) = (open(&proxy).await, open(&proxy).await);
    says(&mut one, &named("a1")).await;
    says(&mut two, &named("b2")).await;
    proxy.block(&["a1".to_owned()], false);
    one.write_all(b"hello").await.expect("the kernel takes it");
    timeout(QUIET, one.read(&mut [0; 5])).await.expect_err("it is cut off");
    assert_eq!(says(&mut two, "hello").await, "hello");
    assert_eq!(says(&mut stranger, "hello").await, "hello");
    // One that names itself in two pieces.
    let mut late = open(&proxy).await;
    says(&mut late, "GET / HTTP/1.1\r\nX-Serv").await;
    late.write_all(b"er-From: a1\r\n").await.expect("open");
    timeout(QUIET, late.read(&mut [0; 5])).await.expect_err("it is cut off");

    proxy.block(&[], true);
    for stream in [&mut two, &mut stranger] {
        stream.write_all(b"hello").await.expect("the kernel takes it");
        timeout(QUIET, stream.read(&mut [0; 5])).await.expect_err("all are cut off");
    }
    proxy.block(&[], false);
    assert_eq!(rest(&mut one).await, (String::new(), false), "what was cut off is made anew");
    assert_eq!(says(&mut open(&proxy).await, &named("a1")).await, named("a1"));
}

//! Discovery against a name server of our own.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use tokio::net::UdpSocket;

use super::*;

/// Priority, weight, port, target.
type Record = (u16, u16, u16, &'static str);

/// What a name server answers.
#[derive(Clone, Copy)]
enum Answer {
    Records(&'static [Record]),
    /// The name does not exist.
    Absent,
    /// The server cannot tell.
    Broken,
    Silence,
}

/// A name as DNS writes it: each label behind its length, and a zero.
fn encoded(name: &str) -> Vec<u8> {
    let labels = name.split('.').filter(|label| !label.is_empty());
    let mut out: Vec<u8> =
        labels.flat_map(|label| [&[label.len() as u8], label.as_bytes()].concat()).collect();
    out.push(0);
    out
}

/// The answer to a query, by the name it asks for.
fn reply(query: &[u8], answer: Answer) -> Option<Vec<u8>> {
    let (code, records) = match answer {
        Answer::Records(records) => (0, records),
        Answer::Absent => (3, &[][..]),
        Answer::Broken => (2, &[][..]),
        Answer::Silence => return None,
    };
    let end = 12 + query[12..].iter().position(|byte| *byte == 0).expect("a name") + 1;
    let mut out = query[..2].to_vec();
    out.extend([0x81, 0x80 | code, 0, 1, 0, records.len() as u8, 0, 0, 0, 0]);
    out.extend(&query[12..end + 4]);
    for (priority, weight, port, target) in records {
        let target = encoded(target);
        // The name of the question, SRV, IN, and a minute.
        out.extend([0xc0, 12, 0, 33, 0, 1, 0, 0, 0, 60]);
        out.extend((6 + target.len() as u16).to_be_bytes());
        for number in [priority, weight, port] {
            out.extend(number.to_be_bytes());
        }
        out.extend(target);
    }
    Some(out)
}

/// A resolver that knows only a name server with these answers, by the start of the name.
async fn resolver(answers: &'static [(&'static str, Answer)]) -> TokioResolver {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let address: SocketAddr = socket.local_addr().expect("an address");
    tokio::spawn(async move {
        let mut query = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut query).await {
            let query = &query[..length];
            let asked = answers.iter().find(|(name, _)| query[12..].starts_with(&encoded(name)));
            let answer = asked.map_or(Answer::Absent, |(_, answer)| *answer);
            if let Some(reply) = reply(query, answer) {
                let _ = socket.send_to(&reply, from).await;
            }
        }
    });
    let mut connection = ConnectionConfig::udp();
    connection.port = address.port();
    let server = NameServerConfig::new(address.ip(), true, vec![connection]);
    let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
    let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
    builder.options_mut().timeout = Duration::from_millis(200);
    builder.options_mut().attempts = 1;
    builder.build().expect("a resolver")
}

fn discovery(service: Option<&str>, insecure: bool) -> Discovery {
    Discovery { domain: "example.com".to_owned(), service: service.map(str::to_owned), insecure }
}

const TLS: &str = "_etcd-client-ssl._tcp.example.com";
const PLAIN: &str = "_etcd-client._tcp.example.com";
const A: Answer = Answer::Records(&[(1, 1, 2379, "a.example.com")]);

#[tokio::test]
async fn servers_come_in_order_https_first() {
    let resolver = resolver(&[
        (PLAIN, Answer::Records(&[(0, 0, 2379, "plain.example.com")])),
        (
            TLS,
            Answer::Records(&[
                (2, 0, 2379, "late.example.com"),
                (1, 10, 2379, "light.example.com"),
                (1, 90, 23790, "heavy.example.com"),
                (1, 90, 23790, "heavy.example.com"),
            ]),
        ),
    ])
    .await;
    let all = [
        "https://heavy.example.com:23790",
        "https://light.example.com:2379",
        "https://late.example.com:2379",
        "http://plain.example.com:2379",
    ];
    assert_eq!(find(&resolver, &discovery(None, true)).await.expect("found"), all);
    assert_eq!(find(&resolver, &discovery(None, false)).await.expect("found"), all[..3]);
}

#[tokio::test]
async fn one_kind_of_records_is_enough() {
    let plain = resolver(&[(PLAIN, A)]).await;
    let found = find(&plain, &discovery(None, true)).await.expect("found");
    assert_eq!(found, ["http://a.example.com:2379"]);
    let tls = resolver(&[(TLS, A), (PLAIN, Answer::Broken)]).await;
    let found = find(&tls, &discovery(None, true)).await.expect("found");
    assert_eq!(found, ["https://a.example.com:2379"]);
}

#[tokio::test]
async fn the_service_name_is_part_of_the_name() {
    let resolver = resolver(&[("_etcd-client-ssl-blue._tcp.example.com", A)]).await;
    let found = find(&resolver, &discovery(Some("blue"), true)).await.expect("found");
    assert_eq!(found, ["https://a.example.com:2379"]);
    assert!(find(&resolver, &discovery(None, true)).await.is_err());
}

#[tokio::test]
async fn what_was_not_found_is_said() {
    type Case = (&'static [(&'static str, Answer)], bool, &'static [&'static str]);
    let cases: [Case; 5] = [
        (&[], true, &["no etcd in example.com", TLS, PLAIN, "there is no such record"]),
        (&[(TLS, Answer::Broken), (PLAIN, Answer::Absent)], true, &[TLS, "Server Failure"]),
        (&[(TLS, Answer::Silence), (PLAIN, Answer::Silence)], true, &[PLAIN, "timed out"]),
        (&[(PLAIN, A)], false, &["http servers only", "--insecure-discovery"]),
        (&[(PLAIN, Answer::Records(&[(0, 0, 0, ".")]))], true, &["no etcd"]),
    ];
    for (answers, insecure, parts) in cases {
        let resolver = resolver(answers).await;
        let error = find(&resolver, &discovery(None, insecure)).await.expect_err("nothing");
        for part in parts {
            assert!(error.to_string().contains(part), "{part} is missing in: {error}");
        }
    }
}

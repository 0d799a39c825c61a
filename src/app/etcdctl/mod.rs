//! What is done here as etcdctl lines for a shell: the selected thing, or what an action would send.
//!
//! Invariant: run in order by a shell, the lines do to a store what the request itself would, guards
//! included; what etcdctl cannot say stands in a comment, and nothing is put in its place. No line
//! holds a password or a token.

mod called;
mod held;
mod quote;

use super::hold::Hold;
use crate::domain::txn::{Op, RangeRequest, TxnRequest};
use crate::domain::txn_text::{beyond_etcdctl, lease_id, print};
use crate::domain::{Key, KeyRange, LeaseId, Revision};
use quote::operands;

pub use called::Etcdctl;
pub use quote::quote;

/// The end of a here-document. No line of a transaction's text can be this word: each begins a
/// compare or request, or is blank.
const END: &str = "END";

impl Etcdctl {
    /// What holding something sends; the last line runs for as long as it is held.
    pub fn hold(&self, hold: &Hold) -> Vec<String> {
        match hold {
            Hold::Lock { name, ttl } => self.lock(name, *ttl),
            Hold::Candidacy { name, value, ttl } => self.elect(name, value, *ttl),
            Hold::Registration { service, ttl } => self.register(service, *ttl),
        }
    }

    /// `etcdctl get KEY`, or with `--prefix` for a directory.
    pub fn get(&self, key: &Key, prefix: bool) -> Vec<String> {
        if key.as_bytes().contains(&0) {
            // No argument can hold a zero byte; the text of a transaction can.
            let key = key.clone();
            let range = if prefix { KeyRange::prefix(key) } else { KeyRange::single(key) };
            return self.range(RangeRequest::new(range));
        }
        let flag = if prefix { " --prefix" } else { "" };
        vec![format!("{} get{flag} -- {}", self.command(), quote(key.as_bytes()))]
    }

    /// `etcdctl get --rev=N KEY`.
    pub fn get_at(&self, key: &Key, revision: Revision) -> Vec<String> {
        if key.as_bytes().contains(&0) {
            return self.range(RangeRequest::get(key.clone()).at(revision));
        }
        let key = quote(key.as_bytes());
        vec![format!("{} get --rev={revision} -- {key}", self.command())]
    }

    /// A read, as a transaction that does nothing else: its text says all that a request can.
    pub fn range(&self, request: RangeRequest) -> Vec<String> {
        self.txn(&TxnRequest { success: vec![Op::Range(request)], ..TxnRequest::default() })
    }

    /// `etcdctl user get` and `role get`, where a name is to be filled in.
    pub fn rights(&self) -> Vec<String> {
        let command = self.command();
        vec![format!("{command} user get --detail NAME")]
    }

    /// `etcdctl lease list`.
    pub fn leases(&self) -> String {
        format!("{} lease list", self.command())
    }

    /// `etcdctl member list`.
    pub fn members(&self) -> String {
        format!("{} member list", self.command())
    }

    /// `etcdctl endpoint status`, of all endpoints.
    pub fn endpoints(&self) -> String {
        format!("{} endpoint status", self.command())
    }

    /// `etcdctl lease grant TTL`, where the server chooses the ID.
    pub fn grant(&self, ttl: i64) -> String {
        format!("{} lease grant {ttl}", self.command())
    }

    /// A lease with a chosen ID: the gateway takes one, which etcdctl does not.
    pub fn grant_with_id(&self, ttl: i64, id: LeaseId) -> Vec<String> {
        let why = format!("# etcdctl cannot choose the ID of a lease ({})", lease_id(id));
        match self.curl() {
            Some(curl) => {
                let body = format!("{{\"TTL\":\"{ttl}\",\"ID\":\"{}\"}}", id.0);
                let (program, url) = curl;
                let url = quote(format!("{url}/v3/lease/grant").as_bytes());
                vec![
                    format!("{why}; the gateway can:"),
                    format!("{program} -d {} {url}", quote(body.as_bytes())),
                ]
            }
            None => vec![
                format!("{why}; with one that the server chooses it would be:"),
                format!("# {}", self.grant(ttl)),
            ],
        }
    }

    /// `etcdctl lease timetolive ID --keys`.
    pub fn time_to_live(&self, id: LeaseId) -> String {
        self.lease("timetolive --keys", id)
    }

    /// `etcdctl lease revoke ID`.
    pub fn revoke(&self, id: LeaseId) -> String {
        self.lease("revoke", id)
    }

    /// `etcdctl lease keep-alive --once ID`.
    pub fn renew(&self, id: LeaseId) -> String {
        self.lease("keep-alive --once", id)
    }

    /// `etcdctl lease keep-alive ID`, which goes on until it is interrupted.
    pub fn keep_alive(&self, id: LeaseId) -> String {
        self.lease("keep-alive", id)
    }

    fn lease(&self, what: &str, id: LeaseId) -> String {
        format!("{} lease {what} {}", self.command(), operands(&[lease_id(id).as_bytes()]))
    }

    /// `etcdctl watch`, for a key or a prefix, from a revision.
    pub fn watch(&self, key: &Key, prefix: bool, from: Revision) -> Vec<String> {
        let mut flags = if prefix { " --prefix" } else { "" }.to_owned();
        if from.is_some() {
            flags.extend([" --rev=", &from.to_string()]);
        }
        let command = format!("{} watch --prev-kv{flags} --", self.command());
        if key.as_bytes().contains(&0) {
            let key = crate::domain::escape::line(key.as_bytes());
            return vec![
                "# not for etcdctl: no argument can hold a zero byte".to_owned(),
                format!("# {command} {key}"),
            ];
        }
        vec![format!("{command} {}", quote(key.as_bytes()))]
    }

    /// `etcdctl txn` with its text as a here-document, a line each. Where etcdctl cannot say it all
    /// of it is a comment, which says so first.
    pub fn txn(&self, request: &TxnRequest) -> Vec<String> {
        let first = format!("{} txn <<'{END}'", self.command());
        let text = print(request);
        let lines = text.lines().map(str::to_owned);
        let lines = [first].into_iter().chain(lines).chain([END.to_owned()]);
        match beyond_etcdctl(request) {
            None => lines.collect(),
            Some(reason) => {
                let comment = |line: String| format!("# {line}").trim_end().to_owned();
                let why = format!("not for etcdctl: {reason}");
                [why].into_iter().chain(lines).map(comment).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::txn::{Compare, Comparison, PutRequest, Target};

    fn etcdctl() -> Etcdctl {
        Etcdctl::new(&["http://127.0.0.1:2379".to_owned()])
    }

    #[test]
    fn each_thing_has_its_line() {
        let to = "ETCDCTL_ENDPOINTS=http://127.0.0.1:2379 etcdctl";
        let etcdctl = etcdctl();
        let cases = [
            (etcdctl.get(&"/a/".into(), true), format!("{to} get --prefix -- /a/")),
            (
                etcdctl.get(&Key::from(&b"a\0"[..]), false),
                format!("{to} txn <<'END'\n\nget \"a\\x00\"\n\n\nEND"),
            ),
            (
                etcdctl.watch(&"k".into(), false, Revision(5)),
                format!("{to} watch --prev-kv --rev=5 -- k"),
            ),
            (vec![etcdctl.revoke(LeaseId(42))], format!("{to} lease revoke 2a")),
            (vec![etcdctl.revoke(LeaseId(-42))], format!("{to} lease revoke -- -2a")),
            (
                etcdctl.grant_with_id(60, LeaseId(42)),
                "# etcdctl cannot choose the ID of a lease (2a); the gateway can:\n\
                 curl -sS -d '{\"TTL\":\"60\",\"ID\":\"42\"}' http://127.0.0.1:2379/v3/lease/grant"
                    .to_owned(),
            ),
            (
                etcdctl.user("root", false).grant_with_id(60, LeaseId(42)),
                "# etcdctl cannot choose the ID of a lease (2a); with one that the server chooses it \
                 would be:\n# ETCDCTL_ENDPOINTS=http://127.0.0.1:2379 ETCDCTL_USER=root \
                 ETCDCTL_PASSWORD=\"${ETCDCTL_PASSWORD:?}\" etcdctl lease grant 60"
                    .to_owned(),
            ),
        ];
        for (lines, expected) in cases {
            assert_eq!(lines.join("\n"), expected);
        }
    }

    #[test]
    fn what_etcdctl_would_misread_is_a_comment_throughout() {
        let request = TxnRequest {
            compares: vec![Compare {
                range: KeyRange::prefix("a/"),
                target: Target::Mod(Revision(5)),
                comparison: Comparison::Less,
            }],
            success: vec![Op::Put(PutRequest::new("a/b", "v"))],
            failure: Vec::new(),
        };
        let lines = etcdctl().txn(&request);
        assert!(lines.iter().all(|line| line.starts_with('#')), "{lines:?}");
        assert!(lines[0].contains("single keys only"), "{lines:?}");
    }
}

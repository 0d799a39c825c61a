//! Why a transaction failed, said from what is there.

use etcdeck::domain::txn::{
    DeleteResponse, Op, OpResponse, PutResponse, RangeRequest, RangeResponse, TxnRequest,
    TxnResponse,
};
use etcdeck::domain::txn_text::{Held, describe, explain, explaining, parse, parse_compare};
use etcdeck::domain::{Entry, Key, LeaseId, Revision, Version};

fn entry(key: &str) -> Entry {
    Entry {
        key: Key::from(key),
        value: b"red".to_vec(),
        create_revision: Revision(5),
        mod_revision: Revision(7),
        version: Version(3),
        lease: LeaseId(0x1f),
    }
}

fn read(entries: &[Entry]) -> RangeResponse {
    let count = entries.len() as i64;
    RangeResponse { revision: Revision(9), entries: entries.to_vec(), count, more: false }
}

#[test]
fn each_target_and_sign_against_a_key_and_none() {
    let (yes, no) = (Held::Yes, Held::No);
    let cases = [
        (r#"version("a") = "3""#, yes, no, "the key does not exist"),
        (r#"version("a") < "3""#, no, yes, "it is 3"),
        (r#"create("a") = "0""#, no, yes, "it is 5"),
        (r#"create("a") != "0""#, yes, no, "the key does not exist"),
        (r#"mod("a") > "7""#, no, no, "it is 7"),
        (r#"mod("a") < "8""#, yes, yes, ""),
        (r#"value("a") = "red""#, yes, no, "the key does not exist"),
        (r#"value("a") != "blue""#, yes, no, "the key does not exist"),
        (r#"value("a") < "blue""#, no, no, "it is \"red\""),
        (r#"lease("a") = "1f""#, yes, no, "the key does not exist"),
        (r#"lease("a") = "0""#, no, yes, "it is 1f"),
    ];
    for (text, with, without, reason) in cases {
        let compares = [parse_compare(text).unwrap(), parse_compare(text).unwrap()];
        let verdicts = explain(&compares, &[read(&[entry("a")]), read(&[])]);
        assert_eq!((verdicts[0].held, verdicts[1].held), (with, without), "{text}");
        let said = format!("{}\n{}", verdicts[0].text, verdicts[1].text);
        assert!(said.contains(reason), "{said}");
        assert_eq!(verdicts[0].entry, Some(entry("a")));
        assert_eq!(verdicts[1].entry, None);
    }
}

#[test]
fn an_interval_holds_when_every_key_does() {
    let compare = parse_compare(r#"version("a" --prefix) = "3""#).unwrap();
    let other = Entry { version: Version(4), ..entry("ab") };
    let some = RangeResponse { count: 500, more: true, ..read(&[entry("aa")]) };
    let cases = [
        (read(&[entry("aa")]), Held::Yes, "version(a…) = 3 holds"),
        (read(&[entry("aa"), other]), Held::No, "version(a…) = 3 failed: of ab it is 4"),
        (read(&[]), Held::No, "version(a…) = 3 failed: it holds no key"),
        (some, Held::Unknown, "version(a…) = 3 holds for the first 1 key of 500"),
    ];
    for (present, held, text) in cases {
        let verdicts = explain(std::slice::from_ref(&compare), &[present]);
        assert_eq!((verdicts[0].held, verdicts[0].text.as_str()), (held, text));
    }
}

#[test]
fn the_reads_come_first_in_the_else_branch_and_are_taken_out_again() {
    let request = parse("mod(\"a\") = \"5\"\n\nput a 1\n\ndel a\n\n").unwrap();
    let explaining = explaining(&request).unwrap();
    assert_eq!((explaining.reads, explaining.request.failure.len()), (1, 2));
    assert!(
        matches!(&explaining.request.failure[0], Op::Range(read) if read.range == RangeRequest::get("a").range)
    );
    assert_eq!(explaining.request.success, request.success);

    let deleted = OpResponse::Delete(DeleteResponse { deleted: 1, ..DeleteResponse::default() });
    let failed = TxnResponse {
        revision: Revision(9),
        succeeded: false,
        responses: vec![OpResponse::Range(read(&[entry("a")])), deleted.clone()],
    };
    let (response, verdicts) = explaining.split(failed);
    assert_eq!(response.responses, [deleted]);
    assert_eq!(verdicts[0].text, "mod(a) = 5 failed: it is 7");

    let held = TxnResponse { succeeded: true, ..TxnResponse::default() };
    assert_eq!(explaining.split(held.clone()), (held, Vec::new()));
}

#[test]
fn no_reads_where_the_server_would_refuse_so_many() {
    let gets = |count| vec![Op::Range(RangeRequest::get("a")); count];
    let compares = vec![parse_compare(r#"mod("a") = "5""#).unwrap(); 28];
    let with = |count| TxnRequest {
        compares: compares.clone(),
        failure: gets(count),
        ..TxnRequest::default()
    };
    assert!(explaining(&with(100)).is_some());
    assert!(explaining(&with(101)).is_none());
}

#[test]
fn answers_in_one_line_each() {
    let many = RangeResponse { count: 10, more: true, ..read(&[entry("a"), entry("b")]) };
    let counted = RangeResponse { count: 10, ..read(&[]) };
    let put = |previous| PutResponse { revision: Revision(9), previous };
    let txn = TxnResponse { succeeded: true, responses: Vec::new(), revision: Revision(9) };
    let cases = [
        (OpResponse::Range(read(&[])), "nothing there"),
        (OpResponse::Range(read(&[entry("a")])), "a = \"red\" at revision 7"),
        (OpResponse::Range(read(&[entry("a"), entry("b")])), "2 keys"),
        (OpResponse::Range(many), "2 of 10 keys"),
        (OpResponse::Range(counted), "10 keys"),
        (OpResponse::Put(put(None)), "put at revision 9"),
        (OpResponse::Put(put(Some(entry("a")))), "put at revision 9 in place of 3 bytes"),
        (
            OpResponse::Delete(DeleteResponse { deleted: 1, ..DeleteResponse::default() }),
            "deleted 1 key",
        ),
        (OpResponse::Txn(txn), "compares held, 0 answers"),
    ];
    for (response, line) in cases {
        assert_eq!(describe::response(&response), line, "{response:?}");
    }
}

//! The view of the doctor: while it looks, when it has found something, and where there is no room.

use etcdeck::app::message::Message;
use etcdeck::domain::diagnosis::{DiagnosisNews, Finding};

use super::desk::Desk;
use super::scene::fresh;
use super::{SMALL, USUAL, at_sizes, snapshot};

/// The doctor tells something.
fn tell(desk: &mut Desk, news: impl IntoIterator<Item = DiagnosisNews>) {
    let ticket = desk.diagnosing.expect("an examination was asked for");
    for news in news {
        desk.happens(Message::Diagnosis(ticket, news));
    }
}

fn opened(size: (u16, u16)) -> Desk {
    let mut desk = fresh(size);
    desk.press(":");
    desk.type_text("doctor");
    desk.press("enter");
    desk
}

/// Two endpoints, of which one is looked at still.
fn looking(size: (u16, u16)) -> Desk {
    let mut desk = opened(size);
    let titles = ["http://10.0.0.1:2379", "https://10.0.0.2:2379", "cluster"].map(str::to_owned);
    tell(
        &mut desk,
        [
            DiagnosisNews::Began(titles.into()),
            DiagnosisNews::Found(0, Finding::ok("TCP", "connected to 10.0.0.1:2379 in 0.4 ms")),
            DiagnosisNews::Found(
                1,
                Finding::failed(
                    "certificate",
                    "of CN=etcd\x1b[2J-2, signed by CN=etcd, for 10.0.0.2; it expired 12 days ago",
                    "renew it, or check the clock of this host",
                ),
            ),
            DiagnosisNews::Found(
                0,
                Finding::warning(
                    "version",
                    "etcd 3.4.23; fixes for 3.4 ended in June 2026",
                    "upgrade, one release line after the other",
                ),
            ),
            DiagnosisNews::Found(
                1,
                Finding::skipped("the rest", "there is no TLS connection: auth"),
            ),
            DiagnosisNews::Ended(1),
        ],
    );
    desk
}

fn ended(size: (u16, u16)) -> Desk {
    let mut desk = looking(size);
    tell(
        &mut desk,
        [
            DiagnosisNews::Ended(0),
            DiagnosisNews::Found(2, Finding::ok("members", "2 members (one, two), 0 may fail")),
            DiagnosisNews::Ended(2),
        ],
    );
    desk
}

#[test]
fn findings_appear_as_they_come() {
    snapshot("doctor-begins-80x24", &mut opened(USUAL));
    at_sizes("doctor-looking", &[USUAL, SMALL], looking);
    at_sizes("doctor-ended", &[USUAL, SMALL], ended);
}

#[test]
fn it_scrolls_examines_again_and_closes() {
    let mut desk = ended(SMALL);
    desk.press("G");
    snapshot("doctor-scrolled-40x10", &mut desk);
    desk.press("R");
    assert!(!desk.screen().contains("10.0.0.2"), "{}", desk.screen());
    // What an earlier examination finds is of no interest any more.
    tell(&mut desk, [DiagnosisNews::Began(vec!["again".to_owned()])]);
    assert!(desk.screen().contains("again"), "{}", desk.screen());
    desk.press("q");
    assert!(desk.screen().contains("1 Keys"), "{}", desk.screen());
    tell(&mut desk, [DiagnosisNews::Ended(0)]);
    assert!(desk.screen().contains("1 Keys"), "{}", desk.screen());
}

//! Snapshots of an export: in its dialog, in the header, ended, failed.

use etcdeck::app::job::{JobId, JobNews};
use etcdeck::app::message::Message;
use etcdeck::domain::Revision;
use etcdeck::domain::bulk::{Exported, Exporting};

use super::desk::Desk;
use super::{SMALL, USUAL, at_sizes, scene};

fn exporting(size: (u16, u16)) -> Desk {
    let mut desk = scene::busy(size);
    desk.press(":");
    desk.type_text("export /home/ada/backup.jsonl /config/");
    desk.press("enter");
    tell(
        &mut desk,
        JobNews::Exporting(Exporting { keys: 46_000, total: 100_000, bytes: 9_876_543 }),
    );
    desk
}

fn tell(desk: &mut Desk, news: JobNews) {
    desk.happens(Message::Job(JobId(1), news));
}

#[test]
fn an_export_goes_on() {
    at_sizes("export", &[USUAL, SMALL], exporting);
    at_sizes("export-hidden", &[USUAL, SMALL], |size| {
        let mut desk = exporting(size);
        desk.press("B");
        desk
    });
    at_sizes("export-quit", &[USUAL], |size| {
        let mut desk = exporting(size);
        desk.press("B q");
        desk
    });
}

#[test]
fn an_export_ends() {
    at_sizes("export-done", &[USUAL], |size| {
        let mut desk = exporting(size);
        let revision = Revision(123_456);
        let done = Exported { revision, keys: 100_000, leased: 12, bytes: 21_000_000 };
        tell(&mut desk, JobNews::Exported(done));
        desk
    });
    at_sizes("export-failed", &[USUAL, SMALL], |size| {
        let mut desk = exporting(size);
        let why = "/home/ada/backup.jsonl: No space left on device (os error 28)";
        tell(&mut desk, JobNews::Failed(why.to_owned()));
        desk
    });
}

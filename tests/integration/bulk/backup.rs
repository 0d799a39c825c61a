//! The backup that is on the disk before anything is deleted.

use std::io::BufReader;
use std::os::unix::fs::PermissionsExt as _;

use etcdeck::archive::Reader;
use etcdeck::domain::bulk::PlanRequest;
use etcdeck::domain::{LeaseId, Revision};

use super::on_all_stores;

#[test]
fn a_large_set_is_in_a_file_of_ours_alone_before_it_goes() {
    on_all_stores("backup", async |mut world| {
        let folder = tempfile::tempdir().expect("a folder");
        world.limits.folder = Some(folder.path().join("made/backups"));
        world.limits.backup = 100_000;
        let lease = world.lease().await;
        world.fill((0..900).map(|n| (format!("{n:03}"), vec![n as u8; n], lease))).await;
        let entries = world.entries(world.all(), Revision::NONE).await;

        // A plan that nobody carries out leaves nothing behind.
        let plan = world.plan_delete(&[world.all()]).await;
        let path = plan.survey().backup.clone().expect("a backup");
        assert!(path.exists());
        drop(plan);
        assert!(!path.exists(), "{}", world.name);

        let plan = world.plan_delete(&[world.all()]).await;
        let path = plan.survey().backup.clone().expect("a backup");
        let mode = |path: &std::path::Path| {
            path.metadata().expect("it is there").permissions().mode() & 0o777
        };
        assert_eq!((mode(&path), mode(path.parent().expect("a folder"))), (0o600, 0o700));
        let file = BufReader::new(std::fs::File::open(&path).expect("it opens"));
        let mut reader = Reader::new(file).expect("a header");
        assert_eq!(reader.header().revision, plan.survey().revision);
        assert_eq!((reader.header().count, &reader.header().prefix), (900, &world.key("")));
        let mut read = Vec::new();
        for entry in &mut reader {
            read.push(entry.expect("no fault"));
        }
        assert!(read == entries, "{}: the file does not hold what the store does", world.name);
        assert_eq!(world.apply(plan).await.done, 900);
        assert!(path.exists(), "what was needed once is never taken away");

        // A smaller set stays in memory.
        world.put("small", "1").await;
        assert_eq!(world.plan_delete(&[world.all()]).await.survey().backup, None);
    });
}

#[test]
fn without_a_place_for_the_backup_nothing_is_deleted() {
    on_all_stores("no-backup", async |mut world| {
        world.limits.backup = 100;
        world.fill((0..50).map(|n| (format!("{n:03}"), vec![b'v'; 10], LeaseId::NONE))).await;
        // No folder at all, one that cannot be made, and a disk that is full.
        for (folder, said) in [
            (None, "no folder for a backup"),
            (Some("/dev/null/backups"), "/dev/null/backups"),
            (Some("/proc/etcdeck"), "/proc/etcdeck"),
        ] {
            world.limits.folder = folder.map(Into::into);
            let plan = world.plan(PlanRequest::Delete(vec![world.all()])).await;
            let told = plan.expect_err("no backup, no plan").to_string();
            assert!(told.contains(said) && told.contains("nothing was deleted"), "{told}");
            assert_eq!(world.entries(world.all(), Revision::NONE).await.len(), 50);
        }
    });
}

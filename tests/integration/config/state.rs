//! The folder for what must survive a run.

use std::os::unix::fs::PermissionsExt as _;

use etcdeck::config::create_private_dir;

#[test]
fn folders_are_created_for_their_owner_alone() {
    let base = tempfile::tempdir().expect("a folder");
    let path = base.path().join("state/etcdeck/drafts");
    create_private_dir(&path).expect("created");
    create_private_dir(&path).expect("it may exist");
    for path in [&path, &base.path().join("state/etcdeck")] {
        let mode = path.metadata().expect("it exists").permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{}", path.display());
    }
}

//! The folder for what must survive a run: drafts, backups, the journal.

use std::ffi::OsString;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// `$XDG_STATE_HOME/etcdeck`, else `~/.local/state/etcdeck`. As the XDG rules say, a path that is
/// not absolute counts as unset. `None` when there is no home either: then nothing can be kept.
/// The folder need not exist; see [`create_private_dir`].
pub fn state_dir(env: &dyn Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    place("XDG_STATE_HOME", ".local/state", env).map(|base| base.join("etcdeck"))
}

/// A base folder of the XDG rules: the variable, else a folder in the home.
pub(super) fn place(
    variable: &str,
    in_home: &str,
    env: &dyn Fn(&str) -> Option<OsString>,
) -> Option<PathBuf> {
    let absolute = |name: &str| env(name).map(PathBuf::from).filter(|path| path.is_absolute());
    absolute(variable).or_else(|| absolute("HOME").map(|home| home.join(in_home)))
}

/// Creates a folder that only its owner may look into, and the folders above it, where they do not
/// exist yet. A folder that exists keeps its mode.
///
/// # Errors
/// What the system says.
pub fn create_private_dir(path: &Path) -> io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_says_where_state_goes() {
        for (state, home, expected) in [
            (Some("/s"), Some("/home/a"), Some("/s/etcdeck")),
            (None, Some("/home/a"), Some("/home/a/.local/state/etcdeck")),
            (Some(""), Some("/home/a"), Some("/home/a/.local/state/etcdeck")),
            (Some("s"), Some("/home/a"), Some("/home/a/.local/state/etcdeck")),
            (None, Some(""), None),
            (None, Some("home"), None),
            (None, None, None),
        ] {
            let env = |name: &str| match name {
                "XDG_STATE_HOME" => state.map(OsString::from),
                "HOME" => home.map(OsString::from),
                _ => None,
            };
            assert_eq!(state_dir(&env), expected.map(PathBuf::from), "{state:?} {home:?}");
        }
    }
}

//! The folder of drafts: what an earlier run left unsaved, and what this one would lose.
//!
//! A draft is one file, replaced as a whole by renaming, readable by its owner alone. Beside it lies
//! a lock, held for as long as a program has the draft open, so that two programs never take each
//! other's, and one that was killed leaves its own behind for the next. Everything here blocks.

mod claim;
#[cfg(test)]
mod fuzz;
mod record;

use std::collections::HashMap;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::domain::draft::{DraftId, Home, KeptDraft};
use claim::Claim;

/// More than any draft: twice a value of 1.5 MiB, in base64 or escaped.
const LARGEST: u64 = 64 << 20;

/// The drafts of a user, as far as this program has a hand on them.
#[derive(Debug)]
pub struct Drafts {
    folder: PathBuf,
    held: HashMap<DraftId, Claim>,
    found: u32,
}

/// A draft that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its number here.
    pub id: DraftId,
    /// When it was kept.
    pub time: SystemTime,
    /// The draft.
    pub draft: KeptDraft,
}

/// A file that should hold a draft and does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damaged {
    /// Where it lies now, out of the way.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: String,
}

impl Drafts {
    /// The drafts in a folder, which is made when the first one is kept.
    pub fn in_folder(folder: PathBuf) -> Drafts {
        Drafts { folder, held: HashMap::new(), found: 0 }
    }

    /// Keeps a draft, in place of what was kept under its number.
    ///
    /// # Errors
    /// Why it could not be written; what was kept before is still there.
    pub fn keep(&mut self, id: DraftId, draft: &KeptDraft, time: SystemTime) -> io::Result<()> {
        if !self.held.contains_key(&id) {
            self.make_folder()?;
            let claim = self.claim_new(time)?;
            self.held.insert(id, claim);
        }
        let Some(claim) = self.held.get(&id) else { return Ok(()) };
        let bytes = record::write(draft, time)?;
        let unfinished = claim.path("new");
        write_private(&unfinished, &bytes)
            .and_then(|()| fs::rename(&unfinished, claim.path("json")))
            .inspect_err(|_| _ = fs::remove_file(&unfinished))
    }

    /// Removes a draft: it was saved, or given up. Nothing when none was kept under the number.
    ///
    /// # Errors
    /// Why it is still there.
    pub fn remove(&mut self, id: DraftId) -> io::Result<()> {
        let Some(claim) = self.held.remove(&id) else { return Ok(()) };
        gone(fs::remove_file(claim.path("json"))).and(claim.dissolve())
    }

    /// Lets go of a draft that was found: it stays for the next who looks.
    pub fn leave(&mut self, id: DraftId) {
        self.held.remove(&id);
    }

    /// Looks for drafts of a store that no living program has open, oldest first, and takes them.
    /// Files that hold no draft are put aside under another name.
    ///
    /// # Errors
    /// When the folder cannot be read; that it does not exist is none.
    pub fn find(&mut self, home: &Home) -> io::Result<(Vec<Found>, Vec<Damaged>)> {
        let (mut found, mut damaged) = (Vec::new(), Vec::new());
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((found, damaged)),
            Err(error) => return Err(error),
        };
        let mut stems: Vec<String> = Vec::new();
        for entry in entries {
            let name = entry?.file_name();
            stems.extend(
                name.to_str().and_then(|name| name.strip_suffix(".json")).map(str::to_owned),
            );
        }
        // A name begins with the time the draft was begun.
        stems.sort();
        for stem in stems {
            let Some(claim) = Claim::take(&self.folder, &stem)? else { continue };
            let path = claim.path("json");
            match read(&path) {
                Ok(None) => claim.dissolve()?,
                Ok(Some((draft, time))) if draft.home.is(home) => {
                    self.found += 1;
                    let id = DraftId::Found(self.found);
                    self.held.insert(id, claim);
                    found.push(Found { id, time, draft });
                }
                Ok(Some(_)) => {}
                Err(reason) => {
                    let aside = claim.path("damaged");
                    let path = if fs::rename(&path, &aside).is_ok() { aside } else { path };
                    damaged.push(Damaged { path, reason });
                    claim.dissolve()?;
                }
            }
        }
        Ok((found, damaged))
    }

    fn make_folder(&self) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        // It may be older than this rule, or made by hand.
        fs::set_permissions(&self.folder, Permissions::from_mode(0o700))
    }

    /// A name that nobody has: the time, the process, and where these are not enough a number.
    fn claim_new(&self, time: SystemTime) -> io::Result<Claim> {
        let time = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let process = std::process::id();
        for number in 0..1000 {
            let stem = format!("{time:013}-{process}-{number}");
            if let Some(claim) = Claim::take(&self.folder, &stem)?
                && !claim.path("json").exists()
            {
                return Ok(claim);
            }
        }
        Err(io::Error::other("no free name for a draft"))
    }
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // What a killed program began is of no use; made anew, so that its mode is ours.
    gone(fs::remove_file(path))?;
    let mut file: File = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_data()
}

/// A draft from its file; nothing where the file is gone.
fn read(path: &Path) -> Result<Option<(KeptDraft, SystemTime)>, String> {
    let mut bytes = Vec::new();
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > LARGEST {
        return Err("larger than any draft".to_owned());
    }
    record::read(&bytes).map(Some)
}

/// That a file is not there any more is what was wanted.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

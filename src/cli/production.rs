//! Whether the cluster is marked, and what follows from it.

use super::effective::Effective;
use super::given::{Given, Rank, Sources};
use super::profile::leads_to;
use crate::config::{Profile, Servers};
use crate::domain::mark::{Mark, MarkColor};

/// What keeps an operator from a mistake.
pub(super) struct Safety {
    pub(super) production: Option<Mark>,
    pub(super) read_only: bool,
}

/// The mark and the read-only switch. A mark follows its servers: where a marked profile has one of
/// them, its mark holds however they were named, unless somebody says otherwise.
pub(super) fn safety(
    production: Option<String>,
    read_only: Option<String>,
    servers: Option<&Servers>,
    sources: Sources<'_>,
    effective: &mut Effective,
) -> Result<Safety, String> {
    let asked = sources.own("--production", production);
    let read_only = sources.own("--read-only", read_only);
    let marked = match (asked.rank, servers) {
        (Rank::Default, Some(servers)) => marked_profile(servers, sources)?,
        (Rank::Default | Rank::File | Rank::Environment | Rank::Flag, _) => None,
    };
    let (asked, read_only, from) = match marked {
        Some(profile) => {
            let asked = sources.in_profile(profile, "--production");
            let own = sources.in_profile(profile, "--read-only");
            let read_only = if read_only.is_given() { read_only } else { own };
            (asked, read_only, Some(profile))
        }
        None => (asked, read_only, sources.profile),
    };
    let mark = asked.mark(color(from, sources)?)?;
    let shown = mark
        .as_ref()
        .map_or_else(String::new, |mark| format!("{} ({})", mark.word(), mark.color()));
    let by_servers = if marked.is_some() { ", by its servers" } else { "" };
    effective.add("production", shown, format!("{}{by_servers}", asked.origin));
    let decided = read_only.boolean()?;
    let switch = decided.unwrap_or(mark.is_some());
    let origin = match (decided, &mark) {
        (None, Some(_)) => "production".to_owned(),
        (None | Some(_), _) => read_only.origin,
    };
    effective.add("read_only", switch.to_string(), origin);
    Ok(Safety { production: mark, read_only: switch })
}

/// The first profile that is marked and has one of the servers.
fn marked_profile<'a>(
    servers: &Servers,
    sources: Sources<'a>,
) -> Result<Option<&'a Profile>, String> {
    let profiles = sources.file.into_iter().flat_map(|file| file.profiles.values());
    for profile in profiles.filter(|profile| leads_to(profile, servers)) {
        if sources.in_profile(profile, "--production").mark(MarkColor::default())?.is_some() {
            return Ok(Some(profile));
        }
    }
    Ok(None)
}

fn color(profile: Option<&Profile>, sources: Sources<'_>) -> Result<MarkColor, String> {
    let Some(profile) = profile else { return Ok(MarkColor::default()) };
    let given: Given = sources.in_profile(profile, "--production-color");
    let name = given.name.clone();
    match given.text() {
        Some(text) => text.parse().map_err(|error| format!("{name}: {error}")),
        None => Ok(MarkColor::default()),
    }
}

//! From what was typed, the environment and the configuration file to the settings in force.

use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use super::args::{Args, ColorChoice};
use super::effective::Effective;
use super::given::{Env, Given, Sources};
use super::{connection, production, profile};
use crate::config::{self, ConfigFile, Settings, Target, Task};
use crate::domain::Key;
use crate::domain::limit::Limits;
use crate::domain::load::Load;
use crate::domain::log::Level;

/// The file that was named, which must be there, or the usual one, which need not.
fn read_file(
    typed: Option<&str>,
    env: Env<'_>,
    effective: &mut Effective,
) -> Result<(Option<PathBuf>, Option<ConfigFile>), String> {
    let home = env("HOME").map(PathBuf::from).filter(|home| home.is_absolute());
    let named = typed.filter(|path| !path.is_empty()).map(PathBuf::from);
    let path = named.clone().or_else(|| ConfigFile::default_path(env));
    let file = match &path {
        Some(path) => ConfigFile::load(path, home.as_deref())?,
        None => None,
    };
    if let (Some(path), None) = (&named, &file) {
        return Err(format!("--config: {} is not there", path.display()));
    }
    effective.read_from(path.as_deref(), file.is_some());
    Ok((path, file))
}

/// The settings in force.
///
/// # Errors
/// Says in one sentence what is wrong.
pub(super) fn settings(args: Args, env: Env<'_>) -> Result<(Settings, Effective), String> {
    let mut effective = Effective::default();
    let (path, file) = read_file(args.config.as_deref(), env, &mut effective)?;
    let mut sources = Sources { env, file: file.as_ref(), profile: None };
    if args.demo {
        let profile = args.profile.as_ref().map(|_| "--profile");
        if let Some(flag) = args.connection.first_given().or(profile) {
            return Err(format!("--demo needs no server: leave out {flag} or --demo"));
        }
        effective.add("demo", "true", "--demo");
    } else {
        let chosen = profile::chosen(file.as_ref(), path.as_deref(), args.profile, sources)?;
        match &chosen {
            Some((profile, given)) => effective.given("profile", profile.name.clone(), given),
            None => effective.add("profile", "", "default"),
        }
        sources.profile = chosen.map(|(profile, _)| profile);
    }
    let target = if args.demo {
        Target::Demo
    } else {
        let connection = connection::connection(args.connection, sources, &mut effective)?;
        Target::Server(Box::new(connection))
    };
    let servers = match &target {
        Target::Demo => None,
        Target::Server(connection) => Some(&connection.servers),
    };
    let safety =
        production::safety(args.production, args.read_only, servers, sources, &mut effective)?;
    let profile = sources.profile.zip(servers).map(|(own, servers)| profile::label(own, servers));
    let (prefix, delimiter) = keys(args.prefix, args.delimiter, sources, &mut effective)?;
    let follow = sources.own("--follow", args.follow);
    let follows = follow.boolean()?.unwrap_or(true);
    effective.given("follow", follows.to_string(), &follow);
    let color = color(args.color, sources, &mut effective);
    let frames_a_second = frames(args.fps, sources, &mut effective)?;
    let bytes_a_second = rate(args.bytes_per_second, sources, &mut effective)?;
    let state_dir = config::state_dir(env);
    let (keep_drafts, journal_file) =
        kept(args.demo, state_dir.as_deref(), sources, &mut effective)?;
    let limits = limits(sources, &mut effective)?;
    let log = log(args.log_file, args.log_level.as_deref(), &mut effective)?;
    let settings = Settings {
        task: Task::default(),
        target,
        prefix,
        delimiter,
        follow: follows,
        read_only: safety.read_only,
        color,
        frames_a_second,
        bytes_a_second,
        profile,
        production: safety.production,
        keep_drafts,
        state_dir,
        journal_file,
        limits,
        log,
    };
    Ok((settings, effective))
}

/// Where to open, and what separates the parts of a key.
fn keys(
    prefix: Option<String>,
    delimiter: Option<String>,
    sources: Sources<'_>,
    effective: &mut Effective,
) -> Result<(Vec<u8>, Vec<u8>), String> {
    let escaped = |what: &str, text: &str| {
        Key::parse(text).map(Key::into_bytes).map_err(|error| format!("{what}: {error}"))
    };
    // An empty prefix that was typed asks for everything, whatever the profile says.
    let prefix = match prefix {
        Some(typed) => Given::flag("PREFIX", Some(typed)),
        None => sources.own("prefix", None),
    };
    let opened = escaped(&prefix.name, &prefix.text_or(""))?;
    effective.given("prefix", prefix.text_or(""), &prefix);
    let delimiter = match delimiter {
        Some(typed) => Given::flag("--delimiter", Some(typed)),
        None => sources.own("--delimiter", None),
    };
    let separates = escaped(&delimiter.name, &delimiter.text_or("/"))?;
    if separates.is_empty() || separates.len() > config::LONGEST_DELIMITER {
        return Err(format!(
            "{}: expected a character or a short text, as in --delimiter : (1 to {} bytes, not {})",
            delimiter.name,
            config::LONGEST_DELIMITER,
            separates.len()
        ));
    }
    effective.given("delimiter", delimiter.text_or("/"), &delimiter);
    Ok((opened, separates))
}

/// Whether colors are used.
fn color(typed: Option<ColorChoice>, sources: Sources<'_>, effective: &mut Effective) -> bool {
    let set = |name: &str| (sources.env)(name).is_some_and(|value| !value.is_empty());
    let environment = set("NO_COLOR").then_some("NO_COLOR");
    let file = sources.global("color");
    let in_file = file.text_or("auto");
    let flag = || "--color".to_owned();
    let (color, origin) = match (typed, environment) {
        (Some(ColorChoice::Always), _) | (Some(ColorChoice::Auto), None) => (true, flag()),
        (Some(ColorChoice::Never), _) => (false, flag()),
        (Some(ColorChoice::Auto) | None, Some(name)) => (false, name.to_owned()),
        (None, None) => (in_file != "never", file.origin),
    };
    effective.add("color", if color { "always" } else { "never" }, origin);
    color
}

/// The most frames a second.
fn frames(
    typed: Option<String>,
    sources: Sources<'_>,
    effective: &mut Effective,
) -> Result<u8, String> {
    let given = sources.everywhere("--fps", typed);
    let text = given.text_or("30");
    effective.given("fps", &*text, &given);
    config::frames(&text)
        .ok_or_else(|| format!("{}: {text:?} is not a number from 1 to 60", given.name))
}

/// The most bytes a second that frames may take.
fn rate(
    typed: Option<String>,
    sources: Sources<'_>,
    effective: &mut Effective,
) -> Result<Option<NonZeroU64>, String> {
    let given = sources.everywhere("--bytes-per-second", typed);
    let text = given.text_or("0");
    let bytes = config::rate(&text).map(NonZeroU64::new).ok_or_else(|| {
        let expected = "expected one like 20KiB, 300 bytes or more, or 0 for any";
        format!("{}: {text:?} is no number of bytes a second: {expected}", given.name)
    })?;
    let shown = bytes.map_or_else(|| "0".to_owned(), |bytes| config::size_text(bytes.get()));
    effective.given("bytes_per_second", shown, &given);
    Ok(bytes)
}

/// Where the log goes, and how much of it.
fn log(
    file: Option<PathBuf>,
    level: Option<&str>,
    effective: &mut Effective,
) -> Result<Option<(PathBuf, Level)>, String> {
    let level = match level {
        None => Level::default(),
        Some(name) => Level::named(name).ok_or_else(|| {
            format!("--log-level: {name:?} is not a level; expected error, info or debug")
        })?,
    };
    let Some(path) = file.filter(|path| !path.as_os_str().is_empty()) else {
        effective.add("log file", "", "default");
        return Ok(None);
    };
    effective.add("log file", format!("{} ({level})", path.display()), "--log-file");
    Ok(Some((path, level)))
}

/// What survives the run: drafts, and the journal. Those of the demo do not: nothing in it is real.
fn kept(
    demo: bool,
    state: Option<&Path>,
    sources: Sources<'_>,
    effective: &mut Effective,
) -> Result<(bool, Option<PathBuf>), String> {
    let drafts = sources.global("drafts");
    let journal = sources.global("journal");
    let wanted = journal.boolean()?.unwrap_or(false);
    let keep_drafts = !demo && state.is_some() && drafts.boolean()?.unwrap_or(true);
    let journal_file = match (wanted && !demo, state) {
        (false, _) => None,
        (true, Some(state)) => Some(state.join("journal.jsonl")),
        (true, None) => {
            return Err(format!(
                "{}: there is no place for it: set XDG_STATE_HOME or HOME",
                journal.name
            ));
        }
    };
    let of_demo = if demo { ", off in the demo" } else { "" };
    effective.add("drafts", keep_drafts.to_string(), format!("{}{of_demo}", drafts.origin));
    let shown =
        journal_file.as_ref().map_or_else(|| "false".to_owned(), |path| path.display().to_string());
    effective.add("journal", shown, format!("{}{of_demo}", journal.origin));
    let (folder, origin) = match state {
        Some(state)
            if (sources.env)("XDG_STATE_HOME").is_some_and(|base| state.starts_with(base)) =>
        {
            (state.display().to_string(), "XDG_STATE_HOME")
        }
        Some(state) => (state.display().to_string(), "HOME"),
        None => (String::new(), "XDG_STATE_HOME and HOME are not set"),
    };
    effective.add("state folder", folder, origin);
    Ok((keep_drafts, journal_file))
}

fn limits(sources: Sources<'_>, effective: &mut Effective) -> Result<Limits, String> {
    let mut limit = |name: &'static str, field: &str, default: u64| {
        let given = sources.limit(field);
        let bytes = given.size()?.unwrap_or(default);
        effective.given(name, config::size_text(bytes), &given);
        Ok::<u64, String>(bytes)
    };
    let bulk_bytes = limit("limits.bulk_memory", "bulk_memory", Limits::DEFAULT.bulk_bytes)?;
    let journal_bytes =
        limit("limits.journal_memory", "journal_memory", Limits::DEFAULT.journal_bytes)?;
    let mut count = |name: &'static str, field: &str, default: u64| {
        let given = sources.limit(field);
        let count = given.count()?.map_or(default, u64::from);
        effective.given(name, count.to_string(), &given);
        Ok::<u64, String>(count)
    };
    let Load { keys_per_second, requests } = Load::DEFAULT;
    let keys_per_second = count("limits.keys_per_second", "keys_per_second", keys_per_second)?;
    let requests = count("limits.requests", "requests", requests as u64)? as usize;
    let load = Load { keys_per_second, requests };
    Ok(Limits { bulk_bytes, journal_bytes, load })
}

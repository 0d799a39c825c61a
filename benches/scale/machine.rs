//! When and on what it was measured.

use std::fmt::Write as _;
use std::process::Command;

use crate::reference::{PEERS, Plain, on_path};
use crate::support::install::Version;

/// A paragraph: date, machine, versions, what was looked for and not found.
pub(crate) fn paragraph(versions: &[Version], plain: Plain) -> String {
    let today = jiff::Zoned::now().strftime("%Y-%m-%d").to_string();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let cpu = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown CPU".to_owned());
    let memory = field("/proc/meminfo", "MemTotal")
        .and_then(|text| text.strip_suffix(" kB")?.trim().parse::<u64>().ok())
        .map_or_else(String::new, |kib| format!(", {:.0} GB of memory", kib as f64 * 1024.0 / 1e9));
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let mut text = format!(
        "Measured on {today} with etcdeck {} on {cores} cores of an {cpu}{memory}, Linux {}, servers and clients all on this machine: ",
        env!("CARGO_PKG_VERSION"),
        kernel.split('-').next().unwrap_or_default().trim(),
    );
    for version in versions {
        let said = first_line(Command::new(version.etcd()).arg("--version"));
        let release = said.rsplit(' ').next().unwrap_or_default().to_owned();
        let _written = write!(text, "etcd {release} with its etcdctl, ");
    }
    match plain {
        Plain::Curl => {
            let said = first_line(Command::new("curl").arg("--version"));
            let name: Vec<&str> = said.split(' ').take(2).collect();
            let _written = write!(text, "{}.", name.join(" "));
        }
        Plain::Socket => text.push_str("no curl, so a plain socket in its place."),
    }
    let found: Vec<&str> = PEERS.into_iter().filter(|name| on_path(name).is_some()).collect();
    let found = if found.is_empty() { "none".to_owned() } else { found.join(", ") };
    let _written = write!(
        text,
        " Of other programs for etcd ({}) {found} is installed here.",
        PEERS.join(", ")
    );
    text
}

/// The value of the first line that begins with a name, in a file of `name: value` lines.
fn field(file: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn first_line(command: &mut Command) -> String {
    let said = command.output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&said).lines().next().unwrap_or_default().to_owned()
}

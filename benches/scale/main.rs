//! How etcdeck does at scale, next to etcdctl and curl on the same servers: `cargo bench`.
//!
//! Each figure is had twice as honestly as can be: through the true loop in this process, where every
//! request is counted, and from the release build in a pseudo-terminal, where time, memory and bytes
//! are those of the program. Both tables are written to `assets/benchmark.md`, which the README quotes.

#[expect(dead_code, reason = "the tests use the rest of it")]
#[path = "../../tests/support/mod.rs"]
mod support;

#[path = "../../tests/support/forward.rs"]
mod forward;

#[path = "../../tests/support/opened.rs"]
mod opened;

#[path = "../../tests/faults/pty.rs"]
mod pty;

mod args;
mod counting;
mod host;
mod load;
mod looped;
mod machine;
mod measure;
mod reference;
mod report;
mod screen;
mod shape;

use std::path::{Path, PathBuf};

use clap::Parser as _;
use tokio::time::Instant;

use args::Args;
use measure::start::Started;
use reference::Plain;
use report::{Report, grouped, time};
use shape::Shape;
use support::install::Version;
use support::servers::Etcd;

/// The file that the README quotes.
const FILE: &str = "assets/benchmark.md";

/// What is measured and what with.
struct Bench {
    args: Args,
    program: PathBuf,
    plain: Plain,
    report: Report,
}

#[tokio::main]
async fn main() {
    let args = Args::parse();
    let program = args.program.clone().unwrap_or_else(screen::release_build);
    let program = std::path::absolute(program).expect("a folder to start from");
    let begun = Instant::now();
    tokio::spawn(interrupted());
    let mut bench = Bench { args, program, plain: Plain::find(), report: Report::default() };
    bench.all().await;
    bench.write(begun);
}

/// On Ctrl-c the servers end with this process; their data goes first.
async fn interrupted() {
    let scratch = support::process::scratch_dir("interrupted");
    if tokio::signal::ctrl_c().await.is_ok() {
        if let Some(all) = scratch.path().parent() {
            let _next_run_removes_it = std::fs::remove_dir_all(all);
        }
        std::process::exit(130);
    }
}

impl Bench {
    async fn all(&mut self) {
        if self.args.wants("frame") {
            self.report.on("none");
            measure::frame::measure(&mut self.report);
        }
        for version in self.args.versions() {
            self.stores(version).await;
            if self.args.wants("watch") || self.args.wants("flood") {
                self.events(version).await;
            }
        }
    }

    /// A server for each shape and size.
    async fn stores(&mut self, version: Version) {
        let names = ["start", "level", "leaves", "find", "bytes", "peer"];
        if !names.iter().any(|name| self.args.wants(name)) {
            return;
        }
        let mut smallest: Vec<(Shape, Started)> = Vec::new();
        for size in self.args.sizes() {
            for shape in self.args.shapes(size) {
                if !self.args.loads(version, shape, size) {
                    continue;
                }
                let begun = Instant::now();
                let etcd = load::server(version);
                load::fill(&etcd, shape, size).await;
                let loaded = time(begun.elapsed());
                say(&format!(
                    "etcd {version}: {} {} keys in {loaded}",
                    grouped(size as u64),
                    shape.name()
                ));
                self.report.on(format!("{version}, {} {}", grouped(size as u64), shape.name()));
                let started = self.store(&etcd, (shape, size)).await;
                let before = smallest.iter().find(|(of, _)| *of == shape).map(|(_, small)| *small);
                match (before, started) {
                    (None, Some(started)) => smallest.push((shape, started)),
                    (Some(small), Some(large)) if size >= 1_000_000 => {
                        measure::start::growth(&mut self.report, self.plain, small, large);
                    }
                    _ => {}
                }
            }
        }
    }

    async fn store(&mut self, etcd: &Etcd, (shape, size): (Shape, usize)) -> Option<Started> {
        let (args, report) = (&self.args, &mut self.report);
        let with = (self.program.as_path(), self.plain);
        let mut started = None;
        if args.wants("start") {
            started = measure::start::measure(report, with, etcd, (shape, size)).await;
        }
        for peer in args.peer.iter().filter(|_| args.wants("peer")) {
            measure::start::peer(report, peer, etcd, shape);
        }
        if args.wants("level") && shape != Shape::Leaves {
            measure::level::measure(report, self.plain, etcd, (shape, size)).await;
        }
        if args.wants("leaves") && shape == Shape::Leaves {
            measure::leaves::measure(report, etcd, size).await;
        }
        if args.wants("find") && size >= 100_000 {
            measure::find::measure(report, with, etcd, (shape, size)).await;
        }
        // What goes to the terminal is the same on any server; it takes the best part of a minute.
        let is_largest = args.sizes().last() == Some(&size);
        let is_first = args.versions().first() == Some(&etcd.version());
        if args.wants("bytes") && shape == Shape::Wide && is_largest && is_first {
            measure::bytes::measure(report, &self.program, etcd, size).await;
        }
        started
    }

    /// A server of its own for what is written while it is watched.
    async fn events(&mut self, version: Version) {
        let etcd = load::server(version);
        self.report.on(format!("{version}, 1,000 keys"));
        if self.args.wants("watch") {
            let with = (self.program.as_path(), self.plain);
            measure::watch::measure(&mut self.report, with, &etcd).await;
        } else {
            load::put_all(&etcd, 1000, 100, measure::watch::pair).await;
        }
        if self.args.wants("flood") {
            measure::flood::measure(&mut self.report, &self.program, &etcd);
        }
    }

    /// The tables, on the standard output and, after a whole run, in the file.
    fn write(&self, begun: Instant) {
        let paragraph = machine::paragraph(&self.args.versions(), self.plain);
        let (tables, summary) = (self.report.tables(), self.report.summary());
        let text = format!("{paragraph} {summary}\n\n{tables}");
        say(&format!("\n{text}\ntook {}", time(begun.elapsed())));
        if self.args.writes() {
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
            std::fs::write(&file, text).expect("the package can be written to");
            say(&format!("written to {FILE}; ETCDECK_WRITE_README=1 cargo test readme quotes it"));
        }
    }
}

#[expect(clippy::print_stdout, reason = "whoever waits sees how far it is")]
fn say(text: &str) {
    println!("{text}");
}

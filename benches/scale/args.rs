//! What the benchmark is asked to do.

use clap::Parser;

use crate::shape::Shape;
use crate::support::install::Version;

/// The sizes a store is measured at.
const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];

/// Measures etcdeck at scale, next to etcdctl and curl, on real etcd servers that it starts itself.
#[derive(Debug, Parser)]
#[command(name = "cargo bench --", disable_version_flag = true)]
pub(crate) struct Args {
    /// Only up to 100,000 keys, on one server version: about two minutes.
    #[arg(long)]
    quick: bool,
    /// Only these: start, level, leaves, find, watch, frame, bytes, peer.
    #[arg(long, value_name = "NAME,NAME", value_delimiter = ',')]
    only: Vec<String>,
    /// How many keys, in place of 10,000, 100,000 and 1,000,000.
    #[arg(long, value_name = "N,N", value_delimiter = ',')]
    sizes: Vec<usize>,
    /// Which shapes, in place of all: wide, deep, leaves, random, kubernetes.
    #[arg(long, value_name = "NAME,NAME", value_delimiter = ',')]
    shapes: Vec<Shape>,
    /// Which etcd, in place of 3.5 and the newest there is.
    #[arg(long, value_name = "3.N,3.N", value_delimiter = ',')]
    versions: Vec<String>,
    /// A program to start next to etcdeck, with {endpoint} and {port} put in; it is measured until
    /// the name of the first directory is on its screen.
    #[arg(long, value_name = "COMMAND LINE")]
    pub(crate) peer: Vec<String>,
    /// Measure this program in place of the release build.
    #[arg(long, value_name = "FILE")]
    pub(crate) program: Option<std::path::PathBuf>,
    /// Write assets/benchmark.md although not everything was measured.
    #[arg(long)]
    write: bool,
    /// What cargo says to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

impl Args {
    /// Whether something is to be measured.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == name)
    }

    /// The sizes, smallest first.
    pub(crate) fn sizes(&self) -> Vec<usize> {
        let mut sizes = if self.sizes.is_empty() { SIZES.to_vec() } else { self.sizes.clone() };
        sizes.retain(|size| !self.quick || *size <= 100_000);
        sizes.sort_unstable();
        sizes
    }

    /// The shapes to load at a size. A million keys take a while to load, so only two shapes are that
    /// large unless they are asked for by name.
    pub(crate) fn shapes(&self, size: usize) -> Vec<Shape> {
        if !self.shapes.is_empty() {
            return self.shapes.clone();
        }
        let large = |shape: &Shape| matches!(shape, Shape::Wide | Shape::Kubernetes);
        Shape::ALL.into_iter().filter(|shape| size <= 100_000 || large(shape)).collect()
    }

    /// The server versions: the one most clusters run, in full, and the newest.
    pub(crate) fn versions(&self) -> Vec<Version> {
        let installed = Version::installed();
        if !self.versions.is_empty() {
            let named = |name: &String| {
                let found = installed.iter().find(|version| version.to_string() == *name);
                *found.unwrap_or_else(|| panic!("there is no etcd {name} on this machine"))
            };
            return self.versions.iter().map(named).collect();
        }
        let mut versions = vec![Version::V3_5];
        if !self.quick && Version::newest() != Version::V3_5 {
            versions.push(Version::newest());
        }
        versions
    }

    /// Whether a server of this version gets a store of this shape and size: the newest one is there to show
    /// that the figures are not those of one release only, for which a few will do.
    pub(crate) fn loads(&self, version: Version, shape: Shape, size: usize) -> bool {
        let asked_for = !self.versions.is_empty() || !self.shapes.is_empty();
        let sizes = self.sizes();
        let is_outer = [sizes.first(), sizes.last()].contains(&Some(&size));
        asked_for || version == Version::V3_5 || shape == Shape::Wide && is_outer
    }

    /// Whether this run measures all there is, so that its figures may stand in the README.
    pub(crate) fn writes(&self) -> bool {
        let whole = !self.quick
            && self.only.is_empty()
            && self.sizes.is_empty()
            && self.shapes.is_empty()
            && self.versions.is_empty()
            && self.program.is_none();
        whole || self.write
    }
}

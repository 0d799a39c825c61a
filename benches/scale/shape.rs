//! The shapes of stores: which keys there are. Pure, and the same in every run.

use clap::ValueEnum;

/// How many keys each directory of the wide shape has.
pub(crate) const PER_DIRECTORY: usize = 1000;

/// What the keys of a store look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shape {
    /// Directories of 1,000 keys each, in one level: `/registry/pods/ns-0007/pod-0042-x7f9c`.
    Wide,
    /// Eight levels of six directories: `/deep/part-3/part-0/…/key`.
    Deep,
    /// All in one level: `/leaves/key-0000042`.
    Leaves,
    /// Names without a pattern, fifty keys to a directory: `/random/q0c…/9ab…`.
    Random,
    /// As an API server writes them: kinds, namespaces, names with a hash.
    Kubernetes,
}

/// The kinds of a cluster and how many of 100 keys are of them.
const KINDS: [(&str, u64); 9] = [
    ("events", 34),
    ("pods", 26),
    ("replicasets", 12),
    ("secrets", 9),
    ("configmaps", 8),
    ("endpointslices", 4),
    ("leases", 3),
    ("services/specs", 2),
    ("deployments", 2),
];

impl Shape {
    pub(crate) const ALL: [Shape; 5] =
        [Shape::Wide, Shape::Deep, Shape::Leaves, Shape::Random, Shape::Kubernetes];

    /// Its name in the tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Shape::Wide => "wide",
            Shape::Deep => "deep",
            Shape::Leaves => "leaves",
            Shape::Random => "random",
            Shape::Kubernetes => "Kubernetes",
        }
    }

    /// Where the program is opened, and the directory it shows there.
    pub(crate) fn top(self) -> &'static str {
        match self {
            Shape::Wide | Shape::Kubernetes => "/registry/",
            Shape::Deep => "/deep/",
            Shape::Leaves => "/leaves/",
            Shape::Random => "/random/",
        }
    }

    /// The level that is opened to measure how levels open.
    pub(crate) fn level(self) -> &'static str {
        match self {
            Shape::Wide | Shape::Kubernetes => "/registry/pods/",
            Shape::Deep => "/deep/part-3/",
            Shape::Leaves => "/leaves/",
            Shape::Random => "/random/",
        }
    }

    /// One of the keys; all are different.
    pub(crate) fn key(self, number: usize) -> String {
        match self {
            Shape::Wide => {
                let (dir, key) = (number / PER_DIRECTORY, number % PER_DIRECTORY);
                format!("{}pod-{key:04}-x7f9c", wide_directory(dir))
            }
            Shape::Deep => {
                let mut path = String::from("/deep/");
                let mut rest = number;
                for _ in 0..8 {
                    path.push_str("part-");
                    path.push_str(&(rest % 6).to_string());
                    path.push('/');
                    rest /= 6;
                }
                path + "key"
            }
            Shape::Leaves => format!("/leaves/key-{number:07}"),
            Shape::Random => {
                let (dir, key) = (mix(number as u64 / 50), mix(number as u64 + (1 << 40)));
                format!("/random/{}/{}", letters(dir), letters(key))
            }
            Shape::Kubernetes => {
                let mut at = mix(number as u64) % 100;
                let kind = KINDS.iter().find(|(_, share)| {
                    let here = at < *share;
                    at = at.saturating_sub(*share);
                    here
                });
                let kind = kind.map_or("pods", |(kind, _)| kind);
                // Few namespaces hold most of it, as in life.
                let space = mix(number as u64 + 17) % 200;
                let space = space * space / 200;
                let hash = letters(mix(number as u64 + 23));
                format!("/registry/{kind}/team-{space:03}/service-{}-{hash}", number % 4096)
            }
        }
    }

    /// The value of one of the keys.
    pub(crate) fn value(self, number: usize) -> Vec<u8> {
        let text =
            format!("value {number} of a store that is measured, padded to sixty-four bytes.");
        let mut value = if self == Shape::Kubernetes { b"k8s\0".to_vec() } else { Vec::new() };
        value.extend_from_slice(&text.as_bytes()[..60]);
        value
    }
}

/// A directory of the wide shape.
pub(crate) fn wide_directory(number: usize) -> String {
    format!("/registry/pods/ns-{number:04}/")
}

/// A number without a pattern, made of another one; different for different ones.
fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A name of eight to thirteen letters and digits; different for different numbers.
fn letters(mut number: u64) -> String {
    const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let mut name = String::new();
    while number > 0 || name.len() < 8 {
        name.push(char::from(ALPHABET[(number % 36) as usize]));
        number /= 36;
    }
    name
}

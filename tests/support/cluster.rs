//! A cluster of three members.

use super::install::Version;
use super::server_builder::{Seat, Timing};
use super::servers::{Etcd, free_ports};

/// Three members with etcd's own timing, so that a loaded machine does not make them change leaders.
///
/// One member down leaves a working cluster, two leave none: reads that need agreement then wait.
#[derive(Debug)]
pub(crate) struct Cluster {
    members: Vec<Etcd>,
}

impl Cluster {
    /// Starts all three and waits until each one knows the leader; takes 1 to 2 s.
    pub(crate) fn start(version: Version) -> Self {
        let seats: Vec<_> = ["one", "two", "three"].map(|name| (name, free_ports())).into();
        let initial_cluster = seats
            .iter()
            .map(|(name, ports)| format!("{name}=http://{}:{}", ports.address, ports.peer))
            .collect::<Vec<_>>()
            .join(",");
        let members: Vec<_> = seats
            .into_iter()
            .map(|(name, ports)| {
                let initial_cluster = initial_cluster.clone();
                Etcd::build(version)
                    .timing(Timing::Standard)
                    .seat(Seat { name: name.to_owned(), initial_cluster, ports })
                    .launch()
            })
            .collect();
        for member in &members {
            member.wait_until_healthy();
        }
        Self { members }
    }

    /// The members, to be killed, paused, resumed and restarted one by one.
    pub(crate) fn members(&self) -> &[Etcd] {
        &self.members
    }

    /// The client URLs of all, in the order of the members.
    pub(crate) fn endpoints(&self) -> Vec<String> {
        self.members.iter().map(Etcd::url).collect()
    }

    /// The place in `members` of the leader, as told by the members that answer.
    ///
    /// # Panics
    /// When no member says that it leads.
    pub(crate) fn leader(&self) -> usize {
        // `endpoint status` prints: endpoint, ID, version, size, IS LEADER, ...; a member that is down
        // makes it fail, so each is asked alone.
        self.members
            .iter()
            .position(|member| {
                let done =
                    member.try_ctl(&["endpoint", "status", "--command-timeout=2s", "-w", "fields"]);
                leads(&String::from_utf8_lossy(&done.stdout))
            })
            .expect("a healthy cluster has a leader")
    }
}

/// Whether the member that printed its status with `-w fields` is the leader it names.
fn leads(status: &str) -> bool {
    let field = |name: &str| {
        let start = format!("\"{name}\" : ");
        status.lines().find_map(|line| line.strip_prefix(&start).map(str::to_owned))
    };
    let (own, leader) = (field("MemberID"), field("Leader"));
    own.is_some() && own == leader
}

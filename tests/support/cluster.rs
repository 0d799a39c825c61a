//! A cluster of three members, on a network that can be divided.

use super::install::Version;
use super::proxy::Proxy;
use super::server_builder::{Seat, Timing};
use super::servers::{Etcd, free_address, free_ports};

/// Three members with etcd's own timing, so that a loaded machine does not make them change leaders.
///
/// One member down leaves a working cluster, two leave none: reads that need agreement then wait.
#[derive(Debug)]
pub(crate) struct Cluster {
    members: Vec<Etcd>,
    /// In front of each member's peer port, in their order; without it members call each other.
    network: Vec<Proxy>,
}

impl Cluster {
    /// Starts all three and waits until each one knows the leader; takes 1 to 2 s.
    pub(crate) fn start(version: Version) -> Self {
        Self::launch(version, false)
    }

    /// The same, with a proxy before each peer port, so that members can be cut off.
    pub(crate) fn start_divisible(version: Version) -> Self {
        Self::launch(version, true)
    }

    fn launch(version: Version, divisible: bool) -> Self {
        let mut network = Vec::new();
        let seats = ["one", "two", "three"].map(|name| {
            let ports = free_ports();
            let mut peer = std::net::SocketAddr::new(ports.address, ports.peer);
            if divisible {
                let before = free_address();
                network.push(Proxy::start_at(before, peer));
                peer = before;
            }
            (name, ports, format!("http://{peer}"))
        });
        let initial_cluster = seats
            .iter()
            .map(|(name, _, peer_url)| format!("{name}={peer_url}"))
            .collect::<Vec<_>>()
            .join(",");
        let members: Vec<_> = seats
            .into_iter()
            .map(|(name, ports, peer_url)| {
                let (name, initial_cluster) = (name.to_owned(), initial_cluster.clone());
                Etcd::build(version)
                    .timing(Timing::Standard)
                    .seat(Seat { name, initial_cluster, peer_url, ports })
                    .launch()
            })
            .collect();
        for member in &members {
            member.wait_until_healthy();
        }
        Self { members, network }
    }

    /// The members, to be killed, paused, resumed and restarted one by one.
    pub(crate) fn members(&self) -> &[Etcd] {
        &self.members
    }

    /// The client URLs of all, in the order of the members.
    pub(crate) fn endpoints(&self) -> Vec<String> {
        self.members.iter().map(Etcd::url).collect()
    }

    /// Cuts one member off from the two others, in both directions and without a word to anybody;
    /// its clients reach it as before. Members name themselves at the head of all that raft sends, so
    /// what is not cut is what carries no name: renewals of leases that a follower passes on to the
    /// leader, and questions for a version.
    ///
    /// # Panics
    /// In a cluster that is not divisible.
    pub(crate) fn cut_off(&self, member: usize) {
        assert!(!self.network.is_empty(), "the cluster was started without a network to divide");
        let name = id(&self.members[member]);
        for (at, proxy) in self.network.iter().enumerate() {
            proxy.block(std::slice::from_ref(&name), at == member);
        }
    }

    /// The end of [`Self::cut_off`].
    pub(crate) fn join_again(&self) {
        for proxy in &self.network {
            proxy.block(&[], false);
        }
    }

    /// The place in `members` of the leader, as told by the members that answer.
    ///
    /// # Panics
    /// When no member says that it leads.
    pub(crate) fn leader(&self) -> usize {
        self.members.iter().position(leads).expect("a healthy cluster has a leader")
    }
}

/// Whether a member says that it is the leader.
fn leads(member: &Etcd) -> bool {
    let said = status(member);
    let own = field(&said, "MemberID");
    own.is_some() && own == field(&said, "Leader")
}

/// The number of a member as the others write it.
fn id(member: &Etcd) -> String {
    let said = status(member);
    let id = field(&said, "MemberID").expect("a member that answers");
    format!("{:x}", id.parse::<u64>().expect("a number"))
}

/// What a member says of itself, or nothing. Members are asked one by one, since one that is down makes
/// etcdctl fail.
fn status(member: &Etcd) -> String {
    let done = member.try_ctl(&["endpoint", "status", "--command-timeout=2s", "-w", "fields"]);
    String::from_utf8_lossy(&done.stdout).into_owned()
}

/// `endpoint status` prints with `-w fields`: `"MemberID" : 42`.
fn field<'a>(status: &'a str, name: &str) -> Option<&'a str> {
    let start = format!("\"{name}\" : ");
    status.lines().find_map(|line| line.strip_prefix(&start))
}

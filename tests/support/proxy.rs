//! A network that fails on demand: a TCP proxy in front of a real server.
//!
//! ```ignore
//! let proxy = Proxy::start(etcd.address());                 // clients go to proxy.url()
//! proxy.next(Plan::down(700, Then::Reset));                 // the next connection: cut after 700 bytes
//! proxy.otherwise(Plan::default());                         // all after it
//! proxy.now(Plan::down(99, Then::Close));                   // the open ones, counted from now
//! proxy.at_request("/v3/kv/put", Plan::up(20, Then::Close)); // the next put, counted from its first byte
//! proxy.stall();                                            // no bytes, no FIN, on every connection
//! proxy.flow();
//! proxy.cut(Then::Close);                                   // every open connection ends
//! proxy.refuse();                                           // nobody listens
//! proxy.listen();
//! assert_eq!(proxy.counts().opened, 3);
//! ```
//!
//! It lives on a thread of its own, so that it works for tests without an async runtime and is not
//! slowed down by what it carries bytes for. How one connection is carried says `carry`.

use std::collections::{BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::carry::carry;
use super::servers::free_address;
use super::stub_reply::Reply;
use super::wait::poll;

/// What becomes of one connection. The default lets everything through.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {
    /// From the client to the server.
    pub(crate) up: Lane,
    /// From the server to the client.
    pub(crate) down: Lane,
    /// Each piece is held up for so long, in both directions.
    pub(crate) delay: Duration,
    /// The server hears nothing: each request is answered with this.
    pub(crate) instead: Option<Reply>,
}

/// What becomes of one direction.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lane {
    /// After how many bytes something happens; never by default.
    pub(crate) after: Option<u64>,
    /// What is said then, as if the other side had.
    pub(crate) garbage: Vec<u8>,
    /// What happens then.
    pub(crate) then: Then,
}

/// How a connection fails.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Then {
    /// It is closed, both ways, as by a program that ends.
    #[default]
    Close,
    /// It is reset (RST), as by a host that came up anew.
    Reset,
    /// No more bytes in this direction, and no FIN.
    Stall,
    /// A FIN in this direction; the other one goes on.
    HalfClose,
    /// The last piece is sent once more, then all goes on.
    Repeat,
}

impl Plan {
    /// Something happens after so many bytes from the server.
    pub(crate) fn down(after: u64, then: Then) -> Self {
        let down = Lane { after: Some(after), garbage: vec![], then };
        Self { down, ..Self::default() }
    }

    /// Something happens after so many bytes from the client.
    pub(crate) fn up(after: u64, then: Then) -> Self {
        let up = Lane { after: Some(after), garbage: vec![], then };
        Self { up, ..Self::default() }
    }

    /// After so many bytes from the server these come, then the connection closes.
    pub(crate) fn garbage(after: u64, garbage: impl Into<Vec<u8>>) -> Self {
        let down = Lane { after: Some(after), garbage: garbage.into(), then: Then::Close };
        Self { down, ..Self::default() }
    }

    /// Each piece is held up.
    pub(crate) fn delay(delay: Duration) -> Self {
        Self { delay, ..Self::default() }
    }

    /// Requests are answered with this, and reach no server.
    pub(crate) fn instead(reply: Reply) -> Self {
        Self { instead: Some(reply), ..Self::default() }
    }
}

/// What has been carried so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Connections that were made.
    pub(crate) opened: usize,
    /// Those that are open now.
    pub(crate) open: usize,
    /// Bytes from clients to the server.
    pub(crate) up: u64,
    /// Bytes from the server to clients.
    pub(crate) down: u64,
}

/// The proxy. Dropping it closes its port and every connection.
#[derive(Debug)]
pub(crate) struct Proxy {
    address: SocketAddr,
    control: watch::Sender<Control>,
    state: Arc<Mutex<State>>,
}

/// What every connection obeys.
#[derive(Debug, Clone, Default)]
pub(super) struct Control {
    pub(super) over: bool,
    pub(super) refuses: bool,
    pub(super) stalled: bool,
    /// Grows with each cut; a connection ends when it is no longer what it was at its beginning.
    pub(super) cuts: u64,
    pub(super) how: Then,
    /// Everybody is cut off.
    pub(super) blocks_all: bool,
    /// The peers of these names are cut off.
    pub(super) blocks: BTreeSet<String>,
    /// The latest plan for connections that were open when it was made, and its number.
    pub(super) now: (u64, Plan),
}

impl Control {
    /// Whether a connection of this peer, if it has told its name, is cut off.
    pub(super) fn blocks(&self, peer: Option<&str>) -> bool {
        self.blocks_all || peer.is_some_and(|peer| self.blocks.contains(peer))
    }
}

#[derive(Debug, Default)]
pub(super) struct State {
    plans: VecDeque<Plan>,
    otherwise: Plan,
    /// For the next request of this kind: the first line it begins with.
    at_request: Option<(String, Plan)>,
    listens: bool,
    pub(super) counts: Counts,
}

impl State {
    /// The plan for a request, when that is what a piece begins with.
    pub(super) fn plan_for_request(&mut self, piece: &[u8]) -> Option<Plan> {
        let found = |(line, _): &mut (String, Plan)| piece.starts_with(line.as_bytes());
        self.at_request.take_if(found).map(|(_, plan)| plan)
    }
}

impl Proxy {
    /// In front of `target`, on a port of its own. When `target` is down, connections are taken and
    /// closed.
    pub(crate) fn start(target: SocketAddr) -> Self {
        Self::start_at(free_address(), target)
    }

    /// The same on a given address, of [`free_address`].
    pub(crate) fn start_at(address: SocketAddr, target: SocketAddr) -> Self {
        let (control, controlled) = watch::channel(Control::default());
        let state = Arc::new(Mutex::new(State::default()));
        let theirs = state.clone();
        std::thread::spawn(move || {
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            let runtime = runtime.enable_all().build().expect("a runtime");
            runtime.block_on(run(address, target, controlled, theirs));
        });
        let proxy = Self { address, control, state };
        proxy.wait_until(true);
        proxy
    }

    /// Where clients go instead.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.…:port`
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A plan for one of the connections to come; those that were given are used in order.
    pub(crate) fn next(&self, plan: Plan) {
        lock(&self.state).plans.push_back(plan);
    }

    /// The plan for every connection to come that has none of its own, those given being forgotten.
    pub(crate) fn otherwise(&self, plan: Plan) {
        let mut state = lock(&self.state);
        state.plans.clear();
        state.otherwise = plan;
    }

    /// A plan for every connection that is open, counted from the next byte on.
    pub(crate) fn now(&self, plan: Plan) {
        self.control.send_modify(|control| control.now = (control.now.0 + 1, plan));
    }

    /// A plan for the next request with this path, counted from its first byte, whichever connection
    /// it comes on; only for a request that the proxy does not answer itself. What happens on the way to
    /// the server happens before the last byte of a request that is sent in one piece, so that the server
    /// never has the whole of it: the count is taken modulo its length.
    pub(crate) fn at_request(&self, path: &str, plan: Plan) {
        lock(&self.state).at_request = Some((format!("POST {path} "), plan));
    }

    /// The plan of [`Self::at_request`] is given up when its request has not come.
    pub(crate) fn forget_request(&self) {
        lock(&self.state).at_request = None;
    }

    /// No bytes and no FIN on any connection. New ones are taken.
    pub(crate) fn stall(&self) {
        self.control.send_modify(|control| control.stalled = true);
    }

    /// The end of [`Self::stall`]; nothing was lost.
    pub(crate) fn flow(&self) {
        self.control.send_modify(|control| control.stalled = false);
    }

    /// Ends every connection there is.
    pub(crate) fn cut(&self, how: Then) {
        self.control.send_modify(|control| {
            control.cuts += 1;
            control.how = how;
        });
    }

    /// Nobody listens any more; what is open stays. Returns when that is so.
    pub(crate) fn refuse(&self) {
        self.control.send_modify(|control| control.refuses = true);
        self.wait_until(false);
    }

    /// The end of [`Self::refuse`].
    pub(crate) fn listen(&self) {
        self.control.send_modify(|control| control.refuses = false);
        self.wait_until(true);
    }

    /// Cuts peers off, or everybody: silence on their connections, the open and the new ones. A peer is
    /// who names itself in a header `X-Server-From`, as members of etcd do to each other.
    pub(crate) fn block(&self, peers: &[String], all: bool) {
        self.control.send_modify(|control| {
            control.blocks = peers.iter().cloned().collect();
            control.blocks_all = all;
        });
    }

    /// What was carried so far.
    pub(crate) fn counts(&self) -> Counts {
        lock(&self.state).counts
    }

    fn wait_until(&self, listens: bool) {
        let limit = Duration::from_secs(10);
        let done = poll(limit, || (lock(&self.state).listens == listens).then_some(()));
        assert!(done.is_some(), "the proxy at {} does as it is told", self.address);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.control.send_modify(|control| control.over = true);
    }
}

pub(super) fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Listens whenever it is to, until the proxy is dropped; connections end with it.
async fn run(
    address: SocketAddr,
    target: SocketAddr,
    mut control: watch::Receiver<Control>,
    state: Arc<Mutex<State>>,
) {
    let mut connections = JoinSet::new();
    loop {
        let listener = TcpListener::bind(address).await.expect("a port of our own");
        lock(&state).listens = true;
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                _ = control.wait_for(|now| now.refuses || now.over) => break,
            };
            let Ok((client, _)) = accepted else { continue };
            while connections.try_join_next().is_some() {}
            let plan = {
                let mut state = lock(&state);
                state.counts.opened += 1;
                state.plans.pop_front().unwrap_or_else(|| state.otherwise.clone())
            };
            connections.spawn(carry(client, target, plan, control.clone(), state.clone()));
        }
        drop(listener);
        lock(&state).listens = false;
        let told = control.wait_for(|now| !now.refuses || now.over).await;
        if told.map_or(true, |now| now.over) {
            return;
        }
    }
}

//! One connection of the proxy, carried as planned.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::watch;

use super::proxy::{Control, Lane, Plan, State, Then, lock};
use super::stub::answer_all;

/// The header by which a member of etcd says who it is to another one.
const NAMED: &[u8] = b"X-Server-From: ";

/// Carries bytes both ways until one side closes or the plan or the proxy ends it.
pub(super) async fn carry(
    mut client: TcpStream,
    target: SocketAddr,
    plan: Plan,
    mut control: watch::Receiver<Control>,
    state: Arc<Mutex<State>>,
) {
    let _open = Open::new(state.clone());
    let (cuts, blocked) = {
        let now = control.borrow_and_update();
        (now.cuts, now.blocks_all)
    };
    let _unsupported = client.set_nodelay(true);
    if blocked {
        // Taken by the kernel at most; when all is well again it is made anew.
        let _over = control.wait_for(|now| !now.blocks_all || now.over || now.cuts != cuts).await;
        return;
    }
    let mut ended = control.clone();
    let cut = async {
        let now = ended.wait_for(|now| now.cuts != cuts || now.over).await;
        now.map_or(Then::Close, |now| now.how)
    };
    if let Some(reply) = &plan.instead {
        tokio::select! {
            how = cut => end(&client, how),
            () = answer_all(&mut client, reply) => {}
        }
        return;
    }
    let Ok(mut server) = TcpStream::connect(target).await else { return };
    let _unsupported = server.set_nodelay(true);
    let how = {
        let (client_out, client_in) = client.split();
        let (server_out, server_in) = server.split();
        let peer = Mutex::new(Peer::default());
        let way = |lane, up| Way {
            lane,
            up,
            delay: plan.delay,
            control: control.clone(),
            state: &state,
            peer: &peer,
        };
        let up = way(&plan.up, true).run(client_out, server_in);
        let down = way(&plan.down, false).run(server_out, client_in);
        tokio::select! {
            how = cut => how,
            how = async { tokio::try_join!(up, down).err().unwrap_or_default() } => how,
        }
    };
    end(&client, how);
    end(&server, how);
}

/// Says how the connection is to go when it is dropped.
fn end(stream: &TcpStream, how: Then) {
    if how == Then::Reset {
        let _gone = stream.set_zero_linger();
    }
}

/// Counts a connection as open.
struct Open(Arc<Mutex<State>>);

impl Open {
    fn new(state: Arc<Mutex<State>>) -> Self {
        lock(&state).counts.open += 1;
        Self(state)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        lock(&self.0).counts.open -= 1;
    }
}

/// Who the client is, once it has said so.
#[derive(Default)]
struct Peer {
    name: Option<String>,
    /// The end of what was sent, in which its name may have begun.
    tail: Vec<u8>,
}

impl Peer {
    fn hears(&mut self, piece: &[u8]) {
        const LONGEST: usize = NAMED.len() + 32;
        if self.name.is_some() {
            return;
        }
        self.tail.extend_from_slice(piece);
        if let Some(at) = memchr::memmem::find(&self.tail, NAMED) {
            let name = &self.tail[at + NAMED.len()..];
            if let Some(end) = memchr::memchr(b'\r', name) {
                self.name = Some(String::from_utf8_lossy(&name[..end]).into_owned());
            }
            return;
        }
        self.tail.drain(..self.tail.len().saturating_sub(LONGEST));
    }
}

/// One direction.
struct Way<'a> {
    lane: &'a Lane,
    up: bool,
    delay: std::time::Duration,
    control: watch::Receiver<Control>,
    state: &'a Mutex<State>,
    peer: &'a Mutex<Peer>,
}

impl Way<'_> {
    /// `Ok` when this direction has ended regularly, `Err` when the whole connection is to.
    async fn run(mut self, mut from: ReadHalf<'_>, mut to: WriteHalf<'_>) -> Result<(), Then> {
        let mut buffer = vec![0; 16 << 10];
        let mut left = self.lane.after;
        loop {
            if left == Some(0) {
                left = None;
                to.write_all(&self.lane.garbage).await.map_err(|_| Then::Close)?;
                match self.lane.then {
                    Then::Close | Then::Reset => return Err(self.lane.then),
                    Then::Stall => std::future::pending().await,
                    Then::HalfClose => {
                        let _gone = to.shutdown().await;
                        return Ok(());
                    }
                    // Done with the piece in which the count was reached.
                    Then::Repeat => {}
                }
            }
            let read = from.read(&mut buffer).await.map_err(|_| Then::Reset)?;
            if read == 0 {
                self.passes().await?;
                let _gone = to.shutdown().await;
                return Ok(());
            }
            let repeats = self.lane.then == Then::Repeat;
            let piece = match left {
                Some(left) if !repeats => &buffer[..read.min(left as usize)],
                _ => &buffer[..read],
            };
            if self.up {
                self.peer.lock().unwrap_or_else(PoisonError::into_inner).hears(piece);
            }
            if !self.delay.is_zero() {
                tokio::time::sleep(self.delay).await;
            }
            self.passes().await?;
            let counted = piece.len() as u64;
            to.write_all(piece).await.map_err(|_| Then::Close)?;
            if repeats && left.is_some_and(|left| left <= counted) {
                to.write_all(piece).await.map_err(|_| Then::Close)?;
            }
            left = left.map(|left| left.saturating_sub(counted));
            let mut state = lock(self.state);
            let count = if self.up { &mut state.counts.up } else { &mut state.counts.down };
            *count += counted;
        }
    }

    /// Waits while nothing may pass. What was cut off by name is not taken up again: TCP would have
    /// given up.
    async fn passes(&mut self) -> Result<(), Then> {
        let name = self.peer.lock().unwrap_or_else(PoisonError::into_inner).name.clone();
        let blocked = self.control.borrow().blocks(name.as_deref());
        if blocked {
            let healed = |now: &Control| !now.blocks(name.as_deref());
            let _over = self.control.wait_for(healed).await;
            return Err(Then::Reset);
        }
        let _over = self.control.wait_for(|now| !now.stalled).await;
        Ok(())
    }
}

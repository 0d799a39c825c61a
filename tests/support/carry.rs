//! One connection of the proxy, carried as planned.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

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
        let sides = Mutex::new(Sides::new(plan, control.borrow().now.0));
        let way = |up| Way { up, control: control.clone(), state: &state, sides: &sides };
        let up = way(true).run(client_out, server_in);
        let down = way(false).run(server_out, client_in);
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

/// What both directions of a connection share.
struct Sides {
    /// What is left until something happens, in each direction.
    up: Lane,
    down: Lane,
    delay: Duration,
    /// The number of the last plan for open connections that was taken up.
    taken: u64,
    /// Who the client is, once it has said so.
    peer: Option<String>,
    /// The end of what it sent, in which its name may have begun.
    tail: Vec<u8>,
}

impl Sides {
    fn new(plan: Plan, taken: u64) -> Self {
        let Plan { up, down, delay, instead: _ } = plan;
        Self { up, down, delay, taken, peer: None, tail: vec![] }
    }

    fn follow(&mut self, plan: Plan) {
        (self.up, self.down, self.delay) = (plan.up, plan.down, plan.delay);
    }

    fn lane(&mut self, up: bool) -> &mut Lane {
        if up { &mut self.up } else { &mut self.down }
    }

    /// Looks for the name in what the client sends.
    fn hear(&mut self, piece: &[u8]) {
        const LONGEST: usize = NAMED.len() + 32;
        if self.peer.is_some() {
            return;
        }
        self.tail.extend_from_slice(piece);
        if let Some(at) = memchr::memmem::find(&self.tail, NAMED) {
            let name = &self.tail[at + NAMED.len()..];
            if let Some(end) = memchr::memchr(b'\r', name) {
                self.peer = Some(String::from_utf8_lossy(&name[..end]).into_owned());
            }
            return;
        }
        self.tail.drain(..self.tail.len().saturating_sub(LONGEST));
    }
}

/// One direction.
struct Way<'a> {
    up: bool,
    control: watch::Receiver<Control>,
    state: &'a Mutex<State>,
    sides: &'a Mutex<Sides>,
}

/// What is to be done with a piece.
struct Step {
    /// How much of it goes through.
    passes: usize,
    /// What happens then.
    then: Option<(Then, Vec<u8>)>,
    delay: Duration,
}

impl Way<'_> {
    /// `Ok` when this direction has ended regularly, `Err` when the whole connection is to.
    async fn run(mut self, mut from: ReadHalf<'_>, mut to: WriteHalf<'_>) -> Result<(), Then> {
        let mut buffer = vec![0; 16 << 10];
        loop {
            let read = from.read(&mut buffer).await.map_err(|_| Then::Reset)?;
            let step = self.look_at(&buffer[..read]);
            if !step.delay.is_zero() {
                tokio::time::sleep(step.delay).await;
            }
            self.wait_to_pass().await?;
            if read == 0 {
                let _gone = to.shutdown().await;
                return Ok(());
            }
            let piece = &buffer[..step.passes];
            to.write_all(piece).await.map_err(|_| Then::Close)?;
            self.count(piece.len());
            let Some((then, garbage)) = step.then else { continue };
            to.write_all(&garbage).await.map_err(|_| Then::Close)?;
            match then {
                Then::Close | Then::Reset => return Err(then),
                Then::Stall => std::future::pending().await,
                Then::HalfClose => {
                    let _gone = to.shutdown().await;
                    return Ok(());
                }
                Then::Repeat => to.write_all(piece).await.map_err(|_| Then::Close)?,
            }
        }
    }

    /// Takes up plans that were made meanwhile, and decides about a piece.
    fn look_at(&self, piece: &[u8]) -> Step {
        let mut sides = self.sides.lock().unwrap_or_else(PoisonError::into_inner);
        let (number, plan) = self.control.borrow().now.clone();
        if number != sides.taken {
            sides.taken = number;
            sides.follow(plan);
        }
        if self.up {
            sides.hear(piece);
            if let Some(plan) = lock(self.state).plan_for_request(piece) {
                sides.follow(plan);
                sides.up.after = sides.up.after.map(|after| after % piece.len() as u64);
            }
        }
        let delay = sides.delay;
        let lane = sides.lane(self.up);
        let all = piece.len() as u64;
        match lane.after {
            Some(left) if left <= all => {
                lane.after = None;
                let then = Some((lane.then, std::mem::take(&mut lane.garbage)));
                // What is repeated goes through whole first.
                let passes = if lane.then == Then::Repeat { piece.len() } else { left as usize };
                Step { passes, then, delay }
            }
            after => {
                lane.after = after.map(|left| left - all);
                Step { passes: piece.len(), then: None, delay }
            }
        }
    }

    fn count(&self, bytes: usize) {
        let mut state = lock(self.state);
        let count = if self.up { &mut state.counts.up } else { &mut state.counts.down };
        *count += bytes as u64;
    }

    /// Waits while nothing may pass. What was cut off by name is not taken up again: TCP would have
    /// given up.
    async fn wait_to_pass(&mut self) -> Result<(), Then> {
        let name = self.sides.lock().unwrap_or_else(PoisonError::into_inner).peer.clone();
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

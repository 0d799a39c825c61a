//! Large values laid out at the desk: at once, or when told.

use etcdeck::app::message::Message;
use etcdeck::app::ticket::Ticket;
use etcdeck::domain::value::{Rendering, View};

use super::Desk;

impl Desk {
    pub(super) fn lays_out(&mut self, ticket: Ticket, value: &[u8], how: Rendering, width: u16) {
        let view = View::new(value, how, usize::from(width));
        let message = Message::LaidOut(ticket, Box::new(view));
        if self.layouts_wait {
            self.layouts.push(message);
        } else {
            self.happens(message);
        }
    }

    /// What waits to be laid out is, the first first.
    pub(in crate::screen) fn lay_out(&mut self) {
        for message in std::mem::take(&mut self.layouts) {
            self.happens(message);
        }
    }
}

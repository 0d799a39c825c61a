//! The view of the cluster: its endpoints and members, and how they fare.

mod act;

use super::App;
use super::load::Load;
use super::viewport::Cursor;

pub use crate::store::{EndpointHealth, EndpointState, Member, Status};

/// What the view of the cluster shows, beside what is known of the endpoints.
#[derive(Default)]
pub struct ClusterView {
    /// The members, as the server lists them.
    pub members: Load<Vec<Member>>,
    /// The selected row and the first one shown.
    pub cursor: Cursor,
}

/// A row: an endpoint of ours with the member behind it, or a member that none of them leads to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ClusterRow<'a> {
    /// An endpoint; the member is known once both have been heard of.
    Endpoint(&'a EndpointHealth, Option<&'a Member>),
    /// A member that is no endpoint of ours.
    Member(&'a Member),
}

impl App {
    /// What the view of the cluster lists: our endpoints in the order given, then other members.
    pub fn cluster_rows<'a>(&'a self, view: &'a ClusterView) -> Vec<ClusterRow<'a>> {
        let members = view.members.ready().map_or(&[][..], Vec::as_slice);
        let endpoints = &self.connection.endpoints;
        let is = |endpoint: &EndpointHealth, member: &Member| match &endpoint.status {
            Some(status) => status.member == member.id,
            // Before its first word the address is all there is to go by.
            None => member.client_urls.contains(&endpoint.url),
        };
        let ours = endpoints.iter().map(|endpoint| {
            let member = members.iter().find(|member| is(endpoint, member));
            ClusterRow::Endpoint(endpoint, member)
        });
        let others =
            members.iter().filter(|member| !endpoints.iter().any(|endpoint| is(endpoint, member)));
        ours.chain(others.map(ClusterRow::Member)).collect()
    }
}

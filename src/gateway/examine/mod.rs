//! One endpoint of a client, looked at closely: no other is tried, and nothing is sent twice.
//!
//! Only for the doctor. Everything here reads; a login is the only call that has the server
//! remember something.

mod connection;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reqwest::header::DATE;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout};

use crate::domain::access::{Grant, ROOT_ROLE};
use crate::domain::txn::RangeRequest;
use crate::gateway::Gateway;
use crate::gateway::access::grant;
use crate::gateway::call::Call;
pub(crate) use crate::gateway::certificate::Certificate;
use crate::gateway::endpoint::Endpoint;
use crate::gateway::error;
pub(crate) use crate::gateway::handshake::Handshake;
use crate::gateway::http::{Http, encode, parse};
use crate::gateway::kv::range_request;
use crate::gateway::status::{member, status};
use crate::gateway::token::{Fixed, Token};
use crate::gateway::transport::{Circumstances, Failure, explain};
use crate::gateway::wire::auth::{
    RoleGetRequest, RoleGetResponse, UserGetRequest, UserGetResponse,
};
use crate::gateway::wire::lease::{LeasesResponse, TimeToLiveRequest, TimeToLiveResponse};
use crate::gateway::wire::member::MemberListResponse;
use crate::gateway::wire::status::StatusResponse;
use crate::gateway::wire::version::VersionResponse;
use crate::gateway::wire::{Empty, Int64, kv};
use crate::store::{ErrorKind, Member, Status, StoreError};

/// The key that is read to see whether reading works; `etcdctl endpoint health` takes the same, so
/// that whoever looks through a log knows it. It need not exist.
const KEY: &str = "health";

/// More of an answer outside of the gateway is not read: metrics are about 100 KiB.
const LARGEST: usize = 4 << 20;

/// What the whole of a call may take beyond the limits of its parts, so that an answer that comes
/// drop by drop ends too.
const SLACK: Duration = Duration::from_secs(1);

/// An endpoint under examination.
pub(crate) struct Examination {
    http: Arc<Http>,
    index: usize,
    token: Token,
}

/// What `GET /version` told.
#[derive(Clone, Debug)]
pub(crate) struct Greeting {
    /// The version of the server.
    pub(crate) server: String,
    /// The version that all members of the cluster can speak.
    pub(crate) cluster: String,
    /// The time of the server, as HTTP writes it, where it is told.
    pub(crate) date: Option<String>,
    /// Between these two times of this host it was told.
    pub(crate) between: (SystemTime, SystemTime),
}

/// What a login came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Login {
    /// There is a token now.
    In,
    /// The server has authentication switched off.
    Off,
}

/// What a member tells of itself, with what the screen has no use for.
#[derive(Clone, Debug)]
pub(crate) struct MemberStatus {
    pub(crate) status: Status,
    /// 0 where it is not told.
    pub(crate) raft_applied_index: u64,
    /// 0 where it is not told (before 3.6).
    pub(crate) db_size_quota: i64,
}

/// A role, and what it grants; what root may do stands in no role.
pub(crate) type Role = (String, Vec<Grant>);

impl Gateway {
    /// All endpoints, in the order given, each to be looked at alone.
    pub(crate) fn examinations(&self) -> Vec<Examination> {
        let endpoints = 0..self.http.endpoints.len();
        let http = &self.http;
        endpoints
            .map(|index| Examination { http: http.clone(), index, token: Token::default() })
            .collect()
    }
}

impl Examination {
    fn endpoint(&self) -> &Endpoint {
        self.http.endpoints.get(self.index)
    }

    /// Its address, as it is called.
    pub(crate) fn url(&self) -> &str {
        self.endpoint().url()
    }

    /// Whether it is to speak TLS.
    pub(crate) fn is_tls(&self) -> bool {
        self.endpoint().is_tls()
    }

    /// Whether any certificate is believed.
    pub(crate) fn skips_verify(&self) -> bool {
        self.http.tls.skip_verify
    }

    /// The user to log in as, where there is one; a ready-made token says little of its own.
    pub(crate) fn user(&self) -> Option<String> {
        self.http.tokens.wanted().credentials.map(|credentials| credentials.user)
    }

    /// What to say of the ready-made token, where one is sent and was refused.
    pub(crate) fn ready_token(&self) -> Option<String> {
        self.http.tokens.fixed.as_ref().map(Fixed::refused)
    }

    /// The limit for making a connection.
    pub(crate) fn dial_limit(&self) -> Duration {
        self.http.limits.dial
    }

    /// Asks for the version, which needs neither the gateway nor a user.
    pub(crate) async fn greet(&self) -> Result<Greeting, StoreError> {
        let asked = SystemTime::now();
        let (date, body) = self.get("/version").await?;
        let between = (asked, SystemTime::now());
        let version: VersionResponse = parse(self.url(), &body)?;
        if version.etcdserver.is_empty() {
            return Err(error::unreadable(self.url(), &body, "no version of etcd in it"));
        }
        let (server, cluster) = (version.etcdserver, version.etcdcluster);
        Ok(Greeting { server, cluster, date, between })
    }

    /// The bytes the database may have at most, out of the metrics, where they are served here.
    pub(crate) async fn quota(&self) -> Option<i64> {
        let (_, body) = self.get("/metrics").await.ok()?;
        let text = String::from_utf8_lossy(&body);
        let name = "etcd_server_quota_backend_bytes ";
        let value = text.lines().find_map(|line| line.strip_prefix(name))?;
        let bytes: f64 = value.trim().parse().ok()?;
        bytes.is_finite().then_some(bytes as i64).filter(|bytes| *bytes > 0)
    }

    /// Whether somebody without a user is refused.
    pub(crate) async fn wants_user(&self) -> Result<bool, StoreError> {
        match self.range(true, &Token::default()).await {
            Ok(()) => Ok(false),
            Err(error) if error.kind == ErrorKind::Unauthenticated => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Logs in at this endpoint; what is asked from now on is asked as that user.
    pub(crate) async fn login(&mut self) -> Result<Login, StoreError> {
        let limit = self.limit();
        let http = self.http.clone();
        let token = timeout(limit, http.token(self.index)).await;
        let token = token.unwrap_or_else(|_| Err(Failure::silent(self.endpoint(), limit)));
        self.token = token.map_err(|failure| failure.error)?;
        Ok(if self.token.header.is_some() { Login::In } else { Login::Off })
    }

    /// What the member tells of itself.
    pub(crate) async fn status(&self) -> Result<MemberStatus, StoreError> {
        let answer: StatusResponse = self.call("/v3/maintenance/status", &Empty {}).await?;
        let raft_applied_index = answer.raft_applied_index.0;
        let db_size_quota = answer.db_size_quota.0;
        let status = status(self.url().to_owned(), answer);
        Ok(MemberStatus { status, raft_applied_index, db_size_quota })
    }

    /// Reads a key, of which the member alone answers when `serializable`, and otherwise all agree;
    /// how long that took. That the key may not be read is an answer too.
    pub(crate) async fn read(&self, serializable: bool) -> Result<Duration, StoreError> {
        let began = Instant::now();
        match self.range(serializable, &self.token).await {
            Ok(()) => Ok(began.elapsed()),
            Err(error) if error.kind == ErrorKind::PermissionDenied => Ok(began.elapsed()),
            Err(error) => Err(error),
        }
    }

    /// The roles of a user, and what they grant.
    pub(crate) async fn rights(&self, user: &str) -> Result<Vec<Role>, StoreError> {
        let user = UserGetRequest { name: user };
        let answer: UserGetResponse = self.call("/v3/auth/user/get", &user).await?;
        let mut roles = Vec::new();
        for role in answer.roles {
            if role == ROOT_ROLE {
                roles.push((role, Vec::new()));
                continue;
            }
            let request = RoleGetRequest { role: &role };
            let answer: RoleGetResponse = self.call("/v3/auth/role/get", &request).await?;
            roles.push((role, answer.perm.into_iter().map(grant).collect()));
        }
        Ok(roles)
    }

    /// The members of the cluster, as this one knows them.
    pub(crate) async fn members(&self) -> Result<Vec<Member>, StoreError> {
        let answer: MemberListResponse = self.call("/v3/cluster/member/list", &Empty {}).await?;
        Ok(answer.members.into_iter().map(member).collect())
    }

    /// The IDs of all leases.
    pub(crate) async fn leases(&self) -> Result<Vec<i64>, StoreError> {
        let answer: LeasesResponse = self.call("/v3/lease/leases", &Empty {}).await?;
        Ok(answer.leases.iter().map(|lease| lease.id.0).collect())
    }

    /// Seconds left of a lease, and seconds granted; nothing when it is gone.
    pub(crate) async fn time_to_live(&self, id: i64) -> Result<Option<(i64, i64)>, StoreError> {
        let request = TimeToLiveRequest { id: Int64(id), keys: false };
        match self.call::<TimeToLiveResponse>("/v3/lease/timetolive", &request).await {
            Ok(answer) if answer.ttl.0 < 0 => Ok(None),
            Ok(answer) => Ok(Some((answer.ttl.0, answer.granted_ttl.0))),
            Err(error) if error.kind == ErrorKind::LeaseNotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn range(&self, serializable: bool, token: &Token) -> Result<(), StoreError> {
        let request = RangeRequest::get(KEY).keys_only();
        let request = if serializable { request.serializable() } else { request };
        let request = range_request(&request);
        let _: kv::RangeResponse = self.call_as("/v3/kv/range", &request, token).await?;
        Ok(())
    }

    async fn call<A: DeserializeOwned>(
        &self,
        path: &'static str,
        request: &impl Serialize,
    ) -> Result<A, StoreError> {
        self.call_as(path, request, &self.token).await
    }

    async fn call_as<A: DeserializeOwned>(
        &self,
        path: &'static str,
        request: &impl Serialize,
        token: &Token,
    ) -> Result<A, StoreError> {
        let body = encode(request)?;
        let exchange = self.http.exchange(self.index, Call::read(path), body, token);
        let limit = self.limit();
        let answer = timeout(limit, exchange).await;
        let answer = answer.unwrap_or_else(|_| Err(Failure::silent(self.endpoint(), limit)));
        parse(self.url(), &answer.map_err(|failure| failure.error)?)
    }

    /// A plain `GET`: the date of the answer, and its body.
    async fn get(&self, path: &str) -> Result<(Option<String>, Vec<u8>), StoreError> {
        let limit = self.limit();
        let getting = async {
            let wrong =
                |error: reqwest::Error| explain(self.endpoint(), &error, self.about()).error;
            let request = self.http.clients.unary.get(format!("{}{path}", self.url()));
            let mut response = request.send().await.map_err(wrong)?;
            self.endpoint().set_answered();
            let status = response.status().as_u16();
            let date = response.headers().get(DATE).and_then(|date| date.to_str().ok());
            let date = date.map(str::to_owned);
            let mut body = Vec::new();
            while let Some(piece) = response.chunk().await.map_err(wrong)? {
                body.extend_from_slice(&piece);
                if body.len() > LARGEST {
                    break;
                }
            }
            match status {
                200 => Ok((date, body)),
                _ => Err(error::from_answer(status, &body, self.url())),
            }
        };
        let answer = timeout(limit, getting).await;
        answer.unwrap_or_else(|_| Err(Failure::silent(self.endpoint(), limit).error))
    }

    /// What a whole call may take.
    fn limit(&self) -> Duration {
        self.http.limits.dial + self.http.limits.command + SLACK
    }

    fn about(&self) -> Circumstances {
        self.http.about(Call::read(""))
    }
}

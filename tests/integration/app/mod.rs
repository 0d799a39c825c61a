//! [`App::update`](etcdeck::app::App::update) as tables: what happens in, effects and state out, on a
//! clock that moves only when told; no tasks, no store, no screen.

mod access;
mod bulk;
mod connection;
mod deadline;
mod draft;
mod export;
mod find;
mod flood;
mod goto;
mod guard;
mod journal;
mod lease;
mod listing;
mod login;
mod marked;
mod past;
mod production;
mod selection;
mod table;
mod ticket;
mod transfer;
mod unfollowed;
mod watch;

//! Queues, services and transactions as the screen knows them.

mod etcdctl;
mod flap;
mod queue;
mod queue_order;
mod service;
mod txn_check;
mod txn_explain;
mod txn_strategy;
mod txn_text;

//! Stands for an election, leads, and resigns, while an observer tells what it sees.
//!
//! Talks to `ETCDCTL_ENDPOINTS` (separated by commas), or to `http://127.0.0.1:2379`. Run it in two
//! terminals, or beside `etcdctl elect /etcdeck-example/election somebody`:
//!
//! ```text
//! cargo run --example election -- NAME
//! ```
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::pin::pin;
use std::sync::Arc;

use etcdeck::gateway::{Gateway, GatewayOptions};
use etcdeck::recipe::{Election, Observed};
use etcdeck::store::Store;
use futures_util::StreamExt;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let endpoints = std::env::var("ETCDCTL_ENDPOINTS");
    let endpoints = endpoints.as_deref().unwrap_or("http://127.0.0.1:2379").split(',');
    let store: Arc<dyn Store> = Arc::new(Gateway::connect(GatewayOptions::new(endpoints))?);
    let name = std::env::args().nth(1).unwrap_or_else(|| "node-1".to_owned());

    let election = Election::new(store, "/etcdeck-example/election");
    let observed = election.observe();
    let observer = tokio::spawn(async move {
        let mut observed = pin!(observed);
        while let Some(Ok(seen)) = observed.next().await {
            match seen {
                Observed::Leads(entry) => {
                    println!("{} leads as {:?}", entry.key, String::from_utf8_lossy(&entry.value));
                }
                Observed::Nobody => println!("nobody leads"),
            }
        }
    });

    let leader = election.campaign(name.as_str()).await?;
    println!("won with fencing revision {}", leader.fencing());
    leader.proclaim(format!("{name}, ready")).await?;
    leader.resign().await?;
    println!("resigned");
    observer.abort();
    Ok(())
}

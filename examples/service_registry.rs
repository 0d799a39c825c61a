//! Registers an instance of a service, finds it, and watches it come and go.
//!
//! Talks to `ETCDCTL_ENDPOINTS` (separated by commas), or to `http://127.0.0.1:2379`:
//!
//! ```text
//! cargo run --example service_registry
//! ```
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use etcdeck::gateway::{Gateway, GatewayOptions};
use etcdeck::recipe::{ServiceEvent, ServiceRegistry};
use etcdeck::store::Store;
use futures_util::StreamExt;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let endpoints = std::env::var("ETCDCTL_ENDPOINTS");
    let endpoints = endpoints.as_deref().unwrap_or("http://127.0.0.1:2379").split(',');
    let store: Arc<dyn Store> = Arc::new(Gateway::connect(GatewayOptions::new(endpoints))?);

    let registry = ServiceRegistry::new(store).prefix("/etcdeck-example/services/");
    let id = format!("node-{}", std::process::id());
    let ttl = Duration::from_secs(15);
    let registration = registry.register("api", id.as_str(), "10.0.0.1:8080", ttl).await?;
    println!("registered as {}", registration.key());

    for instance in registry.discover("api").await? {
        println!("found {} at {}", instance.id, String::from_utf8_lossy(&instance.endpoint));
    }

    let mut events = pin!(registry.watch("api")?);
    let mut registration = Some(registration);
    while let Some(event) = events.next().await {
        match event? {
            ServiceEvent::Up(it) => {
                println!("up {}", it.id);
                if it.id.as_bytes() == id.as_bytes()
                    && let Some(registration) = registration.take()
                {
                    registration.deregister().await?;
                }
            }
            ServiceEvent::Changed { now, .. } => println!("changed {}", now.id),
            ServiceEvent::Down(it) => {
                println!("down {}", it.id);
                if it.id.as_bytes() == id.as_bytes() {
                    break;
                }
            }
        }
    }
    Ok(())
}

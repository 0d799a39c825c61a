//! The rows of the view of services: each service with its instances below it.

use crate::domain::service::{Instance, Services};
use crate::domain::{Key, escape};

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServiceRow {
    /// A service.
    Service {
        /// Its name.
        name: Key,
        /// How many of its instances are registered.
        up: usize,
        /// How many are known, those that went down lately among them.
        all: usize,
    },
    /// One of its instances.
    Instance {
        /// The service.
        name: Key,
        /// The instance.
        instance: Box<Instance>,
    },
}

impl ServiceRow {
    /// The key of an instance, or the prefix of a service.
    pub fn key(&self, root: &Key) -> Key {
        match self {
            ServiceRow::Service { name, .. } => {
                Key::from([root.as_bytes(), name.as_bytes(), b"/"].concat())
            }
            ServiceRow::Instance { instance, .. } => instance.key.clone(),
        }
    }

    /// The instance, if it is one.
    pub fn instance(&self) -> Option<&Instance> {
        match self {
            ServiceRow::Service { .. } => None,
            ServiceRow::Instance { instance, .. } => Some(instance),
        }
    }
}

/// The rows that a filter leaves: a service whose name has its text with all instances, of the others
/// the instances whose ID or endpoint has it.
pub(super) fn rows(services: &Services, filter: &str) -> Vec<ServiceRow> {
    let filter = filter.to_lowercase();
    let has = |text: String| text.to_lowercase().contains(&filter);
    let mut rows = Vec::new();
    for service in services.services() {
        let (up, all) = (service.up(), service.instances.len());
        let whole = filter.is_empty() || has(service.name.to_string());
        let instances: Vec<Instance> = service
            .instances
            .into_iter()
            .filter(|i| whole || has(i.id.to_string()) || has(endpoint(i)))
            .collect();
        if whole || !instances.is_empty() {
            let name = service.name;
            rows.push(ServiceRow::Service { name: name.clone(), up, all });
            rows.extend(instances.into_iter().map(|instance| ServiceRow::Instance {
                name: name.clone(),
                instance: Box::new(instance),
            }));
        }
    }
    rows
}

/// The beginning of the endpoint: it may be anything, of any length.
fn endpoint(instance: &Instance) -> String {
    const SEARCHED: usize = 1024;
    escape::line(&instance.endpoint[..instance.endpoint.len().min(SEARCHED)])
}

//! The part of the demo that looks like a Kubernetes cluster: generated, so that the seed stays small.
//!
//! Pods are stored as a real API server stores them, four magic bytes and protobuf; custom objects
//! as JSON.

use serde::Deserialize;
use serde_json::json;

/// What to generate.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kubernetes {
    namespaces: Vec<String>,
    apps: Vec<String>,
    /// Pods of each app in each namespace.
    replicas: usize,
    config_maps: Vec<String>,
    /// Rules in the one large document.
    routes: usize,
}

/// Keys and values, as under `/registry/` of a cluster.
pub(super) fn objects(spec: &Kubernetes) -> Vec<(String, Vec<u8>)> {
    let mut objects = Vec::new();
    for namespace in &spec.namespaces {
        objects.push((format!("/registry/namespaces/{namespace}"), namespace_object(namespace)));
        for name in &spec.config_maps {
            let document = json!({
                "apiVersion": "v1", "kind": "ConfigMap",
                "metadata": { "name": name, "namespace": namespace },
                "data": { "source": format!("generated for {namespace}") },
            });
            let key = format!("/registry/configmaps/{namespace}/{name}");
            objects.push((key, document.to_string().into_bytes()));
        }
        for app in &spec.apps {
            let document = json!({
                "apiVersion": "example.dev/v1", "kind": "Rollout",
                "metadata": { "name": app, "namespace": namespace, "generation": 7 },
                "spec": { "replicas": spec.replicas, "strategy": "canary", "steps": [5, 25, 100] },
            });
            let key = format!("/registry/example.dev/rollouts/{namespace}/{app}");
            objects.push((key, document.to_string().into_bytes()));
            for replica in 0..spec.replicas {
                let name = format!("{app}-7d4b9c6f58-{}", suffix(namespace, app, replica));
                let key = format!("/registry/pods/{namespace}/{name}");
                objects.push((key, pod(namespace, app, &name, replica)));
            }
        }
    }
    objects.push(("/registry/example.dev/routes/all.json".to_owned(), routes(spec)));
    objects
}

/// Five letters as a controller puts behind the names of its pods, the same in every demo.
fn suffix(namespace: &str, app: &str, replica: usize) -> String {
    const LETTERS: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";
    let text = format!("{namespace}/{app}/{replica}");
    // FNV-1a: spreads short names well, which is all that is asked here.
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    });
    let letter = |at: u32| char::from(LETTERS[(hash >> (at * 9 + 8)) as usize % LETTERS.len()]);
    (0..5).map(letter).collect()
}

fn routes(spec: &Kubernetes) -> Vec<u8> {
    let rule = |at: usize| {
        let app = &spec.apps[at % spec.apps.len()];
        json!({
            "path": format!("/{app}/v{}/item-{at:03}", at % 3 + 1),
            "backend": format!("{app}.shop.svc:8080"),
            "timeout_ms": 250 * (at % 8 + 1),
            "retry": at.is_multiple_of(4),
        })
    };
    let rules: Vec<_> = (0..spec.routes).map(rule).collect();
    format!("{:#}", json!({ "kind": "RouteTable", "rules": rules })).into_bytes()
}

/// A protobuf message being written, of length-delimited fields only.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    /// Adds a field; numbers below 16 fit into the one byte this writes for them.
    fn field(mut self, number: u8, content: impl AsRef<[u8]>) -> Message {
        let content = content.as_ref();
        self.0.push(number << 3 | 2);
        let mut length = content.len();
        while length >= 0x80 {
            self.0.push((length & 0x7f) as u8 | 0x80);
            length >>= 7;
        }
        self.0.push(length as u8);
        self.0.extend_from_slice(content);
        self
    }

    fn label(self, key: &str, value: &str) -> Message {
        self.field(11, Message::default().field(1, key).field(2, value).0)
    }
}

/// The envelope round every stored object: magic, type, the object.
fn stored(kind: &str, object: Message) -> Vec<u8> {
    let type_meta = Message::default().field(1, "v1").field(2, kind);
    let unknown = Message::default().field(1, type_meta.0).field(2, object.0);
    [b"k8s\0", unknown.field(3, "").field(4, "").0.as_slice()].concat()
}

fn namespace_object(name: &str) -> Vec<u8> {
    let metadata = Message::default().field(1, name).label("kubernetes.io/metadata.name", name);
    stored("Namespace", Message::default().field(1, metadata.0))
}

fn pod(namespace: &str, app: &str, name: &str, replica: usize) -> Vec<u8> {
    let metadata = Message::default().field(1, name).field(3, namespace);
    let metadata = metadata.label("app", app).label("pod-template-hash", "7d4b9c6f58");
    let image = format!("registry.example/{app}:2.14.{replica}");
    let container = Message::default().field(1, app).field(2, image);
    let node = format!("node-{}", replica % 3 + 1);
    let spec = Message::default().field(2, container.0).field(10, node);
    let status = Message::default().field(1, "Running");
    let pod = Message::default().field(1, metadata.0).field(2, spec.0).field(3, status.0);
    stored("Pod", pod)
}

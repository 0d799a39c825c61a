//! The scenes that are drawn: a small store of the usual kind, and what stands on the screen.

use etcdeck::app::settings::Settings;
use etcdeck::domain::txn::PutRequest;
use etcdeck::sandbox::Sandbox;
use etcdeck::store::{Kv, Leases};

use super::desk::{Desk, lease, settings};

const NAME: &str =
    "{\"name\":\"api\",\"replicas\":3,\"owner\":null,\"canary\":true,\"zones\":[\"a\",\"b\"]}";

/// Fills a store: a configuration of three levels, services on leases, odd ones out.
async fn fill(store: &Sandbox) {
    let put = async |key: &str, value: &str, on: i64| {
        let request = PutRequest::new(key, value);
        let request = if on > 0 { request.lease(lease(on)) } else { request };
        store.put(request).await.expect(key);
    };
    store.lease_grant(60, lease(1)).await.expect("the sandbox answers");
    store.lease_grant(20, lease(2)).await.expect("the sandbox answers");
    store.lease_grant(86_400, lease(3)).await.expect("the sandbox answers");
    put("/config/app/name", NAME, 0).await;
    put("/config/app/port", "8080", 0).await;
    put("/config/app/port", "8081", 0).await;
    put("/config/app/motd", "Good morning.\n\tBack by noon.\n", 0).await;
    put("/config/app/empty", "", 0).await;
    put("/config/app/broken.json", "{\n  \"a\": 1,\n  \"b\": \n", 0).await;
    put("/config/db/host", "10.0.3.11", 0).await;
    for n in 0..30 {
        put(&format!("/config/db/shard-{n:02}"), "ready", 0).await;
    }
    put("/services/api/i-1", "10.0.2.21:8080", 1).await;
    put("/services/api/i-2", "10.0.2.22:8080", 1).await;
    put("/services/worker/w-1", "10.0.2.41:9000", 2).await;
    put("/zzz", "the last one", 0).await;
}

/// The usual store, online, with nothing done yet.
pub(super) fn fresh(size: (u16, u16)) -> Desk {
    with(settings(), size)
}

/// The usual store with other settings.
pub(super) fn with(settings: Settings, size: (u16, u16)) -> Desk {
    let mut desk = Desk::new(settings, Sandbox::new(), size);
    desk.others(fill);
    desk.start();
    desk.online();
    desk
}

/// Two levels open and a JSON value selected; a watch that saw something; a lease kept alive.
pub(super) fn busy(size: (u16, u16)) -> Desk {
    let mut desk = fresh(size);
    desk.press("w l l l j j j j");
    traffic(&mut desk);
    desk.press("3 a 1");
    desk.wait(std::time::Duration::from_secs(6));
    desk
}

/// What other clients write.
fn traffic(desk: &mut Desk) {
    desk.put("/config/app/port", "9090");
    desk.put("/config/app/new", "made by another client");
    desk.put("/config/app/name", NAME.replace("\"replicas\":3", "\"replicas\":4"));
    desk.delete("/config/app/new");
    desk.put("/config/db/host", "10.0.3.12");
}

/// A value being edited, with something typed.
pub(super) fn editing(size: (u16, u16)) -> Desk {
    let mut desk = fresh(size);
    desk.press("l l l j j j j j e");
    desk.type_text("9");
    desk
}

/// A save that met a change by somebody else.
pub(super) fn conflict(size: (u16, u16)) -> Desk {
    let mut desk = editing(size);
    desk.others(async |store| store.put(PutRequest::new("/config/app/port", "7070")).await)
        .expect("the sandbox answers");
    desk.press("ctrl-s");
    desk
}

/// Keys and values that break other programs: escape sequences, bidirectional marks, wide
/// characters, bytes that are no UTF-8, long names, deep paths.
pub(super) fn strange(size: (u16, u16)) -> Desk {
    let mut desk = Desk::new(settings(), Sandbox::new(), size);
    desk.others(async |store| {
        let long = "a very long name that somebody wrote where a short one belongs, and then some";
        let deep = "/".to_owned() + &"deep/".repeat(12) + "leaf";
        let keys: [&[u8]; 9] = [
            b"/app",
            b"/app//y",
            b"esc \x1b[31mred\x1b[0m",
            b"not utf-8 \xff\x80",
            "日本語/値のある鍵".as_bytes(),
            "user\u{202e}gnp.exe".as_bytes(),
            "zero\u{200b}width".as_bytes(),
            long.as_bytes(),
            deep.as_bytes(),
        ];
        for key in keys {
            let value = [key, b"\x1b]0;title\x07\x1b[2J"].concat();
            store.put(PutRequest::new(key, value)).await.expect("the sandbox answers");
        }
    });
    desk.start();
    desk.online();
    desk
}

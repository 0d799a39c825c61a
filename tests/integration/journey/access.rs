//! A user who may read some ranges only, browsing them on real servers.

use std::sync::Arc;

use etcdeck::gateway::{Credentials, Gateway, GatewayOptions};

use super::screen::Opening;
use super::world::{World, block_on};
use crate::support::install::Version;
use crate::support::server_builder::Builder;
use crate::support::servers::Etcd;

/// A server with keys, and `alice`, who may do something with some of them.
fn guarded(version: Version) -> Etcd {
    let etcd = Builder::new(version).arg("--bcrypt-cost=4").start();
    etcd.ctl(&["role", "add", "app"]);
    let grants: [&[&str]; 4] = [
        &["readwrite", "--prefix=true", "/svc/web/"],
        &["read", "/svc/motd"],
        &["read", "k2", "k5"],
        &["write", "--prefix=true", "/in/"],
    ];
    for grant in grants {
        etcd.ctl(&[&["role", "grant-permission", "app"], grant].concat());
    }
    etcd.ctl(&["user", "add", "alice:pw"]);
    etcd.ctl(&["user", "grant-role", "alice", "app"]);
    etcd.enable_auth("secret");
    etcd
}

fn client(etcd: &Etcd, user: &str, password: &str) -> Arc<Gateway> {
    let credentials = Some(Credentials::new(user, password));
    let options = GatewayOptions { credentials, ..GatewayOptions::new([etcd.url()]) };
    Arc::new(Gateway::connect(options).expect("the options are right"))
}

async fn browses(version: Version) {
    let etcd = guarded(version);
    let (alice, root) = (client(&etcd, "alice", "pw"), client(&etcd, "root", "secret"));
    let world = World::of(etcd).with(root);
    world.holds(&["/svc/web/a=1", "/svc/web/b/c=2", "/svc/motd=hi", "/svc/db/x=no"]).await;
    world.holds(&["k1=no", "k3=3", "k9=no", "/in/box=no"]).await;
    let opening = Opening::new().with(|settings| settings.user = Some("alice".to_owned()));
    let mut screen = opening.on(&format!("etcd {version} as alice"), alice);
    screen.sees("limited").await.sees("▸ web/").await.sees("motd").await.sees("k3").await;
    screen.sees("alice may read /svc/motd, /svc/web/*, k2 up to k5").await;
    screen.sees("write only: /in/*").await.loses("db/").await.loses("k1").await;
    // Each range is followed.
    world.holds(&["/svc/web/new=4", "k4=5", "k8=no", "/svc/motd=hello"]).await;
    screen.sees("k4").await.runs("goto /svc/motd").sees("text 5 B").await.loses("k8").await;
    screen
        .runs("goto /svc/web/b/c")
        .sees("text 1 B")
        .await
        .sees("new")
        .await
        .loses("not live")
        .await;
    // The directory on the way is counted in its readable parts: a, b/c, new and motd.
    screen.sees_row(&["▾ /svc/", "4"]).await;
    screen.runs("goto /svc/db/x").sees("alice may not read /svc/db/x").await;
    // Writing where it is allowed, and not where it is not.
    screen.runs("put /svc/web/mine 1").sees("written at revision").await;
    screen
        .runs("put /svc/motd no")
        .sees("/svc/motd")
        .await
        .keys("y")
        .sees("permission denied")
        .await;
    // Rights that change are found out by reading again.
    let etcd = world.etcd.as_ref().expect("a server");
    etcd.ctl(&["role", "grant-permission", "app", "read", "--prefix=true", "/svc/db/"]);
    screen.keys("1 R").sees("db/").await;
    screen.runs("rights").sees("Rights of alice").await.sees("May be read and written:").await;
    screen.sees("  /in/*").await.keys("esc");
    // And the other way round: as root there are no limits.
    screen.runs("login root").types("secret").keys("enter").sees("k9").await.loses("limited").await;
}

#[test]
fn a_limited_user_browses_what_may_be_read() {
    std::thread::scope(|scope| {
        for version in Etcd::versions() {
            scope.spawn(move || block_on(browses(version)));
        }
    });
}

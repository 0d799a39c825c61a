//! Users: none given, a wrong password, a limited one, a certificate that gets in the way.

use super::Report;
use crate::gateway::on_all_versions;
use crate::support::server_builder::Tls;
use crate::support::servers::Etcd;

const PASSWORD: &str = "correct-horse";

#[test]
fn users_are_checked_on_every_version() {
    on_all_versions(async |version| {
        let etcd = Etcd::start(version);
        let user = |user: &str| {
            let env = [("ETCDCTL_ENDPOINTS", etcd.url()), ("ETCDCTL_USER", user.to_owned())];
            let report = Report::of(&env, &[]);
            assert!(!report.text.contains(PASSWORD), "{}", report.text);
            report
        };
        let report = user(&format!("root:{PASSWORD}"));
        report.ends(0).says("auth", &["ok", "switched off, so that user root is not used"]);

        etcd.ctl(&["user", "add", "ann:open-sesame"]);
        etcd.ctl(&["role", "add", "app"]);
        etcd.ctl(&["role", "grant-permission", "app", "readwrite", "--prefix=true", "/app/"]);
        etcd.ctl(&["role", "grant-permission", "app", "read", "motd"]);
        etcd.ctl(&["user", "grant-role", "ann", "app"]);
        etcd.ctl(&["user", "add", "idle:idle-too"]);
        etcd.enable_auth(PASSWORD);

        let report = Report::at(&[etcd.url()], &[]);
        report.ends(1).says("auth", &["FAILED", "wants a user", "→ give --user NAME"]);
        let report = user(&format!("root:{PASSWORD}"));
        report.ends(0).says("auth", &["ok", "user root logged in"]);
        report.says("rights", &["the role root"]).says("reads", &["ok"]);
        let report = user("root:wrong-password");
        report.ends(1).says("auth", &["FAILED", "login of user root", "authentication failed"]);
        assert!(!report.text.contains("wrong-password"), "{}", report.text);
        let report = user("ann:open-sesame");
        report.ends(0).says("rights", &["by app: read and write /app/* and read motd"]);
        report.says("reads", &["ok"]);
        let report = user("idle:idle-too");
        report.ends(0).says("rights", &["warning", "idle has no role", "→ have root grant"]);
    });
}

#[test]
fn a_certificate_with_a_name_is_in_the_way_of_users() {
    on_all_versions(async |version| {
        let etcd = Etcd::build(version).tls(Tls::Mutual).start();
        etcd.enable_auth(PASSWORD);
        let named = &etcd.certs().named_client;
        let mut env = etcd.env();
        env.retain(|(name, _)| !matches!(*name, "ETCDCTL_CERT" | "ETCDCTL_KEY"));
        env.push(("ETCDCTL_CERT", named.cert.display().to_string()));
        env.push(("ETCDCTL_KEY", named.key.display().to_string()));
        let report = Report::of(&env, &[]);
        report.ends(1).says("auth", &["FAILED", "common name", "→ use a certificate without"]);
        report.says("client cert", &["CN=alice"]);
    });
}

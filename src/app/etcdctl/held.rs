//! What is held for as long as a lease lives, as lines: locks, candidacies, registrations.

use super::quote::{expanded, operands};
use super::{END, Etcdctl};
use crate::app::command::Service;
use crate::domain::Key;
use crate::domain::lock::queue_prefix;
use crate::domain::service::{ROOT, instance_key};
use crate::domain::txn_text::quoted;

/// The only time to live that `etcdctl elect` knows, in seconds.
const ELECT_TTL: i64 = 60;

/// The key that a lease is to hold.
enum Leased {
    /// Under this prefix, named by its lease.
    Queued(Key),
    /// This one.
    Named(Key),
}

impl Etcdctl {
    /// `etcdctl lock NAME`: waits, holds the lock until it is interrupted, then gives it up.
    pub fn lock(&self, name: &Key, ttl: i64) -> Vec<String> {
        if name.as_bytes().contains(&0) {
            return self.queue(name, b"", ttl, "no argument of etcdctl can hold a zero byte");
        }
        vec![format!("{} lock --ttl={ttl} {}", self.command(), operands(&[name.as_bytes()]))]
    }

    /// `etcdctl elect NAME VALUE`: the same for an election.
    pub fn elect(&self, name: &Key, value: &[u8], ttl: i64) -> Vec<String> {
        if name.as_bytes().contains(&0) || value.contains(&0) {
            return self.queue(name, value, ttl, "no argument of etcdctl can hold a zero byte");
        }
        if ttl != ELECT_TTL {
            let why = format!("etcdctl elect knows no TTL but {ELECT_TTL} s");
            return self.queue(name, value, ttl, &why);
        }
        let words = operands(&[name.as_bytes(), value]);
        vec![format!("{} elect {words}", self.command())]
    }

    /// `etcdctl elect --listen NAME`.
    pub fn observe(&self, name: &Key) -> Vec<String> {
        if name.as_bytes().contains(&0) {
            return vec!["# not for etcdctl: no argument can hold a zero byte".to_owned()];
        }
        vec![format!("{} elect --listen {}", self.command(), operands(&[name.as_bytes()]))]
    }

    /// Grants a lease, puts the key of the instance on it if it does not exist, keeps it alive.
    pub fn register(&self, service: &Service, ttl: i64) -> Vec<String> {
        let (name, id) = (service.name.as_bytes(), service.id.as_bytes());
        match instance_key(ROOT, name, id) {
            Ok(key) => self.leased(&Leased::Named(key), &service.endpoint, ttl),
            Err(error) => vec![format!("# nothing is sent: {error}")],
        }
    }

    /// A place in a queue by the requests it is made of.
    fn queue(&self, name: &Key, value: &[u8], ttl: i64, why: &str) -> Vec<String> {
        let prefix = queue_prefix(name);
        let mut lines = vec![format!("# {why}; the same in single steps:")];
        lines.extend(self.leased(&Leased::Queued(prefix.clone()), value, ttl));
        lines.push("# it is held while its key is the oldest of these:".to_owned());
        let read = self.get(&prefix, true);
        lines.extend(read.into_iter().map(|line| format!("# {line}").trim_end().to_owned()));
        lines
    }

    fn leased(&self, leased: &Leased, value: &[u8], ttl: i64) -> Vec<String> {
        let command = self.command();
        let key = match leased {
            Leased::Named(key) => expanded(&quoted(key.as_bytes())),
            Leased::Queued(prefix) => {
                let mut word = expanded(&quoted(prefix.as_bytes()));
                word.insert_str(word.len() - 1, "$lease");
                word
            }
        };
        let value = expanded(&quoted(value));
        vec![
            format!("lease=$({command} lease grant {ttl} | cut -d' ' -f2)"),
            // Without the zeros before it, as in the keys of queues.
            "lease=$(printf %x \"0x$lease\")".to_owned(),
            // Not in quotes, so that the shell puts the lease in.
            format!("{command} txn <<{END}"),
            format!("create({key}) = \"0\""),
            String::new(),
            format!("put --lease=$lease -- {key} {value}"),
            String::new(),
            String::new(),
            END.to_owned(),
            format!("{command} lease keep-alive \"$lease\""),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_etcdctl_cannot_hold_is_held_in_single_steps() {
        let etcdctl = Etcdctl::default();
        assert_eq!(etcdctl.lock(&"-n".into(), 5), ["etcdctl lock --ttl=5 -- -n"]);
        assert_eq!(etcdctl.elect(&"n".into(), b"-v", 60), ["etcdctl elect -- n -v"]);
        let lines = etcdctl.elect(&Key::from(&b"n$`\\\"\0"[..]), b"$v", 5);
        assert_eq!(
            lines.join("\n"),
            "# no argument of etcdctl can hold a zero byte; the same in single steps:\n\
             lease=$(etcdctl lease grant 5 | cut -d' ' -f2)\n\
             lease=$(printf %x \"0x$lease\")\n\
             etcdctl txn <<END\n\
             create(\"n\\$\\`\\\\\\\\\\\\\"\\\\x00/$lease\") = \"0\"\n\
             \n\
             put --lease=$lease -- \"n\\$\\`\\\\\\\\\\\\\"\\\\x00/$lease\" \"\\$v\"\n\
             \n\
             \n\
             END\n\
             etcdctl lease keep-alive \"$lease\"\n\
             # it is held while its key is the oldest of these:\n\
             # etcdctl txn <<'END'\n\
             #\n\
             # get --prefix \"n$`\\\\\\\"\\x00/\"\n\
             #\n\
             #\n\
             # END"
        );
        let lines = etcdctl.elect(&"n".into(), b"v", 5);
        assert!(lines[0].contains("knows no TTL but 60 s"), "{lines:?}");
    }
}

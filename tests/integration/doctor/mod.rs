//! `etcdeck doctor` on real servers and on what is none: what it says, and its exit status.

mod auth;
mod fault;
mod healthy;
mod tls;

use std::process::Command;

use crate::support::servers::Etcd;

/// What a run said, and how it ended.
struct Report {
    status: i32,
    text: String,
}

impl Report {
    /// Runs the doctor in this environment, waiting a second for whatever does not answer.
    fn of<V: AsRef<str>>(env: &[(&str, V)], args: &[&str]) -> Report {
        let mut command = Command::new(env!("CARGO_BIN_EXE_etcdeck"));
        command.env_clear().arg("doctor");
        if !args.contains(&"--demo") {
            command.args(["--dial-timeout=2s", "--command-timeout=2s"]);
        }
        command.args(args);
        command.envs(env.iter().map(|(name, value)| (name, value.as_ref())));
        let output = command.output().expect("the program starts");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        let errors = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(errors, "", "the report goes to stdout:\n{text}");
        for line in text.lines() {
            assert!(line.chars().count() <= 80, "too wide: {line}");
            assert!(!line.contains('\x1b'), "no color where there is no terminal: {line}");
        }
        Report { status: output.status.code().expect("no signal"), text }
    }

    /// Of a server, with all that leads there.
    fn on(etcd: &Etcd) -> Report {
        Report::of(&etcd.env(), &[])
    }

    /// Of these endpoints.
    fn at(endpoints: &[String], args: &[&str]) -> Report {
        Report::of(&[("ETCDCTL_ENDPOINTS", endpoints.join(","))], args)
    }

    /// The finding of a check on one line, with its mark before and its advice behind it: the first of
    /// this name behind the line `section`, or behind the beginning.
    fn finding_of(&self, section: &str, check: &str) -> String {
        let lines = self.text.lines().skip_while(|line| !line.starts_with(section));
        let mut lines = lines.skip_while(|line| line.get(11..23).is_none_or(|c| c.trim() != check));
        let Some(first) = lines.next() else { panic!("no {check} in {section}:\n{}", self.text) };
        let more = lines.take_while(|line| line.starts_with("                        "));
        let words: Vec<&str> =
            std::iter::once(first).chain(more).flat_map(str::split_whitespace).collect();
        words.join(" ")
    }

    /// Of the first endpoint.
    fn finding(&self, check: &str) -> String {
        self.finding_of("http", check)
    }

    /// Asserts on a finding of the first endpoint.
    fn says(&self, check: &str, words: &[&str]) -> &Report {
        let finding = self.finding(check);
        for words in words {
            assert!(finding.contains(words), "{words:?} is not in {finding:?}:\n{}", self.text);
        }
        self
    }

    /// Asserts on how it ended: 1 when something failed.
    fn ends(&self, status: i32) -> &Report {
        assert_eq!(self.status, status, "{}", self.text);
        let failed = self.text.lines().filter(|line| line.starts_with("  FAILED")).count();
        assert_eq!(status == 1, failed > 0, "{}", self.text);
        let verdict = self.text.lines().last().expect("a verdict");
        assert!(verdict.starts_with(&format!("{failed} failed")), "{}", self.text);
        self
    }

    /// The text without what differs from run to run (ports, times, sizes, versions, days), each finding
    /// and each advice on one line: where a line breaks depends on them.
    fn steady(&self) -> String {
        let mut lines: Vec<String> = Vec::new();
        for line in self.text.lines() {
            let (indent, rest) = line.split_at(line.len() - line.trim_start().len());
            match lines.last_mut() {
                Some(before) if indent.len() >= 24 && !rest.starts_with('→') => {
                    before.push(' ');
                    before.push_str(rest);
                }
                _ => lines.push(line.to_owned()),
            }
        }
        lines.iter().map(|line| steady(line)).collect::<Vec<_>>().join("\n")
    }
}

/// A line in which a word stands for each address, time, size, version and long number.
fn steady(line: &str) -> String {
    // Which the calendar will end.
    let line = line.replace(" until July 2027", "");
    let words: Vec<&str> = line.split(' ').collect();
    let mut out: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        let bare = |word: &str| word.trim_matches(|c: char| "(),;".contains(c)).to_owned();
        let (own, next) = (bare(word), words.get(at).map_or_else(String::new, |word| bare(word)));
        let number = !own.is_empty() && own.chars().all(|c| c.is_ascii_digit() || c == '.');
        let address = own.trim_start_matches("http://").trim_start_matches("https://");
        let name = if address.starts_with("127.") {
            let scheme = &own[..own.len() - address.len()];
            let port = if address.contains(':') { ":PORT" } else { "" };
            Some(format!("{scheme}ADDRESS{port}"))
        } else if number && (next == "ms" || next == "s" && own.contains('.')) {
            at += 1;
            let rest = words[at - 1].replace(&next, "TIME");
            out.push(rest);
            continue;
        } else if number && ["bytes", "KiB", "MiB", "GiB"].contains(&next.as_str()) {
            at += 1;
            out.push(words[at - 1].replace(&next, "SIZE"));
            continue;
        } else {
            let is_term = out.last().is_some_and(|word| word == "term");
            (number && (own.contains('.') || own.len() > 4 || is_term)).then(|| "N".to_owned())
        };
        out.push(name.map_or_else(|| (*word).to_owned(), |name| word.replace(&own, &name)));
    }
    out.join(" ")
}

fn snapshot(name: &str, report: &Report) {
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, report.steady());
    });
}

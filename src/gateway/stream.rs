//! Long answers: JSON objects one after another, cut anywhere by the network.

use std::time::Duration;

use bytes::{Buf as _, Bytes, BytesMut};

use super::endpoint::Endpoint;
use super::transport::{Circumstances, Failure, Phase, explain};
use crate::store::ErrorKind;

/// One line longer than this ends the stream: a peer that never ends a line must not take all memory.
/// The largest message etcd sends here is one event (a key's largest value, twice, in base64).
const LONGEST_LINE: usize = 512 << 20;

/// Splits bytes into lines, whatever pieces they come in. Holds the unfinished line only.
#[derive(Debug, Default)]
pub(super) struct Splitter {
    pending: BytesMut,
    /// How much of `pending` is known to hold no line end, so that nothing is searched twice.
    searched: usize,
}

impl Splitter {
    /// Takes the next piece.
    pub(super) fn push(&mut self, piece: &[u8]) {
        self.pending.extend_from_slice(piece);
    }

    /// The next whole line, without its end.
    pub(super) fn next_line(&mut self) -> Option<Bytes> {
        loop {
            let Some(at) = memchr::memchr(b'\n', &self.pending[self.searched..]) else {
                self.searched = self.pending.len();
                return None;
            };
            let line = self.pending.split_to(self.searched + at).freeze();
            self.pending.advance(1);
            self.searched = 0;
            if !is_blank(&line) {
                return Some(line);
            }
        }
    }

    /// What is left when the stream has ended: older servers do not end their last line.
    pub(super) fn finish(&mut self) -> Option<Bytes> {
        self.searched = 0;
        let rest = self.pending.split().freeze();
        (!is_blank(&rest)).then_some(rest)
    }

    /// Bytes of the unfinished line.
    pub(super) fn pending(&self) -> usize {
        self.pending.len()
    }
}

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}

/// The lines of one answer.
#[derive(Debug)]
pub(super) struct Lines {
    response: reqwest::Response,
    splitter: Splitter,
    ended: bool,
    about: Circumstances,
}

impl Lines {
    pub(super) fn new(response: reqwest::Response, about: Circumstances) -> Lines {
        Lines { response, splitter: Splitter::default(), ended: false, about }
    }

    /// The next line; `None` at the regular end. Waits for as long as the peer is silent: an idle
    /// watch says nothing for hours.
    pub(super) async fn next(&mut self, endpoint: &Endpoint) -> Result<Option<Bytes>, Failure> {
        loop {
            if let Some(line) = self.splitter.next_line() {
                return Ok(Some(line));
            }
            if self.ended {
                return Ok(None);
            }
            if self.splitter.pending() > LONGEST_LINE {
                let message = format!("{} sends a message without an end", endpoint.url());
                return Err(Failure::new(Phase::Broken, ErrorKind::BadAnswer, message));
            }
            match self.response.chunk().await {
                Ok(Some(piece)) => self.splitter.push(&piece),
                Ok(None) => {
                    self.ended = true;
                    return Ok(self.splitter.finish());
                }
                Err(error) => {
                    self.ended = true;
                    return Err(explain(endpoint, &error, self.about));
                }
            }
        }
    }

    /// As [`Lines::next`], but no longer than `limit`.
    pub(super) async fn next_within(
        &mut self,
        endpoint: &Endpoint,
        limit: Duration,
    ) -> Result<Option<Bytes>, Failure> {
        match tokio::time::timeout(limit, self.next(endpoint)).await {
            Ok(line) => line,
            Err(_) => Err(Failure::silent(endpoint, limit)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(text: &[u8], cuts: &[usize]) -> Vec<Vec<u8>> {
        let mut splitter = Splitter::default();
        let mut lines = Vec::new();
        let mut rest = text;
        for cut in cuts {
            let (piece, tail) = rest.split_at(*cut.min(&rest.len()));
            rest = tail;
            splitter.push(piece);
            lines.extend(std::iter::from_fn(|| splitter.next_line()));
        }
        splitter.push(rest);
        lines.extend(std::iter::from_fn(|| splitter.next_line()));
        lines.extend(splitter.finish());
        assert_eq!(splitter.pending(), 0);
        lines.iter().map(|line| line.to_vec()).collect()
    }

    proptest! {
        #[test]
        fn lines_come_out_whole_wherever_they_are_cut(
            lines in prop::collection::vec("[^\n]{0,40}", 0..12),
            cuts in prop::collection::vec(0usize..40, 0..40),
            last_is_ended: bool,
        ) {
            let mut text = lines.join("\n");
            if last_is_ended {
                text.push('\n');
            }
            let expected: Vec<Vec<u8>> = lines
                .iter()
                .map(|line| line.as_bytes().to_vec())
                .filter(|line| !is_blank(line))
                .collect();
            prop_assert_eq!(split(text.as_bytes(), &cuts), expected);
        }
    }

    #[test]
    fn an_unfinished_line_is_kept_until_the_end() {
        assert_eq!(split(b"{\"a\":1}\n\n\r\n{\"b\"", &[1, 1, 1]), [&b"{\"a\":1}"[..], b"{\"b\""]);
    }
}

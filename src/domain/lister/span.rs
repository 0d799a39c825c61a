//! A stretch of keys not listed yet, and how the next page of it is chosen.

/// Not listed yet: the keys from `from` up to `to`.
#[derive(Clone, Debug)]
pub(super) struct Span {
    pub(super) from: Vec<u8>,
    /// None: to the end of the key space.
    pub(super) to: Option<Vec<u8>>,
    /// It holds at most this many keys.
    pub(super) most: i64,
    /// That was so at another revision: it may be more by now.
    pub(super) is_old: bool,
    /// The name of the last child seen before it, or the last one guessed.
    pub(super) near: Vec<u8>,
    pub(super) texture: Texture,
    /// The asks it waits for, since it is chosen by what they find; 0 for none.
    pub(super) batch: u64,
    /// How many names after `near` are guessed next; 0 where guessing does not pay.
    pub(super) steps: usize,
    /// Numbers in names are taken to end here; none where they are padded.
    pub(super) numbers: Option<u64>,
    /// Of the guesses before it, how many were right, and how many were not.
    pub(super) guessed: (usize, usize),
    /// Whether it is known where its names begin to differ.
    pub(super) told_apart: bool,
    /// It is better cut when the size of some child is known.
    pub(super) is_blind: bool,
    /// How many keys were seen of the child before it, where all in it may be of that child; else 0.
    pub(super) before: i64,
    /// The next page ends where the names change at this byte.
    pub(super) level: usize,
    /// How many pages in a row held nothing, or next to nothing: each makes the next one wider.
    pub(super) misses: u32,
    /// How many pages in a row held nothing at all.
    pub(super) empties: i64,
}

/// What the keys seen last were like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Texture {
    /// Nothing is known: all of it is asked for once.
    Unknown,
    /// Many keys to a child: children are looked for.
    Dense,
    /// Few keys to a child: keys are read, this many at a time.
    Sparse { page: i64 },
    /// Looking for children did not pay: all keys are read, this many at a time.
    Last { page: i64 },
}

/// A piece of a span.
pub(super) struct Piece {
    /// Where it ends; none where the span ends.
    pub(super) to: Option<Vec<u8>>,
    /// The byte of the names it was cut at.
    pub(super) level: usize,
}

impl Span {
    /// All keys between two, nothing known of them.
    pub(super) fn new(from: Vec<u8>, to: Option<Vec<u8>>) -> Span {
        Span {
            from,
            to,
            most: i64::MAX,
            is_old: false,
            near: Vec::new(),
            texture: Texture::Unknown,
            batch: 0,
            steps: 0,
            numbers: None,
            guessed: (0, 0),
            told_apart: false,
            is_blind: false,
            before: 0,
            level: 0,
            misses: 0,
            empties: 0,
        }
    }

    /// Whether there is anything between its ends.
    pub(super) fn is_empty(&self) -> bool {
        self.to.as_ref().is_some_and(|to| *to <= self.from)
    }

    /// The piece to ask for next: small, since every key in it costs, but not so small that it holds
    /// nothing.
    ///
    /// The names near here vary from some byte on, so the next name probably has there the byte that
    /// follows, or one a little further if that was tried: one step, four, sixteen, up to the end of
    /// the digits or letters. When these are used up, the byte before is due. Digits are carried as in
    /// counting: after `19` the guess is `20`. No cut is ever inside a directory, as the names are cut
    /// before their delimiter ends.
    pub(super) fn next_piece(&self, prefix: &[u8]) -> Piece {
        let whole = Piece { to: None, level: 0 };
        let Some(last) = self.near.len().checked_sub(1) else { return whole };
        let deepest = self.level.min(last);
        let mut stride = 4_u16.saturating_pow(self.misses).min(256);
        let mut nines = 0;
        for level in (0..=deepest).rev() {
            let mut stem = [prefix, &self.near[..level]].concat();
            if let Some([at, tail @ ..]) = self.from.strip_prefix(stem.as_slice()) {
                // The first byte of which nothing was seen yet.
                let start = u16::from(*at) + u16::from(!tail.is_empty());
                let end = class_end(self.near[level]);
                let is_digit = self.near[level].is_ascii_digit();
                let carried = nines > 0 && is_digit;
                let cut = if carried { start } else { (start + stride).min(end) };
                if let (true, Ok(cut)) = (start < end, u8::try_from(cut)) {
                    stem.push(cut);
                    let mut at_level = level;
                    if carried {
                        stem.extend(std::iter::repeat_n(b'0', nines - 1));
                        at_level = deepest;
                        stem.push(b'1');
                    }
                    let inside = self.to.as_ref().is_none_or(|to| stem < *to);
                    return Piece { to: inside.then_some(stem), level: at_level };
                }
                nines = if is_digit && start == end { nines + 1 } else { 0 };
            }
            stride = 1;
        }
        whole
    }
}

/// Names mostly count up in digits or letters: the first byte after the run this byte is in.
fn class_end(byte: u8) -> u16 {
    match byte {
        b'0'..=b'9' => u16::from(b'9') + 1,
        b'a'..=b'z' => u16::from(b'z') + 1,
        b'A'..=b'Z' => u16::from(b'Z') + 1,
        _ => 0x100,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(from: &str, near: &str, level: usize, misses: u32) -> Option<String> {
        let mut span = Span::new(from.as_bytes().to_vec(), Some(b"p0".to_vec()));
        (span.near, span.level, span.misses) = (near.as_bytes().to_vec(), level, misses);
        span.next_piece(b"p/").to.map(|to| String::from_utf8(to).expect("it was text"))
    }

    #[test]
    fn pieces_follow_the_names() {
        // After `dir-12/`: what else begins with `dir-12`, and all of `dir-13`.
        assert_eq!(piece("p/dir-120", "dir-12/", 5, 0).as_deref(), Some("p/dir-14"));
        assert_eq!(piece("p/dir-14", "dir-12/", 5, 1).as_deref(), Some("p/dir-18"));
        assert_eq!(piece("p/dir-18", "dir-12/", 5, 2).as_deref(), Some("p/dir-1:"));
        // The digits are used up: carry.
        assert_eq!(piece("p/dir-1:", "dir-12/", 5, 3).as_deref(), Some("p/dir-21"));
        assert_eq!(piece("p/dir-21", "dir-12/", 5, 0).as_deref(), Some("p/dir-4"));
        assert_eq!(piece("p/dir-190", "dir-19/", 5, 0).as_deref(), Some("p/dir-21"));
        // Nothing to go by: all that is left.
        assert_eq!(piece("p/\0", "", 0, 0), None);
        assert_eq!(piece("p/z\0", "z", 0, 0), None);
    }
}

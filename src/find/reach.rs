//! How far a page of keys reaches: so many steps at the place where its keys begin to differ.
//!
//! Names are numbered more often than not, so that steps are counted in decimal or hexadecimal digits
//! where the keys have these, and in bytes else.

use crate::domain::{Key, KeyRange};

/// What the places behind the shared beginning are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Digits {
    Decimal,
    /// With small letters.
    Hexadecimal,
    Bytes,
}

/// How far a page reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reach {
    /// So many bytes the keys of a page have in common.
    shared: usize,
    digits: Digits,
    /// So many digits behind them are counted.
    places: usize,
    width: u64,
}

impl Digits {
    fn base(self) -> u64 {
        match self {
            Digits::Decimal => 10,
            Digits::Hexadecimal => 16,
            Digits::Bytes => 256,
        }
    }

    /// So many digits make a number.
    fn most(self) -> usize {
        match self {
            Digits::Decimal | Digits::Hexadecimal => 12,
            Digits::Bytes => 7,
        }
    }

    fn holds(self, byte: u8) -> bool {
        match self {
            Digits::Decimal => byte.is_ascii_digit(),
            Digits::Hexadecimal => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
            Digits::Bytes => true,
        }
    }

    /// What a byte counts. One that is no digit is as good as the digit it comes before or after.
    fn value(self, byte: u8) -> u64 {
        match self {
            Digits::Decimal => u64::from(byte.clamp(b'0', b'9') - b'0'),
            Digits::Hexadecimal if byte > b'9' => u64::from(byte.clamp(b'a' - 1, b'f') - b'a' + 10),
            Digits::Hexadecimal => u64::from(byte.max(b'0') - b'0'),
            Digits::Bytes => u64::from(byte),
        }
    }

    fn digit(self, value: u64) -> u8 {
        match self {
            Digits::Decimal | Digits::Hexadecimal if value < 10 => b'0' + value as u8,
            Digits::Decimal | Digits::Hexadecimal => b'a' + (value as u8 - 10),
            Digits::Bytes => value as u8,
        }
    }

    /// How many digits a text begins with.
    fn run(self, text: &[u8]) -> usize {
        text.iter().take(self.most()).take_while(|byte| self.holds(**byte)).count()
    }
}

impl Reach {
    /// How far a page of so many keys would have reached, going by some keys from one to another.
    pub(super) fn of(first: &Key, last: &Key, keys: u64, page: u64) -> Option<Reach> {
        let (first, last) = (first.as_bytes(), last.as_bytes());
        let shared = first.iter().zip(last).take_while(|(one, two)| one == two).count();
        let (one, two) = (&first[shared..], last.get(shared..).filter(|two| !two.is_empty())?);
        let fits = |digits: &Digits| {
            let all = |text: &[u8]| {
                let word = text.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
                digits.run(text) == word.min(digits.most())
            };
            digits.run(two) > 0 && all(one) && all(two)
        };
        let digits = [Digits::Decimal, Digits::Hexadecimal].into_iter().find(fits);
        let digits = digits.unwrap_or(Digits::Bytes);
        let places = match digits {
            Digits::Bytes => digits.most(),
            _ => digits.run(two),
        };
        let reach = Reach { shared, digits, places, width: 1 };
        let steps = u128::from(reach.value(last) - reach.value(first)) + 1;
        let width = steps * u128::from(page) / u128::from(keys.max(1));
        Some(Reach { width: width.clamp(1, u128::from(u64::MAX)) as u64, ..reach }.fitted())
    }

    /// As far as a whole page goes, where this far there were so many keys; a few times as far at most.
    pub(super) fn scaled(self, page: u64, keys: u64) -> Reach {
        const MOST: u128 = 4;
        let width = u128::from(self.width);
        let scaled = width * u128::from(page) / u128::from(keys.max(1));
        let width = scaled.clamp(1, width * MOST).min(u128::from(u64::MAX)) as u64;
        Reach { width, ..self }.fitted()
    }

    /// Counted farther in front, where its places cannot count so much.
    fn fitted(self) -> Reach {
        let all = self.all();
        if self.width < all || self.shared == 0 {
            return self;
        }
        let width = self.width.div_ceil(all);
        Reach { shared: self.shared - 1, digits: Digits::Bytes, places: 1, width }.fitted()
    }

    /// So much its places can count.
    fn all(self) -> u64 {
        self.digits.base().pow(self.places as u32)
    }

    /// One step of the last byte of a start that is shorter than what the keys of a page share.
    fn step_of(start: &[u8]) -> Option<Reach> {
        let last = start.last()?;
        let digits = if last.is_ascii_digit() { Digits::Decimal } else { Digits::Bytes };
        Some(Reach { shared: start.len() - 1, digits, places: 1, width: 1 })
    }

    /// Further: there was nothing so far. In single bytes, and behind fewer of them in the end.
    pub(super) fn wider(self) -> Reach {
        match self {
            Reach { digits: Digits::Bytes, places: 1, width, .. } if width < 64 => {
                Reach { width: width * 8, ..self }
            }
            Reach { shared, .. } => {
                let shared = shared.saturating_sub(1);
                Reach { shared, digits: Digits::Bytes, places: 1, width: 1 }
            }
        }
    }

    /// The end of an interval that begins as this range does and reaches so far, and how far that is;
    /// nothing when the range ends before.
    pub(super) fn end(self, range: &KeyRange) -> Option<(Vec<u8>, Reach)> {
        let start = range.start().as_bytes();
        if start.len() + 1 < self.shared {
            // It begins anew, farther in front: nobody knows how much is there.
            return Reach::step_of(start)?.end(range);
        }
        let mut end = start[..self.shared.min(start.len())].to_vec();
        end.resize(self.shared, self.digits.digit(0));
        // What the start has of the first step is little.
        let begun = u64::from(start.len() > self.shared + self.places);
        let value = self.value(start).saturating_add(self.width).saturating_add(begun);
        if value < self.all() {
            let base = self.digits.base();
            let digits = (0..self.places as u32).rev().map(|place| value / base.pow(place) % base);
            end.extend(digits.map(|digit| self.digits.digit(digit)));
        } else {
            // Behind all keys that share so much, or less.
            while let Some(byte) = end.pop() {
                let next = self.digits.value(byte) + 1;
                if self.digits.holds(byte) && next < self.digits.base() {
                    end.push(self.digits.digit(next));
                    break;
                }
                if !self.digits.holds(byte) && byte < 255 {
                    end.push(byte + 1);
                    break;
                }
            }
        }
        let inside = range.is_open() || end.as_slice() < range.end();
        (inside && end.as_slice() > start && end != [0]).then_some((end, self))
    }

    /// The number behind the shared bytes, filled up with noughts.
    fn value(self, key: &[u8]) -> u64 {
        let base = self.digits.base();
        let tail = key.get(self.shared..).unwrap_or_default();
        let mut digits = tail.iter().take(self.places).peekable();
        let mut value = 0;
        for _ in 0..self.places {
            let digit = match digits.next() {
                Some(byte) if self.digits.holds(*byte) => self.digits.value(*byte),
                _ => {
                    // What follows a byte that is no digit does not count.
                    digits = [].iter().take(0).peekable();
                    0
                }
            };
            value = value * base + digit;
        }
        value
    }
}

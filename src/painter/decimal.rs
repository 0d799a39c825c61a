//! Numbers in sequences.

/// Appends a number in decimal.
pub(super) fn number(number: usize, out: &mut Vec<u8>) {
    if number >= 10 {
        self::number(number / 10, out);
    }
    out.push(b'0' + (number % 10) as u8);
}

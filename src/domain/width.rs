//! How many terminal columns a character takes, at most.

/// The columns of a printable character: 1 or 2, one more for a single Khmer sign.
///
/// Whole blocks count as wide where only some of their characters are (dingbats, symbols, emoji):
/// a row that is cut by this may end early, and never late. What [`escape::is_unsafe`] names is not
/// printable and is asked for elsewhere.
///
/// [`escape::is_unsafe`]: super::escape::is_unsafe
pub fn columns(c: char) -> usize {
    match c as u32 {
        0x17d8 => 3,
        0x1100..=0x115f
        | 0x17a4
        | 0x231a..=0x23ff
        | 0x25fd..=0x27bf
        | 0x2b1b..=0x2b55
        | 0x2e80..=0xa4cf
        | 0xa960..=0xa97f
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe10..=0xfe6f
        | 0xff01..=0xff60
        | 0xffe0..=0xffe6
        | 0x1_6fe0..=0x1_91ff
        | 0x1_aff0..=0x1_b2ff
        | 0x1_d300..=0x1_d37f
        | 0x1_f000..=0x1_faff
        | 0x2_0000..=0x3_fffd => 2,
        _ => 1,
    }
}

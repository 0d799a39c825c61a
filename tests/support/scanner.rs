//! Reads what the program sent to a terminal, and knows every sequence it sends. Anything else is
//! somebody else's, and an error.

use etcdeck::domain::escape;

/// What the program does to the terminal around its frames, in full.
const WHOLE: [&str; 21] = [
    // A frame: an update that appears at once, the cursor, the whole screen and the rest of a row cleared.
    "[?2026h", "[?2026l", "[?25h", "[?25l", "[2J", "[K",
    // Its own screen, and pastes told from keys.
    "[?1049h", "[?1049l", "[?2004h", "[?2004l",
    // After an editor that crashed: mouse, focus, keys, wrapping, scroll region, key protocols.
    "[?1000l", "[?1002l", "[?1003l", "[?1004l", "[?1006l", "[?1l", ">", "[?7h", "[r", "[>4;0m",
    "[<u",
];

/// The most bytes of base64 that a copy may hold.
const MOST_COPIED: usize = 74_994;

/// Finds the first thing in `output` that is not the program's own.
///
/// # Errors
/// A sentence with what it is and where.
pub(crate) fn scan(output: &[u8]) -> Result<(), String> {
    let text = std::str::from_utf8(output).map_err(|error| format!("no UTF-8: {error}"))?;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let used = match c {
            '\x1b' => sequence(&rest[1..]).map(|used| used + 1),
            c => (!escape::is_unsafe(c) && !acts(c)).then(|| c.len_utf8()),
        };
        let Some(used) = used else {
            let shown: String = rest.chars().take(20).collect();
            return Err(format!("at byte {}: {shown:?}", text.len() - rest.len()));
        };
        rest = &rest[used..];
    }
    Ok(())
}

/// The bytes of the sequence behind an Escape, when it is one of ours.
fn sequence(rest: &str) -> Option<usize> {
    if let Some(whole) = WHOLE.iter().find(|whole| rest.starts_with(**whole)) {
        return Some(whole.len());
    }
    if let Some(copy) = rest.strip_prefix("]52;c;") {
        let end = copy.find('\x07')?;
        let is_base64 = |b: u8| b.is_ascii_alphanumeric() || b"+/=".contains(&b);
        return (end <= MOST_COPIED && copy.as_bytes()[..end].iter().all(|b| is_base64(*b)))
            .then_some("]52;c;".len() + end + 1);
    }
    // Numbers, with semicolons between them: places, colors and attributes, cells and rows.
    let parameters = rest.strip_prefix('[')?;
    let end = parameters.find(|c: char| !c.is_ascii_digit() && c != ';')?;
    let numbers: Vec<&str> = parameters[..end].split(';').collect();
    let all_given = numbers.iter().all(|number| number.parse::<u16>().is_ok());
    let known = match (parameters.as_bytes()[end], numbers.as_slice()) {
        // Home, a row, a place.
        (b'H', [""]) => true,
        (b'H', [_] | [_, _]) | (b'r', [_, _]) => all_given,
        // To the right; erased cells; rows that come and go.
        (b'C' | b'X' | b'L' | b'M', [number]) => number.is_empty() || all_given,
        (b'm', _) => numbers.iter().all(|n| n.is_empty() || n.parse::<u8>().is_ok()),
        _ => false,
    };
    known.then_some(1 + end + 1)
}

/// Characters that act, reorder, hide or vanish, independently of how the program finds them. The
/// marks of a language that needs them to be read have no width of their own, but ink.
fn acts(c: char) -> bool {
    let control = c.is_control();
    let reorders = matches!(c as u32, 0x61c | 0x200e..=0x200f | 0x202a..=0x202e | 0x2066..=0x2069);
    let vanishes = matches!(
        c as u32,
        0xad | 0x34f | 0x115f..=0x1160 | 0x17b4..=0x17b5 | 0x180b..=0x180f | 0x200b..=0x200d
            | 0x2028..=0x2029 | 0x2060..=0x2065 | 0x206a..=0x206f | 0x3164 | 0xfe00..=0xfe0f
            | 0xfeff | 0xffa0 | 0xfff9..=0xfffb | 0x1_3430..=0x1_343f | 0x1_bca0..=0x1_bca3
            | 0x1_d173..=0x1_d17a | 0xe_0000..=0xe_0fff
    );
    control || reorders || vanishes
}

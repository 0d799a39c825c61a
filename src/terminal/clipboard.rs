//! The clipboard of the person at the terminal, however far away: OSC 52.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The most bytes sent to the clipboard: their base64 form stays under the 74,994 characters that
/// the strictest of the common terminals takes. Longer ones are cut or ignored there, unsaid.
pub const CLIPBOARD_LIMIT: usize = 74_994 / 4 * 3;

/// Why nothing was sent to the clipboard.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// More than terminals take.
    #[error(
        "{bytes} bytes are too long for the clipboard of a terminal (at most {CLIPBOARD_LIMIT})"
    )]
    TooLong {
        /// How many there are.
        bytes: usize,
    },
    /// The terminal has not taken yet what was sent before.
    #[error("the terminal takes nothing at the moment: nothing was sent")]
    Busy,
    /// The terminal failed.
    #[error("the terminal failed: {0}")]
    Io(#[source] io::Error),
}

/// The sequence that carries bytes to the clipboard; tmux and ssh pass it on.
pub(super) fn sequence(content: &[u8]) -> Result<Vec<u8>, CopyError> {
    if content.len() > CLIPBOARD_LIMIT {
        return Err(CopyError::TooLong { bytes: content.len() });
    }
    Ok(format!("\x1b]52;c;{}\x07", STANDARD.encode(content)).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_travel_as_base64() {
        let sent = sequence(b"\x1b]0;\xff").expect("short enough");
        assert_eq!(sent, b"\x1b]52;c;G10wO/8=\x07");
    }

    #[test]
    fn what_is_too_long_is_said() {
        assert!(sequence(&vec![b'x'; CLIPBOARD_LIMIT]).expect("just fits").len() <= 74_994 + 8);
        let error = sequence(&vec![b'x'; CLIPBOARD_LIMIT + 1]).expect_err("one too many");
        assert!(error.to_string().contains("too long"), "{error}");
    }
}

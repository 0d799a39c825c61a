//! The session on a pseudo-terminal: before and after must be alike.

use std::time::Duration;

use futures_util::StreamExt as _;

use super::*;
use crate::keymap::{Chord, Code};
use crate::terminal::pty::Pty;
use crate::terminal::{Input, is_gone};

fn enter(pty: &Pty) -> Session {
    Session::enter_on(pty.terminal(), pty.terminal()).expect("a terminal")
}

async fn next(input: &mut InputStream) -> Option<Input> {
    tokio::time::timeout(Duration::from_secs(5), input.next()).await.expect("an input in time")
}

#[tokio::test]
async fn the_terminal_is_given_back_as_it_was_found() {
    let mut pty = Pty::open();
    let before = pty.settings();
    let mut session = enter(&pty);
    assert_ne!(pty.settings(), before);
    pty.wait_for(ENTER).await;
    session.leave();
    assert_eq!(pty.settings(), before);
    pty.wait_for(LEAVE).await;

    session.resume().expect("again");
    pty.wait_for(ENTER).await;
    assert_ne!(pty.settings(), before);
    let restorer = session.restorer();
    std::thread::spawn(move || restorer.restore()).join().expect("restored elsewhere");
    assert_eq!(pty.settings(), before);
    pty.wait_for(LEAVE).await;

    session.leave();
    drop(session);
    let times = pty.seen().matches("?1049l").count();
    assert_eq!(times, 2, "left once for each time entered: {}", pty.seen());
}

#[tokio::test]
async fn dropping_gives_the_terminal_back_and_no_frame_comes_after() {
    let mut pty = Pty::open();
    let before = pty.settings();
    let session = enter(&pty);
    let mut screen = session.screen();
    screen.send(b"frame one").expect("drawn");
    pty.wait_for(b"frame one").await;
    drop(session);
    screen.send(b"frame two").expect("dropped without an error");
    drop(screen);
    pty.wait_for(LEAVE).await;
    assert_eq!(pty.settings(), before);
    assert!(!pty.seen().contains("frame two"));
}

#[tokio::test]
async fn keys_and_pastes_arrive_and_the_keyboard_can_be_taken_anew() {
    let mut pty = Pty::open();
    let session = enter(&pty);
    for _ in 0..2 {
        let mut input = session.input().expect("a keyboard");
        pty.type_in(b"j\x1b[B\x1b[200~q\ry\x1b[201~\x03");
        for expected in [
            Input::Chord(Chord::char('j')),
            Input::Chord(Chord::key(Code::Down)),
            Input::Paste("q\ny".to_owned()),
            Input::Chord(Chord::ctrl('c')),
        ] {
            assert_eq!(next(&mut input).await, Some(expected));
        }
        pty.type_in(b"\x1b");
        assert_eq!(next(&mut input).await, Some(Input::Chord(Chord::key(Code::Esc))));
    }
}

#[tokio::test]
async fn a_dropped_keyboard_leaves_the_keys_to_others() {
    let mut pty = Pty::open();
    let session = enter(&pty);
    drop(session.input().expect("a keyboard"));
    pty.type_in(b"x");
    let mut byte = [0];
    assert_eq!(rustix::io::read(pty.terminal(), &mut byte), Ok(1));
    assert_eq!(&byte, b"x");
}

#[tokio::test]
async fn a_full_queue_does_not_hold_up_the_end() {
    let mut pty = Pty::open();
    let session = enter(&pty);
    let mut input = session.input().expect("a keyboard");
    pty.type_in(&[b'j'; 2000]);
    assert_eq!(next(&mut input).await, Some(Input::Chord(Chord::char('j'))));
    drop(input);
}

#[tokio::test]
async fn a_terminal_that_goes_away_ends_the_keyboard_and_the_drawing() {
    let mut pty = Pty::open();
    let session = enter(&pty);
    pty.wait_for(ENTER).await;
    let mut input = session.input().expect("a keyboard");
    let near = pty.hang_up();
    assert_eq!(next(&mut input).await, None);
    let mut screen = session.screen();
    let error = screen.send(b"x").expect_err("nobody is there");
    assert!(is_gone(&error), "{error:?}");
    drop((session, near));
}

#[tokio::test]
async fn the_size_and_the_clipboard_are_those_of_the_terminal() {
    let mut pty = Pty::open();
    let size = rustix::termios::Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
    rustix::termios::tcsetwinsize(pty.terminal(), size).expect("a size");
    let session = enter(&pty);
    assert_eq!(session.screen().size().expect("a size"), (80, 24));
    session.copy(b"abc").expect("sent");
    pty.wait_for(b"\x1b]52;c;YWJj\x07").await;
}

#[test]
fn what_is_no_terminal_is_refused() {
    let (read, write) = io::pipe().expect("a pipe");
    let refused = Session::enter_on(read.into(), write.into());
    assert!(matches!(refused, Err(TerminalError::Io(_))), "{refused:?}");
}

//! Editors good and bad, as one-line shell scripts.

use super::*;

fn script(text: &str, directory: &Path) -> EditorCommand {
    let words = ["sh", "-c", text, "editor"].map(str::to_owned).to_vec();
    EditorCommand { words, directory: directory.to_owned() }
}

async fn edited(text: &str, content: &[u8]) -> Edited {
    let directory = tempfile::tempdir().expect("a directory");
    let mut signals = Signals::new().expect("signals");
    let edited = script(text, directory.path()).edit(content, "json", &mut signals, None).await;
    let left = std::fs::read_dir(directory.path()).expect("readable").count();
    assert_eq!(left, 0, "a file stayed behind");
    edited
}

#[tokio::test]
async fn what_the_editor_wrote_comes_back() {
    let all: Vec<u8> = (0..=255).collect();
    assert!(matches!(edited("true", &all).await, Edited::Unchanged));
    for (text, before, after) in [
        ("printf x >> $1", "a\n", Some("a\nx")),
        ("printf 'a\\n' > $1", "a", None),
        ("printf 'b\\n' > $1", "a", Some("b")),
        ("printf 'a\\n\\n' > $1", "a", Some("a\n")),
        ("printf a > $1", "a\n", Some("a")),
        (": > $1", "a", Some("")),
        ("cp $1 $1~; touch ${1%/*}/.value.swp", "a", None),
    ] {
        match (edited(text, before.as_bytes()).await, after) {
            (Edited::Unchanged, None) => {}
            (Edited::Changed(bytes), Some(after)) => assert_eq!(bytes, after.as_bytes(), "{text}"),
            (other, _) => panic!("{text}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn only_the_user_may_read_the_file() {
    let modes = "stat -c '%a %n' ${1%/*} $1 > $1.modes; mv $1.modes $1";
    let Edited::Changed(bytes) = edited(modes, b"a").await else { panic!("no answer") };
    let text = String::from_utf8(bytes).expect("text");
    let mut lines = text.lines();
    assert!(lines.next().is_some_and(|line| line.starts_with("700 ")), "{text}");
    assert!(
        lines.next().is_some_and(|l| l.starts_with("600 ") && l.contains("/value.json")),
        "{text}"
    );
}

#[tokio::test]
async fn an_editor_that_fails_is_told() {
    for (text, expected) in [
        ("printf b > $1; exit 3", "status 3"),
        ("kill -9 $$", "signal 9"),
        ("rm $1", "cannot be read"),
    ] {
        let Edited::Failed(reason) = edited(text, b"a").await else { panic!("{text} passed") };
        assert!(reason.contains(expected), "{reason}");
    }
    let missing = EditorCommand { words: vec!["/no/such".into()], directory: "/tmp".into() };
    let mut signals = Signals::new().expect("signals");
    let Edited::Failed(reason) = missing.edit(b"a", "txt", &mut signals, None).await else {
        panic!("a missing editor ran")
    };
    assert!(reason.contains("VISUAL"), "{reason}");
}

#[test]
fn the_editor_is_found_in_order() {
    let find = |pairs: &'static [(&str, &str)]| {
        EditorCommand::find(|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
        .map(|command| command.words)
    };
    assert_eq!(find(&[]), Ok(vec!["vi".to_owned()]));
    assert_eq!(find(&[("EDITOR", "nano")]), Ok(vec!["nano".to_owned()]));
    assert_eq!(find(&[("EDITOR", "nano"), ("VISUAL", " ")]), Ok(vec!["nano".to_owned()]));
    let code = find(&[("EDITOR", "nano"), ("VISUAL", "code -w")]);
    assert_eq!(code, Ok(vec!["code".to_owned(), "-w".to_owned()]));
    assert!(find(&[("VISUAL", "'vi")]).is_err_and(|reason| reason.contains("$VISUAL")));
}

#[test]
fn words_are_split_as_a_shell_does() {
    for (text, words) in [
        ("vi", Some(vec!["vi"])),
        ("  code\t-w ", Some(vec!["code", "-w"])),
        ("'/opt/my editor/bin' -f", Some(vec!["/opt/my editor/bin", "-f"])),
        (r#"emacs --eval "(a \"b\")" ''"#, Some(vec!["emacs", "--eval", r#"(a "b")"#, ""])),
        (r"my\ editor", Some(vec!["my editor"])),
        ("a'b'c", Some(vec!["abc"])),
        ("'open", None),
        ("end\\", None),
        (" ", None),
    ] {
        let expected = words.map(|words| words.into_iter().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(split(text), expected, "{text}");
    }
}

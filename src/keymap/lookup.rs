//! From a chord to an action, and from an action to the keys shown for it.

use std::collections::HashMap;

use super::{Action, BINDINGS, Binding, Chord, Context};

/// The bindings in force.
#[derive(Clone, Debug)]
pub struct Keymap {
    bindings: Vec<Bound>,
    by_chord: HashMap<(Context, Chord), Action>,
}

/// A row of the table with its keys read.
#[derive(Clone, Debug)]
struct Bound {
    row: Binding,
    chords: Vec<Chord>,
}

impl Default for Keymap {
    fn default() -> Keymap {
        let read = |row: &Binding| Bound {
            row: *row,
            chords: row.chords.iter().filter_map(|text| Chord::parse(text).ok()).collect(),
        };
        let bindings: Vec<Bound> = BINDINGS.iter().map(read).collect();
        let pairs = bindings.iter().flat_map(|bound| {
            bound.chords.iter().map(|chord| ((bound.row.context, *chord), bound.row.action))
        });
        Keymap { by_chord: pairs.collect(), bindings }
    }
}

impl Keymap {
    /// What a chord does where the user is: the innermost context that binds it decides.
    ///
    /// Contexts are tried in the order given. A place where text is typed names only its own and
    /// [`Context::Always`]; a chord that resolves to nothing there is typed ([`Chord::typed`]).
    pub fn resolve(&self, contexts: &[Context], chord: Chord) -> Option<Action> {
        contexts.iter().find_map(|context| self.by_chord.get(&(*context, chord)).copied())
    }

    /// The rows of one context, in the order of the table.
    pub fn bindings(&self, context: Context) -> impl Iterator<Item = &Binding> {
        self.bindings.iter().map(|bound| &bound.row).filter(move |row| row.context == context)
    }

    /// All keys of an action in a context, as shown in help: `j ↓`. Empty when there is none.
    pub fn chords_for(&self, action: Action, context: Context) -> String {
        let shown: Vec<String> = self.chords(action, context).map(Chord::to_string).collect();
        shown.join(" ")
    }

    /// The first key of an action in a context, as shown in the footer and in sentences such as
    /// "press R to try again". Empty when there is none.
    pub fn chord_for(&self, action: Action, context: Context) -> String {
        self.chords(action, context).next().map(Chord::to_string).unwrap_or_default()
    }

    fn chords(&self, action: Action, context: Context) -> impl Iterator<Item = &Chord> {
        let here = move |bound: &&Bound| bound.row.action == action && bound.row.context == context;
        self.bindings.iter().filter(here).flat_map(|bound| &bound.chords)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keymap::Code;

    const IN_KEYS: &[Context] =
        &[Context::Keys, Context::List, Context::Everywhere, Context::Always];

    #[test]
    fn the_innermost_context_decides() {
        let keymap = Keymap::default();
        for (contexts, chord, action) in [
            (IN_KEYS, "j", Some(Action::Down)),
            (IN_KEYS, "d", Some(Action::Delete)),
            (IN_KEYS, "G", Some(Action::Bottom)),
            (IN_KEYS, "enter", Some(Action::Toggle)),
            (IN_KEYS, "ctrl-c", Some(Action::Quit)),
            (IN_KEYS, "f12", None),
            (
                &[Context::Leases, Context::List, Context::Everywhere],
                "d",
                Some(Action::LeaseRevoke),
            ),
            (
                &[Context::Watch, Context::List, Context::Everywhere],
                "enter",
                Some(Action::WatchDetail),
            ),
            (&[Context::Edit, Context::Always], "q", None),
            (&[Context::Edit, Context::Always], "1", None),
            (&[Context::Draft, Context::Edit, Context::Always], "ctrl-s", Some(Action::Save)),
            (&[Context::Edit, Context::Always], "ctrl-c", Some(Action::Quit)),
            (
                &[Context::CommandLine, Context::Field, Context::Always],
                "up",
                Some(Action::HistoryPrevious),
            ),
            (
                &[Context::CommandLine, Context::Field, Context::Always],
                "ctrl-u",
                Some(Action::FieldClear),
            ),
            (&[Context::Dialog, Context::List, Context::Always], "y", Some(Action::Yes)),
            (&[], "j", None),
        ] {
            let pressed = Chord::parse(chord).expect(chord);
            assert_eq!(keymap.resolve(contexts, pressed), action, "{chord} in {contexts:?}");
        }
    }

    #[test]
    fn keys_are_shown_as_people_write_them() {
        let keymap = Keymap::default();
        assert_eq!(keymap.chords_for(Action::Down, Context::List), "j ↓");
        assert_eq!(keymap.chord_for(Action::Save, Context::Draft), "Ctrl-s");
        assert_eq!(keymap.chord_for(Action::Save, Context::Keys), "");
        assert_eq!(keymap.resolve(IN_KEYS, Chord::key(Code::Down)), Some(Action::Down));
    }

    #[test]
    fn no_plain_character_is_bound_where_text_is_typed() {
        for row in BINDINGS {
            let typing = matches!(
                row.context,
                Context::Edit
                    | Context::Field
                    | Context::Find
                    | Context::CommandLine
                    | Context::Always
            );
            for text in row.chords.iter().filter(|_| typing) {
                let chord = Chord::parse(text).expect(text);
                assert_eq!(chord.typed(), None, "{text} could not be typed in {:?}", row.context);
            }
        }
    }
}

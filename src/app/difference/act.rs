//! What the keys do in the view of a difference.

use crate::app::App;
use crate::app::dialog::{Dialog, Difference as Sides};
use crate::app::effect::Call;
use crate::app::motion::movement;
use crate::app::purpose::{Purpose, ViewPurpose};
use crate::domain::KeyRange;
use crate::domain::difference::{DiffRow, Side};
use crate::domain::txn::{Op, RangeRequest, TxnRequest};
use crate::keymap::Action;

impl App {
    pub(in crate::app) fn act_in_difference(&mut self, action: Action) {
        let height = usize::from(self.viewport.view.height);
        let Some(view) = self.difference_mut() else { return };
        if let Some(movement) = movement(action, height) {
            view.cursor.go(movement, view.rows.len(), height);
            return;
        }
        let selected = view.cursor.selected;
        let Some((row, number)) = view.selected().cloned().zip(view.rows.get(selected).copied())
        else {
            return self.say("nothing is selected");
        };
        let then = view.then;
        match action {
            Action::ViewDiff => self.show_or_read_sides(number, &row),
            Action::ViewGoto => {
                self.close_view();
                self.go_to(row.key);
            }
            Action::ViewMark => {
                let Some(view) = self.difference_mut() else { return };
                if !view.marked.remove(&number) {
                    view.marked.insert(number);
                }
                view.cursor.go(crate::app::viewport::Move::By(1), view.rows.len(), height);
            }
            Action::ViewRestore if self.refuses_to_write() => {}
            Action::ViewRestore => self.restore_rows(&row),
            Action::CopyKey => self.copy(row.key.into_bytes(), "key"),
            Action::CopyValue => match row.now.as_ref().map(Side::whole) {
                Some(Some(value)) => self.copy(value.to_vec(), "value"),
                Some(None) => self.say("the value is too long to be held here; o goes to the key"),
                None => self.say("the key does not exist now"),
            },
            Action::ShowAsEtcdctl => {
                let etcdctl = &self.settings.etcdctl;
                let mut lines = etcdctl.get_at(&row.key, then);
                lines.extend(etcdctl.get(&row.key, false));
                self.show_lines_as_etcdctl(lines);
            }
            _ => {}
        }
    }

    /// The marked rows, or the selected one, become what they were.
    fn restore_rows(&mut self, selected: &DiffRow) {
        let Some(view) = self.difference_mut() else { return };
        let then = view.then;
        let rows = view.found.ready().map_or(&[][..], |found| &found.rows);
        let marked = view.marked.iter().filter_map(|number| rows.get(*number));
        let mut ranges: Vec<KeyRange> =
            marked.map(|row| KeyRange::single(row.key.clone())).collect();
        if ranges.is_empty() {
            ranges.push(KeyRange::single(selected.key.clone()));
        }
        self.restore(ranges, then);
    }

    /// The line difference of a row: from what is held, or once the values are read.
    fn show_or_read_sides(&mut self, number: usize, row: &DiffRow) {
        let sides = [&row.then, &row.now];
        let held: Option<Vec<Vec<u8>>> =
            sides.into_iter().flatten().map(|side| side.whole().map(<[u8]>::to_vec)).collect();
        if let Some(values) = held {
            return self.show_sides(number, values);
        }
        let get = |side: &Side| Op::Range(RangeRequest::get(row.key.clone()).at(side.revision));
        let success = sides.into_iter().flatten().map(get).collect();
        let txn = TxnRequest { success, ..TxnRequest::default() };
        self.ask(Purpose::View(ViewPurpose::Sides(number)), None, Call::Txn(txn));
    }

    /// Shows a row's values, in the order then and now, as many of them as there are.
    pub(super) fn show_sides(&mut self, number: usize, values: Vec<Vec<u8>>) {
        let Some(view) = self.difference_mut() else { return };
        let Some(found) = view.found.ready() else { return };
        let Some(row) = found.rows.get(number) else { return };
        let mut values = values.into_iter();
        let mut value = |side: &Option<Side>| side.as_ref().and_then(|_| values.next());
        let written = |side: &Option<Side>| match side {
            Some(side) => format!(", written at {}", side.revision),
            None => String::new(),
        };
        let what = Sides {
            title: row.key.to_string(),
            names: [
                format!("revision {}{}", found.then, written(&row.then)),
                format!("revision {}{}", found.now, written(&row.now)),
            ],
            before: value(&row.then),
            after: value(&row.now),
        };
        self.dialogs.push(Dialog::Difference { what: Box::new(what), scroll: 0 });
        self.redraw = true;
    }
}

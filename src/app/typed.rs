//! What must be typed to confirm something large, or anything grave on a marked cluster.

use crate::domain::mark::Mark;
use crate::domain::text::Field;

/// Above this many keys their number must be typed.
const TYPED_ABOVE: u64 = 10;

/// What must be typed to confirm.
#[derive(Clone, Debug)]
pub struct Typed {
    /// This.
    pub expected: String,
    /// What has been typed.
    pub field: Field,
}

impl Typed {
    /// Nothing typed yet.
    pub fn new(expected: impl ToString) -> Typed {
        Typed { expected: expected.to_string(), field: Field::new("") }
    }

    /// What must be typed before so many keys are written at once, if a single key is not enough: the
    /// number of keys where there are many or all of them go, and on a marked cluster its word, so that
    /// neither the place nor the size of the work is a surprise: `PROD`, `5000`, `PROD 5000`.
    pub fn for_keys(count: u64, whole: bool, mark: Option<&Mark>) -> Option<Typed> {
        let number = (whole || count > TYPED_ABOVE).then(|| count.to_string());
        let word = mark.map(|mark| mark.word().to_owned());
        let words: Vec<String> = word.into_iter().chain(number).collect();
        (!words.is_empty()).then(|| Typed::new(words.join(" ")))
    }

    /// Whether it was typed, as it is asked for or, of a number, with its thousands set apart.
    pub fn is_met(&self) -> bool {
        let typed = self.field.text().replace(',', "");
        typed.split_whitespace().eq(self.expected.split_whitespace())
    }

    /// What is said when something else was typed.
    pub(super) fn reminder(&self) -> String {
        format!("type {} to confirm, or Esc to leave it", self.expected)
    }
}

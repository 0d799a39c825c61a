//! What must be typed to confirm something large.

use crate::domain::text::Field;

/// Above this many keys the count must be typed.
const TYPED_ABOVE: u64 = 10;

/// Whether so many keys are confirmed by typing their number rather than by a single key; in
/// production always.
pub fn must_type(count: u64, production: bool) -> bool {
    production || count > TYPED_ABOVE
}

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

    /// Whether it was typed, as it is asked for or, of a number, with its thousands set apart.
    pub fn is_met(&self) -> bool {
        let typed = self.field.text().trim();
        typed == self.expected || typed.replace(',', "") == self.expected
    }
}

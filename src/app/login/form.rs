//! What the dialog that asks who we are holds.

use std::fmt;

use crate::domain::text::Field;

/// The dialog that asks who we are.
#[derive(Clone, Debug)]
pub struct LoginForm {
    /// The user.
    pub user: Field,
    /// The password.
    pub password: Hidden,
    /// The field being typed into.
    pub at: LoginField,
    /// Why it is asked, or what was wrong with the last answer. Not escaped.
    pub why: String,
    /// The server is being asked.
    pub waits: bool,
    /// It came by itself, and was not asked for.
    pub unasked: bool,
}

/// A field of the dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginField {
    /// Who.
    User,
    /// The password.
    Password,
}

/// A field whose text nobody is to see.
#[derive(Clone, Default)]
pub struct Hidden(Field);

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Hidden {
    /// How many characters were typed.
    pub fn len(&self) -> usize {
        self.0.text().chars().count()
    }

    /// Whether nothing was.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text itself, to be sent and never to be shown.
    pub(super) fn reveal(&self) -> &str {
        self.0.text()
    }

    /// How many of them stand before the cursor.
    pub fn cursor(&self) -> usize {
        self.0.cursor()
    }
}

impl LoginForm {
    pub(in crate::app) fn new(user: &str, why: impl Into<String>) -> LoginForm {
        LoginForm {
            user: Field::new(user),
            password: Hidden::default(),
            at: if user.is_empty() { LoginField::User } else { LoginField::Password },
            why: why.into(),
            waits: false,
            unasked: false,
        }
    }

    /// The field that typed text goes into; none while the server is being asked.
    pub(in crate::app) fn field_mut(&mut self) -> Option<&mut Field> {
        match self.at {
            _ if self.waits => None,
            LoginField::User => Some(&mut self.user),
            LoginField::Password => Some(&mut self.password.0),
        }
    }
}

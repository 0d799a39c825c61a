//! A form that becomes one line of a transaction: a compare or an operation.

use crate::domain::escape;
use crate::domain::text::Field;
use crate::domain::txn::{
    Compare, Comparison, DeleteRequest, Op, PutRequest, RangeRequest, Target,
};
use crate::domain::txn_text::{Part, print_compare, print_op};
use crate::domain::{Key, KeyRange, LeaseId, Revision, Version};

/// What of a key is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Its value.
    Value,
    /// The number of writes.
    Version,
    /// The revision of its creation.
    Create,
    /// The revision of its last write.
    Mod,
    /// Its lease.
    Lease,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// A key is written.
    Put,
    /// Keys are read.
    Get,
    /// Keys are deleted.
    Delete,
}

/// Which keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// The one.
    Key,
    /// All that begin with it.
    Prefix,
    /// It and all behind it.
    From,
}

/// A row of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// Which part of the transaction.
    Part,
    /// What is compared.
    What,
    /// What is done.
    Verb,
    /// The key.
    Key,
    /// Which keys.
    Extent,
    /// How it is compared.
    Comparison,
    /// With what it is compared, or what is written.
    Value,
    /// The lease to put it on.
    Lease,
}

/// What stands in a row.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// One of several.
    Choice(&'static str),
    /// Something typed.
    Typed(&'a Field),
}

/// The form.
#[derive(Clone, Debug)]
pub struct Form {
    /// Which part of the transaction.
    pub part: Part,
    /// What is compared.
    pub what: What,
    /// How.
    pub comparison: Comparison,
    /// What is done.
    pub verb: Verb,
    /// With which keys.
    pub extent: Extent,
    /// The row that has the keys.
    pub focus: usize,
    /// What was wrong, until it is changed.
    pub error: Option<String>,
    key: Field,
    value: Field,
    lease: Field,
}

impl Form {
    /// An empty form for a part.
    pub fn new(part: Part) -> Form {
        Form {
            part,
            what: What::Value,
            comparison: Comparison::Equal,
            verb: Verb::Put,
            extent: Extent::Key,
            focus: 0,
            error: None,
            key: Field::default(),
            value: Field::default(),
            lease: Field::default(),
        }
    }

    /// The rows that belong to what is chosen.
    pub fn rows(&self) -> &'static [Row] {
        match (self.part, self.verb) {
            (Part::Compares, _) => {
                &[Row::Part, Row::What, Row::Key, Row::Extent, Row::Comparison, Row::Value]
            }
            (_, Verb::Put) => &[Row::Part, Row::Verb, Row::Key, Row::Value, Row::Lease],
            (_, Verb::Get | Verb::Delete) => &[Row::Part, Row::Verb, Row::Key, Row::Extent],
        }
    }

    /// The row that has the keys.
    pub fn row(&self) -> Row {
        self.rows().get(self.focus).copied().unwrap_or(Row::Part)
    }

    /// What stands before a row.
    pub fn label(&self, row: Row) -> &'static str {
        match row {
            Row::Part => "add to",
            Row::What => "compare",
            Row::Verb => "do",
            Row::Key => "key",
            Row::Extent => "keys",
            Row::Comparison => "is",
            Row::Value => "value",
            Row::Lease => "lease",
        }
    }

    /// What stands in a row.
    pub fn content(&self, row: Row) -> Content<'_> {
        Content::Choice(match row {
            Row::Key => return Content::Typed(&self.key),
            Row::Value => return Content::Typed(&self.value),
            Row::Lease => return Content::Typed(&self.lease),
            Row::Part => match self.part {
                Part::Compares => "compares",
                Part::Success => "then",
                Part::Failure => "else",
            },
            Row::What => match self.what {
                What::Value => "value",
                What::Version => "version",
                What::Create => "create revision",
                What::Mod => "mod revision",
                What::Lease => "lease",
            },
            Row::Verb => match self.verb {
                Verb::Put => "put",
                Verb::Get => "get",
                Verb::Delete => "delete",
            },
            Row::Extent => match self.extent {
                Extent::Key => "this key",
                Extent::Prefix => "all with this prefix",
                Extent::From => "all from this key on",
            },
            Row::Comparison => match self.comparison {
                Comparison::Equal => "=",
                Comparison::NotEqual => "!=",
                Comparison::Greater => ">",
                Comparison::Less => "<",
            },
        })
    }

    /// What a row expects, in a few words.
    pub fn expected(&self) -> &'static str {
        match (self.row(), self.part, self.what) {
            (Row::Key, ..) => "\\xNN gives any byte",
            (Row::Lease, ..) => "a lease in hexadecimal, or nothing",
            (Row::Value, Part::Compares, What::Value) | (Row::Value, ..)
                if self.part != Part::Compares || self.what == What::Value =>
            {
                "\\xNN gives any byte; may be empty"
            }
            (Row::Value, _, What::Lease) => "a lease in hexadecimal; 0 for none",
            (Row::Value, _, What::Version) => "the number of writes; 0 for a key that is not there",
            (Row::Value, ..) => "a revision; 0 for a key that is not there",
            _ => "← → choose",
        }
    }

    /// The field that typed text goes into, if the row has one.
    pub fn field_mut(&mut self) -> Option<&mut Field> {
        match self.row() {
            Row::Key => Some(&mut self.key),
            Row::Value => Some(&mut self.value),
            Row::Lease => Some(&mut self.lease),
            Row::Part | Row::What | Row::Verb | Row::Extent | Row::Comparison => None,
        }
    }

    /// Goes to another row.
    pub fn go(&mut self, by: isize) {
        let rows = self.rows().len();
        self.focus = (self.focus + rows).wrapping_add_signed(by) % rows;
    }

    /// Takes the next or previous choice of the row; nothing in a row that is typed.
    pub fn choose(&mut self, by: isize) {
        use Comparison::{Equal, Greater, Less, NotEqual};
        self.error = None;
        match self.row() {
            Row::Part => {
                step(&mut self.part, &[Part::Compares, Part::Success, Part::Failure], by);
            }
            Row::What => {
                let all = [What::Value, What::Version, What::Create, What::Mod, What::Lease];
                step(&mut self.what, &all, by);
            }
            Row::Verb => step(&mut self.verb, &[Verb::Put, Verb::Get, Verb::Delete], by),
            Row::Extent => {
                step(&mut self.extent, &[Extent::Key, Extent::Prefix, Extent::From], by);
            }
            Row::Comparison => {
                step(&mut self.comparison, &[Equal, NotEqual, Greater, Less], by);
            }
            Row::Key | Row::Value | Row::Lease => {}
        }
    }

    /// The line it stands for.
    ///
    /// # Errors
    /// What is wrong; the row in question then has the keys.
    pub fn line(&mut self) -> Result<String, String> {
        let line = if self.part == Part::Compares {
            self.compare().map(|compare| print_compare(&compare))
        } else {
            self.op().map(|op| print_op(&op))
        };
        line.map_err(|(row, error)| {
            self.focus = self.rows().iter().position(|other| *other == row).unwrap_or(0);
            self.error = Some(error.clone());
            error
        })
    }

    fn compare(&self) -> Result<Compare, (Row, String)> {
        let range = self.range()?;
        let text = self.value.text().trim();
        let number = |what: &str| match text.parse::<i64>() {
            Ok(number) if number >= 0 => Ok(number),
            _ => Err((Row::Value, format!("{what} is a whole number, 0 or more"))),
        };
        let target = match self.what {
            What::Value => Target::Value(self.bytes(Row::Value, &self.value)?),
            What::Version => Target::Version(Version(number("a version")?)),
            What::Create => Target::Create(Revision(number("a revision")?)),
            What::Mod => Target::Mod(Revision(number("a revision")?)),
            What::Lease => Target::Lease(lease(Row::Value, text)?),
        };
        Ok(Compare { range, target, comparison: self.comparison })
    }

    fn op(&self) -> Result<Op, (Row, String)> {
        Ok(match self.verb {
            Verb::Get => Op::Range(RangeRequest::new(self.range()?)),
            Verb::Delete => Op::Delete(DeleteRequest::new(self.range()?)),
            Verb::Put => {
                let put = PutRequest::new(self.key()?, self.bytes(Row::Value, &self.value)?);
                Op::Put(match self.lease.text().trim() {
                    "" => put,
                    text => put.lease(lease(Row::Lease, text)?),
                })
            }
        })
    }

    fn key(&self) -> Result<Key, (Row, String)> {
        match self.bytes(Row::Key, &self.key)? {
            bytes if bytes.is_empty() => Err((Row::Key, "a key cannot be empty".to_owned())),
            bytes => Ok(Key::from(bytes)),
        }
    }

    fn range(&self) -> Result<KeyRange, (Row, String)> {
        match self.extent {
            Extent::Key => self.key().map(KeyRange::single),
            // An empty prefix means all keys, as etcdctl has it; that is to be written by hand.
            Extent::Prefix => self.key().map(KeyRange::prefix),
            Extent::From => self.key().map(KeyRange::from),
        }
    }

    #[expect(clippy::unused_self, reason = "reads as a part of the form")]
    fn bytes(&self, row: Row, field: &Field) -> Result<Vec<u8>, (Row, String)> {
        escape::unescape(field.text()).map_err(|error| (row, error.to_string()))
    }
}

fn lease(row: Row, text: &str) -> Result<LeaseId, (Row, String)> {
    text.parse::<LeaseId>().map_err(|error| (row, error.to_string()))
}

fn step<T: Copy + PartialEq>(value: &mut T, all: &[T], by: isize) {
    let at = all.iter().position(|other| other == value).unwrap_or(0);
    *value = all[(at + all.len()).wrapping_add_signed(by) % all.len()];
}

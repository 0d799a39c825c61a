//! From TOML to checked fields, with complaints that say where.

use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use super::field::{Base, Field, GLOBAL, Kind, LIMITS, PASSWORD_COMES_FROM, PROFILE};
use super::{ConfigFile, Fields, Profile, Written};
use crate::domain::near::nearest;

/// Fields that would hold a secret, and where it comes from instead.
const SECRETS: &[(&str, &str)] = &[
    ("password", PASSWORD_COMES_FROM),
    ("auth_jwt_token", "set ETCDCTL_AUTH_JWT_TOKEN"),
    ("token", "set ETCDCTL_AUTH_JWT_TOKEN"),
];

/// The tables that stand beside the fields of every run.
const TABLES: &[&str] = &["profiles", "limits"];

type Name<'a> = Spanned<std::borrow::Cow<'a, str>>;

/// A text that is being read.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) path: &'a Path,
    pub(super) text: &'a str,
    pub(super) home: Option<&'a Path>,
}

impl Reader<'_> {
    pub(super) fn read(self) -> Result<ConfigFile, String> {
        let whole = DeTable::parse(self.text).map_err(|error| {
            // Its own text would show the line, and with it a secret that stands there.
            self.complaint(&error.span().unwrap_or_default(), "", error.message())
        })?;
        let mut file = ConfigFile { path: self.path.to_owned(), ..ConfigFile::default() };
        for (name, value) in in_order(whole.get_ref()) {
            match (name.get_ref().as_ref(), value.get_ref()) {
                ("profiles", DeValue::Table(profiles)) => {
                    for (name, profile) in in_order(profiles) {
                        let profile = self.profile(name, profile)?;
                        file.profiles.insert(profile.name.clone(), profile);
                    }
                }
                ("limits", DeValue::Table(limits)) => {
                    file.limits = self.fields("limits", limits, LIMITS, &[])?;
                }
                (table @ ("profiles" | "limits"), _) => {
                    let example = if table == "limits" { "limits" } else { "profiles.NAME" };
                    let said = format!("expected a table that begins with [{example}]");
                    return Err(self.complaint(&name.span(), table, &said));
                }
                _ => self.field("", name, value, GLOBAL, TABLES, &mut file.fields)?,
            }
        }
        if let Some(default) = file.fields.get("default_profile") {
            let place = format!("{}:{}", self.path.display(), default.line);
            file.profile(&default.text)
                .map_err(|error| format!("{place}: default_profile: {error}"))?;
        }
        Ok(file)
    }

    fn profile(self, name: &Name<'_>, value: &Spanned<DeValue<'_>>) -> Result<Profile, String> {
        let at = format!("profiles.{}", name.get_ref());
        if name.get_ref().trim().is_empty() {
            return Err(self.complaint(&name.span(), &at, "a profile needs a name"));
        }
        let DeValue::Table(fields) = value.get_ref() else {
            let said = format!(
                "expected a table that begins with [{at}], not {}",
                value.get_ref().type_str()
            );
            return Err(self.complaint(&name.span(), &at, &said));
        };
        let fields = self.fields(&at, fields, PROFILE, &[])?;
        Ok(Profile { name: name.get_ref().to_string(), fields })
    }

    fn fields(
        self,
        table: &str,
        values: &DeTable<'_>,
        known: &[Field],
        beside: &[&'static str],
    ) -> Result<Fields, String> {
        let mut fields = Fields::new();
        for (name, value) in in_order(values) {
            self.field(table, name, value, known, beside, &mut fields)?;
        }
        Ok(fields)
    }

    fn field(
        self,
        table: &str,
        name: &Name<'_>,
        value: &Spanned<DeValue<'_>>,
        known: &[Field],
        beside: &[&'static str],
        fields: &mut Fields,
    ) -> Result<(), String> {
        let given = name.get_ref().as_ref();
        let at = if table.is_empty() { given.to_owned() } else { format!("{table}.{given}") };
        let Some((field, kind)) = known.iter().find(|(field, _)| *field == given) else {
            if let Some((_, from)) = SECRETS.iter().find(|(secret, _)| *secret == given) {
                let said = format!("a secret has no place in this file: {from}");
                return Err(self.complaint(&name.span(), &at, &said));
            }
            let names = known.iter().map(|(field, _)| *field).chain(beside.iter().copied());
            let meant = nearest(given, names.clone()).map_or_else(
                || format!("expected {}", names.collect::<Vec<_>>().join(", ")),
                |name| format!("did you mean {name}?"),
            );
            return Err(self.complaint(&name.span(), &at, &format!("unknown field; {meant}")));
        };
        let text = self.value(&at, *kind, value)?;
        let (line, _) = self.position(value.span().start);
        fields.insert(field, Written { text, line });
        Ok(())
    }

    /// The text of a value that may stand there.
    fn value(self, at: &str, kind: Kind, value: &Spanned<DeValue<'_>>) -> Result<String, String> {
        let wrong_type = || {
            let said = format!("expected {}, not {}", kind.expected(), value.get_ref().type_str());
            Err(self.complaint(&value.span(), at, &said))
        };
        let text = match (kind, value.get_ref()) {
            (Kind::Endpoints, DeValue::Array(list)) if !list.is_empty() => {
                let each = list.iter().map(|one| match one.get_ref() {
                    DeValue::String(_) => self.value(at, kind, one),
                    DeValue::Integer(_)
                    | DeValue::Float(_)
                    | DeValue::Boolean(_)
                    | DeValue::Datetime(_)
                    | DeValue::Array(_)
                    | DeValue::Table(_) => {
                        let said = format!(
                            "expected a text for each endpoint, not {}",
                            one.get_ref().type_str()
                        );
                        Err(self.complaint(&one.span(), at, &said))
                    }
                });
                return Ok(each.collect::<Result<Vec<String>, String>>()?.join(","));
            }
            (Kind::Bool | Kind::Mark, DeValue::Boolean(on)) => return Ok(on.to_string()),
            (Kind::Size | Kind::Count | Kind::Rate | Kind::Frames, DeValue::Integer(number)) => {
                decimal(number)
            }
            (Kind::Bool, _) => return wrong_type(),
            (_, DeValue::String(text)) => text.to_string(),
            _ => return wrong_type(),
        };
        let folder = self.path.parent().unwrap_or(Path::new(""));
        kind.check(&text, Base { folder, home: self.home })
            .map_err(|said| self.complaint(&value.span(), at, &said))
    }

    /// A sentence about a place in the file.
    fn complaint(self, span: &Range<usize>, field: &str, said: &str) -> String {
        let (line, column) = self.position(span.start);
        let field = if field.is_empty() { String::new() } else { format!("{field}: ") };
        format!("{}:{line}:{column}: {field}{said}", self.path.display())
    }

    /// Line and column, both from 1, in characters.
    fn position(self, byte: usize) -> (usize, usize) {
        let before = self.text.get(..byte).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        (line, column)
    }
}

/// The fields of a table as they stand in the file, so that the first mistake is told first.
fn in_order<'t, 'i>(table: &'t DeTable<'i>) -> Vec<(&'t Name<'i>, &'t Spanned<DeValue<'i>>)> {
    let mut fields: Vec<_> = table.iter().collect();
    fields.sort_by_key(|(name, _)| name.span().start);
    fields
}

/// A number in the form that is read everywhere else.
fn decimal(number: &DeInteger<'_>) -> String {
    i128::from_str_radix(number.as_str(), number.radix())
        .map_or_else(|_| number.as_str().to_owned(), |number| number.to_string())
}

//! What stands beside the text of a transaction: what came of the last run, what the text means, and
//! what is wrong with it.

use ratatui::text::{Line, Span};

use super::super::text::number;
use super::super::theme::Theme;
use crate::app::App;
use crate::app::txn::outline::{Kind, outline};
use crate::app::txn::run::{Answered, Outcome, Run, Why, answer_lines};
use crate::domain::escape;
use crate::domain::txn::{Op, OpResponse, TxnRequest, TxnResponse};
use crate::domain::txn_text::{Held, beyond_etcdctl};
use crate::keymap::{Action, Context};

/// All of it, not wrapped yet.
pub(super) fn lines<'a>(app: &App, theme: &Theme) -> Vec<Line<'a>> {
    let composer = &app.composer;
    let mut lines = run_lines(app, theme);
    if !lines.is_empty() {
        if composer.changed_since_run() {
            lines.insert(1, Line::styled("(the text was changed since)", theme.dim()));
        }
        lines.push(Line::default());
    }
    if composer.is_blank() {
        lines.extend(first_steps(app, theme));
        return lines;
    }
    let reading = &composer.reading;
    if let Some(error) = &reading.error {
        lines.push(Line::styled(error.to_string(), theme.danger()));
        lines.push(Line::default());
    }
    for problem in &reading.problems {
        lines.push(Line::styled(format!("! {problem}"), theme.danger()));
    }
    if !reading.problems.is_empty() {
        lines.push(Line::default());
    }
    for line in outline(&reading.request) {
        let style = match line.kind {
            Kind::Heading => theme.strong(),
            Kind::Item => ratatui::style::Style::new(),
        };
        lines.push(Line::styled(line.indented(), style));
    }
    if reading.error.is_none() {
        lines.push(Line::default());
        let what = match reading.writes() {
            0 => "it only reads".to_owned(),
            1 => "1 operation writes".to_owned(),
            n => format!("{} operations write", number(n as i64)),
        };
        lines.push(Line::styled(what, theme.dim()));
        if let Some(beyond) = beyond_etcdctl(&reading.request) {
            lines.push(Line::styled(format!("not for etcdctl: {beyond}"), theme.dim()));
        }
    }
    lines
}

/// What to do with an empty text.
fn first_steps<'a>(app: &App, theme: &Theme) -> Vec<Line<'a>> {
    let key = |action| app.keymap.chord_for(action, Context::Txn);
    let example = ["mod(\"key\") > \"0\"", "", "put \"key\" \"value\"", "", "get \"key\"", ""];
    let mut lines = vec![
        Line::raw(
            "Three parts, each ended by a blank line: compares; what is done when all hold; what is done when one fails.",
        ),
        Line::default(),
    ];
    lines.extend(example.map(|text| Line::styled(format!("  {text}"), theme.dim())));
    let hint = format!(
        "{} adds by a form, {} loads a file, {} runs it",
        key(Action::TxnAdd),
        key(Action::TxnLoad),
        key(Action::TxnRun)
    );
    lines.push(Line::raw(hint));
    lines
}

fn run_lines<'a>(app: &App, theme: &Theme) -> Vec<Line<'a>> {
    match &app.composer.run {
        Run::None => Vec::new(),
        Run::Running { .. } => vec![Line::styled("running …", theme.changed())],
        Run::Failed { outcome: Outcome::NotDone, error, .. } => vec![
            Line::styled("not done", theme.danger()),
            Line::raw(escape::message(&error.to_string())),
        ],
        Run::Failed { outcome: Outcome::Unknown, error, .. } => vec![
            Line::styled("outcome unknown", theme.danger()),
            Line::raw(escape::message(&error.to_string())),
            Line::raw("It was sent once and not again; read its keys to see whether it was done."),
        ],
        Run::Answered(answered) => answered_lines(theme, answered),
    }
}

fn answered_lines<'a>(theme: &Theme, answered: &Answered) -> Vec<Line<'a>> {
    let Answered { request, response, why, .. } = answered;
    let revision = number(response.revision.0);
    let mut lines = vec![if response.succeeded {
        Line::styled(format!("succeeded, revision {revision}"), theme.good())
    } else {
        Line::styled(format!("a compare failed, revision {revision}"), theme.changed())
    }];
    match why {
        Why::NothingToTell => {}
        Why::Reading => lines.push(Line::styled("  reading which one …", theme.dim())),
        Why::Unreadable(error) => {
            let error = escape::message(&error.to_string());
            lines.push(Line::raw(format!("  which one could not be read: {error}")));
        }
        Why::Known(verdicts) => {
            let told = verdicts.iter().filter(|verdict| verdict.held != Held::Yes);
            let before = lines.len();
            lines.extend(told.map(|verdict| {
                let style = match verdict.held {
                    Held::No => theme.danger(),
                    Held::Yes | Held::Unknown => theme.dim(),
                };
                Line::styled(format!("  {}", verdict.text), style)
            }));
            if lines.len() == before {
                lines.push(Line::raw("  which one is not among those that were read"));
            }
        }
    }
    push_answers(theme, request, response, 1, &mut lines);
    lines
}

/// The answers of the branch that was done, numbered as they stand in the text.
fn push_answers(
    theme: &Theme,
    request: &TxnRequest,
    response: &TxnResponse,
    depth: usize,
    lines: &mut Vec<Line<'_>>,
) {
    let (name, ops) =
        if response.succeeded { ("then", &request.success) } else { ("else", &request.failure) };
    let indent = "  ".repeat(depth);
    if response.responses.is_empty() {
        lines.push(Line::styled(format!("{indent}{name}: nothing to do"), theme.dim()));
    }
    for (at, answer) in response.responses.iter().enumerate() {
        let op = ops.get(at);
        let mut texts = answer_lines(op, answer).into_iter();
        let first = texts.next().unwrap_or_default();
        lines.push(Line::from(vec![
            Span::styled(format!("{indent}{name} {}  ", at + 1), theme.dim()),
            Span::raw(first),
        ]));
        lines.extend(texts.map(|text| Line::raw(format!("{indent}  {text}"))));
        if let (Some(Op::Txn(inner)), OpResponse::Txn(answer)) = (op, answer) {
            push_answers(theme, inner, answer, depth + 2, lines);
        }
    }
}

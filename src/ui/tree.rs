//! The Keys pane. The tree widget is given the rows in view and nothing else, so a frame costs the
//! same whatever the tree holds.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span, Text};
use tui_tree_widget::{Tree as TreeWidget, TreeItem, TreeState};

use super::frame::{face, failed, pane, past_notes, scrollbar};
use super::text::{cut_middle, number, rate, width};
use super::theme::Theme;
use crate::app::App;
use crate::app::access;
use crate::app::follow::Follow;
use crate::app::follow::MARKED;
use crate::app::pane::Pane;
use crate::app::viewport::{PaneSize, keep_in_view};
use crate::domain::escape;
use crate::domain::tree::{Level, Node, NodeId, Row, RowKind};

/// Cells a level is indented by, and cells of the arrow.
const STEP: usize = 2;

/// Draws the pane and says how many rows it has.
pub(super) fn render(frame: &mut Frame, area: Rect, app: &App, theme: &Theme) -> PaneSize {
    let keys = &app.keys;
    let mut notes = past_notes(app, theme);
    // A stream that broke while the connection stands; when that is lost too, every pane says so.
    match &keys.follow {
        Follow::Refused(_) => notes.push(Span::styled("not live", theme.danger())),
        Follow::Lost if !app.connection.is_stale() => {
            notes.push(Span::styled("stale", theme.danger()));
        }
        Follow::Live if keys.too_fast => {
            let text = format!("{} changes, not followed", rate(keys.rate.at(app.now)));
            notes.push(Span::styled(not_followed(text, area.width), theme.changed()));
        }
        Follow::Off if !app.settings.follow && app.past.is_none() => {
            let text = not_followed("not followed, R reads again".to_owned(), area.width);
            notes.push(Span::styled(text, theme.dim()));
        }
        Follow::Off | Follow::Starting | Follow::Live
            if !keys.unfollowed_in_view(usize::from(area.height.saturating_sub(2))).is_empty() =>
        {
            notes.push(Span::styled("stale", theme.danger()));
        }
        Follow::Lost | Follow::Off | Follow::Starting | Follow::Live => {}
    }
    notes.extend(access::note(app).map(|note| Span::styled(note, theme.dim())));
    if keys.tree.is_filtering() {
        notes.push(Span::styled("filtering …", theme.dim()));
    }
    let rows = keys.tree.rows();
    if rows.len() > 1 {
        let (at, of) = (keys.cursor.selected as i64 + 1, rows.len() as i64);
        notes.push(Span::raw(format!("{}/{}", number(at), number(of))));
    }
    if !keys.marked.is_empty() {
        let text = format!("{} marked", number(keys.marked.len() as i64));
        notes.insert(0, Span::styled(text, theme.changed()));
    }
    let inner = pane(frame, area, app, theme, Pane::Keys, notes);
    let size = PaneSize { width: inner.width, height: inner.height };
    if whole_face(frame, inner, app, theme) {
        return size;
    }
    let height = usize::from(inner.height);
    let top = keep_in_view(keys.cursor.top, keys.cursor.selected, height, rows.len());
    let window = &rows[top..rows.len().min(top + height)];
    let selected = keys.cursor.selected.saturating_sub(top);
    draw_window(frame, inner, app, theme, window, selected);
    let focused = app.focus == Pane::Keys;
    scrollbar(frame, area, theme, focused, (top, height, rows.len()));
    size
}

/// That the tree does not follow the store is said in a narrow pane too, though in two words.
fn not_followed(text: String, cells: u16) -> String {
    // The rest of the line: corners, the name of the pane, and a blank on either side.
    let fits = width(&text) + 12 <= usize::from(cells);
    if fits { text } else { "not followed".to_owned() }
}

/// When there is nothing but one thing to say of the whole tree, it gets the whole pane.
fn whole_face(frame: &mut Frame, area: Rect, app: &App, theme: &Theme) -> bool {
    let tree = &app.keys.tree;
    let only = match tree.rows() {
        [] if app.filter(Pane::Keys).is_some() => {
            face(
                frame,
                area,
                "no name that was read has the filter's text; Esc drops it",
                theme.dim(),
            );
            return true;
        }
        [only] => only.kind,
        _ => return false,
    };
    match (only, tree.dir(only.node()).map(|dir| &dir.level)) {
        (RowKind::Failed(_), Some(Level::Failed(reason))) => {
            failed(frame, area, app, theme, reason);
        }
        (RowKind::Loading(_), _) => face(frame, area, "loading …", theme.dim()),
        (RowKind::Empty(_), _) if keys_are_limited(app) => {
            face(frame, area, "no keys that this user may read; :rights", theme.dim());
        }
        (RowKind::Empty(_), _) if app.past.is_some() => {
            face(frame, area, "there were no keys here then", theme.dim());
        }
        (RowKind::Empty(_), _) if app.is_read_only() => {
            face(frame, area, "no keys here", theme.dim());
        }
        (RowKind::Empty(_), _) => face(frame, area, "no keys here; n creates one", theme.dim()),
        _ => return false,
    }
    true
}

/// Whether there may be keys that are not shown.
fn keys_are_limited(app: &App) -> bool {
    app.keys.limits.is_some()
}

fn draw_window(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    theme: &Theme,
    window: &[Row],
    selected: usize,
) {
    let Some(first) = window.first() else { return };
    // Very deep trees are shifted to the left, so that names stay in view.
    let deepest = window.iter().map(|row| usize::from(row.depth)).max().unwrap_or(0);
    let shift = (deepest + 1).saturating_sub(usize::from(area.width) / 2 / STEP);
    let depth = |row: &Row| usize::from(row.depth).saturating_sub(shift);

    // From the last row to the first: what is deeper belongs to the next row that is not.
    let mut waiting: Vec<Vec<TreeItem<usize>>> = Vec::new();
    for (index, row) in window.iter().enumerate().rev() {
        let depth = depth(row);
        let text = line(app, theme, row, usize::from(area.width), depth);
        let item = adopt(&mut waiting, depth, index, Text::from(text), is_openable(app, row));
        push(&mut waiting, depth, item);
    }
    // What the first rows hang under is above the window: items without height, for the indentation.
    for above in (0..depth(first)).rev() {
        let item = adopt(&mut waiting, above, usize::MAX - above, Text::default(), true);
        push(&mut waiting, above, item);
    }
    let mut items = waiting.into_iter().next().unwrap_or_default();
    items.reverse();

    let mut state = TreeState::default();
    let mut path: Vec<usize> = (0..depth(first)).map(|above| usize::MAX - above).collect();
    (0..path.len()).for_each(|len| {
        state.open(path[..=len].to_vec());
    });
    for (index, row) in window.iter().enumerate() {
        path.truncate(depth(row));
        path.push(index);
        if is_open(app, row) {
            state.open(path.clone());
        }
        if index == selected {
            state.select(path.clone());
        }
    }
    let focused = app.focus == Pane::Keys;
    let highlight = if focused { theme.selected() } else { theme.selected_elsewhere() };
    // Identifiers are row numbers, so no two are equal and the widget cannot refuse them.
    if let Ok(widget) = TreeWidget::new(&items) {
        let widget = widget
            .node_closed_symbol("▸ ")
            .node_open_symbol("▾ ")
            .node_no_children_symbol("  ")
            .highlight_style(highlight);
        frame.render_stateful_widget(widget, area, &mut state);
    }
}

/// Makes an item of what waits one level deeper. A directory always gets a child, since the widget
/// draws an arrow only where there is one.
fn adopt<'a>(
    waiting: &mut [Vec<TreeItem<'a, usize>>],
    depth: usize,
    id: usize,
    text: Text<'a>,
    openable: bool,
) -> TreeItem<'a, usize> {
    let mut children = waiting.get_mut(depth + 1).map(std::mem::take).unwrap_or_default();
    children.reverse();
    if children.is_empty() && openable {
        children.push(TreeItem::new_leaf(usize::MAX / 2, Text::default()));
    }
    TreeItem::new(id, text.clone(), children).unwrap_or_else(|_| TreeItem::new_leaf(id, text))
}

fn push<'a>(waiting: &mut Vec<Vec<TreeItem<'a, usize>>>, depth: usize, item: TreeItem<'a, usize>) {
    if waiting.len() <= depth {
        waiting.resize_with(depth + 1, Vec::new);
    }
    waiting[depth].push(item);
}

fn node<'a>(app: &'a App, row: &Row) -> Option<Node<'a>> {
    match row.kind {
        RowKind::Node(id) => app.keys.tree.get(id),
        _ => None,
    }
}

fn is_openable(app: &App, row: &Row) -> bool {
    node(app, row).is_some_and(|node| node.is_dir())
}

fn is_open(app: &App, row: &Row) -> bool {
    node(app, row).and_then(|node| node.as_dir()).is_some_and(|dir| dir.open)
}

/// The text of a row, in the cells that the indentation leaves.
fn line<'a>(app: &App, theme: &Theme, row: &Row, cells: usize, depth: usize) -> Line<'a> {
    let cells = cells.saturating_sub(STEP * depth + STEP);
    let tree = &app.keys.tree;
    let note = |text: &str, style: Style| Line::styled(cut_middle(text, cells), style);
    match row.kind {
        RowKind::Node(id) => match tree.get(id) {
            Some(node) => {
                let marked = &app.keys.marked;
                let marked =
                    !marked.is_empty() && marked.contains(&tree.full_key(id), node.is_dir());
                let changed = tree.changed(id);
                let changed =
                    changed.is_some_and(|at| app.now.saturating_duration_since(at) < MARKED);
                node_line(theme, node, (marked, changed), cells)
            }
            None => Line::default(),
        },
        RowKind::More(dir) | RowKind::Gap { dir, .. } => note(&more(app, dir), theme.dim()),
        RowKind::Loading(_) => note("loading …", theme.dim()),
        RowKind::Empty(_) if keys_are_limited(app) => {
            note("no keys that this user may read", theme.dim())
        }
        RowKind::Empty(_) if app.is_read_only() => note("no keys here", theme.dim()),
        RowKind::Empty(_) => note("no keys here; n creates one", theme.dim()),
        RowKind::Stale(id) => {
            let text = match tree.dir(id).map(|dir| &dir.level) {
                Some(Level::Stale { missed }) if *missed > 0 => {
                    format!("stale by {} changes; R reads again", number(*missed as i64))
                }
                _ => String::new(),
            };
            let fits = !text.is_empty() && width(&text) <= cells;
            note(if fits { &text } else { "stale; R reads again" }, theme.danger())
        }
        RowKind::Failed(id) => match tree.dir(id).map(|dir| &dir.level) {
            Some(Level::Failed(reason)) => {
                // The end of a failed row is what tells the key to press, so the reason is cut.
                let reason = super::text::cut_end(reason, cells.saturating_sub(16));
                Line::styled(format!("{reason} · R tries again"), theme.danger())
            }
            _ => Line::default(),
        },
    }
}

/// What is said of children that are not listed: how many keys they have, where that is known.
fn more(app: &App, dir: NodeId) -> String {
    let Some(dir) = app.keys.tree.dir(dir) else { return String::new() };
    match (&dir.level, dir.left()) {
        (Level::Loading, _) => "loading …".to_owned(),
        (_, Some(left)) if dir.gaps().len() == 1 => format!("… {} more keys", number(left)),
        _ => "… more".to_owned(),
    }
}

/// The line of a key or directory, which may be marked by the user, and changed just now.
fn node_line<'a>(
    theme: &Theme,
    node: Node,
    (marked, changed): (bool, bool),
    cells: usize,
) -> Line<'a> {
    let name = match escape::line(node.name) {
        name if name.is_empty() => "(the key itself)".to_owned(),
        name => name,
    };
    let style = match (changed, node.is_dir()) {
        (true, _) => theme.changed(),
        (false, true) => theme.directory(),
        (false, false) => Style::new(),
    };
    let mark = if changed { " *" } else { "" };
    let count = node.as_dir().and_then(|dir| dir.count).map(number).unwrap_or_default();
    let lease = node.as_leaf().is_some_and(|leaf| leaf.lease.is_some());
    let (mut tail, tail_style) =
        if lease { ("lease".to_owned(), theme.dim()) } else { (count, theme.number()) };
    // What is to the right of the name gives way to it.
    if cells < width(&tail) + 12 {
        tail.clear();
    }
    let sign = if marked { "● " } else { "" };
    let room = cells.saturating_sub(width(&tail) + width(sign) + 3);
    let name = cut_middle(&name, room);
    let gap = cells.saturating_sub(width(sign) + width(&name) + width(mark) + width(&tail));
    Line::from(vec![
        Span::styled(sign, theme.changed()),
        Span::styled(name, style),
        Span::styled(mark, theme.changed()),
        Span::raw(" ".repeat(gap)),
        Span::styled(tail, tail_style),
    ])
}

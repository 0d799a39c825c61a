//! Drawing: a function of the state. Nothing here changes anything; what comes back is how many
//! rows each pane has.
//!
//! ```text
//!  etcdeck  http://10.0.0.1:2379  etcd 3.5.9  ● online  rev 123,456            /config/app/name
//! ┏ 1 Keys ━━━━━━━━━━━━━━━━━━━┓┌ 2 Value ─────────────────────────────────────────────────┐
//! ┃ ▾ /config/             51 ┃│ /config/app/name                             json 1.2 KiB │
//! ┃   ▸ app/               12 ┃│ rev 1,203  created 17  version 9  lease 694d…2a1f 58s     │
//! ┃     name                  ┃├ 3 Leases ────────────────────────────────────────────────┤
//! ┃ ▸ /registry/    1,204,551 ┃│ 694d…4a1f      58s/1m 0s  ███████▊    3 keys  kept alive  │
//! ─ 4 Watch ──────────────────────────────────────────────────────────────────────────────────
//! 12:01:02.123     1,203 PUT    /config/app/name   old → new
//!  e edit  n new  d delete  w watch  / filter  : command  ? help
//! ```

mod bulk;
mod cluster;
mod comparison;
mod dialog;
mod difference;
mod doctor;
mod draft;
mod edit;
mod find;
mod footer;
mod frame;
mod header;
mod help;
mod hint;
mod history;
mod hit;
mod journal;
mod layout;
mod lease;
mod login;
mod palette;
mod queue;
mod service;
mod sweep;
mod text;
mod theme;
mod tree;
mod txn;
mod value;
mod values;
mod watch;
mod window;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::widgets::{Paragraph, Wrap};

pub use theme::Theme;

use crate::app::App;
use crate::app::view::View;
use crate::app::viewport::Viewport;

/// Draws the state. What leaves here is safe to send to a terminal, whatever the store holds.
pub fn render(frame: &mut Frame, app: &App, theme: &Theme) -> Viewport {
    let viewport = draw(frame, app, theme);
    Viewport { swept: sweep::sweep(frame.buffer_mut()), ..viewport }
}

fn draw(frame: &mut Frame, app: &App, theme: &Theme) -> Viewport {
    let area = frame.area();
    if area.width < layout::LEAST.0 || area.height < layout::LEAST.1 {
        return too_small(frame);
    }
    let areas = layout::areas(area, app.focus, app.zoomed);
    let mut viewport = Viewport::default();
    header::render(frame, areas.header, app, theme);
    if let Some(view) = &app.view {
        let main = layout::main(area);
        viewport.view = match view {
            View::Locks(queues) | View::Elections(queues) => {
                queue::render(frame, main, app, theme, view, queues)
            }
            View::Services(services) => service::render(frame, main, app, theme, view, services),
            View::Difference(shown) => difference::render(frame, main, app, theme, view, shown),
            View::History(history) => {
                let (list, aside) = history::render(frame, main, app, theme, view, history);
                viewport.aside = aside;
                list
            }
            View::Journal(shown) => journal::render(frame, main, app, theme, view, shown),
            View::Cluster(shown) => cluster::render(frame, main, app, theme, view, shown),
            View::Doctor(shown) => doctor::render(frame, main, app, theme, view, shown),
            View::Find => find::render(frame, main, app, theme, view),
            View::Values(shown) => values::render(frame, main, app, theme, view, shown),
            View::Txn => {
                let (editor, aside, len) = txn::render(frame, main, app, theme, view);
                (viewport.aside, viewport.aside_len) = (aside, len);
                editor
            }
        };
        return in_front(frame, app, theme, areas.footer, viewport);
    }
    if let Some(area) = areas.keys {
        viewport.keys = tree::render(frame, area, app, theme);
    }
    if let Some(area) = areas.value {
        viewport.value = value::render(frame, area, app, theme);
    }
    if let Some(area) = areas.leases {
        viewport.leases = lease::render(frame, area, app, theme);
    }
    if let Some(area) = areas.watch {
        viewport.watch = watch::render(frame, area, app, theme);
    }
    in_front(frame, app, theme, areas.footer, viewport)
}

/// The footer and what stands in front of everything.
fn in_front(
    frame: &mut Frame,
    app: &App,
    theme: &Theme,
    footer: Rect,
    mut viewport: Viewport,
) -> Viewport {
    let area = frame.area();
    footer::render(frame, footer, app, theme);
    if !app.dialogs.is_empty() {
        (viewport.dialog, viewport.dialog_len) = dialog::render(frame, area, app, theme);
    }
    viewport
}

/// What a terminal that is too small says instead; keys still work, so that `q` quits.
fn too_small(frame: &mut Frame) -> Viewport {
    let (width, height) = layout::LEAST;
    let area = frame.area();
    let text = format!(
        "etcdeck needs {width}x{height}, this terminal is {}x{}: enlarge it, or q quits",
        area.width, area.height
    );
    frame.render_widget(Paragraph::new(text).wrap(Wrap { trim: true }), area);
    Viewport::default()
}

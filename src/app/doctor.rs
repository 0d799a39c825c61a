//! The view of the doctor: what was found so far, and where one reads.

use super::App;
use super::effect::Effect;
use super::motion::{movement, scroll};
use super::purpose::{Purpose, ViewPurpose};
use super::ticket::Ticket;
use crate::domain::diagnosis::{Diagnosis, DiagnosisNews, lines};
use crate::keymap::Action;

/// What the view holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DoctorView {
    /// What was found so far.
    pub diagnosis: Diagnosis,
    /// The first line in view.
    pub top: usize,
}

impl App {
    /// Begins anew; an examination under way is given up.
    pub(super) fn examine(&mut self) {
        let Some(view) = self.doctor_mut() else { return };
        *view = DoctorView::default();
        self.give_up(|purpose| matches!(purpose, Purpose::View(_)));
        let ticket = self.tickets.issue(Purpose::View(ViewPurpose::Diagnosis), self.now);
        self.effects.push(Effect::Diagnose { ticket });
        self.redraw = true;
    }

    pub(super) fn on_diagnosis(&mut self, ticket: Ticket, news: DiagnosisNews) {
        if !self.tickets.is_open(ticket) {
            return;
        }
        let Some(view) = self.doctor_mut() else { return };
        view.diagnosis.take(news);
        let ended = view.diagnosis.has_ended();
        self.redraw = true;
        if ended {
            self.tickets.redeem(ticket);
        }
    }

    pub(super) fn act_in_doctor(&mut self, action: Action) {
        let size = self.viewport.view;
        let Some(view) = self.doctor_mut() else { return };
        if let Some(movement) = movement(action, usize::from(size.height)) {
            let len = lines(&view.diagnosis, usize::from(size.width)).len();
            scroll(&mut view.top, movement, len, usize::from(size.height));
        }
    }

    /// After every message: what is in view stays within the text.
    pub(super) fn settle_doctor(&mut self) {
        let size = self.viewport.view;
        let Some(view) = self.doctor_mut() else { return };
        if view.top > 0 {
            let len = lines(&view.diagnosis, usize::from(size.width)).len();
            view.top = view.top.min(len.saturating_sub(usize::from(size.height)));
        }
    }
}

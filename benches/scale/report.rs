//! What was measured, and the tables made of it.

use std::fmt::Write as _;
use std::time::Duration;

/// The bound of a ratio.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Budget {
    AtMost(f64),
    AtLeast(f64),
    /// It is told for orientation.
    None,
}

/// A row of one of the tables.
struct Row {
    /// The server and how many keys it holds.
    store: String,
    what: String,
    kind: Kind,
}

enum Kind {
    Ratio { ours: String, reference: String, theirs: String, ratio: f64, budget: Budget },
    Figure { figure: String, budget: Option<(String, bool)> },
    Missing(String),
}

/// All rows so far. Each is told on the standard output as it comes.
#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
    store: String,
}

impl Report {
    /// What follows is of this store.
    pub(crate) fn on(&mut self, store: impl Into<String>) {
        self.store = store.into();
    }

    /// Our time next to another one.
    pub(crate) fn times(
        &mut self,
        what: &str,
        ours: Duration,
        (reference, theirs): (&str, Duration),
        budget: Budget,
    ) {
        let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
        self.ratio(what, time(ours), (reference, time(theirs)), ratio, budget);
    }

    /// Any two things whose quotient matters.
    pub(crate) fn ratio(
        &mut self,
        what: &str,
        ours: String,
        (reference, theirs): (&str, String),
        ratio: f64,
        budget: Budget,
    ) {
        let reference = reference.to_owned();
        self.row(what, Kind::Ratio { ours, reference, theirs, ratio, budget });
    }

    /// Something that has no reference. The budget is a bound in words, and whether it was met.
    pub(crate) fn figure(&mut self, what: &str, figure: String, budget: Option<(&str, bool)>) {
        let budget = budget.map(|(words, met)| (words.to_owned(), met));
        self.row(what, Kind::Figure { figure, budget });
    }

    /// A count that should be no larger than a bound.
    pub(crate) fn count(&mut self, what: &str, count: u64, most: u64) {
        let bound = format!("at most {}", grouped(most));
        self.figure(what, grouped(count), Some((&bound, count <= most)));
    }

    /// Bytes that should be no more than a bound.
    pub(crate) fn bytes(&mut self, what: &str, bytes: u64, most: u64) {
        let bound = format!("at most {}", size(most));
        self.figure(what, size(bytes), Some((&bound, bytes <= most)));
    }

    /// What could not be measured, and why.
    pub(crate) fn missing(&mut self, what: &str, why: impl Into<String>) {
        self.row(what, Kind::Missing(why.into()));
    }

    #[expect(clippy::print_stdout, reason = "whoever waits sees how far it is")]
    fn row(&mut self, what: &str, kind: Kind) {
        let row = Row { store: self.store.clone(), what: what.to_owned(), kind };
        println!("{}", row.line());
        self.rows.push(row);
    }

    /// Both tables as Markdown.
    pub(crate) fn tables(&self) -> String {
        let mut text = String::from(
            "| store | what | etcdeck | next to | which needs | ratio | budget |\n\
             | --- | --- | ---: | --- | ---: | ---: | --- |\n",
        );
        for row in &self.rows {
            if let Kind::Ratio { .. } = row.kind {
                text.push_str(&row.line());
                text.push('\n');
            }
        }
        text.push_str("\n| store | what | figure | budget |\n| --- | --- | ---: | --- |\n");
        for row in &self.rows {
            if !matches!(row.kind, Kind::Ratio { .. }) {
                text.push_str(&row.line());
                text.push('\n');
            }
        }
        text
    }

    /// In one sentence, how many budgets there were and how many were met.
    pub(crate) fn summary(&self) -> String {
        let judged: Vec<bool> = self.rows.iter().filter_map(Row::met).collect();
        let met = judged.iter().filter(|met| **met).count();
        let missing = self.rows.iter().filter(|row| matches!(row.kind, Kind::Missing(_))).count();
        let mut text = format!("{met} of {} budgets were met.", judged.len());
        if missing > 0 {
            let _written = write!(text, " {missing} figures could not be had.");
        }
        text
    }
}

impl Row {
    fn line(&self) -> String {
        let Row { store, what, kind } = self;
        match kind {
            Kind::Ratio { ours, reference, theirs, ratio, budget } => {
                let digits = if *ratio < 0.1 { 3 } else { 2 };
                let budget = match budget {
                    Budget::AtMost(most) => judged(&format!("at most {most}"), *ratio <= *most),
                    Budget::AtLeast(least) => {
                        judged(&format!("at least {least}"), *ratio >= *least)
                    }
                    Budget::None => String::new(),
                };
                format!(
                    "| {store} | {what} | {ours} | {reference} | {theirs} | {ratio:.digits$} | {budget} |"
                )
            }
            Kind::Figure { figure, budget } => {
                let budget = budget.as_ref().map(|(words, met)| judged(words, *met));
                format!("| {store} | {what} | {figure} | {} |", budget.unwrap_or_default())
            }
            Kind::Missing(why) => format!("| {store} | {what} | not measured | {why} |"),
        }
    }

    fn met(&self) -> Option<bool> {
        match &self.kind {
            Kind::Ratio { ratio, budget: Budget::AtMost(most), .. } => Some(ratio <= most),
            Kind::Ratio { ratio, budget: Budget::AtLeast(least), .. } => Some(ratio >= least),
            Kind::Figure { budget: Some((_, met)), .. } => Some(*met),
            Kind::Ratio { .. } | Kind::Figure { .. } | Kind::Missing(_) => None,
        }
    }
}

fn judged(words: &str, met: bool) -> String {
    if met { words.to_owned() } else { format!("**{words}: missed**") }
}

/// The one in the middle; of an even number the lower one.
pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[(times.len() - 1) / 2]
}

/// A time with three digits.
pub(crate) fn time(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds >= 10.0 => format!("{seconds:.1} s"),
        seconds if seconds >= 1.0 => format!("{seconds:.2} s"),
        seconds if seconds >= 0.001 => format!("{:.1} ms", seconds * 1e3),
        seconds => format!("{:.0} µs", seconds * 1e6),
    }
}

/// A size in the unit that suits it.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{} B", grouped(bytes)),
        10_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// A number with its digits in groups of three.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

//! How far a publish is: a bar where somebody watches, a line now and then where nobody does.

use indicatif::{ProgressBar, ProgressStyle};
use std::{
    io::IsTerminal,
    sync::Mutex,
    time::{Duration, Instant},
};

/// The progress of one upload.
pub struct Progress {
    bar: Option<ProgressBar>,
    lines: Option<Mutex<Lines>>,
}

struct Lines {
    sent: u64,
    total: u64,
    started: Instant,
    told: Instant,
}

/// Between two lines.
const PAUSE: Duration = Duration::from_secs(10);

impl Progress {
    /// Of so many bytes; `is_quiet` says nothing.
    pub fn new(total: u64, is_quiet: bool) -> Progress {
        let watched = std::io::stderr().is_terminal();
        let now = Instant::now();
        let lines = Lines { sent: 0, total, started: now, told: now };
        let bar = || {
            let style = "sending {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta} left";
            let bar = ProgressBar::new(total);
            match ProgressStyle::with_template(style) {
                Ok(style) => bar.with_style(style),
                Err(_) => bar,
            }
        };
        Progress { bar: (watched && !is_quiet).then(bar), lines: (!watched && !is_quiet).then(|| Mutex::new(lines)) }
    }

    /// So many bytes arrived.
    pub fn add(&self, bytes: u64) {
        if let Some(bar) = &self.bar {
            bar.inc(bytes);
        }
        let Some(mut lines) = self.lines.as_ref().and_then(|lines| lines.lock().ok()) else { return };
        lines.sent += bytes;
        if lines.told.elapsed() >= PAUSE {
            lines.told = Instant::now();
            let rate = lines.sent as f64 / lines.started.elapsed().as_secs_f64().max(0.001);
            let left = lines.total.saturating_sub(lines.sent) as f64 / rate.max(1.0);
            let (sent, total) = (size(lines.sent), size(lines.total));
            crate::report::terminal::say(&format!(
                "{sent} of {total} sent, {} a second, {left:.0} s left",
                size(rate as u64)
            ));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// A number of bytes for people.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1000 => format!("{bytes} bytes"),
        1000..1_000_000 => format!("{:.0} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

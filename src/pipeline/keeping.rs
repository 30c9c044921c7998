//! What is done to the store as a whole: probes and the lengthening of retentions. Each is told to the log.

use jiff::Timestamp;

use super::{App, events};
use crate::{
    Result, archive,
    error::Fold as _,
    storage::{Extended, Probe},
};

/// Probes the store; the result becomes an object and an event.
pub fn probe(app: &App) -> Result<Probe> {
    let probe = app.archive.store().probe(app.location.to_string(), app.clock.now())?;
    let stored = app.archive.put_probe(&archive::Probe::from(&probe))?;
    app.register.add_events(&[events::probed(&probe, &stored)])?;
    app.log_waiting_events()?;
    Ok(probe)
}

/// Lengthens the retentions that end within so many days.
pub fn extend(app: &App, within_days: u16) -> Result<Extended> {
    let now = app.clock.now();
    let extended = app.archive.store().extend_retention(days_after(now, within_days)?, now)?;
    app.register.add_events(&[events::extended(&extended, now)])?;
    app.log_waiting_events()?;
    Ok(extended)
}

fn days_after(now: Timestamp, days: u16) -> Result<Timestamp> {
    now.checked_add(jiff::SignedDuration::from_hours(24 * i64::from(days)))
        .fold(crate::ErrorKind::InvalidInput, || format!("{days} days from now is no date"))
}

//! Tells the log what was done to the archive as a whole. The work itself is done by then, and is not undone where the
//! log cannot be told.

use std::path::Path;

use jiff::Timestamp;

use super::{App, events};
use crate::{Result, archive::VerifyReport, config::Config};

/// A fixity check of a data folder's own store. Without its database, or where its log is damaged, only the report tells
/// of it.
pub fn fixity_check(data: &Path, config: &Config, report: &VerifyReport, at: Timestamp) {
    let tell = || -> Result<()> {
        let mut app = App::open(data, config.clone())?;
        let _stays = app.stays()?;
        app.register.add_events(&[events::fixity_check(report, at)])?;
        app.log_if_free()
    };
    if let Err(error) = tell() {
        tracing::warn!("the fixity check is not in the log: {error}");
    }
}

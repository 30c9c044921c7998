//! The database's tables and how an older database becomes a current one. Migrations are numbered by their place in
//! [`MIGRATIONS`]; one that has been released is never edited.

use rusqlite::Connection;

use super::{Db as _, holding};
use crate::{Error, ErrorKind, Result};

/// All migrations, oldest first; `PRAGMA user_version` counts those that a database has had.
const MIGRATIONS: [&str; 7] = [
    include_str!("migrations/0001_accession.sql"),
    include_str!("migrations/0002_decisions.sql"),
    include_str!("migrations/0003_dossiers.sql"),
    include_str!("migrations/0004_withdraw.sql"),
    include_str!("migrations/0005_outbox_seal.sql"),
    include_str!("migrations/0006_elsewhere.sql"),
    include_str!("migrations/0007_compared_with_paper.sql"),
];

/// Sets what holds for one connection only, and waits rather than fails while another one writes.
pub(super) fn configure(connection: &Connection) -> Result<()> {
    connection
        .execute_batch(
            "PRAGMA busy_timeout = 30000;
             PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA foreign_keys = ON;
             PRAGMA temp_store = MEMORY;",
        )
        .db("cannot set up the connection to the database")?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// Brings a database up to date. One that a newer program has written is refused and left as it is.
pub(super) fn migrate(connection: &mut Connection) -> Result<()> {
    migrate_with(connection, &MIGRATIONS)
}

/// Whether a database has all that this program knows of, and nothing more.
pub(super) fn is_current(connection: &Connection) -> Result<bool> {
    let version: u32 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .db("cannot read the database's version")?;
    Ok(version as usize == MIGRATIONS.len())
}

fn migrate_with(connection: &mut Connection, migrations: &[&str]) -> Result<()> {
    let transaction = connection
        .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
        .db("cannot lock the database to bring it up to date")?;
    let version: u32 = transaction
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .db("cannot read the database's version")?;
    let Some(missing) = migrations.get(version as usize..) else {
        return Err(Error::new(
            ErrorKind::Config,
            format!("the database has version {version}, this program knows versions up to {}", migrations.len()),
        )
        .hint("use the griffie that last wrote here, or a newer one"));
    };
    for migration in missing {
        transaction.execute_batch(migration).db("cannot bring the database up to date")?;
    }
    transaction
        .pragma_update(None, "user_version", migrations.len() as u32)
        .db("cannot write the database's version")?;
    // What is computed from the rows of an older program may be computed otherwise now.
    if version > 0 && !missing.is_empty() {
        holding::refresh_all(&transaction)?;
    }
    transaction.commit().db("cannot bring the database up to date")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables(connection: &Connection) -> Vec<(String, String)> {
        let mut statement =
            connection.prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY 1").unwrap();
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
    }

    #[test]
    fn a_database_of_any_age_migrates_and_keeps_its_rows() {
        let mut fresh = Connection::open_in_memory().unwrap();
        migrate(&mut fresh).unwrap();
        for age in 1..=MIGRATIONS.len() {
            let mut old = Connection::open_in_memory().unwrap();
            configure(&old).unwrap();
            migrate_with(&mut old, &MIGRATIONS[..age]).unwrap();
            old.execute("INSERT INTO batches VALUES ('b-1', '2026-01-01T00:00:00Z', NULL, '[]')", []).unwrap();
            migrate(&mut old).unwrap();
            assert_eq!(tables(&old), tables(&fresh), "from version {age}");
            let batches: u32 = old.query_row("SELECT count(*) FROM batches", [], |row| row.get(0)).unwrap();
            assert_eq!(batches, 1, "from version {age}");
        }
    }

    #[test]
    fn a_database_of_a_newer_program_is_refused_and_left_alone() {
        let mut newer = Connection::open_in_memory().unwrap();
        newer.pragma_update(None, "user_version", MIGRATIONS.len() as u32 + 1).unwrap();
        assert_eq!(migrate(&mut newer).unwrap_err().kind(), ErrorKind::Config);
        assert!(tables(&newer).is_empty());
    }

    #[test]
    fn every_table_is_strict() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        for (name, sql) in tables(&connection).iter().filter(|(_, sql)| sql.starts_with("CREATE TABLE")) {
            assert!(sql.contains(") STRICT"), "{name}");
        }
    }
}

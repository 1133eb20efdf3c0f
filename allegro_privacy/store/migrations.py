"""What leads an older database, step by step, to the one that the program of today writes.

MIGRATIONS[n] leads from n to n + 1; SCHEMA is where they end."""

SCHEMA = 9
MIGRATIONS: dict[int, tuple[str, ...]] = {
    1: (
        "CREATE TABLE positions (place TEXT PRIMARY KEY NOT NULL, uidvalidity INTEGER NOT NULL, "
        "through INTEGER NOT NULL, uidnext INTEGER NOT NULL, modseq INTEGER NOT NULL, epoch INTEGER NOT NULL, "
        "at TEXT NOT NULL) STRICT, WITHOUT ROWID",
        "CREATE TABLE filings (place TEXT NOT NULL, uidvalidity INTEGER NOT NULL, uid INTEGER NOT NULL, "
        "kind TEXT NOT NULL, target TEXT NOT NULL, state TEXT NOT NULL, copied_to TEXT, tries INTEGER NOT NULL, "
        "problem TEXT NOT NULL, PRIMARY KEY (place, uidvalidity, uid)) STRICT, WITHOUT ROWID",
    ),
    2: (
        "ALTER TABLE requests ADD COLUMN quality TEXT",
        "ALTER TABLE suppressions ADD COLUMN quality TEXT",
        "DROP INDEX suppressions_active",
        "CREATE INDEX suppressions_active ON suppressions (channel, quality) WHERE lifted IS NULL",
    ),
    3: (
        "ALTER TABLE cases ADD COLUMN lane TEXT NOT NULL DEFAULT 'customer'",
        "CREATE TABLE case_steps (event INTEGER PRIMARY KEY NOT NULL, case_event INTEGER NOT NULL, step TEXT NOT NULL, "
        "state TEXT, reason TEXT, message INTEGER, lane TEXT) STRICT",
        "CREATE INDEX case_steps_by_case ON case_steps (case_event, event)",
        "CREATE INDEX case_steps_by_message ON case_steps (message) WHERE message IS NOT NULL",
    ),
    4: (
        "CREATE TABLE drafts (event INTEGER PRIMARY KEY NOT NULL, at TEXT NOT NULL, message INTEGER NOT NULL, "
        "about TEXT NOT NULL, template TEXT NOT NULL, language TEXT NOT NULL, way TEXT NOT NULL) STRICT",
        "CREATE INDEX drafts_by_message ON drafts (message)",
        "CREATE TABLE outbox (event INTEGER PRIMARY KEY NOT NULL, place TEXT NOT NULL, state TEXT NOT NULL, "
        "folder TEXT NOT NULL, appended_to TEXT NOT NULL, tries INTEGER NOT NULL, problem TEXT NOT NULL) STRICT",
    ),
    5: (
        "CREATE TABLE answers (event INTEGER PRIMARY KEY NOT NULL, review INTEGER NOT NULL, message INTEGER NOT NULL, "
        "what TEXT NOT NULL, undone INTEGER) STRICT",
        "CREATE INDEX answers_by_review ON answers (review)",
        "CREATE INDEX answers_by_message ON answers (message)",
        "CREATE TABLE checks (event INTEGER PRIMARY KEY NOT NULL, message INTEGER NOT NULL, at TEXT NOT NULL, "
        "actor TEXT NOT NULL, verdict TEXT NOT NULL, wrong INTEGER NOT NULL) STRICT",
        "CREATE INDEX checks_by_message ON checks (message)",
        "CREATE INDEX checks_by_time ON checks (at)",
        # What was erased gives no rows any more: only answers that still can be read.
        "INSERT INTO answers (event, review, message, what) SELECT answered_event, event, message, verdict "
        "FROM reviews WHERE answered_event IN (SELECT number FROM payload)",
    ),
    6: (
        "ALTER TABLE suppressions ADD COLUMN customer_number TEXT",
        "ALTER TABLE exports ADD COLUMN change TEXT NOT NULL DEFAULT 'full'",
        "ALTER TABLE exports ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE exports ADD COLUMN after INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE exports ADD COLUMN since_event INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE exports ADD COLUMN removals INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE exports ADD COLUMN held TEXT NOT NULL DEFAULT '[]'",
        "CREATE TABLE acknowledgements (event INTEGER PRIMARY KEY NOT NULL, at TEXT NOT NULL, actor TEXT NOT NULL, "
        "export INTEGER NOT NULL) STRICT",
        "CREATE INDEX acknowledgements_by_export ON acknowledgements (export)",
        "CREATE TABLE seeds (key_hash BLOB NOT NULL, event INTEGER NOT NULL, row INTEGER NOT NULL, "
        "PRIMARY KEY (key_hash, event)) STRICT, WITHOUT ROWID",
        "CREATE INDEX seeds_by_export ON seeds (event)",
        "CREATE TABLE drops (event INTEGER PRIMARY KEY NOT NULL, name TEXT NOT NULL, channel TEXT NOT NULL, "
        "recipient TEXT NOT NULL, file_cut TEXT NOT NULL, in_home TEXT NOT NULL, in_home_until TEXT NOT NULL, "
        "export INTEGER, cancelled INTEGER) STRICT",
        "CREATE TABLE leaks (event INTEGER NOT NULL, suppression INTEGER NOT NULL, sent TEXT NOT NULL, "
        "days INTEGER NOT NULL, within TEXT NOT NULL, PRIMARY KEY (event, suppression, sent)) STRICT, WITHOUT ROWID",
        "CREATE INDEX leaks_by_suppression ON leaks (suppression)",
    ),
    7: (
        "CREATE TABLE scrubs (event INTEGER PRIMARY KEY NOT NULL, at TEXT NOT NULL, actor TEXT NOT NULL, "
        "name TEXT NOT NULL, file TEXT NOT NULL, sha256 TEXT NOT NULL, kept_file TEXT NOT NULL, "
        "kept_sha256 TEXT NOT NULL, channels TEXT NOT NULL, rows INTEGER NOT NULL, kept INTEGER NOT NULL, "
        "dropped INTEGER NOT NULL, looked INTEGER NOT NULL, held INTEGER NOT NULL, as_of INTEGER NOT NULL, "
        "head TEXT NOT NULL, day TEXT NOT NULL, flagged INTEGER NOT NULL, token TEXT NOT NULL, "
        "override TEXT NOT NULL, reason TEXT NOT NULL) STRICT",
        "CREATE TABLE scrub_hits (suppression INTEGER NOT NULL, event INTEGER NOT NULL, dropped INTEGER NOT NULL, "
        "looked INTEGER NOT NULL, PRIMARY KEY (suppression, event)) STRICT, WITHOUT ROWID",
    ),
    8: (
        "CREATE TABLE deliveries (event INTEGER PRIMARY KEY NOT NULL, target TEXT NOT NULL, delivered INTEGER, "
        "at TEXT) STRICT",
        "CREATE INDEX deliveries_waiting ON deliveries (event) WHERE delivered IS NULL",
    ),
}

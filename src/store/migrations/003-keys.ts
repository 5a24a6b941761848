/**
 * Keys, groups and the audit log. Of a secret only its digest is kept. `api_key_alias` holds the names of keys that are not
 * revoked, so that each stands for one of them; `record` holds what is never searched for. `key_epoch` grows with every
 * change of keys or groups. Audit entries are only ever added, which the triggers keep ourselves to; what somebody else does
 * to the file, the chain of hashes shows.
 */
export const KEYS = `
  CREATE TABLE api_key (
    id TEXT PRIMARY KEY,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER,
    revoked_ms INTEGER,
    record TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE api_key_alias (
    alias TEXT PRIMARY KEY,
    key_id TEXT NOT NULL REFERENCES api_key (id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX api_key_alias_of ON api_key_alias (key_id);
  CREATE TABLE api_key_secret (
    digest TEXT PRIMARY KEY,
    key_id TEXT NOT NULL REFERENCES api_key (id),
    position INTEGER NOT NULL,
    last_four TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    grace_until_ms INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX api_key_secret_of ON api_key_secret (key_id);
  CREATE TABLE key_group (
    name TEXT PRIMARY KEY,
    created_ms INTEGER NOT NULL,
    record TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE key_epoch (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    epoch INTEGER NOT NULL
  ) STRICT;
  INSERT INTO key_epoch (id, epoch) VALUES (1, 1);
  CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    facts TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
  CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
  END;
  CREATE TRIGGER audit_is_final BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
  END;
`

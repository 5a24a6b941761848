/**
 * Every attempt on an upstream, with its cost, and two roll-ups of it. Texts that repeat are kept once, in `word`; who asked
 * and what was called repeat as whole tuples. In every column that holds a word, 0 means none; it is the empty text.
 *
 * `attempt` is in the order of commits: `seq` only grows, and rows up to `rolled_seq` are in the roll-ups. So a reader that
 * adds the rows above it to the roll-ups is exact at any moment. Rows whose quarter of an hour (UTC) is below
 * `rows_from_quarter` may have been dropped; their sums stay in `spend_day` (for people) and `spend_quarter` (for budgets).
 * Before `quarters_from` the latter may hold one sum for a whole day, in its first quarter.
 */
export const LEDGER = `
  PRAGMA application_id = 1734440037;
  CREATE TABLE word (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
  ) STRICT;
  INSERT INTO word (id, text) VALUES (0, '');
  CREATE TABLE who (
    id INTEGER PRIMARY KEY,
    key INTEGER NOT NULL,
    alias INTEGER NOT NULL,
    user INTEGER NOT NULL,
    project INTEGER NOT NULL,
    groups INTEGER NOT NULL,
    UNIQUE (key, alias, user, project, groups)
  ) STRICT;
  CREATE TABLE who_group (
    name INTEGER NOT NULL,
    who INTEGER NOT NULL,
    PRIMARY KEY (name, who)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE what (
    id INTEGER PRIMARY KEY,
    endpoint INTEGER NOT NULL,
    model INTEGER NOT NULL,
    tier INTEGER NOT NULL,
    provider INTEGER NOT NULL,
    upstream_model INTEGER NOT NULL,
    intent INTEGER NOT NULL,
    UNIQUE (endpoint, model, tier, provider, upstream_model, intent)
  ) STRICT;
  CREATE TABLE attempt_open (
    id TEXT PRIMARY KEY,
    opening TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE attempt (
    seq INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    took_ms INTEGER NOT NULL,
    request ANY NOT NULL,
    attempt INTEGER NOT NULL,
    who INTEGER NOT NULL,
    what INTEGER NOT NULL,
    tags INTEGER NOT NULL,
    config INTEGER NOT NULL,
    outcome INTEGER NOT NULL,
    failure INTEGER NOT NULL,
    status INTEGER,
    usage_basis INTEGER,
    input INTEGER NOT NULL,
    cache_read INTEGER NOT NULL,
    cache_write_5m INTEGER NOT NULL,
    cache_write_1h INTEGER NOT NULL,
    output INTEGER NOT NULL,
    reasoning INTEGER NOT NULL,
    reported_nano INTEGER,
    cost_nano INTEGER NOT NULL,
    cost_basis INTEGER NOT NULL,
    price_source INTEGER NOT NULL,
    price_as_of INTEGER NOT NULL,
    cache INTEGER NOT NULL,
    reserved_nano INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX attempt_quarter ON attempt (at_ms / 900000);
  CREATE TABLE spend_day (
    day INTEGER NOT NULL,
    who INTEGER NOT NULL,
    what INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    orphaned INTEGER NOT NULL,
    unknown INTEGER NOT NULL,
    input INTEGER NOT NULL,
    cache_read INTEGER NOT NULL,
    cache_write INTEGER NOT NULL,
    output INTEGER NOT NULL,
    reasoning INTEGER NOT NULL,
    cost_nano INTEGER NOT NULL,
    estimated_nano INTEGER NOT NULL,
    reserved_nano INTEGER NOT NULL,
    PRIMARY KEY (day, who, what)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE spend_quarter (
    scope INTEGER NOT NULL,
    subject INTEGER NOT NULL,
    quarter INTEGER NOT NULL,
    model INTEGER NOT NULL,
    tier INTEGER NOT NULL,
    cost_nano INTEGER NOT NULL,
    PRIMARY KEY (scope, subject, quarter, model, tier)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE ledger_state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    rolled_seq INTEGER NOT NULL,
    rows_from_quarter INTEGER NOT NULL,
    quarters_from INTEGER NOT NULL
  ) STRICT;
  INSERT INTO ledger_state (id, rolled_seq, rows_from_quarter, quarters_from) VALUES (1, 0, 0, 0);
`

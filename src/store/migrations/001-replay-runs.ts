/** Runs of `gateway replay`, their rows, and answers that replays got from providers. */
export const REPLAY_RUNS = `
  CREATE TABLE run (
    id TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    spec TEXT NOT NULL,
    summary TEXT
  ) STRICT;
  CREATE TABLE run_row (
    run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    candidate INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    row TEXT NOT NULL,
    PRIMARY KEY (run_id, candidate, ordinal)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE response (
    key TEXT NOT NULL,
    model TEXT NOT NULL,
    response TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (key, model)
  ) STRICT, WITHOUT ROWID;
`

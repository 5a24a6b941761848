/** Every attempt on an upstream, with its cost. */
export const LEDGER = `
  CREATE TABLE word (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
  ) STRICT;
`

// The tables of the traces' own database. A migration that was released is never edited: its checksum is on every disk.

import type { Migration } from '../../store/migrate.ts';

const traces: Migration = {
  number: 1,
  name: 'traces',
  sql: `
CREATE TABLE traces (
  number INTEGER NOT NULL PRIMARY KEY,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  trace_id TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  UNIQUE (account, region, trace_id)
) STRICT;

CREATE INDEX traces_by_start ON traces (account, region, started_at, number);
CREATE INDEX traces_by_age ON traces (started_at);

-- Not WITHOUT ROWID: a document of more than a kilobyte would take a page of its own.
CREATE TABLE segments (
  trace INTEGER NOT NULL,
  id TEXT NOT NULL,
  ended INTEGER NOT NULL,
  document TEXT NOT NULL,
  UNIQUE (trace, id)
) STRICT;
`,
};

export const traceStoreMigrations: readonly Migration[] = [traces];

// The tables of the metrics' own database. A migration that was released is never edited: its checksum is on every disk.

import type { Migration } from '../../store/migrate.ts';

const metrics: Migration = {
  number: 1,
  name: 'metrics',
  sql: `
CREATE TABLE metrics (
  number INTEGER NOT NULL PRIMARY KEY,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  dimensions TEXT NOT NULL,
  dimension_key TEXT NOT NULL,
  last_at INTEGER NOT NULL,
  UNIQUE (account, region, namespace, name, dimension_key)
) STRICT;

CREATE TABLE points (
  metric INTEGER NOT NULL,
  at INTEGER NOT NULL,
  period INTEGER NOT NULL,
  unit TEXT NOT NULL,
  sample_count REAL NOT NULL,
  sum REAL NOT NULL,
  minimum REAL NOT NULL,
  maximum REAL NOT NULL,
  distribution BLOB,
  PRIMARY KEY (metric, at, period, unit)
) STRICT, WITHOUT ROWID;

CREATE INDEX points_by_age ON points (period, at);
`,
};

export const metricStoreMigrations: readonly Migration[] = [metrics];

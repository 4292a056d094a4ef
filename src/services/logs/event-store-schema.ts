// The tables of the log events' own database. A migration that was released is never edited: its checksum is on every disk.

import type { Migration } from '../../store/migrate.ts';

const logEvents: Migration = {
  number: 1,
  name: 'log events',
  sql: `
CREATE TABLE log_groups (
  number INTEGER NOT NULL PRIMARY KEY,
  id TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE log_streams (
  number INTEGER NOT NULL PRIMARY KEY,
  log_group INTEGER NOT NULL,
  name TEXT NOT NULL,
  creation_time INTEGER NOT NULL,
  first_timestamp INTEGER,
  last_timestamp INTEGER,
  last_ingestion_time INTEGER,
  bytes INTEGER NOT NULL DEFAULT 0,
  UNIQUE (log_group, name)
) STRICT;

CREATE TABLE events (
  sequence INTEGER NOT NULL PRIMARY KEY,
  log_group INTEGER NOT NULL,
  log_stream INTEGER NOT NULL,
  timestamp INTEGER NOT NULL,
  ingestion_time INTEGER NOT NULL,
  message TEXT NOT NULL
) STRICT;

CREATE INDEX events_of_group ON events (log_group, timestamp);
CREATE INDEX events_of_stream ON events (log_stream, timestamp);
`,
};

const packedRows: Migration = {
  number: 2,
  name: 'several events in a row',
  sql: `
ALTER TABLE events ADD COLUMN count INTEGER NOT NULL DEFAULT 1;
ALTER TABLE events ADD COLUMN lengths TEXT;
`,
};

export const eventStoreMigrations: readonly Migration[] = [logEvents, packedRows];

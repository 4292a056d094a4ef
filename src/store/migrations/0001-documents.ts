// Documents, the change log and the counters. A migration that was released is never edited: its checksum is on every disk.

import type { Migration } from '../migrate.ts';

export const documents: Migration = {
  number: 1,
  name: 'documents',
  sql: `
CREATE TABLE documents (
  kind TEXT NOT NULL,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  parent TEXT NOT NULL,
  id TEXT NOT NULL CHECK (id <> ''),
  document TEXT NOT NULL,
  PRIMARY KEY (kind, account, region, parent, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE changes (
  revision INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  operation TEXT NOT NULL CHECK (operation IN ('put', 'delete')),
  kind TEXT NOT NULL,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  parent TEXT NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (revision, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE counters (
  name TEXT NOT NULL PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO counters (name, value) VALUES ('revision', 0), ('changes_reach_back_to', 0);
`,
};

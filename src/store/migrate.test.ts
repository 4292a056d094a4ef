import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { type Migration, migrate, migrations } from './migrate.ts';

const first: Migration = { number: 1, name: 'first', sql: 'CREATE TABLE one (a INTEGER) STRICT; INSERT INTO one VALUES (1)' };
const second: Migration = { number: 2, name: 'second', sql: 'ALTER TABLE one ADD COLUMN b INTEGER; UPDATE one SET b = a + 1' };

describe('migrate', () => {
  test('applies what is missing, once, and keeps the data', () => {
    const database = new DatabaseSync(':memory:');
    migrate(database, 'x', [first]);
    migrate(database, 'x', [first, second]);
    migrate(database, 'x', [first, second]);
    assert.deepEqual({ ...database.prepare('SELECT * FROM one').get() }, { a: 1, b: 2 });
    database.close();
  });

  test('a step that fails leaves nothing of itself, and can be tried again', () => {
    const database = new DatabaseSync(':memory:');
    const broken: Migration = {
      number: 2,
      name: 'broken',
      sql: 'ALTER TABLE one ADD COLUMN b INTEGER; INSERT INTO nowhere VALUES (1)',
    };
    assert.throws(() => migrate(database, 'x', [first, broken]), /nowhere/);
    assert.deepEqual({ ...database.prepare('SELECT * FROM one').get() }, { a: 1 });
    migrate(database, 'x', [first, second]);
    assert.deepEqual({ ...database.prepare('SELECT * FROM one').get() }, { a: 1, b: 2 });
    database.close();
  });

  test('the steps of the program are numbered from 1 without a gap', () => {
    assert.deepEqual(
      migrations.map(({ number }) => number),
      migrations.map((_, index) => index + 1),
    );
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runtimeCommands } from './runtime-commands.ts';

const rows: readonly { desc: string; text: string; words: readonly string[] | undefined }[] = [
  { desc: 'words', text: ' java  -jar a.jar ', words: ['java', '-jar', 'a.jar'] },
  { desc: 'a JSON array keeps spaces', text: '["java", "-jar", "a b.jar"]', words: ['java', '-jar', 'a b.jar'] },
  { desc: 'nothing', text: '', words: undefined },
  { desc: 'an empty array', text: '[]', words: undefined },
  { desc: 'an array of other things', text: '["java", 1]', words: undefined },
  { desc: 'no JSON', text: '["java"', words: undefined },
];
for (const row of rows) {
  test(`a runtime's command › ${row.desc}`, () => {
    const read = (): unknown => runtimeCommands(new Map([['java21', row.text]]));
    if (row.words === undefined) assert.throws(read, { code: 'SG_BAD_OPTION' });
    else assert.deepEqual(read(), { java21: row.words });
  });
}

// The chat example in a real browser: two people in two windows, with functions that would run on AWS as they are.

import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Browser, browserCommand, type Page } from './browser.ts';
import { skipWithout } from './other-clients.ts';
import { type StartedExample, type StartedProgram, startExample, startScript } from './started-example.ts';

const root = path.resolve(import.meta.dirname, '../..');
const command = browserCommand();
const skip = skipWithout(command, 'Chromium', 'install it with: apt-get install chromium');

for (const name of ['chat', 'chat-channels']) {
  describe(`examples/${name}`, { skip }, () => {
    let example: StartedExample;
    let table: StartedProgram | undefined;
    let browser: Browser;
    before(async () => {
      table = name === 'chat' ? await startScript('chat/dynamodb.mjs', ['0'], /The table \S+ is ready/) : undefined;
      const url = /The table (\S+) is ready/.exec(table?.output() ?? '')?.[1];
      example = await startExample(name, url === undefined ? [] : ['--param', `dynamodb=${url}`]);
      browser = await Browser.start(command as string);
    });
    after(async () => {
      await browser?.stop();
      await example?.stop();
      await table?.stop();
    });

    const join = async (person: string): Promise<Page> => {
      const said = example.output();
      // The page does not care which of the two it talks to.
      const page = /GET\s+(http:\S+)/.exec(said)?.[1] ?? `file://${root}/examples/chat/page.html`;
      const chat = /WS\s+(ws:\S+)/.exec(said)?.[1] ?? assert.fail(said);
      return browser.open(`${page}?name=${person}&ws=${encodeURIComponent(chat)}`);
    };
    const shows = (text: string) => `document.body.innerText.includes(${JSON.stringify(text)})`;
    const say = async (page: Page, text: string): Promise<void> => {
      await page.until("!document.getElementById('text').disabled");
      await page.evaluate("document.getElementById('text').focus()");
      await page.type(text);
      await page.press('Enter');
    };

    test('two people talk, and one leaves', async () => {
      const ada = await join('ada');
      await ada.until(shows('connected as ada'));
      const bob = await join('bob');
      const both = name === 'chat' ? 'ada, bob' : '2 people';
      await bob.until(shows(both));
      await ada.until(shows(both));
      await say(ada, 'Hello, Bob!');
      await bob.until(shows('Hello, Bob!'));
      await say(bob, '¡Hola <b>Ada</b> 👋');
      await ada.until(shows('¡Hola <b>Ada</b> 👋'));
      await ada.until(`[...document.querySelectorAll('li.own')].some((item) => item.innerText.includes('Hello, Bob!'))`);
      const folder = process.env['STAGEGATE_SCREENSHOTS'];
      if (folder !== undefined) {
        await ada.screenshot(`${folder}/${name}-ada.png`);
        await bob.screenshot(`${folder}/${name}-bob.png`);
      }
      await bob.evaluate('socket.close()');
      await ada.until(shows('bob left'));
    });
  });
}

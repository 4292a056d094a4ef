// Runs in a process of its own: finds the value that a `file(x.js)` variable asks for, and writes it as JSON to fd 3.
// A variable that the code asks for and that has not been answered yet ends the run with its name; it is run again with it.
import { readFileSync, writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const { file, address, options, answers } = JSON.parse(readFileSync(0, 'utf8'));
const end = (result) => {
  const bytes = Buffer.from(JSON.stringify(result));
  for (let at = 0; at < bytes.length; ) at += writeSync(3, bytes, at);
  process.exit(0);
};
const resolveVariable = async (text) => {
  if (!Object.hasOwn(answers, text)) end({ needs: text });
  return answers[text];
};
const context = {
  options,
  resolveVariable,
  resolveConfigurationProperty: (path) => resolveVariable(`self:${path.join('.')}`),
};
const called = async (value) => (typeof value === 'function' ? await value(context) : value);
try {
  const module = await import(pathToFileURL(file).href);
  const names = Object.keys(module);
  const exported =
    'module.exports' in module ? module['module.exports'] : names.join() === 'default' ? module.default : { ...module };
  let value = await called(exported);
  for (const step of address) value = value === undefined || value === null ? undefined : await called(value[step]);
  end({ value: value === undefined ? null : value, isThere: value !== undefined });
} catch (error) {
  end({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}

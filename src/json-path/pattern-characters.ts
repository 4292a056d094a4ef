// The sets of characters and the assertions that Java's regular expressions have names for. They are Java's: ASCII only.

export type CharacterTest = (code: number) => boolean;

export function asciiLower(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code;
}

export function asciiUpper(code: number): number {
  return code >= 97 && code <= 122 ? code - 32 : code;
}

export function isLineEnd(code: number): boolean {
  return code === 10 || code === 13 || code === 0x85 || code === 0x2028 || code === 0x2029;
}

export function isBeforeLastLineEnd(text: string, at: number): boolean {
  if (at >= text.length) return true;
  if (at === text.length - 1) return isLineEnd(text.charCodeAt(at)) && !(text[at] === '\n' && text[at - 1] === '\r');
  return at === text.length - 2 && text[at] === '\r' && text[at + 1] === '\n';
}

const isDigit: CharacterTest = (code) => code >= 48 && code <= 57;
const isLower: CharacterTest = (code) => code >= 97 && code <= 122;
const isUpper: CharacterTest = (code) => code >= 65 && code <= 90;
const isLetter: CharacterTest = (code) => isLower(code) || isUpper(code);
const isWord: CharacterTest = (code) => isLetter(code) || isDigit(code) || code === 95;
const isSpace: CharacterTest = (code) => code === 32 || (code >= 9 && code <= 13);

export const sets: ReadonlyMap<string, CharacterTest> = new Map<string, CharacterTest>([
  ['d', isDigit],
  ['D', (code) => !isDigit(code)],
  ['w', isWord],
  ['W', (code) => !isWord(code)],
  ['s', isSpace],
  ['S', (code) => !isSpace(code)],
  ['h', (code) => code === 32 || code === 9 || code === 0xa0],
  ['v', (code) => code >= 10 && code <= 13],
]);

export const named: ReadonlyMap<string, CharacterTest> = new Map<string, CharacterTest>([
  ['Lower', isLower],
  ['Upper', isUpper],
  ['Alpha', isLetter],
  ['Digit', isDigit],
  ['Alnum', (code) => isLetter(code) || isDigit(code)],
  ['Space', isSpace],
  ['ASCII', (code) => code < 128],
  ['XDigit', (code) => isDigit(code) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70)],
  ['Cntrl', (code) => code < 32 || code === 127],
  ['Blank', (code) => code === 32 || code === 9],
  ['Punct', (code) => code > 32 && code < 127 && !isLetter(code) && !isDigit(code)],
  ['Print', (code) => code >= 32 && code < 127],
  ['Graph', (code) => code > 32 && code < 127],
]);

export const controls: ReadonlyMap<string, string> = new Map([
  ['t', '\t'],
  ['n', '\n'],
  ['r', '\r'],
  ['f', '\f'],
  ['a', '\u0007'],
  ['e', '\u001b'],
]);

export const assertions: ReadonlyMap<string, (text: string, at: number) => boolean> = new Map([
  ['b', (text: string, at: number) => isWord(text.charCodeAt(at - 1)) !== isWord(text.charCodeAt(at))],
  ['B', (text: string, at: number) => isWord(text.charCodeAt(at - 1)) === isWord(text.charCodeAt(at))],
  ['A', (_text: string, at: number) => at === 0],
  ['z', (text: string, at: number) => at === text.length],
  ['Z', isBeforeLastLineEnd],
]);

// How SEARCH cuts names into tokens, and when a term without quotes is found in a name.
//
// AWS: camel case, digits and other characters separate tokens: CustomCount1 is custom, count, 1 and, as a whole, customcount1;
// SDBFailure is sdb, failure. One token is found in any case. Several tokens are found when they follow one another, and then with
// their case (CustomCount and Count1 find CustomCount1; customcount, count1 and couNT do not), except that between two tokens any
// other characters may stand or none (network/errors finds Network-Errors-2 and NetworkErrors2).
// Seen: user guide, "CloudWatch search expression syntax", the sections on tokenization and partial matches.

export interface SearchPart {
  readonly text: string;
  readonly lower: string;
  /** In a term: compared with its case, because it was cut from its neighbour only by case or by a digit. */
  readonly withCase: boolean;
}

export interface SearchWords {
  readonly parts: readonly SearchPart[];
  /** All of it in lower case, without what is neither letter nor digit. */
  readonly whole: string;
}

type CharacterClass = 'upper' | 'lower' | 'digit' | 'other';

function classOf(character: string): CharacterClass {
  if (/\p{N}/u.test(character)) return 'digit';
  if (/\p{Lu}/u.test(character)) return 'upper';
  return /\p{L}/u.test(character) ? 'lower' : 'other';
}

/** Cuts a name or a term into its tokens. */
export function searchWords(text: string): SearchWords {
  const parts: SearchPart[] = [];
  let run: string[] = [];
  let characters: string[] = [];
  let before: CharacterClass = 'other';
  const endPart = (): void => {
    if (characters.length > 0) run.push(characters.join(''));
    characters = [];
  };
  const endRun = (): void => {
    endPart();
    for (const part of run) parts.push({ text: part, lower: part.toLowerCase(), withCase: run.length > 1 });
    run = [];
  };
  for (const character of text) {
    const here = classOf(character);
    if (here === 'other') endRun();
    else {
      if (here === 'lower' && before === 'upper' && characters.length > 1) {
        // The last of several upper-case letters begins the next token: SDB|Failure.
        const first = characters.pop() as string;
        endPart();
        characters = [first];
      } else if (here !== before && !(here === 'lower' && before === 'upper')) endPart();
      characters.push(character);
    }
    before = here;
  }
  endRun();
  return { parts, whole: lettersAndDigits(text) };
}

function lettersAndDigits(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
}

/** Whether the tokens of the term are found in the name. */
export function findsWords(term: SearchWords, name: string): boolean {
  const first = term.parts[0];
  if (first === undefined) return false;
  const whole = lettersAndDigits(name);
  if (whole === term.whole) return true;
  // Most names are ruled out here, without being cut.
  if (!whole.includes(first.lower)) return false;
  const words = searchWords(name);
  for (let at = 0; at + term.parts.length <= words.parts.length; at += 1) {
    if (sameParts(term, words, at)) return true;
  }
  return false;
}

function sameParts(term: SearchWords, words: SearchWords, from: number): boolean {
  return term.parts.every((part, index) => {
    const other = words.parts[from + index];
    return other !== undefined && (part.withCase ? part.text === other.text : part.lower === other.lower);
  });
}

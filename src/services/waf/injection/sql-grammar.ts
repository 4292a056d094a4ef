// What makes tokens an injection: not words alone, but what can only be said to a database.

import type { SqlToken, TokenKind } from './sql-tokens.ts';

export interface SqlText {
  readonly tokens: readonly SqlToken[];
  /** The text ended a string that it stands in: nobody writes that by chance. */
  readonly breaksOut: boolean;
}

/** The place of a token that gives an injection away; undefined: none does. */
export type SqlRule = (text: SqlText, at: number) => boolean;

const VALUES: ReadonlySet<TokenKind> = new Set(['number', 'string', 'openString', 'word', 'variable']);
const LITERALS: ReadonlySet<TokenKind> = new Set(['number', 'string', 'openString', 'variable']);
const CONDITION: ReadonlySet<TokenKind> = new Set([...LITERALS, 'logic', 'comparison', 'operator', 'comment', '(', ')']);

/** Functions that wait, tell or reach further than a query has to. */
const TELLING: ReadonlySet<string> = new Set([
  ...[
    'ascii',
    'benchmark',
    'cast',
    'char',
    'chr',
    'coalesce',
    'concat',
    'concat_ws',
    'convert',
    'count',
    'current_user',
    'database',
    'elt',
  ],
  ...[
    'exp',
    'extractvalue',
    'floor',
    'group_concat',
    'hex',
    'if',
    'ifnull',
    'length',
    'load_file',
    'lower',
    'make_set',
    'md5',
    'mid',
    'name_const',
  ],
  ...[
    'ord',
    'pg_sleep',
    'rand',
    'randomblob',
    'row',
    'schema',
    'sleep',
    'strcmp',
    'substr',
    'substring',
    'unhex',
    'updatexml',
    'upper',
    'user',
    'version',
  ],
]);
/** Functions that nobody but an attacker calls from outside. */
const ATTACKING: ReadonlySet<string> = new Set([
  ...[
    'benchmark',
    'dbms_lock',
    'dbms_pipe',
    'extractvalue',
    'load_file',
    'lo_export',
    'lo_import',
    'openrowset',
    'pg_read_file',
    'pg_sleep',
  ],
  ...['sp_executesql', 'sp_oacreate', 'updatexml', 'utl_http', 'utl_inaddr', 'xp_cmdshell', 'xp_dirtree', 'xp_regread'],
]);
const STATEMENTS: Readonly<Record<string, readonly string[]>> = {
  alter: ['table', 'database', 'user', 'login', 'role'],
  create: ['table', 'database', 'user', 'login', 'procedure', 'function', 'trigger', 'view'],
  delete: ['from'],
  drop: ['table', 'database', 'schema', 'view', 'user', 'login', 'procedure', 'function', 'index'],
  insert: ['into'],
  load: ['data'],
  replace: ['into'],
  truncate: ['table'],
  waitfor: ['delay', 'time'],
};

const word = (tokens: readonly SqlToken[], at: number): string => (tokens[at]?.kind === 'word' ? (tokens[at]?.text ?? '') : '');
const kind = (tokens: readonly SqlToken[], at: number): TokenKind | undefined => tokens[at]?.kind;
const isValue = (tokens: readonly SqlToken[], at: number): boolean => VALUES.has(kind(tokens, at) ?? 'other');

function skip(tokens: readonly SqlToken[], at: number, kinds: readonly TokenKind[]): number {
  let next = at;
  while (kinds.includes(kind(tokens, next) ?? 'other') && next < tokens.length) next++;
  return next;
}

/** Behind what a condition can follow: a value, a closing bracket, or the string that was broken out of. */
function followsValue({ tokens, breaksOut }: SqlText, at: number): boolean {
  let before = at - 1;
  while (kind(tokens, before) === 'comment') before--;
  if (breaksOut && before === 0) return true;
  // Before a bracket as well: `1) or (1=1`.
  while (kind(tokens, before) === ')') before--;
  if (breaksOut && before === 0) return true;
  return (
    LITERALS.has(kind(tokens, before) ?? 'other') && kind(tokens, before) !== 'openString' && isStart(tokens, before, breaksOut)
  );
}

/** A number or a string that the text begins with, or that is compared; behind a string that was broken out of, with nothing but a condition between. */
function isStart(tokens: readonly SqlToken[], at: number, breaksOut: boolean): boolean {
  if (breaksOut) return tokens.slice(1, at).every((token) => CONDITION.has(token.kind));
  const before = kind(tokens, at - 1);
  return at === 0 || before === 'comparison' || before === 'logic' || before === '(' || before === 'operator';
}

/** `or 1=1`, `and 'a'='a`, `|| sleep(5)`, `or not exists(select …)`. */
export const condition: SqlRule = (text, at) => {
  const { tokens, breaksOut } = text;
  if (kind(tokens, at) !== 'logic' || !followsValue(text, at)) return false;
  const first = skip(tokens, at + 1, ['(', 'logic', 'operator', 'comment']);
  if (isCall(tokens, first, TELLING) || ['select', 'exists', 'case'].includes(word(tokens, first))) return true;
  if (!isValue(tokens, first)) return false;
  const after = skip(tokens, first + 1, [')', 'comment']);
  const hasComment = tokens.slice(first + 1, after).some((token) => token.kind === 'comment');
  const isTruth = LITERALS.has(kind(tokens, first) ?? 'other') || ['true', 'false', 'null'].includes(word(tokens, first));
  // `or 1 --`, `or 'x`: the rest of the query is cut off, or closes the string.
  if (isTruth && (hasComment || (after >= tokens.length && (breaksOut || kind(tokens, first) === 'openString')))) return true;
  const compared = skip(tokens, after, ['comment', ')']);
  if (kind(tokens, compared) !== 'comparison' && kind(tokens, compared) !== 'operator') return false;
  const second = skip(tokens, compared + 1, ['comparison', '(', 'logic', 'comment', 'operator']);
  if (!isValue(tokens, second)) return false;
  // Words compared with words are prose, unless the text broke out of a string.
  return breaksOut || LITERALS.has(kind(tokens, first) ?? 'other') || LITERALS.has(kind(tokens, second) ?? 'other');
};

/** `x'='x`, `'like'%`, `'<>'`: a comparison right behind the string that was broken out of. */
export const comparison: SqlRule = ({ tokens, breaksOut }, at) => {
  if (!breaksOut || at !== 1 || kind(tokens, at) !== 'comparison') return false;
  const value = skip(tokens, at + 1, ['comparison', '(', 'comment']);
  return LITERALS.has(kind(tokens, value) ?? 'other') && value > at;
};

/** `union select …`, with what a query would list. */
export const union: SqlRule = ({ tokens, breaksOut }, at) => {
  if (!['union', 'intersect', 'except', 'minus'].includes(word(tokens, at))) return false;
  let next = skip(tokens, at + 1, ['comment', '(']);
  if (['all', 'distinct', 'distinctrow'].includes(word(tokens, next))) next = skip(tokens, next + 1, ['comment', '(']);
  if (word(tokens, next) !== 'select') return word(tokens, next) === 'values' && kind(tokens, next + 1) === '(';
  return breaksOut || listsColumns(tokens, next + 1);
};

/** Behind `select`: literals, functions, `*`, or columns of a table. */
function listsColumns(all: readonly SqlToken[], at: number): boolean {
  // Comments stand for spaces; the last one cuts the rest of the query off.
  const tokens = all.slice(at).filter((token, place, rest) => token.kind !== 'comment' || place === rest.length - 1);
  let next = skip(tokens, 0, ['(']);
  if (['all', 'distinct', 'top'].includes(word(tokens, next))) next = skip(tokens, next + 1, ['(', 'number']);
  const first = kind(tokens, next);
  if (first === 'number' || first === 'variable' || first === 'string' || first === 'openString') return true;
  if (first === 'operator' && tokens[next]?.text === '*') return true;
  if (first !== 'word') return false;
  if (word(tokens, next) === 'null' || kind(tokens, next + 1) === '(') return true;
  let column = next;
  while (kind(tokens, column + 1) === '.' || kind(tokens, column + 1) === ',') column += 2;
  return column > next
    ? word(tokens, column + 1) === 'from'
    : word(tokens, next + 1) === 'from' && isValue(tokens, next + 2) && endsQuery(tokens, next + 3);
}

function endsQuery(tokens: readonly SqlToken[], at: number): boolean {
  const next = kind(tokens, at);
  return (
    next === undefined ||
    next === 'comment' ||
    next === ')' ||
    next === ';' ||
    ['where', 'limit', 'order', 'group', 'having'].includes(word(tokens, at))
  );
}

/** `; drop table users`, `; exec xp_cmdshell …`, `; select sleep(5)`. */
export const stackedStatement: SqlRule = ({ tokens, breaksOut }, at) => {
  if (kind(tokens, at) !== ';') return false;
  const start = skip(tokens, at + 1, ['comment', ';']);
  const verb = word(tokens, start);
  const object = word(tokens, skip(tokens, start + 1, ['comment']));
  if (STATEMENTS[verb]?.includes(object) === true) return true;
  if (verb === 'update') return word(tokens, start + 2) === 'set';
  if (verb === 'select') return breaksOut || listsColumns(tokens, start + 1);
  if (verb === 'declare') return kind(tokens, start + 1) === 'variable';
  if (verb === 'shutdown')
    return kind(tokens, start + 1) === undefined || kind(tokens, start + 1) === 'comment' || object === 'with';
  if (verb === 'exec' || verb === 'execute')
    return kind(tokens, start + 1) === '(' || /^(?:xp_|sp_|immediate|master)/.test(object);
  return ATTACKING.has(verb);
};

/** `admin'--`, `1)#`: the rest of the query is cut off right behind the value. */
export const truncation: SqlRule = ({ tokens, breaksOut }, at) => {
  if (!breaksOut || kind(tokens, at) !== 'comment') return false;
  const before = skip(tokens, 1, [')', ';']);
  // Prose has spaces in front of what looks like a quote and a mark.
  return at === before && !/\s/.test(tokens[0]?.text.trim() ?? '');
};

/** `1 order by 10--`, `' having 1=1`, `') group by x`. */
export const clause: SqlRule = ({ tokens, breaksOut }, at) => {
  const verb = word(tokens, at);
  const first = skip(tokens, 0, ['(', 'number']);
  const isNear = breaksOut
    ? at === skip(tokens, 1, [')', 'comment'])
    : at > 0 && at === skip(tokens, first, [')', 'comment']) && first > 0;
  if (!isNear) return false;
  const next = skip(tokens, at + 1, ['comment']);
  if (verb === 'order' || verb === 'group') {
    if (word(tokens, next) !== 'by') return false;
    const value = skip(tokens, next + 1, ['comment', '(']);
    return kind(tokens, value) === 'number' || (breaksOut && isValue(tokens, value)) || kind(tokens, value + 1) === 'comment';
  }
  if (verb === 'having') return isValue(tokens, next) && ['comparison', '('].includes(kind(tokens, next + 1) ?? 'other');
  if (verb === 'limit')
    return (
      kind(tokens, next) === 'number' &&
      (kind(tokens, next + 1) === 'comment' || ['into', 'procedure', 'union'].includes(word(tokens, next + 1)))
    );
  if (verb === 'into') return ['outfile', 'dumpfile'].includes(word(tokens, next));
  return verb === 'waitfor' && ['delay', 'time'].includes(word(tokens, next));
};

/** `'||(select …)||'`, `'+char(65)+'`: something is put together with the string that was broken out of. */
export const concatenation: SqlRule = ({ tokens, breaksOut }, at) => {
  if (!breaksOut || at !== 1) return false;
  const joins =
    tokens[at]?.text === '||' ||
    tokens[at]?.text === '+' ||
    tokens[at]?.text === '*' ||
    tokens[at]?.text === '-' ||
    tokens[at]?.text === '^';
  if (!joins) return false;
  const first = skip(tokens, at + 1, ['(', 'comment']);
  return word(tokens, first) === 'select' || isCall(tokens, first, TELLING);
};

/** `load_file('/etc/passwd')`, `if(1=1, sleep(5), 0)`. */
export const attackingCall: SqlRule = ({ tokens, breaksOut }, at) => {
  if (isCall(tokens, at, ATTACKING) || (ATTACKING.has(word(tokens, at)) && kind(tokens, at + 1) === '.'))
    return at === 0 || hasArgument(tokens, at);
  if (word(tokens, at) === 'if' || word(tokens, at) === 'iif')
    return kind(tokens, at + 1) === '(' && kind(tokens, at + 3) === 'comparison' && kind(tokens, at + 5) === ',';
  const isNear = at === 0 || breaksOut || kind(tokens, at - 1) === 'operator' || kind(tokens, at - 1) === '(';
  return (
    word(tokens, at) === 'sleep' &&
    isNear &&
    kind(tokens, at + 1) === '(' &&
    kind(tokens, at + 2) === 'number' &&
    kind(tokens, at + 3) === ')'
  );
};

function hasArgument(tokens: readonly SqlToken[], at: number): boolean {
  const first = skip(tokens, at + 1, ['(', '.', 'comment']);
  return isValue(tokens, first);
}

function isCall(tokens: readonly SqlToken[], at: number, names: ReadonlySet<string>): boolean {
  return names.has(word(tokens, at)) && kind(tokens, skip(tokens, at + 1, ['comment'])) === '(';
}

/** `select password from users where …`, `(select …)`, `case when 1=1 then …`. */
export const query: SqlRule = ({ tokens }, at) => {
  const before = kind(tokens, at - 1);
  const begins = at === 0 || before === '(' || before === ';' || before === 'comment';
  if (!begins) return false;
  const verb = word(tokens, at);
  if (verb === 'select') {
    const rest = tokens.slice(at + 1);
    return (
      listsColumns(tokens, at + 1) && (before === '(' || rest.some((token) => token.kind === 'word' && token.text === 'from'))
    );
  }
  if (verb === 'case')
    return word(tokens, at + 1) === 'when' && tokens.slice(at + 2, at + 8).some((token) => token.text === 'then');
  if (at !== 0) return false;
  const object = word(tokens, 1);
  if (verb === 'update') return word(tokens, 2) === 'set' && kind(tokens, 4) === 'comparison';
  if (verb === 'insert') return object === 'into' && (kind(tokens, 3) === '(' || word(tokens, 3) === 'values');
  if (verb === 'delete') return object === 'from' && (tokens.length === 3 || word(tokens, 3) === 'where');
  if (verb === 'drop' || verb === 'truncate')
    return object === 'table' && (kind(tokens, 3) === 'comment' || kind(tokens, 3) === ';');
  return false;
};

/** MySQL runs what is in such a comment. */
export const runComment: SqlRule = ({ tokens }, at) =>
  kind(tokens, at) === 'comment' &&
  tokens[at]?.text.startsWith('/*!') === true &&
  ['word', 'logic'].includes(kind(tokens, at + 1) ?? '');

export const lowRules: readonly SqlRule[] = [
  ...[condition, comparison, union, stackedStatement, truncation, clause, concatenation, attackingCall, query, runComment],
];

/** Conditions behind words, comments between words, any further statement, any query. */
export const highRules: readonly SqlRule[] = [
  ...lowRules,
  ({ tokens }, at) => {
    if (kind(tokens, at) !== 'logic') return false;
    const first = skip(tokens, at + 1, ['(', 'comment']);
    return LITERALS.has(kind(tokens, first) ?? 'other') && kind(tokens, first + 1) === 'comparison' && isValue(tokens, first + 2);
  },
  ({ tokens }, at) =>
    kind(tokens, at) === 'comment' && kind(tokens, at - 1) === 'word' && ['word', '('].includes(kind(tokens, at + 1) ?? ''),
  ({ tokens }, at) =>
    kind(tokens, at) === ';' &&
    (word(tokens, at + 1) in STATEMENTS || ['select', 'exec', 'execute', 'declare'].includes(word(tokens, at + 1))),
  ({ tokens }, at) => word(tokens, at) === 'select' && tokens.slice(at + 2).some((token) => token.text === 'from'),
  ({ tokens }, at) => word(tokens, at) === 'union' && word(tokens, skip(tokens, at + 1, ['comment'])) === 'select',
  ({ tokens }, at) => isCall(tokens, at, new Set(['sleep', 'pg_sleep', 'benchmark'])),
  ({ tokens }, at) =>
    kind(tokens, at) === 'comment' && at === tokens.length - 1 && LITERALS.has(kind(tokens, at - 1) ?? 'other') && at < 4,
];

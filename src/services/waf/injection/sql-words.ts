// What the words of a statement are: keywords, phrases of several words, functions. Many keywords are English words too, so a word is a
// keyword only where its neighbours allow it, and phrases (`group by`, `drop table`) are one token.

import type { LexicalKind, LexicalToken } from './sql-tokens.ts';

/**
 * The lexical kinds without words, and of words:
 * - values: `n` name, `N` name of a system catalogue, `X` name of a procedure that reaches the system, `a` all columns
 * - functions in front of their parenthesis: `g` known, `G` one that waits, reads files or reaches the network, `m` unknown
 * - `~` comparison in words, `A` as
 * - `U` union, `E` select, `r` from, `w` where, `B` order by and group by, `H` having, `M` limit, `P` procedure analyse
 * - `C` case, `W` when, `T` then
 * - `Q` into outfile, `V` the beginning of a statement that changes something, `Z` that of one that no prose has, `Y` execute
 * - folding adds: `f` call of a known function, `F` of a dangerous one, `x` an expression with a dangerous call in it, `L` list,
 *   `t` comparison of constants, `b` other comparison, `j` the statement's string with more added, `J` the same up to its other end
 */
export type SqlKind =
  | LexicalKind
  | 'a'
  | 'N'
  | 'X'
  | 'g'
  | 'G'
  | 'm'
  | '~'
  | 'A'
  | 'U'
  | 'E'
  | 'r'
  | 'w'
  | 'B'
  | 'H'
  | 'M'
  | 'P'
  | 'C'
  | 'W'
  | 'T'
  | 'Q'
  | 'V'
  | 'Z'
  | 'Y'
  | 'f'
  | 'F'
  | 'x'
  | 'L'
  | 't'
  | 'b'
  | 'j'
  | 'J';

export interface SqlToken {
  readonly kind: SqlKind;
  readonly value: string;
  readonly glued: boolean;
  readonly afterComment: boolean;
}

/** Tokens with their words told apart. */
export function readSqlWords(tokens: readonly LexicalToken[]): readonly SqlToken[] {
  const found: SqlToken[] = [];
  for (let at = 0; at < tokens.length; ) {
    const token = tokens[at] as LexicalToken;
    const phrase = token.kind === 'n' ? phraseAt(tokens, at) : undefined;
    if (phrase === undefined) {
      found.push({ ...token, kind: token.kind === 'n' ? kindOfWord(tokens, at, found.at(-1)) : token.kind });
      at++;
    } else {
      found.push({ ...token, kind: phrase.kind, value: phraseText(tokens, at, phrase.length) });
      at += phrase.length;
    }
  }
  return found;
}

interface Phrase {
  readonly kind: SqlKind;
  readonly length: number;
}

/** By their first word: the words after it (`@`: a variable, `'`: a string, `n`: any word), the longest first, and what they are. */
const PHRASES: ReadonlyMap<string, readonly (readonly [after: readonly string[], kind: SqlKind])[]> = new Map(
  (
    [
      ['union', 'all distinct', 'U'],
      ['union', 'all', 'U'],
      ['union', 'distinct', 'U'],
      ['union', 'distinctrow', 'U'],
      ['union', '', 'U'],
      ['intersect', 'select', 'E'],
      ['except', 'select', 'E'],
      ['minus', 'select', 'E'],
      ['select', 'distinct', 'E'],
      ['select', 'distinctrow', 'E'],
      ['select', 'all', 'E'],
      ['select', 'sql_no_cache', 'E'],
      ['select', 'straight_join', 'E'],
      ['select', 'top', 'E'],
      ['select', '', 'E'],
      ['order', 'by', 'B'],
      ['group', 'by', 'B'],
      ['partition', 'by', 'B'],
      ['procedure', 'analyse', 'P'],
      ['procedure', 'analyze', 'P'],
      ['into', 'outfile', 'Q'],
      ['into', 'dumpfile', 'Q'],
      ['load', 'data infile', 'Z'],
      ['load', 'data local infile', 'Z'],
      ['waitfor', "delay '", 'Z'],
      ['waitfor', "time '", 'Z'],
      ['waitfor', 'delay @', 'Z'],
      ['declare', '@', 'V'],
      ['set', '@ =', 'V'],
      ['shutdown', 'with nowait', 'Z'],
      ['drop', 'table if exists', 'Z'],
      ['drop', 'database if exists', 'Z'],
      ['drop', 'table', 'V'],
      ['drop', 'database', 'V'],
      ['drop', 'view', 'V'],
      ['drop', 'schema', 'V'],
      ['drop', 'user', 'V'],
      ['drop', 'index', 'V'],
      ['drop', 'column', 'V'],
      ['drop', 'procedure', 'V'],
      ['drop', 'function', 'V'],
      ['drop', 'trigger', 'V'],
      ['drop', 'role', 'V'],
      ['drop', 'login', 'V'],
      ['create', 'table', 'V'],
      ['create', 'database', 'V'],
      ['create', 'user n identified', 'Z'],
      ['create', 'user', 'V'],
      ['create', 'login', 'V'],
      ['create', 'procedure', 'V'],
      ['create', 'function', 'V'],
      ['create', 'trigger', 'V'],
      ['create', 'view', 'V'],
      ['create', 'or replace', 'V'],
      ['alter', 'table', 'V'],
      ['alter', 'user', 'V'],
      ['alter', 'database', 'V'],
      ['alter', 'login', 'V'],
      ['alter', 'role', 'V'],
      ['truncate', 'table', 'V'],
      ['rename', 'table', 'V'],
      ['lock', 'tables', 'V'],
      ['flush', 'privileges', 'V'],
      ['insert', 'into', 'V'],
      ['insert', 'ignore into', 'V'],
      ['replace', 'into', 'V'],
      ['merge', 'into', 'V'],
      ['delete', 'from', 'V'],
      ['update', 'n set', 'V'],
      ['grant', 'all', 'V'],
      ['backup', 'database', 'V'],
      ['backup', 'log', 'V'],
      ['restore', 'database', 'V'],
      ['bulk', 'insert', 'V'],
      ['attach', 'database', 'V'],
      ['copy', 'n from program', 'Z'],
      ['copy', 'n to program', 'Z'],
      ['shutdown', '', 'Y'],
      ['exec', 'immediate', 'Z'],
      ['execute', 'immediate', 'Z'],
      ['exec', '', 'Y'],
      ['execute', '', 'Y'],
      ['call', '', 'Y'],
    ] as const
  ).reduce((table, [first, after, kind]) => {
    const words = after === '' ? [] : after.split(' ');
    return table.set(first, [...(table.get(first) ?? []), [words, kind] as const]);
  }, new Map<string, (readonly [readonly string[], SqlKind])[]>()),
);

function phraseAt(tokens: readonly LexicalToken[], at: number): Phrase | undefined {
  const candidates = PHRASES.get(wordAt(tokens, at));
  if (candidates === undefined) return undefined;
  for (const [after, kind] of candidates) {
    if (after.every((word, index) => isWord(tokens, at + 1 + index, word))) return { kind, length: 1 + after.length };
  }
  return undefined;
}

function isWord(tokens: readonly LexicalToken[], at: number, word: string): boolean {
  const token = tokens[at];
  if (token === undefined) return false;
  if (word === '@') return token.kind === 'v';
  if (word === '=') return token.kind === '=';
  if (word === "'") return token.kind === 's' || token.kind === 'q';
  if (word === 'n') return token.kind === 'n';
  return token.kind === 'n' && token.value.toLowerCase() === word;
}

function wordAt(tokens: readonly LexicalToken[], at: number): string {
  return tokens[at]?.value.toLowerCase() ?? '';
}

function phraseText(tokens: readonly LexicalToken[], at: number, length: number): string {
  return tokens
    .slice(at, at + length)
    .map((token) => token.value)
    .join(' ');
}

const WORDS: ReadonlyMap<string, SqlKind> = new Map(
  (
    [
      ['&', 'and or xor'],
      ['!', 'not'],
      ['~', 'like rlike regexp in between is glob ilike similar sounds isnull notnull'],
      ['1', 'null true false'],
      ['A', 'as'],
      ['r', 'from'],
      ['w', 'where'],
      ['H', 'having'],
      ['M', 'limit offset'],
      ['C', 'case'],
      ['W', 'when'],
      ['T', 'then'],
      ['v', 'current_user session_user system_user current_timestamp current_date current_database sysdate rownum rowid'],
    ] as const
  ).flatMap(([kind, words]) => words.split(' ').map((word) => [word, kind] as const)),
);

/** Known with a parenthesis behind them. */
const FUNCTIONS: ReadonlySet<string> = new Set(
  `abs ascii avg bin bin_to_num bit_length cast ceil ceiling char char_length character_length chr coalesce collation compress concat
  concat_ws connection_id conv convert count crc32 current_user database date_add db_name decode dec_to_hex elt encode exists exp
  export_set field find_in_set floor format found_rows from_base64 gtid_subset greatest group_concat hex host_name iif if ifnull in_aes
  inet_aton instr isnull json_extract json_keys json_array json_object json_value lcase least left len length listagg ln locate log lower
  lpad ltrim make_set max md5 mid min mod name_const nchar nullif nvl nvl2 object_id oct octet_length ord password position pow power
  quote rand random rawtohex regexp_like repeat replace reverse right round row row_count rpad rtrim schema session_user sha sha1 sha2
  sign soundex space sqrt strcmp string_agg stuff substr substring substring_index sum suser_name suser_sname system_user
  to_base64 to_char to_number trim truncate typeof ucase unhex unicode upper user user_name utl_raw.cast_to_varchar2 uuid values version
  xmltype xmlforest array_to_string current_setting current_database hextoraw quote_literal sqlite_version st_latfromgeohash`.split(
    /\s+/,
  ),
);

/** What waits, reads or writes files, reaches the network, or tells of itself in an error message. */
const DANGEROUS_FUNCTIONS: ReadonlySet<string> = new Set(
  `sleep benchmark pg_sleep pg_sleep_for pg_sleep_until extractvalue updatexml load_file load_extension xp_cmdshell xp_dirtree xp_regread
  xp_fileexist randomblob zeroblob get_lock release_lock master_pos_wait lo_import lo_export pg_read_file pg_ls_dir pg_read_binary_file
  database_to_xml query_to_xml dblink dblink_connect dbms_pipe.receive_message dbms_lock.sleep dbms_session.sleep dbms_xmlgen.getxml
  utl_http.request utl_inaddr.get_host_address utl_inaddr.get_host_name utl_file.fopen utl_tcp.open_connection httpuritype
  ctxsys.drithsx.sn sys.dbms_ldap.init dbms_ldap.init openrowset opendatasource openquery writefile readfile fts3_tokenizer
  sys_eval sys_exec geometrycollection multipoint multilinestring linestring polygon gtid_subtract generate_series`.split(/\s+/),
);

const SYSTEM_NAME =
  /^(?:information_schema\.|mysql\.(?:user|db|proc)|performance_schema\.|pg_catalog\.|pg_(?:user|shadow|tables|database|roles|class|authid)$|sys\.(?:user|objects|databases|tables|columns|sql_logins|schema_)|(?:master|tempdb|msdb)?(?:\.(?:dbo)?)?\.?sys(?:objects|columns|databases|logins|users|processes)$|sqlite_(?:master|schema|temp_master)$|msysobjects$|(?:all|dba|user)_(?:tables|users|tab_columns|objects|col_privs)$|v\$(?:version|instance|session)|innodb_table_stats)/;
/** SQL Server's procedures, with or without their owner. */
const SYSTEM_PROCEDURE =
  /(?:^|\.)(?:xp_[a-z]{3,24}|sp_(?:oa[a-z]{3,16}|executesql|configure|password|addsrvrolemember|addlogin|makewebtask|addextendedproc|execute_external_script|helpdb|who2?|start_job))$/;

/** `before`: the token in front, read already. */
function kindOfWord(tokens: readonly LexicalToken[], at: number, before: SqlToken | undefined): SqlKind {
  const token = tokens[at] as LexicalToken;
  const word = token.value.toLowerCase();
  const next = tokens[at + 1];
  if (next?.kind === '(' && !KEYWORDS_BEFORE_PARENTHESES.has(word)) {
    if (DANGEROUS_FUNCTIONS.has(word)) return 'G';
    if (FUNCTIONS.has(word)) return 'g';
  }
  const keyword = WORDS.get(word);
  if (keyword !== undefined) return keyword;
  if ((word === 'div' || word === 'mod') && before !== undefined && '1sh)'.includes(before.kind)) return 'o';
  if ((word === 'values' || word === 'table') && before?.kind === 'U') return 'E';
  if (SYSTEM_PROCEDURE.test(word)) return 'X';
  if (SYSTEM_NAME.test(word)) return 'N';
  if (next?.kind === '(' && next.glued) return 'm';
  return 'n';
}

const KEYWORDS_BEFORE_PARENTHESES: ReadonlySet<string> = new Set([
  'and',
  'or',
  'xor',
  'not',
  'in',
  'like',
  'between',
  'is',
  'as',
]);

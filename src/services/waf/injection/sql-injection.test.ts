import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sqlInjection } from './sql-injection.ts';

const attacks: readonly string[] = [
  "' OR '1'='1",
  "1' OR '1'='1",
  "' or 1=1--",
  "admin'--",
  "admin' #",
  "admin'/*",
  '1 or 1=1',
  '1 OR 1=1',
  '1) or (1=1',
  "') or ('a'='a",
  "' or 'a'='a",
  "x' or 'x'='x",
  '" or ""="',
  "' or ''='",
  "1' and 1=2 union select 1,2,3--",
  "' UNION SELECT username, password FROM users--",
  '1 union all select null,null',
  '-1 union select 1,@@version',
  '1 UNION/**/SELECT/**/password/**/FROM/**/users',
  '1;drop table users',
  "'; DROP TABLE users; --",
  "1; exec xp_cmdshell('dir')",
  "1; waitfor delay '0:0:5'--",
  "'; waitfor delay '0:0:5'--",
  '1 and sleep(5)',
  "' and sleep(5)#",
  "1' and sleep(5) and '1'='1",
  'sleep(5)',
  'benchmark(1000000,md5(1))',
  '1 and benchmark(1000000,md5(1))',
  "' or sleep(5)='",
  '1 order by 10--',
  "' order by 3#",
  "1' order by 1-- -",
  "' having 1=1--",
  "' group by users.id having 1=1--",
  '1 and (select count(*) from users)>0',
  '1 and exists(select * from users)',
  '1 and ascii(substring((select password from users limit 1),1,1))>64',
  "' and extractvalue(1,concat(0x7e,version()))--",
  '1 and updatexml(1,concat(0x7e,user()),1)',
  "load_file('/etc/passwd')",
  "1 union select load_file('/etc/passwd')",
  "' || (select password from users) || '",
  "'||(select 1)||'",
  "' + (select top 1 name from sysobjects) + '",
  '1 or not 1=2',
  '1 || 1=1',
  '1 && 1=1',
  "' || '1'='1",
  "'='",
  "x'='x",
  "' like '%",
  "' or true--",
  "' or 1#",
  "' or 1 -- -",
  "1' or 1 like 1",
  '1 or 2 between 1 and 3',
  '1 xor 1=1',
  '1 /*!50000union*/ /*!50000select*/ 1,2',
  '/*!union*/ select 1',
  '1 or 0x31=0x31',
  "' or char(65)=char(65)",
  'if(1=1,sleep(5),0)',
  'case when 1=1 then 1 else 0 end',
  'select * from users',
  'select password from users where id=1',
  '(select password from users)',
  "insert into users(name) values('x')",
  'update users set admin=1',
  'delete from users',
  '1;shutdown--',
  "1 limit 1 into outfile '/tmp/x'",
  "' into outfile '/tmp/x",
  "1'; insert into users values(1)--",
  '1; declare @a varchar(10)',
  "admin') or '1'='1'--",
  'admin") or "1"="1',
  "' oR 1=1 LiMiT 1 --",
  '1\tor\t1=1',
  "1'or'1'='1",
  "1'||'1'='1",
  "' or 1 in (1)--",
  '1 and 1=convert(int,@@version)',
  "-1' union select 1,group_concat(table_name),3 from information_schema.tables-- -",
  '1) union select 1,2--',
  '1 and row(1,1)>(select count(*),concat(version(),0x3a,floor(rand()*2)) x from information_schema.tables group by x limit 1)',
];

const harmless: readonly string[] = [
  "O'Brien",
  "rock 'n' roll",
  "it's ok",
  "the cat's whiskers",
  "don't or won't",
  'Tom & Jerry',
  'a or b',
  'select a size or colour',
  'union jack',
  'the student union select committee',
  'drop in group order',
  'drop table reservation',
  'order by phone',
  'order by Friday',
  'insert coin',
  'update your profile',
  'delete my account',
  'hello world',
  'john.doe@example.com',
  '2026-11-28',
  '12:30',
  '+49 (30) 123-456',
  '1,000.50',
  'C# and F#',
  'issue #42',
  '--',
  'a -- b',
  "user's choice -- really",
  '100% off',
  '1 or 2',
  '1 or 2 people',
  'one or two = three',
  '5 > 3',
  'price<100',
  '{"a":1,"b":"x"}',
  '{"name":"O\'Brien","or":1}',
  '[1,2,3]',
  'https://example.com/a?b=c&d=e#f',
  '/path/to/file.txt',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64)',
  'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
  'en-US,en;q=0.5',
  "I'd like to select the best option from the menu",
  'Select one from the list',
  'the like button is in the corner',
  "she said 'yes' or 'no'",
  "'quoted'",
  '"quoted text"',
  '50% and more',
  'and then there were none',
  'case when needed',
  'if (x) then y',
  'sleep well (8 hours)',
  'count (me) in',
  'user (guest)',
  'version 2.0',
  'a=b',
  'name=John&age=5',
  'key: value; other: value',
  'x-y*z/2',
  '(555) 123-4567',
  'R&D',
  'AT&T',
  "Q&A: what's new?",
  'foo@bar',
  '@here and @all',
  '5\'10" tall',
  '6\'2"',
  '12" pizza or 14" pizza',
  '1st or 2nd',
  "Barnes & Noble's",
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-def_ghi',
  '550e8400-e29b-41d4-a716-446655440000',
  'SGVsbG8gV29ybGQ=',
  'width: 100px; height: 50%',
  "The users' # of seats",
  'lorem ipsum; dolor sit amet',
  'please update the table set for 4',
  'I want to drop the database course',
  'where are you from',
  'group by age please',
  'having 3 kids',
  'limit 10',
  'top 10 movies',
  'between 5 and 10',
  'is null',
  'not in stock',
  'in (stock)',
  'like new',
  'exec assistant',
  'execute order 66',
  'create table for two',
  'alter ego',
  'grant access to me',
  'WHERE IS MY ORDER?',
  'union, select; from',
];

/** What the high sensitivity takes for an attack, and the low one does not. */
const highOnly: readonly string[] = ['the student union select committee', 'x and 1=1', 'a; select b', '1--', 'wait; sleep(5)'];

/** Known and not found. */
const missed: readonly string[] = ['1 procedure analyse()'];

test('attacks', () => {
  for (const text of attacks) {
    assert.notEqual(sqlInjection(text, 'LOW'), undefined, text);
    assert.notEqual(sqlInjection(text, 'HIGH'), undefined, `${text}, high`);
  }
});

test('what people write', () => {
  for (const text of harmless) assert.equal(sqlInjection(text, 'LOW'), undefined, text);
});

test('the high sensitivity finds more', () => {
  for (const text of highOnly) {
    assert.equal(sqlInjection(text, 'LOW'), undefined, text);
    assert.notEqual(sqlInjection(text, 'HIGH'), undefined, text);
  }
});

test('what is not found', () => {
  for (const text of missed) assert.equal(sqlInjection(text, 'LOW'), undefined, text);
});

test('the tokens that gave it away', () => {
  assert.deepEqual(sqlInjection('10 AND 1=1', 'LOW'), ['10', 'and', '1', '=', '1']);
  assert.deepEqual(sqlInjection("x' UNION SELECT 1", 'LOW'), ['x', 'union', 'select', '1']);
});

test('whatever is thrown at it, it ends', () => {
  for (const piece of ["'", '"', '/*', '--', '(', "' or ", '[', '`', '@', '1', 'a ', '\\', ';', 'union select ', '0x', '1e']) {
    for (const sensitivity of ['LOW', 'HIGH'] as const) sqlInjection(piece.repeat(65_536 / piece.length), sensitivity);
  }
});

// SQL injection: the detector, and patterns beside it.
// https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-use-case.html#aws-managed-rule-groups-use-case-sql-db

import { blockingRuleGroup } from './managed-rule-group.ts';
import { body, cookies, type Place, queryArguments, uriPath } from './places.ts';
import { anyOf, hasSqlInjection, matchesAny } from './statements.ts';

/**
 * What only an attack says, however it is spread over the text around it. A word alone is never enough: "the union selected a
 * chair" and `time.sleep(1)` are no injections.
 */
const PATTERNS = [
  '(?:^|[^a-z0-9_])union (?:all |distinct )?\\(? ?select[ (]+(?:distinct )?(?:[0-9]|null(?:[^a-z]|$)|[\'"@*(]|(?:char|chr|concat|concat_ws|group_concat|user|version|database|cast|convert|hex|load_file) ?\\(|[a-z0-9_.`]+ ?(?:, ?[a-z0-9_.`]+ ?){1,30}from |[a-z0-9_.`]+ from [a-z0-9_.`])',
  '(?:(?:^|[^a-z0-9_.])(?:and|or|xor|select|if|then|else|when)[ (]+|[\'")] ?(?:\\|\\||&&|and|or|,|;|[+*/-]) ?\\(*|, ?)(?:sleep ?\\( ?[0-9.]+ ?\\) ?(?:[,)#]|--|and|or|=|$)|pg_sleep ?\\(|benchmark ?\\( ?[0-9]+ ?,)|; ?select (?:pg_)?sleep ?\\(|waitfor (?:delay|time) ?[\'"(]|dbms_(?:pipe\\.receive_message|lock\\.sleep|session\\.sleep) ?\\(|randomblob ?\\( ?[0-9]{6,}',
  '(?:(?:from|join|into|table|exists) ?\\(?[`"\\[]?(?:information_schema|performance_schema|mysql\\.(?:user|db)|sys(?:ibm)?\\.[a-z_]+|sysobjects|syscolumns|sysdatabases|sqlite_(?:master|schema)|pg_catalog|pg_(?:shadow|user|tables|database)|all_tables|dba_[a-z_]+|user_tables|msysaccessobjects))(?:[^a-z0-9_]|$)',
  '(?:^|[^a-z0-9_])(?:xp_(?:cmdshell|regread|regwrite|dirtree|fileexist|subdirs|servicecontrol|availablemedia)|sp_(?:executesql|oacreate|oamethod|addextendedproc|makewebtask)|utl_(?:http\\.request|inaddr\\.get_host|smtp|file)|ctxsys\\.drithsx|dbms_(?:java|xmlgen|xmlquery)\\.|lo_(?:import|export) ?\\()|into (?:out|dump)file ?[\'"]|load data (?:local )?infile|load_file ?\\( ?(?:[\'"]|0x|char)|openrowset ?\\(|copy [a-z0-9_]+ from program',
  '(?:extractvalue|updatexml) ?\\( ?[^,()]{1,40}, ?(?:concat|0x|[\'"]|char|\\()|(?:floor|round) ?\\( ?rand ?\\( ?(?:0 ?)?\\) ?\\* ?2|procedure analyse ?\\(|(?:concat|concat_ws|group_concat|char|unhex|hex) ?\\( ?0x[0-9a-f]{2,}|(?:exp|polygon|linestring|geometrycollection|multipoint) ?\\( ?~? ?\\( ?select |cast ?\\( ?\\(? ?select ',
  '[\'")0-9] ?; ?(?:(?:drop|truncate|alter|create) (?:table|database|schema|user|login|view|procedure|function)|delete from [a-z0-9_.`"\\[]+ ?(?:;|where|--|#|$)|insert into [a-z0-9_.`"\\[\\]]+ ?(?:\\(|values|select)|update [a-z0-9_.`"\\[\\]]+ set [a-z0-9_]+ ?=|exec(?:ute)?[ (]|shutdown ?(?:;|--|with|$)|declare @|grant [a-z, ]+ (?:on|to) )',
  '[\'"] ?\\)* ?(?:or|and|xor|\\|\\||&&) ?\\(* ?(?:not )?(?:[\'"][^\'"]{0,40}[\'"]? ?(?:[=<>]|!=| (?:like|is|in|between|sounds like)[ (]) ?\\(? ?[\'"]|[0-9]+ ?(?:=|<>|<|>|like) ?[0-9]+|true ?(?:--|#|;|$)|exists ?\\( ?select|\\( ?select |(?:ascii|substr(?:ing)?|mid|ord|length|char_length|left|right) ?\\( ?\\(? ?select)',
  '(?:^|[^a-z0-9_])(?:or|and) ?\\(* ?(?:[0-9]{1,9} ?= ?[0-9]{1,9} ?\\)* ?(?:--|#|/\\*|;|limit |order |group )|(?:ascii|ord|substr(?:ing)?|mid) ?\\( ?\\(?(?:select |substr|mid|user ?\\(|version ?\\(|database ?\\(|@@)|@@version|(?:select (?:count|top|char|user|current_user|substr|ascii|case when)))|order by [0-9]{1,4} ?(?:--|#)|having [0-9]+ ?[=<>] ?[0-9]+ ?(?:--|#|$)|[\'"] ?(?:--|#) ?$',
  // Comments that MySQL runs.
  '/\\*! ?[0-9]{0,6} ?(?:union|select|and|or|from|where|concat|sleep|order|group|if)',
];

/** Comments stand for spaces in SQL; they are looked at before they are gone, too. */
function extendedPatterns(place: Place) {
  return anyOf([
    matchesAny(place, ['COMPRESS_WHITE_SPACE', 'LOWERCASE'], PATTERNS),
    matchesAny(place, ['REPLACE_COMMENTS', 'COMPRESS_WHITE_SPACE', 'LOWERCASE'], PATTERNS),
  ]);
}

export const sqliRuleSet = blockingRuleGroup(
  {
    name: 'AWSManagedRulesSQLiRuleSet',
    description:
      'Contains rules that allow you to block request patterns associated with exploitation of SQL databases, like SQL injection attacks. This can help prevent remote injection of unauthorized queries.',
    capacity: 200,
    namespace: 'sql-database',
  },
  [
    ['SQLi_QUERYARGUMENTS', 'SQLi_QueryArguments', hasSqlInjection(queryArguments)],
    ['SQLiExtendedPatterns_QUERYARGUMENTS', 'SQLiExtendedPatterns_QueryArguments', extendedPatterns(queryArguments)],
    ['SQLi_BODY', 'SQLi_Body', hasSqlInjection(body)],
    ['SQLiExtendedPatterns_BODY', 'SQLiExtendedPatterns_Body', extendedPatterns(body)],
    ['SQLi_COOKIE', 'SQLi_Cookie', hasSqlInjection(cookies)],
    ['SQLi_URIPATH', 'SQLi_URIPath', hasSqlInjection(uriPath)],
  ],
);

// Functions and variables of PHP that are of use to an attacker.
// https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-use-case.html#aws-managed-rule-groups-use-case-php-app

import { blockingRuleGroup } from './managed-rule-group.ts';
import { body, headers, type Place, queryString } from './places.ts';
import { matchesAny } from './statements.ts';

const HIGH_RISK = [
  // Names that are PHP's alone.
  '(?:^|[^a-z0-9_])(?:fsockopen|pfsockopen|stream_socket_client|passthru|shell_exec|proc_open|pcntl_exec|popen|call_user_func(?:_array)?|create_function|register_shutdown_function|array_(?:map|filter|walk|diff_ukey|reduce)|usort|phpinfo|phpversion|php_uname|posix_(?:getpwuid|getuid|kill|mkfifo)|get_defined_(?:vars|constants)|getenv|putenv|ini_set|ini_get|set_include_path|gzinflate|gzuncompress|str_rot13|base64_decode|convert_uudecode|hex2bin) ?\\(',
  '(?:^|[^a-z0-9_])(?:file_get_contents|file_put_contents|highlight_file|show_source|php_strip_whitespace|parse_ini_file|move_uploaded_file|mb_ereg_replace|preg_replace(?:_callback)?|simplexml_load_(?:file|string)|var_dump|print_r|parse_str|curl_exec|curl_init|mysql_query|mysqli_query|pg_query) ?\\( ?["\'$(a-z_]|(?:^|[^a-z0-9_.>])(?:fopen|fputs|fwrite|readfile|unserialize|unlink|scandir|symlink) ?\\( ?["\'$]',
  // Names of other languages too, as PHP calls them: with a string or a variable, not as somebody's method.
  '(?:^|[^a-z0-9_.>$])@?(?:eval|assert|system|exec|include(?:_once)?|require_once) ?\\( ?(?:["\'$]|base64_|gz|str_|chr ?\\(|hex2bin|\\$_|[a-z_]+ ?\\()|(?:^|[;{ ])(?:include|require)(?:_once)? ["\'$][^"\']{1,80}["\'];|(?:^|[^a-z0-9_.>$])(?:system|exec|passthru|eval) ?\\( ?(?:id|ls|whoami|cat|uname)',
  '\\$_(?:get|post|request|cookie|server|files|session|env)(?:[^a-z0-9_]|$)|\\$globals ?\\[|\\$http_(?:get|post|raw_post|cookie|server|env)_(?:vars|data)|\\$\\{?["\']_(?:get|post|request|server)|<\\?(?:php(?:[^a-z]|$)|=)|\\$(?:this|[a-z_]{1,24}) ?-> ?[a-z_]{1,40} ?\\([^)]{0,80}\\) ?;|\\[(?:php|/php|\\\\php)\\]',
  '(?:^|[^a-z0-9])(?:php://(?:input|filter|stdin|fd|memory|temp|output)|(?:phar|expect|ogg|zlib|rar|ssh2(?:\\.[a-z]+)?|compress\\.(?:zlib|bzip2))://|data:(?://)?text/(?:plain|html|x-php);base64,[a-z0-9+/ ]*)|(?:auto_prepend_file|auto_append_file|allow_url_include|disable_functions|suhosin\\.simulation|safe_mode|open_basedir|cgi\\.force_redirect) ?=',
  // Serialized objects.
  '(?:^|[^a-z0-9])[oc]:\\+?[0-9]{1,4}:"[a-z_\\\\][a-z0-9_\\\\]*":[0-9]{1,4}:\\{',
];

function highRisk(place: Place) {
  return matchesAny(place, ['COMPRESS_WHITE_SPACE', 'LOWERCASE'], HIGH_RISK);
}

export const phpRuleSet = blockingRuleGroup(
  {
    name: 'AWSManagedRulesPHPRuleSet',
    description:
      'Contains rules that block request patterns associated with exploiting vulnerabilities specific to the use of the PHP, including injection of unsafe PHP functions. This can help prevent exploits that allow an attacker to remotely execute code or commands.',
    capacity: 100,
    namespace: 'php-app',
  },
  [
    ['PHPHighRiskMethodsVariables_HEADER', 'PHPHighRiskMethodsVariables_Header', highRisk(headers)],
    ['PHPHighRiskMethodsVariables_QUERYSTRING', 'PHPHighRiskMethodsVariables_QueryString', highRisk(queryString)],
    ['PHPHighRiskMethodsVariables_BODY', 'PHPHighRiskMethodsVariables_Body', highRisk(body)],
  ],
);

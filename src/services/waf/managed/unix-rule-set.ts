// Commands and variables of Unix shells.
// https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-use-case.html#aws-managed-rule-groups-use-case-posix-os

import { blockingRuleGroup } from './managed-rule-group.ts';
import { body, headers, type Place, queryString } from './places.ts';
import { anyOf, matchesAny } from './statements.ts';

/** In capitals, as shells have them: `$path` and `$user` are variables of GraphQL, PHP and MongoDB too. */
const VARIABLES = [
  '\\$\\{?(?:HOME|PATH|SHELL|IFS|PWD|OLDPWD|USER|LOGNAME|HOSTNAME|UID|EUID|PPID|RANDOM|PS1|BASH(?:_ENV|_VERSION|OPTS)?|SHELLOPTS|LD_PRELOAD|LD_LIBRARY_PATH|SSH_CONNECTION|AWS_(?:SECRET_ACCESS_KEY|ACCESS_KEY_ID|SESSION_TOKEN))(?:[^A-Za-z0-9_]|$)',
];

/** What a command may follow. One `&` alone is not among them: it stands between the parameters of every query. */
const AFTER =
  '(?:;|\\||&&|\\$\\(|[<>]\\(|\\n|%0a)\\s*(?:\\{\\s*)?(?:(?:sudo|exec|eval|time|nohup|command)\\s+)?(?:/(?:usr/)?(?:local/)?s?bin/)?';
/** The same, where a new line is no sign of a command: bodies are text. */
const AFTER_MARK = '(?:;|\\||&&|\\$\\(|[<>]\\()[ \\t]*(?:(?:sudo|exec|eval|time)\\s+)?(?:/(?:usr/)?s?bin/)?';
/** Between a command and its argument. */
const GAP = '(?:[ \\t]|\\$ifs(?:\\$[0-9@*])?|\\$\\{ifs[^}]{0,16}\\}|[<>])+';
/** Nothing more comes: what is left of the line is the end of a command. */
const END = '\\s*(?:$|[|&`)#\\n]|;\\s*$)';

const COMMANDS = [
  // Words that are commands only, with any argument or none.
  `${AFTER}(?:whoami|uname|ifconfig|netstat|nslookup|printenv|mkfifo|lsb_release|hostnamectl|useradd|usermod|chpasswd|crontab|iptables|tcpdump|systemctl|journalctl|dmesg|lsof|traceroute)(?:${GAP}[-a-z0-9./$"'({]|${END})`,
  `${AFTER}(?:wget|curl|lwp-download|tftp|ncat|netcat|nc|socat|telnet|dig|chmod|chown|chattr|gawk|awk|sed|xargs|tar|scp|rsync|ssh|perl|python[0-9.]{0,4}|ruby|php[0-9]?|node|rm|mv|cp|dd|ln|tee|base64|openssl|busybox|apt(?:-get)?|yum|apk|pip[0-9]?)${GAP}(?:-{1,2}[a-z]|[./~$]|[a-z]+://|[a-z0-9.-]+\\.[a-z]|[0-9]{3,4} +[/.a-z]|(?:[0-9]{1,3}\\.){3}[0-9]|["'])`,
  // Words of English as well: only with a path, an option or a variable behind them, at the beginning of a line with a path alone.
  `[\\n]\\s*(?:/(?:usr/)?s?bin/)?(?:cat|tac|head|tail|ls|find|grep|echo)${GAP}(?:[/~]|\\$[a-z({])`,
  `${AFTER_MARK}(?:cat|tac|more|less|head|tail|find|sort|strings|grep|egrep|fgrep|ls|dir|od|nl|cut|touch|kill|source|export|echo|printf|host|ping6?|env|ps|who|last|file|stat|du|df|mount|which|locate|set|test|read)${GAP}(?:-{1,2}[a-z0-9]|[./~]|\\$[a-z({]|\\*|[a-z0-9_.-]+\\.(?:php|conf|txt|log|sh|py|env)(?:[^a-z]|$)|[0-9]{1,3}\\.[0-9]{1,3}\\.)`,
  // Names of fields as well: not where Markdown has a table or GraphQL a line with a field on it.
  `(?:${AFTER_MARK}(?:id|ls|pwd|ps|env|w|sh|bash|dash|zsh|ksh|csh|id -a|ps aux?|ps -ef)\\s*(?:$|[&\`)#]|;\\s*$|\\|\\|)|\\|(?:id|ls|pwd|ps|sh|bash)\\||\\n(?:id|ls|pwd|ps|env|sh|bash)$)`,
  `${AFTER}sleep${GAP}[0-9]+(?:\\.[0-9]+)?s?${END}`,
  // Backticks are the code of Markdown too: only around what asks a system about itself.
  `\`\\s*(?:whoami|uname(?:\\s+-[a-z]+)?|sleep\\s+[0-9]+|cat\\s+/[^\`]{1,64}|nslookup\\s+[^\`]{1,64})\\s*\``,
];

const SHELLS = [
  // Shellshock, reverse shells, code on a command line, downloads that are run.
  '\\(\\s*\\)\\s*\\{\\s*[:_a-z0-9]{0,16}[^{}]{0,16};?\\s*\\}\\s*;|/dev/(?:tcp|udp)/[a-z0-9.-]+/[0-9]|(?:^|[^a-z0-9_])(?:bash|zsh|ksh|sh)\\s+-[a-z]{0,3}[ic][a-z]{0,2}\\s|(?:^|[^a-z0-9_])(?:nc|ncat|netcat)\\s+(?:-[a-z]+\\s+)*-[a-z]{0,4}e\\s|(?:python[0-9.]{0,4}|perl|ruby|php|node|lua)\\s+-[cer]\\s+["\']|(?:curl|wget)\\s[^|]{1,200}\\|\\s*(?:sudo\\s+)?(?:ba|z|k|da)?sh(?:\\s|$)|base64\\s+(?:-d|--decode)',
  '(?:^|[^a-z0-9_.-])/?bin/(?:(?:ba|z|k|c|tc|da|fi)?sh|cat|ls|id|nc|ping|ps|rm|uname|kill|chmod|echo|bash)(?:[^a-z0-9_./-]|$)|usr/(?:local/)?s?bin/(?:id|env|nc|curl|wget|perl|python[0-9.]{0,4}|ruby|php|whoami|gcc|find|awk|xterm|nmap|sudo)(?:[^a-z0-9_./-]|$)',
];

/** The quotes and backslashes that hide a command are taken out, and spaces in front of slashes with them. */
const SQUEEZED = [
  '(?:^|[^a-z0-9_.-])(?:cat|tac|more|less|head|tail|nl|od|xxd|strings|grep [^/]{1,32}|ls|find|rm -[a-z]{1,4})(?:\\$\\{?ifs\\}?(?:\\$[0-9@*])?|[ <])*/+(?:\\./+)*(?:etc|proc|root|home|var|usr|tmp|bin|dev|opt|sys)/',
  '/etc/+(?:\\./+)*(?:passwd|shadow|group|hosts)(?:[^a-z0-9_./-]|$)',
];

function shellCommands(place: Place) {
  return anyOf([
    matchesAny(place, [], VARIABLES),
    matchesAny(place, ['LOWERCASE'], [...COMMANDS, ...SHELLS]),
    matchesAny(place, ['CMD_LINE'], SQUEEZED),
  ]);
}

export const unixRuleSet = blockingRuleGroup(
  {
    name: 'AWSManagedRulesUnixRuleSet',
    description:
      'Contains rules that block request patterns associated with exploiting vulnerabilities specific to POSIX/POSIX-like OS, including LFI attacks. This can help prevent attacks that expose file contents or execute code for which access should not been allowed.',
    capacity: 100,
    namespace: 'posix-os',
  },
  [
    ['UNIXShellCommandsVariables_QUERYSTRING', 'UNIXShellCommandsVariables_QueryString', shellCommands(queryString)],
    ['UNIXShellCommandsVariables_BODY', 'UNIXShellCommandsVariables_Body', shellCommands(body)],
    ['UNIXShellCommandsVariables_HEADER', 'UNIXShellCommandsVariables_Header', shellCommands(headers)],
  ],
);

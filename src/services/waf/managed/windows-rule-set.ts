// Commands of the Windows shell and of PowerShell.
// https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-use-case.html#aws-managed-rule-groups-use-case-windows-os

import { blockingRuleGroup } from './managed-rule-group.ts';
import { body, cookies, type Place, queryArguments } from './places.ts';
import { anyOf, matchesAny } from './statements.ts';

const AFTER = '(?:[;|&\\n]|%0a)\\s*';

/** After `LOWERCASE`: separators are still there. */
const COMMANDS = [
  `${AFTER}(?:cmd|nslookup|ipconfig|whoami|systeminfo|tasklist|taskkill|powershell|pwsh|certutil|bitsadmin|wmic|rundll32|regsvr32|mshta|cscript|wscript|schtasks|icacls|cacls|netsh|vssadmin|bcdedit|wevtutil|robocopy|xcopy|tracert|getmac|quser|qwinsta|driverquery)(?:\\.exe)?(?:[/;|&]|\\s*$|\\s+[-/"'a-z0-9%&;])`,
  // Words of English as well: with an option, a drive, a file, an address or a variable behind them, and not on a line of their own.
  '[;|&]\\s*(?:dir|type|copy|del|erase|move|ren|rename|echo|ping|start|set|ver|more|find|findstr|attrib|md|rd|for|call|arp|route|ftp|tftp|shutdown|tree)(?:\\.exe)?\\s+(?:/[a-z?]|-[a-z](?:\\s|$)|[a-z]:\\\\|\\\\\\\\|%[a-z]|[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]|\\.\\.?\\\\|[a-z0-9_.-]+\\.(?:ini|exe|bat|dll|txt|config|sys)(?:[^a-z]|$))',
  `${AFTER}(?:net1?\\s+(?:users?|localgroup|group|view|share|use|accounts|session|start|stop)|reg\\s+(?:add|query|save|export|delete)|sc\\s+(?:query|create|start|stop|config)|ping\\s+localhost)(?:\\s|$)`,
];

/** After `CMD_LINE`: without the quotes and carets that hide a command, in small letters. */
const SQUEEZED = [
  '(?:^|[^a-z0-9_.-])(?:cmd|command)(?:\\.exe|\\.com)? ?/[ckrv](?:[^a-z]|$)|%(?:comspec|systemroot|systemdrive|windir|userprofile|username|userdomain|programfiles|programdata|public|temp|tmp|os|homepath|pathext)(?:%|:~)|(?:^|[^a-z0-9])[a-z]:/?(?:windows|winnt)/?(?:system32|syswow64|temp|win\\.ini)|net1? (?:user|localgroup|group) [^ ]{1,64}(?: [^ ]{1,64})? ?/(?:add|domain|delete|active)',
  'wmic (?:process|os|product|useraccount|service|/node) ?(?:call|get|list|:)|certutil(?:\\.exe)? -(?:urlcache|decode|encode|f |split)|bitsadmin(?:\\.exe)? ?/(?:transfer|create|addfile)|reg(?:\\.exe)? (?:add|query|save|delete|export) "?hk(?:lm|cu|cr|u|ey_)|rundll32(?:\\.exe)? [a-z0-9_./:-]{1,80}|regsvr32(?:\\.exe)? ?/[su]|mshta(?:\\.exe)? (?:https?:|vbscript:|javascript:)|vssadmin(?:\\.exe)? delete shadows|schtasks(?:\\.exe)? ?/(?:create|run|query)|for ?/[fldr] %',
];
/** CMD_LINE takes the backslashes of a path away; here they are. */
const PATHS = [
  '(?:^|[^a-z0-9])[a-z]:[\\\\/]+(?:windows|winnt)[\\\\/]+(?:system32|syswow64|temp|win\\.ini|repair)|\\\\system32\\\\(?:cmd|drivers|config)',
];

const POWERSHELL = [
  'invoke-(?:expression|webrequest|restmethod|command|item|mimikatz|shellcode|wmimethod|cimmethod|reflectivepeinjection|obfuscation|bloodhound|powershelltcp)|(?:^|[^a-z0-9_.-])iex ?(?:[($]|\\[|new-object|-)|new-object (?:-typename )?(?:system\\.)?(?:net\\.(?:webclient|sockets)|io\\.|diagnostics\\.process|-com)|\\.?download(?:string|file|data) ?\\(|start-(?:bitstransfer|process)(?:[^a-z]|$)|set-executionpolicy|add-mppreference|set-mppreference',
  '(?:powershell|pwsh)(?:\\.exe)?(?: -[a-z]+(?: [a-z0-9]+)?){0,6} -(?:e|ec|en|enc|enco[a-z]{0,10}|c|command|f|file|nop[a-z]{0,6}|noni[a-z]{0,12}|noe[a-z]{0,4}|w|win[a-z]{0,8}|ep|ex[a-z]{0,14}|sta|v|version)(?:[^a-z]|$)|-(?:executionpolicy|ep|exec) (?:bypass|unrestricted)|\\[(?:system\\.)?(?:convert\\]::frombase64string|reflection\\.assembly\\]::load|diagnostics\\.process\\]::start|io\\.file\\]::|net\\.servicepointmanager\\]::)',
  '(?:^|[^a-z0-9_-])get-(?:process|service|wmiobject|ciminstance|childitem|content|aduser|adcomputer|localuser|credential|eventlog|hotfix|netipconfiguration|clipboard|executionpolicy)(?: ?[|;)]| -[a-z]| [$a-z\\\\/*.]|$)',
  '(?:^|[^a-z0-9_-])(?:out-file|set-content|remove-item|copy-item|new-localuser|add-localgroupmember|enable-psremoting|enter-pssession|new-pssession|register-scheduledtask|convertfrom-securestring|foreach-object|where-object) (?:-[a-z]|[$\\{"\'])|\\$env:[a-z]|\\$psversiontable|add-type -(?:assemblyname|typedefinition|memberdefinition)',
];

function shellCommands(place: Place) {
  return anyOf([matchesAny(place, ['LOWERCASE'], [...COMMANDS, ...PATHS]), matchesAny(place, ['CMD_LINE'], SQUEEZED)]);
}

function powerShellCommands(place: Place) {
  return anyOf([
    matchesAny(place, ['COMPRESS_WHITE_SPACE', 'LOWERCASE'], POWERSHELL),
    matchesAny(place, ['CMD_LINE'], POWERSHELL),
  ]);
}

export const windowsRuleSet = blockingRuleGroup(
  {
    name: 'AWSManagedRulesWindowsRuleSet',
    description:
      'Contains rules that block request patterns associated with exploiting vulnerabilities specific to Windows, (e.g., PowerShell commands). This can help prevent exploits that allow attacker to run unauthorized commands or execute malicious code.',
    capacity: 200,
    namespace: 'windows-os',
  },
  [
    ['WindowsShellCommands_COOKIE', 'WindowsShellCommands_Cookie', shellCommands(cookies)],
    ['WindowsShellCommands_QUERYARGUMENTS', 'WindowsShellCommands_QueryArguments', shellCommands(queryArguments)],
    ['WindowsShellCommands_BODY', 'WindowsShellCommands_Body', shellCommands(body)],
    ['PowerShellCommands_COOKIE', 'PowerShellCommands_Cookie', powerShellCommands(cookies)],
    ['PowerShellCommands_QUERYARGUMENTS', 'PowerShellCommands_QueryArguments', powerShellCommands(queryArguments)],
    ['PowerShellCommands_BODY', 'PowerShellCommands_Body', powerShellCommands(body)],
  ],
);

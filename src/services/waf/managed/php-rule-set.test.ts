// PHP in requests, and other languages.

import { phpRuleSet } from './php-rule-set.ts';
import { testRules } from './rule-examples.ts';

const EVERYWHERE = ['HEADER', 'QUERYSTRING', 'BODY'].map((place) => `PHPHighRiskMethodsVariables_${place}`);
testRules(phpRuleSet, EVERYWHERE, {
  matches: [
    'x=fsockopen("10.0.0.1",80)',
    'x=$_GET[cmd]',
    '<?php system($_POST["x"]); ?>',
    'x=<?=`id`?>',
    'x=phpinfo()',
    'x=eval(base64_decode("aWQ="))',
    'x=system(%27id%27)',
    'x=passthru("ls")',
    'x=php://input',
    'x=phar://x.phar/a',
    'x=data://text/plain;base64,PD9waHA',
    'x=O:8:"stdClass":0:{}',
    '-d+allow_url_include%3d1+-d+auto_prepend_file%3dphp://input',
    'x=$GLOBALS[a]',
    'x=file_get_contents("/etc/passwd")',
    'x=call_user_func("system","id")',
    'x=assert($_REQUEST[0])',
    'x=shell_exec ("id")',
    'x=preg_replace("/x/e","y","z")',
    'x=@eval($x)',
  ],
  passes: [
    'x=eval',
    'regex.exec(text)',
    'q=include a file',
    'q=operating system (linux)',
    '<?xml version="1.0" encoding="UTF-8"?>',
    'q=php tutorial',
    'q=$_price',
    'q=get_user(1)',
    'require("fs")',
    'index.php?id=1',
    'q=how does phpinfo work',
    'O:8 is a ratio',
    'data:image/png;base64,iVBORw0KGgo=',
    'q=extract(the essence)'.replace('(', ' '),
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64)',
    'application/json; charset=utf-8',
    'SELECT a FROM b',
    'this.$_getters',
  ],
});

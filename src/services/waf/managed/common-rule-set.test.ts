// What the core rule set finds, and what it lets pass.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commonRuleSet } from './common-rule-set.ts';
import { testRules } from './testing/rule-examples.ts';

/** AWS: Seen: documentation of the group, "over 2,048 bytes" and so on. */
const SIZES = [
  ['SizeRestrictions_QUERYSTRING', { QueryString: {} }, 2048],
  ['SizeRestrictions_Cookie_HEADER', { SingleHeader: { Name: 'cookie' } }, 10_240],
  ['SizeRestrictions_BODY', { Body: { OversizeHandling: 'MATCH' } }, 8192],
  ['SizeRestrictions_URIPATH', { UriPath: {} }, 1024],
] as const;
for (const [ruleName, FieldToMatch, Size] of SIZES) {
  test(`${ruleName} is about what is over ${Size} bytes, as received`, () => {
    const TextTransformations = [{ Priority: 0, Type: 'NONE' }];
    assert.deepEqual(commonRuleSet.rules.find(({ name }) => name === ruleName)?.statement, {
      SizeConstraintStatement: { FieldToMatch, ComparisonOperator: 'GT', Size, TextTransformations },
    });
  });
}

testRules(commonRuleSet, ['UserAgent_BadBots_HEADER'], {
  matches: [
    'Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)',
    'Mozilla/4.75 [en] (X11, U; Nessus)',
    'Mozilla/5.00 (Nikto/2.1.6) (Evasions:None) (Test:Port Check)',
    'sqlmap/1.7.2#stable (https://sqlmap.org)',
    'masscan/1.3 (https://github.com/robertdavidgraham/masscan)',
    'Mozilla/5.0 zgrab/0.x',
    'WPScan v3.8.22 (https://wpscan.com/wordpress-security-scanner)',
    'Nuclei - Open-source project (github.com/projectdiscovery/nuclei)',
    'Fuzz Faster U Fool v2.0.0-dev',
    'gobuster/3.1.0',
    'Mozilla/5.0 (Hydra)',
    'DirBuster-1.0-RC1',
    'l9explore/1.2.2',
  ],
  passes: [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
    'curl/8.6.0',
    'python-requests/2.32.3',
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'axios/1.7.2',
    'Go-http-client/2.0',
    'aws-sdk-js/3.600.0 os/linux lang/js md/nodejs#20.11.0 api/s3#3.600.0',
    'PostmanRuntime/7.39.0',
    'Apache-HttpClient/4.5.14 (Java/17.0.8)',
    'Vegas-Casino-App/4.2 (Hydrangea edition)',
  ],
});

testRules(
  commonRuleSet,
  ['EC2MetaDataSSRF_BODY', 'EC2MetaDataSSRF_COOKIE', 'EC2MetaDataSSRF_URIPATH', 'EC2MetaDataSSRF_QUERYARGUMENTS'],
  {
    matches: [
      'http://169.254.169.254/latest/meta-data/',
      'http%3A%2F%2F169.254.169.254%2F',
      'http://169.254.169.254',
      'http://[::ffff:169.254.169.254]/',
      'http://[::ffff:a9fe:a9fe]:80/latest/',
      'http://[fd00:ec2::254]/latest/meta-data/',
      'http://2852039166/latest/',
      'http://0xA9FEA9FE/',
      'http://0xa9.0xfe.0xa9.0xfe/',
      'http://0251.0376.0251.0376/',
      'http://025177524776/',
      'gopher://user@169.254.169.254:80/_GET',
      'http://169.254.170.2/v2/credentials',
      'http://169-254-169-254.nip.io/',
      '/proxy/latest/meta-data/iam/security-credentials/',
    ],
    passes: [
      '/latest/metadata',
      'order 2852039166 has shipped',
      '169.254.1.1',
      '1169.254.169.254.8',
      'http://192.168.169.254/index.html',
      'version 169.254.169',
      'http://example.com/latest/meta-database',
      'https://docs.example.com/v1/instance-data',
      '{"id":2852039166,"next":"0xa9"}',
      '0251 0376 0251 0376',
    ],
  },
);
testRules(commonRuleSet, ['EC2MetaDataSSRF_BODY'], {
  matches: [
    '{"url":"http:\\/\\/169.254.169.254\\/latest\\/meta-data\\/"}',
    '{"url":"http://\\u0031\\u0036\\u0039.254.169.254/"}',
  ],
  passes: ['{"url":"http:\\/\\/example.com\\/latest\\/"}'],
});

const TRAVERSALS = [
  '../../etc/passwd',
  '..%2f..%2f..%2f',
  '%2e%2e%2f%2e%2e%2f',
  '..\\..\\windows\\win.ini',
  '....//....//etc',
  '..;/..;/manager',
  '%c0%ae%c0%ae%c0%af%c0%ae%c0%ae%c0%af',
  '/etc/passwd',
  'file:///etc/shadow',
  'php://filter/convert.base64-encode/resource=index',
  'c:\\boot.ini',
  '/proc/self/environ',
  'expect://id',
];
const HARMLESS_PATHS = [
  '/pets/42',
  '/a/b.c/d..e',
  '/files/..hidden',
  '/v1...v2/compare',
  '/api/etcetera/passwords',
  '/process/self/service',
  '/windows/winner',
  '/etcd/passwd-rotation',
  '/archive/2024/../', // a browser resolves it; behind a query or in a body it is a relative link
];
testRules(commonRuleSet, ['GenericLFI_QUERYARGUMENTS', 'GenericLFI_BODY'], {
  matches: TRAVERSALS,
  passes: [
    ...HARMLESS_PATHS,
    '../images/logo.png',
    'wait... what?! 1../2',
    'see https://example.com/a/./b',
    'C:\\Users\\ann\\notes.txt',
    'one...two.../three',
    'profile:///card',
    '{"ratio":"1/2","range":"1..2"}',
  ],
});
testRules(commonRuleSet, ['GenericLFI_QUERYARGUMENTS', 'GenericLFI_URIPATH'], {
  matches: ['%252e%252e%252f%252e%252e%252f', '%25%32%65%25%32%65/..%252f'],
  passes: ['100%25 natural', '%252e%252f'],
});
testRules(commonRuleSet, ['GenericLFI_BODY'], {
  matches: ['{"f":"..\\/..\\/etc\\/hosts"}', '{"f":"\\u002e\\u002e\\u002f\\u002e\\u002e\\u002f"}', '{"f":"..\\\\..\\\\win.ini"}'],
  passes: ['{"f":"..\\/logo.png"}'],
});
testRules(commonRuleSet, ['GenericLFI_URIPATH'], {
  matches: [...TRAVERSALS, '/static/../admin', '/static/%2e%2e/admin', '/a/..%5cb', '/cgi-bin/.%2e/x', '/a/..'],
  passes: HARMLESS_PATHS.slice(0, -1),
});

testRules(commonRuleSet, ['RestrictedExtensions_URIPATH'], {
  matches: [
    ...['/logs/app.log', '/php.ini', '/web.config', '/dump.sql', '/index.php.bak', '/data.mdb', '/.index.php.swp'],
    ...['/config.conf', '/db.sqlite3', '/error.log.1', '/APP.LOG', '/x.ini;v=1', '/site%2ebak', '/old/site.old'],
  ],
  passes: [
    ...['/pets', '/index.html', '/app.js', '/login', '/catalog', '/blog/2024', '/api/v1.0/config', '/dialog.json'],
    ...['/logs', '/photo.jpg', '/mini', '/v1.inventory', '/package.logistics/track', '/users/a.backups@example.com'],
  ],
});
testRules(commonRuleSet, ['RestrictedExtensions_QUERYARGUMENTS'], {
  matches: [
    ...['app.log', 'php.ini', '/var/www/site.bak', 'backup.sql', 'web.config', 'a.log%00.png', 'x.conf', 'error.log.1'],
    ...['..%2fsettings.ini', 'users.mdb'],
  ],
  passes: [
    ...['login', 'example.com', 'what is a .log file', 'Acme Inc.', 'blog', '3.14', 'a.b.c', 'dialog.open', 'me@old.org'],
    ...['analytics', 'app.js', 'https://example.com/logs', 'site.inc'],
  ],
});

testRules(commonRuleSet, ['GenericRFI_QUERYARGUMENTS', 'GenericRFI_BODY', 'GenericRFI_URIPATH'], {
  matches: [
    'http://10.0.0.1/shell.txt',
    'https://203.0.113.9:8443/x',
    'ftp://1.2.3.4/c99.txt',
    'ftps://1.2.3.4',
    'file://127.0.0.1/c$/x',
    'HTTP%3A%2F%2F1.2.3.4%2Fx%3F',
    'http://user:pass@192.0.2.1/x',
    '/include/http://198.51.100.7/evil',
    'x=http://192.0.2.1?',
    'gopher://127.0.0.1:6379/_INFO',
  ],
  passes: [
    'http://example.com/',
    'https://v1.2.3.4-docs.example.com/',
    'version 1.2.3.4',
    '10.0.0.1',
    'http://1.2.3.4.example.com/',
    'https://example.com/1.2.3.4/',
    'http:// 1.2.3.4',
    'mailto:a@1.2.3.4',
    'https://1.2.3/',
    'see example.com at 192.0.2.1',
  ],
});

testRules(
  commonRuleSet,
  ['CrossSiteScripting_COOKIE', 'CrossSiteScripting_QUERYARGUMENTS', 'CrossSiteScripting_URIPATH', 'CrossSiteScripting_BODY'],
  {
    matches: [
      '<script>alert(1)</script>',
      '%3Cscript%3Ealert(1)%3C/script%3E',
      '<img src=x onerror=alert(1)>',
      '"%20onmouseover=alert(1)%20x="',
      '<svg/onload=alert(1)>',
      '<iframe src=//evil.example></iframe>',
      '%u003cscript%u003e',
    ],
    passes: ['hello', '/pets/5', 'a<b', '1 < 2 > 0', 'the <b>bold</b> one', 'javascript', 'x=1', 'online'],
  },
);

// Once for the gateway, once for what stands behind it.
testRules(commonRuleSet, ['CrossSiteScripting_QUERYARGUMENTS', 'CrossSiteScripting_URIPATH'], {
  matches: ['%253Cscript%253E'],
  passes: ['100%25'],
});

testRules(commonRuleSet, ['NoUserAgent_HEADER'], { matches: [''], passes: ['curl/8.6.0'] });
testRules(commonRuleSet, ['SizeRestrictions_QUERYSTRING'], { matches: ['x'.repeat(2049)], passes: ['x'.repeat(2048)] });
testRules(commonRuleSet, ['SizeRestrictions_Cookie_HEADER'], { matches: ['x'.repeat(10_241)], passes: ['x'.repeat(10_240)] });
testRules(commonRuleSet, ['SizeRestrictions_BODY'], { matches: ['x'.repeat(8193)], passes: ['x'.repeat(8192)] });
testRules(commonRuleSet, ['SizeRestrictions_URIPATH'], { matches: ['x'.repeat(1025)], passes: ['x'.repeat(1024)] });

// Files that tell about a system, and paths like theirs.

import { linuxRuleSet } from './linux-rule-set.ts';
import { testRules } from './testing/rule-examples.ts';

testRules(linuxRuleSet, ['LFI_URIPATH', 'LFI_QUERYSTRING', 'LFI_HEADER'], {
  matches: [
    '/proc/version',
    '../../proc/self/environ',
    'file=/etc/passwd',
    'file=%2Fetc%2Fshadow',
    '/etc/./passwd',
    '//etc//passwd',
    '/etc/x/../hosts',
    '/etc/nginx/nginx.conf',
    '/var/log/auth.log',
    '/root/.ssh/id_rsa',
    '/home/ann/.bash_history',
    '/sys/class/net',
    '/proc/1/cmdline',
    'x=....//....//etc/issue',
    '/etc/os-release',
    '/dev/tcp/10.0.0.1/80',
    '/var/run/secrets/kubernetes.io/serviceaccount/token',
    '/usr/local/apache2/conf/httpd.conf',
    '/ETC/PASSWD',
  ],
  passes: [
    '/pets/etc',
    '/process/version',
    '/api/etc/items',
    '/home/profile',
    '/home/ann',
    '/root/cause',
    '/var/logs',
    '/proc/items',
    'a=etc&b=passwd',
    '/developer/tcp',
    '/system/class',
    '/reboot/grub',
    '/etcetera/passwd',
    '/sys/status',
    'Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0',
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'https://example.com/blog/proc-and-version',
    '/etc/items/42',
  ],
});
testRules(linuxRuleSet, ['LFI_URIPATH', 'LFI_QUERYSTRING'], {
  matches: ['%252fetc%252fpasswd', '%2e%2e%252fproc%252fself%252fmaps'],
  passes: ['%252fpets'],
});

// The core rule set.
// https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html#aws-managed-rule-groups-baseline-crs

import { blockingRuleGroup } from './managed-rule-group.ts';
import { body, cookies, header, queryArguments, queryString, uriPath } from './places.ts';
import { hasXss, matchesAnyCase, not, sizeIs } from './statements.ts';

/** Names that scanners and attack tools give themselves. General HTTP clients (curl, python-requests) are not among them. */
const BAD_BOTS = [
  '(?:acunetix|appscan|arachni|burpcollaborator|cgichk|commix|dirbuster|dirsearch|droopescan|feroxbuster|fimap|fuzz faster u fool|gobuster|grendel-scan|greenbone|havij|invicti|jaeles|joomscan|jorgee|masscan|metasploit|morfeus|muieblackcat)',
  '(?:nessus|netsparker|nikto|nmap|nuclei|openvas|pangolin|probely|skipfish|sqlmap|sqlninja|struts-pwn|sysscan|vega/|w3af|webinspect|webshag|wfuzz|whatweb|whatwaf|wpscan|wprecon|xsser|xsstrike|zgrab|zmeu)',
  '(?:(?:^|[^a-z])(?:bsqlbf|dirb|ffuf|hydra|l9explore|l9tcpid|n-stealth|paros|tplmap|uniscan|vulners)(?:[^a-z]|$))',
];

/** One part of 169.254.169.254 in decimal, octal or hexadecimal, as resolvers read them. */
const PART_169 = '(?:169|0+251|0x0*a9)';
const PART_254 = '(?:254|0+376|0x0*fe)';

/** The address of the instance metadata service in the forms that reach it, and what is asked of it. */
const EC2_METADATA = [
  `(?:^|[^0-9a-z.])${PART_169}\\.${PART_254}\\.${PART_169}\\.${PART_254}(?:[^0-9a-z]|$)`,
  // As one number, or with the last parts in one: only where a host stands, for a number alone is just a number.
  '(?://|@)(?:0*2852039166|0+25177524776|0x0*a9fea9fe|169\\.16689662|169\\.254\\.43518)(?:[^0-9a-z.]|$)',
  // IPv6: mapped, translated, and the address of its own; the credentials of containers and pods.
  '(?::a9fe:a9fe|fd00:0?ec2:[0:]*:(?:0?254|0{0,2}23)|(?:^|[^0-9.])169\\.254\\.170\\.(?:2|23))(?:[^0-9a-f:.]|$)',
  '(?:169-254-169-254\\.|instance-data\\.ec2\\.internal|/latest/meta-data(?:[/?#\\s"\']|$)|/latest/dynamic/instance-identity)',
];

/** Two steps up in a row, with separators of either kind, doubled dots, path parameters, overlong UTF-8. */
const DOTS = '(?:\\.|\\xc0\\xae|\\xe0\\x80\\xae){2}';
const SLASH = '(?:[/\\\\]|\\xc0\\xaf|\\xc1\\x9c|\\xe0\\x80\\xaf)';
const TRAVERSAL = `(?:${DOTS}(?:;[^/\\\\]{0,32})?\\x00?${SLASH}+){2}|(?:\\.{4}[/\\\\]{2}){2}|(?:\\.\\.\\./[/\\\\.]*/){2}`;
/** One step up is enough in a path: clients resolve it before they send. */
const TRAVERSAL_IN_PATH = `${SLASH}${DOTS}(?:;[^/\\\\]{0,32})?(?:${SLASH}|$)`;
/** What is read to see whether reading works. */
const TELLING_FILES = [
  '(?:^|[^a-z0-9_.-])etc/+(?:\\./+)*(?:passwd|shadow|group|hosts|issue)(?:[^a-z0-9_./-]|[.]?$|\\.\\s)',
  '(?:^|[^a-z0-9_.-])proc/+(?:\\./+)*(?:self|[0-9]{1,7})/+(?:environ|cmdline|maps|fd|status|mounts|cwd|root)|(?:[/\\\\]|^)(?:windows|winnt)[/\\\\]+(?:win\\.ini|system\\.ini|system32[/\\\\])|(?:[/\\\\]|^)boot\\.ini',
  '(?:^|[^a-z0-9])(?:php://(?:filter|input|fd|memory|temp)|(?:expect|phar|zip|compress\\.zlib|glob|zlib|rar|ogg|ssh2)://|file:///)',
];
const LFI = [TRAVERSAL, ...TELLING_FILES];

/** Of files that a server has for itself. In a path, at the end of one of its parts. */
const EXTENSION_IN_PATH =
  '\\.(?:asa|asax|backup|bak|bat|cfg|cmd|conf|config|dbf?|dll|htr|htw|id[acq]|inc|ini|ldf|lnk|log|md[bf]|old|orig|pwd|reg|save|sql|sqlite3?|sw[op]|sys|vbs)(?:~|\\.[0-9]{1,3})?(?:[/;:?\\x00]|$)';
/** In an argument, fewer: some of them end host names and ordinary words. */
const EXTENSION_IN_ARGUMENT =
  '[a-z0-9_)-]\\.(?:backup|bak|bat|cfg|cmd|conf|dll|ini|ldf|lnk|log|md[bf]|pwd|sql|sqlite3?|swp|vbs)(?:~|\\.[0-9]{1,3})?(?:[/;:?\\x00]|$)|(?:^|[/\\\\])(?:web|app)\\.config$';

/** AWS: a URL whose host is an IPv4 address. Seen: the group's documentation. */
const RFI = [
  '(?:^|[^a-z0-9])(?:https?|ftps?|sftp|tftp|file|gopher|dict|ldaps?|smb|php|ogg|zlib)\\s?:/+(?:[^/@\\s"\'<>]{0,64}@)?(?:[0-9]{1,3}\\.){3}[0-9]{1,3}\\.?(?:[^0-9a-z._-]|$)',
];

const userAgent = header('user-agent');

export const commonRuleSet = blockingRuleGroup(
  {
    name: 'AWSManagedRulesCommonRuleSet',
    description:
      'Contains rules that are generally applicable to web applications. This provides protection against exploitation of a wide range of vulnerabilities, including those described in OWASP publications and common Common Vulnerabilities and Exposures (CVE).',
    capacity: 700,
    namespace: 'core-rule-set',
  },
  [
    // A header without a value names no agent either.
    ['NoUserAgent_HEADER', 'NoUserAgent_Header', not(sizeIs('GT', 0, userAgent))],
    ['UserAgent_BadBots_HEADER', 'BadBots_Header', matchesAnyCase(userAgent, BAD_BOTS)],
    ['SizeRestrictions_QUERYSTRING', 'SizeRestrictions_QueryString', sizeIs('GT', 2048, queryString)],
    ['SizeRestrictions_Cookie_HEADER', 'SizeRestrictions_Cookie_Header', sizeIs('GT', 10_240, header('cookie'))],
    // What is over the limit of the web ACL is over this one too, however low that limit is.
    ['SizeRestrictions_BODY', 'SizeRestrictions_Body', sizeIs('GT', 8192, { field: { Body: { OversizeHandling: 'MATCH' } } })],
    ['SizeRestrictions_URIPATH', 'SizeRestrictions_URIPath', sizeIs('GT', 1024, uriPath)],
    ['EC2MetaDataSSRF_BODY', 'EC2MetaDataSSRF_Body', matchesAnyCase(body, EC2_METADATA)],
    ['EC2MetaDataSSRF_COOKIE', 'EC2MetaDataSSRF_Cookie', matchesAnyCase(cookies, EC2_METADATA)],
    ['EC2MetaDataSSRF_URIPATH', 'EC2MetaDataSSRF_URIPath', matchesAnyCase(uriPath, EC2_METADATA)],
    ['EC2MetaDataSSRF_QUERYARGUMENTS', 'EC2MetaDataSSRF_QueryArguments', matchesAnyCase(queryArguments, EC2_METADATA)],
    ['GenericLFI_QUERYARGUMENTS', 'GenericLFI_QueryArguments', matchesAnyCase(queryArguments, LFI)],
    ['GenericLFI_URIPATH', 'GenericLFI_URIPath', matchesAnyCase(uriPath, [TRAVERSAL_IN_PATH, ...LFI])],
    ['GenericLFI_BODY', 'GenericLFI_Body', matchesAnyCase(body, LFI)],
    ['RestrictedExtensions_URIPATH', 'RestrictedExtensions_URIPath', matchesAnyCase(uriPath, [EXTENSION_IN_PATH])],
    [
      'RestrictedExtensions_QUERYARGUMENTS',
      'RestrictedExtensions_QueryArguments',
      matchesAnyCase(queryArguments, [EXTENSION_IN_ARGUMENT]),
    ],
    ['GenericRFI_QUERYARGUMENTS', 'GenericRFI_QueryArguments', matchesAnyCase(queryArguments, RFI)],
    ['GenericRFI_BODY', 'GenericRFI_Body', matchesAnyCase(body, RFI)],
    ['GenericRFI_URIPATH', 'GenericRFI_URIPath', matchesAnyCase(uriPath, RFI)],
    ['CrossSiteScripting_COOKIE', 'CrossSiteScripting_Cookie', hasXss(cookies)],
    ['CrossSiteScripting_QUERYARGUMENTS', 'CrossSiteScripting_QueryArguments', hasXss(queryArguments)],
    ['CrossSiteScripting_BODY', 'CrossSiteScripting_Body', hasXss(body)],
    ['CrossSiteScripting_URIPATH', 'CrossSiteScripting_URIPath', hasXss(uriPath)],
  ],
);

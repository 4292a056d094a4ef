// Requests that are known to be attacks or to look for a vulnerable application.
// https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html#aws-managed-rule-groups-baseline-known-bad-inputs

import { blockingRuleGroup } from './managed-rule-group.ts';
import { body, header, headers, method, type Place, queryString, uriPath } from './places.ts';
import { anyOf, equals, matchesAny, matchesAnyCase } from './statements.ts';

/**
 * Expressions (OGNL, SpEL), class loader paths (CVE-2022-22965), the routing header of Spring Cloud Function (CVE-2022-22963) and
 * the classes that serialized attacks are built of. A stack trace names classes too: it must not match.
 */
const JAVA_EXPRESSIONS = [
  'getruntime\\s*\\(\\s*\\)\\s*\\)?\\s*\\.\\s*exec\\s*\\(|(?:^|[^a-z0-9_.])t\\s*\\(\\s*java(?:x|\\.lang|\\.util|\\.io|\\.net)\\.|[@(]\\s*java\\.lang\\.(?:runtime|processbuilder|processimpl)\\s*[@)]|new\\s+(?:java\\.lang\\.)?processbuilder\\s*\\(|(?:class\\s*=\\s*["\']|<)java\\.lang\\.(?:processbuilder|runtime)|java\\.lang\\.runtime["\'\\])\\s]*\\.\\s*getruntime',
  'class(?:\\.|\\[["\']?)(?:module["\'\\]]*(?:\\.|\\[["\']?))?classloader["\'\\]]*(?:[.\\[=]|$)|spring\\.cloud\\.function\\.routing-expression|#_memberaccess|@ognl\\.ognlcontext@|com\\.opensymphony\\.xwork2|xwork\\.methodaccessor\\.|ognlutil@class|javax\\.script\\.scriptenginemanager|java\\.beans\\.xmldecoder|<void\\s+(?:class|method)\\s*=|freemarker\\.template\\.utility\\.execute',
  'org\\.apache\\.commons\\.(?:collections4?\\.functors\\.|collections4?\\.keyvalue\\.tiedmapentry|beanutils\\.beancomparator)|(?:invoker|instantiate)transformer(?:[^a-z]|$)|com\\.sun\\.rowset\\.jdbcrowsetimpl|(?:xalan|xsltc)[a-z.]{0,30}\\.templatesimpl|org\\.springframework\\.context\\.support\\.(?:classpath|filesystem)xmlapplicationcontext|org\\.codehaus\\.groovy\\.runtime\\.(?:methodclosure|convertedclosure)|com\\.mchange\\.v2\\.c3p0\\.|org\\.mozilla\\.javascript\\.native',
  '"@type"\\s*:\\s*"(?:l?com\\.sun\\.|l?org\\.apache\\.|l?java\\.lang\\.(?:class|autocloseable|exception)|java\\.net\\.|javax\\.|ch\\.qos\\.logback\\.|com\\.zaxxer\\.|\\[com\\.)',
];
/** The first bytes of a serialized object: as they are, in hexadecimal and in base64. */
const JAVA_STREAMS = [
  '\\xac\\xed\\x00\\x05[\\x70-\\x7e]|(?:^|[^0-9A-Za-z])[aA][cC][eE][dD]00057[0-9A-Ea-e]',
  '(?:^|[^0-9A-Za-z+/])rO0ABX',
];

function javaDeserialization(place: Place) {
  return anyOf([matchesAnyCase(place, JAVA_EXPRESSIONS), matchesAny(place, [], JAVA_STREAMS)]);
}

/** One letter of `jndi`, or a lookup of Log4j that comes to it: `${lower:j}`, `${::-j}`, `${env:NaN:-j}`. */
function letter(text: string): string {
  return `(?:${text}|\\$\\{(?:lower|upper|date):[^{}]{1,5}\\}|\\$\\{[^{}]{0,60}:-[^{}]{0,3}\\})`;
}

const LOG4J = [
  '\\$\\{\\s*jndi\\s*(?::|\\$\\{)',
  `\\$\\{\\s*${[...'jndi'].map(letter).join('')}\\s*(?::|\\$\\{)`,
  // A lookup in a lookup, of those that only serve to hide. `${env:` and `${sys:` in one another are configuration.
  '\\$\\{[^{}]{0,30}\\$\\{(?:lower|upper|date|base64|::-|\\s*\\$\\{)',
  // CVE-2021-45105: a lookup that repeats itself; CVE-2021-45046: the context's values.
  '\\$\\{(?:::-|ctx:[a-z0-9_.-]{1,64}:-|\\$\\{::)',
];

/** CVE-2025-55182: references in a React Flight body that reach for prototypes, and states that only a server sets. */
const REACT = [
  '\\$[0-9a-f]{1,8}(?::[a-z0-9_$]{1,40}){0,6}:(?:__proto__|constructor|prototype)(?:[:"\'\\\\]|$)',
  '["\']status["\']\\s*:\\s*["\']resolved_model["\']',
  '["\']_response["\']\\s*:\\s*\\{[^{}]{0,200}["\']_prefix["\']\\s*:|["\']_formdata["\']\\s*:\\s*\\{\\s*["\']get["\']\\s*:',
];

/**
 * The whole of the host: `api.execute-api.localhost` is somebody's own name. A gateway on one's own machine that is called as
 * `localhost` is refused by this rule, as AWS's name for it says.
 */
const LOCALHOST = [
  '^(?:localhost6?(?:\\.localdomain6?)?|127(?:\\.[0-9]{1,3}){1,3}|0\\.0\\.0\\.0|\\[(?:::1|::)\\]|::1)\\.?(?::[0-9]*)?$',
];

/** Parts of a deployment, of a repository or of a secret store that nobody means to serve, and paths of known exploits. */
const EXPLOITABLE_PATHS = [
  '/(?:web-inf|meta-inf|\\.git|\\.svn|\\.hg|\\.bzr|\\.aws|\\.azure|\\.kube|\\.docker|\\.ssh|\\.gnupg|\\.vscode|\\.idea|\\.terraform)(?:[/;]|$)|/\\.(?:env|htaccess|htpasswd|ds_store|npmrc|pypirc|netrc|bash_history|git-credentials|gitconfig|dockercfg|pgpass|my\\.cnf)(?:[.~_-][a-z0-9._-]{0,24})?(?:[/;]|$)',
  '/actuator/(?:env|heapdump|threaddump|gateway|jolokia|logfile|mappings|configprops|shutdown|trace|httptrace)(?:[/;]|$)|/jolokia(?:[/;]|$)|/(?:invoker/)?(?:ejb|jmx)invokerservlet|/wls-wsat/|/_async/asyncresponseservice|/bea_wls_|/console/(?:css|images)/(?:%2e|\\.\\.)',
  '/phpunit/(?:phpunit/)?(?:src/)?util/php/eval-stdin\\.php|/_ignition/execute-solution|/phpinfo(?:\\.php)?(?:[/;]|$)|/telescope/requests|/_profiler/(?:phpinfo|open)|/(?:vendor|laravel)/[a-z0-9_./-]{0,60}\\.env|/think(?:php)?/invokefunction|/cgi-bin/(?:\\.|php(?:5|-cgi)?(?:[/?;]|$)|test-cgi|printenv|luci|webproc)',
  '/mgmt/tm/util/bash|/tmui/login\\.jsp|/hnap1(?:/|$)|/boaform/|/goform/|/gponform/|/remote/fgt_lang|/dana-na/|/vpns?/(?:\\.\\.|cfg/|portal/scripts)|/owa/auth/[a-z0-9_]+\\.(?:aspx|js)|/ecp/[a-z0-9_]+\\.js|/autodiscover/autodiscover\\.json|/solr/[a-z0-9_]+/(?:config|dataimport|debug/dump)|/druid/indexer/|/struts2?-showcase',
];

export const knownBadInputs = blockingRuleGroup(
  {
    name: 'AWSManagedRulesKnownBadInputsRuleSet',
    description:
      'Contains rules that allow you to block request patterns that are known to be invalid and are associated with exploitation or discovery of vulnerabilities. This can help reduce the risk of a malicious actor discovering a vulnerable application.',
    capacity: 200,
    namespace: 'known-bad-inputs',
  },
  [
    ['JavaDeserializationRCE_HEADER', 'JavaDeserializationRCE_Header', javaDeserialization(headers)],
    ['JavaDeserializationRCE_BODY', 'JavaDeserializationRCE_Body', javaDeserialization(body)],
    ['JavaDeserializationRCE_URIPATH', 'JavaDeserializationRCE_URIPath', javaDeserialization(uriPath)],
    ['JavaDeserializationRCE_QUERYSTRING', 'JavaDeserializationRCE_QueryString', javaDeserialization(queryString)],
    ['Host_localhost_HEADER', 'Host_Localhost_Header', matchesAnyCase(header('host'), LOCALHOST)],
    ['PROPFIND_METHOD', 'Propfind_Method', equals(method, 'PROPFIND')],
    ['ExploitablePaths_URIPATH', 'ExploitablePaths_URIPath', matchesAnyCase(uriPath, EXPLOITABLE_PATHS)],
    ['Log4JRCE_HEADER', 'Log4JRCE_Header', matchesAnyCase(headers, LOG4J)],
    ['Log4JRCE_QUERYSTRING', 'Log4JRCE_QueryString', matchesAnyCase(queryString, LOG4J)],
    ['Log4JRCE_BODY', 'Log4JRCE_Body', matchesAnyCase(body, LOG4J)],
    ['Log4JRCE_URIPATH', 'Log4JRCE_URIPath', matchesAnyCase(uriPath, LOG4J)],
    ['ReactJSRCE_BODY', 'ReactJSRCE_Body', matchesAnyCase(body, REACT)],
  ],
);

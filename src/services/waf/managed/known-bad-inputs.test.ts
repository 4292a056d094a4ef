// biome-ignore-all lint/suspicious/noTemplateCurlyInString: lookups of Log4j are written that way

// What known bad inputs are found, and what is like them and is not.

import { knownBadInputs } from './known-bad-inputs.ts';
import { testRules } from './testing/rule-examples.ts';

const JAVA_RULES = ['HEADER', 'BODY', 'URIPATH', 'QUERYSTRING'].map((place) => `JavaDeserializationRCE_${place}`);
testRules(knownBadInputs, JAVA_RULES, {
  matches: [
    '(java.lang.Runtime).getRuntime().exec("whoami")',
    'T(java.lang.Runtime).getRuntime().exec("id")',
    'class.module.classLoader.resources.context.parent.pipeline.first.pattern=%25%7Bc2%7Di',
    'class[module][classLoader][URLs][0]=0',
    'spring.cloud.function.routing-expression: T(java.lang.Runtime)',
    "%{(#_memberAccess['allowStaticMethodAccess']=true)(@java.lang.Runtime@getRuntime())}",
    '#context["com.opensymphony.xwork2.dispatcher.HttpServletRequest"]',
    'rO0ABXNyABFqYXZhLnV0aWwuSGFzaE1hcA',
    'aced00057372',
    '%ac%ed%00%05sr',
    'org.apache.commons.collections.functors.InvokerTransformer',
    '{"@type":"com.sun.rowset.JdbcRowSetImpl","dataSourceName":"rmi://x/y","autoCommit":true}',
    'org.springframework.context.support.ClassPathXmlApplicationContext',
    'new javax.script.ScriptEngineManager()',
    '<void class="java.lang.ProcessBuilder">',
    'new ProcessBuilder("sh")',
  ],
  passes: [
    'java.lang.RuntimeException: boom',
    'at java.lang.Thread.run(Thread.java:748)',
    'at java.lang.ProcessBuilder.start(ProcessBuilder.java:1128)',
    'print(java.lang.String)',
    'the class loader of the module',
    'classLoaders are fun',
    '{"@type":"Person","name":"Ann"}',
    '{"@type":"type.googleapis.com/google.rpc.Status"}',
    'application/x-java-serialized-object',
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxIn0.c2ln',
    'getRuntime of the film',
    'org.apache.commons.collections4.list',
  ],
});
testRules(knownBadInputs, ['JavaDeserializationRCE_BODY'], {
  matches: ['{"expr":"T(java.lang.Runtime)\\u002egetRuntime().exec(\\"id\\")"}'],
  passes: ['{"expr":"length(name)"}'],
});

testRules(knownBadInputs, ['Host_localhost_HEADER'], {
  matches: [
    'localhost',
    'localhost:8080',
    'LOCALHOST',
    '127.0.0.1',
    '127.0.0.1:4566',
    '[::1]:80',
    '0.0.0.0',
    'localhost.localdomain',
  ],
  passes: [
    ...['example.com', 'api.localhost', 'abc123.execute-api.localhost:4566', 'localhost.example.com', 'mylocalhost', '10.0.0.1'],
    ...['127.example.com', 'localhosts', 'abc.execute-api.us-east-1.amazonaws.com'],
  ],
});

testRules(knownBadInputs, ['ExploitablePaths_URIPATH'], {
  matches: [
    ...['/WEB-INF/web.xml', '/META-INF/MANIFEST.MF', '/.git/config', '/.env', '/app/.env.production', '/.aws/credentials'],
    ...['/.svn/entries', '/.htpasswd', '/.DS_Store', '/actuator/heapdump', '/actuator/env', '/jolokia/list'],
    ...['/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php', '/_ignition/execute-solution', '/phpinfo.php'],
    ...['/mgmt/tm/util/bash', '/HNAP1/', '/boaform/admin/formLogin', '/%2e%65nv', '/.ssh/id_rsa', '/%252eenv'],
    ...['/invoker/JMXInvokerServlet', '/solr/core1/dataimport', '/autodiscover/autodiscover.json'],
  ],
  passes: [
    ...['/', '/pets', '/environment', '/.well-known/acme-challenge/x', '/.well-known/openid-configuration', '/actuator/health'],
    ...['/actuator/info', '/actuator/prometheus', '/web-info', '/git/config', '/my.env/x', '/envelope', '/gitignore-templates'],
    ...['/docs/.environment-guide', '/solr/select', '/phpinformation', '/owa/inbox', '/console'],
  ],
});

const LOG4J_RULES = ['HEADER', 'QUERYSTRING', 'BODY', 'URIPATH'].map((place) => `Log4JRCE_${place}`);
testRules(knownBadInputs, LOG4J_RULES, {
  matches: [
    '${jndi:ldap://example.com/}',
    '${JNDI:rmi://x/a}',
    '%24%7Bjndi:dns://x/a%7D',
    '$%7Bjndi:ldap://x/a}',
    '${${lower:j}ndi:ldap://x/a}',
    '${${lower:j}${lower:n}${lower:d}i:${lower:rmi}://x}',
    '${${::-j}${::-n}${::-d}${::-i}:${::-r}${::-m}${::-i}://x}',
    '${${env:BARFOO:-j}ndi${env:BARFOO:-:}${env:BARFOO:-l}dap://x}',
    '${j${::-n}di:ldap://x}',
    '${${upper:j}${upper:n}di:ldap://x}',
    '${jndi:${lower:l}${lower:d}ap://x}',
    '${${env:x:-${lower:j}}ndi:ldap://x}',
    '${jn${date:d}i:ldap://x}',
    '${ jndi:ldap://x}',
    '${${::-${::-$${::-j}}}}',
  ],
  passes: [
    '${name}',
    '${user.id}',
    '$jndi',
    'jndi:ldap is a scheme',
    '${PORT:-8080}',
    '${FOO:-${BAR:-baz}}',
    '${self:custom.stages.${opt:stage}}',
    '${file(./config.${env:STAGE}.yml)}',
    '`${a ? `${b}` : c}`',
    '$(jndi)',
    '{"price":"$5","note":"{jndi}"}',
    '${id:-n}',
    '${indices:all}',
    '${index:-1}',
  ],
});
testRules(knownBadInputs, ['Log4JRCE_BODY'], {
  matches: ['{"a":"\\u0024\\u007bjndi:ldap://x}"}', '{"a":"\\x24{jndi:ldap://x}"}'],
  passes: ['{"a":"\\u0024{name}"}'],
});

testRules(knownBadInputs, ['ReactJSRCE_BODY'], {
  matches: [
    '{"then":"$1:__proto__:then","status":"resolved_model"}',
    '{"get":"$1:constructor:constructor"}',
    '{"status":"resolved_model","reason":-1}',
    '{"_response":{"_prefix":"process.mainModule.require(1);"}}',
    '"_formData":{"get":"$1:x"}',
    '{"then":"$2:a:__proto__:then"}',
    '{"then":"$1:\\u005f\\u005fproto\\u005f\\u005f:then"}',
    '{"status" : "resolved\\u005fmodel"}',
    '["$1:a:a:constructor"]',
  ],
  passes: [
    '{"status":"resolved"}',
    '["$K1"]',
    '{"model":"resolved_model_v2"}',
    '{"price":"$1:00"}',
    '{"_response":{"id":1}}',
    '{"constructor":"Ferrari"}',
    '{"formData":{"get":"x"}}',
    '[{"a":"$undefined"},"$@1"]',
    'the prototype costs $10: constructor included',
  ],
});

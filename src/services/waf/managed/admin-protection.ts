// The paths that applications and servers are administered at.
// https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html#aws-managed-rule-groups-baseline-admin

import { blockingRuleGroup } from './managed-rule-group.ts';
import { uriPath } from './places.ts';
import { matchesAnyCase } from './statements.ts';

/** Whole parts of a path, but for a version or an extension behind them: `/phpmyadmin-4.9.1`, `/adminer.php`. */
const ADMIN_PATHS = [
  '/(?:admin|administrator|admincp|admin[-_]?(?:area|console|panel)|wp-admin|siteadmin|webadmin|sysadmin|cpanel|whm|plesk|webmin|directadmin|ispconfig|useradmin|phpldapadmin|rockmongo|mongo-express)(?:\\.(?:php|asp|aspx|jsp|cgi|html?))?(?:[/;]|$)',
  '/(?:sql|db|mysql|msql|pg|php-?my|php-?pg|web-?sql|sqlite)[-_]?(?:admin|manager)(?:[0-9._-][a-z0-9._-]{0,24})?(?:[/;]|$)',
  '/(?:pma[0-9._-]{0,12}|adminer[a-z0-9._-]{0,24}|mysqldumper|myadmin[0-9._-]{0,12}|sqlweb|phpminiadmin(?:\\.php)?)(?:[/;]|$)',
  // Servers: Tomcat, JBoss, WebLogic, GlassFish, Apache, Felix, Axis.
  '/(?:manager/(?:html|text|status|jmxproxy)|host-manager(?:/html)?|jmx-console|web-console|console/(?:login|console\\.portal)|server-(?:status|info)|system/console|axis2?-admin|axis2/axis2-web|hawtio|nginx_status)(?:[/;.]|$)',
];

export const adminProtection = blockingRuleGroup(
  {
    name: 'AWSManagedRulesAdminProtectionRuleSet',
    description:
      'Contains rules that allow you to block external access to exposed admin pages. This may be useful if you are running third-party software or would like to reduce the risk of a malicious actor gaining administrative access to your application.',
    capacity: 100,
    namespace: 'admin-protection',
  },
  [['AdminProtection_URIPATH', 'AdminProtection_URIPath', matchesAnyCase(uriPath, ADMIN_PATHS)]],
);

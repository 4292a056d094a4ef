// The paths that are administration, and those that only sound like it.

import { adminProtection } from './admin-protection.ts';
import { testRules } from './testing/rule-examples.ts';

testRules(adminProtection, ['AdminProtection_URIPATH'], {
  matches: [
    ...['/admin', '/prod/admin/users', '/Admin/', '/administrator/index.php', '/wp-admin/', '/phpmyadmin/', '/phpMyAdmin-4.9.1/'],
    ...['/pma/', '/adminer.php', '/adminer-4.8.1.php', '/sqlmanager/', '/mysqlmanager', '/myadmin', '/dbadmin', '/sqladmin'],
    ...['/manager/html', '/host-manager/html', '/jmx-console/', '/server-status', '/cpanel', '/webmin/', '/admin.php'],
    ...['/php-my-admin/', '/pgadmin4/', '/phppgadmin/', '/%61dmin', '/system/console/bundles', '/console/login/LoginForm.jsp'],
  ],
  passes: [
    ...['/', '/pets', '/administration-guide', '/admins', '/badminton', '/users/admin-1', '/manager', '/managers/html'],
    ...['/server', '/server-status-page', '/console', '/dashboard', '/sql', '/database', '/pmarket', '/my-webinar'],
    ...['/blog/how-to-use-phpmyadmin', '/api/v1/db', '/mysql', '/webmining', '/myadministration'],
  ],
});

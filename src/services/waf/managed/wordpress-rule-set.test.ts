// Commands and files of WordPress that are exploited, and what visitors use.

import { testRules } from './testing/rule-examples.ts';
import { wordPressRuleSet } from './wordpress-rule-set.ts';

testRules(wordPressRuleSet, ['WordPressExploitableCommands_QUERYSTRING'], {
  matches: [
    ...['do-reset-wordpress', 'do-reset-wordpress=1', 'swp_debug=load_options&swp_url=http://x', 'wp_abspath=http://x'],
    ...['action=revslider_show_image&img=../wp-config.php', 'action=duplicator_download&file=x', 'gf_page=upload'],
    ...['a=1&up_auto_log=true', 'action=mk_file_folder_manager', 'img=../wp-config.php', 'DO-RESET-WORDPRESS=true'],
    ...['do%2dreset%2dwordpress=1'],
  ],
  passes: [
    ...['p=123', 's=reset+wordpress', 'action=heartbeat', 'page_id=2', 'action=woocommerce_get_refreshed_fragments'],
    ...['cat=4&paged=2', 'img=logo.png', 'preview=true', 'action=duplicate', 'q=do-reset-wordpress-howto', 'filename=x.pdf'],
  ],
});

testRules(wordPressRuleSet, ['WordPressExploitablePaths_URIPATH'], {
  matches: [
    ...['/xmlrpc.php', '/blog/xmlrpc.php', '/XMLRPC.php', '/wp-config.php', '/wp-config.php.bak', '/wp-config.php~'],
    ...['/wp-admin/install.php', '/wp-admin/setup-config.php', '/wp-content/debug.log', '/wp-content/uploads/2024/01/x.php'],
    ...['/wp-includes/wlwmanifest.xml', '/wp-content/plugins/wp-file-manager/lib/php/connector.minimal.php'],
    ...['/wp-content/themes/x/timthumb.php', '/installer.php', '/xmlrpc.php0', '/%78mlrpc.php'],
  ],
  passes: [
    ...['/', '/wp-login.php', '/wp-admin/admin-ajax.php', '/wp-json/wp/v2/posts', '/wp-content/uploads/2024/01/x.jpg'],
    ...['/wp-includes/js/jquery/jquery.min.js', '/wp-content/themes/x/style.css', '/xmlrpc', '/blog/xmlrpc-explained'],
    ...['/wp-cron.php', '/wp-content/plugins/akismet/readme.txt', '/wp-configuration'],
  ],
});

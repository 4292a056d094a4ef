// Commands and files of WordPress and of its plugins that have been exploited.
// https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-use-case.html#aws-managed-rule-groups-use-case-wordpress-app

import { blockingRuleGroup } from './managed-rule-group.ts';
import { queryString, uriPath } from './places.ts';
import { matchesAnyCase } from './statements.ts';

const COMMANDS = [
  '(?:^|&)(?:do-reset-wordpress|yp_remote_get|up_auto_log|wp_?abspath|abs_?path|wpload|swp_debug|cpmvc_do_action|ithemes-?sync-?request|wordfence_loghtml)(?:=|&|$)|(?:^|&)gf_page=upload(?:&|$)|(?:^|&)swp_url=',
  '(?:^|&)action=(?:revslider_(?:show_image|ajax_action|update_plugin)|nopriv_revslider[a-z_]*|duplicator_download|wpsl_load_[a-z_]+|mk_file_folder_manager|wp_file_manager[a-z_]*|kbslider_show_image|ave_publishpost_ajax|upload_ugc|wpdm_ajax_call|showbiz_ajax_action|_ning_upload_image|tie_get_user_weather|cp_add_subscriber|uploadfontico[a-z]*|nm_personalizedproduct_upload_file)(?:&|$)',
  '(?:^|&)(?:wpv-image|img|mkfilename|fileurl|download_file|downloadfile|ebookdownloadurl|filename)=[^&]{0,200}wp-config(?:\\.php)?',
];

const PATHS = [
  '/(?:xmlrpc\\.php[0-9]?|wp-config(?:-sample)?\\.(?:php|inc|txt|bak|old)[a-z0-9._~-]{0,24}|wp-admin/(?:install|setup-config|maint/repair|includes/[a-z0-9_-]+)\\.php|wlwmanifest\\.xml|wp-content/(?:debug\\.log|backup-db|backups-dup[a-z-]*|updraft|ai1wm-backups|w3tc/dbcache|uploads/[a-z0-9_./-]{0,200}\\.ph(?:p[0-9]?|tml|ar)))(?:[/;]|$)',
  '/(?:timthumb|thumb)\\.php(?:[/;]|$)|/wp-content/(?:plugins|themes|mu-plugins)/(?:wp-file-manager/lib/|revslider/temp/|hellopress/|wp-mobile-detector/resize|wpshop/|cherry-plugin/admin/|formcraft/file-upload|reflex-gallery/admin/|work-the-flow-file-upload/|mailpress/|simple-ads-manager/|gallery-plugin/upload|wysija-newsletters/temp|duplicator(?:-pro)?/files/|adaptive-images/adaptive-images-script|site-editor/editor/)',
  '/(?:installer(?:-backup)?|dup-installer/main\\.installer|alfacgiapi/|alfa-?rex[0-9]?|wp-(?:22|backup-sql|l0gin|signin|sigunq|conflg|css)|wso[0-9.]*|mini|adminfuns|wp_filemanager)\\.php[0-9]?(?:[/;]|$)',
];

export const wordPressRuleSet = blockingRuleGroup(
  {
    name: 'AWSManagedRulesWordPressRuleSet',
    description:
      'The WordPress Applications group contains rules that block request patterns associated with the exploitation of vulnerabilities specific to WordPress sites.',
    capacity: 100,
    namespace: 'wordpress-app',
  },
  // AWS: the labels of this group are in the capitals of its rules. Seen: the group's documentation.
  [
    [
      'WordPressExploitableCommands_QUERYSTRING',
      'WordPressExploitableCommands_QUERYSTRING',
      matchesAnyCase(queryString, COMMANDS),
    ],
    ['WordPressExploitablePaths_URIPATH', 'WordPressExploitablePaths_URIPATH', matchesAnyCase(uriPath, PATHS)],
  ],
);

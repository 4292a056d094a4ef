// Files of a Linux system that tell about it.
// https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-use-case.html#aws-managed-rule-groups-use-case-linux-os

import { blockingRuleGroup } from './managed-rule-group.ts';
import { headers, type Place, queryString, uriPath } from './places.ts';
import { anyOf, matchesAny } from './statements.ts';

/** In front of a path of the system: the beginning, or what no name has in it. */
const START = '(?:^|[^a-z0-9_.-])';

const FILES = [
  `${START}proc/(?:version|cpuinfo|meminfo|mounts|partitions|cmdline|modules|stat|swaps|uptime|loadavg|filesystems|devices|kallsyms|kcore|config\\.gz|sched_debug|net/(?:arp|tcp6?|udp6?|route|fib_trie|dev|unix)|sys/kernel/[a-z_]+|(?:self|thread-self|[0-9]{1,7})/(?:environ|cmdline|maps|mem|stat(?:us|m)?|mounts|mountinfo|cwd|root|exe|fd|auxv|cgroup|task|loginuid|net))(?:[^a-z0-9_-]|$)`,
  `${START}etc/(?:passwd|shadow|gshadow|group|hosts(?:\\.allow|\\.deny)?|hostname|issue(?:\\.net)?|motd|fstab|mtab|crontab|sudoers(?:\\.d)?|environment|profile|bash\\.bashrc|resolv\\.conf|nsswitch\\.conf|networks|services|exports|inittab|ld\\.so\\.(?:conf|preload)|os-release|lsb-release|(?:redhat|debian|centos|alpine|fedora)[-_](?:release|version)|machine-id|krb5\\.(?:conf|keytab)|my\\.cnf|vsftpd\\.conf|proftpd\\.conf)-?(?:[^a-z0-9_-]|$)`,
  `${START}etc/(?:apache2?|httpd|nginx|lighttpd|mysql|mariadb|postgresql|php[0-9]?|php-fpm\\.d|ssh|ssl/private|pam\\.d|security|init\\.d|rc\\.d|cron\\.(?:d|daily|hourly|weekly|monthly)|sysconfig|network|systemd|kubernetes|docker|redis|mongod\\.conf|tomcat[0-9]?|openvpn|wireguard|letsencrypt|samba|squid|bind|exim4?|postfix|ansible)/[a-z0-9._-]`,
  `${START}(?:var/(?:log/[a-z0-9._-]|run/secrets/|spool/(?:cron|mail)|lib/(?:mysql|postgresql|docker|kubelet|mlocate)/|mail/|backups/)|run/secrets/|sys/(?:class|devices|kernel|module|firmware|block|fs/cgroup)/|boot/(?:grub2?|vmlinuz|initrd)|dev/(?:shm|tcp|udp|mem|sd[a-z]|random|fd)(?:[^a-z0-9_-]|$)|usr/local/(?:apache2?|nginx|etc|tomcat)/[a-z0-9._-]|opt/(?:lampp|bitnami)/)`,
  `${START}(?:root|home/[a-z0-9._-]{1,32})/(?:\\.(?:ssh|aws|kube|docker|gnupg|config|bash_history|bashrc|bash_profile|profile|zsh_history|zshrc|mysql_history|psql_history|viminfo|netrc|pgpass|git-credentials|npmrc|rhosts|xauthority)(?:[^a-z0-9_-]|$)|(?:id_(?:rsa|dsa|ecdsa|ed25519)|authorized_keys))|\\.ssh/(?:id_[a-z0-9]+|authorized_keys|known_hosts|config)(?:[^a-z0-9]|$)`,
];

/** `/etc/./passwd` and `/etc//passwd` are the same file: the text is looked at with its path straightened out, too. */
function systemFiles(place: Place) {
  return anyOf([matchesAny(place, ['LOWERCASE'], FILES), matchesAny(place, ['NORMALIZE_PATH', 'LOWERCASE'], FILES)]);
}

export const linuxRuleSet = blockingRuleGroup(
  {
    name: 'AWSManagedRulesLinuxRuleSet',
    description:
      'Contains rules that block request patterns associated with exploitation of vulnerabilities specific to Linux, including LFI attacks. This can help prevent attacks that expose file contents or execute code for which the attacker should not have had access.',
    capacity: 200,
    namespace: 'linux-os',
  },
  [
    ['LFI_URIPATH', 'LFI_URIPath', systemFiles(uriPath)],
    ['LFI_QUERYSTRING', 'LFI_QueryString', systemFiles(queryString)],
    ['LFI_HEADER', 'LFI_Header', systemFiles(headers)],
  ],
);

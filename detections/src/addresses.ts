const INSIDE =
  /^(?:::ffff:)?(?:10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|0\.0\.0\.0$|22[4-9]\.|23\d\.|255\.)|^(?:::1?$|f[cde][0-9a-f]{2}:|fe80:|ff[0-9a-f]{2}:)/i;

/** Whether an address belongs to a network of one's own: private, loopback, link-local, shared or multicast. */
export const isInside = (address: string): boolean => address === "" || INSIDE.test(address);

/**
 * Programs that install and remove packages and keep the lists of accounts; what they change was asked for. A program of
 * that name elsewhere, such as in a temporary folder, is none of them.
 */
export const INSTALLERS =
  /^(?:(?:\/usr)?(?:\/local)?\/s?bin\/|(?:\/usr)?\/lib\/(?:\S+\/)?)?(?:dpkg|dpkg-\w+|apt|apt-get|aptitude|unattended-upgr\S*|rpm|dnf|yum|zypper|apk|opkg|pacman|snapd|swupdate|rauc|mender|update-\S+|ldconfig|systemctl|deb-systemd-helper|systemd-sysusers|(?:user|group)(?:add|del|mod)|(?:add|del)(?:user|group)|newusers|g?passwd|chpasswd|chage|chsh|chfn|(?:pw|grp)(?:un)?conv|vipw|visudo)$/;

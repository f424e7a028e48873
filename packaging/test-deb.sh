#!/bin/bash
# Tries the package on a Debian root of its own: install, use, upgrade, downgrade, remove, purge. Needs root and debootstrap.
# packaging/test-deb.sh [FOLDER WITH A DEBIAN ROOT]      without one, debootstrap makes it from this machine's own mirror
set -euo pipefail
cd "$(dirname "$0")/.."
say() { printf '%-9s %s\n' "$1" "$2"; }
fail() { say FAIL "$1"; exit 1; }
work=$(mktemp -d)
given=${1:-}
root=${given:-$work/root}
trap 'umount "$root/proc" 2>/dev/null || true; rm -rf "$work"' EXIT

if [ -z "$given" ]; then
  mirror=${MIRROR:-$(grep -rhoP '^(URIs: |deb (\[[^]]*\] )?)\K\S+' /etc/apt/sources.list /etc/apt/sources.list.d/ 2>/dev/null | grep -m1 '/debian$')}
  debootstrap --variant=minbase "${SUITE:-bookworm}" "$root" "$mirror" >"$work/debootstrap.log" || { tail "$work/debootstrap.log"; exit 1; }
fi
mount -t proc proc "$root/proc"
inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive "$@"; }

node packaging/build-deb.mjs --with-node --version 0.1.0 --out "$work" >/dev/null
node packaging/build-deb.mjs --with-node --version 0.2.0 --out "$work" >/dev/null
cp "$work"/*.deb "$root/tmp/"
arch=$(dpkg --print-architecture)
old=/tmp/picket-agent_0.1.0_$arch.deb
new=/tmp/picket-agent_0.2.0_$arch.deb
version() { inside dpkg-query -W -f '${Version} ${db:Status-Status}' picket-agent 2>/dev/null || true; }

inside apt-get install -y -qq adduser libstdc++6 >"$work/apt.log" 2>&1 || true
before=$(inside find / -xdev -not -path '/proc/*' -not -path '/tmp/*' -not -path '/var/*' -not -path '/run/*' | sort)
inside dpkg -i "$old" >"$work/install.log" 2>&1 || { cat "$work/install.log"; fail "install"; }
[ "$(version)" = "0.1.0 installed" ] || fail "it is not installed: $(version)"
inside getent passwd picket-agent | grep -q nologin || fail "it has no user without a shell"
[ "$(stat -c %a "$root/var/lib/picket-agent")" = 700 ] || fail "its folder is open to others"
[ -z "$(find "$root/usr/lib/picket-agent" "$root/usr/bin/picket-agent" -perm /6000)" ] || fail "something is set-uid"
say ok "installed with its own user; nothing is set-uid"

inside picket-agent --version | grep -q '^[0-9]' || fail "it does not run"
inside picket-agent doctor >"$work/doctor.txt" || fail "doctor does not run"
grep -q "Linux" "$work/doctor.txt" || fail "doctor says nothing"
say ok "runs, and doctor tells $(grep -c '^ok' "$work/doctor.txt") things that work and $(grep -c '^no' "$work/doctor.txt") that do not"

echo '{"data": "/var/lib/picket-agent", "verbose": true}' >"$root/etc/picket-agent/config.json"
echo secret >"$root/etc/picket-agent/connection-string"
touch "$root/var/lib/picket-agent/agent-id"
inside dpkg -i --force-confold "$new" >"$work/upgrade.log" 2>&1 || { cat "$work/upgrade.log"; fail "upgrade"; }
[ "$(version)" = "0.2.0 installed" ] || fail "it was not upgraded: $(version)"
grep -q verbose "$root/etc/picket-agent/config.json" || fail "the upgrade overwrote the settings"
[ -f "$root/var/lib/picket-agent/agent-id" ] || fail "the upgrade lost the agent's folder"
[ "$(stat -c '%a %G' "$root/etc/picket-agent/connection-string")" = "640 $(stat -c %G "$root/etc/picket-agent")" ] || fail "the connection string is open to others"
say ok "upgraded; settings and waiting events stay, the key is for its user only"

inside dpkg -i --force-confold "$old" >"$work/downgrade.log" 2>&1 || { cat "$work/downgrade.log"; fail "downgrade"; }
[ "$(version)" = "0.1.0 installed" ] || fail "it was not downgraded: $(version)"
inside picket-agent --version >/dev/null || fail "it does not run after the downgrade"
say ok "downgraded, and runs"

inside dpkg -r picket-agent >/dev/null 2>&1 || fail "remove"
[ -f "$root/var/lib/picket-agent/agent-id" ] || fail "removing lost the agent's folder"
say ok "removed; its folder stays until it is purged"
inside dpkg -P picket-agent >"$work/purge.log" 2>&1 || { cat "$work/purge.log"; fail "purge"; }
after=$(inside find / -xdev -not -path '/proc/*' -not -path '/tmp/*' -not -path '/var/*' -not -path '/run/*' | sort)
left=$(diff <(echo "$before") <(echo "$after") | grep '^>' | grep -v -e '/etc/.*-$' -e '/etc/\.pwd\.lock' || true)
[ -z "$left" ] || fail "purge left: $left"
inside getent passwd picket-agent >/dev/null && fail "purge left its user"
[ ! -e "$root/var/lib/picket-agent" ] || fail "purge left its folder"
say ok "purged: no file and no user is left"

#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The Debian package under a real service manager: built, looked at by lintian, installed in a container over a copy of
# this machine's own files, with real clients. The cases run in the container, tests/system/package/guest.sh;
# this prepares it, passes on what it says, and leaves this machine as it was.
#
#   tests/system/package.sh                 TAP
#   tests/system/package.sh ROOT PACKAGE    over a copy of the files of another system, and the package that was made there
set -u

source=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/support/tap.sh
. "$source/tests/support/tap.sh"
# shellcheck source=scripts/lab
. "$source/scripts/lab"

LIMIT_S=1100            # the guest takes 30 s; a busy machine many times that
work=

clean_up() {
	trap '' HUP INT TERM
	[ -n "$work" ] || return
	if [ -n "${container:-}" ]; then
		kill -KILL "$container" 2>/dev/null
		wait "$container" 2>/dev/null
	fi
	umount "$work/root" 2>/dev/null
	umount "$work/layers" 2>/dev/null
	rm -rf --one-file-system "$work"
}

# The machine's own root, or another, with what is written to it kept in memory.
mount_root() {
	mkdir "$work/layers" "$work/root" "$work/job" || return
	mount -t tmpfs filterd-package "$work/layers" && mkdir "$work/layers/"{upper,work} &&
		mount -t overlay -o "lowerdir=$files,upperdir=$work/layers/upper,workdir=$work/layers/work" overlay "$work/root"
}

# What makes this machine one that is no system of its own.
prepare_root() {
	local root=$work/root

	rm -f "$root/.dockerenv" "$root/usr/sbin/policy-rc.d"
	rm -f "$root/usr/bin/kill"      # of procps, which a small gateway has not
	: >"$root/etc/fstab"
	cat >"$root/etc/systemd/system/package-test.service" <<-END
		[Unit]
		DefaultDependencies=no
		Requires=systemd-journald.service dbus.socket
		After=basic.target dbus.socket
		Wants=basic.target
		[Service]
		Type=oneshot
		ExecStart=/bin/bash /src/tests/system/package/guest.sh /job
		StandardOutput=file:/job/said
		StandardError=file:/job/errors
		ExecStopPost=/bin/systemctl --no-block exit 0
	END
}

# The libraries that scripts/install has for the build, and those that the package says it is built with.
libraries_installed() {
	"$source/scripts/install" --list unit | grep -e '-dev$' | grep -vx libc6-dev | sort
}

libraries_declared() {
	sed -n '/^Build-Depends:/,/^[A-Z]/s/^ \([a-z0-9-]*-dev\).*/\1/p' "$source/config/debian/control" | sort
}

boot() {
	: >"$work/job/said"
	timeout -k 5 "$LIMIT_S" systemd-nspawn -b -q -D "$work/root" --register=no --keep-unit --private-network \
		--system-call-filter="landlock_create_ruleset landlock_add_rule landlock_restrict_self adjtimex clock_adjtime" \
		--capability=CAP_NET_ADMIN,CAP_NET_RAW --bind-ro="$source:/src" --bind="$work/job:/job" \
		systemd.unit=package-test.service >"$work/console" 2>&1 </dev/null &
	container=$!
	wait "$container"
	container=
}

package_made() {
	DEB_BUILD_OPTIONS=noautodbgsym "$source/scripts/package" deb "$work/debs" >"$work/built" 2>&1 ||
		{ sed 's/^/# /' "$work/built"; tap_bail "the package could not be made"; }
	lintian -i --allow-root --fail-on error,warning "$work/debs"/*.changes >"$work/lintian" 2>&1
	tap_case $? "lintian finds nothing wrong with the package"
	sed 's/^/# /' "$work/lintian"
	tap_is "the page for Cockpit is a package of its own" "$(dpkg-deb --fsys-tarfile "$work/debs"/filterd-cockpit_*_all.deb | tar t | grep -cE \
		'^\./usr/share/cockpit/filterd/(manifest\.json|board\.(html|css|js)|door_cockpit\.js)$')" 5
	tap_is "it is built with what the tree is built with" "$(libraries_declared)" "$(libraries_installed)"
}

# contents FOLDER: of the package, what people look for.
contents() {
	local deb=("$1"/filterd_*.deb) files name missing=''

	files=$(dpkg-deb --fsys-tarfile "${deb[0]}" | tar t | sed 's|^\./||')
	for name in filterctl filterd filterd-notify filterd-update; do
		grep -qx "usr/sbin/$name" <<<"$files" && grep -qx "usr/share/man/man8/$name.8.gz" <<<"$files" || missing+=" $name"
	done
	for name in filterd-notify.service filterd-update.{service,timer}; do
		grep -qEx "(usr/)?lib/systemd/system/$name" <<<"$files" || missing+=" $name"
	done
	for name in mail ntfy webhook; do
		grep -qx "usr/share/filterd/notify/$name" <<<"$files" || missing+=" $name"
	done
	tap_is "each program is there with its manual page, the units, and the examples" "$missing" ""
	tap_is "all that it has in /etc is kept as people change it" "$(dpkg-deb -I "${deb[0]}" conffiles | sort)" \
		"$(grep '^etc/.*[^/]$' <<<"$files" | sed 's|^|/|' | sort)"
}

# packages FOLDER: for the container, the one that was made, and the same with a higher version, which makes other rules.
packages() {
	local old=("$1"/filterd_*.deb) version

	cp "${old[0]}" "$work/job/old.deb" && dpkg-deb -R "${old[0]}" "$work/newer" || return
	version=$(sed -n 's/^Version: //p' "$work/newer/DEBIAN/control")+1
	sed -i "s/^Version: .*/Version: $version/" "$work/newer/DEBIAN/control"
	printf '%s\n' '#!/bin/sh' 'sed -i "s/^protect = auto/protect = lan0/" /etc/filterd/filterd.conf' >"$work/newer/DEBIAN/preinst"
	chmod 755 "$work/newer/DEBIAN/preinst"
	dpkg-deb --root-owner-group -b "$work/newer" "$work/job/new.deb" >/dev/null
}

[ "$(id -u)" -eq 0 ] || tap_skip_all "a container needs root"
files=${1:-/}
tap_need dpkg-deb systemd-nspawn
[ $# -gt 0 ] || tap_need dpkg-buildpackage lintian dbus-daemon "${LAB_PROGRAMS[@]}" iptables nft jq conntrack pgrep
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
work=$(mktemp -d)
chmod 755 "$work"
mount_root || tap_skip_all "this machine does not let root lay a file system over its own"
prepare_root

if [ $# -gt 0 ]; then
	mkdir "$work/debs" && cp "$2" "$work/debs/"
else
	package_made
fi
contents "$work/debs"
packages "$work/debs" || tap_bail "no newer package could be made"
echo "$TAP_NUM" >"$work/job/num"

boot
[ -s "$work/job/said" ] || [ -s "$work/job/errors" ] ||
	tap_skip "the package in a container" "systemd-nspawn did not boot: $(tail -n 1 "$work/console")"
[ -e "$work/job/errors" ] || tap_done
cat "$work/job/said"
if ! grep -q '^1\.\.' "$work/job/said"; then
	tail -n 20 "$work/console" "$work/job/errors" | sed 's/^/# /'
	tap_bail "the container did not come to an end"
fi
if grep -q '^not ok' "$work/job/said"; then
	tail -n 60 "$work/job/journal" | sed 's/^/# /'
	exit 1
fi
[ "$TAP_FAILED" -eq 0 ]

#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Names of devices: a record has the one that the client's DHCP lease has at that moment, and keeps it.
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"

listed=upd.kaspersky.com
leases=$LAB_DIR/leases/dnsmasq.leases
mac=

# lease NAME [ADDRESS]: what dnsmasq would write, put in the place of the file before.
lease() {
	printf '1795442709 %s %s %s *\n' "$mac" "${2:-$LAB_CLIENT4}" "$1" >"$leases.new"
	mv "$leases.new" "$leases"
}

# named HOST NAME [SERVER]: asks for it; has the record that comes of it this name?
# shellcheck disable=SC2317  # tap_ok and lab_wait call it
named() {
	answer "$1" A "${3:-$LAB_DNS4}" >/dev/null
	[ "$(daemon_record "$1" .filterd.name)" = "$2" ]
}

# becomes WHAT HOST NAME [SERVER]: the name is taken over within a second or so.
becomes() {
	tap_ok "$1" lab_wait "a record of $2 with the name '$3'" named "${@:2}"
}

names() {
	tap_ok "the first record has the name of the lease" named "a.$listed" LAPTOP-7
	tap_ok "who asks for the first time is said, by name" lab_wait "the message" \
		daemon_says "notice: LAPTOP-7 ($mac) asked for a.$listed for the first time since filterd started: blocked"
	tap_is "and the MAC of the device" "$(daemon_record "a.$listed" .filterd.device)" "$mac"
	tap_ok "over IPv6 a device has the name of its IPv4 lease" named "b.$listed" LAPTOP-7 "$LAB_DNS6"
	lease PC-041
	becomes "the lease is renamed: so is the device" "c.$listed" PC-041
	tap_is "the old record keeps the old name" "$(daemon_record "a.$listed" .filterd.name)" LAPTOP-7
	lease "<b>\"x\\"
	becomes "a name is what the client says, and no more than text" "d.$listed" "<b>\"x\\"
	tap_ok "every line of the audit log is whole" jq -e . "$DAEMON_AUDIT"
	mac=02:00:00:00:00:01 lease by-address
	becomes "a MAC without a lease has the name of its address" "e.$listed" by-address
	printf '1795442709 %s %s in-place *\n' "$mac" "$LAB_CLIENT4" >"$leases"
	becomes "a file that is written over is read too" "f.$listed" in-place
	rm "$leases"
	becomes "without a lease a device has no name" "g.$listed" ""
}

unreadable() {
	lease secret
	chmod 600 "$leases"
	tap_ok "a file that nobody may read is told, with the remedy" lab_wait "the message" \
		daemon_says "leases.*setfacl -m u:nobody:x"
	becomes "and gives no name" "h.$listed" ""
	chmod 644 "$leases"
	becomes "once it may be read it does" "i.$listed" secret
	tap_is "one device was there for the first time once, whatever it was called" \
		"$(daemon_count_said "$mac.* for the first time since")" 1
	tap_is "it was told once" "$(daemon_count_said 'may not read it')" 1
}

system_begin
mkdir "$LAB_DIR/leases"
mac=$(lab_client cat /sys/class/net/eth0/address)
daemon_set leases "$leases"
lease LAPTOP-7
system_run
names
unreadable
tap_ok "filterd ends cleanly" daemon_end
tap_done

#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What counts as an attempt, and whose it is: a client that asks again behind each answer, and one that makes up devices.
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"

listed=upd.kaspersky.com
mac=
asker=$DAEMON_SOURCE/tests/system/asker.py

# attempts FILTER: the sum of their counts.
attempts() {
	jq -s "[.[] | select(.event_type == \"alert\" and ($1)) | .filterd.count] | add // 0" "$DAEMON_AUDIT"
}

system_begin
mac=$(lab_client cat /sys/class/net/eth0/address)
mkdir -p "$LAB_DIR/leases"
echo "1795442709 $mac $LAB_CLIENT4 LAPTOP-7 *" >"$LAB_DIR/leases/dnsmasq.leases"
daemon_set leases "$LAB_DIR/leases/dnsmasq.leases"
daemon_set repeat-window 60
daemon_set repeats 64
system_run
tap_is "a hundred questions of one port and id, each answered" "$(lab_client "$asker" again "$LAB_DNS4" "a.$listed" 100)" 100
tap_ok "a question of each of 500 devices that are made up" \
	lab_client "$asker" made-up "$LAB_DNS4" "b.$listed" 500 "$(lab_client ip neigh show "$LAB_GATEWAY4" | grep -o "..:..:..:..:..:..")"
tap_is "the device with a lease asks among them" "$(lab_client "$asker" again "$LAB_DNS4" "c.$listed" 1)" 1
tap_is "and has its own record at once" "$(daemon_record "c.$listed" '.filterd | "\(.device) \(.name) \(.count) \(.folded)"')" \
	"$mac LAPTOP-7 1 null"
tap_ok "filterd ends cleanly" daemon_end
tap_is "each of the hundred is an attempt" "$(attempts ".filterd.host == \"a.$listed\"")" 100
tap_is "so is each of the devices', for its host" "$(attempts ".filterd.host == \"b.$listed\"")" 500
tap_is "by their host those that found no place" "$(attempts '.filterd.folded == "host"')" 467
tap_is "nothing by category alone" "$(attempts '.filterd.folded == "category"')" 0
tap_like "the sums agree" "$("$DAEMON_BUILD/filterd/filterctl" audit verify -c "$DAEMON_CONF")" "601 attempts; [0-9]+ sums? agrees?"
tap_done

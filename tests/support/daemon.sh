# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# filterd in the gateway of a lab: configuration, start, stop, records. The caller has sourced scripts/lab and
# set DAEMON_BUILD, the build folder, and DAEMON_SOURCE, the source tree.

# daemon_in FOLDER: where all of the filterd in question is; the gateway is $LAB_GATEWAY.
# shellcheck disable=SC2034  # what scripts that source this read
daemon_in() {
	DAEMON_DIR=$1
	DAEMON_CONF=$1/config/filterd.conf
	DAEMON_AUDIT=$1/log/audit.jsonl
	DAEMON_LOG=$1/filterd.log
	DAEMON_PID=
}
daemon_in "$LAB_DIR"

# The shipped configuration and policy, with all that filterd writes inside the lab, each attempt a record, and no word of
# this host's own leases.
daemon_configure() {
	cp -r "$DAEMON_SOURCE/config" "$DAEMON_DIR/config" || return
	chmod -R a+rX "$DAEMON_DIR/config"
	daemon_set file "$DAEMON_AUDIT"
	daemon_set keys "$DAEMON_DIR/keys"
	daemon_set repeat-window 0
	daemon_set repeats-file "$DAEMON_DIR/run/repeats"
	daemon_set leases ""
	daemon_set control "$DAEMON_DIR/run/control"
	daemon_set sensor lab
	# No lab makes users on this host.
	daemon_set user nobody
	[ -z "${DAEMON_CONFINEMENT:-}" ] || daemon_set confinement "$DAEMON_CONFINEMENT"
}

# daemon_set KEY VALUE: the sample names every setting once.
daemon_set() {
	grep -q "^$1 *=" "$DAEMON_CONF" || { echo "no setting '$1' in $DAEMON_CONF" >&2; return 1; }
	sed -i "s|^$1 *=.*|$1 = $2|" "$DAEMON_CONF"
}

daemon_rules() {
	lab_gateway "$DAEMON_BUILD/filterd/filterctl" rules "$1" -c "$DAEMON_CONF"
}

daemon_says() {
	grep -q "$1" "$DAEMON_LOG"
}

daemon_count_said() {
	grep -c "$1" "$DAEMON_LOG" || true
}

# daemon_start [WRAPPER...]: runs filterd, under another program if one is named, and waits until it is ready.
daemon_start() {
	lab_start "$LAB_GATEWAY" "$DAEMON_LOG" "$@" "$DAEMON_BUILD/filterd/filterd" -c "$DAEMON_CONF"
	DAEMON_PID=$LAB_PID
	if ! lab_wait "filterd" daemon_is_up || ! daemon_says "ready"; then
		sed 's/^/# /' "$DAEMON_LOG" >&2
		return 1
	fi
}

# Ready, or ended: either way waiting is over.
daemon_is_up() {
	daemon_says "ready" || ! kill -0 "$DAEMON_PID"
}

# daemon_end [SIGNAL]: its exit status.
daemon_end() {
	local status=0

	kill "-${1:-TERM}" "$DAEMON_PID" 2>/dev/null
	wait "$DAEMON_PID" 2>/dev/null || status=$?
	DAEMON_PID=
	return "$status"
}

# daemon_start_at TIME: with a clock of its own that stands at this UTC time and runs. The library is loaded
# directly, as the faketime program would stand between us and filterd's process.
daemon_start_at() {
	daemon_start env TZ=UTC LD_PRELOAD="$(faketime -f +0 printenv LD_PRELOAD)" FAKETIME="@$1" \
		FAKETIME_DONT_FAKE_MONOTONIC=1
}

# daemon_start_shifted SECONDS: with a clock of its own that is so far from the real one; daemon_shift sets it anew.
daemon_start_shifted() {
	daemon_shift "$1"
	daemon_start env TZ=UTC LD_PRELOAD="$(faketime -f +0 printenv LD_PRELOAD)" FAKETIME_TIMESTAMP_FILE="$LAB_DIR/shift" \
		FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1
}

# At once: filterd reads the clock at any moment.
daemon_shift() {
	printf '%+d\n' "$1" >"$LAB_DIR/shift.new" && chmod a+r "$LAB_DIR/shift.new" && mv "$LAB_DIR/shift.new" "$LAB_DIR/shift"
}

# Records of attempts; filterd's own about itself are not counted.
daemon_num_records() {
	grep -c '"event_type":"alert"' "$DAEMON_AUDIT" 2>/dev/null || true
}

# daemon_record HOST FIELD: of the last record about HOST, FIELD being a jq path such as .filterd.type.
daemon_record() {
	jq -r "select(.filterd.host == \"$1\") | $2" "$DAEMON_AUDIT" | tail -n 1
}

# daemon_count FILTER: how many records a jq condition holds for.
daemon_count() {
	jq -c "select($1)" "$DAEMON_AUDIT" | wc -l
}

# Packets that ever went to user space, by the kernel's count.
daemon_num_queued() {
	# shellcheck disable=SC2016  # $8 is awk's
	lab_gateway awk '{ sum += $8 } END { print sum + 0 }' /proc/net/netfilter/nfnetlink_queue
}

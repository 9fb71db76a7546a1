# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# A connection that was decided before all that comes, and is used again after it. The caller has sourced
# tests/support/system.sh. Descriptor 7 is the connection's.

flow_begin() {
	rm -f "$LAB_DIR/flow"
	mkfifo "$LAB_DIR/flow"
	lab_client openssl s_client -quiet -no_ign_eof -verify_quiet -CAfile "$LAB_CA" -servername www.example.org \
		-connect "$LAB_OTHER4:443" <"$LAB_DIR/flow" >"$LAB_DIR/flow.said" 2>&1 &
	flow_pid=$!
	exec 7>"$LAB_DIR/flow"
	printf 'HEAD / HTTP/1.1\r\nHost: www.example.org\r\n\r\n' >&7
	lab_wait "the connection" grep -q "200 OK" "$LAB_DIR/flow.said"
}

flow_is_alive() {
	local before

	kill -0 "$flow_pid" 2>/dev/null || return
	before=$(grep -c "200 OK" "$LAB_DIR/flow.said")
	printf 'HEAD / HTTP/1.1\r\nHost: www.example.org\r\n\r\n' >&7
	lab_wait "an answer on the old connection" flow_answered $((before + 1))
}

flow_answered() {
	[ "$(grep -c "200 OK" "$LAB_DIR/flow.said")" -ge "$1" ]
}

flow_end() {
	exec 7>&-
	kill "$flow_pid" 2>/dev/null
	wait "$flow_pid" 2>/dev/null
	true
}

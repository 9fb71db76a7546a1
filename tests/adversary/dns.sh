#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Puts variants of DNS questions to real resolvers, once beside them and once through filterd: what a resolver takes for a
# prohibited name is recorded, and not answered; permitted names are.
#
#   dns.sh BUILD [SEED [COUNT]]
set -u
seed=${2:-1} count=${3:-1500}
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"
# shellcheck source=tests/adversary/servers_dns.sh
. "$DAEMON_SOURCE/tests/adversary/servers_dns.sh"

configure() {
	cp "$DAEMON_SOURCE"/tests/replay/{story.policy,*.list} "$DAEMON_DIR/config/policy/" &&
		daemon_set files "policy/kaspersky-us.policy policy/story.policy" && daemon_set unreadable block && daemon_set over-limit block &&
		daemon_set source-rate 0 && chmod -R a+rX "$DAEMON_DIR/config"
}

# dns_py WHERE WHAT ARGUMENT...: as dns.py has them.
dns_py() {
	"$1" /usr/bin/python3 -B "$DAEMON_SOURCE/tests/adversary/dns.py" "$2" --servers "$SERVERS_DNS" --seed "$seed" --count "$count" "${@:3}"
}

system_begin
configure || tap_bail "the settings could not be made"
servers_dns_up || tap_bail "the resolvers could not be started"
for absent in "${SERVERS_DNS_ABSENT[@]}"; do
	tap_skip "resolver ${absent%%:*}" "${absent#*: }"
done
dns_py lab_internet ask --beside --out "$LAB_DIR/beside" || tap_bail "they could not be asked"
system_run
dns_py lab_client ask --out "$LAB_DIR/through" || tap_bail "the client could not ask"
sleep 1
status=0
dns_py lab_client judge --beside "$LAB_DIR/beside" --through "$LAB_DIR/through" --audit "$DAEMON_AUDIT" || status=$?
tap_case "$status" "what resolvers take for a prohibited name is recorded and not answered; permitted names are"
tap_ok "filterd ends cleanly" daemon_end
tap_done

#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The alarms of config/prometheus over made-up metrics, by promtool: each rings when it should. tests/system/alarms.sh has real ones.
#
#   tests/replay/alarms.sh     TAP
set -u
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/../support/tap.sh"

here=$(realpath "$(dirname "$0")")
config=$here/../../config/prometheus
tap_need promtool
tap_ok "promtool takes the alarms" promtool check rules "$config/filterd.rules.yml"
tap_ok "and the configuration that names them" promtool check config "$config/prometheus.yml"
tap_is "each rings when it should" "$(promtool test rules "$here/alarms.test.yml" 2>&1; echo $?)" "$(printf 'Unit Testing:  %s\n  SUCCESS\n\n0' "$here/alarms.test.yml")"
tap_is "each is tested to ring, and to be silent" \
	"$(tr -d '\n' <"$here/alarms.test.yml" | grep -oE 'alertname: [A-Za-z]+, +exp_alerts: \[\]|alertname: [A-Za-z]+ +exp_alerts: +-' |
		sed -E 's/alertname: ([A-Za-z]+).*(\]|-)$/\1 \2/' | sort -u)" \
	"$(sed -n 's/ *- alert: //p' "$config/filterd.rules.yml" | sed 's/.*/& -\n& ]/' | sort)"
tap_done

#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Runs the recipes of config/siem/README.md as they stand there, over a log, and holds what they say against filterctl's own figures. A recipe is a
# block that begins with ```sh recipe=NAME.
#
#   tests/replay/recipes.sh BUILD     TAP
set -u
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/../support/tap.sh"

tap_need jq
build=$(realpath "$1")
source=$(realpath "$(dirname "$0")/../..")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/log" "$work/home"
"$build/tests/small_log" "$work/log" || tap_bail "there is no log"
ln -s "$source/config" "$work/config"
export PATH=$build/filterd:$PATH HOME=$work/home XDG_CONFIG_HOME=$work/home/.config LC_ALL=C.UTF-8
cd "$work" || exit

recipe() {
	sed -n "/^\`\`\`sh recipe=$1\$/,/^\`\`\`\$/p" "$source/config/siem/README.md" | sed '1d;$d' | sed "s#/var/log/filterd#$work/log#g"
}

# run NAME: what the recipe prints, "host attempts", sorted.
run() {
	recipe "$1" >"$1.sh"
	[ -s "$1.sh" ] || { echo "config/siem/README.md has no recipe '$1'"; return; }
	bash -eu "$1.sh" 2>"$1.err" </dev/null | tr '\t,' '  ' | tr -d '\r"' | grep -E '^[a-z0-9.-]+ [0-9]+$' | sort
}

wanted=$(filterctl audit hosts --json "$work/log" | jq -r '.hosts[] | [.host, .blocked + .observed + .watched] | join(" ")' | sort)
tap_is "filterctl itself: seven hosts" "$(wc -l <<<"$wanted")" 7
tap_is "jq" "$(run jq)" "$wanted"
tap_can "Miller" mlr && tap_is "Miller" "$(run miller)" "$wanted"
if tap_can "lnav" lnav; then
	tap_ok "lnav takes the format" lnav -i "$source/config/lnav/filterd_log.json"
	tap_is "and finds nothing wrong with it" "$(lnav -C 2>&1; echo $?)" 0
	tap_is "lnav" "$(run lnav)" "$wanted"
	# Newer ones write the time as it stands in the log.
	tap_is "a line for people" "$(lnav -n log/audit.jsonl </dev/null | sed -n 3p | tr -s ' ' | sed 's/^\([^ .]*\)[^ ]*/\1/')" \
		"2026-11-01T00:00:10 block LAPTOP-7 3c:52:82:11:22:33 tls 1 activation-v2.kaspersky.com"
fi
if filterctl audit export --to sqlite -o probe.db log 2>&1 | grep -q "without SQLite"; then
	tap_skip "sqlite" "filterctl was built without it"
else
	tap_can "sqlite" sqlite3 && tap_is "sqlite" "$(run sqlite)" "$wanted"
fi
if tap_can "GoAccess" goaccess; then
	recipe goaccess | sed 's/attempts\.html/attempts.json/' >goaccess.sh
	bash -eu goaccess.sh >/dev/null 2>&1 </dev/null
	tap_is "GoAccess: each record of an attempt is valid, and none else" \
		"$(jq -c '.general | [.valid_requests, .failed_requests]' attempts.json)" "[140,22]"
	tap_is "and stands under its host" "$(jq -r '.vhosts.data[] | [.data, .hits.count] | join(" ")' attempts.json | sort)" \
		"$(filterctl audit list -o json log | jq -r .filterd.host | sort | uniq -c | awk '{ print $2, $1 }')"
fi
tap_is "a map for jq" "$(run ecs)" "$wanted"
tap_is "the pipeline for Elastic calls no resolver by the name that it was asked for" \
	"$(jq -c '.processors[].set | select(.field == "destination.domain") | [.if | contains("'"'dns'"'", "'"'socks'"'")]' \
		"$source/config/siem/elastic-pipeline.json")" "[true,true]"
tap_ok "the pipeline for Elastic is JSON" jq -e '.processors | length > 0' "$source/config/siem/elastic-pipeline.json"
tap_ok "the rules for Wazuh are XML, each with a number of its own" python3 - "$source/config/siem/wazuh-rules.xml" <<'END'
import sys, xml.etree.ElementTree as tree
ids = [rule.get("id") for rule in tree.parse(sys.argv[1]).getroot().iter("rule")]
sys.exit(not ids or len(ids) != len(set(ids)))
END
tap_done

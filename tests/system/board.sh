#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The board's page in a real browser, by the real Cockpit: its web service and bridge on the loopback, without the service manager, with
# the page as the package has it. filterctl is a stand-in that notes what it is run with; then the one of the build, for what it can.
#
#   tests/system/board.sh BUILD            TAP; needs no root
#   SHOTS=DIR tests/system/board.sh BUILD  keeps pictures there, to be looked at
set -u

source=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/support/tap.sh
. "$source/tests/support/tap.sh"
build=$(realpath "$1")
work=$(mktemp -d)
ws=

# shellcheck disable=SC2317  # by the trap
clean_up() {
	if [ -n "$ws" ]; then
		kill "$ws" 2>/dev/null
		wait "$ws" 2>/dev/null
	fi
	rm -rf "$work"
}
trap clean_up EXIT

PATH=$PATH:/usr/lib/cockpit:/usr/libexec
tap_need chromium cockpit-ws cockpit-bridge python3

# --- what may be in the page at all ---

page=$source/config/board
tap_is "nothing is written into the page as markup" \
	"$(grep -nE 'innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|eval\(|new Function' "$page"/*.js)" ""
tap_is "one place alone makes text of what comes from elsewhere" "$(grep -l 'textContent = ' "$page"/*.js)" "$page/text.js"
tap_is "no script, style or handler stands in the page itself" \
	"$(grep -niE '<script[^>]*>[^<]|<style|style=|[ "]on[a-z]+=|https?:|javascript:' "$page/board.html")" ""
tap_ok "the manifest is JSON" python3 -m json.tool "$page/manifest.json"

# --- as Cockpit shows it ---

mkdir -p "$work/bin" "$work/data/cockpit/filterd" "$work/state" "$work/config"
# What the package has, by the list that it is made from.
(cd "$source" && sed 's/ .*//' config/debian/filterd-cockpit.install | while read -r files; do
	# shellcheck disable=SC2086  # a pattern
	cp $files "$work/data/cockpit/filterd/"
done)
ln -s "$source/tests/support/filterctl_stand_in.py" "$work/bin/filterctl"

# log FOLDER DAY ATTEMPTS: of 61 days from then on, with so many attempts a day at the most.
log() {
	"$build/tests/make_log" --folder "$1" --from "$2T00:00:00Z" --days 61 --heartbeat 3600 --attempts-per-day "$3" 2>/dev/null ||
		tap_bail "there is no log"
}

# A log for the report; and one that goes on until tonight, with the settings that lead to it, for the filterctl of the build.
log "$work/month" 2026-10-01 60
log "$work/latest" "$(date -u -d '60 days ago' +%F)" 600
mkdir "$work/settings"
cp -r "$source/config/policy" "$work/settings/"
"$build/filterd/filterctl" settings -c "$source/config/filterd.conf" | sed -e "s|= /run/filterd/control|= $work/settings/control|; s|= /var/log/filterd/|= $work/latest/log/|" >"$work/settings/filterd.conf"
(cd "$work/month" && SOURCE_DATE_EPOCH=1796083200 "$build/filterd/filterctl" audit report --html --month 2026-11 log) >"$work/state/report.html"

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
BOARD_STATE=$work/state PATH=$work/bin:$PATH XDG_DATA_HOME=$work/data XDG_CONFIG_DIRS=$work/config HOME=$work \
	cockpit-ws --no-tls --local-session="$(command -v cockpit-bridge)" --address 127.0.0.1 --port "$port" >"$work/ws" 2>&1 </dev/null &
ws=$!
# shellcheck disable=SC2317  # by tap_wait
answers() { python3 -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:$port/cockpit/@localhost/filterd/board.html')"; }
tap_wait "Cockpit" answers || { sed 's/^/# /' "$work/ws"; tap_bail "Cockpit does not answer"; }
HOME=$work PYTHONDONTWRITEBYTECODE=1 python3 "$source/tests/system/board.py" "$build" "$work" "$port" "${SHOTS:-}" >"$work/said" 2>"$work/errors"
tap_merge "the page" "$work/said"
[ ! -s "$work/errors" ] || tail -n 20 "$work/errors" | sed 's/^/# /'
tap_done

#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The report of November in the log of two months that make_log writes is month.report.txt, to the byte. It changes with the shipped policy
# and with the version, which stand in the log.
#
#   tests/replay/month.sh BUILD            TAP
#   tests/replay/month.sh BUILD --accept   writes month.report.txt, what verify says of it into filterd/ctl/audit/README.md, and the picture of
#                                          the page that README.md shows, month.report.png: look at all three, then commit
set -u

build=$(realpath "$1")
cd "$(dirname "$0")" || exit
# shellcheck source=tests/support/tap.sh
. ../support/tap.sh
wanted=$PWD/month.report.txt
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$build/tests/make_log" --folder "$folder" --from 2026-10-01T00:00:00Z --days 61 --heartbeat 3600 --attempts-per-day 60 \
	2>"$folder/said" || tap_bail "make_log failed: $(cat "$folder/said")"

# report FORM: made on 2026-12-01, wherever and whenever.
report() {
	(cd "$folder" && TZ=UTC SOURCE_DATE_EPOCH=1796083200 "$build/filterd/filterctl" audit report --month 2026-11 --key keys/audit.vkey \
		--anchors anchors "$@" log)
}

# What the auditor's page shows is what verify says.
(cd "$folder" && "$build/filterd/filterctl" audit verify --key keys/audit.vkey --anchors anchors log >verdict)

# The first screen of the page, by a browser of its own.
picture() {
	report --html >"$folder/page.html"
	chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --user-data-dir="$folder/profile" \
		--hide-scrollbars --window-size=1100,1060 --screenshot="$folder/page.png" "file://$folder/page.html" 2>/dev/null &&
		cp "$folder/page.png" month.report.png
}

if [ "${2:-}" = --accept ]; then
	report --text >"$wanted"
	picture
	# shellcheck disable=SC2016  # $ is sed's
	sed -i -e '/^```text month=verify$/,/^```$/ { /^```/!d }' -e "/^\`\`\`text month=verify\$/r $folder/verdict" ../../filterd/ctl/audit/README.md
	exit
fi
# shellcheck disable=SC2016
tap_is "the auditor's page shows what verify says of it" \
	"$(sed -n '/^```text month=verify$/,/^```$/ { /^```/!p }' ../../filterd/ctl/audit/README.md)" "$(cat "$folder/verdict")"
report --text >"$folder/text"
tap_is "unaltered, with gaps that it declares" "$?" 1
differs=$(diff "$wanted" "$folder/text" | head -n 20)
tap_is "the report is month.report.txt" "$differs" ""
# Its own commands, as they stand there.
sed -n '/^# The newest note/,/^signify/p' "$wanted" >"$folder/commands"
(cd "$folder" && sh ./commands >opinions 2>&1)
if tap_can "openssl, by the report's commands, finds the newest note good" openssl; then
	tap_like "openssl, by the report's commands, finds the newest note good" "$(cat "$folder/opinions")" "Signature Verified Successfully"
fi
if tap_can "so does signify" signify-openbsd; then
	tap_is "so does signify" "$(tail -n 1 "$folder/opinions")" "Signature Verified"
fi
tap_is "the picture of its page is one, below 150 KB" \
	"$(head -c 4 month.report.png | tail -c 3) $(($(wc -c <month.report.png) < 150000))" "PNG 1"
report --html >"$folder/one.html"
report --html >"$folder/two.html"
tap_ok "a page comes out the same again" cmp "$folder/one.html" "$folder/two.html"
report --csv | python3 -c '
import csv, sys
rows = list(csv.DictReader(sys.stdin.read().splitlines()))
total = {s: sum(int(r["attempts"]) for r in rows if r["section"] == s) for s in ("device", "host", "category", "day", "hour", "device and host")}
print(len(set(total.values())), total["day"] > 0)' >"$folder/sums"
tap_is "devices, hosts, categories, days, hours and pairs add up to the same" "$(cat "$folder/sums")" "1 True"
tap_done

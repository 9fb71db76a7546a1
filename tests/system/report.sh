#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The report of a log with hostile names: what it answers, whether its proof holds with tools that are not ours, and how a real browser
# shows it, on a phone, on a screen, on paper, light and dark.
#
#   tests/system/report.sh BUILD            TAP; needs no root
#   SHOTS=DIR tests/system/report.sh BUILD  keeps page, pictures and PDF there, to be looked at
set -u

# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/../support/tap.sh"
build=$(realpath "$1")
filterctl=$build/filterd/filterctl
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit
export TZ=UTC SOURCE_DATE_EPOCH=1796083200              # 2026-12-01

"$build/tests/report_log" >LOG.jsonl || tap_bail "there is no log"
"$build/tests/report_log" spoilt >spoilt.jsonl
report() { "$filterctl" audit report --month 2026-11 --color never "$@"; }

# --- what it answers ---

report LOG.jsonl >report.txt
tap_is "status is that of verify: gaps are declared" "$?" 1
tap_is "four answers stand at the top" "$(sed -n 4,7p report.txt)" "\
  !  Is the log whole?       No record is altered or missing, of 5 992; but nothing vouches that nothing came after its stop. Its key is only its own word: give the one you keep (--key).
  XX Was the filter active?  Yes, 99.90 % of the time; 2 gaps, together 41 m 36 s; 12 packets passed unseen. New connections were not counted.
  !  Who still tries?        5 devices still try (3 at the end of the month before): LAPTOP-7, accounting-2, da:31:5e:90:00:01 and 2 more. \
2 more have been quiet for 7 days or longer.
  !  What changed?           4 new devices, 2 gone quiet; attempts down 58 %, from 5 464 to 2 243."
report spoilt.jsonl >spoilt.txt
tap_is "status of a log that was altered" "$?" 2
tap_like "a log that was altered is said to be" "$(sed -n 4p spoilt.txt)" "XX Is the log whole\?       No: 1 record altered, 8 records missing"

report LOG.jsonl -o report.html && echo 0 >status || echo $? >status
tap_is "status with a file" "$(cat status)" 1
tap_is "nobody but its group may read it" "$(stat -c %a report.html)" "$(printf %o $((0640 & ~$(umask))))"
tap_is "nothing is left beside it" "$(echo report.html*)" report.html
report LOG.jsonl -o report.csv
report LOG.jsonl -o /nonexistent/report.html 2>error
tap_is "status of a report that cannot be written" "$?" 74
tap_like "and what is wrong" "$(cat error)" "/nonexistent/report.html: No such file"
"$filterctl" audit report -o report.pdf LOG.jsonl 2>error
tap_is "a form that there is not" "$?" 64

gzip -k LOG.jsonl
"$filterctl" audit report LOG.jsonl.gz >default.txt
tap_is "by default, the last 30 days of the log" "$(head -n 1 default.txt)" "Filter report, 2026-11-02 to 2026-12-01 (UTC)"
tap_is "each file is named by its hash" "$(grep 'LOG.jsonl.gz$' default.txt | tail -n 1)" "$(sha256sum LOG.jsonl.gz)"

tap_ok "all rows of the CSV are as long as the first, none begins a formula" python3 - <<'EOF'
import csv
rows = list(csv.reader(open("report.csv", newline="", encoding="utf-8")))
assert len(rows) > 500 and {len(row) for row in rows} == {len(rows[0])}
assert not [cell for row in rows for cell in row if cell[:1] in tuple("=+-@\t\r") and cell != "-"]
devices = [row for row in rows if row[0] == "device"]
assert [row[2] for row in devices if "script" in row[2]] == ["<script>alert(1)</script>"]
days = [int(row[7]) for row in rows if row[0] == "day"]
assert sum(days) == sum(int(row[7]) for row in devices) == 2243
EOF

# --- the same of a fleet ---

"$build/tests/make_fleet" --folder fleet --gateways 8 --story >/dev/null || tap_bail "there are no logs of a fleet"
"$filterctl" audit report --fleet fleet/logs --key fleet/keys >fleet.txt
tap_is "a fleet: status is that of its worst log" "$?" 2
tap_is "a fleet: six answers stand at the top" "$(sed -n 4,9p fleet.txt)" "\
  XX Are the logs whole?       No: 2 of 8 logs are not sound; 10 records are missing.
  XX Were all active?          7 logs have gaps, and the least active filter was at work 99.31 % of the time; 12 packets passed unseen, at 1 gateway: gw0004.example.net.
  XX Are all heard?            No: 1 of 8 gateways is silent: gw0001.example.net.
  XX Is it one policy?         No: 7 gateways have 823412d1eacb6795, and 1 has another: gw0002.example.net.
  !  Who still tries?          64 devices still try: PC-4-0 at gw0004.example.net, PC-7-0 at gw0007.example.net, PC-2-0 at gw0002.example.net and 61 more.
  !  What changed?             There is nothing to compare with: the logs begin on 2026-10-01."
"$filterctl" audit report --fleet fleet/logs --key fleet/keys -o fleet.html
"$filterctl" audit report --fleet fleet/logs --key fleet/keys -o fleet.csv
tap_ok "a fleet: the CSV has gateways, and whose each device is" python3 - <<'EOF'
import csv
rows = list(csv.reader(open("fleet.csv", newline="", encoding="utf-8")))
assert {len(row) for row in rows} == {len(rows[0])}
assert not [cell for row in rows for cell in row if cell[:1] in tuple("=+-@\t\r") and cell != "-"]
gateways = {row[1]: row for row in rows if row[0] == "gateway"}
assert len(gateways) == 8 and gateways["gw0001.example.net"][6] == "silent" and gateways["gw0004.example.net"][16] == "12"
devices = [row for row in rows if row[0] == "device"]
assert len(devices) == 64 and {row[18] for row in devices} == set(gateways)
for name, row in gateways.items():
    assert sum(int(device[7]) for device in devices if device[18] == name) == int(row[7])
assert ["gw0003.example.net", "100-109"] in [[row[18], row[2]] for row in rows if row[0] == "finding" and row[1] == "MISSING"]
EOF
"$filterctl" audit report --fleet fleet/logs LOG.jsonl 2>error
tap_is "a fleet: one folder, and no other log" "$?" 64

# --- its proof, by its own words ---

sha256sum LOG.jsonl >SHA256SUMS
sed -n '/^# 1\. /,/^sha256sum/p' report.txt >by_hand.sh
tap_is "the four commands" "$(grep -cE '^(sed -n 1p|openssl|signify-openbsd|sha256sum)' by_hand.sh)" 4
opinions=""
if tap_can "openssl agrees" openssl; then
	opinions="Signature Verified Successfully"$'\n'
else
	sed -i '/^openssl/d' by_hand.sh
fi
if tap_can "signify agrees" signify-openbsd; then
	opinions+="Signature Verified"$'\n'
else
	sed -i '/^signify-openbsd/d' by_hand.sh
fi
bash by_hand.sh >by_hand.out 2>&1
hash=$(head -n 1 by_hand.out | cut -d' ' -f1)
tap_is "record 1 hangs in record 2" "$(sed -n 2p by_hand.out)" "\"prev\":\"$hash"
tap_is "openssl, signify and sha256sum agree" "$(sed -n '3,$p' by_hand.out)" "${opinions}LOG.jsonl: OK"
# Lines 2 to 6 of the section are the note; the log it is of accepts it as an anchor.
sed -n '/^The newest note/,/^Checking/p' report.txt >note
"$filterctl" audit verify --anchors note LOG.jsonl >verify.txt
tap_like "the note is an anchor" "$(cat verify.txt)" "1 of 1 agree"

# --- how it looks ---

tap_can "in a browser" chromium pdfinfo || tap_done

# browse OPTION...: headless, on its own, with nothing of this user's; what it says on the console goes to console.
browse() {
	timeout 600 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
		--disable-component-update --disable-sync --disable-dev-shm-usage --user-data-dir="$dir/profile" --enable-logging=stderr \
		--hide-scrollbars "$@" 2>log
	grep -a CONSOLE log >>console
}

: >console
browse --dump-dom "file://$dir/report.html" >dom.html
tap_is "the browser has nothing to complain of" "$(cat console)" ""
cat >canary.html <<'EOF'
<!DOCTYPE html><meta http-equiv="Content-Security-Policy" content="default-src 'none'"><script>alert(1)</script>
EOF
browse --dump-dom "file://$dir/canary.html" >/dev/null
tap_like "it would have complained of a script" "$(cat console)" "Content Security Policy"

cat >look.py <<'EOF'
import html.parser, re, sys
class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.bad, self.text, self.quiet, self.places, self.links = [], [], [], 0, [], []
    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.quiet += tag == "style"
        for name, value in attributes:
            if name == "id":
                self.places.append(value)
            if name == "href" and value.startswith("#"):
                self.links.append(value[1:])
                continue
            if name.startswith("on") or name in ("src", "srcset", "action", "style") or (name == "href" and not value.startswith("data:text/csv;")):
                self.bad.append((tag, name, value))
    def handle_endtag(self, tag):
        self.quiet -= tag == "style"
    def handle_data(self, data):
        if not self.quiet:
            self.text.append(data)
page = Page()
source = open(sys.argv[1], encoding="utf-8").read()
page.feed(source)
assert not page.bad, page.bad
assert not {"script", "link", "iframe", "object", "embed", "img", "image", "form", "base"} & set(page.tags)
assert not re.search(r"https?:|//[a-z]", re.sub(r"base64,[A-Za-z0-9+/=]*", "", source))
text = re.sub(r"\s+", " ", "".join(page.text))
for line in open(sys.argv[2], encoding="utf-8").read().splitlines()[3:int(sys.argv[3])]:
    question, answer = line[5:].split("  ", 1)
    assert question in text and answer.strip() in text, line
assert "<script>alert(1)</script>" in text
assert len(set(page.places)) == len(page.places) and set(page.links) <= set(page.places)
assert [link for link in page.links if link.startswith("device-")]
for tag in "table", "svg":
    assert page.tags.count(tag) >= 5
assert page.tags.count("caption") == page.tags.count("table")
EOF
tap_ok "no script, no handler, nothing from outside, and the answers in the page" python3 look.py dom.html report.txt 7
browse --dump-dom "file://$dir/fleet.html" >fleet_dom.html
tap_ok "nor in the page of a fleet" python3 look.py fleet_dom.html fleet.txt 9

# A copy that measures itself, which the page's own policy forbids, in a frame as wide as is wanted: the browser's own window is 500 wide
# at least.
cat >measured.py <<'EOF'
import sys
page = open(sys.argv[1], encoding="utf-8").read()
begin = page.index('<meta http-equiv="Content-Security-Policy"')
page = page[:begin] + page[page.index(">", begin) + 1:]
open(sys.argv[2], "w", encoding="utf-8").write(page.replace("</body>", """<script>
function light(c) { const p = c.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
	return .2126 * p[0] + .7152 * p[1] + .0722 * p[2]; }
function ground(e) { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
	if (!/, 0\\)$/.test(c)) return c; } return "rgb(255,255,255)"; }
let least = 99, where = "";
for (const e of document.querySelectorAll("body *")) {
	if (![...e.childNodes].some(n => n.nodeType == 3 && n.data.trim()) || e.closest("script,title,desc")) continue;
	const s = getComputedStyle(e), a = light(e.closest("svg") ? s.fill : s.color), b = light(ground(e.closest("svg") || e));
	const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
	if (ratio < least) { least = ratio; where = e.outerHTML.slice(0, 60); }
}
const root = document.documentElement;
let cut = 0;
for (const e of document.querySelectorAll("main bdi")) {
	const r = document.createRange(), w = document.createTreeWalker(e, NodeFilter.SHOW_TEXT);
	let last = "", top = 0;
	for (let n; (n = w.nextNode());) for (let i = 0; i < n.length; i++) {
		r.setStart(n, i); r.setEnd(n, i + 1);
		const b = r.getBoundingClientRect(), c = n.data[i];
		if (last && b.top > top + 4 && (last == "-" || c == "-")) cut++;
		last = c; top = b.top;
	}
}
const out = [...document.querySelectorAll("main *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1).length;
const found = [innerWidth, root.scrollWidth, out, getComputedStyle(document.body).backgroundColor, least >= 4.5 ? "readable" : least + where, cut].join(";");
parent.postMessage(found, "*");
</script></body>"""))
EOF
python3 measured.py report.html measured.html
python3 measured.py fleet.html fleet_measured.html
# measure WIDTH OPTION...: of $page, width, width of what is in it, how many elements stick out, ground, whether all text has a contrast of
# 4.5, and how many names break at a hyphen.
measure() {
	echo "<!DOCTYPE html><title>?</title><script>onmessage = e => document.title = e.data</script>" \
		"<iframe src=${page:-measured.html} width=$1 height=844 style=border:0></iframe>" >frame.html
	browse --dump-dom --virtual-time-budget=5000 "${@:2}" "file://$dir/frame.html" | sed -n 's/.*<title>\([^<]*\)<.*/\1/p'
}
tap_is "on a phone nothing is wider than the screen" "$(measure 390)" "390;390;0;rgb(255, 255, 255);readable;0"
tap_is "nor on a small one" "$(measure 320)" "320;320;0;rgb(255, 255, 255);readable;0"
tap_is "on a screen" "$(measure 1280)" "1280;1280;0;rgb(255, 255, 255);readable;0"
tap_is "in the dark" "$(measure 390 --blink-settings=preferredColorScheme=0)" "390;390;0;rgb(20, 23, 27);readable;0"

# Names of many alphabets, from right to left, of 64 and 253 letters, with hyphens.
"$build/tests/report_log" names >names.jsonl
report names.jsonl -o names.html
python3 measured.py names.html names_measured.html
page=names_measured.html
tap_is "the longest names on a phone" "$(measure 390)" "390;390;0;rgb(255, 255, 255);readable;0"
tap_is "and on a small one" "$(measure 320)" "320;320;0;rgb(255, 255, 255);readable;0"
tap_is "and on a screen" "$(measure 1280)" "1280;1280;0;rgb(255, 255, 255);readable;0"
sed 's/bdi,.whole{white-space:nowrap}/bdi{white-space:normal}/' names_measured.html >hyphens_measured.html
page=hyphens_measured.html
tap_like "it would have seen a name that breaks at a hyphen" "$(measure 320 | cut -d';' -f6)" "^[1-9]"
browse --dump-dom "file://$dir/names.html" >names_dom.html
tap_ok "each name is there, whole, and in an isolation of its own" python3 - <<'EOF'
import html, json, re
page = re.sub("<wbr>", "", open("names_dom.html", encoding="utf-8").read())
shown = {html.unescape(name) for name in re.findall('<bdi(?: class="long")?>([^<]*)</bdi>', page)}
records = [json.loads(line)["filterd"] for line in open("names.jsonl", encoding="utf-8")]
wanted = {record[what] for record in records for what in ("name", "host", "device") if record["type"] == "block"}
assert len(wanted) == 6 + 4 + 6 and max(len(name) for name in wanted) == 253, wanted
assert wanted <= shown, wanted - shown
EOF

page=fleet_measured.html
tap_is "a fleet on a phone" "$(measure 390)" "390;390;0;rgb(255, 255, 255);readable;0"
tap_is "a fleet on a screen" "$(measure 1280)" "1280;1280;0;rgb(255, 255, 255);readable;0"
tap_is "a fleet in the dark" "$(measure 1280 --blink-settings=preferredColorScheme=0)" "1280;1280;0;rgb(20, 23, 27);readable;0"

browse --no-pdf-header-footer --print-to-pdf="$dir/report.pdf" "file://$dir/report.html"
tap_like "on paper: A4" "$(pdfinfo report.pdf | grep 'Page size')" "\(A4\)"
tap_below "on paper: a few pages" "$(pdfinfo report.pdf | sed -n 's/^Pages: *//p')" 12
tap_like "on paper: the answers on the first page" "$(pdftotext -l 1 report.pdf - | tr -s '\n ' '  ')" "5 devices still try.*4 new devices, 2 gone quiet"

"$build/tests/make_log" --folder month --from 2026-11-01T00:00:00Z --days 6 --attempts-per-day 200 --heartbeat 3600 2>/dev/null
report month/log -o month.html
browse --no-pdf-header-footer --print-to-pdf="$dir/month.pdf" "file://$dir/month.html"
pdftotext -layout month.pdf month.txt
tap_ok "on paper: each page has its number, all of them, and the gateway, and headings of tables are repeated" python3 - <<'EOF'
import re
pages = open("month.txt", encoding="utf-8").read().split("\f")[:-1]
for number, page in enumerate(pages, 1):
    last = page.rstrip().splitlines()[-1]
    assert re.fullmatch(rf"\s*gw1\.example\.net +Filter report, November 2026 +{number} of {len(pages)}", last), last
hosts = [page for page in pages if re.search(r"^ *\S+\.kaspersky\S* +(update|ksn|license|account) ", page, re.M)]
assert len(hosts) > 1, len(hosts)
for page in hosts:
    assert re.search(r"^ *Host +Category +Rule +Attempts +Devices +Last", page, re.M), page
for page in pages:
    # A heading never stands alone at the end of a page.
    assert not re.search(r"^ *Host +(Category|Seen)[^\n]*\s+gw1", page, re.M), page
EOF

if [ -n "${SHOTS:-}" ]; then
	mkdir -p "$SHOTS"
	browse --window-size=390,844 --screenshot="$SHOTS/phone.png" "file://$dir/report.html"
	browse --window-size=1280,900 --screenshot="$SHOTS/screen.png" "file://$dir/report.html"
	browse --window-size=1280,900 --blink-settings=preferredColorScheme=0 --screenshot="$SHOTS/dark.png" "file://$dir/report.html"
	browse --window-size=1280,900 --screenshot="$SHOTS/fleet.png" "file://$dir/fleet.html"
	cp fleet.html fleet.txt fleet.csv report.html report.pdf report.txt report.csv "$SHOTS"
fi
tap_done

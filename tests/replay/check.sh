#!/bin/bash
# SPDX-License-Identifier: MIT
#
# filterctl check, asked for what people have in the clipboard.
#
#   tests/replay/check.sh BUILD         TAP
set -u

build=$(realpath "${1:?which build folder? try: $0 build}")
source=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/support/tap.sh
. "$source/tests/support/tap.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo ".prohibited.example" >"$work/names"
cat >"$work/house.policy" <<'END'
[policy]
id = house

[category prohibited]
action = block
names = names
by-address = yes

[category resolvers]
action = block
ports = tcp/853

[category lists]
action = log
paths = /lists/
END
cat >"$work/filterd.conf" <<'END'
[policy]
files = house.policy
END

# asked WORD [OPTION]...: the lines that say what it was taken for and what becomes of it, and the exit status.
asked() {
	"$build/filterd/filterctl" check -c "$work/filterd.conf" "${@:2}" -- "$1" >"$work/said" 2>&1
	status=$?
	echo "$(grep -v '^  ' "$work/said" | paste -sd '|')|$status"
}

tap_is "a name as it is" "$(asked www.prohibited.example)" "www.prohibited.example: BLOCKED|1"
while IFS='#' read -r word taken; do
	tap_is "$word" "$(asked "$word")" "'$word' is read as $taken|www.prohibited.example: BLOCKED|1"
done <<'END'
WWW.Prohibited.example#the host www.prohibited.example
www.prohibited.example.#the host www.prohibited.example
www.prohibited.example:8080#the host www.prohibited.example, TCP port 8080
https://www.prohibited.example/a?b#the host www.prohibited.example, TCP port 443, path /a (encrypted: not visible)
http://user@www.prohibited.example/#the host www.prohibited.example, TCP port 80
hxxp://www[.]prohibited[.]example#the host www.prohibited.example, TCP port 80
"www.prohibited.example", #the host www.prohibited.example
ｗｗｗ．prohibited．example#the host www.prohibited.example
END
tap_is "a path decides where the name does not" "$(asked http://www.example/lists/a)" \
	"'http://www.example/lists/a' is read as the host www.example, TCP port 80, path /lists/a|www.example: passes, recorded|0"
tap_is "one that nobody sees decides nothing" "$(asked https://www.example/lists/a)" \
	"'https://www.example/lists/a' is read as the host www.example, TCP port 443, path /lists/a (encrypted: not visible)|www.example: passes, no pattern matches it|0"
tap_is "a port decides, whatever the name" "$(asked dns.example:853)" \
	"'dns.example:853' is read as the host dns.example, TCP port 853|dns.example: BLOCKED|1"
tap_is "and of an address" "$(asked '[2001:db8::1]:853')" \
	"'[2001:db8::1]:853' is read as the address 2001:db8::1, TCP port 853|2001:db8::1: BLOCKED|1"
tap_is "an address alone" "$(asked 192.0.2.1)" "192.0.2.1: passes, no pattern matches it|0"
tap_like "with what applies to it" "$(cat "$work/said")" "by its name.*by-address = yes.*no-name = pass"
tap_is "a time is what --since takes, also a record's own" "$(asked ds.kaspersky.com --at 2024-09-28T00:00:00.000000+0000)" "$(asked ds.kaspersky.com --at "2024-09-28 00:00 UTC")"
tap_like "one that is none is told with those that are" "$("$build/filterd/filterctl" check --at soon ds.kaspersky.com 2>&1)" "'soon' is not a time.*last month"
tap_is "the test name, before any date" "$(asked 1.blocked.filterd.test --at 1999-01-01)" "1.blocked.filterd.test: BLOCKED|1"
tap_like "is of no policy" "$(cat "$work/said")" "pattern    builtin:probe.*category   probe"
if ldd "$build/filterd/filterctl" | grep -q libidn2; then
	tap_is "an international name" "$(asked bücher.example)" \
		"'bücher.example' is read as the host xn--bcher-kva.example|xn--bcher-kva.example: passes, no pattern matches it|0"
else
	tap_like "an international name" "$(asked bücher.example)" "expected its ASCII form, with xn--"
fi
for word in "" "http://" "a..example" "www.example:99999"; do
	tap_like "'$word' is refused" "$(asked "$word")" "'$word' has no host name in it; expected .*64$"
done
tap_done

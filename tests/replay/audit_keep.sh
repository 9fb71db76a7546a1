#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What is kept elsewhere: filterctl audit checkpoint, filterctl key.
#
#   tests/replay/audit_keep.sh BUILD     TAP
set -u
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/../support/tap.sh"

tap_need jq openssl
build=$(realpath "$1")
filterctl=$build/filterd/filterctl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/log"
"$build/tests/small_log" "$work/log" || tap_bail "there is no log"
log=$work/log/audit.jsonl
key=$work/log/audit.vkey

# verify ARGUMENT...: exit status and result.
verify() {
	local said status=0

	said=$("$filterctl" audit verify --key "$key" "$@" 2>&1) || status=$?
	echo "$status $(tail -n 1 <<<"$said")"
}

# RFC 6962 of the lines, newline included, without a thought for memory.
root_of() {
	python3 - "$1" <<'END'
import base64, hashlib, sys
def root(leaves):
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + root(leaves[:k]) + root(leaves[k:])).digest()
print(base64.b64encode(root(open(sys.argv[1], "rb").read().splitlines(True))).decode())
END
}

checkpoint() {
	"$filterctl" audit checkpoint "$log" >"$work/note"
	tap_is "a note in C2SP's form: origin, number, hash, an empty line, a signature" \
		"$(sed 's/^[A-Za-z0-9+/]*=$/HASH/; s/ [A-Za-z0-9+/=]*$/ SIG/' "$work/note" | paste -sd '|')" \
		"gw1/filterd/2f9c01d4a7b3e655|161|HASH||— gw1/filterd/2f9c01d4a7b3e655 SIG"
	head -n 100 "$log" >"$work/cut.jsonl"
	tap_like "is an anchor: the log agrees" "$(verify --anchors "$work/note" "$log")" "^0 .*complete and unaltered"
	tap_like "and one that was cut does not" "$(verify --anchors "$work/note" "$work/cut.jsonl")" "^2 .*NOT sound"
	sed '50s/"proto":"/"proto":"X/' "$log" >"$work/altered.jsonl"
	tap_like "of a log that is not sound there is none" "$("$filterctl" audit checkpoint "$work/altered.jsonl" 2>&1; echo $?)" \
		"^filterctl audit checkpoint: this log is NOT sound.*2$"
}

tlog() {
	tap_is "--tlog: origin, number of records, and the Merkle root of their lines" \
		"$("$filterctl" audit checkpoint --tlog "$log" 2>/dev/null | paste -sd ' ')" "gw1/filterd/2f9c01d4a7b3e655 162 $(root_of "$log")"
	tail -n +20 "$log" >"$work/late.jsonl"
	tap_like "not of a part of the log" "$("$filterctl" audit checkpoint --tlog --key "$key" "$work/late.jsonl" 2>&1; echo $?)" "2$"
	tap_like "and it says that it is not signed" "$("$filterctl" audit checkpoint --tlog "$log" 2>&1)" "not signed"
}

# What openssl, which knows nothing of filterd, makes of the first record's signature.
first_signature() {
	local line body hash

	line=$(head -n 1 "$log")
	body=${line%,\"sig\":*}
	hash=$(printf %s "$body" | openssl dgst -sha256 -binary | base64)
	printf 'gw1/filterd/2f9c01d4a7b3e655\n0\n%s\n' "$hash" >"$work/text"
	jq -r .filterd.sig <<<"$line" | base64 -d | tail -c 64 >"$work/sig"
	openssl pkeyutl -verify -rawin -pubin -inkey "$1" -in "$work/text" -sigfile "$work/sig"
}

public_key() {
	local file=$work/keys.txt

	"$filterctl" key show "$key" >"$file"
	tap_is "key show: what --key takes" "$(sed -n 2p "$file")" "$(cat "$key")"
	sed 's/$/\r/' "$file" >"$work/mail"
	tap_is "the whole of it does, too, as it comes in a mail" "$("$filterctl" audit verify --key "$work/mail" "$log")" \
		"$("$filterctl" audit verify --key "$key" "$log")"
	tap_like "a file without a key does not" "$("$filterctl" audit verify --key "$log" "$log" 2>&1; echo $?)" "not a verifier key.*64$"
	sed -n '/BEGIN/,/END/p' "$file" >"$work/key.pem"
	tap_like "PEM, with which openssl finds the log's first signature good" "$(first_signature "$work/key.pem" 2>&1)" "Verified Successfully"
	tap_is "signify's form holds the same key" "$(grep ^RW "$file" | base64 -d | tail -c 32 | base64)" \
		"$(sed 's/.*+//' "$key" | base64 -d | tail -c 32 | base64)"
	tap_is "the key itself will do" "$("$filterctl" key show "$(cat "$key")" | sha256sum)" "$(sha256sum <"$file")"
	tap_like "what is no key is refused" "$("$filterctl" key show "$log" 2>&1; echo $?)" "not a verifier key.*64$"
}

new_key() {
	local conf=$work/filterd.conf said

	chmod 755 "$work"
	printf '[audit]\nfile = %s/new/audit.jsonl\nkeys = %s/keys\nsensor = gw2\n[daemon]\nuser = %s\n' "$work" "$work" \
		"$([ "$(id -u)" != 0 ] || echo nobody)" >"$conf"
	tap_like "key show before there is one says where it will come from" "$("$filterctl" key show -c "$conf" 2>&1; echo $?)" \
		"at its first start, or filterctl key init.*74$"
	said=$("$filterctl" key init -c "$conf" 2>&1)
	tap_like "key init makes one, named after the gateway" "$said" "gw2/filterd/[0-9a-f]{16}\+"
	tap_is "and key show prints it" "$("$filterctl" key show -c "$conf" 2>&1)" "$said"
	tap_is "only its owner reads the secret" "$(stat -c %a "$work/keys" "$work/keys/audit.key" | paste -sd ' ')" "700 600"
	tap_like "a second init is refused" "$("$filterctl" key init -c "$conf" 2>&1; echo $?)" "there is a key.*1$"
	tap_is "and the key is what it was" "$("$filterctl" key show -c "$conf" 2>&1)" "$said"
}

checkpoint
tlog
public_key
new_key
tap_done

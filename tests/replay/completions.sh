#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Completion in bash: what a person is offered after what he has typed.
set -u

build=$(realpath "${1:?which build folder? try: $0 build}")
source=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/support/tap.sh
. "$source/tests/support/tap.sh"
# shellcheck source=config/completions/filterctl
. "$source/config/completions/filterctl"
# shellcheck source=config/completions/filterd
. "$source/config/completions/filterd"

# offered WORD...: the last one is being typed, and may be empty.
offered() {
	COMP_WORDS=("$build/filterd/$1" "${@:2}")
	COMP_CWORD=$(($# - 1))
	COMPREPLY=()
	"_$1"
	printf '%s\n' "${COMPREPLY[@]}" | sort -u | paste -sd' '
}

tap_is "filterctl: no word twice" "$(offered filterctl "" | tr ' ' '\n' | uniq -d)" ""
for verb in audit board check key mode note probe recent replay rotate rules settings top waive; do
	tap_like "filterctl: offers $verb" " $(offered filterctl "") " " $verb "
done
tap_is "a verb begun is ended" "$(offered filterctl ru)" rules
tap_is "sub-verbs in one word of the usage" "$(offered filterctl rules "")" "install print remove"
tap_is "sub-verbs in usage lines of their own" "$(offered filterctl key "")" "init show"
tap_is "sub-verbs in a list" "$(offered filterctl audit "")" \
	"ack categories checkpoint coverage devices export hosts list report timeline verify"
tap_is "the two modes" "$(offered filterctl mode "")" "enforce observe"
tap_is "no verb after the last one" "$(offered filterctl rules install "")" ""
tap_is "the options of a verb" "$(offered filterctl rules print --)" "--backend --config --help"
tap_is "the options of a sub-verb" "$(offered filterctl audit report --)" \
	"--acks --anchors --collected --color --config --csv --fleet --help --html --json --key --month --output --since --text --tz --until"
tap_is "those with a short form, too" "$(offered filterctl recent --)" "--config --help --json --number"
tap_is "an option begun is ended" "$(offered filterctl replay --su)" --summary
tap_is "the words of an option" "$(offered filterctl rules print --backend "")" "iptables nft"
tap_is "formats" "$(offered filterctl audit export --to "")" "csv postgresql sqlite"
for format in $(offered filterctl audit export --to ""); do
	tap_like "the program knows the format $format" "$("$build/filterd/filterctl" audit export --help)" "[ ]$format "
done
tap_is "an unknown verb: nothing is offered after it but verbs" "$(offered filterctl rulez pri)" ""
tap_is "filterd: its options" "$(offered filterd --)" "--check --config --help --version"
tap_is "filterd: names of files are left to bash" "$(offered filterd -c "")" ""
tap_done

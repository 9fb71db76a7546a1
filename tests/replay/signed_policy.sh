#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Runs what filterd-policy(5) says under SIGNED POLICIES, as it stands there, with the real signify; filterd takes what was signed so,
# and nothing else.
#
#   tests/replay/signed_policy.sh BUILD         TAP
set -u

build=$(realpath "${1:?which build folder? try: $0 build}")
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/support/tap.sh
. "$here/../support/tap.sh"

tap_need signify-openbsd
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit

# The literal blocks of the section, one file each.
awk '
	/^\.Sh /   { inside = /SIGNED POLICIES/ }
	/^\.Ed/    { literal = 0 }
	inside && literal { print > ("block." number) }
	/^\.Bd/    { literal = inside; number += inside }
' "$here/../../filterd/filterd-policy.5"
tap_is "the manual has three blocks of commands" "$(echo block.*)" "block.1 block.2 block.3"

printf '[policy]\nid = games\nserial = 1\n[category games]\naction = block\nnames = games.list\n' >games.policy
printf '[waiver lab]\ndevices = 192.0.2.7\ncategories = games\nuntil = 2099-01-01T00:00:00Z\nreason = a test\n' >>games.policy
echo games.example.com >games.list
printf '[policy]\nfiles = games.policy\nsigned-by = house.pub\n' >f.conf

# run BLOCK: as a person would.
run() { sh -e "block.$1"; }

checked() { "$build/filterd/filterd" --check -c f.conf 2>&1; }

refused() { tap_like "$1" "$(checked) $?" "$2.* 78$"; }

# tampered WHAT FILE SED_EXPRESSION WORDS: refused, and good again when it is as it was.
tampered() {
	cp "$2" before
	sed -i "$3" "$2"
	refused "$1" "$4"
	mv before "$2"
}

refused "without the key filterd does not start" "signed-by 'house.pub': No such file"
run 1
refused "a policy that nobody signed is refused, with what to do" "is not signed: .*sha256.*sign it as filterd-policy"
run 2
tap_like "signed by the manual it is taken" "$(checked)" "good[;,].*1 rules"
tap_ok "and anybody can check it" run 3
tap_like "the check says which policy it is, how many names a category has, and that it blocks" "$(checked)" \
	"policy $(cat games.policy games.list | sha256sum | cut -d " " -f 1) blocks"$'\n'"  games +1  block$"
tampered "a list with a name more is refused" games.list '1i other.example.com' "games.list' is not signed"
tampered "so is another policy" games.policy 's/block/log/' "games.policy' is not signed"
tampered "a waiver for one device more" games.policy 's/^devices = .*/& 192.0.2.8/' "games.policy' is not signed"
tampered "a waiver that ends later" games.policy 's/2099/2199/' "games.policy' is not signed"
# shellcheck disable=SC2016  # $ is of sed
tampered "one that is taken out" games.policy '/waiver/,$d' "games.policy' is not signed"
printf '[policy]\nid = own\n[waiver own]\ndevices = 192.0.2.8\ncategories = games\nuntil = 2099-01-01T00:00:00Z\nreason = mine\n' >own.policy
tampered "a file of waivers that nobody signed" f.conf 's/^files = .*/& own.policy/' "own.policy' is not signed"
tampered "another hash" games.policy.sha256 '1s/^./x/' "does not match: one of the two was altered"
tampered "another signature" games.policy.sha256.sig '2s/........$/AAAAAAA=/' "does not match: one of the two was altered"
tampered "a file that is no key" house.pub '2d' "expected a public key of signify"
tap_like "as it was, it is taken again" "$(checked)" "good[;,].*1 rules"

# end NAME: of a waiver, by one who has no key.
end() { "$build/filterd/filterctl" waive -c f.conf --end "$1" 2>&1; }

tap_like "who takes a waiver away is told who can, where, and how" "$(end lab) $?" \
	"'lab' is in 'games.policy', which must be signed \(\[policy\] signed-by\): its signer has to remove the section \[waiver lab\] and sign.* filterd-policy.*filterctl reload 1$"
tap_like "and if there is no such waiver, that" "$(end nobody) $?" "there is no waiver 'nobody'; .* 1$"
tap_like "nothing has changed" "$(checked)" "good[;,].*1 rules"

signify-openbsd -G -n -p other.pub -s other.sec
signify-openbsd -S -s other.sec -m games.policy.sha256
refused "a signature by somebody else is refused" "is of a key that signed-by does not name"
sed -i 's/^signed-by = .*/signed-by = house.pub other.pub/' f.conf
tap_like "unless both are named" "$(checked)" "good[;,].*1 rules"
tap_done

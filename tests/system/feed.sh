#!/bin/bash
# SPDX-License-Identifier: MIT
#
# filterd-update against a server that lies in every way we could think of: what it says, its exit status, and that the policy before
# is untouched, to the byte. No root is needed for that. What a filterd that runs makes of it: feed_loaded.sh.
#
# The shell and most of the programs are busybox's, as on a router.
set -u
FEED_SOURCE=$(cd "$(dirname "$0")/../.." && pwd)
FEED_BUILD=$(cd "${1:?which build folder? try: $0 build}" && pwd)
# shellcheck source=tests/support/tap.sh
. "$FEED_SOURCE/tests/support/tap.sh"
# shellcheck source=tests/support/feed.sh
. "$FEED_SOURCE/tests/support/feed.sh"

tap_need curl signify-openbsd openssl python3 git flock busybox
work=$(mktemp -d)
trap 'feed_end; rm -rf "$work"' EXIT
feed_begin "$work" || tap_bail "the server did not start"

# attack WHAT STATUS SAYS: what was in force stays, and nothing else lies about.
attack() {
	local said status=0 begin=$SECONDS

	said=$(feed_update) || status=$?
	tap_is "$1: exit status $2" "$status" "$2"
	tap_like "$1: it says so" "$said" "$3"
	tap_is "$1: what was in force is as it was" "$(feed_digest)" "$digest"
	tap_is "$1: nothing is left behind" "$(find "$work/feed" -mindepth 1 -maxdepth 1 -printf '%f\n' | grep -vE '^(now|\.lock|status|[0-9]+-[0-9a-f]{16})$')" ""
	tap_below "$1: in time (seconds)" $((SECONDS - begin)) 30
	tap_like "$1: --status has it" "$(feed_update --status)" "serial 5"
	feed_publish 6 100 >/dev/null
	feed_serve ''
}

# What comes first.
feed_publish 5 100
said=$(feed_update; echo "status $?")
tap_like "a first policy comes" "$said" "serial 5 came from https://localhost:[0-9]+/, and will be in force when filterd starts.*status 0"
tap_like "filterd loads it" "$("$FEED_BUILD/filterd/filterctl" check -c "$work/filterd.conf" name7.example.org 2>&1)" "update"
tap_is "once more: nothing new, and nothing is said" "$(feed_update; echo "status $?")" "status 0"
tap_like "status says what came, and when" "$(feed_update --status)" "result same: nothing new.serial 5.came 20[0-9-]+T[0-9:]+Z.from https"
digest=$(feed_digest)
feed_publish 6 100

# 1 to 4: who answers is not who should, or not all of it comes.
feed_serve cut us.list
attack "cut off" 69 "not fetched: .*us.list' was cut off; the old policy stays in force"
feed_serve cut-silently us.list
attack "cut off, and no length was said" 1 "refused: 'us.list' is not the file that was signed"
feed_serve slow us.policy
attack "slow" 69 "took longer than 3 seconds"
feed_serve redirect us.policy.sha256
attack "redirected, as captive portals do" 69 "is redirected \(302\); expected the file itself"
feed_serve page us.policy.sha256
attack "a page that says 404, with the status 200" 1 "refused: 'us.policy.sha256' is not signed by a key of"
feed_serve missing us.list
attack "404" 69 "'us.list' is signed, but missing"
feed_serve error us.policy.sha256
attack "503" 69 "the server says 503"
feed_serve endless us.list
attack "endless" 1 "'us.list' is larger than [0-9]+ bytes"
feed_serve reset us.policy
attack "reset" 69 "not fetched: .*us.policy'"
feed_serve other-certificate
attack "another certificate" 69 "not fetched: .*certificate"
feed_down
attack "nobody there" 69 "not fetched: .*onnect"

# What was signed is not what should be.
rm "$work/www/us.policy.sha256.sig"
attack "unsigned" 1 "it is not signed: there is no 'us.policy.sha256.sig'"
feed_publish 6 100 other
attack "another key" 1 "is not signed by a key of"
echo junk >"$work/www/us.policy.sha256.sig"
attack "a signature that is none" 1 "is not signed by a key of"
feed_publish 4 100
attack "stale: an older serial, and signed" 1 "its serial, 4, is older than 5, which is in force"
feed_publish 5 101
attack "the same serial, and another policy" 1 "its serial, 5, is already in force with another policy"
feed_publish '' 100
attack "no serial" 1 "'us.policy' has no serial"
feed_publish 6 49
attack "shrunk by more than half" 1 "it has shrunk from 100 names to 49; max-shrink allows 50 percent"
feed_publish 6 0
attack "empty" 1 "it has shrunk from 100 names to 0"
cp "$work/www/us.list" "$work/old.list"
feed_publish 6 100
sed -i 1d "$work/www/us.list"
attack "a list of another day among the signed ones" 1 "'us.list' is not the file that was signed"
echo 'action = blok' >>"$work/www/us.policy"
feed_sign
attack "unreadable: a word that filterd does not know" 1 "filterd cannot load it: .*us.policy: line [0-9]+"
head -c 4096 /dev/urandom >>"$work/www/us.list"
feed_sign
attack "unreadable: a list of random bytes" 1 "filterd cannot load it: .*us.list"
echo "$(head -c 0 /dev/null | sha256sum | cut -c 1-64)  ../../escaped" >>"$work/www/us.policy.sha256"
feed_sign_manifest
attack "a name that leads elsewhere" 1 "names '../../escaped', which is not a file below its folder"
echo '<html>' >>"$work/www/us.policy.sha256"
feed_sign_manifest
attack "a manifest that is none, and signed" 1 "is not in the format of sha256sum"
for i in $(seq 300); do
	echo "$(sha256sum <"$work/www/us.list" | cut -c 1-64)  list$i"
done >>"$work/www/us.policy.sha256"
feed_sign_manifest
attack "a manifest of too many files" 1 "names more than 256 files"

# Killed in the middle: what was in force is untouched, and the next one goes on.
feed_serve slow us.list
feed_exec >/dev/null &
pid=$!
tap_wait "the download" test -e "$work/feed/.new/us.policy"
tap_is "meanwhile another one gives up" "$(feed_update 2>&1; echo "status $?")" \
	$'filterd-update: another filterd-update is running\nstatus 75'
kill "$pid"
wait "$pid"
tap_is "killed: what was in force is as it was" "$(feed_digest)" "$digest"

# And then what is good comes, wherever it lies.
sleep 3                                 # curl itself was not killed, and holds the lock
feed_serve ''
tap_like "a new one comes after all that" "$(feed_update; echo "status $?")" "serial 6 came from .*status 0"
feed_publish 7 51
tap_like "half of the names is enough" "$(feed_update; echo "status $?")" "serial 7 came from .*status 0"
tap_is "that before stays beside it, and no third" "$(cd "$work/feed" && echo [0-9]*-* | sed 's/-[0-9a-f]*//g')" "6 7"
feed_publish 8 60
feed_set from "$work/www"
tap_like "from a folder" "$(feed_update; echo "status $?")" "serial 8 came from $work/www,.*status 0"
feed_publish 9 60
rm "$work/www/us.list"
mkfifo "$work/www/us.list"
tap_like "a list that is a pipe keeps nobody waiting" "$(feed_update; echo "status $?")" "'us.list' is signed, but missing.*status 69"
rm "$work/www/us.list"
feed_publish 9 60

git init -q -b main "$work/origin"
cp "$work"/www/us.* "$work/origin/"
feed_commit
git clone -q "$work/origin" "$work/checkout"
feed_set from "git:$work/checkout"
tap_like "from a checkout of git" "$(feed_update; echo "status $?")" "serial 9 came from git:$work/checkout,.*status 0"
feed_publish 10 60
cp "$work"/www/us.* "$work/origin/"
feed_commit
tap_like "which is pulled first" "$(feed_update; echo "status $?")" "serial 10 came from .*status 0"
git -C "$work/origin" commit -q --amend -m "written anew" --allow-empty
tap_like "history that was written anew is no step forward" "$(feed_update; echo "status $?")" "not fetched: git pull in .*status 69"
digest=$(feed_digest)

# Whoever stands between can show the same for ever.
feed_set from "$work/www"
feed_set stale 7
touch -d "8 days ago" "$work/feed/now/.came"
tap_like "nothing new for longer than stale allows" "$(feed_update; echo "status $?")" "no new policy for 8 days; stale allows 7.status 1"

# The configuration.
for row in "from=ftp://localhost/|from: expected" "into=feed|into: expected an absolute path" "policy=../x|policy: expected" "seconds=0|seconds: expected" \
	"typo=1|'typo' is not a setting" "filterd=/nowhere|filterd:"; do
	cp "$work/feed.conf" "$work/kept.conf"
	feed_set "${row%%=*}" "$(sed 's/^[^=]*=//; s/|.*//' <<<"$row")"
	tap_like "a wrong configuration: ${row%|*}" "$(feed_update; echo "status $?")" "${row#*|}.*status 78"
	mv "$work/kept.conf" "$work/feed.conf"
done
sed -i 's/^signed-by.*//' "$work/filterd.conf"
tap_like "no key" "$(feed_update; echo "status $?")" "has no key in \[policy\] signed-by.*status 78"
tap_like "a wrong option" "$(feed_update --twice; echo "status $?")" "usage: .*status 64"
tap_done

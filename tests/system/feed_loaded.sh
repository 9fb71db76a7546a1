#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What a filterd that runs makes of what filterd-update fetches: it is in force at once, is on record, and what filterd refuses is put back.
# shellcheck disable=SC2317,SC2119  # lab_wait and tap_ok call what they are given; functions here have options of their own
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"
# shellcheck source=tests/support/feed.sh
. "$DAEMON_SOURCE/tests/support/feed.sh"

tap_need curl signify-openbsd openssl python3 flock busybox
system_begin
# shellcheck disable=SC2034
FEED_SOURCE=$DAEMON_SOURCE FEED_BUILD=$(cd "$DAEMON_BUILD" && pwd)

mkdir "$LAB_DIR/feed"
feed_begin "$LAB_DIR/feed" || tap_bail "the server did not start"
feed_set from "$LAB_DIR/feed/www"
feed_set into "$LAB_DIR/config/feed"
feed_set filterd "$DAEMON_CONF"
cp "$LAB_DIR/feed/house.pub" "$LAB_DIR/config/"
daemon_set signed-by house.pub
daemon_set files feed/now/us.policy

feed_publish 5 10
tap_like "the first comes before filterd runs" "$(feed_update; echo "status $?")" "will be in force when filterd starts.status 0"
daemon_set metrics "$LAB_DIR/run/filterd.prom"
system_run
tap_is "which goes by it" "$(answer name3.example.org A "$LAB_DNS4")" NXDOMAIN+15
feed_publish 6 11
tap_like "a new one is in force" "$(feed_update; echo "status $?")" "serial 6 came from .*, and is in force.status 0"
tap_is "at once" "$(answer name11.example.org A "$LAB_DNS4")" NXDOMAIN+15
digest=$("$DAEMON_BUILD/filterd/filterctl" status --json -c "$DAEMON_CONF" | jq -r .policy.sha256)
tap_is "it is on record, with its digest" "$(jq -r 'select(.filterd.type == "policy") | .filterd.new' "$DAEMON_AUDIT" | tail -n 1)" "$digest"
tap_like "and status has its serial" "$("$DAEMON_BUILD/filterd/filterctl" status -c "$DAEMON_CONF")" "us serial 6, loaded 20"
tap_is "also for programs" "$("$DAEMON_BUILD/filterd/filterctl" status --json -c "$DAEMON_CONF" | jq -c .policy.serials)" '[{"id":"us","serial":6}]'

# of_feed FILTER: of the last record of the feed.
of_feed() { jq -r "select(.filterd.type == \"policy\" and (.filterd.result | startswith(\"feed: \"))) | $1" "$DAEMON_AUDIT" | tail -n 1; }
ctl() { "$DAEMON_BUILD/filterd/filterctl" "$1" -c "$DAEMON_CONF" "${@:2}"; }

tap_like "the log says what came, and from where" "$(of_feed .filterd.result)" "^feed: policy us.policy with serial 6 came from $LAB_DIR/feed/www, and is in force$"
tap_is "by which policy, and who says so" "$(of_feed '.filterd.new + " " + .filterd.caller.uid')" "$digest 0"
tap_is "status says when" "$(ctl status --json | jq -r '.feed.result + " " + .feed.came')" "taken $(cat "$LAB_DIR/config/feed/now/.came")"
tap_ok "and the metrics" tap_wait "the metrics" grep -q '^filterd_policy_serial{policy="us"} 6' "$LAB_DIR/run/filterd.prom"
tap_is "a source in order is no record" "$(feed_update; daemon_count '.filterd.type == "policy"')" "$(daemon_count '.filterd.type == "policy"')"
feed_publish 7 11 >/dev/null
mv "$LAB_DIR/feed/www/us.policy.sha256.sig" "$LAB_DIR/feed/away"
feed_update >/dev/null
tap_like "a refusal is on record, with why" "$(of_feed '.alert.signature // .filterd.result')" "feed: refused: it is not signed: .*; the old policy stays in force"
tap_is "and names no new policy" "$(of_feed '.filterd.new')" null
tap_like "it needs attention" "$(ctl status)" "needs attention.*the feed's policy is not taken, 20[^ ]+: refused: it is not signed"
tap_ok "and rings" tap_wait "the metrics" grep -q '^filterd_feed_refused 1' "$LAB_DIR/run/filterd.prom"
daemon_end
daemon_start
tap_like "a restart forgets it not" "$(ctl status)" "the feed's policy is not taken"
mv "$LAB_DIR/feed/www" "$LAB_DIR/feed/elsewhere"
feed_update >/dev/null
tap_like "what cannot be fetched is on record, too" "$(of_feed .filterd.result)" "^feed: not fetched: "
mv "$LAB_DIR/feed/elsewhere" "$LAB_DIR/feed/www"
feed_publish 6 11
feed_update
tap_is "in order again, nothing needs attention" "$(ctl status --json | jq -c '[.feed.result, ([.attention[] | select(test("feed"))] | length)]')" '["same",0]'
# shellcheck disable=SC2024
tap_like "nobody else can say so" "$(setpriv --reuid nobody --clear-groups "$DAEMON_BUILD/filterd/filterctl" feed -c "$DAEMON_CONF" refused - x 2>&1)" "only root may report"
tap_like "the log is sound" "$("$DAEMON_BUILD/filterd/filterctl" audit verify "$LAB_DIR/log" 2>&1)" "complete|declared"

# filterd has an opinion of its own: another policy file of its configuration has lost its list.
seq -f "kept%g.example.org" 1 20 >"$LAB_DIR/config/own.list"
printf '[policy]\nid = own\n[category own]\naction = block\nnames = own.list\n' >"$LAB_DIR/config/own.policy"
(cd "$LAB_DIR/config" && sha256sum own.policy own.list >own.policy.sha256 && signify-openbsd -S -s "$LAB_DIR/feed/house.sec" -m own.policy.sha256)
daemon_set files "feed/now/us.policy own.policy"
system_reload
echo tampered >>"$LAB_DIR/config/own.list"
feed_publish 7 12
tap_like "what filterd refuses is put back" "$(feed_update; echo "status $?")" "refused: filterd: .*own.list.*; the old policy stays in force.status 1"
tap_like "to what was in force" "$(readlink "$LAB_DIR/config/feed/now")" "^6-"
tap_is "which is in force" "$(answer name11.example.org A "$LAB_DNS4")+$(answer name12.example.org A "$LAB_DNS4" | grep -c '+15')" NXDOMAIN+15+0
sed -i '$d' "$LAB_DIR/config/own.list"
tap_like "mended, it comes" "$(feed_update; echo "status $?")" "serial 7 came from .*, and is in force.status 0"
feed_end
daemon_end
tap_done

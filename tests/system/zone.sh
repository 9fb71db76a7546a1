#!/bin/bash
# SPDX-License-Identifier: MIT
#
# One policy for a fleet: a zone on a primary, BIND's or Knot's, comes to gateways by their knotd, and is in force by itself; nothing that is
# not signed gets in, on the way or in a file. The configuration of the name servers is that of config/fleet/policy.
# shellcheck disable=SC2317  # lab_wait and tap_ok call what they are given
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"

tap_need named knotd nsupdate signify-openbsd

fleet=$DAEMON_SOURCE/config/fleet/policy
name=www.example.org                    # which the zone prohibits for a while
primary=198.51.100.2
gateway=198.51.100.1
zones=$LAB_DIR/zones                    # of the first gateway
policies=$LAB_DIR/config/policy
policy_secret=$(head -c 32 /dev/urandom | base64)
editor_secret=$(head -c 32 /dev/urandom | base64)

# configured FILE FOLDER: of config/fleet/policy, with secrets, and the lab's places in the stead of a machine's.
configured() {
	awk -v policy="$policy_secret" -v editor="$editor_secret" '
		/id: policy|key "policy" \{/ { secret = policy }
		/id: editor|key "editor" \{/ { secret = editor }
		{ sub("REPLACE-ME", secret); print }' "$fleet/$1" |
		sed -e "s|/var/lib/filterd-zones|$2|; s|/var/lib/knot|$2/db|; s|/run/knot|$2|; s|/var/lib/bind|$2|" \
			-e "s|192.0.2.1\([ @]\)|$gateway\1|; s|target: syslog|target: stderr|; s|any: notice|any: info|; /user: knot/d"
}

bind_primary() {
	mkdir -p "$LAB_DIR/bind"
	cp "$fleet/rpz.example.net.zone" "$LAB_DIR/bind/"
	{
		echo "options { directory \"$LAB_DIR/bind\"; listen-on { $primary; }; listen-on-v6 { none; }; pid-file none;"
		echo "session-keyfile none; recursion no; dnssec-validation no; }; controls { };"
		configured named-primary.conf "$LAB_DIR/bind"
	} >"$LAB_DIR/bind/named.conf"
	lab_start internet "$LAB_DIR/bind.log" named -g -c "$LAB_DIR/bind/named.conf"
	primary_pid=$LAB_PID
	lab_wait "BIND" grep -q "running$" "$LAB_DIR/bind.log"
}

knot_primary() {
	mkdir -p "$LAB_DIR/knot/db"
	cp "$fleet/rpz.example.net.zone" "$LAB_DIR/knot/"
	configured knot-primary.conf "$LAB_DIR/knot" | sed "s|knot/db$|knot|" >"$LAB_DIR/knot/knot.conf"
	lab_start internet "$LAB_DIR/knot.log" knotd -c "$LAB_DIR/knot/knot.conf"
	primary_pid=$LAB_PID
	lab_wait "Knot" grep -q "server started" "$LAB_DIR/knot.log"
}

# secondary FOLDER PORT [SED_EXPRESSION]: knotd of a gateway; its process id in $secondary_pid, its words in FOLDER.log.
secondary() {
	mkdir -p "$1/db"
	chgrp "$(id -gn nobody)" "$1"
	chmod 2750 "$1"                 # as the manual has it: what is made in it is of filterd's group
	configured knot-gateway.conf "$1" | sed -e "s|@5300|@$2|; ${3:-}" >"$1.conf"
	lab_start gateway "$1.log" knotd -c "$1.conf"
	secondary_pid=$LAB_PID
	lab_wait "knotd" grep -q "server started" "$1.log"
}

# update LINE...: what nsupdate sends to the primary, as the editor.
update() {
	{
		printf '%s\n' "server $primary" "key hmac-sha256:editor $editor_secret" "zone rpz.example.net"
		printf 'update %s\n' "$@"
		echo send
	} | lab_internet nsupdate
}

num_policies() { daemon_count '.filterd.type == "policy" and .filterd.result == "loaded"'; }
num_refused() { daemon_count '.filterd.type == "policy" and .filterd.result != "loaded"'; }
last_policy() { jq -r "select(.filterd.type == \"policy\") | .filterd.$1" "$DAEMON_AUDIT" | tail -n 1; }
is_answered() { [ "$(answer "$name" A "$LAB_DNS4")" = "$1" ]; }
has_loaded() { [ "$(num_policies)" -gt "$1" ]; }
has_refused() { [ "$(num_refused)" -gt "$1" ]; }
closed() { ! kill -0 "$1" 2>/dev/null; }
now_ms() { date +%s%3N; }

# The block of the manual that makes the hash by hand, of a folder's zone.
by_hand() {
	(
		cd "$1" || exit
		cp "$policies/fleet.policy" games.policy
		ln -sf rpz.example.net.zone rpz.zone
		awk '/^\.Ss "The hash/ { inside = 1 } /^\.Ed/ { literal = 0 } literal { print } /^\.Bd/ { literal = inside; inside = 0 }' \
			"$DAEMON_SOURCE/filterd/filterd-policy.5" | sed 's/\\e/\\/; s/\[.\]example\[.\]\$/[.]example[.]net[.]$/' >"$LAB_DIR/by_hand"
		sh "$LAB_DIR/by_hand" | cut -c 1-64
	)
}

# A client that asks one new name after another, until it is told to end; what it learnt as dig printed it.
asking() {
	local round=0

	while [ ! -e "$LAB_DIR/enough" ]; do
		round=$((round + 1))
		seq -f "n$round.%.0f.example.net A" 100 >"$LAB_DIR/questions"
		lab_client dig +tries=1 +time="$LAB_ANSWER_S" @"$LAB_DNS4" -f "$LAB_DIR/questions" >>"$LAB_DIR/learnt" 2>&1
	done
}

# changes WHO: a name is prohibited, and free again, while another client asks.
changes() {
	local began took before first asked

	rm -f "$LAB_DIR/enough"
	: >"$LAB_DIR/learnt"
	first=$(last_policy policy)
	tap_is "$1: before, the name is free" "$(answer "$name" A "$LAB_DNS4")" NOERROR
	asking &
	asked=$!
	before=$(num_policies)
	began=$(now_ms)
	update "add $name.rpz.example.net 300 CNAME ."
	tap_ok "$1: a name that is added is refused" lab_wait "the name" is_answered NXDOMAIN+15
	took=$(($(now_ms) - began))
	echo "# $1: in force after $took ms"
	lab_wait "the record" has_loaded "$before"
	tap_is "$1: one record says so" "$(($(num_policies) - before)) $(last_policy result)" "1 loaded"
	tap_like "$1: with the hash that can be made by hand" "$(last_policy new) $(by_hand "$zones")" '^([0-9a-f]{64}) \1$'
	tap_is "$1: the attempt names what prohibits it" "$(daemon_record "$name" '.filterd | [.rule, .category] | join(" ")')" \
		"exact:$name fleet"
	tap_like "$1: knotd fetched the difference" "$(grep -c "IXFR, incoming.*finished" "$zones.log")" "^[1-9]"
	began=$(now_ms)
	update "delete $name.rpz.example.net CNAME"
	tap_ok "$1: taken out it is free again" lab_wait "the name" is_answered NOERROR
	echo "# $1: in force after $(($(now_ms) - began)) ms"
	touch "$LAB_DIR/enough"
	wait "$asked"
	tap_is "$1: no question of the other client was lost" "$(grep -c "timed out\|no servers" "$LAB_DIR/learnt")" 0
	tap_ok "$1: it asked some" test "$(grep -c "status:" "$LAB_DIR/learnt")" -gt 100
	tap_is "$1: each was answered" "$(grep -c "status: NXDOMAIN" "$LAB_DIR/learnt")" "$(grep -c "^;n.*IN.A$" "$LAB_DIR/learnt")"
	echo "# $1: $(grep -c "status:" "$LAB_DIR/learnt") questions"
	[ -z "$first" ] || tap_is "$1: the hash is what it was" "$(last_policy new)" "$first"
}

# A serial alone is no other policy.
serial() {
	local before

	before=$(num_policies)
	update "add rpz.example.net 300 SOA localhost. hostmaster.example.net. 4000 300 60 31536000 300"
	tap_ok "another serial comes to the gateway" lab_wait "the serial" grep -q "zone file updated, serial .*4000" "$zones.log"
	tap_ok "and to filterd" lab_wait "the reload" daemon_has_reloaded_since "$1"
	tap_is "but makes no record" "$(num_policies)" "$before"
}

daemon_has_reloaded_since() { [ "$(daemon_count_said reloaded:)" -gt "$1" ]; }

# What two secondaries write, one after AXFR, one after IXFR.
second_gateway() {
	secondary "$LAB_DIR/second" 5301
	lab_wait "the second gateway's zone" test -s "$LAB_DIR/second/rpz.example.net.zone"
	tap_like "a second gateway has its zone by AXFR" "$(cat "$LAB_DIR/second.log")" "AXFR, incoming.*finished"
	tap_ok "and in another file, byte for byte" not cmp -s "$zones/rpz.example.net.zone" "$LAB_DIR/second/rpz.example.net.zone"
	tap_is "but with the same hash" "$(by_hand "$LAB_DIR/second")" "$(last_policy new)"
	kill "$secondary_pid"
	wait "$secondary_pid"
}

not() { ! "$@"; }

# A zone that is not as it was signed on the way, or not signed by whom it should.
in_flight() {
	local proxy

	secondary "$LAB_DIR/wrong" 5302 "/id: policy/,/secret/s|secret: .*|secret: $editor_secret|"
	tap_ok "with another key knotd gets nothing" lab_wait "the refusal" grep -q "BADSIG\|BADKEY\|TSIG\|NOTAUTH" "$LAB_DIR/wrong.log"
	tap_ok "and writes nothing" test ! -e "$LAB_DIR/wrong/rpz.example.net.zone"
	kill "$secondary_pid"
	wait "$secondary_pid"
	lab_start gateway "$LAB_DIR/alter.log" python3 "$LAB_DIR/alter.py"
	proxy=$LAB_PID
	lab_wait "who alters" grep -q ready "$LAB_DIR/alter.log"
	secondary "$LAB_DIR/altered" 5303 "s|address: $primary@53|address: 127.0.0.1@5399|"
	tap_ok "a zone altered on the way is refused" lab_wait "the refusal" grep -q "failed to verify TSIG" "$LAB_DIR/altered.log"
	tap_ok "and writes nothing" test ! -e "$LAB_DIR/altered/rpz.example.net.zone"
	tap_like "although it was altered" "$(cat "$LAB_DIR/alter.log")" altered
	kill "$secondary_pid" "$proxy"
	wait "$secondary_pid" "$proxy" 2>/dev/null
}

# Half of a file, as if somebody had written it: the old policy stays, which is said once.
half_a_file() {
	local before

	before=$(num_refused)
	head -c -20 "$zones/rpz.example.net.zone" | grep -v "^;;" >"$zones/half"
	truncate -s -3 "$zones/half"
	mv "$zones/half" "$zones/rpz.example.net.zone"
	chmod 660 "$zones/rpz.example.net.zone"
	tap_ok "half a zone is refused" lab_wait "the record" has_refused "$before"
	tap_like "with its place" "$(last_policy result)" "rpz.example.net.zone: line [0-9]+, column [0-9]+: is where the file ends"
	tap_is "and the policy stays" "$(answer x.games.example.com A "$LAB_DNS4") $(answer ok.games.example.com A "$LAB_DNS4")" \
		"NXDOMAIN+15 NXDOMAIN"
	: >"$zones/rpz.example.net.zone"
	lab_wait "the record" has_refused "$((before + 1))"
	tap_like "an empty one, as a power cut leaves it, too" "$(last_policy result)" "no SOA record; is the file whole"
	update "add later.example.com.rpz.example.net 300 CNAME ."
	lab_wait "the zone" grep -q "later.example.com" "$zones/rpz.example.net.zone"
	before=$(num_policies)
	tap_ok "what the name server writes next is taken" lab_wait "the record" has_loaded "$((before - 1))"
	tap_is "each was said once" "$(daemon_count_said "rpz.example.net.zone: line.*keeping")" 2
}

sign() {
	(
		cd "$policies" || exit
		sha256sum "$1" "${@:2}" >"$1.sha256"
		signify-openbsd -S -s "$LAB_DIR/house.sec" -m "$1.sha256"
	)
}

# A policy that has to be signed: not at all, well, altered, anew, and with one that was signed before.
signed() {
	local before status=0 said

	signify-openbsd -G -n -p "$LAB_DIR/config/house.pub" -s "$LAB_DIR/house.sec"
	daemon_set signed-by house.pub
	daemon_end TERM
	rm "$LAB_DIR/keys/last-good"    # a start would go by it
	said=$(lab_gateway timeout 60 "$DAEMON_BUILD/filterd/filterd" -c "$DAEMON_CONF" 2>&1) || status=$?
	tap_like "a start with a policy that nobody signed ends, with what to do" "$status $said" \
		"^78 .*fleet.policy' is not signed.*sign it as filterd-policy\(5\) says"
	sed -i '/^id /aserial = 5' "$policies/fleet.policy"
	sign fleet.policy
	chmod a+r "$policies"/*
	daemon_start || tap_bail "filterd did not start with a signed policy"
	tap_is "signed, it is in force" "$(answer x.games.example.com A "$LAB_DNS4")" NXDOMAIN+15
	cp "$policies/fleet.policy" "$LAB_DIR/five"
	cp "$policies/fleet.policy.sha256" "$LAB_DIR/five.sha256"
	cp "$policies/fleet.policy.sha256.sig" "$LAB_DIR/five.sha256.sig"

	before=$(num_refused)
	sed -i 's/^action .*/action = log/' "$policies/fleet.policy"
	tap_ok "altered, it is refused by itself" lab_wait "the record" has_refused "$before"
	tap_like "which the log says, and why" "$(last_policy result)" "fleet.policy' is not signed.*not what was signed"
	tap_is "and the old one stays in force" "$(answer x.games.example.com A "$LAB_DNS4")" NXDOMAIN+15

	before=$(num_policies)
	sed -i -e 's/^action .*/action = block/' -e 's/^title .*Names.*/title = Other/' -e 's/^serial .*/serial = 6/' "$policies/fleet.policy"
	sign fleet.policy
	tap_ok "signed anew it is loaded" lab_wait "the record" has_loaded "$before"

	before=$(num_refused)
	cp "$LAB_DIR/five.sha256.sig" "$policies/fleet.policy.sha256.sig"
	cp "$LAB_DIR/five.sha256" "$policies/fleet.policy.sha256"
	cp "$LAB_DIR/five" "$policies/fleet.policy"
	tap_ok "the one before, which was signed once, is refused" lab_wait "the record" has_refused "$before"
	tap_like "by its serial" "$(last_policy result)" "its serial, 5, is lower than that in force"

	sed -i 's/^serial .*/serial = 7/' "$policies/fleet.policy"
	sign fleet.policy
	before=$(num_policies)
	lab_wait "the record" has_loaded "$before"
	before=$(num_policies)
	update "add $name.rpz.example.net 300 CNAME ."
	tap_ok "a change of the zone needs no signature" lab_wait "the name" is_answered NXDOMAIN+15
}

# A proxy that alters a name in what the primary sends.
write_proxy() {
	cat >"$LAB_DIR/alter.py" <<-END
		import socket, threading

		def pass_on(a, b, alters):
		    while data := a.recv(65536):
		        other = data.replace(b"games", b"gamez") if alters else data
		        if other != data:
		            print("altered", flush=True)
		        b.sendall(other)

		udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		udp.bind(("127.0.0.1", 5399))
		def ask():
		    while True:
		        data, who = udp.recvfrom(65536)
		        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
		            s.connect(("$primary", 53))
		            s.send(data)
		            udp.sendto(s.recv(65536), who)
		threading.Thread(target=ask, daemon=True).start()
		listener = socket.create_server(("127.0.0.1", 5399))
		print("ready", flush=True)
		while True:
		    client = listener.accept()[0]
		    server = socket.create_connection(("$primary", 53))
		    threading.Thread(target=pass_on, args=(client, server, False), daemon=True).start()
		    threading.Thread(target=pass_on, args=(server, client, True), daemon=True).start()
	END
}

system_begin
# The primary says that the zone has changed: BIND by UDP, Knot by TCP.
lab_gateway nft "add rule inet lab-firewall input iifname $LAB_WAN ip saddr $primary meta l4proto { tcp, udp } th dport 5300 accept"
write_proxy
cp "$fleet/fleet.policy" "$policies/"
sed -i "s|/var/lib/filterd-zones|$zones|" "$policies/fleet.policy"
daemon_set files policy/fleet.policy
bind_primary
secondary "$zones" 5300
gateway_pid=$secondary_pid
lab_wait "the zone" test -s "$zones/rpz.example.net.zone"
tap_like "a zone that nobody looks at is remarked on" "$("$DAEMON_BUILD/filterd/filterd" --check -c "$DAEMON_CONF")" \
	"good[;,].* 3 rules.*zones.*only SIGHUP loads them; set \[policy\] watch = 1"
daemon_set watch 1
tap_like "and one that is looked at is not" "$("$DAEMON_BUILD/filterd/filterd" --check -c "$DAEMON_CONF")" "memory"$'\n'"policy "
system_run
tap_is "a zone from BIND is in force at the start" "$(answer x.games.example.com A "$LAB_DNS4")" NXDOMAIN+15
changes BIND
serial "$(daemon_count_said reloaded:)"
second_gateway
in_flight
kill "$primary_pid"
lab_wait "BIND's end" closed "$primary_pid"
knot_primary
update "add rpz.example.net 300 SOA localhost. hostmaster.example.net. 5000 300 60 31536000 300"
lab_wait "Knot's zone" grep -q "serial 5000" "$zones.log"
changes Knot
half_a_file
signed
daemon_end TERM
tap_like "the log is whole" \
	"$("$DAEMON_BUILD/filterd/filterctl" audit verify --key "$LAB_DIR/keys/audit.vkey" "$LAB_DIR/log" 2>&1 | grep result)" " (unaltered|complete up to its stop)"
kill "$gateway_pid"
wait "$gateway_pid"
tap_done

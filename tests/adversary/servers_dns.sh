# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Resolvers and name servers, each with an address of its own in the internet's namespace, that know one prohibited and one
# permitted name. The caller has sourced scripts/lab.

SERVERS_DNS=$LAB_DIR/servers-dns        # a name and an address in each line
SERVERS_DNS_NUM=200
SERVERS_DNS_ABSENT=()
SERVERS_DNS_PROHIBITED=dnl-01.blocked.example.com
SERVERS_DNS_PERMITTED=www.example.org

# dns_zone DOMAIN NAME ADDRESS
dns_zone() {
	printf '%s\n' "\$ORIGIN $1." "\$TTL 60" "@ IN SOA ns.$1. h.$1. 1 3600 600 86400 60" "@ IN NS ns.$1." "ns IN A 203.0.113.6" "$2. IN A $3"
}

# What each is configured with, to be read in its folder; the address is $1.
dns_dnsmasq() {
	lab_dnsmasq_common
	printf '%s\n' "listen-address=$1" local=/example.com/ local=/example.org/ "host-record=$SERVERS_DNS_PROHIBITED,$LAB_LISTED4" "host-record=$SERVERS_DNS_PERMITTED,$LAB_OTHER4"
}

dns_bind() {
	cat <<-END
		options { directory "."; listen-on { $1; }; listen-on-v6 { none; }; recursion yes; allow-query { any; }; pid-file none;
			session-keyfile none; managed-keys-directory "."; dnssec-validation no; };
		controls { };
		zone "blocked.example.com" { type primary; file "../com.zone"; };
		zone "example.org" { type primary; file "../org.zone"; };
	END
}

dns_unbound() {
	cat <<-END
		server:
		  interface: $1
		  access-control: 0.0.0.0/0 allow
		  username: ""
		  chroot: ""
		  directory: "."
		  pidfile: ""
		  do-daemonize: no
		  use-syslog: no
		  local-data: "$SERVERS_DNS_PROHIBITED. 60 IN A $LAB_LISTED4"
		  local-data: "$SERVERS_DNS_PERMITTED. 60 IN A $LAB_OTHER4"
		remote-control:
		  control-enable: no
	END
}

dns_knot() {
	cat <<-END
		server:
		    rundir: "$PWD"
		    listen: $1@53
		database:
		    storage: "$PWD"
		template:
		  - id: default
		    zonefile-sync: -1
		    zonefile-load: whole
		    journal-content: none
		zone:
		  - domain: blocked.example.com
		    file: "$PWD/../com.zone"
		  - domain: example.org
		    file: "$PWD/../org.zone"
	END
}

dns_nsd() {
	cat <<-END
		server:
		  ip-address: $1
		  username: ""
		  chroot: ""
		  zonesdir: ""
		  database: ""
		  pidfile: "$PWD/pid"
		  xfrdfile: "$PWD/xfrd"
		  zonelistfile: "$PWD/zones"
		  xfrdir: "$PWD"
		remote-control:
		  control-enable: no
		zone:
		  name: blocked.example.com
		  zonefile: "$PWD/../com.zone"
		zone:
		  name: example.org
		  zonefile: "$PWD/../org.zone"
	END
}

dns_recursor() {
	printf '%s\n' "local-address=$1" "auth-zones=blocked.example.com=$PWD/../com.zone,example.org=$PWD/../org.zone" "socket-dir=$PWD" daemon=no \
		allow-from=0.0.0.0/0 setuid= setgid=
}

dns_kresd() {
	cat <<-END
		net.listen('$1', 53)
		trust_anchors.remove('.')
		local function has(name, address)
			policy.add(policy.suffix(policy.ANSWER({ [kres.type.A] = { rdata = kres.str2ip(address), ttl = 60 } }), { todname(name) }))
		end
		has('$SERVERS_DNS_PROHIBITED', '$LAB_LISTED4')
		has('$SERVERS_DNS_PERMITTED', '$LAB_OTHER4')
	END
}

dns_answers() {
	[ "$(lab_internet dig +short +tries=1 +time=1 @"$1" "$SERVERS_DNS_PERMITTED" A)" = "$LAB_OTHER4" ]
}

# dns_start NAME FOLDER COMMAND...: of this release, or of the one whose root is ADVERSARY_ROOT (servers_quic.sh).
dns_start() {
	local name=$1 folder=$2

	shift 2
	if [ -z "${ADVERSARY_ROOT:-}" ]; then
		lab_start internet "$LAB_DIR/dns-$name.said" "$@"
		return
	fi
	mkdir -p "$ADVERSARY_ROOT$LAB_DIR" && cp -r "$LAB_DIR/dns" "$ADVERSARY_ROOT$LAB_DIR/" || return
	# shellcheck disable=SC2016      # for the shell in that root
	lab_start internet "$LAB_DIR/dns-$name.said" chroot "$ADVERSARY_ROOT" sh -c 'cd "$0" && exec "$@"' "$folder" "$@"
}

# dns_run NAME COMMAND...: in a folder of its own, with its configuration as the file `conf`.
dns_run() {
	local name=$1 address=203.0.113.$SERVERS_DNS_NUM folder=$LAB_DIR/dns/$1

	shift
	if [ -z "${ADVERSARY_ROOT:-}" ] && ! command -v "$1" >/dev/null; then
		SERVERS_DNS_ABSENT+=("$name: there is no $1")
		return
	fi
	SERVERS_DNS_NUM=$((SERVERS_DNS_NUM + 1))
	ip -n "$LAB_ID-internet" addr add "$address/32" dev lo || return
	mkdir -p "$folder" && cd "$folder" && "dns_$name" "$address" >conf || return
	dns_start "$name" "$folder" "$@"
	cd "$OLDPWD" || return
	if lab_wait "$name" dns_answers "$address"; then
		echo "$name $address" >>"$SERVERS_DNS"
	else
		SERVERS_DNS_ABSENT+=("$name: it did not start: $(tail -n 1 "$LAB_DIR/dns-$name.said")")
	fi
}

# servers_dns_up: all that are here, on port 5300 as well.
servers_dns_up() {
	local kind

	mkdir -p "$LAB_DIR/dns" || return
	dns_zone blocked.example.com "$SERVERS_DNS_PROHIBITED" "$LAB_LISTED4" >"$LAB_DIR/dns/com.zone"
	dns_zone example.org "$SERVERS_DNS_PERMITTED" "$LAB_OTHER4" >"$LAB_DIR/dns/org.zone"
	: >"$SERVERS_DNS"
	for kind in udp tcp; do
		lab_internet iptables -t nat -A PREROUTING -p $kind --dport 5300 -j DNAT --to-destination :53 || return
	done
	dns_run dnsmasq dnsmasq -C conf
	dns_run bind named -f -c conf
	dns_run unbound unbound -c conf
	dns_run knot knotd -c conf
	dns_run nsd nsd -d -c conf
	mkdir -p "$LAB_DIR/dns/recursor" && ln -sf conf "$LAB_DIR/dns/recursor/recursor.conf"
	dns_run recursor pdns_recursor --config-dir=. ${ADVERSARY_ROOT:+--enable-old-settings}
	dns_run kresd kresd -n -c conf .
}

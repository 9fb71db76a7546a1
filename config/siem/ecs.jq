# SPDX-License-Identifier: MIT
#
# The attempts of an audit log in the Elastic Common Schema 8.11, an object each. Members that ECS has no place for stand in `filterd`, as
# in filterd-audit(5). For example:
#
#   filterctl audit list -o json --since yesterday | jq -rcf /usr/share/filterd/siem/ecs.jq

def said: with_entries(select(.value | . != null and . != "" and . != {} and . != [null] and . != [""]));
def time: .[0:26] + "Z";
def result: { block: "blocked", would_block: "observed", waived: "waived", log: "watched" };

# A resolver and a proxy are asked for the names of others: those are not the destination's.
def is_of_destination: .app_proto != "dns" and .app_proto != "socks" and .http.http_method != "CONNECT";

# The version of each gateway's filterd stands in its start record.
foreach (., inputs) as $r ({}; if $r.filterd.type == "start" then .[$r.host] = $r.filterd.version else . end;
	. as $versions | $r | select(result[.filterd.type? // ""]) |
	{
		"@timestamp": (.timestamp | time),
		ecs: { version: "8.11.0" },
		message: .alert.signature,
		event: ({
			kind: "alert",
			category: ["network", "intrusion_detection"],
			type: [if .filterd.type == "block" then "denied" else "allowed" end],
			action: result[.filterd.type],
			module: "filterd",
			dataset: "filterd.audit",
			sequence: .filterd.seq
		} + if .filterd.first then { start: (.filterd.first | time), end: (.timestamp | time) } else {} end),
		rule: ({ id: (.alert.signature_id | tostring), name: .filterd.rule, category: .alert.category } | said),
		source: ({
			ip: .src_ip,
			port: .src_port,
			mac: (.ether.src_mac // "" | ascii_upcase | split(":") | join("-")),
			domain: .filterd.name
		} | said),
		destination: ({ ip: .dest_ip, port: .dest_port, domain: (if is_of_destination then .filterd.host else null end) } | said),
		network: ({
			transport: (.proto | ascii_downcase),
			protocol: (if .app_proto == "failed" then null else .app_proto end),
			community_id: .community_id
		} | said),
		observer: ({
			name: .host,
			product: "filterd",
			type: "firewall",
			version: $versions[.host],
			ingress: { interface: ({ name: .in_iface } | said) } | said
		} | said),
		dns: (if .dns then {
			type: (if .direction == "to_client" then "answer" else "query" end),
			question: { name: .dns.rrname, type: .dns.rrtype }
		} else null end),
		http: (if .http.http_method then { request: { method: .http.http_method } } else null end),
		url: (if .http then { domain: .filterd.host, original: .http.url, path: (.http.url // "" | split("?")[0]) } | said else null end),
		user_agent: ({ original: .http.http_user_agent } | said),
		tls: (if .app_proto == "tls" or .app_proto == "quic" then { client: ({ server_name: .filterd.host } | said) } | said else null end),
		related: ({ hosts: [.filterd.host] } | said),
		filterd: (.filterd | del(.first, .prev, .sig) | said)
	} | said)

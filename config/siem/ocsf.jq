# SPDX-License-Identifier: MIT
#
# The attempts of an audit log as events of the Open Cybersecurity Schema Framework 1.4.0, with the profile security_control: DNS Activity,
# HTTP Activity, else Network Activity. 1.4.0 is the first version in which a request that got no response is an HTTP Activity. For example:
#
#   filterctl audit list -o json --since yesterday | jq -rcf /usr/share/filterd/siem/ocsf.jq

def said: with_entries(select(.value | . != null and . != "" and . != {}));
def milliseconds: (.[0:19] + "Z" | fromdate) * 1000 + (.[20:23] | tonumber);

# A resolver and a proxy are asked for the names of others: those are not the destination's.
def is_of_destination: .app_proto != "dns" and .app_proto != "socks" and .http.http_method != "CONNECT";

# OCSF's hostname has no other characters; a device may be called anything.
def named: if . // "" | test("^([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9.-]*[A-Za-z0-9])$") then { hostname: . } else { name: . } end;

def class: if .dns then 4003 elif .http.url or .http.http_method then 4002 else 4001 end;
def methods: ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT", "TRACE"];
def activity:
	if class == 4003 then (if .direction == "to_client" then 2 else 1 end)
	elif class == 4002 then (.http.http_method as $method | methods | index([$method]) // 98 | . + 1)
	elif .filterd.type != "block" then 1
	elif .filterd.reply == "reset" then 3
	else 4 end;

# The version of each gateway's filterd stands in its start record.
foreach (., inputs) as $r ({}; if $r.filterd.type == "start" then .[$r.host] = $r.filterd.version else . end;
	. as $versions | $r | select(.filterd.type | IN("block", "would_block", "waived", "log")) |
	(.filterd.type == "block") as $blocked |
	{
		time: (.timestamp | milliseconds),
		category_uid: 4,
		class_uid: class,
		activity_id: activity,
		activity_name: (if activity == 99 then .http.http_method // "unknown" else null end),
		type_uid: (class * 100 + activity),
		severity_id: (if $blocked then 3 else 1 end),
		action_id: (if $blocked then 2 else 1 end),
		disposition_id: ({ block: 2, would_block: 1 }[.filterd.type] // 17),
		message: .alert.signature,
		metadata: ({
			version: "1.4.0",
			profiles: ["security_control"],
			sequence: .filterd.seq,
			log_provider: .host,
			product: ({ name: "filterd", vendor_name: "filterd", version: $versions[.host] } | said)
		} | said),
		src_endpoint: ({ ip: .src_ip, port: .src_port, mac: .ether.src_mac } + (.filterd.name | named) | said),
		dst_endpoint: ({ ip: .dest_ip, port: .dest_port } + (if is_of_destination then .filterd.host | named else {} end) | said),
		connection_info: ({
			direction_id: 2,
			protocol_num: (if .proto == "TCP" then 6 else 17 end),
			protocol_name: (.proto | ascii_downcase),
			protocol_ver_id: .ip_v,
			community_uid: .community_id
		} | said),
		query: (if .dns then { hostname: .dns.rrname, type: .dns.rrtype } else null end),
		http_request: (if class == 4002 then {
			http_method: (if activity == 99 then null else .http.http_method end),
			user_agent: .http.http_user_agent,
			url: (if .http.url then { hostname: .filterd.host, path: .http.url } | said else null end)
		} | said else null end),
		firewall_rule: ({ name: .filterd.rule, category: .alert.category } | said),
		count: .filterd.count,
		start_time: (if .filterd.first then .filterd.first | milliseconds else null end),
		end_time: (if .filterd.first then .timestamp | milliseconds else null end),
		unmapped: { in_iface: .in_iface, filterd: (.filterd | del(.first, .prev, .sig) | said) } | said
	} | said)

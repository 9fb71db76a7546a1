# SPDX-License-Identifier: MIT
#
# The attempts of an audit log in ArcSight's Common Event Format, version 0, a line each. In the header '|' and '\' are escaped, and a line
# end cannot stand; in a value '=' and '\' are, and a line end is \n or \r. For example:
#
#   filterctl audit list -o json --since yesterday | jq -rcf /usr/share/filterd/siem/cef.jq | logger -n siem.example.net

def escaped($character): split("\\") | join("\\\\") | split($character) | join("\\" + $character);
# Other characters that end a line somewhere, or steer a terminal.
def clean: tostring | explode | map(if . < 32 or (. > 126 and . < 160) or . == 8232 or . == 8233 then 32 else . end) | implode;
def header: clean | escaped("|");
def value: tostring | escaped("=") | split("\n") | join("\\n") | split("\r") | join("\\r") | clean;
def field($name; value_of): value_of | select(. != null and . != "") | $name + "=" + value;
def labelled($key; $title; value_of): value_of | select(. != null and . != "") | "\($key)Label=\($title) \($key)=" + value;
def address($four; $six; $title; of): of // "" | if contains(":") then labelled($six; $title; .) else field($four; .) end;
def milliseconds: (.[0:19] + "Z" | fromdate) * 1000 + (.[20:23] | tonumber);
def result: { block: "blocked", would_block: "observed", waived: "waived", log: "watched" };

# A resolver and a proxy are asked for the names of others: those are not the destination's.
def is_of_destination: .app_proto != "dns" and .app_proto != "socks" and .http.http_method != "CONNECT";

# The version of each gateway's filterd stands in its start record.
foreach (., inputs) as $r ({}; if $r.filterd.type == "start" then .[$r.host] = $r.filterd.version else . end;
	. as $versions | $r | select(result[.filterd.type? // ""]) |
	([
		"CEF:0|filterd|filterd",
		($versions[.host] // "unknown" | header),
		(.alert.signature_id | header),
		("\(.alert.category) host \(result[.filterd.type])" | header),
		if .filterd.type == "block" then "6" else "3" end
	] | join("|")) + "|" + ([
		field("rt"; .timestamp | milliseconds),
		field("act"; .alert.action),
		address("src"; "c6a2"; "Source IPv6 Address"; .src_ip),
		field("spt"; .src_port),
		field("smac"; .ether.src_mac),
		field("shost"; .filterd.name),
		address("dst"; "c6a3"; "Destination IPv6 Address"; .dest_ip),
		field("dpt"; .dest_port),
		field("proto"; .proto),
		field("app"; .app_proto),
		(if is_of_destination then field("dhost"; .filterd.host) else labelled("cs4"; "host"; .filterd.host) end),
		field("cat"; .filterd.category),
		field("cnt"; .filterd.count),
		field("dvchost"; .host),
		field("deviceInboundInterface"; .in_iface),
		labelled("cs1"; "rule"; .filterd.rule),
		labelled("cs2"; "policy"; .filterd.policy),
		labelled("cs3"; "waiver"; .filterd.waiver),
		labelled("cn1"; "seq"; .filterd.seq),
		(select(.filterd.first) | field("start"; .filterd.first | milliseconds), field("end"; .timestamp | milliseconds)),
		field("requestMethod"; .http.http_method),
		field("request"; .http.url),
		field("requestClientApplication"; .http.http_user_agent)
	] | join(" ")))

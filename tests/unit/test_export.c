/* SPDX-License-Identifier: MIT */

#include "audit/chain.h"
#include "review/export.h"
#include "support/suite.h"

#include <string.h>

#define LINE(text) { (const uint8_t *)(text), sizeof(text) - 1 }

static const struct bytes dns_line = LINE(
	"{\"timestamp\":\"2026-11-23T14:05:09.123456+0000\",\"flow_id\":1031452967103721,\"in_"
        "iface\":\"br-lan\","
	"\"event_type\":\"alert\",\"src_ip\":\"192.168.1.50\",\"src_port\":51514,\"dest_ip\":\"9.9."
        "9.9\","
	"\"dest_port\":53,\"proto\":\"UDP\",\"ip_v\":4,\"ether\":{\"src_mac\":\"3c:52:82:11:22:"
        "33\"},"
	"\"community_id\":\"1:95FDeQnw9ISwcfVkiIlCNpR0tQU=\",\"alert\":{\"action\":\"blocked\","
        "\"gid\":1,"
	"\"signature_id\":1791001,\"rev\":1,\"signature\":\"filterd update: "
        "suffix:geo.kaspersky.com\","
	"\"category\":\"Kaspersky "
        "update\",\"severity\":2},\"app_proto\":\"dns\",\"direction\":\"to_server\","
	"\"verdict\":{\"action\":\"drop\"},\"dns\":{\"version\":3,\"type\":\"request\",\"id\":4660,"
	"\"rrname\":\"dnl-01.geo.kaspersky.com\",\"rrtype\":\"A\",\"queries\":[{\"rrname\":\"dnl-"
        "01.geo.kaspersky.com\","
	"\"rrtype\":\"A\"}]},\"host\":\"gw1\",\"filterd\":{\"type\":\"block\",\"host\":\"dnl-01."
        "geo.kaspersky.com\","
	"\"rule\":\"suffix:geo.kaspersky.com\",\"category\":\"update\",\"policy\":"
        "\"823412d1eacb6795\","
	"\"device\":\"3c:52:82:11:22:33\",\"name\":\"LAPTOP-7\",\"reply\":\"nxdomain\",\"count\":1,"
        "\"seq\":1,"
	"\"prev\":\"4e239d6327e0c9783047adc04e9d0274e2cf69613254b780cc5d2007509aad7e\"}}");

static const struct bytes tls_line = LINE(
	"{\"timestamp\":\"2026-11-23T14:05:09.201113+0000\",\"flow_id\":862297043129885,\"in_"
        "iface\":\"br-lan\","
	"\"event_type\":\"alert\",\"src_ip\":\"192.168.1.50\",\"src_port\":51788,\"dest_ip\":\"185."
        "85.15.31\","
	"\"dest_port\":443,\"proto\":\"TCP\",\"ip_v\":4,\"ether\":{\"src_mac\":\"3c:52:82:11:22:"
        "33\"},"
	"\"community_id\":\"1:dzWpZN8ghgvTpQb/"
        "mO6t3NYeBwM=\",\"alert\":{\"action\":\"blocked\",\"gid\":1,"
	"\"signature_id\":1791002,\"rev\":1,\"signature\":\"filterd license: "
        "suffix:activation-v2.kaspersky.com\","
	"\"category\":\"Kaspersky "
        "license\",\"severity\":2},\"app_proto\":\"tls\",\"direction\":\"to_server\","
	"\"verdict\":{\"action\":\"drop\",\"reject_target\":\"both\",\"reject\":[\"tcp-reset\"]},"
	"\"tls\":{\"sni\":\"activation-v2.kaspersky.com\"},\"host\":\"gw1\",\"filterd\":{\"type\":"
        "\"block\","
	"\"host\":\"activation-v2.kaspersky.com\",\"rule\":\"suffix:activation-v2.kaspersky.com\","
	"\"category\":\"license\",\"policy\":\"823412d1eacb6795\",\"device\":\"3c:52:82:11:22:33\","
        "\"name\":\"LAPTOP-7\","
	"\"reply\":\"reset\",\"count\":1,\"seq\":2,"
	"\"prev\":\"a05ce4123b07d5c41ab106faf4f334b593951d63d08a14c5dce2f40dbbe3169e\"}}");

static const struct bytes quic_line = LINE(
	"{\"timestamp\":\"2026-11-23T14:05:11.774020+0000\",\"flow_id\":1337250098112204,\"in_"
        "iface\":\"br-lan\","
	"\"event_type\":\"alert\",\"src_ip\":\"2001:db8:1::5a\",\"src_port\":60021,\"dest_ip\":"
        "\"2001:db8:ffff::31\","
	"\"dest_port\":443,\"proto\":\"UDP\",\"ip_v\":6,\"ether\":{\"src_mac\":\"a6:10:0b:77:01:"
        "9e\"},"
	"\"community_id\":\"1:FW8t+2Ai1YV9jvblXLiFX+y1Dw4=\",\"alert\":{\"action\":\"blocked\","
        "\"gid\":1,"
	"\"signature_id\":1791003,\"rev\":1,\"signature\":\"filterd ksn: exact:ds.kaspersky.com\","
	"\"category\":\"Kaspersky "
        "ksn\",\"severity\":2},\"app_proto\":\"quic\",\"direction\":\"to_server\","
	"\"verdict\":{\"action\":\"drop\",\"reject_target\":\"to_client\",\"reject\":[\"icmp-"
        "prohib\"]},"
	"\"quic\":{\"version\":\"1\",\"sni\":\"ds.kaspersky.com\"},\"host\":\"gw1\",\"filterd\":{"
        "\"type\":\"block\","
	"\"host\":\"ds.kaspersky.com\",\"rule\":\"exact:ds.kaspersky.com\",\"category\":\"ksn\","
	"\"policy\":\"823412d1eacb6795\",\"device\":\"a6:10:0b:77:01:9e\",\"name\":\"\",\"reply\":"
        "\"unreachable\","
	"\"count\":1,\"seq\":3,\"prev\":"
        "\"2b5bae4ae817f07222dff5d80a9437d5edae7acdbb8a7ddc77dbfd654d45e97f\"}}");

static const struct bytes http_line = LINE(
	"{\"timestamp\":\"2026-11-23T14:06:09.123470+0000\",\"flow_id\":44120098812345,\"in_"
        "iface\":\"br-lan\","
	"\"event_type\":\"alert\",\"src_ip\":\"192.168.1.61\",\"src_port\":40112,\"dest_ip\":\"77."
        "74.181.5\","
	"\"dest_port\":80,\"proto\":\"TCP\",\"ip_v\":4,\"ether\":{\"src_mac\":\"3c:52:82:29:1f:"
        "15\"},"
	"\"community_id\":\"1:7Encif0PIYl+RlUsYVG7j6ymH/"
        "A=\",\"alert\":{\"action\":\"blocked\",\"gid\":1,"
	"\"signature_id\":1791001,\"rev\":1,\"signature\":\"filterd update: "
        "suffix:upd.kaspersky.com\","
	"\"category\":\"Kaspersky "
        "update\",\"severity\":2},\"app_proto\":\"http\",\"direction\":\"to_server\","
	"\"verdict\":{\"action\":\"drop\",\"reject_target\":\"both\",\"reject\":[\"tcp-reset\"]},"
	"\"http\":{\"hostname\":\"p04.upd.kaspersky.com\",\"url\":\"/updates/u0607g.xml\","
	"\"http_user_agent\":\"AVPUpdate/21.3\",\"http_method\":\"GET\",\"protocol\":\"HTTP/"
        "1.1\"},\"host\":\"gw1\","
	"\"filterd\":{\"type\":\"block\",\"host\":\"p04.upd.kaspersky.com\",\"rule\":\"suffix:upd."
        "kaspersky.com\","
	"\"category\":\"update\",\"policy\":\"823412d1eacb6795\",\"device\":\"3c:52:82:29:1f:15\","
        "\"name\":\"PC-041\","
	"\"reply\":\"reset\",\"count\":37,\"first\":\"2026-11-23T14:05:09.400001+0000\",\"seq\":4,"
	"\"prev\":\"880c2889f1c3f0edb7c86ec55b32b71641cc6b915030e03ca994b5dabe3da9dc\"}}");

static uint8_t       room[8192];
static struct writer got;

static void give(void *owner, struct bytes piece)
{
	(void)owner;
	write_bytes(&got, piece);
}

static struct bytes exported(export_attempt *export, const struct entry *e, uint64_t seq)
{
	const struct export_source from = { .version = "1.0", .seq = seq,
	                                    .log = BYTES("2f9c01d4a7b3e655"),
	                                    .line = BYTES("{\"a\":\"\\n\"}") };
	struct text                t;

	got = writer_over(room, sizeof(room));
	text_begin(&t, give, NULL);
	export(&t, e, &from);
	text_end(&t);
	ck_assert(!got.full);
	return writer_written(&got);
}

static bool says(const char *text)
{
	return memmem(room, got.len, text, strlen(text)) != NULL;
}

static struct bytes export_line(export_attempt *export, struct bytes line)
{
	struct entry    e;
	struct line_end end;

	ck_assert_int_eq(entry_read(line, &e), PARSE_OK);
	ck_assert_int_eq(line_end_read(line, &end), PARSE_OK);
	return exported(export, &e, end.seq);
}

START_TEST(a_tls_attempt_in_cef)
{
	ck_assert_bytes(export_line(export_cef, tls_line),
	                "CEF:0|filterd|filterd|1.0|1791002|Kaspersky license host "
	                "blocked|6|rt=1795442709201 act=blocked "
	                "src=192.168.1.50 spt=51788 smac=3c:52:82:11:22:33 shost=LAPTOP-7 "
	                "dst=185.85.15.31 dpt=443 proto=TCP "
	                "app=tls dhost=activation-v2.kaspersky.com cat=license cnt=1 dvchost=gw1 "
	                "deviceInboundInterface=br-lan "
	                "cs1Label=rule cs1=suffix:activation-v2.kaspersky.com cs2Label=policy "
	                "cs2=823412d1eacb6795 cn1Label=seq "
	                "cn1=2\n");
}

START_TEST(an_ipv6_attempt_in_cef)
{
	ck_assert_bytes(export_line(export_cef, quic_line),
	                "CEF:0|filterd|filterd|1.0|1791003|Kaspersky ksn host "
	                "blocked|6|rt=1795442711774 act=blocked "
	                "c6a2Label=Source IPv6 Address c6a2=2001:db8:1::5a spt=60021 "
	                "smac=a6:10:0b:77:01:9e "
	                "c6a3Label=Destination IPv6 Address c6a3=2001:db8:ffff::31 dpt=443 "
	                "proto=UDP app=quic "
	                "dhost=ds.kaspersky.com cat=ksn cnt=1 dvchost=gw1 "
	                "deviceInboundInterface=br-lan cs1Label=rule "
	                "cs1=exact:ds.kaspersky.com cs2Label=policy cs2=823412d1eacb6795 "
	                "cn1Label=seq cn1=3\n");
}

START_TEST(an_http_attempt_in_cef)
{
	ck_assert_bytes(export_line(export_cef, http_line),
	                "CEF:0|filterd|filterd|1.0|1791001|Kaspersky update host "
	                "blocked|6|rt=1795442769123 act=blocked "
	                "src=192.168.1.61 spt=40112 smac=3c:52:82:29:1f:15 shost=PC-041 "
	                "dst=77.74.181.5 dpt=80 proto=TCP "
	                "app=http dhost=p04.upd.kaspersky.com cat=update cnt=37 dvchost=gw1 "
	                "deviceInboundInterface=br-lan "
	                "cs1Label=rule cs1=suffix:upd.kaspersky.com cs2Label=policy "
	                "cs2=823412d1eacb6795 cn1Label=seq cn1=4 "
	                "start=1795442709400 end=1795442769123 requestMethod=GET "
	                "request=/updates/u0607g.xml "
	                "requestClientApplication=AVPUpdate/21.3\n");
}

START_TEST(an_http_attempt_in_csv)
{
	ck_assert_bytes(export_line(export_csv, http_line),
	                "4,2026-11-23T14:06:09.123470Z,blocked,3c:52:82:29:1f:15,PC-041,192.168.1."
	                "61,40112,http,to_server,"
	                "p04.upd.kaspersky.com,,update,suffix:upd.kaspersky.com,77.74.181.5,80,TCP,"
	                "reset,37,"
	                "2026-11-23T14:05:09.400001Z,br-lan,,GET,/updates/u0607g.xml,AVPUpdate/"
	                "21.3,1791001,"
	                "1:7Encif0PIYl+RlUsYVG7j6ymH/A=,823412d1eacb6795,gw1,\r\n");
}

START_TEST(a_tls_attempt_in_ecs)
{
	ck_assert_bytes(
		export_line(export_ecs, tls_line),
		"{\"@timestamp\":\"2026-11-23T14:05:09.201113Z\",\"ecs\":{\"version\":\"8.11.0\"},"
	        "\"message\":\"filterd "
		"license: "
	        "suffix:activation-v2.kaspersky.com\",\"event\":{\"kind\":\"alert\",\"category\":["
	        "\"network\","
		"\"intrusion_detection\"],\"type\":[\"denied\"],\"action\":\"blocked\",\"module\":"
	        "\"filterd\","
		"\"dataset\":\"filterd.audit\",\"sequence\":2},\"rule\":{\"id\":\"1791002\","
		"\"name\":\"suffix:activation-v2.kaspersky.com\",\"category\":\"Kaspersky "
	        "license\"},"
		"\"source\":{\"ip\":\"192.168.1.50\",\"port\":51788,\"mac\":\"3C-52-82-11-22-33\","
		"\"domain\":\"LAPTOP-7\"},\"destination\":{\"ip\":\"185.85.15.31\",\"port\":443,"
		"\"domain\":\"activation-v2.kaspersky.com\"},\"network\":{\"transport\":\"tcp\","
	        "\"protocol\":\"tls\","
		"\"community_id\":\"1:dzWpZN8ghgvTpQb/"
	        "mO6t3NYeBwM=\"},\"observer\":{\"name\":\"gw1\","
		"\"product\":\"filterd\",\"type\":\"firewall\",\"version\":\"1.0\","
		"\"ingress\":{\"interface\":{\"name\":\"br-lan\"}}},"
		"\"tls\":{\"client\":{\"server_name\":\"activation-v2.kaspersky.com\"}},"
	        "\"filterd\":{\"type\":\"block\","
		"\"host\":\"activation-v2.kaspersky.com\",\"rule\":\"suffix:activation-v2."
	        "kaspersky.com\","
		"\"category\":\"license\",\"policy\":\"823412d1eacb6795\",\"device\":\"3c:52:82:11:"
	        "22:33\","
		"\"name\":\"LAPTOP-7\",\"reply\":\"reset\",\"count\":1,\"seq\":2}}\n");
}

START_TEST(an_http_attempt_in_ecs)
{
	ck_assert_bytes(
		export_line(export_ecs, http_line),
		"{\"@timestamp\":\"2026-11-23T14:06:09.123470Z\",\"ecs\":{\"version\":\"8.11.0\"},"
	        "\"message\":\"filterd "
		"update: "
	        "suffix:upd.kaspersky.com\",\"event\":{\"kind\":\"alert\",\"category\":["
	        "\"network\","
		"\"intrusion_detection\"],\"type\":[\"denied\"],\"action\":\"blocked\",\"module\":"
	        "\"filterd\","
		"\"dataset\":\"filterd.audit\",\"sequence\":4,\"start\":\"2026-11-23T14:05:09."
	        "400001Z\","
		"\"end\":\"2026-11-23T14:06:09.123470Z\"},\"rule\":{\"id\":\"1791001\","
		"\"name\":\"suffix:upd.kaspersky.com\",\"category\":\"Kaspersky update\"},"
		"\"source\":{\"ip\":\"192.168.1.61\",\"port\":40112,\"mac\":\"3C-52-82-29-1F-15\","
	        "\"domain\":\"PC-041\"},"
		"\"destination\":{\"ip\":\"77.74.181.5\",\"port\":80,\"domain\":\"p04.upd."
	        "kaspersky.com\"},"
		"\"network\":{\"transport\":\"tcp\",\"protocol\":\"http\","
		"\"community_id\":\"1:7Encif0PIYl+RlUsYVG7j6ymH/"
	        "A=\"},\"observer\":{\"name\":\"gw1\","
		"\"product\":\"filterd\",\"type\":\"firewall\",\"version\":\"1.0\","
		"\"ingress\":{\"interface\":{\"name\":\"br-lan\"}}},\"http\":{\"request\":{"
	        "\"method\":\"GET\"}},"
		"\"url\":{\"domain\":\"p04.upd.kaspersky.com\",\"path\":\"/updates/u0607g.xml\"},"
		"\"user_agent\":{\"original\":\"AVPUpdate/21.3\"},\"filterd\":{\"type\":\"block\","
		"\"host\":\"p04.upd.kaspersky.com\",\"rule\":\"suffix:upd.kaspersky.com\","
	        "\"category\":\"update\","
		"\"policy\":\"823412d1eacb6795\",\"device\":\"3c:52:82:29:1f:15\",\"name\":\"PC-"
	        "041\","
		"\"reply\":\"reset\",\"count\":37,\"seq\":4}}\n");
}

START_TEST(a_dns_attempt_in_ecs)
{
	ck_assert_bytes(
		export_line(export_ecs, dns_line),
		"{\"@timestamp\":\"2026-11-23T14:05:09.123456Z\",\"ecs\":{\"version\":\"8.11.0\"},"
	        "\"message\":\"filterd "
		"update: "
	        "suffix:geo.kaspersky.com\",\"event\":{\"kind\":\"alert\",\"category\":["
	        "\"network\","
		"\"intrusion_detection\"],\"type\":[\"denied\"],\"action\":\"blocked\",\"module\":"
	        "\"filterd\","
		"\"dataset\":\"filterd.audit\",\"sequence\":1},\"rule\":{\"id\":\"1791001\","
		"\"name\":\"suffix:geo.kaspersky.com\",\"category\":\"Kaspersky update\"},"
		"\"source\":{\"ip\":\"192.168.1.50\",\"port\":51514,\"mac\":\"3C-52-82-11-22-33\","
		"\"domain\":\"LAPTOP-7\"},\"destination\":{\"ip\":\"9.9.9.9\",\"port\":53,"
		"\"domain\":\"dnl-01.geo.kaspersky.com\"},\"network\":{\"transport\":\"udp\","
	        "\"protocol\":\"dns\","
		"\"community_id\":\"1:95FDeQnw9ISwcfVkiIlCNpR0tQU=\"},\"observer\":{\"name\":"
	        "\"gw1\","
		"\"product\":\"filterd\",\"type\":\"firewall\",\"version\":\"1.0\","
		"\"ingress\":{\"interface\":{\"name\":\"br-lan\"}}},\"dns\":{\"type\":\"query\","
		"\"question\":{\"name\":\"dnl-01.geo.kaspersky.com\",\"type\":\"A\"}},\"filterd\":{"
	        "\"type\":\"block\","
		"\"host\":\"dnl-01.geo.kaspersky.com\",\"rule\":\"suffix:geo.kaspersky.com\","
	        "\"category\":\"update\","
		"\"policy\":\"823412d1eacb6795\",\"device\":\"3c:52:82:11:22:33\",\"name\":"
	        "\"LAPTOP-7\","
		"\"reply\":\"nxdomain\",\"count\":1,\"seq\":1}}\n");
}

START_TEST(a_dns_attempt_in_ocsf)
{
	ck_assert_bytes(
		export_line(export_ocsf, dns_line),
		"{\"time\":1795442709123,\"category_uid\":4,\"class_uid\":4003,\"activity_id\":1,"
	        "\"type_uid\":400301,"
		"\"severity_id\":3,\"action_id\":2,\"disposition_id\":2,\"message\":\"filterd "
	        "update: "
		"suffix:geo.kaspersky.com\",\"metadata\":{\"version\":\"1.3.0\",\"profiles\":["
	        "\"security_control\"],"
		"\"sequence\":1,\"log_provider\":\"gw1\",\"product\":{\"name\":\"filterd\","
	        "\"vendor_name\":\"filterd\","
		"\"version\":\"1.0\"}},\"src_endpoint\":{\"ip\":\"192.168.1.50\",\"port\":51514,"
		"\"mac\":\"3c:52:82:11:22:33\",\"hostname\":\"LAPTOP-7\",\"interface_name\":\"br-"
	        "lan\"},"
		"\"dst_endpoint\":{\"ip\":\"9.9.9.9\",\"port\":53,\"hostname\":\"dnl-01.geo."
	        "kaspersky.com\"},"
		"\"connection_info\":{\"protocol_num\":17,\"protocol_name\":\"udp\",\"direction_"
	        "id\":2,"
		"\"community_uid\":\"1:95FDeQnw9ISwcfVkiIlCNpR0tQU=\"},"
		"\"query\":{\"hostname\":\"dnl-01.geo.kaspersky.com\",\"type\":\"A\"},"
		"\"firewall_rule\":{\"name\":\"suffix:geo.kaspersky.com\",\"category\":\"Kaspersky "
	        "update\"},\"count\":1,"
		"\"unmapped\":{\"filterd\":{\"type\":\"block\",\"host\":\"dnl-01.geo.kaspersky."
	        "com\","
		"\"rule\":\"suffix:geo.kaspersky.com\",\"category\":\"update\",\"policy\":"
	        "\"823412d1eacb6795\","
		"\"device\":\"3c:52:82:11:22:33\",\"name\":\"LAPTOP-7\",\"reply\":\"nxdomain\","
	        "\"count\":1,\"seq\":1}}}\n");
}

START_TEST(a_quic_attempt_in_ocsf)
{
	ck_assert_bytes(
		export_line(export_ocsf, quic_line),
		"{\"time\":1795442711774,\"category_uid\":4,\"class_uid\":4001,\"activity_id\":5,"
	        "\"type_uid\":400105,"
		"\"severity_id\":3,\"action_id\":2,\"disposition_id\":2,\"message\":\"filterd ksn: "
		"exact:ds.kaspersky.com\",\"metadata\":{\"version\":\"1.3.0\",\"profiles\":["
	        "\"security_control\"],"
		"\"sequence\":3,\"log_provider\":\"gw1\",\"product\":{\"name\":\"filterd\","
	        "\"vendor_name\":\"filterd\","
		"\"version\":\"1.0\"}},\"src_endpoint\":{\"ip\":\"2001:db8:1::5a\",\"port\":60021,"
		"\"mac\":\"a6:10:0b:77:01:9e\",\"interface_name\":\"br-lan\"},"
		"\"dst_endpoint\":{\"ip\":\"2001:db8:ffff::31\",\"port\":443,\"hostname\":\"ds."
	        "kaspersky.com\"},"
		"\"connection_info\":{\"protocol_num\":17,\"protocol_name\":\"udp\",\"direction_"
	        "id\":2,"
		"\"community_uid\":\"1:FW8t+2Ai1YV9jvblXLiFX+y1Dw4=\"},\"tls\":{\"sni\":\"ds."
	        "kaspersky.com\"},"
		"\"firewall_rule\":{\"name\":\"exact:ds.kaspersky.com\",\"category\":\"Kaspersky "
	        "ksn\"},\"count\":1,"
		"\"unmapped\":{\"filterd\":{\"type\":\"block\",\"host\":\"ds.kaspersky.com\","
		"\"rule\":\"exact:ds.kaspersky.com\",\"category\":\"ksn\",\"policy\":"
	        "\"823412d1eacb6795\","
		"\"device\":\"a6:10:0b:77:01:9e\",\"reply\":\"unreachable\",\"count\":1,\"seq\":3}}"
	        "}\n");
}

START_TEST(an_http_attempt_in_ocsf)
{
	ck_assert_bytes(
		export_line(export_ocsf, http_line),
		"{\"time\":1795442769123,\"category_uid\":4,\"class_uid\":4002,\"activity_id\":3,"
	        "\"type_uid\":400203,"
		"\"severity_id\":3,\"action_id\":2,\"disposition_id\":2,\"message\":\"filterd "
	        "update: "
		"suffix:upd.kaspersky.com\",\"metadata\":{\"version\":\"1.3.0\",\"profiles\":["
	        "\"security_control\"],"
		"\"sequence\":4,\"log_provider\":\"gw1\",\"product\":{\"name\":\"filterd\","
	        "\"vendor_name\":\"filterd\","
		"\"version\":\"1.0\"}},\"src_endpoint\":{\"ip\":\"192.168.1.61\",\"port\":40112,"
		"\"mac\":\"3c:52:82:29:1f:15\",\"hostname\":\"PC-041\",\"interface_name\":\"br-"
	        "lan\"},"
		"\"dst_endpoint\":{\"ip\":\"77.74.181.5\",\"port\":80,\"hostname\":\"p04.upd."
	        "kaspersky.com\"},"
		"\"connection_info\":{\"protocol_num\":6,\"protocol_name\":\"tcp\",\"direction_"
	        "id\":2,"
		"\"community_uid\":\"1:7Encif0PIYl+RlUsYVG7j6ymH/"
	        "A=\"},\"http_request\":{\"http_method\":\"GET\","
		"\"user_agent\":\"AVPUpdate/21.3\",\"url\":{\"hostname\":\"p04.upd.kaspersky.com\","
		"\"path\":\"/updates/"
	        "u0607g.xml\"}},\"firewall_rule\":{\"name\":\"suffix:upd.kaspersky.com\","
		"\"category\":\"Kaspersky "
	        "update\"},\"count\":37,\"start_time\":1795442709400,\"end_time\":1795442769123,"
		"\"unmapped\":{\"filterd\":{\"type\":\"block\",\"host\":\"p04.upd.kaspersky.com\","
		"\"rule\":\"suffix:upd.kaspersky.com\",\"category\":\"update\",\"policy\":"
	        "\"823412d1eacb6795\","
		"\"device\":\"3c:52:82:29:1f:15\",\"name\":\"PC-041\",\"reply\":\"reset\","
	        "\"count\":37,\"seq\":4}}}\n");
}

START_TEST(the_header_of_csv_has_a_name_for_each_cell)
{
	struct text  t;
	size_t       names = 1, cells = 1;
	struct bytes row;

	got = writer_over(room, sizeof(room));
	text_begin(&t, give, NULL);
	export_csv_head(&t);
	text_end(&t);
	for (size_t i = 0; i < got.len; i++)
		names += room[i] == ',';
	row = export_line(export_csv, tls_line);
	for (size_t i = 0; i < row.len; i++)
		cells += row.at[i] == ',';
	ck_assert_uint_eq(names, cells);
}

/*
 * What a record can hold at worst: each string chosen by a stranger. As it stands in the line,
 * escaped.
 */
static struct entry hostile(void)
{
	return (struct entry){ .type = ENTRY_BLOCK, .has_time = true, .count = 1,
	                       .action = BYTES("blocked"), .app = BYTES("http"),
	                       .proto = BYTES("TCP"), .alert_category = BYTES("a|b\\\\c\\nd"),
	                       .host = BYTES("a=b|c"),
	                       .name = BYTES("x\\u000ax act=allowed\\r\\\\"),
	                       .user_agent = BYTES("=\\\"1\\\",\\u001b[2J\\u00e9") };
}

START_TEST(nothing_in_a_record_ends_a_field_of_cef)
{
	struct entry e = hostile();

	ck_assert_bytes(exported(export_cef, &e, 7),
	                "CEF:0|filterd|filterd|1.0|0|a\\|b\\\\c d host blocked|6|rt=0 act=blocked "
	                "spt=0 shost=x\\nx act\\=allowed\\r\\\\"
	                " dpt=0 proto=TCP app=http dhost=a\\=b|c cnt=1 cn1Label=seq cn1=7 "
	                "requestClientApplication=\\=\"1\", [2J\xc3\xa9\n");
}

START_TEST(nothing_in_a_record_is_a_formula_or_ends_a_cell_of_csv)
{
	struct entry e = hostile();

	e.name = BYTES("=HYPERLINK(\\\"http://a\\\")");
	ck_assert_bytes(exported(export_csv, &e, 7),
	                "7,1970-01-01T00:00:00Z,blocked,,\"'=HYPERLINK(\"\"http://"
	                "a\"\")\",,0,http,,a=b|c,,,,,0,TCP,,1,,,,,,"
	                "\"'=\"\"1\"\",\\x1b[2J\xc3\xa9\",0,,,,\r\n");
}

START_TEST(escapes_of_a_record_stay_in_json)
{
	struct entry e = hostile();

	exported(export_ecs, &e, 7);
	ck_assert(says("\"original\":\"=\\\"1\\\",\\u001b[2J\\u00e9\""));
	exported(export_ocsf, &e, 7);
	ck_assert(says("\"hostname\":\"x\\u000ax act=allowed\\r\\\\\""));
}

static const struct { enum entry_type type; export_attempt *export; const char *says; } passed[] = {
	{ ENTRY_WOULD_BLOCK, export_cef,  " host observed|3|" },
	{ ENTRY_LOG,         export_cef,  " host watched|3|" },
	{ ENTRY_WOULD_BLOCK, export_csv,  ",observed," },
	{ ENTRY_WOULD_BLOCK, export_ecs,  "\"type\":[\"allowed\"],\"action\":\"observed\"" },
	{ ENTRY_WOULD_BLOCK, export_ocsf, "\"action_id\":1,\"disposition_id\":1," },
	{ ENTRY_LOG,         export_ocsf, "\"action_id\":1,\"disposition_id\":17," },
};

START_TEST(an_http_attempt_for_postgresql)
{
	ck_assert_bytes(
		export_line(export_postgresql, http_line),
		"4\t2026-11-23T14:06:09.123470Z\t2026-11-23T14:05:09."
	        "400001Z\t37\t\\N\t\\N\t\\N\t\\N\t\\N\t40112\t80\t2f9c01d4a7b3e655\tgw1\tblock\t"
		"3c:52:82:29:1f:15\tPC-041\t192.168.1.61\thttp\tp04.upd.kaspersky."
	        "com\tupdate\tsuffix:upd.kaspersky.com\t77.74.181.5\tTCP\treset\t"
		"AVPUpdate/21.3\t823412d1eacb6795\t\\N\t\\N\t\\N\t\\N\t\\N\t{\"a\":\"\\\\n\"}\n");
}

START_TEST(a_heartbeat_for_postgresql)
{
	struct entry e = { .type = ENTRY_HEARTBEAT, .has_time = true, .sensor = BYTES("gw1"),
	                   .has_attempts = true, .attempts = 40,
	                   .has_unfiltered = true, .mono_ms = 382000, .every_s = 60,
	                   .state = BYTES("enforcing"), .hooks = BYTES("ok"),
	                   .policy = BYTES("823412d1eacb67956220e532959f0104603057c88704863ca38e7cd188fda812") };

	ck_assert_bytes(exported(export_postgresql, &e, 5),
	                "5\t1970-01-01T00:00:"
	                "00Z\t\\N\t\\N\t40\t0\t0\t382000\t60\t\\N\t\\N\t2f9c01d4a7b3e655\tgw1\thear"
	                "tbeat\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t"
	                "\\N\t\\N\t\\N\t\\N\t\\N\t823412d1eacb6795\tenforcing\t\\N\t\\N\tok\t\\N\t{"
	                "\"a\":\"\\\\n\"}\n");
}

START_TEST(nothing_in_a_record_ends_a_column_or_is_refused_by_postgresql)
{
	struct entry e = hostile();

	e.name     = BYTES("a\\tb\\nc\\rd\\\\e\\u0000f");
	e.src_ip   = BYTES("300.1.1.1");
	e.dest_ip  = BYTES("fe80::1%eth0");
	e.src_port = 65536;
	e.count    = UINT64_MAX;
	exported(export_postgresql, &e, 7);
	ck_assert(says("\tblock\t?\ta\\tb\\nc\\rd\\\\e f\t\\N\thttp\ta=b|c\t\\N\t\\N\t\\N\tTCP\t"));
	ck_assert(says("\t\\N\t9223372036854775807\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t0\t"));
}

START_TEST(a_text_for_postgresql_is_no_longer_than_an_index_takes)
{
	static char  name[4000];
	struct entry e = hostile();
	struct bytes row;

	/* The 300th byte is the first of a character of two. */
	memset(name, 'n', sizeof(name));
	memcpy(name + 299, "\xc3\xa9", 2);
	e.name = bytes_of(name, sizeof(name));
	row    = exported(export_postgresql, &e, 7);
	ck_assert(memmem(row.at, row.len, name, 299) != NULL);
	ck_assert(memmem(row.at, row.len, name, 300) == NULL);
}

START_TEST(the_columns_for_postgresql_have_a_name_each)
{
	struct text  t;
	size_t       names = 1, tabs = 1;
	struct bytes row;

	got = writer_over(room, sizeof(room));
	text_begin(&t, give, NULL);
	export_postgresql_head(&t);
	text_end(&t);
	for (size_t i = 0; i < got.len; i++)
		names += room[i] == ',';
	row = export_line(export_postgresql, tls_line);
	for (size_t i = 0; i < row.len; i++)
		tabs += row.at[i] == '\t';
	ck_assert_uint_eq(names, tabs);
}

START_TEST(an_attempt_that_passed_is_not_called_blocked)
{
	struct entry e = hostile();

	e.type   = passed[_i].type;
	e.action = BYTES("allowed");
	exported(passed[_i].export, &e, 7);
	ck_assert(says(passed[_i].says));
	ck_assert(!says("blocked"));
	ck_assert(!says("denied"));
}

START_TEST(a_name_in_a_dns_answer_is_found_under_the_question)
{
	struct entry e = hostile();

	e.app       = BYTES("dns");
	e.direction = BYTES("to_client");
	e.rrname    = BYTES("www.example.com");
	exported(export_ecs, &e, 7);
	ck_assert(
		says("\"dns\":{\"type\":\"answer\",\"question\":{\"name\":\"www.example.com\"}}"));
	exported(export_ocsf, &e, 7);
	ck_assert(says("\"activity_id\":2,"));
}

int main(void)
{
	Suite *s = suite_create("export");
	TCase *t = tcase_create("export");

	tcase_add_test(t, a_tls_attempt_in_cef);
	tcase_add_test(t, an_ipv6_attempt_in_cef);
	tcase_add_test(t, an_http_attempt_in_cef);
	tcase_add_test(t, an_http_attempt_in_csv);
	tcase_add_test(t, a_tls_attempt_in_ecs);
	tcase_add_test(t, an_http_attempt_in_ecs);
	tcase_add_test(t, a_dns_attempt_in_ecs);
	tcase_add_test(t, a_dns_attempt_in_ocsf);
	tcase_add_test(t, a_quic_attempt_in_ocsf);
	tcase_add_test(t, an_http_attempt_in_ocsf);
	tcase_add_test(t, the_header_of_csv_has_a_name_for_each_cell);
	tcase_add_test(t, nothing_in_a_record_ends_a_field_of_cef);
	tcase_add_test(t, nothing_in_a_record_is_a_formula_or_ends_a_cell_of_csv);
	tcase_add_test(t, escapes_of_a_record_stay_in_json);
	tcase_add_test(t, an_http_attempt_for_postgresql);
	tcase_add_test(t, a_heartbeat_for_postgresql);
	tcase_add_test(t, nothing_in_a_record_ends_a_column_or_is_refused_by_postgresql);
	tcase_add_test(t, a_text_for_postgresql_is_no_longer_than_an_index_takes);
	tcase_add_test(t, the_columns_for_postgresql_have_a_name_each);
	tcase_add_loop_test(t, an_attempt_that_passed_is_not_called_blocked, 0, COUNT(passed));
	tcase_add_test(t, a_name_in_a_dns_answer_is_found_under_the_question);
	suite_add_tcase(s, t);
	return suite_run(s);
}

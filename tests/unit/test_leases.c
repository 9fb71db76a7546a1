/* SPDX-License-Identifier: MIT */

#include "audit/leases.h"
#include "support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEED UINT64_C(0x9e3779b97f4a7c15)

#define X16 "xxxxxxxxxxxxxxxx"
#define X64 X16 X16 X16 X16
#define X63 X16 X16 X16 "xxxxxxxxxxxxxxx"

static struct leases *leases_of(struct bytes text)
{
	struct leases *l = leases_new(&text, 1, SEED);

	ck_assert_ptr_nonnull(l);
	return l;
}

/* By MAC, address, or both; either may be "". */
static struct bytes find(const struct leases *l, const char *mac_text, const char *address_text)
{
	struct address address = { .family = 4 };
	uint8_t        mac[MAC_BYTES];
	bool           has_mac = mac_from_text(bytes_text(mac_text), mac) == PARSE_OK;

	address_from_text(bytes_text(address_text), &address);
	return leases_find(l, has_mac ? mac : NULL, &address);
}

#define KEA4 "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context\n"
#define KEA6 "address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr," \
	"state,user_context,hwtype,hwaddr_source\n"
#define MAC1 "3c:52:82:11:22:33"
#define MAC2 "3c:52:82:29:1f:15"
#define KEA_ROW(address, mac, valid, name, state) address "," mac ",," valid ",1795442709,1,0,0," name "," state ",\n"

static const struct {
	const char  *what;
	struct bytes in;
	const char  *mac, *address;
	struct bytes want;
} cases[] = {
	{ "nothing at all", BYTES(""), MAC1, "192.0.2.50", BYTES("") },

	{ "dnsmasq: by MAC", BYTES("1795442709 " MAC1 " 192.0.2.50 LAPTOP-7 01:" MAC1 "\n"), MAC1,
	  "192.0.2.99", BYTES("LAPTOP-7") },
	{ "dnsmasq: by MAC, from an IPv6 address",
	  BYTES("1795442709 " MAC1 " 192.0.2.50 LAPTOP-7 *\n"), MAC1, "2001:db8::5",
	  BYTES("LAPTOP-7") },
	{ "dnsmasq: a MAC in capitals", BYTES("0 3C:52:82:11:22:33 192.0.2.50 LAPTOP-7 *\n"), MAC1,
	  "", BYTES("LAPTOP-7") },
	{ "dnsmasq: by address", BYTES("1795442709 " MAC1 " 192.0.2.50 LAPTOP-7 *\n"), "",
	  "192.0.2.50", BYTES("LAPTOP-7") },
	{ "dnsmasq: an unknown MAC has the name of its address",
	  BYTES("1 " MAC1 " 192.0.2.50 LAPTOP-7 *\n"), MAC2, "192.0.2.50", BYTES("LAPTOP-7") },
	{ "dnsmasq: neither", BYTES("1795442709 " MAC1 " 192.0.2.50 LAPTOP-7 *\n"), MAC2,
	  "192.0.2.51", BYTES("") },
	{ "dnsmasq: no name", BYTES("1795442709 " MAC1 " 192.0.2.50 * *\n"), MAC1, "192.0.2.50",
	  BYTES("") },
	{ "dnsmasq: one of two leases has a name",
	  BYTES("1 " MAC1 " 192.0.2.50 LAPTOP-7 *\n1 " MAC1 " 192.0.2.51 * *\n"), MAC1,
	  "192.0.2.51", BYTES("LAPTOP-7") },
	{ "dnsmasq: the later of two names",
	  BYTES("1 " MAC1 " 192.0.2.50 old *\n1 " MAC1 " 192.0.2.51 new *\n"), MAC1, "",
	  BYTES("new") },
	{ "dnsmasq: another kind of network has no MAC of ours",
	  BYTES("1 06-" MAC1 " 192.0.2.50 x *\n"), MAC1, "", BYTES("") },
	{ "dnsmasq: but an address", BYTES("1 06-" MAC1 " 192.0.2.50 x *\n"), "", "192.0.2.50",
	  BYTES("x") },
	{ "dnsmasq: IPv6 behind the server's DUID",
	  BYTES("1 " MAC1 " 192.0.2.50 a *\nduid 00:01:00:01\n1795442709 7654321 2001:db8::5 b "
	                  "00:01\n1 T5 2001:db8::6 c 00:01\n"),
	  "", "2001:db8::6", BYTES("c") },
	{ "dnsmasq: the DUID first",
	  BYTES("duid 00:01:00:01\n1795442709 7654321 2001:db8::5 b 00:01\n"), "", "2001:db8::5",
	  BYTES("b") },
	{ "dnsmasq: a line without its end is still being written",
	  BYTES("1 " MAC1 " 192.0.2.50 LAPT"), MAC1, "192.0.2.50", BYTES("") },
	{ "dnsmasq: what is no lease is passed over",
	  BYTES("1 2\n1 " MAC1 " none x *\n\n1 " MAC1 " 192.0.2.50 a *\n"), MAC1, "", BYTES("a") },
	{ "a name is cut at 64 bytes", BYTES("1 " MAC1 " 192.0.2.50 " X64 "y *\n"), MAC1, "",
	  BYTES(X64) },
	{ "but not in the middle of a character",
	  BYTES("1 " MAC1 " 192.0.2.50 " X63 "\xc3\xbcy *\n"), MAC1, "", BYTES(X63) },
	{ "a name in UTF-8 is what it is", BYTES("1 " MAC1 " 192.0.2.50 B\xc3\xbcro-PC *\n"), MAC1,
	  "", BYTES("B\xc3\xbcro-PC") },
	{ "a name has no dot at its end", BYTES("1 " MAC1 " 192.0.2.50 a.lan. *\n"), MAC1, "",
	  BYTES("a.lan") },
	{ "a name may be anything but a space", BYTES("1 " MAC1 " 192.0.2.50 \"<\xff\x01 *\n"),
	  MAC1, "", BYTES("\"<\xff\x01") },

	{ "Kea", BYTES(KEA4 KEA_ROW("192.0.2.50", MAC1, "3600", "laptop-7", "0")), MAC1, "",
	  BYTES("laptop-7") },
	{ "Kea: the header alone", BYTES(KEA4), MAC1, "192.0.2.50", BYTES("") },
	{ "Kea: a later line counts",
	  BYTES(KEA4 KEA_ROW("192.0.2.50", MAC1, "3600", "old", "0")
	                KEA_ROW("192.0.2.50", MAC1, "3600", "new", "0")),
	  MAC1, "", BYTES("new") },
	{ "Kea: also one without a name",
	  BYTES(KEA4 KEA_ROW("192.0.2.50", MAC1, "3600", "old", "0")
	                KEA_ROW("192.0.2.50", MAC1, "3600", "", "0")),
	  MAC1, "192.0.2.50", BYTES("") },
	{ "Kea: also one of another device",
	  BYTES(KEA4 KEA_ROW("192.0.2.50", MAC1, "3600", "a", "0")
	                KEA_ROW("192.0.2.50", MAC2, "3600", "b", "0")),
	  MAC1, "192.0.2.51", BYTES("") },
	{ "Kea: a device that moved and came back has the newest name",
	  BYTES(KEA4 KEA_ROW("192.0.2.50", MAC1, "3600", "a", "0")
	                KEA_ROW("192.0.2.51", MAC1, "3600", "b", "0")
	                        KEA_ROW("192.0.2.50", MAC1, "3600", "c", "0")),
	  MAC1, "", BYTES("c") },
	{ "Kea: expired",
	  BYTES(KEA4 KEA_ROW("192.0.2.50", MAC1, "3600", "a", "0")
	                KEA_ROW("192.0.2.50", MAC1, "3600", "a", "2")),
	  MAC1, "192.0.2.50", BYTES("") },
	{ "Kea: expired, but there is another",
	  BYTES(KEA4 KEA_ROW("192.0.2.50", MAC1, "3600", "a", "0")
	                KEA_ROW("192.0.2.51", MAC1, "3600", "b", "2")),
	  MAC1, "192.0.2.51", BYTES("a") },
	{ "Kea: deleted",
	  BYTES(KEA4 KEA_ROW("192.0.2.50", MAC1, "3600", "a", "0")
	                KEA_ROW("192.0.2.50", MAC1, "0", "a", "0")),
	  MAC1, "192.0.2.50", BYTES("") },
	{ "Kea: a comma in a name, and what only looks like one",
	  BYTES(KEA4 KEA_ROW("192.0.2.50", MAC1, "3600", "a&#x2cb&#x26#x2c&#xzz&#x2", "0")), MAC1,
	  "", BYTES("a,b&#x2c&#xzz&#x2") },
	{ "Kea: IPv6",
	  BYTES(KEA6 "2001:db8::5,00:01:00:01,4000,1795442709,1,3000,0,7,128,0,0,pc.lan.,3c:52:82:"
	             "11:22:33,0,,1,2\n"),
	  MAC1, "", BYTES("pc.lan") },
	{ "Kea: a row that breaks off", BYTES(KEA4 "192.0.2.50,3c:52\n"), MAC1, "192.0.2.50",
	  BYTES("") },
	{ "Kea: more columns than we count",
	  BYTES("address,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,"
	        "hostname\n192.0.2.50,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,x\n"),
	  "", "192.0.2.50", BYTES("") },

	{ "dhcpd",
	  BYTES("# a comment\nauthoring-byte-order little-endian;\n\nlease 192.0.2.50 {\n  starts "
	        "0 2026/10/20 09:58:13;\n"
	        "  binding state active;\n  next binding state free;\n  hardware ethernet " MAC1
	        ";\n  uid \"\\001\\000\";\n"
	        "  client-hostname \"vxp 0\";\n}\n"),
	  MAC1, "", BYTES("vxp 0") },
	{ "dhcpd: quotes and octal numbers",
	  BYTES("lease 192.0.2.50 {\n  hardware ethernet " MAC1
	        ";\n  client-hostname \"a\\\"b\\\\c\\303\\274\";\n}\n"),
	  MAC1, "", BYTES("a\"b\\c\xc3\xbc") },
	{ "dhcpd: given back",
	  BYTES("lease 192.0.2.50 {\n  binding state active;\n  client-hostname \"a\";\n}\nlease "
	        "192.0.2.50 {\n  binding state free;\n"
	        "  client-hostname \"a\";\n}\n"),
	  "", "192.0.2.50", BYTES("") },
	{ "dhcpd: a block without its end", BYTES("lease 192.0.2.50 {\n  client-hostname \"a\";\n"),
	  "", "192.0.2.50", BYTES("") },
	{ "dhcpd: a backslash at the end",
	  BYTES("lease 192.0.2.50 {\n  client-hostname \"a\\\n}\n"), "", "192.0.2.50",
	  BYTES("a\\") },
	{ "dhcpd: other blocks are none of it",
	  BYTES("lease 192.0.2.50 {\n client-hostname \"a\";\n}\nhost 192.0.2.50 {\n  "
	        "client-hostname \"b\";\n}\n"),
	  "", "192.0.2.50", BYTES("a") },
};

START_TEST(a_device_has_the_name_of_its_lease)
{
	struct leases *l    = leases_of(cases[_i].in);
	struct bytes   name = find(l, cases[_i].mac, cases[_i].address);

	ck_assert_msg(bytes_equal(name, cases[_i].want), "%s: got '%.*s'", cases[_i].what,
	              (int)name.len, name.len > 0 ? (const char *)name.at : "");
	leases_free(l);
}

START_TEST(a_later_file_counts)
{
	const struct bytes files[] = { BYTES("1 " MAC1 " 192.0.2.50 a *\n1 " MAC2 " 192.0.2.51 b *\n"),
	                               BYTES(KEA4 KEA_ROW("192.0.2.50", MAC1, "3600", "c", "0")) };
	struct leases     *l       = leases_new(files, 2, SEED);

	ck_assert_bytes(find(l, MAC1, ""), "c");
	ck_assert_bytes(find(l, MAC2, ""), "b");
	ck_assert_bytes(find(l, "", "192.0.2.50"), "c");
	leases_free(l);
}

/* A full table keeps what it has, takes news of that, and counts what it has no room for. */
START_TEST(there_is_room_for_so_many_addresses)
{
	size_t         cap  = (LEASES_MAX + 3) * 64;
	char          *text = malloc(cap);
	struct writer  w    = writer_over(text, cap);
	char           line[64];
	struct leases *l;

	for (unsigned i = 0; i <= LEASES_MAX; i++) {
		snprintf(line, sizeof(line), "1 02:00:00:00:%02x:%02x 10.0.%u.%u h%u *\n",
		         i >> 8 & 255, i & 255, i >> 8, i & 255, i);
		write_text(&w, line);
	}
	write_text(&w, "1 02:00:00:00:00:07 10.0.0.7 news *\n");
	ck_assert(!w.full);
	l = leases_of(writer_written(&w));
	ck_assert_uint_eq(leases_left_out(l), 1);
	ck_assert_bytes(find(l, "02:00:00:00:00:08", ""), "h8");
	ck_assert_bytes(find(l, "02:00:00:00:3f:ff", "10.0.0.1"), "h16383");
	ck_assert_bytes(find(l, "", "10.0.0.7"), "news");
	ck_assert_bytes(find(l, "", "10.0.64.0"), "");
	leases_free(l);
	free(text);
}

static const struct { const char *what, *mac, *address; bool want; } holders[] = {
	{ "a lease with a name, whatever the address", MAC1, "2001:db8::5", true },
	{ "a lease without a name", MAC2, "192.0.2.51", true },
	{ "such a lease, from another address", MAC2, "192.0.2.52", false },
	{ "the address of another's lease", "02:00:00:00:00:01", "192.0.2.50", false },
	{ "a leased address, without a MAC", "", "192.0.2.51", true },
	{ "neither", "", "192.0.2.52", false },
};

START_TEST(a_device_is_known_by_a_lease_of_its_own)
{
	struct leases *l = leases_of(BYTES("1 " MAC1 " 192.0.2.50 LAPTOP-7 *\n"
	                                   "1 " MAC2 " 192.0.2.51 * *\n"));
	struct address address;
	uint8_t        mac[MAC_BYTES];
	bool           has_mac = mac_from_text(bytes_text(holders[_i].mac), mac) == PARSE_OK;

	ck_assert_int_eq(address_from_text(bytes_text(holders[_i].address), &address), PARSE_OK);
	ck_assert_msg(leases_know(l, has_mac ? mac : NULL, &address) == holders[_i].want, "%s",
	              holders[_i].what);
	leases_free(l);
}

int main(void)
{
	Suite *s = suite_create("leases");
	TCase *t = tcase_create("leases");

	tcase_add_loop_test(t, a_device_has_the_name_of_its_lease, 0, COUNT(cases));
	tcase_add_test(t, a_later_file_counts);
	tcase_add_test(t, there_is_room_for_so_many_addresses);
	tcase_add_loop_test(t, a_device_is_known_by_a_lease_of_its_own, 0, COUNT(holders));
	suite_add_tcase(s, t);
	return suite_run(s);
}

/* SPDX-License-Identifier: MIT */

#include "policy/clients.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

static const struct { const char *word; bool is_good; } words[] = {
	{ "3c:52:82:11:22:33", true },    { "3C:52:82:11:22:33", true },
	{ "192.0.2.7", true },            { "192.0.2.0/24", true },
	{ "0.0.0.0/0", true },            { "2001:db8::/32", true },
	{ "2001:db8::1", true },          { "::/128", true },
	{ "lab-3", true },                { "lab_3.example.org", true },
	{ "3", false },                   { "192.0.2", false },
	{ "192.0.2.256", false },         { "192.0.2.0/33", false },
	{ "192.0.2.0/", false },          { "192.0.2.0/-1", false },
	{ "192.0.2.0/2x", false },        { "2001:db8::/129", false },
	{ "2001:db8::/1280", false },     { "3c:52:82:11:22", false },
	{ "3c:52:82:11:22:3g", false },   { "a/b", false },
	{ "lab*", false },                { "", false },
	{ "a234567890123456789012345678901234567890123456789012345678901234", true },
	{ "a2345678901234567890123456789012345678901234567890123456789012345", false },
};

START_TEST(a_device_is_a_mac_an_address_a_network_or_a_name)
{
	struct policy_device d;

	ck_assert_msg((policy_device_read(bytes_text(words[_i].word), &d) == PARSE_OK) ==
	                      words[_i].is_good,
	              "%s", words[_i].word);
}

#define MAC  "\x3c\x52\x82\x11\x22\x33"

static const struct { const char *device, *mac, *address, *name; bool is_it; } clients[] = {
	{ "3c:52:82:11:22:33", MAC, "192.0.2.7", NULL, true },
	{ "3c:52:82:11:22:33", "\x3c\x52\x82\x11\x22\x34", "192.0.2.7", NULL, false },
	{ "3c:52:82:11:22:33", NULL, "192.0.2.7", NULL, false },
	{ "192.0.2.7", MAC, "192.0.2.7", NULL, true },
	{ "192.0.2.7", MAC, "192.0.2.8", NULL, false },
	{ "192.0.2.0/25", NULL, "192.0.2.127", NULL, true },
	{ "192.0.2.0/25", NULL, "192.0.2.128", NULL, false },
	{ "192.0.2.99/25", NULL, "192.0.2.1", NULL, true },     /* the bits behind do not count */
	{ "0.0.0.0/0", NULL, "203.0.113.1", NULL, true },
	{ "0.0.0.0/0", NULL, "2001:db8::1", NULL, false },
	{ "2001:db8::/33", NULL, "2001:db8:7fff::1", NULL, true },
	{ "2001:db8::/33", NULL, "2001:db8:8000::1", NULL, false },
	{ "2001:db8::1", NULL, "2001:db8::1", NULL, true },
	{ "lab-3", MAC, "192.0.2.7", "LAB-3", true },
	{ "lab-3", MAC, "192.0.2.7", "lab-33", false },
	{ "lab-3", MAC, "192.0.2.7", "", false },
	{ "lab-3", MAC, "192.0.2.7", NULL, false },
};

static unsigned num_asked;

static struct bytes name_of(void *owner, const uint8_t *mac, const struct address *client,
                            uint8_t room[POLICY_NAME_MAX])
{
	const char *name = owner;

	(void)mac;
	(void)client;
	num_asked++;
	memcpy(room, name, strlen(name));
	return bytes_of(room, strlen(name));
}

static bool is_the_third(void *context, uint32_t owner)
{
	(void)context;
	return owner == 2;
}

START_TEST(a_client_is_known_by_any_of_them)
{
	struct policy_device devices[3];
	struct policy_owned  owned[3];
	struct address       address;
	char                 name[POLICY_NAME_MAX] = "";
	struct policy_client client = { .address = &address, .owner = name,
	                                .mac = (const uint8_t *)clients[_i].mac };

	if (clients[_i].name != NULL) {
		client.name = name_of;
		strcpy(name, clients[_i].name);
	}
	num_asked = 0;
	ck_assert_int_eq(address_from_text(bytes_text(clients[_i].address), &address), PARSE_OK);
	ck_assert_int_eq(policy_device_read(BYTES("other-1"), &devices[0]), PARSE_OK);
	ck_assert_int_eq(policy_device_read(BYTES("other-2"), &devices[1]), PARSE_OK);
	ck_assert_int_eq(policy_device_read(bytes_text(clients[_i].device), &devices[2]), PARSE_OK);
	for (size_t i = 0; i < 3; i++)
		owned[i] = (struct policy_owned){ &devices[i], (uint32_t)i, 0 };
	policy_owned_sort(owned, 3);
	ck_assert_int_eq(policy_owned_find(owned, 3, &client, is_the_third, NULL),
	                 clients[_i].is_it);
	ck_assert_uint_le(num_asked, clients[_i].name != NULL);
	ck_assert(!policy_owned_find(owned, 0, &client, is_the_third, NULL));
}

#define MANY 2000

static unsigned told[MANY];

static bool take_owner(void *context, uint32_t owner)
{
	(void)context;
	told[owner]++;
	return false;
}

/* Held against a walk over all of them, each read by itself. */
static bool is_meant(const struct policy_device *d, const struct policy_client *c)
{
	if (d->kind == DEVICE_MAC)
		return c->mac != NULL && memcmp(c->mac, d->mac, MAC_BYTES) == 0;
	if (d->kind == DEVICE_NAME)
		return strcmp(d->name, "lab-7") == 0;
	for (unsigned i = 0; i < d->bits; i++) {
		if ((c->address->at[i / 8] ^ d->network.at[i / 8]) >> (7 - i % 8) & 1)
			return false;
	}
	return c->address->family == d->network.family;
}

START_TEST(of_many_each_that_means_it_is_found_and_no_other)
{
	static struct policy_device devices[MANY];
	static struct policy_owned  owned[MANY];
	static const char *const    addresses[] = { "10.0.0.1", "10.3.2.1", "192.0.2.7", "255.255.255.255",
		                                    "0.0.0.0", "2001:db8:3::7", "::", "2001:db8::1" };
	struct address              address;
	char                        name[POLICY_NAME_MAX] = "LAB-7";
	struct policy_client        client = { .address = &address, .owner = name, .name = name_of,
		                               .mac = (const uint8_t *)MAC };
	size_t                      num = 0;

	for (unsigned i = 0; i < MANY; i++) {
		char word[64];

		switch (i % 4) {
		case 0: snprintf(word, sizeof(word), "10.%u.%u.%u/%u", i % 5, i % 3, i % 2, i % 33); break;
		case 1: snprintf(word, sizeof(word), "2001:db8:%x::%x/%u", i % 5, i % 9, i % 129); break;
		case 2: snprintf(word, sizeof(word), "02:00:00:00:00:%02x", i % 16); break;
		default: snprintf(word, sizeof(word), "lab-%u", i % 16);
		}
		ck_assert_int_eq(policy_device_read(bytes_text(word), &devices[i]), PARSE_OK);
		owned[i] = (struct policy_owned){ &devices[i], i, 0 };
	}
	policy_owned_sort(owned, MANY);
	for (size_t a = 0; a < COUNT(addresses); a++) {
		ck_assert_int_eq(address_from_text(bytes_text(addresses[a]), &address), PARSE_OK);
		memset(told, 0, sizeof(told));
		ck_assert(!policy_owned_find(owned, MANY, &client, take_owner, NULL));
		for (unsigned i = 0; i < MANY; i++) {
			ck_assert_msg(told[i] == is_meant(&devices[i], &client), "%s: %u",
			              addresses[a], i);
			num += told[i];
		}
	}
	ck_assert_uint_gt(num, 100);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("clients");
	TCase *t = tcase_create("clients");

	tcase_add_loop_test(t, a_device_is_a_mac_an_address_a_network_or_a_name, 0, COUNT(words));
	tcase_add_loop_test(t, a_client_is_known_by_any_of_them, 0, COUNT(clients));
	tcase_add_test(t, of_many_each_that_means_it_is_found_and_no_other);
	suite_add_tcase(s, t);
	return suite_run(s);
}

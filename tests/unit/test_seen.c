/* SPDX-License-Identifier: MIT */

/* Which hashes are found, for how long, what is said to be lost, and what one client can take. */

#include "engine/seen.h"
#include "support/suite.h"

#define NOW_S  1800000000U
#define LIFE_S 100
#define PLACES 1024

static struct seen *seen;

static void begin(void)
{
	seen = seen_new(PLACES, LIFE_S, 1);
	ck_assert_ptr_nonnull(seen);
}

static void end(void)
{
	seen_free(seen);
}

static size_t share_of(unsigned number)
{
	struct address a = { .family = 4, .at = { 10, 0, (uint8_t)(number >> 8), (uint8_t)number } };

	return seen_share(seen, &a);
}

/* Seconds from the note on. */
static const struct { int32_t later; bool is_found; } lives[] = {
	{ 0, true }, { LIFE_S, true }, { LIFE_S + 1, false }, { 86400, false }, { -1, true },
	{ -86400, false },
};

START_TEST(a_hash_is_forgotten_after_its_life)
{
	seen_note(seen, 0, 7, NOW_S);
	ck_assert_int_eq(seen_has(seen, 7, NOW_S + (uint32_t)lives[_i].later), lives[_i].is_found);
	ck_assert(!seen_has(seen, 8, NOW_S));
	ck_assert(!seen_lost(seen, 0, 7, NOW_S + (uint32_t)lives[_i].later));
}

START_TEST(a_hash_noted_again_lives_anew)
{
	seen_note(seen, 0, 7, NOW_S);
	seen_note(seen, 0, 7, NOW_S + LIFE_S);
	ck_assert(seen_has(seen, 7, NOW_S + 2 * LIFE_S));
}

/* Of all that one share notes what is not found is said to be lost, and no more is kept than fits. */
START_TEST(what_is_given_up_is_said_to_be_lost)
{
	unsigned found = 0, num = PLACES;

	for (unsigned i = 0; i < num; i++)
		seen_note(seen, 1, i, NOW_S);
	for (unsigned i = 0; i < num; i++) {
		bool has = seen_has(seen, i, NOW_S);

		ck_assert(has || seen_lost(seen, 1, i, NOW_S));
		found += has;
	}
	ck_assert_uint_le(found, PLACES / 4);
	ck_assert_uint_gt(found, PLACES / 8);
}

START_TEST(a_loss_is_forgotten_after_a_life)
{
	for (unsigned i = 0; i < PLACES; i++)
		seen_note(seen, 1, i, NOW_S);
	ck_assert(seen_lost(seen, 1, 0, NOW_S));
	ck_assert(seen_lost(seen, 1, 0, NOW_S + LIFE_S));
	ck_assert(!seen_lost(seen, 1, 0, NOW_S + (LIFE_S + 1)));
}

START_TEST(what_had_lived_is_no_loss)
{
	for (unsigned i = 0; i < 4; i++)
		seen_note(seen, 1, 7 + ((uint64_t)i << 40), NOW_S + i * 2 * LIFE_S);
	for (unsigned i = 0; i < PLACES; i++)
		ck_assert(!seen_lost(seen, 1, i, NOW_S + 7 * LIFE_S));
}

/* Neither are its hashes pushed out, nor is anything of it in doubt. */
START_TEST(another_share_takes_nothing)
{
	seen_note(seen, 0, 7, NOW_S);
	for (unsigned i = 0; i < 100 * PLACES; i++)
		seen_note(seen, 1, 1000 + i, NOW_S);
	ck_assert(seen_has(seen, 7, NOW_S));
	for (unsigned i = 0; i < PLACES; i++)
		ck_assert(!seen_lost(seen, 0, i, NOW_S));
}

START_TEST(clients_are_spread_over_four_shares)
{
	unsigned num[4] = { 0 };

	for (unsigned i = 0; i < 400; i++)
		num[share_of(i)]++;
	for (size_t i = 0; i < COUNT(num); i++)
		ck_assert_uint_gt(num[i], 50);
}

START_TEST(a_network_of_ipv6_is_one_client)
{
	struct address a = { .family = 6, .at = { 0x20, 1, 0xd, 0xb8 } };
	size_t         share = seen_share(seen, &a);

	for (unsigned i = 0; i < 256; i++) {
		a.at[15] = (uint8_t)i;
		ck_assert_uint_eq(seen_share(seen, &a), share);
	}
}

START_TEST(any_number_of_hashes_has_room_for_one)
{
	struct seen *few = seen_new((size_t)_i, LIFE_S, 7);

	ck_assert_ptr_nonnull(few);
	seen_note(few, 3, 1, NOW_S);
	ck_assert(seen_has(few, 1, NOW_S));
	seen_free(few);
}

int main(void)
{
	Suite *s = suite_create("seen");
	TCase *t = tcase_create("seen");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_loop_test(t, a_hash_is_forgotten_after_its_life, 0, COUNT(lives));
	tcase_add_test(t, a_hash_noted_again_lives_anew);
	tcase_add_test(t, what_is_given_up_is_said_to_be_lost);
	tcase_add_test(t, a_loss_is_forgotten_after_a_life);
	tcase_add_test(t, what_had_lived_is_no_loss);
	tcase_add_test(t, another_share_takes_nothing);
	tcase_add_test(t, clients_are_spread_over_four_shares);
	tcase_add_test(t, a_network_of_ipv6_is_one_client);
	tcase_add_loop_test(t, any_number_of_hashes_has_room_for_one, 0, 20);
	suite_add_tcase(s, t);
	return suite_run(s);
}

/* SPDX-License-Identifier: MIT */

#include "base/table.h"
#include "flow/gather.h"
#include "support/suite.h"

#include <string.h>

static struct gather_pool *pool;
static struct gather      *g;

static void open_pool(void)
{
	pool = gather_pool_new(2);
	gather_take(pool, &g, 0, 1000, true);
}

static void close_pool(void)
{
	gather_pool_free(pool);
}

static enum gathered add(uint32_t seq, const char *text)
{
	return gather_add(pool, g, seq, bytes_text(text));
}

START_TEST(other_bytes_in_a_known_place_are_a_conflict)
{
	ck_assert_int_eq(add(1000, "hello"), GATHERED_NEW);
	ck_assert_int_eq(add(1003, "XYZ"), GATHERED_CONFLICT);
	ck_assert_bytes(gather_prefix(g), "hello");
}

START_TEST(other_bytes_beyond_a_gap_are_a_conflict)
{
	ck_assert_int_eq(add(1005, "world"), GATHERED_NEW);
	ck_assert_int_eq(add(1004, " wOrld"), GATHERED_CONFLICT);
	ck_assert_int_eq(add(1004, " worlD"), GATHERED_CONFLICT);
	ck_assert_int_eq(add(1004, " World"), GATHERED_CONFLICT);
	ck_assert_int_eq(add(1000, "hello"), GATHERED_NEW);
	ck_assert_bytes(gather_prefix(g), "helloworld");
}

START_TEST(bytes_before_an_anchored_beginning_are_left_out)
{
	ck_assert_int_eq(add(990, "0123456789"), GATHERED_OUTSIDE);
	ck_assert_int_eq(add(998, "xxab"), GATHERED_NEW);
	ck_assert_bytes(gather_prefix(g), "ab");
}

START_TEST(bytes_beyond_the_budget_are_left_out)
{
	static char long_text[GATHER_MAX + 11];

	memset(long_text, 'a', sizeof(long_text) - 1);
	ck_assert_int_eq(add(1000 + GATHER_MAX, "x"), GATHERED_OUTSIDE);
	ck_assert_int_eq(add(1000, long_text), GATHERED_NEW);
	ck_assert_uint_eq(gather_prefix(g).len, GATHER_MAX);
	ck_assert(gather_is_full(g));
}

START_TEST(the_same_bytes_again_are_old)
{
	add(1000, "hello");
	ck_assert_int_eq(add(1000, "hello"), GATHERED_OLD);
	ck_assert_int_eq(add(1002, "ll"), GATHERED_OLD);
	ck_assert_int_eq(add(1002, ""), GATHERED_OLD);
}

START_TEST(an_overlap_that_agrees_adds_its_new_bytes)
{
	add(1000, "hello");
	ck_assert_int_eq(add(1003, "lo world"), GATHERED_NEW);
	ck_assert_bytes(gather_prefix(g), "hello world");
}

/* Each order of the four segments, by its number. */
START_TEST(segments_in_any_order_make_the_same_stream)
{
	static const struct { uint32_t seq; const char *text; } parts[] = {
		{ 1000, "ab" }, { 1002, "c" }, { 1003, "def" }, { 1005, "fgh" },
	};
	int  order = _i;
	bool used[4] = { false };

	for (int left = 4; left > 0; left--) {
		int pick = order % left;

		order /= left;
		for (int i = 0; i < 4; i++) {
			if (used[i] || pick-- > 0)
				continue;
			used[i] = true;
			ck_assert_int_eq(add(parts[i].seq, parts[i].text), GATHERED_NEW);
			break;
		}
	}
	ck_assert_bytes(gather_prefix(g), "abcdefgh");
}

START_TEST(single_bytes_backwards_make_a_stream)
{
	char text[301];

	for (int i = 0; i < 300; i++)
		text[i] = (char)('a' + i % 26);
	text[300] = '\0';
	for (int i = 299; i >= 0; i--)
		gather_add(pool, g, 1000 + (uint32_t)i, bytes_of(text + i, 1));
	ck_assert_uint_eq(gather_prefix(g).len, 300);
	ck_assert_int_eq(memcmp(gather_prefix(g).at, text, 300), 0);
}

START_TEST(sequence_numbers_wrap)
{
	struct gather *w = NULL;

	gather_take(pool, &w, 0, 0xfffffffe, true);
	gather_add(pool, w, 0, bytes_text("cd"));
	gather_add(pool, w, 0xfffffffe, bytes_text("ab"));
	ck_assert_bytes(gather_prefix(w), "abcd");
}

START_TEST(a_beginning_not_anchored_moves_back)
{
	struct gather *w = NULL;

	gather_take(pool, &w, 0, 1005, false);
	gather_add(pool, w, 1005, bytes_text("fgh"));
	gather_add(pool, w, 1010, bytes_text("klm"));
	ck_assert_int_eq(gather_add(pool, w, 1000, bytes_text("abcde")), GATHERED_NEW);
	ck_assert_bytes(gather_prefix(w), "abcdefgh");
	ck_assert_int_eq(gather_add(pool, w, 1008, bytes_text("ij")), GATHERED_NEW);
	ck_assert_bytes(gather_prefix(w), "abcdefghijklm");
}

START_TEST(skipping_keeps_what_lies_beyond)
{
	add(1000, "abcd");
	add(1006, "ghi");
	gather_skip(g, 2);
	ck_assert_bytes(gather_prefix(g), "cd");
	ck_assert_int_eq(add(1004, "ef"), GATHERED_NEW);
	ck_assert_bytes(gather_prefix(g), "cdefghi");
	gather_skip(g, 100);
	ck_assert_uint_eq(gather_prefix(g).len, 0);
	ck_assert_int_eq(add(1102, "new"), GATHERED_NEW);
	ck_assert_bytes(gather_prefix(g), "new");
}

START_TEST(skipping_beyond_a_gap_joins_what_follows)
{
	add(1003, "def");
	gather_skip(g, 3);
	ck_assert_bytes(gather_prefix(g), "def");
}

START_TEST(a_full_pool_takes_from_the_one_longest_untouched)
{
	struct gather *second = NULL, *third = NULL;

	add(1003, "gap");
	gather_take(pool, &second, 0, 1, true);
	add(1000, "abc");
	gather_take(pool, &third, 0, 5, true);
	ck_assert_ptr_null(second);
	ck_assert_ptr_nonnull(g);
	ck_assert_uint_eq(gather_pool_evicted(pool), 1);
	ck_assert_uint_eq(gather_prefix(third).len, 0);
}

START_TEST(whoever_has_most_of_a_full_pool_gives_up_his_own)
{
	struct gather *one = NULL, *two = NULL, *other = NULL;

	gather_put(pool, &g);
	gather_take(pool, &other, 8, 1, true);
	gather_take(pool, &one, 7, 1, true);
	gather_put(pool, &other);
	gather_take(pool, &two, 7 + TABLE_SHARES, 1, true);
	gather_add(pool, one, 1, bytes_text("newest"));
	gather_take(pool, &other, 8, 1, true);
	ck_assert_ptr_null(two);
	ck_assert_ptr_nonnull(one);
	gather_take(pool, &g, 8, 1000, true);
	ck_assert_ptr_null(other);
	ck_assert_ptr_nonnull(one);
}

/* Whoever had most has given it back himself. */
START_TEST(nothing_is_taken_from_a_share_that_has_nothing)
{
	struct gather *first = NULL, *second = NULL, *third = NULL;

	gather_put(pool, &g);
	for (int i = 0; i < 3; i++) {
		gather_take(pool, &first, 7, 1, true);
		gather_take(pool, &second, 7, 1, true);
		gather_take(pool, &third, 7, 1, true);
		gather_put(pool, &second);
		gather_put(pool, &third);
		gather_take(pool, &first, 8, 1, true);
		gather_take(pool, &second, 9, 1, true);
		gather_take(pool, &third, 10, 1, true);
		ck_assert(first == NULL || second == NULL);
		gather_put(pool, &first);
		gather_put(pool, &second);
		gather_put(pool, &third);
	}
	gather_take(pool, &g, 0, 1000, true);
}

START_TEST(a_gathering_used_again_remembers_nothing)
{
	struct gather *again = NULL;

	add(1003, "gap");
	gather_put(pool, &g);
	ck_assert_ptr_null(g);
	gather_take(pool, &again, 0, 1000, true);
	gather_add(pool, again, 1000, bytes_text("xyz"));
	ck_assert_bytes(gather_prefix(again), "xyz");
}

int main(void)
{
	Suite *s = suite_create("gather");
	TCase *t = tcase_create("gather");

	tcase_add_checked_fixture(t, open_pool, close_pool);
	tcase_add_test(t, other_bytes_in_a_known_place_are_a_conflict);
	tcase_add_test(t, other_bytes_beyond_a_gap_are_a_conflict);
	tcase_add_test(t, bytes_before_an_anchored_beginning_are_left_out);
	tcase_add_test(t, bytes_beyond_the_budget_are_left_out);
	tcase_add_test(t, the_same_bytes_again_are_old);
	tcase_add_test(t, an_overlap_that_agrees_adds_its_new_bytes);
	tcase_add_loop_test(t, segments_in_any_order_make_the_same_stream, 0, 24);
	tcase_add_test(t, single_bytes_backwards_make_a_stream);
	tcase_add_test(t, sequence_numbers_wrap);
	tcase_add_test(t, a_beginning_not_anchored_moves_back);
	tcase_add_test(t, skipping_keeps_what_lies_beyond);
	tcase_add_test(t, skipping_beyond_a_gap_joins_what_follows);
	tcase_add_test(t, a_full_pool_takes_from_the_one_longest_untouched);
	tcase_add_test(t, whoever_has_most_of_a_full_pool_gives_up_his_own);
	tcase_add_test(t, nothing_is_taken_from_a_share_that_has_nothing);
	tcase_add_test(t, a_gathering_used_again_remembers_nothing);
	suite_add_tcase(s, t);
	return suite_run(s);
}

/* SPDX-License-Identifier: MIT */

#include "base/table.h"
#include "support/suite.h"

#include <string.h>

struct item { uint32_t key, value; };

static struct table *table;
static uint32_t      left[16];
static size_t        num_left;

static void leave(void *owner, void *item)
{
	(void)owner;
	left[num_left++] = ((struct item *)item)->key;
}

static void open_table(void)
{
	num_left = 0;
	table    = table_new(3, sizeof(struct item), sizeof(uint32_t), 42, leave, NULL);
}

static void close_table(void)
{
	table_free(table);
}

static struct item *find(uint32_t key)
{
	return table_find(table, &key);
}

static struct item *add(uint32_t key)
{
	struct item *item = table_add(table, &key);

	item->value = key * 10;
	return item;
}

START_TEST(an_unknown_key_is_not_found)
{
	add(1);
	ck_assert_ptr_null(find(2));
}

static void add_of(uint32_t key, uint64_t share)
{
	table_add_of(table, &key, share);
}

START_TEST(whoever_has_most_items_of_a_full_table_gives_up_his_own)
{
	add_of(1, 7);
	add_of(2, 8);
	add_of(3, 8 + TABLE_SHARES);
	find(2);
	add_of(4, 7);
	ck_assert_uint_eq(num_left, 1);
	ck_assert_uint_eq(left[0], 3);
	add_of(5, 9);
	ck_assert_uint_eq(num_left, 2);
	ck_assert_uint_eq(left[1], 1);
	table_remove(table, find(2));
	add_of(6, 8);
	ck_assert_ptr_nonnull(find(4));
	ck_assert_ptr_nonnull(find(5));
	ck_assert_ptr_nonnull(find(6));
}

START_TEST(a_full_table_gives_up_the_item_longest_unused)
{
	add(1);
	add(2);
	add(3);
	find(1);
	add(4);
	ck_assert_ptr_null(find(2));
	ck_assert_uint_eq(find(1)->value, 10);
	ck_assert_uint_eq(num_left, 1);
	ck_assert_uint_eq(left[0], 2);
	ck_assert_uint_eq(table_evicted(table), 1);
	ck_assert_uint_eq(table_used(table), 3);
}

START_TEST(an_item_that_is_touched_is_the_newest)
{
	struct item *first = add(1);

	add(2);
	add(3);
	table_touch(table, first);
	add(4);
	ck_assert_ptr_eq(find(1), first);
	ck_assert_uint_eq(left[0], 2);
}

/* And whoever comes instead has that of whom he replaces. */
START_TEST(each_item_has_a_place_of_its_own)
{
	for (uint32_t key = 0; key < 9; key++)
		ck_assert_uint_eq(table_place(table, add(key)), key % 3);
	for (uint32_t key = 6; key < 9; key++)
		ck_assert_ptr_eq(table_at(table, key % 3), find(key));
}

START_TEST(a_removed_item_leaves_and_its_place_is_used_again)
{
	add(1);
	table_remove(table, find(1));
	ck_assert_ptr_null(find(1));
	ck_assert_uint_eq(left[0], 1);
	ck_assert_uint_eq(table_used(table), 0);
	ck_assert_uint_eq(add(5)->value, 50);
	ck_assert_uint_eq(table_evicted(table), 0);
}

START_TEST(a_new_item_is_zero_but_for_its_key)
{
	uint32_t key = 9;

	add(1)->value = 77;
	table_remove(table, find(1));
	ck_assert_uint_eq(((struct item *)table_add(table, &key))->value, 0);
	ck_assert_uint_eq(find(9)->key, 9);
}

START_TEST(the_oldest_is_the_one_longest_unused)
{
	ck_assert_ptr_null(table_oldest(table));
	add(1);
	add(2);
	find(1);
	ck_assert_uint_eq(((struct item *)table_oldest(table))->key, 2);
}

START_TEST(many_keys_are_all_found)
{
	struct table *big = table_new(5000, sizeof(struct item), sizeof(uint32_t), 7, NULL, NULL);

	for (uint32_t key = 0; key < 5000; key++)
		((struct item *)table_add(big, &key))->value = ~key;
	for (uint32_t key = 0; key < 5000; key++)
		ck_assert_uint_eq(((struct item *)table_find(big, &key))->value, ~key);
	table_free(big);
}

/* What the table should hold: keys by last use, the oldest first. */
struct model {
	uint32_t keys[50];
	size_t   num;
	uint64_t evicted;
};

static size_t place_of(const struct model *m, uint32_t key)
{
	size_t at = 0;

	while (at < m->num && m->keys[at] != key)
		at++;
	return at;
}

static void drop(struct model *m, size_t at)
{
	memmove(m->keys + at, m->keys + at + 1, (--m->num - at) * sizeof(*m->keys));
}

static void put_newest(struct model *m, uint32_t key)
{
	if (m->num == COUNT(m->keys)) {
		drop(m, 0);
		m->evicted++;
	}
	m->keys[m->num++] = key;
}

/* Looks a key up; one of two that are found is removed, and one that is not is added. */
static void step(struct table *t, struct model *m, uint32_t key, bool removes)
{
	size_t       at   = place_of(m, key);
	struct item *item = table_find(t, &key);

	table_fetch(t, table_expect(t, &key));
	ck_assert((item != NULL) == (at < m->num));
	if (item == NULL) {
		((struct item *)table_add(t, &key))->value = ~key;
		put_newest(m, key);
		return;
	}
	ck_assert_uint_eq(item->value, ~key);
	drop(m, at);
	if (removes)
		table_remove(t, item);
	else
		put_newest(m, key);
}

/* Numbers that follow from the one before: the same each time. */
static uint32_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005 + 1442695040888963407;
	return (uint32_t)(*state >> 33);
}

/* _i: the seed of the table and of what is done with it. */
START_TEST(whatever_is_done_it_holds_what_it_should)
{
	struct model  m     = { .num = 0 };
	struct table *t     = table_new(COUNT(m.keys), sizeof(struct item), sizeof(uint32_t),
	                                (uint64_t)_i, NULL, NULL);
	uint64_t      state = (uint64_t)_i;

	for (int i = 0; i < 20000; i++) {
		uint32_t random = next_random(&state);

		step(t, &m, random % 90, random >> 8 & 1);
		ck_assert_uint_eq(table_used(t), m.num);
		ck_assert_uint_eq(table_evicted(t), m.evicted);
		if (m.num > 0)
			ck_assert_uint_eq(((struct item *)table_oldest(t))->key, m.keys[0]);
	}
	table_free(t);
}

int main(void)
{
	Suite *s = suite_create("table");
	TCase *t = tcase_create("table");

	tcase_add_checked_fixture(t, open_table, close_table);
	tcase_add_test(t, an_unknown_key_is_not_found);
	tcase_add_test(t, a_full_table_gives_up_the_item_longest_unused);
	tcase_add_test(t, whoever_has_most_items_of_a_full_table_gives_up_his_own);
	tcase_add_test(t, an_item_that_is_touched_is_the_newest);
	tcase_add_test(t, each_item_has_a_place_of_its_own);
	tcase_add_test(t, a_removed_item_leaves_and_its_place_is_used_again);
	tcase_add_test(t, a_new_item_is_zero_but_for_its_key);
	tcase_add_test(t, the_oldest_is_the_one_longest_unused);
	tcase_add_test(t, many_keys_are_all_found);
	tcase_add_loop_test(t, whatever_is_done_it_holds_what_it_should, 1, 6);
	suite_add_tcase(s, t);
	return suite_run(s);
}

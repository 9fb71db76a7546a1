/* SPDX-License-Identifier: MIT */

#include "base/rows.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

struct item {
	struct row row;
	uint64_t   count;
};

static struct rows r;

static void set_up(void)
{
	r = rows_new(sizeof(struct item), 1000, 42);
}

static void tear_down(void)
{
	rows_free(&r);
}

static struct item *get(const char *name)
{
	struct item *item = rows_get(&r, bytes_text(name));

	ck_assert_ptr_nonnull(item);
	return item;
}

START_TEST(nothing_is_found_in_the_beginning)
{
	ck_assert_ptr_null(rows_find(&r, BYTES("a")));
	ck_assert_uint_eq(rows_num(&r), 0);
	ck_assert_ptr_null(rows_sorted(&r, NULL));
}
END_TEST

START_TEST(new_item_is_zero_and_owns_its_name)
{
	char         name[] = "kiosk";
	struct item *item   = rows_get(&r, bytes_text(name));

	memset(name, 'x', 5);
	ck_assert_bytes(item->row.name, "kiosk");
	ck_assert_uint_eq(item->row.name.at[5], 0);
	ck_assert_uint_eq(item->count, 0);
}
END_TEST

START_TEST(same_name_is_the_same_item_while_it_grows)
{
	char name[16];

	for (unsigned i = 0; i < 900; i++) {
		snprintf(name, sizeof(name), "host-%u", i % 300);
		get(name)->count += i % 300;
	}
	ck_assert_uint_eq(rows_num(&r), 300);
	for (unsigned i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "host-%u", i);
		ck_assert_uint_eq(((struct item *)rows_find(&r, bytes_text(name)))->count, 3 * i);
		ck_assert_ptr_eq(rows_at(&r, i), rows_find(&r, bytes_text(name)));
	}
}
END_TEST

START_TEST(names_may_hold_any_byte_and_none)
{
	rows_get(&r, BYTES("a\0b"));
	rows_get(&r, BYTES("a\0c"));
	rows_get(&r, BYTES("a"));
	rows_get(&r, BYTES(""));
	ck_assert_uint_eq(rows_num(&r), 4);
	ck_assert_ptr_nonnull(rows_find(&r, BYTES("")));
	ck_assert_ptr_ne(rows_find(&r, BYTES("a\0b")), rows_find(&r, BYTES("a\0c")));
}
END_TEST

START_TEST(beyond_the_limit_all_share_one_row)
{
	rows_free(&r);
	r = rows_new(sizeof(struct item), 2, 42);
	get("a")->count++;
	get("b")->count++;
	get("c")->count++;
	get("d")->count++;
	get("a")->count++;
	ck_assert_uint_eq(rows_num(&r), 3);
	ck_assert_bytes(((struct item *)rows_at(&r, 2))->row.name, ROWS_OTHERS);
	ck_assert_uint_eq(((struct item *)r.others)->count, 2);
	ck_assert_uint_eq(get("a")->count, 2);
	ck_assert_ptr_null(rows_find(&r, BYTES("c")));
	ck_assert(!r.failed);
}
END_TEST

/* A name that says it is the shared row is still a row of its own. */
START_TEST(nobody_takes_the_shared_row_by_its_name)
{
	rows_free(&r);
	r = rows_new(sizeof(struct item), 1, 42);
	get(ROWS_OTHERS)->count = 7;
	get("x")->count         = 9;
	ck_assert_uint_eq(get(ROWS_OTHERS)->count, 7);
	ck_assert_uint_eq(((struct item *)r.others)->count, 9);
}
END_TEST

static int by_count(const void *a, const void *b)
{
	const struct item *left = a, *right = b;

	return (left->count < right->count) - (left->count > right->count);
}

START_TEST(sorted_has_every_item_in_order_and_the_shared_one_last)
{
	void **list;

	rows_free(&r);
	r = rows_new(sizeof(struct item), 3, 42);
	get("few")->count  = 1;
	get("most")->count = 5;
	get("some")->count = 3;
	get("rest")->count = 99;
	list = rows_sorted(&r, by_count);
	ck_assert_ptr_nonnull(list);
	ck_assert_bytes(((struct item *)list[0])->row.name, "most");
	ck_assert_bytes(((struct item *)list[1])->row.name, "some");
	ck_assert_bytes(((struct item *)list[2])->row.name, "few");
	ck_assert_bytes(((struct item *)list[3])->row.name, ROWS_OTHERS);
	free(list);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("rows");
	TCase *t = tcase_create("rows");

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, nothing_is_found_in_the_beginning);
	tcase_add_test(t, new_item_is_zero_and_owns_its_name);
	tcase_add_test(t, same_name_is_the_same_item_while_it_grows);
	tcase_add_test(t, names_may_hold_any_byte_and_none);
	tcase_add_test(t, beyond_the_limit_all_share_one_row);
	tcase_add_test(t, nobody_takes_the_shared_row_by_its_name);
	tcase_add_test(t, sorted_has_every_item_in_order_and_the_shared_one_last);
	return suite_run(s);
}

/* SPDX-License-Identifier: MIT */

#include "base/list.h"
#include "base/bytes.h"
#include "support/suite.h"

#include <stdint.h>
#include <stdlib.h>

START_TEST(a_list_keeps_its_items_while_it_grows)
{
	uint32_t *list = NULL;
	size_t    num = 0, room = 0;

	while (num < 1000) {
		ck_assert(list_has_room(&list, num, &room, sizeof(*list)));
		list[num] = (uint32_t)num;
		num++;
	}
	for (size_t i = 0; i < num; i++)
		ck_assert_uint_eq(list[i], i);
	ck_assert_uint_ge(room, num);
	free(list);
}

START_TEST(a_list_with_room_stays_where_it_is)
{
	uint32_t *list = NULL, *before;
	size_t    room = 0;

	ck_assert(list_has_room(&list, 0, &room, sizeof(*list)));
	before = list;
	for (size_t num = 0; num < room; num++)
		ck_assert(list_has_room(&list, num, &room, sizeof(*list)));
	ck_assert_ptr_eq(list, before);
	free(list);
}

/* What no memory can hold. */
START_TEST(without_memory_all_is_as_it_was)
{
	char  *list = malloc(8), *before = list;
	size_t room = SIZE_MAX / 4;

	ck_assert(!list_has_room(&list, room, &room, 8));
	ck_assert_ptr_eq(list, before);
	ck_assert_uint_eq(room, SIZE_MAX / 4);
	free(list);
}

int main(void)
{
	Suite *s = suite_create("list");
	TCase *t = tcase_create("list");

	tcase_add_test(t, a_list_keeps_its_items_while_it_grows);
	tcase_add_test(t, a_list_with_room_stays_where_it_is);
	tcase_add_test(t, without_memory_all_is_as_it_was);
	suite_add_tcase(s, t);
	return suite_run(s);
}

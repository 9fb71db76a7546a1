/* SPDX-License-Identifier: MIT */

/* Which names are found, for how long, and what one client can do to the others'. */

#include "engine/questions.h"
#include "support/suite.h"

#include <pthread.h>
#include <stdio.h>

#define NOW_US INT64_C(1800000000000000)
#define SECOND INT64_C(1000000)

static struct questions *questions;

static void begin(void)
{
	questions = questions_new(1024, 1);
	ck_assert_ptr_nonnull(questions);
}

static void end(void)
{
	questions_free(questions);
}

static struct address client(uint8_t number)
{
	return (struct address){ .family = 4, .at = { 192, 0, 2, number } };
}

static void note_of(const struct address *from, const char *name)
{
	questions_note(questions, from, host_literal(name), NOW_US);
}

static bool has(const char *name)
{
	return questions_has(questions, host_literal(name), NOW_US);
}

static const struct { const char *name; bool is_found; } names[] = {
	{ "b.example", true }, { "a.b.example", true }, { "example", false },
	{ "x.a.b.example", false }, { "a.example", false }, { "c.b.example", false },
	{ "a.b", false }, { "ample", false }, { "org", false },
};

START_TEST(a_name_is_found_and_the_domains_it_lies_in)
{
	struct address from = client(2);

	ck_assert(!has(names[_i].name));
	note_of(&from, "a.b.example");
	ck_assert_msg(has(names[_i].name) == names[_i].is_found, "%s", names[_i].name);
}

START_TEST(of_a_name_of_many_labels_the_upper_ten_are_found_and_the_whole)
{
	struct address from = client(2);

	note_of(&from, "l.k.j.i.h.g.f.e.d.c.b.a");
	ck_assert(has("l.k.j.i.h.g.f.e.d.c.b.a"));
	ck_assert(!has("k.j.i.h.g.f.e.d.c.b.a"));
	ck_assert(has("j.i.h.g.f.e.d.c.b.a"));
	ck_assert(has("b.a"));
}

/* Seconds from the question on. */
static const struct { int64_t later; bool is_found; } lives[] = {
	{ 0, true }, { QUESTIONS_LIFE_S, true }, { QUESTIONS_LIFE_S + 1, false }, { 86400, false },
	/* another worker's clock was read a little earlier; one that was set back by far */
	{ -1, true }, { -86400, false },
};

START_TEST(a_name_is_forgotten_after_its_life)
{
	struct address from = client(2);

	note_of(&from, "a.example");
	ck_assert_int_eq(questions_has(questions, host_literal("a.example"),
	                               NOW_US + lives[_i].later * SECOND), lives[_i].is_found);
}

START_TEST(a_name_asked_for_again_lives_anew)
{
	struct address from = client(2);

	note_of(&from, "a.example");
	questions_note(questions, &from, host_literal("a.example"),
	               NOW_US + QUESTIONS_LIFE_S * SECOND);
	ck_assert(questions_has(questions, host_literal("a.example"),
	                        NOW_US + 2 * QUESTIONS_LIFE_S * SECOND));
}

/* Of as many clients, with a name each, how many names are left after one more asked for many? */
static unsigned left_after_flood(bool is_ipv6)
{
	struct address flooder = { .family = 4, .at = { 10, 0, 0, 1 } };
	unsigned       left    = 0;
	char           name[32];

	for (uint8_t i = 0; i < 200; i++) {
		struct address from = client(i);

		snprintf(name, sizeof(name), "client%u", i);
		note_of(&from, name);
	}
	if (is_ipv6)
		flooder = (struct address){ .family = 6, .at = { 0x20, 1, 0xd, 0xb8 } };
	for (unsigned i = 0; i < 100000; i++) {
		if (is_ipv6) {
			flooder.at[14] = (uint8_t)(i >> 8);
			flooder.at[15] = (uint8_t)i;
		}
		snprintf(name, sizeof(name), "flood%u", i);
		note_of(&flooder, name);
	}
	for (unsigned i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "client%u", i);
		left += has(name);
	}
	return left;
}

/* Three quarters of them, less those that pushed out each other. */
START_TEST(one_client_cannot_push_out_the_names_of_most_others)
{
	ck_assert_uint_gt(left_after_flood(false), 120);
}

START_TEST(a_network_of_ipv6_is_one_client)
{
	ck_assert_uint_gt(left_after_flood(true), 120);
}

START_TEST(any_number_of_names_has_room_for_one)
{
	struct address    from = client(2);
	struct questions *few  = questions_new((size_t)_i, 7);

	ck_assert_ptr_nonnull(few);
	questions_note(few, &from, host_literal("a"), NOW_US);
	ck_assert(questions_has(few, host_literal("a"), NOW_US));
	questions_free(few);
}

static void *write_many(void *argument)
{
	struct address from = client(*(const uint8_t *)argument);
	char           name[32];

	for (unsigned i = 0; i < 20000; i++) {
		snprintf(name, sizeof(name), "n%u.example", i % 5000);
		questions_note(questions, &from, host_literal(name),
		               NOW_US - INT64_C(3600) * SECOND);
	}
	return NULL;
}

/* What the others write is old: it must never look new beside what is written now. */
START_TEST(names_of_threads_at_the_same_time_do_not_mix)
{
	static uint8_t numbers[] = { 2, 3, 4 };
	pthread_t      threads[COUNT(numbers)];
	struct address from = client(2);
	char           name[32];

	for (size_t i = 0; i < COUNT(numbers); i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, write_many, &numbers[i]), 0);
	for (unsigned i = 0; i < 20000; i++) {
		snprintf(name, sizeof(name), "n%u.example", i % 5000);
		ck_assert(!has(name));
		note_of(&from, "now.example.org");
	}
	for (size_t i = 0; i < COUNT(numbers); i++)
		pthread_join(threads[i], NULL);
}

int main(void)
{
	Suite *s = suite_create("questions");
	TCase *t = tcase_create("questions");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_loop_test(t, a_name_is_found_and_the_domains_it_lies_in, 0, COUNT(names));
	tcase_add_test(t, of_a_name_of_many_labels_the_upper_ten_are_found_and_the_whole);
	tcase_add_loop_test(t, a_name_is_forgotten_after_its_life, 0, COUNT(lives));
	tcase_add_test(t, a_name_asked_for_again_lives_anew);
	tcase_add_test(t, one_client_cannot_push_out_the_names_of_most_others);
	tcase_add_test(t, a_network_of_ipv6_is_one_client);
	tcase_add_loop_test(t, any_number_of_names_has_room_for_one, 0, 20);
	tcase_add_test(t, names_of_threads_at_the_same_time_do_not_mix);
	suite_add_tcase(s, t);
	return suite_run(s);
}

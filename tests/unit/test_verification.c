/* SPDX-License-Identifier: MIT */

/* What the last verification found, over a folder of its own: kept, forgotten, and unreadable. */

#include "daemon/verification.h"
#include "base/bytes.h"
#include "os/files.h"
#include "support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOW_US INT64_C(1795442709000000)

static struct settings     settings;
static struct verification v;
static char                path[SETTINGS_TEXT_MAX + 16];

static void begin(void)
{
	char folder[] = "/tmp/filterd-verified-XXXXXX";

	ck_assert_ptr_nonnull(mkdtemp(folder));
	settings_default(&settings);
	snprintf(settings.keys, sizeof(settings.keys), "%s", folder);
	snprintf(path, sizeof(path), "%s/verified", folder);
}

static void end(void)
{
	unlink(path);
	rmdir(settings.keys);
}

START_TEST(what_was_found_outlives_a_restart)
{
	static const struct { const char *word; enum status_verified result; } results[] = {
		{ "not-sound", VERIFIED_NOT_SOUND }, { "declared", VERIFIED_DECLARED },
		{ "complete", VERIFIED_COMPLETE },
	};

	verification_open(&v, &settings);
	ck_assert_int_eq(v.result, VERIFIED_NEVER);
	for (size_t i = 0; i < COUNT(results); i++) {
		verification_take(&v, results[i].word, NOW_US + (int64_t)i);
		ck_assert(v.is_of_now);
		verification_open(&v, &settings);
		ck_assert_int_eq(v.result, results[i].result);
		ck_assert_int_eq(v.us, NOW_US + (int64_t)i);
		ck_assert(!v.is_of_now);
	}
}

START_TEST(a_word_that_is_no_result_changes_nothing)
{
	verification_open(&v, &settings);
	verification_take(&v, "not-sound", NOW_US);
	verification_take(&v, "", NOW_US + 1);
	verification_take(&v, "soundness", NOW_US + 1);
	ck_assert_int_eq(v.result, VERIFIED_NOT_SOUND);
	ck_assert_int_eq(v.us, NOW_US);
}

static const char *const unreadable[] = {
	"", "\n", "complete", "complete \n", "complete 2026-11-30T09:00:00Z", " 2026-11-30T09:00:00Z\n",
	"complete yesterday\n", "sound 2026-11-30T09:00:00Z\n", "complete\n",
};

START_TEST(what_cannot_be_read_is_never)
{
	ck_assert_int_eq(files_replace(path, bytes_text(unreadable[_i]), 0600), 0);
	verification_open(&v, &settings);
	ck_assert_int_eq(v.result, VERIFIED_NEVER);
}

int main(void)
{
	Suite *s = suite_create("verification");
	TCase *t = tcase_create("verification");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, what_was_found_outlives_a_restart);
	tcase_add_test(t, a_word_that_is_no_result_changes_nothing);
	tcase_add_loop_test(t, what_cannot_be_read_is_never, 0, COUNT(unreadable));
	suite_add_tcase(s, t);
	return suite_run(s);
}

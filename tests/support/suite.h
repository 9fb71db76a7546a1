/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_SUITE_H
#define TESTS_SUPPORT_SUITE_H

/*
 * Suite: what every unit test's main() does: run one Check suite, speak TAP, fail if a case fails.
 */

#include <check.h>
#include <stdlib.h>

#include "base/bytes.h"

static inline int suite_run(Suite *s)
{
	SRunner *r = srunner_create(s);
	int      failed;

	srunner_set_tap(r, "-");
	srunner_run_all(r, CK_SILENT);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Does this view hold exactly the bytes of a literal? */
#define ck_assert_bytes(view, literal) \
	ck_assert_msg(bytes_equal((view), BYTES(literal)), "expected %s, got '%.*s'", #literal, \
	              (int)(view).len, (view).len ? (const char *)(view).at : "")

#endif

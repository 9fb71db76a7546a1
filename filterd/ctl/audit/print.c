/* SPDX-License-Identifier: MIT */

#include "ctl/audit/print.h"

#include "ctl/audit/show.h"

#include <stdio.h>

int audit_print(const struct audit_options *o, struct sheet *s)
{
	bool        failed = s->failed;
	int64_t     first_us, last_us;
	struct text t;
	struct json j = json_into(&t);

	text_to(&t, stdout);
	if (o->format == FORMAT_CSV) {
		sheet_write_csv(&t, s);
	} else if (o->format == FORMAT_JSON) {
		json_object(&j, NULL);
		sheet_write_json(&j, s);
		json_end(&j);
		text_put(&t, "\n");
	} else {
		failed |= !sheet_write_text(&t, s, show_columns());
		if (sheet_times(s, &first_us, &last_us))
			show_zone(&t, first_us, last_us);
	}
	text_end(&t);
	sheet_free(s);
	if (fflush(stdout) != 0 || ferror(stdout))
		failed = true;
	return failed ? complain(EXIT_IO, o->who, "the table could not be printed whole") : 0;
}

/* SPDX-License-Identifier: MIT */

#include "ctl/audit/show.h"

#include "base/plain.h"
#include "base/timezone.h"
#include "log/scan.h"
#include "review/people.h"

#include <sys/ioctl.h>
#include <unistd.h>

void show_text(struct text *t, struct bytes escaped, size_t width)
{
	uint8_t       room[2048];
	struct writer w = writer_over(room, sizeof(room));

	scan_text(&w, escaped);
	if (width == SHOW_ALL)
		plain_text(t, writer_written(&w), width);
	else
		plain_column(t, writer_written(&w), width);
}

size_t show_columns(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 ||
	    size.ws_col == 0)
		return SHOW_ALL;
	return size.ws_col;
}

void show_zone(struct text *t, int64_t from_us, int64_t to_us)
{
	if (timezone_is_utc())
		return;
	text_put(t, "times are those of ");
	people_write_zone(text_room(t, 160), from_us, to_us);
	text_put(t, "\n");
}

int show_sheet(const struct audit_options *o, struct sheet *s)
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

/* SPDX-License-Identifier: MIT */

/* A sorted array; a file has few lines and is read once. */

#include "review/acks.h"

#include "base/json.h"
#include "base/instant.h"
#include "base/list.h"
#include "log/scan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void acks_free(struct acks *a)
{
	free(a->list);
	*a = (struct acks){ 0 };
}

/* Its index, or the index to insert it. */
static size_t acks_place_of(const struct acks *a, struct bytes device)
{
	size_t low = 0, high = a->num;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (bytes_compare(device, bytes_text(a->list[middle].device)) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct ack *acks_find(const struct acks *a, struct bytes device)
{
	size_t place = acks_place_of(a, device);

	return place < a->num && bytes_equal(device, bytes_text(a->list[place].device))
	               ? &a->list[place]
	               : NULL;
}

bool ack_returned(const struct ack *ack, int64_t last_us)
{
	return last_us > ack->time_us;
}

int acks_put(struct acks *a, const struct ack *ack)
{
	struct bytes device = bytes_text(ack->device);
	size_t       place  = acks_place_of(a, device);

	if (acks_find(a, device) != NULL) {
		a->list[place] = *ack;
		return 0;
	}
	if (a->num == ACKS_MAX)
		return -ENOSPC;
	if (!list_has_room(&a->list, a->num, &a->room, sizeof(*ack)))
		return -ENOMEM;
	memmove(&a->list[place + 1], &a->list[place], (a->num - place) * sizeof(*a->list));
	a->list[place] = *ack;
	a->num++;
	return 0;
}

bool acks_remove(struct acks *a, struct bytes device)
{
	size_t place = acks_place_of(a, device);

	if (acks_find(a, device) == NULL)
		return false;
	memmove(&a->list[place], &a->list[place + 1], (a->num - place - 1) * sizeof(*a->list));
	a->num--;
	return true;
}

/* False if it is too long, or has a NUL. */
static bool acks_take_text(char *to, size_t room, struct bytes escaped)
{
	struct writer w = writer_over(to, room - 1);

	scan_text(&w, escaped);
	to[w.len] = '\0';
	return !w.full && strlen(to) == w.len;
}

static bool take_member(struct scan *s, struct ack *out, bool *has_time)
{
	struct bytes name, value;

	if (!scan_name(s, &name) || !scan_string(s, &value))
		return false;
	scan_skip_space(s);
	if (bytes_equal(name, BYTES("device")))
		return acks_take_text(out->device, sizeof(out->device), value);
	if (bytes_equal(name, BYTES("by")))
		return acks_take_text(out->by, sizeof(out->by), value);
	if (bytes_equal(name, BYTES("note")))
		return acks_take_text(out->note, sizeof(out->note), value);
	if (bytes_equal(name, BYTES("time")))
		*has_time = instant_parse(value, &out->time_us) == PARSE_OK;
	return true;
}

/* Unknown members are skipped if they are strings. */
static bool acks_read_line(struct bytes line, struct ack *out)
{
	struct scan s        = scan_over(line);
	bool        has_time = false;

	*out = (struct ack){ .device = "" };
	scan_skip_space(&s);
	if (!scan_take(&s, '{'))
		return false;
	do {
		if (!take_member(&s, out, &has_time))
			return false;
	} while (scan_take(&s, ','));
	if (!scan_take(&s, '}'))
		return false;
	scan_skip_space(&s);
	return s.at == s.end && has_time && out->device[0] != '\0';
}

static int acks_complain(struct problem *problem, int error, const char *file, unsigned line,
                         const char *what)
{
	return problem_say(problem, error, "%.300s: line %u: %s", file, line, what);
}

static int acks_take_line(struct acks *a, struct bytes line, const char *file, unsigned number,
                          struct problem *problem)
{
	struct ack ack;
	int        error;

	if (line.len == 0)
		return 0;
	if (line.len > ACKS_LINE_MAX || !acks_read_line(line, &ack))
		return acks_complain(problem, -EINVAL, file, number,
		                     "expected "
		                     "{\"device\":\"...\",\"time\":\"2026-11-20T10:00:00Z\",\"by\":"
		                     "\"...\",\"note\":\"...\"}");
	error = acks_put(a, &ack);
	if (error != 0)
		acks_complain(problem, error, file, number,
		              error == -ENOSPC ? "there are more devices than anybody has"
		                               : "not enough memory");
	return error;
}

int acks_read(struct bytes content, const char *file, struct acks *out, struct problem *problem)
{
	unsigned number = 0;
	int      error  = 0;

	*out = (struct acks){ 0 };
	while (content.len > 0 && error == 0)
		error = acks_take_line(out, bytes_cut_line(&content), file, ++number, problem);
	if (error != 0)
		acks_free(out);
	return error;
}

void ack_write(struct writer *w, const struct ack *ack)
{
	struct json j = json_over(w);

	json_object(&j, NULL);
	json_text(&j, "device", ack->device);
	json_time(&j, "time", ack->time_us);
	json_text(&j, "by", ack->by);
	json_text(&j, "note", ack->note);
	json_end(&j);
	write_text(w, "\n");
}

/* SPDX-License-Identifier: MIT */

#include "review/export_json.h"

#include "base/instant.h"

static void export_json_put_name(struct json_out *j, const char *name)
{
	text_put(j->text, j->comma ? ",\"" : "\"");
	text_put(j->text, name);
	text_put(j->text, "\":");
	j->comma = true;
}

void out_open(struct json_out *j, const char *name)
{
	if (name != NULL)
		export_json_put_name(j, name);
	text_put(j->text, "{");
	j->comma = false;
}

void out_close(struct json_out *j)
{
	text_put(j->text, "}");
	j->comma = true;
}

void out_raw(struct json_out *j, const char *name, const char *json)
{
	export_json_put_name(j, name);
	text_put(j->text, json);
}

void out_word(struct json_out *j, const char *name, const char *text)
{
	out_string(j, name, bytes_text(text));
}

void out_string(struct json_out *j, const char *name, struct bytes escaped)
{
	if (escaped.len == 0)
		return;
	export_json_put_name(j, name);
	text_put(j->text, "\"");
	text_bytes(j->text, escaped);
	text_put(j->text, "\"");
}

void out_number(struct json_out *j, const char *name, uint64_t number)
{
	export_json_put_name(j, name);
	write_decimal(text_room(j->text, 20), number);
}

void out_number_text(struct json_out *j, const char *name, uint64_t number)
{
	uint8_t       room[20];
	struct writer w = writer_over(room, sizeof(room));

	write_decimal(&w, number);
	out_string(j, name, writer_written(&w));
}

void out_time(struct json_out *j, const char *name, int64_t us)
{
	export_json_put_name(j, name);
	text_put(j->text, "\"");
	instant_write(text_room(j->text, 64), us);
	text_put(j->text, "\"");
}

void out_milliseconds(struct json_out *j, const char *name, int64_t us)
{
	out_number(j, name, us > 0 ? (uint64_t)us / 1000 : 0);
}

void out_own(struct json_out *j, const struct entry *e, const struct export_source *from)
{
	out_open(j, "filterd");
	out_word(j, "type", entry_type_name(e->type));
	out_string(j, "host", e->host);
	out_string(j, "wire", e->wire);
	out_string(j, "rule", e->rule);
	out_string(j, "category", e->category);
	out_string(j, "waiver", e->waiver);
	out_string(j, "until", e->until);
	if (e->waiver.len > 0)
		out_string(j, "reason", e->reason);
	out_string(j, "by", e->by);
	out_string(j, "policy", e->policy);
	out_string(j, "device", e->device);
	out_string(j, "name", e->name);
	out_string(j, "reply", e->reply);
	out_number(j, "count", e->count);
	out_string(j, "folded", e->folded);
	out_number(j, "seq", from->seq);
	out_close(j);
}

/* SPDX-License-Identifier: MIT */

/*
 * gather against a plain model of it: an array of what each byte is, if known. The input is a list
 * of operations: where a segment begins, how long it is, what it says.
 */

#include "flow/gather.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define FIRST 0xffffff00u       /* so that sequence numbers wrap */

static int16_t model[GATHER_MAX];       /* -1: not known */

static size_t known_prefix(void)
{
	size_t len = 0;

	while (len < GATHER_MAX && model[len] >= 0)
		len++;
	return len;
}

static bool model_contradicts(size_t at, struct bytes data)
{
	for (size_t i = 0; i < data.len && at + i < GATHER_MAX; i++) {
		if (model[at + i] >= 0 && model[at + i] != data.at[i])
			return true;
	}
	return false;
}

static void model_store(size_t at, struct bytes data)
{
	for (size_t i = 0; i < data.len && at + i < GATHER_MAX; i++)
		model[at + i] = data.at[i];
}

static void model_skip(size_t len)
{
	for (size_t i = 0; i < GATHER_MAX; i++)
		model[i] = i + len < GATHER_MAX ? model[i + len] : -1;
}

static void check(const struct gather *g)
{
	struct bytes prefix = gather_prefix(g);

	if (prefix.len != known_prefix())
		abort();
	for (size_t i = 0; i < prefix.len; i++) {
		if (prefix.at[i] != model[i])
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct gather_pool *pool;
	static uint8_t             segment[4096], room[GATHER_MAX];
	struct reader              r     = reader_over(bytes_of(data, len), PARSE_BAD);
	struct gather             *owner = NULL, *g;
	uint32_t                   first = FIRST;

	if (pool == NULL && (pool = gather_pool_new(2)) == NULL)
		abort();
	memset(model, 0xff, sizeof(model));
	g = gather_take(pool, &owner, 0, first, true);
	for (int i = 0; i < 64 && reader_has_more(&r); i++) {
		uint8_t      what = read_u8(&r);
		size_t       at   = read_u16(&r) % GATHER_MAX, num = read_u16(&r) % sizeof(segment);
		struct bytes part = bytes_of(segment, num);

		if (what >= 250) {
			gather_skip(g, (uint32_t)at);
			first += (uint32_t)at;
			model_skip(at);
		} else {
			bool clash;

			/* Mostly agreeing: a byte says where it stands in the stream. */
			for (size_t b = 0; b < num; b++)
				segment[b] = (uint8_t)((first + at + b) * 31 +
				                       (what >= 240 && b == num / 2));
			clash = model_contradicts(at, part);
			gather_overlay(g, first + (uint32_t)at, part, room);
			if ((gather_add(pool, g, first + (uint32_t)at, part) ==
			     GATHERED_CONFLICT) != clash)
				abort();
			if (!clash)
				model_store(at, part);
		}
		check(g);
	}
	gather_put(pool, &owner);
	return 0;
}

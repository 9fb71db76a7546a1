/* SPDX-License-Identifier: MIT */

/*
 * A stream that is cut into segments, shuffled and partly sent twice comes to the same names and
 * the same verdict as whole. The first eight bytes of the input say how it is cut, the others are
 * the stream.
 */

#include "support/streams.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define STREAM_MAX   8192       /* bytes: within what is looked at */
#define SEGMENTS_MAX 32

static uint64_t state;

static uint32_t next(uint32_t below)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(state >> 33) % below;
}

static struct stream_result whole(struct bytes all, enum http_requests requests)
{
	struct stream s;

	stream_open(&s, requests);
	stream_cut(&s, all, 0, all.len);
	return stream_close(&s);
}

static struct stream_result in_pieces(struct bytes all, enum http_requests requests)
{
	size_t        cuts[SEGMENTS_MAX + 1], order[SEGMENTS_MAX], num = 1 + next(SEGMENTS_MAX);
	struct stream s;

	cuts[0]   = 0;
	cuts[num] = all.len;
	for (size_t i = 1; i < num; i++)
		cuts[i] = next((uint32_t)all.len + 1);
	for (size_t i = 1; i < num; i++) {              /* few: sorted by exchange */
		for (size_t j = i; j > 1 && cuts[j] < cuts[j - 1]; j--) {
			size_t higher = cuts[j - 1];

			cuts[j - 1] = cuts[j];
			cuts[j]     = higher;
		}
	}
	for (size_t i = 0; i < num; i++) {
		size_t other = next((uint32_t)i + 1);

		order[i]     = order[other];
		order[other] = i;
	}
	stream_open(&s, requests);
	for (size_t i = 0; i < num; i++) {
		/* some reach into the next ones */
		size_t n = order[i], more = next(4) == 0 ? next(40) : 0;

		stream_cut(&s, all, cuts[n],
		           cuts[n + 1] + more < all.len ? cuts[n + 1] + more : all.len);
		if (next(8) == 0)
			stream_cut(&s, all, cuts[n], cuts[n + 1]);
	}
	return stream_close(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reader        r = reader_over(bytes_of(data, len), PARSE_BAD);
	uint64_t             seed = (uint64_t)read_u32(&r) << 32 | read_u32(&r);
	struct bytes         all  = bytes_first(r.left, STREAM_MAX);
	struct stream_result a, b;

	if (all.len == 0)
		return 0;
	state = seed;
	a     = whole(all, seed & 1 ? HTTP_ALL : HTTP_FIRST);
	b     = in_pieces(all, seed & 1 ? HTTP_ALL : HTTP_FIRST);
	if (!stream_says_as_much(&b, &a))
		abort();
	return 0;
}

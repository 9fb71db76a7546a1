/* SPDX-License-Identifier: MIT */

/*
 * The first byte tells the formats apart. libpcap reads pcap; time stamps are requested in
 * nanoseconds so that none is rounded up into the next second. libpcap refuses pcapng files whose
 * interfaces differ, so wire/pcapng.c reads their blocks. The file is opened here, so that it is
 * read in large pieces.
 */

#include "queue/pcap.h"

#include "wire/pcapng.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_A_US      1000
#define PCAPNG_FIRST 0x0a       /* of a section header; no pcap file begins with it */
/* stdio's own 4 KiB cost a fifth of the time on a large capture; more gains nothing */
#define PIECE_BYTES  (64 * 1024)
#define BLOCK_ROOM   (128 * 1024)       /* initially; the largest IP packet fits */

struct capture {
	const char   *path;             /* borrowed */
	uint64_t      number;
	int64_t       last_us;          /* of the last packet with a time stamp */
	FILE         *file;             /* the pcap's, if there is one */
	pcap_t       *pcap;             /* NULL: pcapng */
	struct pcapng pcapng;
	uint8_t      *block;
	size_t        room;             /* bytes there */
	uint64_t      offset;           /* offset of the next block in the file */
	char          piece[PIECE_BYTES]; /* offset in the file of the last read */
};

/* The head of the next block; empty at the end of the file. */
static int capture_read_block(struct capture *c, struct bytes *block_out,
                              struct problem *problem_out)
{
	size_t   got = fread(c->block, 1, PCAPNG_HEAD, c->file);
	uint32_t len = PCAPNG_HEAD;

	*block_out = (struct bytes){ 0 };
	if (got == 0 && !ferror(c->file))
		return 0;
	if (got == PCAPNG_HEAD) {
		uint8_t *block;

		if (pcapng_begin(&c->pcapng, bytes_of(c->block, got), &len, problem_out) !=
		    PARSE_OK)
			return -EINVAL;
		block = len > c->room ? realloc(c->block, len) : c->block;
		if (block == NULL) {
			snprintf(problem_out->text, PROBLEM_MAX, "not enough memory");
			return -ENOMEM;
		}
		c->room  = len > c->room ? len : c->room;
		c->block = block;
		got += fread(block + got, 1, len - got, c->file);
	}
	*block_out = bytes_of(c->block, got);
	if (got == len)
		return 0;
	if (ferror(c->file))
		snprintf(problem_out->text, PROBLEM_MAX, "%s", strerror(errno));
	else
		snprintf(problem_out->text, PROBLEM_MAX,
		         "expected a block of %u bytes, the file ends after %zu", len, got);
	return -EINVAL;
}

/* PARSE_OK and a packet; PARSE_MORE at the end of the file. */
static enum parse capture_next_block(struct capture *c, struct pcapng_packet *out,
                                     struct problem *problem_out)
{
	enum parse     status = PARSE_MORE;
	struct problem what;

	while (status == PARSE_MORE) {
		struct bytes block;

		if (capture_read_block(c, &block, &what) != 0)
			status = PARSE_BAD;
		else if (block.len == 0)
			return PARSE_MORE;
		else
			status = pcapng_read(&c->pcapng, block, out, &what);
		if (status == PARSE_BAD || (status == PARSE_OK && out->has_odd_time))
			snprintf(problem_out->text, PROBLEM_MAX, "block at byte %llu: %.200s",
			         (unsigned long long)c->offset, what.text);
		c->offset += block.len;
	}
	return status;
}

/* The first block must be a section's header. */
static bool capture_begin_pcapng(struct capture *c, struct problem *problem_out)
{
	struct pcapng_packet none;
	struct bytes         block;

	c->room  = BLOCK_ROOM;
	c->block = malloc(c->room);
	if (c->block == NULL) {
		snprintf(problem_out->text, PROBLEM_MAX, "not enough memory");
		return false;
	}
	if (capture_read_block(c, &block, problem_out) != 0 ||
	    pcapng_read(&c->pcapng, block, &none, problem_out) == PARSE_BAD)
		return false;
	c->offset = block.len;
	return true;
}

static bool capture_begin(struct capture *c, struct problem *problem_out)
{
	char words[PCAP_ERRBUF_SIZE] = "";
	int  first;

	c->file = strcmp(c->path, "-") == 0 ? stdin : fopen(c->path, "rbe");
	if (c->file == NULL) {
		snprintf(problem_out->text, PROBLEM_MAX, "%s", strerror(errno));
		return false;
	}
	if (c->file != stdin)
		setvbuf(c->file, c->piece, _IOFBF, sizeof(c->piece));
	first = getc(c->file);
	ungetc(first, c->file);
	if (first == PCAPNG_FIRST)
		return capture_begin_pcapng(c, problem_out);
	c->pcap = pcap_fopen_offline_with_tstamp_precision(c->file, PCAP_TSTAMP_PRECISION_NANO,
	                                                   words);
	snprintf(problem_out->text, PROBLEM_MAX, "%.250s", words);
	return c->pcap != NULL;
}

int capture_open(const char *path, struct capture **capture_out, struct problem *problem_out)
{
	struct capture *c = calloc(1, sizeof(*c));
	struct problem  what;

	if (c == NULL)
		return -ENOMEM;
	c->path = path;
	if (!capture_begin(c, &what)) {
		snprintf(problem_out->text, PROBLEM_MAX,
		         "%.200s: cannot be read as a capture: %.250s", path, what.text);
		capture_close(c);
		return -EINVAL;
	}
	*capture_out = c;
	return 0;
}

void capture_close(struct capture *c)
{
	if (c == NULL)
		return;
	if (c->pcap != NULL)
		pcap_close(c->pcap);    /* and the file */
	else if (c->file != NULL && c->file != stdin)
		fclose(c->file);
	free(c->block);
	free(c);
}

static enum parse capture_next_pcapng(struct capture *c, struct captured *out,
                                      struct problem *problem_out)
{
	struct pcapng_packet packet;
	enum parse           status = capture_next_block(c, &packet, problem_out);

	if (status != PARSE_OK)
		return status;
	if (packet.has_time)
		c->last_us = packet.time_us;
	*out = (struct captured){
		.frame        = packet.frame,
		.linktype     = packet.linktype,
		.cut          = packet.sent_len > packet.frame.len,
		.has_time     = packet.has_time,
		.has_odd_time = packet.has_odd_time,
		.time_us      = c->last_us,
	};
	return PARSE_OK;
}

static enum parse capture_next_pcap(struct capture *c, struct captured *out,
                                    struct problem *problem_out)
{
	struct pcap_pkthdr *header;
	const u_char       *data;

	switch (pcap_next_ex(c->pcap, &header, &data)) {
	case 1:
		break;
	case PCAP_ERROR_BREAK:
		return PARSE_MORE;
	default:
		snprintf(problem_out->text, PROBLEM_MAX, "%.250s", pcap_geterr(c->pcap));
		return PARSE_BAD;
	}
	*out = (struct captured){
		.frame    = bytes_of(data, header->caplen),
		.linktype = pcap_datalink(c->pcap),
		.cut      = header->len > header->caplen,
		.has_time = true,
		/* seconds have 32 unsigned bits in the file */
		.time_us  = (int64_t)(uint32_t)header->ts.tv_sec * 1000000 +
		            header->ts.tv_usec / NS_A_US,
	};
	return PARSE_OK;
}

enum parse capture_next(struct capture *c, struct captured *out, struct problem *problem_out)
{
	struct problem what;
	enum parse     status = c->pcap != NULL ? capture_next_pcap(c, out, &what)
	                                        : capture_next_pcapng(c, out, &what);

	if (status == PARSE_OK)
		out->number = ++c->number;
	if (status == PARSE_OK && out->has_odd_time)
		snprintf(problem_out->text, PROBLEM_MAX, "%.200s: packet %llu: %.250s", c->path,
		         (unsigned long long)c->number, what.text);
	if (status == PARSE_BAD)
		snprintf(problem_out->text, PROBLEM_MAX,
		         "%.200s: damaged after packet %llu: %.250s", c->path,
		         (unsigned long long)c->number, what.text);
	return status;
}

uint64_t capture_num_lost(const struct capture *c)
{
	return pcapng_num_lost(&c->pcapng);
}

/* SPDX-License-Identifier: MIT */

/*
 * libpcap reads both formats; time stamps are asked for in nanoseconds so that none is rounded up
 * into the next second. The file is opened here, so that it is read in large pieces.
 */

#include "queue/pcap.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_A_US     1000
/* stdio's own 4 KiB cost a fifth of the time of a large capture; more gains nothing */
#define PIECE_BYTES (64 * 1024)

struct capture {
	pcap_t     *pcap;
	const char *path;               /* borrowed */
	uint64_t    number;
	char        piece[PIECE_BYTES]; /* of the file, as read last */
};

static pcap_t *pcap_open_file(struct capture *c, const char *path, char words[PCAP_ERRBUF_SIZE])
{
	FILE   *file = fopen(path, "rbe");
	pcap_t *pcap;

	if (file == NULL) {
		snprintf(words, PCAP_ERRBUF_SIZE, "%s", strerror(errno));
		return NULL;
	}
	setvbuf(file, c->piece, _IOFBF, sizeof(c->piece));
	pcap = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, words);
	if (pcap == NULL)
		fclose(file);
	return pcap;
}

int capture_open(const char *path, struct capture **capture_out, struct problem *problem_out)
{
	char            words[PCAP_ERRBUF_SIZE] = "";
	struct capture *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return -ENOMEM;
	c->path = path;
	c->pcap = strcmp(path, "-") == 0 ? pcap_fopen_offline_with_tstamp_precision(
						   stdin, PCAP_TSTAMP_PRECISION_NANO, words)
	                                 : pcap_open_file(c, path, words);
	if (c->pcap == NULL) {
		snprintf(problem_out->text, PROBLEM_MAX,
		         "%.200s: cannot be read as a capture: %.250s", path, words);
		free(c);
		return -EINVAL;
	}
	*capture_out = c;
	return 0;
}

void capture_close(struct capture *c)
{
	if (c == NULL)
		return;
	pcap_close(c->pcap);
	free(c);
}

enum parse capture_next(struct capture *c, struct captured *out, struct problem *problem_out)
{
	struct pcap_pkthdr *header;
	const u_char       *data;

	switch (pcap_next_ex(c->pcap, &header, &data)) {
	case 1:
		break;
	case PCAP_ERROR_BREAK:
		return PARSE_MORE;
	default:
		snprintf(problem_out->text, PROBLEM_MAX,
		         "%.200s: damaged after packet %llu: %.200s", c->path,
		         (unsigned long long)c->number, pcap_geterr(c->pcap));
		return PARSE_BAD;
	}
	*out = (struct captured){
		.frame    = bytes_of(data, header->caplen),
		.linktype = pcap_datalink(c->pcap),
		.time_us  = (int64_t)header->ts.tv_sec * 1000000 + header->ts.tv_usec / NS_A_US,
		.number   = ++c->number,
	};
	return PARSE_OK;
}

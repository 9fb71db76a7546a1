/* SPDX-License-Identifier: MIT */

/* libpcap reads both formats; time stamps are asked for in nanoseconds so that none is rounded up into the next second. */

#include "os/pcap.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

#define NS_A_US 1000

struct capture {
	pcap_t     *pcap;
	const char *path;               /* borrowed */
	uint64_t    number;
};

int capture_open(const char *path, struct capture **capture_out, struct problem *problem_out)
{
	char            words[PCAP_ERRBUF_SIZE] = "";
	struct capture *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return -ENOMEM;
	c->path = path;
	c->pcap = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, words);
	if (c->pcap == NULL) {
		snprintf(problem_out->text, PROBLEM_MAX, "%.200s: cannot be read as a capture: %.250s", path, words);
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
		snprintf(problem_out->text, PROBLEM_MAX, "%.200s: damaged after packet %llu: %.200s", c->path,
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

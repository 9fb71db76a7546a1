/* SPDX-License-Identifier: MIT */

/*
 * filterctl replay: runs the packets of captures through the engine that serves the queue. Each
 * capture has its own engine with a fixed seed, so the same file always gives the same lines.
 */

#include "ctl/verbs.h"

#include "audit/record.h"
#include "ctl/complain.h"
#include "ctl/options.h"
#include "ctl/summary.h"
#include "ctl/unread.h"
#include "engine/engine.h"
#include "os/files.h"
#include "queue/pcap.h"
#include "wire/link.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHO "filterctl replay"
#define SEED              1
#define FRAGMENTED_AT_ONCE 64   /* packets reassembled from fragments at once */
#define OUTPUT_BUFFER      (1 << 20)
#define LINKTYPES_TOLD     8    /* further ones are skipped without a message */

static const char usage[] =
	"usage: filterctl replay [-c FILE] [--all] [--summary] [--ignore-checksums] CAPTURE...\n"
	"\n"
	"Judges the packets of pcap and pcapng files as the filter would have, at the packets' "
        "time, and prints a\n"
	"record, one per line, for every attempt that is blocked, observed, waived or logged. '-' "
        "is standard input.\n"
	"\n"
	"  -c, --config FILE      configuration, default " CONF_DEFAULT "\n"
	"      --all              also a line for every name that passes (filterd.type is "
	"\"pass\")\n"
	"      --summary          a table of hosts instead of records, and the packets not judged\n"
	"      --ignore-checksums judge packets with wrong checksums, instead of skipping them\n"
	"\n"
	"Exit status: 0; 1 if a capture is damaged (the readable part was judged); 64 wrong "
	"usage; 78 wrong configuration.\n";

struct replay {
	struct settings       settings;
	struct policy        *policy;
	struct engine_rules   rules;
	struct record_context context;
	struct chain          chain;            /* over the records of all captures */
	const char           *capture;          /* the current one */
	struct summary       *summary;          /* NULL: records */
	struct unread        *unread;           /* with a summary */
	int                   told[LINKTYPES_TOLD];
	size_t                num_told;         /* unsupported link types so far */
	bool                  told_time;
	const char           *conf;
	bool                  ignore_checksums, wants_summary, wants_all;
	uint64_t              packet_number;
};

static void replay_report(void *owner, const struct event *e)
{
	static uint8_t line[RECORD_MAX];
	struct replay *r = owner;
	struct writer  w = writer_over(line, sizeof(line));

	if (r->summary != NULL) {
		if (!summary_add(r->summary, e))
			exit(EXIT_FAILURE);
		return;
	}
	record_open(&w, e, &r->context);
	record_count(&w, 1, e->time_us);
	record_packet(&w, r->capture, r->packet_number);
	record_close(&w, &r->chain);
	if (chain_advance(&r->chain, writer_written(&w)) != 0)
		exit(EXIT_FAILURE);
	fwrite(line, 1, w.len, stdout);
}

static void replay_judge(struct replay *r, struct engine *engine, const struct captured *packet)
{
	struct link_frame   frame;
	struct engine_reply reply;
	struct engine_input in = { .now_us = packet->time_us, .clock_untrusted = !packet->has_time,
	                           .sums_settled = r->ignore_checksums, .iface = "" };

	bool                is_readable;

	r->packet_number = packet->number;
	is_readable = link_read(packet->linktype, packet->frame, &frame) == PARSE_OK;
	in.ip       = is_readable ? frame.ip : (struct bytes){ 0 };
	in.has_mac  = frame.has_mac;
	if (frame.has_mac)
		memcpy(in.mac, frame.mac, sizeof(in.mac));
	if (in.ip.len > 0)
		engine_packet(engine, &r->rules, &in, &reply);
	if (r->unread != NULL) {
		struct engine_counts counts = engine_counts(engine);

		unread_note(r->unread, packet, in.ip, is_readable, &counts);
	}
}

/* Names each unsupported link type once. */
static void replay_tell_link(struct replay *r, int linktype)
{
	for (size_t i = 0; i < r->num_told; i++) {
		if (r->told[i] == linktype)
			return;
	}
	if (r->num_told == LINKTYPES_TOLD)
		return;
	r->told[r->num_told++] = linktype;
	fprintf(stderr,
	        "filterctl: %s: link type %d is not supported; its packets are skipped\n",
	        r->capture, linktype);
}

/* Replays all readable packets; false if the file is damaged or not a capture. */
static bool replay_capture(struct replay *r, const char *path)
{
	struct engine_limits limits = {
		.flows           = r->settings.flows,
		.hellos          = r->settings.hellos,
		.fragments       = FRAGMENTED_AT_ONCE,
		.flow_idle_us    = (int64_t)r->settings.flow_idle_s * 1000000,
		.seed            = SEED,
		.both_directions = true,
		.askers          = askers_new(r->settings.flows, SEED, 0),
	};
	struct engine  *engine  = NULL;
	struct capture *capture = NULL;
	struct problem  problem = { "not enough memory" };
	struct captured packet;
	enum parse      status  = PARSE_BAD;

	r->capture   = path;
	r->num_told  = 0;
	r->told_time = false;
	if (limits.askers != NULL)
		engine = engine_new(&limits, replay_report, r);
	if (engine != NULL && capture_open(path, &capture, &problem) == 0) {
		while ((status = capture_next(capture, &packet, &problem)) == PARSE_OK) {
			if (!link_known(packet.linktype))
				replay_tell_link(r, packet.linktype);
			if (packet.has_odd_time && !r->told_time)
				fprintf(stderr, "filterctl: %s; judged as if every date had come\n",
				        problem.text);
			r->told_time |= packet.has_odd_time;
			if (packet.number == 1)
				askers_begin(limits.askers, packet.time_us);
			replay_judge(r, engine, &packet);
		}
	}
	fflush(stdout);
	if (status == PARSE_BAD)
		fprintf(stderr, "filterctl: %s\n", problem.text);
	if (r->summary != NULL) {
		summary_print(r->summary, path);
		unread_print(r->unread, capture != NULL ? capture_num_lost(capture) : 0,
		             status == PARSE_MORE);
	}
	capture_close(capture);
	engine_free(engine);
	askers_free(limits.askers);
	return status == PARSE_MORE && r->num_told == 0 && !r->told_time;
}

/* False: *status_out is the exit status, and a message has been printed. */
static bool replay_read_options(int argc, char **argv, struct replay *r, int *status_out)
{
	const struct own_option own[] = {
		{ "all",              .given = &r->wants_all },
		{ "summary",          .given = &r->wants_summary },
		{ "ignore-checksums", .given = &r->ignore_checksums },
		{ 0 },
	};

	if (!options_read(WHO, argc, argv, usage, own, &r->conf, status_out))
		return false;
	if (optind == argc)
		*status_out = complain_words(usage, WHO, "expected at least one CAPTURE");
	return optind < argc;
}

static bool replay_prepare(struct replay *r)
{
	struct problem problem = { "" };

	if (files_load_settings(r->conf, &r->settings, &problem) != 0 ||
	    files_load_policy(&r->settings, r->conf, &r->policy, &problem) != 0)
		return complain(false, "filterctl", "%s", problem.text);
	r->rules = engine_rules_of(&r->settings, r->policy);
	r->rules.report_passes = r->wants_all;
	r->context = (struct record_context){
		.sensor        = r->settings.sensor[0] != '\0' ? r->settings.sensor : "replay",
		.policy_digest = policy_digest(r->policy),
	};
	return true;
}

int ctl_replay(int argc, char **argv)
{
	struct replay r      = { 0 };
	bool          whole  = true;
	int           status = EXIT_SUCCESS;

	if (!replay_read_options(argc, argv, &r, &status))
		return status;
	if (!replay_prepare(&r))
		return EXIT_CONFIG;
	setvbuf(stdout, NULL, _IOFBF, OUTPUT_BUFFER);
	for (int i = optind; i < argc; i++) {
		if (r.wants_summary && ((r.summary = summary_new()) == NULL ||
		                        (r.unread = unread_new()) == NULL))
			return EXIT_FAILURE;
		whole &= replay_capture(&r, argv[i]);
		summary_free(r.summary);
		unread_free(r.unread);
		r.summary = NULL;
		r.unread  = NULL;
	}
	policy_free(r.policy);
	if (fflush(stdout) != 0) {
		perror("filterctl: standard output");
		return EXIT_FAILURE;
	}
	return whole ? EXIT_SUCCESS : EXIT_FAILURE;
}

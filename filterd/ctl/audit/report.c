/* SPDX-License-Identifier: MIT */

/*
 * filterctl audit report: collects the data of report/report.h in one pass, and writes the report
 * to its destination.
 */

#include "base/timezone.h"
#include "ctl/audit/acks_file.h"
#include "ctl/audit/output.h"
#include "ctl/audit/pass.h"
#include "ctl/audit/verbs.h"
#include "ctl/timezone.h"
#include "os/vendors.h"
#include "report/report_html.h"
#include "review/people.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define WHO          "filterctl audit report"
#define DEFAULT_DAYS 30
#define HOUR_US      INT64_C(3600000000)

static const char usage[] =
	"usage: filterctl audit report [--month MONTH] [-o FILE] [OPTION]... [LOG]...\n"
	"\n"
	"A report on the last 30 days, or on the time given: is the log complete, was the filter "
	"active, which devices\n"
	"still try, what changed. As one page of HTML, as text, or as CSV.\n"
	"\n"
	"  -o, --output FILE   write it there; the suffix .html, .txt or .csv sets the format. An "
	"old FILE is replaced once it is complete\n"
	"      --html, --text  the format, whatever the name of FILE; without both, text to "
	"standard output\n"
	"      --month MONTH   that month: 2026-11, \"last month\"\n"
	"      --fleet DIR     on all gateways whose logs are below DIR, as with --collected; also "
	"says which are silent, which\n"
	"                      run another policy, and what is missing\n"
	"      --acks FILE     notes made with filterctl audit ack; default audit.acks beside the "
	"log\n"
	"\n"
	"  filterctl audit report\n"
	"  filterctl audit report --month \"last month\" -o /srv/reports/filter.html\n"
	"  filterctl audit report --fleet /srv/filterd --key keys/ -o fleet.html\n"
	"\n"
	"Exit status: that of filterctl audit verify; also 74 if the report cannot be written.\n";

enum page { PAGE_UNSAID, PAGE_TEXT, PAGE_HTML, PAGE_CSV };

struct report_options {
	const char *output, *month, *acks, *fleet;
	const char *as;                 /* "html", "text"; NULL: neither */
	enum page   page;
};

static bool audit_report_ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len > end_len && strcasecmp(text + len - end_len, end) == 0;
}

static bool choose_page(const struct audit_options *o, struct report_options *own)
{
	if (own->as != NULL) {
		own->page = strcmp(own->as, "html") == 0 ? PAGE_HTML : PAGE_TEXT;
		return true;
	}
	if (o->format == FORMAT_JSON)
		return complain(false, WHO,
		                "there is no report as JSON; filterctl audit verify --json and "
		                "devices --json are for programs");
	if (o->format == FORMAT_CSV)
		own->page = PAGE_CSV;
	else if (own->output == NULL || audit_report_ends_with(own->output, ".txt"))
		own->page = PAGE_TEXT;
	else if (audit_report_ends_with(own->output, ".html") ||
	         audit_report_ends_with(own->output, ".htm"))
		own->page = PAGE_HTML;
	else if (audit_report_ends_with(own->output, ".csv"))
		own->page = PAGE_CSV;
	return own->page != PAGE_UNSAID ||
	       complain(false, WHO,
	                "-o %s: the name does not end in .html, .txt or .csv; add --html, --text "
	                "or --csv", own->output);
}

/*
 * The newest time of any gateway at most an hour ahead of this machine's clock; if all are further
 * ahead, the newest of all.
 */
static int64_t fleet_end_us(const struct audit_options *o, const struct log_collected *c)
{
	int64_t best = INT64_MIN, any = INT64_MIN;

	for (size_t i = 0; i < log_collected_num(c); i++) {
		int64_t us = log_collected_newest(c, i);

		any = us > any ? us : any;
		if (us <= o->now_us + HOUR_US && us > best)
			best = us;
	}
	return best > INT64_MIN ? best : any > INT64_MIN ? any : o->now_us;
}

/* The end of the log's last day: today on this machine, otherwise the day of its last record. */
static int64_t log_end(const struct audit_options *o, const struct pass *p)
{
	static uint8_t line[LOG_LINE_MAX];
	struct entry   e;
	int64_t        end_us = o->now_us;
	size_t         len;

	if (p->reader.collected != NULL)
		end_us = fleet_end_us(o, p->reader.collected);
	else if (!p->is_live && log_files_last_line(p->reader.files, line, &len) &&
	         entry_read(bytes_of(line, len), &e) == PARSE_OK && e.has_time)
		end_us = e.time_us;
	return timezone_day_begins(timezone_day(end_us) + 1);
}

static bool choose_period(const struct audit_options *o, const struct report_options *own,
                          const struct pass *p, struct period *out)
{
	int64_t from_us = o->since_us, to_us = o->until_us, month_us;

	if (own->month != NULL) {
		if (o->since_us != INT64_MIN || o->until_us != INT64_MAX)
			return complain(false, WHO, "--month excludes --since and --until");
		if (!timezone_read_time(WHO, "month", own->month, o->now_us, &month_us))
			return false;
		*out = period_month(month_us);
		return true;
	}
	if (to_us == INT64_MAX)
		to_us = log_end(o, p);
	if (from_us == INT64_MIN)
		from_us = timezone_moment(timezone_wall(to_us) - DEFAULT_DAYS * TOTALS_DAY_US);
	if (from_us >= to_us)
		return complain(false, WHO, "the log ends before --since");
	*out = period_between(from_us, to_us);
	return true;
}

/* SOURCE_DATE_EPOCH sets the time for reproducible builds. */
static int64_t made_us(const struct audit_options *o)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	int64_t     us;
	char        text[32];

	if (epoch == NULL)
		return o->now_us;
	snprintf(text, sizeof(text), "@%.20s", epoch);
	return people_read_time(bytes_text(text), o->now_us, &us) == PARSE_OK ? us : o->now_us;
}

static void write_page(FILE *file, enum page page, const struct report *r,
                       const struct report_about *about)
{
	struct text text;

	text_to(&text, file);
	if (page == PAGE_HTML)
		report_write_html(&text, r, about);
	else if (page == PAGE_CSV)
		report_write_csv(&text, r, about);
	else
		report_write_text(&text, r, about);
	text_end(&text);
}

static int write_report(const struct audit_options *o, const struct report_options *own,
                        const struct pass *p, const struct report *r)
{
	struct report_about about = { .log = p->log, .version = FILTERD_VERSION,
	                              .made_us = made_us(o),
	                              .num_files = p->reader.files->num };
	struct output       output;
	struct report_file *files = calloc(about.num_files + 1, sizeof(*files));
	int                 error = files != NULL ? 0 : -ENOMEM;

	about.files = files;
	for (size_t i = 0; i < about.num_files && files != NULL; i++) {
		const struct log_file *file = &p->reader.files->list[i];

		files[i].name     = file->path;
		files[i].has_hash = file->has_hash;
		memcpy(files[i].hash, file->hash, sizeof(file->hash));
	}
	if (error == 0)
		error = output_open(own->output, &output);
	if (error == 0) {
		write_page(output.to, own->page, r, &about);
		error = output_close(&output, true);
	}
	free(files);
	if (error == 0)
		return (int)r->verify->findings.soundness;
	return complain(EXIT_IO, WHO, "%s: %s",
	                own->output != NULL ? own->output : "standard output", strerror(-error));
}

/* The subject of the report: one log, or all of a collector's. */
struct gathered {
	bool           is_fleet;
	struct report *report;
	struct fleet   fleet;
};

static int end_report(const struct pass *p, struct gathered *all,
                      const struct report_sources *sources)
{
	int status;

	if (!all->is_fleet) {
		if (!pass_is_one(p))
			return EXIT_USAGE;
		status = report_end(all->report, p->verify, sources);
	} else {
		status = pass_end_fleet(p);
		if (status != 0)
			return status;
		status = report_end_fleet(all->report, &all->fleet, sources);
	}
	return status == 0 ? 0 : given_say_memory(p->options);
}

static int audit_report_run(const struct audit_options *o, const struct report_options *own,
                            struct pass *p, struct gathered *all)
{
	struct report_sources sources = { .vendor = vendors_find_text };
	struct vendors       *vendors = NULL;
	struct period         period;
	struct entry          e;
	char                  path[ACKS_PATH_MAX];
	uint64_t              seed = 1;
	int                   status;

	if (pass_collect(p) != 0)
		return p->status;
	if (!choose_period(o, own, p, &period))
		return EXIT_USAGE;
	if (getrandom(&seed, sizeof(seed), 0) < 0)
		seed = (uint64_t)o->now_us;
	all->report = report_new(&period, seed);
	if (all->report == NULL)
		return given_say_memory(o);
	all->fleet.from_us = period.from_us;
	all->fleet.to_us   = period.to_us;
	status = acks_file_load(o, own->acks, ACKS_LOOK, &sources.acks, path);
	if (status != 0)
		return status;
	/* Nobody needs a list of thousands of files. */
	p->reader.files->want_hashes = !o->collected;
	while (pass_next(p, &e)) {
		if (all->is_fleet)
			report_begin_log(all->report, p->reader.sensor);
		report_add(all->report, &e);
	}
	status = p->status;
	vendors_open(NULL, &vendors);
	sources.vendors = vendors;
	if (status == 0)
		status = end_report(p, all, &sources);
	if (status == 0)
		status = write_report(o, own, p, all->report);
	vendors_free(vendors);
	acks_free(&sources.acks);
	return status;
}

/* --fleet DIR means --collected DIR, with a report by gateway. */
static bool choose_fleet(struct audit_options *o, struct report_options *own)
{
	if (own->fleet == NULL)
		return true;
	if (o->num_paths > 0)
		return complain(false, WHO, "--fleet DIR already names the logs; give no others");
	o->collected = true;
	o->paths     = &own->fleet;
	o->num_paths = 1;
	return true;
}

int audit_report(int argc, char **argv)
{
	struct report_options   own       = { 0 };
	const struct own_option options[] = { { "output", .letter = 'o', .argument = &own.output },
		                              { "month", .argument = &own.month },
		                              { "html", .which = &own.as },
		                              { "text", .which = &own.as },
		                              { "acks", .argument = &own.acks },
		                              { "fleet", .argument = &own.fleet },
		                              { 0 } };
	const struct audit_own  what      = { .usage = usage, .options = options };
	struct audit_options    o;
	struct pass             pass;
	struct gathered         all       = { .is_fleet = false };
	int                     status;

	if (!audit_options_read(argc, argv, &what, &o, &status))
		return status;
	own.output = output_path(own.output);
	if (!choose_page(&o, &own) || !choose_fleet(&o, &own))
		return EXIT_USAGE;
	all.is_fleet = own.fleet != NULL;
	status       = pass_open(&o, &pass);
	pass.fleet   = &all.fleet;
	if (status == 0)
		status = audit_report_run(&o, &own, &pass, &all);
	report_free(all.report);
	fleet_free(&all.fleet);
	pass_free(&pass);
	return status;
}

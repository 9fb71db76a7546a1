/* SPDX-License-Identifier: MIT */

/*
 * Lines are collected in a buffer. When it is full, they go to one temporary file, gateway by
 * gateway, and their offsets to another. So the lines of one gateway are close together even if a
 * thousand alternate. At the end a third file gets the offsets again, grouped by gateway.
 */

#include "log/collect.h"

#include "audit/chain.h"
#include "base/instant.h"
#include "base/rows.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#define BUFFER_BYTES (16 << 20)
#define BUFFER_LINES (64 << 10)
#define FILE_BYTES   (1 << 20)          /* written at once */
#define PART_BYTES   (8 << 20)          /* read between two progress reports */
#define STAMP_BYTES  26                 /* 2026-11-23T14:05:09.123456 */

struct gateway {
	struct row row;
	uint32_t   number;              /* in order of appearance */
	uint64_t   num, begin;          /* lines; their beginning in the file of offsets */
	char       newest[STAMP_BYTES + 1];
};

struct log_collected {
	struct rows       gateways;
	void            **sorted;
	uint8_t          *buffer;
	struct copy      *lines;        /* in the buffer */
	size_t            used, num_lines;
	FILE             *text_file, *places_file;
	uint64_t          written, num, num_strange;
	uint8_t          *text;
	struct copy      *places;
	int               error;
	/* the current file */
	size_t            file;
	struct gateway   *last;         /* of the last line */
	uint64_t          last_seq;
	struct log_files *files;
};

static int temporary_file(void)
{
	const char *folder = getenv("TMPDIR");
	char        path[4096];
	int         fd;

	if (folder == NULL || folder[0] != '/')
		folder = "/tmp";
	fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
		return fd;
	if (snprintf(path, sizeof(path), "%s/filterctl.XXXXXX", folder) >= (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

static FILE *temporary_stream(void)
{
	int   fd   = temporary_file();
	FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;

	if (file == NULL && fd >= 0)
		close(fd);
	if (file != NULL)
		setvbuf(file, NULL, _IOFBF, FILE_BYTES);
	return file;
}

static int by_gateway(const void *left, const void *right)
{
	const struct copy *a = left, *b = right;

	return a->gateway != b->gateway ? (a->gateway > b->gateway ? 1 : -1)
	                                : (a->at > b->at) - (a->at < b->at);
}

static void flush(struct log_collected *c)
{
	qsort(c->lines, c->num_lines, sizeof(*c->lines), by_gateway);
	errno = 0;
	for (size_t i = 0; i < c->num_lines; i++) {
		size_t bytes = (size_t)c->lines[i].len + 1;

		fwrite(c->buffer + c->lines[i].at, 1, bytes, c->text_file);
		c->lines[i].at = c->written;
		c->written    += bytes;
	}
	fwrite(c->lines, sizeof(*c->lines), c->num_lines, c->places_file);
	if (ferror(c->text_file) || ferror(c->places_file))
		c->error = errno != 0 ? -errno : -EIO;
	c->num      += c->num_lines;
	c->num_lines = c->used = 0;
}

static void log_collected_keep(struct log_collected *c, struct copy copy, struct bytes line)
{
	struct gateway *g = c->last;

	if (c->used + line.len + 1 > BUFFER_BYTES || c->num_lines == BUFFER_LINES)
		flush(c);
	if (g->num++ == 0)
		g->number = (uint32_t)rows_num(&c->gateways);
	copy.gateway = g->number;
	copy.file    = (uint32_t)c->file;
	copy.seq     = c->last_seq;
	copy.at      = c->used;
	copy.len     = (uint32_t)line.len & 0xffffff;
	c->lines[c->num_lines++] = copy;
	memcpy(c->buffer + c->used, line.at, line.len);
	c->used             += line.len + 1;
	c->buffer[c->used - 1] = '\n';
}

/* The first member of a record; its text sorts like the time. */
static void note_time(struct gateway *g, struct bytes line)
{
	if (bytes_cut(&line, "{\"timestamp\":\"") && line.len > STAMP_BYTES &&
	    memcmp(line.at, g->newest, STAMP_BYTES) > 0)
		memcpy(g->newest, line.at, STAMP_BYTES);
}

/* A line that is not a record belongs to the gateway of the record before it in its file. */
static void take_piece(struct log_collected *c, const struct piece *p)
{
	struct copy     copy   = { .has_newline = p->kind == PIECE_LINE,
	                           .is_broken = p->kind == PIECE_LONG,
	                           .is_key = c->files->list[c->file].is_keys };
	struct bytes    sensor = { 0 }, line = p->line;
	struct line_end end;

	copy.is_record = copy.has_newline && line_end_read(line, &end) == PARSE_OK &&
	                 end.seq != UINT64_MAX;
	if (copy.is_record)
		sensor = copies_sensor(line);
	if (sensor.len > 0 && (c->last == NULL || !bytes_equal(c->last->row.name, sensor)))
		c->last = rows_get(&c->gateways, sensor);
	if (c->last == NULL) {
		c->num_strange++;
		return;
	}
	if (copy.is_record) {
		c->last_seq    = end.seq;
		copy.is_signed = end.is_signed;
		note_time(c->last, line);
	}
	if (copy.is_broken)
		line = bytes_of(&p->num, sizeof(p->num));
	if (!copy.is_key || copy.is_record || copy.is_broken)
		log_collected_keep(c, copy, line);
}

static int by_name(const void *left, const void *right)
{
	const struct row *a = left, *b = right;

	return bytes_compare(a->name, b->name);
}

static void *map(FILE *file, size_t bytes, int rights)
{
	void *at = mmap(NULL, bytes, rights, MAP_SHARED, fileno(file), 0);

	return at == MAP_FAILED ? NULL : at;
}

/* Regroups the offsets by gateway. */
static int place(struct log_collected *c, const struct copy *came)
{
	size_t            num = rows_num(&c->gateways);
	struct gateway  **by_number = calloc(num + 1, sizeof(struct gateway *));
	FILE             *file      = temporary_stream();
	uint64_t          begin     = 0;
	int               error     = 0;

	if (by_number == NULL || file == NULL ||
	    ftruncate(fileno(file), (off_t)(c->num * sizeof(*came))) != 0 ||
	    (c->places = map(file, c->num * sizeof(*came), PROT_READ | PROT_WRITE)) == NULL)
		error = -errno;
	for (size_t i = 0; i < num && error == 0; i++) {
		struct gateway *g = rows_at(&c->gateways, i);

		by_number[g->number] = g;
		g->begin             = begin;
		begin               += g->num;
		g->num               = 0;
	}
	for (uint64_t i = 0; i < c->num && error == 0; i++) {
		struct gateway *g = by_number[came[i].gateway];

		c->places[g->begin + g->num++] = came[i];
	}
	free(by_number);
	if (file != NULL)
		fclose(file);
	return error;
}

static int log_collected_map(struct log_collected *c)
{
	struct copy *came;
	int          error;

	c->sorted = rows_sorted(&c->gateways, by_name);
	if (c->sorted == NULL && rows_num(&c->gateways) > 0)
		return -ENOMEM;
	if (c->num == 0)
		return 0;
	if (fflush(c->text_file) != 0 || fflush(c->places_file) != 0)
		return -errno;
	c->text = map(c->text_file, c->written, PROT_READ);
	came    = map(c->places_file, c->num * sizeof(*came), PROT_READ);
	if (c->text == NULL || came == NULL)
		return -errno;
	error = place(c, came);
	munmap(came, c->num * sizeof(*came));
	return error;
}

int log_collect(struct log_files *f, struct log_collected **out)
{
	struct log_collected *c     = calloc(1, sizeof(*c));
	uint64_t              seed  = 1;
	int                   error = 0;

	if (c == NULL)
		return -ENOMEM;
	if (getrandom(&seed, sizeof(seed), 0) < 0)
		seed = 1;
	c->gateways = rows_new(sizeof(struct gateway), COLLECTED_GATEWAYS, seed);
	c->files    = f;
	c->buffer   = malloc(BUFFER_BYTES);
	c->lines    = malloc(BUFFER_LINES * sizeof(*c->lines));
	if (c->buffer == NULL || c->lines == NULL ||
	    (c->text_file = temporary_stream()) == NULL ||
	    (c->places_file = temporary_stream()) == NULL)
		error = -errno;
	if (error != 0)
		log_collected_free(c);
	else
		*out = c;
	return error;
}

bool log_collect_more(struct log_collected *c, struct piece *out)
{
	for (uint64_t read = 0; read < PART_BYTES; read += out->line.len + 1) {
		if (c->error != 0 || !log_files_next(c->files, out))
			return false;
		if (c->file != c->files->next - 1) {
			c->file     = c->files->next - 1;
			c->last     = NULL;
			c->last_seq = 0;
		}
		if (out->kind == PIECE_UNREAD)
			return true;
		take_piece(c, out);
	}
	*out = (struct piece){ .kind = PIECE_UNREAD };
	return true;
}

int log_collect_end(struct log_collected *c)
{
	if (c->error == 0)
		flush(c);
	return c->error != 0 ? c->error : log_collected_map(c);
}

void log_collected_free(struct log_collected *c)
{
	if (c == NULL)
		return;
	if (c->text != NULL)
		munmap(c->text, c->written);
	if (c->places != NULL)
		munmap(c->places, c->num * sizeof(*c->places));
	if (c->text_file != NULL)
		fclose(c->text_file);
	if (c->places_file != NULL)
		fclose(c->places_file);
	free(c->buffer);
	free(c->lines);
	free(c->sorted);
	rows_free(&c->gateways);
	free(c);
}

size_t log_collected_num(const struct log_collected *c)
{
	return rows_num(&c->gateways);
}

uint64_t log_collected_num_strange(const struct log_collected *c)
{
	return c->num_strange;
}

int64_t log_collected_newest(const struct log_collected *c, size_t gateway)
{
	const struct gateway *g = c->sorted[gateway];
	char                  text[STAMP_BYTES + 2];
	int64_t               us;

	snprintf(text, sizeof(text), "%sZ", g->newest);
	return instant_parse(bytes_text(text), &us) == PARSE_OK ? us : INT64_MIN;
}

void log_collected_open(struct log_collected *c, size_t gateway, struct copies *out)
{
	const struct gateway *g = c->sorted[gateway];

	log_collected_relax(c);
	*out = (struct copies){ .sensor = g->row.name, .text = bytes_of(c->text, c->written),
	                        .list = c->places + g->begin, .num = g->num };
	copies_sort(out);
}

/* The pages are file-backed, and are read again when touched. */
void log_collected_relax(struct log_collected *c)
{
	if (c->text != NULL)
		madvise(c->text, c->written, MADV_DONTNEED);
}

/* SPDX-License-Identifier: MIT */

/*
 * Lines are gathered in a buffer, each linked to the one before of the same gateway. When it is
 * full, each gateway's lines go to the temporary file in one piece. So a file of one gateway is
 * written as it is read, and one in which a thousand take turns in a thousand stretches a buffer,
 * that are read again one after the other.
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
#include <sys/uio.h>
#include <unistd.h>

#define BUFFER_BYTES (16 << 20)
#define STAMP_BYTES  26                 /* 2026-11-23T14:05:09.123456 */
#define NOWHERE      UINT32_MAX
#define WRITE_PARTS  512
#define PART_BYTES   (8 << 20)          /* read between two words about progress */

/* In front of each line, in the buffer and in the file. */
struct head {
	struct copy copy;               /* at: not set but for a broken one */
	uint32_t    next;               /* of the same gateway, in the buffer */
	uint32_t    bytes;              /* of head, line and newline, padded */
};

struct stretch {
	uint64_t at, bytes;             /* in the file */
};

struct gateway {
	struct row    row;
	uint32_t      first, last;      /* in the buffer; NOWHERE: none */
	struct stretch *stretches;
	size_t        num_stretches, room_stretches;
	uint64_t      lines;
	char          newest[STAMP_BYTES + 1];
};

struct log_collected {
	struct rows            gateways;
	void                 **sorted;
	uint8_t               *buffer;
	size_t                 used;
	int                    fd, error;
	uint64_t               written, num_strange;
	uint8_t               *text;
	/* the file that is being read */
	struct log_place       place;
	struct gateway        *last;    /* whose line was the last one */
	uint64_t               last_seq;
	struct log_files      *files;
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
		return fd >= 0 ? fd : -errno;
	if (snprintf(path, sizeof(path), "%s/filterctl.XXXXXX", folder) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	unlink(path);
	return fd;
}

static struct head *head_at(struct log_collected *c, uint32_t place)
{
	return (struct head *)(void *)(c->buffer + place);
}

/* All of them; iov is used up. */
static int log_collected_write_all(int fd, struct iovec *iov, size_t num)
{
	while (num > 0) {
		ssize_t done = writev(fd, iov, (int)num);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return done < 0 ? -errno : -EIO;
		for (; num > 0 && (size_t)done >= iov->iov_len; iov++, num--)
			done -= (ssize_t)iov->iov_len;
		if (num > 0) {
			iov->iov_base = (uint8_t *)iov->iov_base + done;
			iov->iov_len -= (size_t)done;
		}
	}
	return 0;
}

/* Where a gateway's next stretch begins; what lies behind another of its own is one with it. */
static int begin_stretch(struct log_collected *c, struct gateway *g)
{
	struct stretch *last = g->num_stretches > 0 ? &g->stretches[g->num_stretches - 1] : NULL;

	if (last != NULL && last->at + last->bytes == c->written)
		return 0;
	if (g->num_stretches == g->room_stretches) {
		size_t        room   = g->room_stretches > 0 ? 2 * g->room_stretches : 4;
		struct stretch *stretches = reallocarray(g->stretches, room, sizeof(*stretches));

		if (stretches == NULL)
			return -ENOMEM;
		g->stretches      = stretches;
		g->room_stretches = room;
	}
	g->stretches[g->num_stretches++] = (struct stretch){ .at = c->written };
	return 0;
}

static int log_collected_write_gateway(struct log_collected *c, struct gateway *g)
{
	struct iovec iov[WRITE_PARTS];
	int          error = begin_stretch(c, g);
	size_t       num   = 0;

	for (uint32_t place = g->first; place != NOWHERE && error == 0;
	     place          = head_at(c, place)->next) {
		struct head *head = head_at(c, place);
		bool next = num > 0 && (uint8_t *)iov[num - 1].iov_base + iov[num - 1].iov_len ==
		                               (uint8_t *)head;

		/* Lines that stand one behind the other in the buffer are one part. */
		if (next)
			iov[num - 1].iov_len += head->bytes;
		else
			iov[num++] = (struct iovec){ .iov_base = head, .iov_len = head->bytes };
		c->written += head->bytes;
		g->stretches[g->num_stretches - 1].bytes += head->bytes;
		if (num == WRITE_PARTS) {
			error = log_collected_write_all(c->fd, iov, num);
			num   = 0;
		}
	}
	g->first = g->last = NOWHERE;
	return error != 0 ? error : log_collected_write_all(c->fd, iov, num);
}

static void flush(struct log_collected *c)
{
	for (size_t i = 0; i < rows_num(&c->gateways) && c->error == 0; i++) {
		struct gateway *g = rows_at(&c->gateways, i);

		if (g->lines > 0 && g->first != NOWHERE)
			c->error = log_collected_write_gateway(c, g);
	}
	c->used = 0;
}

static void log_collected_keep(struct log_collected *c, struct gateway *g, const struct copy *copy,
                               struct bytes line)
{
	size_t       bytes = (sizeof(struct head) + line.len + 1 + 7) & ~(size_t)7;
	struct head *head;

	if (c->used + bytes > BUFFER_BYTES)
		flush(c);
	if (c->error != 0)
		return;
	head  = head_at(c, (uint32_t)c->used);
	*head = (struct head){ .copy = *copy, .next = NOWHERE, .bytes = (uint32_t)bytes };
	memset((uint8_t *)head + bytes - 8, 0, 8);
	if (line.len > 0)       /* of a line that is too long there is nothing */
		memcpy(head + 1, line.at, line.len);
	((uint8_t *)(head + 1))[line.len] = '\n';
	if (g->lines++ == 0 || g->first == NOWHERE)
		g->first = (uint32_t)c->used;
	else
		head_at(c, g->last)->next = (uint32_t)c->used;
	g->last  = (uint32_t)c->used;
	c->used += bytes;
}

/* The first member of a record; digits and signs, so that text compares as time does. */
static void note_time(struct gateway *g, struct bytes line)
{
	static const char title[] = "{\"timestamp\":\"";
	size_t            begin   = strlen(title);

	if (line.len > begin + STAMP_BYTES && memcmp(line.at, title, begin) == 0 &&
	    memcmp(line.at + begin, g->newest, STAMP_BYTES) > 0)
		memcpy(g->newest, line.at + begin, STAMP_BYTES);
}

/* What is no record belongs to the gateway whose record stands before it in its file. */
static void log_collected_take_line(struct log_collected *c, struct bytes line, bool has_newline)
{
	struct copy           copy = { .len = (uint32_t)line.len & 0xffffff,
	                               .has_newline = has_newline, .is_key = c->place.is_keys,
	                               .file = (uint32_t)c->place.file };
	struct bytes          sensor;
	struct line_end       end;

	copy.is_record =
		has_newline && line_end_read(line, &end) == PARSE_OK && end.seq != UINT64_MAX;
	sensor         = copy.is_record ? copies_sensor(line) : (struct bytes){ 0 };
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
	copy.seq = c->last_seq;
	if (!copy.is_key || copy.is_record)
		log_collected_keep(c, c->last, &copy, line);
}

static void take_broken(struct log_collected *c, uint64_t bytes)
{
	struct copy copy = { .seq = c->last_seq, .at = bytes, .is_broken = true,
	                     .file = (uint32_t)c->place.file };

	if (c->last != NULL)
		log_collected_keep(c, c->last, &copy, (struct bytes){ 0 });
	else
		c->num_strange++;
}

static int by_name(const void *left, const void *right)
{
	const struct row *a = left, *b = right;
	size_t            len   = a->name.len < b->name.len ? a->name.len : b->name.len;
	int               order = memcmp(a->name.at, b->name.at, len);

	return order != 0 ? order : (a->name.len > b->name.len) - (a->name.len < b->name.len);
}

static int map(struct log_collected *c)
{
	void *text;

	c->sorted = rows_sorted(&c->gateways, by_name);
	if (c->sorted == NULL && rows_num(&c->gateways) > 0)
		return -ENOMEM;
	if (c->written == 0)
		return 0;
	text = mmap(NULL, c->written, PROT_READ, MAP_SHARED, c->fd, 0);
	if (text == MAP_FAILED)
		return -errno;
	c->text = text;
	return 0;
}

int log_collect(struct log_files *f, struct log_collected **out)
{
	struct log_collected *c     = calloc(1, sizeof(*c));
	uint64_t              seed  = 1;
	int                   error = -ENOMEM;

	if (c == NULL)
		return -ENOMEM;
	if (getrandom(&seed, sizeof(seed), 0) < 0)
		seed = 1;
	c->gateways = rows_new(sizeof(struct gateway), COLLECTED_GATEWAYS, seed);
	c->files    = f;
	c->buffer   = malloc(BUFFER_BYTES);
	c->fd       = temporary_file();
	if (c->buffer != NULL && c->fd >= 0) {
		*out = c;
		return 0;
	}
	error = c->buffer != NULL ? c->fd : -ENOMEM;
	log_collected_free(c);
	return error;
}

bool log_collect_more(struct log_collected *c, struct piece *out)
{
	for (uint64_t read = 0; read < PART_BYTES; read += out->line.len + 1) {
		size_t before = c->place.file;

		if (c->error != 0 || !log_files_next(c->files, out))
			return false;
		c->place = log_files_at(c->files);
		if (c->place.file != before) {
			c->last     = NULL;
			c->last_seq = 0;
		}
		if (out->kind == PIECE_UNREAD)
			return true;
		if (out->kind == PIECE_LONG)
			take_broken(c, out->num);
		else
			log_collected_take_line(c, out->line, out->kind == PIECE_LINE);
	}
	*out = (struct piece){ .kind = PIECE_UNREAD };
	return true;
}

int log_collect_end(struct log_collected *c)
{
	if (c->error == 0)
		flush(c);
	free(c->buffer);
	c->buffer = NULL;
	return c->error != 0 ? c->error : map(c);
}

void log_collected_free(struct log_collected *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < rows_num(&c->gateways); i++)
		free(((struct gateway *)rows_at(&c->gateways, i))->stretches);
	if (c->text != NULL)
		munmap(c->text, c->written);
	if (c->fd >= 0)
		close(c->fd);
	free(c->buffer);
	free(c->sorted);
	rows_free(&c->gateways);
	free(c);
}

size_t log_collected_num(const struct log_collected *c)
{
	return rows_num(&c->gateways);
}

static const struct gateway *gateway_at(const struct log_collected *c, size_t number)
{
	return c->sorted[number];
}

uint64_t log_collected_num_strange(const struct log_collected *c)
{
	return c->num_strange;
}

int64_t log_collected_newest(const struct log_collected *c, size_t gateway)
{
	const struct gateway *g = gateway_at(c, gateway);
	char                  text[STAMP_BYTES + 2];
	int64_t               us;

	snprintf(text, sizeof(text), "%sZ", g->newest);
	return instant_parse(bytes_text(text), &us) == PARSE_OK ? us : INT64_MIN;
}

int log_collected_open(struct log_collected *c, size_t gateway, struct copies *copies_out)
{
	const struct gateway *g     = gateway_at(c, gateway);
	int                   error = 0;

	*copies_out = (struct copies){ .sensor = g->row.name };
	for (size_t i = 0; i < g->num_stretches; i++) {
		uint64_t at = g->stretches[i].at, end = at + g->stretches[i].bytes;

		while (at < end && error == 0) {
			const struct head *head = (const struct head *)(const void *)(c->text + at);
			struct copy        copy = head->copy;

			if (!copy.is_broken)
				copy.at = at + sizeof(*head);
			error = copies_add(copies_out, &copy);
			at   += head->bytes;
		}
	}
	log_collected_relax(c);
	if (error == 0)
		copies_sort(copies_out, bytes_of(c->text, c->written));
	else
		copies_free(copies_out);
	return error;
}

/* The pages are the file's, and are there again when they are looked at. */
void log_collected_relax(struct log_collected *c)
{
	if (c->text != NULL)
		madvise(c->text, c->written, MADV_DONTNEED);
}

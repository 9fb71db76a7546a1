/* SPDX-License-Identifier: MIT */

#include "log/reader.h"

#include "log/noise.h"

#include <fcntl.h>

#define RELAX_BYTES (32 << 20)          /* of lines that stay in memory after reading */

int log_reader_open(struct log_reader *r, const char *const *paths, size_t num_paths,
                    bool collected, struct problem *problem)
{
	*r       = (struct log_reader){ 0 };
	r->error = log_files_open(paths, num_paths, collected, &r->files, problem);
	return r->error;
}

bool log_collect_all(struct log_reader *r, struct piece *out)
{
	if (r->collected == NULL)
		r->error = log_collect(r->files, &r->collected);
	if (r->error == 0 && log_collect_more(r->collected, out))
		return true;
	if (r->error == 0)
		r->error = log_collect_end(r->collected);
	return false;
}

static void close_gateway(struct log_reader *r)
{
	if (r->is_open)
		chains_free(&r->chains);
	r->is_open = false;
}

void log_reader_close(struct log_reader *r)
{
	close_gateway(r);
	lines_close(r->keys);
	log_collected_free(r->collected);
	log_files_close(r->files);
}

static void open_gateway(struct log_reader *r)
{
	log_collected_open(r->collected, r->num_gateways++, &r->copies);
	r->num_twice += r->copies.num_twice;
	r->error      = chains_tell(&r->chains, &r->copies);
	r->is_open  = r->error == 0;
	r->sensor   = r->copies.sensor;
	r->num_logs = 0;
}

bool log_next_log(struct log_reader *r)
{
	if (r->collected == NULL && (r->error != 0 || r->num_logs++ > 0))
		return false;
	if (r->collected == NULL) {
		if (r->files->keys[0] != '\0')
			lines_open(open(r->files->keys, O_RDONLY | O_NONBLOCK | O_CLOEXEC),
			           &r->keys);
		return true;
	}
	if (r->is_open && r->num_logs == chains_num_logs(&r->chains))
		close_gateway(r);
	if (!r->is_open && r->num_gateways < log_collected_num(r->collected) && r->error == 0)
		open_gateway(r);
	if (!r->is_open)
		return false;
	chains_begin(&r->chains, r->num_logs);
	r->log_id = chains_log(&r->chains, r->num_logs++);
	return true;
}

uint64_t log_sift(struct log_reader *r, const struct note_key *root)
{
	if (r->collected == NULL)
		return 0;
	r->error = noise_find(&r->chains, r->chains.log, root);
	return r->chains.num_noise;
}

static bool next_key_beside(struct log_reader *r, struct piece *out)
{
	while (r->keys != NULL && lines_next(r->keys, out)) {
		bool is_line = out->kind == PIECE_LINE || out->kind == PIECE_PART;

		out->kind = PIECE_KEY;
		if (is_line)
			return true;
	}
	lines_close(r->keys);
	r->keys = NULL;
	return false;
}

bool log_next(struct log_reader *r, struct piece *out)
{
	if (r->error != 0)
		return false;
	if (next_key_beside(r, out))
		return true;
	if (r->collected == NULL)
		return log_files_next(r->files, out);
	if (r->since_relaxed >= RELAX_BYTES) {
		log_collected_relax(r->collected);
		r->since_relaxed = 0;
	}
	if (!chains_next(&r->chains, out))
		return false;
	r->since_relaxed += out->line.len;
	return true;
}

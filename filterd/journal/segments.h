/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_JOURNAL_SEGMENTS_H
#define FILTERD_JOURNAL_SEGMENTS_H

/*
 * Segments: the closed files of an audit log, beside the open one. For the log audit.jsonl:
 *
 *     audit-000000000000-000000071203.jsonl      records 0 to 71203; .gz if somebody compressed it
 *     audit.keys                                 a copy of each line that introduces another key
 *     SHA256SUMS                                 for sha256sum -c
 */

#include "audit/chain.h"
#include "log/log_end.h"

#define SEGMENTS_PATH_MAX 640

struct segments {
	char folder[SEGMENTS_PATH_MAX];         /* "." if the log's path has none */
	char prefix[256];                       /* "audit" */
};

struct segment {
	char     name[320];                     /* in the folder */
	uint64_t first, last, bytes;
	int64_t  changed_us;
};

/*
 * segments_of - Takes: the path of the open file. -ENAMETOOLONG if no file beside it could be
 * named.
 */
int segments_of(const char *path, struct segments *out);

/* "audit-000000000000-000000071203.jsonl" */
void segments_name(const struct segments *s, uint64_t first, uint64_t last, char out[320]);

/* The path of a file in the folder. */
void segments_path(const struct segments *s, const char *name, char out[1024]);

/*
 * All segments, by the numbers in their names, which anybody with write permission can choose. 0
 * and *list_out to be freed; -errno.
 */
int segments_list(const struct segments *s, struct segment **list_out, size_t *num_out);

/*
 * The last record's number in closed segments, by their names; UINT64_MAX if there are none.
 */
uint64_t segments_last(const struct segments *s);

/*
 * segments_end - the last line of the last closed segment.
 * Gives:  0; -ENOENT if there is none, or its end cannot be read (compressed...).
 */
int segments_end(const struct segments *s, struct chain *next_out, bool *has_key_out,
                 uint8_t key_out[NOTE_KEY]);

/* The SHA-256 of a file of the folder. 0 or -errno. */
int segments_hash(const struct segments *s, const char *name, uint8_t hash_out[CHAIN_HASH]);

/*
 * segments_sum - adds a line to SHA256SUMS.
 * segments_key - adds a line to audit.keys, unless it is the last one already.
 */
int segments_sum(const struct segments *s, const char *name, const uint8_t hash[CHAIN_HASH]);
int segments_key(const struct segments *s, struct bytes line);

/* The last key named in audit.keys. 0; -ENOENT. */
void segments_keys_path(const struct segments *s, char out[1024]);
int segments_keys(const struct segments *s, struct bytes *content_out);
int segments_last_key(const struct segments *s, uint8_t key_out[NOTE_KEY]);

/*
 * Renames a file that is not part of the log to NAME.unsound, which our programs ignore. 0 or
 * -errno.
 */
int segments_set_aside(const struct segments *s, const char *name);

/* Moves all files of a log that cannot be continued into the folder lost-<n>. */
int segments_put_away(const struct segments *s, const char *open_name);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_LOG_NOISE_H
#define FILTERD_LOG_NOISE_H

/*
 * Noise: unlinked lines among a collector's. Any sender to a collector can put any gateway's name
 * into a line; that must not make that gateway's log unsound.
 *
 * A thread (chains.h) belongs to the log if it branches off one that does, or has a valid
 * signature. A thread that begins in the middle, with nothing before it and no signature, is noise.
 * So is one signed by an unknown key, if none of its files has a confirmed record of this log. In a
 * file with such records it is kept, as damage: there it can be the rest of a log with lost keys.
 */

#include "log/chains.h"

/*
 * noise_find - marks the threads of one log that are noise. Takes: root, the log's first key; NULL:
 *              unknown, and then only unsigned threads are noise.
 * Gives:  0, -ENOMEM.
 */
int noise_find(struct chains *ch, size_t log, const struct note_key *root);

#endif

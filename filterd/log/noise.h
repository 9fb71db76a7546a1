/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_LOG_NOISE_H
#define FILTERD_LOG_NOISE_H

/*
 * Noise: lines among a collector's that hang on nothing. Whoever may send to a collector can put
 * any gateway's name into a line; that must not make that gateway's log unsound.
 *
 * A thread (chains.h) is the log's if it branches off one that is, or a signature in it holds. One
 * that begins in the middle, with nothing before it, and that nothing signs, is noise. So is one
 * that an unknown key signs, if all its files are of others: no record of this log stands in them
 * that is vouched for. In a file with such records it stays, as damage: there it can be what is
 * left of a log whose keys were lost.
 */

#include "log/chains.h"

/*
 * noise_find - marks the threads of one log that are noise. Takes: root, the key the log began
 *              with; NULL: nobody knows it, and then only what nothing signs is noise.
 * Gives:  0, -ENOMEM.
 */
int noise_find(struct chains *ch, size_t log, const struct note_key *root);

#endif

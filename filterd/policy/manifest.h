/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_MANIFEST_H
#define FILTERD_POLICY_MANIFEST_H

/*
 * Manifest: the files of a signed policy with their SHA-256, in the format of sha256sum(1): 64
 * digits, a space, a space or '*', and the name. Empty lines and lines with '#' are skipped. One
 * signature covers all files, so an old list cannot be mixed with new ones.
 */

#include "base/bytes.h"
#include "base/problem.h"

/*
 * manifest_has - does the manifest list a file of this name with this content? If not, *why_out is
 *                the reason for people: "does not list it".
 * Another line, or a name with two hashes, makes the manifest invalid.
 */
bool manifest_has(struct bytes manifest, const char *name, struct bytes content,
                  struct problem *why_out);

#endif

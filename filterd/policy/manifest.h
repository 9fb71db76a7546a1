/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_MANIFEST_H
#define FILTERD_POLICY_MANIFEST_H

/*
 * Manifest: which files a signed policy consists of, by their SHA-256, as sha256sum(1) prints it:
 * 64 digits, a space, a space or '*', and the name. Lines that are empty or begin with '#' are
 * skipped. One signature over it holds the files together, so that no old list can be put among new
 * ones.
 */

#include "base/bytes.h"

#define MANIFEST_WHY_MAX 160

/*
 * manifest_has - does the manifest list a file of this name with this content? If not, *why says so
 *                for people: "is not listed in it".
 * A line that is none of sha256sum's, or the same name with two hashes, makes it no manifest.
 */
bool manifest_has(struct bytes manifest, const char *name, struct bytes content,
                  char why_out[MANIFEST_WHY_MAX]);

#endif

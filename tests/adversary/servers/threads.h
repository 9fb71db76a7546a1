/* SPDX-License-Identifier: MIT */
#ifndef ADVERSARY_THREADS_H
#define ADVERSARY_THREADS_H

/*
 * What the TLS servers in C share: a thread for each client, the kinds of names, and what is said.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum kind { KIND_DEFAULT, KIND_PROHIBITED, KIND_PERMITTED, KINDS };

extern const char *const kind_words[KINDS];

struct client {
	int       fd;
	unsigned  port;
	enum kind kind;
};

/* One line on standard output: this client asked for this name. Its kind is the client's from then on. */
void client_says(struct client *c, const char *name, size_t len);

/* The page of a client's kind, as an answer to any request; gives its length. */
size_t client_page(const struct client *c, char *page, size_t room);

/*
 * threads_serve - serves until the process ends.
 *
 * Takes:  address and port, in text; serve, called in a thread of its own for each client, whose
 *         socket it may read for five seconds at once and need not close.
 * Gives:  the exit status of what cannot listen.
 */
int threads_serve(const char *address, const char *port, void (*serve)(struct client *c));

#endif

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_SERVICE_H
#define FILTERD_CTL_SERVICE_H

/*
 * Service: what a person types here to have filterd started, stopped and reloaded, and the clock
 * kept right. It depends on what starts programs on this host: systemd, OpenWrt's procd, or neither
 * that is known.
 */

struct service_words {
	const char *start, *restart, *reload;
	const char *keep_clock;
};

/* service_words - Gives: those of this host; never NULL, nothing to free. */
const struct service_words *service_words(void);

#endif

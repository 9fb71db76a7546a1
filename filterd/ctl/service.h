/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_SERVICE_H
#define FILTERD_CTL_SERVICE_H

/*
 * Service: the commands to start, stop and reload filterd here, and to keep the clock synchronised.
 * They depend on this host's init system: systemd, OpenWrt's procd, or an unknown one.
 */

struct service_words {
	const char *start, *restart, *reload;
	const char *keep_clock;
};

/* service_words - Gives: the words for this host; never NULL, nothing to free. */
const struct service_words *service_words(void);

#endif

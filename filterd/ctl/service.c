/* SPDX-License-Identifier: MIT */

#include "ctl/service.h"

#include "base/bytes.h"

#include <stddef.h>
#include <unistd.h>

static const struct {
	const char          *sign;      /* exists if it runs: sd_booted(3); procd's own program */
	struct service_words words;
} managers[] = {
	{ "/run/systemd/system",
	  { "systemctl start filterd", "systemctl restart filterd", "systemctl reload filterd",
	    "timedatectl set-ntp true" } },
	{ "/sbin/procd",
	  { "service filterd start", "service filterd restart", "service filterd reload",
	    "service sysntpd restart" } },
};

static const struct service_words by_hand = {
	"start filterd", "end filterd and start it again", "send SIGHUP to filterd",
	"run an NTP client, such as chrony",
};

const struct service_words *service_words(void)
{
	for (size_t i = 0; i < COUNT(managers); i++) {
		if (access(managers[i].sign, F_OK) == 0)
			return &managers[i].words;
	}
	return &by_hand;
}

/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_SILENCE_H
#define FILTERD_CTL_SILENCE_H

/* Silence: what there is to say of a filterd that does not answer. */

#include "policy/settings.h"

#define SILENCE_MAX (SETTINGS_TEXT_MAX + 100)

/* silence_say - Takes: what control_socket_ask() gave. Gives: does it run? and *out, a sentence. */
bool silence_say(const struct settings *s, int error, char out[SILENCE_MAX]);

#endif

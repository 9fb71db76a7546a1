/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_SILENCE_H
#define FILTERD_CTL_SILENCE_H

/* Silence: explains why filterd does not answer. */

#include "policy/settings.h"

#define SILENCE_MAX (SETTINGS_TEXT_MAX + 100)

/* silence_say - Takes: control_socket_ask()'s error. Gives: does it run? and *out, a sentence. */
bool silence_say(const struct settings *s, int error, char out[SILENCE_MAX]);

#endif

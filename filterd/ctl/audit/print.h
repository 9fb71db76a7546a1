/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_PRINT_H
#define FILTERD_CTL_AUDIT_PRINT_H

/* Print: a sheet on the standard output, in the form that the options say. */

#include "ctl/audit/options.h"
#include "present/sheet.h"

/* Frees it. 0, or EXIT_IO with a word on why not all of it is there. */
int audit_print(const struct audit_options *o, struct sheet *s);

#endif

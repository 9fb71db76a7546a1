/* SPDX-License-Identifier: MIT */

/* filterctl key: the key at the start of a log. */

#include "ctl/verbs.h"

#include "audit/note.h"
#include "ctl/complain.h"
#include "ctl/options.h"
#include "journal/keys.h"
#include "os/files.h"
#include "os/key_file.h"

#include <errno.h>
#include <getopt.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WHO  "filterctl key"
#define SHOW WHO " show"
#define INIT WHO " init"
#define FORM_MAX 1024           /* bytes of a key in any form */

static const char usage[] = "usage: filterctl key show [-c FILE] [KEY]\n"
			    "       filterctl key init [-c FILE]\n"
			    "\n"
			    "The public key at the start of the audit log, in three forms: for "
			    "filterctl audit --key, for signify and for openssl.\n"
			    "Keep it on another machine, or on paper: with it anybody can tell "
			    "this log from a forged replacement.\n"
			    "\n"
			    "  show   prints the key of this machine's log, or KEY: a file such "
			    "as audit.vkey, or the key itself\n"
			    "  init   creates it before filterd's first start, so that you can "
			    "store it before the log begins; otherwise filterd\n"
			    "         makes one at its first start. Run it as root.\n"
			    "\n"
			    "  -c, --config FILE   configuration, default " CONF_DEFAULT "\n"
			    "\n"
			    "  filterctl key show | mail -s 'key of gw1' auditor@example.net\n"
			    "\n"
			    "Exit status: 0; 1 it cannot be made, or there is one already; 64 "
                            "wrong usage; 74 it cannot be read; 78 wrong configuration.\n";

typedef int write_form(struct writer *w, const struct note_key *key);

static int print_form(const char *title, write_form *form, const struct note_key *key)
{
	uint8_t       room[FORM_MAX];
	struct writer w     = writer_over(room, sizeof(room));
	int           error = form(&w, key);

	if (error != 0 || w.full)
		return EXIT_IO;
	printf("%s%.*s%s", title, (int)w.len, (const char *)room,
	       room[w.len - 1] == '\n' ? "" : "\n");
	return 0;
}

static int print_key(const struct note_key *key)
{
	int status = print_form("# filterctl audit --key\n", note_key_write, key);

	if (status == 0)
		status = print_form("\n# signify -V -p\n", note_key_write_signify, key);
	if (status == 0)
		status = print_form("\n# openssl pkeyutl -verify -pubin -inkey\n",
		                    note_key_write_pem, key);
	return status == 0 && fflush(stdout) == 0 ? 0 : EXIT_IO;
}

static int read_key(const char *path, struct note_key *out)
{
	int error = key_file_read(path, out);

	if (error == -EINVAL)
		return complain(EXIT_USAGE, SHOW,
		                "%s: this is not a verifier key; expected a line "
		                "GATEWAY/filterd/LOG+ID+KEY", path);
	return error == 0 ? 0 : complain(EXIT_IO, SHOW, "%s: %s", path, strerror(-error));
}

static int show(const char *conf, const char *given)
{
	struct settings s;
	struct note_key key;
	char            path[SETTINGS_TEXT_MAX + 16];
	int             status;

	if (given != NULL && note_key_parse(bytes_text(given), &key) == PARSE_OK)
		return print_key(&key);
	if (given == NULL) {
		if (!options_settings(WHO, conf, &s, &status))
			return status;
		snprintf(path, sizeof(path), "%s/audit.vkey", s.keys);
		if (access(path, F_OK) != 0 && errno == ENOENT)
			return complain(EXIT_IO, SHOW,
			                "there is no %s yet: filterd makes it at its first start, "
			                "or filterctl key init now", path);
	}
	status = read_key(given != NULL ? given : path, &key);
	return status == 0 ? print_key(&key) : status;
}

/* Files must belong to the user filterd runs as. 0, or an exit status after a message. */
static int become(const char *user)
{
	const struct passwd *who;

	if (geteuid() != 0 || user[0] == '\0')
		return 0;
	errno = 0;
	who   = getpwnam(user);
	if (who == NULL)
		return complain(EXIT_CONFIG, INIT,
		                "[daemon] user: there is no user '%s' on this host; create it "
		                "(useradd --system --user-group %s) or name another that runs "
		                "nothing else", user, user);
	if (setgroups(0, NULL) == 0 && setgid(who->pw_gid) == 0 && setuid(who->pw_uid) == 0)
		return 0;
	return complain(EXIT_FAILURE, INIT, "cannot become user '%s': %s", user, strerror(errno));
}

/* An existing secret is kept: a log may depend on it. */
static int refuse_if_there(const struct settings *s)
{
	struct problem problem = { "" };
	struct keys    keys;
	int            error = keys_load(s->keys, &keys, &problem);

	if (error == -ENOENT)
		return 0;
	keys_forget(&keys);
	if (error == 0)
		return complain(EXIT_FAILURE, INIT,
		                "there is a key in %s already; filterctl key show prints its "
		                "public part", s->keys);
	return complain(EXIT_FAILURE, INIT, "%s", problem.text);
}

static int key_make(const struct settings *s)
{
	char           gateway[SETTINGS_TEXT_MAX];
	struct problem problem = { "" };
	struct keys    keys;
	int            status;

	snprintf(gateway, sizeof(gateway), "%s", s->sensor);
	if (gateway[0] == '\0' && gethostname(gateway, sizeof(gateway) - 1) != 0)
		snprintf(gateway, sizeof(gateway), "filterd");
	if (keys_make(s->keys, gateway, NULL, &keys, &problem) != 0)
		return complain(EXIT_FAILURE, INIT, "%s", problem.text);
	status = print_key(&keys.current);
	keys_forget(&keys);
	return status;
}

static int init(const char *conf)
{
	struct settings s;
	int             status, error;

	if (!options_settings(WHO, conf, &s, &status))
		return status;
	error = files_make_folder(s.keys, 0700, s.user);
	if (error != 0)
		return complain(EXIT_FAILURE, INIT, "[audit] keys '%s': %s", s.keys,
		                strerror(-error));
	status = become(s.user);
	if (status == 0)
		status = refuse_if_there(&s);
	return status == 0 ? key_make(&s) : status;
}

int ctl_key(int argc, char **argv)
{
	const char             *conf;
	int                     status;

	if (!options_read(WHO, argc, argv, usage, NULL, &conf, &status))
		return status;
	if (argc - optind >= 1 && argc - optind <= 2 && strcmp(argv[optind], "show") == 0)
		return show(conf, argc - optind == 2 ? argv[optind + 1] : NULL);
	if (argc - optind == 1 && strcmp(argv[optind], "init") == 0)
		return init(conf);
	return complain_usage(usage);
}

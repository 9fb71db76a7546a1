/* SPDX-License-Identifier: MIT */

/* How sure it is that a device tries, attempt by attempt. */

#include "review/evidence.h"
#include "support/suite.h"

#define RECORD(root, own) BYTES("{" root "\"filterd\":{\"type\":\"block\"" own "}}")
#define TLS               "\"app_proto\":\"tls\","
#define AGENT(text)       "\"http\":{\"http_user_agent\":\"" text "\"},"
#define HTTP              "\"app_proto\":\"http\","

static const struct {
	const char  *what;
	struct bytes line;
	enum sure    sure;
	unsigned     signs;
} attempts[] = {
	{ "a question", RECORD("\"app_proto\":\"dns\",", ""), SURE_LIKELY, SIGN_QUESTION },
	{ "a name that it asked for", RECORD(TLS, ",\"asked\":\"yes\""), SURE_YES, SIGN_HELLO },
	{ "one that it did not ask for", RECORD(TLS, ",\"asked\":\"no\""), SURE_DOUBTFUL,
	  SIGN_HELLO },
	{ "one of which that is not known", RECORD(TLS, ",\"asked\":\"unknown\""), SURE_UNKNOWN,
	  SIGN_HELLO },
	{ "one of an older log", RECORD(TLS, ""), SURE_UNKNOWN, SIGN_HELLO },
	{ "by QUIC", RECORD("\"app_proto\":\"quic\",", ",\"asked\":\"no\""), SURE_DOUBTFUL,
	  SIGN_HELLO },
	{ "to a proxy", RECORD("\"app_proto\":\"socks\",", ",\"asked\":\"unknown\""), SURE_UNKNOWN,
	  SIGN_HELLO },
	{ "by HTTP", RECORD(HTTP, ",\"asked\":\"no\""), SURE_DOUBTFUL, SIGN_REQUEST },
	{ "by a browser", RECORD(HTTP AGENT("Mozilla/5.0"), ",\"asked\":\"no\""), SURE_DOUBTFUL,
	  SIGN_REQUEST },
	{ "by a program that is none", RECORD(HTTP AGENT("AVPUpdate/21.3"), ",\"asked\":\"no\""),
	  SURE_YES, SIGN_REQUEST | SIGN_AGENT },
	{ "a path of updates, of whatever host",
	  RECORD(HTTP, ",\"rule\":\"path:/diffs/bases/\""), SURE_YES, SIGN_REQUEST | SIGN_PATH },
	{ "names that were counted together",
	  RECORD(TLS, ",\"asked\":\"no\",\"folded\":\"device\""), SURE_UNKNOWN, SIGN_HELLO },
	{ "devices that were counted together",
	  RECORD(TLS, ",\"asked\":\"no\",\"folded\":\"host\""), SURE_DOUBTFUL, SIGN_HELLO },
};

START_TEST(an_attempt_is_as_sure_as_what_was_seen)
{
	struct entry e;

	ck_assert_int_eq(entry_read(attempts[_i].line, &e), PARSE_OK);
	ck_assert_msg(entry_sure(&e) == attempts[_i].sure, "%s: %s", attempts[_i].what,
	              sure_name(entry_sure(&e)));
	ck_assert_uint_eq(entry_signs(&e), attempts[_i].signs);
}

START_TEST(signs_are_named_in_their_order)
{
	uint8_t       room[80];
	struct writer w = writer_over(room, sizeof(room));

	signs_write(&w, SIGN_AGENT | SIGN_QUESTION);
	ck_assert_bytes(writer_written(&w), "questions, user agent");
	w = writer_over(room, sizeof(room));
	signs_write(&w, 31);
	ck_assert(!w.full);
	w = writer_over(room, sizeof(room));
	signs_write(&w, 0);
	ck_assert_uint_eq(w.len, 0);
}

int main(void)
{
	Suite *s = suite_create("evidence");
	TCase *t = tcase_create("evidence");

	tcase_add_loop_test(t, an_attempt_is_as_sure_as_what_was_seen, 0, COUNT(attempts));
	tcase_add_test(t, signs_are_named_in_their_order);
	suite_add_tcase(s, t);
	return suite_run(s);
}

/*
 * fix_commands: whatever a peer, a log or a configuration says, nothing of it reaches a command of any cause that the shell
 * would read. Generated texts in every fact, in the subject and in the target, over every template of every cause.
 */
#include "unit.h"

#include "base/buf.h"
#include "base/xalloc.h"
#include "diagnose/cause.h"
#include "diagnose/diagnose.h"
#include "diagnose/template.h"

#include <math.h>
#include <stdio.h>

#define ROUNDS    200
#define CANARY    "eViL" /* in each generated text; no cause file has it */
#define TEXT_SIZE 120

static uint32_t seed = 421;

static uint32_t random_number(uint32_t below)
{
	seed = seed * 1664525U + 1013904223U;
	return (seed >> 8) % below;
}

/* Texts that each were an attack on somebody's shell, mail server configuration or terminal. */
static const char *const attacks[] = {
    CANARY "; rm -rf /",
    "$(" CANARY ")",
    "`" CANARY "`",
    "'; " CANARY " #",
    "\" && " CANARY " && \"",
    "x\n" CANARY "\n",
    "mx1.example.com\n" CANARY,
    "192.0.2.9;" CANARY,
    "192.0.2.9 " CANARY,
    "-o" CANARY "=x",
    "--" CANARY,
    "../../" CANARY,
    "/etc/../" CANARY "/..",
    "3F" CANARY ";id",
    "${" CANARY "}",
    "|" CANARY,
    ">" CANARY,
    "<(" CANARY ")",
    "~" CANARY,
    "*" CANARY "?",
    "!" CANARY,
    "\\" CANARY,
    "a\\'" CANARY,
    "#" CANARY,
    CANARY "\t" CANARY,
    "\x1b]52;c;" CANARY "\x07",
    "\xff" CANARY,
    "[" CANARY "]:25",
    "{" CANARY "}",
    "{target} " CANARY,
    "%n%s" CANARY "%x$",
    "60s'\npostconf -e '" CANARY "=",
    "60s\n" CANARY,
    CANARY "\\",
    "define(`x', " CANARY ")",
};

/* An attack, or a heap of characters that somebody's shell or editor gives a meaning to, with the canary in it. */
static void generate(char *out, size_t room)
{
	static const char pool[] = "abz09.:-_/@+=%,;|&<>()$`\"'\\ \t\n\r*?[]{}#~!^\x01\x1b\x7f\xc3\xa9\xff";
	size_t length = random_number(20);
	struct buf text;

	if (random_number(3) == 0) {
		snprintf(out, room, "%s", attacks[random_number(sizeof attacks / sizeof attacks[0])]);
		return;
	}
	buf_init(&text, room - 1);
	for (size_t i = 0; i < length; i++)
		buf_putc(&text, pool[random_number(sizeof pool - 1)]);
	buf_puts(&text, CANARY);
	for (size_t i = 0; i < length; i++)
		buf_putc(&text, pool[random_number(sizeof pool - 1)]);
	/* What ends like this fits no pattern of a kind but that of a setting, which stands in quotes. */
	buf_puts(&text, " (;");
	snprintf(out, room, "%s", text.text);
	buf_done(&text);
}

/* Every fact there is, with such texts about such a subject. */
struct world {
	struct scope scope;
	struct fact *facts;
	const struct fact **pointers;
	char text[TEXT_SIZE], subject[2 * TEXT_SIZE];
};

static size_t count_facts(void)
{
	size_t count = 0;

	for (size_t t = 0; fact_tables[t] != NULL; t++)
		for (const struct fact_def *def = fact_tables[t]; def->name != NULL; def++)
			count++;
	return count;
}

static double hostile_number(void)
{
	static const double numbers[] = {0, 1, 90.5, 60, -1, -0.0, 1e9, 1e15, 1e300, NAN, INFINITY, -INFINITY, 0.1};

	return numbers[random_number(sizeof numbers / sizeof numbers[0])];
}

static void world_init(struct world *w)
{
	w->facts = xcalloc(count_facts(), sizeof *w->facts);
	w->pointers = xcalloc(count_facts(), sizeof *w->pointers);
}

static void world_turn(struct world *w)
{
	size_t count = 0;

	generate(w->text, sizeof w->text);
	snprintf(w->subject, sizeof w->subject, random_number(2) == 0 ? "%s" : "%s [192.0.2.25]:25", w->text);
	for (size_t t = 0; fact_tables[t] != NULL; t++)
		for (const struct fact_def *def = fact_tables[t]; def->name != NULL; def++) {
			w->facts[count] = (struct fact){
			    .def = def, .text = w->text, .number = hostile_number(), .subject = w->subject};
			w->pointers[count] = &w->facts[count];
			count++;
		}
	w->scope = (struct scope){.subject = w->subject,
	                          .target = w->text,
	                          .domain = w->text,
	                          .host = w->text,
	                          .address = w->text,
	                          .port = w->text,
	                          .self = w->text,
	                          .facts = w->pointers,
	                          .count = count};
}

static void world_done(struct world *w)
{
	free(w->facts);
	free(w->pointers);
}

/* Whether the canary stands anywhere but within single quotes, as a shell reads the text. */
static bool escapes(const char *commands)
{
	char quote = '\0';

	for (const char *p = commands; *p != '\0'; p++) {
		if (quote != '\'' && strncmp(p, CANARY, strlen(CANARY)) == 0)
			return true;
		if (quote != '\'' && *p == '\\' && p[1] != '\0')
			p++;
		else if (quote == '\0' && (*p == '\'' || *p == '"'))
			quote = *p;
		else if (quote == *p)
			quote = '\0';
	}
	return quote != '\0';
}

static size_t filled, taken;

static void expect_harmless(const struct cause *cause, const struct world *w, const char *commands)
{
	if (commands == NULL)
		return;
	filled++;
	taken += strstr(commands, CANARY) != NULL;
	if (escapes(commands))
		fail_msg("%s: \"%s\" got into: %s", cause->id, w->text, commands);
	for (const char *p = commands; *p != '\0'; p++)
		if (*p != '\n' && ((unsigned char)*p < ' ' || *p == 0x7f))
			fail_msg("%s: a control character of \"%s\" got into: %s", cause->id, w->text, commands);
}

static void try_lines(const struct cause *cause, const struct world *w, const char *lines,
                      const struct template_values *values)
{
	char *commands = lines != NULL ? template_fill(lines, TEMPLATE_COMMAND, values) : NULL;

	expect_harmless(cause, w, commands);
	free(commands);
}

static void try_remedy(const struct cause *cause, const struct world *w, const struct remedy *remedy,
                       const struct template_values *values)
{
	struct change_commands commands;

	try_lines(cause, w, remedy->run, values);
	try_lines(cause, w, remedy->undo, values);
	try_lines(cause, w, remedy->verify, values);
	if (changes_fill(remedy->changes, remedy->change_count, values, &commands) != 0)
		return;
	expect_harmless(cause, w, commands.run);
	expect_harmless(cause, w, commands.undo);
	expect_harmless(cause, w, commands.verify);
	free(commands.run);
	free(commands.undo);
	free(commands.verify);
}

static void try_cause(const struct cause *cause, const struct world *w)
{
	struct fact *numbers = xcalloc(cause->figures.count + 1, sizeof *numbers);
	struct scope scope;

	figures_scope_init(&scope, &w->scope, &cause->figures, numbers);
	struct template_values values = {.scope = &scope, .figures = &cause->figures, .subject = w->subject};
	for (size_t i = 0; i < cause->remedy_count; i++)
		try_remedy(cause, w, &cause->remedies[i], &values);
	figures_scope_done(&scope);
	free(numbers);
}

static void test_nothing_foreign_reaches_a_shell(void **state)
{
	struct err err;
	struct catalogue *catalogue = catalogue_load(&err);
	struct world w;
	const char *slow = getenv("SMTPDX_SLOW");

	(void)state;
	if (catalogue == NULL)
		fail_msg("%s", err.text);
	world_init(&w);
	for (int round = 0; round < (slow != NULL && *slow != '\0' ? ROUNDS / 20 : ROUNDS); round++) {
		world_turn(&w);
		for (size_t i = 0; i < catalogue->count; i++)
			try_cause(&catalogue->causes[i], &w);
	}
	world_done(&w);
	assert_true(filled > 100); /* commands without foreign values are always there */
	catalogue_free(catalogue);
}

/* The old value of a setting is foreign, too, and does come back: in quotes, as it was. */
static void test_old_values_come_back_whole(void **state)
{
	static const char *const olds[] = {"60s", "${stress?{10}:{300}}s", "$mynetworks, [2001:db8::1]",
	                                   "a; b (c) <d>"};
	struct change change;

	(void)state;
	assert_int_equal(change_parse("postfix smtpd_timeout = 300s", NULL, &change, NULL), 0);
	for (size_t i = 0; i < sizeof olds / sizeof olds[0]; i++) {
		char subject[] = "postfix smtp/inet: smtpd_timeout", origin[] = "main.cf", *old = xstrdup(olds[i]);
		struct fact facts[] = {
		    {.def = fact_def_find("config.setting.value"), .text = old, .subject = subject},
		    {.def = fact_def_find("config.setting.origin"), .text = origin, .subject = subject},
		    {.def = fact_def_find("config.setting.raw"), .text = old, .subject = subject},
		};
		const struct fact *pointers[] = {&facts[0], &facts[1], &facts[2]};
		struct scope scope = {.facts = pointers, .count = 3};
		struct template_values values = {.scope = &scope};
		struct change_commands commands;
		char *expected = i == 0 ? xstrdup("postconf -e smtpd_timeout=60s\npostfix reload")
		                        : xasprintf("postconf -e 'smtpd_timeout = %s'\npostfix reload", olds[i]);

		assert_int_equal(changes_fill(&change, 1, &values, &commands), 0);
		assert_string_equal(commands.undo, expected);
		assert_string_equal(commands.run, "postconf -e smtpd_timeout=300s\npostfix reload");
		free(commands.run);
		free(commands.undo);
		free(commands.verify);
		free(expected);
		free(old);
	}
	change_done(&change);
}

/* What a change becomes when this was read; facts are NAME SUBJECT TEXT. */
static int fill(const char *text, const char *const facts[][3], size_t count, struct change_commands *commands)
{
	struct fact list[12];
	const struct fact *pointers[12];
	struct change change;

	assert_true(count <= sizeof list / sizeof list[0]);
	for (size_t i = 0; i < count; i++) {
		list[i] = (struct fact){
		    .def = fact_def_find(facts[i][0]), .subject = xstrdup(facts[i][1]), .text = xstrdup(facts[i][2])};
		assert_non_null(list[i].def);
		pointers[i] = &list[i];
	}
	struct scope scope = {.facts = pointers, .count = count};
	struct template_values values = {.scope = &scope};
	assert_int_equal(change_parse(text, NULL, &change, NULL), 0);
	const int result = changes_fill(&change, 1, &values, commands);
	change_done(&change);
	for (size_t i = 0; i < count; i++) {
		free(list[i].subject);
		free(list[i].text);
	}
	return result;
}

static void expect_commands(struct change_commands *commands, const char *run, const char *undo)
{
	assert_string_equal(commands->run, run);
	assert_string_equal(commands->undo, undo);
	free(commands->run);
	free(commands->undo);
	free(commands->verify);
}

#define OUT  "postfix out 2525/inet"
#define IMSS "/opt/trend/imss/postfix"

/* Commands are for the instance that was read, not for /etc/postfix. */
static void test_the_instance_is_named(void **state)
{
	static const char *const out[][3] = {{"config.software", "postfix smtp/unix", "postfix"},
	                                     {"config.software", OUT, "postfix"},
	                                     {"config.port", OUT, ""},
	                                     {"config.folder", OUT, "/etc/postfix-out"}};
	static const char *const read[][3] = {{"config.software", OUT, "postfix"},
	                                      {"config.folder", OUT, "/etc/postfix-out"},
	                                      {"config.setting.value", OUT ": smtpd_timeout", "7 s"},
	                                      {"config.setting.raw", OUT ": smtpd_timeout", "7s"},
	                                      {"config.setting.origin", OUT ": smtpd_timeout", "master.cf"}};
	static const char *const appliance[][3] = {{"config.software", OUT, "postfix"},
	                                           {"config.folder", OUT, IMSS "/etc/postfix"},
	                                           {"config.programs", OUT, IMSS "/usr/sbin"},
	                                           {"config.setting.value", OUT ": smtpd_timeout", "300 s"}};
	static const char *const screened[][3] = {{"config.software", "postfix smtp/inet", "postfix"},
	                                          {"config.port", "postfix smtp/inet", ""},
	                                          {"config.software", "postfix smtpd/pass", "postfix"}};
	struct change_commands c;

	(void)state;
	assert_int_equal(fill("postfix smtpd_timeout = 300s", out, 4, &c), 0);
	expect_commands(&c,
	                "postconf -c /etc/postfix-out -n smtpd_timeout | tee /etc/postfix-out/smtpd_timeout.smtpdx\n"
	                "postconf -c /etc/postfix-out -e smtpd_timeout=300s\n"
	                "postfix -c /etc/postfix-out reload",
	                "if [ -s /etc/postfix-out/smtpd_timeout.smtpdx ]; then postconf -c /etc/postfix-out -e "
	                "\"$(cat /etc/postfix-out/smtpd_timeout.smtpdx)\"; else postconf -c /etc/postfix-out -X "
	                "smtpd_timeout; fi\nrm /etc/postfix-out/smtpd_timeout.smtpdx\n"
	                "postfix -c /etc/postfix-out reload");
	assert_int_equal(fill("postfix-service smtp/inet/process_limit = 50", out, 4, &c), 0);
	expect_commands(&c,
	                "cp -p /etc/postfix-out/master.cf /etc/postfix-out/master.cf.smtpdx\n"
	                "postconf -c /etc/postfix-out -F '2525/inet/process_limit = 50'\n"
	                "postfix -c /etc/postfix-out reload",
	                "mv /etc/postfix-out/master.cf.smtpdx /etc/postfix-out/master.cf\n"
	                "postfix -c /etc/postfix-out reload");
	assert_int_equal(fill("postfix smtpd_timeout = 300s", read, 5, &c), 0);
	expect_commands(
	    &c, "postconf -c /etc/postfix-out -P '2525/inet/smtpd_timeout = 300s'\npostfix -c /etc/postfix-out reload",
	    "postconf -c /etc/postfix-out -P '2525/inet/smtpd_timeout = 7s'\npostfix -c /etc/postfix-out reload");
	assert_int_equal(fill("postfix smtpd_timeout = 60s", appliance, 4, &c), 0);
	expect_commands(&c,
	                IMSS "/usr/sbin/postconf -c " IMSS "/etc/postfix -e smtpd_timeout=60s\n" IMSS
	                     "/usr/sbin/postfix -c " IMSS "/etc/postfix reload",
	                IMSS "/usr/sbin/postconf -c " IMSS "/etc/postfix -X smtpd_timeout\n" IMSS
	                     "/usr/sbin/postfix -c " IMSS "/etc/postfix reload");
	/* Behind postscreen, whose own service has one process, the one of type pass serves the clients. */
	assert_int_equal(fill("postfix-service smtp/inet/process_limit = 50", screened, 3, &c), 0);
	assert_non_null(strstr(c.run, "postconf -F 'smtpd/pass/process_limit = 50'"));
	free(c.run);
	free(c.undo);
	free(c.verify);
}

/* A folder that a shell would read more in becomes no command, and no command for another instance instead. */
static void test_a_hostile_folder_is_no_command(void **state)
{
	static const char *const folders[] = {"/etc/$(id)", "/etc/a b", "-x", "relative", "/etc/../x", "/etc/a;b", ""};
	struct change_commands commands;

	(void)state;
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		const char *const facts[][3] = {{"config.software", OUT, "postfix"},
		                                {"config.folder", OUT, folders[i]}};
		const char *const programs[][3] = {{"config.software", OUT, "postfix"},
		                                   {"config.programs", OUT, folders[i]}};
		assert_int_equal(fill("postfix smtpd_timeout = 300s", facts, 2, &commands), -1);
		assert_int_equal(fill("postfix-service smtp/inet/process_limit = 1", programs, 2, &commands), -1);
	}
}

#define EXIM  "exim server"
#define LIMIT EXIM ": smtp_accept_max"
#define SMTPD "opensmtpd server"
#define MAILS SMTPD ": smtp limit max-mails"

/* A setting is changed in the file that has it, and the macro when that has its value. */
static void test_the_file_is_named(void **state)
{
	static const char *const macro[][3] = {{"config.software", EXIM, "exim"},
	                                       {"config.path", EXIM, "/var/lib/exim4/config.autogenerated"},
	                                       {"config.setting.value", LIMIT, "9"},
	                                       {"config.setting.raw", LIMIT, "9"},
	                                       {"config.setting.origin", LIMIT, "file"},
	                                       {"config.setting.file", LIMIT, "/etc/exim4/conf.d/main/10_local"},
	                                       {"config.setting.macro", LIMIT, "ACCEPT_MAX"}};
	static const char *const whole[][3] = {{"config.software", EXIM, "exim"},
	                                       {"config.path", EXIM, "/etc/exim4/exim4.conf"},
	                                       {"config.setting.value", LIMIT, "9"},
	                                       {"config.setting.raw", LIMIT, "9"},
	                                       {"config.setting.origin", LIMIT, "file"}};
	static const char *const other[][3] = {{"config.software", EXIM, "exim"},
	                                       {"config.path", EXIM, "/etc/exim/exim.conf"}};
	static const char *const included[][3] = {
	    {"config.software", SMTPD, "opensmtpd"},  {"config.path", SMTPD, "/etc/mail/smtpd.conf"},
	    {"config.setting.value", MAILS, "5"},     {"config.setting.raw", MAILS, "5"},
	    {"config.setting.origin", MAILS, "file"}, {"config.setting.file", MAILS, "/etc/mail/limits.conf"}};
	struct change_commands c;

	(void)state;
	assert_int_equal(fill("exim smtp_accept_max = 40", macro, 7, &c), 0);
	expect_commands(&c,
	                "sed -i -E 's/^([ \\t]*ACCEPT_MAX[ \\t]*==?[ \\t]*\"?)9(\"?[ \\t]*)$/\\140\\2/' "
	                "/etc/exim4/conf.d/main/10_local\nupdate-exim4.conf && systemctl reload exim4",
	                "sed -i -E 's/^([ \\t]*ACCEPT_MAX[ \\t]*==?[ \\t]*\"?)40(\"?[ \\t]*)$/\\19\\2/' "
	                "/etc/exim4/conf.d/main/10_local\nupdate-exim4.conf && systemctl reload exim4");
	assert_int_equal(fill("exim smtp_accept_max = 40", whole, 5, &c), 0);
	expect_commands(&c,
	                "sed -i -E 's/^([ \\t]*smtp_accept_max[ \\t]*==?[ \\t]*\"?)9(\"?[ \\t]*)$/\\140\\2/' "
	                "/etc/exim4/exim4.conf\nexim4 -bV >/dev/null && systemctl reload exim4",
	                "sed -i -E 's/^([ \\t]*smtp_accept_max[ \\t]*==?[ \\t]*\"?)40(\"?[ \\t]*)$/\\19\\2/' "
	                "/etc/exim4/exim4.conf\nexim4 -bV >/dev/null && systemctl reload exim4");
	assert_int_equal(fill("exim smtp_accept_max = 40", other, 2, &c), 0);
	assert_string_equal(c.verify, "exim -bP smtp_accept_max | grep -Fx 'smtp_accept_max = 40'");
	expect_commands(&c,
	                "sed -i '1i smtp_accept_max = 40' /etc/exim/exim.conf\n"
	                "exim -bV >/dev/null && systemctl reload exim",
	                "sed -i '1{/^smtp_accept_max = 40$/d}' /etc/exim/exim.conf\n"
	                "exim -bV >/dev/null && systemctl reload exim");
	assert_int_equal(fill("opensmtpd smtp limit max-mails = 10", included, 6, &c), 0);
	expect_commands(&c,
	                "sed -i -E 's/^([ \\t]*smtp limit[ \\t](.*[ \\t])?max-mails[ \\t]+\"?)5\\b/\\110/' "
	                "/etc/mail/limits.conf\nsmtpd -n -f /etc/mail/smtpd.conf && systemctl restart opensmtpd",
	                "sed -i -E 's/^([ \\t]*smtp limit[ \\t](.*[ \\t])?max-mails[ \\t]+\"?)10\\b/\\15/' "
	                "/etc/mail/limits.conf\nsmtpd -n -f /etc/mail/smtpd.conf && systemctl restart opensmtpd");
}

/* What only shows something is for the same instance. */
static void test_programs_in_commands(void **state)
{
	char subject[] = OUT, software[] = "postfix", folder[] = "/etc/postfix-out", hostile[] = "/etc/$(id)";
	struct fact facts[] = {{.def = fact_def_find("config.software"), .subject = subject, .text = software},
	                       {.def = fact_def_find("config.folder"), .subject = subject, .text = folder}};
	const struct fact *pointers[] = {&facts[0], &facts[1]};
	struct scope scope = {.facts = pointers, .count = 0};
	struct template_values values = {.scope = &scope};
	static const char text[] = "{postconf} -n && {postfix} check";
	char *filled_in;

	(void)state;
	assert_int_equal(template_check(text, TEMPLATE_COMMAND, NULL, NULL), 0);
	filled_in = template_fill(text, TEMPLATE_COMMAND, &values);
	assert_string_equal(filled_in, "postconf -n && postfix check");
	free(filled_in);
	scope.count = 2;
	filled_in = template_fill(text, TEMPLATE_COMMAND, &values);
	assert_string_equal(filled_in, "postconf -c /etc/postfix-out -n && postfix -c /etc/postfix-out check");
	free(filled_in);
	facts[1].text = hostile;
	assert_null(template_fill(text, TEMPLATE_COMMAND, &values));
	assert_int_equal(template_check("{smtp.reply.text:program}", TEMPLATE_COMMAND, NULL, NULL), -1);
}

static void test_changes_that_are_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
	    {"", "expected postfix"},
	    {"qmail x = 1", "found \"qmail\""},
	    {"postfix", "NAME = VALUE"},
	    {"postfix x", "NAME = VALUE"},
	    {"postfix = 1", "NAME = VALUE"},
	    {"postfix x y = 1", "NAME = VALUE"},
	    {"postfix x;y = 1", "NAME = VALUE"},
	    {"sendmail Timeout.nothing = 1", "NAME = VALUE"},
	    {"postfix x = a'b", "without single quotes"},
	    {"postfix x = {nothing}", "found {nothing}"},
	    {"postfix x = {smtp.reply.text}", "expected a kind"},
	    {"postfix x = {target}", "outside quotes"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct change change;
		struct err err = {""};
		if (change_parse(rows[i].text, NULL, &change, &err) == 0)
			fail_msg("%s was taken", rows[i].text);
		if (strstr(err.text, rows[i].why) == NULL)
			fail_msg("%s: \"%s\", expected \"%s\"", rows[i].text, err.text, rows[i].why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_nothing_foreign_reaches_a_shell),
	    cmocka_unit_test(test_old_values_come_back_whole),
	    cmocka_unit_test(test_the_instance_is_named),
	    cmocka_unit_test(test_a_hostile_folder_is_no_command),
	    cmocka_unit_test(test_the_file_is_named),
	    cmocka_unit_test(test_programs_in_commands),
	    cmocka_unit_test(test_changes_that_are_refused),
	};

	return cmocka_run_group_tests_name("fix_commands", tests, NULL, NULL);
}

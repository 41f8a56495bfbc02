/*
 * document: what text and Markdown make of blocks; nothing foreign gets a meaning, nothing gets wider than a terminal,
 * and no command is broken where the shell would not join it.
 */
#include "report/document.h"
#include "report/shell.h"

#include "base/text.h"
#include "base/xalloc.h"
#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUT_MAX   ((size_t)8 << 20)
#define WORDS_MAX 4096

/* Both end the document; the caller frees. */
static char *to_text(struct document *d)
{
	struct buf out;

	buf_init(&out, OUT_MAX);
	document_to_text(d, &out);
	document_done(d);
	return buf_take(&out);
}

static char *to_markdown(struct document *d)
{
	struct buf out;

	buf_init(&out, OUT_MAX);
	document_to_markdown(d, &out);
	document_done(d);
	return buf_take(&out);
}

static void expect_text(struct document *d, const char *expected)
{
	char *text = to_text(d);

	assert_string_equal(text, expected);
	free(text);
}

static void expect_markdown(struct document *d, const char *expected)
{
	char *text = to_markdown(d);

	assert_string_equal(text, expected);
	free(text);
}

/* No line wider than the page, none with blanks at its end. */
static void expect_narrow(const char *text)
{
	while (*text != '\0') {
		size_t size = strcspn(text, "\n");
		char *line = xstrndup(text, size);
		if (text_width(line) > 80)
			fail_msg("%zu columns: %s", text_width(line), line);
		if (size > 0 && line[size - 1] == ' ')
			fail_msg("ends with a blank: %s", line);
		free(line);
		text += size + 1;
	}
}

static char *repeat(const char *piece, size_t times)
{
	struct buf text;

	buf_init(&text, OUT_MAX);
	while (times-- > 0)
		buf_puts(&text, piece);
	return buf_take(&text);
}

static void wraps_words_at_80_columns(void **state)
{
	struct document d;
	char *words = repeat("abcdefghi ", 12);

	(void)state;
	document_init(&d);
	document_add(&d, BLOCK_HEADING, "Heading");
	document_item(&d, "+20", "%s", words);
	free(words);
	expect_text(&d, "Heading\n"
	                "  +20 abcdefghi abcdefghi abcdefghi abcdefghi abcdefghi abcdefghi abcdefghi\n"
	                "      abcdefghi abcdefghi abcdefghi abcdefghi abcdefghi\n");
}

static void cuts_a_word_that_fits_no_line(void **state)
{
	struct document d;
	char *word = repeat("x", 200);

	(void)state;
	document_init(&d);
	document_add(&d, BLOCK_PARAGRAPH, "%s", word);
	char *text = to_text(&d);
	expect_narrow(text);
	assert_int_equal(strlen(text), 200 + 3); /* three lines, nothing lost */
	free(text);
	free(word);
}

static void keeps_a_url_whole(void **state)
{
	struct document d;
	char *path = repeat("x", 90);

	(void)state;
	document_init(&d);
	document_add(&d, BLOCK_PARAGRAPH, "See https://example.com/%s for more.", path);
	char *text = to_text(&d);
	char *line = xasprintf("\nhttps://example.com/%s\n", path);
	assert_non_null(strstr(text, line));
	free(line);
	free(text);
	free(path);
}

static void counts_wide_characters_as_two_columns(void **state)
{
	struct document d;
	char *wide = repeat("邮件", 60);

	(void)state;
	document_init(&d);
	document_add(&d, BLOCK_PARAGRAPH, "%s", wide);
	document_begin(&d, BLOCK_TABLE, 2);
	document_cell(&d, "fact");
	document_cell(&d, "value");
	document_cell(&d, "邮件服务器");
	document_cell(&d, wide);
	document_cell(&d, "ascii");
	document_cell(&d, "next");
	char *text = to_text(&d);
	expect_narrow(text);
	assert_non_null(strstr(text, "\n邮件服务器  邮件"));
	assert_non_null(strstr(text, "\nascii       next\n"));
	free(text);
	free(wide);
}

static void table_gives_way_at_its_widest_column(void **state)
{
	struct document d;
	char *wide = repeat("word ", 30);

	(void)state;
	document_init(&d);
	document_begin(&d, BLOCK_TABLE, 3);
	for (int i = 0; i < 2; i++) {
		document_cell(&d, "dns");
		document_cell(&d, i == 0 ? "subject" : wide);
		document_cell(&d, "5.41 s");
	}
	free(wide);
	expect_text(&d, "dns  subject                                                              5.41 s\n"
	                "dns  word word word word word word word word word word word word word     5.41 s\n"
	                "     word word word word word word word word word word word word word\n"
	                "     word word word word\n");
}

static void text_stays_within_80_columns_whatever_comes(void **state)
{
	static const char *const pieces[] = {"a",          " ", "  ", "邮", "é",
	                                     "0123456789", "-", "|",  "`",  "é" /* combining */};
	struct document d;
	unsigned random = 1;

	(void)state;
	document_init(&d);
	for (int i = 0; i < 300; i++) {
		struct buf foreign;
		buf_init(&foreign, OUT_MAX);
		for (unsigned k = 0; k < 40 + random % 200; k++) {
			random = random * 1103515245u + 12345u;
			buf_puts(&foreign, pieces[(random >> 16) % (sizeof pieces / sizeof pieces[0])]);
		}
		buf_putc(&foreign, 'z');
		document_add(&d, BLOCK_HEADING, "%s", foreign.text);
		document_add(&d, BLOCK_STEP, "%s", foreign.text);
		document_add(&d, BLOCK_PARAGRAPH, "%s", foreign.text);
		document_item(&d, NULL, "%s", foreign.text);
		document_begin(&d, BLOCK_TABLE, 4);
		for (int k = 0; k < 8; k++)
			document_cell(&d, k % 3 == 0 ? "short" : foreign.text);
		document_begin(&d, BLOCK_LOG, 2);
		document_cell(&d, "   1.000 <");
		document_cell(&d, foreign.text);
		document_begin(&d, BLOCK_CHART, 0);
		document_bar(&d, foreign.text, foreign.text, 0, i, foreign.text);
		buf_done(&foreign);
	}
	char *text = to_text(&d);
	for (char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
		char *copy = xstrndup(line, strcspn(line, "\n"));
		if (text_width(copy) > 80)
			fail_msg("%zu columns: %s", text_width(copy), copy);
		free(copy);
	}
	free(text);
}

/* shell_wrap */

static void expect_wrapped(const char *command, size_t columns, const char *expected)
{
	struct buf out;

	buf_init(&out, OUT_MAX);
	shell_wrap(command, columns, false, &out);
	assert_string_equal(out.text, expected);
	buf_done(&out);
}

static void commands_break_only_where_the_shell_joins(void **state)
{
	(void)state;
	expect_wrapped("postfix reload", 20, "postfix reload\n");
	expect_wrapped("postconf -e a=1 b=2 c=3", 20, "postconf -e a=1 \\\n  b=2 c=3\n");
	expect_wrapped("postconf -e 'smtpd_timeout = 300s' x=1", 20,
	               "postconf -e \\\n  'smtpd_timeout = 300s' \\\n  x=1\n");
	expect_wrapped("echo \"a b c \\\" d e f g h\" i", 12, "echo \\\n  \"a b c \\\" d e f g h\" \\\n  i\n");
	expect_wrapped("echo a\\ b\\ c\\ d\\ e f", 10, "echo \\\n  a\\ b\\ c\\ d\\ e \\\n  f\n");
	expect_wrapped("ls -l # and a long remark follows", 10, "ls -l \\\n  # and a long remark follows\n");
	expect_wrapped("echo a#b c#d e#f", 10, "echo a#b \\\n  c#d e#f\n");
	expect_wrapped("postconf -e a=1\npostfix reload", 80, "postconf -e a=1\npostfix reload\n");
	expect_wrapped("cat >file <<END\nsome text here\nEND", 10, "cat >file <<END\nsome text here\nEND\n");
	expect_wrapped("", 10, "");
}

static void powershell_joins_lines_in_its_own_way(void **state)
{
	(void)state;
	expect_wrapped("Set-ReceiveConnector 'A\\B' -Timeout 00:05:00", 45,
	               "Set-ReceiveConnector 'A\\B' -Timeout 00:05:00\n");
	expect_wrapped("Set-ReceiveConnector 'A\\B c' -Timeout 00:05:00", 30,
	               "Set-ReceiveConnector 'A\\B c' `\n  -Timeout 00:05:00\n");
	expect_wrapped("Get-WinEvent -Filter @{LogName='A;b c';Id=15004,15005,15006}", 30,
	               "Get-WinEvent -Filter `\n  @{LogName='A;b c';Id=15004,\n  15005,15006}\n");
	expect_wrapped("Get-WinEvent -Filter @{Id=15004,15005,15006,15007;Level=2} -Max 5", 20,
	               "Get-WinEvent `\n  -Filter `\n  @{Id=15004,15005,\n  15006,15007;\n  Level=2} -Max 5\n");
	expect_wrapped("Get-Item 'one long name in quotes'", 12, "Get-Item `\n  'one long name in quotes'\n");
	expect_wrapped("show running-config | include a", 12, "show running-config | include a\n");
}

static void remarks_break_between_words(void **state)
{
	(void)state;
	expect_wrapped("# in its configuration, once", 16, "# in its\n# configuration,\n# once\n");
	expect_wrapped("# configuration-of-that", 16, "# configuration-of-that\n");
	expect_wrapped("echo 'a\n# b c d e f g h i j k l'", 16, "echo 'a\n# b c d e f g h i j k l'\n");
}

/* What the shell makes of it: each of its words in brackets. The caller frees. */
static char *words_of(const char *command)
{
	char *text = xcalloc(1, WORDS_MAX), *line = xasprintf("set -- %s\nprintf '[%%s]' \"$@\"", command);
	const char *const argv[] = {"sh", "-c", line, NULL};
	int pipes[2], status = -1;
	size_t size = 0;
	ssize_t got;

	assert_int_equal(pipe(pipes), 0);
	const pid_t pid = fork();
	if (pid == 0) {
		dup2(pipes[1], STDOUT_FILENO);
		close(pipes[0]);
		execv("/bin/sh", (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	close(pipes[1]);
	while ((got = read(pipes[0], text + size, WORDS_MAX - 1 - size)) > 0)
		size += (size_t)got;
	close(pipes[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	free(line);
	return text;
}

/* Words that no blank divides are broken as well: no line is too wide, and the shell reads the same. */
static void words_break_where_nothing_else_does(void **state)
{
	static const char *const commands[] = {
	    "echo /etc/postfix/smtp_destination_concurrency_limit.smtpdx",
	    "echo \"$(echo /etc/postfix/smtpd_client_event_limit.smtpdx)\" a",
	    "echo 'smtp_destination_concurrency_limit = a, very, long, list' b",
	    "echo \"it's one \\\"word\\\" of many letters without a place to break\" c",
	    "echo a\\ b\\ c\\ d\\ e\\ f\\ g\\ h\\ i\\ j\\ k\\ l\\ m\\ n\\ o\\ p\\ q",
	    "echo gr\303\274\303\237e-\303\274ber-\303\274ber-\303\274ber-\303\274ber-\303\274berall",
	};

	(void)state;
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		char *expected = words_of(commands[i]);
		for (size_t columns = 12; columns < 40; columns += 7) {
			struct buf out;
			buf_init(&out, OUT_MAX);
			shell_wrap(commands[i], columns, true, &out);
			char *got = words_of(out.text);
			assert_string_equal(got, expected);
			for (const char *line = out.text; *line != '\0'; line += strcspn(line, "\n") + 1) {
				char *copy = xstrndup(line, strcspn(line, "\n"));
				/* What a command within double quotes is, only the shell knows. */
				if (text_width(copy) > columns && strstr(commands[i], "it's") == NULL)
					fail_msg("%zu columns, not %zu: %s", text_width(copy), columns, copy);
				free(copy);
			}
			free(got);
			buf_done(&out);
		}
		free(expected);
	}
}

/* A line exactly as wide as the page stands; one column more and it is broken. */
static void commands_use_the_whole_page(void **state)
{
	(void)state;
	expect_wrapped("echo 45678 01234 678", 20, "echo 45678 01234 678\n");
	expect_wrapped("echo 45678 01234 6789", 20, "echo 45678 01234 \\\n  6789\n");
}

/* Markdown */

static void markdown_escapes_what_has_a_meaning(void **state)
{
	struct document d;

	(void)state;
	document_init(&d);
	document_add(&d, BLOCK_PARAGRAPH, "%s", "<img src=x> [a](b) `c` *d* _e_ smtpd_timeout ~f~ &amp; \\g #h | $i$");
	expect_markdown(
	    &d, "\\<img src=x\\> \\[a\\](b) \\`c\\` \\*d\\* \\_e\\_ smtpd_timeout \\~f\\~ \\&amp; \\\\g \\#h \\| "
		"\\$i\\$\n");
}

static void markdown_starts_no_block_by_itself(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
	    {"- item", "\\- item\n"},
	    {"+ item", "\\+ item\n"},
	    {"1. item", "1\\. item\n"},
	    {"12) item", "12\\) item\n"},
	    {"---", "\\---\n"},
	    {"===", "\\===\n"},
	    {"    code", "code\n"},
	    {"# title", "\\# title\n"},
	    {"> quote", "\\> quote\n"},
	    {"```", "\\`\\`\\`\n"},
	    {"-5 dB", "-5 dB\n"},
	    {"192.0.2.1", "192.0.2.1\n"},
	    {"1.", "1\\.\n"},
	    {"-", "\\-\n"},
	    {"", "\n"},
	    {"two\nlines", "two lines\n"},
	    {"~~~ fence", "\\~\\~\\~ fence\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct document d;
		document_init(&d);
		document_add(&d, BLOCK_PARAGRAPH, "%s", cases[i].text);
		expect_markdown(&d, cases[i].expected);
		char *item = xasprintf("- %s", cases[i].expected);
		document_item(&d, NULL, "%s", cases[i].text);
		expect_markdown(&d, item);
		free(item);
	}
}

static void markdown_table_keeps_its_cells(void **state)
{
	struct document d;

	(void)state;
	document_init(&d);
	document_begin(&d, BLOCK_TABLE, 2);
	document_cell(&d, "fact");
	document_cell(&d, "value");
	document_cell(&d, "a|b");
	document_cell(&d, "c \\| d\n| e");
	expect_markdown(&d, "| fact | value |\n"
	                    "| --- | --- |\n"
	                    "| a\\|b | c \\\\\\| d \\| e |\n");
}

static void markdown_fence_is_longer_than_what_it_holds(void **state)
{
	struct document d;

	(void)state;
	document_init(&d);
	document_begin(&d, BLOCK_LOG, 2);
	document_cell(&d, "0.1 <");
	document_cell(&d, "220 ```` <script> ```");
	document_command(&d, "Undo:", "echo `date`");
	expect_markdown(&d, "`````text\n"
	                    "0.1 < 220 ```` <script> ```\n"
	                    "`````\n"
	                    "\n"
	                    "Undo:\n"
	                    "\n"
	                    "```sh\n"
	                    "echo `date`\n"
	                    "```\n");
}

static void markdown_survives_any_number_of_backticks(void **state)
{
	struct document d;
	char *ticks = repeat("`", 500);

	(void)state;
	document_init(&d);
	document_begin(&d, BLOCK_LOG, 2);
	document_cell(&d, "0.1 <");
	document_cell(&d, ticks);
	char *text = to_markdown(&d);
	assert_null(strstr(text, "``")); /* each one escaped: no fence could hold them */
	free(text);
	free(ticks);
}

/* Charts */

static void begin_waterfall(struct document *d)
{
	document_init(d);
	document_begin(d, BLOCK_CHART, 0);
	document_bar(d, "connect", "1.00 s", 0, 1, "");
	document_bar(d, "banner", "2.00 s", 1, 3, "220");
	document_bar(d, "EHLO", "0.00 s", 3, 3.0001, "250");
	document_bar(d, "MAIL", "1.00 s", 3, 4, "...")->open = true;
}

static void expect_chart(struct document *d, size_t width, bool utf8, const char *expected)
{
	struct buf out;

	buf_init(&out, OUT_MAX);
	chart_lines(&d->blocks[0], 0, width, utf8, &out);
	assert_string_equal(out.text, expected);
	buf_done(&out);
	document_done(d);
}

static void waterfall_steps_down_to_scale(void **state)
{
	struct document d;

	(void)state;
	begin_waterfall(&d);
	expect_chart(&d, 42, false,
	             "connect  1.00 s  #####\n"
	             "banner   2.00 s       ##########       220\n"
	             "EHLO     0.00 s                 #      250\n"
	             "MAIL     1.00 s                 -----  ...\n");
	begin_waterfall(&d);
	expect_chart(&d, 42, true,
	             "connect  1.00 s  █████\n"
	             "banner   2.00 s       ██████████       220\n"
	             "EHLO     0.00 s                 ▏      250\n"
	             "MAIL     1.00 s                 ░░░░░  ...\n");
}

static void bar_shows_eighths_of_a_column(void **state)
{
	struct document d;

	(void)state;
	document_init(&d);
	document_begin(&d, BLOCK_CHART, 0);
	document_bar(&d, "a", "1", 0, 80, "");
	document_bar(&d, "b", "2", 0, 43, "");
	document_bar(&d, "c", "3", 0, 0, "no bar");
	/* 1 label, 1 value, 6 note, 3 gaps of 2: 10 columns remain, one of them is 8 */
	expect_chart(&d, 24, true,
	             "a  1  ██████████\n"
	             "b  2  █████▍\n"
	             "c  3              no bar\n");
}

/* A millisecond must not look like a minute only because nothing took longer. */
static void short_times_look_short(void **state)
{
	struct document d;

	(void)state;
	document_init(&d);
	document_begin_chart(&d, 1);
	document_bar(&d, "a", "1 ms", 0, 0.001, "");
	document_bar(&d, "b", "500 ms", 0.001, 0.501, "");
	expect_chart(&d, 33, false, "a    1 ms  #\nb  500 ms  ##########\n");
}

static void unscalable_numbers_are_not_drawn(void **state)
{
	struct document d;

	(void)state;
	document_init(&d);
	document_begin(&d, BLOCK_CHART, 0);
	document_bar(&d, "a", "1", 0, (double)INFINITY, "");
	document_bar(&d, "b", "2", -5, 5, "");
	document_bar(&d, "c", "3", (double)NAN, (double)NAN, "");
	document_bar(&d, "d", "4", 3, 2, "");
	expect_chart(&d, 40, false, "a  1\nb  2\nc  3\nd  4\n");
}

static void long_label_gets_its_own_line(void **state)
{
	struct document d;

	(void)state;
	document_init(&d);
	document_begin(&d, BLOCK_CHART, 0);
	document_bar(&d, "nameserver ns1.hosting.example.net [2001:db8:0:53::1]", "1", 0, 2, "ok");
	expect_chart(&d, 60, false,
	             "nameserver ns1.hosting.example.net [2001:db8:0:53::1]\n"
	             "  1  ###################################################  ok\n");
}

static void locale_decides_how_bars_are_drawn(void **state)
{
	(void)state;
	assert_false(chart_locale_is_utf8());
	setlocale(LC_ALL, "C.UTF-8");
	assert_true(chart_locale_is_utf8());
}

static void add_row(struct document *d, const char *first, const char *second)
{
	document_cell(d, first);
	document_cell(d, second);
}

static void filter_leaves_what_has_the_text(void **state)
{
	struct document d;

	(void)state;
	document_init(&d);
	document_add(&d, BLOCK_HEADING, "Settings");
	document_add(&d, BLOCK_PARAGRAPH, "All of them.");
	document_add(&d, BLOCK_STEP, "port 25");
	document_begin(&d, BLOCK_TABLE, 2);
	add_row(&d, "name", "value");
	add_row(&d, "smtpd_timeout", "300 s");
	add_row(&d, "smtpd_hard_error_limit", "20");
	document_add(&d, BLOCK_STEP, "port 587");
	document_begin(&d, BLOCK_TABLE, 2);
	add_row(&d, "name", "value");
	add_row(&d, "smtpd_delay_reject", "yes");
	document_add(&d, BLOCK_HEADING, "Other");
	document_begin_chart(&d, 1);
	document_bar(&d, "rcpt", "1 s", 0, 1, "");
	document_item(&d, "+3", "a note on the timeout");
	const struct document_shown shown = document_filter(&d, "TimeOut");
	assert_int_equal(shown.shown, 2);
	assert_int_equal(shown.all, 6); /* neither headings nor names of columns */
	expect_text(&d, "Settings\n"
	                "  port 25\n"
	                "     name           value\n"
	                "     smtpd_timeout  300 s\n"
	                "\n"
	                "Other\n"
	                "  +3 a note on the timeout\n");
}

static void filter_by_a_subject_leaves_what_is_about_it(void **state)
{
	struct document d;

	(void)state;
	document_init(&d);
	document_add(&d, BLOCK_HEADING, "Facts");
	document_add(&d, BLOCK_STEP, "mx1.example.com");
	document_item(&d, NULL, "one");
	document_add(&d, BLOCK_STEP, "mx2.example.com");
	document_item(&d, NULL, "two");
	assert_int_equal(document_filter(&d, "mx2").shown, 1);
	expect_text(&d, "Facts\n  mx2.example.com\n     - two\n");
}

static void narrow_table_stacks_rather_than_cuts(void **state)
{
	struct document d;
	struct buf out;

	(void)state;
	document_init(&d);
	document_begin(&d, BLOCK_TABLE, 3);
	add_row(&d, "session", "outcome");
	document_cell(&d, "pause");
	add_row(&d, "[192.0.2.10]:37439", "server-gave-up");
	document_cell(&d, "300.00 s");
	buf_init(&out, OUT_MAX);
	document_to_lines(&d, 40, &out);
	assert_string_equal(out.text, "session\n"
	                              "  outcome         pause\n"
	                              "[192.0.2.10]:37439\n"
	                              "  server-gave-up  300.00 s\n");
	buf_done(&out);
	document_done(&d);
}

static void links_know_their_lines(void **state)
{
	struct document d;
	struct document_link links[2];
	struct buf out;

	(void)state;
	document_init(&d);
	document_add(&d, BLOCK_HEADING, "Not tested");
	document_item(&d, NULL, "plain");
	document_item(&d, "1.", "a text that is as long as it takes to make two lines of it");
	document_link(&d, "test mtu");
	document_add(&d, BLOCK_HEADING, "See also");
	document_item(&d, NULL, "the help");
	document_link(&d, "help mtu");
	assert_int_equal(document_link_count(&d), 2);
	buf_init(&out, OUT_MAX);
	document_to_linked_lines(&d, 40, &out, links);
	assert_string_equal(links[0].link, "test mtu");
	assert_int_equal(links[0].line, 2);
	assert_int_equal(links[0].lines, 2);
	assert_string_equal(links[1].link, "help mtu");
	assert_int_equal(links[1].line, 6);
	assert_int_equal(links[1].lines, 1);
	buf_done(&out);
	document_done(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(wraps_words_at_80_columns, set_utf8),
	    cmocka_unit_test_setup(cuts_a_word_that_fits_no_line, set_utf8),
	    cmocka_unit_test_setup(keeps_a_url_whole, set_utf8),
	    cmocka_unit_test_setup(counts_wide_characters_as_two_columns, set_utf8),
	    cmocka_unit_test_setup(table_gives_way_at_its_widest_column, set_utf8),
	    cmocka_unit_test_setup(text_stays_within_80_columns_whatever_comes, set_utf8),
	    cmocka_unit_test(commands_break_only_where_the_shell_joins),
	    cmocka_unit_test(powershell_joins_lines_in_its_own_way),
	    cmocka_unit_test(remarks_break_between_words),
	    cmocka_unit_test(words_break_where_nothing_else_does),
	    cmocka_unit_test(commands_use_the_whole_page),
	    cmocka_unit_test(markdown_escapes_what_has_a_meaning),
	    cmocka_unit_test(markdown_starts_no_block_by_itself),
	    cmocka_unit_test(markdown_table_keeps_its_cells),
	    cmocka_unit_test(markdown_fence_is_longer_than_what_it_holds),
	    cmocka_unit_test(markdown_survives_any_number_of_backticks),
	    cmocka_unit_test_setup(waterfall_steps_down_to_scale, set_utf8),
	    cmocka_unit_test_setup(bar_shows_eighths_of_a_column, set_utf8),
	    cmocka_unit_test_setup(short_times_look_short, set_utf8),
	    cmocka_unit_test_setup(unscalable_numbers_are_not_drawn, set_utf8),
	    cmocka_unit_test_setup(long_label_gets_its_own_line, set_utf8),
	    cmocka_unit_test_setup(locale_decides_how_bars_are_drawn, set_ascii),
	    cmocka_unit_test(filter_leaves_what_has_the_text),
	    cmocka_unit_test(filter_by_a_subject_leaves_what_is_about_it),
	    cmocka_unit_test(narrow_table_stacks_rather_than_cuts),
	    cmocka_unit_test(links_know_their_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

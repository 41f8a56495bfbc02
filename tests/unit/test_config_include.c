/* Configurations of several files: includes of Exim and OpenSMTPD, and the files that Debian makes Exim's from. */
#include "base/file.h"
#include "base/xalloc.h"
#include "config/exim.h"
#include "config/exim_debian.h"
#include "config/opensmtpd.h"

#include "unit.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY 65534

static char folder[] = "/tmp/smtpdx-include-XXXXXX";

static void write_file(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A file in the folder; %s in its text is the folder. */
static void write_file(const char *name, const char *format, ...)
{
	char *path = xasprintf("%s/%s", folder, name);
	FILE *file = fopen(path, "w");
	va_list args;

	assert_non_null(file);
	va_start(args, format);
	assert_true(vfprintf(file, format, args) >= 0);
	va_end(args);
	assert_int_equal(fclose(file), 0);
	free(path);
}

static void make_folder(const char *name)
{
	char *path = xasprintf("%s/%s", folder, name);

	assert_int_equal(mkdir(path, 0755), 0);
	free(path);
}

static struct config *read_exim(const char *name)
{
	char *path = xasprintf("%s/%s", folder, name);
	char *text = file_read(path, CONFIG_FILE_MAX, NULL, NULL);
	struct config *config = config_new("exim", path);

	assert_non_null(text);
	exim_take(config, text, true);
	exim_finish(config);
	free(text);
	free(path);
	return config;
}

/* A value, the file that it stands in (below the folder; NULL: the first one), its line, and the macro that has it. */
static void expect_set(const struct config *config, const char *name, const char *raw, const char *file, long line,
                       const char *macro)
{
	const struct config_value *value = config_get(&config->values, name);
	char *path = file != NULL ? xasprintf("%s/%s", folder, file) : NULL;

	if (value == NULL)
		fail_msg("%s was not read", name);
	assert_string_equal(value->raw, raw);
	if (path == NULL)
		assert_null(value->file);
	else if (value->file == NULL || strcmp(value->file, path) != 0)
		fail_msg("%s is in %s, expected %s", name, value->file != NULL ? value->file : "the first file", path);
	assert_int_equal(value->line, line);
	if (macro == NULL)
		assert_null(value->macro);
	else
		assert_string_equal(value->macro, macro);
	free(path);
}

static bool has_fault(const struct config *config, const char *text)
{
	for (size_t i = 0; i < config->fault_count; i++)
		if (strstr(config->faults[i], text) != NULL)
			return true;
	return false;
}

static void exim_includes_are_followed(void **state)
{
	(void)state;
	write_file("exim.conf",
	           "DIR = %s\n"
	           ".include DIR/one\n"
	           ".include_if_exists DIR/nowhere\n"
	           "smtp_accept_max = LIMIT\n"
	           ".ifdef ABSENT\n"
	           ".include DIR/missing-but-not-wanted\n"
	           ".endif\n"
	           "smtp_accept_queue = 1\n",
	           folder);
	write_file("one", "LIMIT = 7\n\n.include \"%s/two\"\nsmtp_receive_timeout = 20s\n", folder);
	write_file("two", "smtp_accept_max_per_host = 4\n");
	struct config *config = read_exim("exim.conf");
	assert_int_equal(config->fault_count, 0);
	expect_set(config, "smtp_accept_max", "7", "one", 1, "LIMIT");
	expect_set(config, "smtp_receive_timeout", "20s", "one", 4, NULL);
	expect_set(config, "smtp_accept_max_per_host", "4", "two", 1, NULL);
	expect_set(config, "smtp_accept_queue", "1", NULL, 8, NULL);
	config_free(config);
}

/* Whatever cannot be included is told, and the rest counts. */
static void bad_includes_are_faults(void **state)
{
	char *fifo = xasprintf("%s/fifo", folder);

	(void)state;
	assert_int_equal(mkfifo(fifo, 0644), 0);
	write_file("exim.conf",
	           ".include %s/missing\n"
	           ".include relative\n"
	           ".include %s/fifo\n"
	           ".include %s/loop\n"
	           ".include /dev/zero\n"
	           ".include %s\n"
	           "smtp_accept_max = 5\n",
	           folder, folder, folder, folder);
	write_file("loop", "smtp_accept_queue = 2\n.include %s/loop\n.include %s/exim.conf\n", folder, folder);
	struct config *config = read_exim("exim.conf");
	assert_true(has_fault(config, "exim.conf, line 1, includes what could not be read"));
	assert_true(has_fault(config, "missing: No such file"));
	assert_true(has_fault(config, "relative: is no whole path"));
	assert_true(has_fault(config, "fifo: is no file"));
	assert_true(has_fault(config, "loop, line 2, includes what could not be read"));
	assert_true(has_fault(config, "loop: includes itself"));
	assert_true(has_fault(config, "exim.conf: includes itself"));
	assert_true(has_fault(config, "/dev/zero: is no file"));
	assert_int_equal(config->fault_count, 7);
	expect_set(config, "smtp_accept_max", "5", NULL, 7, NULL);
	expect_set(config, "smtp_accept_queue", "2", "loop", 1, NULL);
	config_free(config);
	free(fifo);
}

/* Deep, and wide: both end. */
static void includes_are_bounded(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		char *name = xasprintf("deep%d", i);
		write_file(name, "smtp_accept_max = %d\n.include %s/deep%d\n", i, folder, i + 1);
		free(name);
	}
	write_file("leaf", "smtp_accept_queue = 3\n");
	char *lines = xstrdup("");
	for (int i = 0; i < 300; i++) {
		char *longer = xasprintf("%s.include %s/leaf\n", lines, folder);
		free(lines);
		lines = longer;
	}
	write_file("wide", "%s", lines);
	free(lines);
	struct config *deep = read_exim("deep0"), *wide = read_exim("wide");
	assert_true(has_fault(deep, "too many files include others"));
	expect_set(deep, "smtp_accept_max", "7", "deep7", 1, NULL);
	assert_true(has_fault(wide, "too many files include others"));
	config_free(deep);
	config_free(wide);
}

static void what_may_not_be_read_is_told(void **state)
{
	char *path = xasprintf("%s/secret", folder);

	(void)state;
	write_file("secret", "smtp_accept_queue = 3\n");
	write_file("exim.conf", ".include_if_exists %s/secret\nsmtp_accept_max = 5\n", folder);
	assert_int_equal(chmod(path, 0), 0);
	const uid_t self = geteuid();
	assert_int_equal(chmod(folder, 0755), 0);
	assert_int_equal(seteuid(self != 0 ? self : NOBODY), 0); /* root may read everything */
	struct config *config = read_exim("exim.conf");
	assert_int_equal(seteuid(self), 0);
	assert_true(has_fault(config, "secret: Permission denied"));
	expect_set(config, "smtp_accept_max", "5", NULL, 2, NULL);
	config_free(config);
	free(path);
}

static void opensmtpd_includes_are_followed(void **state)
{
	char *path = xasprintf("%s/smtpd.conf", folder);
	char *text;

	(void)state;
	write_file("smtpd.conf",
	           "limit = \"12\"\n"
	           "include \"limits.conf\"\n"
	           "include \"%s/nowhere\"\n"
	           "include \"%s/smtpd.conf\"\n"
	           "smtp max-message-size 9M\n",
	           folder, folder);
	write_file("limits.conf", "# more\nsmtp limit max-mails 5 max-rcpt $limit\nlisten on all port 2525\n");
	text = file_read(path, CONFIG_FILE_MAX, NULL, NULL);
	assert_non_null(text);
	struct config *config = config_new("opensmtpd", path);
	opensmtpd_take(config, text);
	opensmtpd_finish(config);
	expect_set(config, "smtp limit max-mails", "5", "limits.conf", 2, NULL);
	expect_set(config, "smtp limit max-rcpt", "12", "limits.conf", 2, "limit");
	expect_set(config, "smtp max-message-size", "9M", NULL, 5, NULL);
	assert_true(config_has_port(config_find_service(config, "server"), 2525));
	assert_true(has_fault(config, "smtpd.conf, line 3, includes what could not be read"));
	assert_true(has_fault(config, "smtpd.conf: includes itself"));
	assert_int_equal(config->fault_count, 2);
	config_free(config);
	free(text);
	free(path);
}

/* --- Debian's Exim */

static void write_answers(const char *split)
{
	write_file("exim4/update-exim4.conf.conf",
	           "# written by debconf\ndc_eximconfig_configtype='internet'\ndc_use_split_config='%s'\n"
	           "dc_minimaldns='true'\ndc_local_interfaces=''\nQUEUE_LOAD=4\n",
	           split);
}

static void debian_template_is_read(void **state)
{
	char *path = xasprintf("%s/exim4", folder), *made = xasprintf("%s/made", folder);
	struct err err;

	(void)state;
	make_folder("exim4");
	assert_null(exim_debian_read(path, &err));
	write_answers("false");
	write_file("exim4/exim4.conf.template", ".ifdef MESSAGE_SIZE_LIMIT\n"
	                                        "message_size_limit = MESSAGE_SIZE_LIMIT\n"
	                                        ".endif\n"
	                                        ".ifndef DC_minimaldns\n"
	                                        "host_lookup = *\n"
	                                        ".endif\n"
	                                        ".ifdef DCconfig_internet\n"
	                                        "smtp_accept_reserve = 3\n"
	                                        ".endif\n"
	                                        "queue_only_load = QUEUE_LOAD\n"
	                                        "begin transports\n"
	                                        "remote_smtp:\n"
	                                        "  driver = smtp\n"
	                                        "  final_timeout = 2m\n");
	write_file("exim4/exim4.conf.localmacros", "MESSAGE_SIZE_LIMIT = 30M\nsmtp_accept_max = 9\n");
	struct config *config = exim_debian_read(path, &err);
	assert_non_null(config);
	assert_int_equal(config->fault_count, 0);
	expect_set(config, "message_size_limit", "30M", "exim4/exim4.conf.localmacros", 1, "MESSAGE_SIZE_LIMIT");
	expect_set(config, "smtp_accept_max", "9", "exim4/exim4.conf.localmacros", 2, NULL);
	expect_set(config, "smtp_accept_reserve", "3", "exim4/exim4.conf.template", 8, NULL);
	expect_set(config, "queue_only_load", "4", "exim4/update-exim4.conf.conf", 6, "QUEUE_LOAD");
	assert_null(config_get(&config->values, "host_lookup"));
	const struct config_service *client = config_find_service(config, "client remote_smtp");
	assert_non_null(client);
	assert_string_equal(config_get(&client->values, "final_timeout")->raw, "2m");
	config_free(config);

	/* What was made of it is older, has one value that is elsewhere another one, and one that is nowhere. */
	write_file("made", "message_size_limit = 30M\nsmtp_accept_max = 8\nsmtp_receive_timeout = 1m\n");
	config = read_exim("made");
	exim_debian_trace(config, path, made);
	expect_set(config, "message_size_limit", "30M", "exim4/exim4.conf.localmacros", 1, "MESSAGE_SIZE_LIMIT");
	expect_set(config, "smtp_accept_max", "8", NULL, 2, NULL);
	assert_true(has_fault(config, "smtp_receive_timeout stands in"));
	assert_true(has_fault(config, "smtp_accept_max is 8 in"));
	assert_int_equal(config->fault_count, 2);
	config_free(config);
	const struct timespec long_ago[2] = {{.tv_sec = 1000000}, {.tv_sec = 1000000}};
	assert_int_equal(utimensat(AT_FDCWD, made, long_ago, 0), 0);
	write_file("exim4/exim4.conf.localmacros", "MESSAGE_SIZE_LIMIT = 30M\n");
	config = read_exim("made");
	exim_debian_trace(config, path, made);
	assert_true(has_fault(config, "exim4/update-exim4.conf.conf was changed after"));
	config_free(config);
	free(made);
	free(path);
}

static void debian_conf_d_is_read(void **state)
{
	char *path = xasprintf("%s/exim4", folder);
	struct err err;

	(void)state;
	write_answers("true");
	make_folder("exim4/conf.d");
	make_folder("exim4/conf.d/main");
	make_folder("exim4/conf.d/transport");
	write_file("exim4/conf.d/main/02_options", "smtp_receive_timeout = 40s\nsmtp_accept_max = 30\n");
	write_file("exim4/conf.d/main/10_local", "smtp_receive_timeout = 20s\n");
	write_file("exim4/conf.d/main/10_local.dpkg-old", "smtp_receive_timeout = 1s\n");
	write_file("exim4/conf.d/main/20_replaced", "smtp_accept_max = 31\n");
	write_file("exim4/conf.d/main/20_replaced.rul", "smtp_accept_max = 32\n");
	write_file("exim4/conf.d/transport/00_header", "begin transports\n");
	write_file("exim4/conf.d/transport/30_smtp", "remote_smtp:\ndriver = smtp\ndata_timeout = 3m\n");
	struct config *config = exim_debian_read(path, &err);
	assert_non_null(config);
	assert_int_equal(config->fault_count, 0);
	expect_set(config, "smtp_receive_timeout", "20s", "exim4/conf.d/main/10_local", 1, NULL);
	expect_set(config, "smtp_accept_max", "32", "exim4/conf.d/main/20_replaced.rul", 1, NULL);
	assert_null(config_get(&config->values, "message_size_limit"));
	const struct config_service *client = config_find_service(config, "client remote_smtp");
	assert_non_null(client);
	assert_string_equal(config_get(&client->values, "data_timeout")->raw, "3m");
	config_free(config);
	free(path);
}

static int begin(void **state)
{
	(void)state;
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static int take_away(const char *path, const struct stat *status, int kind, struct FTW *at)
{
	(void)status;
	(void)kind;
	(void)at;
	return remove(path);
}

static int end(void **state)
{
	(void)state;
	return nftw(folder, take_away, 8, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(exim_includes_are_followed),
	    cmocka_unit_test(bad_includes_are_faults),
	    cmocka_unit_test(includes_are_bounded),
	    cmocka_unit_test(what_may_not_be_read_is_told),
	    cmocka_unit_test(opensmtpd_includes_are_followed),
	    cmocka_unit_test(debian_template_is_read),
	    cmocka_unit_test(debian_conf_d_is_read),
	};

	return cmocka_run_group_tests_name("config_include", tests, begin, end);
}

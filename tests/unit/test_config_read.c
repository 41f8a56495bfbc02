/* Configurations of each server, as text: what is in effect for which service. */
#include "config/exim.h"
#include "config/opensmtpd.h"
#include "config/postfix.h"
#include "config/readout.h"
#include "config/sendmail.h"

#include "unit.h"

#include <stdio.h>

static struct config_catalogue *catalogue;

static struct config *read_text(const char *server, void (*take)(struct config *, char *),
                                void (*finish)(struct config *), const char *text)
{
	struct config *config = config_new(server, "test");
	char *copy = strdup(text);

	assert_non_null(copy);
	take(config, copy);
	finish(config);
	free(copy);
	return config;
}

static struct readout readout_of(const struct config *config, const char *service, const char *name)
{
	const struct config_service *found = config_find_service(config, service);
	const struct config_setting *setting = config_catalogue_find(catalogue, config->server, name);
	struct readout r;

	if (found == NULL)
		fail_msg("there is no service %s", service);
	assert_non_null(setting);
	assert_true(readout_make(config, found, catalogue, setting, &r));
	return r;
}

static void check_number(const struct config *config, const char *service, const char *name, double normal,
                         double stress)
{
	struct readout r = readout_of(config, service, name);

	if (!r.normal.is_number || r.normal.number < normal - 1e-6 || r.normal.number > normal + 1e-6)
		fail_msg("%s %s: \"%s\", expected %g", service, name, r.normal.text, normal);
	if (r.has_stress != (stress >= 0) ||
	    (stress >= 0 && (r.stress.number < stress - 1e-6 || r.stress.number > stress + 1e-6)))
		fail_msg("%s %s under stress: \"%s\", expected %g", service, name,
		         r.has_stress ? r.stress.text : "the same", stress);
	assert_null(r.fault);
	readout_done(&r);
}

static void check_off(const struct config *config, const char *service, const char *name)
{
	struct readout r = readout_of(config, service, name);

	assert_true(r.normal.is_off);
	assert_false(r.normal.is_number);
	readout_done(&r);
}

static void check_origin(const struct config *config, const char *service, const char *setting, const char *name,
                         const char *raw, enum config_origin origin, long line)
{
	struct readout r = readout_of(config, service, setting);

	assert_string_equal(r.name, name);
	assert_int_equal(r.origin, origin);
	assert_int_equal(r.line, line);
	if (raw == NULL)
		assert_null(r.raw);
	else
		assert_string_equal(r.raw, raw);
	readout_done(&r);
}

static void check_fault(const struct config *config, const char *service, const char *name, const char *why)
{
	struct readout r = readout_of(config, service, name);

	assert_false(r.normal.is_number);
	assert_non_null(r.fault);
	if (strstr(r.fault, why) == NULL)
		fail_msg("%s: \"%s\"", name, r.fault);
	readout_done(&r);
}

/* --- Postfix */

static struct config *postfix(const char *main_cf, const char *master_cf, const char *defaults)
{
	struct config *config = config_new("postfix", "/etc/postfix");
	char *main_copy = strdup(main_cf), *master_copy = strdup(master_cf), *defaults_copy = strdup(defaults);

	postfix_take_defaults(config, defaults_copy);
	postfix_take_main(config, main_copy, true);
	postfix_take_master(config, master_copy, true);
	postfix_finish(config);
	free(main_copy);
	free(master_copy);
	free(defaults_copy);
	return config;
}

#define MASTER                                                                       \
	"smtp      inet  n       -       y       -       -       smtpd\n"            \
	"# a remark\n"                                                               \
	"submission inet n       -       y       -       20      smtpd -v\n"         \
	"  -o syslog_name=postfix/submission\n"                                      \
	"# and one within\n"                                                         \
	"  -o { smtpd_timeout = 45s }\n"                                             \
	"  -o smtpd_client_connection_count_limit=$per_client\n"                     \
	"127.0.0.1:10026 inet n  -       n       -       0       smtpd -o stress=\n" \
	"pickup    unix  n       -       y       60      1       pickup\n"           \
	"smtp      unix  -       -       y       -       -       smtp\n"             \
	"slow      unix  -       -       y       -       1       smtp -osmtp_helo_timeout=15\n"

static void postfix_is_read_for_each_service(void **state)
{
	struct config *config = postfix("smtpd_timeout = ${stress?{7}:{90}}s\n"
	                                "per_client = 3\n"
	                                "default_process_limit =\n"
	                                "   40\n"
	                                "smtpd_timeout = ${stress?{8}:{80}}s\n",
	                                MASTER, "");

	(void)state;
	assert_int_equal(config->fault_count, 0);
	check_number(config, "smtp/inet", "smtpd_timeout", 80, 8);
	check_origin(config, "smtp/inet", "smtpd_timeout", "smtpd_timeout", "${stress?{8}:{80}}s", ORIGIN_MAIN_CF, 5);
	check_number(config, "smtp/inet", "maxproc", 40, -1);
	check_origin(config, "smtp/inet", "maxproc", "default_process_limit", "40", ORIGIN_MAIN_CF, 3);
	check_number(config, "smtp/inet", "smtpd_client_connection_count_limit", 50, -1);
	check_number(config, "smtp/inet", "smtpd_hard_error_limit", 20, 1);
	check_origin(config, "smtp/inet", "smtpd_hard_error_limit", "smtpd_hard_error_limit", NULL, ORIGIN_DEFAULT, 0);
	check_off(config, "smtp/inet", "smtpd_client_message_rate_limit");

	check_number(config, "submission/inet", "smtpd_timeout", 45, -1);
	check_origin(config, "submission/inet", "smtpd_timeout", "smtpd_timeout", "45s", ORIGIN_MASTER_CF, 3);
	check_number(config, "submission/inet", "smtpd_client_connection_count_limit", 3, -1);
	check_number(config, "submission/inet", "maxproc", 20, -1);
	check_origin(config, "submission/inet", "maxproc", "maxproc", "20", ORIGIN_MASTER_CF, 3);
	assert_true(config_has_port(config_find_service(config, "submission/inet"), 587));

	/* On loopback, without a limit, and told not to: no stress. */
	check_number(config, "127.0.0.1:10026/inet", "smtpd_timeout", 80, -1);
	check_off(config, "127.0.0.1:10026/inet", "maxproc");
	assert_true(config_has_port(config_find_service(config, "127.0.0.1:10026/inet"), 10026));

	check_number(config, "smtp/unix", "smtp_helo_timeout", 300, -1);
	check_number(config, "slow/unix", "smtp_helo_timeout", 15, -1);
	check_number(config, "slow/unix", "maximal_queue_lifetime", 432000, -1);
	assert_null(config_find_service(config, "pickup/unix"));
	config_free(config);
}

static void postfix_says_its_own_defaults(void **state)
{
	struct config *config =
	    postfix("", MASTER, "smtpd_timeout = 300s\nmail_version = 2.5.1\ndefault_process_limit = 70\n");
	const struct config_setting *deadline =
	    config_catalogue_find(catalogue, "postfix", "smtpd_per_request_deadline");
	struct readout r;

	(void)state;
	assert_string_equal(config->version, "2.5.1");
	check_number(config, "smtp/inet", "smtpd_timeout", 300, -1);
	check_number(config, "smtp/inet", "maxproc", 70, -1);
	/* What a version does not list it does not have. */
	assert_false(readout_make(config, config_find_service(config, "smtp/inet"), catalogue, deadline, &r));
	config_free(config);
}

static void postfix_errors_cost_one_item_each(void **state)
{
	struct config *config = postfix("junk\n"
	                                "message_size_limit = 99x\n"
	                                "smtpd_timeout = 99999999999s\n"
	                                "smtpd_hard_error_limit = ${stress?{1}:{20}\n"
	                                "smtpd_junk_command_limit = $smtpd_junk_command_limit\n"
	                                "unheard_of = 7\n"
	                                "= 3\n"
	                                "smtpd_proxy_timeout = 70s\n",
	                                "smtp inet n - y -\n" MASTER, "");

	(void)state;
	assert_int_equal(config->fault_count, 3);
	assert_non_null(strstr(config->faults[0], "main.cf, line 1"));
	assert_non_null(strstr(config->faults[1], "main.cf, line 7"));
	assert_non_null(strstr(config->faults[2], "master.cf, line 1"));
	check_fault(config, "smtp/inet", "message_size_limit", "no number");
	check_fault(config, "smtp/inet", "smtpd_timeout", "too large");
	check_fault(config, "smtp/inet", "smtpd_hard_error_limit", "does not end");
	check_fault(config, "smtp/inet", "smtpd_junk_command_limit", "refers to itself");
	check_number(config, "smtp/inet", "smtpd_proxy_timeout", 70, -1);
	config_free(config);
}

static void postfix_behind_postscreen(void **state)
{
	struct config *config =
	    postfix("smtpd_timeout = 61s\n", "smtp inet n - y - 1 postscreen\nsmtpd pass - - y - - smtpd\n", "");

	(void)state;
	check_number(config, "smtp/inet", "postscreen_greet_wait", 6, 2);
	check_number(config, "smtp/inet", "postscreen_pre_queue_limit", 100, -1);
	check_origin(config, "smtp/inet", "postscreen_client_connection_count_limit",
	             "smtpd_client_connection_count_limit", NULL, ORIGIN_DEFAULT, 0);
	check_number(config, "smtpd/pass", "smtpd_timeout", 61, -1);
	assert_true(config_has_port(config_find_service(config, "smtpd/pass"), 25));
	config_free(config);
}

static void what_postconf_printed_is_read(void **state)
{
	struct config *config = read_text("postfix", postfix_take_any, postfix_finish,
	                                  "smtpd_timeout = 66s\n"
	                                  "smtp       inet  n       -       y       -       -       smtpd\n"
	                                  "submission inet  n       -       y       -       -       smtpd\n"
	                                  "    -o smtpd_timeout=12s\n"
	                                  "submission/inet/smtpd_hard_error_limit = 4\n");

	(void)state;
	assert_int_equal(config->fault_count, 0);
	check_number(config, "smtp/inet", "smtpd_timeout", 66, -1);
	check_number(config, "submission/inet", "smtpd_timeout", 12, -1);
	check_number(config, "submission/inet", "smtpd_hard_error_limit", 4, -1);
	config_free(config);
}

/* --- the others */

static void exim_take_text(struct config *config, char *text)
{
	exim_take(config, text, true);
}

static void exim_is_read(void **state)
{
	struct config *config = read_text("exim", exim_take_text, exim_finish,
	                                  "# a remark\n"
	                                  "LIMIT = 7\n"
	                                  ".ifdef LIMIT\n"
	                                  "smtp_accept_max = LIMIT\n"
	                                  ".else\n"
	                                  "smtp_accept_max = 99\n"
	                                  ".endif\n"
	                                  ".ifndef LIMIT\n"
	                                  "smtp_receive_timeout = 1s\n"
	                                  ".endif\n"
	                                  "smtp_receive_timeout = \\\n"
	                                  "   1h30m\n"
	                                  "hide message_size_limit = \"10M\"\n"
	                                  "no_smtp_enforce_sync\n"
	                                  "smtp_accept_max_per_host = ${if eq{$sender_host_address}{1}{2}{3}}\n"
	                                  "daemon_smtp_ports = 25 : 587\n"
	                                  "begin acl\n"
	                                  "smtp_receive_timeout = 3s\n"
	                                  "begin transports\n"
	                                  "local: \n"
	                                  "  driver = appendfile\n"
	                                  "remote_smtp:\n"
	                                  "  driver = smtp\n"
	                                  "  final_timeout = 2m\n");

	(void)state;
	assert_int_equal(config->fault_count, 0);
	check_number(config, "server", "smtp_receive_timeout", 5400, -1);
	check_origin(config, "server", "smtp_receive_timeout", "smtp_receive_timeout", "1h30m", ORIGIN_FILE, 12);
	check_number(config, "server", "smtp_accept_max", 7, -1);
	check_number(config, "server", "message_size_limit", 10485760, -1);
	check_fault(config, "server", "smtp_accept_max_per_host", "depends on the client");
	check_off(config, "server", "smtp_load_reserve");
	assert_true(config_has_port(config_find_service(config, "server"), 587));
	check_number(config, "client remote_smtp", "final_timeout", 120, -1);
	check_number(config, "client remote_smtp", "data_timeout", 300, -1);
	assert_null(config_find_service(config, "client local"));
	config_free(config);
}

static void sendmail_is_read(void **state)
{
	struct config *config = read_text("sendmail", sendmail_take, sendmail_finish,
	                                  "V10/Berkeley\nDZ8.17.1.9/Debian-2\n"
	                                  "#O Timeout.datablock=1h\n"
	                                  "O Timeout.command=5m\n"
	                                  "O Timeout.ident=0\n"
	                                  "O MaxDaemonChildren=0\n"
	                                  "O DaemonPortOptions=Family=inet, Name=MTA-v4, Port=smtp\n"
	                                  "O DaemonPortOptions=Family=inet, Name=MSP, Port=submission, children=9\n"
	                                  "Xclam, S=local:/run/clam.sock, F=T, T=S:4m;R:3m;E:10m\n"
	                                  "Sgreet_pause\n"
	                                  "R<?> <$*>\t\t$# 2500\n"
	                                  "SLocal_check\n"
	                                  "R<?> <$*>\t\t$# 9000\n");

	(void)state;
	assert_string_equal(config->version, "8.17.1.9/Debian-2");
	check_number(config, "server MTA-v4", "Timeout.command", 300, -1);
	check_origin(config, "server MTA-v4", "Timeout.command", "Timeout.command", "5m", ORIGIN_FILE, 4);
	check_number(config, "server MTA-v4", "Timeout.datablock", 3600, -1);
	check_off(config, "server MTA-v4", "Timeout.ident");
	check_off(config, "server MTA-v4", "MaxDaemonChildren");
	check_number(config, "server MSP", "MaxDaemonChildren", 9, -1);
	assert_true(config_has_port(config_find_service(config, "server MSP"), 587));
	check_number(config, "server MTA-v4", "INPUT_MAIL_FILTER T=R", 180, -1);
	check_number(config, "server MTA-v4", "INPUT_MAIL_FILTER T=E", 600, -1);
	check_number(config, "server MTA-v4", "greet_pause", 2.5, -1);
	check_number(config, "client", "Timeout.mail", 600, -1);
	config_free(config);
}

static void opensmtpd_is_read(void **state)
{
	struct config *config = read_text("opensmtpd", opensmtpd_take, opensmtpd_finish,
	                                  "most = \"3\"\n"
	                                  "listen on 0.0.0.0 # everywhere\n"
	                                  "listen on lo port 2525\n"
	                                  "listen on socket filter x\n"
	                                  "smtp limit max-mails $most\n"
	                                  "smtp max-message-size 20M\n"
	                                  "include \"/etc/more.conf\"\n"
	                                  "queue ttl \\\n2d\n");

	(void)state;
	assert_int_equal(config->fault_count, 1);
	assert_non_null(strstr(config->faults[0], "/etc/more.conf"));
	check_number(config, "server", "SMTPD_SESSION_TIMEOUT", 300, -1);
	check_origin(config, "server", "SMTPD_SESSION_TIMEOUT", "SMTPD_SESSION_TIMEOUT", NULL, ORIGIN_BUILT_IN, 0);
	check_number(config, "server", "smtp limit max-mails", 3, -1);
	check_number(config, "server", "smtp max-message-size", 20971520, -1);
	check_number(config, "client", "queue ttl", 172800, -1);
	assert_true(config_has_port(config_find_service(config, "server"), 25));
	assert_true(config_has_port(config_find_service(config, "server"), 2525));
	config_free(config);
}

static void names_of_servers_are_read(void **state)
{
	static const struct {
		const char *server;
		void (*take)(struct config *config, char *text);
		void (*finish)(struct config *config);
		const char *text, *name;
	} rows[] = {
	    {"postfix", postfix_take_any, postfix_finish, "myhostname = mx.example.com\n", "mx.example.com"},
	    {"postfix", postfix_take_any, postfix_finish, "myhostname = mx.$mydomain\n", NULL},
	    {"postfix", postfix_take_any, postfix_finish, "smtpd_timeout = 1s\n", NULL},
	    {"exim", exim_take_text, exim_finish, "primary_hostname = mx.example.com\n", "mx.example.com"},
	    {"sendmail", sendmail_take, sendmail_finish, "Djmx.example.com\n", "mx.example.com"},
	    {"sendmail", sendmail_take, sendmail_finish, "Dj$w.example.com\n", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct config *config = read_text(rows[i].server, rows[i].take, rows[i].finish, rows[i].text);
		if (rows[i].name == NULL)
			assert_null(config->hostname);
		else
			assert_string_equal(config->hostname, rows[i].name);
		config_free(config);
	}
}

/* Every setting whose commands help/settings.tsv tells has a row here, too. */
static void the_catalogue_has_what_the_manual_has(void **state)
{
	static const char *const names[][2] = {
	    {"postfix", "smtpd_timeout"},     {"postfix", "queue_minfree"}, {"postfix", "postscreen_greet_wait"},
	    {"exim", "smtp_receive_timeout"}, {"exim", "final_timeout"},    {"sendmail", "Timeout.command"},
	    {"sendmail", "MinFreeBlocks"},    {"opensmtpd", "queue ttl"},
	};
	static const char *const servers[] = {"postfix", "exim", "sendmail", "opensmtpd"};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		assert_non_null(config_catalogue_find(catalogue, names[i][0], names[i][1]));
	assert_null(config_catalogue_find(catalogue, "postfix", "smtp_receive_timeout"));
	/* A default that its own server would refuse is a mistake of the catalogue. */
	for (size_t i = 0; i < sizeof servers / sizeof servers[0]; i++) {
		struct config *config = config_new(servers[i], "");
		size_t count;
		const struct config_setting *settings = config_catalogue_of(catalogue, servers[i], &count);
		assert_true(count > 5);
		config_add_service(config, "server", SIDE_SERVER);
		config_add_service(config, "screen", SIDE_SCREEN);
		config_add_service(config, "client", SIDE_CLIENT);
		for (size_t s = 0; s < count; s++)
			for (size_t k = 0; k < 3; k++) {
				struct readout r;
				if (!readout_make(config, &config->services[k], catalogue, &settings[s], &r))
					continue;
				/* Postfix has defaults that lean on what only the installation knows. */
				if (r.fault != NULL && strstr(r.fault, "nobody knows") == NULL)
					fail_msg("%s: %s", settings[s].name, r.fault);
				readout_done(&r);
			}
		config_free(config);
	}
}

static int load(void **state)
{
	(void)state;
	catalogue = config_catalogue_load(NULL);
	return catalogue == NULL;
}

static int unload(void **state)
{
	(void)state;
	config_catalogue_free(catalogue);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(postfix_is_read_for_each_service),
	    cmocka_unit_test(postfix_says_its_own_defaults),
	    cmocka_unit_test(postfix_errors_cost_one_item_each),
	    cmocka_unit_test(postfix_behind_postscreen),
	    cmocka_unit_test(what_postconf_printed_is_read),
	    cmocka_unit_test(exim_is_read),
	    cmocka_unit_test(sendmail_is_read),
	    cmocka_unit_test(opensmtpd_is_read),
	    cmocka_unit_test(the_catalogue_has_what_the_manual_has),
	    cmocka_unit_test(names_of_servers_are_read),
	};

	return cmocka_run_group_tests(tests, load, unload);
}

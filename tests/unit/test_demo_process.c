/* The demo server as a process: it says where it is, and it goes when it should, whatever happens to its parent. */
#include "base/clock.h"
#include "base/helpfile.h"
#include "demo/demo.h"
#include "demo/scenario.h"
#include "model/target.h"
#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static char path[] = "/tmp/smtpdx-demo-XXXXXX";

static int write_scenario(void **state)
{
	static const char text[] =
	    "title: A \\ title\nexpect: healthy\ntarget: 127.0.0.1:{port}\noptions: --only smtp\n"
	    "dns 127.0.0.53\nsmtp 127.0.0.1\n";
	int fd = mkstemp(path);

	(void)state;
	if (fd < 0 || write(fd, text, sizeof text - 1) != (ssize_t)(sizeof text - 1))
		return -1;
	return close(fd);
}

static int remove_scenario(void **state)
{
	(void)state;
	return unlink(path);
}

static bool listens(int port)
{
	struct sockaddr_storage address;
	int fd, result;

	assert_int_equal(address_parse("127.0.0.1", port, &address), 0);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	result = connect(fd, (const struct sockaddr *)&address, address_size(&address));
	close(fd);
	return result == 0;
}

/* Waits for the banner: from then on the server does what it does by itself. */
static void wait_until_served(int port)
{
	struct sockaddr_storage address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char byte;

	if (fd < 0 || address_parse("127.0.0.1", port, &address) != 0 ||
	    connect(fd, (const struct sockaddr *)&address, address_size(&address)) != 0 || read(fd, &byte, 1) != 1)
		_exit(1);
	close(fd);
}

static bool goes_away(int port)
{
	double deadline = clock_now() + 3;

	while (listens(port)) {
		if (clock_now() > deadline)
			return false;
		usleep(20000);
	}
	return true;
}

static void starts_and_stops(void **state)
{
	struct err err = {""};
	struct demo demo;
	char target[64];
	pid_t pid;

	(void)state;
	assert_int_equal(demo_start(path, &demo, &err), 0);
	snprintf(target, sizeof target, "127.0.0.1:%d", demo.port);
	assert_string_equal(demo.title, "A \\ title");
	assert_string_equal(demo.expect, "healthy");
	assert_string_equal(demo.target, target);
	assert_string_equal(demo.options, "--only smtp");
	assert_memory_equal(demo.resolver, "127.0.0.53:", 11);
	assert_true(listens(demo.port));
	assert_int_equal(kill(demo.pid, SIGINT), 0); /* a Ctrl-C that is meant for us */
	usleep(50000);
	assert_true(listens(demo.port));
	pid = demo.pid;
	demo_stop(&demo);
	assert_false(listens(demo.port));
	assert_int_equal(waitpid(pid, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	demo_stop(&demo); /* a second time is harmless */
}

static void ends_with_its_lifeline(void **state)
{
	struct err err = {""};
	struct demo demo;
	int status;

	(void)state;
	assert_int_equal(demo_start(path, &demo, &err), 0);
	close(demo.lifeline);
	assert_int_equal(waitpid(demo.pid, &status, 0), demo.pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_false(listens(demo.port));
}

/* Starts a server, leaves its lifeline to another process, tells the port, and is killed. */
static _Noreturn void short_lived_parent(const int port_pipe[2], const int hold[2])
{
	struct demo demo;
	char byte;

	close(port_pipe[0]);
	close(hold[1]);
	if (demo_start(path, &demo, NULL) != 0)
		_exit(1);
	if (fork() == 0) {
		close(port_pipe[1]);
		(void)!read(hold[0], &byte, 1); /* until the test ends */
		close(hold[0]);
		close(demo.lifeline);
		_exit(0);
	}
	wait_until_served(demo.port);
	(void)!write(port_pipe[1], &demo.port, sizeof demo.port);
	close(port_pipe[1]);
	close(hold[0]);
	close(demo.lifeline);
	(void)raise(SIGKILL);
	_exit(1);
}

static void dies_with_its_parent(void **state)
{
	int port_pipe[2], hold[2], port = 0, status;
	pid_t parent;

	(void)state;
	assert_int_equal(pipe(port_pipe), 0);
	assert_int_equal(pipe(hold), 0);
	parent = fork();
	assert_true(parent >= 0);
	if (parent == 0)
		short_lived_parent(port_pipe, hold);
	close(port_pipe[1]);
	close(hold[0]);
	assert_int_equal(read(port_pipe[0], &port, sizeof port), (int)sizeof port);
	assert_int_equal(waitpid(parent, &status, 0), parent);
	assert_true(goes_away(port));
	close(port_pipe[0]);
	close(hold[1]);
}

/* A server that has been killed: nothing is waited for, and no SIGPIPE ends us. */
static void stops_after_its_death(void **state)
{
	struct err err = {""};
	struct demo demo;

	(void)state;
	assert_int_equal(demo_start(path, &demo, &err), 0);
	assert_int_equal(kill(demo.pid, SIGKILL), 0);
	usleep(50000);
	demo_stop(&demo);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void tells_what_is_wrong(void **state)
{
	struct err err = {""};
	struct demo demo;

	(void)state;
	assert_int_equal(demo_start("no-such-scenario", &demo, &err), -1);
	assert_non_null(strstr(err.text, "no-such-scenario"));
	assert_int_equal(demo_start("/dev/null", &demo, &err), -1);
	assert_string_equal(err.text, "/dev/null: expected a line \"title: ...\"");
}

struct listing {
	size_t count;
	bool healthy;
};

static void note_scenario(const char *name, const char *title, void *context)
{
	struct listing *listing = context;

	listing->count++;
	listing->healthy = listing->healthy || strcmp(name, "healthy") == 0;
	assert_null(strchr(name, '.'));
	assert_true(strlen(title) > 10 && strlen(title) <= 90);
}

static void lists_all(void **state)
{
	struct listing listing = {0};
	struct helpfile *files;
	size_t count;
	struct err err = {""};

	(void)state;
	assert_int_equal(demo_list(note_scenario, &listing, &err), 0);
	assert_int_equal(helpfile_list("demo", ".demo", &files, &count, &err), 0);
	assert_int_equal(listing.count, count);
	assert_true(listing.healthy);
	for (size_t i = 0; i < count; i++) {
		struct scenario *s = scenario_parse(files[i].origin, files[i].text, &err);

		assert_non_null(s);
		assert_string_not_equal(s->expect, "");
		assert_string_equal(s->target, "demo.test");
		scenario_free(s);
	}
	helpfile_list_free(files, count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(starts_and_stops),     cmocka_unit_test(ends_with_its_lifeline),
	    cmocka_unit_test(dies_with_its_parent), cmocka_unit_test(stops_after_its_death),
	    cmocka_unit_test(tells_what_is_wrong),  cmocka_unit_test(lists_all),
	};

	return cmocka_run_group_tests(tests, write_scenario, remove_scenario);
}

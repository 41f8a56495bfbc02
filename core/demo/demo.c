#include "demo/demo.h"

#include "base/helpfile.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "demo/scenario.h"
#include "demo/server.h"
#include "model/target.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void endpoint_text(const struct sockaddr_storage *address, char out[static 64])
{
	char text[46];

	snprintf(out, 64, address->ss_family == AF_INET6 ? "[%s]:%d" : "%s:%d", address_text(address, text),
	         address_port(address));
}

/* The scenario's target with {port} filled in. */
static void fill_target(const char *target, int port, char out[static 256])
{
	const char *mark = strstr(target, "{port}");

	if (mark == NULL)
		snprintf(out, 256, "%s", target);
	else
		snprintf(out, 256, "%.*s%d%s", (int)(mark - target), target, port, mark + strlen("{port}"));
}

static void describe(const struct server *server, struct demo *demo)
{
	const struct scenario *scenario = server->scenario;

	*demo = (struct demo){.port = server->smtp_port, .lifeline = -1};
	text_clean(scenario->title, strlen(scenario->title), demo->title, sizeof demo->title);
	snprintf(demo->options, sizeof demo->options, "%s", scenario->options);
	snprintf(demo->expect, sizeof demo->expect, "%s", scenario->expect);
	fill_target(scenario->target, server->smtp_port, demo->target);
	if (server->dns_count != 0)
		endpoint_text(&server->dns[0].address, demo->resolver);
}

static int open_scenario(const char *name, struct server *server, struct err *err)
{
	struct scenario *scenario = scenario_load(name, err);

	return scenario != NULL ? server_open(server, scenario, err) : -1;
}

/* ---- in a child */

/*
 * The child ends when the lifeline closes, and by SIGKILL when the parent dies in a way that leaves the lifeline open
 * elsewhere. It leaves the terminal's Ctrl-C to the parent, who still has a report to print.
 */
static _Noreturn void serve_as_child(struct server *server, int lifeline, pid_t parent, const sigset_t *signals)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGTERM, SIG_DFL);
	(void)sigprocmask(SIG_SETMASK, signals, NULL);
	if (null >= 0) {
		(void)dup2(null, STDIN_FILENO);
		(void)dup2(null, STDOUT_FILENO);
		close(null);
	}
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent)
		server_run(server, lifeline);
	server_close(server);
	close(lifeline);
	_exit(0);
}

int demo_start(const char *name, struct demo *demo, struct err *err)
{
	struct server server;
	pid_t parent = getpid();
	sigset_t interrupt, before;
	int ends[2];

	if (open_scenario(name, &server, err) != 0)
		return -1;
	describe(&server, demo);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
		server_close(&server);
		return err_sys(err, errno, _("demo: cannot make a pair of sockets"));
	}
	/* A Ctrl-C between fork and the child's first steps must not hit it either. */
	sigemptyset(&interrupt);
	sigaddset(&interrupt, SIGINT);
	(void)sigprocmask(SIG_BLOCK, &interrupt, &before);
	demo->pid = fork();
	if (demo->pid == 0) {
		close(ends[1]);
		serve_as_child(&server, ends[0], parent, &before);
	}
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	if (demo->pid < 0)
		err_sys(err, errno, _("demo: cannot start a process"));
	close(ends[0]);
	server_close(&server);
	demo->lifeline = ends[1];
	if (demo->pid < 0) {
		close(ends[1]);
		return -1;
	}
	return 0;
}

void demo_stop(struct demo *demo)
{
	if (demo->pid <= 0)
		return;
	/* A byte ends the server even if a process that we have started meanwhile still holds the lifeline. */
	(void)!send(demo->lifeline, "", 1, MSG_NOSIGNAL);
	close(demo->lifeline);
	while (waitpid(demo->pid, NULL, 0) < 0 && errno == EINTR)
		;
	demo->pid = 0;
	demo->lifeline = -1;
}

/* ---- in the foreground */

static int print_servers(const struct server *server, FILE *out)
{
	struct demo demo;
	char text[64];

	describe(server, &demo);
	fprintf(out, "title %s\nexpect %s\n", demo.title, demo.expect);
	for (size_t i = 0; i < server->smtp_count; i++) {
		endpoint_text(&server->smtp[i].address, text);
		fprintf(out, "smtp %s\n", text);
	}
	for (size_t i = 0; i < server->dns_count; i++) {
		endpoint_text(&server->dns[i].address, text);
		fprintf(out, "dns %s\n", text);
	}
	fprintf(out, "target %s\noptions", demo.target);
	if (demo.resolver[0] != '\0')
		fprintf(out, " --resolver %s", demo.resolver);
	if (demo.port != 0 && strstr(server->scenario->target, "{port}") == NULL)
		fprintf(out, " --port %d", demo.port);
	fprintf(out, "%s%s\nready\n", demo.options[0] != '\0' ? " " : "", demo.options);
	return fflush(out) == 0 && ferror(out) == 0 ? 0 : -1;
}

int demo_serve(const char *name, FILE *out, struct err *err)
{
	struct server server;
	sigset_t signals, before;
	int result = 0;
	int fd;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	if (open_scenario(name, &server, err) != 0)
		return -1;
	sigprocmask(SIG_BLOCK, &signals, &before);
	fd = signalfd(-1, &signals, SFD_CLOEXEC);
	if (fd < 0)
		result = err_sys(err, errno, _("demo: cannot wait for signals"));
	else if (print_servers(&server, out) != 0)
		result = err_sys(err, errno, _("demo: cannot write where it serves"));
	else
		server_run(&server, fd);
	if (fd >= 0) {
		struct signalfd_siginfo ignored;
		if (result == 0)
			(void)!read(fd, &ignored, sizeof ignored);
		close(fd);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	server_close(&server);
	return result;
}

/* ---- lists */

int demo_list(void (*show)(const char *name, const char *title, void *context), void *context, struct err *err)
{
	struct helpfile *files;
	size_t count;
	int result = helpfile_list("demo", ".demo", &files, &count, err);

	if (result != 0)
		return -1;
	for (size_t i = 0; result == 0 && i < count; i++) {
		struct scenario *scenario = scenario_parse(files[i].origin, files[i].text, err);
		const char *base = strrchr(files[i].name, '/') + 1;
		char *name = xstrndup(base, strlen(base) - strlen(".demo"));

		if (scenario != NULL)
			show(name, scenario->title, context);
		else
			result = -1;
		free(name);
		scenario_free(scenario);
	}
	helpfile_list_free(files, count);
	return result;
}

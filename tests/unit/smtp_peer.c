#include "smtp_peer.h"

#include "base/clock.h"
#include "base/xalloc.h"
#include "unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

void smtp_peer_say(int fd, const char *text)
{
	size_t size = strlen(text);

	while (size > 0) {
		ssize_t n = send(fd, text, size, MSG_NOSIGNAL);
		if (n <= 0)
			return;
		text += n;
		size -= (size_t)n;
	}
}

bool smtp_peer_hear(int fd, const char *command)
{
	char line[1024];
	size_t used = 0;
	char c;

	while (recv(fd, &c, 1, 0) == 1) {
		if (used + 1 < sizeof line)
			line[used++] = c;
		if (c != '\n')
			continue;
		line[used] = '\0';
		if (strncmp(line, command, strlen(command)) == 0)
			return true;
		used = 0;
	}
	return false;
}

void smtp_peer_reset(int fd)
{
	const struct linger linger = {.l_onoff = 1, .l_linger = 0};

	if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger) != 0)
		_exit(1);
}

bool smtp_peer_serve_until(int fd, const char *until)
{
	static const struct {
		const char *command, *reply;
	} steps[] = {
	    {"EHLO", "250-peer.test\r\n250-PIPELINING\r\n250 SIZE 1000000\r\n"},
	    {"MAIL", "250 2.1.0 Ok\r\n"},
	    {"RCPT", "250 2.1.5 Ok\r\n"},
	    {"DATA", "354 End data with <CR><LF>.<CR><LF>\r\n"},
	};

	smtp_peer_say(fd, "220 peer.test ESMTP\r\n");
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		if (!smtp_peer_hear(fd, steps[i].command))
			return false;
		if (strcmp(until, steps[i].command) == 0)
			return true;
		smtp_peer_say(fd, steps[i].reply);
	}
	return true;
}

static _Noreturn void serve_forever(int listener, void (*serve)(int fd, int connection))
{
	for (int connection = 0;; connection++) {
		int fd = accept(listener, NULL, NULL);
		if (fd < 0)
			_exit(0);
		serve(fd, connection);
		close(fd);
	}
}

void smtp_peer_start(struct smtp_peer *peer, void (*serve)(int fd, int connection))
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(listener >= 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(listener, 8), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
	peer->port = ntohs(address.sin_port);
	peer->pid = fork();
	assert_true(peer->pid >= 0);
	if (peer->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve_forever(listener, serve);
	}
	close(listener);
}

void smtp_peer_stop(struct smtp_peer *peer)
{
	assert_int_equal(kill(peer->pid, SIGKILL), 0);
	assert_int_equal(waitpid(peer->pid, NULL, 0), peer->pid);
}

struct case_file *smtp_check(const char *host, int port, double seconds, const struct settings *settings)
{
	struct case_file *c = case_new("peer");
	struct emit *e = emit_new("smtp", NULL, c);
	struct settings own = {0};
	struct target target;
	struct err err = {""};
	char *text = xasprintf("%s:%d", host, port);

	if (settings != NULL)
		own = *settings; /* its texts stay the caller's */
	own.timeout = seconds;
	assert_int_equal(target_parse(text, &target, &err), 0);
	assert_int_equal(check_run(&check_smtp, &target, &own, e), CHECK_DONE);
	target_done(&target);
	free(text);
	emit_free(e);
	return c;
}

static const struct fact *find(const struct case_file *c, const char *name)
{
	const struct fact *fact = case_find_fact(c, name, NULL);

	if (fact == NULL)
		fail_msg("there is no fact %s", name);
	return fact;
}

double fact_number(const struct case_file *c, const char *name)
{
	return find(c, name)->number;
}

const char *fact_text(const struct case_file *c, const char *name)
{
	return find(c, name)->text;
}

bool fact_flag(const struct case_file *c, const char *name)
{
	return find(c, name)->flag;
}

void expect_fact(const struct case_file *c, const char *name, const char *text)
{
	const char *is = fact_text(c, name);

	if (strcmp(is, text) != 0)
		fail_msg("%s is \"%s\", not \"%s\"", name, is, text);
}

void expect_no_fact(const struct case_file *c, const char *name)
{
	if (case_find_fact(c, name, NULL) != NULL)
		fail_msg("there is a fact %s", name);
}

int lines_said(const struct case_file *c, enum line_dir dir, const char *text)
{
	int count = 0;

	for (size_t i = 0; i < c->dialog_count; i++)
		for (size_t k = 0; k < c->dialogs[i].line_count; k++)
			count += c->dialogs[i].lines[k].dir == dir && strcmp(c->dialogs[i].lines[k].text, text) == 0;
	return count;
}

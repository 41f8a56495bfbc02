#include "base/command.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "checks/host/host.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define SHOWN_MAX ((size_t)200)

/* Where the next line begins; "" at the end. */
static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return line + (*line == '\n');
}

static void tell_resolver(struct emit *e)
{
	char *text = host_read("/etc/resolv.conf");
	double servers = 0;

	for (const char *line = text != NULL ? text : ""; *line != '\0'; line = next_line(line))
		servers += strncasecmp(line, "nameserver", 10) == 0 && strchr(" \t", line[10]) != NULL;
	emit_number(e, "host.resolver.servers", HOST_SELF, servers);
	free(text);
}

/* Whether one of the words of the line is this one. */
static bool has_word(const char *line, const char *word)
{
	const size_t size = strlen(word);

	for (line += strspn(line, " \t"); *line != '\0'; line += strspn(line, " \t")) {
		if (strncmp(line, word, size) == 0 && strchr(" \t", line[size]) != NULL)
			return true;
		line += strcspn(line, " \t");
	}
	return false;
}

/* "hosts: files dns"; systemd-resolved's module asks DNS as well. */
static void tell_order(struct emit *e)
{
	char *text = host_read("/etc/nsswitch.conf");

	for (const char *line = text != NULL ? text : ""; *line != '\0'; line = next_line(line)) {
		if (strncmp(line, "hosts:", 6) != 0)
			continue;
		char *order = text_clean_dup(line + 6, strcspn(line + 6, "\n#"), SHOWN_MAX);
		emit_text(e, "host.nsswitch", HOST_SELF, order + strspn(order, " \t"));
		emit_flag(e, "host.nsswitch.dns", HOST_SELF, has_word(order, "dns") || has_word(order, "resolve"));
		free(order);
		break;
	}
	free(text);
}

/* --- Postfix' chroot */

/* The n-th column of a line (from 0), as a copy; "" when there are not so many. The caller frees. */
static char *column(const char *line, int n)
{
	line += strspn(line, " \t");
	while (n-- > 0) {
		line += strcspn(line, " \t\n");
		line += strspn(line, " \t");
	}
	return xstrndup(line, strcspn(line, " \t\n"));
}

/* "smtp inet n - y - - smtpd": the fifth column says whether the service runs in the chroot (master(5)). */
static bool uses_chroot(double deadline)
{
	const char *const argv[] = {"postconf", "-M", NULL};
	char *services = command_output(argv, deadline, NULL, NULL);
	bool found = false;

	for (const char *line = services != NULL ? services : ""; *line != '\0' && !found; line = next_line(line)) {
		char *chroot = column(line, 4);
		found = strcmp(chroot, "y") == 0;
		free(chroot);
	}
	free(services);
	return found;
}

/* How the copy of a file of /etc compares. A file that is nowhere needs no copy. */
static void tell_copy(struct emit *e, const char *queue, const char *name, const char *fact)
{
	char *original_path = xasprintf("/etc/%s", name), *copy_path = xasprintf("%s/etc/%s", queue, name);
	char *original = host_read(original_path), *copy = host_read(copy_path);
	char *fact_name = xasprintf("host.chroot.%s", fact);

	if (original != NULL && copy != NULL)
		emit_text(e, fact_name, HOST_SELF, strcmp(original, copy) == 0 ? "same" : "stale");
	else if (original != NULL && access(copy_path, F_OK) != 0 && errno == ENOENT)
		emit_text(e, fact_name, HOST_SELF, "missing");
	free(fact_name);
	free(original);
	free(copy);
	free(original_path);
	free(copy_path);
}

static void tell_chroot(struct emit *e, double deadline)
{
	char *queue = host_postfix_queue(deadline);

	if (queue != NULL && uses_chroot(deadline)) {
		char *shown = text_clean_dup(queue, strlen(queue), SHOWN_MAX);
		emit_text(e, "host.chroot", HOST_SELF, shown);
		free(shown);
		tell_copy(e, queue, "resolv.conf", "resolv-conf");
		tell_copy(e, queue, "nsswitch.conf", "nsswitch");
		tell_copy(e, queue, "hosts", "hosts");
		tell_copy(e, queue, "services", "services");
	}
	free(queue);
}

void host_tell_names(struct emit *e, double deadline)
{
	tell_resolver(e);
	tell_order(e);
	tell_chroot(e, deadline);
}

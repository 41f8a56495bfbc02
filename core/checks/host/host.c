/*
 * The host check: this machine itself, as far as mail depends on it.
 */
#include "checks/host/host.h"

#include "base/clock.h"
#include "base/command.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "checks/check.h"
#include "checks/mtu/host.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT_S  20.0
#define FILE_MAX ((size_t)1 << 20)

char *host_read(const char *path)
{
	return file_read(path, FILE_MAX, NULL, NULL);
}

void host_tell_untested(struct emit *e, const char *what, const char *why, const char *command)
{
	char *text = xasprintf(_("%s: %s; as root this shows it: %s"), what, why, command);

	emit_text(e, "host.untested", HOST_SELF, text);
	free(text);
}

char *host_postfix_queue(double deadline)
{
	const char *const argv[] = {"postconf", "-h", "queue_directory", NULL};
	char *path = command_output(argv, deadline, NULL, NULL);

	if (path == NULL)
		return NULL;
	path[strcspn(path, "\r\n")] = '\0';
	if (*path == '/')
		return path;
	free(path);
	return NULL;
}

/* Programs that are asked may be slow, the more so on a machine in trouble: whoever looks on sees which part it is. */
static void enter(struct emit *e, const char *phase, double deadline)
{
	emit_progress(e, HOST_SELF, phase, deadline - clock_now());
}

static enum check_status run(const struct target *target, const struct settings *settings, double deadline,
                             struct emit *e, struct err *err)
{
	(void)target;
	(void)settings;
	(void)err;
	enter(e, "resources", deadline);
	host_tell_resources(e, deadline);
	host_tell_settings(e, "");
	enter(e, "sessions", deadline);
	const bool waiting = host_tell_sessions(e);
	enter(e, "names", deadline);
	host_tell_names(e, deadline);
	enter(e, "processes", deadline);
	host_tell_processes(e, deadline);
	enter(e, "limits", deadline);
	host_tell_limits(e, waiting);
	enter(e, "firewall", deadline);
	host_tell_firewall(e, deadline);
	return CHECK_DONE;
}

const struct check check_host = {
    .name = "host",
    .title = N_("this machine's resources and resolver files"),
    .takes = TAKES_HOST,
    .limit = LIMIT_S,
    .run = run,
};

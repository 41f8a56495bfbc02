#include "base/command.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "checks/host/host.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SERVICES_MAX   64
#define NAME_MAX_SHOWN ((size_t)100)
#define ARGUMENTS_MAX  ((size_t)2048) /* bytes of a process' arguments that are looked at */

/* A service that forks a process for each client. */
struct service {
	char *name;    /* "smtp": what its processes bear behind -n (master(8)) */
	char *subject; /* "postfix smtp/inet", as the facts config.* have it */
	double limit;  /* processes; 0: as many as they like */
	double count;
};

struct services {
	struct service list[SERVICES_MAX];
	size_t count;
	double daemons; /* processes of Exim and Sendmail, their listeners included */
};

/* --- Postfix' services that serve clients: those of type inet */

static double default_limit(double deadline)
{
	const char *const argv[] = {"postconf", "-h", "default_process_limit", NULL};
	char *text = command_output(argv, deadline, NULL, NULL);
	const double limit = text != NULL ? strtod(text, NULL) : 0;

	free(text);
	return limit;
}

/* "smtp inet n - y - 50 smtpd -o ...": the seventh column is the limit, - stands for the default (master(5)). */
static void add_service(struct services *services, char *line, double otherwise)
{
	enum { NAME, TYPE, LIMIT = 6, PROGRAM, COLUMNS };
	char *columns[COLUMNS], *save = NULL;
	size_t count = 0;

	for (char *word = strtok_r(line, " \t", &save); word != NULL && count < COLUMNS;
	     word = strtok_r(NULL, " \t", &save))
		columns[count++] = word;
	if (services->count == SERVICES_MAX || count < COLUMNS || strcmp(columns[TYPE], "inet") != 0 ||
	    strcmp(columns[PROGRAM], "smtpd") != 0)
		return;
	char *name = text_clean_dup(columns[NAME], strlen(columns[NAME]), NAME_MAX_SHOWN);
	services->list[services->count++] = (struct service){
	    .name = name,
	    .subject = xasprintf("postfix %s/inet", name),
	    .limit = strcmp(columns[LIMIT], "-") == 0 ? otherwise : strtod(columns[LIMIT], NULL),
	};
}

static void read_services(struct services *services, double deadline)
{
	const char *const argv[] = {"postconf", "-M", NULL};
	char *text = command_output(argv, deadline, NULL, NULL);
	char *save = NULL;

	if (text == NULL)
		return;
	const double otherwise = default_limit(deadline);
	for (char *line = strtok_r(text, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save))
		add_service(services, line, otherwise);
	free(text);
}

/* --- processes; their arguments are for everybody to read (proc(5)) */

/* The argument behind another, of arguments that NULs separate; NULL when there is none. */
static const char *argument_after(const char *arguments, size_t size, const char *option)
{
	for (const char *at = arguments; at < arguments + size; at += strlen(at) + 1) {
		const char *next = at + strlen(at) + 1;
		if (strcmp(at, option) == 0 && next < arguments + size)
			return next;
	}
	return NULL;
}

static void count_process(struct services *services, const char *arguments, size_t size)
{
	const char *slash = strrchr(arguments, '/');
	const char *program = slash != NULL ? slash + 1 : arguments;
	const char *name = argument_after(arguments, size, "-n");

	for (size_t i = 0; i < services->count && strcmp(program, "smtpd") == 0 && name != NULL; i++)
		services->list[i].count += strcmp(services->list[i].name, name) == 0;
	services->daemons += strncmp(program, "exim", 4) == 0 || strncmp(program, "sendmail", 8) == 0;
}

/*
 * A container has processes of its own, which are here to be seen and none of this server's. Whoever is not root cannot
 * tell whose others are; then all count.
 */
bool host_is_elsewhere(const char *pid)
{
	char own[64] = "", its[64] = "";
	char *path = xasprintf("/proc/%s/ns/net", pid);
	const bool known =
	    readlink("/proc/self/ns/net", own, sizeof own - 1) > 0 && readlink(path, its, sizeof its - 1) > 0;

	free(path);
	return known && strcmp(own, its) != 0;
}

static void look_at(struct services *services, const char *pid)
{
	char arguments[ARGUMENTS_MAX + 1];

	if (host_is_elsewhere(pid))
		return;
	char *path = xasprintf("/proc/%s/cmdline", pid);
	FILE *file = fopen(path, "re");

	free(path);
	if (file == NULL)
		return;
	const size_t size = fread(arguments, 1, ARGUMENTS_MAX, file);
	arguments[size] = '\0';
	fclose(file);
	if (size > 0)
		count_process(services, arguments, size);
}

static void look_at_all(struct services *services)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (proc != NULL && (entry = readdir(proc)) != NULL)
		if (isdigit((unsigned char)entry->d_name[0]))
			look_at(services, entry->d_name);
	if (proc != NULL)
		closedir(proc);
}

void host_tell_processes(struct emit *e, double deadline)
{
	struct services services = {.count = 0};
	double most = -1;

	read_services(&services, deadline);
	look_at_all(&services);
	for (size_t i = 0; i < services.count; i++) {
		struct service *service = &services.list[i];
		emit_number(e, "host.processes", service->subject, service->count);
		if (service->limit > 0) {
			emit_number(e, "host.processes.limit", service->subject, service->limit);
			most = service->count / service->limit > most ? service->count / service->limit : most;
		}
		free(service->name);
		free(service->subject);
	}
	if (most >= 0)
		emit_number(e, "host.processes.share", HOST_SELF, most);
	if (services.count == 0 && services.daemons > 0)
		emit_number(e, "host.processes", HOST_SELF, services.daemons);
}

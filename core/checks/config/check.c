/*
 * config - reads what a mail server's configuration says: given with --config, or this machine's own when the target is
 * one of its addresses
 */
#include "checks/check.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "checks/config/facts.h"
#include "config/read.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIMIT_S       30.0
#define CMDLINE_MAX   4096 /* bytes of a process's arguments that are looked at */
#define ADDRESSES_MAX 32

/* The port and, when it is known, the address that is asked about. */
struct asked {
	int port;
	struct sockaddr_storage address; /* AF_UNSPEC: not known */
};

/* Of what the case is about; anything but a mail server stands for port 25. */
static void asked_init(const char *text, const struct settings *settings, struct asked *asked)
{
	struct target target;

	*asked = (struct asked){.port = settings->port != 0 ? settings->port : SMTP_PORT};
	if (target_parse(text, &target, NULL) != 0)
		return;
	if (!target.is_domain || settings->port == 0)
		asked->port = target.port;
	asked->address = target.address;
	target_done(&target);
}

static bool listens(const struct config *config, int port)
{
	for (size_t i = 0; i < config->service_count; i++)
		if (config_has_port(&config->services[i], port))
			return true;
	return false;
}

/* --- where this machine's services are reached */

static void emit_endpoint(struct emit *e, const char *subject, const struct sockaddr_storage *address, int port)
{
	struct sockaddr_storage endpoint = *address;

	address_set_port(&endpoint, port);
	char *text = subject_endpoint("", &endpoint);
	emit_text(e, "config.endpoint", subject, text);
	free(text);
}

/* Every address of ours that the service is reached at. */
static void emit_endpoints(const struct config *config, const struct config_service *service, const struct asked *asked,
                           struct emit *e)
{
	char *subject = config_subject(config, service);
	struct ifaddrs *list = NULL;
	struct sockaddr_storage only;
	const bool all = *service->host == '\0' || address_parse(service->host, 0, &only) != 0;
	size_t count = 0;

	if (getifaddrs(&list) != 0)
		list = NULL;
	for (size_t i = 0; i < service->port_count; i++) {
		if (asked->address.ss_family != AF_UNSPEC && asked->port == service->ports[i] &&
		    (all || address_equal(&only, &asked->address)))
			emit_endpoint(e, subject, &asked->address, service->ports[i]);
		for (const struct ifaddrs *one = list; one != NULL && count < ADDRESSES_MAX; one = one->ifa_next) {
			struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
			const int family = one->ifa_addr != NULL ? one->ifa_addr->sa_family : AF_UNSPEC;
			if (family != AF_INET && family != AF_INET6)
				continue;
			memcpy(&address, one->ifa_addr,
			       family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6));
			if ((!all && !address_equal(&only, &address)) || address_equal(&address, &asked->address))
				continue;
			emit_endpoint(e, subject, &address, service->ports[i]);
			count++;
		}
	}
	freeifaddrs(list);
	free(subject);
}

/* --- stress */

/* Whether the arguments, which are separated by NULs, are those of an smtpd under stress for the service. */
static bool is_stressed(const char *arguments, size_t size, const char *service)
{
	bool smtpd = false, named = false, stress = false;

	for (const char *at = arguments; at < arguments + size; at += strlen(at) + 1) {
		smtpd = smtpd || (at == arguments && strcmp(at, "smtpd") == 0);
		named = named || (at > arguments && strcmp(at, service) == 0);
		stress = stress || strcmp(at, "stress=yes") == 0;
	}
	return smtpd && named && stress;
}

/* master(8) starts smtpd with "-n SERVICE ... -o stress=yes": postconf cannot know that. */
static bool runs_under_stress(const struct config_service *service)
{
	char *name = xstrndup(service->name, strcspn(service->name, "/"));
	DIR *proc = opendir("/proc");
	bool found = false;

	for (struct dirent *entry; proc != NULL && !found && (entry = readdir(proc)) != NULL;) {
		char arguments[CMDLINE_MAX + 1];
		char *path =
		    isdigit((unsigned char)entry->d_name[0]) ? xasprintf("/proc/%s/cmdline", entry->d_name) : NULL;
		FILE *file = path != NULL ? fopen(path, "re") : NULL;
		if (file != NULL) {
			const size_t size = fread(arguments, 1, CMDLINE_MAX, file);
			arguments[size] = '\0';
			found = is_stressed(arguments, size, name);
			fclose(file);
		}
		free(path);
	}
	if (proc != NULL)
		closedir(proc);
	free(name);
	return found;
}

static void emit_local(const struct config *config, const struct asked *asked, struct emit *e)
{
	for (size_t i = 0; i < config->service_count; i++) {
		const struct config_service *service = &config->services[i];
		if (service->side == SIDE_CLIENT)
			continue;
		emit_endpoints(config, service, asked, e);
		if (service->stress && service->side == SIDE_SERVER) {
			char *subject = config_subject(config, service);
			emit_flag(e, "config.stress", subject, runs_under_stress(service));
			free(subject);
		}
	}
}

/* --- the check */

/* Configurations of this machine count when something in them listens where the target is. */
static enum check_status take_local(const struct target *target, const struct settings *settings,
                                    const struct config_catalogue *catalogue, struct config **configs, size_t count,
                                    struct emit *e, struct err *err)
{
	struct asked asked;
	bool some = false;

	asked_init(target->text, settings, &asked);
	for (size_t i = 0; i < count; i++) {
		if (!listens(configs[i], asked.port))
			continue;
		some = true;
		config_emit(configs[i], catalogue, e);
		emit_local(configs[i], &asked, e);
	}
	if (some)
		return CHECK_DONE;
	err_set(err, _("no mail server that is configured here listens on port %d"), asked.port);
	return CHECK_NOT_APPLICABLE;
}

static enum check_status run_check(const struct target *target, const struct settings *settings, double deadline,
                                   struct emit *e, struct err *err)
{
	struct config *configs[CONFIGS_MAX];
	enum check_status status = CHECK_DONE;
	struct config_catalogue *catalogue = config_catalogue_load(err);

	if (catalogue == NULL)
		return CHECK_FAILED;
	emit_progress(e, target->text, "reading", deadline - clock_now());
	const bool given = settings->config != NULL;
	const size_t count = given ? config_read(settings->config, catalogue, deadline, configs, err)
	                           : config_read_local(deadline, configs, err);
	if (count == 0)
		status = given ? CHECK_FAILED : CHECK_NOT_APPLICABLE;
	else if (given)
		for (size_t i = 0; i < count; i++)
			config_emit(configs[i], catalogue, e);
	else
		status = take_local(target, settings, catalogue, configs, count, e, err);
	for (size_t i = 0; i < count; i++)
		config_free(configs[i]);
	config_catalogue_free(catalogue);
	return status;
}

const struct check check_config = {.name = "config",
                                   .title = N_("timers and limits the mail server is set to"),
                                   .takes = TAKES_HOST,
                                   .limit = LIMIT_S,
                                   .run = run_check};

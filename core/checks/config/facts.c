#include "checks/config/facts.h"

#include "base/xalloc.h"
#include "config/readout.h"
#include "config/value.h"
#include "model/target.h"

#include <stdlib.h>
#include <string.h>

char *config_subject(const struct config *config, const struct config_service *service)
{
	if (config->instance != NULL)
		return xasprintf("%s %s %s", config->server, config->instance, service->name);
	return xasprintf("%s %s", config->server, service->name);
}

static void emit_part_number(struct emit *e, const char *subject, const char *role, const char *part, double number)
{
	char *fact = xasprintf("config.%s%s", role, part);

	emit_number(e, fact, subject, number);
	free(fact);
}

static void emit_part_text(struct emit *e, const char *subject, const char *role, const char *part, const char *text)
{
	char *fact = xasprintf("config.%s%s", role, part);

	emit_text(e, fact, subject, text);
	free(fact);
}

/* The facts of a role: server-neutral, for conditions and fixes. */
static void emit_role(struct emit *e, const char *subject, const struct readout *r)
{
	const char *role = r->setting->role;

	if (r->normal.is_number)
		emit_part_number(e, subject, role, "", r->normal.number);
	if (r->normal.is_off) {
		char *fact = xasprintf("config.%s.off", role);
		emit_flag(e, fact, subject, true);
		free(fact);
	}
	if (r->has_stress && r->stress.is_number)
		emit_part_number(e, subject, role, ".stress", r->stress.number);
	if (r->initial.is_number)
		emit_part_number(e, subject, role, ".default", r->initial.number);
	if (r->setting->minimum > 0)
		emit_part_number(e, subject, role, ".minimum", r->setting->minimum);
	emit_part_text(e, subject, role, ".setting", r->name);
	if (r->raw != NULL)
		emit_part_text(e, subject, role, ".raw", r->raw);
	emit_part_text(e, subject, role, ".origin", config_origin_name(r->origin));
	if (r->line > 0)
		emit_part_number(e, subject, role, ".line", (double)r->line);
}

/* The row of a setting, for people. */
static void emit_row(struct emit *e, const char *service, const struct readout *r)
{
	char *subject = xasprintf("%s: %s", service, r->setting->name);

	emit_text(e, "config.setting.value", subject, r->normal.text);
	if (r->has_stress)
		emit_text(e, "config.setting.stress", subject, r->stress.text);
	if (strcmp(r->initial.text, r->normal.text) != 0)
		emit_text(e, "config.setting.default", subject, r->initial.text);
	if (r->setting->minimum > 0) {
		char *minimum = value_text(r->setting, r->setting->minimum);
		emit_text(e, "config.setting.minimum", subject, minimum);
		free(minimum);
	}
	if (r->raw != NULL)
		emit_text(e, "config.setting.raw", subject, r->raw);
	if (r->setting->role[0] != '\0')
		emit_part_text(e, subject, "setting", ".role", r->setting->role);
	if (r->origin != ORIGIN_DEFAULT)
		emit_text(e, "config.setting.origin", subject, config_origin_name(r->origin));
	if (r->file != NULL)
		emit_text(e, "config.setting.file", subject, r->file);
	if (r->macro != NULL)
		emit_text(e, "config.setting.macro", subject, r->macro);
	if (r->line > 0)
		emit_number(e, "config.setting.line", subject, (double)r->line);
	if (r->fault != NULL)
		emit_text(e, "config.setting.fault", subject, r->fault);
	free(subject);
}

/* --- services */

/* The first service of a side, that on port 25 before others; NULL when there is none. */
static const struct config_service *main_service(const struct config *config, enum setting_side side)
{
	const struct config_service *first = NULL;

	for (size_t i = 0; i < config->service_count; i++) {
		const struct config_service *service = &config->services[i];
		if (service->side != side)
			continue;
		if (config_has_port(service, SMTP_PORT))
			return service;
		if (first == NULL)
			first = service;
	}
	return first;
}

static bool is_same(const struct readout *a, const struct readout *b)
{
	return strcmp(a->normal.text, b->normal.text) == 0 && a->has_stress == b->has_stress &&
	       (!a->has_stress || strcmp(a->stress.text, b->stress.text) == 0);
}

static void emit_service(const struct config *config, const struct config_service *service,
                         const struct config_catalogue *catalogue, struct emit *e)
{
	const struct config_service *first = main_service(config, service->side);
	char *subject = config_subject(config, service);
	size_t count;
	const struct config_setting *settings = config_catalogue_of(catalogue, config->server, &count);

	emit_text(e, "config.software", subject, config->server);
	if (config->version != NULL)
		emit_text(e, "config.version", subject, config->version);
	emit_text(e, "config.path", subject, config->path);
	if (config->hostname != NULL)
		emit_text(e, "config.hostname", subject, config->hostname);
	if (config->source != NULL)
		emit_text(e, "config.source", subject, config->source);
	if (config->compiled != NULL)
		emit_text(e, "config.compiled", subject, config->compiled);
	if (config->folder != NULL)
		emit_text(e, "config.folder", subject, config->folder);
	if (config->programs != NULL)
		emit_text(e, "config.programs", subject, config->programs);
	for (size_t i = 0; i < service->port_count; i++)
		emit_number(e, "config.port", subject, service->ports[i]);
	for (size_t i = 0; i < count; i++) {
		struct readout r, of_first;
		if (!readout_make(config, service, catalogue, &settings[i], &r))
			continue;
		if (settings[i].role[0] != '\0')
			emit_role(e, subject, &r);
		bool told = service == first;
		if (!told && readout_make(config, first, catalogue, &settings[i], &of_first)) {
			told = !is_same(&r, &of_first);
			readout_done(&of_first);
		}
		if (told)
			emit_row(e, subject, &r);
		readout_done(&r);
	}
	free(subject);
}

static void emit_faults(const struct config *config, struct emit *e, const char *subject)
{
	for (size_t i = 0; i < config->fault_count; i++)
		emit_text(e, "config.fault", subject, config->faults[i]);
}

void config_emit(const struct config *config, const struct config_catalogue *catalogue, struct emit *e)
{
	for (size_t i = 0; i < config->service_count; i++)
		emit_service(config, &config->services[i], catalogue, e);
	if (config->service_count > 0) {
		char *subject = config_subject(config, &config->services[0]);
		emit_faults(config, e, subject);
		free(subject);
	}
}

void config_emit_found(const struct config *config, const struct config_catalogue *catalogue, struct emit *e,
                       const char *subject)
{
	for (size_t i = 0; i < config->service_count; i++) {
		for (size_t v = 0; v < config->values.count; v++) {
			struct readout r;
			const struct config_setting *setting =
			    config_catalogue_find(catalogue, config->server, config->values.items[v].name);
			if (setting == NULL || !readout_make(config, &config->services[i], catalogue, setting, &r))
				continue;
			if (setting->role[0] != '\0')
				emit_role(e, subject, &r);
			emit_row(e, subject, &r);
			readout_done(&r);
		}
	}
}

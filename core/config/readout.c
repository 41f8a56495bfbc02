#include "config/readout.h"

#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "config/expand.h"
#include "config/value.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SHOWN_MAX    ((size_t)200) /* bytes of a text */
#define ALIASES_MAX  5             /* settings that leave the decision to one another */
#define UNDER_STRESS "yes"

/* Whose values are asked for, and in which state. */
struct view {
	const struct config *config;
	const struct config_service *service;
	const struct config_catalogue *catalogue;
	bool stress;
};

/* --- as written */

static const struct config_value *written(const struct config *config, const struct config_service *service,
                                          const char *name)
{
	const struct config_value *value = config_get(&service->values, name);

	if (value == NULL)
		value = config_get(&config->values, name);
	return value != NULL && value->origin != ORIGIN_DEFAULT ? value : NULL;
}

/* What the software comes with: as the program says, else as the catalogue does; NULL when nobody knows. */
static const char *initial(const struct view *view, const char *name)
{
	const struct config_value *value = config_get(&view->service->values, name);

	if (value == NULL)
		value = config_get(&view->config->values, name);
	if (value == NULL || value->origin != ORIGIN_DEFAULT)
		value = config_get(&view->config->defaults, name);
	if (value != NULL)
		return value->raw;
	const struct config_setting *setting = config_catalogue_find(view->catalogue, view->config->server, name);
	return setting != NULL ? setting->initial : NULL;
}

/* The value of $stress: what the service's own line says, else master(8)'s word for it. */
static const char *stress_value(const struct view *view)
{
	const struct config_value *own = config_get(&view->service->values, "stress");
	const struct config_value *common = config_get(&view->config->values, "stress");

	if (own != NULL)
		return own->raw;
	if (view->stress)
		return UNDER_STRESS;
	return common != NULL ? common->raw : "";
}

static const char *look_up(const void *context, const char *name)
{
	const struct view *view = context;
	const struct config_value *value = written(view->config, view->service, name);

	if (strcmp(name, "stress") == 0)
		return stress_value(view);
	return value != NULL ? value->raw : initial(view, name);
}

/* --- evaluated */

static bool is_postfix(const struct config *config)
{
	return strcmp(config->server, "postfix") == 0;
}

/* 0 means no limit, except where it means something of its own. */
static bool zero_is_off(const struct config_setting *setting)
{
	return setting->kind != VALUE_ROOM;
}

static void evaluate_number(const struct config_setting *setting, const char *text, struct readout_value *value,
                            struct err *err)
{
	if (*text == '\0') {
		value->is_off = true;
		value->text = xstrdup("");
	} else if (value_number(text, setting, &value->number, err) == 0) {
		value->is_off = value->number <= 0 && zero_is_off(setting);
		value->is_number = !value->is_off;
		value->text = value_text(setting, value->number);
	} else {
		value->text = text_clean_dup(text, strlen(text), SHOWN_MAX);
	}
}

/* Exim expands these for each client. */
static bool depends_on_client(const struct config *config, const char *raw)
{
	return strcmp(config->server, "exim") == 0 && strchr(raw, '$') != NULL;
}

/* err is filled when the value could not be told. */
static struct readout_value evaluate(const struct view *view, const struct config_setting *setting, const char *raw,
                                     struct err *err)
{
	const struct macros macros = {.lookup = look_up, .context = view};
	struct readout_value value = {.text = NULL};

	err->text[0] = '\0';
	char *text = is_postfix(view->config) ? expand(raw, &macros, err) : xstrdup(raw);
	if (text == NULL || depends_on_client(view->config, raw)) {
		if (text != NULL)
			err_set(err, _("it depends on the client"));
		value.text = text_clean_dup(raw, strlen(raw), SHOWN_MAX);
	} else if (value_is_number(setting)) {
		evaluate_number(setting, text, &value, err);
	} else {
		value.text = text_clean_dup(text, strlen(text), SHOWN_MAX);
	}
	free(text);
	return value;
}

static void value_done(struct readout_value *value)
{
	free(value->text);
	*value = (struct readout_value){.text = NULL};
}

/* --- settings that leave the decision to others */

/* The name in a value that is nothing but $name; NULL otherwise. */
static const char *alias(const char *raw)
{
	size_t size = 1;

	if (raw == NULL || raw[0] != '$')
		return NULL;
	while (isalnum((unsigned char)raw[size]) || raw[size] == '_')
		size++;
	return size > 1 && raw[size] == '\0' ? raw + 1 : NULL;
}

/* Where the value is really decided: the setting itself when it is written, else the one that its default names. */
static void trace(const struct view *view, struct readout *readout)
{
	const struct config_value *value = written(view->config, view->service, readout->name);

	for (int i = 0; i < ALIASES_MAX && value == NULL && is_postfix(view->config); i++) {
		const char *other = alias(initial(view, readout->name));
		if (other == NULL)
			break;
		readout->name = other;
		value = written(view->config, view->service, other);
	}
	readout->raw = value != NULL ? value->raw : NULL;
	readout->origin = value != NULL ? value->origin : readout->setting->built_in ? ORIGIN_BUILT_IN : ORIGIN_DEFAULT;
	readout->file = value != NULL ? value->file : NULL;
	readout->macro = value != NULL ? value->macro : NULL;
	readout->line = value != NULL ? value->line : 0;
}

static bool belongs(const struct config_service *service, const struct config_setting *setting)
{
	return setting->side == service->side || (setting->side == SIDE_BOTH && service->side == SIDE_SERVER);
}

/* A version that lists its defaults has no other settings than these, and those of master.cf. */
static bool is_of_version(const struct config *config, const struct config_setting *setting)
{
	return !is_postfix(config) || config->defaults.count == 0 || strcmp(setting->name, "maxproc") == 0 ||
	       config_get(&config->defaults, setting->name) != NULL ||
	       config_get(&config->values, setting->name) != NULL;
}

bool readout_make(const struct config *config, const struct config_service *service,
                  const struct config_catalogue *catalogue, const struct config_setting *setting,
                  struct readout *readout)
{
	struct view view = {.config = config, .service = service, .catalogue = catalogue};
	struct err err, ignored;

	if (!belongs(service, setting) || !is_of_version(config, setting))
		return false;
	*readout = (struct readout){.setting = setting, .name = setting->name};
	trace(&view, readout);
	const struct config_value *own = written(config, service, setting->name);
	const char *coming = initial(&view, setting->name);
	const char *raw = own != NULL ? own->raw : coming != NULL ? coming : "";
	readout->normal = evaluate(&view, setting, raw, &err);
	/* A default may lean on what only the installation knows: nobody's fault. */
	if (err.text[0] != '\0' && own != NULL)
		readout->fault = xstrdup(err.text);
	readout->initial = evaluate(&view, setting, coming != NULL ? coming : "", &ignored);
	if (service->stress) {
		view.stress = true;
		readout->stress = evaluate(&view, setting, raw, &ignored);
		readout->has_stress = strcmp(readout->stress.text, readout->normal.text) != 0;
	}
	return true;
}

void readout_done(struct readout *readout)
{
	value_done(&readout->normal);
	value_done(&readout->stress);
	value_done(&readout->initial);
	free(readout->fault);
}

#include "diagnose/change.h"

#include "base/i18n.h"
#include "base/xalloc.h"
#include "diagnose/change_edit.h"
#include "diagnose/instance.h"
#include "diagnose/service.h"
#include "diagnose/template_kind.h"

#include <stdlib.h>
#include <string.h>

#define BLANKS       " \t"
#define COMMANDS_MAX ((size_t)16384) /* bytes */

static const struct change_server *find_server(const char *text, size_t length)
{
	for (const struct change_server *server = change_servers; server->name != NULL; server++)
		if (strlen(server->name) == length && strncmp(server->name, text, length) == 0)
			return server;
	return NULL;
}

/* The value goes into single quotes, so it must be whole in there. */
static int check_value(const char *value, const struct figures *figures, struct err *err)
{
	char *quoted = xasprintf("'%s'", value);
	int result = strchr(value, '\'') != NULL
	                 ? err_set(err, _("expected a value without single quotes, found \"%s\""), value)
	                 : template_check(quoted, TEMPLATE_COMMAND, figures, err);

	free(quoted);
	return result;
}

int change_parse(const char *text, const struct figures *figures, struct change *change, struct err *err)
{
	size_t length = strcspn(text, BLANKS);
	const struct change_server *server = find_server(text, length);
	const char *name = text + length + strspn(text + length, BLANKS);
	const char *equals = strchr(name, '=');
	size_t name_length = equals != NULL ? (size_t)(equals - name) : 0;

	if (server == NULL)
		return err_set(err,
		               _("expected postfix, postfix-service, exim, sendmail, opensmtpd or sysctl, found "
		                 "\"%.*s\""),
		               (int)length, text);
	while (name_length > 0 && strchr(BLANKS, name[name_length - 1]) != NULL)
		name_length--;
	*change = (struct change){.server = server, .name = xstrndup(name, name_length)};
	if (name_length == 0 || strspn(change->name, server->name_chars) != name_length ||
	    (server->knows != NULL && !server->knows(change->name))) {
		err_set(err, _("expected NAME = VALUE with a setting of %s, found \"%s\""), server->name, name);
		change_done(change);
		return -1;
	}
	change->value = xstrdup(equals + 1 + strspn(equals + 1, BLANKS));
	if (check_value(change->value, figures, err) == 0)
		return 0;
	change_done(change);
	return -1;
}

void change_done(struct change *change)
{
	free(change->name);
	free(change->value);
	*change = (struct change){0};
}

/* The row of a setting that was read has the subject "postfix smtp/inet: smtpd_timeout". */
static const struct fact *find_row(const struct scope *scope, const char *name)
{
	const struct fact_def *def = fact_def_find("config.setting.value");

	for (size_t i = 0; i < scope->count; i++) {
		const char *colon = scope->facts[i]->def == def ? strstr(scope->facts[i]->subject, ": ") : NULL;
		if (colon != NULL && strcmp(colon + 2, name) == 0)
			return scope->facts[i];
	}
	return NULL;
}

/* The text of another fact about the same subject; NULL when there is none. */
static const char *text_beside(const struct scope *scope, const char *subject, const char *name)
{
	const struct fact_def *def = fact_def_find(name);

	for (size_t i = 0; i < scope->count; i++)
		if (scope->facts[i]->def == def && strcmp(scope->facts[i]->subject, subject) == 0)
			return scope->facts[i]->text;
	return NULL;
}

static bool consists_of(const char *text, const char *chars)
{
	return *text != '\0' && strspn(text, chars) == strlen(text);
}

/* "smtp/inet" of "postfix smtp/inet", and of "postfix NAME smtp/inet"; NULL when it must not enter a command. */
static char *own_name(const char *service)
{
	const char *blank = strrchr(service, ' ');
	const char *name = blank != NULL ? blank + 1 : service;

	return consists_of(name, ALNUM "_-/.:") ? xstrdup(name) : NULL;
}

/* Fills in what was read of the setting. 0; or -1 when its old value is one that no command could bring back. */
static int find_old(const struct scope *scope, const struct change *change, const struct fact *row, struct edit *edit)
{
	const char *const chars = change->server->value_chars;

	if (row == NULL)
		return 0;
	const char *origin = text_beside(scope, row->subject, "config.setting.origin");
	const char *raw = text_beside(scope, row->subject, "config.setting.raw");
	if (origin == NULL || strcmp(origin, "default") == 0 || strcmp(origin, "built-in") == 0) {
		edit->is_default = true;
		return 0;
	}
	const bool is_own = strcmp(origin, "master.cf") == 0;
	if (raw == NULL || !template_kind_find("setting")->fits(raw) || (chars != NULL && !consists_of(raw, chars)))
		return chars == NULL && !is_own ? 0 : -1; /* main.cf can be asked for it by the command itself */
	edit->old = raw;
	if (!is_own)
		return 0;
	char *service = service_of(row->subject);
	edit->service = own_name(service);
	free(service);
	return edit->service != NULL ? 0 : -1;
}

/* Which of several Postfixes it is: that of the setting that was read, or that of the service. 0, or -1. */
static int find_instance(const struct scope *scope, const struct fact *row, struct edit *edit)
{
	char *of_row = row != NULL ? service_of(row->subject) : NULL;
	const char *service = of_row != NULL ? of_row : instance_service(scope);

	edit->postconf = instance_command(scope, service, "postconf");
	edit->postfix = instance_command(scope, service, "postfix");
	edit->folder = instance_folder(scope, service);
	free(of_row);
	return edit->postconf != NULL && edit->postfix != NULL && edit->folder != NULL ? 0 : -1;
}

/*
 * A field of master.cf is that of the service which the trouble is with: "smtp/inet/process_limit" may be that of
 * 2525/inet. 0, or -1.
 */
static int find_field(const struct scope *scope, const struct change *change, struct edit *edit)
{
	const char *service = instance_service(scope), *field = strrchr(change->name, '/');

	const char *type = service != NULL ? strrchr(service, '/') : NULL;

	if (type == NULL || field == NULL || (strcmp(type, "/inet") != 0 && strcmp(type, "/pass") != 0))
		return 0;
	char *name = own_name(service);
	if (name == NULL)
		return -1;
	edit->field = xasprintf("%s%s", name, field);
	edit->name = edit->field;
	free(name);
	return 0;
}

/* Whether people edit that file, as against one that is made of others. */
static bool is_edited(const char *path)
{
	static const char *const names[] = {"/exim4.conf", "/exim.conf", "/configure", "/smtpd.conf"};
	const char *name = strrchr(path, '/');

	/* A copy of it elsewhere says nothing about a sendmail.mc where it is from. */
	if (strcmp(path, "/etc/mail/sendmail.cf") == 0)
		return true;
	for (size_t i = 0; name != NULL && i < sizeof names / sizeof names[0]; i++)
		if (strcmp(name, names[i]) == 0)
			return template_kind_find("path")->fits(path);
	return false;
}

/* The main file of that software's configuration, and where the old value stands in it or beside it. */
static void find_files(const struct scope *scope, const struct change *change, const struct fact *row,
                       struct edit *edit)
{
	const struct fact_def *software = fact_def_find("config.software");

	for (size_t i = 0; i < scope->count && edit->main == NULL && change->server->software != NULL; i++) {
		const struct fact *fact = scope->facts[i];
		if (fact->def != software || strcmp(fact->text, change->server->software) != 0)
			continue;
		const char *path = text_beside(scope, fact->subject, "config.path");
		const bool made = text_beside(scope, fact->subject, "config.source") != NULL;
		edit->main = path != NULL && !made && is_edited(path) ? path : NULL;
	}
	if (edit->old == NULL || row == NULL)
		return;
	const char *file = text_beside(scope, row->subject, "config.setting.file");
	const char *macro = text_beside(scope, row->subject, "config.setting.macro");
	edit->file = file == NULL ? edit->main : template_kind_find("path")->fits(file) ? file : NULL;
	edit->macro = macro != NULL && consists_of(macro, ALNUM "_") ? macro : NULL;
	if (macro != NULL && edit->macro == NULL)
		edit->file = NULL;
}

/* 0; or -1 when there is no such command. In any case the caller ends it with edit_done(). */
static int edit_init(struct edit *edit, const struct change *change, const struct template_values *values)
{
	const char *const chars = change->server->value_chars;
	const struct fact *row = find_row(values->scope, change->name);

	*edit = (struct edit){.name = change->name, .value = template_fill(change->value, TEMPLATE_COMMAND, values)};
	if (edit->value == NULL || *edit->value == '\0' || (chars != NULL && !consists_of(edit->value, chars)) ||
	    find_old(values->scope, change, row, edit) != 0)
		return -1;
	if (!change->server->is_postfix) {
		find_files(values->scope, change, row, edit);
		return 0;
	}
	if (change->server->is_field && find_field(values->scope, change, edit) != 0)
		return -1;
	return find_instance(values->scope, row, edit);
}

static void edit_done(struct edit *edit)
{
	free(edit->value);
	free(edit->service);
	free(edit->field);
	free(edit->postconf);
	free(edit->postfix);
	free(edit->folder);
}

/* What makes the server read it comes after the last of its settings. */
static bool is_last_of_server(const struct change *changes, size_t count, size_t index)
{
	for (size_t i = index + 1; i < count; i++)
		if (changes[i].server == changes[index].server)
			return false;
	return true;
}

/* The text without its last line feed, which the caller frees. */
static char *take_lines(struct buf *lines)
{
	char *text = buf_take(lines);
	size_t length = strlen(text);

	if (length > 0)
		text[length - 1] = '\0';
	return text;
}

int changes_fill(const struct change *changes, size_t count, const struct template_values *values,
                 struct change_commands *commands)
{
	struct script script;
	int result = 0;

	buf_init(&script.run, COMMANDS_MAX);
	buf_init(&script.undo, COMMANDS_MAX);
	buf_init(&script.verify, COMMANDS_MAX);
	for (size_t i = 0; i < count && result == 0; i++) {
		struct edit edit;
		result = edit_init(&edit, &changes[i], values);
		if (result == 0) {
			changes[i].server->edit(&edit, &script);
			if (is_last_of_server(changes, count, i))
				changes[i].server->apply(&edit, &script);
		}
		edit_done(&edit);
	}
	if (script.run.cut || script.undo.cut || script.verify.cut) /* half a command is no command */
		result = -1;
	if (result == 0) {
		*commands = (struct change_commands){
		    .run = take_lines(&script.run),
		    .undo = take_lines(&script.undo),
		    .verify = take_lines(&script.verify),
		};
		return 0;
	}
	buf_done(&script.run);
	buf_done(&script.undo);
	buf_done(&script.verify);
	return -1;
}

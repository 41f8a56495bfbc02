#include "diagnose/instance.h"

#include "base/xalloc.h"
#include "diagnose/template_kind.h"

#include <stdlib.h>
#include <string.h>

/* The fact of that name about exactly this subject; NULL when there is none. */
static const struct fact *fact_about(const struct scope *scope, const char *subject, const char *name)
{
	const struct fact_def *def = fact_def_find(name);

	for (size_t i = 0; i < scope->count; i++)
		if (scope->facts[i]->def == def && strcmp(scope->facts[i]->subject, subject) == 0)
			return scope->facts[i];
	return NULL;
}

const char *instance_service(const struct scope *scope)
{
	const struct fact_def *def = fact_def_find("config.software");
	const char *first = NULL, *listener = NULL;

	for (size_t i = 0; i < scope->count; i++) {
		const struct fact *fact = scope->facts[i];
		if (fact->def != def || strcmp(fact->text, "postfix") != 0)
			continue;
		const char *type = strrchr(fact->subject, '/');
		if (type != NULL && strcmp(type, "/pass") == 0)
			return fact->subject;
		if (listener == NULL && fact_about(scope, fact->subject, "config.port") != NULL)
			listener = fact->subject;
		if (first == NULL)
			first = fact->subject;
	}
	return listener != NULL ? listener : first;
}

/* The path that was read of the service, or what holds without one; NULL when it must not enter a command. */
static char *path_of(const struct scope *scope, const char *service, const char *name, const char *otherwise)
{
	const struct fact *fact = service != NULL ? fact_about(scope, service, name) : NULL;

	return fact != NULL ? template_kind_text(template_kind_find("path"), fact->text) : xstrdup(otherwise);
}

char *instance_folder(const struct scope *scope, const char *service)
{
	return path_of(scope, service, "config.folder", INSTANCE_FOLDER_STOCK);
}

char *instance_command(const struct scope *scope, const char *service, const char *program)
{
	char *folder = path_of(scope, service, "config.folder", "");
	char *programs = path_of(scope, service, "config.programs", "");
	char *command = NULL;

	if (folder != NULL && programs != NULL)
		command = xasprintf("%s%s%s%s%s", programs, *programs != '\0' ? "/" : "", program,
		                    *folder != '\0' ? " -c " : "", folder);
	free(folder);
	free(programs);
	return command;
}

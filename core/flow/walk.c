#include "flow/walk.h"

#include "base/file.h"
#include "base/helpfile.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "flow/walk_build.h"

#include <stdlib.h>
#include <string.h>

#define FOLDER "walkthroughs"
#define SUFFIX ".walk"
#define WIZARD "wizard"

static void plan_done(struct walk_plan *plan)
{
	for (size_t i = 0; i < plan->word_count; i++)
		free(plan->words[i]);
	free(plan->words);
	free(plan->target);
	free(plan->files);
	for (size_t i = 0; i < plan->setting_count; i++) {
		free(plan->settings[i].option);
		free(plan->settings[i].value);
	}
	free(plan->settings);
}

void walk_step_done(struct walk_step *step)
{
	free(step->text);
	free(step->format);
	free(step->label);
	question_done(&step->question);
	plan_done(&step->plan);
	condition_done(&step->test.condition);
	free(step->test.name);
	free(step->test.words);
}

struct walk_step *walk_add_step(struct walk_build *b, enum walk_op op, const char *origin, int line)
{
	struct walk *walk = b->walk;

	walk->steps = xgrow(walk->steps, walk->count, &walk->room, sizeof *walk->steps);
	struct walk_step *step = &walk->steps[walk->count++];
	*step = (struct walk_step){.op = op, .origin = origin, .line = line};
	return step;
}

const struct question *walk_find_question(const struct walk *walk, const char *name)
{
	for (size_t i = 0; i < walk->count; i++)
		if (walk->steps[i].op == WALK_ASK && strcmp(walk->steps[i].question.name, name) == 0)
			return &walk->steps[i].question;
	return NULL;
}

size_t walk_placeholder(const struct walk *walk, const char *text, const struct question **question)
{
	size_t length = *text == '{' ? strcspn(text, "}") : 0;

	if (length < 2 || text[length] != '}')
		return 0;
	char *name = xstrndup(text + 1, length - 1);
	*question = walk_find_question(walk, name);
	free(name);
	return *question != NULL ? length + 1 : 0;
}

static void labels_free(struct walk_build *b)
{
	for (size_t i = 0; i < b->label_count; i++)
		free(b->labels[i].name);
	free(b->labels);
}

struct walk *walk_parse(const char *name, const char *origin, const char *folder, const char *text, struct err *err)
{
	struct err unused;
	struct walk *walk = xcalloc(1, sizeof *walk);
	struct walk_build b = {.walk = walk, .folder = folder, .err = err != NULL ? err : &unused};

	walk->name = xstrdup(name);
	walk->about = xstrdup("");
	walk->origins = xgrow(NULL, 0, &walk->origin_room, sizeof *walk->origins);
	walk->origins[walk->origin_count++] = xstrdup(origin);
	int result = walk_read(&b, walk->origins[0], text, false);
	if (result == 0)
		result = walk_link(&b);
	labels_free(&b);
	if (result == 0)
		return walk;
	walk_free(walk);
	return NULL;
}

void walk_free(struct walk *walk)
{
	if (walk == NULL)
		return;
	for (size_t i = 0; i < walk->count; i++)
		walk_step_done(&walk->steps[i]);
	free(walk->steps);
	for (size_t i = 0; i < walk->origin_count; i++)
		free(walk->origins[i]);
	free(walk->origins);
	free(walk->name);
	free(walk->title);
	free(walk->about);
	free(walk);
}

static struct walk *load_path(const char *path, struct err *err)
{
	size_t size;
	char *text = file_read(path, HELPFILE_SIZE_MAX, &size, err);

	if (text == NULL)
		return NULL;
	if (strlen(text) != size) {
		free(text);
		err_set(err, _("%s: contains a NUL byte"), path);
		return NULL;
	}
	char *folder = xstrndup(path, (size_t)(strrchr(path, '/') - path));
	struct walk *walk = walk_parse(path, path, *folder != '\0' ? folder : "/", text, err);
	free(folder);
	free(text);
	return walk;
}

struct walk *walk_load(const char *name, struct err *err)
{
	struct helpfile file;
	struct err missing;

	if (strchr(name, '/') != NULL)
		return load_path(name, err);
	char *relative = xasprintf(FOLDER "/%s" SUFFIX, name);
	int found = helpfile_get(relative, &file, &missing);
	free(relative);
	if (found != 0) {
		err_set(
		    err,
		    _("there is no walkthrough \"%s\"; smtpdx walk lists them, a file is named with its path: ./%s"),
		    name, name);
		return NULL;
	}
	struct walk *walk = walk_parse(name, file.origin, NULL, file.text, err);
	helpfile_done(&file);
	return walk;
}

int walk_list(void (*show)(const char *name, const char *title, const char *about, void *context), void *context,
              struct err *err)
{
	struct helpfile *files;
	size_t count;
	int result = 0;

	if (helpfile_list(FOLDER, SUFFIX, &files, &count, err) != 0)
		return -1;
	for (size_t i = 0; i < count && result == 0; i++) {
		const char *base = strrchr(files[i].name, '/') + 1;
		char *name = xstrndup(base, strlen(base) - strlen(SUFFIX));
		struct walk *walk = NULL;

		if (strcmp(name, WIZARD) != 0) {
			walk = walk_parse(name, files[i].origin, NULL, files[i].text, err);
			if (walk != NULL)
				show(name, walk->title, walk->about, context);
			else
				result = -1;
		}
		walk_free(walk);
		free(name);
	}
	helpfile_list_free(files, count);
	return result;
}

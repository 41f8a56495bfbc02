/*
 * helpfile - the knowledge files of help/: causes, replies, topics, scenarios
 *
 * They are compiled into the program, and a site can add to them or replace them without rebuilding: a file of the same
 * relative name below $XDG_CONFIG_HOME/smtpdx/ (~/.config/smtpdx/ when that is unset or not absolute, as the XDG Base
 * Directory Specification has it) comes first. Every reader of such files asks here and nowhere else, so that all of
 * them can be overridden in the same way.
 */
#ifndef SMTPDX_BASE_HELPFILE_H
#define SMTPDX_BASE_HELPFILE_H

#include "base/err.h"

#include <stddef.h>

#define HELPFILE_SIZE_MAX  1048576 /* bytes in one file */
#define HELPFILE_COUNT_MAX 1000    /* site files in one folder */

struct helpfile {
	char *name;   /* relative: "causes/pmtu-blackhole.cause" */
	char *origin; /* for messages: "built-in help/causes/pmtu-blackhole.cause", or the path of the site's file */
	char *text;   /* NUL-terminated, no NUL inside; not checked any further */
	size_t size;  /* bytes, without the NUL */
};

/*
 * All files whose name is FOLDER/STEM+suffix ("causes", ".cause"), sorted by name. The caller frees *files with
 * helpfile_list_free(). Returns 0 (also when there is none), or -1 with the reason when a file of the site cannot be
 * read, is too large, is no regular file, contains a NUL or has a name with other characters than [A-Za-z0-9._-].
 * Names that start with a dot are passed over.
 */
int helpfile_list(const char *folder, const char *suffix, struct helpfile **files, size_t *count, struct err *err);
void helpfile_list_free(struct helpfile *files, size_t count);

/*
 * One file by its relative name ("replies.tsv", "topics/pmtu"). Returns 0, or -1 with the reason; the name may come from
 * the user, it never leads out of the two places. The caller ends it with helpfile_done().
 */
int helpfile_get(const char *name, struct helpfile *file, struct err *err);
void helpfile_done(struct helpfile *file);

#endif

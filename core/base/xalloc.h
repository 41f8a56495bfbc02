/*
 * xalloc - allocation that succeeds or ends the program
 *
 * A short-lived worker and a terminal tool gain nothing from half-checked out-of-memory paths. What remote data can
 * make grow is bounded elsewhere (see buf.h), so running out of memory here is a fault of the machine.
 */
#ifndef SMTPDX_BASE_XALLOC_H
#define SMTPDX_BASE_XALLOC_H

#include <stddef.h>

/* Called by die() before it prints, e.g. by the terminal module to restore the screen. */
extern void (*die_hook)(void);

/* Prints "smtpdx: WHY" on stderr and exits with status 3 ("could not measure"). For what can never be handled. */
_Noreturn void die(const char *why);

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t count, size_t size); /* checks count * size for overflow */
char *xstrdup(const char *text);                      /* NULL stays NULL */
char *xstrndup(const char *text, size_t size);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Makes room for one more element at the end of a growing array: returns the array, moved when it was full, with
 * *room updated. count elements are in use.
 */
void *xgrow(void *array, size_t count, size_t *room, size_t size);

#endif

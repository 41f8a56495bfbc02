/*
 * sizes - which packet sizes to try between one that passes and one that does not
 *
 * Links have sizes that are met again and again (tunnels, DSL, minimum sizes of the standards), so these are tried first,
 * and then the byte above them.
 */
#ifndef SMTPDX_CHECKS_MTU_SIZES_H
#define SMTPDX_CHECKS_MTU_SIZES_H

#include <stddef.h>

/* The size to try next, larger than `passes` and smaller than `fails`; 0 when there is none. hint: a likely one, or 0. */
int sizes_next(int passes, int fails, int hint);

/* Sizes in rising order to try in one go, all between the two; at most `room`. Returns how many. */
size_t sizes_ladder(int passes, int fails, int *sizes, size_t room);

#endif

/*
 * unit - what every unit test includes: cmocka with the headers that it wants before itself
 */
#ifndef SMTPDX_UNIT_H
#define SMTPDX_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <locale.h>

/* Setups: whether texts are drawn with block characters is a matter of the locale. */
static inline int set_utf8(void **state)
{
	(void)state;
	return setlocale(LC_ALL, "C.UTF-8") != NULL ? 0 : -1;
}

static inline int set_ascii(void **state)
{
	(void)state;
	return setlocale(LC_ALL, "C") != NULL ? 0 : -1;
}

#endif

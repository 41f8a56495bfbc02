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

#endif

/*
 * value - numbers with units as mail servers write them
 *
 * Each server has its own dialect: Postfix one number and one letter (60s), Exim and Sendmail several (1h30m), and a
 * number without unit means whatever the setting says. What a server itself would refuse is refused here: it then runs
 * with something else, or not at all.
 */
#ifndef SMTPDX_CONFIG_VALUE_H
#define SMTPDX_CONFIG_VALUE_H

#include "config/setting.h"

#define VALUE_COUNT_MAX 2147483647.0 /* of times and counts: an int on every server */

/* The number that a value of a numeric kind is: s, B or count. -1 with what is wrong with it. */
int value_number(const char *text, const struct config_setting *setting, double *number, struct err *err);

/* Whether the setting's values are numbers. */
bool value_is_number(const struct config_setting *setting);

/* A number of that kind for people: "300 s", "10240000 bytes", "50". The caller frees. */
char *value_text(const struct config_setting *setting, double number);

#endif

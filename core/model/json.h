/*
 * json - what jansson leaves to its callers: failure means out of memory, foreign texts are cleaned, and members that
 * this version does not know are carried along
 */
#ifndef SMTPDX_MODEL_JSON_H
#define SMTPDX_MODEL_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

json_t *json_new_object(void);
json_t *json_new_array(void);
json_t *json_new_number(double number); /* an integer when it is one; never NaN or infinite */

/* The document as text that the caller frees: indented, or on one line without a line end. */
char *json_to_text(const json_t *root, bool indented);

/* These take the value over; a NULL value is out of memory. json_put_text(NULL) writes null. */
void json_put(json_t *object, const char *key, json_t *value);
void json_append(json_t *array, json_t *value);
void json_put_text(json_t *object, const char *key, const char *text);

/* A string member, cleaned and cut at max bytes; "" when it is not there or no string. Caller frees. */
char *json_get_text(const json_t *object, const char *key, size_t max);

/* The same for a text of several lines (a command, a paragraph): each line is cleaned, the line ends stay. */
char *json_get_lines(const json_t *object, const char *key, size_t max);

/* A number of things, rounded down; 0 when it is not there, no number, or out of all bounds. */
unsigned long json_get_count(const json_t *object, const char *key);

/* The members of the object that are not in `known` (ends with NULL), as a new object; NULL when there are none. */
json_t *json_get_extra(const json_t *object, const char *const *known);
void json_put_extra(json_t *object, json_t *extra); /* adds them again; extra may be NULL and is not taken over */

#endif

/*
 * picture - what a check has measured so far, drawn while it runs
 *
 * What it tells of its progress comes first (model/tally.h), the phase that still lasts counts up, and what has become
 * facts is drawn as the report draws it.
 */
#ifndef SMTPDX_TUI_SCREEN_PICTURE_H
#define SMTPDX_TUI_SCREEN_PICTURE_H

#include "draw.h"
#include "flow/runner.h"

void picture_draw(const struct area *area, const struct case_file *c, const struct job *job);

#endif

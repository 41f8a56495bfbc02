/*
 * picture - a screen compared with one that somebody has looked at and kept as text: tests/screen/pictures/NAME.txt
 *
 * Times, ports and the bars that follow from them differ from run to run: both sides have them masked before they are
 * compared, and blanks beside a mask count as one.
 */
#ifndef SMTPDX_TESTS_SCREEN_PICTURE_H
#define SMTPDX_TESTS_SCREEN_PICTURE_H

#include <stdbool.h>

/*
 * Whether the screen is that of the picture. At the last look it is told what differs or, with SMTPDX_PICTURES=accept in
 * the environment, the screen becomes the picture.
 */
bool picture_matches(const char *name, const char *screen, bool last);
bool picture_accepts(void);

/* From now on what matches this extended regular expression is as if it were not there. */
void picture_mask(const char *pattern);

#endif

/*
 * fold - one spelling for what people and programs write in several, before wordings are looked up
 *
 * Small letters, "timed out" for every form of it, and times in seconds: "30000 ms" and "thirty seconds" are 30 of them.
 */
#ifndef SMTPDX_TEXT_FOLD_H
#define SMTPDX_TEXT_FOLD_H

/* In place: the result is never longer. Letters outside ASCII stay as they are. */
void fold(char *text);

#endif

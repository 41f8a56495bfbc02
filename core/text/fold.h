/*
 * fold - one spelling for what people and programs write in several, before wordings are looked up
 *
 * Small letters, the quotes of the keyboard, plain blanks, and "timed out" for every form of it.
 */
#ifndef SMTPDX_TEXT_FOLD_H
#define SMTPDX_TEXT_FOLD_H

/* In place: the result is never longer. Letters outside ASCII stay as they are. */
void fold(char *text);

#endif

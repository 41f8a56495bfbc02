/*
 * clip - text for the clipboard of the person's own terminal, which may be three ssh away
 *
 * OSC 52 goes to the terminal itself (/dev/tty), never to standard output. Inside tmux its own buffer is loaded, and it
 * tells the terminal (load-buffer -w); where that fails, and inside screen, the sequence is wrapped so that it passes
 * through; where ssh hides which of them it is, it goes both ways. No terminal confirms any of it.
 */
#ifndef SMTPDX_TUI_SCREEN_CLIP_H
#define SMTPDX_TUI_SCREEN_CLIP_H

#include "base/err.h"

#include <stddef.h>

#define CLIP_MAX ((size_t)74994) /* bytes: xterm takes 100 000 characters of base64, others more */

/* 0 when it was sent, which says nothing about where it arrived; -1 with the reason. */
int clip_copy(const char *text, size_t size, struct err *err);

#endif

/*
 * err - why something did not work, in one sentence
 *
 * Functions that can fail for a reason worth telling return -1 (or NULL) and fill a struct err of their caller. The
 * text reads "what: why" and carries the file and line or the host; only a face puts "smtpdx: " before it and prints.
 */
#ifndef SMTPDX_BASE_ERR_H
#define SMTPDX_BASE_ERR_H

struct err {
	char text[512]; /* printable; cut, never overrun */
};

/* Fills the text; always returns -1, so that callers can write: return err_set(err, ...). err may be NULL. */
int err_set(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same, followed by ": " and the text of the system's error number `sys` (an errno value). */
int err_sys(struct err *err, int sys, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif

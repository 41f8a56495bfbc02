/*
 * capture - all that the captures of a case say: files in, sessions out
 *
 * One pass over each file, in memory that does not grow with it. Files that follow one another in time (a capture that
 * was rotated) are read as one; others, such as the same traffic recorded at both ends, each by itself.
 */
#ifndef SMTPDX_CAPTURE_CAPTURE_H
#define SMTPDX_CAPTURE_CAPTURE_H

#include "base/err.h"
#include "capture/file.h"
#include "capture/flows.h"

struct capture_totals {
	double packets, bytes;       /* captured; bytes on the wire */
	double mail_packets;         /* of sessions that speak SMTP */
	double cut;                  /* packets that the snap length cut */
	double start;                /* s since 1970, of the first packet; NAN: there was none */
	double span;                 /* s from the first to the last */
	double set_back;             /* s by which the recorder's clock was, in mid-file */
	const struct tunnel *tunnel; /* that packets are in which are not looked into; NULL: none */
	double tunnelled;            /* how many of these */
	size_t snap;                 /* B; 0: whole packets */
	bool apart; /* there are files that do not follow one another: of several places, or of several times */
};

/* Is called every so often with the state of the file; false ends the reading. */
struct capture_watch {
	bool (*look)(void *context, const struct capture_file *file);
	void *context;
};

struct capture;

struct capture *capture_new(void);
void capture_free(struct capture *c);

/*
 * Reads the file to its end. One that follows the one before at once continues it, unless its first packets are those that
 * were read: then it is the same traffic seen at another place. -1 with "path: why" when it could not be opened; otherwise 0, with why it ended before its
 * end in trouble ("" when it did not).
 */
int capture_read(struct capture *c, const char *path, const struct capture_watch *watch, struct err *trouble);

/* The same from an open file, which stays the caller's. */
void capture_read_open(struct capture *c, struct capture_file *file, const struct capture_watch *watch,
                       struct err *trouble);

/* After the last file. */
void capture_end(struct capture *c);

const struct capture_totals *capture_totals(const struct capture *c);
struct flows *capture_flows(struct capture *c);

#endif

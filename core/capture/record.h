/*
 * record - packets of an interface into a file, live, through libpcap
 *
 * Rights are needed to open the device and for nothing else: recorder_open() comes first, then the caller gives up what
 * it has (base/privilege.h) before it so much as resolves a name. The recording itself is done by a child, which is
 * nobody where the caller is still root. Whole packets are kept, in nanoseconds where the system can; nothing is sent,
 * and the interface is not switched to promiscuous mode.
 */
#ifndef SMTPDX_CAPTURE_RECORD_H
#define SMTPDX_CAPTURE_RECORD_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct recorder;

/* Why there is no recorder: the user may record by other means, or asked for something that does not exist. */
enum record_refusal { RECORD_NO_RIGHT, RECORD_NO_LIBRARY, RECORD_NO_INTERFACE };

/* The device of that name, or "any". NULL, with the reason as a word and as a sentence. */
struct recorder *recorder_open(const char *interface, enum record_refusal *refusal, struct err *err);

/* Whether a device can be opened here: there is the right, and the library. */
bool recorder_is_allowed(void);

/*
 * Begins to record what the filter lets through, for at most so many seconds and bytes of file, into a file beside
 * `path` that has no name of its own yet. 0, or -1 and why.
 */
int recorder_start(struct recorder *r, const char *filter, const char *path, double seconds, long long size,
                   struct err *err);

struct record_count {
	unsigned long long packets;
	unsigned long long bytes;   /* of the file */
	unsigned long long dropped; /* packets that the kernel could not keep, because we were too slow */
	bool full;                  /* the file has reached its limit */
	char trouble[160];          /* why it ended early; "" when it did not */
};

/* Waits up to so many seconds for news. False when the recording has ended by itself. */
bool recorder_step(struct recorder *r, double wait);

/* The state that recorder_step() has seen last. */
const struct record_count *recorder_count(const struct recorder *r);

/* Ends the recording and gives the file its name. 0, or -1 and why; then nothing is left behind. */
int recorder_finish(struct recorder *r, struct err *err);

/* Whatever has begun and was not finished is stopped and removed. */
void recorder_free(struct recorder *r);

#endif

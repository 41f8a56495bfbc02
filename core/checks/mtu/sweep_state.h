/*
 * sweep_state - what a path sweep knows, shared by its parts: the way there, the way back, the telling
 *
 * Internal to sweep.c, sweep_back.c, sweep_progress.c and sweep_facts.c.
 */
#ifndef SMTPDX_CHECKS_MTU_SWEEP_STATE_H
#define SMTPDX_CHECKS_MTU_SWEEP_STATE_H

#include "checks/emit.h"
#include "checks/mtu/path.h"

enum sweep_outcome {
	SWEEP_FULL,    /* packets of full size arrive */
	SWEEP_PARTIAL, /* they come as far as anybody answers */
	SWEEP_ICMP,    /* a router refuses larger ones and says so */
	SWEEP_SILENT,  /* larger ones vanish */
	SWEEP_MUTE,    /* nobody answers anything */
};

enum back_outcome {
	BACK_UNTESTED,
	BACK_FULL,       /* as large as those that get there */
	BACK_FRAGMENTED, /* larger ones come in pieces */
	BACK_SILENT,     /* larger ones do not come */
};

struct sweep {
	struct prober p;
	const char *subject;
	struct emit *e;
	double began, deadline; /* clock_now() */
	double took;            /* s; until it was interrupted */
	int likely;             /* bytes; the largest that TCP has proven to arrive; 0: not known */
	enum probe_kind kind;   /* what the path answers */
	bool target_answers;
	int last; /* number of the last hop: the target's, or the last router's that answers */
	enum sweep_outcome outcome;
	int passes;   /* bytes; the largest packet that arrives at the last hop */
	bool settled; /* ... and no larger one does */
	struct link link;
	struct {
		enum back_outcome outcome;
		int passes; /* bytes */
		struct link link;
	} back;
};

/* The path as the probes know it. */
struct path sweep_path(const struct sweep *s);

/* The answer of the target itself to a probe of that kind and size; NULL: none came. */
const struct probe *sweep_answer(const struct sweep *s, enum probe_kind kind, int size);

/* Asks all hops on the way to a target that answers. */
void sweep_hops(struct sweep *s);

/* Asks how large packets may be on the way back, by ICMP echo where that is permitted and answered. */
void sweep_back(struct sweep *s);

/* Asks the routers, where they are not as large as those that get there. */
void sweep_back_hops(struct sweep *s);

/* Tells where the search is: the largest size that is known to arrive, and the smallest that is known not to (bytes). */
void sweep_progress(const struct sweep *s, int passes, int fails);

void sweep_tell(const struct sweep *s);

#endif

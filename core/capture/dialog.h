/*
 * dialog - the SMTP dialog rebuilt from the bytes of both sides, in the order in which a capture shows them
 *
 * Knows commands and replies (RFC 5321), pipelining (RFC 2920), BDAT (RFC 3030), STARTTLS (RFC 3207) and TLS from the
 * start. Says at any time whose turn it is, which is what a pause is judged by. Bytes may be missing (the capture was cut
 * or lost some, or began in the middle): the dialog then goes on at the next line. The content of messages is counted,
 * only its end is looked for; credentials are not kept.
 */
#ifndef SMTPDX_CAPTURE_DIALOG_H
#define SMTPDX_CAPTURE_DIALOG_H

#include "capture/guess.h"
#include "capture/ladder.h"
#include "capture/tls.h"

#define DIALOG_LINE    512
#define DIALOG_PENDING 128 /* commands without a reply that are told apart */
#define DIALOG_TEXT    400

enum dialog_state {
	DIALOG_GREETING, /* nothing was said yet */
	DIALOG_MIDDLE,   /* the capture began in the middle: anything may come */
	DIALOG_COMMANDS,
	DIALOG_BODY,  /* 354 was said */
	DIALOG_CHUNK, /* BDAT */
	DIALOG_TLS,
	DIALOG_BLIND,   /* the capture holds no content: only who speaks is seen */
	DIALOG_FOREIGN, /* this is no SMTP */
};

struct dialog_reply {
	int code; /* 0: none */
	enum smtp_phase phase;
	double time;
	bool cut;               /* the capture holds its beginning only */
	char text[DIALOG_TEXT]; /* without the code, lines joined by blanks, clean */
};

struct capture_dialog {
	enum dialog_state state;
	struct ladder *ladder; /* where steps go; NULL: nowhere */
	double connected_at;   /* from when on the banner is waited for; -1: not seen */
	double time;           /* of the segment under way */
	unsigned long packet;

	struct {
		size_t size; /* of its text, which is in lines below */
		bool skip;   /* its beginning is missing */
	} line[SIDES];
	int pending_count;
	enum smtp_phase phase; /* of the last reply, SMTP_BODY after 354 */
	double replied_at;
	bool credentials; /* the client's next line is one: 334 was said */

	struct dialog_reply reply;   /* under way */
	struct dialog_reply refusal; /* the last 4xx or 5xx */
	struct dialog_reply banner;
	bool unheard;              /* the server has not got all that the client said */
	bool unasked;              /* for long: what it says is no answer */
	bool cut;                  /* something that was said in the open is not in the capture */
	bool uncalled;             /* the last reply answered nothing */
	double delay[SMTP_PHASES]; /* the longest, s; -1: no reply */
	int code[SMTP_PHASES];     /* the last; 0: none */
	bool command_masked;       /* a verb came overwritten with X */
	bool starttls_offered, ehlo_seen, ehlo_masked, early_talk;
	char garbage[64]; /* what the server began with instead of a banner, clean */

	bool transaction;                     /* MAIL was accepted, and the message is not through */
	bool quit;                            /* QUIT was said */
	unsigned commands, replies, accepted; /* accepted: messages */
	unsigned through;                     /* messages whose end was answered, though nobody saw how */
	bool tls_port;                        /* of those where the client begins with TLS */
	bool is_tls, tls_from_start;
	struct tls tls;
	enum side spoke;    /* who did last, where what is said cannot be read */
	struct guess guess; /* the phase then */
	bool guessed;       /* phases were told by it */
	bool refused;       /* the first letter of a reply, all that there is of it, says so */

	/* Content */
	double body_bytes; /* of the message under way */
	double body_total; /* of all */
	double body_last;  /* when its last bytes came */
	unsigned long body_packet;
	size_t chunk_left; /* BDAT */
	bool chunk_last;
	char body_end[4]; /* its last bytes */
	bool body_unseen; /* they are not in the capture: whether the message was through cannot be seen */
	bool dot_split;   /* the end of a message was sent in pieces between the dot and its line end */

	/* Room for what the sizes above count; dialog_init() need not clear it, which is most of a short session's cost. */
	struct {
		enum smtp_phase phase; /* SMTP_PHASES: a command of no phase, such as RSET */
		bool unseen;           /* it is not in the capture */
		double time;
	} pending[DIALOG_PENDING];
	char lines[SIDES][DIALOG_LINE];
};

void dialog_init(struct capture_dialog *d, struct ladder *ladder);

/* New bytes of one side in order, of one segment; what follows them in the segment was not captured: `missing`. */
void dialog_take(struct capture_dialog *d, enum side side, const uint8_t *bytes, size_t size, size_t missing,
                 double time, unsigned long packet);

/* Bytes of one side that are there and were not captured. */
void dialog_miss(struct capture_dialog *d, enum side side, size_t size);

/*
 * Whether it cannot be told if the message under way is through, since its last bytes are not in the capture. When what
 * comes next shows that it was, dialog_end_body() says so; returns when the last of it was sent.
 */
bool dialog_may_be_through(const struct capture_dialog *d);
double dialog_end_body(struct capture_dialog *d);

/* Who has to say something: CLIENT, SERVER, or SIDES when nobody has. */
enum side dialog_turn(const struct capture_dialog *d);

/* Whether a message is through and the next one has not begun: the client keeps the session for later. */
bool dialog_is_idle(const struct capture_dialog *d);

/* Whether the message stops behind the dot that ends it: the line end is missing. */
bool dialog_ends_at_dot(const struct capture_dialog *d);

/* The phase that the session is in: of the reply that is waited for, or of what was done last. */
enum smtp_phase dialog_phase(const struct capture_dialog *d);

#endif

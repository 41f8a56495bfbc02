/*
 * transcript - SMTP sessions as people paste them: who waits for whom when it breaks off
 *
 * Knows the marks of sendmail -v (>>>), swaks (-> <-), curl -v (> <), Exim -d and fetchmail (SMTP>> SMTP<<), PHPMailer
 * (CLIENT -> SERVER), nodemailer (C: S:), Python (send: reply:), Postfix' notices (In: Out:), Exchange's protocol log
 * (,>, ,<,), and sessions typed by hand, where a line of code and text is the server's and a verb the client's. What the
 * session says as a whole comes out as words of seen.says.
 */
#ifndef SMTPDX_TEXT_TRANSCRIPT_H
#define SMTPDX_TEXT_TRANSCRIPT_H

#include <stdbool.h>

enum transcript_side { SIDE_NONE, SIDE_SERVER, SIDE_CLIENT };

/* A line's side and, in *text, what that side said, without the marks. Only a line with a mark, or with `bare`, counts. */
enum transcript_side transcript_side(const char *line, bool bare, const char **text);

enum transcript_state {
	STATE_NOTHING, /* no session has begun */
	STATE_CONNECTED,
	STATE_BANNER,  /* the server greeted */
	STATE_COMMAND, /* a command is out, its reply is not here yet */
	STATE_REPLY,   /* the server's turn is done */
	STATE_READY,   /* 354: the client may send the message */
	STATE_BODY,
	STATE_DOT, /* the message is out, its reply is not here yet */
	STATE_DONE /* a message was taken */
};

/* Commands whose refusal says something. */
enum transcript_verb { VERB_OTHER, VERB_STARTTLS, VERB_AUTH };

struct transcript {
	enum transcript_state state;
	int commands;      /* lines of a client so far */
	int replies;       /* of the server */
	int outstanding;   /* commands without a reply yet */
	bool marked;       /* the client's lines bear marks, so others are none of its message */
	double last_time;  /* s since midnight, of the last line that had one; -1: none */
	double gap;        /* s before the last command of the client; -1: not known */
	bool found_closed; /* so late a command found the connection closed, without a word */
	bool expired;      /* 421 to a command that came long after a message had been taken */
	bool late_body;    /* the client began its message only seconds after 354, or a 421 came before it did */
	bool mixed_up;     /* the client went on although the final reply was missing */
	bool no_ehlo;      /* EHLO was refused as unknown */
	bool cut_waiting;  /* a 421 came while the server had the word */
	bool connected;    /* the TCP connection was seen to stand before anything was said */
	bool half_banner;  /* the greeting has several lines, */
	bool teaser;       /* and the first of them came long before the last */
	bool late_banner;  /* somebody noted a pause of seconds before the banner */
	double pause;      /* s that somebody noted since the last line of either side */
	int late;          /* replies to commands that took seconds, by their stamps or as noted */
	bool delivered;
	enum transcript_verb verb; /* the last command */
	bool tls_refused;          /* STARTTLS was refused, */
	bool tls_begun;            /* or taken, */
	bool tls_cut;              /* and then the client left in plain text, or the server was gone */
	bool asked;                /* the server waits for what AUTH goes on with */
	bool auth_refused;         /* AUTH is no command that the server knows, or the client left when it was asked */
	bool trying;               /* a connection was begun, and nothing was said since */
};

void transcript_init(struct transcript *t);

/* One line. True when it belongs to a session. `bare`: it is no line of a log. */
bool transcript_line(struct transcript *t, const char *line, bool bare);

/* The TCP connection stands, as a line said that is none of the dialog. */
void transcript_connected(struct transcript *t);

/* What the session came to, as a word of seen.says each; fills `words` with at most `room` of them, returns how many. */
int transcript_verdict(const struct transcript *t, const char **words, int room);

#endif

#include "text/transcript.h"

#include "text/clue.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define GAP_SHORT 5.0  /* s; less is no delay worth a word */
#define GAP_LONG  30.0 /* s; a pause that makes a session an idle one */
#define LATE_MANY 3    /* replies; so many late ones are no accident of one look-up */

#define STAMP_MAX      ((size_t)40) /* bytes */
#define PAUSE_NOTE_MAX ((size_t)64) /* bytes of a line that notes a pause and nothing else */

void transcript_init(struct transcript *t)
{
	*t = (struct transcript){.state = STATE_NOTHING, .last_time = -1, .gap = -1};
}

static bool begins(const char *text, const char *start)
{
	return strncasecmp(text, start, strlen(start)) == 0;
}

/* The marks of both sides, at the beginning of a line or after a stamp. Longer ones before those they contain. */
static const struct {
	const char *mark;
	enum transcript_side side;
	bool anywhere; /* also after a prefix */
} marks[] = {
    {"CLIENT -> SERVER: ", SIDE_CLIENT, true},
    {"SERVER -> CLIENT: ", SIDE_SERVER, true},
    {"SMTP INBOUND: ", SIDE_SERVER, true},
    {"SMTP>> ", SIDE_CLIENT, true},
    {"SMTP<< ", SIDE_SERVER, true},
    {"SMTP> ", SIDE_CLIENT, true},
    {"SMTP< ", SIDE_SERVER, true},
    {"IO: |", SIDE_SERVER, true},
    {"cmd: ", SIDE_CLIENT, true},
    {"rsp: ", SIDE_SERVER, true},
    {"] <= ", SIDE_CLIENT, true},
    {"] => ", SIDE_SERVER, true},
    {"] C: ", SIDE_CLIENT, true},
    {"] S: ", SIDE_SERVER, true},
    {"<<< ", SIDE_SERVER, true},
    {">>> ", SIDE_CLIENT, true},
    {",<,", SIDE_SERVER, true},
    {",>,", SIDE_CLIENT, true},
    {"<** ", SIDE_SERVER, false},
    {"<~* ", SIDE_SERVER, false},
    {"<~  ", SIDE_SERVER, false},
    {" ~> ", SIDE_CLIENT, false},
    {"<-  ", SIDE_SERVER, false},
    {"--> ", SIDE_CLIENT, false},
    {"<-- ", SIDE_SERVER, false},
    {"-> ", SIDE_CLIENT, false},
    {"<- ", SIDE_SERVER, false},
    {">> ", SIDE_CLIENT, false},
    {"<< ", SIDE_SERVER, false},
    {"> ", SIDE_CLIENT, false},
    {"< ", SIDE_SERVER, false},
    {"C: ", SIDE_CLIENT, false},
    {"S: ", SIDE_SERVER, false},
    {"Sent: ", SIDE_CLIENT, false},
    {"Got: ", SIDE_SERVER, false},
    {"send: ", SIDE_CLIENT, false},
    {"reply: ", SIDE_SERVER, false},
    {"Out: ", SIDE_SERVER, false},
    {"In: ", SIDE_CLIENT, false},
};

static bool is_verb(const char *text)
{
	static const char *const verbs[] = {"EHLO ", "HELO ", "LHLO ", "MAIL FROM:", "RCPT TO:", "STARTTLS", "AUTH ",
	                                    "RSET",  "NOOP",  "QUIT",  "BDAT ",      "VRFY ",    "XCLIENT"};

	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		if (begins(text, verbs[i]))
			return true;
	return strcasecmp(text, "DATA") == 0 || strcasecmp(text, "EHLO") == 0 || strcasecmp(text, "HELO") == 0;
}

static bool is_reply(const char *text)
{
	return text[0] >= '2' && text[0] <= '5' && text[1] >= '0' && text[1] <= '5' &&
	       isdigit((unsigned char)text[2]) && (text[3] == ' ' || text[3] == '-' || text[3] == '\0');
}

/* Python prints the bytes of a line as a literal: b'250 OK\r\n', 'ehlo x\r\n'. */
static const char *skip_quote(const char *text)
{
	text += text[0] == 'b' && (text[1] == '\'' || text[1] == '"');
	return text + (text[0] == '\'' || text[0] == '"');
}

/* Past the stamp that many programs begin a line with: "10:00:01.25 ", "2026-01-01T10:00:01Z ", "[10:00:01] ". */
static const char *skip_stamp(const char *line)
{
	const size_t size = strspn(line, "[]()0123456789:.,-+TZ ");

	return size > STAMP_MAX || size < sizeof "10:00:01" || line[size - 1] != ' ' || clue_time_of_day(line) < 0
	           ? line
	           : line + size;
}

enum transcript_side transcript_side(const char *line, bool bare, const char **text)
{
	const char *start = line + strspn(line, " \t");
	start = bare ? skip_stamp(start) : start;

	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		const char *mark = marks[i].anywhere ? strstr(start, marks[i].mark) : start;
		if (mark == NULL || (!marks[i].anywhere && (!bare || !begins(start, marks[i].mark))))
			continue;
		*text = skip_quote(mark + strlen(marks[i].mark));
		/* What is said tells who says it: some programs point their arrows the other way. */
		return is_reply(*text) ? SIDE_SERVER : is_verb(*text) ? SIDE_CLIENT : marks[i].side;
	}
	if (bare && strcmp(start, ">>") == 0) {
		*text = "";
		return SIDE_CLIENT;
	}
	*text = start;
	if (!bare)
		return SIDE_NONE;
	return is_reply(start) ? SIDE_SERVER : is_verb(start) ? SIDE_CLIENT : SIDE_NONE;
}

/* A reply goes on when a dash follows its code: only the last line ends the server's turn. */
static bool is_last_line(const char *text)
{
	return is_reply(text) && text[3] != '-';
}

/* wait: s since the client's last line; 0 when it is not known. */
static void server_line(struct transcript *t, const char *text, double wait)
{
	if (t->outstanding > 0 && wait >= GAP_SHORT)
		t->late++;
	t->late_banner =
	    t->late_banner || (t->replies == 0 && t->commands == 0 && begins(text, "220") && wait >= GAP_SHORT);
	/* postscreen says half of its greeting, waits for those who cannot, and says the other half. */
	t->half_banner = t->half_banner || (t->replies == 0 && t->commands == 0 && begins(text, "220-"));
	t->teaser = t->teaser || (t->half_banner && t->late_banner);
	if (!is_last_line(text))
		return;
	t->replies++;
	if (t->outstanding > 0)
		t->outstanding--;
	t->expired =
	    t->expired || (begins(text, "421") && t->delivered && t->state == STATE_COMMAND && t->gap >= GAP_SHORT);
	t->late_body = t->late_body || (begins(text, "421") && t->state == STATE_READY);
	if (begins(text, "421") && (t->state == STATE_DOT || t->state == STATE_COMMAND))
		t->cut_waiting = t->state == STATE_DOT;
	if (begins(text, "354")) {
		t->state = STATE_READY;
		t->outstanding = 0;
	} else if (t->state == STATE_DOT || (t->state == STATE_BODY && text[0] == '2')) {
		/* In a message that was printed as one line the dot may have been cut off. */
		t->delivered = t->delivered || text[0] == '2';
		t->state = text[0] == '2' ? STATE_DONE : STATE_REPLY;
	} else if (begins(text, "220") && t->commands == 0) {
		t->state = STATE_BANNER;
	} else if (t->outstanding == 0) {
		t->state = STATE_REPLY;
	}
	if ((begins(text, "500") || begins(text, "502")) && t->commands == 1)
		t->no_ehlo = true;
	t->tls_refused = t->tls_refused || (t->verb == VERB_STARTTLS && text[0] == '5');
	t->auth_refused = t->auth_refused || (t->verb == VERB_AUTH && begins(text, "50"));
	t->asked = t->verb == VERB_AUTH && begins(text, "334");
	t->tls_begun = t->verb == VERB_STARTTLS && begins(text, "220");
}

static void client_line(struct transcript *t, const char *text)
{
	if (is_verb(text)) {
		if (t->state == STATE_DOT || (t->state == STATE_BODY && begins(text, "MAIL FROM:")))
			t->mixed_up = t->mixed_up || begins(text, "MAIL FROM:");
		t->tls_cut = t->tls_cut || (t->tls_begun && begins(text, "QUIT"));
		t->tls_begun = false;
		t->auth_refused = t->auth_refused || (t->asked && begins(text, "QUIT"));
		t->asked = false;
		t->verb = begins(text, "STARTTLS") ? VERB_STARTTLS : begins(text, "AUTH ") ? VERB_AUTH : VERB_OTHER;
		t->commands++;
		t->outstanding++;
		t->state = STATE_COMMAND;
		return;
	}
	t->late_body = t->late_body || (t->state == STATE_READY && (t->gap >= GAP_SHORT || t->pause >= GAP_SHORT));
	if (t->state == STATE_READY || t->state == STATE_BODY)
		t->state = strcmp(text, ".") == 0 || begins(text, ".\\r\\n") ? STATE_DOT : STATE_BODY;
	/* Libraries that log the message as one line: nodemailer's "<13667 bytes encoded mime message>". */
	if (t->state == STATE_BODY && strstr(text, " bytes encoded") != NULL)
		t->state = STATE_DOT;
}

/* "(20 seconds of nothing)": a pause that somebody wrote into the session; 0 when there is none. */
static double seconds_noted(const char *line)
{
	for (const char *p = line; *p != '\0'; p++) {
		if (!isdigit((unsigned char)*p))
			continue;
		const double seconds = strtod(p, NULL);
		p += strspn(p, "0123456789.-"); /* "20-30 secs": the shorter one is certain */
		p += strspn(p, " ");
		return begins(p, "s") || begins(p, "min") ? (begins(p, "m") ? 60 : 1) * seconds : 0;
	}
	return 0;
}

/* Whether that is all that the line is about: "(20 s)", "nothing for 15 seconds, then". */
static bool is_pause(const char *line)
{
	static const char *const words[] = {"nothing", "silence", "wait", "pause", "later", "hang",
	                                    "then",    "after",   "pass", "delay", "long",  "second"};

	if (strlen(line) > PAUSE_NOTE_MAX || seconds_noted(line) <= 0)
		return false;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcasestr(line, words[i]) != NULL)
			return true;
	return strspn(line, "([ ~0123456789.smincsec)]") == strlen(line);
}

/* Whether it tells that the other side closed. Python's "closed: timed out" and "closed: [Errno 104]" are other ends. */
static bool says_closed(const char *line)
{
	const char *closed = strcasestr(line, "closed");

	return closed != NULL && closed[strlen("closed")] != ':' && strcasestr(line, "reset") == NULL;
}

bool transcript_line(struct transcript *t, const char *line, bool bare)
{
	const char *text;
	const double now = clue_time_of_day(line);
	enum transcript_side side = transcript_side(line, bare, &text);

	/* What telnet and its kind say before they say that they are connected, or not. */
	if (strncmp(line + strspn(line, " =*"), "Trying ", strlen("Trying ")) == 0)
		t->trying = bare;
	else if (side != SIDE_NONE || strcasestr(line, "onnect") != NULL)
		t->trying = false;
	t->marked = t->marked || (side == SIDE_CLIENT && text != line + strspn(line, " \t"));
	/* The end of the message in a trace that prints it as it was sent, without a mark before each line. */
	if (side == SIDE_NONE && bare && t->state == STATE_BODY && strcmp(text, ".") == 0)
		side = SIDE_CLIENT;
	/* Between 354 and the dot of a session without marks every line is the message. */
	if (side == SIDE_NONE && bare && !t->marked && (t->state == STATE_READY || t->state == STATE_BODY) &&
	    line[0] != '(') {
		if (strcmp(text, ".") == 0 || strchr(text, ':') != NULL)
			side = SIDE_CLIENT;
	}
	if (side == SIDE_NONE) {
		t->found_closed = t->found_closed || (t->state == STATE_COMMAND && t->delivered &&
		                                      t->gap >= GAP_SHORT && says_closed(line));
		t->late_banner = t->late_banner || (t->state == STATE_CONNECTED && seconds_noted(line) >= GAP_SHORT);
		t->pause += is_pause(line) ? seconds_noted(line) : 0;
		return false;
	}
	if (side == SIDE_CLIENT)
		t->gap = now >= 0 && t->last_time >= 0 ? now - t->last_time : -1;
	if (t->gap < 0 && t->gap > -86400 && now >= 0 && t->last_time >= 0 && now < t->last_time)
		t->gap = now - t->last_time + 86400; /* over midnight */
	const double stamped = now >= 0 && t->last_time >= 0 && now >= t->last_time ? now - t->last_time : 0;
	if (now >= 0)
		t->last_time = now;
	if (side == SIDE_SERVER)
		server_line(t, text, t->pause > stamped ? t->pause : stamped);
	else
		client_line(t, text);
	t->pause = 0;
	return true;
}

void transcript_connected(struct transcript *t)
{
	if (t->state == STATE_NOTHING)
		t->state = STATE_CONNECTED;
	t->connected = t->connected || t->state == STATE_CONNECTED;
}

int transcript_verdict(const struct transcript *t, const char **words, int room)
{
	int count = 0;
	const char *state = NULL;

	const bool no_banner = t->connected && t->replies == 0;
	if (t->trying && room > 0)
		words[count++] = "out-connect-timeout";
	if (t->commands + t->replies < 2 && t->late == 0 && t->state != STATE_READY && !no_banner && !t->late_banner)
		return count;
	switch (t->state) {
	case STATE_COMMAND:
		state = no_banner || t->mixed_up ? NULL : "waits-for-reply";
		break;
	case STATE_READY:
		state = "waits-for-body";
		break;
	case STATE_BODY:
		state = "waits-for-dot";
		break;
	case STATE_DOT:
		state = "waits-for-end";
		break;
	default:
		break;
	}
	const struct {
		bool is;
		const char *word;
	} found[] = {
	    {no_banner, "waits-for-banner"},
	    {state != NULL, state},
	    {t->state == STATE_COMMAND && t->gap >= GAP_LONG && t->replies > 0 && !t->found_closed,
	     "silent-after-idle"},
	    {t->expired || t->found_closed, "session-expired"},
	    {t->late_body, "late-body"},
	    {t->mixed_up, "reply-mixup"},
	    {t->no_ehlo, "ehlo-refused"},
	    {t->cut_waiting, "cut-at-end"},
	    {t->late_banner && t->replies > 0 && !t->teaser, "late-banner"},
	    {t->teaser, "tarpit"},
	    {t->late > 0 && t->late < LATE_MANY, "late-reply"},
	    {t->late >= LATE_MANY, "late-replies"},
	    {t->tls_refused, "no-starttls"},
	    {t->tls_cut, "tls-failed"},
	    {t->auth_refused, "auth"},
	    {t->delivered, "delivered"},
	};
	for (size_t i = 0; i < sizeof found / sizeof found[0]; i++)
		if (found[i].is && count < room)
			words[count++] = found[i].word;
	return count;
}

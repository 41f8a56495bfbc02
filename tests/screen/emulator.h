/*
 * emulator - a program on a pseudo-terminal, and the terminal that shows what it writes (libvterm)
 *
 * Everything that the program sends goes through the emulator, which notes what no program of ours means to send: titles,
 * mouse modes, bells, sequences that it does not know. OSC 52 is caught as the clipboard.
 */
#ifndef SMTPDX_TESTS_SCREEN_EMULATOR_H
#define SMTPDX_TESTS_SCREEN_EMULATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>
#include <vterm.h>

struct emulator {
	pid_t leader; /* 0: nothing runs */
	pid_t pid;    /* of the program */
	int fd;       /* the master side; -1: closed */
	int spare;    /* the terminal itself, held open so that its modes can be looked at when the program has ended */
	VTerm *vterm;
	VTermScreen *screen;
	int rows, columns;
	struct termios modes; /* as they were at the start */
	size_t bytes;         /* received in all */
	bool alternate, cursor, paste;
	bool ended;
	int status;             /* as waitpid(2) has it */
	char surprise[256];     /* the first thing that was not meant; "" when all was */
	char clipboard[65536];  /* the last OSC 52, in base64 */
	char sequence[1 << 17]; /* an OSC that is not complete */
	size_t sequence_size;
	char raw[1 << 17]; /* what came last, as it came */
	size_t raw_size;
};

/* Starts argv[0] with the environment of this process. Ends the test program when it cannot. */
void emulator_start(struct emulator *e, int rows, int columns, char **argv);

/* Ends what runs, hard if need be, and frees. */
void emulator_done(struct emulator *e);

/* Takes in what the program writes, for at most so many seconds or until it has written something; false: nothing came. */
bool emulator_read(struct emulator *e, double seconds);

void emulator_send(struct emulator *e, const char *bytes, size_t size);

/* Whether something that was sent is there for the program, and it has not read it. */
bool emulator_has_input(const struct emulator *e);
void emulator_resize(struct emulator *e, int rows, int columns);

/* The screen as text, trailing blanks and empty last lines left out. The caller frees. */
char *emulator_text(const struct emulator *e);

/* Whether some cell is drawn in a colour or as marked; for tests of looks. */
bool emulator_has_colour(const struct emulator *e);
int emulator_marked_row(const struct emulator *e); /* -1: none */

/* What is wrong with the state that the program left the terminal in; NULL: all is as it was. */
const char *emulator_leftover(const struct emulator *e);

double emulator_now(void);

#endif

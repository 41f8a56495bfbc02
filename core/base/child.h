/*
 * child - a program of ours that runs on its own, heard through two pipes
 *
 * It has default signals with none blocked, a process group of its own (the terminal's Ctrl-C is the parent's to handle, and
 * all that it starts can be ended with it), and dies when its parent does.
 */
#ifndef SMTPDX_BASE_CHILD_H
#define SMTPDX_BASE_CHILD_H

#include <sys/types.h>

struct child {
	pid_t pid;    /* also its process group; -1: none */
	int out, err; /* read ends of its standard output and error; -1: closed */
};

/* What a child is started as. */
struct child_program {
	const char *path;
	char *const *argv;
	char *const *environment; /* NULL: ours */
	int in;                   /* its standard input, which stays the caller's to close; -1: nothing to read */
	int death;                /* the signal that it gets when we die */
};

/* 0, or -1 with errno. A path that cannot be executed shows as status 127, and why on its standard error. */
int child_start(struct child *child, const struct child_program *program);

/* Closes a descriptor, of a child or not, unless it is -1, which it is then. */
void child_close(int *fd);

/* Kills it and its group, if it runs, waits for its end, and closes what is open. */
void child_end(struct child *child);

#endif

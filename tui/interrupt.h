/*
 * interrupt - Ctrl-C, SIGTERM and SIGHUP as a number that loops look at
 */
#ifndef SMTPDX_TUI_INTERRUPT_H
#define SMTPDX_TUI_INTERRUPT_H

/* From now on these signals are counted; system calls that wait return with EINTR. SIGHUP stays ignored under nohup(1). */
void interrupt_catch(void);

/* How many came: the first asks to end early with what there is, the second to end at once. */
int interrupt_count(void);

/* What came until now has been acted on: it does not end what follows. */
void interrupt_forget(void);

#endif

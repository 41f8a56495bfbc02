#include "log/timers.h"

#include <math.h>

#define SLACK_S    2.0
#define SLACK_PART 0.03
#define EARLY_S    1.0 /* stamps of whole seconds are cut, not rounded */

static const struct timer timers[] = {
    {.mta = LOG_POSTFIX,
     .direction = LOG_IN,
     .phase = PHASE_STARTTLS,
     .setting = "smtpd_starttls_timeout",
     .default_s = 300,
     .stress_s = 10},
    {.mta = LOG_POSTFIX,
     .direction = LOG_IN,
     .phase = PHASE_TLS,
     .setting = "smtpd_starttls_timeout",
     .default_s = 300,
     .stress_s = 10},
    {.mta = LOG_POSTFIX, .direction = LOG_IN, .setting = "smtpd_timeout", .default_s = 300, .stress_s = 10},
    {.mta = LOG_POSTFIX,
     .direction = LOG_OUT,
     .phase = PHASE_CONNECT,
     .setting = "smtp_connect_timeout",
     .default_s = 30},
    {.mta = LOG_POSTFIX, .direction = LOG_OUT, .phase = PHASE_BANNER, .setting = "smtp_helo_timeout", .default_s = 300},
    {.mta = LOG_POSTFIX, .direction = LOG_OUT, .phase = PHASE_EHLO, .setting = "smtp_helo_timeout", .default_s = 300},
    {.mta = LOG_POSTFIX,
     .direction = LOG_OUT,
     .phase = PHASE_STARTTLS,
     .setting = "smtp_starttls_timeout",
     .default_s = 300},
    {.mta = LOG_POSTFIX,
     .direction = LOG_OUT,
     .phase = PHASE_TLS,
     .setting = "smtp_starttls_timeout",
     .default_s = 300},
    {.mta = LOG_POSTFIX, .direction = LOG_OUT, .phase = PHASE_MAIL, .setting = "smtp_mail_timeout", .default_s = 300},
    {.mta = LOG_POSTFIX, .direction = LOG_OUT, .phase = PHASE_RCPT, .setting = "smtp_rcpt_timeout", .default_s = 300},
    {.mta = LOG_POSTFIX,
     .direction = LOG_OUT,
     .phase = PHASE_DATA,
     .setting = "smtp_data_init_timeout",
     .default_s = 120},
    {.mta = LOG_POSTFIX,
     .direction = LOG_OUT,
     .phase = PHASE_BODY,
     .setting = "smtp_data_xfer_timeout",
     .default_s = 180},
    {.mta = LOG_POSTFIX,
     .direction = LOG_OUT,
     .phase = PHASE_END,
     .setting = "smtp_data_done_timeout",
     .default_s = 600},
    {.mta = LOG_POSTFIX, .direction = LOG_OUT, .phase = PHASE_QUIT, .setting = "smtp_quit_timeout", .default_s = 300},
    {.mta = LOG_EXIM, .direction = LOG_IN, .setting = "smtp_receive_timeout", .default_s = 300},
    {.mta = LOG_EXIM, .direction = LOG_OUT, .phase = PHASE_CONNECT, .setting = "connect_timeout", .default_s = 300},
    {.mta = LOG_EXIM, .direction = LOG_OUT, .phase = PHASE_BODY, .setting = "data_timeout", .default_s = 300},
    {.mta = LOG_EXIM, .direction = LOG_OUT, .phase = PHASE_END, .setting = "final_timeout", .default_s = 600},
    {.mta = LOG_EXIM, .direction = LOG_OUT, .setting = "command_timeout", .default_s = 300},
    {.mta = LOG_SENDMAIL, .direction = LOG_IN, .phase = PHASE_BODY, .setting = "Timeout.datablock", .default_s = 3600},
    {.mta = LOG_SENDMAIL, .direction = LOG_IN, .setting = "Timeout.command", .default_s = 3600},
    {.mta = LOG_SENDMAIL, .direction = LOG_OUT, .phase = PHASE_CONNECT, .setting = "Timeout.connect", .default_s = 0},
    {.mta = LOG_SENDMAIL, .direction = LOG_OUT, .phase = PHASE_BANNER, .setting = "Timeout.initial", .default_s = 300},
    {.mta = LOG_SENDMAIL, .direction = LOG_OUT, .phase = PHASE_EHLO, .setting = "Timeout.helo", .default_s = 300},
    {.mta = LOG_SENDMAIL, .direction = LOG_OUT, .phase = PHASE_MAIL, .setting = "Timeout.mail", .default_s = 600},
    {.mta = LOG_SENDMAIL, .direction = LOG_OUT, .phase = PHASE_RCPT, .setting = "Timeout.rcpt", .default_s = 3600},
    {.mta = LOG_SENDMAIL, .direction = LOG_OUT, .phase = PHASE_DATA, .setting = "Timeout.datainit", .default_s = 300},
    {.mta = LOG_SENDMAIL, .direction = LOG_OUT, .phase = PHASE_END, .setting = "Timeout.datafinal", .default_s = 3600},
    {.mta = LOG_SENDMAIL, .direction = LOG_OUT, .phase = PHASE_QUIT, .setting = "Timeout.quit", .default_s = 120},
};

const struct timer *timer_find(enum log_mta mta, enum log_direction direction, enum log_phase phase)
{
	for (size_t i = 0; i < sizeof timers / sizeof timers[0]; i++)
		if (timers[i].mta == mta && timers[i].direction == direction &&
		    (timers[i].phase == phase || timers[i].phase == PHASE_NONE))
			return &timers[i];
	return NULL;
}

double timer_value(double wait_s)
{
	static const double values[] = {5,   10,  15,  20,  30,  45,  60,   90,   100,  120,
	                                150, 180, 240, 300, 600, 900, 1200, 1800, 3600, 7200};

	for (size_t i = sizeof values / sizeof values[0]; i-- > 0;) {
		const double slack = fmax(values[i] * SLACK_PART, values[i] < 10 ? SLACK_S / 4 : SLACK_S);
		if (wait_s >= values[i] - EARLY_S && wait_s <= values[i] + slack)
			return values[i];
	}
	return 0;
}

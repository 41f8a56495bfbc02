#!/bin/sh
#
# What the config check reads of a real Sendmail is what that Sendmail does: its patience, and how many children it has.
#
# once: it measures, and what it runs is run in other tests, too

. "${0%/*}/lib.sh"
. "${0%/*}/../real/lib.sh"

# shellcheck disable=SC2016 # m4 quotes
real_start sendmail 'define(`confTO_COMMAND'\'', `3s'\'')dnl' 'define(`confMAX_DAEMON_CHILDREN'\'', `3'\'')dnl' \
	'define(`confTO_IDENT'\'', `0'\'')dnl'
run real_look check 127.0.0.1:25 --only smtp,config --idle mail --yes --json
expect_service 'sendmail server MTA-v4' config.server-timeout 3 'Timeout.command is read'
line=$(real_do grep -n '^O Timeout.command=' /etc/mail/sendmail.cf | cut -d: -f1)
expect_service 'sendmail server MTA-v4' config.server-timeout.line "$line" 'in the line that grep finds'
expect_service 'sendmail server MTA-v4' config.data-timeout 3600 'a default of sendmail.cf'
expect_service 'sendmail server MTA-v4' config.data-timeout.origin default 'is known as one'
expect_service 'sendmail server MTA-v4' config.ident-timeout.off True 'no ident queries'
expect_service 'sendmail server MTA-v4' config.greet-pause 1 'the pause of FEATURE(greet_pause)'
expect_service 'sendmail server MTA-v4' config.process-limit 3 'MaxDaemonChildren is read'
expect_service 'sendmail client' config.client-body-timeout.origin built-in 'what is compiled in is told so'
expect_patience 'it gives up after the 3 s that were read' '2\.9|3\.[0-3]'
expect_fact config.patience '^normal$' 'which is known to be the configured patience'
run real_look check 127.0.0.1:25 --only limit --max 6 --yes --json
expect_fact limit.connections '^3$' 'and so many sessions it takes'
real_stop
finish

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
version=$(real_do sh -c '/usr/libexec/sendmail/sendmail -d0.1 -bt </dev/null | sed -n "s/^Version //p"')
expect_service 'sendmail server MTA-v4' config.version "$version" 'the version is what the program says'
expect_fact config.compiled '(^| )MILTER .*STARTTLS' 'which tells what it was compiled with, in one line'
expect_service 'sendmail server MTA-v4' config.source /etc/mail/sendmail.mc 'what is to be edited'
expect_no_match 'config\.fault' 'all is as it was made'
expect_patience 'it gives up after the 3 s that were read' '2\.9|3\.[0-3]'
expect_fact config.patience '^normal$' 'which is known to be the configured patience'
run real_look check 127.0.0.1:25 --only limit --max 6 --yes --json
expect_fact limit.connections '^3$' 'and so many sessions it takes'

# What was typed and not made yet; a file that another version has made.
real_do sh -c 'sed -i s,^DZ8,DZ7, /etc/mail/sendmail.cf; touch -d "1 minute ago" /etc/mail/sendmail.cf'
run real_look probe config 127.0.0.1
expect_match '/etc/mail/sendmail.mc was changed after /etc/mail/sendmail.cf was made of it' 'an edited sendmail.mc is seen'
expect_match 'was made for version 7[^ ]*, and the program is 8' 'so is a sendmail.cf of another version'
real_stop
finish

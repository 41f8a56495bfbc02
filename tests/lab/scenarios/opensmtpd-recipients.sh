# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# OpenSMTPD takes four recipients in a message
expect=session-limit
servers=opensmtpd
options="--yes --only dns,smtp,config,limit --max 8 --messages --config $work/mx1/root/etc/smtpd.conf"
setup() { serve mx1 opensmtpd 'smtp limit max-rcpt 4' 'listen on 0.0.0.0'; }

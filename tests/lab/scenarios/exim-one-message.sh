# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# Exim takes one message in a session
expect=session-limit
servers=exim
options='--yes --only dns,smtp,limit --max 8 --messages'
setup() { serve mx1 exim smtp_accept_max_per_connection=1; }

# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# nine messages of one session are taken back: Exim bears ten commands that bring no mail
expect=healthy
servers=exim
options='--yes --only dns,smtp,limit --max 15 --messages'
setup() { serve mx1 exim; }

# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# smtp_receive_timeout is 5 s
expect=server-idle-timeout-too-short
servers=exim
options='--idle data --yes'
setup() { serve mx1 exim smtp_receive_timeout=5s; }

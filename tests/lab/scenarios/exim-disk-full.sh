# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# less room than Exim wants to have
expect=disk-full
servers=exim
setup() { serve mx1 exim check_spool_space=900G; }

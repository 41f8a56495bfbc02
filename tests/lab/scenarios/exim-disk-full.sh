# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# less room than Exim wants to have
expect=disk-full
servers=exim
setup() { serve mx1 exim check_spool_space=900G; }

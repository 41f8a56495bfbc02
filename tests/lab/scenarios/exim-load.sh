# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# Exim turns connections away while the machine's load is high
expect=overload-stress
servers=exim
setup() { serve mx1 exim smtp_load_reserve=0.001 smtp_reserve_hosts=127.0.0.1; }

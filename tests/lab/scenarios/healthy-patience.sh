# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# --idle: the server is still waiting when we leave
expect=healthy
servers=postfix
options='--idle data --yes --timeout 12'
setup() { serve mx1 postfix; }

# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# --idle: the server is still waiting when we leave
expect=healthy
servers=postfix
options='--idle data --yes --timeout 12'
setup() { serve mx1 postfix; }

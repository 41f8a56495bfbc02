# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# messages of more than 5 kB are too large
expect=size-limit
servers=postfix
setup() { serve mx1 postfix message_size_limit=5000; }

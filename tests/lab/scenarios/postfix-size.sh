# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# messages of more than 5 kB are too large
expect=size-limit
servers=postfix
setup() { serve mx1 postfix message_size_limit=5000; }

# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the same with Sendmail
expect=milter-slow
servers=sendmail
setup() { serve mx1 sendmail "INPUT_MAIL_FILTER(\`lab', \`S=inet:8891@127.0.0.1, F=T, T=C:2s;S:2s;R:2s')dnl"; }

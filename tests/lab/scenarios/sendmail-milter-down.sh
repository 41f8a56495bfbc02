# shellcheck shell=sh disable=SC2034 # the lab reads what is set here
# the same with Sendmail
expect=milter-slow
servers=sendmail
setup() { serve mx1 sendmail "INPUT_MAIL_FILTER(\`lab', \`S=inet:8891@127.0.0.1, F=T, T=C:2s;S:2s;R:2s')dnl"; }

# shellcheck shell=sh disable=SC2154 # folder and status are of lib.sh
#
# real/fixes.sh - the fixes that causes offer, typed on the real server; comes after real/lib.sh, with the server started

fixes=$SMTPDX_SRCDIR/tests/real/fixes.py

# What systemd does elsewhere; nothing in here starts with it.
fixes_prepare() {
	real_do sh -c 'cat >/usr/local/bin/smtpdx && chmod 755 /usr/local/bin/smtpdx' <"$SMTPDX_BUILDDIR/smtpdx"
	real_do sh -c 'cat >/fixes.py' <"$fixes"
	real_do sh -c 'cat >/usr/local/bin/systemctl && chmod 755 /usr/local/bin/systemctl' <<-'END'
		#!/bin/sh
		# systemctl VERB SERVICE: as far as the commands of the fixes need it; done when the server listens
		# In here there are no processes but this server's own.
		stop() { while pids=$(pgrep -x "$1"); do kill $pids 2>/dev/null; sleep 0.05; done; }
		case "$1 $2" in
		're'*' exim4') stop exim4; exim4 -bd -q30m ;;
		'restart sendmail') stop sendmail; /usr/libexec/sendmail/sendmail -bd -q10m ;;
		'restart opensmtpd') stop smtpd; smtpd ;;
		'restart postfix') postfix stop; postfix start ;;
		'status '*) echo "$2" ;;
		'daemon-reload '*) ;;
		*) echo "systemctl: $*?" >&2; exit 1 ;;
		esac || exit
		tries=0
		while ! ss -Hltn 'sport = :25' | grep -q . && [ "$tries" -lt 200 ]; do
			sleep 0.05
			tries=$((tries + 1))
		done
	END
	XDG_CONFIG_HOME=$folder/config
	export XDG_CONFIG_HOME
	python3 "$fixes" causes "$SMTPDX_SRCDIR/help/causes" "$XDG_CONFIG_HOME/smtpdx/causes"
	fixes_case unknown
	real_do sh -c 'cat >/other.json' <report
}

fixes_case() { # SOFTWARE [FACT=VALUE...]: the report about such a server
	python3 "$fixes" case "$@" >case.json
	"$SMTPDX" explain case.json --json >report 2>err </dev/null
	if [ ! -s report ]; then cat err; exit 1; fi
}

# fixes_try WHAT CAUSE SOFTWARE PATHS [FACT=VALUE...]: the fixes of the causes of that pattern; PATHS are what must be as before in
# the end
fixes_try() {
	what=$1 cause=$2 software=$3 paths=$4
	shift 4
	fixes_case "$software" "$@"
	real_do sh -c 'cat >/case.json' <report
	# shellcheck disable=SC2086 # paths are words
	real_do python3 /fixes.py run /case.json /other.json "$cause" $paths >tried 2>&1 || echo 'not ok the run itself' >>tried
	while read -r line; do
		case $line in
		'ok '*) ok "$what: ${line#ok }" ;;
		'not ok '*) not_ok "$what: ${line#not ok }" ;;
		*) printf '%s\n' "$line" ;;
		esac
	done <tried
}

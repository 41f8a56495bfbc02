# shellcheck shell=sh
#
# soon.sh - what scripts wait for: it is taken the moment it is there, and a busy machine may take its time

soon() { # COMMAND...: until it succeeds, for half a minute at most; false when it did not
	soon_tries=0
	until "$@"; do
		[ "$soon_tries" -lt 150 ] || return 1
		soon_tries=$((soon_tries + 1))
		sleep 0.2
	done
}

ready() { # PID FILE: what runs in the background says "ready" in there; false when it ended without
	soon ready_or_gone "$@" && grep -qx ready "$2"
}

ready_or_gone() { # PID FILE
	grep -qx ready "$2" || ! kill -0 "$1" 2>/dev/null
}

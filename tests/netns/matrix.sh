# shellcheck shell=sh disable=SC2154 # folder is of cli/lib.sh, the path and pair variables of netns/lib.sh
#
# netns/matrix.sh - the mtu check in every combination, over paths of some lengths; comes after netns/lib.sh
#
# The verdict, the exact MTU and the link, for IPv4 and IPv6, each MTU, both directions, and ICMP that passes or is dropped.
# No false black hole, never more than 10 connections, and nothing delivered. IPv6 knows no links of 576 bytes (RFC 8200, 5).

number=0

add_case() { # FAMILY MTU ROUTER DIRECTION ICMP
	number=$((number + 1))
	pair_new "$1"
	if [ "$4" = out ]; then towards=server back=client; else towards=client back=server; fi
	if [ "$2" != - ]; then
		pair_narrow "$3" "$towards" "$2"
		[ "$5" = passed ] || pair_mute "$3" "$back" frag-needed
	fi
	echo "$number $path_routers $1 $2 $3 $4 $5 $pair_target" >>cases
}

# Every combination; the narrow place wanders along the path from one to the next.
add_cases() { # MTU...
	for mtu in "$@"; do
		for family in v4 v6; do
			[ "$family $mtu" != 'v6 576' ] || continue
			for direction in $directions; do
				for icmp in passed dropped; do
					add_case "$family" "$mtu" $(((number + number / 4) % path_routers + 1)) "$direction" "$icmp"
				done
			done
		done
	done
	add_case v4 - 0 out passed
	add_case v6 - 0 out passed
}

# Several at a time, since most of their time they wait; those that wait longest first.
# shellcheck disable=SC2016 # what is quoted is for the shell that xargs starts
check_cases() {
	sink_start --starttls
	awk -v first="$1" '$1 > first' cases | sort -k 7,7 -k 6,6 | cut -d ' ' -f 1,8 |
		nsenter --net=/run/netns/client xargs -P "$lanes" -n 2 sh -c \
			'"$SMTPDX" check "$3" --only mtu --json >"$1/$2" 2>"$1/$2.err"' sh "$folder/reports" 2>/dev/null
	sink_stop
}

# Under valgrind only the way out, over one path: what a slow handshake means cannot be told there.
check_matrix() { # ROUTERS...
	export SMTPDX
	mkdir reports
	directions='out in' lanes=10
	if [ -n "$SMTPDX_SLOW" ]; then
		directions=out lanes=2
		set -- "$1"
	fi
	for routers in "$@"; do
		before=$number
		path_new "$routers"
		add_cases 576 1280 1400 1492
		path_up
		check_cases "$before"
		before=$number
		path_new "$routers" 9216
		add_cases 9000
		path_up
		check_cases "$before"
	done
	path_down

	python3 "$SMTPDX_SRCDIR/tests/netns/verdicts.py" cases reports >verdicts
	while read -r result text; do "$result" "$text"; done <verdicts
	expect 'all combinations were tried' [ "$(wc -l <verdicts)" = "$number" ]
	expect_nothing_delivered
	expect 'the server saw what the check counts' [ "$(cat sink.[0-9]* | grep -c '^connect')" = "$(
		python3 -c 'import glob, json
print(sum(fact["value"] for name in glob.glob("reports/*[0-9]") for fact in json.load(open(name))["facts"]
    if fact["name"] == "mtu.connections"))')" ]
}

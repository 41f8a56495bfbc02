#!/bin/sh
# What a user can get wrong: one clear line on stderr, the right exit status, nothing on stdout.
#
# too slow for valgrind: seventy starts that do nothing; the sanitizers watch the same ones
. "${0%/*}/lib.sh"

wrong() { # PATTERN WHAT ARG...: usage error
	pattern=$1 about=$2
	shift 2
	run smtpdx "$@"
	expect_status 2 "$about: exit status 2"
	expect_err_match "^smtpdx: $pattern" "$about: the line says why"
	expect "$about: one line" [ "$(wc -l <"$folder/err")" = 1 ]
	expect_empty out "$about: nothing on standard output"
}

wrong 'what to do\?' 'no arguments'
wrong 'what to do\? Try: smtpdx check mx.example.com' 'a target, and nobody to ask' mx.example.com
wrong '"dance": no such command' 'unknown command' dance
wrong 'option --frobnicate: not known' 'unknown option' check --frobnicate example.com
wrong 'option -Z: not known' 'unknown letter' check -Z example.com
wrong 'option --from: needs an argument' 'option without its argument' check --from
wrong 'option --yes=1: takes no argument' 'flag with an argument' check --yes=1 example.com
wrong '--timeout: "soon": expected seconds' 'timeout that is no number' check --timeout soon example.com
wrong '--port: "70000": expected a port' 'port out of range' check --port 70000 example.com
wrong '--rcpt: not an address: a b' 'recipient that is no address' check --rcpt 'a b' 127.0.0.1:25
wrong '--idle: no such phase: lunch' 'unknown phase' check --idle lunch --yes 127.0.0.1:25
wrong '--resolver: "ns.example": expected ADDRESS' 'name server by name' check --resolver ns.example a.example
wrong '--since: "soon" is no moment' 'time that is none' check --since soon 127.0.0.1:25
wrong '--only: there is no check "smpt"' 'unknown check in --only' check --only smpt 127.0.0.1:25
wrong '--only and --skip leave no check' 'nothing left to do' check --only dns --skip dns 127.0.0.1:25
wrong '-4 and -6 exclude each other' 'both families' check -4 -6 127.0.0.1:25
wrong '--deliver .*needs --rcpt' 'a delivery without recipient' check --deliver 127.0.0.1:25
wrong '--idle .*needs --yes' 'silence without consent' check --idle data 127.0.0.1:25
wrong 'check: expected one target' 'no target' check
wrong 'check: expected one target' 'two targets' check a.example b.example
wrong '.*' 'target that is no host name' check 'exa mple.com'
wrong '.*' 'target with a bad port' check 'example.com:99999'
wrong '.*' 'target that holds an escape sequence' check "$(printf 'a\033[2Jb')"
wrong 'probe: expected a check and a target' 'probe without target' probe smtp
wrong 'probe: there is no check "ftp"' 'unknown check' probe ftp 127.0.0.1
wrong 'probe: has no case' 'probe without a case to save' probe smtp 127.0.0.1:1 --case c.json
wrong 'demo: .*|.*no-such-scenario' 'unknown scenario' demo no-such-scenario
wrong 'help: there is no topic "quantum"' 'unknown topic' help quantum
wrong 'help: there is no topic "../LICENSE"' 'topic with a path' help ../LICENSE

printf '{"schema":"smtpdx.case/1","facts":[' >cut.json
wrong 'cut\.json:1: not a case file' 'case file cut in the middle' report cut.json
wrong 'nowhere\.json: No such file' 'case file that is not there' report nowhere.json
wrong '\.: Is a directory' 'case file that is a directory' report .
wrong 'report: expected one saved case' 'report without a case' report

run smtpdx probe smtp 127.0.0.1:1 -o lines.json
expect_status 0 'probe -o'
expect_empty out 'writes nothing on standard output'
expect 'and all lines to the file' [ "$(sed -n '1s/.*"type":"start".*/start/p; $s/.*"type":"end".*/end/p' lines.json | tr '\n' -)" = start-end- ]
run smtpdx --version
expect_status 0 'version'
expect_match '^smtpdx [0-9]+\.[0-9]+\.[0-9]+$' 'version: one line'
run smtpdx --help
expect_status 0 'help'
expect_match 'smtpdx check TARGET' 'help names the commands'
expect_match '^  smtpdx \[TARGET\] ' 'and what it does without one'
expect_match '^  --resolver ADDR' 'help names the options of the checks'
expect_no_match '.{81}' 'help fits 80 columns'
for verb in check probe report demo help; do
	run smtpdx "$verb" --help
	expect_status 0 "$verb --help"
	expect_match 'Exit status' "$verb --help prints the help"
done
run smtpdx help check
expect_status 0 'help of a command'
expect_match '^  smtpdx check TARGET' 'is the help of all commands'
run smtpdx help facts
expect_match '^smtp\.banner\.delay +s ' 'help facts lists the fact table'
run smtpdx help checks
expect_match '^smtp ' 'help checks lists the checks'
run smtpdx help topics
cp out topics
while read -r topic; do
	run smtpdx help "$topic"
	expect_status 0 "help $topic"
done <topics
finish

#!/bin/sh
# The manual pages: mandoc finds nothing wrong with them, and they tell of every command, option and check.
#
# once: it reads the pages
. "${0%/*}/lib.sh"

man1=$SMTPDX_SRCDIR/help/smtpdx.1

if command -v mandoc >/dev/null; then
	for page in "$SMTPDX_SRCDIR"/help/*.[1-8]; do
		# Whether the pages that it refers to are installed here says nothing about the page.
		lint() { mandoc -T lint "$page" | grep -v -e 'referenced manual not found' -e 'outdated mandoc.db'; }
		run lint
		expect_empty out "${page##*/}: mandoc has no complaint"
	done
else
	skip 'manual pages' 'mandoc is not installed'
fi

run smtpdx --help
expect_status 0 'help'
missing() { # PATTERN FORMAT: the words of the help that match and are not in the page in that form
	grep -oE -e "$1" "$folder/out" | sort -u | while read -r word; do
		# shellcheck disable=SC2059 # the format is ours
		grep -qF -e "$(printf -- "$2" "${word#--}")" "$man1" || echo "$word"
	done
}
expect 'every long option of --help is in the manual page' [ -z "$(missing '(^| )--[a-z][a-z-]*' 'Fl -%s')" ]
grep -oE '^  smtpdx [a-z]+' out | cut -d ' ' -f 4 >verbs
expect 'there are commands to look for' [ "$(wc -l <verbs)" -ge 5 ]
while read -r verb; do
	expect "command $verb is in the manual page" grep -q "^\.It Cm $verb" "$man1"
done <verbs
run smtpdx help checks
cut -d ' ' -f 1 out >names
expect 'there are checks to look for' [ "$(wc -l <names)" -ge 2 ]
while read -r check; do
	expect "check $check is in the manual page" grep -q "^\.It Cm $check\$" "$man1"
done <names

# The keys of the manual page are those of the table that the screen works with.
run smtpdx help keys
expect 'there are keys to look for' [ "$(wc -l <out)" -ge 20 ]
sed 's/^\(.\{22\}\) /\1\n/' out | sed 's/ *$//; 1~2{s/?/\\\&?/; s/^/.It Cm /}' >wanted
sed -n '/^These keys are taken/,/^\.El/p' "$man1" | sed '1,/^\.Bl/d; /^\.El/d' >written
run diff wanted written
expect_empty out 'the keys of the manual page are those of the program'

# What causes refer to as a topic of the help is one.
sed -n 's/^see: //p' "$SMTPDX_SRCDIR"/help/causes/*.cause | grep -o 'smtpdx help [a-z-]*' | cut -d ' ' -f 3 | sort -u >topics
expect 'causes refer to topics' [ -s topics ]
while read -r topic; do
	run smtpdx help "$topic"
	expect_status 0 "there is a topic $topic"
done <topics

# The protocol page names every member of every message.
smtpdx probe smtp 127.0.0.1:1 >out 2>err
for member in $(/usr/bin/env sed 's/"[a-z]*":/\n&\n/g' out | sed -n 's/^"\([a-z]*\)":$/\1/p' | sort -u); do
	expect "member $member is in smtpdx-probe(5)" grep -qE "^\.It Cm $member\$" "$SMTPDX_SRCDIR/help/smtpdx-probe.5"
done
finish

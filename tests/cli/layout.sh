#!/bin/sh
#
# The rules of the house that a machine can watch.
#
# once: it reads the sources

# shellcheck disable=SC2046 # the names of our files are words
. "${0%/*}/lib.sh"

# From here on a file name is relative to the source tree.
sh "$SMTPDX_SRCDIR/tools/sources.sh" "$SMTPDX_SRCDIR" >sources || exit 1
cd "$SMTPDX_SRCDIR" || exit 1
grep -E '^(core|tui|tests)/.*\.[ch]$' "$folder/sources" >"$folder/c"
grep -E '^(core|tui)/.*\.[ch]$' "$folder/sources" >"$folder/program"
while read -r file; do
	case $file in *.sh) echo "$file" ;; *) head -n 1 "$file" | grep -qE '^#! ?/bin/(ba)?sh' && echo "$file" ;; esac
done <"$folder/sources" >"$folder/scripts"

expect_none() { # WHAT: the last search left nothing in the file found
	if [ -s "$folder/found" ]; then
		not_ok "$1"
		sed 's/^/#   /' "$folder/found" | head -n 40
	else
		ok "$1"
	fi
}

expect 'there are sources to look at' test -s "$folder/program"

# Which folder may include which: checks -> facts -> case -> diagnosis -> face, and nothing points back.
arrows() {
	cat <<-END
		base
		model base
		dns base model
		smtp base model
		log base
		capture base model smtp log
		queue base log
		config base model
		text base model smtp log config checks
		checks base model dns smtp log queue capture config text
		diagnose base model
		flow base model checks diagnose report demo
		report base model smtp
		demo base model dns
		tui base model dns smtp capture checks diagnose flow report demo screen
	END
}

grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' $(cat "$folder/program") /dev/null |
	sed -E 's/^([^:]*:[0-9]+):[^"]*"([^"]*)".*/\1 \2/' >"$folder/includes"
arrows | awk '
	NR == FNR { for (i = 1; i <= NF; i++) allowed[$1 " " $i] = 1; folder[$1] = 1; next }
	{
		split($1, part, /[\/:]/)
		from = part[1] == "core" ? part[2] : part[1]
		to = $2
		if (!sub(/\/.*/, "", to)) to = from == "tui" ? "tui" : "?"
		if (!(from in folder)) print $1 ": no arrows are known for the folder " from
		else if (!((from " " to) in allowed)) print $1 ": " from " must not include " $2
	}' - "$folder/includes" >"$folder/found"
expect_none 'includes follow the arrows'

grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"](ncurses|curses|term|panel|form|menu)' $(grep '^core/' "$folder/c") >"$folder/found"
expect_none 'core/ includes no curses header'

nm -u "$SMTPDX_BUILDDIR/libsmtpdx.a" >"$folder/symbols"
expect 'core/ was built' test -s "$folder/symbols"
grep -wE 'stdscr|initscr|newterm|endwin|doupdate|setupterm|tputs|tigetstr|w?get_wch|(w|mv|mvw)?(addn?w?str|add_?w?ch|printw|getch)|wrefresh|wmove' \
	"$folder/symbols" >"$folder/found"
expect_none 'core/ refers to no curses symbol'

run env -u MAKEFLAGS -u MAKELEVEL make -s -k -C "$SMTPDX_BUILDDIR" headers
expect_status 0 'each header compiles by itself'

while read -r file; do
	case $file in *.h) ;; *) continue ;; esac
	guard=SMTPDX_$(printf %s "${file#core/}" | tr '[:lower:]/.-' '[:upper:]___')
	head -n 1 "$file" | grep -q '^/\*' || echo "$file: does not open with what it is for"
	grep -q "^#ifndef $guard\$" "$file" || echo "$file: include guard $guard is missing"
done <"$folder/program" >"$folder/found"
expect_none 'each header says what it is for and has its guard'

# Source text without comments and without the contents of strings, each line with its place in front.
code() {
	awk '
		FNR == 1 { comment = 0 }
		{
			line = $0
			gsub(/\\./, "", line)
			gsub(/"[^"]*"/, "\"\"", line)
			gsub(/\047[^\047]*\047/, "0", line)
			out = ""
			while (line != "") {
				if (comment) {
					if ((at = index(line, "*/")) == 0) break
					line = substr(line, at + 2); comment = 0
				} else if ((at = match(line, /\/\*|\/\//)) == 0) { out = out line; break }
				else {
					out = out substr(line, 1, at - 1)
					if (substr(line, at, 2) == "//") break
					line = substr(line, at + 2); comment = 1
				}
			}
			print FILENAME ":" FNR ": " out
		}' "$@"
}
code $(cat "$folder/c") >"$folder/code"

grep -E '[^[:alnum:]_>.](strcpy|stpcpy|strcat|strncpy|strncat|v?sprintf|gets|system|popen|strtok|atoi|atol|atoll|atof|v?[fs]?scanf|tmpnam|tempnam|mktemp|alloca|gethostbyname|inet_addr|inet_ntoa|ctime|asctime|gmtime|localtime|strerror_r|longjmp) ?\(' \
	"$folder/code" >"$folder/found"
expect_none 'calls that nobody can use safely are not used'

# A function may have a type with a name: there is no other way to say it once.
grep -E 'typedef [^(]*$|(struct|enum|union) [a-z_]*_t\b' "$folder/code" >"$folder/found"
expect_none 'no typedef and no _t of our own'

grep -vE '^((core|tui)/([a-z0-9_]+/)*|tests/[a-z0-9_]+/([a-z0-9_]+/)*)[a-z0-9_]+\.[ch]$' "$folder/c" >"$folder/found"
expect_none 'C files are named in snake_case, below core/, tui/ and tests/'

awk 'FNR == 601 { print FILENAME ": more than 600 lines" }' $(cat "$folder/program") >"$folder/found"
expect_none 'no source file has outgrown one reading'

grep -vE '\.(pcap|pcapng|gz|zip|evtx|bin)$|^tests/cases/|^tests/fuzz/' "$folder/sources" >"$folder/texts"
tr '\n' '\0' <"$folder/texts" | xargs -0 grep -nIE '[[:space:]]+$' >"$folder/found"
expect_none 'no white space at the end of a line'
while read -r file; do
	[ -z "$(tail -c 1 "$file")" ] || echo "$file"
done <"$folder/texts" >"$folder/found"
expect_none 'each file ends with a newline'

# Only what is about the project itself belongs into it. (The brackets keep this line from finding itself.)
tr '\n' '\0' <"$folder/texts" | xargs -0 grep -nIE 'TO[D]O|FIX[M]E|/wor[k]/|\.\./share[d]|/tmp/brie[f]' >"$folder/found"
expect_none 'nothing is left to do and nothing speaks of somebody'\''s machine'

version=$(sed -n 's/^VERSION=//p' configure)
run smtpdx --version
expect_match "^smtpdx $version( |\$)" 'the version is the one of configure'
expect 'NEWS begins with this version' grep -q "^smtpdx $version" NEWS

if command -v clang-format-14 >/dev/null; then
	run clang-format-14 --dry-run --Werror $(cat "$folder/c")
	expect_status 0 'the layout is that of .clang-format'
else
	skip 'the layout is that of .clang-format' 'clang-format-14 is not installed'
fi

if command -v shellcheck >/dev/null; then
	run shellcheck $(cat "$folder/scripts")
	expect_status 0 'shellcheck has nothing to say about the scripts'
else
	skip 'shellcheck has nothing to say about the scripts' 'shellcheck is not installed'
fi

finish

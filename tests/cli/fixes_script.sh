#!/bin/sh
#
# too slow for valgrind; sanitizers watch it
# What is to be done as a script: for every cause and server, one that shells and shellcheck have nothing to say about, that
# does nothing by itself, and in which sh, bash and dash read the same words.

. "${0%/*}/lib.sh"

fixes=$SMTPDX_SRCDIR/tests/real/fixes.py

# The commands of the fixes, as far as they matter here: each says with which words it was called.
mkdir stubs
for name in aws cat cmp cp cut df dig doveadm du echo exim4 find free getent grep ip ip6tables iptables journalctl ln make makemap mtr \
	mv nft openssl pgrep ping ps postconf postfix rm sed sendmail sh sleep smtpctl smtpd smtpdx ss sysctl systemctl tail tcpdump \
	tee traceroute touch update-exim4.conf uptime wc xargs firewall-cmd ufw resolvectl awk ethtool; do
	printf '%s\n' '#!/bin/sh' "printf '[%s]' ${name} \"\$@\"" 'printf "\n"' >"stubs/$name"
done
chmod 755 stubs/*

# A report in which every cause is a verdict.
report() { # SOFTWARE
	python3 "$fixes" case "$1" 'dns.self.ptr.status@self [192.0.2.9]=ok' smtp.slowest.delay=90.5 >case.json
	"$SMTPDX" explain case.json --json >report.json 2>/dev/null
	python3 -c '
import json
case = json.load(open("report.json"))
for finding in case["diagnosis"]:
    finding["probability"] = 0.9
json.dump(case, open("all.json", "w"))
with open("commands", "w") as file:
    for finding in case["diagnosis"]:
        for fix in finding["fixes"]:
            print(fix["command"], fix["undo"], fix["verify"], sep="\n", file=file)
print(len(case["diagnosis"]))'
}

# Nothing outside of this folder is written to or read.
mkdir -p etc/postfix etc/mail etc/exim4/conf.d/main run dev var/spool/postfix/etc
echo 'old = value' | tee etc/mail/access >dev/null
read_by() { # SHELL
	sed 's#\([<>]\)/#\1./#g' here | env -i PATH="$PWD/stubs" "$1" -s >"read.${1##*/}" 2>"read.err"
}

XDG_CONFIG_HOME=$folder/config
export XDG_CONFIG_HOME
python3 "$fixes" causes "$SMTPDX_SRCDIR/help/causes" "$XDG_CONFIG_HOME/smtpdx/causes"
shells="$(command -v sh) $(command -v bash) $(command -v dash)"
for software in postfix exim sendmail opensmtpd exchange; do
	count=$(report $software)
	expect "$software: causes were found" test "${count:-0}" -gt 40
	"$SMTPDX" report all.json --script >script.sh
	expect "$software: there is a script" test -s script.sh
	for shell in $shells; do
		expect "$software: $shell reads it" "$shell" -n script.sh
	done
	if command -v shellcheck >/dev/null; then
		expect "$software: shellcheck has nothing to say" shellcheck -S warning script.sh
	else
		skip "$software: shellcheck" 'it is not installed'
	fi
	steps=$(grep -c '^do_[0-9]*()' script.sh)
	env -i PATH="$PATH" sh script.sh >listed
	expect "$software: by itself it only lists its $steps steps" test "$(grep -c '^# [0-9]' listed)" = "$steps"

	grep -vE '^([A-Z][a-z]+-[A-Z]|show |configure |policy-map|class |no inspect|inspect |#|$)' commands | sort -u >here
	for shell in $shells; do
		read_by "$shell"
	done
	expect "$software: its commands are all known here" sh -c '! grep -n "not found" read.err'
	for shell in $shells; do
		diff read.sh "read.${shell##*/}"
		expect "$software: $shell reads the same words as sh" test $? = 0
	done
done

# What is done and undone is what the report says.
report postfix >/dev/null
"$SMTPDX" report all.json --script >script.sh
number=$(awk '/^do_/ { step = $1 } /postconf -e smtpd_peername_lookup=no/ { gsub(/[^0-9]/, "", step); print step; exit }' script.sh)
expect 'there is a step that changes a setting' test "${number:-0}" -gt 0
sed -i 's#\([<>]\)/#\1./#g' script.sh
env -i PATH="$PWD/stubs" "$(command -v sh)" script.sh "do" "${number:-0}" >did 2>&1
expect 'a step is done when it is asked for' grep -qF '[postconf][-e][smtpd_peername_lookup=no]' did
env -i PATH="$PWD/stubs" "$(command -v sh)" script.sh undo "${number:-0}" >undid 2>&1
expect 'and undone' grep -qF '[postconf]' undid
expect 'which is something else' test "$(cat did)" != "$(cat undid)"

# A command that fails ends its step, and is named; undoing goes on.
run_step() { # WORD
	env -i PATH="$PWD/stubs:$PATH" "$(command -v sh)" script.sh "$1" "${number:-0}" >out 2>err
	status=$?
	ran="sh script.sh $1"
}
printf '#!/bin/sh\nexit 69\n' >stubs/postconf
rm stubs/sed # by which the script finds its own lines
run_step "do"
expect_status 1 'a step whose command fails: exit status 1'
expect 'what comes after it is not done' sh -c '! grep -q "^.postfix" out'
expect_err_match 'did not succeed, and nothing' 'that is said'
expect_err_match '^  .*postconf .*smtpd_peername_lookup' 'with the command itself'
expect_err_match "^To bring back what was there: sh script.sh undo $number\$" 'and how to undo it'
run_step undo
expect_status 1 'an undo whose command fails: exit status 1'
expect_err_match 'is done all the same' 'which is said'
expect_match '^\[postfix\]' 'and the rest is undone all the same'
finish

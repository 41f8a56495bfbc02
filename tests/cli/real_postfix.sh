#!/bin/sh
#
# A stock Postfix is healthy; one that waits 5 s is told to be impatient. Nothing is ever delivered.
#
# too slow for valgrind; sanitizers watch it

. "${0%/*}/lib.sh"
. "${0%/*}/../real/lib.sh"

queue_is_empty() { real_do postqueue -p | grep -q 'Mail queue is empty'; }

real_start postfix
run real_net "$SMTPDX" check 127.0.0.1:25 --only smtp --json
expect_status 0 'a stock Postfix: nothing is wrong'
expect_cause healthy 'a stock Postfix is healthy'
expect_fact smtp.outcome '^complete$' 'the session went through to the body'
expect_fact smtp.server.software '^postfix$' 'it is recognised'
expect_fact smtp.tls.mode '^starttls$' 'STARTTLS was done'
expect_fact smtp.tls.version '^TLSv1\.3$' 'with TLS 1.3'
expect_fact smtp.tls.verify '^self-signed$' 'the certificate is self-signed, which is a fact and no failure'
expect_fact smtp.tls.cert.names '^mail\.example\.test$' 'the certificate names the host'
expect_fact smtp.body.outcome '^accepted$' 'the body was acknowledged'
expect 'nothing was queued' queue_is_empty

run real_net "$SMTPDX" check 127.0.0.1:25 --only smtp --pipelining --json
expect_status 0 'MAIL, RCPT and DATA together are as good'
expect_fact smtp.mode '^pipelining$' 'they were sent together'
expect_fact smtp.outcome '^complete$' 'all of them were answered'

run real_net "$SMTPDX" check 127.0.0.1:465 --only smtp --json
expect_status 0 'port 465: TLS from the first byte'
expect_fact smtp.tls.mode '^implicit$' 'it was not asked for by STARTTLS'
expect_fact smtp.outcome '^complete$' 'the session went through to the body'
run real_net "$SMTPDX" check 127.0.0.1:2465 --only smtp --timeout 6 --json
expect_fact smtp.outcome '^silent$' 'the same on a port where a banner is expected: silence'
[ -n "$SMTPDX_SLOW" ] || expect_fact smtp.banner.protocol '^tls$' 'and a handshake that tells why'
run real_net "$SMTPDX" check '[::1]:25' --only smtp --json
expect_fact smtp.outcome '^complete$' 'IPv6 is as good'

# A certificate of an authority: trusted or not is what a connection of its own tells.
run real_do sh -c 'cd /etc/postfix && openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=authority \
	-keyout ca.key -out ca.pem && openssl req -new -key key.pem -subj /CN=mail.example.test -out mail.csr &&
	echo subjectAltName=DNS:mail.example.test >mail.ext &&
	openssl x509 -req -in mail.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile mail.ext -out cert.pem &&
	postfix reload'
real_do cat /etc/postfix/ca.pem >ca.pem
sleep 1
probe="probe smtp --address 127.0.0.1"
expect_probe() { # PATTERN WHAT
	grep '"smtp.tls.verify"' out >verify
	if grep -q "\"value\": *\"$1\"" verify; then ok "$2"; else not_ok "$2"; cat verify; fi
}
# shellcheck disable=SC2086 # words
run real_net "$SMTPDX" $probe mail.example.test:25
expect_probe untrusted 'an authority that is not in the trust store'
# shellcheck disable=SC2086
run real_net "$SMTPDX" $probe other.example.test:25
expect_probe name-mismatch 'a certificate for another host'
if [ -f /etc/ssl/certs/ca-certificates.crt ]; then
	# shellcheck disable=SC2086,SC2016
	run real_net unshare --mount sh -c 'mount --bind ca.pem /etc/ssl/certs/ca-certificates.crt && exec "$@"' \
		sh "$SMTPDX" $probe mail.example.test:25
	expect_probe ok 'an authority that is in the trust store'
else
	skip 'an authority that is in the trust store' 'there is no trust store (ca-certificates)'
fi

run real_do postconf -e smtpd_timeout=5s smtpd_starttls_timeout=2s
run real_do postfix reload
sleep 1
run real_net "$SMTPDX" check 127.0.0.1:25 --only smtp --idle data --yes --json
expect_status 1 'smtpd_timeout=5s: trouble was found'
expect_cause server-idle-timeout-too-short 'the first cause is the impatient server'
expect_fact smtp.reply.code '^421$' 'it hung up with 421'
expect_fact smtp.reply.enhanced '^4\.4\.2$' 'and 4.4.2'
expect_fact smtp.reply.text 'timeout exceeded$' 'and the words that are known for it'
expect_fact smtp.reply.setting 'smtpd_timeout' 'the setting is named'
if [ -z "$SMTPDX_SLOW" ]; then
	expect_fact smtp.patience '^(4\.[89]|5\.[012])' 'its patience was measured: 5.0 s, give or take 0.2'
fi
expect_fact smtp.patience.end '^reply$' 'the reply ended it'

run real_net "$SMTPDX" check 127.0.0.1:25 --only smtp --idle starttls --yes --json
expect_fact smtp.patience.phase '^starttls$' 'silence where the handshake should begin ends, too'
[ -n "$SMTPDX_SLOW" ] || expect_fact smtp.patience '^(1\.[89]|2\.[012])' 'after smtpd_starttls_timeout'
expect 'nothing was queued' queue_is_empty
expect 'nothing was delivered' real_do sh -c '! grep -q "status=" /var/log/mail.log'
real_stop
finish

# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the certificate has expired: opportunistic TLS does not care
expect=healthy
servers=postfix
setup() {
	prepare mx1 postfix
	on mx1 sh -euc 'cd /etc/postfix
		printf "[ca]\ndefault_ca = lab\n[lab]\ndatabase = index\nserial = serial\nnew_certs_dir = .\ndefault_md = sha256\npolicy = any\n[any]\ncommonName = supplied\n" >ca.cnf
		: >index
		echo 01 >serial
		openssl req -new -key key.pem -subj /CN=mx1.lab.test -out csr.pem
		openssl ca -batch -selfsign -config ca.cnf -keyfile key.pem -in csr.pem -out cert.pem -notext \
			-startdate 20200101000000Z -enddate 20210101000000Z' 2>"$work/ca" || { cat "$work/ca" >&2; return 1; }
	start mx1 postfix
}

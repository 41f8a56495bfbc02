/* One port for several addresses, and what happens when it cannot be had. Nothing is sent here. */
#include "demo/ports.h"

#include "model/target.h"
#include "unit.h"

#include <sys/resource.h>

static struct port_socket at(const char *address, bool closed)
{
	struct port_socket s = {.closed = closed};

	assert_int_equal(address_parse(address, 0, &s.address), 0);
	return s;
}

static void one_port_for_all(void **state)
{
	struct port_socket sockets[] = {at("127.0.0.2", false), at("127.0.0.3", true), at("127.0.0.4", false)};
	struct err err;
	int port = ports_bind(sockets, 3, true, &err);

	(void)state;
	assert_true(port > 0);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(address_port(&sockets[i].address), port);
		assert_true(sockets[i].tcp >= 0);
		assert_true(sockets[i].udp >= 0);
	}
	ports_close(sockets, 3);
	assert_int_equal(sockets[0].tcp, -1);
}

/* 192.0.2.1 is nobody's address (RFC 5737). Where nothing is to listen, it is not missed. */
static void missing_address(void **state)
{
	struct port_socket closed[] = {at("192.0.2.1", true), at("127.0.0.2", false)};
	struct port_socket open[] = {at("127.0.0.2", false), at("192.0.2.1", false)};
	struct err err = {""};
	int port = ports_bind(closed, 2, false, &err);

	(void)state;
	assert_true(port > 0);
	assert_int_equal(closed[0].tcp, -1);
	assert_int_equal(address_port(&closed[0].address), port);
	ports_close(closed, 2);
	assert_int_equal(ports_bind(open, 2, false, &err), -1);
	assert_string_equal(err.text, "demo: cannot serve on 192.0.2.1: Cannot assign requested address");
	assert_int_equal(open[0].tcp, -1);
}

static void out_of_descriptors(void **state)
{
	struct port_socket sockets[] = {at("127.0.0.2", false)};
	struct rlimit before, none;
	struct err err = {""};
	int result;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 3;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	result = ports_bind(sockets, 1, false, &err);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(result, -1);
	assert_string_equal(err.text, "demo: cannot serve on 127.0.0.2: Too many open files");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_port_for_all),
	    cmocka_unit_test(missing_address),
	    cmocka_unit_test(out_of_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

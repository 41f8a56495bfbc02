/*
 * contacts - who was meant in lines about connections that did not come about: families, ports, how many hosts
 */
#ifndef SMTPDX_TEXT_CONTACTS_H
#define SMTPDX_TEXT_CONTACTS_H

#include "checks/emit.h"

#define CONTACTS_MAX 64 /* addresses that are told apart */

struct contacts {
	unsigned outcomes; /* bits, see contacts.c */
	int ports[8];
	int port_count;
	char addresses[CONTACTS_MAX][46];
	int address_count;
	bool more; /* addresses past CONTACTS_MAX */
};

/* A line of that class; nothing happens when it is about no connection attempt. */
void contacts_add(struct contacts *contacts, const char *class, const char *line);

/* Ports that a configuration or a person names: "port: 465", "smtp.example.com:587". */
void contacts_add_named_port(struct contacts *contacts, const char *line);

/* Facts seen.connect, seen.port and seen.hosts. */
void contacts_emit(const struct contacts *contacts, struct emit *e, const char *subject);

#endif

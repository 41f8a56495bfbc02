#include "base/clock.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "checks/mtu/sweep_state.h"
#include "model/target.h"

#include <stdlib.h>

/* "hop 3 [192.0.2.10]"; this machine is hop 0 and is called "self". The caller frees. */
static char *hop_text(const struct sweep *s, const struct hop *hop)
{
	char address[46];

	if (hop->number == 0)
		return xasprintf("self [%s]", address_text(&s->p.source, address));
	return xasprintf("hop %d [%s]", hop->number, address_text(&hop->address, address));
}

/* Names of the facts about one link. */
struct link_facts {
	const char *link, *hop, *near, *far;
};

static void tell_link(const struct sweep *s, const struct link *link, const struct link_facts *names, struct emit *e)
{
	char *near = hop_text(s, &link->near);
	char *far = hop_text(s, &link->far);
	char *both = xasprintf("%s - %s", near, far);

	emit_text(e, names->link, s->subject, both);
	emit_number(e, names->hop, s->subject, link->near.number);
	emit_text(e, names->near, s->subject, near);
	emit_text(e, names->far, s->subject, far);
	free(near);
	free(far);
	free(both);
}

/* Between this machine and a hop behind mute ones lies the path, not a link. */
static bool is_known(const struct link *link)
{
	return link->far.number > 0 && (link->near.number > 0 || link->far.number == 1);
}

static void tell_size(const char *name, const char *subject, int size, struct emit *e)
{
	if (size > 0)
		emit_number(e, name, subject, size);
}

static void tell_hop(const struct sweep *s, const struct hop *hop, struct emit *e)
{
	char *text = hop_text(s, hop);
	char *subject = xasprintf("%s %s", s->subject, text);

	emit_number(e, "mtu.hop.number", subject, hop->number);
	tell_size("mtu.hop.passed", subject, hop->passed, e);
	tell_size("mtu.hop.silent", subject, hop->silent, e);
	tell_size("mtu.hop.refused", subject, hop->refused, e);
	emit_number(e, "mtu.hop.delay", subject, hop->delay);
	free(subject);
	free(text);
}

static void tell_hops(const struct sweep *s, struct emit *e)
{
	const struct path path = sweep_path(s);
	struct hop hop;

	for (int number = 1; number <= s->last; number++) {
		path_hop(&path, number, &hop);
		if (hop.address.ss_family != AF_UNSPEC)
			tell_hop(s, &hop, e);
	}
}

static void tell_back(const struct sweep *s, struct emit *e)
{
	static const char *const words[] = {
	    [BACK_UNTESTED] = "untested",
	    [BACK_FULL] = "full",
	    [BACK_FRAGMENTED] = "fragmented",
	    [BACK_SILENT] = "silent",
	};
	static const struct link_facts names = {"mtu.back.link", "mtu.back.link.hop", "mtu.back.link.near",
	                                        "mtu.back.link.far"};

	emit_text(e, "mtu.back", s->subject, words[s->back.outcome]);
	tell_size("mtu.back.path", s->subject, s->back.passes, e);
	if (is_known(&s->back.link))
		tell_link(s, &s->back.link, &names, e);
	emit_flag(e, "mtu.back.link.known", s->subject, is_known(&s->back.link));
}

/* What nobody should take for tested, and why. */
static void tell_gaps(const struct sweep *s, struct emit *e)
{
	if (s->outcome == SWEEP_MUTE)
		emit_text(e, "mtu.untested", s->subject,
		          _("which hop it is: neither the server nor any router answers by ICMP"));
	else if (s->outcome == SWEEP_SILENT && !is_known(&s->link))
		emit_text(e, "mtu.untested", s->subject, _("which hop it is: the routers do not answer by ICMP"));
	if (s->p.echo.fd < 0)
		emit_text(e, "mtu.untested", s->subject,
		          _("the hops of the way back: that needs ICMP echo, which root may use, and others when "
		            "net.ipv4.ping_group_range says so: sudo smtpdx check TARGET --only mtu"));
}

void sweep_tell(const struct sweep *s)
{
	static const char *const words[] = {
	    [SWEEP_FULL] = "full",     [SWEEP_PARTIAL] = "partial", [SWEEP_ICMP] = "icmp",
	    [SWEEP_SILENT] = "silent", [SWEEP_MUTE] = "mute",
	};
	static const struct link_facts names = {"mtu.link", "mtu.link.hop", "mtu.link.near", "mtu.link.far"};
	const bool conclusive = s->settled || s->outcome == SWEEP_MUTE;
	struct emit *e = s->e;

	if (conclusive)
		emit_text(e, "mtu.sweep", s->subject, words[s->outcome]);
	emit_number(e, "mtu.sweep.full", s->subject, s->p.full);
	emit_number(e, "mtu.sweep.probes", s->subject, (double)s->p.count);
	emit_number(e, "mtu.sweep.delay", s->subject, clock_now() - s->began);
	if (s->outcome != SWEEP_MUTE && conclusive) {
		emit_text(e, "mtu.sweep.by", s->subject, s->kind == PROBE_ECHO ? "echo" : "udp");
		emit_number(e, "mtu.path", s->subject, s->passes);
		emit_flag(e, "mtu.path.whole", s->subject, s->target_answers);
		if (is_known(&s->link))
			tell_link(s, &s->link, &names, e);
	}
	emit_flag(e, "mtu.link.known", s->subject, conclusive && is_known(&s->link));
	if (s->outcome != SWEEP_FULL || s->back.link.far.number > 0) /* otherwise nobody asked the hops */
		tell_hops(s, e);
	tell_back(s, e);
	tell_gaps(s, e);
}

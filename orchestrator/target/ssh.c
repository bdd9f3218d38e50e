/* The ssh driver: a host that somebody owns. Everything of ours lies in one work folder there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "target/driver.h"
#include "target/ssh_settings.h"

struct inside {
	struct ssh_link *link;
};

static char *own_known_hosts(const struct target_spec *spec)
{
	const char *home = getenv("HOME");

	if (spec->ssh.known_hosts)
		return mem_dup(spec->ssh.known_hosts);
	return mem_printf("%s/.ssh/known_hosts", home && *home ? home : "/root");
}

static const char *own_user(const struct target_spec *spec)
{
	const char *user = getenv("USER");

	if (spec->ssh.user)
		return spec->ssh.user;
	return user && *user ? user : "root";
}

static struct ssh_where where_of(const struct target_spec *spec, const char *known_hosts)
{
	return (struct ssh_where){
		.host = spec->ssh.host,
		.port = (int)spec->ssh.port,
		.user = own_user(spec),
		.key_file = spec->ssh.key_file,
		.agent = spec->ssh.agent,
		.known_hosts = known_hosts,
		.jumps = spec->ssh.jump.items,
		.jump_count = spec->ssh.jump.count,
		.connect_limit_ns = spec->connect_limit_ns,
		.idle_limit_ns = spec->idle_limit_ns,
		.keepalive_ns = spec->keepalive_ns,
	};
}

static int open_ssh(struct target *t, struct err *e)
{
	AUTO_FREE char *known_hosts = own_known_hosts(t->spec);
	struct ssh_where where = where_of(t->spec, known_hosts);
	struct inside *in = mem_new(1, sizeof(*in));

	in->link = ssh_link_open(&where, e);
	if (!in->link) {
		free(in);
		return -1;
	}
	t->inside = in;
	return 0;
}

static int exec_ssh(struct target *t, const struct driver_exec *x, enum driver_ending *out, struct err *e)
{
	struct inside *in = t->inside;

	return ssh_link_exec(in->link, x, out, e);
}

static int shell_ssh(struct target *t, const char *command, struct err *e)
{
	struct inside *in = t->inside;

	return ssh_link_shell(in->link, command, e);
}

static bool alive_ssh(struct target *t)
{
	struct inside *in = t->inside;

	return ssh_link_alive(in->link);
}

static void close_ssh(struct target *t)
{
	struct inside *in = t->inside;

	if (in)
		ssh_link_close(in->link);
	free(in);
	t->inside = NULL;
}

static int reach_ssh(struct target *t, struct str *out, struct err *e)
{
	(void)e;
	str_addf(out, "ssh -p %d %s@%s", (int)t->spec->ssh.port, own_user(t->spec), t->spec->ssh.host);
	return 0;
}

static void doctor_ssh(const struct target_spec *spec, const struct target_opts *o, target_finding_fn *tell, void *ctx)
{
	AUTO_FREE char *known_hosts = own_known_hosts(spec);
	struct ssh_where where = where_of(spec, known_hosts);
	struct err e = ERR_INIT;
	struct ssh_link *link = ssh_link_open(&where, &e);

	(void)o;
	if (link) {
		AUTO_FREE char *what = mem_printf("%s port %d lets us in as %s", where.host, where.port, where.user);

		tell(ctx, FINDING_OK, what, NULL);
	} else {
		tell(ctx, FINDING_PROBLEM, e.text, e.hint);
	}
	ssh_link_close(link);
}

int ssh_trust(const struct target_spec *spec,
	      bool (*ask)(void *ctx, const char *host, const char *key_type, const char *fingerprint), void *ctx, struct err *e)
{
	AUTO_FREE char *known_hosts = own_known_hosts(spec);
	struct ssh_where where = where_of(spec, known_hosts);

	return ssh_link_trust(&where, ask, ctx, e);
}

const struct driver ssh_driver = {
	.name = "ssh",
	.open = open_ssh,
	.exec = exec_ssh,
	.shell = shell_ssh,
	.reach = reach_ssh,
	.alive = alive_ssh,
	.close = close_ssh,
	.doctor = doctor_ssh,
};

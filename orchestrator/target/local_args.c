#include "target/local_args.h"

#include <string.h>

#include "base/mem.h"
#include "base/vec.h"

typedef VEC(char *) words_t;

/* What a package manager and a test suite need as root of their own files. Nothing that reaches beyond the sandbox: no
 * time, no mounts, no raw devices. */
static const char *const capabilities[] = {
	"CAP_CHOWN",   "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH",  "CAP_FOWNER",
	"CAP_FSETID",  "CAP_KILL",	   "CAP_SETGID",	   "CAP_SETUID",
	"CAP_SETPCAP", "CAP_SETFCAP",	   "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT",
	"CAP_MKNOD",   "CAP_AUDIT_WRITE",
};

static const char *const plain_env[] = {
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	"HOME=/root",
	"USER=root",
	"LOGNAME=root",
	"SHELL=/bin/bash",
	"LANG=C.UTF-8",
	"DEBIAN_FRONTEND=noninteractive",
	NULL,
};

static void add_words(words_t *w, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		vec_add(w, mem_dup(words[i]));
}

#define ADD(w, ...) add_words(w, (const char *const[]){ __VA_ARGS__ }, COUNT_OF(((const char *const[]){ __VA_ARGS__ })))

static void add_env(words_t *w, const char *const *env)
{
	for (; env && *env; env++) {
		size_t len = strcspn(*env, "=");
		AUTO_FREE char *name = mem_dup_bytes(*env, len);

		ADD(w, "--setenv", name, *env + len + ((*env)[len] == '='));
	}
}

char **local_args_build(const struct local_args *a)
{
	words_t w = { 0 };

	ADD(&w, "bwrap", "--die-with-parent", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try",
	    "--hostname", a->name);
	if (!a->network)
		ADD(&w, "--unshare-net");
	if (!a->interactive)
		ADD(&w, "--new-session");
	ADD(&w, "--bind", a->root, "/", "--dev", "/dev", "--proc", "/proc");
	/* How many processors there are, for those who look there. */
	ADD(&w, "--ro-bind-try", "/sys/devices/system", "/sys/devices/system");
	if (a->resolv_conf)
		ADD(&w, "--ro-bind", a->resolv_conf, "/etc/resolv.conf");
	ADD(&w, "--clearenv");
	add_env(&w, plain_env);
	add_env(&w, a->env);
	ADD(&w, "--cap-drop", "ALL");
	for (size_t i = 0; i < COUNT_OF(capabilities); i++)
		ADD(&w, "--cap-add", capabilities[i]);
	ADD(&w, "--chdir", "/", "--", "sh", "-c", a->command);
	vec_add(&w, NULL);
	return w.items;
}

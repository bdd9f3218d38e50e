#include "target/qemu_args.h"

#include <string.h>

#include "base/mem.h"
#include "base/vec.h"

#define MIB		    (1024 * 1024)
/* Room for translated code: large enough for a test suite's working set, small enough for several guests. */
#define TRANSLATED_CODE_MIB 512

struct machine {
	const char *arch;
	const char *program;
	const char *machine, *cpu; /* emulated */
	const char *kvm_machine;   /* NULL: the same */
	const char *console;	   /* the kernel's name of it */
	const char *bus;	   /* the ending of virtio device names */
	const char *firmware;	   /* for disks that boot by themselves; NULL: QEMU's own */
};

/* arm64: cortex-a72, because the pointer authentication of `max` makes every call slow under emulation. ppc64el: what
 * the emulation cannot do is switched off in words, so that QEMU does not warn about it. */
static const struct machine machines[] = {
	{ "amd64", "qemu-system-x86_64", "q35", "max", NULL, "ttyS0", "pci", NULL },
	{ "arm64", "qemu-system-aarch64", "virt,gic-version=3", "cortex-a72", "virt,gic-version=host", "ttyAMA0", "pci",
	  "/usr/share/qemu-efi-aarch64/QEMU_EFI.fd" },
	{ "s390x", "qemu-system-s390x", "s390-ccw-virtio", "max", NULL, "ttysclp0", "ccw", NULL },
	{ "ppc64el", "qemu-system-ppc64",
	  "pseries,cap-htm=off,cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken,cap-ccf-assist=off", "power9", "pseries",
	  "hvc0", "pci", NULL },
};

struct arguments {
	VEC(char *) list;
};

static const struct machine *machine_of(const char *arch)
{
	for (size_t i = 0; i < COUNT_OF(machines); i++)
		if (strcmp(machines[i].arch, arch) == 0)
			return &machines[i];
	return NULL;
}

const char *qemu_args_program(const char *arch)
{
	const struct machine *m = machine_of(arch);

	return m ? m->program : NULL;
}

static void add(struct arguments *a, const char *option, const char *value)
{
	vec_add(&a->list, mem_dup(option));
	if (value)
		vec_add(&a->list, mem_dup(value));
}

static void addf(struct arguments *a, const char *option, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static void addf(struct arguments *a, const char *option, const char *fmt, ...)
{
	AUTO_STR value = { 0 };
	va_list ap;

	va_start(ap, fmt);
	str_addv(&value, fmt, ap);
	va_end(ap);
	add(a, option, str_text(&value));
}

/* Inside an option's value a comma ends the path unless it is doubled. */
static char *comma_quoted(const char *path)
{
	struct str out = { 0 };

	for (; *path; path++) {
		if (*path == ',')
			str_add_char(&out, ',');
		str_add_char(&out, *path);
	}
	return str_take(&out);
}

static const char *machine_words(const struct target_spec *spec, const struct machine *m, bool kvm)
{
	if (spec->qemu.machine)
		return spec->qemu.machine;
	return kvm && m->kvm_machine ? m->kvm_machine : m->machine;
}

static const char *cpu_words(const struct target_spec *spec, const struct machine *m, bool kvm)
{
	if (spec->qemu.cpu)
		return spec->qemu.cpu;
	return kvm ? "host" : m->cpu;
}

static void add_machine(struct arguments *a, const struct target_spec *spec, const struct machine *m, bool kvm)
{
	add(a, "-name", spec->name);
	add(a, "-nodefaults", NULL);
	add(a, "-no-user-config", NULL);
	add(a, "-no-reboot", NULL);
	add(a, "-display", "none");
	add(a, "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
	add(a, "-machine", machine_words(spec, m, kvm));
	if (kvm)
		add(a, "-accel", "kvm");
	else
		addf(a, "-accel", "tcg,tb-size=%d", TRANSLATED_CODE_MIB);
	/* sleep=off: a guest that waits does not keep us waiting. */
	if (spec->qemu.instruction_clock && !kvm)
		add(a, "-icount", "shift=0,sleep=off");
	add(a, "-cpu", cpu_words(spec, m, kvm));
	addf(a, "-smp", "%lld", (long long)spec->processors);
	addf(a, "-m", "%lldM", (long long)(spec->memory_bytes / MIB));
}

/* quiet: printing on an emulated console costs time. panic=-1 with -no-reboot: a kernel that gives up ends QEMU at
 * once. mitigations: an emulator has no speculation to guard against. init_on_free: free memory is zeroes, which saved
 * states do not hold. */
static void add_boot(struct arguments *a, const struct machine *m, const struct qemu_paths *p)
{
	if (!p->kernel) {
		if (m->firmware)
			add(a, "-bios", m->firmware);
		return;
	}
	add(a, "-kernel", p->kernel);
	if (p->initrd)
		add(a, "-initrd", p->initrd);
	addf(a, "-append", "root=/dev/vda rw console=%s quiet panic=-1 net.ifnames=0 mitigations=off init_on_free=1",
	     m->console);
}

/* cache=unsafe: an overlay is thrown away, or kept after QEMU closed it; there is no crash to survive. */
static void add_disks(struct arguments *a, const struct machine *m, const struct qemu_paths *p)
{
	AUTO_FREE char *disk = comma_quoted(p->disk);

	addf(a, "-drive", "if=none,id=disk,file=%s,format=qcow2,cache=unsafe,discard=unmap", disk);
	addf(a, "-device", "virtio-blk-%s,drive=disk%s", m->bus, p->kernel ? "" : ",bootindex=1");
	if (!p->seed)
		return;
	AUTO_FREE char *seed = comma_quoted(p->seed);
	addf(a, "-drive", "if=none,id=seed,file=%s,format=raw,readonly=on", seed);
	addf(a, "-device", "virtio-blk-%s,drive=seed", m->bus);
}

static void add_devices(struct arguments *a, const struct machine *m, const struct qemu_paths *p)
{
	AUTO_FREE char *console = comma_quoted(p->console);
	bool pci = strcmp(m->bus, "pci") == 0;

	addf(a, "-netdev", "user,id=net,ipv6=off,hostfwd=tcp:127.0.0.1:%d-:22", p->ssh_port);
	addf(a, "-device", "virtio-net-%s,netdev=net%s", m->bus, pci ? ",romfile=" : "");
	add(a, "-object", "rng-random,id=rng,filename=/dev/urandom");
	addf(a, "-device", "virtio-rng-%s,rng=rng", m->bus);
	addf(a, "-chardev", "file,id=console,path=%s", console);
	add(a, "-serial", "chardev:console");
}

static void add_monitor(struct arguments *a, const char *path, int fd)
{
	if (path) {
		AUTO_FREE char *quoted = comma_quoted(path);
		addf(a, "-chardev", "socket,id=monitor,path=%s,server=on,wait=off", quoted);
	} else {
		addf(a, "-chardev", "socket,id=monitor,fd=%d", fd);
	}
	add(a, "-mon", "chardev=monitor,mode=control");
}

char **qemu_args_build(const struct target_spec *spec, const struct qemu_paths *p, bool kvm, struct err *e)
{
	const struct machine *m = machine_of(spec->arch);
	struct arguments a = { 0 };

	if (!m) {
		err_set(e, ERR_UNAVAILABLE, "%s: no emulator is known for %s", spec->name, spec->arch);
		err_hint(e, "known are amd64, arm64, s390x and ppc64el");
		return NULL;
	}
	add(&a, m->program, NULL);
	add_machine(&a, spec, m, kvm);
	add_boot(&a, m, p);
	add_disks(&a, m, p);
	add_devices(&a, m, p);
	add_monitor(&a, p->monitor, p->monitor_fd);
	if (p->incoming_fd >= 0)
		addf(&a, "-incoming", "fd:%d", p->incoming_fd);
	vec_add(&a.list, NULL);
	return a.list.items;
}

char **qemu_args_build_trial(const char *arch, int monitor_fd)
{
	const struct machine *m = machine_of(arch);
	struct arguments a = { 0 };

	if (!m)
		return NULL;
	add(&a, m->program, NULL);
	add(&a, "-nodefaults", NULL);
	add(&a, "-no-user-config", NULL);
	add(&a, "-display", "none");
	add(&a, "-machine", m->kvm_machine ? m->kvm_machine : m->machine);
	add(&a, "-accel", "kvm");
	add(&a, "-cpu", "host");
	add(&a, "-m", "64M");
	add_monitor(&a, NULL, monitor_fd);
	vec_add(&a.list, NULL);
	return a.list.items;
}

void qemu_args_describe(const struct target_spec *spec, bool kvm, struct str *out)
{
	struct qemu_paths nowhere = { .disk = "", .kernel = "", .initrd = "", .console = "", .incoming_fd = -1 };
	AUTO_FREE_LIST char **argv = NULL;
	struct target_spec nameless = *spec;

	nameless.name = "";
	argv = qemu_args_build(&nameless, &nowhere, kvm, NULL);
	if (argv)
		qemu_args_show(argv, out);
}

void qemu_args_show(char *const *argv, struct str *out)
{
	for (size_t i = 0; argv[i]; i++) {
		if (i > 0)
			str_add(out, argv[i][0] == '-' && argv[i][1] ? " \\\n\t" : " ");
		str_add_quoted(out, argv[i], STR_SHELL);
	}
}

#include "lab/target_spec.h"

#include <string.h>
#include <sys/utsname.h>

#include "base/clock.h"
#include "base/mem.h"

#define MIB	(INT64_C(1) << 20)
#define TIB	(INT64_C(1) << 40)
#define HOUR_NS (3600 * NS_PER_S)

static const char *const kind_names[] = { "local", "ssh", "qemu", "fake", NULL };
static const char *const kvm_names[] = { "auto", "never", "required", NULL };

#define AT(member) offsetof(struct ssh_hop, member)
static const struct schema_field hop_fields[] = {
	{ "host", FIELD_TEXT, AT(host), FIELD_REQUIRED, .help = "Name or address of the machine" },
	{ "port", FIELD_INT, AT(port), FIELD_NO_HASH, 1, 65535, .default_text = "22",
	  .help = "Where its SSH server listens" },
	{ "user", FIELD_TEXT, AT(user), FIELD_NO_HASH,
	  .help = "Who logs in there; without it, the user who runs labctl" },
	{ "key_file", FIELD_PATH, AT(key_file), FIELD_NO_HASH,
	  .help = "Private key for it; without it, the target's own or the agent" },
	{ 0 },
};
#undef AT

static const struct schema hop_schema = {
	"jump host",
	"A machine on the way to a target",
	sizeof(struct ssh_hop),
	hop_fields,
};

#define AT(member) offsetof(struct ssh_settings, member)
static const struct schema_field ssh_fields[] = {
	{ "host", FIELD_TEXT, AT(host), FIELD_REQUIRED, .help = "Name or address of the machine" },
	{ "port", FIELD_INT, AT(port), 0, 1, 65535, .default_text = "22", .help = "Where its SSH server listens" },
	{ "user", FIELD_TEXT, AT(user), .help = "Who logs in there; without it, the user who runs labctl" },
	{ "key_file", FIELD_PATH, AT(key_file), FIELD_NO_HASH, .help = "Private key; without it the agent is asked" },
	{ "agent", FIELD_BOOL, AT(agent), FIELD_NO_HASH, .default_text = "true", .help = "Ask the SSH agent for keys" },
	{ "known_hosts", FIELD_PATH, AT(known_hosts), FIELD_NO_HASH,
	  .help = "File with the keys of known hosts, always checked; without it ~/.ssh/known_hosts" },
	{ "jump", FIELD_STRUCT_LIST, AT(jump), FIELD_NO_HASH, .of = &hop_schema,
	  .help = "Machines to pass on the way, in this order" },
	{ 0 },
};
#undef AT

static const struct schema ssh_schema = {
	"ssh setting",
	"How a machine is reached over SSH",
	sizeof(struct ssh_settings),
	ssh_fields,
};

#define AT(member) offsetof(struct image_settings, member)
static const struct schema_field image_fields[] = {
	{ "release", FIELD_NAME, AT(release), .default_text = "bookworm",
	  .help = "Debian release that the root is built from, by its code name" },
	{ "packages", FIELD_TEXT_LIST, AT(packages), .help = "Further Debian packages to have in the root" },
	{ "mirror", FIELD_TEXT, AT(mirror),
	  .help = "Where Debian packages come from; without it this machine's own apt sources" },
	{ "file", FIELD_PATH, AT(file), FIELD_NO_HASH,
	  .help = "A disk to use instead (qcow2 or raw, with cloud-init inside)" },
	{ "url", FIELD_TEXT, AT(url), FIELD_NO_HASH, .help = "Where such a disk is fetched from" },
	{ "sha256", FIELD_TEXT, AT(sha256), .help = "SHA-256 of that disk, required with file and url" },
	{ "disk_bytes", FIELD_BYTES, AT(disk_bytes), 0, 512 * MIB, 64 * TIB, .default_text = "10 GiB",
	  .help = "Size of the disk that the machine sees; it grows with use only" },
	{ 0 },
};
#undef AT

static const struct schema image_schema = {
	"image",
	"Where a root file system or a disk comes from: built from Debian's packages, or a file or URL of yours",
	sizeof(struct image_settings),
	image_fields,
};

#define AT(member) offsetof(struct qemu_settings, member)
static const struct schema_field qemu_fields[] = {
	{ "machine", FIELD_TEXT, AT(machine),
	  .help = "QEMU's machine type; without it, what is known to work for the architecture" },
	{ "cpu", FIELD_TEXT, AT(cpu),
	  .help = "QEMU's processor model; without it, what is known to work for the architecture" },
	{ "kvm", FIELD_CHOICE, AT(kvm), .choices = kvm_names, .default_text = "auto",
	  .help = "Use the processor's own virtualization: auto tries it out first" },
	{ "boot_limit", FIELD_DURATION, AT(boot_limit_ns), FIELD_NO_HASH, NS_PER_S, 24 * HOUR_NS, .default_text = "5m",
	  .help = "How long the machine may take to start" },
	{ "instruction_clock", FIELD_BOOL, AT(instruction_clock),
	  .help = "The guest's clock goes on by a nanosecond with each of its instructions: slow, but what is measured "
		  "there "
		  "is instructions, which this machine's load does not move" },
	{ 0 },
};
#undef AT

static const struct schema qemu_schema = {
	"qemu setting",
	"How a machine is emulated",
	sizeof(struct qemu_settings),
	qemu_fields,
};

#define AT(member) offsetof(struct fake_rule, member)
static const struct schema_field rule_fields[] = {
	{ "match", FIELD_PATTERN, AT(match), .help = "Pattern that is searched in the script; without it, any script" },
	{ "output", FIELD_TEXT, AT(output), .help = "What it prints" },
	{ "output_bytes", FIELD_BYTES, AT(output_bytes), 0, 0, TIB, .help = "So many bytes of filler behind that" },
	{ "exit_status", FIELD_INT, AT(exit_status), 0, 0, 255, .help = "How it ends" },
	{ "delay", FIELD_DURATION, AT(delay_ns), 0, 0, 24 * HOUR_NS, .help = "How long it waits before it answers" },
	{ "die", FIELD_BOOL, AT(die), .help = "The target goes away instead of answering" },
	{ "silent", FIELD_BOOL, AT(silent), .help = "It never answers" },
	{ "disk_full", FIELD_BOOL, AT(disk_full), .help = "It has no room left" },
	{ "times", FIELD_INT, AT(times), 0, 0, 1000000,
	  .help = "Only the first matches use this rule, later ones the next; 0 is always" },
	{ "while_file", FIELD_PATH, AT(while_file),
	  .help = "Only while there is this file on this machine, which is removed when the rule is used: so the next "
		  "attempt is answered otherwise" },
	{ "files", FIELD_TEXT_MAP, AT(files), .help = "Files in the work folder afterwards: path and content" },
	{ 0 },
};
#undef AT

static const struct schema rule_schema = {
	"rule",
	"A scripted answer; the first rule that matches is used",
	sizeof(struct fake_rule),
	rule_fields,
};

#define AT(member) offsetof(struct fake_settings, member)
static const struct schema_field fake_fields[] = {
	{ "rules", FIELD_STRUCT_LIST, AT(rules), .of = &rule_schema,
	  .help = "Answers; without one that matches it prints nothing and exits 0" },
	{ "open_delay", FIELD_DURATION, AT(open_delay_ns), 0, 0, 24 * HOUR_NS, .help = "How long it takes to come up" },
	{ "open_error", FIELD_TEXT, AT(open_error), .help = "It cannot be reached, with this text as the reason" },
	{ "slowness", FIELD_REAL, AT(slowness), FIELD_NO_HASH, 0, 10000, .help = "How slow it says it is" },
	{ 0 },
};
#undef AT

static const struct schema fake_schema = {
	"fake setting",
	"The script of a fake target",
	sizeof(struct fake_settings),
	fake_fields,
};

#define AT(member) offsetof(struct target_spec, member)
static const struct schema_field target_fields[] = {
	{ "at", FIELD_WHERE, AT(at), FIELD_HIDDEN | FIELD_NO_HASH, .help = "" },
	{ "name", FIELD_NAME, AT(name), .help = "Not needed: the file's name is the target's" },
	{ "kind", FIELD_CHOICE, AT(kind), FIELD_REQUIRED, .choices = kind_names,
	  .help = "local: a sandboxed Debian root on this machine; qemu: an emulated machine; ssh: a machine on the "
		  "network; fake: a script" },
	{ "arch", FIELD_NAME, AT(arch), .refers_to = "arch",
	  .help = "Its architecture, in Debian's words; local: without it, this machine's" },
	{ "title", FIELD_TEXT, AT(title), FIELD_NO_HASH, .help = "A few words for people" },
	{ "tags", FIELD_TEXT_LIST, AT(tags), FIELD_NO_HASH,
	  .help = "Words to select it with, as in --target tag:emulated" },
	{ "only_foreign", FIELD_BOOL, AT(only_foreign), FIELD_NO_HASH,
	  .help = "Not part of the default choice on a machine that has this architecture itself" },
	{ "processors", FIELD_INT, AT(processors), 0, 1, 1024, .default_text = "1",
	  .help = "How many it has, or may use" },
	{ "memory", FIELD_BYTES, AT(memory_bytes), 0, 64 * MIB, 16 * TIB, .default_text = "2 GiB",
	  .help = "How much it has, or may use" },
	{ "connect_limit", FIELD_DURATION, AT(connect_limit_ns), FIELD_NO_HASH, NS_PER_MS, HOUR_NS,
	  .default_text = "20s", .help = "How long connecting and logging in may take" },
	{ "idle_limit", FIELD_DURATION, AT(idle_limit_ns), FIELD_NO_HASH, NS_PER_MS, 24 * HOUR_NS,
	  .default_text = "90s",
	  .help = "How long a connection may be without any sign of life before the target counts as lost" },
	{ "keepalive", FIELD_DURATION, AT(keepalive_ns), FIELD_NO_HASH, NS_PER_MS, HOUR_NS, .default_text = "15s",
	  .help = "How often a quiet connection is asked whether it is still there" },
	{ "slowness", FIELD_REAL, AT(slowness), FIELD_NO_HASH, 0, 10000,
	  .help = "What time limits are multiplied with; without it, measured" },
	{ "work_folder", FIELD_TEXT, AT(work_folder), FIELD_NO_HASH,
	  .help = "Folder on the target that tests run in, emptied before each use; without it, one of labctl's own "
		  "choice" },
	{ "system_packages", FIELD_BOOL, AT(system_packages),
	  .help = "May packages be installed with apt on that machine; local and qemu targets always may" },
	{ "env", FIELD_TEXT_MAP, AT(env), FIELD_WORD_KEYS, .help = "Environment variables for every command" },
	{ "image", FIELD_STRUCT, AT(image), .of = &image_schema,
	  .help = "Its root file system or disk (local and qemu)" },
	{ "qemu", FIELD_STRUCT, AT(qemu), .of = &qemu_schema, .help = "How it is emulated (qemu)" },
	{ "ssh", FIELD_STRUCT, AT(ssh), .of = &ssh_schema, .help = "How it is reached (ssh)" },
	{ "fake", FIELD_STRUCT, AT(fake), .of = &fake_schema, .help = "What it answers (fake)" },
	{ 0 },
};
#undef AT

const struct schema target_schema = {
	"target",
	"A machine that tests run on: targets/NAME.yaml",
	sizeof(struct target_spec),
	target_fields,
};

const char *target_kind_name(int kind)
{
	return kind >= 0 && kind < (int)COUNT_OF(kind_names) - 1 ? kind_names[kind] : "unknown";
}

const char *host_arch(void)
{
	static const struct {
		const char *machine, *arch;
	} words[] = {
		{ "x86_64", "amd64" }, { "aarch64", "arm64" },	 { "s390x", "s390x" },	       { "ppc64le", "ppc64el" },
		{ "i686", "i386" },    { "i586", "i386" },	 { "i386", "i386" },	       { "armv7l", "armhf" },
		{ "armv8l", "armhf" }, { "riscv64", "riscv64" }, { "loongarch64", "loong64" }, { "ppc64", "ppc64" },
		{ "armv6l", "armel" }, { "mips64", "mips64el" },
	};
	struct utsname name;

	if (uname(&name) == 0)
		for (size_t i = 0; i < COUNT_OF(words); i++)
			if (strcmp(words[i].machine, name.machine) == 0)
				return words[i].arch;
	return "unknown";
}

/* Processors of the one kind run the other's programs too. */
static bool host_runs(const char *arch)
{
	const char *host = host_arch();

	return strcmp(arch, host) == 0 || (strcmp(host, "amd64") == 0 && strcmp(arch, "i386") == 0);
}

bool target_is_emulated(const struct target_spec *spec)
{
	if (spec->kind == TARGET_QEMU && (spec->qemu.kvm == QEMU_KVM_NEVER || spec->qemu.instruction_clock))
		return true;
	return (spec->kind == TARGET_LOCAL || spec->kind == TARGET_QEMU) && spec->arch && !host_runs(spec->arch);
}

/* ---- what the table alone cannot say ---- */

/* Keys that mean something for some kinds only. */
static const struct kind_key {
	const char *key;
	unsigned kinds; /* 1 << enum target_kind */
} kind_keys[] = {
	{ "image", 1 << TARGET_LOCAL | 1 << TARGET_QEMU },
	{ "qemu", 1 << TARGET_QEMU },
	{ "ssh", 1 << TARGET_SSH },
	{ "fake", 1 << TARGET_FAKE },
	{ "system_packages", 1 << TARGET_SSH | 1 << TARGET_FAKE },
	{ "connect_limit", 1 << TARGET_SSH | 1 << TARGET_QEMU },
	{ "idle_limit", 1 << TARGET_SSH | 1 << TARGET_QEMU },
	{ "keepalive", 1 << TARGET_SSH | 1 << TARGET_QEMU },
	{ "work_folder", 1 << TARGET_LOCAL | 1 << TARGET_SSH | 1 << TARGET_QEMU },
};

static void check_kind_keys(const struct yaml_node *n, int kind, struct problems *problems)
{
	for (size_t i = 0; i < COUNT_OF(kind_keys); i++) {
		const struct yaml_node *value = yaml_at(n, kind_keys[i].key);
		AUTO_STR kinds = { 0 };

		if (!value || (kind_keys[i].kinds & 1U << kind))
			continue;
		for (int k = 0; kind_names[k]; k++)
			if (kind_keys[i].kinds & 1U << k)
				str_addf(&kinds, "%s%s", kinds.len ? " and " : "", kind_names[k]);
		problems_add(problems, yaml_key_where(value), "leave it out, or change the kind",
			     "%s is for targets of kind %s, but this one is of kind %s", kind_keys[i].key,
			     str_text(&kinds), kind_names[kind]);
	}
}

static bool is_sha256(const char *text)
{
	return strlen(text) == 64 && text[strspn(text, "0123456789abcdef")] == '\0';
}

static void check_disk_source(const struct yaml_node *image, struct problems *problems)
{
	const struct yaml_node *file = yaml_at(image, "file"), *url = yaml_at(image, "url");
	const struct yaml_node *given = file ? file : url, *sum = yaml_at(image, "sha256");
	static const char *const idle[] = { "release", "mirror", "packages" };

	if (file && url)
		problems_add(problems, yaml_key_where(url), NULL,
			     "image has both file and url; one of them is the disk");
	if (given && !sum)
		problems_add(problems, yaml_key_where(given), "sha256sum FILE prints it",
			     "image.%s needs sha256 beside it", file ? "file" : "url");
	if (sum && !given)
		problems_add(problems, yaml_key_where(sum), NULL, "image.sha256 stands without file or url");
	for (size_t i = 0; given && i < COUNT_OF(idle); i++)
		if (yaml_at(image, idle[i]))
			problems_add(problems, yaml_key_where(yaml_at(image, idle[i])), NULL,
				     "image.%s is for a root that labctl builds, but here the disk is given", idle[i]);
}

static void check_image(const struct yaml_node *image, const struct target_spec *spec, struct problems *problems)
{
	const struct image_settings *settings = &spec->image;
	const struct yaml_node *file = yaml_at(image, "file"), *url = yaml_at(image, "url");

	check_disk_source(image, problems);
	if (spec->kind == TARGET_LOCAL && (file || url))
		problems_add(problems, yaml_key_where(file ? file : url), NULL,
			     "a disk image is for targets of kind qemu; the root of a local one is built from Debian's "
			     "packages");
	if (settings->sha256 && !is_sha256(settings->sha256))
		problems_add(problems, yaml_where(yaml_at(image, "sha256")), "sha256sum FILE prints it",
			     "image.sha256 must be 64 digits 0-9 a-f, but here are %zu characters",
			     strlen(settings->sha256));
	if (settings->url && !str_starts(settings->url, "https://") && !str_starts(settings->url, "http://"))
		problems_add(problems, yaml_where(url),
			     "for a file of this machine use file:", "image.url must begin with https:// or http://");
}

static void check_kind_needs(const struct yaml_node *n, const struct target_spec *spec, struct problems *problems)
{
	if (spec->kind == TARGET_SSH && !yaml_at(n, "ssh"))
		problems_add(problems, yaml_where(n), "ssh: {host: NAME}",
			     "a target of kind ssh needs ssh with a host");
	if (spec->kind != TARGET_LOCAL && !yaml_at(n, "arch"))
		problems_add(problems, yaml_where(n), "for example arch: arm64", "a target of kind %s needs arch",
			     kind_names[spec->kind]);
	if (spec->work_folder &&
	    (spec->work_folder[0] != '/' || spec->work_folder[strspn(spec->work_folder, "/.")] == '\0'))
		problems_add(
			problems, yaml_where(yaml_at(n, "work_folder")), "for example work_folder: /var/tmp/labctl",
			"work_folder must be an absolute path to a folder of its own: it is emptied before each use");
	if (spec->keepalive_ns >= spec->idle_limit_ns)
		problems_add(problems, yaml_where(n), "the defaults are 15s and 90s",
			     "keepalive must be shorter than idle_limit");
}

/* Defaults of another kind say nothing here, and must not be part of what names a cell. */
static void forget_other_kinds(struct target_spec *spec)
{
	if (spec->kind != TARGET_LOCAL && spec->kind != TARGET_QEMU)
		spec->image = (struct image_settings){ 0 };
	if (spec->kind != TARGET_QEMU)
		spec->qemu = (struct qemu_settings){ 0 };
	if (spec->kind != TARGET_SSH)
		spec->ssh = (struct ssh_settings){ 0 };
}

void target_spec_settle(const struct yaml_node *n, struct target_spec *spec, struct problems *problems)
{
	const struct yaml_node *kind = yaml_at(n, "kind"), *image = yaml_at(n, "image");
	const char *kind_text = kind ? yaml_text(kind) : NULL;

	if (!kind_text || strcmp(kind_text, kind_names[spec->kind]) != 0)
		return; /* told already; what else is wrong depends on the kind that was meant */
	check_kind_keys(n, spec->kind, problems);
	check_kind_needs(n, spec, problems);
	if (image && yaml_kind(image) == YAML_MAP)
		check_image(image, spec, problems);
	if (spec->kind == TARGET_LOCAL || spec->kind == TARGET_QEMU)
		spec->system_packages = true;
	forget_other_kinds(spec);
}

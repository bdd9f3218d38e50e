#include "target/qemu_kvm.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/proc.h"
#include "target/qemu_args.h"
#include "target/qmp.h"

#define BOOT_ID_PATH	 "/proc/sys/kernel/random/boot_id"
#define TRIAL_LIMIT_NS	 (10 * NS_PER_S)
#define TRIAL_RUNS_NS	 (500 * NS_PER_MS) /* a machine that cannot run aborts in its first instants */
#define ANSWER_MAX_BYTES 4096

/* Starts a machine and looks whether it still runs after a while. */
static bool try_machine(const char *arch)
{
	int pair[2];
	pid_t pid;
	struct proc_end end;
	bool works = false;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return false;
	AUTO_FREE_LIST char **argv = qemu_args_build_trial(arch, pair[1]);
	const int inherited[] = { pair[1], -1 };
	struct proc_spec spec = { .argv = (const char *const *)argv,
				  .in = -1,
				  .out = -1,
				  .err = -1,
				  .keep_fds = inherited,
				  .new_session = true };
	int started = argv ? proc_start(&spec, &pid, NULL) : -1;
	close(pair[1]);
	struct qmp *monitor = started == 0 ? qmp_open(pair[0], TRIAL_LIMIT_NS, NULL) : NULL;
	if (started != 0)
		close(pair[0]);
	if (monitor) {
		AUTO_JSON *answer = NULL;
		clock_sleep_ns(TRIAL_RUNS_NS);
		works = qmp_ask(monitor, "query-status", NULL, &answer, NULL) == 0 &&
			strcmp(json_text(json_at(json_at(answer, "return"), "status"), ""), "running") == 0;
	}
	qmp_close(monitor);
	if (started == 0) {
		proc_kill_group(pid, SIGKILL);
		proc_wait(pid, -1, &end, NULL);
	}
	return works;
}

/* "BOOT-ID yes\n": an answer of another boot is none. */
static bool remembered(const char *path, const char *boot_id, bool *out_works)
{
	AUTO_STR text = { 0 };
	size_t len = strlen(boot_id);

	if (file_read(path, ANSWER_MAX_BYTES, &text, NULL) != 0 || strncmp(str_text(&text), boot_id, len) != 0)
		return false;
	*out_works = strcmp(str_text(&text) + len, " yes\n") == 0;
	return true;
}

static bool try_and_remember(const char *arch, const char *cache_folder)
{
	AUTO_STR boot_id = { 0 };
	bool works = false;

	if (file_read(BOOT_ID_PATH, ANSWER_MAX_BYTES, &boot_id, NULL) == 0 && boot_id.len > 0)
		str_cut(&boot_id, boot_id.len - 1);
	AUTO_FREE char *name = mem_printf("kvm-%s", arch);
	AUTO_FREE char *path = file_join(cache_folder, name);
	if (remembered(path, str_text(&boot_id), &works))
		return works;
	works = try_machine(arch);
	AUTO_FREE char *answer = mem_printf("%s %s\n", str_text(&boot_id), works ? "yes" : "no");
	/* Not remembered is only slower. */
	if (file_make_folders(cache_folder, NULL) == 0)
		file_write(path, answer, strlen(answer), NULL);
	return works;
}

bool qemu_kvm_works(const char *arch, const char *cache_folder, struct str *out_why)
{
	AUTO_CLOSE int device = -1;

	if (strcmp(arch, host_arch()) != 0) {
		str_addf(out_why, "%s is foreign to this machine", arch);
		return false;
	}
	device = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (device < 0) {
		str_addf(out_why, "/dev/kvm: %s", strerror(errno));
		return false;
	}
	if (try_and_remember(arch, cache_folder))
		return true;
	str_add(out_why, "/dev/kvm is there, but a machine on trial did not run");
	return false;
}

int qemu_kvm_choose(const struct target_spec *spec, const char *cache_folder, bool *out_kvm, struct err *e)
{
	AUTO_STR why = { 0 };

	*out_kvm = false;
	if (spec->qemu.kvm == QEMU_KVM_NEVER || spec->qemu.instruction_clock)
		return 0;
	*out_kvm = qemu_kvm_works(spec->arch, cache_folder, &why);
	if (*out_kvm || spec->qemu.kvm != QEMU_KVM_REQUIRED)
		return 0;
	err_set(e, ERR_UNAVAILABLE, "%s: KVM does not work here: %s", spec->name, str_text(&why));
	return err_hint(e, "qemu.kvm: auto in %s lets it run emulated", spec->at.file ? spec->at.file : "its file");
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "target/qemu_args.h"

static struct target_spec spec_of(const char *arch)
{
	return (struct target_spec){
		.name = "guest", .kind = TARGET_QEMU, .arch = arch, .processors = 2, .memory_bytes = INT64_C(3) << 30
	};
}

static const struct qemu_paths usual = {
	.disk = "/c/overlay.qcow2",
	.kernel = "/i/kernel",
	.initrd = "/i/initrd",
	.monitor_fd = 7,
	.console = "/c/console.log",
	.ssh_port = 40022,
	.incoming_fd = -1,
};

/* One argument after the other, a blank between them; no argument here holds quotes. */
static char *joined(const struct target_spec *spec, const struct qemu_paths *paths, bool kvm)
{
	struct err e = ERR_INIT;
	struct str out = { 0 };
	AUTO_FREE_LIST char **argv = qemu_args_build(spec, paths, kvm, &e);

	assert_string_equal(e.text, "");
	assert_non_null(argv);
	for (char **a = argv; *a; a++)
		str_addf(&out, "%s%s", a == argv ? "" : " ", *a);
	return str_take(&out);
}

#define ALWAYS                                                                                                         \
	" -name guest -nodefaults -no-user-config -no-reboot -display none -sandbox "                                  \
	"on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"
#define SIZE  " -smp 2 -m 3072M -kernel /i/kernel -initrd /i/initrd -append root=/dev/vda rw console="
#define QUIET " quiet panic=-1 net.ifnames=0 mitigations=off init_on_free=1"
#define DISK  " -drive if=none,id=disk,file=/c/overlay.qcow2,format=qcow2,cache=unsafe,discard=unmap -device virtio-blk-"
#define NET   ",drive=disk -netdev user,id=net,ipv6=off,hostfwd=tcp:127.0.0.1:40022-:22 -device virtio-net-"
#define RNG   " -object rng-random,id=rng,filename=/dev/urandom -device virtio-rng-"
#define REST                                                                                                           \
	",rng=rng -chardev file,id=console,path=/c/console.log -serial chardev:console -chardev "                      \
	"socket,id=monitor,fd=7 -mon chardev=monitor,mode=control"
#define PCI DISK "pci" NET "pci,netdev=net,romfile=" RNG "pci" REST

static void expect(const char *arch, const char *text)
{
	struct target_spec spec = spec_of(arch);
	AUTO_FREE char *line = joined(&spec, &usual, false);

	assert_string_equal(line, text);
}

static void test_amd64(void **state)
{
	(void)state;
	expect("amd64",
	       "qemu-system-x86_64" ALWAYS " -machine q35 -accel tcg,tb-size=512 -cpu max" SIZE "ttyS0" QUIET PCI);
}

static void test_arm64(void **state)
{
	(void)state;
	expect("arm64", "qemu-system-aarch64" ALWAYS
			" -machine virt,gic-version=3 -accel tcg,tb-size=512 -cpu cortex-a72" SIZE "ttyAMA0" QUIET PCI);
}

static void test_s390x(void **state)
{
	(void)state;
	expect("s390x", "qemu-system-s390x" ALWAYS " -machine s390-ccw-virtio -accel tcg,tb-size=512 -cpu max" SIZE
			"ttysclp0" QUIET DISK "ccw" NET "ccw,netdev=net" RNG "ccw" REST);
}

static void test_ppc64el(void **state)
{
	(void)state;
	expect("ppc64el",
	       "qemu-system-ppc64" ALWAYS
	       " -machine pseries,cap-htm=off,cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken,cap-ccf-assist=off"
	       " -accel tcg,tb-size=512 -cpu power9" SIZE "hvc0" QUIET PCI);
}

static void test_kvm(void **state)
{
	(void)state;
	struct target_spec spec = spec_of("amd64");
	AUTO_FREE char *line = joined(&spec, &usual, true);

	assert_non_null(strstr(line, " -machine q35 -accel kvm -cpu host "));
	spec.arch = "arm64";
	AUTO_FREE char *arm = joined(&spec, &usual, true);
	assert_non_null(strstr(arm, " -machine virt,gic-version=host -accel kvm -cpu host "));
}

static void test_machine_and_cpu_of_the_users(void **state)
{
	(void)state;
	struct target_spec spec = spec_of("ppc64el");

	spec.qemu.machine = "powernv9";
	spec.qemu.cpu = "power10";
	AUTO_FREE char *line = joined(&spec, &usual, false);
	assert_non_null(strstr(line, " -machine powernv9 -accel tcg,tb-size=512 -cpu power10 "));
}

static void test_saved_state(void **state)
{
	(void)state;
	struct target_spec spec = spec_of("s390x");
	struct qemu_paths paths = usual;

	paths.incoming_fd = 9;
	AUTO_FREE char *line = joined(&spec, &paths, false);
	assert_true(str_ends(line, " -incoming fd:9"));
}

static void test_disk_that_boots_by_itself(void **state)
{
	(void)state;
	struct target_spec spec = spec_of("arm64");
	struct qemu_paths paths = usual;

	paths.kernel = paths.initrd = NULL;
	paths.seed = "/i/seed";
	AUTO_FREE char *line = joined(&spec, &paths, false);
	assert_null(strstr(line, "-kernel"));
	assert_null(strstr(line, "-append"));
	assert_non_null(strstr(line, " -bios /usr/share/qemu-efi-aarch64/QEMU_EFI.fd "));
	assert_non_null(strstr(line, "virtio-blk-pci,drive=disk,bootindex=1 "));
	assert_non_null(strstr(line, " -drive if=none,id=seed,file=/i/seed,format=raw,readonly=on "
				     "-device virtio-blk-pci,drive=seed "));
}

static void test_commas_in_paths(void **state)
{
	(void)state;
	struct target_spec spec = spec_of("amd64");
	struct qemu_paths paths = usual;

	paths.disk = "/a,b/overlay";
	paths.console = "/a,b/console";
	paths.monitor = "/a,b/monitor";
	AUTO_FREE char *line = joined(&spec, &paths, false);
	assert_non_null(strstr(line, "file=/a,,b/overlay,format=qcow2"));
	assert_non_null(strstr(line, "path=/a,,b/console "));
	assert_non_null(strstr(line, "socket,id=monitor,path=/a,,b/monitor,server=on,wait=off "));
	assert_null(strstr(line, "fd=7"));
}

static void test_unknown_architecture(void **state)
{
	(void)state;
	struct target_spec spec = spec_of("vax");
	struct err e = ERR_INIT;

	assert_null(qemu_args_build(&spec, &usual, false, &e));
	assert_int_equal(e.code, ERR_UNAVAILABLE);
	assert_string_equal(e.text, "guest: no emulator is known for vax");
	assert_null(qemu_args_program("vax"));
	assert_null(qemu_args_build_trial("vax", 3));
	assert_string_equal(qemu_args_program("s390x"), "qemu-system-s390x");
}

static void test_shown_for_a_shell(void **state)
{
	(void)state;
	char program[] = "qemu", append[] = "-append", words[] = "root=/dev/vda rw", m[] = "-m", size[] = "1M";
	char *const argv[] = { program, append, words, m, size, NULL };
	AUTO_STR out = { 0 };

	qemu_args_show(argv, &out);
	assert_string_equal(str_text(&out), "qemu \\\n\t-append 'root=/dev/vda rw' \\\n\t-m 1M");
}

/* What names saved states: the machine counts, its name and its files do not. */
static void test_description(void **state)
{
	(void)state;
	struct target_spec one = spec_of("amd64"), two = spec_of("amd64"), three = spec_of("amd64");
	AUTO_STR first = { 0 };
	AUTO_STR second = { 0 };
	AUTO_STR third = { 0 };

	two.name = "another";
	three.memory_bytes *= 2;
	qemu_args_describe(&one, false, &first);
	qemu_args_describe(&two, false, &second);
	qemu_args_describe(&three, false, &third);
	assert_string_equal(str_text(&first), str_text(&second));
	assert_string_not_equal(str_text(&first), str_text(&third));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_amd64),
		cmocka_unit_test(test_arm64),
		cmocka_unit_test(test_s390x),
		cmocka_unit_test(test_ppc64el),
		cmocka_unit_test(test_kvm),
		cmocka_unit_test(test_machine_and_cpu_of_the_users),
		cmocka_unit_test(test_saved_state),
		cmocka_unit_test(test_disk_that_boots_by_itself),
		cmocka_unit_test(test_commas_in_paths),
		cmocka_unit_test(test_unknown_architecture),
		cmocka_unit_test(test_shown_for_a_shell),
		cmocka_unit_test(test_description),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

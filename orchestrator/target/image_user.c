#include "target/image_user.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/proc.h"
#include "target/driver.h"
#include "target/image_disk.h"

#define FETCH_WORDS    24
#define FETCH_LIMIT_NS (4 * 3600 * NS_PER_S)

bool image_is_users(const struct target_spec *spec)
{
	return spec->image.file || spec->image.url;
}

int image_user_check(const struct target_spec *spec, struct err *e)
{
	const char *sum = spec->image.sha256, *url = spec->image.url;

	if (spec->kind == TARGET_LOCAL)
		return err_set(e, ERR_CONFIG,
			       "%s: a disk image is for kind qemu; a local target's root is built from packages",
			       spec->name);
	if (!sum || strlen(sum) != 64 || strspn(sum, "0123456789abcdefABCDEF") != 64)
		return err_set(e, ERR_CONFIG,
			       "%s: image.sha256 must be the 64 hexadecimal digits of the disk's SHA-256", spec->name);
	if (url && !str_starts(url, "http://") && !str_starts(url, "https://"))
		return err_set(e, ERR_CONFIG, "%s: image.url must begin with https:// or http://", spec->name);
	return 0;
}

static const char *const *fetch_argv(const char *url, const char *to, const char *argv[static FETCH_WORDS])
{
	/* A server that stays silent for a minute is given up. */
	const char *const curl[] = { "curl",
				     "--fail",
				     "--location",
				     "--silent",
				     "--show-error",
				     "--retry",
				     "5",
				     "--proto",
				     "=http,https",
				     "--connect-timeout",
				     "30",
				     "--speed-limit",
				     "1",
				     "--speed-time",
				     "60",
				     "--output",
				     to,
				     "--url",
				     url,
				     NULL };
	const char *const wget[] = {
		"wget", "--no-verbose", "--tries=5", "--timeout=60", "--output-document", to, "--", url, NULL
	};

	if (proc_on_path("curl"))
		memcpy(argv, curl, sizeof(curl));
	else
		memcpy(argv, wget, sizeof(wget));
	return argv;
}

static void say_how_far(const struct target_spec *spec, const char *path, const struct target_opts *o)
{
	struct stat st;

	if (stat(path, &st) == 0)
		target_say(o, "fetching the image of %s: %lld MiB so far", spec->name, (long long)st.st_size >> 20);
}

static int follow(const struct target_spec *spec, pid_t pid, const char *path, const struct target_opts *o,
		  struct proc_end *end, struct err *e)
{
	int64_t deadline_ns = clock_deadline_ns(FETCH_LIMIT_NS);
	struct err waiting = ERR_INIT;

	while (proc_wait(pid, NS_PER_S, end, &waiting) != 0) {
		if (waiting.code != ERR_TIMEOUT || clock_now_ns() > deadline_ns) {
			proc_kill_group(pid, SIGKILL);
			proc_wait(pid, -1, end, NULL);
			return err_set(e, ERR_TIMEOUT, "fetching %s did not end", spec->image.url);
		}
		say_how_far(spec, path, o);
	}
	return 0;
}

/* What the program said last, for a message. */
static void fail_fetch(const struct target_spec *spec, const char *program, const char *log_path, struct err *e)
{
	AUTO_STR said = { 0 };

	file_read(log_path, (size_t)64 * 1024, &said, NULL);
	while (said.len && (said.text[said.len - 1] == '\n' || said.text[said.len - 1] == ' '))
		str_cut(&said, said.len - 1);
	const char *last = strrchr(str_text(&said), '\n');
	err_set(e, ERR_IO, "cannot fetch %s with %s: %.400s", spec->image.url, program,
		last ? last + 1 : str_text(&said));
	err_hint(e, "try the URL by hand; or fetch it yourself and name it as image.file");
}

static int fetch(const struct target_spec *spec, const char *to, const struct target_opts *o, struct err *e)
{
	const char *argv[FETCH_WORDS];
	AUTO_FREE char *log_path = mem_printf("%s.log", to);
	AUTO_CLOSE int log_fd = open(log_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	const struct proc_spec p = {
		.argv = fetch_argv(spec->image.url, to, argv), .in = -1, .out = -1, .err = log_fd
	};
	struct proc_end end;
	pid_t pid;

	target_say(o, "fetching the image of %s", spec->name);
	if (proc_start(&p, &pid, e) != 0 || follow(spec, pid, to, o, &end, e) != 0)
		return -1;
	if (end.status != 0)
		fail_fetch(spec, argv[0], log_path, e);
	unlink(log_path);
	return end.status == 0 ? 0 : -1;
}

static int check_sum(const struct target_spec *spec, const char *disk, const struct target_opts *o, struct err *e)
{
	char sum[DIGEST_TEXT_BYTES];

	target_say(o, "checking the image of %s", spec->name);
	if (digest_file(disk, sum, e) != 0)
		return -1;
	if (strcasecmp(sum, spec->image.sha256) == 0)
		return 0;
	err_set(e, ERR_FORMAT, "%s is not the image that was meant: its SHA-256 is %s, not %s",
		spec->image.file ? spec->image.file : spec->image.url, sum, spec->image.sha256);
	return err_hint(e, "when the new image is right, put its SHA-256 into the target's file");
}

int image_user_make(const struct target_spec *spec, const char *folder, const struct target_opts *o, struct err *e)
{
	AUTO_FREE char *disk = file_join(folder, "disk");
	int failed;

	if (spec->image.file)
		failed = file_copy(spec->image.file, disk, e);
	else
		failed = fetch(spec, disk, o, e);
	return failed || check_sum(spec, disk, o, e) || image_seed_make(spec, folder, e) ? -1 : 0;
}

void image_user_doctor(const struct target_spec *spec, target_finding_fn *tell, void *ctx)
{
	if (spec->image.file && !file_exists(spec->image.file)) {
		AUTO_FREE char *what = mem_printf("%s: the image %s is not there", spec->name, spec->image.file);
		tell(ctx, FINDING_PROBLEM, what, "put it there, or name another in the target's file");
	}
	if (!spec->image.file && !proc_on_path("curl") && !proc_on_path("wget"))
		tell(ctx, FINDING_PROBLEM, "neither curl nor wget is there: they fetch image.url",
		     "as root: apt-get install curl");
}

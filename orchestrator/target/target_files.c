/* target_put and target_get: one tar stream through an exec. libarchive pushes when it packs and pulls when it unpacks,
 * just the wrong way round for an exec, so it works in a child process at the other end of a pipe. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/archive.h"
#include "base/clock.h"
#include "base/mem.h"
#include "target/plain_exec.h"

#define MOVE_LIMIT_NS	 (INT64_C(7200) * NS_PER_S)
#define GET_MAX_BYTES	 (UINT64_C(8) << 30)
#define GET_MAX_FILES	 UINT64_C(200000)
#define STATUS_NOT_THERE 44
#define PIPE_BYTES	 (1024 * 1024)

/* The child that packs or unpacks. */
struct packer {
	pid_t pid;
	int data_fd;   /* our end of the stream */
	int report_fd; /* its struct err, when it failed */
};

static int write_all(int fd, const void *data, size_t len)
{
	while (len > 0) {
		ssize_t written = write(fd, data, len);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -1;
		data = (const char *)data + written;
		len -= (size_t)written;
	}
	return 0;
}

static int push(void *ctx, const void *data, size_t len, struct err *e)
{
	return write_all(*(int *)ctx, data, len) == 0 ? 0 : err_errno(e, ERR_IO, "cannot pass the archive on");
}

static ssize_t pull(void *ctx, void *data, size_t room, struct err *e)
{
	ssize_t got;

	do
		got = read(*(int *)ctx, data, room);
	while (got < 0 && errno == EINTR);
	return got >= 0 ? got : err_errno(e, ERR_IO, "cannot read the archive");
}

struct packing {
	const char *here;	 /* packed; or the folder to unpack into */
	const char *name_inside; /* NULL: unpack */
};

static _Noreturn void packer_main(const struct packing *what, int data_fd, int report_fd)
{
	struct err e = ERR_INIT;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	int failed = what->name_inside ? archive_pack(what->here, what->name_inside, push, &data_fd, &e)
				       : archive_unpack(what->here, GET_MAX_BYTES, GET_MAX_FILES, pull, &data_fd, &e);
	/* What follows the archive's end must be read too, or the sender would wait for ever. */
	char rest[4096];
	while (failed == 0 && !what->name_inside && pull(&data_fd, rest, sizeof(rest), NULL) > 0)
		;
	if (failed != 0)
		write_all(report_fd, &e, sizeof(e));
	_exit(failed == 0 ? 0 : 1);
}

static int packer_start(const struct packing *what, struct packer *out, struct err *e)
{
	int data[2], report[2];

	if (pipe2(data, O_CLOEXEC) != 0)
		return err_errno(e, ERR_IO, "cannot make a pipe");
	if (pipe2(report, O_CLOEXEC) != 0) {
		close(data[0]);
		close(data[1]);
		return err_errno(e, ERR_IO, "cannot make a pipe");
	}
	fcntl(data[0], F_SETPIPE_SZ, PIPE_BYTES); /* fewer changes between the two; a refusal costs only speed */
	int its_end = what->name_inside ? data[1] : data[0];
	int our_end = what->name_inside ? data[0] : data[1];
	out->pid = fork();
	if (out->pid == 0) {
		close(our_end);
		packer_main(what, its_end, report[1]);
	}
	int fork_error = errno;
	close(its_end);
	close(report[1]);
	out->data_fd = our_end;
	out->report_fd = report[0];
	if (out->pid > 0)
		return 0;
	close(our_end);
	close(report[0]);
	errno = fork_error;
	return err_errno(e, ERR_IO, "cannot start a process");
}

/* -1: it failed, e says how. With `stop` it is ended first. */
static int packer_end(struct packer *p, bool stop, struct err *e)
{
	struct err said = ERR_INIT;
	int status = 0;

	if (p->data_fd >= 0)
		close(TAKE_FD(p->data_fd));
	if (stop)
		kill(p->pid, SIGKILL);
	size_t got = 0;
	ssize_t n;
	while (got < sizeof(said) && (n = read(p->report_fd, (char *)&said + got, sizeof(said) - got)) != 0)
		if (n > 0)
			got += (size_t)n;
		else if (errno != EINTR)
			break;
	close(TAKE_FD(p->report_fd));
	while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status == 0 || stop)
		return 0;
	if (got < sizeof(said))
		return err_set(e, ERR_INTERNAL, "the process that packs files died");
	if (e)
		*e = said;
	return -1;
}

static ssize_t give_archive(void *ctx, void *data, size_t room, struct err *e)
{
	return pull(&((struct packer *)ctx)->data_fd, data, room, e);
}

static int take_archive(void *ctx, const void *data, size_t len, struct err *e)
{
	struct packer *p = ctx;

	/* The unpacker may have given up: its own report says why. */
	(void)e;
	if (p->data_fd >= 0 && write_all(p->data_fd, data, len) != 0)
		close(TAKE_FD(p->data_fd));
	return 0;
}

/* Splits a path on the target: the folder ("." or "/" where there is none) and the last name. Trailing slashes do not
 * count. */
static void split(const char *there, char **out_folder, char **out_name)
{
	size_t len = strlen(there);

	while (len > 1 && there[len - 1] == '/')
		len--;
	size_t name = len;
	while (name > 0 && there[name - 1] != '/')
		name--;
	*out_name = mem_dup_bytes(there + name, len - name);
	*out_folder = name == 0 ? mem_dup(".") : mem_dup_bytes(there, name);
}

static void add_change_to(const struct target *t, const char *folder, struct str *out)
{
	str_add(out, "cd ");
	str_add_quoted(out, t->work_folder, STR_SHELL);
	str_add(out, " && cd -- ");
	str_add_quoted(out, folder, STR_SHELL);
}

static int put_failed(const struct target *t, const char *there, const char *said, int status, struct err *e)
{
	AUTO_FREE char *why = plain_exec_why(said, status);

	return err_set(e, command_says_full(said) ? ERR_DISK_FULL : ERR_IO, "%s: cannot put %s there: %s",
		       t->spec->name, there, why);
}

int target_put(struct target *t, const char *here, const char *there, struct err *e)
{
	AUTO_FREE char *folder = NULL;
	AUTO_FREE char *name = NULL;
	AUTO_STR script = { 0 };
	AUTO_STR said = { 0 };
	struct packer packer;
	int status = -1;

	if (target_check_there(t, e) != 0)
		return -1;
	split(there, &folder, &name);
	struct packing packing = { .here = here, .name_inside = name };
	str_add(&script, "mkdir -p ");
	str_add_quoted(&script, t->work_folder, STR_SHELL);
	str_add(&script, " && cd ");
	str_add_quoted(&script, t->work_folder, STR_SHELL);
	str_add(&script, " && mkdir -p -- ");
	str_add_quoted(&script, folder, STR_SHELL);
	str_add(&script, " && cd -- ");
	str_add_quoted(&script, folder, STR_SHELL);
	str_add(&script, " && tar xof -");
	if (packer_start(&packing, &packer, e) != 0)
		return -1;
	struct plain_exec p = {
		.script = str_text(&script), .limit_ns = MOVE_LIMIT_NS, .input = give_archive, .ctx = &packer
	};
	int failed = plain_exec(t, &p, &status, &said, e);
	/* A tar that failed leaves the packer with a broken pipe, which is not the reason. */
	if (packer_end(&packer, failed != 0 || status != 0, e) != 0 || failed != 0)
		return -1;
	return status == 0 ? 0 : put_failed(t, there, str_text(&said), status, e);
}

static int get_failed(const struct target *t, const char *there, const char *said, int status, struct err *e)
{
	if (status == STATUS_NOT_THERE)
		return err_set(e, ERR_IO, "%s: there is no %s", t->spec->name, there);
	AUTO_FREE char *why = plain_exec_why(said, status);
	return err_set(e, ERR_IO, "%s: cannot get %s: %s", t->spec->name, there, why);
}

int target_get(struct target *t, const char *there, const char *into_folder, struct err *e)
{
	AUTO_FREE char *folder = NULL;
	AUTO_FREE char *name = NULL;
	AUTO_STR script = { 0 };
	AUTO_STR said = { 0 };
	struct packer packer;
	int status = -1;

	if (target_check_there(t, e) != 0)
		return -1;
	split(there, &folder, &name);
	struct packing packing = { .here = into_folder };
	AUTO_FREE char *member = mem_printf("./%s", name);
	add_change_to(t, folder, &script);
	str_addf(&script, " 2>/dev/null || exit %d\nf=", STATUS_NOT_THERE);
	str_add_quoted(&script, member, STR_SHELL);
	str_addf(&script, "\n[ -e \"$f\" ] || [ -L \"$f\" ] || exit %d\n", STATUS_NOT_THERE);
	/* 1 says that a file changed while it was read: what came is what there was. */
	str_add(&script, "tar cf - \"$f\"; s=$?; [ $s -ne 1 ] || s=0; exit $s");
	if (packer_start(&packing, &packer, e) != 0)
		return -1;
	struct plain_exec p = {
		.script = str_text(&script), .limit_ns = MOVE_LIMIT_NS, .output = take_archive, .ctx = &packer
	};
	int failed = plain_exec(t, &p, &status, &said, e);
	if (packer_end(&packer, failed != 0 || status != 0, e) != 0)
		return err_wrap(e, "%s: getting %s", t->spec->name, there);
	if (failed != 0)
		return -1;
	return status == 0 ? 0 : get_failed(t, there, str_text(&said), status, e);
}

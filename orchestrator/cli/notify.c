#include "cli/notify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/proc.h"

#define SAID_MAX_BYTES	  (64u << 10)
#define ADDRESS_MAX_BYTES 4096

/* Bytes as a file without a name, to be read from its start. */
static int in_memory(const char *text, size_t len, int *out_fd, struct err *e)
{
	AUTO_CLOSE int fd = memfd_create("labctl", MFD_CLOEXEC);

	if (fd < 0)
		return err_errno(e, ERR_IO, "a file in memory");
	for (size_t at = 0; at < len;) {
		ssize_t written = write(fd, text + at, len - at);

		if (written < 0)
			return err_errno(e, ERR_IO, "a file in memory");
		at += (size_t)written;
	}
	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_errno(e, ERR_IO, "a file in memory");
	*out_fd = TAKE_FD(fd);
	return 0;
}

static void leave_out(struct str *text, const char *secret)
{
	AUTO_STR out = { 0 };
	const char *rest = str_text(text), *at;

	if (!secret || !*secret)
		return;
	while ((at = strstr(rest, secret))) {
		str_add_bytes(&out, rest, (size_t)(at - rest));
		str_add(&out, "(address)");
		rest = at + strlen(secret);
	}
	str_add(&out, rest);
	str_clear(text);
	str_add(text, str_text(&out));
}

/* Runs the program with the summary as its input; any end but exit status 0 is an error that quotes its last line. */
static int give_to(const char *const *argv, const struct str *summary, int keep_fd, int64_t limit_ns,
		   const char *secret, struct err *e)
{
	const int keep[] = { keep_fd, -1 };
	AUTO_CLOSE int in = -1;
	AUTO_STR said = { 0 };
	AUTO_STR how = { 0 };
	struct proc_end end;

	if (in_memory(str_text(summary), summary->len, &in, e))
		return -1;
	struct proc_spec spec = { .argv = argv, .in = in, .out = -1, .err = -1, .keep_fds = keep_fd < 0 ? NULL : keep };
	if (proc_run(&spec, limit_ns, SAID_MAX_BYTES, &said, &end, e))
		return -1;
	if (!end.timed_out && !end.signal && end.status == 0)
		return 0;
	proc_end_text(&end, &how);
	leave_out(&said, secret);
	while (said.len && said.text[said.len - 1] == '\n')
		str_cut(&said, said.len - 1);
	const char *last = strrchr(str_text(&said), '\n');
	return err_set(e, ERR_IO, "%s: %s%s%.300s", argv[0], str_text(&how), said.len ? ": " : "",
		       last ? last + 1 : str_text(&said));
}

static int tell_command(const struct notify_settings *n, const struct str *summary, struct err *e)
{
	AUTO_FREE const char **argv = mem_new(n->command.count + 1, sizeof(*argv));

	for (size_t i = 0; i < n->command.count; i++)
		argv[i] = n->command.items[i];
	return give_to(argv, summary, -1, n->limit_ns, NULL, e);
}

static int read_address(const struct notify_settings *n, struct str *out, struct err *e)
{
	const char *from_env = n->url_env ? getenv(n->url_env) : NULL;

	if (n->url_file && file_read(n->url_file, ADDRESS_MAX_BYTES, out, e))
		return -1;
	if (!n->url_file && !from_env)
		return err_set(e, ERR_CONFIG, "the environment variable %s is not set", n->url_env);
	if (!n->url_file)
		str_add(out, from_env);
	str_cut(out, strcspn(str_text(out), "\r\n"));
	if (!str_starts(str_text(out), "https://") && !str_starts(str_text(out), "http://"))
		return err_set(e, ERR_CONFIG, "the address in %s does not begin with https:// or http://",
			       n->url_file ? n->url_file : n->url_env);
	return 0;
}

/* In curl's own form of a file of options. */
static void curl_options(const char *address, int64_t limit_ns, struct str *out)
{
	str_add(out, "url = \"");
	for (const char *c = address; *c; c++) {
		if (*c == '"' || *c == '\\')
			str_add_char(out, '\\');
		if ((unsigned char)*c >= ' ')
			str_add_char(out, *c);
	}
	str_addf(out, "\"\nmax-time = %.3f\n", (double)limit_ns / (double)NS_PER_S);
	str_add(out, "silent\nshow-error\nfail\ngloboff\nproto = \"=http,https\"\noutput = \"/dev/null\"\n"
		     "header = \"Content-Type: application/json\"\ndata-binary = \"@-\"\n");
}

static int tell_address(const struct notify_settings *n, const struct str *summary, struct err *e)
{
	AUTO_STR address = { 0 };
	AUTO_STR options = { 0 };
	AUTO_CLOSE int fd = -1;
	AUTO_FREE char *path = NULL;

	if (read_address(n, &address, e))
		return -1;
	if (!proc_on_path("curl")) {
		err_set(e, ERR_IO, "the program curl is not there");
		return err_hint(e, "apt-get install curl");
	}
	curl_options(str_text(&address), n->limit_ns, &options);
	if (in_memory(options.text, options.len, &fd, e))
		return -1;
	path = mem_printf("/dev/fd/%d", fd);
	/* -q stands first: no options of the user's own file. */
	const char *argv[] = { "curl", "-q", "--config", path, NULL };
	return give_to(argv, summary, fd, n->limit_ns + 2 * NS_PER_S, str_text(&address), e);
}

static int warn(struct err *e, const char *what)
{
	err_wrap(e, "%s", what);
	log_err(LOG_WARNING, e);
	return -1;
}

int notify_tell(const struct notify_settings *n, const struct str *summary, int status)
{
	struct err e = ERR_INIT;
	int failed = 0;

	if (n->when == NOTIFY_FINDINGS && status == 0)
		return 0;
	if (n->command.count && tell_command(n, summary, &e))
		failed = warn(&e, "the result could not be told to the command of notify");
	if ((n->url_file || n->url_env) && tell_address(n, summary, &e))
		failed = warn(&e, "the result could not be posted");
	return failed;
}

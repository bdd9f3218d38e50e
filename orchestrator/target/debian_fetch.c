/* Single packages of any architecture, through apt with a state of its own: nothing here learns of that architecture.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/proc.h"
#include "target/debian.h"
#include "target/debian_sources.h"
#include "target/driver.h"

#define FETCH_LIMIT_NS	    (900 * NS_PER_S)
#define LOCAL_LIMIT_NS	    (300 * NS_PER_S)
#define MOST_NAMES	    5 /* that lead from a name to a package with something in it */
#define KEYRING		    "/usr/share/keyrings/debian-archive-keyring.gpg"
#define DEFAULT_MIRROR_HINT "set image.mirror in the target's file, or give this machine's apt a Debian source"

static const int pauses_s[] = { 2, 5, 15, 45 };

struct fetcher {
	const struct debian_root *want;
	const struct target_opts *o;
	struct debian_sources sources;
	char *state;  /* folder: apt's lists and what it downloads */
	char *config; /* APT_CONFIG=… */
};

static int write_config(struct fetcher *f, struct err *e)
{
	AUTO_FREE char *path = file_join(f->state, "apt.conf");
	AUTO_STR text = { 0 };

	str_addf(&text, "Dir \"%s\";\nDir::State \"%s\";\nDir::State::Lists \"lists\";\n", f->state, f->state);
	str_addf(&text, "Dir::State::status \"%s/status\";\nDir::Cache \"%s/cache\";\n", f->state, f->state);
	str_addf(&text, "Dir::Etc \"%s\";\nDir::Etc::SourceList \"sources.list\";\nDir::Etc::SourceParts \"none\";\n",
		 f->state);
	str_add(&text, "Dir::Etc::Parts \"none\";\nDir::Etc::Trusted \"/etc/apt/trusted.gpg\";\n"
		       "Dir::Etc::TrustedParts \"/etc/apt/trusted.gpg.d\";\n");
	str_addf(&text, "APT::Architecture \"%s\";\nAPT::Architectures { \"%s\"; };\n", f->want->arch, f->want->arch);
	str_add(&text, "APT::Sandbox::User \"root\";\nAcquire::Languages \"none\";\nAcquire::Retries \"3\";\n");
	str_add(&text, f->sources.apt_options);
	f->config = mem_printf("APT_CONFIG=%s", path);
	return file_write(path, str_text(&text), text.len, e);
}

static int write_sources(const struct fetcher *f, struct err *e)
{
	AUTO_FREE char *path = file_join(f->state, "sources.list");
	AUTO_STR lines = { 0 };
	const char *signed_by = file_exists(KEYRING) ? "[signed-by=" KEYRING "]" : NULL;

	debian_sources_lines(&f->sources, signed_by, &lines);
	if (lines.len)
		return file_write(path, str_text(&lines), lines.len, e);
	err_set(e, ERR_UNAVAILABLE, "no Debian mirror is known for %s", f->want->release);
	return err_hint(e, DEFAULT_MIRROR_HINT);
}

static int prepare(struct fetcher *f, struct err *e)
{
	static const char *const folders[] = { "lists/partial", "cache/archives/partial", "none" };
	AUTO_FREE char *status = file_join(f->state, "status");

	for (size_t i = 0; i < COUNT_OF(folders); i++) {
		AUTO_FREE char *folder = file_join(f->state, folders[i]);
		if (file_make_folders(folder, e) != 0)
			return -1;
	}
	return file_write(status, "", 0, e) || write_config(f, e);
}

/* Runs a command with apt's private configuration in the state folder. */
static int run(const struct fetcher *f, const char *const *argv, int64_t limit_ns, struct str *out, struct err *e)
{
	const char *const env[] = { f->config, "LC_ALL=C", NULL };
	const struct proc_spec spec = { .argv = argv, .env = env, .folder = f->state, .in = -1, .out = -1, .err = -1 };
	struct proc_end end;
	AUTO_STR how = { 0 };

	if (proc_run(&spec, limit_ns, (size_t)8 << 20, out, &end, e) != 0)
		return -1;
	if (end.status == 0)
		return 0;
	proc_end_text(&end, &how);
	const char *text = str_text(out);
	const char *said = out->len > 500 ? text + out->len - 500 : text;
	return err_set(e, ERR_IO, "%s %s (%s): %s", argv[0], argv[1], str_text(&how), said);
}

static void leave_out_broken_suites(struct fetcher *f, const char *said)
{
	for (const char *line = said; *line; line += line[0] == '\n') {
		AUTO_FREE char *text = mem_dup_bytes(line, strcspn(line, "\n"));
		AUTO_FREE char *dropped = NULL;

		if (str_starts(text, "E: Failed to fetch") &&
		    debian_sources_complain(&f->sources, f->want->release, text, &dropped))
			log_warning("%s packages: the mirror cannot deliver %s just now; going on without it",
				    f->want->arch, dropped);
		line += strlen(text);
	}
}

/* A command that talks to the mirror. */
static int run_patiently(struct fetcher *f, const char *const *argv, struct err *e)
{
	for (size_t tries = 0;; tries++) {
		AUTO_STR said = { 0 };

		if (write_sources(f, e) != 0)
			return -1;
		if (run(f, argv, FETCH_LIMIT_NS, &said, e) == 0)
			return 0;
		if (tries == COUNT_OF(pauses_s) || strstr(str_text(&said), "Unable to locate package"))
			return -1;
		leave_out_broken_suites(f, str_text(&said));
		target_say(f->o, "fetching %s packages: the mirror is in trouble, trying again in %d s", f->want->arch,
			   pauses_s[tries]);
		clock_sleep_ns(pauses_s[tries] * NS_PER_S);
	}
}

/* The value of a field in what `apt-cache show` printed; NULL: not there. Caller frees. */
static char *field_of(const char *stanza, const char *name)
{
	AUTO_FREE char *start = mem_printf("\n%s: ", name);
	const char *at = strstr(stanza, start);

	return at ? mem_dup_bytes(at + strlen(start), strcspn(at + 1, "\n") + 1 - strlen(start)) : NULL;
}

static int show(const struct fetcher *f, const char *package, char **out_depends, char **out_version, struct err *e)
{
	const char *const argv[] = { "apt-cache", "show", "--no-all-versions", package, NULL };
	AUTO_STR text = { 0 };

	str_add(&text, "\n");
	if (run(f, argv, LOCAL_LIMIT_NS, &text, NULL) != 0) {
		err_set(e, ERR_UNAVAILABLE, "Debian %s has no package %s for %s", f->want->release, package,
			f->want->arch);
		return -1;
	}
	*out_depends = field_of(str_text(&text), "Depends");
	*out_version = field_of(str_text(&text), "Version");
	return 0;
}

static int download(struct fetcher *f, const char *package, char **out_deb, struct err *e)
{
	const char *const argv[] = { "apt-get", "download", package, NULL };
	AUTO_FREE_LIST char **debs = NULL;

	if (run_patiently(f, argv, e) != 0 || file_list(f->state, ".deb", &debs, e) != 0)
		return -1;
	if (!debs[0])
		return err_set(e, ERR_IO, "apt-get download %s left no file", package);
	*out_deb = file_join(f->state, debs[0]);
	return 0;
}

static int unpack(const char *deb, const char *folder, struct err *e)
{
	const char *const argv[] = { "dpkg-deb", "--extract", deb, folder, NULL };

	return proc_run_ok(argv, LOCAL_LIMIT_NS, NULL, e);
}

static bool holds_files(const char *folder, const char *wanted_path)
{
	AUTO_FREE char *path = wanted_path ? file_join(folder, wanted_path) : NULL;
	AUTO_FREE_LIST char **names = NULL;

	return !path || (file_is_folder(path) && file_list(path, NULL, &names, NULL) == 0 && names[0]);
}

/* The first package that it depends on, without version and alternatives. NULL: none. Caller frees. */
static char *first_dependency(const char *depends)
{
	size_t len = depends ? strcspn(depends, " ,|:(") : 0;

	return len ? mem_dup_bytes(depends, len) : NULL;
}

static int fetch_into(struct fetcher *f, const char *package, const char *wanted_path, const char *folder,
		      char **out_version, struct err *e)
{
	AUTO_FREE char *name = mem_dup(package);

	for (int i = 0; i < MOST_NAMES && name; i++) {
		AUTO_FREE char *depends = NULL;
		AUTO_FREE char *version = NULL;
		AUTO_FREE char *deb = NULL;

		if (show(f, name, &depends, &version, e) != 0 || download(f, name, &deb, e) != 0 ||
		    unpack(deb, folder, e) != 0)
			return -1;
		if (holds_files(folder, wanted_path)) {
			if (out_version)
				*out_version = TAKE(version);
			return 0;
		}
		if (file_remove_tree(folder, e) != 0 || file_remove_tree(deb, e) != 0)
			return -1;
		free(name);
		name = first_dependency(depends);
	}
	return err_set(e, ERR_UNAVAILABLE, "no package behind %s has files in %s", package, wanted_path);
}

int debian_fetch_deb(const struct debian_root *want, const char *package, const char *wanted_path, const char *folder,
		     char **out_version, const struct target_opts *o, struct err *e)
{
	const char *const update[] = { "apt-get", "update", "--error-on=any", NULL };
	AUTO_FREE char *parent = file_parent(folder);
	struct fetcher f = { .want = want, .o = o };
	int failed;

	if (debian_sources_find(want->release, want->mirror, &f.sources, e) != 0)
		return -1;
	debian_sources_for(&f.sources, want->arch);
	failed = file_make_folders(parent, e) || file_make_temp_folder(parent, "apt-", &f.state, e);
	if (!failed) {
		target_say(o, "fetching %s for %s", package, want->arch);
		failed = prepare(&f, e) || run_patiently(&f, update, e) ||
			 fetch_into(&f, package, wanted_path, folder, out_version, e);
		file_remove_tree(f.state, NULL);
	}
	if (failed)
		err_wrap(e, "fetching %s for %s", package, want->arch);
	debian_sources_free(&f.sources);
	free(f.state);
	free(f.config);
	return failed ? -1 : 0;
}

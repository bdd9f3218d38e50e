#include "target/debian_sources.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/proc.h"
#include "base/vec.h"

#define APT_LIMIT_NS  (120 * NS_PER_S)
#define MOST_FAILURES 2

/* One stanza of indextargets: the fields that say whether it is ours. Each points into a line of the text. */
struct stanza {
	char *origin, *component, *release, *repo_uri, *created_by;
};

static void free_stanza(struct stanza *s)
{
	free(s->origin);
	free(s->component);
	free(s->release);
	free(s->repo_uri);
	free(s->created_by);
	*s = (struct stanza){ 0 };
}

static void take_field(struct stanza *s, const char *line, size_t len)
{
	const struct {
		const char *name;
		char **value;
	} fields[] = {
		{ "Origin: ", &s->origin },	{ "Component: ", &s->component },   { "Release: ", &s->release },
		{ "Repo-URI: ", &s->repo_uri }, { "Created-By: ", &s->created_by },
	};

	for (size_t i = 0; i < COUNT_OF(fields); i++) {
		size_t name_len = strlen(fields[i].name);
		if (len > name_len && strncmp(line, fields[i].name, name_len) == 0) {
			free(*fields[i].value);
			*fields[i].value = mem_dup_bytes(line + name_len, len - name_len);
		}
	}
}

static bool is_suite_of(const char *suite, const char *release)
{
	size_t len = strlen(release);

	return strncmp(suite, release, len) == 0 &&
	       (suite[len] == '\0' || strcmp(suite + len, "-updates") == 0 || strcmp(suite + len, "-security") == 0);
}

/* Before the first update apt knows no origin: then the usual ending of an archive's address must do. */
static bool is_debians(const struct stanza *s)
{
	if (s->origin)
		return strcmp(s->origin, "Debian") == 0;
	return str_ends(s->repo_uri, "/debian/") || str_ends(s->repo_uri, "/debian-security/");
}

static bool is_wanted(const struct stanza *s, const char *release)
{
	return s->created_by && strcmp(s->created_by, "Packages") == 0 && s->component &&
	       strcmp(s->component, "main") == 0 && s->release && is_suite_of(s->release, release) && s->repo_uri &&
	       is_debians(s) && !strpbrk(s->repo_uri, " \t[]");
}

static void add_source(struct debian_sources *out, const char *uri, const char *suite)
{
	struct debian_source source;

	for (size_t i = 0; i < out->count; i++)
		if (strcmp(out->items[i].uri, uri) == 0 && strcmp(out->items[i].suite, suite) == 0)
			return;
	source = (struct debian_source){ .uri = mem_dup(uri), .suite = mem_dup(suite) };
	vec_add(out, source);
}

static void end_stanza(struct stanza *s, const char *release, struct debian_sources *out)
{
	if (is_wanted(s, release))
		add_source(out, s->repo_uri, s->release);
	free_stanza(s);
}

void debian_sources_parse(const char *text, const char *release, struct debian_sources *out)
{
	struct stanza s = { 0 };

	for (const char *line = text; *line; line += line[0] == '\n') {
		size_t len = strcspn(line, "\n");
		if (len == 0)
			end_stanza(&s, release, out);
		take_field(&s, line, len);
		line += len;
	}
	end_stanza(&s, release, out);
}

/* -updates and -security alone are no release. */
static bool has_release_itself(const struct debian_sources *s, const char *release)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->items[i].suite, release) == 0)
			return true;
	return false;
}

/* What a mirror could not deliver twice, by architecture, is not asked for again by this process. */
struct broken {
	char *uri, *suite, *arch;
};

static VEC(struct broken) broken_ones;

static void remember_broken(const struct debian_source *source, const char *arch)
{
	struct broken one = { mem_dup(source->uri), mem_dup(source->suite), mem_dup(arch) };

	vec_add(&broken_ones, one);
}

static bool is_known_broken(const struct debian_source *source, const char *arch)
{
	for (size_t i = 0; i < broken_ones.count; i++) {
		const struct broken *one = &broken_ones.items[i];
		if (strcmp(one->uri, source->uri) == 0 && strcmp(one->suite, source->suite) == 0 &&
		    strcmp(one->arch, arch) == 0)
			return true;
	}
	return false;
}

static void drop_source(struct debian_sources *s, size_t at)
{
	free(s->items[at].uri);
	free(s->items[at].suite);
	memmove(&s->items[at], &s->items[at + 1], sizeof(*s->items) * (s->count - at - 1));
	s->count--;
}

void debian_sources_for(struct debian_sources *s, const char *arch)
{
	s->arch = mem_dup(arch);
	for (size_t i = s->count; i > 0; i--)
		if (is_known_broken(&s->items[i - 1], s->arch))
			drop_source(s, i - 1);
}

static void free_items(struct debian_sources *s)
{
	for (size_t i = 0; i < s->count; i++) {
		free(s->items[i].uri);
		free(s->items[i].suite);
	}
	vec_free(s);
}

void debian_sources_free(struct debian_sources *s)
{
	free_items(s);
	free(s->line);
	free(s->apt_options);
	free(s->arch);
	*s = (struct debian_sources){ 0 };
}

static bool is_empty_option(const char *line, size_t len)
{
	return len < 3 || strncmp(line + len - 3, "\"\";", 3) == 0;
}

void debian_sources_options(const char *dump, struct str *out)
{
	static const char *const names[] = {
		"Acquire::Check-Valid-Until ", "Acquire::Check-Date ",	   "Acquire::ForceIPv4 ",
		"Acquire::ForceIPv6 ",	       "Acquire::http::Proxy ",	   "Acquire::http::Proxy::",
		"Acquire::https::Proxy ",      "Acquire::https::Proxy::",  "Acquire::https::CaInfo ",
		"Acquire::http::Timeout ",     "Acquire::https::Timeout ",
	};

	for (const char *line = dump; *line; line += line[0] == '\n') {
		size_t len = strcspn(line, "\n");
		for (size_t i = 0; i < COUNT_OF(names); i++)
			if (strncmp(line, names[i], strlen(names[i])) == 0 && !is_empty_option(line, len))
				str_addf(out, "%.*s\n", (int)len, line);
		line += len;
	}
}

/* "bookworm" on a machine that runs it. NULL: it has no such name. Caller frees. */
static char *own_release(void)
{
	static const char name[] = "\nVERSION_CODENAME=";
	AUTO_STR text = { 0 };
	const char *at;

	str_add(&text, "\n");
	if (file_read("/etc/os-release", (size_t)64 * 1024, &text, NULL) != 0)
		return NULL;
	at = strstr(str_text(&text), name);
	return at ? mem_dup_bytes(at + strlen(name), strcspn(at + strlen(name), "\n")) : NULL;
}

void debian_sources_rename(struct debian_sources *s, const char *from, const char *to)
{
	bool rolls = strcmp(to, "sid") == 0 || strcmp(to, "unstable") == 0; /* has no -updates and no -security */
	size_t kept = 0;

	for (size_t i = 0; i < s->count; i++) {
		char *suite = s->items[i].suite;
		const char *suffix = suite + strlen(from);

		if (rolls && *suffix) {
			free(suite);
			free(s->items[i].uri);
			continue;
		}
		s->items[i].suite = mem_printf("%s%s", to, suffix);
		free(suite);
		s->items[kept++] = s->items[i];
	}
	s->count = kept;
}

/* A release that this machine's apt does not follow lies beside the one that it does. */
static int read_this_machine(const char *release, struct debian_sources *out, struct err *e)
{
	const char *const argv[] = { "apt-get", "indextargets", NULL };
	AUTO_FREE char *own = own_release();
	AUTO_STR text = { 0 };

	if (proc_run_ok(argv, APT_LIMIT_NS, &text, e) != 0)
		return err_wrap(e, "cannot read this machine's apt sources");
	debian_sources_parse(str_text(&text), release, out);
	if (has_release_itself(out, release))
		return 0;
	free_items(out);
	if (!own)
		return 0;
	debian_sources_parse(str_text(&text), own, out);
	if (has_release_itself(out, own))
		debian_sources_rename(out, own, release);
	else
		free_items(out);
	return 0;
}

int debian_sources_find(const char *release, const char *mirror, struct debian_sources *out, struct err *e)
{
	const char *const dump_argv[] = { "apt-config", "dump", NULL };
	AUTO_STR dump = { 0 };
	AUTO_STR options = { 0 };

	*out = (struct debian_sources){ 0 };
	if (!proc_on_path("apt-get")) { /* a machine that is not Debian's, with mmdebstrap on it */
		out->apt_options = mem_dup("");
	} else {
		if (proc_run_ok(dump_argv, APT_LIMIT_NS, &dump, e) != 0)
			return -1;
		debian_sources_options(str_text(&dump), &options);
		out->apt_options = str_take(&options);
		if (!mirror && read_this_machine(release, out, e) != 0) {
			debian_sources_free(out);
			return -1;
		}
	}
	if (mirror && str_starts(mirror, "deb "))
		out->line = mem_dup(mirror);
	else if (mirror)
		add_source(out, mirror, release);
	return 0;
}

void debian_sources_lines(const struct debian_sources *s, const char *options, struct str *out)
{
	if (s->line)
		str_addf(out, "%s\n", s->line);
	for (size_t i = 0; i < s->count; i++)
		str_addf(out, "deb %s%s%s %s main\n", options ? options : "", options ? " " : "", s->items[i].uri,
			 s->items[i].suite);
}

static bool is_about(const struct debian_source *source, const char *line)
{
	AUTO_FREE char *index = mem_printf("/dists/%s/", source->suite);
	const char *at = strstr(line, index);
	size_t uri_len = strlen(source->uri);

	while (uri_len && source->uri[uri_len - 1] == '/')
		uri_len--;
	return at && (size_t)(at - line) >= uri_len && strncmp(at - uri_len, source->uri, uri_len) == 0;
}

bool debian_sources_complain(struct debian_sources *s, const char *release, const char *line, char **out_dropped)
{
	for (size_t i = 0; i < s->count; i++) {
		struct debian_source *source = &s->items[i];

		if (!is_about(source, line) || strcmp(source->suite, release) == 0)
			continue;
		if (++source->failures < MOST_FAILURES)
			return false;
		*out_dropped = mem_dup(source->suite);
		if (s->arch)
			remember_broken(source, s->arch);
		drop_source(s, i);
		return true;
	}
	return false;
}

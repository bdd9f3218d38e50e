#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "target/debian_hooks.h"
#include "target/debian_sources.h"

#define STANZA(created_by, component, origin, release, uri)                                                            \
	"MetaKey: main/binary-amd64/Packages\nCreated-By: " created_by "\nComponent: " component "\n" origin           \
	"Release: " release "\nRepo-URI: " uri "\nTarget-Of: deb\n\n"
#define DEBIAN "Origin: Debian\n"

static char *lines_of(const char *text, const char *release)
{
	AUTO_SOURCES sources = { 0 };
	AUTO_STR lines = { 0 };

	debian_sources_parse(text, release, &sources);
	debian_sources_lines(&sources, NULL, &lines);
	return str_take(&lines);
}

static void assert_lines(const char *text, const char *release, const char *expected)
{
	AUTO_FREE char *lines = lines_of(text, release);

	assert_string_equal(lines, expected);
}

static void the_releases_own_suites_are_taken(void **state)
{
	(void)state;
	assert_lines(STANZA("Packages", "main", DEBIAN, "bookworm", "http://m.example/debian/")
			     STANZA("Packages", "main", DEBIAN, "bookworm-updates", "http://m.example/debian/")
				     STANZA("Packages", "main", DEBIAN, "bookworm-security", "http://s.example/sec/"),
		     "bookworm",
		     "deb http://m.example/debian/ bookworm main\n"
		     "deb http://m.example/debian/ bookworm-updates main\n"
		     "deb http://s.example/sec/ bookworm-security main\n");
}

static void what_is_not_debians_is_left_out(void **state)
{
	(void)state;
	assert_lines(STANZA("Packages", "main", "Origin: Somebody\n", "bookworm", "http://o.example/debian/"),
		     "bookworm", "");
	assert_lines(STANZA("Packages", "contrib", DEBIAN, "bookworm", "http://m.example/debian/"), "bookworm", "");
	assert_lines(STANZA("Translations", "main", DEBIAN, "bookworm", "http://m.example/debian/"), "bookworm", "");
	assert_lines(STANZA("Packages", "main", DEBIAN, "bookworm-backports", "http://m.example/debian/"), "bookworm",
		     "");
	assert_lines(STANZA("Packages", "main", DEBIAN, "trixie", "http://m.example/debian/"), "bookworm", "");
}

static void each_source_comes_once(void **state)
{
	(void)state;
	assert_lines(STANZA("Packages", "main", DEBIAN, "bookworm", "http://m.example/debian/")
			     STANZA("Packages", "main", DEBIAN, "bookworm", "http://m.example/debian/"),
		     "bookworm", "deb http://m.example/debian/ bookworm main\n");
}

/* Before its first update apt cannot say whose an archive is. */
static void without_an_origin_the_address_decides(void **state)
{
	(void)state;
	assert_lines(STANZA("Packages", "main", "", "bookworm", "http://m.example/debian/")
			     STANZA("Packages", "main", "", "bookworm", "http://tools.example/apt/"),
		     "bookworm", "deb http://m.example/debian/ bookworm main\n");
}

static void strange_text_is_no_source(void **state)
{
	(void)state;
	assert_lines("", "bookworm", "");
	assert_lines("\n\n\nRelease: \nRepo-URI:\n:\n", "bookworm", "");
	assert_lines(STANZA("Packages", "main", DEBIAN, "bookworm", "[trusted=yes] http://m.example/debian/"),
		     "bookworm", "");
	/* The last stanza may end without an empty line. */
	assert_lines("Created-By: Packages\nComponent: main\nOrigin: Debian\nRelease: bookworm\nRepo-URI: http://m/",
		     "bookworm", "deb http://m/ bookworm main\n");
}

static void fetching_options_are_picked_out(void **state)
{
	AUTO_STR options = { 0 };

	(void)state;
	debian_sources_options("APT \"\";\n"
			       "Acquire::http::Proxy \"http://proxy.example:3128\";\n"
			       "Acquire::https::Proxy \"\";\n"
			       "Acquire::Check-Valid-Until \"false\";\n"
			       "Acquire::Languages \"none\";\n"
			       "DPkg::Pre-Install-Pkgs:: \"/usr/sbin/dpkg-preconfigure --apt || true\";\n",
			       &options);
	assert_string_equal(str_text(&options), "Acquire::http::Proxy \"http://proxy.example:3128\";\n"
						"Acquire::Check-Valid-Until \"false\";\n");
}

static void a_broken_suite_goes_with_its_second_failure(void **state)
{
	static const char complaint[] =
		"E: Failed to fetch http://s.example/sec/dists/bookworm-security/main/binary-ppc64el/Packages.xz  "
		"File has unexpected size (343384 != 359476). Mirror sync in progress?";
	AUTO_SOURCES sources = { 0 };
	AUTO_SOURCES same = { 0 };
	AUTO_SOURCES other = { 0 };
	AUTO_FREE char *dropped = NULL;
	AUTO_STR lines = { 0 };

	(void)state;
	debian_sources_parse(STANZA("Packages", "main", DEBIAN, "bookworm", "http://m.example/debian/")
				     STANZA("Packages", "main", DEBIAN, "bookworm-security", "http://s.example/sec/"),
			     "bookworm", &sources);
	debian_sources_for(&sources, "ppc64el");
	assert_false(debian_sources_complain(&sources, "bookworm", complaint, &dropped));
	assert_true(debian_sources_complain(&sources, "bookworm", complaint, &dropped));
	assert_string_equal(dropped, "bookworm-security");
	assert_false(debian_sources_complain(&sources, "bookworm", complaint, &dropped));
	/* This process knows it from now on, for that architecture. */
	debian_sources_parse(STANZA("Packages", "main", DEBIAN, "bookworm-security", "http://s.example/sec/"),
			     "bookworm", &same);
	debian_sources_parse(STANZA("Packages", "main", DEBIAN, "bookworm-security", "http://s.example/sec/"),
			     "bookworm", &other);
	debian_sources_for(&same, "ppc64el");
	debian_sources_for(&other, "s390x");
	assert_int_equal(same.count, 0);
	assert_int_equal(other.count, 1);
	debian_sources_lines(&sources, "[trusted=no]", &lines);
	assert_string_equal(str_text(&lines), "deb [trusted=no] http://m.example/debian/ bookworm main\n");
}

static void the_release_itself_never_goes(void **state)
{
	AUTO_SOURCES sources = { 0 };
	AUTO_FREE char *dropped = NULL;

	(void)state;
	debian_sources_parse(STANZA("Packages", "main", DEBIAN, "bookworm", "http://m.example/debian/"), "bookworm",
			     &sources);
	for (int i = 0; i < 5; i++)
		assert_false(debian_sources_complain(
			&sources, "bookworm",
			"E: Failed to fetch http://m.example/debian/dists/bookworm/InRelease  503", &dropped));
	assert_int_equal(sources.count, 1);
	assert_null(dropped);
}

static void a_complaint_about_another_mirror_counts_for_nobody(void **state)
{
	AUTO_SOURCES sources = { 0 };
	AUTO_FREE char *dropped = NULL;

	(void)state;
	debian_sources_parse(STANZA("Packages", "main", DEBIAN, "bookworm", "http://m.example/debian/")
				     STANZA("Packages", "main", DEBIAN, "bookworm-updates", "http://m.example/debian/"),
			     "bookworm", &sources);
	for (int i = 0; i < 5; i++)
		assert_false(debian_sources_complain(&sources, "bookworm",
						     "E: Failed to fetch http://x/dists/bookworm-updates/InRelease",
						     &dropped));
	assert_int_equal(sources.count, 2);
}

static void another_release_lies_beside_this_machines(void **state)
{
	static const char own[] = STANZA("Packages", "main", DEBIAN, "bookworm", "http://m.example/debian/")
		STANZA("Packages", "main", DEBIAN, "bookworm-security", "http://s.example/sec/");
	AUTO_SOURCES stable = { 0 };
	AUTO_SOURCES rolling = { 0 };
	AUTO_STR lines = { 0 };

	(void)state;
	debian_sources_parse(own, "bookworm", &stable);
	debian_sources_rename(&stable, "bookworm", "trixie");
	debian_sources_lines(&stable, NULL, &lines);
	assert_string_equal(str_text(&lines), "deb http://m.example/debian/ trixie main\n"
					      "deb http://s.example/sec/ trixie-security main\n");
	str_clear(&lines);
	debian_sources_parse(own, "bookworm", &rolling);
	debian_sources_rename(&rolling, "bookworm", "sid");
	debian_sources_lines(&rolling, NULL, &lines);
	assert_string_equal(str_text(&lines), "deb http://m.example/debian/ sid main\n");
}

static void folders_stand_quoted_in_the_hooks(void **state)
{
	const struct debian_hooks hooks = {
		.native = "/cache of 'me'/root",
		.native_libs = "usr/lib/x",
		.loader = "lib64/ld.so",
		.apt_options = "Acquire::http::Proxy \"http://it's/\";\n",
	};
	AUTO_STR script = { 0 };
	AUTO_STR native = { 0 };
	AUTO_STR again = { 0 };

	(void)state;
	debian_hooks_script(&hooks, &script);
	str_add_quoted(&native, hooks.native, STR_SHELL);
	assert_non_null(strstr(str_text(&script), str_text(&native)));
	assert_non_null(strstr(str_text(&script), "Acquire::http::Proxy"));
	debian_hooks_script(&hooks, &again);
	assert_string_equal(str_text(&script), str_text(&again));
}

static void the_hooks_are_right_sh(void **state)
{
	const struct debian_hooks hooks = { 0 };
	AUTO_STR command = { 0 };
	AUTO_STR script = { 0 };

	(void)state;
	debian_hooks_script(&hooks, &script);
	str_add(&command, "sh -n -c ");
	str_add_quoted(&command, str_text(&script), STR_SHELL);
	assert_int_equal(system(str_text(&command)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_releases_own_suites_are_taken),
		cmocka_unit_test(what_is_not_debians_is_left_out),
		cmocka_unit_test(each_source_comes_once),
		cmocka_unit_test(without_an_origin_the_address_decides),
		cmocka_unit_test(strange_text_is_no_source),
		cmocka_unit_test(fetching_options_are_picked_out),
		cmocka_unit_test(a_broken_suite_goes_with_its_second_failure),
		cmocka_unit_test(the_release_itself_never_goes),
		cmocka_unit_test(a_complaint_about_another_mirror_counts_for_nobody),
		cmocka_unit_test(another_release_lies_beside_this_machines),
		cmocka_unit_test(folders_stand_quoted_in_the_hooks),
		cmocka_unit_test(the_hooks_are_right_sh),
	};

	return cmocka_run_group_tests_name("debian", tests, NULL, NULL);
}

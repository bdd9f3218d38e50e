/* The pieces of the report's site, and the page that holds all of them. */
#include "reports.h"

#include "render/site.h"

static void less_than_never_stands_in_a_piece(void **state)
{
	AUTO_STR json = { 0 };
	AUTO_STR script = { 0 };
	AUTO_STR block = { 0 };

	(void)state;
	str_add(&json, "{\"name\":\"</script><!--<b>\"}");
	site_script("cell-1", &json, &script);
	site_block("cell-1", &json, &block);
	assert_string_equal(str_text(&script), "(self.labctlData = self.labctlData || []).push([\"cell-1\", "
					       "{\"name\":\"\\u003c/script>\\u003c!--\\u003cb>\"}]);\n");
	assert_string_equal(str_text(&block), "<script type=\"application/json\" data-piece=\"cell-1\">"
					      "{\"name\":\"\\u003c/script>\\u003c!--\\u003cb>\"}</script>\n");
}

/* ---- suites ---- */

static void add_tests(struct test_set *set, const char *const *names, const char *letters)
{
	static const enum verdict verdicts[] = {
		['p'] = VERDICT_PASSED, ['f'] = VERDICT_FAILED, ['c'] = VERDICT_CRASHED
	};

	test_set_start(set);
	for (size_t i = 0; names[i]; i++) {
		struct test_row *row = test_set_add(set);

		row->name = names[i];
		row->verdict = verdicts[(unsigned char)letters[i]];
	}
}

static void add_cell(struct site_suite *s, const char *const *names, const char *letters, const char *verdicts,
		     const char *places)
{
	struct test_set set = { 0 };
	uint32_t at[8];
	AUTO_STR runs = { 0 };
	AUTO_STR told = { 0 };

	add_tests(&set, names, letters);
	site_suite_add(s, &set, &runs, at);
	for (size_t i = 0; i < set.count; i++)
		str_addf(&told, "%u", (unsigned)at[i]);
	assert_string_equal(str_text(&runs), verdicts);
	assert_string_equal(str_text(&told), places);
	test_set_free(&set);
}

static void a_suite_has_the_names_of_all_its_cells(void **state)
{
	struct site_suite *s = site_suite_new();
	AUTO_STR names = { 0 };

	(void)state;
	add_cell(s, (const char *const[]){ "a/one", "a/one", "a/two", NULL }, "ppf", "P2F1", "012");
	/* Another order, one less of the same name, and one that is new. */
	add_cell(s, (const char *const[]){ "a/two", "b\nc", "a/one", NULL }, "cpp", "P1-1C1P1", "230");
	assert_int_equal(site_suite_count(s), 4);
	site_suite_names(s, &names);
	assert_string_equal(str_text(&names), "{\"count\":4,\"names\":\" a/one\\n%\\n\\\"two\\n b\\u0001c\\n\"}");
	site_suite_free(s);
}

static void names_share_whole_characters(void **state)
{
	struct site_suite *s = site_suite_new();
	AUTO_STR names = { 0 };

	(void)state;
	/* é and è share their first byte; the grin is two units. */
	add_cell(s,
		 (const char *const[]){ "x\xc3\xa9", "x\xc3\xa8",
					"\xf0\x9f\x98\x80"
					"a",
					"\xf0\x9f\x98\x80"
					"b",
					NULL },
		 "pppp", "P4", "0123");
	site_suite_names(s, &names);
	assert_string_equal(str_text(&names), "{\"count\":4,\"names\":\" x\xc3\xa9\\n!\xc3\xa8\\n \xf0\x9f\x98\x80"
					      "a\\n\\\"b\\n\"}");
	site_suite_free(s);
}

static void long_runs_are_in_base_36(void **state)
{
	struct site_suite *s = site_suite_new();
	struct test_set set = { 0 };
	uint32_t places[1300];
	AUTO_STR runs = { 0 };

	(void)state;
	test_set_start(&set);
	for (size_t i = 0; i < 1296; i++)
		test_set_add(&set)->name = arena_printf(set.arena, "t%zu", i);
	site_suite_add(s, &set, &runs, places);
	assert_string_equal(str_text(&runs), "P100");
	assert_int_equal(site_suite_count(s), 1296);
	test_set_free(&set);
	site_suite_free(s);
}

/* ---- cells ---- */

static void causes_stand_in_the_order_of_the_suite(void **state)
{
	struct test_row rows[] = { { .name = "b", .verdict = VERDICT_FAILED, .cause = "x" },
				   { .name = "ok", .verdict = VERDICT_PASSED },
				   { .name = "a", .verdict = VERDICT_FAILED },
				   { .name = "c", .verdict = VERDICT_CRASHED, .cause = "x" } };
	const struct test_set tests = { .rows = rows, .count = 4 };
	const struct site_cell cell = { .tests = &tests, .places = (const uint32_t[]){ 2, 1, 0, 3 } };
	struct site_causes causes = { 0 };
	AUTO_STR out = { 0 };
	struct json_writer w;

	(void)state;
	json_start(&w, &out, false);
	site_cell_causes(&cell, &causes, &w);
	assert_string_equal(str_text(&out), "[[-1,1],[0,2]]");
	assert_int_equal(causes.count, 1);
	free(causes.items);
}

static void messages_are_cut_where_a_cell_has_said_enough(void **state)
{
	enum {
		COUNT = 400
	};
	char *long_text = mem_new(8001, 1);
	struct test_row *rows = mem_new(COUNT, sizeof(*rows));
	uint32_t *places = mem_new(COUNT, sizeof(*places));
	const struct test_set tests = { .rows = rows, .count = COUNT };
	const struct outcome_row row = { 0 };
	const struct site_cell cell = { .row = &row, .tests = &tests, .places = places };
	AUTO_STR out = { 0 };

	(void)state;
	memset(long_text, 'x', 8000);
	for (size_t i = 0; i < COUNT; i++)
		rows[i] = (struct test_row){ .name = "t", .verdict = VERDICT_FAILED, .detail = long_text };
	site_cell(&cell, &out);
	assert_true(out.len < SITE_MESSAGES_WHOLE_BYTES + COUNT * 500);
	assert_non_null(strstr(str_text(&out), "x ...\""));
	free(long_text);
	free(rows);
	free(places);
}

/* ---- one file ---- */

static const char page_text[] = "<!doctype html>\n"
				"<meta http-equiv=\"Content-Security-Policy\" content=\"x\">\n"
				"<link rel=\"icon\" href=\"site/icon.svg\">\n"
				"<link rel=\"stylesheet\" href=\"site/style.css\">\n"
				"<script defer src=\"site/a.js\"></script>\n"
				"<script defer src=\"data/summary.js\"></script>\n"
				"<body>\n"
				"</body>\n";

static int read_made_up(void *ctx, const char *path, struct str *out, struct err *e)
{
	(void)ctx;
	(void)e;
	str_add(out, strcmp(path, "site/style.css") == 0 ? "b{}" : "alert(1)");
	return 0;
}

static const struct site_files made_up = { read_made_up, NULL };

static void one_file_names_what_is_in_it_by_its_hash(void **state)
{
	AUTO_STR page = { 0 };
	AUTO_STR summary = { 0 };
	AUTO_STR blocks = { 0 };
	AUTO_STR out = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	str_add(&page, page_text);
	str_add(&summary, "SUMMARY\n");
	str_add(&blocks, "BLOCKS\n");
	assert_ok(site_single(&page, &made_up, &summary, &blocks, &out, &e), e);
	/* printf 'alert(1)' | openssl dgst -sha256 -binary | base64, and the same of b{} */
	assert_string_equal(str_text(&out),
			    "<!doctype html>\n"
			    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
			    "script-src 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='; "
			    "style-src 'sha256-7yqHVAesot11p6HczDsgKRipvI5UPgs97z80zNXlans='; img-src data:; base-uri "
			    "'none'; form-action 'none'\">\n"
			    "<link rel=\"icon\" href=\"data:,\">\n"
			    "<style>b{}</style>\n"
			    "<body>\n"
			    "SUMMARY\n"
			    "<script>alert(1)</script>\n"
			    "BLOCKS\n"
			    "</body>\n");
}

static void a_page_that_names_nothing_is_refused(void **state)
{
	AUTO_STR page = { 0 };
	AUTO_STR none = { 0 };
	AUTO_STR out = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	str_add(&page, "<html></html>\n");
	assert_int_equal(site_single(&page, &made_up, &none, &none, &out, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
}

static int note_path(void *ctx, const char *path, struct err *e)
{
	(void)e;
	str_addf(ctx, "%s ", path);
	return 0;
}

static void the_files_of_a_page(void **state)
{
	AUTO_STR page = { 0 };
	AUTO_STR paths = { 0 };

	(void)state;
	str_add(&page, page_text);
	assert_int_equal(site_each_file(&page, note_path, &paths, NULL), 0);
	assert_string_equal(str_text(&paths), "site/icon.svg site/style.css site/a.js ");
}

/* ---- findings ---- */

static void the_id_of_a_finding_depends_on_what_it_is(void **state)
{
	struct finding f = { .package = "numpy", .tier = "smoke", .cause = "byte order", .test_count = 3 };
	char id[SITE_ID_BYTES], other[SITE_ID_BYTES];

	(void)state;
	site_finding_id(&f, id);
	f.test_count = 4;
	site_finding_id(&f, other);
	assert_string_equal(id, other);
	f.tier = "full";
	site_finding_id(&f, other);
	assert_string_not_equal(id, other);
	f.tier = "smoke";
	f.known = true;
	f.advice = "expected";
	site_finding_id(&f, other);
	assert_string_not_equal(id, other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(less_than_never_stands_in_a_piece),
		cmocka_unit_test(a_suite_has_the_names_of_all_its_cells),
		cmocka_unit_test(names_share_whole_characters),
		cmocka_unit_test(long_runs_are_in_base_36),
		cmocka_unit_test(causes_stand_in_the_order_of_the_suite),
		cmocka_unit_test(messages_are_cut_where_a_cell_has_said_enough),
		cmocka_unit_test(one_file_names_what_is_in_it_by_its_hash),
		cmocka_unit_test(a_page_that_names_nothing_is_refused),
		cmocka_unit_test(the_files_of_a_page),
		cmocka_unit_test(the_id_of_a_finding_depends_on_what_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

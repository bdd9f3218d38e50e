#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "target/image.h"
#include "target/layer.h"

#define DISK "not really a disk\n"

struct world {
	char *cache, *disk;
	char sum[DIGEST_TEXT_BYTES];
	struct target_spec spec;
	struct target_opts opts;
	struct str said;
};

static void take_words(void *ctx, const char *what)
{
	struct world *w = ctx;

	str_addf(&w->said, "%s\n", what);
}

static int make_world(void **state)
{
	struct world *w = mem_new(1, sizeof(*w));
	struct err e = ERR_INIT;

	assert_int_equal(file_make_temp_folder("/tmp", "labctl-test-", &w->cache, &e), 0);
	w->disk = file_join(w->cache, "theirs.img");
	assert_int_equal(file_write(w->disk, DISK, strlen(DISK), &e), 0);
	digest_bytes(DISK, strlen(DISK), w->sum);
	w->spec = (struct target_spec){ .name = "own", .kind = TARGET_QEMU, .arch = "arm64" };
	w->spec.image = (struct image_settings){
		.release = "bookworm", .file = w->disk, .sha256 = w->sum, .disk_bytes = INT64_C(1) << 30
	};
	w->opts = (struct target_opts){
		.cache_folder = w->cache, .scratch_folder = w->cache, .say = take_words, .ctx = w
	};
	*state = w;
	return 0;
}

static int free_world(void **state)
{
	struct world *w = *state;

	file_remove_tree(w->cache, NULL);
	free(w->cache);
	free(w->disk);
	str_free(&w->said);
	free(w);
	return 0;
}

static char *id_of(const struct target_spec *spec)
{
	struct err e = ERR_INIT;
	char id[65];

	if (image_id(spec, id, &e) != 0)
		fail_msg("%s", e.text);
	return mem_dup(id);
}

static void assert_other_id(const struct target_spec *one, const struct target_spec *other)
{
	AUTO_FREE char *a = id_of(one);
	AUTO_FREE char *b = id_of(other);

	assert_string_not_equal(a, b);
}

static void all_that_makes_an_image_is_in_its_id(void **state)
{
	static const char *packages[] = { "gcc" };
	const struct target_spec base = { .name = "one",
					  .kind = TARGET_QEMU,
					  .arch = "s390x",
					  .image = { .release = "bookworm", .disk_bytes = 1 << 30 } };
	struct target_spec other = base;

	(void)state;
	other.name = "another";
	other.processors = 4;
	AUTO_FREE char *a = id_of(&base);
	AUTO_FREE char *b = id_of(&other);
	assert_string_equal(a, b);
	other = base, other.arch = "arm64";
	assert_other_id(&base, &other);
	other = base, other.kind = TARGET_LOCAL;
	assert_other_id(&base, &other);
	other = base, other.image.release = "trixie";
	assert_other_id(&base, &other);
	other = base, other.image.mirror = "http://m.example/debian";
	assert_other_id(&base, &other);
	other = base, other.image.disk_bytes = 1 << 29;
	assert_other_id(&base, &other);
	other = base, other.image.packages = (struct text_list){ packages, 1 };
	assert_other_id(&base, &other);
}

static void a_users_disk_is_its_hash(void **state)
{
	struct world *w = *state;
	struct target_spec elsewhere = w->spec;

	elsewhere.image.file = "/somewhere/else.img";
	AUTO_FREE char *a = id_of(&w->spec);
	AUTO_FREE char *b = id_of(&elsewhere);
	assert_string_equal(a, b);
}

static void a_users_disk_is_copied_once_and_proved(void **state)
{
	struct world *w = *state;
	struct err e = ERR_INIT;
	struct image image;
	AUTO_STR copy = { 0 };

	if (image_get(&w->spec, &w->opts, &image, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(file_read(image.disk, 100, &copy, &e), 0);
	assert_string_equal(str_text(&copy), DISK);
	assert_null(image.kernel);
	assert_non_null(image.seed);
	assert_non_null(image.user_key);
	assert_non_null(strstr(image.host_key, "ssh-ed25519 "));
	image_free(&image);
	/* The second time the user's file is not even looked at. */
	assert_int_equal(file_remove_tree(w->disk, &e), 0);
	assert_int_equal(image_get(&w->spec, &w->opts, &image, &e), 0);
	image_free(&image);
}

static void another_hash_is_refused_with_both(void **state)
{
	struct world *w = *state;
	struct err e = ERR_INIT;
	struct image image;
	char wrong[DIGEST_TEXT_BYTES];

	memset(wrong, 'a', 64);
	wrong[64] = '\0';
	w->spec.image.sha256 = wrong;
	assert_int_equal(image_get(&w->spec, &w->opts, &image, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	assert_non_null(strstr(e.text, w->sum));
	assert_non_null(strstr(e.text, wrong));
	AUTO_FREE char *kind = file_join(w->cache, "layers/image");
	AUTO_FREE_LIST char **left = NULL;
	assert_int_equal(file_list(kind, NULL, &left, &e), 0);
	assert_null(left[0]);
}

static void what_is_not_there_is_an_error(void **state)
{
	struct world *w = *state;
	struct err e = ERR_INIT;
	struct image image;

	w->spec.image.file = "/no/such/disk.img";
	assert_int_equal(image_get(&w->spec, &w->opts, &image, &e), -1);
	assert_non_null(strstr(e.text, "/no/such/disk.img"));
}

static void bad_settings_are_told(void **state)
{
	struct world *w = *state;
	struct err e = ERR_INIT;
	char id[65];

	w->spec.image.sha256 = NULL;
	assert_int_equal(image_id(&w->spec, id, &e), -1);
	assert_int_equal(e.code, ERR_CONFIG);
	w->spec.image.sha256 = w->sum;
	w->spec.image.file = NULL;
	w->spec.image.url = "file:///etc/passwd";
	assert_int_equal(image_id(&w->spec, id, &e), -1);
	assert_int_equal(e.code, ERR_CONFIG);
	w->spec.kind = TARGET_SSH;
	assert_int_equal(image_id(&w->spec, id, &e), -1);
}

/* Each of some processes gets it at the same moment; one makes it, and the others say whom they wait for. */
static void many_get_one_image(void **state)
{
	struct world *w = *state;
	pid_t children[6];
	struct layer_list list;
	struct err e = ERR_INIT;

	for (size_t i = 0; i < COUNT_OF(children); i++) {
		children[i] = fork();
		if (children[i] == 0) {
			struct image image;
			int failed = image_get(&w->spec, &w->opts, &image, &e);
			const char *said = str_text(&w->said);
			_exit(failed || (strstr(said, "waiting") && strstr(said, "checking")) ? 1
			      : strstr(said, "checking")				      ? 2
											      : 0);
		}
	}
	int makers = 0;
	for (size_t i = 0; i < COUNT_OF(children); i++) {
		int status;
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 1);
		makers += WEXITSTATUS(status) == 2;
	}
	assert_int_equal(makers, 1);
	assert_int_equal(layer_list(w->cache, &list, &e), 0);
	assert_int_equal(list.count, 1);
	layer_list_free(&list);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, make_world, free_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_makes_an_image_is_in_its_id),
		IN_WORLD(a_users_disk_is_its_hash),
		IN_WORLD(a_users_disk_is_copied_once_and_proved),
		IN_WORLD(another_hash_is_refused_with_both),
		IN_WORLD(what_is_not_there_is_an_error),
		IN_WORLD(bad_settings_are_told),
		IN_WORLD(many_get_one_image),
	};

	return cmocka_run_group_tests_name("image", tests, NULL, NULL);
}

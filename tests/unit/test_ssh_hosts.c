#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/proc.h"
#include "target/ssh_hosts.h"
#include "target/ssh_inside.h"
#include "target/ssh_keys.h"

#define LONG_NS (300 * NS_PER_S) /* never waited for when all is well */

/* Two made-up ed25519 keys and an ECDSA one: type, then bytes that nobody checks here. */
#define KEY_A	      "AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define FINGERPRINT_A "SHA256:kmYcvdi2GkPeWxB6XLjrZB8JHsy2Hm8luHMFp9GMvqk" /* as ssh-keygen -l says */
#define KEY_B	      "AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"
#define KEY_EC	      "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTY="

static bool is_hashed(void *ctx, const char *hashed, const char *name)
{
	(void)ctx;
	return strcmp(hashed, "|1|salt|hash") == 0 && strcmp(name, "hidden") == 0;
}

static enum ssh_host_verdict judge(const char *known, const char *name, const char *shown, unsigned *out_line)
{
	struct ssh_host_keys keys = { 0 };
	const struct ssh_host_key *line = NULL;
	AUTO_STR blob = { 0 };

	assert_int_equal(ssh_base64_decode(shown, strlen(shown), &blob), 0);
	ssh_hosts_find(known, name, is_hashed, NULL, &keys);
	enum ssh_host_verdict verdict = ssh_hosts_judge(&keys, blob.text, blob.len, &line);
	if (out_line)
		*out_line = line ? line->line : 0;
	ssh_hosts_free(&keys);
	return verdict;
}

#define assert_verdict(known, name, shown, verdict) assert_int_equal(judge(known, name, shown, NULL), verdict)

static void names_are_found(void **state)
{
	(void)state;
	assert_verdict("one ssh-ed25519 " KEY_A "\n", "one", KEY_A, SSH_HOST_KNOWN);
	assert_verdict("a,ONE,b ssh-ed25519 " KEY_A " a comment", "one", KEY_A, SSH_HOST_KNOWN);
	assert_verdict("  one\tssh-ed25519\t" KEY_A "\r\n", "one", KEY_A, SSH_HOST_KNOWN);
	assert_verdict("[one]:2222 ssh-ed25519 " KEY_A, "[one]:2222", KEY_A, SSH_HOST_KNOWN);
	assert_verdict("one ssh-ed25519 " KEY_A, "[one]:2222", KEY_A, SSH_HOST_UNKNOWN);
	assert_verdict("|1|salt|hash ssh-ed25519 " KEY_A, "hidden", KEY_A, SSH_HOST_KNOWN);
	assert_verdict("|1|salt|other ssh-ed25519 " KEY_A, "hidden", KEY_A, SSH_HOST_UNKNOWN);
}

static void patterns_work(void **state)
{
	(void)state;
	assert_verdict("*.lab ssh-ed25519 " KEY_A, "one.lab", KEY_A, SSH_HOST_KNOWN);
	assert_verdict("*.lab ssh-ed25519 " KEY_A, "lab", KEY_A, SSH_HOST_UNKNOWN);
	assert_verdict("n?de* ssh-ed25519 " KEY_A, "node17", KEY_A, SSH_HOST_KNOWN);
	assert_verdict("*.lab,!bad.lab ssh-ed25519 " KEY_A, "bad.lab", KEY_A, SSH_HOST_UNKNOWN);
	assert_verdict("!bad.lab,*.lab ssh-ed25519 " KEY_A, "bad.lab", KEY_A, SSH_HOST_UNKNOWN);
	assert_verdict("[*]:22?? ssh-ed25519 " KEY_A, "[one]:2222", KEY_A, SSH_HOST_KNOWN);
	assert_verdict("a*b*c*d ssh-ed25519 " KEY_A, "aXbXXbXcXcd", KEY_A, SSH_HOST_KNOWN);
	assert_verdict("a*b*c*d ssh-ed25519 " KEY_A, "aXbXXbXcXc", KEY_A, SSH_HOST_UNKNOWN);
}

static void keys_are_judged(void **state)
{
	unsigned line;

	(void)state;
	assert_int_equal(judge("# none\n\none ssh-ed25519 " KEY_B "\n", "one", KEY_A, &line), SSH_HOST_CHANGED);
	assert_int_equal(line, 3);
	assert_verdict("one ecdsa-sha2-nistp256 " KEY_EC, "one", KEY_A, SSH_HOST_OTHER_TYPE);
	assert_verdict("one ssh-ed25519 " KEY_B "\none ssh-ed25519 " KEY_A, "one", KEY_A, SSH_HOST_KNOWN);
	assert_verdict("one ssh-ed25519 " KEY_A "\none ssh-ed25519 " KEY_B, "one", KEY_A, SSH_HOST_KNOWN);
	assert_verdict("one ecdsa-sha2-nistp256 " KEY_EC "\none ssh-ed25519 " KEY_B, "one", KEY_A, SSH_HOST_CHANGED);
	assert_verdict("one ssh-ed25519 " KEY_A "\n@revoked * ssh-ed25519 " KEY_A, "one", KEY_A, SSH_HOST_REVOKED);
	assert_verdict("@revoked * ssh-ed25519 " KEY_A "\none ssh-ed25519 " KEY_A, "one", KEY_A, SSH_HOST_REVOKED);
	assert_verdict("@revoked * ssh-ed25519 " KEY_B "\none ssh-ed25519 " KEY_A, "one", KEY_A, SSH_HOST_KNOWN);
	assert_verdict("@revoked * ssh-ed25519 " KEY_B, "one", KEY_A, SSH_HOST_UNKNOWN);
}

static void what_is_not_understood_is_passed_over(void **state)
{
	(void)state;
	assert_verdict("", "one", KEY_A, SSH_HOST_UNKNOWN);
	assert_verdict("one\none ssh-ed25519\none ssh-ed25519 !!!!\n@cert-authority one ssh-ed25519 " KEY_A
		       "\n@revoked\n\n|\n",
		       "one", KEY_A, SSH_HOST_UNKNOWN);
	assert_verdict("#one ssh-ed25519 " KEY_A, "one", KEY_A, SSH_HOST_UNKNOWN);
	assert_verdict("one ssh-ed25519 !!!!\none ssh-ed25519 " KEY_A, "one", KEY_A, SSH_HOST_KNOWN);
}

static void a_host_is_added_once_for_its_owner_only(void **state)
{
	AUTO_FREE char *folder = NULL;
	AUTO_STR blob = { 0 };
	AUTO_STR text = { 0 };
	struct stat info;

	(void)state;
	assert_int_equal(file_make_temp_folder("/tmp", "labctl-test-", &folder, NULL), 0);
	AUTO_FREE char *inner = mem_printf("%s/.ssh", folder);
	AUTO_FREE char *path = mem_printf("%s/known_hosts", inner);
	ssh_base64_decode(KEY_A, strlen(KEY_A), &blob);
	AUTO_FREE char *name = ssh_host_name("one", 2222);
	assert_int_equal(ssh_hosts_add(path, name, blob.text, blob.len, NULL), 0);
	assert_int_equal(file_read(path, 1000, &text, NULL), 0);
	assert_string_equal(str_text(&text), "[one]:2222 ssh-ed25519 " KEY_A "\n");
	assert_int_equal(stat(inner, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0700);
	file_remove_tree(folder, NULL);
}

static void base64_goes_both_ways(void **state)
{
	static const char *const pairs[][2] = {
		{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" }
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(pairs); i++) {
		AUTO_STR there = { 0 };
		AUTO_STR back = { 0 };
		ssh_base64_encode(pairs[i][0], strlen(pairs[i][0]), &there);
		assert_string_equal(str_text(&there), pairs[i][1]);
		assert_int_equal(ssh_base64_decode(str_text(&there), there.len, &back), 0);
		assert_string_equal(str_text(&back), pairs[i][0]);
	}
	AUTO_STR bad = { 0 };
	assert_int_equal(ssh_base64_decode("Zm 9v", 5, &bad), -1);
}

static void fingerprints_are_those_of_ssh_keygen(void **state)
{
	AUTO_STR blob = { 0 };
	char shown[SSH_FINGERPRINT_BYTES], type[48];

	(void)state;
	ssh_base64_decode(KEY_A, strlen(KEY_A), &blob);
	ssh_fingerprint(blob.text, blob.len, shown);
	assert_string_equal(shown, FINGERPRINT_A);
	assert_true(ssh_blob_type(blob.text, blob.len, type, sizeof(type)));
	assert_string_equal(type, "ssh-ed25519");
	assert_false(ssh_blob_type(blob.text, 3, type, sizeof(type)));
	assert_false(ssh_blob_type("\xff\xff\xff\xff", 4, type, sizeof(type)));
	assert_false(ssh_blob_type("\0\0\0\2\x1b[", 6, type, sizeof(type)));
}

static void key_files_tell_what_they_are(void **state)
{
	static const struct {
		const char *text, *type;
		int result;
		bool encrypted;
	} files[] = {
		{ "-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\n", "ssh-rsa", 0, false },
		{ "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMII\n", "ssh-rsa", 0, true },
		{ "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMII\n", "", 0, true },
		{ "-----BEGIN PRIVATE KEY-----\nMII\n", "", 0, false },
		{ "-----BEGIN CERTIFICATE-----\nMII\n", "", -1, false },
		{ "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n", "", -1, false },
		{ "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n", "", -1, false },
		/* the beginning of one without and of one with a passphrase */
		{ "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMw\n"
		  "AAAAtzc2gtZWQyNTUxOQAAACAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\n-----END OPENSSH PRIVATE "
		  "KEY-----\n",
		  "ssh-ed25519", 0, false },
		{ "-----BEGIN OPENSSH PRIVATE "
		  "KEY-----\nb3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAAAAAAAEAAAAz\n"
		  "AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n-----END OPENSSH PRIVATE "
		  "KEY-----\n",
		  "ssh-ed25519", 0, true },
		{ "", "", -1, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		struct ssh_key key = { 0 };
		assert_int_equal(ssh_key_parse(files[i].text, &key), files[i].result);
		if (files[i].result == 0) {
			assert_string_equal(key.type, files[i].type);
			assert_int_equal(key.encrypted, files[i].encrypted);
		}
		ssh_key_free(&key);
	}
}

/* No character that any shell would treat in its own way inside single quotes, and sh gets back what went in. */
static void commands_are_encoded_for_any_shell(void **state)
{
	const char *command = "printf '%s|' \"a\\\\b!\" 'it'\\''s' \\n\necho $((1+1)) `echo x`";
	const char *plain[] = { "sh", "-c", command, NULL };
	AUTO_STR encoded = { 0 };
	AUTO_STR want = { 0 };
	AUTO_STR got = { 0 };

	(void)state;
	ssh_encode_command(command, &encoded);
	assert_null(strpbrk(str_text(&encoded), "!\n"));
	const char *as_sent[] = { "sh", "-c", str_text(&encoded), NULL };
	assert_int_equal(proc_run_ok(plain, LONG_NS, &want, NULL), 0);
	assert_int_equal(proc_run_ok(as_sent, LONG_NS, &got, NULL), 0);
	assert_string_equal(str_text(&got), str_text(&want));
	assert_non_null(strstr(str_text(&got), "it's|n|2 x"));
	/* Within the quotes a backslash is never followed by what some shell lets it escape there. */
	assert_null(strstr(str_text(&encoded), "\\\\"));
	assert_null(strstr(str_text(&encoded), "\\'"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_found),
		cmocka_unit_test(patterns_work),
		cmocka_unit_test(keys_are_judged),
		cmocka_unit_test(what_is_not_understood_is_passed_over),
		cmocka_unit_test(a_host_is_added_once_for_its_owner_only),
		cmocka_unit_test(base64_goes_both_ways),
		cmocka_unit_test(fingerprints_are_those_of_ssh_keygen),
		cmocka_unit_test(key_files_tell_what_they_are),
		cmocka_unit_test(commands_are_encoded_for_any_shell),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

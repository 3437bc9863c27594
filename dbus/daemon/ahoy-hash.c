/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-hash.h"

#include <errno.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "ahoy.h"

/* What ahoyd makes of a password without being a daemon: ahoyd --hash. */

#define MAX_PASSWORD 1024

/* A line without its end; NULL when there is none, or when it is too long. */
static char *
read_line (FILE *stream)
{
  char line[MAX_PASSWORD + 2];
  gsize length;
  char *copy;

  if (fgets (line, sizeof line, stream) == NULL) {
    return NULL;
  }
  length = strcspn (line, "\r\n");
  copy = line[length] == '\0' && length > MAX_PASSWORD ? NULL : g_strndup (line, length);
  explicit_bzero (line, sizeof line);
  return copy;
}

/* How the terminal was before it was silent. */
static struct termios before;

/* Whoever presses Ctrl-C sees again what is typed. */
static void
on_signal (int number)
{
  tcsetattr (STDIN_FILENO, TCSANOW, &before);
  signal (number, SIG_DFL);
  raise (number);
}

/* From the terminal, where nobody reads along; from a pipe as it comes. */
static char *
ask_password (const char *username, const char *realm)
{
  struct termios silent;
  char *password;

  setvbuf (stdin, NULL, _IONBF, 0); /* which would keep a copy */
  if (tcgetattr (STDIN_FILENO, &before) != 0) {
    return read_line (stdin);
  }
  silent = before;
  silent.c_lflag &= ~(tcflag_t) ECHO;
  signal (SIGINT, on_signal);
  signal (SIGTERM, on_signal);
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &silent);
  g_printerr ("Password of %s in the realm %s: ", username, realm);
  password = read_line (stdin);
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &before);
  g_printerr ("\n");
  return password;
}

static void
print_hashes (const char *username, const char *realm, const char *password, gboolean json)
{
  static const struct {
    const char *key;
    AhoyDigestAlgorithm algorithm;
  } keys[] = {
    { "password-md5", AHOY_DIGEST_MD5 },
    { "password-sha256", AHOY_DIGEST_SHA_256 },
    { "password-sha512-256", AHOY_DIGEST_SHA_512_256 },
  };
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *text = NULL;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_autofree char *digits =
        ahoy_digest_hash_account (keys[i].algorithm, username, realm, password);

    if (digits != NULL) {
      g_variant_builder_add (&builder, "{ss}", keys[i].key, digits);
      if (!json) {
        g_print ("%s=%s\n", keys[i].key, digits);
      }
    }
  }
  node = json_gvariant_serialize (g_variant_builder_end (&builder));
  text = json_to_string (node, TRUE);
  if (json) {
    g_print ("%s\n", text);
  }
}

/* Prints the keys that can stand in an account instead of its password. FALSE: there is none. */
gboolean
ahoy_hash_print (const char *username, const char *realm, gboolean json)
{
  g_autofree char *password = NULL;

  if (strchr (username, ':') != NULL) {
    g_printerr ("ahoyd: The user name “%s” has a colon in it, which RFC 7616 does not allow\n",
                username);
    return FALSE;
  }
  password = ask_password (username, realm);
  if (password == NULL || *password == '\0') {
    g_printerr ("ahoyd: There is no password, or it is longer than %d bytes; type one, or write "
                "it to the standard input\n",
                MAX_PASSWORD);
    return FALSE;
  }
  print_hashes (username, realm, password, json);
  explicit_bzero (password, strlen (password));
  return TRUE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-sipconf-job-private.h"

#include <gio/gio.h>
#include <string.h>

/* permit and deny of a sip.conf, and those of direct media: the last one that fits decides, and who
 * fits none is let in. With Ahoy the narrowest decides. Networks hold each other or have nothing in
 * common, so both say the same once each one is taken out that a later one holds. */

#define MAX_NETWORKS 150

/* Two keys that belong together, there and here. */
typedef struct {
  const char *permit;
  const char *deny;
  const char *our_permit;
  const char *our_deny;
  const char *shuts_nobody_out;
} Pair;

static const Pair pairs[] = {
  { "permit", "deny", "permit", "deny",
    "it shuts nobody out; write deny=0.0.0.0/0 above it to let in nobody else" },
  { "directmediapermit", "directmediadeny", "direct-media-permit", "direct-media-deny",
    "it shuts nobody out; write directmediadeny=0.0.0.0/0 above it to let in nobody else" },
};

typedef struct {
  const AhoySipconfEntry *entry;
  gboolean permit;
  gsize size; /* of the address: 4 or 16 bytes */
  guint prefix;
  guint8 bytes[16];
} Network;

static gboolean
parse_prefix (const char *text, gsize size, guint *prefix)
{
  g_autoptr (GInetAddress) mask = NULL;
  const guint8 *bytes;
  guint64 number;
  gboolean ended = FALSE;

  if (g_ascii_string_to_unsigned (text, 10, 0, size * 8, &number, NULL)) {
    *prefix = number;
    return TRUE;
  }
  mask = g_inet_address_new_from_string (text);
  if (mask == NULL || g_inet_address_get_native_size (mask) != size)
    return FALSE;
  bytes = g_inet_address_to_bytes (mask);
  *prefix = 0;
  for (guint bit = 0; bit < size * 8; bit++) {
    gboolean is_set = (bytes[bit / 8] >> (7 - bit % 8)) & 1;

    if (is_set && ended)
      return FALSE;
    ended = ended || !is_set;
    *prefix += is_set;
  }
  return TRUE;
}

/* 192.0.2.1, 192.0.2.0/24 or 192.0.2.0/255.255.255.0; bits behind the prefix do not count. */
static gboolean
parse_network (const char *text, Network *network)
{
  g_auto (GStrv) parts = g_strsplit (text, "/", 2);
  g_autoptr (GInetAddress) address
      = parts[0] != NULL ? g_inet_address_new_from_string (parts[0]) : NULL;

  if (address == NULL || strchr (text, '%') != NULL)
    return FALSE;
  network->size = g_inet_address_get_native_size (address);
  network->prefix = network->size * 8;
  if (parts[1] != NULL && !parse_prefix (parts[1], network->size, &network->prefix))
    return FALSE;
  memcpy (network->bytes, g_inet_address_to_bytes (address), network->size);
  for (guint bit = network->prefix; bit < network->size * 8; bit++)
    network->bytes[bit / 8] &= ~(0x80 >> bit % 8);
  return TRUE;
}

static char *
network_to_text (const Network *network)
{
  g_autoptr (GInetAddress) address
      = g_inet_address_new_from_bytes (network->bytes, network->size == 4 ? G_SOCKET_FAMILY_IPV4
                                                                          : G_SOCKET_FAMILY_IPV6);
  g_autofree char *text = g_inet_address_to_string (address);

  return g_strdup_printf ("%s/%u", text, network->prefix);
}

/* The network as Ahoy writes it; NULL for what is none. */
char *
ahoy_sipconf_dup_network (const char *text)
{
  Network network = { 0 };

  return parse_network (text, &network) ? network_to_text (&network) : NULL;
}

static gboolean
holds (const Network *outer, const Network *inner)
{
  if (outer->size != inner->size || outer->prefix > inner->prefix)
    return FALSE;
  for (guint bit = 0; bit < outer->prefix; bit++) {
    if ((outer->bytes[bit / 8] ^ inner->bytes[bit / 8]) & (0x80 >> bit % 8))
      return FALSE;
  }
  return TRUE;
}

static void
add_network (AhoySipconfJob *job, GArray *networks, const AhoySipconfEntry *entry, gboolean permit,
             const char *text)
{
  Network network = { .entry = entry, .permit = permit };
  g_autofree char *message = NULL;

  if (*text == '!') {
    network.permit = !network.permit;
    text++;
  }
  if (!parse_network (text, &network)) {
    message = g_strdup_printf ("“%.100s” is no network; write one such as 192.0.2.0/24", text);
    ahoy_sipconf_job_tell (job, entry, AHOY_CONFIG_SEVERITY_ERROR, message);
    job->unusable = TRUE;
    return;
  }
  for (guint i = networks->len; i > 0; i--) {
    if (holds (&network, &g_array_index (networks, Network, i - 1)))
      g_array_remove_index (networks, i - 1);
  }
  g_array_append_val (networks, network);
}

static GArray *
collect (AhoySipconfJob *job, const Pair *pair)
{
  GArray *networks = g_array_new (FALSE, FALSE, sizeof (Network));

  for (guint i = 0; i < job->entries->len; i++) {
    const AhoySipconfEntry *entry = job->entries->pdata[i];
    gboolean permit = strcmp (entry->key, pair->permit) == 0;
    g_auto (GStrv) parts = NULL;

    if (!permit && strcmp (entry->key, pair->deny) != 0)
      continue;
    parts = ahoy_sipconf_split (entry->text);
    for (gsize n = 0; parts[n] != NULL && networks->len < MAX_NETWORKS; n++)
      add_network (job, networks, entry, permit, parts[n]);
    if (networks->len >= MAX_NETWORKS) {
      ahoy_sipconf_job_tell (job, entry, AHOY_CONFIG_SEVERITY_ERROR,
                             "there are 150 networks or more; write an [acl] to ahoy.conf");
      job->unusable = TRUE;
      break;
    }
  }
  return networks;
}

static void
set_pair (AhoySipconfJob *job, const Pair *pair)
{
  g_autoptr (GArray) networks = collect (job, pair);
  const AhoySipconfEntry *permit = NULL;
  gboolean is_closed = FALSE;
  gboolean has_deny = FALSE;

  for (guint i = 0; i < networks->len; i++) {
    Network *network = &g_array_index (networks, Network, i);

    if (network->permit)
      permit = network->entry;
    has_deny = has_deny || !network->permit;
    is_closed = is_closed || (!network->permit && network->prefix == 0);
  }
  for (guint i = 0; i < networks->len && has_deny; i++) {
    Network *network = &g_array_index (networks, Network, i);
    g_autofree char *text = network_to_text (network);

    ahoy_sipconf_job_append (job, network->entry,
                             network->permit ? pair->our_permit : pair->our_deny, text, TRUE);
  }
  /* Where Ahoy is told whom to let in, it lets in nobody else. */
  if (permit != NULL && has_deny && !is_closed) {
    ahoy_sipconf_job_append (job, permit, pair->our_permit, "0.0.0.0/0", TRUE);
    ahoy_sipconf_job_append (job, permit, pair->our_permit, "::/0", TRUE);
  }
  if (permit != NULL && !has_deny)
    ahoy_sipconf_job_tell (job, permit, AHOY_CONFIG_SEVERITY_WARNING, pair->shuts_nobody_out);
}

/* Sets what says from where the endpoint may come, and where its media may go. */
void
ahoy_sipconf_set_access (AhoySipconfJob *job)
{
  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    set_pair (job, &pairs[i]);
}

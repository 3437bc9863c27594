/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-schema.h"
#include "ahoy-config-set.h"
#include "ahoy-sipconf-parser-private.h"

G_BEGIN_DECLS

/* ahoy-sipconf-rules.c knows what becomes of each key, ahoy-sipconf-networks.c reads networks, and
 * ahoy-sipconf-register.c registrations, and ahoy-sipconf-translate.c makes objects of what several
 * keys say together. */
typedef struct {
  AhoyConfigSchema *schema;
  GPtrArray *problems;
  GHashTable *told;         /* “file:line: message” of what was said already */
  AhoyConfigSet *set;
  GPtrArray *general;       /* entries of [general] */
  AhoyConfigObject *object; /* that the keys are for, */
  GPtrArray *entries;       /* and the keys, with those of [general] that hold for it; borrowed */
  gboolean unusable;        /* a key that has to hold cannot; the object is left out */
} AhoySipconfJob;

typedef struct _AhoySipconfRule AhoySipconfRule;

typedef void (*AhoySipconfConvert) (AhoySipconfJob *job, const AhoySipconfRule *rule,
                                    const AhoySipconfEntry *entry);

typedef enum {
  AHOY_SIPCONF_GENERAL = 1 << 0, /* stands in [general] and is for all of Ahoy */
  AHOY_SIPCONF_PEER = 1 << 1,    /* stands in a section of a peer */
  AHOY_SIPCONF_DEFAULT = 1 << 2, /* stands in [general] and holds for all peers */
  AHOY_SIPCONF_STRICT = 1 << 3,  /* without it nobody may be let in */
} AhoySipconfPlace;

struct _AhoySipconfRule {
  const char *key;
  AhoySipconfPlace places;
  const char *target;         /* the key of Ahoy's object, or NULL */
  AhoySipconfConvert convert; /* NULL to copy the text */
  const char *reason;         /* why there is nothing, or NULL */
};

const AhoySipconfRule *ahoy_sipconf_rule_find (const char *key);
void ahoy_sipconf_rule_apply (AhoySipconfJob *job, const AhoySipconfEntry *entry,
                              AhoySipconfPlace place);

void ahoy_sipconf_job_tell (AhoySipconfJob *job, const AhoySipconfEntry *entry,
                            AhoyConfigSeverity severity, const char *message);
gboolean ahoy_sipconf_job_set (AhoySipconfJob *job, const AhoySipconfEntry *entry,
                               const char *target, const char *text, gboolean strict);
gboolean ahoy_sipconf_job_append (AhoySipconfJob *job, const AhoySipconfEntry *entry,
                                  const char *target, const char *element, gboolean strict);
const AhoySipconfEntry *ahoy_sipconf_job_last (AhoySipconfJob *job, const char *key);
gboolean ahoy_sipconf_is_true (const char *text);
char **ahoy_sipconf_split (const char *text);

void ahoy_sipconf_job_begin (AhoySipconfJob *job, const char *type_name, const char *name,
                             const char *file, guint line);
void ahoy_sipconf_job_end (AhoySipconfJob *job);

void ahoy_sipconf_translate_registers (AhoySipconfJob *job);
void ahoy_sipconf_translate_callback (AhoySipconfJob *job, const AhoySipconfEntry *entry,
                                      const AhoySipconfEntry *host, const char *user,
                                      const char *secret, const char *peer_name);

void ahoy_sipconf_set_dynamic (AhoySipconfJob *job, const AhoySipconfEntry *host);
void ahoy_sipconf_set_qualify (AhoySipconfJob *job);

void ahoy_sipconf_set_access (AhoySipconfJob *job);
char *ahoy_sipconf_dup_network (const char *text);

AhoyConfigSet *ahoy_sipconf_translate (AhoyConfigSchema *schema, AhoySipconfDocument *document);

G_END_DECLS

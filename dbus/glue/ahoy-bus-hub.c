/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-hub.h"

#include "ahoy-bus-error.h"
#include "ahoy.h"

/*
 * All objects of the daemon on one connection: finds the one that a call is for, is the object
 * manager, and lets the objects tell what changed when the link gathers it.
 *
 * Objects below one prefix share one registration (a subtree); GDBus skeletons and its object
 * manager cost nearly ten times as much per call.
 */
struct _AhoyBusHub {
  GObject parent_instance;

  AhoyBusLink *link;
  GDBusConnection *connection; /* the link's */
  AhoyBusObject *root;
  GHashTable *objects; /* path → AhoyBusObject, without the root */
  GHashTable *prefixes; /* prefix → AhoyBusInterface */
  GHashTable *fresh;   /* AhoyBusObject that nobody heard of yet */
  GQueue dirty;        /* AhoyBusObject */
  GArray *registrations;
  gboolean trusting;
};

G_DEFINE_FINAL_TYPE (AhoyBusHub, ahoy_bus_hub, G_TYPE_OBJECT)

static const char object_manager_xml[] =
    "<node><interface name='org.freedesktop.DBus.ObjectManager'>"
    "<method name='GetManagedObjects'>"
    "<arg name='objects' type='a{oa{sa{sv}}}' direction='out'/></method>"
    "<signal name='InterfacesAdded'><arg name='object' type='o'/>"
    "<arg name='interfaces' type='a{sa{sv}}'/></signal>"
    "<signal name='InterfacesRemoved'><arg name='object' type='o'/>"
    "<arg name='interfaces' type='as'/></signal>"
    "</interface></node>";

/* The path of a named object: what is no letter or digit becomes _xx, as systemd does for units. */
char *
ahoy_bus_make_path (const char *kind, const char *name)
{
  GString *text = g_string_new (AHOY_BUS_ROOT "/");

  g_string_append_printf (text, "%s/", kind);
  for (const char *at = name; *at != '\0'; at++) {
    if (g_ascii_isalpha (*at) || (g_ascii_isdigit (*at) && at != name)) {
      g_string_append_c (text, *at);
    } else {
      g_string_append_printf (text, "_%02x", (guchar) *at);
    }
  }
  return g_string_free (text, FALSE);
}

AhoyBusObject *
ahoy_bus_hub_lookup (AhoyBusHub *self, const char *path)
{
  if (g_str_equal (path, ahoy_bus_object_get_path (self->root))) {
    return self->root;
  }
  return g_hash_table_lookup (self->objects, path);
}

static void
on_method_call (GDBusConnection *connection, const char *sender, const char *path,
                const char *interface_name, const char *method_name, GVariant *arguments,
                GDBusMethodInvocation *invocation, gpointer user_data)
{
  AhoyBusHub *self = user_data;
  g_autoptr (AhoyBusObject) object = NULL;
  g_autoptr (GObject) target = NULL;
  const AhoyBusInterface *interface;
  gpointer found = NULL;

  /* Found by its path once more: it may have gone since GDBus took the call. */
  if (ahoy_bus_hub_lookup (self, path) == NULL) {
    ahoy_bus_return_new_error (invocation, AHOY_ERROR_NOT_FOUND,
                               "There is no object %s on the bus any more", path);
    return;
  }
  object = g_object_ref (ahoy_bus_hub_lookup (self, path));
  interface = ahoy_bus_object_find (object, interface_name, &found);
  if (interface == NULL) {
    ahoy_bus_return_new_error (invocation, AHOY_ERROR_NOT_SUPPORTED,
                               "The object %s has no interface %s", path, interface_name);
    return;
  }
  target = g_object_ref (found);
  ahoy_bus_interface_find_method (interface, method_name)->handle (target, arguments, invocation);
}

static GVariant *
on_get_property (GDBusConnection *connection, const char *sender, const char *path,
                 const char *interface_name, const char *property, GError **error,
                 gpointer user_data)
{
  AhoyBusHub *self = user_data;
  AhoyBusObject *object = ahoy_bus_hub_lookup (self, path);
  gpointer target = NULL;
  const AhoyBusInterface *interface =
      object != NULL ? ahoy_bus_object_find (object, interface_name, &target) : NULL;
  int index = interface != NULL ? ahoy_bus_interface_find (interface, property) : -1;

  if (index < 0) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND, "There is no property %s.%s at %s",
                 interface_name, property, path);
    return NULL;
  }
  return ahoy_bus_interface_get (interface, target, (guint) index);
}

static const GDBusInterfaceVTable vtable = { on_method_call, on_get_property, NULL, { NULL } };

static void
on_object_manager_call (GDBusConnection *connection, const char *sender, const char *path,
                        const char *interface_name, const char *method_name, GVariant *arguments,
                        GDBusMethodInvocation *invocation, gpointer user_data)
{
  AhoyBusHub *self = user_data;
  GVariantBuilder builder;
  GHashTableIter iter;
  gpointer object;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{oa{sa{sv}}}"));
  g_hash_table_iter_init (&iter, self->objects);
  while (g_hash_table_iter_next (&iter, NULL, &object)) {
    g_variant_builder_add (&builder, "{o@a{sa{sv}}}", ahoy_bus_object_get_path (object),
                           ahoy_bus_object_describe (object));
  }
  ahoy_bus_call_return (invocation, g_variant_new ("(a{oa{sa{sv}}})", &builder));
}

static const GDBusInterfaceVTable object_manager_vtable = { on_object_manager_call, NULL, NULL,
                                                            { NULL } };

static char **
on_enumerate (GDBusConnection *connection, const char *sender, const char *path,
              gpointer user_data)
{
  AhoyBusHub *self = user_data;
  g_autofree char *prefix = g_strconcat (path, "/", NULL);
  GStrvBuilder *nodes = g_strv_builder_new ();
  GHashTableIter iter;
  gpointer key;
  char **list;

  g_hash_table_iter_init (&iter, self->objects);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    const char *node = (const char *) key + strlen (prefix);

    if (g_str_has_prefix (key, prefix) && strchr (node, '/') == NULL) {
      g_strv_builder_add (nodes, node);
    }
  }
  list = g_strv_builder_end (nodes);
  g_strv_builder_unref (nodes);
  return list;
}

/* The interface that objects below the prefix of @path have. */
static GDBusInterfaceInfo **
dup_known_infos (AhoyBusHub *self, const char *path)
{
  g_autofree char *prefix = g_path_get_dirname (path);
  const AhoyBusInterface *interface = g_hash_table_lookup (self->prefixes, prefix);
  GDBusInterfaceInfo **infos = g_new0 (GDBusInterfaceInfo *, 2);

  if (interface != NULL) {
    infos[0] = g_dbus_interface_info_ref ((GDBusInterfaceInfo *) interface->info);
  }
  return infos;
}

static GDBusInterfaceInfo **
on_introspect (GDBusConnection *connection, const char *sender, const char *path, const char *node,
               gpointer user_data)
{
  AhoyBusHub *self = user_data;
  g_autofree char *full = node != NULL ? g_strconcat (path, "/", node, NULL) : NULL;
  AhoyBusObject *object = full != NULL ? ahoy_bus_hub_lookup (self, full) : NULL;

  if (object != NULL || node == NULL) {
    return object != NULL ? ahoy_bus_object_dup_infos (object) : NULL;
  }
  /* GDBus gives the path of the prefix when it introspects, that of the object when it calls. A
   * call to an object that is not there goes on, so that the caller is told so in plain words. */
  object = ahoy_bus_hub_lookup (self, path);
  if (object != NULL) {
    return ahoy_bus_object_dup_infos (object);
  }
  return g_str_has_suffix (path, node) ? dup_known_infos (self, path) : NULL;
}

static const GDBusInterfaceVTable *
on_dispatch (GDBusConnection *connection, const char *sender, const char *path,
             const char *interface_name, const char *node, gpointer *out_user_data,
             gpointer user_data)
{
  *out_user_data = user_data;
  return &vtable;
}

static const GDBusSubtreeVTable subtree_vtable = { on_enumerate, on_introspect, on_dispatch,
                                                   { NULL } };

static void
ahoy_bus_hub_dispose (GObject *object)
{
  ahoy_bus_hub_close (AHOY_BUS_HUB (object));
  G_OBJECT_CLASS (ahoy_bus_hub_parent_class)->dispose (object);
}

static void
ahoy_bus_hub_finalize (GObject *object)
{
  AhoyBusHub *self = AHOY_BUS_HUB (object);

  g_hash_table_unref (self->objects);
  g_hash_table_unref (self->fresh);
  g_hash_table_unref (self->prefixes);
  g_array_unref (self->registrations);
  g_clear_object (&self->root);
  g_clear_object (&self->connection);
  g_clear_object (&self->link);
  G_OBJECT_CLASS (ahoy_bus_hub_parent_class)->finalize (object);
}

static void
ahoy_bus_hub_class_init (AhoyBusHubClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_bus_hub_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_bus_hub_finalize;
}

static void
ahoy_bus_hub_init (AhoyBusHub *self)
{
  self->objects = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);
  self->prefixes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->fresh = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  self->registrations = g_array_new (FALSE, FALSE, sizeof (guint));
  g_queue_init (&self->dirty);
}

static void
gather (gpointer user_data)
{
  ahoy_bus_hub_flush (user_data);
}

static void
schedule (AhoyBusObject *object, gpointer user_data)
{
  AhoyBusHub *self = user_data;

  g_queue_push_tail (&self->dirty, g_object_ref (object));
  ahoy_bus_link_want_flush (self->link);
}

static gboolean
register_interface (AhoyBusHub *self, const GDBusInterfaceInfo *info,
                    const GDBusInterfaceVTable *functions, GError **error)
{
  guint id = g_dbus_connection_register_object (
      self->connection, ahoy_bus_object_get_path (self->root), (GDBusInterfaceInfo *) info,
      functions, self, NULL, error);

  if (id == 0) {
    return FALSE;
  }
  g_array_append_val (self->registrations, id);
  return TRUE;
}

static gboolean
register_root (AhoyBusHub *self, GError **error)
{
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (object_manager_xml, error);
  GDBusInterfaceInfo **infos;
  gboolean good;

  if (node == NULL ||
      !register_interface (self, node->interfaces[0], &object_manager_vtable, error)) {
    return FALSE;
  }
  infos = ahoy_bus_object_dup_infos (self->root);
  good = TRUE;
  for (guint i = 0; good && infos[i] != NULL; i++) {
    good = register_interface (self, infos[i], &vtable, error);
  }
  g_free (infos);
  return good;
}

/* @root carries its interfaces already. */
AhoyBusHub *
ahoy_bus_hub_new (AhoyBusLink *link, AhoyBusObject *root, GError **error)
{
  g_autoptr (AhoyBusHub) self = g_object_new (AHOY_BUS_TYPE_HUB, NULL);
  const AhoyBusOutlet outlet = { link, schedule, self };

  self->link = g_object_ref (link);
  self->connection = g_object_ref (ahoy_bus_link_get_connection (link));
  self->root = g_object_ref (root);
  if (!register_root (self, error)) {
    return NULL;
  }
  ahoy_bus_object_set_outlet (root, &outlet);
  ahoy_bus_link_set_gather (link, gather, self);
  return g_steal_pointer (&self);
}

GDBusConnection *
ahoy_bus_hub_get_connection (AhoyBusHub *self)
{
  return self->connection;
}

/* Whether callers may do what the user may whom the daemon runs as: on the session bus, where they
 * are that user. */
void
ahoy_bus_hub_set_trusting (AhoyBusHub *self, gboolean trusting)
{
  self->trusting = trusting;
}

gboolean
ahoy_bus_hub_is_trusting (AhoyBusHub *self)
{
  return self->trusting;
}

/* Objects right below @prefix can be called; they have @interface. Returns a number for
 * ahoy_bus_hub_remove_tree(), 0 on failure. */
guint
ahoy_bus_hub_add_tree (AhoyBusHub *self, const char *prefix, const AhoyBusInterface *interface,
                       GError **error)
{
  g_hash_table_replace (self->prefixes, g_strdup (prefix), (gpointer) interface);
  return g_dbus_connection_register_subtree (self->connection, prefix, &subtree_vtable,
                                             G_DBUS_SUBTREE_FLAGS_DISPATCH_TO_UNENUMERATED_NODES,
                                             self, NULL, error);
}

void
ahoy_bus_hub_remove_tree (AhoyBusHub *self, const char *prefix, guint tree)
{
  g_hash_table_remove (self->prefixes, prefix);
  if (self->connection != NULL && tree != 0) {
    g_dbus_connection_unregister_subtree (self->connection, tree);
  }
}

/* The object can be called at once; it is announced at the end of the turn. */
void
ahoy_bus_hub_add (AhoyBusHub *self, AhoyBusObject *object)
{
  const AhoyBusOutlet outlet = { self->link, schedule, self };

  ahoy_bus_object_set_outlet (object, &outlet);
  g_hash_table_replace (self->objects, (char *) ahoy_bus_object_get_path (object),
                        g_object_ref (object));
  g_hash_table_add (self->fresh, g_object_ref (object));
  schedule (object, self);
}

/* What the object still has to say goes out first. */
void
ahoy_bus_hub_remove (AhoyBusHub *self, AhoyBusObject *object)
{
  g_autoptr (AhoyBusObject) hold = g_object_ref (object);
  const char *path = ahoy_bus_object_get_path (object);

  if (g_hash_table_lookup (self->objects, path) != object) {
    return;
  }
  ahoy_bus_hub_flush (self);
  ahoy_bus_object_withdraw (object, ahoy_bus_object_get_path (self->root));
  ahoy_bus_object_forget (object);
  g_hash_table_remove (self->objects, path);
}

/* Everything that changed in this turn is told now, in front of what is told later. */
void
ahoy_bus_hub_flush (AhoyBusHub *self)
{
  AhoyBusObject *next;

  while ((next = g_queue_pop_head (&self->dirty)) != NULL) {
    g_autoptr (AhoyBusObject) object = next;

    if (g_hash_table_remove (self->fresh, object)) {
      ahoy_bus_object_announce (object, ahoy_bus_object_get_path (self->root));
    }
    ahoy_bus_object_flush (object);
  }
}

/* Nothing is on the bus any more. */
void
ahoy_bus_hub_close (AhoyBusHub *self)
{
  GHashTableIter iter;
  gpointer object;

  if (self->link != NULL) {
    ahoy_bus_link_set_gather (self->link, NULL, NULL);
  }
  for (guint i = 0; i < self->registrations->len; i++) {
    g_dbus_connection_unregister_object (self->connection,
                                         g_array_index (self->registrations, guint, i));
  }
  g_array_set_size (self->registrations, 0);
  g_queue_clear_full (&self->dirty, g_object_unref);
  g_hash_table_remove_all (self->fresh);
  g_hash_table_iter_init (&iter, self->objects);
  while (g_hash_table_iter_next (&iter, NULL, &object)) {
    ahoy_bus_object_forget (object);
  }
  if (self->root != NULL) {
    ahoy_bus_object_forget (self->root);
  }
  g_hash_table_remove_all (self->objects);
}

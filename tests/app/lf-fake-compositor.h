/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A Wayland compositor of the test's own, by libwayland-server, on a thread of its own. It has what
 * GTK needs to open a display, shows nothing, and may offer ext-idle-notify-v1. */
typedef struct _LfFakeCompositor LfFakeCompositor;

LfFakeCompositor *lf_fake_compositor_new (void); /* WAYLAND_DISPLAY leads to it */
void              lf_fake_compositor_free (LfFakeCompositor *self);
void              lf_fake_compositor_offer_idle (LfFakeCompositor *self);
void              lf_fake_compositor_withdraw_idle (LfFakeCompositor *self);
void              lf_fake_compositor_withdraw_seat (LfFakeCompositor *self);
guint             lf_fake_compositor_count_watches (LfFakeCompositor *self);          /* that wait for a duration */
void              lf_fake_compositor_pass_ms (LfFakeCompositor *self, guint idle_ms); /* without input */
void              lf_fake_compositor_touch (LfFakeCompositor *self);
void              lf_fake_compositor_set_is_deaf (LfFakeCompositor *self, gboolean is_deaf); /* it hangs */
void              lf_fake_compositor_drop_clients (LfFakeCompositor *self);

G_END_DECLS

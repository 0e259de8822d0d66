/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-db-driver.h"
#include "lf-store-accounts.h"
#include "lf-store.h"

G_BEGIN_DECLS

#define LF_TEST_NOW_US (G_GINT64_CONSTANT (1790000000) * LF_SECOND)

/* A database in memory, with all tables. */
LfDb *lf_test_db_new (void);
/* An account; the password is hashed when there is one. Returns its id. */
char *lf_test_db_add (LfDb *db, const char *login, const char *name, const char *password);

/* An empty folder below the temporary one; removed with what is in it by lf_test_folder_free(). */
char *lf_test_folder_new (void);
void  lf_test_folder_free (char *path);
char *lf_test_store_add (LfStore *store, const char *login, const char *name, const char *password);

G_END_DECLS

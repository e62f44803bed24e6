/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the parts of the folder output share. */
#pragma once

#include "compiler/folder.h"
#include "compiler/output-index.h"
#include "compiler/output-private.h"

typedef enum {
    TAMIS_SCRIPT_NONE,
    TAMIS_SCRIPT_CREATED,
    TAMIS_SCRIPT_UPDATED,
    TAMIS_SCRIPT_UNCHANGED,
} TamisScriptState;

/* Of each mailbox of the policy. */
typedef struct {
    guint8 sha256[SHA256_DIGEST_SIZE];
    TamisFileStamp stamp;
    guint8 state;        /* TamisScriptState */
    guint8 is_restamped; /* stamp is not what the index says */
    guint16 worker;      /* whose folder of the stage has it */
} TamisScriptRecord;

typedef struct {
    TamisFolderCache folders;
    int stage; /* -1: none yet */
    GByteArray *buffer;
} TamisDirectoryWorker;

/* A batch of scripts. */
typedef struct {
    GPtrArray *edited; /* paths that were not as tamis had left them */
    GString *paths;    /* of a fresh folder: all of them, each with its NUL */
} TamisDirectorySlot;

typedef struct {
    TamisOutput base;
    const TamisPolicy *policy; /* lent, from begin on */
    char *path;                /* as the user gave it */
    char *fresh_path;          /* where a new folder is filled; NULL: the folder was there */
    int root;                  /* the folder, or what is filled in its stead; -1: none */
    int private_folder;        /* -1: none */
    int lock;                  /* -1: none */
    int stage;                 /* -1: none */
    TamisIndex *index;         /* NULL: fresh */
    guint8 *seen;              /* of the index's entries: the policy has it still */
    TamisScriptRecord *scripts;
    guint32 n_scripts;
    TamisIndexWriter *writer; /* NULL: not fresh */
    guint32 n_written;        /* scripts that writer has */
    TamisDirectoryWorker *workers;
    guint n_workers;
    TamisDirectorySlot *slots;
    guint n_slots;
    GPtrArray *all_edited;
    gboolean stage_is_sealed; /* a record may need it: not ours to remove */
} TamisDirectory;

/* Long enough for tamis_directory_staged_path. */
#define TAMIS_STAGED_PATH_BYTES 32

/* Where the stage has a mailbox's script, below it: "1/4711". */
void tamis_directory_staged_path(const TamisDirectory *self, guint32 mailbox, char *buffer);
/* "cannot VERB 'DIR/BELOW': reason" by errno; below may be NULL. Returns FALSE. */
gboolean tamis_directory_fail(const TamisDirectory *self, const char *verb, const char *below,
                              GError **error);
/* The class's put. */
gboolean tamis_directory_put(TamisOutput *output, guint worker, guint slot,
                             const TamisScript *script, GError **error);
/* The class's commit. */
gboolean tamis_directory_commit(TamisOutput *output, TamisOutputResult *result, GError **error);

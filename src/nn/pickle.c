/* SPDX-License-Identifier: Apache-2.0
 *
 * The machine of Python's pickletools, with values that are only data.
 */
#include "nn/pickle.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_NODES = 4 << 20 };

typedef struct machine {
    pk_doc *d;
    const unsigned char *p, *end;
    size_t *stack, n, cap;       /* nodes */
    size_t *memo, n_memo, memos; /* node + 1 by number; 0: none */
    bool bad;                    /* ran past an end or below the stack */
    bool no_memory;
} machine;

static size_t new_node(machine *m, pk_kind kind)
{
    pk_doc *d = m->d;
    if (d->n >= MAX_NODES) m->bad = true;
    if (m->bad || dlrn_grow(&d->node, &d->cap, d->n + 1, sizeof *d->node, NULL) != DLRN_OK) {
        m->no_memory = !m->bad;
        m->bad = true;
        return 0;
    }
    d->node[d->n] = (pk_node){.kind = kind};
    return d->n++;
}

static void push(machine *m, size_t node)
{
    if (m->bad) return;
    if (dlrn_grow(&m->stack, &m->cap, m->n + 1, sizeof *m->stack, NULL) != DLRN_OK)
        m->bad = m->no_memory = true;
    else
        m->stack[m->n++] = node;
}

static size_t pop(machine *m)
{
    if (m->bad || m->n == 0) {
        m->bad = true;
        return 0;
    }
    return m->stack[--m->n];
}

static size_t top(machine *m)
{
    const size_t node = pop(m);
    push(m, node);
    return node;
}

static void add_child(machine *m, size_t parent, size_t child)
{
    if (m->bad) return;
    pk_node *p = &m->d->node[parent];
    if (dlrn_grow(&p->child, &p->cap, p->n + 1, sizeof *p->child, NULL) != DLRN_OK)
        m->bad = m->no_memory = true;
    else
        p->child[p->n++] = child;
}

/* The little-endian number of `bytes` bytes that comes next. */
static uint64_t take(machine *m, size_t bytes)
{
    uint64_t x = 0;
    if (m->bad || (size_t)(m->end - m->p) < bytes) {
        m->bad = true;
        return 0;
    }
    for (size_t i = 0; i < bytes && i < 8; i++)
        x |= (uint64_t)m->p[i] << (8 * i);
    m->p += bytes;
    return x;
}

static void push_text(machine *m, uint64_t len)
{
    if (m->bad || (uint64_t)(m->end - m->p) < len) {
        m->bad = true;
        return;
    }
    const size_t node = new_node(m, PK_TEXT);
    if (m->bad) return;
    m->d->node[node].text = (const char *)m->p;
    m->d->node[node].len = (size_t)len;
    m->p += len;
    push(m, node);
}

static void push_int(machine *m, int64_t x)
{
    const size_t node = new_node(m, PK_INT);
    if (!m->bad) m->d->node[node].number = x;
    push(m, node);
}

/* A long of n bytes; those that do not fit are opaque. */
static void push_long(machine *m, size_t n)
{
    const uint64_t x = take(m, n);
    if (n > 8)
        push(m, new_node(m, PK_OPAQUE));
    else if (n > 0 && n < 8 && x >> (8 * n - 1) & 1)
        push_int(m, (int64_t)(x | UINT64_MAX << (8 * n)));
    else
        push_int(m, (int64_t)x);
}

static void push_global(machine *m, const char *module, size_t m_len, const char *name,
                        size_t n_len)
{
    const size_t node = new_node(m, PK_GLOBAL);
    char *text = m->bad ? NULL : dlrn_alloc_array(m_len + n_len + 2, 1);
    if (!text) {
        m->bad = m->no_memory = true;
        return;
    }
    memcpy(text, module, m_len);
    text[m_len] = ' ';
    memcpy(text + m_len + 1, name, n_len);
    m->d->node[node].text = text;
    m->d->node[node].len = m_len + n_len + 1;
    push(m, node);
}

/* A line of text; its end is skipped. */
static const char *take_line(machine *m, size_t *len)
{
    const unsigned char *start = m->p;
    const unsigned char *nl = m->bad ? NULL : memchr(m->p, '\n', (size_t)(m->end - m->p));
    if (!nl) {
        m->bad = true;
        *len = 0;
        return "";
    }
    m->p = nl + 1;
    *len = (size_t)(nl - start);
    return (const char *)start;
}

static void stack_global(machine *m)
{
    const size_t name = pop(m), module = pop(m);
    if (m->bad || m->d->node[name].kind != PK_TEXT || m->d->node[module].kind != PK_TEXT) {
        m->bad = true;
        return;
    }
    const pk_node a = m->d->node[module], b = m->d->node[name];
    push_global(m, a.text, a.len, b.text, b.len);
}

static void set_memo(machine *m, uint64_t number)
{
    const size_t node = top(m);
    if (m->bad || number >= MAX_NODES) {
        m->bad = true;
        return;
    }
    const size_t before = m->memos;
    if (dlrn_grow(&m->memo, &m->memos, (size_t)number + 1, sizeof *m->memo, NULL) != DLRN_OK) {
        m->bad = m->no_memory = true;
        return;
    }
    memset(m->memo + before, 0, (m->memos - before) * sizeof *m->memo);
    m->memo[number] = node + 1;
    m->n_memo++;
}

static void get_memo(machine *m, uint64_t number)
{
    if (number >= m->memos || m->memo[number] == 0)
        m->bad = true;
    else
        push(m, m->memo[number] - 1);
}

/* Moves what stands above the last mark into `parent`. */
static void gather(machine *m, size_t parent, size_t first)
{
    for (size_t i = first; i < m->n && !m->bad; i++)
        add_child(m, parent, m->stack[i]);
}

static size_t find_mark(machine *m)
{
    size_t i = m->n;
    while (i > 0 && m->d->node[m->stack[i - 1]].kind != PK_MARK)
        i--;
    if (i == 0) m->bad = true;
    return i;
}

/* A new list of what stands above the mark. */
static void list_from_mark(machine *m, pk_kind kind)
{
    const size_t first = find_mark(m), node = new_node(m, kind);
    if (m->bad) return;
    gather(m, node, first);
    m->n = first - 1;
    push(m, node);
}

/* Adds what stands above the mark to the list or dict below it. */
static void extend_from_mark(machine *m)
{
    const size_t first = find_mark(m);
    if (m->bad || first < 2) {
        m->bad = true;
        return;
    }
    gather(m, m->stack[first - 2], first);
    m->n = first - 1;
}

static void list_of(machine *m, size_t count)
{
    size_t item[3];
    for (size_t i = count; i-- > 0;)
        item[i] = pop(m);
    const size_t node = new_node(m, PK_LIST);
    for (size_t i = 0; i < count; i++)
        add_child(m, node, item[i]);
    push(m, node);
}

static void wrap(machine *m, pk_kind kind, size_t inner)
{
    const size_t node = new_node(m, kind);
    add_child(m, node, inner);
    push(m, node);
}

/* What a file wants called, by name. */
static void reduce(machine *m)
{
    const size_t args = pop(m), callable = pop(m);
    if (m->bad) return;
    const pk_node *f = &m->d->node[callable], *a = &m->d->node[args];
    if (pk_is(f, "torch._utils _rebuild_tensor_v2"))
        wrap(m, PK_TENSOR, args);
    else if (pk_is(f, "torch._utils _rebuild_parameter") && a->n > 0)
        push(m, a->child[0]);
    else if (pk_is(f, "collections OrderedDict"))
        push(m, new_node(m, PK_DICT));
    else
        push(m, new_node(m, PK_OPAQUE));
}

static void set_item(machine *m)
{
    const size_t value = pop(m), key = pop(m), dict = top(m);
    add_child(m, dict, key);
    add_child(m, dict, value);
}

static void take_global(machine *m)
{
    size_t m_len, n_len;
    const char *module = take_line(m, &m_len), *name = take_line(m, &n_len);
    if (!m->bad) push_global(m, module, m_len, name, n_len);
}

static bool step_value(machine *m, unsigned char op)
{
    switch (op) {
    case 'X':
    case 'T':
    case 'B': push_text(m, take(m, 4)); return true;
    case 0x8c:
    case 'U':
    case 'C': push_text(m, take(m, 1)); return true;
    case 0x8d: push_text(m, take(m, 8)); return true;
    case 'J': push_int(m, (int32_t)take(m, 4)); return true;
    case 'K': push_int(m, (int64_t)take(m, 1)); return true;
    case 'M': push_int(m, (int64_t)take(m, 2)); return true;
    case 0x8a: push_long(m, (size_t)take(m, 1)); return true;
    case 'G':
        take(m, 8);
        push(m, new_node(m, PK_OPAQUE));
        return true;
    case 'N':
    case 0x88:
    case 0x89: push(m, new_node(m, PK_OPAQUE)); return true;
    case '}': push(m, new_node(m, PK_DICT)); return true;
    case ']':
    case ')': push(m, new_node(m, PK_LIST)); return true;
    case 0x8f: push(m, new_node(m, PK_OPAQUE)); return true;
    case '(': push(m, new_node(m, PK_MARK)); return true;
    case 'c': take_global(m); return true;
    case 0x93: stack_global(m); return true;
    default: return false;
    }
}

static bool step_structure(machine *m, unsigned char op)
{
    switch (op) {
    case 't':
    case 'l': list_from_mark(m, PK_LIST); return true;
    case 'd': list_from_mark(m, PK_DICT); return true;
    case 0x85: list_of(m, 1); return true;
    case 0x86: list_of(m, 2); return true;
    case 0x87: list_of(m, 3); return true;
    case 'u':
    case 'e':
    case 0x90: extend_from_mark(m); return true;
    case 's': set_item(m); return true;
    case 'a': {
        const size_t item = pop(m);
        add_child(m, top(m), item);
        return true;
    }
    case 'R':
    case 0x81: reduce(m); return true;
    case 'b':
    case '0': pop(m); return true; // BUILD: the state of an object is not needed
    case 'Q': wrap(m, PK_STORAGE, pop(m)); return true;
    case 'q': set_memo(m, take(m, 1)); return true;
    case 'r': set_memo(m, take(m, 4)); return true;
    case 0x94: set_memo(m, m->n_memo); return true;
    case 'h': get_memo(m, take(m, 1)); return true;
    case 'j': get_memo(m, take(m, 4)); return true;
    case 0x80: take(m, 1); return true;
    case 0x95: take(m, 8); return true;
    default: return false;
    }
}

static dlrn_status execute(machine *m, dlrn_error *err)
{
    while (!m->bad) {
        const unsigned char op = (unsigned char)take(m, 1);
        if (m->bad || op == '.') break;
        if (!step_value(m, op) && !step_structure(m, op))
            return dlrn_fail(err, DLRN_EFORMAT,
                             "the pickle holds operation 0x%02x, which no state dict needs", op);
    }
    m->d->root = pop(m);
    if (m->no_memory) return dlrn_fail(err, DLRN_ENOMEM, "out of memory for the pickle");
    return m->bad ? dlrn_fail(err, DLRN_EFORMAT, "the pickle is damaged or cut off") : DLRN_OK;
}

dlrn_status pk_read(pk_doc *out, const char *buf, size_t len, size_t *at, dlrn_error *err)
{
    *out = (pk_doc){0};
    const unsigned char *start = (const unsigned char *)buf;
    machine m = {.d = out, .p = start + *at, .end = start + len};
    const dlrn_status st = execute(&m, err);
    *at = (size_t)(m.p - start);
    free(m.stack);
    free(m.memo);
    if (st != DLRN_OK) pk_clear(out);
    return st;
}

void pk_clear(pk_doc *d)
{
    for (size_t i = 0; i < d->n; i++) {
        free(d->node[i].child);
        if (d->node[i].kind != PK_GLOBAL) continue;
        union {
            const char *in;
            void *out;
        } u = {d->node[i].text};
        free(u.out);
    }
    free(d->node);
    *d = (pk_doc){0};
}

const pk_node *pk_child(const pk_doc *d, const pk_node *node, size_t i)
{
    return node && i < node->n ? &d->node[node->child[i]] : NULL;
}

bool pk_is(const pk_node *node, const char *text)
{
    return node && node->text && node->len == strlen(text) && !memcmp(node->text, text, node->len);
}

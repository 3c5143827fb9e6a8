// Package search keeps the live listings in a bleve index: a copy of the store
// that may be thrown away at any moment and is rebuilt from it. It is fed; it
// fetches nothing itself.
package search

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/mapping"
	bbolt "go.etcd.io/bbolt/errors"
)

// ErrDamaged says that the index broke while it was used. Reset makes a new
// one, which is then to be filled from the store.
var ErrDamaged = errors.New("search: the index is damaged and wants a Reset")

// ErrClosed is what everything answers after Close.
var ErrClosed = errors.New("search: the index is closed")

// Index is one process's own index. All methods may be used concurrently.
type Index struct {
	dir     string // "" in memory
	mapping *mapping.IndexMappingImpl
	formula *formula
	lists   *Batch // of the same listings as the index; its calls hold mu, too
	shelf   *shelf // the same

	mu    sync.RWMutex // held for reading while index is used
	index bleve.Index  // nil after Close

	state   sync.Mutex
	seq     uint64
	stream  string
	damaged bool
	moved   chan struct{} // closed and replaced whenever the position moves
	broken  chan struct{} // closed when damaged becomes true, replaced by Reset
}

// Open opens the index in the folder dir, which belongs to this process alone,
// or one in memory when dir is "". An index that is damaged, was left half
// rebuilt or has another mapping is removed: an empty one takes its place and
// Fresh is true. An index that another process holds is an error.
func Open(dir string) (*Index, error) { return open(dir, &usual) }

// OpenWithout opens an index in memory that leaves a part of the formula out, to
// measure what the part is worth.
func OpenWithout(p Part) (*Index, error) { return open("", without(p)) }

func open(dir string, f *formula) (*Index, error) {
	m, err := newMapping()
	if err != nil {
		return nil, err
	}
	x := &Index{dir: dir, mapping: m, formula: f, moved: make(chan struct{}), broken: make(chan struct{})}
	if err := x.open(); err != nil {
		return nil, fmt.Errorf("search.Open(%q): %w", dir, err)
	}
	return x, nil
}

func (x *Index) open() error {
	if x.dir == "" {
		return x.create("")
	}
	version, err := versionOf(x.mapping)
	if err != nil {
		return err
	}
	path := filepath.Join(x.dir, version)
	if err := os.MkdirAll(x.dir, 0o700); err != nil {
		return err
	}
	if err := removeOthers(x.dir, version); err != nil {
		return err
	}
	switch err := x.reopen(path); {
	case err == nil && x.stream != "":
		return nil
	case errors.Is(err, bbolt.ErrTimeout):
		return fmt.Errorf("another process holds it: %w", err)
	}
	return x.replace(path)
}

// replace puts an empty index where a useless one is.
func (x *Index) replace(path string) error {
	if x.index != nil {
		_ = recovered(x.index.Close) // it goes away in any case
		x.index = nil
	}
	if path != "" {
		if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	return x.create(path)
}

// reopen opens what is in the folder and reads its position.
func (x *Index) reopen(path string) error {
	return recovered(func() error {
		i, err := bleve.OpenUsing(path, settings())
		if err != nil {
			return err
		}
		x.index = i
		x.watch(path)
		if _, err := i.DocCount(); err != nil {
			return err
		}
		raw, err := i.GetInternal(positionKey())
		if err != nil {
			return err
		}
		x.seq, x.stream = parsePosition(raw)
		reader, err := x.reader()
		if err != nil {
			return err
		}
		defer reader.Close()
		x.lists, x.shelf = newBatch(x.formula), newShelf()
		return errors.Join(x.lists.load(context.Background(), reader), x.shelf.load(context.Background(), reader))
	})
}

func (x *Index) create(path string) error {
	return recovered(func() error {
		i, err := bleve.NewUsing(path, x.mapping, scorch.Name, scorch.Name, settings())
		if err != nil {
			return err
		}
		x.index, x.lists, x.shelf = i, newBatch(x.formula), newShelf()
		x.seq, x.stream, x.damaged, x.broken = 0, "", false, make(chan struct{})
		x.watch(path)
		return nil
	})
}

// removeOthers removes the indexes of other mappings.
func removeOthers(dir, version string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "v-") && e.Name() != version {
			if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// Fresh reports whether the index does not hold a whole copy of the store: it
// is new, is being rebuilt, or broke. It stays true until an Apply with a
// stream name succeeds.
func (x *Index) Fresh() bool {
	x.state.Lock()
	defer x.state.Unlock()
	return x.stream == "" || x.damaged
}

// Position is how far in which stream the index is: it holds every change up
// to seq. The stream is "" while the index is fresh.
func (x *Index) Position() (seq uint64, stream string) {
	x.state.Lock()
	defer x.state.Unlock()
	return x.seq, x.stream
}

// Reset empties the index, also a damaged one; it is Fresh afterwards. A
// rebuild begins with it.
func (x *Index) Reset() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.state.Lock()
	defer x.state.Unlock()
	if x.index == nil && !x.damaged {
		return fmt.Errorf("search.Reset: %w", ErrClosed)
	}
	path := ""
	if x.dir != "" {
		version, err := versionOf(x.mapping)
		if err != nil {
			return err
		}
		path = filepath.Join(x.dir, version)
	}
	if !x.damaged { // until create says otherwise
		x.damaged = true
		close(x.broken)
	}
	if err := x.replace(path); err != nil {
		return fmt.Errorf("search.Reset: %w", err)
	}
	return nil
}

// Apply puts docs in, takes the gone ids out and moves the position, all at
// once or, with an error, not at all. They are found when it returns, and on
// disk a moment later, together: after a crash the index is as it was at an
// earlier position, and the stream still has the rest. With stream "" the index
// stays Fresh: that is how a rebuild goes in parts.
func (x *Index) Apply(docs []Doc, gone []string, pos uint64, stream string) error {
	err := x.guard("Apply", func() error {
		batch := x.index.NewBatch()
		for _, id := range gone {
			batch.Delete(id)
		}
		said := make([][]weighted, len(docs))
		for i := range docs {
			r := docs[i].reading()
			said[i] = x.formula.wanted(&r)
			if err := batch.Index(docs[i].Listing.ID, docs[i].fields(&r, said[i])); err != nil {
				return err
			}
		}
		batch.SetInternal(positionKey(), spellPosition(pos, stream))
		if err := x.write(batch); err != nil {
			return err
		}
		for _, id := range gone {
			x.lists.remove(id)
		}
		for i := range docs {
			x.lists.put(&docs[i].Listing, said[i])
		}
		x.shelf.remove(gone)
		x.shelf.put(docs)
		return nil
	})
	if err != nil {
		x.breakDown()
		return err
	}
	x.moveTo(pos, stream)
	return nil
}

// breakDown marks the index as damaged: after a failed write bleve may have
// lost its background writers, and only a new index is sure to be whole.
func (x *Index) breakDown() {
	x.state.Lock()
	defer x.state.Unlock()
	if !x.damaged {
		x.damaged = true
		close(x.broken)
	}
}

func (x *Index) moveTo(seq uint64, stream string) {
	x.state.Lock()
	defer x.state.Unlock()
	x.seq, x.stream = seq, stream
	close(x.moved)
	x.moved = make(chan struct{})
}

// Wait returns when the index holds every change up to seq, or when ctx ends.
func (x *Index) Wait(ctx context.Context, seq uint64) error {
	for {
		x.state.Lock()
		there, moved := x.seq >= seq, x.moved
		x.state.Unlock()
		if there {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return fmt.Errorf("search.Wait(%d): %w", seq, ctx.Err())
		}
	}
}

// Count is the number of listings held.
func (x *Index) Count() (n uint64, err error) {
	err = x.guard("Count", func() (err error) {
		n, err = x.index.DocCount()
		return err
	})
	return n, err
}

// IDs are the ids of all listings held, in no order.
func (x *Index) IDs(ctx context.Context) (ids []string, err error) {
	err = x.guard("IDs", func() error {
		reader, err := x.reader()
		if err != nil {
			return err
		}
		defer reader.Close()
		docs, err := reader.DocIDReaderAll()
		if err != nil {
			return err
		}
		defer docs.Close()
		for {
			number, err := docs.Next()
			if err != nil || number == nil {
				return err
			}
			id, err := reader.ExternalID(number)
			if err != nil {
				return err
			}
			if ids = append(ids, id); len(ids)%1000 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
		}
	})
	return ids, err
}

// Close writes what is not on disk yet and lets go of the folder.
func (x *Index) Close() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.index == nil {
		return nil
	}
	err := errors.Join(x.flush(), recovered(x.index.Close))
	x.index = nil
	x.unwatch()
	return err
}

// guard runs f while the index cannot be closed, and turns a panic of bleve
// (it panics after a full disk) into an error.
func (x *Index) guard(what string, f func() error) error {
	x.mu.RLock()
	defer x.mu.RUnlock()
	x.state.Lock()
	damaged := x.damaged
	x.state.Unlock()
	switch {
	case damaged:
		return fmt.Errorf("search.%s: %w", what, ErrDamaged)
	case x.index == nil:
		return fmt.Errorf("search.%s: %w", what, ErrClosed)
	}
	if err := recovered(f); err != nil {
		return fmt.Errorf("search.%s: %w", what, err)
	}
	return nil
}

func recovered(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("bleve panicked: %v\n%s", p, debug.Stack())
		}
	}()
	return f()
}

func positionKey() []byte { return []byte("position") }

func spellPosition(seq uint64, stream string) []byte {
	return append(binary.BigEndian.AppendUint64(nil, seq), stream...)
}

func parsePosition(raw []byte) (seq uint64, stream string) {
	if len(raw) < 8 {
		return 0, ""
	}
	return binary.BigEndian.Uint64(raw), string(raw[8:])
}

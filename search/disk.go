package search

import (
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
)

// settings tell bleve not to keep an Apply waiting for the disk, and to write a
// quarter of a second's changes together: syncing each Apply cost half of all
// the processor time from a post to its proposals.
func settings() map[string]any {
	return map[string]any{
		"bolt_timeout":           "2s",
		"unsafe_batch":           true,
		"asyncErrorCallbackName": asyncErrors,
		"scorchPersisterOptions": map[string]any{"PersisterNapTimeMSec": 250, "PersisterNapUnderNumFiles": 1000},
	}
}

const (
	asyncErrors = "lianqiao"
	flushWait   = 10 * time.Second
)

// onDisk are the open indexes by folder, because that is all that bleve says of
// the index whose background writer failed.
var onDisk sync.Map

func init() { scorch.RegistryAsyncErrorCallbacks[asyncErrors] = failed }

// failed hears of trouble in bleve's background writers. They try a failed
// write again by themselves; after a panic they are gone.
func failed(err error, path string) {
	slog.Error("index on disk", "path", path, "err", err)
	if x, ok := onDisk.Load(path); ok && errors.Is(err, scorch.ErrAsyncPanic) {
		x.(*Index).breakDown()
	}
}

// watch makes failed find this index.
func (x *Index) watch(path string) {
	if path != "" {
		onDisk.Store(path+"/store", x)
	}
}

// unwatch forgets this index.
func (x *Index) unwatch() {
	onDisk.Range(func(path, other any) bool {
		if other == x {
			onDisk.Delete(path)
		}
		return true
	})
}

// Broken is closed when the index can no longer be used; Reset repairs it.
func (x *Index) Broken() <-chan struct{} {
	x.state.Lock()
	defer x.state.Unlock()
	return x.broken
}

// write gives a batch to bleve, which would wait for ever for a background
// writer that is gone.
func (x *Index) write(batch *bleve.Batch) error {
	done, index := make(chan error, 1), x.index
	go func() { done <- recovered(func() error { return index.Batch(batch) }) }()
	select {
	case err := <-done:
		return err
	case <-x.Broken():
		return ErrDamaged
	}
}

// flush waits until everything that was applied is on disk.
func (x *Index) flush() error {
	at, stream := x.Position()
	if x.dir == "" || x.Fresh() {
		return nil
	}
	written, batch := make(chan error, 1), x.index.NewBatch()
	batch.SetInternal(positionKey(), spellPosition(at, stream))
	batch.SetPersistedCallback(func(err error) { written <- err })
	if err := x.write(batch); err != nil {
		return err
	}
	select {
	case err := <-written:
		return err
	case <-time.After(flushWait):
		return errors.New("index: the last changes are not on disk; they will be read from the stream")
	}
}

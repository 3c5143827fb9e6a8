package store

import (
	"context"
	"io"
)

// Backup stub.
func (s *Store) Backup(ctx context.Context, w io.Writer) error { return nil }

// Restore stub.
func (s *Store) Restore(ctx context.Context, r io.Reader) error { return nil }

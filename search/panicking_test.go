package search

import "github.com/blevesearch/bleve/v2"

type bleveIndex = bleve.Index

// panicking stands for an index whose disk is full: its next batch panics.
type panicking struct{ bleveIndex }

func (panicking) Batch(*bleve.Batch) error { panic("disk full") }

// hanging stands for an index whose background writer is gone: nobody takes its
// next batch.
type hanging struct {
	bleveIndex
	end <-chan struct{}
}

func (h hanging) Batch(*bleve.Batch) error { <-h.end; return nil }

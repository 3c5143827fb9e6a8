package search

import "github.com/blevesearch/bleve/v2"

type bleveIndex = bleve.Index

// panicking stands for an index whose disk is full: its next batch panics.
type panicking struct{ bleveIndex }

func (panicking) Batch(*bleve.Batch) error { panic("disk full") }

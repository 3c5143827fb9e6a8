package chain

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed composition.tsv
var compositionTable string

// composition is the table of what things are made from and consist of, in the
// way an encyclopaedia would tell it: wider than relations.tsv, which names what
// a maker buys. Conclusions are drawn from both; proposals go by the latter alone.
var composition = sync.OnceValue(func() []Relation {
	var out []Relation
	for _, f := range rows(compositionTable, 2) {
		for _, from := range strings.Fields(f[1]) {
			out = append(out, Relation{From: Normalise(from), To: Normalise(f[0]), Weight: 1})
		}
	}
	return out
})

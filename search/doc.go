package search

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/search/query"

	"lianqiao/chain"
	"lianqiao/market"
)

// Doc is a live listing with its enterprise, as the index wants it.
type Doc struct {
	Listing    market.Listing
	Enterprise market.Enterprise
	Reading    *chain.Reading // what Read says of the listing, if it is known already
}

func (d *Doc) reading() chain.Reading {
	if d.Reading != nil {
		return *d.Reading
	}
	return Read(&d.Listing)
}

// Read is what a listing says about its product: title, product word, specs
// and text together. The index and the matcher read listings the same way.
func Read(l *market.Listing) chain.Reading { return ReadWith(chain.Embedded, l) }

// ReadWith reads a listing by the words of a book. The index itself goes by the
// embedded tables: so it stays as it is when words come or go, and only what is
// asked, and what is scored, is read anew.
func ReadWith(b *chain.Book, l *market.Listing) chain.Reading {
	title := l.Title
	if l.Product != "" && !strings.Contains(title, l.Product) {
		title = l.Product + " " + title
	}
	return b.Read(title, textOf(l))
}

// textOf is everything written on the listing besides its title.
func textOf(l *market.Listing) string {
	var b strings.Builder
	for _, s := range l.Specs {
		b.WriteString(s.Name + " " + s.Value)
		if s.Value2 != "" {
			b.WriteString("-" + s.Value2)
		}
		b.WriteString(s.Unit + "\n")
	}
	for _, c := range l.Certificates {
		b.WriteString(c + "\n")
	}
	b.WriteString(l.Text)
	return b.String()
}

// fields is the document that goes into the index.
func (d *Doc) fields(r *chain.Reading, said []weighted) map[string]any {
	l := &d.Listing
	f := map[string]any{
		fieldSide:       string(l.Side),
		fieldEnterprise: l.EnterpriseID,
		fieldCluster:    l.ClusterID,
		fieldHead:       anySlice(headsOf(r)),
		fieldMoment:     momentOf(l.PublishedAt) + l.ID,
		fieldTitle:      chain.Normalise(l.Title),
		fieldProduct:    chain.Normalise(l.Product),
		fieldText:       chain.Normalise(textOf(l)),
		fieldName:       chain.Normalise(d.Enterprise.Name),
		string(l.Side):  spell(said),
	}
	if !l.Price.Negotiable && l.Price.Fen > 0 {
		f[fieldPrice] = priceOf(l.Price.Fen)
	}
	f[fieldClass] = anySlice(classAndParents(l.Class))
	f[fieldRegion] = anySlice(regionAndParents(l.Region))
	f[fieldHonour] = anySlice(honoursOf(d.Enterprise.Honours))
	return f
}

// honoursOf spells what the firm's honours are and when each ends, so that one
// stops counting on its day without being indexed anew. Of a kind that is held
// twice the later end counts.
func honoursOf(list []market.Honour) []string {
	ends := map[market.HonourKind]string{}
	for _, h := range list {
		if h.Own {
			continue
		}
		if end := honourEnd(h.Until); end > ends[h.Kind] {
			ends[h.Kind] = end
		}
	}
	out := make([]string, 0, len(ends))
	for kind, end := range ends {
		out = append(out, string(kind)+endMark+end)
	}
	slices.Sort(out)
	return out
}

const (
	endMark = "|"
	noEnd   = "~" // behind every digit
)

func honourEnd(until time.Time) string {
	if until.IsZero() {
		return noEnd
	}
	return momentOf(until)
}

// honourIn matches firms whose honour counts at the moment (milliseconds).
func honourIn(kind market.HonourKind, at int64) query.Query {
	from, to := false, true
	q := bleve.NewTermRangeInclusiveQuery(string(kind)+endMark+spellMoment(at), string(kind)+endMark+noEnd, &from, &to)
	q.SetField(fieldHonour)
	return q
}

// honourBuckets adds up the ends of each kind that counts at the moment.
func honourBuckets(ends []Bucket, at int64) []Bucket {
	out := []Bucket{}
	for _, b := range ends {
		kind, end, _ := strings.Cut(b.Value, endMark)
		if end != noEnd && end <= spellMoment(at) {
			continue
		}
		if i := slices.IndexFunc(out, func(o Bucket) bool { return o.Value == kind }); i >= 0 {
			out[i].Count += b.Count
		} else {
			out = append(out, Bucket{kind, b.Count})
		}
	}
	slices.SortFunc(out, func(a, b Bucket) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value)) })
	return out
}

// headsOf are the head words with their endings, as in Chinese the last part of
// a word says what it is: 深沟球轴承 is a 轴承, and 轴承钢 is none.
func headsOf(r *chain.Reading) []string {
	var out []string
	for _, head := range append([]string{r.Word}, r.Heads...) {
		word := []rune(chain.Normalise(head))
		for i := 0; i == 0 && len(word) > 0 || i+2 <= len(word); i++ {
			if end := string(word[i:]); !slices.Contains(out, end) {
				out = append(out, end)
			}
		}
	}
	return out
}

func anySlice(in []string) []any {
	out := make([]any, len(in))
	for i, s := range in {
		out[i] = s
	}
	return out
}

// momentOf spells a time so that spelling order is time order.
func momentOf(t time.Time) string { return spellMoment(t.UnixMilli()) }

// spellMoment spells milliseconds.
func spellMoment(ms int64) string { return fmt.Sprintf("%0*d", momentDigits, max(ms, 0)) }

const momentDigits = 15

// priceOf spells an amount in fen so that spelling order is number order.
func priceOf(fen int64) string { return fmt.Sprintf("%016d", fen) }

func classAndParents(code string) []string {
	var out []string
	for code != "" && len(out) < 5 {
		out = append(out, code)
		c, ok := chain.ClassByCode(code)
		if !ok {
			break
		}
		code = c.Parent
	}
	return out
}

// regionAndParents lists a code of GB/T 2260 with its city and province, which
// the code itself spells: 130110, 130100, 130000.
func regionAndParents(code string) []string {
	if len(code) != 6 {
		return nil
	}
	out := []string{code}
	for _, parent := range []string{code[:4] + "00", code[:2] + "0000"} {
		if parent != out[len(out)-1] {
			out = append(out, parent)
		}
	}
	return out
}

// spell writes the candidate terms of a reading for bleve, each as often as it
// is said, so that its lists can be read back.
func spell(said []weighted) string {
	var b strings.Builder
	for _, w := range said {
		for range min(w.times, timesMost) {
			b.WriteString(w.token)
			b.WriteByte(' ')
		}
	}
	return b.String()
}

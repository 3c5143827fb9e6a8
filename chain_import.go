package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"lianqiao/chain"
	"lianqiao/market"
	"lianqiao/sheet"
	"lianqiao/store"
)

// chainCmd adds a city's own words to those of the program.
type chainCmd struct {
	Import chainImportCmd `cmd:"" help:"Add words for the same thing, classes of products, or what is made from what, from CSV, TSV or XLSX."`
	Remove chainRemoveCmd `cmd:"" help:"Take out of force what was imported from a file."`
}

type chainImportCmd struct {
	keptIn  `embed:""`
	File    string `arg:"" help:"CSV, TSV or XLSX (first sheet)."`
	Kind    string `required:"" enum:"same,class,relation" help:"What the rows are. same: words for the same thing, one group a row. class: product, code of GB/T 4754-2017. relation: material, product, weight (0 to 1; 1 unless given), or product, 上游材料 or 下游产品, other product, weight. A first row of headings is known by its names."`
	Cluster string `help:"The id of the cluster whose firms they count for; everybody unless given."`
	Source  string `help:"The name under which they are removed again; the file's name unless given."`
	Errors  string `help:"Write the bad rows to this CSV."`
}

type chainRemoveCmd struct {
	keptIn  `embed:""`
	Source  string `arg:"" help:"The name of the imported file, or the -source it was imported under."`
	Cluster string `help:"The id of the cluster that it was imported for, if for one."`
}

// additionBatch is how many rows are kept in one transaction. Each has the
// listings that it concerns looked for once.
const additionBatch = 5000

// Run imports. It fails when no row went in although there were some.
func (c *chainImportCmd) Run(ctx context.Context) error {
	st, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	sum, err := c.load(ctx, st, os.Stderr)
	if err != nil {
		return err
	}
	fmt.Printf("created %d, updated %d, same %d, bad %d, left out %d\n", sum.created, sum.updated, sum.same, sum.bad, sum.skipped)
	if sum.created+sum.updated > 0 {
		fmt.Println("Processes that serve read them now and match again the listings that they concern; one that is not running does when it starts.")
	}
	if sum.created+sum.updated+sum.same == 0 && sum.bad > 0 {
		return errors.New("no row could be imported")
	}
	return nil
}

// Run removes.
func (c *chainRemoveCmd) Run(ctx context.Context) error {
	st, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	n, err := st.RemoveImported(ctx, c.Cluster, c.Source)
	if err != nil {
		return err
	}
	fmt.Printf("removed %d\n", n)
	if n == 0 {
		return fmt.Errorf("nothing in force was imported as %q", c.Source)
	}
	return nil
}

// load imports the file into the store and tells of progress and bad rows on screen.
func (c *chainImportCmd) load(ctx context.Context, st *store.Store, screen io.Writer) (sum tally, err error) {
	if err := c.checkCluster(ctx, st); err != nil {
		return sum, err
	}
	rows, err := sheet.Open(c.File)
	if err != nil {
		return sum, err
	}
	defer rows.Close()
	bad, err := newBadRows(c.Errors, screen)
	if err != nil {
		return sum, err
	}
	defer func() { err = errors.Join(err, bad.Close()) }()
	bar := progressbar.NewOptions64(rows.Size, progressbar.OptionSetWriter(screen), progressbar.OptionShowBytes(true), progressbar.OptionSetWidth(30), progressbar.OptionThrottle(200*time.Millisecond), progressbar.OptionClearOnFinish())
	read := additionReader{kind: market.AdditionKind(c.Kind), cluster: c.Cluster, source: c.Source}
	if read.source == "" {
		read.source = filepath.Base(c.File)
	}
	for done := false; !done; {
		var batch []market.Addition
		for len(batch) < additionBatch && !done {
			cells, err := rows.Next()
			if done = err == io.EOF; done {
				break
			}
			if err != nil {
				return sum, err
			}
			if rows.Row()%1000 == 0 {
				bar.Set64(rows.Done())
			}
			a, ok, faults := read.read(cells)
			switch {
			case len(faults) > 0:
				sum.bad++
				if err := bad.add(rows.Row(), faults, func(field string) (string, string) { return read.blame(field, cells) }); err != nil {
					return sum, err
				}
			case !ok:
				sum.skipped++
			default:
				batch = append(batch, a)
			}
		}
		created, updated, same, err := st.ImportAdditions(ctx, batch)
		if err != nil {
			return sum, err
		}
		sum.created, sum.updated, sum.same = sum.created+created, sum.updated+updated, sum.same+same
		bar.Set64(rows.Done())
	}
	return sum, bar.Finish()
}

func (c *chainImportCmd) checkCluster(ctx context.Context, st *store.Store) error {
	if c.Cluster == "" {
		return nil
	}
	clusters, err := st.Clusters(ctx)
	if err != nil {
		return err
	}
	var ids []string
	for _, k := range clusters {
		ids = append(ids, k.ID)
	}
	if !slices.Contains(ids, c.Cluster) {
		return fmt.Errorf("-cluster: no cluster %q; there are %s", c.Cluster, strings.Join(ids, " "))
	}
	return nil
}

// additionReader makes additions of rows.
type additionReader struct {
	kind            market.AdditionKind
	cluster, source string
	columns         additionColumns
	begun           bool
}

// read makes an addition of a row, or reports everything that is wrong with it.
// It is none, without a fault, for a heading and for relations of other kinds.
func (r *additionReader) read(cells []string) (a market.Addition, ok bool, faults market.Errors) {
	if strings.HasPrefix(cells[0], "#") {
		return a, false, nil
	}
	if !r.begun {
		r.begun = true
		var heading bool
		if r.columns, heading = columnsOf(cells); heading {
			return a, false, nil
		}
	}
	a = market.Addition{ClusterID: r.cluster, Kind: r.kind, Source: r.source}
	switch r.kind {
	case market.AddSame:
		a.Words = r.columns.group(cells)
	case market.AddClass:
		a.Words, a.Class = []string{r.columns.cell("product", 0, cells)}, r.columns.cell("class", 1, cells)
	case market.AddRelation:
		relation, kind, err := r.columns.relation(cells)
		if err != nil {
			return a, false, market.Errors{err}
		}
		if kind != isRelation {
			return a, false, nil
		}
		a.Words, a.Weight = []string{relation.From, relation.To}, relation.Weight
	}
	if err := a.Check(chain.NamesGoods, isClass); err != nil && !errors.As(err, &faults) {
		faults = market.Errors{market.Bad("words", err.Error())}
	}
	return a, true, faults
}

func isClass(code string) bool { _, ok := chain.ClassByCode(code); return ok }

// blame finds the column and the value that a faulty field came from.
func (r *additionReader) blame(field string, cells []string) (column, value string) {
	at := map[string]int{"class": r.columns.at("class", 1), "weight": r.columns.at("weight", r.columns.weightAt(cells))}
	i, ok := at[field]
	if !ok {
		i = 0
		if n, found := strings.CutPrefix(field, "words["); found {
			i, _ = strconv.Atoi(strings.TrimSuffix(n, "]"))
		}
		if r.kind == market.AddRelation {
			i = r.columns.sides(cells)[min(i, 1)]
		}
	}
	if i < 0 || i >= len(cells) {
		return field, ""
	}
	if r.columns.heading != nil && i < len(r.columns.heading) {
		return r.columns.heading[i], cells[i]
	}
	return strconv.Itoa(i + 1), cells[i]
}

// additionColumns says what stands in which column; without a heading, it goes
// by the order.
type additionColumns struct {
	heading []string
	places  map[string]int
}

// headings are the names by which a first row is known to be one.
var headings = map[string][]string{
	"product":  {"product", "产品", "产品名称"},
	"class":    {"class", "code", "代码", "类别", "行业代码", "行业类别"},
	"from":     {"from", "material", "上游", "原料", "材料", "上游产品"},
	"to":       {"to", "下游", "下游产品", "成品"},
	"relation": {"relation", "关系"},
	"weight":   {"weight", "权重"},
	"word":     {"word", "name", "词", "名称", "标准名称", "规范名称"},
	"others":   {"synonyms", "others", "同义词", "别名", "俗称", "其他名称"},
}

func columnsOf(first []string) (c additionColumns, heading bool) {
	c.places = map[string]int{}
	for i, cell := range first {
		for field, names := range headings {
			if slices.Contains(names, strings.ToLower(cell)) {
				c.places[field] = i
			}
		}
	}
	// One such word may be data; the first cell and another are a heading.
	if len(c.places) < 2 && !(len(c.places) == 1 && len(first) == 1) {
		return additionColumns{}, false
	}
	c.heading = first
	return c, true
}

func (c additionColumns) at(field string, otherwise int) int {
	if c.heading == nil {
		return otherwise
	}
	if i, ok := c.places[field]; ok {
		return i
	}
	return -1
}

func (c additionColumns) cell(field string, otherwise int, cells []string) string {
	if i := c.at(field, otherwise); i >= 0 && i < len(cells) {
		return cells[i]
	}
	return ""
}

// group is every word of a row. A column of other names may hold several.
func (c additionColumns) group(cells []string) []string {
	others, hasOthers := c.places["others"]
	var words []string
	for i, cell := range cells {
		_, named := c.places["word"]
		switch {
		case hasOthers && i == others:
			words = append(words, sheet.SplitList(cell)...)
		case cell == "" || c.heading != nil && (named || hasOthers) && i != c.places["word"]:
		default:
			words = append(words, cell)
		}
	}
	return words
}

// relationKind is what the second column of a file in four columns says.
type relationKind int

const (
	isRelation relationKind = iota
	isKind                  // 产品小类: To is a kind of From
	isOther
)

var relationWords = []string{"上游材料", "upstream", "下游产品", "downstream", "产品小类", "kind"}

// relation reads material, product, weight; or product, relation, other product
// and weight: 上游材料 says that the first needs the second, 下游产品 that the first
// is an input of the second, 产品小类 that the second is a kind of the first.
func (c additionColumns) relation(cells []string) (r chain.Relation, kind relationKind, fault *market.Error) {
	at := c.sides(cells)
	get := func(i int) string {
		if i >= 0 && i < len(cells) {
			return cells[i]
		}
		return ""
	}
	r = chain.Relation{From: get(at[0]), To: get(at[1]), Weight: market.AdditionWeight}
	if text := get(c.at("weight", c.weightAt(cells))); text != "" {
		weight, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return r, isOther, market.Bad("weight", "error.words.weight")
		}
		r.Weight = weight
	}
	switch c.says(cells) {
	case "产品小类", "kind":
		return r, isKind, nil
	case "", "上游材料", "upstream", "下游产品", "downstream":
		return r, isRelation, nil
	}
	return r, isOther, nil
}

// says is the relation that a row names; "" where the columns are material and product.
func (c additionColumns) says(cells []string) string {
	if c.heading != nil {
		return c.cell("relation", -1, cells)
	}
	if len(cells) > 2 && slices.Contains(relationWords, cells[1]) {
		return cells[1]
	}
	return ""
}

// sides are the places of the material and of the product; of the wider and the
// narrower word where a row says that one is a kind of the other.
func (c additionColumns) sides(cells []string) [2]int {
	from, to := c.at("from", 0), c.at("to", 1)
	if c.heading != nil && to < 0 {
		to = c.at("product", -1)
	}
	switch c.says(cells) {
	case "":
		return [2]int{from, to}
	case "上游材料", "upstream": // the first needs the second
		return [2]int{c.at("to", 2), from}
	}
	return [2]int{from, c.at("to", 2)}
}

func (c additionColumns) weightAt(cells []string) int {
	if c.says(cells) != "" {
		return 3
	}
	return 2
}

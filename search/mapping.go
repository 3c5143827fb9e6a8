package search

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/custom"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/keyword"
	"github.com/blevesearch/bleve/v2/analysis/lang/cjk"
	"github.com/blevesearch/bleve/v2/analysis/token/lowercase"
	"github.com/blevesearch/bleve/v2/analysis/tokenizer/unicode"
	"github.com/blevesearch/bleve/v2/analysis/tokenizer/whitespace"
	"github.com/blevesearch/bleve/v2/mapping"
)

// Fields of an indexed listing. The candidate terms stand in a field per side,
// named like the side, so that asking one side needs no filter: a filter costs
// half as much again as the question.
const (
	fieldSide       = "side"
	fieldClass      = "class"  // the code and its parents
	fieldRegion     = "region" // the code and its parents
	fieldHonour     = "honour" // kind and end
	fieldEnterprise = "enterprise"
	fieldCluster    = "cluster"
	fieldHead       = "head" // the head words of the product and their endings
	fieldTitle      = "title"
	fieldProduct    = "product"
	fieldText       = "text"
	fieldName       = "name"   // of the enterprise
	fieldMoment     = "moment" // time of publishing and id: unique, in order of time
	fieldPrice      = "price"  // fen, of fixed width; absent when negotiable
)

// fieldsVersion counts changes of what the fields hold that the mapping does not show.
const fieldsVersion = 7

const (
	analyzerWords = "words" // single characters and pairs: what texts are indexed with
	analyzerTerms = "terms" // ready-made terms between spaces
)

// newMapping is the lean mapping: nothing stored, no field of all fields, no
// numbers and no dates, which would cost more than all texts together.
func newMapping() (*mapping.IndexMappingImpl, error) {
	m := bleve.NewIndexMapping()
	m.DefaultMapping = bleve.NewDocumentStaticMapping()
	m.DefaultMapping.AddSubDocumentMapping("_all", bleve.NewDocumentDisabledMapping())
	m.StoreDynamic, m.IndexDynamic, m.DocValuesDynamic = false, false, false
	if err := addAnalyzers(m); err != nil {
		return nil, fmt.Errorf("search: mapping: %w", err)
	}
	for field, analyzer := range map[string]string{
		fieldSide: keyword.Name, fieldClass: keyword.Name, fieldRegion: keyword.Name, fieldHonour: keyword.Name,
		fieldEnterprise: keyword.Name, fieldCluster: keyword.Name, fieldHead: keyword.Name, fieldMoment: keyword.Name, fieldPrice: keyword.Name,
		fieldTitle: analyzerWords, fieldProduct: analyzerWords, fieldText: analyzerWords, fieldName: analyzerWords,
		"supply": analyzerTerms, "need": analyzerTerms,
	} {
		m.DefaultMapping.AddFieldMappingsAt(field, newField(field, analyzer))
	}
	return m, nil
}

func newField(field, analyzer string) *mapping.FieldMapping {
	f := bleve.NewTextFieldMapping()
	f.Analyzer = analyzer
	f.Store, f.IncludeTermVectors, f.IncludeInAll = false, false, false
	switch field {
	case fieldSide, fieldClass, fieldRegion, fieldHonour, fieldMoment, fieldPrice:
		f.DocValues = true
	default:
		f.DocValues = false
	}
	// Only the candidate terms need a length: texts are scored by which field matched.
	f.SkipFreqNorm = field != "supply" && field != "need"
	return f
}

func addAnalyzers(m *mapping.IndexMappingImpl) error {
	if err := m.AddCustomTokenFilter("pairs", map[string]any{"type": cjk.BigramName, "output_unigram": true}); err != nil {
		return err
	}
	err := m.AddCustomAnalyzer(analyzerWords, map[string]any{
		"type": custom.Name, "tokenizer": unicode.Name,
		"token_filters": []string{cjk.WidthName, lowercase.Name, "pairs"},
	})
	if err != nil {
		return err
	}
	return m.AddCustomAnalyzer(analyzerTerms, map[string]any{"type": custom.Name, "tokenizer": whitespace.Name})
}

// versionOf names the folder of an index: another mapping, another folder.
func versionOf(m *mapping.IndexMappingImpl) (string, error) {
	raw, err := json.Marshal(m)
	if err != nil {
		return "", fmt.Errorf("search: mapping: %w", err)
	}
	sum := sha256.Sum256(fmt.Appendf(raw, "%d", fieldsVersion))
	return "v-" + hex.EncodeToString(sum[:6]), nil
}

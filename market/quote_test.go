package market

import (
	"archive/zip"
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
)

// TestQuoteLines: a must wants a word, whether its line is empty or missing;
// what is only nice may stay without.
func TestQuoteLines(t *testing.T) {
	need := &Listing{Specs: []Spec{{Name: "直径", Must: true}, {Name: "颜色"}, {Name: "硬度", Must: true}}}
	faults := func(lines ...QuoteLine) (fields []string) {
		q := Quote{Fen: 1, Unit: "吨", MOQ: decimal.Zero, ValidUntil: noon.Format("2006-01-02"), Lines: lines}
		var errs Errors
		if err := q.Check(need, noon); err != nil {
			require.True(t, errors.As(err, &errs), "%v", err)
		}
		for _, e := range errs {
			fields = append(fields, e.Field)
		}
		return fields
	}
	require.Empty(t, faults(QuoteLine{"直径", Can, ""}, QuoteLine{"颜色", "", ""}, QuoteLine{"硬度", Cannot, ""}))
	require.Empty(t, faults(QuoteLine{"硬度", Can, ""}, QuoteLine{"直径", Deviation, "Φ38 起"}))
	require.Equal(t, []string{"lines[0].answer", "lines[2].answer"}, faults(QuoteLine{"直径", "", ""}, QuoteLine{"颜色", Can, ""}, QuoteLine{"硬度", "", ""}))
	require.Equal(t, []string{"lines"}, faults(QuoteLine{"直径", Can, ""}))
	require.Equal(t, []string{"lines[1].spec"}, faults(QuoteLine{"直径", Can, ""}, QuoteLine{"直径", "", ""}, QuoteLine{"硬度", Can, ""})[:1], "one answer to a line")
	require.Equal(t, []string{"lines[2].spec"}, faults(QuoteLine{"直径", Can, ""}, QuoteLine{"硬度", Can, ""}, QuoteLine{"没问过", "", ""}))
	q := Quote{Fen: 1, Unit: "吨", ValidUntil: noon.Format("2006-01-02"), Files: make([]Attachment, QuoteFilesMost+1)}
	require.ErrorContains(t, q.Check(&Listing{}, noon), "files")
	q.Files = q.Files[1:]
	require.NoError(t, q.Check(&Listing{}, noon))
}

// office is a file of an office program with these parts.
func office(t *testing.T, parts ...string) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, p := range parts {
		_, err := z.Create(p)
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return out.Bytes()
}

// TestSniffOffice: a workbook or a text is known by its parts, and what brings
// programs along, or is another archive, is not taken.
func TestSniffOffice(t *testing.T) {
	book := office(t, "[Content_Types].xml", "xl/workbook.xml")
	require.Equal(t, XLSX, SniffFile(book))
	require.Equal(t, DOCX, SniffFile(office(t, "[Content_Types].xml", "word/document.xml")))
	for name, raw := range map[string][]byte{
		"macros": office(t, "xl/workbook.xml", "xl/vbaProject.bin"), "macros first": office(t, "word/vbaProject.bin", "word/document.xml"),
		"archive": office(t, "readme.txt", "xl/worksheets/sheet1.xml"), "cut": book[:len(book)-10], "head": []byte("PK\x03\x04"), "empty": nil,
	} {
		require.Empty(t, SniffFile(raw), name)
	}
	require.False(t, slices.ContainsFunc([]FileType{XLSX, DOCX}, FileType.Stamped))
	require.Equal(t, "报价.xlsx", FileName("报价.xls", XLSX))
}

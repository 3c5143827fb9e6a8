package sheet

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
)

func all(t *testing.T, path string) [][]string {
	t.Helper()
	r, err := Open(path)
	require.NoError(t, err)
	defer r.Close()
	var out [][]string
	for {
		row, err := r.Next()
		if err == io.EOF {
			return out
		}
		require.NoError(t, err)
		out = append(out, row)
	}
}

func file(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, content, 0o600))
	return path
}

// TestReadsEveryEncoding: the same table in each dress reads the same.
func TestReadsEveryEncoding(t *testing.T) {
	want := [][]string{{"产品", "数量"}, {"铝棒 6061", "5"}}
	gbk, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte("产品,数量\r\n\r\n铝棒 6061, 5\r\n"))
	require.NoError(t, err)
	book := excelize.NewFile()
	require.NoError(t, book.SetSheetRow("Sheet1", "A1", &[]string{"产品", "数量"}))
	require.NoError(t, book.SetSheetRow("Sheet1", "A3", &[]any{"铝棒 6061", 5}))
	xlsx, err := book.WriteToBuffer()
	require.NoError(t, err)
	for name, content := range map[string][]byte{
		"plain.csv": []byte("产品,数量\n铝棒 6061,5\n"),
		"bom.csv":   []byte("\ufeff产品,数量\n铝棒 6061,5\n"),
		"gbk.csv":   gbk,
		"tab.tsv":   []byte("产品\t数量\n铝棒 6061\t5"),
		"book.xlsx": xlsx.Bytes(),
	} {
		require.Equal(t, want, all(t, file(t, name, content)), name)
	}
}

// TestRefuses: what is no table, and what unpacks to more than we take, is an
// error and never a crash.
func TestRefuses(t *testing.T) {
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	part, err := z.Create("xl/workbook.xml")
	require.NoError(t, err)
	zeros := make([]byte, 1<<20)
	for range 600 {
		_, err = part.Write(zeros)
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	for name, content := range map[string][]byte{
		"bomb.xlsx": bomb.Bytes(), "text.xlsx": []byte("hello"), "zip.csv": bomb.Bytes()[:100], "x.pdf": nil,
	} {
		_, err := Open(file(t, name, content))
		require.ErrorIs(t, err, ErrKind, name)
	}
}

// TestHarmless: formula cells leave as text.
func TestHarmless(t *testing.T) {
	var out bytes.Buffer
	w, err := NewWriter(&out)
	require.NoError(t, err)
	require.NoError(t, w.Write("=1+1", "@a", "-3", "+4", "铝棒", ""))
	require.NoError(t, w.Close())
	require.Equal(t, "\ufeff'=1+1,'@a,'-3,'+4,铝棒,\n", out.String())
}

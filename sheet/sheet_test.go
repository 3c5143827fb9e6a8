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

// TestRowsAsInExcel: a row is reported by the number it has where the officer
// looks for it. Empty rows are counted, a cell of several lines is one row.
func TestRowsAsInExcel(t *testing.T) {
	book := excelize.NewFile()
	for at, row := range map[string][]string{"A1": {"产品", "数量"}, "A4": {"铝棒\n6061", "5"}, "A5": {"圆钢", "6"}, "A9": {"末行\n", "7"}, "A10": {"尾", "8"}} {
		require.NoError(t, book.SetSheetRow("Sheet1", at, &row))
	}
	xlsx, err := book.WriteToBuffer()
	require.NoError(t, err)
	for name, content := range map[string][]byte{
		"unix.csv":    []byte("产品,数量\n\n,\n\"铝棒\n6061\",5\n圆钢,6\n\n\n  ,\n末行,\"7\n\n\"\n尾,8\n\n"),
		"windows.csv": []byte("\ufeff产品,数量\r\n\r\n,\r\n\"铝棒\r\n6061\",5\r\n圆钢,6\r\n\r\n\r\n  ,\r\n末行,\"7\r\n\r\n\"\r\n尾,8"),
		"tab.tsv":     []byte("产品\t数量\n\n\t\n铝棒 6061\t5\n圆钢\t6\n\n\n\t\n末行\t7\n尾\t8"),
		"book.xlsx":   xlsx.Bytes(),
	} {
		r, err := Read(name, content)
		require.NoError(t, err)
		var at []int
		for {
			if _, err := r.Next(); err == io.EOF {
				break
			}
			at = append(at, r.Row())
		}
		require.Equal(t, []int{1, 4, 5, 9, 10}, at, name)
		require.NoError(t, r.Close())
	}
	r, err := Read("late.csv", []byte("\n\n2026 年汇总表,\n\n产品,数量\n\n铝棒,5\n"))
	require.NoError(t, err)
	for _, row := range []int{3, 5, 7} {
		_, err := r.Next()
		require.NoError(t, err)
		require.Equal(t, row, r.Row(), "also above the heading")
	}
}

package stamp

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/stretchr/testify/require"
)

const receiver = "示例 清河鑫盛汽车零部件有限公司 2026-11-23 17:02"

// TestEveryCornerIsStamped: in each quarter of a picture something is written,
// in a hue that is no part of the drawing.
func TestEveryCornerIsStamped(t *testing.T) {
	for _, size := range []image.Point{{1600, 1200}, {300, 200}, {40, 900}} {
		var plain bytes.Buffer
		m := image.NewRGBA(image.Rectangle{Max: size})
		for i := range m.Pix {
			m.Pix[i] = 255
		}
		require.NoError(t, png.Encode(&plain, m))
		out, err := PNG(plain.Bytes(), receiver)
		require.NoError(t, err)
		got, err := png.Decode(bytes.NewReader(out))
		require.NoError(t, err)
		require.Equal(t, size, got.Bounds().Size())
		for q := range 4 {
			x, y := q%2*size.X/2, q/2*size.Y/2
			require.True(t, marked(got, image.Rect(x, y, x+size.X/2, y+size.Y/2)), "%v, quarter %d", size, q)
		}
		require.False(t, marked(m, m.Bounds()))
	}
}

func marked(m image.Image, r image.Rectangle) bool {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if red, green, _, _ := m.At(x, y).RGBA(); red > green+0x1000 {
				return true
			}
		}
	}
	return false
}

// TestTwoReceivers: the stamp says who received the copy, in Chinese too.
func TestTwoReceivers(t *testing.T) {
	var plain bytes.Buffer
	require.NoError(t, jpeg.Encode(&plain, image.NewGray(image.Rect(0, 0, 500, 400)), nil))
	one, err := JPEG(plain.Bytes(), "甲厂")
	require.NoError(t, err)
	other, err := JPEG(plain.Bytes(), "乙厂")
	require.NoError(t, err)
	require.NotEqual(t, one, other)
	require.NotEqual(t, written("甲", image.Black).Pix, written("乙", image.Black).Pix, "both are the sign for a missing letter")
}

// document has so many empty pages.
func document(pages int) []byte {
	var out bytes.Buffer
	var at []int
	object := func(body string) {
		at = append(at, out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", len(at), body)
	}
	out.WriteString("%PDF-1.4\n")
	kids := ""
	for n := range pages {
		kids += fmt.Sprintf("%d 0 R ", n+3)
	}
	object("<</Type/Catalog/Pages 2 0 R>>")
	object(fmt.Sprintf("<</Type/Pages/Kids[%s]/Count %d>>", kids, pages))
	for range pages {
		object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>")
	}
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		fmt.Fprintf(&out, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&out, "trailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return out.Bytes()
}

func TestDocument(t *testing.T) {
	out, err := PDF(document(3), receiver)
	require.NoError(t, err)
	require.NoError(t, api.Validate(bytes.NewReader(out), nil))
	pages, err := api.ExtractImagesRaw(bytes.NewReader(out), nil, nil)
	require.NoError(t, err)
	require.Len(t, pages, 3)
	for _, p := range pages {
		require.Len(t, p, 1, "the stamp")
	}
}

func TestUnfit(t *testing.T) {
	for name, do := range map[string]func([]byte, string) ([]byte, error){"pdf": PDF, "png": PNG, "jpg": JPEG} {
		for _, raw := range []string{"", "%PDF-1.7\nnothing", "\x89PNG\r\n\x1a\nnothing", string(document(1)[:60])} {
			_, err := do([]byte(raw), receiver)
			require.ErrorIs(t, err, ErrUnfit, "%s of %q", name, raw)
		}
	}
}

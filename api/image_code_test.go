package api

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math/rand/v2"
	"testing"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// workshop is a picture of w × h points of noise in soft blocks, as a photo of a
// hall is, with a QR code of so many points in it where text is not empty.
func workshop(t *testing.T, w, h int, text string, points int) image.Image {
	t.Helper()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	dice := rand.New(rand.NewPCG(1, 2))
	for y := 0; y < h; y += 16 {
		for x := 0; x < w; x += 16 {
			c := color.RGBA{uint8(90 + dice.IntN(120)), uint8(90 + dice.IntN(120)), uint8(90 + dice.IntN(120)), 255}
			draw.Draw(out, image.Rect(x, y, x+16, y+16), image.NewUniform(c), image.Point{}, draw.Src)
		}
	}
	if text == "" {
		return out
	}
	code, err := qr.Encode(text, qr.M, qr.Unicode)
	require.NoError(t, err)
	code, err = barcode.Scale(code, points, points)
	require.NoError(t, err)
	at := image.Rect(w/3, h/4, w/3+points+40, h/4+points+40)
	draw.Draw(out, at, image.White, image.Point{}, draw.Src)
	draw.Draw(out, at.Inset(20), code, image.Point{}, draw.Src)
	return out
}

// TestCodeIn: a code is read out of a photo as it is kept, and none out of one
// without.
func TestCodeIn(t *testing.T) {
	const card = "https://u.wechat.example/AbCdEf0123456789"
	for _, points := range []int{180, 400} {
		var kept bytes.Buffer
		require.NoError(t, jpeg.Encode(&kept, workshop(t, 1600, 1200, card, points), &jpeg.Options{Quality: 82}))
		src, _, err := image.Decode(&kept)
		require.NoError(t, err)
		require.Equal(t, card, codeIn(src), "%d points", points)
	}
	require.Empty(t, codeIn(workshop(t, 1600, 1200, "", 0)))
	require.Empty(t, codeIn(image.NewGray(image.Rect(0, 0, 1, 1))))
}

// TestReviewerSeesCodes: a code in a picture of a listing stands among the findings.
func TestReviewerSeesCodes(t *testing.T) {
	w := newWorld(t)
	var raw bytes.Buffer
	require.NoError(t, jpeg.Encode(&raw, workshop(t, 800, 600, "微信 lvbang-88", 300), nil))
	i, err := clean(raw.Bytes())
	require.NoError(t, err)
	e := w.firm("有码铝材有限公司")
	i.ID, i.EnterpriseID = market.NewID(), e.EnterpriseID
	require.NoError(t, w.store.SaveImage(context.Background(), e.Actor, i))
	got, err := w.api.listingFindings(context.Background(), "zh-CN", &market.Listing{EnterpriseID: e.EnterpriseID, Side: market.Supply, Title: "6061 铝棒", Class: "3252", Images: []string{i.ID, market.NewID()}})
	require.NoError(t, err)
	require.Equal(t, []Finding{{"code", "微信 lvbang-88", "图片里有二维码：微信 lvbang-88"}}, got)
}

func BenchmarkCodeIn(b *testing.B) {
	src := workshop(&testing.T{}, 1600, 1200, "", 0)
	for b.Loop() {
		codeIn(src)
	}
}

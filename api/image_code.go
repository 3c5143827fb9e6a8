package api

import (
	"image"
	"strings"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	xdraw "golang.org/x/image/draw"
)

const codeMost = 500 // characters that are kept of a code

// codeIn reads the QR code of a picture: what it says, empty where there is
// none. A way to be reached that hides in a code is one all the same. A photo is
// tried smaller as well: noise that hides a big code is gone in its half.
func codeIn(src image.Image) (text string) {
	defer func() {
		if recover() != nil { // the reader walks over pictures of strangers
			text = ""
		}
	}()
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	for _, part := range []int{1, 2, 4} {
		b := src.Bounds()
		small := image.NewGray(image.Rect(0, 0, max(1, b.Dx()/part), max(1, b.Dy()/part)))
		xdraw.ApproxBiLinear.Scale(small, small.Bounds(), src, b, xdraw.Src, nil)
		bitmap, err := gozxing.NewBinaryBitmapFromImage(small)
		if err != nil {
			return ""
		}
		if found, err := qrcode.NewQRCodeReader().Decode(bitmap, hints); err == nil {
			return cutText(strings.ToValidUTF8(strings.ReplaceAll(found.GetText(), "\x00", ""), ""), codeMost)
		}
	}
	return ""
}

// Package stamp writes across a copy of a drawing who received it and when, so
// that a copy found elsewhere says where it came from.
package stamp

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"

	"github.com/hajimehoshi/bitmapfont/v3"
	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
	xdraw "golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
)

// ErrUnfit says that a file cannot be stamped: it is damaged, locked by a
// password, or far larger than it looks.
var ErrUnfit = errors.New("the file cannot be stamped")

const (
	pixelsMost = 40_000_000
	line       = 16 // height of a line of the 12-pixel font
)

// PNG returns the picture with the text across it.
func PNG(raw []byte, text string) ([]byte, error) {
	return picture(raw, text, func(out *bytes.Buffer, m image.Image) error { return png.Encode(out, m) })
}

// JPEG returns the picture with the text across it.
func JPEG(raw []byte, text string) ([]byte, error) {
	return picture(raw, text, func(out *bytes.Buffer, m image.Image) error { return jpeg.Encode(out, m, &jpeg.Options{Quality: 92}) })
}

func picture(raw []byte, text string, encode func(*bytes.Buffer, image.Image) error) ([]byte, error) {
	cfg, _, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil || cfg.Width <= 0 || cfg.Height <= 0 || int64(cfg.Width)*int64(cfg.Height) > pixelsMost {
		return nil, ErrUnfit
	}
	src, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, ErrUnfit
	}
	dst := image.NewRGBA(image.Rect(0, 0, cfg.Width, cfg.Height))
	draw.Draw(dst, dst.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(dst, dst.Bounds(), src, src.Bounds().Min, draw.Over)
	tile(dst, text)
	var out bytes.Buffer
	if err := encode(&out, dst); err != nil {
		return nil, fmt.Errorf("stamp: %w", err)
	}
	return out.Bytes(), nil
}

// tile repeats the text over the whole picture, each row set off from the one
// above, so that no corner can be cut out without it.
func tile(dst *image.RGBA, text string) {
	mark := written(text, color.NRGBA{R: 200, G: 30, B: 30, A: 96})
	width, height := dst.Bounds().Dx(), dst.Bounds().Dy()
	scale := max(1, width/2/mark.Bounds().Dx())
	w, h := mark.Bounds().Dx()*scale, mark.Bounds().Dy()*scale
	for row, y := 0, h/2; row == 0 || y < height; row, y = row+1, y+6*h {
		for x := -(row % 2) * w / 2; x < width; x += w + w/4 {
			xdraw.NearestNeighbor.Scale(dst, image.Rect(x, y, x+w, y+h), mark, mark.Bounds(), xdraw.Over, nil)
		}
	}
}

// written is the text on nothing.
func written(text string, ink color.Color) *image.NRGBA {
	face := bitmapfont.FaceSC
	width := font.MeasureString(face, text).Ceil()
	m := image.NewNRGBA(image.Rect(0, 0, max(1, width), line))
	d := font.Drawer{Dst: m, Src: image.NewUniform(ink), Face: face, Dot: fixed.P(0, 12)}
	d.DrawString(text)
	return m
}

// PDF returns the document with the text across every page. The library that
// reads it panics on some damaged documents; these are unfit as well.
func PDF(raw []byte, text string) (stamped []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			stamped, err = nil, ErrUnfit
		}
	}()
	small := written(text, color.NRGBA{R: 200, G: 30, B: 30, A: 255})
	mark := image.NewNRGBA(image.Rect(0, 0, small.Bounds().Dx()*4, small.Bounds().Dy()*4))
	xdraw.NearestNeighbor.Scale(mark, mark.Bounds(), small, small.Bounds(), xdraw.Src, nil)
	var drawn, out bytes.Buffer
	if err := png.Encode(&drawn, mark); err != nil {
		return nil, fmt.Errorf("stamp.PDF: %w", err)
	}
	api.DisableConfigDir() // it would write its settings and fonts into the home folder
	wm, err := api.ImageWatermarkForReader(&drawn, "scale:0.9 rel, rot:30, op:0.35", true, false, types.POINTS)
	if err != nil {
		return nil, fmt.Errorf("stamp.PDF: %w", err)
	}
	if err := api.AddWatermarks(bytes.NewReader(raw), &out, nil, wm, nil); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnfit, err)
	}
	return out.Bytes(), nil
}

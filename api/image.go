package api

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	_ "image/png" // decoder
	"io"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	xdraw "golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // decoder

	"lianqiao/market"
)

const (
	pixelsMost = 40_000_000
	sideMost   = 1600
)

// ImageInfo is a picture as kept.
type ImageInfo struct {
	ID     string `json:"id"`
	URL    string `json:"url"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Code   string `json:"code" doc:"What a QR code in it says; empty: none was found"`
}

type imageForm struct {
	File huma.FormFile `form:"file" required:"true"`
}

type imageInput struct {
	Key     string `header:"Idempotency-Key" maxLength:"200"`
	RawBody huma.MultipartFormFiles[imageForm]
}

type imageOutput struct{ Body ImageInfo }

func (a *API) mountImages(app *fiber.App) {
	big := func(op *huma.Operation) { op.MaxBodyBytes = imageMost }
	route(a, "POST /api/images", market.AsEnterprise, "upload-image", a.uploadImage, created, big)
	app.Get("/i/:id", a.sendImage)
}

func (a *API) uploadImage(ctx context.Context, w who, in *imageInput) (*imageOutput, error) {
	id := market.NewID()
	if in.Key != "" {
		id = keyed("image", w.EnterpriseID, in.Key)
		if i, err := a.cfg.Store.Image(ctx, id); err == nil {
			return imageAnswer(i), nil
		}
	}
	raw, err := io.ReadAll(io.LimitReader(in.RawBody.Data().File, imageMost))
	if err != nil {
		return nil, err
	}
	i, err := clean(raw)
	if err != nil {
		return nil, err
	}
	i.ID, i.EnterpriseID, i.CreatedAt = id, w.EnterpriseID, a.now()
	if err := a.cfg.Store.SaveImage(ctx, w.Actor, i); err != nil {
		return nil, err
	}
	if in.Key != "" { // the same request may have been first on another connection
		if i, err = a.cfg.Store.Image(ctx, id); err != nil {
			return nil, err
		}
	}
	return imageAnswer(i), nil
}

func imageAnswer(i market.Image) *imageOutput {
	return &imageOutput{ImageInfo{i.ID, imageURL(i.ID), i.Width, i.Height, i.Code}}
}

// clean draws the picture anew: place and camera in its metadata stay behind,
// and nothing but pixels reaches other browsers. What a QR code among them says
// is read for the reviewer.
func clean(raw []byte) (market.Image, error) {
	cfg, _, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		return market.Image{}, market.Bad("file", "error.image.type")
	}
	if cfg.Width <= 0 || cfg.Height <= 0 || int64(cfg.Width)*int64(cfg.Height) > pixelsMost {
		return market.Image{}, &market.Error{Kind: market.TooLarge, Field: "file", Message: "error.image.pixels"}
	}
	src, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return market.Image{}, market.Bad("file", "error.image.type")
	}
	width, height := fitted(cfg.Width, cfg.Height)
	dst := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(dst, dst.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	xdraw.ApproxBiLinear.Scale(dst, dst.Bounds(), src, src.Bounds(), xdraw.Over, nil)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, dst, &jpeg.Options{Quality: 82}); err != nil {
		return market.Image{}, fmt.Errorf("api.clean: %w", err)
	}
	return market.Image{Type: "image/jpeg", Width: width, Height: height, Code: codeIn(dst), Bytes: out.Bytes()}, nil
}

func fitted(w, h int) (int, int) {
	if longest := max(w, h); longest > sideMost {
		return max(1, w*sideMost/longest), max(1, h*sideMost/longest)
	}
	return w, h
}

// ownImages refuses pictures of other firms, which are as good as none.
func (a *API) ownImages(ctx context.Context, w who, ids []string) error {
	for n, id := range ids {
		i, err := a.cfg.Store.Image(ctx, id)
		if err != nil && !market.IsKind(err, market.NotFound) {
			return err
		}
		if err != nil || !w.Owns(i.EnterpriseID) {
			return market.Bad(fmt.Sprintf("images[%d]", n), "error.image.unknown")
		}
	}
	return nil
}

func (a *API) sendImage(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(c.UserContext(), patience)
	defer cancel()
	i, err := a.cfg.Store.Image(ctx, c.Params("id"))
	if err != nil {
		return err
	}
	if err := a.maySeeImage(ctx, a.actor(c), i); err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "private, max-age=3600")
	c.Set(fiber.HeaderContentType, i.Type)
	return c.Send(i.Bytes)
}

// maySeeImage: a firm its own, everybody else what stands on a listing that he
// may see. So who decides a queue sees the pictures of what waits there: a
// telephone number in a picture is for his eyes to find.
func (a *API) maySeeImage(ctx context.Context, actor market.Actor, i market.Image) error {
	if actor.Owns(i.EnterpriseID) {
		return nil
	}
	on, err := a.cfg.Store.ListingsWith(ctx, i)
	if err == nil && !slices.ContainsFunc(on, func(l market.Listing) bool { return actor.MaySeeListing(&l) }) {
		err = market.ErrNotFound
	}
	return err
}

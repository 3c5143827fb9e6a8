package api

import "github.com/gofiber/fiber/v2"

// mountPages adds the server-rendered public pages.
func (a *API) mountPages(app *fiber.App) {}
